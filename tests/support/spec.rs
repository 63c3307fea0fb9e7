//! The published document, and holding answers against it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use countersign::api;
use countersign::api::document::{PREFIXES, codes_in};
use countersign::api::problem::ErrorCode;
use jsonschema::Validator;
use poem::http::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Answer, Call, Member, PASSWORD, TestApp, is_json, unknown_id};

/// The document that the service publishes.
pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(api::document().unwrap().json()).unwrap());

/// What holds a value against each schema of the document.
static VALIDATORS: LazyLock<BTreeMap<&'static str, Validator>> = LazyLock::new(|| {
    let mut schemas = DOCUMENT["components"]["schemas"].clone();
    strict(&mut schemas);
    let names = DOCUMENT["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys();
    let validator = |name: &'static String| {
        let schema = json!({
            "$ref": format!("#/components/schemas/{name}"), "components": { "schemas": schemas },
        });
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft7)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        (name.as_str(), validator)
    };
    names.map(validator).collect()
});

/// What is told of a request that does not say to whom it goes.
const NO_HOST: &str = "The request must name its host exactly once";

/// Addresses that are served beside the operations.
const DOCUMENTATION: [&str; 4] = ["/docs", "/redoc", "/openapi.json", "/openapi.yaml"];

/// Pages for people, which are beside the operations too.
pub const ACCOUNT_PAGES: [&str; 2] = ["/account/verify", "/account/reset"];

/// Translates OpenAPI 3.0 to JSON Schema, closed: a member that is not published is refused.
fn strict(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.remove("nullable") == Some(Value::Bool(true))
            && let Some(kind) = object.remove("type")
        {
            object.insert("type".into(), json!([kind, "null"]));
        }
        if object.get("properties").is_some_and(Value::is_object) {
            object.insert("additionalProperties".into(), false.into());
        }
        object.values_mut().for_each(strict);
    } else if let Some(array) = schema.as_array_mut() {
        array.iter_mut().for_each(strict);
    }
}

/// An operation of the document.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The method.
    pub method: Method,
    /// The path, with its parameters in braces.
    pub path: String,
    /// What the document says of it.
    pub value: &'static Value,
}

impl Operation {
    /// The operation's name.
    pub fn id(&self) -> &'static str {
        self.value["operationId"].as_str().unwrap()
    }

    /// The statuses it can answer with.
    pub fn statuses(&self) -> Vec<u16> {
        let responses = self.value["responses"].as_object().unwrap();
        responses
            .keys()
            .map(|status| status.parse().unwrap())
            .collect()
    }

    /// Whether it takes a body.
    pub fn has_body(&self) -> bool {
        self.value.get("requestBody").is_some()
    }

    /// Whether it takes query parameters.
    pub fn has_query(&self) -> bool {
        let parameters = self.value["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|parameter| parameter["in"] == "query"))
    }

    /// Whether it wants a bearer token.
    pub fn is_secured(&self) -> bool {
        let ways = self.value["security"].as_array().expect("is said of all");
        !ways.is_empty()
    }

    /// Whether it is for superusers.
    pub fn is_administrative(&self) -> bool {
        self.path.starts_with("/admin/")
    }

    /// Whether its address names what it is about.
    pub fn has_id(&self) -> bool {
        self.path.contains('{')
    }

    /// The members that its JSON body may have.
    pub fn members(&self) -> &'static Map<String, Value> {
        self.json_schema().1["properties"].as_object().unwrap()
    }

    /// The published example of its body, where what only a scene can know is true in that scene.
    pub fn example_body(&self, scene: &Scene) -> Value {
        let mut body = self.json_schema().1["example"].clone();
        if self.id() == "login" {
            let name = &scene.caller.tokens["user"]["username"];
            return json!({"username": name, "password": PASSWORD});
        }
        for (name, value) in body.as_object_mut().unwrap() {
            match name.as_str() {
                "email" => *value = format!("{}@example.com", fresh_name()).into(),
                "username" => *value = fresh_name().into(),
                "current_password" => *value = PASSWORD.into(),
                "refresh_token" => *value = scene.caller.refresh_token().into(),
                "token" => *value = scene.link.as_str().into(),
                _ => {}
            }
        }
        body
    }

    /// Its address, about what there is in a scene.
    pub fn path_in(&self, scene: &Scene) -> String {
        self.path
            .replace("{id}", &scene.id.to_string())
            .replace("{name}", &scene.breaker)
    }

    /// Its address, with this for its parameter.
    pub fn path_with(&self, parameter: &str) -> String {
        self.path
            .replace("{id}", parameter)
            .replace("{name}", parameter)
    }

    /// The schema of its JSON body, and its name.
    pub fn json_schema(&self) -> (&'static str, &'static Value) {
        let content = &self.value["requestBody"]["content"];
        let reference = content["application/json"]["schema"]["$ref"]
            .as_str()
            .unwrap();
        let name = reference.rsplit('/').next().unwrap();
        (name, &DOCUMENT["components"]["schemas"][name])
    }

    fn is_at(&self, path: &str) -> bool {
        let own: Vec<&str> = self.path.split('/').collect();
        let path: Vec<&str> = path.split('/').collect();
        own.len() == path.len()
            && own
                .iter()
                .zip(&path)
                .all(|(own, part)| own == part || (own.starts_with('{') && !part.is_empty()))
    }
}

