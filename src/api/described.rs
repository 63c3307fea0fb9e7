//! Enumerations whose values are explained: a doc comment says once what a value means, for the code, for the
//! OpenAPI document and for the pages made from it.

use poem_openapi::types::ToJSON;
use serde_json::Value;

/// An enumeration that knows what the doc comments of its values say.
pub trait Described: Copy + ToJSON + 'static {
    /// All values, in their order.
    const ALL: &'static [Self];

    /// What a value means.
    #[must_use]
    fn meaning(self) -> &'static str;

    /// A value as it is written in answers.
    #[must_use]
    fn written(self) -> String {
        let value = self.to_json();
        value
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }
}

/// Defines an enumeration as it stands there, and makes it `Described`.
macro_rules! described {
    ($(#[$attribute:meta])* $visibility:vis enum $name:ident {
        $($(#[doc = $meaning:literal])+ $value:ident,)+
    }) => {
        $(#[$attribute])*
        $visibility enum $name {
            $($(#[doc = $meaning])+ $value,)+
        }

        impl $crate::api::described::Described for $name {
            const ALL: &'static [Self] = &[$(Self::$value),+];

            fn meaning(self) -> &'static str {
                match self {
                    $(Self::$value => concat!($($meaning),+).trim_ascii_start(),)+
                }
            }
        }
    };
}
pub(super) use described;
