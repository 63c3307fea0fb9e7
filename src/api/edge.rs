//! The outermost layer. Everything that is true of every answer is made true here, once: its id, its
//! headers, the envelope, the deadline, the line in the log, and that a panic is an answer too.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, Error, IntoResponse, Middleware, Request, Response};
use poem_openapi::error::{AuthorizationError, ContentTypeError, ParseParamError, ParsePathError};
use poem_openapi::payload::Json;
use tokio::time::Instant;
use uuid::Uuid;

use super::body::{Deadline, Limits};
use super::caller::{device_of, languages_of, sends_token};
use super::client_address::Proxies;
use super::cors::Cors;
use super::failure::{Cause, Input, Member, Outage};
use super::problem::{ErrorCode, FieldErrorCode, Flaw, Problem};
use super::{host, security_headers};
use crate::model::Clock;
use crate::telemetry::context::RequestContext;
use crate::telemetry::known_method;
use crate::telemetry::metrics::{Metrics, UNKNOWN_ENDPOINT};
use crate::telemetry::traces::{RequestSpan, TraceParent, Traces};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most characters of a request id that a client may choose.
const MAX_REQUEST_ID: usize = 128;
/// The place of a request in a trace (W3C Trace Context section 3.2).
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// What the log calls a method that is none of HTTP's own. The client may have called it anything.
const UNKNOWN_METHOD: &str = "(unknown)";

/// What is known of the addresses. Asked before the router, so that it is known of requests that never
/// came to an answer as well.
#[derive(Clone, Debug, Default)]
pub(super) struct RouteTable {
    fixed: HashMap<String, RouteFacts>,
    templated: Vec<RouteFacts>,
}

/// What is known of one address.
#[derive(Clone, Debug)]
struct RouteFacts {
    /// The address as the documentation writes it, with parameters in braces.
    endpoint: String,
    /// The methods it answers.
    allow: HeaderValue,
    /// Whether requests to it are logged.
    is_logged: bool,
}

impl RouteTable {
    /// Notes an address.
    pub(super) fn insert(&mut self, endpoint: String, methods: &[Method], is_logged: bool) {
        let mut allowed: Vec<&str> = methods.iter().map(Method::as_str).collect();
        if methods.contains(&Method::GET) {
            allowed.push("HEAD");
        }
        allowed.sort_unstable();
        let allow = HeaderValue::from_str(&allowed.join(", "))
            .unwrap_or_else(|_| HeaderValue::from_static(""));
        let facts = RouteFacts {
            endpoint,
            allow,
            is_logged,
        };
        if facts.endpoint.contains('{') {
            self.templated.push(facts);
        } else {
            self.fixed.insert(facts.endpoint.clone(), facts);
        }
    }

    fn find(&self, path: &str) -> Option<&RouteFacts> {
        self.fixed
            .get(path)
            .or_else(|| self.templated.iter().find(|facts| facts.is_at(path)))
    }
}

impl RouteFacts {
    fn is_at(&self, path: &str) -> bool {
        let mut parts = path.split('/');
        let fits =
            |own: &str, part: &str| own == part || (own.starts_with('{') && !part.is_empty());
        self.endpoint
            .split('/')
            .all(|own| parts.next().is_some_and(|part| fits(own, part)))
            && parts.next().is_none()
    }
}

/// The outermost middleware.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) clock: Clock,
    pub(super) timeout: Duration,
    pub(super) limits: Limits,
    pub(super) routes: Arc<RouteTable>,
    pub(super) proxies: Arc<Proxies>,
    pub(super) cors: Cors,
    /// Whether clients reach the service by HTTPS.
    pub(super) is_https: bool,
    pub(super) metrics: Metrics,
    pub(super) traces: Traces,
}

impl<E: Endpoint> Middleware<E> for Edge {
    type Output = EdgeEndpoint<E>;

    fn transform(&self, inner: E) -> EdgeEndpoint<E> {
        EdgeEndpoint {
            inner,
            edge: self.clone(),
        }
    }
}

