//! Keys that sign access tokens: private keys from PEM files, and the shared secret.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RsaKeyPair,
};
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey};
use pem::{EncodeConfig, LineEnding, Pem};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::Fault;
use super::keys::Keys;

/// The label of a private key of any kind (RFC 7468 section 10).
const PKCS8: &str = "PRIVATE KEY";
/// Older labels that openssl still writes: RFC 5915 section 4, and PKCS #1.
const SEC1: &str = "EC PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";
/// The label of a private key under a pass phrase (RFC 7468 section 11).
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
/// What all labels of private keys end with.
const PRIVATE: &str = "PRIVATE KEY";
/// The header of an older form of encryption (RFC 1421 section 4.6.1.1).
const PROC_TYPE: &str = "Proc-Type";

/// What an RSA key that is made here measures: 2048 bits are to be given up after 2030 (NIST SP 800-57).
const RSA_SIZE: KeySize = KeySize::Rsa3072;

/// How a private key signs (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl KeyAlgorithm {
    /// All of them, the one to prefer first.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// The name in the `alg` header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyAlgorithm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == text)
            .ok_or("must be one of EdDSA ES256 RS256")
    }
}

/// Why a file gives no key to sign with. Never repeats anything of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// There is nothing in PEM, or it is damaged.
    #[error("is no PEM file, or a damaged one")]
    NoPem,
    /// There are only public things in it.
    #[error("holds no private key")]
    NoPrivateKey,
    /// Which one is meant is not for us to guess.
    #[error("holds more than one private key")]
    Several,
    /// There is nobody to ask for the pass phrase.
    #[error("holds an encrypted private key; it has to be one without a pass phrase")]
    Encrypted,
    /// The key can't be read, or is of a kind or size that is not supported.
    #[error(
        "holds a private key that is damaged or not supported: it has to be Ed25519, P-256, or RSA of \
         2048 to 8192 bits"
    )]
    Unsupported,
}

/// The numbers of a public key, each in base64url (RFC 7518 section 6, RFC 8037 section 2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicNumbers {
    /// A point on Ed25519.
    Ed25519 {
        /// The point.
        x: String,
    },
    /// A point on P-256.
    P256 {
        /// Its first coordinate.
        x: String,
        /// Its second coordinate.
        y: String,
    },
    /// An RSA key.
    Rsa {
        /// The modulus.
        n: String,
        /// The exponent.
        e: String,
    },
}

/// What everybody may know of a key, to verify what it signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Names the key: its thumbprint (RFC 7638).
    pub kid: String,
    /// The key itself.
    pub numbers: PublicNumbers,
}

/// What signs. Its parts show no private numbers themselves.
enum Signer {
    Hs256(Box<hmac::Key>),
    EdDsa(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Signer {
    /// Reads a private key of whatever kind it is.
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_pkcs8(der)
            .map(Self::EdDsa)
            .or_else(|_| {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map(Self::Es256)
            })
            .or_else(|_| RsaKeyPair::from_pkcs8(der).map(Self::Rs256))
            .ok()
    }

    fn from_sec1(der: &[u8]) -> Option<Self> {
        EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map(Self::Es256)
            .ok()
    }

    fn from_pkcs1(der: &[u8]) -> Option<Self> {
        RsaKeyPair::from_der(der).map(Self::Rs256).ok()
    }

    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Hs256(_) => Algorithm::HS256,
            Self::EdDsa(_) => Algorithm::EdDSA,
            Self::Es256(_) => Algorithm::ES256,
            Self::Rs256(_) => Algorithm::RS256,
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let random = SystemRandom::new();
        Ok(match self {
            Self::Hs256(key) => hmac::sign(key, message).as_ref().to_vec(),
            Self::EdDsa(pair) => pair.try_sign(message)?.as_ref().to_vec(),
            Self::Es256(pair) => pair.sign(&random, message)?.as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)?;
                signature
            }
        })
    }
}

