//! Signing keys: tokens that strangers can verify, keys that are changed with nobody logged out, and every
//! way to forge a token that applies here (RFC 8725, RFC 7515 section 10).

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use countersign::service::signing_key::{KeyAlgorithm, SigningKey, generate};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use pem::Pem;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::process::Place;
use crate::support::{Answer, Member, SECRET, TestApp};

const JWKS: &str = "/.well-known/jwks.json";
const CONFIGURATION: &str = "/.well-known/openid-configuration";
/// Longer tokens are not read.
const MAX_TOKEN: usize = 4096;

fn pem_path(name: &str) -> String {
    format!("{}/tests/pem/{name}.pem", env!("CARGO_MANIFEST_DIR"))
}

/// A private key in a file, which a test signs with behind the service's back.
struct Key {
    algorithm: KeyAlgorithm,
    path: String,
    kid: String,
    der: Vec<u8>,
}

impl Key {
    fn of(algorithm: KeyAlgorithm) -> Self {
        let path = pem_path(match algorithm {
            KeyAlgorithm::EdDsa => "ed25519",
            KeyAlgorithm::Es256 => "p256",
            KeyAlgorithm::Rs256 => "rsa2048",
        });
        let text = std::fs::read(&path).unwrap();
        Self {
            algorithm,
            path,
            kid: SigningKey::from_pem(&text).unwrap().kid().to_owned(),
            der: pem::parse(&text).unwrap().into_contents(),
        }
    }

