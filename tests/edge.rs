//! What is true of every address and every request, whatever the operation.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use chrono::{DateTime, SecondsFormat, TimeDelta};
use countersign::api::document::PREFIXES;
use countersign::config::Config;
use futures_util::stream;
use poem::Body;
use poem::http::{HeaderName, Method};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::logs::of_request;
use crate::support::spec::{Operation, Scene, operations};
use crate::support::{Answer, Call, Member, PASSWORD, TestApp, is_json, unknown_id};

/// What nobody may ever read in an answer.
const SENTINEL: &str = "s3ntin3l";
/// A password as it looks to a JSON writer that takes it for a number.
const MISTYPED: &str = "12345678901";

const ALL_METHODS: [&str; 11] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW", "get",
];

fn method(name: &str) -> Method {
    name.parse().unwrap()
}

fn under(prefix: &str, path: &str) -> String {
    format!("{}{path}", prefix.trim_end_matches('/'))
}

fn operations_with_body() -> Vec<Operation> {
    let mut all = operations();
    all.retain(Operation::has_body);
    assert!(!all.is_empty());
    all
}

fn secured_operations() -> Vec<Operation> {
    let mut all = operations();
    all.retain(Operation::is_secured);
    assert!(!all.is_empty());
    all
}

/// A JSON value without what differs from one answer to the next.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect(),
        // How many there are is not the same from one answer to the next.
        Value::Array(items) => items.iter().take(1).map(shape).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => 0.into(),
        other => other.clone(),
    }
}

fn header_names(answer: &Answer) -> BTreeSet<&str> {
    answer.headers.keys().map(HeaderName::as_str).collect()
}

fn assert_not_echoed(answer: &Answer) {
    let headers = format!("{:?}", answer.headers);
    for secret in [SENTINEL, MISTYPED] {
        assert!(!answer.text().contains(secret), "{}", answer.text());
        assert!(!headers.contains(secret), "{headers}");
    }
}

/// Whether an answer is the envelope with exactly the members that belong there.
#[track_caller]
fn assert_envelope(answer: &Answer, blames_fields: bool) {
    let body = answer.json();
    let mut expected = BTreeSet::from([
        "detail",
        "error_code",
        "status_code",
        "timestamp",
        "request_id",
    ]);
    if blames_fields {
        expected.insert("errors");
    }
    let found: BTreeSet<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(found, expected, "{body}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{body}");
}

mod addresses {
    use super::*;

    #[tokio::test]
    async fn every_operation_answers_the_same_under_both_prefixes() {
        let app = TestApp::start().await;
        for operation in operations() {
            let mut good = Vec::new();
            let mut bare = Vec::new();
            for prefix in PREFIXES {
                let scene = app.scene(&operation).await;
                let call = app.example(&operation, prefix, &scene);
                let answer = call.send().await;
                assert!(answer.status.is_success(), "{}", answer.text());
                good.push(answer);

                let path = under(prefix, &operation.path_with("0"));
                bare.push(app.call(operation.method.clone(), &path).send().await);
            }
            for pair in [good, bare] {
                assert_eq!(pair[0].status, pair[1].status, "{}", operation.id());
                assert_eq!(header_names(&pair[0]), header_names(&pair[1]));
                // Whoever may be kept for a while says so in the document.
                let declared = &operation.value["responses"][pair[0].status.as_str()]["headers"];
                if declared.get("Cache-Control").is_none() {
                    assert_eq!(pair[0].header("cache-control"), Some("no-store"));
                }
                assert_eq!(
                    pair[0].header("cache-control"),
                    pair[1].header("cache-control")
                );
                let json =
                    |answer: &Answer| is_json(&answer.headers).then(|| shape(&answer.json()));
                assert_eq!(json(&pair[0]), json(&pair[1]), "{}", operation.id());
            }
        }
    }

    #[tokio::test]
    async fn the_root_of_the_prefix_is_there_with_and_without_a_slash() {
        let app = TestApp::start().await;
        for path in ["/", "/api/v1", "/api/v1/", "/?a=b", "/api/v1?a=b"] {
            let answer = app.get(path).send().await;
            answer.assert_status(200);
            assert_eq!(answer.json()["service"], "countersign", "{path}");
        }
    }

    #[tokio::test]
    async fn an_unknown_address_is_a_404_in_the_envelope() {
        let app = TestApp::start().await;
        let long = format!("/{}", "x".repeat(60_000));
        for path in [
            "/nothing",
            "/api",
            "/api/",
            "/api/v1/nothing",
            "/api/v2/users/me",
            "/api/v1/api/v1/health",
            "/users",
            "/users/me/sessions/",
            "/users/me/sessions/0/more",
            "/users/me/",
            "/health/",
            "/health/dead",
            "/Health",
            "//health",
            "/auth/register/",
            "/auth//register",
            "/auth/../health",
            "/./health",
            "/auth%2Fregister",
            "/%00",
            "/%ff",
            "/api/v1/docs",
            "/api/v1/openapi.json",
            "/docs/",
            "/docs/index.html",
            "/:param0",
            "/*",
            "/users/me/sessions/*--poem-rest/x",
            "/nothing?secret=s3ntin3l",
            &long,
        ] {
            for name in ["GET", "POST", "DELETE", "BREW"] {
                let answer = app.call(method(name), path).send().await;
                answer.assert_error(404, "NOT_FOUND");
                assert_envelope(&answer, false);
                assert_not_echoed(&answer);
            }
            app.call(Method::HEAD, path).send().await.assert_status(404);
        }
    }

