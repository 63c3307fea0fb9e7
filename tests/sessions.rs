//! `POST /auth/logout` and the operations under `/users/me/sessions`

use chrono::TimeDelta;
use poem::http::Method;
use serde_json::{Value, json};

use crate::support::{Member, PASSWORD, TestApp, unknown_id};

async fn sessions_of(app: &TestApp, member: &Member) -> Vec<Value> {
    let answer = app.get("/users/me/sessions").bearer(member).send().await;
    answer.assert_status(200);
    answer.json()["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_logout_ends_this_session_at_once_and_no_other() {
    let app = TestApp::start().await;
    let phone = app.register("ada").await;
    let laptop = app.log_in("ada").await;
    let answer = app
        .call(Method::POST, "/auth/logout")
        .bearer(&phone)
        .send()
        .await;
    answer.assert_status(204);

    app.get("/users/me")
        .bearer(&phone)
        .send()
        .await
        .assert_error(401, "SESSION_REVOKED");
    app.refresh(phone.refresh_token())
        .await
        .assert_error(401, "SESSION_REVOKED");
    let answer = app
        .call(Method::POST, "/auth/logout")
        .bearer(&phone)
        .send()
        .await;
    answer.assert_error(401, "SESSION_REVOKED");
    app.get("/users/me")
        .bearer(&laptop)
        .send()
        .await
        .assert_status(200);
    app.refresh(laptop.refresh_token()).await.assert_status(200);
}

#[tokio::test]
async fn sessions_are_listed_with_their_devices_the_one_used_last_first() {
    let app = TestApp::start().await;
    let phone = app.register("ada").await;
    app.clock.advance(TimeDelta::minutes(1));
    let body = json!({"username": "ada", "password": PASSWORD});
    let laptop = app
        .post("/auth/login", &body)
        .header("user-agent", "laptop/1.0 (test)")
        .send()
        .await;
    let laptop = Member {
        tokens: laptop.json(),
    };

    let sessions = sessions_of(&app, &laptop).await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["current"], true);
    assert_eq!(sessions[0]["user_agent"], "laptop/1.0 (test)");
    assert_eq!(sessions[1]["current"], false);
    assert_eq!(sessions[1]["user_agent"], Value::Null);
    assert!(sessions[0]["expires_at"].as_str() > sessions[0]["created_at"].as_str());

    app.clock.advance(TimeDelta::minutes(1));
    let phone = Member {
        tokens: app.refresh(phone.refresh_token()).await.json(),
    };
    let sessions = sessions_of(&app, &phone).await;
    assert_eq!(sessions[0]["current"], true);
    assert_eq!(sessions[1]["user_agent"], "laptop/1.0 (test)");
}

#[tokio::test]
async fn a_user_agent_is_cut_and_cleaned() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let body = json!({"username": "ada", "password": PASSWORD});
    let agent = format!("tab\there {}", "x".repeat(1000));
    let answer = app
        .post("/auth/login", &body)
        .header("user-agent", &agent)
        .send()
        .await;
    let member = Member {
        tokens: answer.json(),
    };
    let sessions = sessions_of(&app, &member).await;
    let kept = sessions[0]["user_agent"].as_str().unwrap();
    assert!(kept.starts_with("tabhere xxx"), "{kept}");
    assert_eq!(kept.chars().count(), 256);
}

#[tokio::test]
async fn an_expired_session_is_not_listed() {
    let app = TestApp::start().await;
    app.register("ada").await;
    app.clock.advance(TimeDelta::days(7));
    let young = app.log_in("ada").await;
    assert_eq!(sessions_of(&app, &young).await.len(), 1);
}

#[tokio::test]
async fn one_session_can_be_ended_from_another() {
    let app = TestApp::start().await;
    let phone = app.register("ada").await;
    let laptop = app.log_in("ada").await;
    let sessions = sessions_of(&app, &laptop).await;
    let other = sessions
        .iter()
        .find(|session| session["current"] == false)
        .unwrap();
    let path = format!("/users/me/sessions/{}", other["id"].as_str().unwrap());
    app.delete(&path)
        .bearer(&laptop)
        .send()
        .await
        .assert_status(204);

    app.get("/users/me")
        .bearer(&phone)
        .send()
        .await
        .assert_error(401, "SESSION_REVOKED");
    app.refresh(phone.refresh_token())
        .await
        .assert_error(401, "SESSION_REVOKED");
    app.get("/users/me")
        .bearer(&laptop)
        .send()
        .await
        .assert_status(200);
    app.delete(&path)
        .bearer(&laptop)
        .send()
        .await
        .assert_error(404, "SESSION_NOT_FOUND");
}

#[tokio::test]
async fn a_session_can_end_itself() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let sessions = sessions_of(&app, &ada).await;
    let path = format!("/users/me/sessions/{}", sessions[0]["id"].as_str().unwrap());
    app.delete(&path)
        .bearer(&ada)
        .send()
        .await
        .assert_status(204);
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_error(401, "SESSION_REVOKED");
}

#[tokio::test]
async fn nobody_can_see_or_end_sessions_of_others() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let mallory = app.register("mallory").await;
    let sessions = sessions_of(&app, &ada).await;
    assert_eq!(sessions_of(&app, &mallory).await.len(), 1);
    for id in [
        sessions[0]["id"].as_str().unwrap(),
        &unknown_id().to_string(),
        "nonsense",
    ] {
        let path = format!("/users/me/sessions/{id}");
        let answer = app.delete(&path).bearer(&mallory).send().await;
        answer.assert_error(404, "SESSION_NOT_FOUND");
    }
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_status(200);
}

#[tokio::test]
async fn all_other_sessions_can_be_ended_at_once() {
    let app = TestApp::start().await;
    let bob = app.register("bob").await;
    let first = app.register("ada").await;
    let second = app.log_in("ada").await;
    let kept = app.log_in("ada").await;
    app.delete("/users/me/sessions")
        .bearer(&kept)
        .send()
        .await
        .assert_status(204);
    for ended in [&first, &second] {
        app.get("/users/me")
            .bearer(ended)
            .send()
            .await
            .assert_error(401, "SESSION_REVOKED");
        app.refresh(ended.refresh_token())
            .await
            .assert_error(401, "SESSION_REVOKED");
    }
    app.get("/users/me")
        .bearer(&kept)
        .send()
        .await
        .assert_status(200);
    app.get("/users/me")
        .bearer(&bob)
        .send()
        .await
        .assert_status(200);
    app.delete("/users/me/sessions")
        .bearer(&kept)
        .send()
        .await
        .assert_status(204);
}

#[tokio::test]
async fn a_refresh_and_a_logout_at_once_leave_no_session_behind() {
    let app = TestApp::start().await;
    for i in 0..10 {
        let member = app.register(&format!("person{i}")).await;
        let (refreshed, ended) = tokio::join!(
            app.refresh(member.refresh_token()),
            app.call(Method::POST, "/auth/logout")
                .bearer(&member)
                .send(),
        );
        ended.assert_status(204);
        if refreshed.status == 200 {
            let late = Member {
                tokens: refreshed.json(),
            };
            app.get("/users/me")
                .bearer(&late)
                .send()
                .await
                .assert_error(401, "SESSION_REVOKED");
        } else {
            refreshed.assert_error(401, "SESSION_REVOKED");
        }
    }
}
