//! Traces: continuing those of others, and sending them to a collector.

use std::fmt::Write;
use std::sync::{Arc, Mutex};

use countersign::config::Config;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as AnyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use poem::http::StatusCode;
use prost::Message;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::support::logs::{everything, of_request};
use crate::support::process::Place;
use crate::support::{PASSWORD, TestApp};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// The head and the body of each request.
type Requests = Mutex<Vec<(String, Vec<u8>)>>;

/// A collector that keeps what it is sent.
struct Collector {
    url: String,
    requests: Arc<Requests>,
}

impl Collector {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::<Requests>::default();
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&kept);
                tokio::spawn(async move {
                    let request = read_request(stream).await;
                    kept.lock().unwrap().push(request);
                });
            }
        });
        Self { url, requests }
    }

    fn configure(&self) -> impl FnOnce(&mut Config) {
        let url = self.url.clone();
        move |config| config.telemetry.otlp_endpoint = Some(url.try_into().unwrap())
    }

    /// Everything that came, as it came.
    fn bytes(&self) -> Vec<u8> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .flat_map(|(head, body)| [head.as_bytes(), body])
            .flatten()
            .copied()
            .collect()
    }

    /// The spans that came.
    fn spans(&self) -> Vec<Span> {
        let requests = self.requests.lock().unwrap();
        let mut spans = Vec::new();
        for (head, body) in requests.iter() {
            assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
            let head = head.to_lowercase();
            assert!(
                head.contains("content-type: application/x-protobuf\r\n"),
                "{head}"
            );
            let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
            for of_resource in request.resource_spans {
                let attributes = of_resource.resource.unwrap().attributes;
                let name = attributes.iter().find(|has| has.key == "service.name");
                let name = name.unwrap().value.clone().unwrap().value;
                assert_eq!(name, Some(AnyValue::StringValue("countersign".into())));
                spans.extend(
                    of_resource
                        .scope_spans
                        .into_iter()
                        .flat_map(|scope| scope.spans),
                );
            }
        }
        spans
    }
}

/// Reads one request, and answers it.
async fn read_request(mut stream: TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let head = loop {
        stream.read_buf(&mut bytes).await.unwrap();
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let mut body = bytes.split_off(head);
    let head = String::from_utf8(bytes).unwrap();
    let length = head.lines().find_map(|line| {
        line.to_lowercase()
            .strip_prefix("content-length: ")?
            .parse()
            .ok()
    });
    let length: usize = length.unwrap();
    while body.len() < length {
        stream.read_buf(&mut body).await.unwrap();
    }
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer).await.unwrap();
    (head, body)
}

fn hex(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in bytes {
        write!(hex, "{byte:02x}").unwrap();
    }
    hex
}

fn attribute(span: &Span, name: &str) -> Value {
    let found = span.attributes.iter().find(|has| has.key == name);
    match found.and_then(|found| found.value.clone()?.value) {
        Some(AnyValue::StringValue(text)) => text.into(),
        Some(AnyValue::IntValue(number)) => number.into(),
        None => Value::Null,
        other => panic!("{other:?}"),
    }
}

fn find<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    let all: Vec<&Span> = spans.iter().filter(|span| span.name == name).collect();
    assert_eq!(all.len(), 1, "{name} in {spans:#?}");
    all[0]
}

fn parent_header(flags: &str) -> String {
    format!("00-{TRACE}-{PARENT}-{flags}")
}