    #[tokio::test]
    async fn a_wrong_method_is_a_405_that_names_the_right_ones() {
        let app = TestApp::start().await;
        let mut answered: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for operation in operations() {
            let methods = answered.entry(operation.path.clone()).or_default();
            methods.insert(operation.method.to_string());
        }
        let mut paths: Vec<(String, BTreeSet<String>)> = Vec::new();
        for (path, methods) in answered {
            let path = path.replace("{id}", &unknown_id().to_string());
            let path = path.replace("{name}", "database");
            for prefix in PREFIXES {
                paths.push((under(prefix, &path), methods.clone()));
            }
        }
        for path in ["/docs", "/redoc", "/openapi.json", "/openapi.yaml"] {
            paths.push((path.to_owned(), BTreeSet::from(["GET".to_owned()])));
        }
        for (path, mut methods) in paths {
            if methods.contains("GET") {
                methods.insert("HEAD".to_owned());
            }
            for name in ALL_METHODS {
                if methods.contains(name) {
                    continue;
                }
                let answer = app.call(method(name), &path).send().await;
                answer.assert_error(405, "METHOD_NOT_ALLOWED");
                assert_envelope(&answer, false);
                let allow: Vec<&str> = answer.header("allow").unwrap().split(", ").collect();
                let expected: Vec<&str> = methods.iter().map(String::as_str).collect();
                assert_eq!(allow, expected, "{name} {path}");
            }
        }
    }

    #[tokio::test]
    async fn head_is_get_without_the_body() {
        let app = TestApp::start().await;
        let member = app.register_superuser("root").await;
        let read = operations()
            .into_iter()
            .filter(|operation| operation.method == Method::GET);
        let mut paths: Vec<String> = read
            .flat_map(|operation| {
                let path = operation.path_with(&member.id().to_string());
                PREFIXES.map(|prefix| under(prefix, &path))
            })
            .collect();
        paths.extend(["/docs", "/redoc", "/openapi.json", "/openapi.yaml"].map(str::to_owned));
        for path in paths {
            for authorized in [true, false] {
                let ask = async |method: Method| {
                    let call = app.call(method, &path).header("x-request-id", "same");
                    let call = if authorized {
                        call.bearer(&member)
                    } else {
                        call
                    };
                    call.send().await
                };
                let (get, head) = (ask(Method::GET).await, ask(Method::HEAD).await);
                assert_eq!(head.status, get.status, "{path}");
                assert_eq!(head.headers, get.headers, "{path}");
                assert!(!get.body.is_empty());
                if head.status.is_success() {
                    assert!(head.body.is_empty(), "{path}");
                }
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_id_is_the_id_of_nothing() {
        let app = TestApp::start().await;
        let member = app.register("ada").await;
        let long = "x".repeat(5000);
        for id in [
            "0",
            SENTINEL,
            "%00",
            "%2F",
            "%2e%2e",
            "..",
            ":id",
            "{id}",
            "00000000-0000-0000-0000-000000000000",
            "'%20OR%201=1--",
            "%F0%9F%98%80",
            &long,
        ] {
            let path = format!("/users/me/sessions/{id}");
            let answer = app.delete(&path).bearer(&member).send().await;
            answer.assert_error(404, "SESSION_NOT_FOUND");
            assert_not_echoed(&answer);
        }
        // What is no text is no address either.
        for id in ["%ff", "s3ntin3l%c0%80"] {
            let path = format!("/users/me/sessions/{id}");
            let answer = app.delete(&path).bearer(&member).send().await;
            answer.assert_error(404, "NOT_FOUND");
            assert_not_echoed(&answer);
        }
    }
}

mod answers {
    use super::*;

    /// One request for each way in which a request can be refused.
    fn refused(app: &TestApp) -> Vec<Call<'_>> {
        let mut large = app.post("/auth/refresh", &json!({}));
        large = large.body(vec![b' '; app.config.server.body_limit_bytes + 1]);
        vec![
            app.get("/nothing"),
            app.delete("/health"),
            app.get("/users/me"),
            app.get("/users/me").token(SENTINEL),
            app.post("/auth/login", &json!({})),
            app.post(
                "/auth/login",
                &json!({"username": "ada", "password": SENTINEL}),
            ),
            app.post("/auth/refresh", &json!({})).body("{"),
            app.post("/auth/refresh", &json!({"refresh_token": SENTINEL})),
            app.call(Method::POST, "/auth/refresh").body("{}"),
            large,
        ]
    }

    #[tokio::test]
    async fn a_harmless_request_id_is_kept() {
        let app = TestApp::start().await;
        let longest = "x".repeat(128);
        for id in [
            "a",
            "A_b.c-9",
            "550e8400-e29b-41d4-a716-446655440000",
            &longest,
        ] {
            let answer = app.get("/health").header("x-request-id", id).send().await;
            assert_eq!(answer.header("x-request-id"), Some(id));
            for call in refused(&app) {
                let answer = call.header("x-request-id", id).send().await;
                assert!(answer.status.is_client_error());
                assert_eq!(answer.header("x-request-id"), Some(id));
                assert_eq!(answer.json()["request_id"], id);
            }
        }
    }

    #[tokio::test]
    async fn another_request_id_is_replaced() {
        let app = TestApp::start().await;
        let too_long = "x".repeat(129);
        let mut given = BTreeSet::new();
        let bad = [
            "", " ", "a b", "a\tb", "a\"b", "a/b", "a:b", "\u{e9}", "a,b", &too_long,
        ];
        for id in bad {
            let answer = app.get("/health").header("x-request-id", id).send().await;
            given.insert(answer.header("x-request-id").unwrap().to_owned());
            for call in refused(&app) {
                let answer = call.header("x-request-id", id).send().await;
                given.insert(answer.json()["request_id"].as_str().unwrap().to_owned());
            }
        }
        given.insert(
            app.get("/")
                .send()
                .await
                .header("x-request-id")
                .unwrap()
                .to_owned(),
        );
        for id in &given {
            assert!(Uuid::parse_str(id).is_ok(), "{id}");
        }
        // None was given twice.
        assert_eq!(given.len(), bad.len() * (1 + refused(&app).len()) + 1);
    }

    #[tokio::test]
    async fn every_error_has_the_same_envelope() {
        let app = TestApp::start().await;
        app.clock.advance(TimeDelta::days(1000));
        let mut statuses = Vec::new();
        for call in refused(&app) {
            let before = app.clock.now();
            let answer = call.send().await;
            let after = app.clock.now();
            let body = answer.json();
            assert_envelope(&answer, body.get("errors").is_some());
            assert_not_echoed(&answer);
            assert!(crate::support::is_json(&answer.headers));
            assert!(!body["detail"].as_str().unwrap().is_empty());

            let written = body["timestamp"].as_str().unwrap();
            let time = DateTime::parse_from_rfc3339(written).unwrap().to_utc();
            assert!((before..=after).contains(&time), "{written}");
            assert_eq!(time.to_rfc3339_opts(SecondsFormat::Millis, true), written);
            statuses.push((
                body["status_code"].as_u64().unwrap(),
                body.get("errors").is_some(),
            ));
        }
        assert_eq!(
            statuses,
            [
                (404, false),
                (405, false),
                (401, false),
                (401, false),
                (400, true),
                (401, false),
                (400, false),
                (401, false),
                (415, false),
                (413, false),
            ]
        );
    }

    #[tokio::test]
    async fn a_failure_tells_nothing_of_its_cause() {
        let app = TestApp::start().await;
        let member = app.register("ada").await;
        app.execute("UPDATE users SET password_hash = 's3ntin3l'")
            .await;
        let body = json!({"username": "ada", "password": PASSWORD});
        let unreadable = app.post("/auth/login", &body).send().await;
        unreadable.assert_error(500, "INTERNAL_ERROR");
        app.break_database().await;
        let broken = app.get("/users/me").bearer(&member).send().await;
        broken.assert_error(500, "DATABASE_ERROR");
        for answer in [unreadable, broken] {
            assert_envelope(&answer, false);
            assert_not_echoed(&answer);
            let text = answer.text().to_ascii_lowercase();
            for inside in [
                "sql", "pool", "hash", "argon", "poem", "src/", ".rs", "panick",
            ] {
                assert!(!text.contains(inside), "{inside}: {text}");
            }
        }
    }
}

mod bodies {
    use super::*;

    /// Where bodies are refused, by operations that refuse nothing else about the request.
    struct Gate {
        app: TestApp,
        scene: Scene,
    }

    impl Gate {
        async fn start() -> Self {
            Self::with(|_| {}).await
        }

        async fn with(change: impl FnOnce(&mut Config)) -> Self {
            let app = TestApp::with(change).await;
            let scene = Scene::of(&app.register_superuser("root").await);
            Self { app, scene }
        }

        /// A request that says nothing of the type of its body.
        fn call(&self, operation: &Operation, body: impl Into<Body>) -> Call<'_> {
            self.app.bare(operation, "/", &self.scene).body(body)
        }

        async fn send(&self, operation: &Operation, body: impl Into<Body>) -> Answer {
            let call = self.call(operation, body);
            call.header("content-type", "application/json").send().await
        }
    }

    fn example(operation: &Operation) -> Value {
        operation.json_schema().1["example"].clone()
    }

    /// Its members that are texts.
    fn texts(operation: &Operation) -> Vec<&'static str> {
        let members = operation.members().iter();
        members
            .filter(|(_, member)| member["type"] == "string")
            .map(|(name, _)| name.as_str())
            .collect()
    }

