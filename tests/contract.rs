//! The published document: whole, true to itself, and true to what is answered.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use chrono::TimeDelta;
use countersign::api;
use countersign::api::problem::ErrorCode;
use countersign::model::{Email, PasswordPolicy};
use futures_util::future::{self, BoxFuture, join_all};
use futures_util::{FutureExt, stream};
use poem::Body;
use sea_orm::ConnectionTrait;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};

use crate::support::database::postgres;
use crate::support::spec::{DOCUMENT, Operation, Scene, operations, violations};
use crate::support::{Answer, Call, PASSWORD, TestApp, is_json};

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
        // A text has no schema to break.
        .filter(|(kind, _)| !kind.starts_with("text/"))
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

fn fits(schema: &str, member: &str, value: &str) -> bool {
    let mut body = DOCUMENT["components"]["schemas"][schema]["example"].clone();
    body[member] = value.into();
    violations(schema, &body).is_empty()
}

#[test]
fn the_published_rule_of_an_address_is_the_one_that_is_kept() {
    let long = format!("{}@example.com", "l".repeat(64));
    let longer = format!("{}@example.com", "l".repeat(65));
    let label = format!("ada@{}.example", "d".repeat(63));
    let longer_label = format!("ada@{}.example", "d".repeat(64));
    let most = format!("{}.{0}.{0}.example", "d".repeat(60));
    let most = format!("{}@{most}", "l".repeat(254 - most.len() - 1));
    let too_much = format!("l{most}");
    let mut texts: Vec<String> = [
        "",
        "a",
        "@",
        "a@",
        "@b",
        "a@b",
        "a@b@c",
        "a@b.",
        "a@.b",
        "a@b..c",
        "a@b-",
        "a@-b",
        "a@b-c.d",
        "a@b-.c",
        "a@b.-c",
        "a@1",
        "a@1.2",
        "a@[192.0.2.1]",
        "a@[::1]",
        "a@b_c",
        ".a@b",
        "a.@b",
        "a..b@c",
        "a b@c",
        "\"a b\"@c",
        "a\\@b",
        "a(b)@c",
        "a,b@c",
        "a:b@c",
        "a;b@c",
        "<a@b>",
        " a@b",
        "a@b ",
        "a@b\n",
        "\na@b",
        "a\u{0}@b",
        "a@b\u{7f}",
        "\u{e4}@b",
        "a@\u{e4}",
        "\u{212a}@b",
        "a@\u{17f}",
        "A@B",
        "!#$%&'*+/=?^_`{|}~-.0@b",
        "a@xn--bcher-kva.example",
    ]
    .map(str::to_owned)
    .into();
    texts.extend([long, longer, label, longer_label, most, too_much]);
    // Every character in either part.
    for byte in 0..=0xff_u8 {
        let c = char::from(byte);
        texts.extend([format!("a{c}b@example.com"), format!("ada@a{c}b.example")]);
    }
    let (taken, refused): (Vec<_>, Vec<_>) =
        texts.iter().partition(|text| Email::parse(text).is_ok());
    assert!(taken.len() > 100 && refused.len() > 100);
    for schema in [
        "RegisterRequest",
        "MailRequest",
        "UpdateMeRequest",
        "CreateUserRequest",
        "UpdateUserRequest",
    ] {
        for text in &taken {
            assert!(fits(schema, "email", text), "{schema}: {text:?}");
        }
        for text in &refused {
            assert!(!fits(schema, "email", text), "{schema}: {text:?}");
        }
    }
}

