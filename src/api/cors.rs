//! Which pages in a browser may read answers (Fetch standard, section 3.3).
//!
//! Who is logged in is said by a token in a header, which no page of another origin has. So nothing here
//! guards anybody's account, and credentials that a browser adds by itself are never asked for.

use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Request, Response};

use crate::config::CorsOrigins;

const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("Authorization, Content-Type, X-Request-Id, traceparent");
const ANSWER_HEADERS: HeaderValue =
    HeaderValue::from_static("X-Request-Id, Retry-After, WWW-Authenticate, Location");
/// For how long a browser need not ask again, in seconds: no browser keeps it longer than two hours.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");
const ANY: HeaderValue = HeaderValue::from_static("*");
const ASKED_METHOD: HeaderName = header::ACCESS_CONTROL_REQUEST_METHOD;

/// Which pages may read answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Cors(CorsOrigins);

impl Cors {
    pub(super) fn new(origins: CorsOrigins) -> Self {
        Self(origins)
    }

    /// The answer to a browser that asks what a page may do at an address, where the page may do anything
    /// at all. `methods` are those of the address.
    pub(super) fn preflight(&self, request: &Request, methods: &HeaderValue) -> Option<Response> {
        let headers = request.headers();
        let origin = headers.get(header::ORIGIN)?;
        let is_asked = request.method() == Method::OPTIONS && headers.contains_key(ASKED_METHOD);
        (is_asked && self.0.contains(origin.as_bytes())).then(|| {
            Response::builder()
                .status(StatusCode::NO_CONTENT)
                .header(header::ACCESS_CONTROL_ALLOW_METHODS, methods)
                .header(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS)
                .header(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE)
                .finish()
        })
    }

    /// Says on an answer, of whatever kind, that pages of `origin` may read it, if they may.
    pub(super) fn mark(&self, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
        if self.0.is_empty() {
            return;
        }
        let allowed = if self.0.is_any() {
            ANY
        } else {
            // Caches must not give one origin the answer to another, or to none.
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
            match origin {
                Some(origin) if self.0.contains(origin.as_bytes()) => origin.clone(),
                _ => return,
            }
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
    }
}
