//! `POST /auth/refresh`, and the life of tokens.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use crate::support::database::postgres;
use crate::support::{Member, TestApp};

#[tokio::test]
async fn a_refresh_gives_out_a_new_pair_for_the_same_session() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.clock.advance(TimeDelta::minutes(20));
    let answer = app.refresh(ada.refresh_token()).await;
    answer.assert_status(200);
    let refreshed = Member {
        tokens: answer.json(),
    };
    assert_ne!(refreshed.access_token(), ada.access_token());
    assert_ne!(refreshed.refresh_token(), ada.refresh_token());
    assert_eq!(refreshed.tokens["refresh_expires_in"], 604_800);
    assert_eq!(refreshed.tokens["user"], ada.tokens["user"]);

    let sessions = app
        .get("/users/me/sessions")
        .bearer(&refreshed)
        .send()
        .await
        .json();
    let sessions = sessions["items"].as_array().unwrap();
    assert_eq!(sessions.len(), 1);
    assert!(sessions[0]["last_used_at"].as_str() > sessions[0]["created_at"].as_str());
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_status(200);
}

#[tokio::test]
async fn an_access_token_expires_and_a_refresh_helps() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.clock.advance(TimeDelta::seconds(1798));
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_status(200);
    app.clock.advance(TimeDelta::seconds(3));
    let answer = app.get("/users/me").bearer(&ada).send().await;
    answer.assert_error(401, "TOKEN_EXPIRED");
    assert!(
        answer
            .header("www-authenticate")
            .unwrap()
            .contains("error=\"invalid_token\"")
    );

    let refreshed = Member {
        tokens: app.refresh(ada.refresh_token()).await.json(),
    };
    app.get("/users/me")
        .bearer(&refreshed)
        .send()
        .await
        .assert_status(200);
}

#[tokio::test]
async fn a_token_used_again_within_the_leeway_gets_the_same_successor() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let first = app.refresh(ada.refresh_token()).await.json();
    app.clock.advance(TimeDelta::seconds(9));
    let again = app.refresh(ada.refresh_token()).await;
    again.assert_status(200);
    assert_eq!(again.json()["refresh_token"], first["refresh_token"]);
    assert!(again.json()["refresh_expires_in"].as_i64() < first["refresh_expires_in"].as_i64());
    let next = app.refresh(first["refresh_token"].as_str().unwrap()).await;
    next.assert_status(200);
}

#[tokio::test]
async fn a_rotated_refresh_token_ends_the_session_when_reused() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let other = app.log_in("ada").await;
    let first = Member {
        tokens: app.refresh(ada.refresh_token()).await.json(),
    };
    app.clock.advance(TimeDelta::seconds(11));
    let answer = app.refresh(ada.refresh_token()).await;
    answer.assert_error(401, "TOKEN_REUSED");

    app.refresh(first.refresh_token())
        .await
        .assert_error(401, "SESSION_REVOKED");
    app.refresh(ada.refresh_token())
        .await
        .assert_error(401, "SESSION_REVOKED");
    for member in [&ada, &first] {
        let answer = app.get("/users/me").bearer(member).send().await;
        answer.assert_error(401, "SESSION_REVOKED");
    }
    app.get("/users/me")
        .bearer(&other)
        .send()
        .await
        .assert_status(200);
    let events = crate::support::logs::of_request(answer.header("x-request-id").unwrap());
    let event = events
        .iter()
        .find(|line| line["event"] == "refresh_token_reused")
        .unwrap();
    assert_eq!(event["level"], "WARN");
    assert_eq!(event["user_id"], ada.id().to_string());
}

#[tokio::test]
async fn a_token_two_generations_old_ends_the_session_even_within_the_leeway() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let first = app.refresh(ada.refresh_token()).await.json();
    app.refresh(first["refresh_token"].as_str().unwrap())
        .await
        .assert_status(200);
    app.refresh(ada.refresh_token())
        .await
        .assert_error(401, "TOKEN_REUSED");
}

