//! What is logged of a request, and what never is.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign::model::{Clock, Device};
use countersign::resilience::hashing::HashingPool;
use countersign::telemetry::context::RequestContext;
use countersign::telemetry::metrics::Metrics;
use poem::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::logs::{self, everything, of_request};
use crate::support::spec::operations;
use crate::support::{Answer, PASSWORD, TestApp, unknown_id};

/// What the line of a request has, and nothing else.
const FIELDS: [&str; 9] = [
    "timestamp",
    "level",
    "message",
    "logger",
    "request_id",
    "endpoint",
    "method",
    "status_code",
    "duration_ms",
];
/// Operations that probes call.
const PROBES: [&str; 4] = ["/", "/health", "/health/live", "/metrics"];

fn fresh_id() -> String {
    Uuid::new_v4().to_string()
}

/// The line of a request, of which there is one.
#[track_caller]
fn request_line(request_id: &str) -> Value {
    let mut lines = of_request(request_id);
    lines.retain(|line| line.get("status_code").is_some());
    assert_eq!(lines.len(), 1, "{lines:#?}");
    lines.remove(0)
}

#[track_caller]
fn assert_fields(line: &Value, more: &[&str]) {
    let fields: BTreeSet<&str> = line
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected: BTreeSet<&str> = FIELDS.iter().chain(more).copied().collect();
    assert_eq!(fields, expected, "{line}");
}

/// The id under which an answer is found in the log.
fn id_of(answer: &Answer) -> String {
    answer.header("x-request-id").unwrap().to_owned()
}

#[tokio::test]
async fn the_line_of_a_request_has_exactly_the_promised_fields() {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    let id = fresh_id();
    let call = app.get("/users/me").bearer(&member);
    call.header("x-request-id", &id).send().await;

    let line = request_line(&id);
    assert_fields(&line, &["user_id"]);
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["user_id"], member.id().to_string());
    assert_eq!(line["endpoint"], "/users/me");
    assert_eq!(line["method"], "GET");
    assert_eq!(line["status_code"], 200);
    let took = line["duration_ms"].as_f64().unwrap();
    assert!((0.0..60_000.0).contains(&took), "{line}");
    let timestamp = line["timestamp"].as_str().unwrap();
    assert_eq!(timestamp.len(), "2026-01-31T10:30:45.123Z".len(), "{line}");
    assert!(timestamp.ends_with('Z'), "{line}");
    for text in ["message", "logger"] {
        assert!(!line[text].as_str().unwrap().is_empty(), "{line}");
    }

    let id = fresh_id();
    let call = app.get("/users/me").header("x-request-id", &id);
    call.send().await.assert_status(401);
    let line = request_line(&id);
    assert_fields(&line, &[]);
    assert_eq!(line["status_code"], 401);
}

#[tokio::test]
async fn every_operation_is_logged_under_its_pattern_and_probes_are_not() {
    let app = TestApp::start().await;
    let mut logged = 0;
    for prefix in ["", "/api/v1"] {
        for operation in operations() {
            let scene = app.scene(&operation).await;
            let request_id = fresh_id();
            let call = app.example(&operation, prefix, &scene);
            let answer = call.header("x-request-id", &request_id).send().await;
            if PROBES.contains(&operation.path.as_str()) {
                assert_eq!(of_request(&request_id), Vec::<Value>::new());
                continue;
            }
            let line = request_line(&request_id);
            let endpoint = format!("{prefix}{}", operation.path);
            assert_eq!(line["endpoint"], endpoint);
            assert_eq!(line["method"], operation.method.as_str());
            assert_eq!(line["status_code"], answer.status.as_u16());
            logged += 1;
        }
    }
    assert!(logged >= 2 * 8, "{logged}");

    let request_id = fresh_id();
    let path = format!("/api/v1/users/me/sessions/{}", unknown_id());
    let call = app.delete(&path).header("x-request-id", &request_id);
    call.send().await.assert_status(401);
    let line = request_line(&request_id);
    assert_eq!(line["endpoint"], "/api/v1/users/me/sessions/{id}");
}

