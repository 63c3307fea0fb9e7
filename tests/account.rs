//! `GET /users/me`, and what a bearer token is worth.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn a_person_sees_the_own_account_and_no_secret_of_it() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let answer = app.get("/users/me").bearer(&ada).send().await;
    answer.assert_status(200);
    assert_eq!(answer.json(), ada.tokens["user"]);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.text().contains("argon2"));
}

#[tokio::test]
async fn an_account_that_became_inactive_is_refused_with_a_live_token() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    // Not through the service, which would end the sessions as well.
    app.execute("UPDATE users SET is_active = false").await;
    let answer = app.get("/users/me").bearer(&ada).send().await;
    answer.assert_error(403, "USER_INACTIVE");
    app.refresh(ada.refresh_token())
        .await
        .assert_error(403, "USER_INACTIVE");
}

#[tokio::test]
async fn an_account_that_is_gone_takes_its_sessions_along() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.execute("DELETE FROM users").await;
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_error(401, "SESSION_REVOKED");
    app.refresh(ada.refresh_token())
        .await
        .assert_error(401, "SESSION_REVOKED");
}

#[tokio::test]
async fn a_change_of_the_account_is_seen_with_the_next_request() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.execute("UPDATE users SET is_superuser = true").await;
    let answer = app.get("/users/me").bearer(&ada).send().await;
    assert_eq!(answer.json()["is_superuser"], json!(true));
}
