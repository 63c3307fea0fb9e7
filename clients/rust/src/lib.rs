//! A client of Countersign, generated from its OpenAPI document: a method for each operation, a type for
//! each body, and [`types::ErrorCode`] for what went wrong.
//!
//! What stands in this file is written by hand; everything else is in [`Client`] and [`types`].

#[allow(
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    missing_docs,
    unreachable_pub,
    unused_imports,
    reason = "it is generated"
)]
#[rustfmt::skip]
mod generated;

use std::fmt;

use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use generated::{ByteStream, Client, ClientInfo, Error, ResponseValue, builder, types};

/// What a client shows with each request: an access token, or nothing.
#[derive(Clone, Default)]
pub struct Token(Option<String>);

impl Token {
    /// Nobody's.
    pub const NONE: Self = Self(None);
}

impl From<&str> for Token {
    fn from(access_token: &str) -> Self {
        Self(Some(access_token.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Token(…)"
        } else {
            "Token::NONE"
        })
    }
}

impl Client {
    /// A client with the same connections that shows this token from now on.
    #[must_use]
    pub fn with_token(&self, token: impl Into<Token>) -> Self {
        Self {
            inner: token.into(),
            ..self.clone()
        }
    }
}

impl ClientHooks<Token> for Client {
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        _: &OperationInfo,
    ) -> Result<(), Error<E>> {
        if let Token(Some(token)) = self.inner() {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        Ok(())
    }
}

/// What becomes of a member that may be there or not, when something is changed. A member that is left out, `None`,
/// stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit<T> {
    /// This takes its place.
    Set(T),
    /// It is taken away.
    Remove,
}

impl<T: Serialize> Serialize for Edit<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => serializer.serialize_some(value),
            Self::Remove => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Edit<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::deserialize(deserializer)?;
        Ok(value.map_or(Self::Remove, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::types::{Registered, UpdateMeRequest};
    use super::*;

    #[test]
    fn a_member_is_left_out_taken_away_or_set() {
        let sent = |username| {
            let request = UpdateMeRequest {
                username,
                ..UpdateMeRequest::default()
            };
            serde_json::to_value(request).unwrap()
        };
        assert_eq!(sent(None), json!({}));
        assert_eq!(sent(Some(Edit::Remove)), json!({ "username": null }));
        assert_eq!(
            sent(Some(Edit::Set("ada".into()))),
            json!({ "username": "ada" })
        );
    }

    #[test]
    fn who_registered_is_logged_in_or_has_to_verify_the_address() {
        let user = json!({
            "id": "019c12d4-6d63-7a3b-9c5d-1f2e3a4b5c6d", "email": "ada@example.com", "username": null,
            "is_active": true, "is_superuser": false, "email_verified": false,
            "created_at": "2026-01-31T10:30:45.123Z", "updated_at": "2026-01-31T10:30:45.123Z",
            "last_login": null,
        });
        let tokens = json!({
            "access_token": "a", "refresh_token": "r", "token_type": "bearer", "expires_in": 1,
            "refresh_expires_in": 2, "user": user,
        });
        let read = |value| serde_json::from_value::<Registered>(value).unwrap();
        assert!(matches!(read(user), Registered::UserResponse(_)));
        assert!(matches!(read(tokens), Registered::TokenResponse(_)));
    }

    #[test]
    fn a_token_is_not_shown() {
        let client = Client::new("http://127.0.0.1", "a secret".into());
        assert!(!format!("{client:?}").contains("secret"));
    }
}
