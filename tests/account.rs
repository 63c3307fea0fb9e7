//! `/users/me`: seeing, changing and deleting the own account, and what a bearer token is worth.

use chrono::TimeDelta;
use poem::http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Member, PASSWORD, TestApp};

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

async fn update(app: &TestApp, member: &Member, change: &Value) -> Answer {
    app.patch("/users/me", change).bearer(member).send().await
}

async fn get(app: &TestApp, member: &Member) -> Value {
    let answer = app.get("/users/me").bearer(member).send().await;
    answer.assert_status(200);
    answer.json()
}

/// A wrong current password is told in one way, whatever it was asked for.
#[track_caller]
fn assert_incorrect(answer: &Answer) {
    answer.assert_findings(&["current_password: incorrect"]);
}

#[tokio::test]
async fn a_name_can_be_chosen_changed_and_given_up() {
    let app = TestApp::start().await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let answer = app.post("/auth/register", &body).send().await;
    let ada = Member {
        tokens: answer.json(),
    };
    assert_eq!(ada.tokens["user"]["username"], Value::Null);

    app.clock.advance(TimeDelta::minutes(1));
    let answer = update(&app, &ada, &json!({"username": "ada"})).await;
    answer.assert_status(200);
    let mut expected = ada.tokens["user"].clone();
    expected["username"] = "ada".into();
    let changed = answer.json();
    assert!(changed["updated_at"].as_str() > expected["updated_at"].as_str());
    expected["updated_at"] = changed["updated_at"].clone();
    assert_eq!(changed, expected);
    assert_eq!(get(&app, &ada).await, expected);
    app.try_log_in("ADA", PASSWORD).await.assert_status(200);

    let answer = update(&app, &ada, &json!({"username": "Countess_1.8-"})).await;
    assert_eq!(answer.json()["username"], "Countess_1.8-");
    app.try_log_in("ada", PASSWORD).await.assert_status(401);
    app.try_log_in("countess_1.8-", PASSWORD)
        .await
        .assert_status(200);

    let answer = update(&app, &ada, &json!({"username": null})).await;
    answer.assert_status(200);
    assert_eq!(answer.json()["username"], Value::Null);
    app.try_log_in("countess_1.8-", PASSWORD)
        .await
        .assert_status(401);
    let by_email = json!({"email": "ada@example.com", "password": PASSWORD});
    app.post("/auth/login", &by_email)
        .send()
        .await
        .assert_status(200);
    // None of it ended a session.
    app.assert_goes_on(&ada).await;
}

#[tokio::test]
async fn what_another_account_has_is_taken_in_any_case() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.register("bob").await;
    for name in ["bob", "BOB", "Bob"] {
        let answer = update(&app, &ada, &json!({"username": name})).await;
        answer.assert_error(409, "USER_ALREADY_EXISTS");
        assert_eq!(answer.json()["errors"][0]["field"], "username");
        assert_eq!(answer.json()["errors"][0]["code"], "taken");
    }
    for email in ["bob@example.com", "BOB@Example.Com"] {
        // All of it or nothing: the name was free.
        let change = json!({"username": "lovelace", "email": email, "current_password": PASSWORD});
        let answer = update(&app, &ada, &change).await;
        answer.assert_error(409, "USER_ALREADY_EXISTS");
        assert_eq!(answer.json()["errors"][0]["field"], "email");
    }
    assert_eq!(get(&app, &ada).await, ada.tokens["user"]);
    // One's own is not taken.
    let answer = update(&app, &ada, &json!({"username": "Ada"})).await;
    assert_eq!(answer.json()["username"], "Ada");
}

#[tokio::test]
async fn another_address_needs_the_password_and_is_not_verified() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.execute("UPDATE users SET email_verified = true").await;
    let before = get(&app, &ada).await;
    let new = "lovelace@example.org";

    let answer = update(&app, &ada, &json!({"email": new})).await;
    answer.assert_findings(&["current_password: required"]);
    let answer = update(&app, &ada, &json!({"email": new, "current_password": null})).await;
    answer.assert_findings(&["current_password: required"]);
    let wrong = json!({"email": new, "username": "other", "current_password": "not the password"});
    assert_incorrect(&update(&app, &ada, &wrong).await);
    assert_eq!(get(&app, &ada).await, before);

    app.clock.advance(TimeDelta::minutes(1));
    let right = json!({"email": new, "current_password": PASSWORD});
    let answer = update(&app, &ada, &right).await;
    answer.assert_status(200);
    let after = answer.json();
    assert_eq!(after["email"], new);
    assert_eq!(after["email_verified"], false);
    assert_ne!(after["updated_at"], before["updated_at"]);
    for (email, status) in [("ada@example.com", 401), (new, 200)] {
        let body = json!({"email": email, "password": PASSWORD});
        app.post("/auth/login", &body)
            .send()
            .await
            .assert_status(status);
    }
    app.assert_goes_on(&ada).await;
}

#[tokio::test]
async fn the_same_address_in_another_case_stays_verified() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.execute("UPDATE users SET email_verified = true").await;
    let change = json!({"email": "Ada@Example.COM", "current_password": PASSWORD});
    let answer = update(&app, &ada, &change).await;
    answer.assert_status(200);
    assert_eq!(answer.json()["email"], "Ada@Example.COM");
    assert_eq!(answer.json()["email_verified"], true);
}