/// All operations of the document.
pub fn operations() -> Vec<Operation> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let methods = |(path, methods): (&String, &'static Value)| {
        let path = path.clone();
        let methods: &'static Map<String, Value> = methods.as_object().unwrap();
        methods
            .iter()
            .map(move |(method, value)| Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                value,
            })
            .collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

/// The operation at an address, under whichever prefix.
fn operation_at(method: &Method, path: &str) -> Option<Operation> {
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let path = path.split('?').next().unwrap();
    let path = match path.strip_prefix(PREFIXES[0]) {
        Some("") => "/",
        Some(rest) => rest,
        None => path,
    };
    let mut found = operations()
        .into_iter()
        .filter(|operation| operation.method == method && operation.is_at(path));
    // A fixed address wins over one with a parameter.
    let all: Vec<_> = found.by_ref().collect();
    all.iter()
        .find(|operation| !operation.path.contains('{'))
        .or(all.first())
        .cloned()
}

/// Holds an answer against the document: nothing may be answered that it does not say.
#[track_caller]
pub fn hold(method: &Method, path: &str, answer: &Answer) {
    let at = format!(
        "{method} {path} answered {}: {}",
        answer.status,
        answer.text_or_size()
    );
    assert!(
        answer.header("x-request-id").is_some(),
        "no request id: {at}"
    );
    assert_eq!(
        answer.header("x-content-type-options"),
        Some("nosniff"),
        "{at}"
    );
    assert!(answer.header("cache-control").is_some(), "{at}");
    if answer.status.as_u16() == 401 {
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Bearer"), "no challenge: {at}");
    }
    if answer.status.as_u16() == 503 && !path.ends_with("/health") {
        let seconds = answer.header("retry-after").expect(&at);
        assert!(seconds.parse::<u32>().is_ok(), "{at}");
    }

    if method == Method::OPTIONS && answer.status == 204 {
        // A browser asks for a page, before any operation.
        assert!(
            answer.header("access-control-allow-methods").is_some(),
            "{at}"
        );
        return;
    }
    if answer.status.as_u16() == 400 && answer.text_or_size().contains(NO_HOST) {
        // Likewise: what is no proper request is for no operation.
        hold_schema("Problem", answer, &at);
        return;
    }
    let Some(operation) = operation_at(method, path) else {
        let page = path.split('?').next().unwrap();
        let is_documentation = DOCUMENTATION.contains(&page);
        let status = answer.status.as_u16();
        if ACCOUNT_PAGES.contains(&page) && status != 405 {
            hold_account_page(method, answer, &at);
            return;
        }
        assert!(
            is_documentation || matches!(status, 404 | 405),
            "not documented: {at}"
        );
        if matches!(status, 404 | 405) {
            let code = hold_schema("Problem", answer, &at);
            assert!(
                matches!(code.as_str(), "NOT_FOUND" | "METHOD_NOT_ALLOWED"),
                "{at}"
            );
            assert_eq!(answer.header("allow").is_some(), status == 405, "{at}");
        }
        return;
    };
    let Some(declared) = operation.value["responses"].get(answer.status.as_str()) else {
        panic!("the status is not documented: {at}");
    };
    let Some(content) = declared.get("content").and_then(Value::as_object) else {
        assert!(answer.body.is_empty(), "the body is not documented: {at}");
        return;
    };
    if method == Method::HEAD {
        return;
    }
    if let Some(text) = content.keys().find(|kind| kind.starts_with("text/")) {
        assert_eq!(answer.header("content-type"), Some(text.as_str()), "{at}");
        return;
    }
    assert!(is_json(&answer.headers), "{at}");
    let reference = content.values().next().unwrap()["schema"]["$ref"]
        .as_str()
        .expect(&at);
    let name = reference.rsplit('/').next().unwrap();
    let code = hold_schema(name, answer, &at);
    if name == "Problem" {
        let description = declared["description"].as_str().unwrap();
        assert!(
            codes_in(description).any(|named| Some(named) == ErrorCode::named(&code)),
            "{code} is not documented for this status: {at}"
        );
    }
    for name in declared["headers"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
    {
        assert!(
            answer.headers.contains_key(name.as_str()),
            "no header {name}: {at}"
        );
    }
}

/// Holds an answer of a page for people to what is true of each: HTML that can do nothing, or, where the request is
/// none that a browser sends, the envelope.
#[track_caller]
fn hold_account_page(method: &Method, answer: &Answer, at: &str) {
    let status = answer.status.as_u16();
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{at}");
    assert_eq!(
        answer.header("referrer-policy"),
        Some("no-referrer"),
        "{at}"
    );
    if matches!(status, 429 | 503) {
        let seconds = answer.header("retry-after").expect(at);
        assert!(seconds.parse::<u32>().is_ok(), "{at}");
    }
    if is_json(&answer.headers) {
        let code = hold_schema("Problem", answer, at);
        let known = match status {
            400 => "VALIDATION_ERROR",
            408 => "REQUEST_TIMEOUT",
            413 => "PAYLOAD_TOO_LARGE",
            415 => "UNSUPPORTED_MEDIA_TYPE",
            500 => "INTERNAL_ERROR",
            503 => "DEADLINE_EXCEEDED",
            _ => panic!("an unknown status: {at}"),
        };
        assert_eq!(code, known, "{at}");
        return;
    }
    assert!(matches!(status, 200 | 400 | 429 | 500 | 503), "{at}");
    let html = "text/html; charset=utf-8";
    assert_eq!(answer.header("content-type"), Some(html), "{at}");
    let vary = answer.header("vary").expect(at);
    assert!(vary.contains("Accept-Language"), "{at}");
    let language = answer.header("content-language").expect(at);
    let policy = answer.header("content-security-policy").expect(at);
    let (before, rest) = policy.split_once("style-src 'sha256-").expect(at);
    let (_, after) = rest.split_once('\'').expect(at);
    assert_eq!(before, "default-src 'none'; ", "{at}");
    assert_eq!(
        after,
        "; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if method == Method::HEAD {
        assert!(answer.body.is_empty(), "{at}");
        return;
    }
    let text = answer.text();
    assert!(text.starts_with("<!DOCTYPE html>"), "{at}");
    assert!(text.contains(&format!("<html lang=\"{language}\"")), "{at}");
    assert!(!text.contains("<script"), "{at}");
}

/// Holds the body against a schema; the error code, where it has one.
#[track_caller]
fn hold_schema(name: &str, answer: &Answer, at: &str) -> String {
    let body = answer.json();
    let errors = violations(name, &body);
    assert!(errors.is_empty(), "{at}: {errors:?}");
    if name == "Problem" {
        assert_eq!(body["status_code"], answer.status.as_u16(), "{at}");
        assert_eq!(
            body["request_id"].as_str(),
            answer.header("x-request-id"),
            "{at}"
        );
    }
    body["error_code"].as_str().unwrap_or_default().to_owned()
}

/// What a value breaks of a schema of the document.
pub fn violations(schema: &str, value: &Value) -> Vec<String> {
    VALIDATORS[schema]
        .iter_errors(value)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect()
}

/// Who makes a request, and what it is about.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Who asks, with the password [`PASSWORD`].
    pub caller: Member,
    /// What an address with a parameter is about.
    pub id: Uuid,
    /// The circuit breaker that an address names.
    pub breaker: String,
    /// The token of a link.
    pub link: String,
}

