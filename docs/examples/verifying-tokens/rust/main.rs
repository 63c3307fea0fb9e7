//! An API that verifies Countersign's access tokens itself: poem and jsonwebtoken.

#![allow(
    clippy::disallowed_methods,
    reason = "an example has its configuration from the environment"
)]

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use poem::http::{StatusCode, header};
use poem::listener::TcpListener;
use poem::web::Json;
use poem::{EndpointExt, FromRequest, Request, RequestBody, Response, Route, Server, get, handler};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

/// Never HS256 here: it would make a secret of the public key.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256];
/// How long the keys are used without asking again.
const MAX_AGE: Duration = Duration::from_mins(5);
/// How often the keys are asked for, at most, whatever kid a token names.
const COOLDOWN: Duration = Duration::from_secs(5);

#[derive(Clone, Deserialize, Serialize)]
struct Claims {
    sub: String,
    sid: String,
    scope: String,
}

/// Why a request is refused.
enum Refusal {
    NoToken,
    InvalidToken,
    NoSuperuser,
    NoKeys,
}

impl From<Refusal> for poem::Error {
    fn from(refusal: Refusal) -> Self {
        let (status, challenge) = match refusal {
            Refusal::NoToken => (StatusCode::UNAUTHORIZED, "Bearer"),
            Refusal::InvalidToken => (StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\""),
            Refusal::NoSuperuser => (
                StatusCode::FORBIDDEN,
                "Bearer error=\"insufficient_scope\", scope=\"superuser\"",
            ),
            Refusal::NoKeys => return StatusCode::SERVICE_UNAVAILABLE.into(),
        };
        let response = Response::builder()
            .status(status)
            .header(header::WWW_AUTHENTICATE, challenge)
            .finish();
        Self::from_response(response)
    }
}

/// The keys as they were last seen.
struct Keys {
    set: JwkSet,
    asked: Option<Instant>,
    seen: Option<Instant>,
}

struct Verifier {
    http: reqwest::Client,
    jwks_url: String,
    issuer: String,
    audience: String,
    keys: Mutex<Keys>,
}

impl Verifier {
    async fn fetch(&self) -> reqwest::Result<JwkSet> {
        let response = self.http.get(&self.jwks_url).send().await?;
        response.error_for_status()?.json().await
    }

    /// The key of this name. Requests that need the keys at once wait for one answer.
    async fn key(&self, kid: &str) -> Result<Jwk, Refusal> {
        let younger = |at: Option<Instant>, age| at.is_some_and(|at| at.elapsed() < age);
        let mut keys = self.keys.lock().await;
        let fresh = younger(keys.seen, MAX_AGE);
        let known = fresh && keys.set.find(kid).is_some();
        if !known && !younger(keys.asked, COOLDOWN) {
            keys.asked = Some(Instant::now());
            keys.set = self.fetch().await.map_err(|_| Refusal::NoKeys)?;
            keys.seen = Some(Instant::now());
        } else if !fresh {
            return Err(Refusal::NoKeys);
        }
        keys.set.find(kid).cloned().ok_or(Refusal::InvalidToken)
    }

    /// The claims of a genuine access token.
    async fn verify(&self, token: &str) -> Result<Claims, Refusal> {
        let invalid = |_| Refusal::InvalidToken;
        let header = decode_header(token).map_err(invalid)?;
        if header.typ.as_deref() != Some("at+jwt") || !ALGORITHMS.contains(&header.alg) {
            return Err(Refusal::InvalidToken);
        }
        let key = self.key(&header.kid.ok_or(Refusal::InvalidToken)?).await?;
        // The key's own algorithm, and no other.
        let of_key = key.common.key_algorithm.map(|alg| alg.to_string().parse());
        if of_key != Some(Ok(header.alg)) {
            return Err(Refusal::InvalidToken);
        }
        let mut validation = Validation::new(header.alg);
        validation.leeway = 5;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let key = DecodingKey::from_jwk(&key).map_err(invalid)?;
        let verified = decode(token, &key, &validation).map_err(invalid)?;
        Ok(verified.claims)
    }
}

/// Whoever sent a genuine access token.
struct Caller(Claims);

impl<'a> FromRequest<'a> for Caller {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let (_, token) = request
            .header(header::AUTHORIZATION)
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .ok_or(Refusal::NoToken)?;
        let verifier = request.data::<Arc<Verifier>>().ok_or(Refusal::NoKeys)?;
        Ok(Self(verifier.verify(token.trim()).await?))
    }
}

/// A caller who is a superuser.
struct Superuser(Claims);

impl<'a> FromRequest<'a> for Superuser {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> poem::Result<Self> {
        let Caller(claims) = Caller::from_request(request, body).await?;
        if !claims.scope.split(' ').any(|scope| scope == "superuser") {
            return Err(Refusal::NoSuperuser.into());
        }
        Ok(Self(claims))
    }
}

#[handler]
fn whoami(Caller(claims): Caller) -> Json<Claims> {
    Json(claims)
}

#[handler]
fn admin(Superuser(claims): Superuser) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "superuser": claims.sub }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let set = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let countersign = set("COUNTERSIGN_URL", "http://127.0.0.1:8000");
    let port = set("PORT", "3000");
    let verifier = Verifier {
        http: reqwest::Client::builder()
            .timeout(Duration::from_secs(5))
            .redirect(reqwest::redirect::Policy::none())
            .build()?,
        jwks_url: set("JWKS_URL", &format!("{countersign}/.well-known/jwks.json")),
        issuer: set("ISSUER", "countersign"),
        audience: set("AUDIENCE", "countersign"),
        keys: Mutex::new(Keys {
            set: JwkSet { keys: Vec::new() },
            asked: None,
            seen: None,
        }),
    };
    let app = Route::new()
        .at("/whoami", get(whoami))
        .at("/admin", get(admin))
        .data(Arc::new(verifier));
    Server::new(TcpListener::bind(format!("127.0.0.1:{port}")))
        .run(app)
        .await?;
    Ok(())
}
