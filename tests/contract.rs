//! The published document: whole, true to itself, and true to what is answered.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use chrono::TimeDelta;
use countersign::api;
use countersign::api::problem::ErrorCode;
use futures_util::future::{BoxFuture, join_all};
use futures_util::{FutureExt, stream};
use poem::Body;
use sea_orm::ConnectionTrait;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

use crate::support::database::postgres;
use crate::support::spec::{DOCUMENT, Operation, operations, violations};
use crate::support::{Answer, Call, Member, TestApp, unknown_id};

/// Reads any JSON and refuses an object that has a key twice.
struct NoKeyTwice;

impl<'de> DeserializeSeed<'de> for NoKeyTwice {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NoKeyTwice {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            if seen.contains(&key) {
                return Err(de::Error::custom(format!("{key} is given twice")));
            }
            seen.insert(key);
            map.next_value_seed(Self)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Self)?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

fn keys_are_unique(json: &str) -> serde_json::Result<()> {
    NoKeyTwice.deserialize(&mut serde_json::Deserializer::from_str(json))
}

#[test]
fn the_document_has_no_key_twice() {
    assert!(keys_are_unique(r#"[{"a": 1, "b": {"a": null}}, {"a": 1}]"#).is_ok());
    assert!(keys_are_unique(r#"[{"a": 1, "b": {"c": 1, "c": 2}}]"#).is_err());
    keys_are_unique(api::document().unwrap().json()).unwrap();
}

#[test]
fn the_committed_document_is_the_published_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    // Compared without printing either: they are long.
    assert!(
        committed == api::document().unwrap().json(),
        "openapi.json is out of date: run `just openapi`"
    );
}

#[test]
fn the_preferred_prefix_is_listed_first() {
    let servers: Vec<&Value> = DOCUMENT["servers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|server| &server["url"])
        .collect();
    assert_eq!(servers, ["/api/v1", "/"]);
}

#[test]
fn operation_ids_are_unique_and_in_snake_case() {
    let mut seen = HashSet::new();
    for operation in operations() {
        let id = operation.id();
        let is_snake_case = id.split('_').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        assert!(is_snake_case, "{id}");
        assert!(seen.insert(id), "{id} is given twice");
    }
    assert!(!seen.is_empty());
}

#[test]
fn every_operation_is_described_under_a_tag_that_is_described() {
    let tags: BTreeMap<&str, &str> = DOCUMENT["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| {
            let text = |name: &str| tag[name].as_str().unwrap_or_default();
            (text("name"), text("description"))
        })
        .collect();
    for operation in operations() {
        let id = operation.id();
        let named = operation.value["tags"].as_array().expect(id);
        assert_eq!(named.len(), 1, "{id}");
        let description = tags.get(named[0].as_str().unwrap()).expect(id);
        assert!(!description.is_empty(), "{id}");
        for text in ["summary", "description"] {
            let text = operation.value[text].as_str().unwrap_or_default();
            assert!(!text.trim().is_empty(), "{id}");
        }
    }
}

/// The bodies in `value`, which is a request body or a response: the name of the schema, and the
/// examples that stand beside it.
fn bodies(value: &'static Value) -> Vec<(&'static str, Vec<&'static Value>)> {
    let contents = value["content"].as_object().into_iter().flatten();
    contents
        .map(|(_, content)| {
            let reference = content["schema"]["$ref"].as_str().expect("a named schema");
            let beside = content["examples"].as_object().into_iter().flatten();
            let beside = beside.map(|(_, example)| &example["value"]);
            let beside = beside.chain(content.get("example"));
            (reference.rsplit('/').next().unwrap(), beside.collect())
        })
        .collect()
}

#[test]
fn every_body_has_an_example_that_its_schema_allows() {
    let mut checked = 0;
    for operation in operations() {
        let id = operation.id();
        let responses = operation.value["responses"].as_object().unwrap().values();
        let all = responses.chain(operation.value.get("requestBody"));
        for (name, mut examples) in all.flat_map(bodies) {
            examples.extend(DOCUMENT["components"]["schemas"][name].get("example"));
            assert!(!examples.is_empty(), "{id}: {name} has no example");
            for example in examples {
                let broken = violations(name, example);
                assert!(broken.is_empty(), "{id}: {name}: {example}: {broken:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 0);
}

#[test]
fn every_schema_with_an_example_allows_it() {
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        if let Some(example) = schema.get("example") {
            let broken = violations(name, example);
            assert!(broken.is_empty(), "{name}: {example}: {broken:?}");
        }
    }
}

#[test]
fn a_value_that_a_schema_does_not_allow_is_told() {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let good = &schemas["RefreshRequest"]["example"];
    assert!(violations("RefreshRequest", good).is_empty());
    for bad in [json!({}), json!({"refresh_token": 5}), json!(null)] {
        assert!(!violations("RefreshRequest", &bad).is_empty(), "{bad}");
    }
    let mut unknown = good.clone();
    unknown["unknown"] = 1.into();
    assert!(!violations("RefreshRequest", &unknown).is_empty());
}

/// Example bodies are what people try first.
#[tokio::test]
async fn the_example_of_every_request_body_breaks_no_rule() {
    let app = TestApp::start().await;
    for operation in operations().iter().filter(|found| found.has_body()) {
        let contents = operation.value["requestBody"]["content"].as_object();
        for (kind, content) in contents.unwrap() {
            let name = content["schema"]["$ref"].as_str().unwrap();
            let name = name.rsplit('/').next().unwrap();
            let example = &DOCUMENT["components"]["schemas"][name]["example"];
            let body = if kind == "application/json" {
                example.to_string()
            } else {
                form_of(example)
            };
            let answer = app
                .call(operation.method.clone(), &operation.path)
                .header("content-type", kind)
                .body(body)
                .send()
                .await;
            let status = answer.status.as_u16();
            assert!(![400, 415].contains(&status), "{kind}: {}", answer.text());
        }
    }
}

/// An object of texts as a form.
fn form_of(object: &Value) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(
            object
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name, value.as_str().expect("a text"))),
        )
        .finish()
}

fn description(operation: &Operation, status: u16) -> &'static str {
    let response = &operation.value["responses"][status.to_string()];
    response["description"].as_str().unwrap_or_default()
}

/// The error codes of this status that an operation names.
fn codes(operation: &Operation, status: u16) -> Vec<&'static str> {
    description(operation, status)
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| ErrorCode::named(name).is_some_and(|code| code.status() == status))
        .collect()
}

fn answers_problem(operation: &Operation, status: u16) -> bool {
    bodies(&operation.value["responses"][status.to_string()])
        .iter()
        .any(|(name, _)| *name == "Problem")
}

#[test]
fn who_takes_a_body_or_a_query_declares_how_it_is_refused() {
    for operation in operations() {
        let statuses = operation.statuses();
        assert_eq!(
            operation.has_body() || operation.has_query(),
            statuses.contains(&400),
            "{}",
            operation.id()
        );
        for refusal in [408, 413, 415] {
            assert_eq!(
                operation.has_body(),
                statuses.contains(&refusal),
                "{}: {refusal}",
                operation.id()
            );
        }
    }
}

#[test]
fn who_wants_a_token_declares_how_it_is_refused() {
    for operation in operations() {
        let id = operation.id();
        let missing = codes(&operation, 401).contains(&"TOKEN_MISSING");
        assert_eq!(operation.is_secured(), missing, "{id}");
        if operation.is_secured() {
            assert!(operation.statuses().contains(&403), "{id}");
        }
    }
}

#[test]
fn every_operation_declares_that_it_may_fail() {
    for operation in operations() {
        for failure in [500, 503] {
            let declared = operation.statuses().contains(&failure);
            assert!(declared, "{}: {failure}", operation.id());
        }
    }
}

#[test]
fn every_error_names_its_codes() {
    let schemas = DOCUMENT["components"]["schemas"].as_object().unwrap();
    let mut named = BTreeSet::from(["NOT_FOUND", "METHOD_NOT_ALLOWED"]);
    for operation in operations() {
        let id = operation.id();
        for status in operation.statuses() {
            let codes = codes(&operation, status);
            assert_eq!(
                answers_problem(&operation, status),
                !codes.is_empty(),
                "{id}: {status}"
            );
            // The one error that says more than the envelope can.
            let is_state = (id, status) == ("get_health", 503);
            assert_eq!(
                status >= 400 && !is_state,
                !codes.is_empty(),
                "{id}: {status}"
            );
            // Whatever looks like a code is one, and of this status.
            let quoted = description(&operation, status)
                .split('`')
                .skip(1)
                .step_by(2);
            let shouted = |text: &&str| text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
            let shouted: Vec<&str> = quoted.filter(shouted).collect();
            assert_eq!(shouted, codes, "{id}: {status}");
            named.extend(codes);
        }
    }
    let known: BTreeSet<&str> = schemas["ErrorCode"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert_eq!(named, known);
}

/// What an operation may answer: its name, a status, and an error's code, else nothing.
type Outcome = (String, u16, String);
type Outcomes = BTreeSet<Outcome>;

/// What can be declared and yet not be provoked: the code, the operations, and why.
const EXCEPTIONS: [(&str, &[&str], &str); 4] = [
    (
        "INTERNAL_ERROR",
        &[
            "register",
            "refresh",
            "logout",
            "get_me",
            "list_sessions",
            "end_other_sessions",
            "end_session",
            "get_jwks",
            "get_openid_configuration",
            "get_service",
            "get_health",
            "get_liveness",
        ],
        "only a defect of the service leads to it: the edge's own tests have a panic",
    ),
    (
        "OVERLOADED",
        &[
            "refresh",
            "logout",
            "get_me",
            "list_sessions",
            "end_other_sessions",
            "end_session",
            "get_jwks",
            "get_openid_configuration",
            "get_service",
            "get_liveness",
        ],
        "only hashing has a queue that can be full",
    ),
    (
        "DATABASE_ERROR",
        &[
            "get_jwks",
            "get_openid_configuration",
            "get_service",
            "get_liveness",
        ],
        "asks nothing of the database",
    ),
    (
        "DEADLINE_EXCEEDED",
        &[
            "get_jwks",
            "get_openid_configuration",
            "get_service",
            "get_liveness",
        ],
        "waits for nothing",
    ),
];

fn declared() -> Outcomes {
    let mut all = Outcomes::new();
    for operation in operations() {
        for status in operation.statuses() {
            let mut codes = codes(&operation, status);
            if codes.is_empty() {
                codes.push("");
            }
            let id = operation.id();
            all.extend(
                codes
                    .iter()
                    .map(|code| (id.into(), status, (*code).to_owned())),
            );
        }
    }
    all
}

/// Every line of the document that promises an answer is tried on a running service.
#[tokio::test]
async fn every_declared_answer_of_every_operation_can_be_provoked() {
    let declared = declared();
    // Those that have to wait do so beside each other.
    let attempts: [BoxFuture<'_, Outcomes>; 8] = [
        good_requests().boxed(),
        bad_bodies().boxed(),
        bad_tokens().boxed(),
        closed_doors().boxed(),
        slow_clients().boxed(),
        a_broken_database().boxed(),
        a_full_hashing_queue().boxed(),
        a_locked_database().boxed(),
    ];
    let provoked: Outcomes = join_all(attempts).await.into_iter().flatten().collect();

    let excepted: Outcomes = EXCEPTIONS
        .iter()
        .flat_map(|(code, operations, _)| {
            let status = ErrorCode::named(code).unwrap().status().as_u16();
            operations
                .iter()
                .map(move |id| ((*id).to_owned(), status, (*code).to_owned()))
        })
        .collect();
    let list = |outcomes: BTreeSet<&Outcome>| format!("{outcomes:#?}");
    let stale: BTreeSet<_> = excepted.difference(&declared).collect();
    assert!(stale.is_empty(), "not declared: {}", list(stale));
    let needless: BTreeSet<_> = excepted.intersection(&provoked).collect();
    assert!(needless.is_empty(), "can be provoked: {}", list(needless));
    let missing: BTreeSet<_> = declared
        .difference(&provoked)
        .filter(|outcome| !excepted.contains(outcome))
        .collect();
    assert!(missing.is_empty(), "not provoked: {}", list(missing));
    let undeclared: BTreeSet<_> = provoked.difference(&declared).collect();
    assert!(undeclared.is_empty(), "undeclared: {}", list(undeclared));
}

fn outcome(operation: &Operation, answer: &Answer) -> Outcome {
    let code = if answer.body.is_empty() {
        String::new()
    } else {
        let body = answer.json();
        body["error_code"].as_str().unwrap_or_default().to_owned()
    };
    (operation.id().into(), answer.status.as_u16(), code)
}

/// Sends one request for each operation that `call` makes one for, all at once.
async fn ask<'a>(call: impl Fn(&Operation) -> Option<Call<'a>>) -> Outcomes {
    let operations = operations();
    let asked = operations.iter().filter_map(|operation| {
        let call = call(operation)?;
        Some(async move { outcome(operation, &call.send().await) })
    });
    join_all(asked).await.into_iter().collect()
}

fn operation(id: &str) -> Operation {
    let mut all = operations().into_iter();
    all.find(|operation| operation.id() == id).expect(id)
}

/// As [`TestApp::example`], where it matters neither which prefix nor which id.
fn example<'a>(app: &'a TestApp, operation: &Operation, member: &Member) -> Call<'a> {
    app.example(operation, "/", member, unknown_id())
}

