//! Parameters in addresses: ids in paths, and what lists are asked for in queries.
//!
//! What can't be read is kept as a finding instead of ending the request at once, so that all findings are
//! told together.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromParameter, ParseResult, Type};
use uuid::Uuid;

use super::failure::Parameters;
use super::problem::{FieldError, FieldErrorCode, Flaw};
use super::rules::NO_CONTROLS;
use crate::model::{Email, UserId};
use crate::service::paging::PageRequest;

/// An id in a path. What is no id is the id of nothing, rather than a bad request.
#[derive(Clone, Copy, Debug)]
pub(super) struct IdParam<Id>(pub(super) Option<Id>);

impl<Id: Send + Sync> Type for IdParam<Id> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        Uuid::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        Uuid::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl<Id: From<Uuid> + Send + Sync> ParseFromParameter for IdParam<Id> {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        Ok(Self(value.parse().ok().map(Uuid::into)))
    }
}

/// What a query parameter can be.
pub(super) trait QueryValue: Sized + Send + Sync {
    /// What is published of it.
    fn schema() -> MetaSchemaRef;

    /// Publishes what that refers to.
    fn register(_: &mut Registry) {}

    /// Reads it.
    fn read(text: &str) -> Result<Self, Flaw>;
}

/// A query parameter that was given.
#[derive(Clone, Debug)]
pub(super) struct Param<T>(Result<T, Flaw>);

impl<T: QueryValue> Type for Param<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "parameter".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

impl<T: QueryValue> ParseFromParameter for Param<T> {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        Ok(Self(T::read(value)))
    }
}

fn inline(schema: MetaSchema) -> MetaSchemaRef {
    MetaSchemaRef::Inline(Box::new(schema))
}

pub(super) fn malformed(expected: &'static str) -> Flaw {
    Flaw::new(FieldErrorCode::InvalidFormat, expected)
}

/// How many rows a page has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(u32);

impl Limit {
    const DEFAULT: u32 = 20;
    const MAX: u32 = 100;
}

impl QueryValue for Limit {
    fn schema() -> MetaSchemaRef {
        inline(MetaSchema {
            minimum: Some(1.0),
            maximum: Some(Self::MAX.into()),
            default: Some(Self::DEFAULT.into()),
            ..MetaSchema::new_with_format("integer", "int32")
        })
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        let number: i128 = text
            .parse()
            .map_err(|_| Flaw::new(FieldErrorCode::InvalidType, "must be a whole number"))?;
        u32::try_from(number)
            .ok()
            .filter(|number| (1..=Self::MAX).contains(number))
            .map(Self)
            .ok_or(Flaw::new(
                FieldErrorCode::OutOfRange,
                format!("must be between 1 and {}", Self::MAX),
            ))
    }
}

/// Where a page begins.
#[derive(Clone, Debug)]
pub(super) struct Cursor(String);

impl QueryValue for Cursor {
    fn schema() -> MetaSchemaRef {
        inline(MetaSchema::new("string"))
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        Ok(Self(text.to_owned()))
    }
}

impl Cursor {
    /// That a cursor is none of the list it was used for.
    pub(super) fn refused() -> Parameters {
        let flaw = malformed("must be the next_cursor of a page of this list");
        Parameters::invalid(vec![flaw.of("cursor")])
    }
}

/// What an address or a name begins with.
#[derive(Clone, Debug)]
pub(super) struct Prefix(pub(super) String);

