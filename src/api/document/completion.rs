//! What the generator can't say of the operations: it is added to the document that it writes.

use std::collections::BTreeSet;

use poem_openapi::types::ToJSON;
use serde_json::{Map, Value, json};

use super::enumerations::{Meanings, enumerations};
use super::{PREFIXES, links};
use crate::api::problem::{ErrorCode, Problem};
use crate::api::rules::NO_CONTROLS;

/// The generated document, and what the generator can't say.
///
/// # Errors
/// When the generator writes what can't be read.
pub(super) fn completed(generated: &str) -> Result<Value, serde_json::Error> {
    let mut document: Value = serde_json::from_str(generated)?;

    let mut request_schemas = BTreeSet::new();
    let mut tags = Vec::new();
    for operation in operations(&mut document) {
        tags.extend(operation.pointer("/tags/0").cloned());
        complete_examples(operation);
        complete_security(operation);
        tidy_responses(operation);
        links::complete(operation);
        request_schemas.extend(request_schemas_of(operation));
    }
    let schemes = document.pointer_mut("/components/securitySchemes");
    if let Some(schemes) = schemes.and_then(Value::as_object_mut) {
        schemes.insert(PASSWORD_SCHEME.to_owned(), password_scheme());
    }
    // The generator sorts them by name; they read better in the order of their operations.
    if let Some(listed) = document.get_mut("tags").and_then(Value::as_array_mut) {
        listed.sort_by_key(|tag| tags.iter().position(|used| Some(used) == tag.get("name")));
    }
    tidy_schemas(&mut document);
    for (name, media_type) in request_schemas {
        let schema = document.pointer_mut(&format!("/components/schemas/{name}"));
        if let Some(schema) = schema.and_then(Value::as_object_mut) {
            if media_type == JSON {
                // The generator can't say it, but unknown members are refused; those of a form are passed over.
                schema.insert("additionalProperties".to_owned(), false.into());
            }
            let members = schema.get_mut("properties").and_then(Value::as_object_mut);
            members
                .into_iter()
                .flat_map(Map::values_mut)
                .for_each(refuse_controls);
        }
    }
    describe_values(&mut document);
    Ok(document)
}

/// Says of a member that is a text what is refused in every text, unless its own rule says so.
fn refuse_controls(member: &mut Value) {
    if let Some(schema) = member.as_object_mut()
        && schema.get("type").is_some_and(|kind| kind == "string")
        && !schema.contains_key("enum")
    {
        schema
            .entry("pattern")
            .or_insert_with(|| NO_CONTROLS.into());
    }
}

/// Says in the description of each enumeration what its values mean: the generator only lists them.
fn describe_values(document: &mut Value) {
    fn describe(schema: &mut Value, enumerations: &[Meanings]) {
        let meanings = schema
            .get("enum")
            .and_then(Value::as_array)
            .and_then(|values| {
                let has = |meanings: &&Meanings| meanings.iter().map(|(value, _)| value).eq(values);
                enumerations.iter().find(has)
            });
        if let (Some(meanings), Some(schema)) = (meanings, schema.as_object_mut()) {
            let lines = meanings
                .iter()
                .map(|(value, meaning)| format!("\n- `{value}`: {meaning}"));
            let about = schema.get("description").and_then(Value::as_str);
            let about = about.unwrap_or_default().to_owned() + "\n" + &lines.collect::<String>();
            schema.insert("description".to_owned(), about.into());
        }
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        for property in properties.into_iter().flat_map(Map::values_mut) {
            describe(property, enumerations);
        }
    }
    let enumerations = enumerations();
    let schemas = document.pointer_mut("/components/schemas");
    let schemas = schemas.and_then(Value::as_object_mut);
    for schema in schemas.into_iter().flat_map(Map::values_mut) {
        describe(schema, &enumerations);
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    document
        .get_mut("paths")
        .and_then(Value::as_object_mut)
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
}

/// The media type of JSON.
const JSON: &str = "application/json";

/// The name of the way to get an access token that tools can go by themselves.
const PASSWORD_SCHEME: &str = "password";

/// How tools get an access token from what a person types in: by the password form of OAuth 2.0, which
/// `POST /auth/login` takes. It is no other way to be known than by the access token, so no type stands for it.
fn password_scheme() -> Value {
    json!({
        "type": "oauth2",
        "description": "Logs in with an e-mail address or user name and a password, and shows the access token of \
                        that session. Leave the client's id and secret empty.",
        "flows": { "password": { "tokenUrl": format!("{}/auth/login", PREFIXES[0]), "scopes": {} } },
    })
}

/// Says of an operation that wants an access token that there are two ways to one, and of any other that it wants none.
fn complete_security(operation: &mut Value) {
    if let Some(operation) = operation.as_object_mut() {
        let ways = operation.entry("security").or_insert_with(|| json!([]));
        if let Some(ways) = ways.as_array_mut().filter(|ways| !ways.is_empty()) {
            ways.push(json!({ PASSWORD_SCHEME: [] }));
        }
    }
}

/// Leaves out of schemas what programs that read them stumble over: beside a reference that has a description,
/// the generator writes it as one more schema, and whole numbers as fractions.
fn tidy_schemas(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let description = members.get("description").cloned();
            if let Some(parts) = members.get_mut("allOf").and_then(Value::as_array_mut) {
                parts.retain(|part| *part != json!({ "description": description }));
            }
            for bound in ["minimum", "maximum"] {
                let number = members.get(bound).map(Value::to_string);
                let whole = number.and_then(|text| text.strip_suffix(".0")?.parse::<i64>().ok());
                if let Some(whole) = whole {
                    members.insert(bound.to_owned(), whole.into());
                }
            }
            members.values_mut().for_each(tidy_schemas);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy_schemas),
        _ => {}
    }
}