    fn p256(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &self.der).unwrap()
    }

    fn rsa(&self) -> RsaKeyPair {
        RsaKeyPair::from_pkcs8(&self.der).unwrap()
    }

    fn ed25519(&self) -> Ed25519KeyPair {
        Ed25519KeyPair::from_pkcs8(&self.der).unwrap()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self.algorithm {
            KeyAlgorithm::EdDsa => self.ed25519().sign(message).as_ref().to_vec(),
            KeyAlgorithm::Es256 => self
                .p256()
                .sign(&random, message)
                .unwrap()
                .as_ref()
                .to_vec(),
            KeyAlgorithm::Rs256 => {
                let key = self.rsa();
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }

    /// The public key as a `SubjectPublicKeyInfo`, and as bare as its kind allows.
    fn public_forms(&self) -> [Vec<u8>; 2] {
        match self.algorithm {
            KeyAlgorithm::EdDsa => {
                let pair = self.ed25519();
                let spki = pair.public_key().as_der().unwrap();
                [spki.as_ref().to_vec(), pair.public_key().as_ref().to_vec()]
            }
            KeyAlgorithm::Es256 => {
                let pair = self.p256();
                let spki = pair.public_key().as_der().unwrap();
                [spki.as_ref().to_vec(), pair.public_key().as_ref().to_vec()]
            }
            KeyAlgorithm::Rs256 => {
                let pair = self.rsa();
                let spki = pair.public_key().as_der().unwrap();
                [spki.as_ref().to_vec(), pair.public_key().as_ref().to_vec()]
            }
        }
    }

    /// The header of this key's tokens.
    fn header(&self) -> Value {
        json!({"typ": "at+jwt", "alg": self.algorithm.name(), "kid": self.kid})
    }

    /// A token with a header and claims of any form.
    #[expect(clippy::needless_pass_by_value, reason = "easier to call")]
    fn token(&self, header: impl ToString, claims: impl ToString) -> String {
        token(&header.to_string(), &claims.to_string(), |message| {
            self.sign(message)
        })
    }
}

/// A token that is signed in any way.
fn token(header: &str, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = URL_SAFE_NO_PAD.encode(sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn hs256(secret: &[u8]) -> impl Fn(&[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    move |message| hmac::sign(&key, message).as_ref().to_vec()
}

/// A part of a token, read.
fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn with(object: &Value, name: &str, value: impl Into<Value>) -> Value {
    let mut changed = object.clone();
    changed[name] = value.into();
    changed
}

fn without(object: &Value, name: &str) -> Value {
    let mut changed = object.clone();
    changed.as_object_mut().unwrap().remove(name).unwrap();
    changed
}

async fn app_with(keys: &[&str]) -> TestApp {
    TestApp::with(|config| config.tokens.keys = owned(keys)).await
}

async fn restart_with(app: TestApp, keys: &[&str]) -> TestApp {
    let mut config = app.config.clone();
    config.tokens.keys = owned(keys);
    app.restart(config).await
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

async fn whoami(app: &TestApp, token: &str) -> Answer {
    app.get("/users/me").token(token).send().await
}

async fn jwks(app: &TestApp) -> Value {
    let answer = app.get(JWKS).send().await;
    answer.assert_status(200);
    answer.json()
}

/// Somebody who is logged in, and an attacker who can sign as the service does: what is refused then is
/// refused to everybody.
struct Target {
    app: TestApp,
    key: Key,
    claims: Value,
}

impl Target {
    async fn with(algorithm: KeyAlgorithm) -> Self {
        let key = Key::of(algorithm);
        Self::on(app_with(&[&key.path]).await, key).await
    }

    async fn on(app: TestApp, key: Key) -> Self {
        let ada = app.register("ada").await;
        let claims = part(ada.access_token(), 1);
        let target = Self { app, key, claims };
        target.accepts(&target.genuine()).await;
        target
    }

    fn genuine(&self) -> String {
        self.key.token(self.key.header(), &self.claims)
    }

    async fn accepts(&self, token: &str) {
        let answer = whoami(&self.app, token).await;
        assert_eq!(answer.status, 200, "{token}: {}", answer.text());
        assert_eq!(answer.json()["id"], self.claims["sub"]);
    }

    async fn refuses(&self, token: &str) {
        let answer = whoami(&self.app, token).await;
        assert_eq!(answer.status, 401, "{token}");
        assert_eq!(answer.json()["error_code"], "TOKEN_INVALID", "{token}");
    }

    async fn refuses_header(&self, header: impl ToString) {
        self.refuses(&self.key.token(header, &self.claims)).await;
    }

    async fn refuses_claims(&self, claims: impl ToString) {
        self.refuses(&self.key.token(self.key.header(), claims))
            .await;
    }
}

#[tokio::test]
async fn a_stranger_verifies_tokens_of_every_algorithm_by_the_published_keys() {
    for algorithm in KeyAlgorithm::ALL {
        let key = Key::of(algorithm);
        let app = app_with(&[&key.path]).await;
        let ada = app.register("ada").await;
        for member in [&ada, &app.log_in("ada").await] {
            let token = member.access_token();
            assert_eq!(part(token, 0), key.header());
            whoami(&app, token).await.assert_status(200);

            let keys: JwkSet = serde_json::from_value(jwks(&app).await).unwrap();
            let header = jsonwebtoken::decode_header(token).unwrap();
            let jwk = keys.find(&header.kid.unwrap()).unwrap();
            let algorithm = Algorithm::try_from(jwk.common.key_algorithm.unwrap()).unwrap();
            let mut validation = Validation::new(algorithm);
            validation.set_required_spec_claims(&["iss", "aud", "exp"]);
            validation.set_issuer(&["countersign"]);
            validation.set_audience(&["countersign"]);
            let decoding = DecodingKey::from_jwk(jwk).unwrap();
            let claims = jsonwebtoken::decode::<Value>(token, &decoding, &validation);
            let claims = claims.unwrap().claims;
            assert_eq!(claims["sub"], member.tokens["user"]["id"]);
        }
    }
}

#[tokio::test]
async fn the_published_keys_have_public_members_only_in_the_order_of_the_configuration() {
    let keys = KeyAlgorithm::ALL.map(Key::of);
    let [ed25519, p256, rsa] = &keys;
    let app = app_with(&[&rsa.path, "HS256", &ed25519.path, &p256.path]).await;
    let set = jwks(&app).await;
    let expected = [
        (rsa, "RSA", &["n", "e"][..]),
        (ed25519, "OKP", &["crv", "x"]),
        (p256, "EC", &["crv", "x", "y"]),
    ];
    assert_eq!(set["keys"].as_array().unwrap().len(), expected.len());
    for (index, (key, kty, own)) in expected.into_iter().enumerate() {
        let published = &set["keys"][index];
        assert_eq!(published["kid"], key.kid);
        assert_eq!(published["kty"], kty);
        assert_eq!(published["alg"], key.algorithm.name());
        assert_eq!(published["use"], "sig");
        let names = published.as_object().unwrap().keys();
        let mut names: Vec<&str> = names.map(String::as_str).collect();
        names.sort_unstable();
        let mut allowed = [own, &["kty", "use", "alg", "kid"][..]].concat();
        allowed.sort_unstable();
        assert_eq!(names, allowed, "{published}");
    }
    assert_eq!(set["keys"][1]["crv"], "Ed25519");
    assert_eq!(set["keys"][2]["crv"], "P-256");
}

#[tokio::test]
async fn a_shared_secret_is_not_published() {
    for keys in [&[][..], &["HS256"]] {
        let app = app_with(keys).await;
        let ada = app.register("ada").await;
        assert_eq!(part(ada.access_token(), 0)["alg"], "HS256");
        assert_eq!(jwks(&app).await, json!({"keys": []}));
    }
}

#[tokio::test]
async fn the_published_keys_may_be_kept_for_a_while_and_are_not_sent_twice() {
    let app = app_with(&[&pem_path("ed25519")]).await;
    let first = app.get(JWKS).send().await;
    assert_eq!(first.header("cache-control"), Some("public, max-age=300"));
    let etag = first.header("etag").unwrap().to_owned();
    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"other\", {etag}"),
        "*".to_owned(),
    ] {
        let again = app.get(JWKS).header("if-none-match", &known).send().await;
        again.assert_status(304);
        assert_eq!(again.header("etag"), Some(etag.as_str()));
        assert_eq!(again.header("cache-control"), Some("public, max-age=300"));
    }
    let other = app.get(JWKS).header("if-none-match", "\"other\"").send();
    other.await.assert_status(200);

    let app = restart_with(app, &[&pem_path("p256"), &pem_path("ed25519")]).await;
    let changed = app.get(JWKS).header("if-none-match", &etag).send().await;
    changed.assert_status(200);
    assert_ne!(changed.header("etag"), Some(etag.as_str()));
}

#[tokio::test]
async fn the_keys_are_found_from_the_issuer_and_need_no_database() {
    let app = TestApp::with(|config| {
        config.tokens.keys = vec![pem_path("ed25519")];
        config.tokens.issuer = "https://example.com/auth".into();
        let url = "https://example.com/auth/".to_owned();
        config.server.public_url = Some(url.try_into().unwrap());
    })
    .await;
    let ada = app.register("ada").await;
    app.break_database().await;
    for prefix in ["", "/api/v1"] {
        let found = app.get(&format!("{prefix}{CONFIGURATION}")).send().await;
        let expected = json!({
            "issuer": part(ada.access_token(), 1)["iss"],
            "jwks_uri": "https://example.com/auth/.well-known/jwks.json",
        });
        assert_eq!(found.json(), expected);
        let set = app.get(&format!("{prefix}{JWKS}")).send().await;
        set.assert_status(200);
    }
}

#[tokio::test]
async fn where_nothing_is_configured_the_keys_are_where_the_service_listens() {
    let place = Place::bare().with("COUNTERSIGN__TOKENS__KEYS", &pem_path("p256"));
    let service = place.start().await;
    let get = async |url: String| -> Value {
        let answer = reqwest::get(url).await.unwrap();
        answer.json().await.unwrap()
    };
    let found = get(format!("{}{CONFIGURATION}", service.url())).await;
    assert_eq!(found["jwks_uri"], format!("{}{JWKS}", service.url()));
    let set = get(found["jwks_uri"].as_str().unwrap().to_owned()).await;
    assert_eq!(set["keys"][0]["kid"], Key::of(KeyAlgorithm::Es256).kid);
}

#[tokio::test]
async fn a_key_that_cannot_be_used_stops_the_start_with_one_line_that_names_its_file() {
    for name in ["missing", "public", "encrypted", "rsa1024", "p384"] {
        let keys = format!("{},{}", pem_path("ed25519"), pem_path(name));
        let place = Place::bare().with("COUNTERSIGN__TOKENS__KEYS", &keys);
        let finished = place.run(&[]).await;
        assert_eq!(finished.code, Some(1), "{name}");
        assert_eq!(finished.stderr.trim().lines().count(), 1, "{name}");
        assert!(
            finished.stderr.contains(&pem_path(name)),
            "{}",
            finished.stderr
        );
    }
}

/// Tokens of one step of a rotation.
struct Step {
    member: Member,
    kid: Value,
}

impl Step {
    async fn of(app: &TestApp, name: &str) -> Self {
        let member = app.register(name).await;
        let kid = part(member.access_token(), 0)["kid"].clone();
        Self { member, kid }
    }
}

/// Changes from one key to another as the documentation says, with people logged in at every step.
async fn assert_rotates(old: &str, new: &str) {
    let mut app = app_with(&[old]).await;
    let mut steps = vec![Step::of(&app, "step0").await];
    for (index, keys) in [&[old, new][..], &[new, old]].into_iter().enumerate() {
        app = restart_with(app, keys).await;
        for step in &mut steps {
            let token = step.member.access_token();
            whoami(&app, token).await.assert_status(200);
            let refreshed = app.refresh(step.member.refresh_token()).await;
            refreshed.assert_status(200);
            // The access token stays the one of its own step.
            step.member.tokens["refresh_token"] = refreshed.json()["refresh_token"].clone();
            let token = refreshed.json()["access_token"]
                .as_str()
                .unwrap()
                .to_owned();
            whoami(&app, &token).await.assert_status(200);
        }
        steps.push(Step::of(&app, &format!("step{}", index + 1)).await);
    }
    assert_eq!(steps[0].kid, steps[1].kid);
    assert_ne!(steps[1].kid, steps[2].kid);

    let app = restart_with(app, &[new]).await;
    for step in &steps[..2] {
        let gone = whoami(&app, step.member.access_token()).await;
        gone.assert_error(401, "TOKEN_INVALID");
        let refreshed = app.refresh(step.member.refresh_token()).await;
        refreshed.assert_status(200);
        let token = refreshed.json()["access_token"]
            .as_str()
            .unwrap()
            .to_owned();
        assert_eq!(part(&token, 0)["kid"], steps[2].kid);
        whoami(&app, &token).await.assert_status(200);
    }
    let kept = whoami(&app, steps[2].member.access_token()).await;
    kept.assert_status(200);
}

#[tokio::test]
async fn a_key_is_changed_with_nobody_logged_out() {
    let folder = tempfile::tempdir().unwrap();
    let made = folder.path().join("new.pem");
    let made = made.to_str().unwrap();
    let key = generate(KeyAlgorithm::EdDsa).unwrap();
    std::fs::write(made, key.pem.expose_secret()).unwrap();
    Box::pin(assert_rotates(&pem_path("ed25519"), made)).await;
    Box::pin(assert_rotates(&pem_path("rsa2048"), &pem_path("p256"))).await;
}

#[tokio::test]
async fn the_shared_secret_is_left_for_a_key_with_nobody_logged_out() {
    Box::pin(assert_rotates("HS256", &pem_path("ed25519"))).await;
    Box::pin(assert_rotates(&pem_path("ed25519"), "HS256")).await;
}

#[tokio::test]
async fn tokens_of_before_any_key_was_configured_are_those_of_the_secret() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let app = restart_with(app, &[&pem_path("ed25519"), "HS256"]).await;
    whoami(&app, ada.access_token()).await.assert_status(200);
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused_however_that_is_written() {
    for algorithm in KeyAlgorithm::ALL {
        let target = Target::with(algorithm).await;
        for name in ["none", "None", "NONE", "nOnE", "", "null", "plain"] {
            let header = with(&target.key.header(), "alg", name).to_string();
            let claims = target.claims.to_string();
            target
                .refuses(&token(&header, &claims, |_| Vec::new()))
                .await;
            target.refuses_header(header).await;
        }
        let genuine = target.genuine();
        let (message, _) = genuine.rsplit_once('.').unwrap();
        target.refuses(message).await;
        target.refuses(&format!("{message}.")).await;
    }
}

#[tokio::test]
async fn a_public_key_is_no_secret_to_sign_with() {
    for algorithm in KeyAlgorithm::ALL {
        let key = Key::of(algorithm);
        // The secret being among the keys makes HS256 an algorithm that is in use.
        let app = app_with(&[&key.path, "HS256"]).await;
        let target = Target::on(app, key).await;
        let set = jwks(&target.app).await;
        let jwk = &set["keys"][0];
        let [spki, bare] = target.key.public_forms();
        let mut secrets = vec![
            jwk.to_string().into_bytes(),
            set.to_string().into_bytes(),
            serde_json::to_vec_pretty(jwk).unwrap(),
            STANDARD.encode(&spki).into_bytes(),
            target.key.kid.clone().into_bytes(),
            Vec::new(),
        ];
        for label in ["PUBLIC KEY", "RSA PUBLIC KEY", "EC PUBLIC KEY"] {
            for der in [&spki, &bare] {
                let windows = pem::encode(&Pem::new(label, der.clone()));
                let unix = windows.replace("\r\n", "\n");
                secrets
                    .extend([windows.trim_end(), &windows, unix.trim_end(), &unix].map(Vec::from));
            }
        }
        secrets.extend([spki, bare]);
        for name in ["x", "y", "n", "e"] {
            if let Some(number) = jwk[name].as_str() {
                secrets.push(number.into());
                secrets.push(URL_SAFE_NO_PAD.decode(number).unwrap());
            }
        }
        let claims = target.claims.to_string();
        for secret in secrets {
            let own = target.key.header();
            let confused = with(&own, "alg", "HS256");
            for header in [&own, &confused, &without(&confused, "kid")] {
                let forged = token(&header.to_string(), &claims, hs256(&secret));
                target.refuses(&forged).await;
            }
        }
    }
}

#[tokio::test]
async fn a_secret_that_is_not_among_the_keys_signs_nothing() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let genuine = ada.access_token().to_owned();
    let (header, claims) = (part(&genuine, 0), part(&genuine, 1));
    let app = restart_with(app, &[&pem_path("ed25519")]).await;
    let gone = whoami(&app, &genuine).await;
    gone.assert_error(401, "TOKEN_INVALID");
    let kid = Key::of(KeyAlgorithm::EdDsa).kid;
    for header in [
        header.clone(),
        with(&header, "kid", kid),
        without(&header, "kid"),
    ] {
        let forged = token(
            &header.to_string(),
            &claims.to_string(),
            hs256(SECRET.as_bytes()),
        );
        whoami(&app, &forged)
            .await
            .assert_error(401, "TOKEN_INVALID");
    }
}

#[tokio::test]
async fn every_key_has_its_own_algorithm_and_no_other() {
    let keys = KeyAlgorithm::ALL.map(Key::of);
    let paths: Vec<&str> = keys.iter().map(|key| key.path.as_str()).collect();
    let app = app_with(&[&paths[..], &["HS256"]].concat()).await;
    let target = Target::on(app, Key::of(KeyAlgorithm::EdDsa)).await;
    for signer in &keys {
        target
            .accepts(&signer.token(signer.header(), &target.claims))
            .await;
        for named in &keys {
            for algorithm in [
                "EdDSA", "ES256", "RS256", "HS256", "HS384", "HS512", "ES384", "ES512", "RS384",
                "RS512", "PS256", "Ed25519", "ES256K", "eddsa", "es256", "A128KW", "dir",
            ] {
                let header = with(&named.header(), "alg", algorithm);
                if named.kid == signer.kid && algorithm == signer.algorithm.name() {
                    continue;
                }
                target.refuses(&signer.token(header, &target.claims)).await;
            }
        }
    }
    // The same RSA key with another padding.
    let [_, _, rsa] = &keys;
    for name in ["PS256", "RS256"] {
        let header = with(&rsa.header(), "alg", name).to_string();
        let forged = token(&header, &target.claims.to_string(), |message| {
            let pair = rsa.rsa();
            let mut signature = vec![0; pair.public_modulus_len()];
            pair.sign(
                &RSA_PSS_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .unwrap();
            signature
        });
        target.refuses(&forged).await;
    }
}

#[tokio::test]
async fn only_the_id_of_a_known_key_names_one() {
    let target = Target::with(KeyAlgorithm::EdDsa).await;
    let own = target.key.header();
    let kid = target.key.kid.as_str();
    target.refuses_header(without(&own, "kid")).await;
    for odd in [
        json!(""),
        json!("unknown"),
        json!(null),
        json!(0),
        json!(1.5),
        json!(true),
        json!([kid]),
        json!({"kid": kid}),
        json!("../../../../../../dev/null"),
        json!("/proc/self/environ"),
        json!(target.key.path),
        json!("' OR '1'='1"),
        json!("x' UNION SELECT 'secret' --"),
        json!("$(id)"),
        json!("http://127.0.0.1:1/key"),
        json!("\u{0}"),
        json!(format!("{kid}\u{0}")),
        json!(format!(" {kid}")),
        json!(kid.to_lowercase()),
        json!(&kid[..kid.len() - 1]),
        json!("k".repeat(2500)),
    ] {
        target.refuses_header(with(&own, "kid", odd)).await;
    }
}

#[tokio::test]
async fn a_key_that_a_token_brings_along_is_not_used_and_nothing_is_fetched() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    for algorithm in KeyAlgorithm::ALL {
        let target = Target::with(algorithm).await;
        let own = target.key.header();
        let jwk = jwks(&target.app).await["keys"][0].clone();
        let certificate = std::fs::read(pem_path("certificate")).unwrap();
        let certificate = STANDARD.encode(pem::parse(certificate).unwrap().contents());
        // A key that the service does not know, under its own id and under a known one.
        let foreign = generate(KeyAlgorithm::EdDsa).unwrap();
        let foreign = Key {
            algorithm: KeyAlgorithm::EdDsa,
            path: String::new(),
            kid: foreign.kid,
            der: pem::parse(foreign.pem.expose_secret())
                .unwrap()
                .into_contents(),
        };
        let x = URL_SAFE_NO_PAD.encode(foreign.ed25519().public_key());
        let brought = json!({"kty": "OKP", "crv": "Ed25519", "x": x, "alg": "EdDSA"});
        for header in [
            with(&foreign.header(), "jwk", brought.clone()),
            with(&with(&own, "jwk", brought), "alg", "EdDSA"),
            with(&foreign.header(), "jku", url.as_str()),
            with(&with(&own, "jku", url.as_str()), "alg", "EdDSA"),
        ] {
            target.refuses(&foreign.token(header, &target.claims)).await;
        }
        // Even a token that is genuine otherwise.
        for (name, value) in [
            ("jwk", jwk),
            ("jku", json!(url)),
            ("x5u", json!(url)),
            ("x5c", json!([certificate])),
            ("x5t", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA")),
            ("x5t#S256", json!("AAAA")),
        ] {
            target.refuses_header(with(&own, name, value)).await;
        }
    }
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_header_that_says_more_or_less_than_ours_is_refused() {
    let target = Target::with(KeyAlgorithm::Es256).await;
    let own = target.key.header();
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("crit", json!("exp")),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("cty", json!("at+jwt")),
        ("iss", json!("countersign")),
        ("nonce", json!("1")),
        ("url", json!("http://127.0.0.1")),
        ("anything", json!(1)),
        ("typ", json!("JWT")),
        ("typ", json!("jwt")),
        ("typ", json!("id_token+jwt")),
        ("typ", json!("application/at+jwt")),
        ("typ", json!("at+jwt ")),
        ("typ", json!("")),
        ("typ", json!(null)),
        ("typ", json!(["at+jwt"])),
        ("typ", json!(7)),
        ("alg", json!(null)),
        ("alg", json!(7)),
        ("alg", json!(["ES256"])),
    ] {
        target.refuses_header(with(&own, name, value)).await;
    }
    let unencoded = with(&with(&own, "b64", false), "crit", json!(["b64"]));
    target.refuses_header(unencoded).await;
    for name in ["typ", "alg", "kid"] {
        target.refuses_header(without(&own, name)).await;
        // The same member twice, with the same value and with another.
        let text = own.to_string();
        let rest = text.strip_prefix('{').unwrap();
        for first in [&own[name], &json!("none"), &json!(null)] {
            target
                .refuses_header(format!("{{\"{name}\":{first},{rest}"))
                .await;
        }
    }
    for text in [
        "",
        "{}",
        "[]",
        "null",
        "7",
        "\"at+jwt\"",
        "{",
        "at+jwt",
        "\u{feff}{}",
        &format!("\u{feff}{own}"),
        &format!("{own}{own}"),
        &format!("[{own}]"),
        &format!("{own},"),
    ] {
        target.refuses_header(text).await;
    }
    // What is no text at all.
    let claims = target.claims.to_string();
    for bytes in [&b"\xff\xfe"[..], b"{\"alg\":\"\xff\"}", b"\0"] {
        let header = URL_SAFE_NO_PAD.encode(bytes);
        let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(&claims));
        let signature = URL_SAFE_NO_PAD.encode(target.key.sign(message.as_bytes()));
        target.refuses(&format!("{message}.{signature}")).await;
    }
    // White space is no member: this is the same header.
    let spaced = serde_json::to_string_pretty(&own).unwrap();
    target
        .accepts(&target.key.token(spaced, &target.claims))
        .await;
}

#[tokio::test]
async fn claims_that_are_missing_or_odd_are_refused() {
    let target = Target::with(KeyAlgorithm::EdDsa).await;
    let own = &target.claims;
    let (issued, expires) = (own["iat"].as_i64().unwrap(), own["exp"].as_i64().unwrap());
    for name in ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "scope"] {
        target.refuses_claims(without(own, name)).await;
        for odd in [json!(null), json!([own[name]]), json!({}), json!(true)] {
            target.refuses_claims(with(own, name, odd)).await;
        }
        // The same member twice, the genuine one first and last.
        let text = own.to_string();
        let (start, end) = (&text[..text.len() - 1], &text[1..]);
        for value in [&own[name], &json!("x"), &json!(0)] {
            target
                .refuses_claims(format!("{start},\"{name}\":{value}}}"))
                .await;
            target
                .refuses_claims(format!("{{\"{name}\":{value},{end}"))
                .await;
        }
    }
    for (name, odd) in [
        ("exp", json!(expires.to_string())),
        ("exp", json!("9999-12-31T23:59:59Z")),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("exp", json!(0)),
        ("exp", json!(i64::MIN)),
        ("exp", json!(i64::MAX)),
        ("exp", json!(u64::MAX)),
        ("exp", json!(issued - 1)),
        ("exp", json!(issued + 86_401)),
        ("iat", json!(issued.to_string())),
        ("iat", json!(i64::MIN)),
        ("iat", json!(i64::MAX)),
        ("iat", json!(expires + 1)),
        ("nbf", json!(expires - 1)),
        ("nbf", json!(i64::MAX)),
        ("nbf", json!(null)),
        ("nbf", json!("0")),
        ("nbf", json!(0.5)),
        ("iss", json!("")),
        ("iss", json!("Countersign")),
        ("iss", json!("countersign ")),
        ("iss", json!("https://countersign")),
        ("iss", json!(["countersign", "other"])),
        ("aud", json!("")),
        ("aud", json!("other")),
        ("aud", json!("countersign,other")),
        ("aud", json!(["other", "countersign"])),
        ("aud", json!([])),
        ("sub", json!("")),
        ("sub", json!("ada")),
        ("sub", json!("ada@example.com")),
        ("sub", json!(1)),
        ("sub", json!("' OR '1'='1")),
        ("sid", json!("")),
        ("sid", json!("current")),
        ("sid", json!("../../etc/passwd")),
        ("sid", json!("0")),
        ("jti", json!("not a UUID")),
        ("scope", json!(["superuser"])),
    ] {
        target.refuses_claims(with(own, name, odd)).await;
    }
    for number in [
        format!("{expires}.5"),
        format!("{expires}.0"),
        "1e10".into(),
        "NaN".into(),
    ] {
        let claims = without(own, "exp").to_string();
        let rest = claims.strip_prefix('{').unwrap();
        target
            .refuses_claims(format!("{{\"exp\":{number},{rest}"))
            .await;
    }
    let values: Vec<&Value> = own.as_object().unwrap().values().collect();
    for text in [
        String::new(),
        "{}".into(),
        "null".into(),
        "[]".into(),
        "7".into(),
        json!(values).to_string(),
        json!([own]).to_string(),
        json!(own.to_string()).to_string(),
        format!("{own}{own}"),
        format!("{own}\u{0}"),
    ] {
        target.refuses_claims(text).await;
    }
    target
        .accepts(
            &target
                .key
                .token(target.key.header(), with(own, "nbf", issued)),
        )
        .await;
}

#[tokio::test]
async fn a_genuine_token_for_other_ids_opens_nothing_of_others() {
    // Only the service can sign one; it is still held against the database.
    let target = Target::with(KeyAlgorithm::Es256).await;
    let mallory = target.app.register("mallory").await;
    let other = part(mallory.access_token(), 1);
    for (name, value) in [
        ("sub", other["sub"].clone()),
        ("sid", json!(Uuid::now_v7())),
        ("sub", json!(Uuid::nil())),
        ("sid", json!(Uuid::nil())),
    ] {
        let claims = with(&target.claims, name, value);
        let answer = whoami(&target.app, &target.key.token(target.key.header(), claims)).await;
        answer.assert_error(401, "SESSION_REVOKED");
    }
}

#[tokio::test]
async fn a_text_of_another_form_is_refused() {
    let target = Target::with(KeyAlgorithm::EdDsa).await;
    let genuine = target.genuine();
    let parts: Vec<&str> = genuine.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{genuine}");
    };
    let nested = target.key.token(target.key.header(), json!(genuine));
    let flattened = json!({"protected": header, "payload": claims, "signature": signature});
    let general = json!({
        "payload": claims, "signatures": [{"protected": header, "signature": signature}],
    });
    for text in [
        format!("{header}.{claims}"),
        format!("{genuine}."),
        format!(".{genuine}"),
        format!("{genuine}.{signature}"),
        format!("{header}..{claims}.{signature}"),
        // Five parts, as encrypted tokens have.
        format!("{header}.{claims}.{claims}.{claims}.{signature}"),
        format!("{header}....{signature}"),
        flattened.to_string(),
        general.to_string(),
        nested,
        format!("{genuine}="),
        format!("{genuine}=="),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}=.{signature}"),
        format!("{header} .{claims}.{signature}"),
        format!("{header}.{claims}. {signature}"),
        format!("{header}.{claims}.{signature},{genuine}"),
        format!("{genuine}, Bearer {genuine}"),
        format!("\"{genuine}\""),
        format!("{genuine}%00"),
        genuine.replace('.', "%2E"),
        genuine.to_uppercase(),
        URL_SAFE_NO_PAD.encode(&genuine),
        ".".into(),
        "..".into(),
        "...".into(),
        "csr_AAAA".into(),
    ] {
        target.refuses(&text).await;
    }
    // Of the last character only some bits count; the others have to be what an encoder writes.
    let last = signature.chars().last().unwrap();
    let message = &genuine[..genuine.len() - 1];
    for other in ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['-', '_'])
    {
        if other != last {
            target.refuses(&format!("{message}{other}")).await;
        }
    }
    // The other alphabet, and padding, on a token where they make a difference.
    let claims = (0..100)
        .map(|_| with(&target.claims, "jti", Uuid::new_v4().to_string()))
        .find(|claims| {
            let token = target.key.token(target.key.header(), claims);
            token.rsplit('.').next().unwrap().contains(['-', '_'])
        })
        .unwrap();
    let genuine = target.key.token(target.key.header(), claims);
    target.accepts(&genuine).await;
    target
        .refuses(&genuine.replace('-', "+").replace('_', "/"))
        .await;
    let padded: Vec<String> = genuine
        .split('.')
        .map(|part| URL_SAFE.encode(URL_SAFE_NO_PAD.decode(part).unwrap()))
        .collect();
    target.refuses(&padded.join(".")).await;
}

