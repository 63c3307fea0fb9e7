//! Setting another password: `POST /users/me/password`, and with a link `POST /auth/password/reset`.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::support::{Answer, Member, PASSWORD, TestApp, unknown_id};

const NEW: &str = "a quite different sentence";

async fn change(app: &TestApp, member: &Member, current: &str, new: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": new});
    let call = app.post("/users/me/password", &body).bearer(member);
    call.send().await
}

async fn reset(app: &TestApp, token: &str, new: &str) -> Answer {
    let body = json!({"token": token, "new_password": new});
    app.post("/auth/password/reset", &body).send().await
}

mod changed {
    use super::*;

    #[tokio::test]
    async fn another_password_ends_all_other_sessions_at_once() {
        let app = TestApp::start().await;
        let bob = app.register("bob").await;
        let phone = app.register("ada").await;
        let laptop = app.log_in("ada").await;
        let tablet = app.log_in("ada").await;
        app.clock.advance(TimeDelta::minutes(1));
        change(&app, &laptop, PASSWORD, NEW)
            .await
            .assert_status(204);

        for ended in [&phone, &tablet] {
            app.assert_over(ended).await;
        }
        app.assert_goes_on(&laptop).await;
        app.assert_goes_on(&bob).await;
        app.try_log_in("ada", PASSWORD)
            .await
            .assert_error(401, "INVALID_CREDENTIALS");
        let answer = app.try_log_in("ada", NEW).await;
        answer.assert_status(200);
        let user = &answer.json()["user"];
        assert!(user["updated_at"].as_str() > user["created_at"].as_str());
        // What changed the password is not what it is now.
        change(&app, &laptop, PASSWORD, NEW)
            .await
            .assert_findings(&["current_password: incorrect"]);
        change(&app, &laptop, NEW, PASSWORD)
            .await
            .assert_status(204);
    }

    #[tokio::test]
    async fn a_wrong_current_password_changes_nothing() {
        let app = TestApp::start().await;
        let phone = app.register("ada").await;
        let laptop = app.log_in("ada").await;
        for wrong in ["somebody else's words", NEW, "Wide quiet rivers run deep"] {
            let answer = change(&app, &phone, wrong, NEW).await;
            answer.assert_findings(&["current_password: incorrect"]);
            assert_eq!(answer.json()["errors"].as_array().unwrap().len(), 1);
            assert!(!answer.text().contains(wrong), "{}", answer.text());
        }
        app.try_log_in("ada", NEW).await.assert_status(401);
        app.try_log_in("ada", PASSWORD).await.assert_status(200);
        app.assert_goes_on(&phone).await;
        app.assert_goes_on(&laptop).await;
    }

    #[tokio::test]
    async fn a_weak_password_is_blamed_on_the_new_one() {
        let app = TestApp::start().await;
        let ada = app.register("grace-hopper").await;
        for (weak, code) in [
            ("pq7-zt4", "too_short"),
            ("password123", "too_common"),
            ("Grace-Hopper1", "contains_identity"),
            ("grace-hopper@example.com", "contains_identity"),
        ] {
            let answer = change(&app, &ada, PASSWORD, weak).await;
            answer.assert_findings(&[&format!("new_password: {code}")]);
        }
        let long = "long ".repeat(26);
        change(&app, &ada, PASSWORD, &long)
            .await
            .assert_findings(&["new_password: too_long"]);
        change(&app, &ada, PASSWORD, "qwerty")
            .await
            .assert_findings(&["new_password: too_short", "new_password: too_common"]);
        let call = app.post("/users/me/password", &json!({"password": NEW}));
        call.bearer(&ada).send().await.assert_findings(&[
            "current_password: required",
            "new_password: required",
            "password: unknown",
        ]);
        app.try_log_in("grace-hopper", PASSWORD)
            .await
            .assert_status(200);
    }

