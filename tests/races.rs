//! What several people, or one person on several devices, do at the same moment.

use countersign::config::Synchronous;
use poem::http::Method;
use serde_json::{Value, json};

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