    #[tokio::test]
    async fn what_is_no_json_object_is_refused_as_a_whole() {
        let gate = Gate::start().await;
        let utf_16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let deep = |open: &str, close: &str, depth: usize| {
            format!("{}{}", open.repeat(depth), close.repeat(depth))
        };
        let in_member = format!(r#"{{"password": {}"#, deep("[", "]", 20_000));
        let bodies: Vec<Vec<u8>> = [
            "",
            " \n",
            "null",
            "true",
            "5",
            "NaN",
            "\"s3ntin3l\"",
            "[]",
            "[{}]",
            "[\"s3ntin3l\"]",
            "s3ntin3l",
            "{",
            "}",
            "{}{}",
            "{}s3ntin3l",
            "{\"password\"}",
            "{\"password\":}",
            "{\"password\":\"s3ntin3l}",
            "{\"password\":\"s3ntin3l\",}",
            "{'password':'s3ntin3l'}",
            "{password:\"s3ntin3l\"}",
            "{\"password\":\"s3ntin3l\"}}",
            "{\"password\":\"s3ntin3l\u{0}\"}",
            "{\"password\":\"s3ntin3l\n\"}",
            "{\"password\":\"s3ntin3l\t\"}",
            "{\"password\":\"s3ntin3l\\x\"}",
            "{\"password\":\"s3ntin3l\\u00\"}",
            "{\"password\":\"s3ntin3l\\ud800\"}",
            "{\"password\":\"s3ntin3l\\udc00\"}",
            "{\"password\":\"s3ntin3l\\ud800\\u0041\"}",
            "{\"password\":\"s3ntin3l\\udc00\\ud800\"}",
            "{\"\\ud800\":\"s3ntin3l\"}",
            "{\"password\":1e999}",
            "{\"password\":NaN}",
            "{\"password\":01}",
            "{\"password\":s3ntin3l}",
            "\u{feff}{}",
            "/* */ {}",
            "password=s3ntin3l",
            &deep("[", "]", 30_000),
            &"[".repeat(60_000),
            &deep("{\"a\":", "}", 10_000),
            &in_member,
        ]
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .chain([
            b"{\"password\":\"s3ntin3l\xff\"}".to_vec(),
            b"{\"password\":\"s3ntin3l\xc0\x80\"}".to_vec(),
            b"{\"password\":\"s3ntin3l\xed\xa0\x80\"}".to_vec(),
            b"{\"\xff\":\"s3ntin3l\"}".to_vec(),
            b"\xff".to_vec(),
            vec![0],
            utf_16,
        ])
        .collect();
        for operation in operations_with_body() {
            for body in &bodies {
                let answer = gate.send(&operation, body.clone()).await;
                answer.assert_error(400, "VALIDATION_ERROR");
                assert_envelope(&answer, false);
                assert_not_echoed(&answer);
            }
        }
    }

    #[tokio::test]
    async fn nesting_as_deep_as_any_limit_allows_ends_no_process() {
        let gate = Gate::with(|config| config.server.body_limit_bytes = 4_000_000).await;
        for operation in operations_with_body() {
            for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
                let nested = open.repeat(200_000) + "1" + &close.repeat(200_000);
                let in_member = format!("{{\"unknown\": {nested}}}");
                for body in [nested, in_member, open.repeat(200_000)] {
                    let answer = gate.send(&operation, body).await;
                    answer.assert_error(400, "VALIDATION_ERROR");
                    assert_envelope(&answer, false);
                }
            }
        }
        gate.app.get("/health").send().await.assert_status(200);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_refused() {
        let gate = Gate::start().await;
        for operation in operations_with_body() {
            let gone = || io::Error::from(io::ErrorKind::ConnectionReset);
            let body = stream::iter([Ok("{\"password\":\"s3ntin3l"), Err(gone())]);
            let answer = gate.send(&operation, Body::from_bytes_stream(body)).await;
            answer.assert_error(400, "VALIDATION_ERROR");
            assert_not_echoed(&answer);
        }
    }

    #[tokio::test]
    async fn each_member_that_is_missing_is_named() {
        let gate = Gate::start().await;
        for operation in operations_with_body() {
            let (_, schema) = operation.json_schema();
            let required: Vec<&str> = schema["required"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|name| name.as_str().unwrap())
                .collect();
            for name in &required {
                let mut body = example(&operation);
                body.as_object_mut().unwrap().remove(*name);
                let answer = gate.send(&operation, body.to_string()).await;
                answer.assert_findings(&[&format!("{name}: required")]);
                assert_envelope(&answer, true);
            }
            let findings: Vec<String> = required
                .iter()
                .map(|name| format!("{name}: required"))
                .collect();
            let answer = gate.send(&operation, "{\"unknown\": 1}").await;
            let found = answer.json();
            for finding in findings {
                let (field, code) = finding.split_once(": ").unwrap();
                let errors = found["errors"].as_array().unwrap();
                let is_it = |error: &&Value| error["field"] == field && error["code"] == code;
                assert_eq!(errors.iter().filter(is_it).count(), 1, "{found}");
            }
        }
    }

    #[tokio::test]
    async fn a_member_of_another_type_is_named_and_not_echoed() {
        let gate = Gate::start().await;
        let mistyped: Value = MISTYPED.parse::<u64>().unwrap().into();
        for operation in operations_with_body() {
            for (name, member) in operation.members() {
                let of_other_type = match member["type"].as_str() {
                    Some("string") => json!(true),
                    Some("boolean") => json!("true"),
                    _ => continue,
                };
                let is_nullable = member["nullable"] == true;
                let mut values = vec![
                    of_other_type,
                    mistyped.clone(),
                    json!(12_345_678_901.5),
                    json!(-1),
                    json!([]),
                    json!([SENTINEL]),
                    json!({}),
                    json!({ SENTINEL: SENTINEL }),
                ];
                if !is_nullable {
                    values.push(Value::Null);
                }
                for value in values {
                    let mut body = example(&operation);
                    body[name] = value;
                    let answer = gate.send(&operation, body.to_string()).await;
                    answer.assert_findings(&[&format!("{name}: invalid_type")]);
                    assert_envelope(&answer, true);
                    assert_not_echoed(&answer);
                }
            }
        }
    }

    #[tokio::test]
    async fn control_characters_are_refused_in_every_text() {
        let gate = Gate::start().await;
        for operation in operations_with_body() {
            for name in texts(&operation) {
                for control in [
                    '\0', '\u{1}', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}',
                ] {
                    let mut body = example(&operation);
                    // In a body that says everything else right; login takes one name only.
                    if operation.id() == "login" && name == "username" {
                        body.as_object_mut().unwrap().remove("email");
                    }
                    let text = body[name].as_str().unwrap_or("ada");
                    body[name] = format!("{text}{control}{SENTINEL}").into();
                    let answer = gate.send(&operation, body.to_string()).await;
                    answer.assert_findings(&[&format!("{name}: invalid_format")]);
                    assert_not_echoed(&answer);
                }
            }
        }
    }