#[tokio::test]
async fn of_20_parallel_refreshes_all_get_the_same_successor() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let answers = join_all((0..20).map(|_| app.refresh(ada.refresh_token()))).await;
    let tokens: Vec<String> = answers
        .iter()
        .map(|answer| {
            answer.assert_status(200);
            answer.json()["refresh_token"].as_str().unwrap().to_owned()
        })
        .collect();
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    app.refresh(&tokens[0]).await.assert_status(200);
}

#[tokio::test]
async fn without_rotation_one_token_serves_until_it_expires() {
    let app = TestApp::with(|config| config.tokens.refresh_rotation = false).await;
    let ada = app.register("ada").await;
    for _ in 0..4 {
        app.clock.advance(TimeDelta::days(5));
        let answer = app.refresh(ada.refresh_token()).await;
        answer.assert_status(200);
        assert_eq!(answer.json()["refresh_token"], ada.refresh_token());
        assert_eq!(answer.json()["refresh_expires_in"], 604_800);
    }
    app.clock.advance(TimeDelta::days(7));
    app.refresh(ada.refresh_token())
        .await
        .assert_error(401, "TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_voided_token_stays_void_when_rotation_is_switched_off() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let current = Member {
        tokens: app.refresh(ada.refresh_token()).await.json(),
    };
    let mut config = app.config.clone();
    config.tokens.refresh_rotation = false;
    let app = app.restart(config).await;
    app.clock.advance(TimeDelta::minutes(1));
    let answer = app.refresh(current.refresh_token()).await;
    answer.assert_status(200);
    assert_eq!(answer.json()["refresh_token"], current.refresh_token());
    app.refresh(ada.refresh_token())
        .await
        .assert_error(401, "TOKEN_REUSED");
}

#[tokio::test]
async fn a_refresh_token_lasts_seven_days_from_its_last_use() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.clock
        .advance(TimeDelta::days(7) - TimeDelta::minutes(1));
    let answer = app.refresh(ada.refresh_token()).await;
    answer.assert_status(200);
    let token = answer.json()["refresh_token"].as_str().unwrap().to_owned();
    app.clock.advance(TimeDelta::days(7));
    app.refresh(&token).await.assert_error(401, "TOKEN_EXPIRED");
}

#[tokio::test]
async fn a_session_lasts_thirty_days_at_most() {
    let app = TestApp::start().await;
    let mut member = app.register("ada").await;
    for _ in 0..5 {
        app.clock
            .advance(TimeDelta::days(6) - TimeDelta::seconds(10));
        let answer = app.refresh(member.refresh_token()).await;
        answer.assert_status(200);
        member.tokens = answer.json();
    }
    // 50 seconds before the end of the thirtieth day.
    let left = member.tokens["refresh_expires_in"].as_i64().unwrap();
    assert!((40..=50).contains(&left), "{left}");
    assert_eq!(member.tokens["expires_in"].as_i64().unwrap(), left);
    app.get("/users/me")
        .bearer(&member)
        .send()
        .await
        .assert_status(200);
    app.clock.advance(TimeDelta::seconds(51));
    app.refresh(member.refresh_token())
        .await
        .assert_error(401, "TOKEN_EXPIRED");
    let answer = app.get("/users/me").bearer(&member).send().await;
    answer.assert_error(401, "TOKEN_EXPIRED");
}

#[tokio::test]
async fn texts_that_are_no_refresh_tokens_are_invalid() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let changed = format!("{}A", &ada.refresh_token()[..ada.refresh_token().len() - 1]);
    let texts = ["", "csr_", "nonsense", ada.access_token(), &changed];
    for text in texts
        .into_iter()
        .filter(|text| *text != ada.refresh_token())
    {
        app.refresh(text).await.assert_error(401, "TOKEN_INVALID");
    }
    let answer = app.get("/users/me").token(ada.refresh_token()).send().await;
    answer.assert_error(401, "TOKEN_INVALID");
}

