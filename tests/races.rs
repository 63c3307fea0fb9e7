//! What several people, or one person on several devices, do at the same moment.

use countersign::config::Synchronous;
use futures_util::future::join_all;
use futures_util::stream;
use poem::Body;
use poem::http::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::support::database::postgres;
use crate::support::{Answer, Call, Member, PASSWORD, TestApp};

/// An application with quicker writes: what is shown here does not depend on the power staying on.
async fn start() -> TestApp {
    TestApp::with(|config| config.database.sqlite_synchronous = Synchronous::Normal).await
}

/// Whose tokens an answer has, if it has any.
#[track_caller]
fn granted(answer: &Answer) -> Option<Member> {
    assert!(!answer.status.is_server_error(), "{}", answer.text());
    (answer.status == 200).then(|| Member {
        tokens: answer.json(),
    })
}

#[tokio::test]
async fn no_session_from_before_outlives_a_change_of_the_password() {
    let app = start().await;
    let own = app.register("ada").await;
    let mut current = PASSWORD.to_owned();
    for round in 0..100 {
        let other = granted(&app.try_log_in("ada", &current).await).unwrap();
        let new = format!("the sentence of round {round}");
        let body = json!({"current_password": current, "new_password": new});
        let change = app.post("/users/me/password", &body).bearer(&own);
        let (changed, refreshed, logged_in) = tokio::join!(
            change.send(),
            app.refresh(other.refresh_token()),
            app.try_log_in("ada", &current),
        );
        changed.assert_status(204);
        let mut before = vec![other];
        match granted(&refreshed) {
            Some(member) => before.push(member),
            None => refreshed.assert_error(401, "SESSION_REVOKED"),
        }
        match granted(&logged_in) {
            Some(member) => before.push(member),
            None => logged_in.assert_error(401, "INVALID_CREDENTIALS"),
        }
        for member in &before {
            app.assert_over(member).await;
        }
        app.get("/users/me")
            .bearer(&own)
            .send()
            .await
            .assert_status(200);
        current = new;
    }
    app.assert_goes_on(&own).await;
}

#[tokio::test]
async fn no_session_from_before_outlives_a_deactivation() {
    let app = start().await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    let path = format!("/admin/users/{}", ada.id());
    let switch = async |is_active: bool| {
        let body = json!({"is_active": is_active});
        let answer = app.patch(&path, &body).bearer(&root).send().await;
        answer.assert_status(200);
        assert_eq!(answer.json()["is_active"], is_active);
    };
    for _ in 0..30 {
        let other = app.log_in("ada").await;
        let ((), refreshed, logged_in) = tokio::join!(
            switch(false),
            app.refresh(other.refresh_token()),
            app.try_log_in("ada", PASSWORD),
        );
        let mut before = vec![other];
        before.extend(granted(&refreshed));
        before.extend(granted(&logged_in));
        for member in &before {
            app.assert_over(member).await;
        }
        app.try_log_in("ada", PASSWORD)
            .await
            .assert_error(403, "USER_INACTIVE");
        // Whoever comes back begins anew.
        switch(true).await;
        for member in &before {
            app.assert_over(member).await;
        }
        assert_eq!(app.count("sessions", "true").await, "1");
    }
}

/// How one superuser removes another, or leaves.
#[derive(Clone, Copy, Debug)]
enum Removal {
    Demote,
    Deactivate,
    Delete,
    /// Not the other one, but oneself.
    Leave,
}

fn remove<'a>(app: &'a TestApp, how: Removal, who: &Member, other: &Member) -> Call<'a> {
    let path = format!("/admin/users/{}", other.id());
    let call = match how {
        Removal::Demote => app.patch(&path, &json!({"is_superuser": false})),
        Removal::Deactivate => app.patch(&path, &json!({"is_active": false})),
        Removal::Delete => app.delete(&path),
        Removal::Leave => {
            let body = json!({"current_password": PASSWORD});
            app.call(Method::DELETE, "/users/me").json(&body)
        }
    };
    call.bearer(who)
}

#[tokio::test]
async fn of_two_superusers_who_remove_each_other_one_stays() {
    use Removal::{Deactivate, Delete, Demote, Leave};
    let app = start().await;
    // Who removes whom always leaves the other one: two who are after the same person may both succeed.
    let mixes = [
        (Demote, Demote),
        (Demote, Deactivate),
        (Demote, Delete),
        (Deactivate, Demote),
        (Deactivate, Deactivate),
        (Deactivate, Delete),
        (Delete, Demote),
        (Delete, Deactivate),
        (Delete, Delete),
        (Leave, Leave),
    ];
    for round in 0..50 {
        app.execute("DELETE FROM users").await;
        let one = app.register_superuser("one").await;
        let two = app.register_superuser("two").await;
        let (first, second) = mixes[round % mixes.len()];
        let (a, b) = tokio::join!(
            remove(&app, first, &one, &two).send(),
            remove(&app, second, &two, &one).send(),
        );
        let what = format!("{first:?} {}, {second:?} {}", a.text(), b.text());
        let succeeded = [&a, &b].map(|answer| answer.status.is_success());
        assert!(succeeded[0] != succeeded[1], "{what}");
        let refused = if succeeded[0] { &b } else { &a };
        let code: Value = refused.json()["error_code"].clone();
        // Found out before, while, or after the other one was asked for.
        let known = [
            "LAST_SUPERUSER",
            "FORBIDDEN",
            "SESSION_REVOKED",
            "USER_INACTIVE",
        ];
        assert!(known.contains(&code.as_str().unwrap()), "{what}");
        let left = app.count("users", "is_superuser AND is_active").await;
        assert_eq!(left, "1", "{what}");
    }
}