pub(super) struct EdgeEndpoint<E> {
    inner: E,
    edge: Edge,
}

/// How a request ended.
struct Outcome {
    response: Response,
    cause: Option<Cause>,
}

impl<E: Endpoint> Endpoint for EdgeEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let started = Instant::now();
        let in_flight = self.edge.metrics.request_begins();
        let facts = self.edge.routes.find(request.uri().path());
        let span = self.edge.begin_span(&request, facts);
        let context = RequestContext::new(
            request_id(&request),
            device_of(&request, &self.edge.proxies),
            languages_of(&request),
            self.edge.clock.clone(),
            span.trace(),
        );
        let deadline = started + self.edge.timeout;
        request.set_data(Deadline(deadline));
        request.set_data(self.edge.limits);
        let method = request.method().clone();
        let origin = request.headers().get(header::ORIGIN).cloned();
        let id = HeaderValue::from_str(context.request_id());

        let answer = async {
            let mut outcome = match self.edge.answer_early(&request, facts) {
                Some(response) => answered(response),
                None => self.answer(request, facts, deadline).await,
            };
            let took = started.elapsed();
            log(&method, facts, &outcome, took);
            let endpoint = facts.map(|facts| facts.endpoint.as_str());
            let status = outcome.response.status().as_u16();
            self.edge
                .metrics
                .request_answered(method.as_str(), endpoint, status, took);
            span.answered(status);
            drop(in_flight);
            let headers = outcome.response.headers_mut();
            if let Ok(id) = id {
                headers.insert(REQUEST_ID, id);
            }
            security_headers::add(headers, self.edge.is_https);
            self.edge.cors.mark(origin.as_ref(), headers);
            outcome.response
        };
        Ok(context.scope(answer).await)
    }
}

impl<E: Endpoint> EdgeEndpoint<E> {
    /// Has a request answered within its time, whatever happens.
    async fn answer(
        &self,
        request: Request,
        facts: Option<&RouteFacts>,
        deadline: Instant,
    ) -> Outcome {
        let has_token = sends_token(request.headers());
        // In a place of its own: it is large, and what is wrapped round it would move it from one to the next.
        let call = Box::pin(self.inner.call(request));
        let call = AssertUnwindSafe(call).catch_unwind();
        match tokio::time::timeout_at(deadline, call).await {
            Ok(Ok(Ok(response))) => answered(response.into_response()),
            Ok(Ok(Err(error))) => refused(error, facts, has_token),
            // The panic has a line of its own, with the place where it happened.
            Ok(Err(_panic)) => answered(Outage::new(ErrorCode::InternalError).into_response()),
            Err(_) => answered(Outage::new(ErrorCode::DeadlineExceeded).into_response()),
        }
    }
}

impl Edge {
    /// The answer to a request that no operation has to see.
    fn answer_early(&self, request: &Request, facts: Option<&RouteFacts>) -> Option<Response> {
        if !host::is_named_once(request) {
            return Some(Input::malformed(host::DETAIL).into_response());
        }
        self.cors.preflight(request, &facts?.allow)
    }

    /// The span of a request, within that of its caller. Probes are left out, as they are of the log.
    fn begin_span(&self, request: &Request, facts: Option<&RouteFacts>) -> RequestSpan {
        if facts.is_some_and(|facts| !facts.is_logged) {
            return RequestSpan::default();
        }
        let parents = request.headers().get_all(TRACEPARENT);
        let mut parent = TraceParent::parse(parents.iter().map(HeaderValue::as_bytes));
        if !self.proxies.passed_on(request) {
            parent = parent.map(TraceParent::of_a_stranger);
        }
        let endpoint = facts.map(|facts| facts.endpoint.as_str());
        self.traces
            .begin(parent, request.method().as_str(), endpoint)
    }
}

fn answered(response: Response) -> Outcome {
    Outcome {
        response,
        cause: None,
    }
}

