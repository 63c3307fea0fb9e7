//! What clients of the last release rely on stays, unless the version says otherwise.

#![expect(
    clippy::too_many_lines,
    reason = "what is long are tables and the document that they change"
)]

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::support::compatibility::{Finding, Level, findings};
use crate::support::spec::DOCUMENT;

/// The document of the last release, which only `just release` replaces.
const RELEASED: &str = include_str!("data/released/openapi.json");

const CARGO_TOML: &str = include_str!("../Cargo.toml");
const CHANGELOG: &str = include_str!("../CHANGELOG.md");

/// A version that something is released under.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Version {
    major: u64,
    minor: u64,
    patch: u64,
}

impl Version {
    /// The least version that may follow with such a change. Before 1.0 the minor version is what the
    /// major one is later, and before 0.1 the patch, as Cargo has it.
    fn after(self, change: Level) -> Self {
        let Self {
            major,
            minor,
            patch,
        } = self;
        let (major, minor, patch) = match (major, minor, change) {
            (0, 0, _) => (0, 0, patch + 1),
            (0, _, _) | (_, _, Level::Minor) => (major, minor + 1, 0),
            (_, _, Level::Breaking) => (major + 1, 0, 0),
        };
        Self {
            major,
            minor,
            patch,
        }
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some(&[major, minor, patch]) => Ok(Self {
                major,
                minor,
                patch,
            }),
            _ => Err(format!("{text} is not MAJOR.MINOR.PATCH")),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

fn version(document: &Value) -> Version {
    document["info"]["version"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// What stands against publishing `new` after `old`, if anything.
fn refusal(old: &Value, new: &Value) -> Option<String> {
    let (was, is) = (version(old), version(new));
    if is < was {
        return Some(format!("{is} is older than {was}, which was released"));
    }
    let found = findings(old, new);
    let least = found.iter().map(|finding| was.after(finding.level)).max()?;
    if is >= least {
        return None;
    }
    let list: Vec<String> = found.iter().map(|finding| format!("  {finding}")).collect();
    Some(format!(
        "clients of {was} may have relied on this:\n{}\nEither keep it, or set the version in \
         Cargo.toml to {least} or higher; it is {is}.",
        list.join("\n")
    ))
}

#[test]
fn the_published_document_keeps_what_was_released() {
    let released: Value = serde_json::from_str(RELEASED).unwrap();
    if let Some(refusal) = refusal(&released, &DOCUMENT) {
        panic!("{refusal}");
    }
}

#[test]
fn the_published_document_has_the_version_of_the_package() {
    let version = DOCUMENT["info"]["version"].as_str().unwrap();
    let line = format!("[workspace.package]\nversion = \"{version}\"\n");
    assert!(CARGO_TOML.contains(&line));
}

/// Else the released document was replaced by something else than a release.
#[test]
fn the_released_document_is_that_of_the_newest_release() {
    let released: Value = serde_json::from_str(RELEASED).unwrap();
    let headings = CHANGELOG
        .lines()
        .filter_map(|line| line.strip_prefix("## ["));
    let versions = headings.filter_map(|rest| rest.split(']').next()?.parse::<Version>().ok());
    // Before the first release it is what the first release will be held against.
    let newest = versions.max().unwrap_or("0.1.0".parse().unwrap());
    assert_eq!(version(&released), newest);
}

#[test]
fn a_document_takes_nothing_back_of_itself() {
    for document in [&*DOCUMENT, &base()] {
        assert_eq!(findings(document, document), []);
    }
}

/// What of a document is no text for people, backwards. `is_name` tells names from keywords.
fn plain(value: &Value, is_name: bool) -> Value {
    match value {
        Value::Object(members) => {
            let texts = [
                "description",
                "summary",
                "example",
                "examples",
                "title",
                "links",
            ];
            let kept = members
                .iter()
                .rev()
                .filter(|(key, _)| is_name || !texts.contains(&key.as_str()));
            let name = |key: &str| !is_name && matches!(key, "properties" | "schemas" | "headers");
            kept.map(|(key, value)| (key.clone(), plain(value, name(key))))
                .collect()
        }
        Value::Array(all) => all.iter().rev().map(|one| plain(one, false)).collect(),
        other => other.clone(),
    }
}

/// What only describes, and the order of things, is nobody's business.
#[test]
fn a_document_without_its_texts_and_in_another_order_is_the_same() {
    let other = plain(&DOCUMENT, false);
    assert_ne!(*DOCUMENT, other);
    assert_eq!(findings(&DOCUMENT, &other), []);
    assert_eq!(findings(&other, &DOCUMENT), []);
}

#[test]
fn a_breaking_change_needs_a_new_major_version_or_before_1_0_a_new_minor_one() {
    let at = |version: &str, change: fn(&mut Value)| {
        let mut document = base();
        document["info"]["version"] = version.into();
        change(&mut document);
        document
    };
    let none = |_: &mut Value| {};
    let breaking = |document: &mut Value| {
        schema(document, "Thing")["properties"]["id"]["type"] = "integer".into();
    };
    let told = |document: &mut Value| push(&mut schema(document, "ErrorCode")["enum"], "NEW");
    for (was, least, change) in [
        ("0.0.3", "0.0.4", breaking as fn(&mut Value)),
        ("0.1.0", "0.2.0", breaking),
        ("0.9.7", "0.10.0", breaking),
        ("1.0.0", "2.0.0", breaking),
        ("1.9.2", "2.0.0", breaking),
        ("0.1.4", "0.2.0", told),
        ("1.0.0", "1.1.0", told),
        ("1.1.4", "1.2.0", told),
        ("0.1.0", "0.1.0", none),
        ("1.2.3", "1.2.3", none),
    ] {
        let old = at(was, none);
        let ok: Version = least.parse().unwrap();
        let enough = refusal(&old, &at(least, change));
        assert_eq!(enough, None, "{was} to {least}");
        let higher = Version {
            major: ok.major + 1,
            ..ok
        };
        assert_eq!(refusal(&old, &at(&higher.to_string(), change)), None);
        let lower = if ok.patch > 0 {
            Version {
                patch: ok.patch - 1,
                ..ok
            }
        } else if ok.minor > 0 {
            Version {
                minor: ok.minor - 1,
                patch: 99,
                ..ok
            }
        } else {
            Version {
                major: ok.major - 1,
                minor: 99,
                ..ok
            }
        };
        let refused = refusal(&old, &at(&lower.to_string(), change)).unwrap();
        assert!(refused.contains(was), "{refused}");
        if was != least {
            assert!(
                refused.contains(&format!("to {least} or higher")),
                "{refused}"
            );
            assert!(refused.contains("#/components/schemas/"), "{refused}");
        }
    }
    for wrong in ["1", "1.2", "1.2.3.4", "1.2.x", "1.2.3-rc.1", ""] {
        assert!(wrong.parse::<Version>().is_err(), "{wrong}");
    }
}

/// A small document with everything that the rules are about.
fn base() -> Value {
    let problem = json!({"description": "No", "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/Problem"}},
    }});
    json!({
        "openapi": "3.0.0",
        "info": {"title": "Things", "version": "1.0.0"},
        "servers": [{"url": "/api/v1"}, {"url": "/"}],
        "paths": {
            "/things": {
                "get": {
                    "tags": ["Things"],
                    "operationId": "list_things",
                    "parameters": [
                        {"name": "limit", "in": "query", "required": false, "explode": true, "schema": {
                            "type": "integer", "format": "uint32", "default": 20, "minimum": 1, "maximum": 100,
                        }},
                        {"name": "kind", "in": "query", "required": true, "schema": {"$ref": "#/components/schemas/Kind"}},
                    ],
                    "responses": {
                        "200": {"description": "Them", "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Page"}},
                        }},
                        "500": problem,
                    },
                },
                "post": {
                    "tags": ["Things"],
                    "operationId": "create_thing",
                    "requestBody": {"required": true, "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/New"}},
                        "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/New"}},
                    }},
                    "responses": {
                        "201": {
                            "description": "Made",
                            "headers": {
                                "Location": {"required": true, "schema": {"type": "string"}},
                                "X-Note": {"required": false, "schema": {"type": "string"}},
                            },
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                        },
                        "202": {"description": "Later"},
                        "400": problem,
                    },
                    "security": [{"bearer": []}, {"key": ["read", "write"]}],
                },
            },
            "/things/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "delete": {
                    "tags": ["Things"],
                    "operationId": "delete_thing",
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Why"}}}},
                    "responses": {"204": {"description": "Gone"}},
                },
            },
        },
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            },
            "schemas": {
                "New": {
                    "type": "object",
                    "required": ["name"],
                    "additionalProperties": false,
                    "properties": {
                        "name": {"type": "string", "minLength": 3, "maxLength": 50, "pattern": "^[a-z]+$"},
                        "note": {"type": "string", "nullable": true},
                        "kind": {"description": "Its kind", "allOf": [
                            {"$ref": "#/components/schemas/Kind"}, {"description": "Its kind"},
                        ]},
                        "size": {"type": "number", "multipleOf": 2},
                        "tags": {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 10}},
                    },
                },
                "Why": {"oneOf": [
                    {"$ref": "#/components/schemas/Because"},
                    {"type": "string"},
                ]},
                "Because": {"type": "object", "properties": {"why": {"$ref": "#/components/schemas/Why"}}},
                "Kind": {"type": "string", "enum": ["big", "small"]},
                "Thing": {
                    "type": "object",
                    "required": ["id", "state", "parent"],
                    "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "note": {"type": "string", "maxLength": 50},
                        "count": {"type": "integer", "minimum": 0, "maximum": 9},
                        "state": {"allOf": [{"$ref": "#/components/schemas/State"}, {"description": "How it is"}]},
                        "parent": {"$ref": "#/components/schemas/Thing"},
                        "labels": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/State"}},
                        "strict": {"type": "object", "properties": {}, "additionalProperties": false},
                        "shape": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]},
                    },
                },
                "State": {"type": "string", "enum": ["new", "old"]},
                "Page": {"type": "object", "required": ["items"], "properties": {
                    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    "next": {"type": "string", "nullable": true},
                }},
                "Problem": {"type": "object", "required": ["error_code"], "properties": {
                    "error_code": {"$ref": "#/components/schemas/ErrorCode"},
                }},
                "ErrorCode": {"type": "string", "enum": ["A", "B"]},
            },
        },
    })
}