    #[tokio::test]
    async fn a_member_that_is_given_twice_is_named() {
        let gate = Gate::start().await;
        for operation in operations_with_body() {
            let example = example(&operation);
            for (name, value) in example.as_object().unwrap() {
                let text = example.to_string();
                let rest = text.strip_prefix('{').unwrap();
                // The same value twice is no better than two values, and neither is a null.
                for first in [value.to_string(), format!("\"{SENTINEL}\"")] {
                    let body = format!("{{\"{name}\":{first},{rest}");
                    let answer = gate.send(&operation, body).await;
                    answer.assert_status(400);
                    let body = answer.json();
                    let errors = body["errors"].as_array().unwrap();
                    let conflict = json!({
                        "field": name, "code": "conflict", "message": "is given more than once",
                    });
                    assert!(errors.contains(&conflict), "{body}");
                    assert_not_echoed(&answer);
                }
            }
            // Escaped differently, but the same name.
            let name = operation.members().keys().next().unwrap().as_str();
            let (first, rest) = name.split_at(1);
            let escaped = format!("\\u{:04x}{rest}", first.as_bytes()[0]);
            let body = format!("{{\"{escaped}\":\"a\",\"{name}\":\"b\"}}");
            let answer = gate.send(&operation, body).await;
            let body = answer.json();
            let is_it = |error: &Value| error["field"] == name && error["code"] == "conflict";
            assert!(
                body["errors"].as_array().unwrap().iter().any(is_it),
                "{body}"
            );
        }
    }

