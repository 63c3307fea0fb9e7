//! `POST /auth/register`

use chrono::{DateTime, TimeDelta};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{Answer, PASSWORD, TestApp};

fn ada() -> Value {
    json!({"email": "Ada@example.com", "password": PASSWORD, "username": "ada"})
}

#[tokio::test]
async fn registering_creates_an_account_and_logs_its_owner_in() {
    let app = TestApp::start().await;
    let before = app.clock.now();
    let answer = app.post("/auth/register", &ada()).send().await;
    answer.assert_status(201);
    assert_eq!(answer.header("location"), Some("/api/v1/users/me"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["expires_in"], 1800);
    assert_eq!(tokens["refresh_expires_in"], 604_800);
    let user = &tokens["user"];
    assert_eq!(user["email"], "Ada@example.com");
    assert_eq!(user["username"], "ada");
    assert_eq!(user["is_active"], true);
    assert_eq!(user["is_superuser"], false);
    assert_eq!(user["email_verified"], false);
    assert_eq!(user["last_login"], user["created_at"]);
    let created_at = user["created_at"].as_str().unwrap();
    assert!(created_at.ends_with('Z') && created_at.len() == "2026-01-31T10:30:45.123Z".len());
    let created_at = DateTime::parse_from_rfc3339(created_at).unwrap().to_utc();
    assert!(created_at >= before && created_at <= app.clock.now());

    let token = tokens["access_token"].as_str().unwrap();
    let me = app.get("/users/me").token(token).send().await;
    assert_eq!(&me.json(), user);
}

#[tokio::test]
async fn a_user_name_is_optional() {
    let app = TestApp::start().await;
    for (i, extra) in [json!({}), json!({"username": null})]
        .into_iter()
        .enumerate()
    {
        let mut body = json!({"email": format!("p{i}@example.com"), "password": PASSWORD});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_status(201);
        assert_eq!(answer.json()["user"]["username"], Value::Null);
    }
}

#[tokio::test]
async fn the_access_token_is_a_jwt_with_the_promised_header_and_claims() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let parts: Vec<Value> = ada
        .access_token()
        .split('.')
        .take(2)
        .map(|part| {
            use base64::Engine;
            let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
            serde_json::from_slice(&engine.decode(part).unwrap()).unwrap()
        })
        .collect();
    let (header, claims) = (&parts[0], &parts[1]);
    assert_eq!(header["alg"], "HS256");
    assert_eq!(header["typ"], "at+jwt");
    assert!(header["kid"].as_str().is_some_and(|kid| !kid.is_empty()));
    assert_eq!(claims["iss"], "countersign");
    assert_eq!(claims["aud"], "countersign");
    assert_eq!(claims["sub"], ada.tokens["user"]["id"]);
    assert_eq!(claims["scope"], "user");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        1800
    );
    let sessions = app
        .get("/users/me/sessions")
        .bearer(&ada)
        .send()
        .await
        .json();
    assert_eq!(claims["sid"], sessions["items"][0]["id"]);
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["iss", "aud", "sub", "sid", "jti", "iat", "exp", "scope"]
    );
    assert!(ada.refresh_token().starts_with("csr_"));
}

#[tokio::test]
async fn an_address_or_name_is_taken_in_any_case() {
    let app = TestApp::start().await;
    app.post("/auth/register", &ada())
        .send()
        .await
        .assert_status(201);
    for (email, username, field) in [
        ("ada@EXAMPLE.com", "somebody", "email"),
        ("else@example.com", "ADA", "username"),
        ("ADA@example.com", "Ada", "email"),
    ] {
        let body = json!({"email": email, "username": username, "password": PASSWORD});
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_error(409, "USER_ALREADY_EXISTS");
        assert_eq!(answer.json()["errors"][0]["field"], field);
        assert_eq!(answer.json()["errors"][0]["code"], "taken");
    }
}

fn count(answers: &[Answer], status: u16) -> usize {
    let with = answers.iter().filter(|answer| answer.status == status);
    with.count()
}

#[tokio::test]
async fn of_32_parallel_registrations_of_one_address_exactly_one_succeeds() {
    let app = TestApp::with(|config| config.password.hash_queue = 64).await;
    let answers = join_all((0..32).map(|i| {
        let body = json!({"email": "ada@example.com", "username": format!("ada{i}"), "password": PASSWORD});
        let app = &app;
        async move { app.post("/auth/register", &body).send().await }
    }))
    .await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 31));
    let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
    assert_eq!(refused.json()["errors"][0]["field"], "email");
}

