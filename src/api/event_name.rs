//! The names of events, in answers and as what a list is asked for.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

use super::parameters::{QueryValue, malformed};
use super::problem::Flaw;
use crate::model::EventKind;

/// The name of an event in an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventName(pub(super) EventKind);

impl Type for EventName {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "EventKind".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |_| MetaSchema {
            description: Some("What happened. A new kind comes with a minor version."),
            enum_items: EventKind::ALL
                .iter()
                .map(|kind| kind.name().into())
                .collect(),
            ..MetaSchema::new("string")
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl ToJSON for EventName {
    fn to_json(&self) -> Option<Value> {
        Some(self.0.name().into())
    }
}

impl ParseFromJSON for EventName {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        let name = value.as_ref().and_then(Value::as_str);
        let kind = name.and_then(EventKind::named).map(Self);
        kind.ok_or_else(ParseError::expected_input)
    }
}

impl QueryValue for EventKind {
    fn schema() -> MetaSchemaRef {
        EventName::schema_ref()
    }

    fn register(registry: &mut Registry) {
        EventName::register(registry);
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        Self::named(text).ok_or(malformed("must be the name of an event"))
    }
}