#[tokio::test]
async fn a_signature_that_was_touched_is_refused() {
    for algorithm in KeyAlgorithm::ALL {
        let target = Target::with(algorithm).await;
        let genuine = target.genuine();
        let (message, signature) = genuine.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let refuses = async |signature: &[u8]| {
            let signature = URL_SAFE_NO_PAD.encode(signature);
            target.refuses(&format!("{message}.{signature}")).await;
        };
        for index in 0..signature.len() {
            let mut flipped = signature.clone();
            flipped[index] ^= 1 << (index % 8);
            refuses(&flipped).await;
        }
        let length = signature.len();
        for cut in [1, length / 2, length - 1] {
            refuses(&signature[..cut]).await;
            refuses(&signature[cut..]).await;
        }
        refuses(&[&signature[..], &[0]].concat()).await;
        refuses(&[&[0], &signature[..]].concat()).await;
        refuses(&[&signature[..], &signature[..]].concat()).await;
        refuses(&vec![0; length]).await;
        refuses(&vec![0xff; length]).await;
        let reversed: Vec<u8> = signature.iter().rev().copied().collect();
        refuses(&reversed).await;

        // Every single character of what is signed counts.
        for index in (0..message.len()).step_by(5) {
            let mut touched = genuine.clone().into_bytes();
            touched[index] = if touched[index] == b'A' { b'B' } else { b'A' };
            target.refuses(&String::from_utf8(touched).unwrap()).await;
        }
    }
}

