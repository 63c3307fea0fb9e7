//! Access tokens: signed JWTs (RFC 7519) in the profile of RFC 9068.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, Header, Validation, decode, decode_header};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::Fault;
use super::signing_key::{SigningKey, SigningKeys};
use crate::config::MAX_ACCESS_TTL_SECONDS;
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
    keys: SigningKeys,
    /// The header of every token that is issued.
    header: Header,
    verifiers: Vec<Verifier>,
    issuer: String,
    audience: String,
}

impl std::fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokens")
            .field("keys", &self.keys)
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}

/// What verifies the tokens of one key.
struct Verifier {
    /// The header that all of them have.
    header: Header,
    /// The same in a token, with the dot behind it.
    written: Option<String>,
    decoding: DecodingKey,
    /// Allows the key's own algorithm and no other.
    validation: Validation,
}

impl Verifier {
    fn new(key: &SigningKey, issuer: &str, audience: &str) -> Self {
        let mut validation = Validation::new(key.algorithm());
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
        // Times are judged against our own clock.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let header = header_of(key);
        Self {
            written: encoded(&header).ok().map(|header| header + "."),
            header,
            decoding: key.decoding().clone(),
            validation,
        }
    }

    /// Whether a token begins with the header as we write it. One of ours always does.
    fn has_written(&self, token: &str) -> bool {
        let written = self.written.as_deref();
        written.is_some_and(|written| token.starts_with(written))
    }
}

/// The header of the tokens that a key signs.
fn header_of(key: &SigningKey) -> Header {
    let mut header = Header::new(key.algorithm());
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(key.kid().to_owned());
    header
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
    /// From when on it is valid, in seconds since the epoch. Ours are so at once and do not say it.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    nbf: Option<i64>,
    /// What it allows, separated by spaces.
    scope: String,
}

/// Reads a claim that need not be there, but must not be `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(deserializer).map(Some)
}

impl Claims {
    /// Whether the times are such as we issue.
    fn are_plausible(&self) -> bool {
        let lifetime = self.exp.checked_sub(self.iat);
        lifetime.is_some_and(|lifetime| (0..=MAX_ACCESS_TTL_SECONDS.into()).contains(&lifetime))
    }
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
    /// Tokens from `issuer` for `audience`, signed with the first of `keys`.
    #[must_use]
    pub fn new(keys: SigningKeys, issuer: &str, audience: &str) -> Self {
        let verifiers = keys
            .iter()
            .map(|key| Verifier::new(key, issuer, audience))
            .collect();
        Self {
            header: header_of(keys.first()),
            keys,
            verifiers,
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        }
    }

    /// A token that identifies `user` in `session` until `expires_at`.
    ///
    /// # Errors
    /// Never, with a key that was read; the library's type asks for it.
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
            nbf: None,
            scope: if user.is_superuser {
                SUPERUSER_SCOPE.to_owned()
            } else {
                USER_SCOPE.to_owned()
            },
        };
        let message = format!("{}.{}", encoded(&self.header)?, encoded(&claims)?);
        let signature = self.keys.first().sign(message.as_bytes())?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(format!("{message}.{signature}").into())
    }

    /// Reads a token that was presented at `now`.
    ///
    /// # Errors
    /// [`InvalidAccessToken::Expired`] only for a token that is genuine otherwise.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Bearer, InvalidAccessToken> {
        let malformed = InvalidAccessToken::Malformed;
        if token.len() > MAX_LENGTH {
            return Err(malformed);
        }
        // The header decides nothing but which key may have signed. It has to be the very header that
        // this key's tokens have: one that says more, a key of its own or the address of one, a
        // compression, a `crit`, is none of ours.
        let mut verifiers = self.verifiers.iter();
        let verifier = if let Some(verifier) = verifiers.find(|one| one.has_written(token)) {
            verifier
        } else {
            // The same may be written in other ways.
            let header = decode_header(token).map_err(|_| malformed)?;
            let mut verifiers = self.verifiers.iter();
            verifiers
                .find(|one| one.header == header)
                .ok_or(malformed)?
        };
        let claims = decode::<Claims>(token, &verifier.decoding, &verifier.validation)
            .map_err(|_| malformed)?
            .claims;
        let now = now.timestamp();
        if !claims.are_plausible() || claims.nbf.is_some_and(|begin| now < begin) {
            return Err(malformed);
        }
        if now >= claims.exp {
            return Err(InvalidAccessToken::Expired);
        }
        Ok(Bearer {
            user_id: UserId(claims.sub),
            session_id: SessionId(claims.sid),
        })
    }
}