/// Turns what stopped a request into its answer. Texts of the framework stay inside: they may repeat what
/// was sent.
fn refused(error: Error, facts: Option<&RouteFacts>, has_token: bool) -> Outcome {
    let mut cause = error.data::<Cause>().cloned();
    let response = if error.is_from_response() {
        error.into_response()
    } else if error.is::<NotFoundError>() || is_path(&error) {
        respond(ErrorCode::NotFound)
    } else if error.is::<MethodNotAllowedError>() {
        let mut response = respond(ErrorCode::MethodNotAllowed);
        if let Some(facts) = facts {
            response
                .headers_mut()
                .insert(header::ALLOW, facts.allow.clone());
        }
        response
    } else if error.is::<AuthorizationError>() {
        let code = if has_token {
            ErrorCode::TokenInvalid
        } else {
            ErrorCode::TokenMissing
        };
        Member::unauthorized(code).into_response()
    } else if error.is::<ContentTypeError>() {
        Input::unsupported_media_type().into_response()
    } else if let Some(parameter) = error.downcast_ref::<ParseParamError>() {
        let flaw = Flaw::new(
            FieldErrorCode::InvalidFormat,
            "does not have the right form",
        );
        Input::invalid(vec![flaw.of(parameter.name)]).into_response()
    } else if error.status().is_client_error() {
        Input::malformed(ErrorCode::ValidationError.detail()).into_response()
    } else {
        let unexpected: Box<dyn std::error::Error + Send + Sync> = error.to_string().into();
        cause = Some(Cause(unexpected.into()));
        Outage::new(ErrorCode::InternalError).into_response()
    };
    Outcome { response, cause }
}

/// Whether the path can't be read, so that it leads nowhere.
fn is_path(error: &Error) -> bool {
    error.is::<poem::error::ParsePathError>() || error.is::<ParsePathError>()
}

/// An answer that belongs to no operation.
fn respond(code: ErrorCode) -> Response {
    let mut response = Json(Problem::new(code)).into_response();
    response.set_status(code.status());
    response
}

