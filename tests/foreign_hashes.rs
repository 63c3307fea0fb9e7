//! Accounts that were moved in from another system, with the password hashes of that system.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use crate::support::{Answer, TestApp};

/// A hash that another system made. How is told by the program beside each file.
#[derive(Clone, Deserialize)]
struct ForeignHash {
    system: String,
    password: String,
    hash: String,
}

impl ForeignHash {
    /// All there are, by the system that made them.
    fn by_system() -> BTreeMap<String, Vec<Self>> {
        let mut systems: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for file in [
            include_str!("data/foreign_hashes/node.json"),
            include_str!("data/foreign_hashes/php.json"),
            include_str!("data/foreign_hashes/python.json"),
            include_str!("data/foreign_hashes/rustcrypto.json"),
            include_str!("data/foreign_hashes/spring.json"),
        ] {
            for hash in serde_json::from_str::<Vec<Self>>(file).unwrap() {
                systems.entry(hash.system.clone()).or_default().push(hash);
            }
        }
        systems
    }
}

/// Puts a hash where the import would.
async fn store(app: &TestApp, hash: &str) {
    app.execute(&format!("UPDATE users SET password_hash = '{hash}'"))
        .await;
}

/// The hash of the only account.
async fn stored(app: &TestApp) -> String {
    app.query_text("SELECT password_hash FROM users", "password_hash")
        .await
}

async fn log_in(app: &TestApp, password: &str) -> Answer {
    let body = json!({"email": "ada@example.com", "password": password});
    app.post("/auth/login", &body).send().await
}

/// Logs in with every hash of a system.
async fn assert_moves_in(system: &str) {
    let app = TestApp::with(|config| {
        // A cost that no hash of the test data has.
        config.password.memory_kib = 32;
    })
    .await;
    app.register("ada").await;
    for ForeignHash { password, hash, .. } in &ForeignHash::by_system()[system] {
        store(&app, hash).await;
        log_in(&app, password).await.assert_status(200);
        let replaced = stored(&app).await;
        assert!(
            replaced.starts_with("$argon2id$v=19$m=32,t=1,p=1$"),
            "{hash} became {replaced}"
        );
        log_in(&app, password).await.assert_status(200);
        assert_eq!(stored(&app).await, replaced, "once is enough");
    }
}

macro_rules! moves_in {
    ($($test:ident: $system:literal;)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                assert_moves_in($system).await;
            }
        )*

        #[test]
        fn every_system_of_the_test_data_is_tested() {
            let systems: Vec<String> = ForeignHash::by_system().into_keys().collect();
            assert_eq!(systems, [$($system),*]);
        }
    };
}

moves_in! {
    people_move_in_from_django: "Django";
    people_move_in_from_fastapi_users: "FastAPI Users";
    people_move_in_from_php: "PHP";
    people_move_in_with_phc_strings: "RustCrypto";
    people_move_in_from_spring_security: "Spring Security";
    people_move_in_from_werkzeug: "Werkzeug";
    people_move_in_with_argon2_of_no_version: "argon2-cffi";
    people_move_in_from_node_bcrypt: "bcrypt";
    people_move_in_from_node_bcryptjs: "bcryptjs";
    people_move_in_from_passlib: "passlib";
}

#[tokio::test]
async fn a_wrong_password_leaves_the_hash_of_another_system_alone() {
    for (system, hashes) in ForeignHash::by_system() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let ForeignHash { hash, password, .. } = &hashes[0];
        store(&app, hash).await;
        let wrong = format!("{password}!");
        log_in(&app, &wrong)
            .await
            .assert_error(401, "INVALID_CREDENTIALS");
        assert_eq!(&stored(&app).await, hash, "{system}");
    }
}

#[tokio::test]
async fn an_inactive_account_keeps_the_hash_of_another_system() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let ForeignHash { hash, password, .. } = &ForeignHash::by_system()["Django"][0];
    store(&app, hash).await;
    app.execute("UPDATE users SET is_active = false").await;
    log_in(&app, password)
        .await
        .assert_error(403, "USER_INACTIVE");
    assert_eq!(&stored(&app).await, hash);
}

#[tokio::test]
async fn a_hash_that_is_not_supported_lets_nobody_in() {
    for hash in [
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "{noop}password",
        "$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/",
        "$2b$31$uQw8XOgox7AB5E6uN9ss2e.7yUyIiQTcn8gPb/JIKuJMEvYHXUGRi",
        "!unusable",
        "",
    ] {
        let app = TestApp::start().await;
        app.register("ada").await;
        store(&app, hash).await;
        for password in ["password", hash] {
            let answer = log_in(&app, password).await;
            answer.assert_error(500, "INTERNAL_ERROR");
            assert!(hash.is_empty() || !answer.text().contains(hash));
        }
        assert_eq!(stored(&app).await, hash);
    }
}