/// The same request with another body, or none where the operation takes none.
fn with_body<'a>(
    app: &'a TestApp,
    operation: &Operation,
    content_type: &str,
    body: impl Into<Body>,
) -> Option<Call<'a>> {
    let call = app
        .call(operation.method.clone(), &operation.path)
        .header("content-type", content_type)
        .body(body);
    operation.has_body().then_some(call)
}

async fn good_requests() -> Outcomes {
    let app = TestApp::start().await;
    let mut found = Outcomes::new();
    for operation in operations() {
        // Each has a person of its own: what one ends must not stop the next.
        let member = app.register(operation.id()).await;
        let sessions = app.get("/users/me/sessions").bearer(&member).send().await;
        let own = sessions.json()["items"][0]["id"].as_str().unwrap().parse();
        let call = app.example(&operation, "/", &member, own.unwrap());
        found.insert(outcome(&operation, &call.send().await));
    }

    let member = app.register("ada").await;
    let get_jwks = operation("get_jwks");
    let call = example(&app, &get_jwks, &member).header("if-none-match", "*");
    found.insert(outcome(&get_jwks, &call.send().await));
    let end_session = operation("end_session");
    for call in [
        example(&app, &end_session, &member),
        app.delete("/users/me/sessions/%ff").bearer(&member),
    ] {
        found.insert(outcome(&end_session, &call.send().await));
    }
    let taken = json!({"email": "ada@example.com", "password": crate::support::PASSWORD});
    let answer = app.post("/auth/register", &taken).send().await;
    found.insert(outcome(&operation("register"), &answer));
    found
}