fn schema<'v>(document: &'v mut Value, name: &str) -> &'v mut Value {
    &mut document["components"]["schemas"][name]
}

fn member<'v>(document: &'v mut Value, name: &str, member: &str) -> &'v mut Value {
    &mut schema(document, name)["properties"][member]
}

fn list(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/things"]["get"]
}

fn create(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/things"]["post"]
}

fn delete(document: &mut Value) -> &mut Value {
    &mut document["paths"]["/things/{id}"]["delete"]
}

fn push(list: &mut Value, value: impl Into<Value>) {
    list.as_array_mut().unwrap().push(value.into());
}

/// Takes a member of an object, or an element of an array, away.
fn take(value: &mut Value, key: &str) -> Value {
    let taken = match value {
        Value::Object(members) => members.shift_remove(key),
        Value::Array(all) => {
            let at = all.iter().position(|one| *one == key);
            at.map(|at| all.remove(at))
        }
        _ => None,
    };
    taken.expect(key)
}

/// A change of the small document, and what is found when it is made, and when it is taken back.
type Case = (
    fn(&mut Value),
    &'static [&'static str],
    &'static [&'static str],
);

/// Makes each change and takes it back.
fn hold(cases: &[Case]) {
    for (number, (change, made, taken_back)) in cases.iter().enumerate() {
        let old = base();
        let mut new = base();
        change(&mut new);
        assert_ne!(old, new, "case {number} changes nothing");
        let texts = |found: Vec<Finding>| -> Vec<String> {
            found.iter().map(ToString::to_string).collect()
        };
        assert_eq!(texts(findings(&old, &new)), *made, "case {number}, made");
        let back = texts(findings(&new, &old));
        assert_eq!(back, *taken_back, "case {number}, taken back");
    }
}