impl QueryValue for Prefix {
    fn schema() -> MetaSchemaRef {
        inline(MetaSchema {
            min_length: Some(1),
            max_length: Some(Email::MAX_LENGTH),
            pattern: Some(NO_CONTROLS.to_owned()),
            ..MetaSchema::new("string")
        })
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        if text.is_empty() {
            Err(Flaw::new(FieldErrorCode::TooShort, "must not be empty"))
        } else if text.chars().count() > Email::MAX_LENGTH {
            Err(Flaw::new(
                FieldErrorCode::TooLong,
                format!("must have at most {} characters", Email::MAX_LENGTH),
            ))
        } else if text.chars().any(char::is_control) {
            Err(malformed("must not have control characters"))
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl QueryValue for bool {
    fn schema() -> MetaSchemaRef {
        inline(MetaSchema::new("boolean"))
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        text.parse()
            .map_err(|_| Flaw::new(FieldErrorCode::InvalidType, "must be true or false"))
    }
}

impl QueryValue for UserId {
    fn schema() -> MetaSchemaRef {
        inline(MetaSchema::new_with_format("string", "uuid"))
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        text.parse()
            .map(UserId)
            .map_err(|_| malformed("must be a UUID"))
    }
}

impl QueryValue for DateTime<Utc> {
    fn schema() -> MetaSchemaRef {
        inline(MetaSchema::new_with_format("string", "date-time"))
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        DateTime::parse_from_rfc3339(text)
            .map(|time| time.to_utc())
            .map_err(|_| malformed("must be a time such as 2026-01-31T10:30:45.123Z"))
    }
}

/// The names of the query parameters that a request has, in their order.
#[derive(Clone, Debug)]
pub(super) struct Given(Vec<String>);

impl<'a> FromRequest<'a> for Given {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let query = request.uri().query().unwrap_or_default();
        let names = url::form_urlencoded::parse(query.as_bytes());
        Ok(Self(names.map(|(name, _)| name.into_owned()).collect()))
    }
}

/// Reads the query parameters of a request, and finds what is wrong with any of them.
#[derive(Debug)]
pub(super) struct QueryReader {
    given: Given,
    known: Vec<&'static str>,
    findings: Vec<FieldError>,
}

impl From<Given> for QueryReader {
    fn from(given: Given) -> Self {
        Self {
            given,
            known: Vec::new(),
            findings: Vec::new(),
        }
    }
}

impl QueryReader {
    /// The most characters of a parameter's name that are repeated in a finding.
    const MAX_NAME: usize = 64;
    /// More findings than anybody reads are not sent.
    const MAX_FINDINGS: usize = 32;

    /// The value of a parameter, if it is given and can be read.
    pub(super) fn read<T>(&mut self, name: &'static str, param: Option<Param<T>>) -> Option<T> {
        self.known.push(name);
        match param?.0 {
            Ok(value) => Some(value),
            Err(flaw) => {
                self.findings.push(flaw.of(name));
                None
            }
        }
    }

    /// The page that is asked for.
    pub(super) fn page(
        &mut self,
        limit: Option<Param<Limit>>,
        cursor: Option<Param<Cursor>>,
    ) -> PageRequest {
        PageRequest {
            limit: self
                .read("limit", limit)
                .map_or(Limit::DEFAULT, |limit| limit.0)
                .into(),
            cursor: self.read("cursor", cursor).map(|cursor| cursor.0),
        }
    }

    /// Done reading: a parameter that nobody asked for is as wrong as one that can't be read, so that a
    /// typo never gives a longer list than was meant.
    pub(super) fn finish(mut self) -> Result<(), Parameters> {
        for (position, name) in self.given.0.iter().enumerate() {
            let flaw = if !self.known.contains(&name.as_str()) {
                Flaw::new(FieldErrorCode::Unknown, "is not known here")
            } else if self.given.0.iter().take(position).any(|seen| seen == name) {
                Flaw::new(FieldErrorCode::Conflict, "is given more than once")
            } else {
                continue;
            };
            let name: String = name.chars().take(Self::MAX_NAME).collect();
            self.findings.push(flaw.of(&name));
        }
        self.findings.truncate(Self::MAX_FINDINGS);
        if self.findings.is_empty() {
            Ok(())
        } else {
            Err(Parameters::invalid(self.findings))
        }
    }
}

#[cfg(test)]
mod tests {
    use poem_openapi::payload::Json;

    use super::*;

    /// Reads `limit`, `cursor` and `q` of a query, as an operation does.
    fn read(query: &str) -> Result<(PageRequest, Option<String>), Vec<String>> {
        let all: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let first = |name: &str| {
            let found = all.iter().find(|(given, _)| given == name);
            found.map(|(_, text)| text.as_str())
        };
        let names = all.iter().map(|(name, _)| name.clone());
        let mut reader = QueryReader::from(Given(names.collect()));
        let limit = first("limit").map(|text| Param(Limit::read(text)));
        let cursor = first("cursor").map(|text| Param(Cursor::read(text)));
        let page = reader.page(limit, cursor);
        let prefix = first("q").map(|text| Param(Prefix::read(text)));
        let prefix = reader.read("q", prefix).map(|prefix| prefix.0);
        match reader.finish() {
            Ok(()) => Ok((page, prefix)),
            Err(Parameters::Invalid(Json(problem))) => {
                let findings = problem.errors.unwrap_or_default();
                let told = |found: &FieldError| format!("{}: {:?}", found.field, found.code);
                Err(findings.iter().map(told).collect())
            }
        }
    }

    #[test]
    fn what_is_not_given_is_what_is_usual() {
        let (page, prefix) = read("").unwrap();
        assert_eq!((page.limit, page.cursor, prefix), (20, None, None));
        let (page, prefix) = read("q=a%20b&cursor=c&limit=100").unwrap();
        assert_eq!(page.limit, 100);
        assert_eq!(page.cursor.as_deref(), Some("c"));
        assert_eq!(prefix.as_deref(), Some("a b"));
    }

    #[test]
    fn all_findings_are_told_each_once() {
        assert_eq!(
            read("q=&limit=0&limit=1&unknown&unknown=2&limit=x").unwrap_err(),
            [
                "limit: OutOfRange",
                "q: TooShort",
                "limit: Conflict",
                "unknown: Unknown",
                "unknown: Unknown",
                "limit: Conflict",
            ]
        );
        // An empty name is a name.
        assert_eq!(read("=1").unwrap_err(), [": Unknown"]);
    }

    #[test]
    fn findings_are_as_many_and_as_long_as_somebody_reads() {
        assert_eq!(read(&"x&".repeat(100)).unwrap_err().len(), 32);
        let long = "\u{e4}".repeat(100);
        let told = format!("{}: Unknown", "\u{e4}".repeat(64));
        assert_eq!(read(&long).unwrap_err(), [told]);
    }

    #[test]
    fn a_limit_is_a_whole_number_from_1_to_100() {
        for (text, limit) in [("1", 1), ("020", 20), ("100", 100)] {
            assert_eq!(Limit::read(text).unwrap().0, limit, "{text}");
        }
        for text in ["", " 5", "5 ", "1e1", "0x5", "five", "\u{0665}", "1.0"] {
            let flaw = Limit::read(text).unwrap_err();
            assert_eq!(flaw.of("limit").code, FieldErrorCode::InvalidType, "{text}");
        }
        for text in ["0", "-0", "-1", "101", "4294967297", "18446744073709551617"] {
            let flaw = Limit::read(text).unwrap_err();
            assert_eq!(flaw.of("limit").code, FieldErrorCode::OutOfRange, "{text}");
        }
    }

    #[test]
    fn a_time_names_its_offset() {
        let read = <DateTime<Utc> as QueryValue>::read;
        let noon = read("2026-01-31T12:00:00Z").unwrap();
        for same in ["2026-01-31T13:30:00+01:30", "2026-01-31T12:00:00.000-00:00"] {
            assert_eq!(read(same).unwrap(), noon, "{same}");
        }
        for text in ["", "now", "2026-01-31", "2026-01-31T12:00:00", "1769860800"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_id_in_a_path_is_the_id_of_nothing() {
        let id = UserId(Uuid::from_u128(7));
        let read = |text: &str| {
            IdParam::<UserId>::parse_from_parameter(text)
                .ok()
                .unwrap()
                .0
        };
        assert_eq!(read(&id.to_string()), Some(id));
        for text in ["", "7", "me", "00000000-0000-0000-0000-00000000000g"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
