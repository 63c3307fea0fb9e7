//! What is told to those who verify access tokens themselves: the public keys, and where they are.

use poem::http::HeaderMap;
use poem_openapi::payload::Json;
use poem_openapi::types::{Example, ToJSON};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::Tag;
use super::failure::Failure;
use super::pages::{is_known, sha256};
use crate::service::signing_key::{PublicKey, PublicNumbers};

/// Where the key set is.
const JWKS_PATH: &str = "/.well-known/jwks.json";
/// How long a verifier may use a key set without asking again. Who rotates keys waits for it, so
/// `docs/operations.md` names it.
const CACHE_CONTROL: &str = "public, max-age=300";

/// What there is to tell.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// The `iss` claim of access tokens.
    pub issuer: String,
    /// Where the service is reached from outside, without a slash at the end.
    pub public_url: String,
    /// The public keys.
    pub keys: Vec<PublicKey>,
}

/// The family of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum KeyType {
    /// Edwards curves (RFC 8037).
    #[oai(rename = "OKP")]
    OctetKeyPair,
    /// Elliptic curves.
    #[oai(rename = "EC")]
    EllipticCurve,
    /// RSA.
    #[oai(rename = "RSA")]
    Rsa,
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum KeyUse {
    /// Verifying signatures.
    #[oai(rename = "sig")]
    Signature,
}

/// The algorithm that a key is used with, and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum SigningAlgorithm {
    /// Ed25519 (RFC 8037).
    #[oai(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    #[oai(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[oai(rename = "RS256")]
    Rs256,
}

/// The curve that a key is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum KeyCurve {
    /// Ed25519.
    #[oai(rename = "Ed25519")]
    Ed25519,
    /// P-256.
    #[oai(rename = "P-256")]
    P256,
}

/// A public key that verifies access tokens (RFC 7517). `crv` and `x` are there for `OKP`; `crv`, `x` and
/// `y` for `EC`; `n` and `e` for `RSA`.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct Jwk {
    /// The family of the key.
    kty: KeyType,
    /// What the key is for.
    #[oai(rename = "use")]
    key_use: KeyUse,
    /// The algorithm that the key is used with. Accept no other for it.
    alg: SigningAlgorithm,
    /// Names the key, as the `kid` header of access tokens does: its SHA-256 thumbprint (RFC 7638).
    kid: String,
    /// The curve.
    #[oai(skip_serializing_if_is_none)]
    crv: Option<KeyCurve>,
    /// The point on the curve, or its first coordinate, in base64url.
    #[oai(skip_serializing_if_is_none)]
    x: Option<String>,
    /// The second coordinate, in base64url.
    #[oai(skip_serializing_if_is_none)]
    y: Option<String>,
    /// The modulus, in base64url.
    #[oai(skip_serializing_if_is_none)]
    n: Option<String>,
    /// The exponent, in base64url.
    #[oai(skip_serializing_if_is_none)]
    e: Option<String>,
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        let bare = |kty, alg| Self {
            kty,
            key_use: KeyUse::Signature,
            alg,
            kid: key.kid.clone(),
            crv: None,
            x: None,
            y: None,
            n: None,
            e: None,
        };
        match key.numbers {
            PublicNumbers::Ed25519 { x } => Self {
                crv: Some(KeyCurve::Ed25519),
                x: Some(x),
                ..bare(KeyType::OctetKeyPair, SigningAlgorithm::EdDsa)
            },
            PublicNumbers::P256 { x, y } => Self {
                crv: Some(KeyCurve::P256),
                x: Some(x),
                y: Some(y),
                ..bare(KeyType::EllipticCurve, SigningAlgorithm::Es256)
            },
            PublicNumbers::Rsa { n, e } => Self {
                n: Some(n),
                e: Some(e),
                ..bare(KeyType::Rsa, SigningAlgorithm::Rs256)
            },
        }
    }
}

impl Example for Jwk {
    fn example() -> Self {
        // RFC 8037 appendices A.2 and A.3
        Self::from(PublicKey {
            kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k".to_owned(),
            numbers: PublicNumbers::Ed25519 {
                x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned(),
            },
        })
    }
}