/// Puts the responses in the order of their statuses, and writes header names and JSON's media type as people do.
fn tidy_responses(operation: &mut Value) {
    let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    responses.sort_keys();
    for response in responses.values_mut() {
        if let Some(headers) = response.get_mut("headers").and_then(Value::as_object_mut) {
            *headers = std::mem::take(headers)
                .into_iter()
                .map(|(name, header)| (usual_case(&name), header))
                .collect();
        }
        if let Some(contents) = response.get_mut("content").and_then(Value::as_object_mut) {
            *contents = std::mem::take(contents)
                .into_iter()
                .map(|(kind, content)| match kind.strip_prefix(JSON) {
                    // JSON is UTF-8 whatever stands behind it (RFC 8259 section 8.1), and clients look for the bare name.
                    Some(_) => (JSON.to_owned(), content),
                    None => (kind, content),
                })
                .collect();
        }
    }
}

/// `RETRY-AFTER`, as the generator has it, as `Retry-After`.
fn usual_case(header: &str) -> String {
    let parts = header
        .split('-')
        .map(|part| match (part, part.split_at_checked(1)) {
            ("ETAG", _) => "ETag".to_owned(),
            ("WWW", _) | (_, None) => part.to_owned(),
            (_, Some((first, rest))) => format!("{first}{}", rest.to_lowercase()),
        });
    parts.collect::<Vec<_>>().join("-")
}

/// Gives an error response one example for each of the codes that its description names.
fn complete_examples(operation: &mut Value) {
    let responses = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (status, response) in responses.into_iter().flatten() {
        let description = response.get("description").and_then(Value::as_str);
        let examples: Map<String, Value> = codes_in(description.unwrap_or_default())
            .filter(|code| code.status().as_str() == status)
            .filter_map(|code| {
                let example = Problem::example_of(code).to_json()?;
                let name = example.get("error_code")?.as_str()?.to_owned();
                Some((name, json!({ "value": example })))
            })
            .collect();
        let contents = response.get_mut("content").and_then(Value::as_object_mut);
        for content in contents.into_iter().flat_map(Map::values_mut) {
            if let Some(content) = content.as_object_mut()
                && !examples.is_empty()
            {
                content.insert("examples".to_owned(), examples.clone().into());
            }
        }
    }
}

/// The error codes that a description names in backticks.
pub fn codes_in(description: &str) -> impl Iterator<Item = ErrorCode> {
    description
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(ErrorCode::named)
}

/// The schemas of bodies, and in which media type they come.
fn request_schemas_of(operation: &Value) -> Vec<(String, String)> {
    let contents = operation
        .pointer("/requestBody/content")
        .and_then(Value::as_object);
    contents
        .into_iter()
        .flatten()
        .filter_map(|(media_type, content)| {
            let reference = content.pointer("/schema/$ref")?.as_str()?;
            let name = reference.rsplit('/').next()?;
            Some((name.to_owned(), media_type.clone()))
        })
        .collect()
}