#[tokio::test]
async fn another_address_voids_the_links_that_went_to_the_old_one() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let reset = async |token: &str| {
        let body = json!({"token": token, "new_password": "a quite different sentence"});
        app.post("/auth/password/reset", &body).send().await
    };
    let old = app.start_password_reset(ada.id()).await;
    let change = json!({"email": "new@example.com", "current_password": PASSWORD});
    update(&app, &ada, &change).await.assert_status(200);
    reset(&old).await.assert_error(400, "INVALID_LINK");
    // A name is no address, and neither is another case of the same address another one.
    let token = app.start_password_reset(ada.id()).await;
    let change = json!({
        "email": "NEW@example.com", "username": "lovelace", "current_password": PASSWORD,
    });
    update(&app, &ada, &change).await.assert_status(200);
    reset(&token).await.assert_status(204);
}

#[tokio::test]
async fn what_changes_nothing_leaves_no_trace() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.clock.advance(TimeDelta::minutes(1));
    let events = app.count("audit_events", "true").await;
    for change in [
        json!({}),
        json!({"username": "ada"}),
        json!({"email": "ada@example.com"}),
        json!({"email": "ada@example.com", "username": "ada"}),
        json!({"current_password": PASSWORD}),
        // Nobody asked for it, so nobody looks at it.
        json!({"current_password": "not the password"}),
    ] {
        let answer = update(&app, &ada, &change).await;
        answer.assert_status(200);
        assert_eq!(answer.json(), ada.tokens["user"], "{change}");
    }
    assert_eq!(app.count("audit_events", "true").await, events);
}

#[tokio::test]
async fn nothing_else_of_the_own_account_can_be_changed() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    for member in [
        "id",
        "is_active",
        "is_superuser",
        "email_verified",
        "password",
        "new_password",
        "password_hash",
        "created_at",
        "last_login",
        "Username",
    ] {
        let mut change = json!({"username": "other"});
        change[member] = true.into();
        let answer = update(&app, &ada, &change).await;
        answer.assert_findings(&[&format!("{member}: unknown")]);
    }
    let answer = update(
        &app,
        &ada,
        &json!({"email": "no address", "username": "a b", "more": 1, "current_password": 5}),
    )
    .await;
    answer.assert_findings(&[
        "current_password: invalid_type",
        "email: invalid_format",
        "more: unknown",
        "username: invalid_format",
    ]);
    let answer = update(&app, &ada, &json!({"email": null})).await;
    answer.assert_findings(&["email: invalid_type"]);
    assert_eq!(get(&app, &ada).await, ada.tokens["user"]);
}

#[tokio::test]
async fn a_deleted_account_is_gone_with_all_that_belonged_to_it() {
    let app = TestApp::start().await;
    let bob = app.register("bob").await;
    let phone = app.register("ada").await;
    let laptop = app.log_in("ada").await;
    let link = app.start_password_reset(phone.id()).await;
    let answer = app
        .call(Method::DELETE, "/users/me")
        .bearer(&phone)
        .json(&json!({"current_password": PASSWORD}))
        .send()
        .await;
    answer.assert_status(204);

    app.assert_over(&phone).await;
    app.assert_over(&laptop).await;
    app.try_log_in("ada", PASSWORD)
        .await
        .assert_error(401, "INVALID_CREDENTIALS");
    let reset = json!({"token": link, "new_password": "a quite different sentence"});
    app.post("/auth/password/reset", &reset)
        .send()
        .await
        .assert_error(400, "INVALID_LINK");
    // What is left is Bob's; his link is that for his address.
    for table in ["users", "sessions", "email_tokens", "known_devices"] {
        assert_eq!(app.count(table, "true").await, "1", "{table}");
    }
    app.assert_goes_on(&bob).await;

    // Address and name are free again, for an account that has nothing of the old one.
    let again = app.register("ada").await;
    assert_ne!(again.id(), phone.id());
    app.assert_over(&laptop).await;
}

#[tokio::test]
async fn deleting_needs_the_password() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let delete = async |body: Value| {
        let call = app.delete("/users/me").bearer(&ada).json(&body);
        call.send().await
    };
    delete(json!({}))
        .await
        .assert_findings(&["current_password: required"]);
    delete(json!({"current_password": ""}))
        .await
        .assert_status(400);
    for wrong in [
        "not the password",
        "WIDE QUIET RIVERS RUN DEEP",
        " wide quiet rivers run deep",
    ] {
        assert_incorrect(&delete(json!({"current_password": wrong})).await);
    }
    let answer = app.delete("/users/me").bearer(&ada).send().await;
    answer.assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(get(&app, &ada).await, ada.tokens["user"]);
}

#[tokio::test]
async fn the_last_active_superuser_can_not_leave() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let idle = app.register_superuser("idle").await;
    app.deactivate(&idle).await;
    let delete = async |member: &Member| {
        let body = json!({"current_password": PASSWORD});
        app.delete("/users/me")
            .bearer(member)
            .json(&body)
            .send()
            .await
    };
    delete(&root).await.assert_error(409, "LAST_SUPERUSER");
    app.assert_goes_on(&root).await;
    let other = app.register_superuser("other").await;
    delete(&root).await.assert_status(204);
    delete(&other).await.assert_error(409, "LAST_SUPERUSER");
}
