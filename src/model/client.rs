//! Whom limits of client addresses hold for.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One customer of the network, as far as an address tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// Nobody says where the request comes from.
    Unknown,
    /// The address.
    V4(u32),
    /// The network part: whoever has one address of it has all of them (RFC 4291 section 2.5.1).
    V6(u64),
}

impl From<Option<IpAddr>> for Client {
    fn from(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self::Unknown,
            Some(IpAddr::V4(address)) => Self::V4(address.to_bits()),
            Some(IpAddr::V6(address)) => {
                let [high @ .., _, _, _, _, _, _, _, _] = address.octets();
                Self::V6(u64::from_be_bytes(high))
            }
        }
    }
}

impl fmt::Display for Client {
    /// The first address that the client may have. No two clients have the same text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unknown => f.write_str("unknown"),
            Self::V4(bits) => Ipv4Addr::from_bits(bits).fmt(f),
            Self::V6(network) => Ipv6Addr::from_bits(u128::from(network) << 64).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(address: &str) -> Client {
        Client::from(Some(address.parse().unwrap()))
    }

    #[test]
    fn addresses_of_one_customer_are_one_and_others_are_others() {
        for (address, same, text) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"),
            (
                "2001:db8:1:2::1",
                "2001:db8:1:2:ffff:ffff:ffff:ffff",
                "2001:db8:1:2::",
            ),
            ("::", "::1", "::"),
        ] {
            assert_eq!(client(address), client(same));
            assert_eq!(client(address).to_string(), text);
        }
        let all = [
            client("192.0.2.1"),
            client("192.0.2.2"),
            client("0.0.0.0"),
            client("2001:db8:1:2::1"),
            client("2001:db8:1:3::1"),
            client("::"),
            Client::from(None),
        ];
        for (i, one) in all.iter().enumerate() {
            for other in &all[..i] {
                assert_ne!(one, other);
                assert_ne!(one.to_string(), other.to_string());
            }
        }
    }
}