/// A key that signs access tokens and verifies them again.
pub struct SigningKey {
    kid: String,
    signer: Signer,
    decoding: DecodingKey,
    public: Option<PublicKey>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// The secret itself: signs with HS256, and is never published.
    #[must_use]
    pub fn shared(keys: &Keys) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, keys.access());
        Self {
            kid: keys.key_id().to_owned(),
            signer: Signer::Hs256(Box::new(key)),
            decoding: DecodingKey::from_secret(keys.access()),
            public: None,
        }
    }

    /// The one private key in a PEM file, in PKCS #8 or in the older forms of openssl. Whatever stands
    /// beside it, as a certificate does, is left alone.
    ///
    /// # Errors
    /// [`InvalidKey`]
    pub fn from_pem(text: &[u8]) -> Result<Self, InvalidKey> {
        let parts = pem::parse_many(text).map_err(|_| InvalidKey::NoPem)?;
        if parts.is_empty() {
            return Err(InvalidKey::NoPem);
        }
        let mut private = parts
            .into_iter()
            .filter(|part| part.tag().ends_with(PRIVATE));
        let part = private.next().ok_or(InvalidKey::NoPrivateKey)?;
        if private.next().is_some() {
            return Err(InvalidKey::Several);
        }
        if part.tag() == ENCRYPTED || part.headers().get(PROC_TYPE).is_some() {
            return Err(InvalidKey::Encrypted);
        }
        let tag = part.tag().to_owned();
        let der = SecretSlice::from(part.into_contents());
        let der = der.expose_secret();
        let signer = match tag.as_str() {
            PKCS8 => Signer::from_pkcs8(der),
            SEC1 => Signer::from_sec1(der),
            PKCS1 => Signer::from_pkcs1(der),
            _ => None,
        };
        signer
            .and_then(Self::published)
            .ok_or(InvalidKey::Unsupported)
    }

    /// A key with a public half, named by its thumbprint.
    fn published(signer: Signer) -> Option<Self> {
        let decoding = match &signer {
            Signer::Hs256(_) => return None,
            Signer::EdDsa(pair) => DecodingKey::from_ed_der(pair.public_key().as_ref()),
            Signer::Es256(pair) => DecodingKey::from_ec_der(pair.public_key().as_ref()),
            Signer::Rs256(pair) => DecodingKey::from_rsa_der(pair.public_key().as_ref()),
        };
        let jwk = Jwk::from_decoding_key(&decoding, Some(signer.algorithm())).ok()?;
        let kid = jwk.thumbprint(ThumbprintHash::SHA256).ok()?;
        let numbers = match jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(key) => PublicNumbers::Ed25519 { x: key.x },
            AlgorithmParameters::EllipticCurve(key) => PublicNumbers::P256 { x: key.x, y: key.y },
            AlgorithmParameters::RSA(key) => PublicNumbers::Rsa { n: key.n, e: key.e },
            _ => return None,
        };
        let public = PublicKey {
            kid: kid.clone(),
            numbers,
        };
        Some(Self {
            kid,
            signer,
            decoding,
            public: Some(public),
        })
    }

    /// Names the key; the `kid` header.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm that the key is used with.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    /// What verifies its signatures.
    pub(super) fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// Signs a message.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Fault> {
        self.signer.sign(message).map_err(Fault::internal)
    }
}

/// The keys of access tokens: the first signs, all verify.
#[derive(Debug)]
pub struct SigningKeys {
    first: SigningKey,
    others: Vec<SigningKey>,
}

impl SigningKeys {
    /// Signs with `first`, verifies with `others` too.
    #[must_use]
    pub fn new(first: SigningKey, others: Vec<SigningKey>) -> Self {
        Self { first, others }
    }

    /// The one that signs.
    #[must_use]
    pub fn first(&self) -> &SigningKey {
        &self.first
    }