#[tokio::test]
async fn documentation_is_not_logged_and_an_unknown_address_not_by_its_name() {
    let app = TestApp::start().await;
    for path in ["/docs", "/redoc", "/openapi.json", "/openapi.yaml"] {
        let id = fresh_id();
        let answer = app.get(path).header("x-request-id", &id).send().await;
        answer.assert_status(200);
        assert_eq!(of_request(&id), Vec::<Value>::new(), "{path}");

        let id = fresh_id();
        let etag = answer.header("etag").unwrap();
        let again = app.get(path).header("if-none-match", etag);
        let again = again.header("x-request-id", &id).send().await;
        again.assert_status(304);
        assert_eq!(of_request(&id), Vec::<Value>::new(), "{path} unchanged");
    }

    let marker = fresh_id();
    let answer = app.get(&format!("/{marker}?{marker}")).send().await;
    answer.assert_status(404);
    let line = request_line(&id_of(&answer));
    assert_fields(&line, &[]);
    assert_eq!(line["status_code"], 404);
    assert!(!everything().contains(&marker));
}

#[tokio::test]
async fn a_method_that_a_client_made_up_is_not_logged_by_its_name() {
    let app = TestApp::start().await;
    let marker = format!("M{}", Uuid::new_v4().simple());
    for (name, logged) in [(marker.as_str(), "(unknown)"), ("TRACE", "TRACE")] {
        let method = name.parse().unwrap();
        let answer = app.call(method, "/users/me").send().await;
        answer.assert_status(405);
        assert_eq!(request_line(&id_of(&answer))["method"], logged);
    }
    assert!(!everything().contains(&marker));
}

#[tokio::test]
async fn a_wrong_method_is_logged_under_the_pattern() {
    let app = TestApp::start().await;
    let path = format!("/users/me/sessions/{}", unknown_id());
    let answer = app.call(Method::PUT, &path).send().await;
    answer.assert_status(405);
    let line = request_line(&id_of(&answer));
    assert_eq!(line["endpoint"], "/users/me/sessions/{id}");
    assert_eq!(line["level"], "INFO");
}

#[tokio::test]
async fn a_failure_is_one_error_with_its_causes_and_a_refusal_is_none() {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    let wrong = json!({"username": "ada", "password": "not this one"});
    let refusals = [
        app.get("/users/me").token("x").send().await,
        app.post("/auth/login", &wrong).send().await,
        app.post("/auth/login", &json!({})).send().await,
        app.post("/auth/login", &json!({"padding": "x".repeat(70_000)}))
            .send()
            .await,
        app.get("/nowhere").send().await,
    ];
    for answer in refusals {
        assert!(answer.status.is_client_error(), "{answer:?}");
        let lines = of_request(&id_of(&answer));
        assert!(!lines.is_empty());
        for line in lines {
            assert_ne!(line["level"], "ERROR", "{line}");
        }
    }

    app.break_database().await;
    let answer = app.get("/users/me").bearer(&member).send().await;
    answer.assert_status(500);
    let mut errors = of_request(&id_of(&answer));
    errors.retain(|line| line["level"] == "ERROR");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    let line = &errors[0];
    assert_fields(line, &["error"]);
    assert_eq!(line["status_code"], 500);
    assert_eq!(line["endpoint"], "/users/me");
    let error = line["error"].as_str().unwrap();
    let (context, cause) = error.split_once(": ").expect(error);
    assert_eq!(context, "database");
    assert!(!cause.is_empty(), "{line}");
}

#[tokio::test]
async fn a_database_that_fails_a_probe_is_told_with_its_cause_but_not_as_a_request() {
    let app = TestApp::start().await;
    app.break_database().await;
    let answer = app.get("/health").send().await;
    answer.assert_status(503);
    let lines = of_request(&id_of(&answer));
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!(lines[0]["level"], "WARN");
    assert!(lines[0]["error"].is_string(), "{lines:#?}");
    assert!(lines[0].get("status_code").is_none(), "{lines:#?}");
}

