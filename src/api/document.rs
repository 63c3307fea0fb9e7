//! The OpenAPI document: generated from the types, completed with what the generator can't say.

mod links;

use std::collections::{BTreeSet, HashMap};
use std::marker::PhantomData;

use poem::endpoint::BoxEndpoint;
use poem::http::Method;
use poem_openapi::registry::{MetaApi, Registry};
use poem_openapi::types::ToJSON;
use poem_openapi::{ExtraHeader, LicenseObject, OpenApi, OpenApiService, ServerObject};
use serde_json::{Map, Value, json};

use super::described::{Meanings, enumerations};
use super::problem::{ErrorCode, Problem};
use super::status::VERSION;

/// The prefixes that the operations answer under; the first is the one to use.
pub const PREFIXES: [&str; 2] = ["/api/v1", "/"];

/// What readers of the document should know first, in Markdown.
const GUIDE: &str = include_str!("document/guide.md");

/// Stands for `T` where only its description is needed, and no services to answer with.
struct Described<T>(PhantomData<fn() -> T>);

impl<T: OpenApi> OpenApi for Described<T> {
    fn meta() -> Vec<MetaApi> {
        T::meta()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn add_routes(self, _: &mut HashMap<String, HashMap<Method, BoxEndpoint<'static>>>) {}
}

/// The generator's own documents and pages for the operations of `T`.
fn generator<T: OpenApi>() -> OpenApiService<impl OpenApi, ()> {
    let service = OpenApiService::new(Described::<T>(PhantomData), "Countersign", VERSION)
        .description(GUIDE)
        .license(
            LicenseObject::new("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0"),
        )
        .extra_response_header::<String, _>(
            ExtraHeader::new("X-Request-Id").description("Names this request in the log."),
        );
    let [preferred, short] = PREFIXES;
    service
        .server(ServerObject::new(preferred).description("The address to use."))
        .server(ServerObject::new(short).description("The same, for those who like it short."))
}

/// The OpenAPI document of an API, and the pages that show it.
pub struct Document {
    generated: String,
    json: String,
    yaml: String,
    /// A page is over a megabyte, so it is written when it is asked for.
    swagger_ui: fn() -> String,
    redoc: fn() -> String,
}

impl Document {
    /// The document of the operations of `T`.
    ///
    /// # Errors
    /// When the generator writes what can't be read; a test shows that it does not.
    pub fn of<T: OpenApi>() -> Result<Self, serde_json::Error> {
        let generated = generator::<T>().spec();
        let completed = completed(&generated)?;
        Ok(Self {
            yaml: serde_yaml::to_string(&completed).map_err(serde::de::Error::custom)?,
            json: serde_json::to_string_pretty(&completed)? + "\n",
            generated,
            swagger_ui: || generator::<T>().swagger_ui_html(),
            redoc: || generator::<T>().redoc_html(),
        })
    }

    /// The document as JSON.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The document as YAML.
    #[must_use]
    pub fn yaml(&self) -> &str {
        &self.yaml
    }

    /// The page of Swagger UI.
    #[must_use]
    pub fn swagger_ui(&self) -> String {
        self.shown_by(&(self.swagger_ui)())
    }

    /// The page of ReDoc.
    #[must_use]
    pub fn redoc(&self) -> String {
        self.shown_by(&(self.redoc)())
    }

    /// Puts the completed document into a page in the place of the generated one.
    fn shown_by(&self, page: &str) -> String {
        // The document stands in a script there, and nothing in it may end that script.
        let embedded = self.json.replace('<', "\\u003c");
        page.replacen(&self.generated, &embedded, 1)
    }
}

fn completed(generated: &str) -> Result<Value, serde_json::Error> {
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
    document["components"]["securitySchemes"][PASSWORD_SCHEME] = password_scheme();
    // The generator sorts them by name; they read better in the order of their operations.
    if let Some(listed) = document.get_mut("tags").and_then(Value::as_array_mut) {
        listed.sort_by_key(|tag| tags.iter().position(|used| Some(used) == tag.get("name")));
    }
    for name in request_schemas {
        let schema = document.pointer_mut(&format!("/components/schemas/{name}"));
        if let Some(schema) = schema.and_then(Value::as_object_mut) {
            // The generator can't say it, but unknown members are refused.
            schema.insert("additionalProperties".to_owned(), false.into());
        }
    }
    describe_values(&mut document);
    Ok(document)
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

fn request_schemas_of(operation: &Value) -> Vec<String> {
    let contents = operation
        .pointer("/requestBody/content")
        .and_then(Value::as_object);
    contents
        .into_iter()
        .flat_map(Map::values)
        .filter_map(|content| content.pointer("/schema/$ref")?.as_str())
        .filter_map(|reference| reference.rsplit('/').next())
        .map(str::to_owned)
        .collect()
}