#[test]
fn operations_and_their_names_stay() {
    hold(&[
        (
            |d| drop(take(&mut d["paths"], "/things/{id}")),
            &["#/paths/~1things~1{id}: the path is gone"],
            &[],
        ),
        (
            |d| drop(take(&mut d["paths"]["/things"], "post")),
            &["#/paths/~1things/post: the operation is gone"],
            &[],
        ),
        (
            |d| list(d)["operationId"] = "get_things".into(),
            &[
                "#/paths/~1things/get: the operation was called `list_things` and is called `get_things`",
            ],
            &[
                "#/paths/~1things/get: the operation was called `get_things` and is called `list_things`",
            ],
        ),
        (
            |d| list(d)["tags"] = json!(["Objects"]),
            &["#/paths/~1things/get: the first tag was `Things` and is `Objects`"],
            &["#/paths/~1things/get: the first tag was `Objects` and is `Things`"],
        ),
        (
            |d| drop(d["servers"].as_array_mut().unwrap().remove(0)),
            &["#/servers: the server `/api/v1` is gone"],
            &[],
        ),
        (|d| d["servers"].as_array_mut().unwrap().reverse(), &[], &[]),
        (
            |d| list(d)["callbacks"] = json!({}),
            &["#/paths/~1things/get: `callbacks` has changed, which can't be judged"],
            &["#/paths/~1things/get: `callbacks` has changed, which can't be judged"],
        ),
        (|d| list(d)["x-internal"] = true.into(), &[], &[]),
        (|d| list(d)["deprecated"] = true.into(), &[], &[]),
    ]);
}

