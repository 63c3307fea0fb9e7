//! Reading request bodies: bounded in size and time, checked whole, all findings at once.
//!
//! A body passes three gates. It is parsed without losing anything (duplicate members survive). Its
//! members are held against the very schema that is published: required, known, of the right JSON type.
//! Then it becomes its Rust type, whose own rules speak (`validator`). A member that one gate blames is
//! replaced by an empty value for the next, so that the other members are judged all the same.

use std::any::TypeId;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use percent_encoding::percent_decode;
use poem::error::ReadBodyError;
use poem::http::StatusCode;
use poem::{IntoResponse, Request, RequestBody};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use secrecy::SecretString;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use tokio::time::Instant;
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::failure::Input;
use super::problem::{FieldError, FieldErrorCode, Flaw};
use crate::model::PasswordPolicy;

/// More findings than anybody reads are not sent.
const MAX_FINDINGS: usize = 32;
/// The most characters of a member's name that are repeated in a finding.
const MAX_NAME: usize = 64;
/// Parameter of a `validator` error of a whole struct that names the member to blame.
const FIELD: &str = "field";

/// The type of forms.
const FORM: &str = "application/x-www-form-urlencoded";

/// What bodies are held to, besides their own rules.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The largest body, in bytes.
    pub body_bytes: usize,
    /// Which passwords may be chosen.
    pub passwords: PasswordPolicy,
}

/// When the request at hand has to be done.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(pub Instant);

/// A type that a request body can be.
pub trait Body: Type + DeserializeOwned + Validate + Send + 'static {
    /// Whether members that are not known are passed over, and empty ones taken for missing: who speaks OAuth 2.0
    /// may send them (RFC 6749 section 3.2).
    const IS_OAUTH: bool = false;

    /// What speaks against a password that the body chooses.
    fn weaknesses(&self, _: PasswordPolicy) -> Vec<FieldError> {
        Vec::new()
    }
}

/// A flaw of the body as a whole that `field` is blamed for, in the form that `validator` carries.
pub(super) fn blame(field: &'static str, flaw: Flaw) -> validator::ValidationError {
    let mut error = validator::ValidationError::from(flaw);
    error.add_param(FIELD.into(), &field);
    error
}

/// A JSON body that kept all the rules.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody<T>(pub T);

/// A form body that kept all the rules.
#[derive(Clone, Copy, Debug)]
pub struct FormBody<T>(pub T);

impl<T: Body> Payload for JsonBody<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        is_type(content_type, Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Body> ParsePayload for JsonBody<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        receive(request, body, Members::from_json).await.map(Self)
    }
}

poem_openapi::impl_apirequest_for_payload!(JsonBody<T>, T: Body);

impl<T: Body> Payload for FormBody<T> {
    const CONTENT_TYPE: &'static str = FORM;

    fn check_content_type(content_type: &str) -> bool {
        is_type(content_type, Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Body> ParsePayload for FormBody<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        receive(request, body, Members::from_form).await.map(Self)
    }
}

/// Whether a `Content-Type` header names this type; the only character set is UTF-8.
fn is_type(header: &str, expected: &str) -> bool {
    let mut parts = header.split(';').map(str::trim);
    let named = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case(expected));
    named
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

/// The members of a form that a page of ours sends: all of `names`, each once, and no others. They may have any
/// characters, for the rules of whoever asked for them to judge: to a person, a browser shows what those say.
pub(super) async fn form<const N: usize>(
    request: &Request,
    body: &mut RequestBody,
    names: [&'static str; N],
) -> poem::Result<[SecretString; N]> {
    let limits = limits(request)?;
    let gates = async {
        if !request.content_type().is_some_and(|it| is_type(it, FORM)) {
            return Err(Input::unsupported_media_type());
        }
        let members = Members::from_form(&read(request, body, limits).await?)?;
        let mut findings = Vec::new();
        let mut texts = Shape::of_texts(names).check(members, &mut findings);
        if !findings.is_empty() {
            findings.truncate(MAX_FINDINGS);
            return Err(Input::invalid(findings));
        }
        Ok(names.map(|name| match texts.remove(name) {
            Some(Value::String(text)) => text.into(),
            // The shape has let only texts through, and all of them.
            _ => SecretString::default(),
        }))
    };
    gates.await.map_err(refused)
}

/// Takes a body through the three gates.
async fn receive<T: Body>(
    request: &Request,
    body: &mut RequestBody,
    parse: fn(&[u8]) -> Result<Members, Input>,
) -> poem::Result<T> {
    let limits = limits(request)?;
    let gates = async {
        let bytes = read(request, body, limits).await?;
        check(parse(&bytes)?, limits)
    };
    gates.await.map_err(refused)
}

fn limits(request: &Request) -> poem::Result<Limits> {
    let limits = request.data::<Limits>().copied();
    limits.ok_or_else(|| poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR))
}

fn refused(refusal: Input) -> poem::Error {
    poem::Error::from_response(refusal.into_response())
}

/// Reads the body, however it is framed, until its limit or the request's deadline.
async fn read(request: &Request, body: &mut RequestBody, limits: Limits) -> Result<Vec<u8>, Input> {
    let unreadable = |_| Input::malformed("The request body can't be read");
    let body = body.take().map_err(unreadable)?;
    let read = body.into_bytes_limit(limits.body_bytes);
    let read = match request.data::<Deadline>() {
        Some(deadline) => tokio::time::timeout_at(deadline.0, read)
            .await
            .map_err(|_| Input::too_slow())?,
        None => read.await,
    };
    match read {
        Ok(bytes) => Ok(bytes.into()),
        Err(ReadBodyError::PayloadTooLarge) => Err(Input::too_large()),
        Err(error) => Err(unreadable(error)),
    }
}

/// The members of a body in their order, duplicates included.
struct Members(Vec<(String, Value)>);

impl Members {
    fn from_json(bytes: &[u8]) -> Result<Self, Input> {
        serde_json::from_slice(bytes)
            .map_err(|_| Input::malformed("The request body is not a JSON object"))
    }