#[tokio::test]
async fn of_parallel_registrations_of_one_user_name_exactly_one_succeeds() {
    let app = TestApp::start().await;
    let answers = join_all((0..16).map(|i| {
        let body =
            json!({"email": format!("p{i}@example.com"), "username": "ada", "password": PASSWORD});
        let app = &app;
        async move { app.post("/auth/register", &body).send().await }
    }))
    .await;
    assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 15));
    let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
    assert_eq!(refused.json()["errors"][0]["field"], "username");
}

#[tokio::test]
async fn a_refused_registration_leaves_nothing_behind() {
    let app = TestApp::start().await;
    app.post("/auth/register", &ada())
        .send()
        .await
        .assert_status(201);
    let body = json!({"email": "new@example.com", "username": "ada", "password": PASSWORD});
    app.post("/auth/register", &body)
        .send()
        .await
        .assert_status(409);
    let login = json!({"email": "new@example.com", "password": PASSWORD});
    app.post("/auth/login", &login)
        .send()
        .await
        .assert_error(401, "INVALID_CREDENTIALS");
}

#[tokio::test]
async fn weak_passwords_are_refused_with_all_findings() {
    let app = TestApp::start().await;
    for (password, findings) in [
        ("pq7-zt4", vec!["password: too_short"]),
        (
            "qwerty",
            vec!["password: too_common", "password: too_short"],
        ),
        ("Password123", vec!["password: too_common"]),
        ("grace.hopper!", vec!["password: contains_identity"]),
        ("amazing!", vec!["password: contains_identity"]),
        (&"ab".repeat(65), vec!["password: too_long"]),
    ] {
        let body = json!({
            "email": "grace.hopper@example.com", "username": "amazing", "password": password,
        });
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_findings(&findings);
        assert!(!answer.text().contains(password));
    }
}

#[tokio::test]
async fn the_lengths_of_passwords_can_be_set() {
    let app = TestApp::with(|config| {
        config.password.min_length = 12;
        config.password.max_length = 64;
    })
    .await;
    for (length, status) in [(11, 400), (12, 201), (64, 201), (65, 400)] {
        let password: String = "x7-".chars().cycle().take(length).collect();
        let body = json!({"email": format!("p{length}@example.com"), "password": password});
        app.post("/auth/register", &body)
            .send()
            .await
            .assert_status(status);
    }
}

#[tokio::test]
async fn every_fault_of_the_request_is_found_at_once() {
    let app = TestApp::start().await;
    let body = json!({"email": "nobody", "username": "a b", "password": "short", "admin": true});
    let answer = app.post("/auth/register", &body).send().await;
    answer.assert_findings(&[
        "admin: unknown",
        "email: invalid_format",
        "password: too_short",
        "username: invalid_format",
    ]);
    let answer = app
        .post("/auth/register", &json!({"username": "xy"}))
        .send()
        .await;
    answer.assert_findings(&[
        "email: required",
        "password: required",
        "username: too_short",
    ]);
    let body = json!({"email": null, "username": 7, "password": true});
    let answer = app.post("/auth/register", &body).send().await;
    answer.assert_findings(&[
        "email: invalid_type",
        "password: invalid_type",
        "username: invalid_type",
    ]);
}

#[tokio::test]
async fn addresses_that_could_be_taken_for_others_are_refused() {
    let app = TestApp::start().await;
    for email in [
        "\u{430}da@example.com",
        "ada@example.com, bob@example.com",
        "ada@exampl\u{e9}.com",
        "Ada <ada@example.com>",
        " ada@example.com",
        "ada@example.com\n",
    ] {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_findings(&["email: invalid_format"]);
    }
    let body = json!({"email": format!("{}@example.com", "a".repeat(250)), "password": PASSWORD});
    let answer = app.post("/auth/register", &body).send().await;
    answer.assert_findings(&["email: too_long"]);
}

#[tokio::test]
async fn registration_can_be_closed() {
    let app = TestApp::with(|config| config.registration.enabled = false).await;
    let answer = app.post("/auth/register", &ada()).send().await;
    answer.assert_error(403, "REGISTRATION_CLOSED");
}

#[tokio::test]
async fn a_password_is_the_same_however_its_accents_are_composed() {
    let app = TestApp::start().await;
    let body = json!({"email": "zoe@example.com", "password": "d\u{e9}j\u{e0} vu encore"});
    app.post("/auth/register", &body)
        .send()
        .await
        .assert_status(201);
    app.clock.advance(TimeDelta::minutes(1));
    let body = json!({"email": "zoe@example.com", "password": "de\u{301}ja\u{300} vu encore"});
    app.post("/auth/login", &body)
        .send()
        .await
        .assert_status(200);
}