    #[tokio::test]
    async fn an_unknown_member_is_named_but_not_its_value() {
        let gate = Gate::start().await;
        for operation in operations_with_body() {
            for name in [
                "unknown",
                "Password",
                "is_superuser",
                "",
                "id",
                "__proto__",
                "e\u{301}",
            ] {
                if operation.members().contains_key(name) {
                    continue;
                }
                for value in [json!(SENTINEL), json!(null), json!({SENTINEL: [SENTINEL]})] {
                    let mut body = example(&operation);
                    body[name] = value;
                    let answer = gate.send(&operation, body.to_string()).await;
                    answer.assert_findings(&[&format!("{name}: unknown")]);
                    assert_not_echoed(&answer);
                }
            }
        }
    }

    #[tokio::test]
    async fn a_long_name_is_cut_and_many_findings_are_not_all_told() {
        let app = TestApp::start().await;
        let name = "n".repeat(10_000);
        let answer = app
            .post("/auth/refresh", &json!({"refresh_token": "x", name: 1}))
            .send()
            .await;
        answer.assert_findings(&[&format!("{}: unknown", "n".repeat(64))]);

        let many: Value = (0..1000)
            .map(|n| (format!("member{n}"), Value::Null))
            .collect();
        let answer = app.post("/auth/refresh", &many).send().await;
        answer.assert_error(400, "VALIDATION_ERROR");
        assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 32);
    }

    #[tokio::test]
    async fn all_faults_of_a_body_are_found_at_once() {
        let app = TestApp::start().await;
        let register = |body: &str| {
            let call = app.call(Method::POST, "/auth/register");
            call.header("content-type", "application/json")
                .body(body.to_owned())
                .send()
        };
        let answer = register(
            r#"{"email": "s3ntin3l", "username": "a b", "password": "s3ntin3", "nickname": "s3ntin3l"}"#,
        )
        .await;
        answer.assert_findings(&[
            "email: invalid_format",
            "nickname: unknown",
            "password: too_short",
            "username: invalid_format",
        ]);
        assert_not_echoed(&answer);

        // A member that can't be judged is blamed for that alone, and the others are judged all the same.
        let answer = register(
            r#"{"email": 12345678901, "username": "x", "password": "password", "username": "y", "a": 1, "b": 2}"#,
        )
        .await;
        answer.assert_findings(&[
            "a: unknown",
            "b: unknown",
            "email: invalid_type",
            "password: too_common",
            "username: conflict",
        ]);
        assert_not_echoed(&answer);

        let answer =
            register(r#"{"username": "ab", "password": null, "email": "a\u0000@example.com"}"#)
                .await;
        answer.assert_findings(&[
            "email: invalid_format",
            "password: invalid_type",
            "username: too_short",
        ]);

        let answer =
            register(r#"{"username": "ada.lovelace", "password": "ada.lovelace", "more": {}}"#)
                .await;
        answer.assert_findings(&[
            "email: required",
            "more: unknown",
            "password: contains_identity",
        ]);

        let login = json!({"email": "ada@example.com", "username": "ada", "passwort": SENTINEL});
        let answer = app.post("/auth/login", &login).send().await;
        answer.assert_findings(&[
            "password: required",
            "passwort: unknown",
            "username: conflict",
        ]);
        assert_not_echoed(&answer);
    }

    #[tokio::test]
    async fn another_media_type_is_refused() {
        let gate = Gate::start().await;
        for operation in operations_with_body() {
            let body = example(&operation).to_string();
            for kind in [
                "",
                "text/plain",
                "text/json",
                "application/jsonp",
                "application/xml",
                "application/problem+json",
                "application/json; charset=latin1",
                "application/json; charset=utf-16",
                "application/json;charset=\"iso-8859-1\"",
                "application/x-www-form-urlencoded; charset=latin1",
                "multipart/form-data; boundary=x",
                "json",
                "*/*",
                "s3ntin3l",
                "application/json\u{e9}",
            ] {
                let call = gate.call(&operation, body.clone());
                let answer = call.header("content-type", kind).send().await;
                answer.assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
                assert_envelope(&answer, false);
                assert_not_echoed(&answer);
            }
            for body in [Body::from(body), Body::empty()] {
                let answer = gate.call(&operation, body).send().await;
                answer.assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
            }
        }
    }

    #[tokio::test]
    async fn json_in_utf_8_may_be_named_in_every_way() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let body = json!({"username": "ada", "password": PASSWORD}).to_string();
        for kind in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=UTF-8",
            "application/json; charset=\"utf-8\"",
        ] {
            let call = app.call(Method::POST, "/auth/login");
            let answer = call
                .header("content-type", kind)
                .body(body.clone())
                .send()
                .await;
            answer.assert_status(200);
        }
    }

    #[tokio::test]
    async fn a_form_is_held_to_the_same_rules() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let login = async |body: &str| {
            let call = app.call(Method::POST, "/auth/login");
            let call = call.header("content-type", "application/x-www-form-urlencoded");
            let answer = call.body(body.to_owned()).send().await;
            assert_not_echoed(&answer);
            answer
        };
        let password = PASSWORD.replace(' ', "+");
        login(&format!("username=ada&password={password}"))
            .await
            .assert_status(200);
        login("")
            .await
            .assert_findings(&["username: required", "password: required"]);
        login("{\"username\":\"ada\"}")
            .await
            .assert_error(400, "VALIDATION_ERROR");
        login("username=ada&password=s3ntin3l&password=s3ntin3l&more=s3ntin3l&username=ada")
            .await
            .assert_findings(&["password: conflict", "username: conflict"]);
        login("username=ada%00&password=s3ntin3l%0A")
            .await
            .assert_findings(&["password: invalid_format", "username: invalid_format"]);
        login("username=ada&password=s3ntin3l&grant_type=s3ntin3l")
            .await
            .assert_findings(&["grant_type: invalid_format"]);
        // What can't be read must not be taken for something that can.
        for broken in ["%FF", "s3ntin3l%C3%28", "%ED%A0%80"] {
            let answer = login(&format!("username=ada&password={broken}")).await;
            answer.assert_error(400, "VALIDATION_ERROR");
        }
    }
}