/// A part of a token: JSON in base64url.
fn encoded(part: &impl Serialize) -> Result<String, Fault> {
    let json = serde_json::to_vec(part).map_err(Fault::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use jsonwebtoken::{Algorithm, EncodingKey, encode};
    use secrecy::ExposeSecret;
    use serde_json::{Value, json};

    use super::super::keys::Keys;
    use super::super::signing_key::{KeyAlgorithm, generate};
    use super::*;
    use crate::model::{Clock, Device, Email};

    const SECRET: &str = "a secret for tests that is long enough";

    fn tokens() -> AccessTokens {
        with(SigningKey::shared(&Keys::derive(SECRET.into())).into())
    }

    fn with(keys: SigningKeys) -> AccessTokens {
        AccessTokens::new(keys, "issuer", "audience")
    }

    fn private(algorithm: KeyAlgorithm) -> SigningKey {
        let pem = generate(algorithm).unwrap().pem;
        SigningKey::from_pem(pem.expose_secret().as_bytes()).unwrap()
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
            ("exp", json!(-1)),
            ("exp", json!(i64::MAX)),
            ("exp", json!(now.timestamp() + 86_401)),
            ("iat", json!(now.timestamp() + 61)),
            ("iat", json!(i64::MIN)),
            ("nbf", json!(now.timestamp() + 1)),
            ("nbf", json!(null)),
            ("nbf", json!("now")),
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

        // An id token or any other JWT signed with the same secret is no access token.
        let changes: [fn(&mut Header); 9] = [
            |header| header.alg = Algorithm::HS512,
            |header| header.typ = None,
            |header| header.typ = Some("JWT".into()),
            |header| header.typ = Some("id_token".into()),
            |header| header.kid = None,
            |header| header.kid = Some("unknown".into()),
            |header| header.cty = Some("JWT".into()),
            |header| header.crit = Some(Vec::new()),
            |header| header.extras.insert("b64", false),
        ];
        for change in changes {
            let mut other = header.clone();
            change(&mut other);
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

    #[test]
    fn a_header_that_is_written_in_another_way_is_the_same_header() {
        let now = Clock::default().now();
        let tokens = tokens();
        let kid = tokens.header.kid.clone().unwrap();
        let token = |header: String| {
            let header = URL_SAFE_NO_PAD.encode(header);
            let message = format!("{header}.{}", encoded(&claims(now)).unwrap());
            let signature = tokens.keys.first().sign(message.as_bytes()).unwrap();
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
        };
        let ours = token(serde_json::to_string(&tokens.header).unwrap());
        let other = token(format!(
            r#"{{ "kid": "{kid}", "alg": "HS256", "typ": "at+jwt" }}"#
        ));
        for (token, is_as_ours) in [(&ours, true), (&other, false)] {
            assert_eq!(tokens.verifiers[0].has_written(token), is_as_ours);
            assert!(tokens.verify(token, now).is_ok());
        }
    }

    #[test]
    fn a_token_that_is_to_be_valid_later_is_valid_then() {
        let now = Clock::default().now();
        let mut later = claims(now);
        later["nbf"] = json!(now.timestamp() + 1);
        let token = signed(&tokens().header, &later, SECRET);
        assert!(tokens().verify(&token, now).is_err());
        let then = now + TimeDelta::seconds(1);
        assert!(tokens().verify(&token, then).is_ok());
    }

    #[test]
    fn the_first_key_signs_and_all_verify() {
        let now = Clock::default().now();
        let (user, session) = subject(now);
        let expires_at = now + TimeDelta::minutes(30);
        for algorithm in KeyAlgorithm::ALL {
            let pem = generate(algorithm).unwrap().pem;
            let key = || SigningKey::from_pem(pem.expose_secret().as_bytes()).unwrap();
            let other = || private(KeyAlgorithm::EdDsa);
            let token = with(key().into())
                .issue(&user, &session, now, expires_at)
                .unwrap();
            let verified = |keys| with(keys).verify(token.expose_secret(), now);
            assert!(verified(key().into()).is_ok(), "{algorithm}");
            let both = SigningKeys::new(other(), vec![key()]);
            assert!(verified(both).is_ok(), "{algorithm}");
            let gone = verified(other().into());
            assert_eq!(gone, Err(InvalidAccessToken::Malformed), "{algorithm}");
        }
    }
}