/// The client's own id where it is harmless, else a new one.
fn request_id(request: &Request) -> String {
    let harmless = |id: &str| {
        (1..=MAX_REQUEST_ID).contains(&id.len())
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    request
        .headers()
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| harmless(id))
        .map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

fn log(method: &Method, facts: Option<&RouteFacts>, outcome: &Outcome, took: Duration) {
    let status = outcome.response.status();
    // A probe that finds the service unavailable is told why in a line of its own.
    let is_logged = facts.is_none_or(|facts| facts.is_logged);
    if !is_logged && status != StatusCode::INTERNAL_SERVER_ERROR {
        return;
    }
    let endpoint = facts.map_or(UNKNOWN_ENDPOINT, |facts| facts.endpoint.as_str());
    let method = known_method(method.as_str()).unwrap_or(UNKNOWN_METHOD);
    let status_code = status.as_u16();
    // Microseconds are exact in an f64 for as long as any request may take.
    let duration_ms = (took.as_secs_f64() * 1_000_000.0).round() / 1000.0;
    if status.is_server_error() {
        let error = outcome
            .cause
            .as_ref()
            .map(|cause| &*cause.0 as &(dyn std::error::Error + 'static));
        tracing::error!(
            endpoint,
            method,
            status_code,
            duration_ms,
            error,
            "request failed"
        );
    } else if status == StatusCode::REQUEST_TIMEOUT || status == StatusCode::PAYLOAD_TOO_LARGE {
        tracing::warn!(
            endpoint,
            method,
            status_code,
            duration_ms,
            "request completed"
        );
    } else {
        tracing::info!(
            endpoint,
            method,
            status_code,
            duration_ms,
            "request completed"
        );
    }
}

#[cfg(test)]
mod tests {
    use poem::RequestBuilder;
    use poem::endpoint::make;

    use super::*;
    use crate::model::PasswordPolicy;

    fn edge() -> Edge {
        Edge {
            clock: Clock::default(),
            timeout: Duration::from_secs(30),
            limits: Limits {
                body_bytes: 1024,
                passwords: PasswordPolicy {
                    min_length: 8,
                    max_length: 128,
                },
            },
            routes: Arc::default(),
            proxies: Arc::default(),
            cors: Cors::default(),
            is_https: false,
            metrics: Metrics::default(),
            traces: Traces::default(),
        }
    }

    fn ask(path: &str) -> RequestBuilder {
        Request::builder().uri_str(path).header(header::HOST, "x")
    }

    async fn body(response: Response) -> serde_json::Value {
        let bytes = response.into_body().into_vec().await.unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    fn broken() -> poem::Result<&'static str> {
        panic!("sentinel in a panic")
    }

    #[tokio::test]
    async fn a_panic_is_an_envelope_without_its_message_and_the_next_request_is_served() {
        let endpoint = edge().transform(make(|request: Request| async move {
            if request.uri().path() == "/broken" {
                broken()
            } else {
                Ok("fine")
            }
        }));
        let request = ask("/broken").finish();
        let response = endpoint.get_response(request).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = body(response).await;
        assert_eq!(body["error_code"], "INTERNAL_ERROR");
        assert!(!body.to_string().contains("sentinel"));

        let request = ask("/").finish();
        assert_eq!(
            endpoint.get_response(request).await.status(),
            StatusCode::OK
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_takes_too_long_is_answered_in_time() {
        let endpoint = edge().transform(make(|_| async {
            std::future::pending::<()>().await;
            "never"
        }));
        let started = Instant::now();
        let response = endpoint.get_response(ask("/").finish()).await;
        assert_eq!(started.elapsed(), Duration::from_secs(30));
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
        assert_eq!(body(response).await["error_code"], "DEADLINE_EXCEEDED");
    }

    #[test]
    fn an_address_is_known_with_whatever_stands_for_its_parameters() {
        let mut routes = RouteTable::default();
        for endpoint in ["/", "/a", "/a/{id}", "/a/{id}/b"] {
            routes.insert(endpoint.to_owned(), &[Method::GET, Method::DELETE], true);
        }
        for (path, endpoint) in [
            ("/", Some("/")),
            ("/a", Some("/a")),
            ("/a/7", Some("/a/{id}")),
            ("/a/7/b", Some("/a/{id}/b")),
            ("/a/", None),
            ("/a/7/", None),
            ("/a//b", None),
            ("/a/7/c", None),
            ("/b", None),
        ] {
            let facts = routes.find(path);
            assert_eq!(
                facts.map(|facts| facts.endpoint.as_str()),
                endpoint,
                "{path}"
            );
        }
        assert_eq!(routes.find("/a").unwrap().allow, "DELETE, GET, HEAD");
    }

    #[tokio::test]
    async fn an_unexpected_error_of_the_framework_is_not_told() {
        let endpoint = edge().transform(make(|_| async {
            Err::<(), _>(Error::from_string("sentinel", StatusCode::BAD_GATEWAY))
        }));
        let response = endpoint.get_response(ask("/").finish()).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!body(response).await.to_string().contains("sentinel"));
    }

    #[tokio::test]
    async fn a_clients_request_id_is_kept_only_when_it_is_harmless() {
        let endpoint = edge().transform(make(|_| async { "fine" }));
        let answered = async |id: &str| {
            let request = ask("/").header(REQUEST_ID, id).finish();
            let response = endpoint.get_response(request).await;
            response.header(REQUEST_ID).unwrap().to_owned()
        };
        let longest = "x".repeat(MAX_REQUEST_ID);
        for kept in [
            "a",
            "550e8400-e29b-41d4-a716-446655440000",
            "A_b.c-9",
            &longest,
        ] {
            assert_eq!(answered(kept).await, kept);
        }
        for replaced in ["", "a b", "a\"b", "a/b", &format!("{longest}x")] {
            let id = answered(replaced).await;
            assert!(Uuid::parse_str(&id).is_ok(), "{id}");
        }
    }
}