async fn bad_bodies() -> Outcomes {
    let app = TestApp::start().await;
    let json = "application/json";
    let mut found = ask(|operation| with_body(&app, operation, json, "{}")).await;
    found.extend(ask(|operation| with_body(&app, operation, "text/plain", "{}")).await);
    let large = vec![b' '; app.config.server.body_limit_bytes + 1];
    found.extend(ask(|operation| with_body(&app, operation, json, large.clone())).await);
    found
}

async fn bad_tokens() -> Outcomes {
    let app = TestApp::start().await;
    let bearer = |operation: &Operation, call| operation.is_secured().then_some(call);
    let bare = |operation: &Operation| app.call(operation.method.clone(), &operation.path);
    let mut found = ask(|operation| bearer(operation, bare(operation))).await;
    found.extend(ask(|operation| bearer(operation, bare(operation).token("garbage"))).await);
    let gone = app.register("gone").await;
    app.post("/auth/logout", &json!({}))
        .bearer(&gone)
        .send()
        .await
        .assert_status(204);
    found.extend(ask(|operation| bearer(operation, example(&app, operation, &gone))).await);

    let login = operation("login");
    let wrong = json!({"username": "ada", "password": "not the password"});
    let answer = app.post(&login.path, &wrong).send().await;
    found.insert(outcome(&login, &answer));

    let refresh = operation("refresh");
    let reused = app.register("reused").await;
    app.refresh(reused.refresh_token()).await.assert_status(200);
    let stale = app.register("stale").await;
    let leeway = TimeDelta::seconds(app.config.tokens.reuse_leeway_seconds.into());
    app.clock.advance(leeway + TimeDelta::seconds(1));
    for token in ["garbage", gone.refresh_token(), reused.refresh_token()] {
        found.insert(outcome(&refresh, &app.refresh(token).await));
    }
    app.clock.advance(TimeDelta::seconds(
        app.config.tokens.access_ttl_seconds.into(),
    ));
    found.extend(ask(|operation| bearer(operation, example(&app, operation, &stale))).await);
    app.clock.advance(TimeDelta::seconds(
        app.config.tokens.refresh_ttl_seconds.into(),
    ));
    let answer = app.refresh(stale.refresh_token()).await;
    found.insert(outcome(&refresh, &answer));
    found
}