#[tokio::test]
async fn tokens_of_another_installation_are_foreign() {
    let app = TestApp::start().await;
    let foreign = TestApp::with(|config| {
        config.tokens.secret = Some("c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgYXMgbG9uZw".into());
    })
    .await;
    let mallory = foreign.register("mallory").await;
    app.refresh(mallory.refresh_token())
        .await
        .assert_error(401, "TOKEN_INVALID");
    let answer = app.get("/users/me").bearer(&mallory).send().await;
    answer.assert_error(401, "TOKEN_INVALID");

    // The same secret, but for another audience.
    let elsewhere = TestApp::with(|config| config.tokens.audience = "elsewhere".into()).await;
    let bob = elsewhere.register("bob").await;
    app.get("/users/me")
        .bearer(&bob)
        .send()
        .await
        .assert_error(401, "TOKEN_INVALID");
}

#[tokio::test]
async fn an_inactive_account_gets_no_new_tokens() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    app.deactivate(&ada).await;
    app.refresh(ada.refresh_token())
        .await
        .assert_error(401, "SESSION_REVOKED");
    let answer = app.get("/users/me").bearer(&ada).send().await;
    answer.assert_error(401, "SESSION_REVOKED");
}

#[tokio::test]
async fn tokens_live_on_over_a_restart() {
    let app = TestApp::start().await;
    let config = app.config.clone();
    let ada = app.register("ada").await;
    let app = app.restart(config).await;
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_status(200);
    app.refresh(ada.refresh_token()).await.assert_status(200);
}

/// An index over anything that a refresh changes would be written each time, and all others of the table with it.
#[tokio::test]
async fn a_refresh_writes_no_index_of_postgresql() {
    const REFRESHES: u64 = 50;
    /// How long it may take until PostgreSQL tells what it did.
    const PATIENCE: Duration = Duration::from_secs(20);

    if postgres().is_none() {
        return;
    }
    // One connection, so that all it did is told at once: when it is closed at the latest.
    let app = TestApp::with(|config| config.database.max_connections = 1).await;
    let mut ada = app.register("ada").await;
    for _ in 0..REFRESHES {
        let answer = app.refresh(ada.refresh_token()).await;
        answer.assert_status(200);
        ada.tokens = answer.json();
    }
    app.break_database().await;
    let query = "SELECT concat_ws(' ', n_tup_upd, n_tup_hot_upd) AS found \
                 FROM pg_stat_user_tables \
                 WHERE relname = 'sessions' AND schemaname = current_schema()";
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = app.query_text(query, "found").await;
        let numbers: Vec<u64> = found.split(' ').map(|n| n.parse().unwrap()).collect();
        if numbers[0] == REFRESHES {
            // But for one, if a day begins meanwhile.
            assert!(numbers[1] >= REFRESHES - 1, "{found}");
            break;
        }
        assert!(Instant::now() < deadline, "{found}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn sessions_that_expired_long_ago_are_forgotten() {
    let app = TestApp::start().await;
    let old = app.register("ada").await;
    // For a day, by which it is told what became of it, and until the end of that in UTC.
    app.clock.advance(TimeDelta::days(8));
    app.keep_house().await;
    app.refresh(old.refresh_token())
        .await
        .assert_error(401, "TOKEN_EXPIRED");
    app.clock.advance(TimeDelta::days(1));
    let young = app.log_in("ada").await;
    app.keep_house().await;
    app.refresh(old.refresh_token())
        .await
        .assert_error(401, "SESSION_REVOKED");
    app.refresh(young.refresh_token()).await.assert_status(200);
}

#[tokio::test]
async fn the_member_is_named_when_it_is_wrong() {
    let app = TestApp::start().await;
    let answer = app
        .post("/auth/refresh", &json!({"refresh_token": 7, "token": "x"}))
        .send()
        .await;
    answer.assert_findings(&["refresh_token: invalid_type", "token: unknown"]);
}
