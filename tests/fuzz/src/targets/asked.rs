//! Targets that are asked over the whole endpoint tree. [`Call::send`] holds every answer against the
//! published document; here is what is true besides.

use std::collections::HashMap;
use std::sync::LazyLock;

use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::Value;
use url::form_urlencoded;

use super::{Target, expand, split_once};
use crate::support::spec::{Operation, Scene, operations};
use crate::support::{Answer, Call, Member, PASSWORD, TestApp, logs};

/// Where it stands in an input, it has to stay there. In no answer by chance: it is no hexadecimal number.
const SENTINEL: &str = "qZ9x";

/// An answer, and what was logged meanwhile under its id.
struct Judged {
    answer: Answer,
    lines: Vec<Value>,
}

/// Has a request answered. Nothing that is sent may be a fault of the service, and what is logged are whole
/// lines, one of them about the request.
async fn ask(call: Call<'_>) -> Judged {
    let mark = logs::mark();
    let answer = call.send().await;
    assert!(!answer.status.is_server_error(), "{}", answer.text());
    let id = answer.header("x-request-id").unwrap();
    let lines = logs::of_request_since(mark, id);
    let about = lines
        .iter()
        .filter(|line| line.get("status_code").is_some());
    // Probes and documentation have none.
    assert!(about.count() <= 1, "{lines:?}");
    Judged { answer, lines }
}

impl Judged {
    /// What is told of a refusal, but for what is meant to be repeated: the request's id and the names of
    /// members.
    fn told(&self) -> String {
        let mut problem = self.answer.json();
        problem["request_id"].take();
        let errors = problem.get_mut("errors").and_then(Value::as_array_mut);
        for error in errors.into_iter().flatten() {
            error["field"].take();
        }
        problem.to_string()
    }

    /// Expects that a refusal repeats nothing of what was sent.
    fn assert_discreet(&self) {
        assert!(!self.told().contains(SENTINEL), "{}", self.answer.text());
    }

    /// Expects that a text is not in the log.
    fn assert_unlogged(&self, secret: &str) {
        for line in &self.lines {
            assert!(!line.to_string().contains(secret), "{secret} in {line}");
        }
    }
}

/// Bodies, of whatever type they are said to be. An input is a line `OPERATION TYPE`, then the body.
pub struct Body {
    app: TestApp,
    /// Where each operation is asked, until it succeeds: that may use up what there is.
    scenes: HashMap<&'static str, Scene>,
}

static WITH_BODIES: LazyLock<Vec<Operation>> = LazyLock::new(|| {
    let mut all = operations();
    all.retain(Operation::has_body);
    all
});

impl Target for Body {
    const NAME: &str = "body";

    async fn prepare() -> Self {
        // Small enough for an input to be too large.
        let app = TestApp::with(|config| config.server.body_limit_bytes = 1024).await;
        Self {
            app,
            scenes: HashMap::new(),
        }
    }

    async fn judge(&mut self, input: &[u8]) {
        let (head, body) = split_once(input, b'\n');
        let (name, kind) = split_once(head, b' ');
        let named = |operation: &&Operation| operation.id().as_bytes() == name;
        let Some(operation) = WITH_BODIES.iter().find(named) else {
            return;
        };
        let Ok(kind) = HeaderValue::from_bytes(kind) else {
            return;
        };
        let scene = match self.scenes.get(operation.id()) {
            Some(scene) => scene.clone(),
            None => self.app.scene(operation).await,
        };
        let user = &scene.caller.tokens["user"];
        let body = expand(
            body,
            &[
                ("email", user["email"].as_str().unwrap()),
                ("name", user["username"].as_str().unwrap()),
                ("password", PASSWORD),
                ("refresh", scene.caller.refresh_token()),
                ("link", &scene.link),
            ],
        );

        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        if !kind.is_empty() {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        if operation.is_secured() {
            let token = format!("Bearer {}", scene.caller.access_token());
            headers.insert(header::AUTHORIZATION, token.parse().unwrap());
        }
        let call = self
            .app
            .call(operation.method.clone(), &operation.path_in(&scene));
        let judged = ask(call.only_headers(headers).body(body)).await;

        judged.assert_unlogged(SENTINEL);
        judged.assert_unlogged(PASSWORD);
        if judged.answer.status.is_success() {
            self.scenes.remove(operation.id());
            return;
        }
        self.scenes.insert(operation.id(), scene);
        let status = judged.answer.status.as_u16();
        let expected = matches!(status, 400 | 401 | 403 | 404 | 409 | 413 | 415);
        assert!(expected, "{}", judged.answer.text());
        judged.assert_discreet();
    }
}

/// Credentials: an input is a value of `Authorization`, and is taken for a refresh token as well.
pub struct Bearer {
    app: TestApp,
    member: Member,
}

impl Target for Bearer {
    const NAME: &str = "bearer";