    #[tokio::test]
    async fn an_account_without_a_password_has_none_to_show() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        app.execute("UPDATE users SET password_hash = NULL").await;
        let shown = json!({"current_password": PASSWORD});
        let moved = json!({"current_password": PASSWORD, "email": "new@example.com"});
        for answer in [
            change(&app, &ada, PASSWORD, NEW).await,
            app.delete("/users/me")
                .bearer(&ada)
                .json(&shown)
                .send()
                .await,
            app.patch("/users/me", &moved).bearer(&ada).send().await,
        ] {
            answer.assert_findings(&["current_password: incorrect"]);
        }
        app.try_log_in("ada", PASSWORD)
            .await
            .assert_error(401, "INVALID_CREDENTIALS");
        // A name needs no password.
        let named = json!({"username": "lovelace"});
        let answer = app.patch("/users/me", &named).bearer(&ada).send().await;
        answer.assert_status(200);
    }

    #[tokio::test]
    async fn a_link_from_before_the_change_is_void() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        let link = app.start_password_reset(ada.id()).await;
        change(&app, &ada, PASSWORD, NEW).await.assert_status(204);
        reset(&app, &link, PASSWORD)
            .await
            .assert_error(400, "INVALID_LINK");
    }

    #[tokio::test]
    async fn of_two_changes_at_once_one_ends_the_session_of_the_other() {
        let app = TestApp::start().await;
        for round in 0..10 {
            let name = format!("person{round}");
            let phone = app.register(&name).await;
            let laptop = app.log_in(&name).await;
            let other = "another sentence once more";
            let (one, two) = tokio::join!(
                change(&app, &phone, PASSWORD, NEW),
                change(&app, &laptop, PASSWORD, other),
            );
            let (won, lost, kept, ended, chosen) = if one.status == 204 {
                (one, two, phone, laptop, NEW)
            } else {
                (two, one, laptop, phone, other)
            };
            won.assert_status(204);
            lost.assert_error(401, "SESSION_REVOKED");
            app.try_log_in(&name, chosen).await.assert_status(200);
            app.assert_goes_on(&kept).await;
            app.assert_over(&ended).await;
        }
    }
}

mod link {
    use super::*;

    /// Starts a reset as an administrator does.
    async fn start(app: &TestApp, root: &Member, id: impl ToString) -> Answer {
        let path = format!("/admin/users/{}/password-reset", id.to_string());
        let body = json!({"delivery": "response"});
        app.post(&path, &body).bearer(root).send().await
    }

    fn token(answer: &Answer) -> String {
        answer.assert_status(200);
        answer.json()["token"].as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_link_sets_a_password_once_and_ends_all_sessions() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let phone = app.register("ada").await;
        let laptop = app.log_in("ada").await;
        let link = token(&start(&app, &root, phone.id()).await);
        // Nothing has happened yet.
        app.try_log_in("ada", PASSWORD).await.assert_status(200);

        let answer = reset(&app, &link, NEW).await;
        answer.assert_status(204);
        assert_eq!(answer.body, b"");
        app.assert_over(&phone).await;
        app.assert_over(&laptop).await;
        app.try_log_in("ada", PASSWORD)
            .await
            .assert_error(401, "INVALID_CREDENTIALS");
        app.try_log_in("ada", NEW).await.assert_status(200);
        app.assert_goes_on(&root).await;

        for new in [NEW, "another sentence once more"] {
            reset(&app, &link, new)
                .await
                .assert_error(400, "INVALID_LINK");
        }
        app.try_log_in("ada", NEW).await.assert_status(200);
    }

