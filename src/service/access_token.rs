//! Access tokens: signed JWTs (RFC 7519) in the profile of RFC 9068.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fault;
use super::keys::Keys;
use crate::model::{Session, SessionId, User, UserId};

/// The `typ` header of an access token (RFC 9068 section 2.1).
const TYPE: &str = "at+jwt";
/// Longer texts are no tokens of ours, and not worth decoding.
const MAX_LENGTH: usize = 4096;
/// The scope of every user, and the one that superusers have as well.
const USER_SCOPE: &str = "user";
const SUPERUSER_SCOPE: &str = "user superuser";

/// Issues and verifies access tokens.
pub struct AccessTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    header: Header,
    validation: Validation,
    issuer: String,
    audience: String,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokens")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Claims {
    /// Who issued it.
    iss: String,
    /// Whom it is meant for.
    aud: String,
    /// The user.
    sub: Uuid,
    /// The session.
    sid: Uuid,
    /// Unique to this token.
    jti: Uuid,
    /// When it was issued, in seconds since the epoch.
    iat: i64,
    /// When it expires, in seconds since the epoch.
    exp: i64,
    /// What it allows, separated by spaces.
    scope: String,
}

/// What a verified token identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The user it was issued to.
    pub user_id: UserId,
    /// The session it belongs to.
    pub session_id: SessionId,
}

/// Why a text is no valid access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccessToken {
    /// Not one of ours, or changed since.
    #[error("the access token is invalid")]
    Malformed,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
}

impl AccessTokens {
    /// Tokens from `issuer` for `audience`, signed with `keys`.
    #[must_use]
    pub fn new(keys: &Keys, issuer: &str, audience: &str) -> Self {
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(keys.key_id().to_owned());

        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        // Judged against our own clock.
        validation.validate_exp = false;

        Self {
            encoding: EncodingKey::from_secret(keys.access()),
            decoding: DecodingKey::from_secret(keys.access()),
            header,
            validation,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        }
    }

    /// A token that identifies `user` in `session` until `expires_at`.
    ///
    /// # Errors
    /// Never, with a key that fits its algorithm; the library's type asks for it.
    pub fn issue(
        &self,
        user: &User,
        session: &Session,
        now: DateTime<Utc>,
        expires_at: DateTime<Utc>,
    ) -> Result<SecretString, Fault> {
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: user.id.0,
            sid: session.id.0,
            jti: Uuid::new_v4(),
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
            scope: if user.is_superuser {
                SUPERUSER_SCOPE.to_owned()
            } else {
                USER_SCOPE.to_owned()
            },
        };
        encode(&self.header, &claims, &self.encoding)
            .map(SecretString::from)
            .map_err(Fault::internal)
    }

    /// Reads a token that was presented at `now`.
    ///
    /// # Errors
    /// [`InvalidAccessToken::Expired`] only for a token that is genuine otherwise.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Bearer, InvalidAccessToken> {
        if token.len() > MAX_LENGTH {
            return Err(InvalidAccessToken::Malformed);
        }
        let token = decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|_| InvalidAccessToken::Malformed)?;
        let typed = token
            .header
            .typ
            .is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE));
        if !typed {
            return Err(InvalidAccessToken::Malformed);
        }
        if now.timestamp() >= token.claims.exp {
            return Err(InvalidAccessToken::Expired);
        }
        Ok(Bearer {
            user_id: UserId(token.claims.sub),
            session_id: SessionId(token.claims.sid),
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::{Clock, Device, Email};

    const SECRET: &str = "a secret for tests that is long enough";

    fn tokens() -> AccessTokens {
        AccessTokens::new(&Keys::derive(SECRET.into()), "issuer", "audience")
    }

    fn subject(now: DateTime<Utc>) -> (User, Session) {
        let user = User::new(Email::parse("ada@example.com").unwrap(), None, None, now);
        let session = Session::new(user.id, Device::default(), now, now);
        (user, session)
    }

    /// Valid claims, for tests that change one thing.
    fn claims(now: DateTime<Utc>) -> Value {
        json!({
            "iss": "issuer", "aud": "audience", "sub": Uuid::nil(), "sid": Uuid::nil(),
            "jti": Uuid::nil(), "iat": now.timestamp(), "exp": now.timestamp() + 60, "scope": "user",
        })
    }

    fn signed(header: &Header, claims: &Value, secret: &str) -> String {
        encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }

    #[test]
    fn an_issued_token_identifies_its_user_and_session_until_it_expires() {
        let now = Clock::default().now();
        let (user, session) = subject(now);
        let expires_at = now + TimeDelta::minutes(30);
        let token = tokens().issue(&user, &session, now, expires_at).unwrap();
        let token = token.expose_secret();

        let bearer = Bearer {
            user_id: user.id,
            session_id: session.id,
        };
        assert_eq!(tokens().verify(token, now), Ok(bearer));
        let last_second = expires_at - TimeDelta::seconds(1);
        assert_eq!(tokens().verify(token, last_second), Ok(bearer));
        assert_eq!(
            tokens().verify(token, expires_at),
            Err(InvalidAccessToken::Expired)
        );
    }

    #[test]
    fn every_required_claim_is_required_and_must_fit() {
        let now = Clock::default().now();
        let header = tokens().header;
        let verify = |claims: &Value| tokens().verify(&signed(&header, claims, SECRET), now);
        assert!(
            verify(&claims(now)).is_ok(),
            "the untouched claims are valid"
        );

        for name in ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "scope"] {
            let mut without = claims(now);
            without.as_object_mut().unwrap().remove(name);
            assert_eq!(
                verify(&without),
                Err(InvalidAccessToken::Malformed),
                "{name}"
            );
        }
        for (name, value) in [
            ("iss", json!("somebody else")),
            ("aud", json!("something else")),
            ("sub", json!("ada")),
            ("sid", json!(7)),
            ("exp", json!("tomorrow")),
            ("exp", json!(1e300)),
        ] {
            let mut changed = claims(now);
            changed[name] = value;
            assert_eq!(
                verify(&changed),
                Err(InvalidAccessToken::Malformed),
                "{name}"
            );
        }
    }

    #[test]
    fn other_keys_algorithms_and_types_are_refused() {
        let now = Clock::default().now();
        let refused = |token: &str| {
            assert_eq!(
                tokens().verify(token, now),
                Err(InvalidAccessToken::Malformed),
                "{token}"
            );
        };
        let header = tokens().header;
        refused(&signed(
            &header,
            &claims(now),
            "another secret that is long enough",
        ));

        let mut hs512 = Header::new(Algorithm::HS512);
        hs512.typ = Some(TYPE.into());
        refused(&signed(&hs512, &claims(now), SECRET));

        // An id token or any other JWT signed with the same secret is no access token.
        for typ in [None, Some("JWT"), Some("id_token")] {
            let mut other = Header::new(Algorithm::HS256);
            other.typ = typ.map(Into::into);
            refused(&signed(&other, &claims(now), SECRET));
        }

        let genuine = signed(&header, &claims(now), SECRET);
        let (message, _) = genuine.rsplit_once('.').unwrap();
        let (_, payload) = message.split_once('.').unwrap();
        refused(&format!("{message}."));
        refused(&format!("{message}.AAAA"));
        // {"typ":"at+jwt","alg":"none"}
        refused(&format!(
            "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJub25lIn0.{payload}."
        ));
        for text in ["", ".", "..", "a.b.c", &"a".repeat(MAX_LENGTH + 1)] {
            refused(text);
        }
    }
}
