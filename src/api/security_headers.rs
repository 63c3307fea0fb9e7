//! What browsers are told on every answer, so that none is taken for what it is not (OWASP ASVS 5.0, V3.4).

use poem::http::{HeaderMap, HeaderName, HeaderValue, header};

/// On every answer, unless it has its own.
const EVERYWHERE: [(HeaderName, HeaderValue); 7] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    // Not asked where a page fetches by CORS; it stops those that embed what they may not read.
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];
/// A year. Hosts below this one may be none of ours, so they are left out.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds them to an answer. `is_https` says whether browsers reach the service by HTTPS.
pub(super) fn add(headers: &mut HeaderMap, is_https: bool) {
    // Room for all at once: growing, the map would place those that are there anew several times.
    headers.reserve(EVERYWHERE.len() + 1);
    for (name, value) in EVERYWHERE {
        headers.entry(name).or_insert(value);
    }
    if is_https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
}