#[tokio::test]
async fn every_line_of_a_request_says_so_on_whatever_thread() {
    let app = TestApp::start().await;
    let id = fresh_id();
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let call = app.post("/auth/register", &body);
    let answer = call.header("x-request-id", &id).send().await;
    answer.assert_status(201);
    let user_id = answer.json()["user"]["id"].as_str().unwrap().to_owned();
    let lines = of_request(&id);
    assert!(lines.len() >= 2, "{lines:#?}");
    for line in lines {
        assert_eq!(line["user_id"], user_id, "{line}");
    }
    // Nothing else was said of the new account.
    for line in everything().lines().filter(|line| line.contains(&user_id)) {
        assert!(line.contains(&id), "{line}");
    }

    let id = fresh_id();
    let context = RequestContext::new(id.clone(), Device::default(), None, Clock::default(), None);
    let pool = HashingPool::new(1, 0, Duration::from_secs(1), Metrics::default());
    let here = std::thread::current().id();
    let there = context.scope(pool.run(|(): &mut ()| {
        tracing::info!("hashing");
        std::thread::current().id()
    }));
    assert_ne!(there.await.unwrap(), here);
    let lines = of_request(&id);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert_eq!(lines[0]["message"], "hashing");
}

#[tokio::test]
async fn requests_at_the_same_time_keep_their_lines_apart() {
    let app = TestApp::start().await;
    let names: Vec<String> = (0..8).map(|number| format!("user{number}")).collect();
    let answers = names.iter().map(async |name| {
        let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        app.post("/auth/register", &body).send().await
    });
    for answer in futures_util::future::join_all(answers).await {
        answer.assert_status(201);
        let user_id = answer.json()["user"]["id"].clone();
        let lines = of_request(&id_of(&answer));
        assert!(!lines.is_empty());
        for line in lines {
            assert_eq!(line["user_id"], user_id, "{line}");
        }
    }
}