#[tokio::test]
async fn a_login_is_sent_with_what_it_waited_for_under_the_trace_of_its_caller() {
    let collector = Collector::start().await;
    let app = TestApp::with(collector.configure()).await;
    app.register("ada").await;
    let id = Uuid::new_v4().to_string();
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let answer = app
        .post("/api/v1/auth/login?secret=sentinel", &body)
        .header("traceparent", &parent_header("01"))
        .header("x-request-id", &id)
        .header("user-agent", "sentinel")
        .send()
        .await;
    answer.assert_status(200);
    app.stop_traces().await;

    let mut spans = collector.spans();
    spans.retain(|span| hex(&span.trace_id) == TRACE);
    let request = find(&spans, "POST /api/v1/auth/login");
    assert_eq!(hex(&request.parent_span_id), PARENT);
    // A server's.
    assert_eq!(request.kind, 2);
    assert_eq!(attribute(request, "http.request.method"), "POST");
    assert_eq!(attribute(request, "http.route"), "/api/v1/auth/login");
    assert_eq!(attribute(request, "http.response.status_code"), 200);
    assert_eq!(request.attributes.len(), 3, "{request:#?}");
    for name in ["wait for a hash worker", "hash"] {
        let child = find(&spans, name);
        assert_eq!(child.parent_span_id, request.span_id, "{name}");
        let is_within = request.start_time_unix_nano <= child.start_time_unix_nano
            && child.end_time_unix_nano <= request.end_time_unix_nano;
        assert!(is_within, "{child:?} in {request:?}");
    }
    assert_eq!(spans.len(), 3, "{spans:#?}");
    let lines = of_request(&id);
    assert!(!lines.is_empty());
    for line in lines {
        assert_eq!(line["trace_id"], TRACE, "{line}");
        assert_eq!(line["span_id"], hex(&request.span_id), "{line}");
    }
}

#[tokio::test]
async fn a_request_of_no_trace_begins_one_and_faults_are_marked() {
    let collector = Collector::start().await;
    let app = TestApp::with(collector.configure()).await;
    app.get("/nowhere/sentinel").send().await.assert_status(404);
    for path in ["/health", "/metrics", "/openapi.json"] {
        app.get(path).send().await.assert_status(200);
    }
    app.break_database().await;
    let answer = app.try_log_in("ada", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    app.stop_traces().await;
    let spans = collector.spans();
    assert_eq!(spans.len(), 2, "{spans:#?}");
    let unknown = find(&spans, "GET");
    assert_eq!(attribute(unknown, "http.response.status_code"), 404);
    assert_eq!(attribute(unknown, "http.route"), Value::Null);
    assert!(unknown.parent_span_id.is_empty());
    assert_eq!(unknown.status.as_ref().map_or(0, |status| status.code), 0);
    let failed = find(&spans, "POST /auth/login");
    assert_eq!(attribute(failed, "error.type"), "500");
    assert_eq!(failed.status.as_ref().unwrap().code, 2);
    assert_ne!(failed.trace_id, unknown.trace_id);
    let counted = app.metrics().write().unwrap();
    let sent = "countersign_trace_spans_total{outcome=\"exported\"} 2\n";
    assert!(counted.contains(sent), "{counted}");
}

#[tokio::test]
async fn only_a_trusted_proxy_decides_whether_a_trace_is_sent() {
    const PROXY: &str = "10.0.0.1";
    const STRANGER: &str = "203.0.113.7";
    for (ratio, peer, flags, sent) in [
        (1.0, PROXY, "00", false),
        (1.0, STRANGER, "00", true),
        (0.0, PROXY, "01", true),
        (0.0, STRANGER, "01", false),
    ] {
        let collector = Collector::start().await;
        let app = TestApp::with(|config| {
            collector.configure()(config);
            config.telemetry.trace_ratio = ratio;
            config.server.trusted_proxies = vec![PROXY.to_owned().try_into().unwrap()];
        })
        .await;
        let id = Uuid::new_v4().to_string();
        let header = parent_header(flags);
        let call = app.get("/users/me").from(peer);
        let call = call.header("traceparent", &header);
        call.header("x-request-id", &id).send().await;
        app.stop_traces().await;
        assert_eq!(collector.spans().len(), usize::from(sent), "{peer} {flags}");
        let lines = of_request(&id);
        assert_eq!(lines[0]["trace_id"], TRACE);
        assert_eq!(lines[0].get("span_id").is_some(), sent, "{peer} {flags}");
    }
}

#[tokio::test]
async fn nothing_of_anybody_is_sent() {
    let collector = Collector::start().await;
    let app = TestApp::with(collector.configure()).await;
    let ada = app.register("sentinel").await;
    app.try_log_in("sentinel", "sentinel password").await;
    app.refresh(ada.refresh_token()).await;
    app.refresh("sentinel").await;
    app.get("/users/me?sentinel=sentinel")
        .bearer(&ada)
        .send()
        .await;
    let path = format!("/users/me/sessions/{}", app.session_of(&ada).await);
    app.delete(&path).bearer(&ada).send().await;
    app.get("/sentinel")
        .header("user-agent", "sentinel")
        .header("cookie", "sentinel")
        .header("x-request-id", "sentinel")
        .header("tracestate", "sentinel=sentinel")
        .send()
        .await;
    app.stop_traces().await;
    assert!(collector.spans().len() >= 7);
    let sent = String::from_utf8_lossy(&collector.bytes()).into_owned();
    let id = ada.id().to_string();
    let session = path.rsplit('/').next().unwrap();
    let secrets = [
        "sentinel",
        PASSWORD,
        "example.com",
        "eyJ",
        "csr_",
        "argon2",
        &id,
        session,
    ];
    for secret in secrets {
        assert!(!sent.contains(secret), "{secret} in {sent}");
    }
}

#[tokio::test]
async fn a_trace_is_named_in_every_line_though_none_are_sent() {
    let app = TestApp::start().await;
    let id = Uuid::new_v4().to_string();
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let call = app
        .post("/auth/register", &body)
        .header("x-request-id", &id);
    let call = call.header("traceparent", &parent_header("01"));
    call.send().await.assert_status(201);
    let lines = of_request(&id);
    assert!(lines.len() >= 2, "{lines:#?}");
    for line in lines {
        assert_eq!(line["trace_id"], TRACE, "{line}");
        assert!(line.get("span_id").is_none(), "{line}");
    }
}

#[tokio::test]
async fn a_malformed_traceparent_is_as_none() {
    let app = TestApp::start().await;
    let good = parent_header("01");
    for wrong in [
        String::new(),
        good.to_uppercase(),
        format!("{good}-00"),
        good.replace("00-4", "ff-4"),
        good.replace(TRACE, &"0".repeat(32)),
        good.replace(PARENT, &"0".repeat(16)),
        format!("{good}, {good}"),
    ] {
        let id = Uuid::new_v4().to_string();
        let call = app.get("/users/me").header("x-request-id", &id);
        call.header("traceparent", &wrong)
            .send()
            .await
            .assert_status(401);
        let lines = of_request(&id);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].get("trace_id").is_none(), "{wrong}");
    }
    let id = Uuid::new_v4().to_string();
    let call = app.get("/users/me").header("x-request-id", &id);
    let call = call
        .header("traceparent", &good)
        .header("traceparent", &good);
    call.send().await.assert_status(401);
    assert!(of_request(&id)[0].get("trace_id").is_none());
}