/// Two names change hands at the same moment: nobody has both, nobody has the other's by mistake.
#[tokio::test]
async fn of_two_who_choose_one_name_at_once_one_has_it() {
    let app = start().await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    let choose = async |member: &Member, name: &str| {
        let body = json!({"username": name});
        app.patch("/users/me", &body).bearer(member).send().await
    };
    for round in 0..20 {
        let name = format!("Name{round}");
        let same = name.to_lowercase();
        let (one, two) = tokio::join!(choose(&ada, &name), choose(&bob, &same));
        let (won, lost) = if one.status == 200 {
            (one, two)
        } else {
            (two, one)
        };
        won.assert_status(200);
        lost.assert_error(409, "USER_ALREADY_EXISTS");
    }
}

/// A body whose rest comes when it is told to, and the signal that it is waited for.
fn held_back(body: &Value) -> (Body, oneshot::Receiver<()>, oneshot::Sender<()>) {
    let (asked, is_asked) = oneshot::channel();
    let (release, is_released) = oneshot::channel();
    let text = body.to_string().into_bytes();
    let stream = stream::once(async move {
        asked.send(()).unwrap();
        is_released.await.unwrap();
        Ok::<_, std::io::Error>(text)
    });
    (Body::from_bytes_stream(stream), is_asked, release)
}

#[tokio::test]
async fn who_is_removed_during_a_request_can_do_nothing_more() {
    let app = start().await;
    let root = app.register_superuser("root").await;
    let create = json!({"email": "new@example.com", "password": PASSWORD, "is_superuser": true});
    let reset = json!({"delivery": "response"});
    let update = json!({"email": "taken.over@example.com"});
    let users = "/admin/users".to_owned();
    let of_root = format!("/admin/users/{}", root.id());
    let requests = [
        (Method::POST, users, create),
        (Method::PATCH, of_root.clone(), update),
        (Method::POST, format!("{of_root}/password-reset"), reset),
    ];
    let mut number = 0;
    for (removal, status, code) in [
        (Some(json!({"is_superuser": false})), 403, "FORBIDDEN"),
        (Some(json!({"is_active": false})), 401, "SESSION_REVOKED"),
        (None, 401, "SESSION_REVOKED"),
    ] {
        for (method, path, body) in &requests {
            number += 1;
            let mallory = app.register_superuser(&format!("mallory{number}")).await;
            let (body, is_asked, release) = held_back(body);
            let call = app
                .call(method.clone(), path)
                .header("content-type", "application/json")
                .body(body)
                .bearer(&mallory);
            let of_mallory = format!("/admin/users/{}", mallory.id());
            let remove = async {
                is_asked.await.unwrap();
                let call = match &removal {
                    Some(change) => app.patch(&of_mallory, change),
                    None => app.delete(&format!("{of_mallory}/sessions")),
                };
                let removed = call.bearer(&root).send().await;
                assert!(removed.status.is_success(), "{}", removed.text());
                release.send(()).unwrap();
            };
            let (answer, ()) = tokio::join!(call.send(), remove);
            answer.assert_error(status, code);
        }
    }
    let started = app
        .count("email_tokens", "purpose = 'password_reset'")
        .await;
    assert_eq!(started, "0");
    assert_eq!(app.count("users", "email LIKE 'new@%'").await, "0");
    app.assert_goes_on(&root).await;
}

#[tokio::test]
async fn all_who_log_in_with_the_same_outdated_hash_at_once_are_let_in() {
    let app = start().await;
    app.register("ada").await;
    let mut config = app.config.clone();
    config.password.memory_kib *= 2;
    let app = app.restart(config).await;
    let logins = (0..8).map(|_| app.try_log_in("ada", PASSWORD));
    for answer in join_all(logins).await {
        answer.assert_status(200);
    }
    let failed = app.count("audit_events", "event = 'login_failed'").await;
    assert_eq!(failed, "0");
}

#[tokio::test]
async fn one_superuser_stays_whatever_isolation_the_database_has_by_default() {
    let app = TestApp::with(|config| {
        if postgres().is_some() {
            let url = config.database.url.expose_secret();
            let strict = "%20-cdefault_transaction_isolation%3Dserializable";
            config.database.url = format!("{url}{strict}").into();
        }
    })
    .await;
    for round in 0..10 {
        app.execute("DELETE FROM users").await;
        let one = app.register_superuser(&format!("one{round}")).await;
        let two = app.register_superuser(&format!("two{round}")).await;
        let (first, second) = tokio::join!(
            remove(&app, Removal::Demote, &one, &two).send(),
            remove(&app, Removal::Demote, &two, &one).send(),
        );
        let done = [&first, &second].map(|answer| answer.status == 200);
        assert_eq!(done.iter().filter(|done| **done).count(), 1);
        assert!(!first.status.is_server_error() && !second.status.is_server_error());
    }
}