/// Texts that may be in no line, each with what it is.
#[derive(Default)]
struct Sentinels(Vec<(&'static str, String)>);

impl Sentinels {
    /// A new secret text.
    fn text(&mut self, what: &'static str) -> String {
        let text = format!("s3ntinel {}", Uuid::new_v4().simple());
        self.add(what, &text);
        text
    }

    fn add(&mut self, what: &'static str, text: &str) {
        self.0.push((what, text.to_owned()));
    }

    fn add_tokens(&mut self, tokens: &Value) {
        self.add("access token", tokens["access_token"].as_str().unwrap());
        self.add("refresh token", tokens["refresh_token"].as_str().unwrap());
    }

    #[track_caller]
    fn assert_unheard(&self) {
        let everything = everything();
        for (what, text) in &self.0 {
            // A text in JSON has its quotes escaped; none of these has any.
            let line = everything.lines().find(|line| line.contains(text));
            assert_eq!(line, None, "a line has the {what} {text:?}");
        }
        // Lines of the tests' own connections show the statements of the tests.
        let hash = everything
            .lines()
            .filter(|line| !line.contains(r#""logger":"sqlx::"#))
            .find(|line| line.contains("$argon2"));
        assert_eq!(hash, None, "a line has a password hash");
    }
}

/// Expects that the log has been looked at in the right place.
#[track_caller]
fn assert_heard_of(answers: &[Answer]) {
    for answer in answers {
        let id = id_of(answer);
        assert!(!of_request(&id).is_empty(), "no line of {answer:?}");
    }
}

#[tokio::test]
async fn no_password_token_secret_or_hash_is_ever_logged() {
    let mut sentinels = Sentinels::default();
    let password = sentinels.text("password");
    let wrong = sentinels.text("wrong password");
    let secret = sentinels.text("signing secret");
    let app = TestApp::with(|config| {
        config.tokens.secret = Some(secret.as_str().into());
        config.tokens.reuse_leeway_seconds = 0;
    })
    .await;

    let body = json!({"email": "ada@example.com", "username": "ada", "password": password});
    let registered = app.post("/auth/register", &body).send().await;
    registered.assert_status(201);
    let tokens = registered.json();
    sentinels.add_tokens(&tokens);
    let hash = app
        .query_text("SELECT password_hash FROM users", "password_hash")
        .await;
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    sentinels.add("password hash", &hash);

    let login = app.post(
        "/auth/login",
        &json!({"username": "ada", "password": password}),
    );
    let logged_in = login.send().await;
    logged_in.assert_status(200);
    sentinels.add_tokens(&logged_in.json());
    let failed = app.post(
        "/auth/login",
        &json!({"username": "ada", "password": wrong}),
    );
    let failed = failed.send().await;
    failed.assert_status(401);

    let old = tokens["refresh_token"].as_str().unwrap();
    let refreshed = app.refresh(old).await;
    refreshed.assert_status(200);
    sentinels.add_tokens(&refreshed.json());
    app.clock.advance(chrono::TimeDelta::seconds(1));
    let reused = app.refresh(old).await;
    reused.assert_error(401, "TOKEN_REUSED");
    let member = logged_in.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let listed = app.get("/users/me/sessions").token(&member).send().await;
    listed.assert_status(200);
    let logged_out = app.post("/auth/logout", &Value::Null).token(&member);
    let logged_out = logged_out.send().await;
    logged_out.assert_status(204);

    assert_heard_of(&[
        registered, logged_in, failed, refreshed, reused, listed, logged_out,
    ]);
    sentinels.assert_unheard();
}

#[tokio::test]
async fn nothing_of_a_request_that_went_wrong_is_logged() {
    let mut sentinels = Sentinels::default();
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    let (access, refresh) = (member.access_token(), member.refresh_token());
    sentinels.add_tokens(&member.tokens);
    let number = 8_675_309_000_000_000_u64 + u64::from(Uuid::new_v4().as_fields().0);
    sentinels.add("password as a number", &number.to_string());
    let mut secret = |what| sentinels.text(what);

    let email = format!("{}@example.com", secret("address").replace(' ', "-"));
    let json_bodies = [
        json!({"email": "ada@example.com", "password": number}),
        json!({"email": secret("password as address"), "password": "x"}),
        json!({"username": secret("password as name"), "password": "x"}),
        json!({"email": "ada@example.com", "passwort": secret("misspelt password")}),
        json!({secret("password as key"): "ada@example.com", "password": "x"}),
        json!({"email": ["ada"], "password": {"text": secret("nested password")}}),
        json!([secret("password in a list")]),
        json!(secret("password alone")),
    ];
    let mut answers = Vec::new();
    for body in &json_bodies {
        for path in ["/auth/login", "/auth/register"] {
            answers.push(app.post(path, body).send().await);
        }
    }
    let stranger = json!({"email": email, "password": secret("password of nobody")});
    answers.push(app.post("/auth/login", &stranger).send().await);
    answers.push(app.refresh(&secret("refresh token of nobody")).await);
    answers.push(app.refresh(access).await);
    answers.push(app.refresh(&format!("{refresh}x")).await);

    let texts = [
        (
            "application/json",
            format!("{{\"password\": \"{}\"", secret("cut password")),
        ),
        (
            "application/json",
            format!("password={}", secret("form as JSON")),
        ),
        (
            "application/x-www-form-urlencoded",
            format!(
                "username=ada&password={}",
                secret("form password").replace(' ', "+")
            ),
        ),
        (
            "application/x-www-form-urlencoded",
            format!("{}=ada", secret("form key").replace(' ', "+")),
        ),
        ("text/plain", secret("plain text")),
    ];
    for (content_type, body) in texts {
        let call = app.call(Method::POST, "/auth/login");
        let call = call.header("content-type", content_type).body(body);
        answers.push(call.send().await);
    }

    let authorizations = [
        format!("Bearer {access}x"),
        format!("Bearer {refresh}"),
        format!("Basic {}", secret("basic credentials")),
        secret("bare credentials"),
    ];
    for authorization in authorizations {
        let call = app.get("/users/me").header("authorization", &authorization);
        answers.push(call.send().await);
    }
    let cookie = format!("session={}", secret("cookie"));
    let api_key = secret("key of another system");
    let call = app.get("/users/me").header("cookie", &cookie);
    answers.push(call.header("x-api-key", &api_key).send().await);
    for path in [
        format!("/users/me?access_token={access}"),
        format!("/auth/refresh?refresh_token={refresh}"),
        format!("/users/me/sessions/{refresh}"),
        format!("/nowhere/{access}"),
        format!("/%0A{access}"),
    ] {
        answers.push(app.get(&path).send().await);
    }

    // The spaces of form texts are written otherwise.
    let words: Vec<_> = sentinels
        .0
        .iter()
        .filter_map(|(what, text)| Some((*what, text.strip_prefix("s3ntinel ")?.to_owned())))
        .collect();
    sentinels.0.extend(words);
    for answer in &answers {
        assert!(answer.status.is_client_error(), "{}", answer.text());
    }
    assert_heard_of(&answers);
    sentinels.assert_unheard();
}

#[tokio::test]
async fn a_request_whose_database_fails_shows_nothing_of_it_in_the_log() {
    let mut sentinels = Sentinels::default();
    let password = sentinels.text("password");
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    sentinels.add_tokens(&member.tokens);
    // So that the statement fails, rather than the connection.
    app.execute("DROP TABLE sessions").await;
    let email = format!("{}@example.com", Uuid::new_v4().simple());
    sentinels.add("address", &email);
    let register = app.post(
        "/auth/register",
        &json!({"email": email, "password": password}),
    );
    let login = json!({"username": "ada", "password": PASSWORD});
    let answers = [
        register.send().await,
        app.post("/auth/login", &login).send().await,
        app.refresh(member.refresh_token()).await,
        app.get("/users/me").bearer(&member).send().await,
    ];
    for answer in &answers {
        answer.assert_error(500, "DATABASE_ERROR");
    }
    assert_heard_of(&answers);
    sentinels.assert_unheard();
}

#[tokio::test]
async fn nothing_that_is_sent_can_forge_a_line() {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    let marker = fresh_id();
    let forged = format!("{marker}\u{85}{{\"level\":\"ERROR\"}}\u{2028}\u{9b}31m\t");
    let body = json!({"username": "ada", "password": PASSWORD});
    let login = app.post("/auth/login", &body);
    let logged_in = login.header("user-agent", &forged).send().await;
    logged_in.assert_status(200);
    let quoted = format!("{marker}\",\"level\":\"ERROR");
    let call = app.get("/users/me").bearer(&member);
    let asked = call.header("x-request-id", &quoted).send().await;
    asked.assert_status(200);
    assert!(Uuid::parse_str(&id_of(&asked)).is_ok(), "{asked:?}");
    let call = app.get(&format!("/users/me/sessions/%0A{marker}%0D"));
    let lost = call.bearer(&member).send().await;
    assert!(lost.status.is_client_error());
    assert_heard_of(&[logged_in, asked, lost]);
    assert!(!everything().contains(&marker));
}

#[tokio::test]
async fn no_control_character_of_any_value_reaches_the_log() {
    logs::capture();
    let marker = fresh_id();
    let hostile: String = ('\0'..='\u{ff}')
        .filter(|c| c.is_control())
        .chain(['\u{2028}', '\u{2029}'])
        .collect();
    let value = format!("{marker}{hostile}");
    tracing::warn!(value, "{marker} {hostile}");

    let everything = everything();
    let line = everything.lines().find(|line| line.contains(&marker));
    let line = line.unwrap();
    let raw = line
        .chars()
        .find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    assert_eq!(raw, None, "{line:?}");
    let parsed: Value = serde_json::from_str(line).unwrap();
    assert_eq!(parsed["value"], value, "nothing is lost");
}
