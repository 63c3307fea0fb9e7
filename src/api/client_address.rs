//! Where a request comes from, when it comes through proxies.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

use ipnet::IpNet;
use poem::Request;
use poem::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies that are believed when they say whom they ask for.
#[derive(Debug, Default)]
pub(super) struct Proxies {
    trusted: Vec<IpNet>,
    has_warned: AtomicBool,
}

impl Proxies {
    pub(super) fn new(trusted: Vec<IpNet>) -> Self {
        Self {
            trusted,
            has_warned: AtomicBool::new(false),
        }
    }

    /// The address that a request comes from. IPv4 in IPv6 is IPv4.
    pub(super) fn client_of(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.remote_addr().as_socket_addr()?.ip().to_canonical();
        self.warn_if_misconfigured(peer, request.headers());
        Some(self.walk(peer, request.headers()))
    }

    /// Goes back from the peer, as long as those on the way are trusted: each has added at the end from
    /// whom it got the request. What stands before that anybody can have made up.
    fn walk(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named: Vec<&[u8]> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            // Empty elements of a list mean nothing (RFC 9110 section 5.6.1).
            .filter(|entry| !entry.is_empty())
            .collect();
        let mut client = peer;
        for entry in named.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match address(entry) {
                Some(before) => client = before,
                None => break,
            }
        }
        client
    }

    /// Whether a request comes straight from a trusted proxy.
    pub(super) fn passed_on(&self, request: &Request) -> bool {
        let peer = request.remote_addr().as_socket_addr();
        peer.is_some_and(|peer| self.trusts(peer.ip().to_canonical()))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Behind a proxy that nobody has named, all clients seem to be one.
    fn warn_if_misconfigured(&self, peer: IpAddr, headers: &HeaderMap) {
        if headers.contains_key(FORWARDED_FOR)
            && is_near(peer)
            && !self.trusts(peer)
            && !self.has_warned.swap(true, Ordering::Relaxed)
        {
            tracing::warn!(
                peer = %peer,
                "X-Forwarded-For is ignored, since the peer is no trusted proxy: set server.trusted_proxies"
            );
        }
    }
}

/// An address as proxies write it: bare, in brackets, with a port.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?;
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|peer| peer.ip()))
        .or_else(|| bracketed().map(IpAddr::V6))
        .map(|address| address.to_canonical())
}

/// Whether an address is of the same machine or network, where proxies are.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, lines: &[&str]) -> String {
        let trusted = trusted.iter().map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        let peer: IpAddr = peer.parse().unwrap();
        Proxies::new(trusted.collect())
            .walk(peer.to_canonical(), &headers)
            .to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_about_whom_they_saw() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        for (peer, lines, expected) in [
            ("192.0.2.1", &["198.51.100.7"] as &[&str], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["127.0.0.1, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["127.0.0.1", "198.51.100.7"], "198.51.100.7"),
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.7,10.9.9.9", " fd00::1 "],
                "198.51.100.7",
            ),
            ("10.0.0.1", &["10.2.2.2, 10.3.3.3"], "10.2.2.2"),
            ("fd00::9", &["2001:db8::1"], "2001:db8::1"),
        ] {
            assert_eq!(client(&trusted, peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn entries_may_have_brackets_and_ports_and_ipv4_in_ipv6_is_ipv4() {
        for (entry, expected) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("2001:db8::1", "2001:db8::1"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("[::ffff:198.51.100.7]:80", "198.51.100.7"),
        ] {
            assert_eq!(client(&["10.0.0.1/32"], "10.0.0.1", &[entry]), expected);
        }
        let mapped = client(&["10.0.0.0/8"], "::ffff:10.0.0.1", &["198.51.100.7"]);
        assert_eq!(mapped, "198.51.100.7");
    }

    #[test]
    fn what_is_no_address_ends_the_way_at_the_last_that_was_one() {
        for entry in [
            "unknown",
            "_hidden",
            "198.51.100.7.",
            "1.2.3.4:x",
            "\"1.2.3.4\"",
            "\u{e9}",
        ] {
            let line = format!("198.51.100.7, {entry}, 10.0.0.2");
            assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", &[&line]), "10.0.0.2");
        }
        let empty = client(&["10.0.0.0/8"], "10.0.0.1", &["", "198.51.100.7, ,"]);
        assert_eq!(empty, "198.51.100.7");
    }

    #[test]
    fn an_address_is_near_on_the_same_machine_or_in_a_private_network() {
        for (address, near) in [
            ("127.0.0.1", true),
            ("172.17.0.1", true),
            ("::1", true),
            ("fd12::1", true),
            ("fe80::1", true),
            ("198.51.100.7", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_near(address.parse().unwrap()), near, "{address}");
        }
    }
}