mod limits {
    use super::*;

    /// White space around JSON is no part of it.
    fn padded(json: &str, size: usize) -> Vec<u8> {
        let mut body = json.as_bytes().to_vec();
        body.resize(size, b' ');
        body
    }

    /// A body without `Content-Length`, in pieces.
    fn streamed(body: &[u8]) -> Body {
        let pieces: Vec<_> = body
            .chunks(1000)
            .map(|piece| Ok::<_, io::Error>(piece.to_vec()))
            .collect();
        Body::from_bytes_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
        for limit in [65_536, 1024] {
            let app = TestApp::with(|config| config.server.body_limit_bytes = limit).await;
            let scene = Scene::of(&app.register_superuser("root").await);
            for operation in operations_with_body() {
                let example = operation.json_schema().1["example"].to_string();
                let send = async |body: Body| {
                    let call = app.bare(&operation, "/", &scene);
                    let call = call.header("content-type", "application/json");
                    call.body(body).send().await
                };
                // As far as the size goes: what is read is the same as without the white space. The
                // first request may change something, so it is the second that the others are like.
                send(Body::from(example.clone())).await;
                let expected = send(Body::from(example.clone())).await;
                let sized = |size| padded(&example, size);
                for size in [limit - 1, limit] {
                    for body in [Body::from(sized(size)), streamed(&sized(size))] {
                        let answer = send(body).await;
                        assert_eq!(answer.status, expected.status, "{size}");
                        if expected.body.is_empty() {
                            assert!(answer.body.is_empty(), "{size}");
                            continue;
                        }
                        assert_eq!(shape(&answer.json()), shape(&expected.json()), "{size}");
                    }
                }
                for body in [Body::from(sized(limit + 1)), streamed(&sized(limit + 1))] {
                    let answer = send(body).await;
                    answer.assert_error(413, "PAYLOAD_TOO_LARGE");
                    assert_envelope(&answer, false);
                }
            }
        }
    }

    #[tokio::test]
    async fn the_limit_is_64_kib_unless_configured() {
        let app = TestApp::start().await;
        assert_eq!(app.config.server.body_limit_bytes, 65_536);
        let body = json!({"refresh_token": SENTINEL}).to_string();
        let send = |size| {
            app.post("/auth/refresh", &json!({}))
                .body(padded(&body, size))
                .send()
        };
        send(65_536).await.assert_error(401, "TOKEN_INVALID");
        let answer = send(65_537).await;
        answer.assert_error(413, "PAYLOAD_TOO_LARGE");
        assert_not_echoed(&answer);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_cut_off() {
        let app = TestApp::start().await;
        let scene = Scene::of(&app.register_superuser("root").await);
        for operation in operations_with_body() {
            let endless = stream::repeat_with(|| Ok::<_, io::Error>(vec![b' '; 4096]));
            let call = app.bare(&operation, "/", &scene);
            let call = call.header("content-type", "application/json");
            let answer = call.body(Body::from_bytes_stream(endless)).send().await;
            answer.assert_error(413, "PAYLOAD_TOO_LARGE");
        }
    }

    #[tokio::test]
    async fn a_body_where_none_is_wanted_is_not_even_read() {
        let app = TestApp::start().await;
        let member = app.register("ada").await;
        for path in ["/users/me", "/health", "/"] {
            let body = stream::poll_fn(|_| panic!("the body was read"));
            let body: stream::PollFn<_> = body;
            let body = Body::from_bytes_stream::<_, Vec<u8>, io::Error>(body);
            let call = app
                .get(path)
                .bearer(&member)
                .header("content-type", "text/plain");
            call.body(body).send().await.assert_status(200);
        }
    }
}

mod authorization {
    use super::*;

    /// Asks every operation that wants a token, with these `Authorization` headers.
    async fn ask(app: &TestApp, values: &[&str]) -> Vec<Answer> {
        let mut answers = Vec::new();
        for operation in secured_operations() {
            for prefix in PREFIXES {
                let path = under(prefix, &operation.path_with("0"));
                let mut call = app.call(operation.method.clone(), &path);
                for value in values {
                    call = call.header("authorization", value);
                }
                let answer = call.send().await;
                assert_not_echoed(&answer);
                answers.push(answer);
            }
        }
        answers
    }

    fn challenge(answer: &Answer) -> &str {
        answer.header("www-authenticate").unwrap()
    }

    #[tokio::test]
    async fn without_a_token_the_challenge_names_no_error() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let values: [&[&str]; 11] = [
            &[],
            &[""],
            &["Bearer"],
            &["bearer"],
            &["Bearer "],
            &["Bearer   "],
            &["Basic YWRhOnMzbnRpbjNs"],
            &["Digest username=\"s3ntin3l\""],
            &["s3ntin3l"],
            &["Token s3ntin3l"],
            &["Bearers3ntin3l"],
        ];
        for values in values {
            for answer in ask(&app, values).await {
                answer.assert_error(401, "TOKEN_MISSING");
                assert_envelope(&answer, false);
                assert_eq!(
                    challenge(&answer),
                    "Bearer realm=\"countersign\"",
                    "{values:?}"
                );
            }
        }
    }