/// That they are refused is for the tests of the edge to show.
#[test]
fn every_text_in_a_request_is_published_as_without_control_characters() {
    let mut checked = 0;
    for operation in operations().iter().filter(|found| found.has_body()) {
        let contents = operation.value["requestBody"]["content"].as_object();
        for content in contents.unwrap().values() {
            let name = content["schema"]["$ref"].as_str().unwrap();
            let name = name.rsplit('/').next().unwrap();
            let members = &DOCUMENT["components"]["schemas"][name]["properties"];
            for (member, schema) in members.as_object().unwrap() {
                if schema["type"] != "string" {
                    continue;
                }
                let example = &DOCUMENT["components"]["schemas"][name]["example"];
                let text = example[member].as_str().unwrap_or("ada@example.com");
                if member != "username" && member != "grant_type" {
                    assert!(fits(name, member, text), "{name}: {member}");
                }
                for control in ['\0', '\t', '\n', '\u{1f}', '\u{7f}', '\u{80}', '\u{9f}'] {
                    for bad in [format!("{text}{control}"), format!("{control}{text}")] {
                        assert!(!fits(name, member, &bad), "{name}: {member}: {bad:?}");
                    }
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 10);
    let q = operation("list_users").value["parameters"]
        .as_array()
        .unwrap()
        .iter();
    let q = q
        .clone()
        .find(|parameter| parameter["name"] == "q")
        .unwrap();
    assert_eq!(
        q["schema"]["pattern"],
        DOCUMENT["components"]["schemas"]["LoginRequest"]["properties"]["password"]["pattern"]
    );
}

#[test]
fn the_published_lengths_of_a_new_password_are_those_that_can_be_configured() {
    for (schema, member) in [
        ("RegisterRequest", "password"),
        ("CreateUserRequest", "password"),
        ("ChangePasswordRequest", "new_password"),
        ("ResetPasswordRequest", "new_password"),
    ] {
        for length in [PasswordPolicy::SHORTEST, PasswordPolicy::LONGEST] {
            assert!(
                fits(schema, member, &"\u{1f511}".repeat(length)),
                "{schema}"
            );
        }
        for length in [PasswordPolicy::SHORTEST - 1, PasswordPolicy::LONGEST + 1] {
            assert!(!fits(schema, member, &"a".repeat(length)), "{schema}");
        }
    }
    // One in use may have been chosen under other rules.
    assert!(fits("DeleteMeRequest", "current_password", ""));
}

#[test]
fn the_published_form_grants_by_password_only() {
    // An empty one is taken for missing.
    for granted in ["password", ""] {
        assert!(fits("PasswordForm", "grant_type", granted), "{granted}");
    }
    for other in ["passwords", "client_credentials"] {
        assert!(!fits("PasswordForm", "grant_type", other), "{other}");
    }
}

/// Example bodies are what people try first.
#[tokio::test]
async fn the_example_of_every_request_body_breaks_no_rule() {
    let app = TestApp::start().await;
    for operation in operations().iter().filter(|found| found.has_body()) {
        // Who may ask, and has the password that an example takes for the person's own.
        let scene = app.scene(operation).await;
        let contents = operation.value["requestBody"]["content"].as_object();
        for (kind, content) in contents.unwrap() {
            let name = content["schema"]["$ref"].as_str().unwrap();
            let name = name.rsplit('/').next().unwrap();
            let mut example = DOCUMENT["components"]["schemas"][name]["example"].clone();
            if let Some(current) = example.get_mut("current_password") {
                *current = PASSWORD.into();
            }
            let body = if kind == "application/json" {
                example.to_string()
            } else {
                form_of(&example)
            };
            let call = app.bare(operation, "/", &scene);
            let answer = call.header("content-type", kind).body(body).send().await;
            let code = outcome(operation, &answer).2;
            let broken = ["VALIDATION_ERROR", "UNSUPPORTED_MEDIA_TYPE"];
            assert!(!broken.contains(&code.as_str()), "{}", answer.text());
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
        let forbidden = codes(&operation, 403).contains(&"FORBIDDEN");
        assert_eq!(operation.is_administrative(), forbidden, "{id}");
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

/// Operations that ask nothing of the database.
const WITHOUT_DATABASE: [&str; 5] = [
    "get_jwks",
    "get_openid_configuration",
    "get_service",
    "get_liveness",
    "get_metrics",
];

/// Operations that go past the breaker of the database, or ask nothing of it.
const PAST_THE_BREAKER: [&str; 7] = [
    "get_metrics",
    "get_jwks",
    "get_openid_configuration",
    "get_service",
    "get_liveness",
    "list_circuit_breakers",
    "reset_circuit_breaker",
];

/// What can be declared and yet not be provoked: the code, the operations, and why.
const EXCEPTIONS: [(&str, &[&str], &str); 5] = [
    (
        "INTERNAL_ERROR",
        &[
            "create_user",
            "delete_user",
            "end_other_sessions",
            "end_session",
            "end_user_sessions",
            "get_health",
            "get_jwks",
            "get_liveness",
            "get_me",
            "get_metrics",
            "get_openid_configuration",
            "get_service",
            "get_user",
            "list_audit_events",
            "list_circuit_breakers",
            "list_mails",
            "list_security_events",
            "list_sessions",
            "list_users",
            "logout",
            "refresh",
            "register",
            "request_email_verification",
            "request_password_reset",
            "reset_circuit_breaker",
            "reset_password",
            "start_password_reset",
            "update_user",
            "verify_email",
        ],
        "only a defect of the service leads to it: the edge's own tests have a panic",
    ),
    (
        "OVERLOADED",
        &[
            "delete_user",
            "end_other_sessions",
            "end_session",
            "end_user_sessions",
            "get_jwks",
            "get_liveness",
            "get_me",
            "get_metrics",
            "get_openid_configuration",
            "get_service",
            "get_user",
            "list_audit_events",
            "list_circuit_breakers",
            "list_mails",
            "list_security_events",
            "list_sessions",
            "list_users",
            "logout",
            "refresh",
            "request_email_verification",
            "request_password_reset",
            "reset_circuit_breaker",
            "start_password_reset",
            "update_user",
            "verify_email",
        ],
        "only hashing has a queue that is easily full; the tests of outages fill the database's",
    ),
    (
        "CIRCUIT_BREAKER_OPEN",
        &PAST_THE_BREAKER,
        "asks past the breaker, or nothing at all",
    ),
    (
        "DATABASE_ERROR",
        &WITHOUT_DATABASE,
        "asks nothing of the database",
    ),
    ("DEADLINE_EXCEEDED", &WITHOUT_DATABASE, "waits for nothing"),
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
    let attempts: [BoxFuture<'_, Outcomes>; 11] = [
        good_requests().boxed(),
        impossible_requests().boxed(),
        bad_input().boxed(),
        bad_tokens().boxed(),
        closed_doors().boxed(),
        slow_clients().boxed(),
        hasty_clients().boxed(),
        a_broken_database().boxed(),
        an_open_breaker().boxed(),
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
    let code = if answer.body.is_empty() || !is_json(&answer.headers) {
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

/// As [`TestApp::example`], where the prefix does not matter.
fn example<'a>(app: &'a TestApp, operation: &Operation, scene: &Scene) -> Call<'a> {
    app.example(operation, "/", scene)
}

/// The same request with another body, or none where the operation takes none.
fn with_body<'a>(
    app: &'a TestApp,
    operation: &Operation,
    scene: &Scene,
    content_type: &str,
    body: impl Into<Body>,
) -> Option<Call<'a>> {
    let call = app.bare(operation, "/", scene);
    let call = call.header("content-type", content_type).body(body);
    operation.has_body().then_some(call)
}

/// Whether an operation says that it may answer with an error code.
fn names(operation: &Operation, code: &str) -> bool {
    let status = ErrorCode::named(code).unwrap().status().as_u16();
    codes(operation, status).contains(&code)
}

/// Whether a request for an operation has to show a password.
fn shows_password(operation: &Operation) -> bool {
    operation.id() == "login"
        || operation.has_body() && operation.members().contains_key("current_password")
}

async fn good_requests() -> Outcomes {
    let app = TestApp::start().await;
    let mut found = Outcomes::new();
    for operation in operations() {
        // Each has people of its own: what one ends must not stop the next.
        let scene = app.scene(&operation).await;
        found.insert(outcome(
            &operation,
            &example(&app, &operation, &scene).send().await,
        ));
    }
    let scene = Scene::of(&app.register("ada").await);
    let get_jwks = operation("get_jwks");
    let call = example(&app, &get_jwks, &scene).header("if-none-match", "*");
    found.insert(outcome(&get_jwks, &call.send().await));
    found
}

/// Requests about what there is not, and what can't be.
async fn impossible_requests() -> Outcomes {
    let app = TestApp::start().await;
    // The only superuser that there is.
    let root = app.register_superuser("root").await;
    let scene = Scene::of(&root);
    let mut found =
        ask(|operation| operation.has_id().then(|| example(&app, operation, &scene))).await;
    let no_text = |operation: &Operation| {
        let path = operation.path_with("%ff");
        let call = app.call(operation.method.clone(), &path).bearer(&root);
        let body = operation.has_body().then(|| operation.example_body(&scene));
        match body {
            Some(body) => call.json(&body),
            None => call,
        }
    };
    found.extend(ask(|operation| operation.has_id().then(|| no_text(operation))).await);
    let lonely = scene.clone().about(root.id().0);
    found.extend(
        ask(|operation| {
            names(operation, "LAST_SUPERUSER").then(|| example(&app, operation, &lonely))
        })
        .await,
    );
    found.extend(
        ask(|operation| names(operation, "INVALID_LINK").then(|| example(&app, operation, &scene)))
            .await,
    );
    app.register("taken").await;
    let somebody = Scene::of(&root).about(app.register("somebody").await.id().0);
    found.extend(
        ask(|operation| {
            let takes_name = names(operation, "USER_ALREADY_EXISTS");
            takes_name.then(|| {
                let mut body = operation.example_body(&somebody);
                body["email"] = "taken@example.com".into();
                app.bare(operation, "/", &somebody).json(&body)
            })
        })
        .await,
    );
    found
}

async fn bad_input() -> Outcomes {
    let app = TestApp::start().await;
    let scene = &Scene::of(&app.register_superuser("root").await);
    let json = "application/json";
    let nothing = "{\"unknown\": 1}";
    let mut found = ask(|operation| with_body(&app, operation, scene, json, nothing)).await;
    found.extend(ask(|operation| with_body(&app, operation, scene, "text/plain", "{}")).await);
    let large = vec![b' '; app.config.server.body_limit_bytes + 1];
    found.extend(ask(|operation| with_body(&app, operation, scene, json, large.clone())).await);
    let unknown = |operation: &Operation| {
        let path = format!("{}?unknown=1", operation.path);
        let call = app.call(operation.method.clone(), &path);
        operation.has_query().then(|| call.bearer(&scene.caller))
    };
    found.extend(ask(unknown).await);
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
    let scene = Scene::of(&gone);
    found.extend(ask(|operation| bearer(operation, example(&app, operation, &scene))).await);

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
    let scene = Scene::of(&stale);
    found.extend(ask(|operation| bearer(operation, example(&app, operation, &scene))).await);
    app.clock.advance(TimeDelta::seconds(
        app.config.tokens.refresh_ttl_seconds.into(),
    ));
    let answer = app.refresh(stale.refresh_token()).await;
    found.insert(outcome(&refresh, &answer));
    found
}

async fn closed_doors() -> Outcomes {
    let app = TestApp::start().await;
    let scene = Scene::of(&app.register("ada").await);
    let administrative = |operation: &Operation| {
        let call = || example(&app, operation, &scene);
        operation.is_administrative().then(call)
    };
    let mut found = ask(administrative).await;
    // What deactivates an account ends its sessions too, so nothing but this leaves one behind.
    app.execute("UPDATE users SET is_active = false").await;
    let refused = |operation: &Operation| {
        let refused = operation.is_secured() || ["login", "refresh"].contains(&operation.id());
        refused.then(|| example(&app, operation, &scene))
    };
    found.extend(ask(refused).await);

    app.execute("UPDATE users SET password_hash = 'unreadable', is_active = true")
        .await;
    let compared = |operation: &Operation| {
        let call = || example(&app, operation, &scene);
        shows_password(operation).then(call)
    };
    found.extend(ask(compared).await);

    let closed = TestApp::with(|config| {
        config.registration.enabled = false;
        config.metrics.enabled = false;
    })
    .await;
    let get_metrics = operation("get_metrics");
    let answer = example(&closed, &get_metrics, &scene).send().await;
    found.insert(outcome(&get_metrics, &answer));
    let register = operation("register");
    let answer = example(&closed, &register, &scene).send().await;
    found.insert(outcome(&register, &answer));

    let careful = TestApp::with(|config| config.registration.require_verified_email = true).await;
    let body = register.example_body(&scene);
    let answer = careful.post("/auth/register", &body).send().await;
    found.insert(outcome(&register, &answer));
    let login = operation("login");
    let body = json!({"email": body["email"], "password": body["password"]});
    let answer = careful.post("/auth/login", &body).send().await;
    found.insert(outcome(&login, &answer));
    found
}

async fn slow_clients() -> Outcomes {
    let app = TestApp::start().await;
    let scene = Scene::of(&app.register_superuser("root").await);
    let mut config = app.config.clone();
    config.server.timeout_seconds = 1;
    let app = app.restart(config).await;
    ask(|operation| {
        let body = Body::from_bytes_stream(stream::pending::<std::io::Result<Vec<u8>>>());
        with_body(&app, operation, &scene, "application/json", body)
    })
    .await
}

async fn hasty_clients() -> Outcomes {
    let app = TestApp::with(|config| {
        config.rate_limit.enabled = true;
        config.rate_limit.address_attempts_per_minute = 1;
        config.rate_limit.address_refreshes_per_minute = 1;
        config.rate_limit.address_mails_per_minute = 1;
    })
    .await;
    // Which is all that anybody from here may do.
    let scene = Scene::of(&app.register("ada").await);
    let limited = |operation: &Operation| {
        names(operation, "RATE_LIMITED").then(|| example(&app, operation, &scene))
    };
    let mut found = ask(limited).await;
    found.extend(ask(limited).await);
    // The others are not held up, or that would have to be declared.
    let other = |operation: &Operation| {
        (!names(operation, "RATE_LIMITED")).then(|| example(&app, operation, &scene))
    };
    found.extend(ask(other).await);
    found
}

async fn a_broken_database() -> Outcomes {
    let app = TestApp::start().await;
    let scene = Scene::of(&app.register_superuser("root").await);
    app.break_database().await;
    ask(|operation| Some(example(&app, operation, &scene))).await
}

async fn an_open_breaker() -> Outcomes {
    let app = TestApp::with(|config| config.breaker.failure_threshold = 1).await;
    let scene = Scene::of(&app.register_superuser("root").await);
    app.break_database().await;
    let answer = app.get("/users/me").bearer(&scene.caller).send().await;
    answer.assert_error(500, "DATABASE_ERROR");
    ask(|operation| Some(example(&app, operation, &scene))).await
}

async fn a_full_hashing_queue() -> Outcomes {
    let app = TestApp::with(|config| {
        config.password.hash_concurrency = Some(1);
        config.password.hash_queue = 0;
        config.password.memory_kib = 32_768;
        config.password.iterations = 2;
    })
    .await;
    let busy = Scene::of(&app.register("ada").await);
    let login = operation("login");
    let mut found = Outcomes::new();
    for operation in operations() {
        let hashes = operation.has_body()
            && operation
                .members()
                .keys()
                .any(|name| name.ends_with("password"));
        let refused = (operation.id().to_owned(), 503, "OVERLOADED".to_owned());
        // Nothing says when somebody hashes, so others try as well until one finds the only place taken.
        for _ in 0..20 {
            if !hashes || found.contains(&refused) {
                break;
            }
            let scene = app.scene(&operation).await;
            let others = (0..3).map(|_| example(&app, &login, &busy).send());
            let (answer, _) =
                future::join(example(&app, &operation, &scene).send(), join_all(others)).await;
            found.insert(outcome(&operation, &answer));
        }
    }
    found
}

async fn a_locked_database() -> Outcomes {
    let app = TestApp::start().await;
    let scene = Scene::of(&app.register_superuser("root").await);
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
    let answer = example(&app, &logout, &scene).send().await;
    let first = outcome(&logout, &answer);
    let mut found = ask(|operation| Some(example(&app, operation, &scene))).await;
    found.insert(first);
    lock.rollback().await.unwrap();
    found
}