/// The order of P-256, most significant byte first (FIPS 186-4 appendix D.1.2.3).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// The order of Ed25519, least significant byte first (RFC 8032 section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[tokio::test]
async fn the_numbers_of_an_ecdsa_signature_are_within_their_bounds() {
    let target = Target::with(KeyAlgorithm::Es256).await;
    let genuine = target.genuine();
    let (message, signature) = genuine.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = signature.split_at(32);
    let signed = |r: &[u8], s: &[u8]| {
        let signature = URL_SAFE_NO_PAD.encode([r, s].concat());
        format!("{message}.{signature}")
    };
    let mut one = [0; 32];
    one[31] = 1;
    let zero = [0; 32];
    // (0, 0) is what a verifier without bounds takes for anything (CVE-2022-21449).
    for odd in [&zero, &one, &P256_ORDER, &[0xff; 32]] {
        target.refuses(&signed(odd, odd)).await;
        target.refuses(&signed(r, odd)).await;
        target.refuses(&signed(odd, s)).await;
    }
    let asn1 = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &target.key.der).unwrap();
    let asn1 = asn1.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
    let asn1 = URL_SAFE_NO_PAD.encode(asn1);
    target.refuses(&format!("{message}.{asn1}")).await;

    // ECDSA by its nature takes (r, n - s) for (r, s), which everybody can compute. Nothing here goes by
    // the text of a token or of a signature, so it is only another way to write the same token.
    let mut mirrored = [0; 32];
    let mut borrow = 0;
    for index in (0..32).rev() {
        let difference = i16::from(P256_ORDER[index]) - i16::from(s[index]) - borrow;
        borrow = i16::from(difference < 0);
        mirrored[index] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    target.accepts(&signed(r, &mirrored)).await;
}