#[tokio::test]
async fn a_dead_collector_fails_no_request_and_is_complained_of_once() {
    // One that does not answer, and one that is not there.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    for url in [silent.as_str(), "http://127.0.0.1:1"] {
        let app = TestApp::with(|config| {
            config.telemetry.otlp_endpoint = Some(url.to_owned().try_into().unwrap());
        })
        .await;
        let before = complaints();
        app.register("ada").await;
        // More than the queue holds.
        for _ in 0..3000 {
            app.get("/users/me").send().await.assert_status(401);
        }
        app.log_in("ada").await;
        let stopping = tokio::time::Instant::now();
        app.stop_traces().await;
        assert!(stopping.elapsed() < std::time::Duration::from_secs(20));
        app.log_in("ada").await;
        if url.ends_with(":1") {
            assert_eq!(complaints(), before + 1);
            let counted = app.metrics().write().unwrap();
            let none = "countersign_trace_spans_total{outcome=\"exported\"} 0\n";
            assert!(counted.contains(none), "{counted}");
        }
    }
}

#[tokio::test]
async fn a_stop_sends_what_waits() {
    let collector = Collector::start().await;
    let place = Place::bare().with("COUNTERSIGN__TELEMETRY__OTLP_ENDPOINT", &collector.url);
    let mut service = place.start().await;
    service.register("ada").await;
    service.terminate();
    let (status, _) = service.ended().await;
    assert!(status.success());
    find(&collector.spans(), "POST /auth/register");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_collector_that_is_silent() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let place = Place::bare().with("COUNTERSIGN__TELEMETRY__OTLP_ENDPOINT", &url);
    let mut service = place.start().await;
    service.register("ada").await;
    let asked = tokio::time::Instant::now();
    service.terminate();
    let (status, _) = service.ended().await;
    assert!(status.success());
    assert!(asked.elapsed() < std::time::Duration::from_secs(20));
}

fn complaints() -> usize {
    everything()
        .lines()
        .filter(|line| line.contains("traces can't be exported") && line.contains("127.0.0.1:1/"))
        .count()
}