#[test]
fn types_keep_their_names() {
    hold(&[
        // Nothing else is said of what uses it.
        (
            |d| {
                let state = take(&mut d["components"]["schemas"], "State");
                *schema(d, "Condition") = state;
                let name = json!({"$ref": "#/components/schemas/Condition"});
                *member(d, "Thing", "state") = name.clone();
                member(d, "Thing", "labels")["additionalProperties"] = name;
            },
            &["#/components/schemas/State: the schema is gone, and with it a type of clients"],
            &["#/components/schemas/Condition: the schema is gone, and with it a type of clients"],
        ),
        (
            |d| {
                *schema(d, "Condition") = schema(d, "State").clone();
                *member(d, "Thing", "state") = json!({"$ref": "#/components/schemas/Condition"});
            },
            &["#/components/schemas/Thing/properties/state: it was a `State` and is a `Condition`"],
            &["#/components/schemas/Condition: the schema is gone, and with it a type of clients"],
        ),
    ]);
}

#[test]
fn nobody_needs_other_credentials() {
    hold(&[
        (
            |d| list(d)["security"] = json!([{"bearer": []}]),
            &["#/paths/~1things/get: it was open to everybody and wants credentials"],
            &[],
        ),
        (|d| list(d)["security"] = json!([]), &[], &[]),
        (
            |d| list(d)["security"] = json!([{}, {"bearer": []}]),
            &[],
            &[],
        ),
        (
            |d| d["security"] = json!([{"bearer": []}]),
            &[
                "#/paths/~1things/get: it was open to everybody and wants credentials",
                "#/paths/~1things~1{id}/delete: it was open to everybody and wants credentials",
            ],
            &[],
        ),
        (
            |d| create(d)["security"] = json!([{"bearer": []}]),
            &[r#"#/paths/~1things/post: {"key":["read","write"]} is not enough any more"#],
            &[],
        ),
        (
            |d| create(d)["security"] = json!([{"bearer": []}, {"key": ["read"]}]),
            &[],
            &[r#"#/paths/~1things/post: {"key":["read"]} is not enough any more"#],
        ),
        (
            |d| d["components"]["securitySchemes"]["key"]["name"] = "X-Other".into(),
            &["#/components/securitySchemes/key: `name` has changed, which can't be judged"],
            &["#/components/securitySchemes/key: `name` has changed, which can't be judged"],
        ),
    ]);
}

#[test]
fn parameters_are_taken_as_before() {
    hold(&[
        (
            |d| drop(list(d)["parameters"].as_array_mut().unwrap().remove(0)),
            &["#/paths/~1things/get/parameters/query/limit: the parameter is gone"],
            &[],
        ),
        (
            |d| drop(list(d)["parameters"].as_array_mut().unwrap().remove(1)),
            &["#/paths/~1things/get/parameters/query/kind: the parameter is gone"],
            &["#/paths/~1things/get/parameters/query/kind: the parameter is new and required"],
        ),
        (
            |d| list(d)["parameters"][0]["required"] = true.into(),
            &[
                "#/paths/~1things/get/parameters/query/limit: the parameter was optional and is required",
            ],
            &[],
        ),
        (
            |d| list(d)["parameters"][0]["explode"] = false.into(),
            &[
                "#/paths/~1things/get/parameters/query/limit: the parameter is written in another way",
            ],
            &[
                "#/paths/~1things/get/parameters/query/limit: the parameter is written in another way",
            ],
        ),
        // What holds when nothing is said.
        (
            |d| drop(take(&mut list(d)["parameters"][0], "explode")),
            &[],
            &[],
        ),
        (
            |d| list(d)["parameters"][0]["schema"]["maximum"] = 50.into(),
            &[
                "#/paths/~1things/get/parameters/query/limit: in requests, `maximum` was 100 and is 50",
            ],
            &[],
        ),
        (
            |d| list(d)["parameters"][0]["schema"]["exclusiveMaximum"] = true.into(),
            &[
                "#/paths/~1things/get/parameters/query/limit: in requests, `exclusiveMaximum` was not there and is true",
            ],
            &[],
        ),
        (
            |d| list(d)["parameters"][0]["schema"]["minimum"] = 2.into(),
            &["#/paths/~1things/get/parameters/query/limit: in requests, `minimum` was 1 and is 2"],
            &[],
        ),
        (
            |d| list(d)["parameters"][0]["schema"]["default"] = 30.into(),
            &[
                "#/paths/~1things/get/parameters/query/limit: in requests, `default` was 20 and is 30",
            ],
            &[
                "#/paths/~1things/get/parameters/query/limit: in requests, `default` was 30 and is 20",
            ],
        ),
        (
            |d| drop(take(&mut list(d)["parameters"][0]["schema"], "default")),
            &[
                "#/paths/~1things/get/parameters/query/limit: in requests, `default` was 20 and is not there",
            ],
            &[],
        ),
        (
            |d| d["paths"]["/things/{id}"]["parameters"][0]["schema"]["format"] = "uuid".into(),
            &[
                r#"#/paths/~1things~1{id}/delete/parameters/path/id: in requests, `format` was not there and is "uuid""#,
            ],
            &[],
        ),
        // It makes no difference where a parameter stands, or in what order.
        (
            |d| delete(d)["parameters"] = take(&mut d["paths"]["/things/{id}"], "parameters"),
            &[],
            &[],
        ),
        (
            |d| list(d)["parameters"].as_array_mut().unwrap().reverse(),
            &[],
            &[],
        ),
    ]);
}

#[test]
fn bodies_are_taken_as_before() {
    hold(&[
        (
            |d| drop(take(create(d), "requestBody")),
            &["#/paths/~1things/post/requestBody: no body is taken any more"],
            &["#/paths/~1things/post/requestBody: a body was optional and is required"],
        ),
        (
            |d| create(d)["requestBody"]["required"] = false.into(),
            &[],
            &["#/paths/~1things/post/requestBody: a body was optional and is required"],
        ),
        (
            |d| {
                drop(take(
                    &mut create(d)["requestBody"]["content"],
                    "application/x-www-form-urlencoded",
                ));
            },
            &[
                "#/paths/~1things/post/requestBody/content/application~1x-www-form-urlencoded: bodies of this type are not taken any more",
            ],
            &[],
        ),
        (
            |d| drop(take(&mut schema(d, "New")["properties"], "note")),
            &["#/components/schemas/New/properties/note: in requests, the member is gone"],
            &[],
        ),
        (
            |d| {
                *member(d, "New", "more") = json!({"type": "string"});
                push(&mut schema(d, "New")["required"], "more");
            },
            &["#/components/schemas/New/properties/more: in requests, the member is required now"],
            &["#/components/schemas/New/properties/more: in requests, the member is gone"],
        ),
        (
            |d| push(&mut schema(d, "New")["required"], "note"),
            &["#/components/schemas/New/properties/note: in requests, the member is required now"],
            &[],
        ),
        (
            |d| drop(take(schema(d, "New"), "additionalProperties")),
            &[],
            &["#/components/schemas/New: in requests, members of other names are refused now"],
        ),
        (
            |d| member(d, "New", "size")["type"] = "integer".into(),
            &[
                r#"#/components/schemas/New/properties/size: in requests, `type` was "number" and is "integer""#,
            ],
            &[],
        ),
        (
            |d| member(d, "New", "note")["type"] = "boolean".into(),
            &[
                r#"#/components/schemas/New/properties/note: in requests, `type` was "string" and is "boolean""#,
            ],
            &[
                r#"#/components/schemas/New/properties/note: in requests, `type` was "boolean" and is "string""#,
            ],
        ),
        (
            |d| member(d, "New", "size")["multipleOf"] = 4.into(),
            &["#/components/schemas/New/properties/size: in requests, `multipleOf` was 2 and is 4"],
            &[],
        ),
        (
            |d| drop(take(member(d, "New", "note"), "nullable")),
            &["#/components/schemas/New/properties/note: requests can't say null any more"],
            &[],
        ),
        // Where a schema is used null may be allowed too.
        (
            |d| member(d, "New", "kind")["nullable"] = true.into(),
            &[],
            &["#/components/schemas/New/properties/kind: requests can't say null any more"],
        ),
        (
            |d| drop(take(&mut schema(d, "Kind")["enum"], "small")),
            &[r#"#/components/schemas/Kind: "small" is not taken any more"#],
            &[],
        ),
        (
            |d| drop(take(schema(d, "Kind"), "enum")),
            &[],
            &[
                r#"#/components/schemas/Kind: in requests, `enum` was not there and is ["big","small"]"#,
            ],
        ),
        (
            |d| member(d, "New", "name")["maxLength"] = 40.into(),
            &[
                "#/components/schemas/New/properties/name: in requests, `maxLength` was 50 and is 40",
            ],
            &[],
        ),
        (
            |d| drop(take(member(d, "New", "name"), "maxLength")),
            &[],
            &[
                "#/components/schemas/New/properties/name: in requests, `maxLength` was not there and is 50",
            ],
        ),
        (
            |d| member(d, "New", "name")["minLength"] = 4.into(),
            &["#/components/schemas/New/properties/name: in requests, `minLength` was 3 and is 4"],
            &[],
        ),
        (
            |d| member(d, "New", "note")["minLength"] = 0.into(),
            &[],
            &[],
        ),
        (
            |d| member(d, "New", "name")["pattern"] = "^[a-z0-9]+$".into(),
            &[
                r#"#/components/schemas/New/properties/name: in requests, `pattern` was "^[a-z]+$" and is "^[a-z0-9]+$""#,
            ],
            &[
                r#"#/components/schemas/New/properties/name: in requests, `pattern` was "^[a-z0-9]+$" and is "^[a-z]+$""#,
            ],
        ),
        (
            |d| drop(take(member(d, "New", "name"), "pattern")),
            &[],
            &[
                r#"#/components/schemas/New/properties/name: in requests, `pattern` was not there and is "^[a-z]+$""#,
            ],
        ),
        (
            |d| member(d, "New", "tags")["maxItems"] = 4.into(),
            &["#/components/schemas/New/properties/tags: in requests, `maxItems` was 5 and is 4"],
            &[],
        ),
        (
            |d| member(d, "New", "tags")["uniqueItems"] = true.into(),
            &[
                "#/components/schemas/New/properties/tags: in requests, `uniqueItems` was not there and is true",
            ],
            &[],
        ),
        (
            |d| member(d, "New", "tags")["items"]["maxLength"] = 9.into(),
            &[
                "#/components/schemas/New/properties/tags/items: in requests, `maxLength` was 10 and is 9",
            ],
            &[],
        ),
        (
            |d| member(d, "New", "name")["not"] = json!({"enum": ["x"]}),
            &["#/components/schemas/New/properties/name: `not` has changed, which can't be judged"],
            &["#/components/schemas/New/properties/name: `not` has changed, which can't be judged"],
        ),
        (
            |d| push(&mut schema(d, "Why")["oneOf"], json!({"type": "boolean"})),
            &[],
            &["#/components/schemas/Why: in requests, alternative 2 is not taken any more"],
        ),
        (
            |d| schema(d, "Why")["oneOf"].as_array_mut().unwrap().reverse(),
            &[],
            &[],
        ),
        // What is said in pieces is what the pieces say.
        (
            |d| {
                let name = take(member(d, "New", "name"), "pattern");
                *member(d, "New", "name") = json!({"allOf": [
                    {"type": "string", "maxLength": 70},
                    {"type": "string", "minLength": 3, "maxLength": 50},
                    {"pattern": name},
                ]});
            },
            &[],
            &[],
        ),
    ]);
}

#[test]
fn answers_are_what_clients_expect() {
    hold(&[
        (
            |d| drop(take(&mut create(d)["responses"], "202")),
            &["#/paths/~1things/post/responses/202: this success is gone"],
            &["#/paths/~1things/post/responses/202: this success is new"],
        ),
        (|d| drop(take(&mut create(d)["responses"], "400")), &[], &[]),
        (
            |d| {
                let content = &mut create(d)["responses"]["201"]["content"];
                content["text/plain"] = take(content, "application/json");
            },
            &[
                "#/paths/~1things/post/responses/201/content/application~1json: no answer is of this type any more",
                "#/paths/~1things/post/responses/201/content/text~1plain: answers of this type are new",
            ],
            &[
                "#/paths/~1things/post/responses/201/content/text~1plain: no answer is of this type any more",
                "#/paths/~1things/post/responses/201/content/application~1json: answers of this type are new",
            ],
        ),
        // Who reads no body is not disturbed by one.
        (
            |d| create(d)["responses"]["202"]["content"] = json!({"application/json": {}}),
            &[],
            &[
                "#/paths/~1things/post/responses/202/content/application~1json: no answer is of this type any more",
            ],
        ),
        (
            |d| {
                drop(take(
                    &mut create(d)["responses"]["201"]["headers"],
                    "X-Note",
                ));
            },
            &["#/paths/~1things/post/responses/201/headers/X-Note: the header is gone"],
            &[],
        ),
        (
            |d| create(d)["responses"]["201"]["headers"]["Location"]["required"] = false.into(),
            &[
                "#/paths/~1things/post/responses/201/headers/Location: the header was always there and may be missing",
            ],
            &[],
        ),
        (
            |d| {
                let headers = &mut create(d)["responses"]["201"]["headers"];
                headers["x-note"] = take(headers, "X-Note");
            },
            &[],
            &[],
        ),
        (
            |d| {
                create(d)["responses"]["201"]["headers"]["X-Note"]["schema"]["type"] =
                    "integer".into();
            },
            &[
                r#"#/paths/~1things/post/responses/201/headers/X-Note: in answers, `type` was "string" and is "integer""#,
            ],
            &[
                r#"#/paths/~1things/post/responses/201/headers/X-Note: in answers, `type` was "integer" and is "string""#,
            ],
        ),
        (
            |d| drop(take(&mut schema(d, "Thing")["properties"], "note")),
            &["#/components/schemas/Thing/properties/note: in answers, the member is gone"],
            &[],
        ),
        // Told once, although it was required too.
        (
            |d| {
                take(&mut schema(d, "Thing")["properties"], "id");
                take(&mut schema(d, "Thing")["required"], "id");
            },
            &["#/components/schemas/Thing/properties/id: in answers, the member is gone"],
            &[],
        ),
        (
            |d| drop(take(&mut schema(d, "Thing")["required"], "id")),
            &[
                "#/components/schemas/Thing/properties/id: in answers, the member was always there and may be missing",
            ],
            &[],
        ),
        (
            |d| push(&mut schema(d, "State")["enum"], "odd"),
            &[r#"#/components/schemas/State: "odd" is new in answers"#],
            &[],
        ),
        (
            |d| push(&mut schema(d, "ErrorCode")["enum"], "C"),
            &[r#"#/components/schemas/ErrorCode: "C" is new in answers, which grow in this"#],
            &[],
        ),
        (
            |d| member(d, "Thing", "id")["nullable"] = true.into(),
            &["#/components/schemas/Thing/properties/id: answers may say null now"],
            &[],
        ),
        (
            |d| member(d, "Thing", "state")["nullable"] = true.into(),
            &["#/components/schemas/Thing/properties/state: answers may say null now"],
            &[],
        ),
        (
            |d| drop(take(member(d, "Thing", "id"), "format")),
            &[
                r#"#/components/schemas/Thing/properties/id: in answers, `format` was "uuid" and is not there"#,
            ],
            &[],
        ),
        (
            |d| member(d, "Thing", "note")["maxLength"] = 60.into(),
            &[
                "#/components/schemas/Thing/properties/note: in answers, `maxLength` was 50 and is 60",
            ],
            &[],
        ),
        (
            |d| member(d, "Thing", "count")["type"] = "number".into(),
            &[
                r#"#/components/schemas/Thing/properties/count: in answers, `type` was "integer" and is "number""#,
            ],
            &[],
        ),
        (
            |d| drop(take(member(d, "Thing", "count"), "minimum")),
            &[
                "#/components/schemas/Thing/properties/count: in answers, `minimum` was 0 and is not there",
            ],
            &[],
        ),
        // What is allowed by default is nothing to an answer.
        (
            |d| member(d, "Thing", "note")["default"] = "x".into(),
            &[],
            &[],
        ),
        (
            |d| {
                let items = &mut member(d, "Page", "items")["items"];
                *items = json!({"$ref": "#/components/schemas/Problem"});
            },
            &[
                "#/components/schemas/Page/properties/items/items: it was a `Thing` and is a `Problem`",
                "#/components/schemas/Thing/properties/id: in answers, the member is gone",
                "#/components/schemas/Thing/properties/note: in answers, the member is gone",
                "#/components/schemas/Thing/properties/count: in answers, the member is gone",
                "#/components/schemas/Thing/properties/state: in answers, the member is gone",
                "#/components/schemas/Thing/properties/parent: in answers, the member is gone",
                "#/components/schemas/Thing/properties/labels: in answers, the member is gone",
                "#/components/schemas/Thing/properties/strict: in answers, the member is gone",
                "#/components/schemas/Thing/properties/shape: in answers, the member is gone",
            ],
            &[
                "#/components/schemas/Page/properties/items/items: it was a `Problem` and is a `Thing`",
                "#/components/schemas/Problem/properties/error_code: in answers, the member is gone",
            ],
        ),
        (
            |d| member(d, "Thing", "labels")["additionalProperties"] = json!({"type": "string"}),
            &[
                r#"#/components/schemas/Thing/properties/labels/additionalProperties: in answers, `enum` was ["new","old"] and is not there"#,
            ],
            &[],
        ),
        (
            |d| drop(take(member(d, "Thing", "strict"), "additionalProperties")),
            &[
                "#/components/schemas/Thing/properties/strict: in answers, members of any name may come now",
            ],
            &[],
        ),
        (
            |d| member(d, "Thing", "strict")["properties"]["x"] = json!({"type": "string"}),
            &[
                "#/components/schemas/Thing/properties/strict/properties/x: in answers, the member is new where there were to be no others",
            ],
            &[
                "#/components/schemas/Thing/properties/strict/properties/x: in answers, the member is gone",
            ],
        ),
        (
            |d| {
                push(
                    &mut member(d, "Thing", "shape")["anyOf"],
                    json!({"type": "string"}),
                );
            },
            &["#/components/schemas/Thing/properties/shape: in answers, alternative 2 is new"],
            &[],
        ),
        // A new member is for those who know of it.
        (
            |d| *member(d, "Thing", "more") = json!({"type": "string"}),
            &[],
            &["#/components/schemas/Thing/properties/more: in answers, the member is gone"],
        ),
    ]);
}

/// What is taken and answered must allow the one and the other.
#[test]
fn a_schema_of_requests_and_answers_is_held_to_both() {
    let both = |kinds: Value| {
        let mut document = base();
        *member(&mut document, "Thing", "kind") = json!({"$ref": "#/components/schemas/Kind"});
        schema(&mut document, "Kind")["enum"] = kinds;
        document
    };
    let (few, many) = (both(json!(["big"])), both(json!(["big", "small"])));
    let one = |old: &Value, new: &Value| {
        let found = findings(old, new);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].to_string()
    };
    let kind = "#/components/schemas/Kind";
    assert_eq!(
        one(&few, &many),
        format!("{kind}: \"small\" is new in answers")
    );
    let gone = format!("{kind}: \"small\" is not taken any more");
    assert_eq!(one(&many, &few), gone);
}

/// However often it is used, and although it holds itself.
#[test]
fn what_is_wrong_with_a_schema_is_told_once() {
    let mut document = base();
    member(&mut document, "Thing", "id")["type"] = "integer".into();
    assert_eq!(findings(&base(), &document).len(), 1);
    // A change deep in a schema that holds itself by alternatives is found as well.
    let mut document = base();
    let why = json!({"type": "object", "properties": {}});
    *schema(&mut document, "Because") = why;
    let found: Vec<String> = findings(&base(), &document)
        .iter()
        .map(ToString::to_string)
        .collect();
    let lost = "#/components/schemas/Why: in requests, alternative 0 is not taken any more";
    assert_eq!(found, [lost]);
}

/// No schema of it is out of reach.
#[test]
fn a_member_that_any_schema_of_the_published_document_loses_is_found() {
    // Without the texts, which are most of it.
    let document = plain(&DOCUMENT, false);
    let mut tried = 0;
    for (name, of) in document["components"]["schemas"].as_object().unwrap() {
        let members = of["properties"].as_object();
        let Some(member) = members.and_then(|all| all.keys().next()) else {
            continue;
        };
        let mut new = document.clone();
        take(&mut schema(&mut new, name)["properties"], member);
        let path = format!("#/components/schemas/{name}/properties/{member}");
        let found = findings(&document, &new);
        let is_found = found.iter().any(|one| one.path == path);
        assert!(is_found, "{path}: {found:?}");
        tried += 1;
    }
    assert!(tried > 0);
}