    async fn prepare() -> Self {
        let app = TestApp::start().await;
        let member = app.register("ada").await;
        Self { app, member }
    }

    async fn judge(&mut self, input: &[u8]) {
        let access = self.member.access_token().to_owned();
        let refresh = self.member.refresh_token().to_owned();
        let parts: Vec<&str> = access.split('.').collect();
        let input = expand(
            input,
            &[
                ("access", &access),
                ("header", parts[0]),
                ("claims", parts[1]),
                ("signature", parts[2]),
                ("refresh", &refresh),
            ],
        );
        self.judge_access(&input, &access).await;
        if let Ok(text) = String::from_utf8(input) {
            self.judge_refresh(&text, &refresh).await;
        }
    }
}

impl Bearer {
    /// Only the very token that was given out is good for anything.
    async fn judge_access(&self, value: &[u8], access: &str) {
        let Ok(value) = HeaderValue::from_bytes(value) else {
            return;
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        headers.insert(header::AUTHORIZATION, value.clone());
        let call = self.app.get("/users/me").only_headers(headers);
        let judged = ask(call).await;

        judged.assert_unlogged(access);
        let answer = &judged.answer;
        let (scheme, token) = split_once(value.as_bytes(), b' ');
        let is_bearer = scheme.eq_ignore_ascii_case(b"bearer");
        if answer.status == StatusCode::OK {
            assert!(is_bearer, "{value:?}");
            assert_eq!(token.trim_ascii(), access.as_bytes());
            return;
        }
        assert!(
            !is_bearer || token != access.as_bytes(),
            "{}",
            answer.text()
        );
        answer.assert_status(401);
        let code = &answer.json()["error_code"];
        assert!(
            code == "TOKEN_MISSING" || code == "TOKEN_INVALID",
            "{}",
            answer.text()
        );
        let challenge = answer.header("www-authenticate").unwrap();
        let says_why = challenge.contains("error=");
        assert_eq!(says_why, code == "TOKEN_INVALID", "{challenge}");
        judged.assert_discreet();
    }

    /// Likewise.
    async fn judge_refresh(&mut self, text: &str, refresh: &str) {
        let body = serde_json::json!({"refresh_token": text});
        let judged = ask(self.app.post("/auth/refresh", &body)).await;
        judged.assert_unlogged(refresh);
        let answer = &judged.answer;
        if answer.status == StatusCode::OK {
            assert_eq!(text, refresh);
            self.member.tokens = answer.json();
            return;
        }
        assert_ne!(text, refresh, "{}", answer.text());
        match answer.status.as_u16() {
            400 => answer.assert_error(400, "VALIDATION_ERROR"),
            _ => answer.assert_error(401, "TOKEN_INVALID"),
        }
        judged.assert_discreet();
    }
}

/// Queries of lists, above all the cursors in them. An input is a query, and asked of every list.
pub struct Cursor {
    app: TestApp,
    root: Member,
    cursors: Vec<(List, String)>,
}

/// A list, and what it can be asked.
#[derive(Clone, Copy)]
struct List {
    path: &'static str,
    /// What stands for its cursor.
    cursor: &'static str,
    parameters: &'static [&'static str],
}

const LISTS: [List; 3] = [
    List {
        path: "/admin/users",
        cursor: "users",
        parameters: &["limit", "cursor", "q", "is_active"],
    },
    List {
        path: "/admin/audit-events",
        cursor: "events",
        parameters: &["limit", "cursor", "user_id", "event", "since", "until"],
    },
    List {
        path: "/users/me/security-events",
        cursor: "own",
        parameters: &["limit", "cursor"],
    },
];

impl Target for Cursor {
    const NAME: &str = "cursor";

    async fn prepare() -> Self {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        // Each list has more than one page.
        app.register("ada").await;
        app.log_in("root").await;
        let mut cursors = Vec::new();
        for list in LISTS {
            let path = format!("{}?limit=1", list.path);
            let page = app.get(&path).bearer(&root).send().await.json();
            cursors.push((list, page["next_cursor"].as_str().unwrap().to_owned()));
        }
        Self { app, root, cursors }
    }