async fn closed_doors() -> Outcomes {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    // What deactivates an account ends its sessions too, so nothing but this leaves one behind.
    app.execute("UPDATE users SET is_active = false").await;
    let refused = |operation: &Operation| {
        let refused = operation.is_secured() || ["login", "refresh"].contains(&operation.id());
        refused.then(|| example(&app, operation, &member))
    };
    let mut found = ask(refused).await;

    app.execute("UPDATE users SET password_hash = 'unreadable'")
        .await;
    let login = operation("login");
    let answer = example(&app, &login, &member).send().await;
    found.insert(outcome(&login, &answer));

    let closed = TestApp::with(|config| config.registration.enabled = false).await;
    let register = operation("register");
    let answer = example(&closed, &register, &member).send().await;
    found.insert(outcome(&register, &answer));
    found
}

async fn slow_clients() -> Outcomes {
    let app = TestApp::with(|config| config.server.timeout_seconds = 1).await;
    ask(|operation| {
        let body = Body::from_bytes_stream(stream::pending::<std::io::Result<Vec<u8>>>());
        with_body(&app, operation, "application/json", body)
    })
    .await
}

async fn a_broken_database() -> Outcomes {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    app.break_database().await;
    ask(|operation| Some(example(&app, operation, &member))).await
}

async fn a_full_hashing_queue() -> Outcomes {
    let app = TestApp::with(|config| {
        config.password.hash_concurrency = Some(1);
        config.password.hash_queue = 0;
        config.password.memory_kib = 32_768;
        config.password.iterations = 2;
    })
    .await;
    let member = app.register("ada").await;
    let mut found = Outcomes::new();
    for id in ["register", "login"] {
        let operation = operation(id);
        let refused = (id.to_owned(), 503, "OVERLOADED".to_owned());
        // Nothing says when somebody hashes, so several try together until one of them finds the
        // only place taken.
        for _ in 0..20 {
            let calls = (0..4).map(|_| example(&app, &operation, &member).send());
            let answers = join_all(calls).await;
            found.extend(answers.iter().map(|answer| outcome(&operation, answer)));
            if found.contains(&refused) {
                break;
            }
        }
    }
    found
}

async fn a_locked_database() -> Outcomes {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    let mut config = app.config.clone();
    config.server.timeout_seconds = 1;
    config.database.max_connections = 1;
    config.database.acquire_timeout_seconds = 10;
    config.database.statement_timeout_seconds = 10;
    let app = app.restart(config).await;
    let lock = app.begin_write().await;
    if postgres().is_some() {
        let all = "LOCK TABLE users, sessions IN ACCESS EXCLUSIVE MODE";
        lock.execute_unprepared(all).await.unwrap();
    }

    // This one waits for the lock, with the only connection that there is. It is given up, but the
    // database does not know that, and the connection is not free until the lock is.
    let logout = operation("logout");
    let answer = example(&app, &logout, &member).send().await;
    let first = outcome(&logout, &answer);
    let mut found = ask(|operation| Some(example(&app, operation, &member))).await;
    found.insert(first);
    lock.rollback().await.unwrap();
    found
}