    #[tokio::test]
    async fn with_a_bad_token_the_challenge_names_the_error() {
        let app = TestApp::start().await;
        let member = app.register("ada").await;
        let token = member.access_token();
        let huge = format!("Bearer {}", SENTINEL.repeat(100_000));
        let refresh = format!("Bearer {}", member.refresh_token());
        let cut = format!("Bearer {}", &token[..token.len() - 1]);
        let more = format!("Bearer {token}A");
        let two = format!("Bearer {token} {token}");
        let list = format!("Bearer {token}, Bearer {token}");
        let quoted = format!("Bearer \"{token}\"");
        let doubled = format!("Bearer Bearer {token}");
        let good = format!("Bearer {token}");
        let values: Vec<Vec<&str>> = vec![
            vec!["Bearer s3ntin3l"],
            vec!["bearer s3ntin3l"],
            vec!["BEARER s3ntin3l"],
            vec!["Bearer  s3ntin3l"],
            vec!["Bearer s3ntin3l s3ntin3l"],
            vec!["Bearer ..."],
            vec!["Bearer a.b.c"],
            vec!["Bearer eyJhbGciOiJub25lIn0.e30."],
            vec!["Bearer t\u{f6}ken"],
            vec!["Bearer \u{fffd}"],
            vec![&huge],
            vec![&refresh],
            vec![&cut],
            vec![&more],
            vec![&two],
            vec![&list],
            vec![&quoted],
            vec![&doubled],
            // Which of two headers counts is not for anybody to guess.
            vec![&good, &good],
            vec![&good, "Bearer s3ntin3l"],
            vec!["Bearer s3ntin3l", &good],
            vec![&good, "Basic YWRhOnMzbnRpbjNs"],
            vec!["Basic YWRhOnMzbnRpbjNs", &good],
        ];
        for values in values {
            for answer in ask(&app, &values).await {
                answer.assert_error(401, "TOKEN_INVALID");
                assert_envelope(&answer, false);
                let challenge = challenge(&answer);
                assert!(challenge.starts_with("Bearer "), "{challenge}");
                assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
            }
        }
        // None of them ended anything.
        app.get("/users/me")
            .bearer(&member)
            .send()
            .await
            .assert_status(200);
    }

    /// The scheme has no case (RFC 9110 section 11.1), and any number of spaces may follow it (RFC 6750
    /// section 2.1).
    #[tokio::test]
    async fn a_good_token_is_good_however_the_scheme_is_written() {
        let app = TestApp::start().await;
        let member = app.register("ada").await;
        for scheme in ["Bearer ", "bearer ", "BEARER ", "Bearer   "] {
            let value = format!("{scheme}{}", member.access_token());
            let answer = app
                .get("/users/me")
                .header("authorization", &value)
                .send()
                .await;
            answer.assert_status(200);
        }
    }

    #[tokio::test]
    async fn a_token_anywhere_else_is_ignored() {
        let app = TestApp::start().await;
        let member: Member = app.register("ada").await;
        let token = member.access_token();
        for operation in secured_operations() {
            let path = operation.path_with("0");
            let call = |path: &str| app.call(operation.method.clone(), path);
            let form = "application/x-www-form-urlencoded";
            let calls = [
                call(&format!("{path}?access_token={token}")),
                call(&format!(
                    "{path}?token={token}&authorization=Bearer%20{token}"
                )),
                call(&path)
                    .header("content-type", form)
                    .body(format!("access_token={token}")),
                call(&path)
                    .header("content-type", "application/json")
                    .body(json!({"access_token": token, "token": token}).to_string()),
                call(&path)
                    .header(
                        "cookie",
                        &format!("access_token={token}; Authorization=Bearer {token}"),
                    )
                    .header("x-access-token", token)
                    .header("proxy-authorization", &format!("Bearer {token}")),
            ];
            for call in calls {
                let answer = call.send().await;
                answer.assert_error(401, "TOKEN_MISSING");
                assert!(!challenge(&answer).contains("error="));
            }
        }
    }

    #[tokio::test]
    async fn who_wants_no_token_minds_none() {
        let app = TestApp::start().await;
        for operation in operations() {
            if operation.is_secured() {
                continue;
            }
            for value in ["Bearer s3ntin3l", "Bearer", "Basic YWRhOnMzbnRpbjNs"] {
                let scene = app.scene(&operation).await;
                let call = app.example(&operation, "/", &scene);
                let answer = call.header("authorization", value).send().await;
                assert!(answer.status.is_success(), "{}", answer.text());
            }
        }
    }
}

mod paths {
    use super::*;

    /// Other ways to write the address of the login.
    const DETOURS: [&str; 20] = [
        "//auth/login",
        "/auth//login",
        "/auth/login/",
        "/auth/login//",
        "/AUTH/LOGIN",
        "/Auth/login",
        "/./auth/login",
        "/auth/./login",
        "/x/../auth/login",
        "/api/v1/../auth/login",
        "/api/v1/../../auth/login",
        "/api/v1//auth/login",
        "/api/v1auth/login",
        "/%2e/auth/login",
        "/x/%2e%2e/auth/login",
        "/auth%2Flogin",
        "/auth/%6Cogin",
        "/auth/login;x=1",
        "/auth;x=1/login",
        "/auth/login%3F",
    ];

    #[tokio::test]
    async fn an_operation_is_reached_by_its_exact_address_only() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let body = json!({"username": "ada", "password": PASSWORD});
        let asked = async |path: &str| {
            let answer = app.post(path, &body).send().await;
            let id = answer.header("x-request-id").unwrap();
            let mut lines = of_request(id);
            lines.retain(|line| line.get("endpoint").is_some());
            (answer, lines.remove(0)["endpoint"].clone())
        };
        for detour in DETOURS {
            let (answer, endpoint) = asked(detour).await;
            answer.assert_error(404, "NOT_FOUND");
            assert_eq!(endpoint, "(unknown)", "{detour}");
        }
        for (path, own) in [
            ("/auth/login", "/auth/login"),
            ("/api/v1/auth/login", "/api/v1/auth/login"),
            ("/auth/login?x=/health", "/auth/login"),
        ] {
            let (answer, endpoint) = asked(path).await;
            answer.assert_status(200);
            assert_eq!(endpoint, own);
        }
    }
}

mod browsers {
    use super::*;