    #[tokio::test]
    async fn a_link_gives_a_first_password_to_an_account_without_one() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let body = json!({"email": "ada@example.com", "username": "ada"});
        let call = app.post("/admin/users", &body).bearer(&root);
        let created = call.send().await.json();
        let link = token(&start(&app, &root, created["id"].as_str().unwrap()).await);
        app.try_log_in("ada", NEW).await.assert_status(401);
        reset(&app, &link, NEW).await.assert_status(204);
        app.try_log_in("ada", NEW).await.assert_status(200);
    }

    #[tokio::test]
    async fn a_link_is_void_from_the_moment_on_that_was_told() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let before = app.clock.now();
        let answer = start(&app, &root, ada.id()).await;
        let link = token(&answer);
        let expires_at = answer.json()["expires_at"].as_str().unwrap().to_owned();
        let expires_at: DateTime<Utc> = expires_at.parse().unwrap();
        let ttl = TimeDelta::seconds(app.config.mail.link_ttl_seconds.into());
        assert!((before + ttl..=app.clock.now() + ttl).contains(&expires_at));

        app.clock.advance(expires_at - app.clock.now());
        reset(&app, &link, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        // Neither does it come back to life.
        app.keep_house().await;
        reset(&app, &link, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        app.clock.advance(TimeDelta::days(2));
        app.keep_house().await;
        assert_eq!(app.count("email_tokens", "true").await, "0");

        let link = token(&start(&app, &app.log_in("root").await, ada.id()).await);
        app.clock.advance(ttl - TimeDelta::seconds(5));
        reset(&app, &link, NEW).await.assert_status(204);
    }

    #[tokio::test]
    async fn a_newer_link_voids_the_older_ones_of_the_same_account_only() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let bob = app.register("bob").await;
        let of_bob = token(&start(&app, &root, bob.id()).await);
        let first = token(&start(&app, &root, ada.id()).await);
        let second = token(&start(&app, &root, ada.id()).await);
        assert_ne!(first, second);
        reset(&app, &first, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        reset(&app, &second, NEW).await.assert_status(204);
        reset(&app, &of_bob, NEW).await.assert_status(204);
    }

    #[tokio::test]
    async fn an_administrator_who_changes_the_address_voids_the_link() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let link = token(&start(&app, &root, ada.id()).await);
        let path = format!("/admin/users/{}", ada.id());
        let change = json!({"email": "lovelace@example.com"});
        let answer = app.patch(&path, &change).bearer(&root).send().await;
        answer.assert_status(200);
        reset(&app, &link, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        // For good: it does not come back with the address.
        let back = json!({"email": "ada@example.com"});
        let answer = app.patch(&path, &back).bearer(&root).send().await;
        answer.assert_status(200);
        reset(&app, &link, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        app.try_log_in("ada", PASSWORD).await.assert_status(200);
    }

    #[tokio::test]
    async fn a_weak_password_does_not_use_the_link_up() {
        let app = TestApp::start().await;
        let ada = app.register("grace-hopper").await;
        let link = app.start_password_reset(ada.id()).await;
        for (weak, code) in [
            ("pq7-zt4", "too_short"),
            ("password123", "too_common"),
            ("grace-hopper1", "contains_identity"),
        ] {
            let answer = reset(&app, &link, weak).await;
            answer.assert_findings(&[&format!("new_password: {code}")]);
        }
        app.assert_goes_on(&ada).await;
        reset(&app, &link, NEW).await.assert_status(204);
    }

    #[tokio::test]
    async fn no_other_text_is_a_link() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        let link = app.start_password_reset(ada.id()).await;
        let (prefix, random) = link.split_at(4);
        assert_eq!(prefix, "csl_");
        let mut others: Vec<String> = vec![
            link.to_uppercase(),
            link.to_lowercase(),
            random.to_owned(),
            format!("csr_{random}"),
            format!("{link}="),
            format!("{link}A"),
            format!("{link} "),
            format!(" {link}"),
            link[..link.len() - 1].to_owned(),
            format!("{link}{link}"),
            prefix.to_owned(),
            "x".repeat(5000),
            unknown_id().to_string(),
            "%".to_owned(),
            "\u{e4}".repeat(43),
            ada.access_token().to_owned(),
            ada.refresh_token().to_owned(),
        ];
        for position in [4, 20, link.len() - 1] {
            let mut changed = link.clone();
            let other = if &link[position..=position] == "A" {
                "B"
            } else {
                "A"
            };
            changed.replace_range(position..=position, other);
            others.push(changed);
        }
        for other in others {
            let answer = reset(&app, &other, NEW).await;
            answer.assert_error(400, "INVALID_LINK");
            assert_eq!(answer.json().get("errors"), None);
        }
        reset(&app, &link, NEW).await.assert_status(204);
    }

    /// What its reader could use is not in the database.
    #[tokio::test]
    async fn only_the_hash_of_a_link_is_kept() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        let link = app.start_password_reset(ada.id()).await;
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, link.as_bytes());
        let hex: Vec<String> = hash
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let hex = hex.concat();
        let as_text = if app.is_sqlite() {
            "lower(hex(token_hash)) || '|' || hex(id) || purpose || email"
        } else {
            "encode(token_hash, 'hex') || '|' || CAST(email_tokens AS TEXT)"
        };
        let query =
            format!("SELECT {as_text} AS found FROM email_tokens WHERE purpose = 'password_reset'");
        let found = app.query_text(&query, "found").await;
        assert!(found.starts_with(&hex), "{found}");
        assert!(!found.contains(&link[4..]), "{found}");
        // The hash is no link either.
        for guess in [hex.clone(), format!("csl_{hex}")] {
            reset(&app, &guess, NEW)
                .await
                .assert_error(400, "INVALID_LINK");
        }
    }

    #[tokio::test]
    async fn of_two_who_use_one_link_at_once_one_does() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        for round in 0..10 {
            let link = app.start_password_reset(ada.id()).await;
            let passwords = [
                format!("the first sentence {round}"),
                format!("the second sentence {round}"),
            ];
            let (one, two) = tokio::join!(
                reset(&app, &link, &passwords[0]),
                reset(&app, &link, &passwords[1]),
            );
            let (won, lost) = if one.status == 204 {
                (0, two)
            } else {
                (1, one)
            };
            lost.assert_error(400, "INVALID_LINK");
            app.try_log_in("ada", &passwords[won])
                .await
                .assert_status(200);
            app.try_log_in("ada", &passwords[1 - won])
                .await
                .assert_status(401);
        }
    }

    #[tokio::test]
    async fn only_a_known_delivery_to_a_known_account_is_started() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let path = format!("/admin/users/{}/password-reset", ada.id());
        for (delivery, code, message) in [
            (
                json!("pigeon"),
                "invalid_format",
                "must be one of: email, response",
            ),
            (
                json!("Response"),
                "invalid_format",
                "must be one of: email, response",
            ),
            (
                json!(""),
                "invalid_format",
                "must be one of: email, response",
            ),
            (json!(["response"]), "invalid_type", "must be a string"),
        ] {
            let call = app.post(&path, &json!({"delivery": delivery}));
            let answer = call.bearer(&root).send().await;
            answer.assert_findings(&[&format!("delivery: {code}")]);
            assert_eq!(answer.json()["errors"][0]["message"], message);
        }
        // An administrator never chooses the password.
        let body = json!({"delivery": "response", "new_password": NEW});
        let answer = app.post(&path, &body).bearer(&root).send().await;
        answer.assert_findings(&["new_password: unknown"]);
        for id in [unknown_id().to_string(), "nonsense".into()] {
            start(&app, &root, id)
                .await
                .assert_error(404, "USER_NOT_FOUND");
        }
        let started = app
            .count("email_tokens", "purpose = 'password_reset'")
            .await;
        assert_eq!(started, "0");
    }

    /// Whoever closes an account that was taken over must not leave a way in.
    #[tokio::test]
    async fn a_deactivation_voids_the_link_for_good() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let path = format!("/admin/users/{}", ada.id());
        let before = app.start_password_reset(ada.id()).await;
        app.deactivate(&ada).await;
        let meanwhile = app.start_password_reset(ada.id()).await;
        for link in [&before, &meanwhile] {
            reset(&app, link, NEW)
                .await
                .assert_error(400, "INVALID_LINK");
        }
        let again = json!({"is_active": true});
        let answer = app.patch(&path, &again).bearer(&root).send().await;
        answer.assert_status(200);
        reset(&app, &before, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        app.try_log_in("ada", PASSWORD).await.assert_status(200);
        // One that was made since may be used, now that the account is open again.
        reset(&app, &meanwhile, NEW).await.assert_status(204);
    }
}