    /// All of them, the one that signs first.
    pub fn iter(&self) -> impl Iterator<Item = &SigningKey> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What everybody may know of them: nothing of the secret.
    #[must_use]
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.iter().filter_map(|key| key.public.clone()).collect()
    }
}

impl From<SigningKey> for SigningKeys {
    fn from(only: SigningKey) -> Self {
        Self::new(only, Vec::new())
    }
}

/// A private key that was made just now.
#[derive(Clone, Debug)]
pub struct GeneratedKey {
    /// Names the key, as tokens and the key set will.
    pub kid: String,
    /// The private key as PKCS #8 in PEM.
    pub pem: SecretString,
}

/// Makes a private key to sign with.
///
/// # Errors
/// When the system gives no random numbers.
pub fn generate(algorithm: KeyAlgorithm) -> Result<GeneratedKey, Fault> {
    let der = private_der(algorithm).map_err(Fault::internal)?;
    let lines = EncodeConfig::new().set_line_ending(LineEnding::LF);
    let text = pem::encode_config(&Pem::new(PKCS8, der.expose_secret()), lines);
    let text = SecretString::from(text);
    let key = SigningKey::from_pem(text.expose_secret().as_bytes()).map_err(Fault::internal)?;
    Ok(GeneratedKey {
        kid: key.kid,
        pem: text,
    })
}

