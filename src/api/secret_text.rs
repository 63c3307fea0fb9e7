//! Members of requests that are secrets: they can be read, but never shown.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{Example, ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use crate::model::{Password, PasswordPolicy};

macro_rules! secret_text {
    ($(#[$doc:meta])* $name:ident, $example:literal, $schema:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(transparent)]
        pub(super) struct $name(pub(super) SecretString);

        impl Example for $name {
            fn example() -> Self {
                Self($example.into())
            }
        }

        impl Type for $name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new($schema))
            }

            fn as_raw_value(&self) -> Option<&Self> {
                Some(self)
            }

            fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        /// Always the example of the documentation, whatever the value is.
        impl ToJSON for $name {
            fn to_json(&self) -> Option<Value> {
                Some($example.into())
            }
        }

        impl ParseFromJSON for $name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(text)) => Ok(Self(text.into())),
                    _ => Err(ParseError::expected_input()),
                }
            }
        }
    };
}

secret_text!(
    /// A password as it was typed.
    PasswordText,
    "correct horse battery staple",
    MetaSchema::new_with_format("string", "password")
);
secret_text!(
    /// A password that somebody chose.
    NewPasswordText,
    "correct horse battery staple",
    MetaSchema {
        // Which lengths are allowed is configured, within these.
        min_length: Some(PasswordPolicy::SHORTEST),
        max_length: Some(PasswordPolicy::LONGEST),
        ..MetaSchema::new_with_format("string", "password")
    }
);
secret_text!(
    /// A refresh token as it was presented.
    RefreshTokenText,
    "csr_AZwM1GgAcACAAAAAAAAAAAAAAAEkq2uYcKz0pJ0mJv3l2D8lQm7m4Qm3dY0m1u3cXb1uTw",
    MetaSchema::new("string")
);
secret_text!(
    /// The token of a link.
    LinkTokenText,
    "csl_3q2-7wXbLm0c5mXo2Tq9rV1uYf8hJk4sNd6pZt0aBcE",
    MetaSchema::new("string")
);

impl PasswordText {
    /// The password, for who hashes it.
    pub(super) fn password(&self) -> Password {
        Password::new(self.0.expose_secret())
    }
}

impl NewPasswordText {
    /// The password, for who judges and hashes it.
    pub(super) fn password(&self) -> Password {
        Password::new(self.0.expose_secret())
    }
}