    fn from_form(bytes: &[u8]) -> Result<Self, Input> {
        // The parser below would put another character in the place of what can't be read. What separates and
        // names members is ASCII, so the whole is in UTF-8 if each of them is.
        if percent_decode(bytes).decode_utf8().is_err() {
            return Err(Input::malformed("The form is not in UTF-8"));
        }
        let members = url::form_urlencoded::parse(bytes)
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        Ok(Self(members))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// Holds members against the schema and the rules of `T`.
fn check<T: Body>(members: Members, limits: Limits) -> Result<T, Input> {
    let shape = Shape::of::<T>();
    let members = if T::IS_OAUTH {
        shape.given(members)
    } else {
        members
    };
    let mut findings = Vec::new();
    let mut object = shape.check(members, &mut findings);
    let blamed: HashSet<String> = findings.iter().map(|found| found.field.clone()).collect();
    shape.fill(&mut object, &blamed);

    match serde_path_to_error::deserialize::<_, T>(Value::Object(object)) {
        Ok(body) => {
            let mut broken = Vec::new();
            if let Err(errors) = body.validate() {
                collect(&errors, &mut broken);
            }
            broken.extend(body.weaknesses(limits.passwords));
            broken.retain(|found| !blamed.contains(&found.field));
            findings.extend(broken);
            if findings.is_empty() {
                return Ok(body);
            }
        }
        Err(error) => {
            let field = error.path().to_string();
            if !blamed.contains(&field) {
                let flaw = Flaw::new(
                    FieldErrorCode::InvalidFormat,
                    "does not have the right form",
                );
                findings.push(flaw.of(&field));
            }
        }
    }
    findings.truncate(MAX_FINDINGS);
    Err(Input::invalid(findings))
}

/// Turns what `validator` found into findings, in the order of the names.
fn collect(errors: &ValidationErrors, findings: &mut Vec<FieldError>) {
    let mut kinds: Vec<_> = errors.errors().iter().collect();
    kinds.sort_by(|a, b| a.0.cmp(b.0));
    for (name, kind) in kinds {
        if let ValidationErrorsKind::Field(errors) = kind {
            findings.extend(errors.iter().map(|error| {
                let field = error.params.get(FIELD).and_then(Value::as_str);
                Flaw::from(error).of(field.unwrap_or(name))
            }));
        }
    }
}

/// What the published schema of a body says of its members.
struct Shape(Vec<Member>);

struct Member {
    name: &'static str,
    json_type: &'static str,
    is_required: bool,
    is_nullable: bool,
    /// The only values that it can have, where they are few.
    words: Vec<Value>,
    /// Whether control characters are for others to judge.
    may_have_controls: bool,
}

impl Shape {
    /// Reads the schema of `T`, once.
    fn of<T: Type + 'static>() -> Arc<Self> {
        static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> =
            LazyLock::new(RwLock::default);

        // Nothing panics while it holds the lock, so a poisoned one still holds what it should.
        let known = SHAPES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(shape) = known.get(&TypeId::of::<T>()) {
            return Arc::clone(shape);
        }
        drop(known);
        let shape = Arc::new(Self::read::<T>());
        let mut known = SHAPES.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(TypeId::of::<T>()).or_insert(shape))
    }