impl Scene {
    /// Somebody who asks about nothing that there is.
    pub fn of(caller: &Member) -> Self {
        Self {
            caller: caller.clone(),
            id: unknown_id(),
            breaker: "nothing".into(),
            link: "csl_of-nobody".into(),
        }
    }

    /// The same about something else.
    #[must_use]
    pub fn about(self, id: Uuid) -> Self {
        Self { id, ..self }
    }
}

impl TestApp {
    /// Everything that an operation needs to succeed: a caller who may ask, and something of their own or
    /// another person that the request is about. The people have names that nobody has yet.
    pub async fn scene(&self, operation: &Operation) -> Scene {
        let caller = if operation.is_administrative() {
            self.register_superuser(&fresh_name()).await
        } else {
            self.register(&fresh_name()).await
        };
        if operation.is_administrative() {
            let somebody = self.register(&fresh_name()).await;
            Scene {
                breaker: "database".into(),
                ..Scene::of(&caller).about(somebody.id().0)
            }
        } else {
            self.owned(operation, caller).await
        }
    }

    /// What an operation needs to be about this person, who asks as well.
    pub async fn owned(&self, operation: &Operation, owner: Member) -> Scene {
        let scene = Scene {
            breaker: "database".into(),
            ..Scene::of(&owner)
        };
        match operation.id() {
            "end_session" => scene.about(self.session_of(&owner).await),
            "reset_password" => Scene {
                link: self.start_password_reset(owner.id()).await,
                ..scene
            },
            "verify_email" => {
                let email = owner.tokens["user"]["email"].as_str().unwrap();
                Scene {
                    link: self.mailed_token(email).await,
                    ..scene
                }
            }
            _ => scene.about(owner.id().0),
        }
    }

    /// A request for an operation, by whoever asks in a scene, without a body.
    pub fn bare(&self, operation: &Operation, prefix: &str, scene: &Scene) -> Call<'_> {
        let path = operation.path_in(scene);
        let path = format!("{}{path}", prefix.trim_end_matches('/'));
        let call = self.call(operation.method.clone(), &path);
        if operation.is_secured() {
            call.bearer(&scene.caller)
        } else {
            call
        }
    }

    /// A request that the operation is made for, under a prefix.
    pub fn example(&self, operation: &Operation, prefix: &str, scene: &Scene) -> Call<'_> {
        let call = self.bare(operation, prefix, scene);
        if operation.has_body() {
            call.json(&operation.example_body(scene))
        } else {
            call
        }
    }
}

/// A name that nobody has.
pub fn fresh_name() -> String {
    format!("u{}", Uuid::new_v4().simple())
}

impl Answer {
    /// The body if it is text of readable size.
    pub fn text_or_size(&self) -> String {
        match std::str::from_utf8(&self.body) {
            Ok(text) if text.len() < 2000 => text.to_owned(),
            _ => format!("{} bytes", self.body.len()),
        }
    }
}