    const OURS: &str = "https://app.example.com";
    const EXPOSED: &str = "X-Request-Id, Retry-After, WWW-Authenticate, Location";

    async fn app_for(origins: &[&str]) -> TestApp {
        let origins = origins
            .iter()
            .map(|origin| (*origin).to_owned())
            .collect::<Vec<_>>();
        TestApp::with(|config| config.server.cors_origins = origins.try_into().unwrap()).await
    }

    fn cors_headers(answer: &Answer) -> Vec<&str> {
        let names = answer.headers.keys().map(HeaderName::as_str);
        names
            .filter(|name| name.starts_with("access-control-"))
            .collect()
    }

    async fn preflight(app: &TestApp, path: &str, origin: &str) -> Answer {
        app.call(Method::OPTIONS, path)
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
            .send()
            .await
    }

    #[tokio::test]
    async fn every_answer_says_what_browsers_must_not_do_with_it() {
        for (public_url, expected) in [
            (None, None),
            (Some("http://x"), None),
            (Some("https://x"), Some("max-age=31536000")),
        ] {
            let app = TestApp::with(|config| {
                config.server.public_url = public_url.map(|url| url.to_owned().try_into().unwrap());
            })
            .await;
            for path in [
                "/",
                "/nothing",
                "/users/me",
                "/docs",
                "/redoc",
                "/openapi.json",
            ] {
                let answer = app.get(path).send().await;
                for (name, value) in [
                    ("x-content-type-options", "nosniff"),
                    ("x-frame-options", "DENY"),
                    ("referrer-policy", "no-referrer"),
                    ("cross-origin-opener-policy", "same-origin"),
                    ("cross-origin-resource-policy", "same-origin"),
                ] {
                    assert_eq!(answer.header(name), Some(value), "{path}");
                }
                assert_eq!(answer.header("strict-transport-security"), expected);
                let policy = answer.headers.get_all("content-security-policy");
                let policy: Vec<&str> = policy.iter().map(|it| it.to_str().unwrap()).collect();
                assert_eq!(policy.len(), 1, "{path}");
                assert!(policy[0].starts_with("default-src 'none'; "), "{policy:?}");
                assert!(policy[0].contains("frame-ancestors 'none'"), "{policy:?}");
                let is_page = matches!(path, "/docs" | "/redoc");
                assert_eq!(policy[0].contains("script-src 'sha256-"), is_page, "{path}");
            }
        }
    }

    #[tokio::test]
    async fn pages_of_a_listed_origin_may_read_every_answer() {
        let app = app_for(&["http://localhost:3000", OURS]).await;
        for path in [
            "/",
            "/nothing",
            "/users/me",
            "/docs",
            "/.well-known/jwks.json",
        ] {
            let answer = app.get(path).header("origin", OURS).send().await;
            assert_eq!(answer.header("access-control-allow-origin"), Some(OURS));
            assert_eq!(
                answer.header("access-control-expose-headers"),
                Some(EXPOSED)
            );
            assert_eq!(cors_headers(&answer).len(), 2, "{answer:?}");
            let vary = answer.headers.get_all("vary");
            assert!(vary.iter().any(|value| value == "Origin"), "{answer:?}");
        }
    }

    #[tokio::test]
    async fn pages_of_other_origins_may_read_none() {
        let listed = app_for(&[OURS]).await;
        let closed = TestApp::start().await;
        for app in [&listed, &closed] {
            for origin in [
                "https://evil.example.com",
                "http://app.example.com",
                "https://app.example.com.evil.com",
                "https://app.example.com:8443",
                "https://APP.example.com",
                "null",
                "*",
                "",
            ] {
                let answer = app.get("/").header("origin", origin).send().await;
                answer.assert_status(200);
                assert!(cors_headers(&answer).is_empty(), "{origin}: {answer:?}");
                // Or a cache would give it to those who may.
                let vary = answer.header("vary");
                assert_eq!(
                    vary,
                    (!app.config.server.cors_origins.is_empty()).then_some("Origin")
                );
                let answer = preflight(app, "/auth/login", origin).await;
                answer.assert_error(405, "METHOD_NOT_ALLOWED");
                assert!(cors_headers(&answer).is_empty(), "{origin}: {answer:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_star_is_everybody() {
        let app = app_for(&["*"]).await;
        for origin in [OURS, "null"] {
            let answer = app.get("/users/me").header("origin", origin).send().await;
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.header("vary"), None);
            preflight(&app, "/auth/login", origin)
                .await
                .assert_status(204);
        }
    }

    #[tokio::test]
    async fn a_browser_that_asks_first_learns_what_a_page_may_do_at_each_address() {
        let app = app_for(&[OURS]).await;
        for operation in operations() {
            for prefix in PREFIXES {
                let path = operation.path.replace("{id}", &unknown_id().to_string());
                let answer = preflight(&app, &under(prefix, &path), OURS).await;
                answer.assert_status(204);
                assert!(answer.body.is_empty());
                let methods = answer.header("access-control-allow-methods").unwrap();
                let mut methods = methods.split(", ");
                assert!(
                    methods.any(|name| name == operation.method.as_str()),
                    "{path}"
                );
                assert_eq!(
                    answer.header("access-control-allow-headers"),
                    Some("Authorization, Content-Type, X-Request-Id, traceparent")
                );
                assert_eq!(answer.header("access-control-max-age"), Some("7200"));
                assert_eq!(answer.header("access-control-allow-origin"), Some(OURS));
                assert_eq!(answer.header("access-control-allow-credentials"), None);
            }
        }
        let nowhere = preflight(&app, "/nothing", OURS).await;
        nowhere.assert_error(404, "NOT_FOUND");
        // Without saying for what, it is but a method that is not there.
        let call = app.call(Method::OPTIONS, "/auth/login");
        let answer = call.header("origin", OURS).send().await;
        answer.assert_error(405, "METHOD_NOT_ALLOWED");
    }
}