/// A new private key as PKCS #8.
fn private_der(algorithm: KeyAlgorithm) -> Result<SecretSlice<u8>, Unspecified> {
    let der = match algorithm {
        // The first version of PKCS #8 is the one that openssl reads.
        KeyAlgorithm::EdDsa => Ed25519KeyPair::generate()?.to_pkcs8v1()?.as_ref().to_vec(),
        KeyAlgorithm::Es256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?
            .to_pkcs8v1()?
            .as_ref()
            .to_vec(),
        KeyAlgorithm::Rs256 => RsaKeyPair::generate(RSA_SIZE)?.as_der()?.as_ref().to_vec(),
    };
    Ok(der.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys that openssl made, with their thumbprints as another program computed them.
    const ED25519: &str = include_str!("../../tests/pem/ed25519.pem");
    const ED25519_KID: &str = "i479XFQiDZFWZCbg4caWsmbshG6IBIkIrlVMTEYFKzo";
    const P256: &str = include_str!("../../tests/pem/p256.pem");
    const P256_SEC1: &str = include_str!("../../tests/pem/p256-sec1.pem");
    const P256_KID: &str = "rOnilQjQHOBCv7d3PVPNYWTuvDKJHf4Pd9XPnV09ImA";
    const RSA2048: &str = include_str!("../../tests/pem/rsa2048.pem");
    const RSA2048_PKCS1: &str = include_str!("../../tests/pem/rsa2048-pkcs1.pem");
    const RSA2048_KID: &str = "5fkO1TYVyn3Uhj1UbiB1gYUeW_c4C8H-FP-_ttEJQD8";

    fn read(text: &str) -> Result<SigningKey, InvalidKey> {
        SigningKey::from_pem(text.as_bytes())
    }

    #[test]
    fn keys_that_openssl_makes_are_read_in_all_their_forms() {
        for (text, algorithm, kid) in [
            (ED25519, Algorithm::EdDSA, ED25519_KID),
            (P256, Algorithm::ES256, P256_KID),
            (P256_SEC1, Algorithm::ES256, P256_KID),
            (RSA2048, Algorithm::RS256, RSA2048_KID),
            (RSA2048_PKCS1, Algorithm::RS256, RSA2048_KID),
            (
                &ED25519.replace('\n', "\r\n"),
                Algorithm::EdDSA,
                ED25519_KID,
            ),
        ] {
            let key = read(text).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            assert_eq!(key.kid(), kid);
            assert_eq!(key.public.unwrap().kid, kid);
        }
        let beside_a_certificate = format!(
            "{}\n{P256}",
            include_str!("../../tests/pem/certificate.pem")
        );
        assert_eq!(read(&beside_a_certificate).unwrap().kid(), P256_KID);
    }

    #[test]
    fn whatever_is_no_private_key_that_can_be_used_is_refused() {
        let damaged = P256.replacen("MIG", "MIH", 1);
        assert_ne!(damaged, P256);
        for (text, reason) in [
            ("", InvalidKey::NoPem),
            ("no key", InvalidKey::NoPem),
            (&ED25519[..ED25519.len() - 10], InvalidKey::NoPem),
            (&ED25519.replacen("MC4", "!!!", 1), InvalidKey::NoPem),
            (
                include_str!("../../tests/pem/public.pem"),
                InvalidKey::NoPrivateKey,
            ),
            (
                include_str!("../../tests/pem/certificate.pem"),
                InvalidKey::NoPrivateKey,
            ),
            (&format!("{ED25519}{P256}"), InvalidKey::Several),
            (
                include_str!("../../tests/pem/encrypted.pem"),
                InvalidKey::Encrypted,
            ),
            (
                include_str!("../../tests/pem/encrypted-sec1.pem"),
                InvalidKey::Encrypted,
            ),
            (
                include_str!("../../tests/pem/rsa1024.pem"),
                InvalidKey::Unsupported,
            ),
            (
                include_str!("../../tests/pem/p384.pem"),
                InvalidKey::Unsupported,
            ),
            (
                include_str!("../../tests/pem/ed448.pem"),
                InvalidKey::Unsupported,
            ),
            (&damaged, InvalidKey::Unsupported),
            (
                &P256.replace("PRIVATE", "RSA PRIVATE"),
                InvalidKey::Unsupported,
            ),
            (
                &P256.replace("PRIVATE", "OPENSSH PRIVATE"),
                InvalidKey::Unsupported,
            ),
        ] {
            assert_eq!(read(text).map(|key| key.kid), Err(reason), "{text}");
        }
    }

    #[test]
    fn a_generated_key_is_read_again_under_its_name() {
        for algorithm in KeyAlgorithm::ALL {
            let made = generate(algorithm).unwrap();
            let text = made.pem.expose_secret();
            assert!(
                text.starts_with("-----BEGIN PRIVATE KEY-----\n"),
                "{algorithm}"
            );
            assert!(text.ends_with("-----END PRIVATE KEY-----\n"), "{algorithm}");
            let key = read(text).unwrap();
            assert_eq!(key.kid(), made.kid);
            assert_eq!(format!("{:?}", key.algorithm()), algorithm.name());
            assert_eq!(algorithm.name().parse(), Ok(algorithm));
            assert_ne!(generate(algorithm).unwrap().kid, made.kid);
        }
        assert!("HS256".parse::<KeyAlgorithm>().is_err());
    }

    #[test]
    fn the_secret_is_no_public_key() {
        let keys = Keys::derive("a secret for tests that is long enough".into());
        let shared = SigningKey::shared(&keys);
        let both = SigningKeys::new(shared, vec![read(P256).unwrap()]);
        let public: Vec<String> = both.public_keys().into_iter().map(|key| key.kid).collect();
        assert_eq!(public, [P256_KID]);
    }

    #[test]
    fn debug_output_shows_no_private_key() {
        for (text, secret) in [(ED25519, 16..48), (P256, 36..68)] {
            let der = pem::parse(text).unwrap().into_contents();
            let secret = &der[secret];
            let hex = secret
                .iter()
                .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
            let key = read(text).unwrap();
            for shown in [
                format!("{key:?}"),
                format!("{:?}", key.decoding()),
                format!("{:?}", SigningKeys::from(key)),
            ] {
                assert!(!shown.to_lowercase().contains(&hex), "{shown}");
                assert!(!shown.contains(&format!("{secret:?}")), "{shown}");
            }
        }
        let made = generate(KeyAlgorithm::EdDsa).unwrap();
        let lines = made.pem.expose_secret().lines().nth(1).unwrap();
        assert!(!format!("{made:?}").contains(lines));
    }
}