    async fn judge(&mut self, input: &[u8]) {
        let id = self.root.id().to_string();
        let mut values = vec![("id", id.as_str())];
        values.extend(
            self.cursors
                .iter()
                .map(|(list, text)| (list.cursor, &**text)),
        );
        let query = percent_encoded(&expand(input, &values));
        let given: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        for (list, cursor) in &self.cursors {
            let path = format!("{}?{query}", list.path);
            if path.parse::<Uri>().is_err() {
                return;
            }
            let judged = ask(self.app.get(&path).bearer(&self.root)).await;
            judged.assert_unlogged(SENTINEL);
            if judged.answer.status == StatusCode::OK {
                assert_answered(&judged.answer, list, cursor, &given);
            } else {
                judged.answer.assert_error(400, "VALIDATION_ERROR");
                let page = judged.answer.json();
                let errors = page["errors"].as_array().unwrap();
                assert!((1..=32).contains(&errors.len()), "{page}");
                judged.assert_discreet();
            }
        }
    }
}

/// Expects that a list was asked only what it can be, each once, and answered that.
fn assert_answered(answer: &Answer, list: &List, cursor: &str, given: &[(String, String)]) {
    let page = answer.json();
    let mut limit = 20;
    for (position, (name, value)) in given.iter().enumerate() {
        assert!(list.parameters.contains(&name.as_str()), "{name}");
        let earlier = &given[..position];
        assert!(earlier.iter().all(|(other, _)| other != name), "{name}");
        match name.as_str() {
            "limit" => limit = value.parse().unwrap(),
            "cursor" => assert_eq!(value, cursor),
            "q" => assert!(!value.is_empty() && !value.contains(char::is_control)),
            _ => {}
        }
    }
    assert!((1..=100).contains(&limit));
    assert!(page["items"].as_array().unwrap().len() <= limit, "{page}");
}

/// A text as it can stand in an address, what can't stand there being encoded.
fn percent_encoded(text: &[u8]) -> String {
    let encode = |byte: &u8| match byte {
        b'!' | b'$'..=b';' | b'=' | b'?'..=b'_' | b'a'..=b'z' | b'~' => {
            char::from(*byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.iter().map(encode).collect()
}

/// Heads of requests. An input is a line `METHOD TARGET`, then lines `NAME: VALUE`.
pub struct Headers {
    app: TestApp,
    root: Member,
}

/// Whose pages may read answers.
const ORIGIN: &str = "https://app.example.com";

impl Target for Headers {
    const NAME: &str = "headers";

    async fn prepare() -> Self {
        let app = TestApp::with(|config| {
            let proxies = ["127.0.0.0/8", "fd00::/8"].map(String::from);
            config.server.trusted_proxies = proxies.map(|proxy| proxy.try_into().unwrap()).to_vec();
            config.server.cors_origins = vec![ORIGIN.to_owned()].try_into().unwrap();
        })
        .await;
        let root = app.register_superuser("root").await;
        Self { app, root }
    }

    async fn judge(&mut self, input: &[u8]) {
        let access = self.root.access_token().to_owned();
        let input = expand(input, &[("access", &access)]);
        let (first, mut rest) = split_once(&input, b'\n');
        let (method, target) = split_once(first, b' ');
        let Ok(method) = Method::from_bytes(method) else {
            return;
        };
        let path = percent_encoded(target);
        if !path.starts_with('/') || path.parse::<Uri>().is_err() {
            return;
        }
        let mut headers = HeaderMap::new();
        while !rest.is_empty() {
            let (line, after) = split_once(rest, b'\n');
            let (name, value) = split_once(line, b':');
            let name = HeaderName::from_bytes(name);
            let value = HeaderValue::from_bytes(value.trim_ascii());
            if let (Ok(name), Ok(value)) = (name, value) {
                headers.append(name, value);
            }
            rest = after;
        }
        let call = self.app.call(method.clone(), &path).from("127.0.0.1");
        let judged = ask(call.only_headers(headers.clone())).await;

        judged.assert_unlogged(&access);
        assert_id_is_harmless(&judged.answer, &headers);
        for (name, value) in &judged.answer.headers {
            let value = value.to_str().unwrap();
            assert!(
                name == "x-request-id" || !value.contains(SENTINEL),
                "{name}: {value}"
            );
        }
        if let Some(origin) = judged.answer.header("access-control-allow-origin") {
            assert_eq!(origin, ORIGIN);
            assert_eq!(headers[header::ORIGIN], ORIGIN);
        }
        let status = judged.answer.status;
        if status.is_client_error() && method != Method::HEAD {
            judged.assert_discreet();
        }
        if status.is_success() && !method.is_safe() {
            // It may have been a logout.
            self.root = self.app.log_in("root").await;
        }
    }
}

/// Expects that the client's id was taken exactly if it is harmless.
fn assert_id_is_harmless(answer: &Answer, sent: &HeaderMap) {
    let is_harmless = |id: &str| {
        (1..=128).contains(&id.len())
            && id
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
    };
    let id = answer.header("x-request-id").unwrap();
    assert!(is_harmless(id), "{id}");
    let sent = sent.get("x-request-id").and_then(|id| id.to_str().ok());
    if let Some(sent) = sent.filter(|sent| is_harmless(sent)) {
        assert_eq!(id, sent);
    }
}