    fn read<T: Type>() -> Self {
        let mut registry = Registry::new();
        T::register(&mut registry);
        let named = |schema: &MetaSchemaRef| -> Option<MetaSchema> {
            match schema {
                MetaSchemaRef::Inline(schema) => Some((**schema).clone()),
                MetaSchemaRef::Reference(name) => registry.schemas.get(name).cloned(),
            }
        };
        let resolve = |schema: &MetaSchemaRef| -> Option<MetaSchema> {
            let schema = named(schema)?;
            // A member of a named type that says more than the type does stands around it.
            match schema.all_of.first() {
                Some(inner) => Some(MetaSchema {
                    nullable: schema.nullable,
                    ..named(inner)?
                }),
                None => Some(schema),
            }
        };
        let schema = resolve(&T::schema_ref()).unwrap_or(MetaSchema::ANY);
        let members = schema.properties.iter().map(|(name, property)| {
            let property = resolve(property).unwrap_or(MetaSchema::ANY);
            Member {
                name,
                json_type: property.ty,
                is_required: schema.required.contains(name),
                is_nullable: property.nullable,
                words: property.enum_items,
                may_have_controls: false,
            }
        });
        Self(members.collect())
    }

    /// All of these, as texts of any characters.
    fn of_texts<const N: usize>(names: [&'static str; N]) -> Self {
        let members = names.map(|name| Member {
            name,
            json_type: "string",
            is_required: true,
            is_nullable: false,
            words: Vec::new(),
            may_have_controls: true,
        });
        Self(members.into())
    }

    /// The members that are known and not empty.
    fn given(&self, members: Members) -> Members {
        let is_given = |(name, value): &(String, Value)| {
            self.0.iter().any(|member| member.name == name) && value != ""
        };
        Members(members.0.into_iter().filter(is_given).collect())
    }

    /// Sorts out the members that are not as published, and says why.
    fn check(&self, members: Members, findings: &mut Vec<FieldError>) -> Map<String, Value> {
        let mut object = Map::new();
        for (name, value) in members.0 {
            let mut blame = |flaw: Flaw| {
                let name: String = name.chars().take(MAX_NAME).collect();
                findings.push(flaw.of(&name));
            };
            let Some(member) = self.0.iter().find(|member| member.name == name) else {
                blame(Flaw::new(FieldErrorCode::Unknown, "is not known here"));
                continue;
            };
            if object.contains_key(&name) {
                blame(Flaw::new(
                    FieldErrorCode::Conflict,
                    "is given more than once",
                ));
                continue;
            }
            match member.flaw(&value) {
                Some(flaw) => {
                    blame(flaw);
                    object.insert(name, Value::Null);
                }
                None => {
                    object.insert(name, value);
                }
            }
        }
        for member in self.0.iter().filter(|member| member.is_required) {
            if !object.contains_key(member.name) {
                let flaw = Flaw::new(FieldErrorCode::Required, "is required");
                findings.push(flaw.of(member.name));
            }
        }
        object
    }

    /// Gives blamed members a value that the Rust type can be made with; what is found out about that
    /// value is not told.
    fn fill(&self, object: &mut Map<String, Value>, blamed: &HashSet<String>) {
        for member in self.0.iter().filter(|member| blamed.contains(member.name)) {
            object.insert(member.name.to_owned(), member.empty());
        }
    }
}

impl Member {
    fn flaw(&self, value: &Value) -> Option<Flaw> {
        let (fits, expected) = match self.json_type {
            "string" => (value.is_string(), "must be a string"),
            "boolean" => (value.is_boolean(), "must be true or false"),
            "integer" => (value.is_i64() || value.is_u64(), "must be a whole number"),
            "number" => (value.is_number(), "must be a number"),
            "array" => (value.is_array(), "must be an array"),
            "object" => (value.is_object(), "must be an object"),
            _ => (true, ""),
        };
        if value.is_null() && self.is_nullable {
            return None;
        }
        if !fits {
            return Some(Flaw::new(FieldErrorCode::InvalidType, expected));
        }
        if !self.words.is_empty() && !self.words.contains(value) {
            let words: Vec<&str> = self.words.iter().filter_map(Value::as_str).collect();
            let message = format!("must be one of: {}", words.join(", "));
            return Some(Flaw::new(FieldErrorCode::InvalidFormat, message));
        }
        let text = value.as_str()?;
        let is_refused = |c: char| c.is_control() && !self.may_have_controls;
        text.chars().any(is_refused).then(|| {
            Flaw::new(
                FieldErrorCode::InvalidFormat,
                "must not have control characters",
            )
        })
    }

    fn empty(&self) -> Value {
        if let Some(word) = self.words.first() {
            return word.clone();
        }
        match self.json_type {
            "string" => "".into(),
            "boolean" => false.into(),
            "integer" | "number" => 0.into(),
            "array" => Value::Array(Vec::new()),
            "object" => Value::Object(Map::new()),
            _ => Value::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_type_in_utf_8_is_accepted() {
        for header in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/json; profile=x",
        ] {
            assert!(is_type(header, "application/json"), "{header}");
        }
        for header in [
            "",
            "text/plain",
            "application/jsonx",
            "application/problem+json",
            "application/json; charset=latin1",
        ] {
            assert!(!is_type(header, "application/json"), "{header}");
        }
    }
}