#[tokio::test]
async fn an_ed25519_signature_is_written_in_one_way_only() {
    let target = Target::with(KeyAlgorithm::EdDsa).await;
    let genuine = target.genuine();
    let (message, signature) = genuine.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut carry = 0;
    for (byte, order) in signature[32..].iter_mut().zip(ED25519_ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum % 256).unwrap();
        carry = sum / 256;
    }
    let signature = URL_SAFE_NO_PAD.encode(signature);
    target.refuses(&format!("{message}.{signature}")).await;
}

#[tokio::test]
async fn a_token_that_is_too_large_or_too_deep_is_refused() {
    let target = Target::with(KeyAlgorithm::EdDsa).await;
    let mut seen = [false; 2];
    let start = (1..MAX_TOKEN).find(|length| padded(&target, *length).len() > MAX_TOKEN - 8);
    let start = start.unwrap();
    for length in start..start + 16 {
        let token = padded(&target, length);
        let is_too_large = token.len() > MAX_TOKEN;
        seen[usize::from(is_too_large)] = true;
        if is_too_large {
            target.refuses(&token).await;
        } else {
            target.accepts(&token).await;
        }
    }
    assert_eq!(seen, [true, true]);

    let own = target.key.header();
    for length in [4096, 100_000, 1_000_000] {
        target.refuses(&padded(&target, length)).await;
        target.refuses(&"a".repeat(length)).await;
        target.refuses(&".".repeat(length)).await;
        let filler = "x".repeat(length);
        target.refuses_header(with(&own, "x", filler)).await;
    }
    let nested = |object: &Value, value: &str| {
        let text = object.to_string();
        format!("{},\"x\":{value}}}", text.strip_suffix('}').unwrap())
    };
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [130, 350, 50_000] {
            let endless = open.repeat(depth);
            let closed = format!("{endless}1{}", close.repeat(depth));
            target.refuses_header(nested(&own, &endless)).await;
            target.refuses_header(nested(&own, &closed)).await;
            target
                .refuses_claims(nested(&target.claims, &endless))
                .await;
            // A claim that nobody reads is passed over without going down into it.
            let token = target.key.token(&own, nested(&target.claims, &closed));
            if token.len() > MAX_TOKEN {
                target.refuses(&token).await;
            } else {
                target.accepts(&token).await;
            }
        }
    }
}