/// The public keys that verify access tokens.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct JwkSet {
    /// The keys, the one that signs first. Empty where tokens are signed with a shared secret.
    keys: Vec<Jwk>,
}

impl Example for JwkSet {
    fn example() -> Self {
        Self {
            keys: vec![Jwk::example()],
        }
    }
}

/// What a verifier of access tokens has to know, under the names of OpenID Connect Discovery.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct IssuerMetadata {
    /// The `iss` claim of access tokens.
    issuer: String,
    /// Where the public keys are.
    jwks_uri: String,
}

impl IssuerMetadata {
    fn new(issuer: &str, public_url: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            jwks_uri: format!("{public_url}{JWKS_PATH}"),
        }
    }
}

impl Example for IssuerMetadata {
    fn example() -> Self {
        Self::new("https://login.example.com", "https://login.example.com")
    }
}

#[derive(ApiResponse)]
enum GetJwksAnswer {
    /// The public keys.
    #[oai(status = 200)]
    Published(
        Json<JwkSet>,
        /// For how long they may be used without asking again.
        #[oai(header = "Cache-Control")]
        String,
        /// Names this very set, for `If-None-Match`.
        #[oai(header = "ETag")]
        String,
    ),
    /// The set is the one that `If-None-Match` names.
    #[oai(status = 304)]
    Unchanged(
        /// For how long they may be used without asking again.
        #[oai(header = "Cache-Control")]
        String,
        /// Names this very set, for `If-None-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

#[derive(ApiResponse)]
enum GetOpenidConfigurationAnswer {
    /// What a verifier has to know.
    #[oai(status = 200)]
    Described(
        Json<IssuerMetadata>,
        /// For how long it may be used without asking again.
        #[oai(header = "Cache-Control")]
        String,
    ),
}

/// Operations for those who verify access tokens themselves.
#[derive(Debug)]
pub struct WellKnownApi {
    keys: JwkSet,
    etag: String,
    metadata: IssuerMetadata,
}

impl WellKnownApi {
    /// Tells this.
    #[must_use]
    pub fn new(discovery: &Discovery) -> Self {
        let keys = JwkSet {
            keys: discovery.keys.iter().cloned().map(Jwk::from).collect(),
        };
        Self {
            etag: format!("\"{}\"", sha256(&keys.to_json_string())),
            keys,
            metadata: IssuerMetadata::new(&discovery.issuer, &discovery.public_url),
        }
    }
}

#[OpenApi(tag = "Tag::Keys")]
impl WellKnownApi {
    /// Get the public keys
    ///
    /// Verify an access token with the key that its `kid` header names, and accept no other algorithm
    /// than the key's `alg`; require the header `typ: at+jwt` and the claims `iss`, `aud` and `exp`. Ask
    /// again when a token names a key that is not in the set. Where tokens are signed with a shared
    /// secret, the set is empty.
    #[oai(
        path = "/.well-known/jwks.json",
        method = "get",
        operation_id = "get_jwks"
    )]
    #[expect(
        clippy::unused_async,
        reason = "operations are async, whatever they do"
    )]
    async fn get_jwks(&self, headers: &HeaderMap) -> Result<GetJwksAnswer, Failure<()>> {
        let (cache_control, etag) = (CACHE_CONTROL.to_owned(), self.etag.clone());
        Ok(if is_known(headers, &etag) {
            GetJwksAnswer::Unchanged(cache_control, etag)
        } else {
            GetJwksAnswer::Published(Json(self.keys.clone()), cache_control, etag)
        })
    }

    /// Get the issuer and where its keys are
    ///
    /// For libraries that find the keys by themselves. `issuer` is the `iss` claim of access tokens, as
    /// it is configured. Countersign is no OpenID provider, so there is nothing else to find.
    #[oai(
        path = "/.well-known/openid-configuration",
        method = "get",
        operation_id = "get_openid_configuration"
    )]
    #[expect(
        clippy::unused_async,
        reason = "operations are async, whatever they do"
    )]
    async fn get_openid_configuration(&self) -> Result<GetOpenidConfigurationAnswer, Failure<()>> {
        Ok(GetOpenidConfigurationAnswer::Described(
            Json(self.metadata.clone()),
            CACHE_CONTROL.to_owned(),
        ))
    }
}
