//! Whether a request says unmistakably to which host it goes.

use poem::Request;
use poem::http::uri::Authority;
use poem::http::{Version, header};

/// What is told about a request that does not.
pub(super) const DETAIL: &str = "The request must name its host exactly once";

/// Whether a request names its host exactly once: by `Host`, or in HTTP/2 by `:authority` (RFC 9112 section
/// 3.2, RFC 9113 section 8.3.1). Where the target names one as well, it has to be the same. What stands
/// between client and service must not come to another conclusion. Only HTTP/1.0 need not name any.
pub(super) fn is_named_once(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (None, _) => None,
        (Some(host), None) => match Authority::try_from(host.as_bytes()) {
            Ok(host) if !host.as_str().contains('@') => Some(host),
            _ => return false,
        },
        (Some(_), Some(_)) => return false,
    };
    let authority = request.uri().authority();
    if let (Some(authority), Some(host)) = (authority, &host)
        && authority != host
    {
        return false;
    }
    match request.version() {
        Version::HTTP_2 => authority.is_some() || host.is_some(),
        Version::HTTP_11 => host.is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_good(version: Version, uri: &str, hosts: &[&str]) -> bool {
        let mut request = Request::builder().version(version).uri_str(uri);
        for host in hosts {
            request = request.header(header::HOST, *host);
        }
        is_named_once(&request.finish())
    }

    #[test]
    fn a_host_is_named_exactly_once() {
        use Version as V;
        for (version, uri, hosts, good) in [
            (V::HTTP_11, "/", &["example.com"] as &[&str], true),
            (V::HTTP_11, "/", &["example.com:8000"], true),
            (V::HTTP_11, "/", &["[::1]:8000"], true),
            (V::HTTP_11, "http://example.com/", &["example.com"], true),
            (V::HTTP_11, "http://example.com/", &["Example.com"], true),
            (V::HTTP_11, "http://example.com/", &["other.com"], false),
            (
                V::HTTP_11,
                "http://example.com:81/",
                &["example.com"],
                false,
            ),
            (V::HTTP_11, "http://a@example.com/", &["example.com"], false),
            (V::HTTP_11, "http://example.com/", &[], false),
            (V::HTTP_11, "/", &[], false),
            (V::HTTP_11, "/", &[""], false),
            (V::HTTP_11, "/", &["a b"], false),
            (V::HTTP_11, "/", &["a/b"], false),
            (V::HTTP_11, "/", &["a@b"], false),
            (V::HTTP_11, "/", &["example.com", "example.com"], false),
            (V::HTTP_10, "/", &[], true),
            (V::HTTP_10, "/", &["a", "b"], false),
            (V::HTTP_10, "http://example.com/", &["other.com"], false),
            (V::HTTP_2, "http://example.com/", &[], true),
            (V::HTTP_2, "http://example.com/", &["Example.com"], true),
            (V::HTTP_2, "http://example.com/", &["other.com"], false),
            (V::HTTP_2, "/", &["example.com"], true),
            (V::HTTP_2, "/", &[], false),
        ] {
            assert_eq!(
                is_good(version, uri, hosts),
                good,
                "{version:?} {uri} {hosts:?}"
            );
        }
    }
}