/// A genuine token with a claim that nobody reads, of this length.
fn padded(target: &Target, length: usize) -> String {
    let claims = with(&target.claims, "x", "x".repeat(length));
    target.key.token(target.key.header(), claims)
}

#[tokio::test]
async fn a_token_anywhere_but_in_the_one_header_is_no_token() {
    let target = Target::with(KeyAlgorithm::EdDsa).await;
    let (app, token) = (&target.app, target.genuine());
    let form = "application/x-www-form-urlencoded";
    for call in [
        app.get(&format!("/users/me?access_token={token}")),
        app.get(&format!("/users/me?token={token}&jwt={token}")),
        app.get("/users/me")
            .header("content-type", form)
            .body(format!("access_token={token}")),
        app.get("/users/me")
            .header("cookie", &format!("access_token={token}")),
        app.get("/users/me").header("x-access-token", &token),
        app.get("/users/me")
            .header("proxy-authorization", &format!("Bearer {token}")),
        app.get("/users/me").header("authorization", &token),
        app.get("/users/me")
            .header("authorization", &format!("Basic {token}")),
        app.get("/users/me")
            .header("authorization", &format!("JWT {token}")),
        app.get("/users/me").header("authorization", "Bearer"),
        app.get("/users/me").header("authorization", "Bearer "),
    ] {
        call.send().await.assert_error(401, "TOKEN_MISSING");
    }
    let [first, second] = [&token, "other"].map(|token| format!("Bearer {token}"));
    for (one, other) in [(&first, &first), (&first, &second), (&second, &first)] {
        let call = app.get("/users/me").header("authorization", one);
        let answer = call.header("authorization", other).send().await;
        answer.assert_error(401, "TOKEN_INVALID");
    }
}
