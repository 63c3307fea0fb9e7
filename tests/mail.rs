//! Mail: verified addresses, forgotten passwords, invitations, and being told what happens to an account.

use chrono::TimeDelta;
use countersign::config::Config;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::mail_server::Received;
use crate::support::{Answer, Member, PASSWORD, TestApp};

const NEW: &str = "plenty of other words";
const ADA: &str = "ada@example.com";

/// What a browser says of itself.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

impl TestApp {
    async fn verify(&self, token: &str) -> Answer {
        let body = json!({"token": token});
        self.post("/auth/verify-email", &body).send().await
    }

    async fn reset(&self, token: &str, password: &str) -> Answer {
        let body = json!({"token": token, "new_password": password});
        self.post("/auth/password/reset", &body).send().await
    }

    async fn forgot(&self, email: &str) -> Answer {
        let body = json!({"email": email});
        self.post("/auth/password/forgot", &body).send().await
    }

    async fn ask_to_verify(&self, email: &str) -> Answer {
        let body = json!({"email": email});
        self.post("/auth/verify-email/request", &body).send().await
    }

    async fn me(&self, member: &Member) -> Value {
        let answer = self.get("/users/me").bearer(member).send().await;
        answer.assert_status(200);
        answer.json()
    }

    async fn move_to(&self, member: &Member, email: &str) -> Answer {
        let body = json!({"email": email, "current_password": PASSWORD});
        self.patch("/users/me", &body).bearer(member).send().await
    }

    /// The subjects of all mails to an address so far.
    async fn subjects(&self, address: &str) -> Vec<String> {
        let mails = self.mails_to(address).await;
        mails.iter().map(Received::subject).collect()
    }

    /// Registers `NAME@example.com`, and verifies the address.
    async fn register_verified(&self, name: &str) -> Member {
        let member = self.register(name).await;
        let token = self.mailed_token(&format!("{name}@example.com")).await;
        self.verify(&token).await.assert_status(204);
        member
    }

    fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }
}

fn careful(config: &mut Config) {
    config.registration.require_verified_email = true;
}

fn private(config: &mut Config) {
    config.registration.private = true;
}

fn registration(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD})
}

mod verification {
    use super::*;

    #[tokio::test]
    async fn a_new_account_gets_a_link_that_verifies_its_address_once() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        assert_eq!(app.me(&ada).await["email_verified"], false);
        let mails = app.mails_to(ADA).await;
        assert_eq!(mails.len(), 1);
        let link = mails[0].link();
        assert_eq!(
            link.as_str().split('?').next(),
            Some("http://127.0.0.1:8000/account/verify")
        );

        let token = mails[0].token();
        app.verify(&token).await.assert_status(204);
        assert_eq!(app.me(&ada).await["email_verified"], true);
        app.verify(&token).await.assert_error(400, "INVALID_LINK");

        let path = "/users/me/security-events?limit=1";
        let events = app.get(path).bearer(&ada).send().await.json();
        assert_eq!(events["items"][0]["event"], "user_updated");
        assert_eq!(
            events["items"][0]["details"]["changed"],
            json!(["email_verified"])
        );
        assert_eq!(events["items"][0]["actor_id"], ada.id().0.to_string());
    }

    #[tokio::test]
    async fn of_many_who_use_one_link_at_once_one_does() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let token = app.mailed_token(ADA).await;
        let answers = join_all((0..8).map(|_| app.verify(&token))).await;
        let used = answers.iter().filter(|answer| answer.status == 204);
        assert_eq!(used.count(), 1);
        let refused = answers.iter().filter(|answer| answer.status == 400);
        assert_eq!(refused.count(), 7);
    }

    #[tokio::test]
    async fn a_link_is_for_one_address_one_purpose_and_a_time() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        let first = app.mailed_token(ADA).await;
        app.reset(&first, NEW)
            .await
            .assert_error(400, "INVALID_LINK");

        // A newer link voids the older.
        app.ask_to_verify("ADA@example.com")
            .await
            .assert_status(202);
        let second = app.mailed_token("ADA@example.com").await;
        assert_ne!(first, second);
        app.verify(&first).await.assert_error(400, "INVALID_LINK");

        // Another address, too.
        app.move_to(&ada, "lovelace@example.com")
            .await
            .assert_status(200);
        app.verify(&second).await.assert_error(400, "INVALID_LINK");
        app.move_to(&ada, ADA).await.assert_status(200);
        app.verify(&second).await.assert_error(400, "INVALID_LINK");
        assert_eq!(app.me(&ada).await["email_verified"], false);

        let ttl = TimeDelta::seconds(app.config.mail.verify_ttl_seconds.into());
        let third = app.mailed_token(ADA).await;
        app.pass(ttl);
        app.verify(&third).await.assert_error(400, "INVALID_LINK");
        app.ask_to_verify(ADA).await.assert_status(202);
        let fourth = app.mailed_token(ADA).await;
        app.deactivate(&ada).await;
        app.verify(&fourth).await.assert_error(400, "INVALID_LINK");
        for nothing in ["", "csl_", "csl_AAAA", "\u{e4}", &"x".repeat(10_000)] {
            app.verify(nothing).await.assert_error(400, "INVALID_LINK");
        }
    }

    #[tokio::test]
    async fn only_who_needs_a_link_gets_one_and_nobody_is_told() {
        let app = TestApp::start().await;
        app.register_verified("ada").await;
        let bob = app.register("bob").await;
        app.deactivate(&bob).await;
        app.register("eve").await;
        let before = app.mails_to("eve@example.com").await.len();
        let mut answers = Vec::new();
        for name in ["ada", "bob", "eve", "nobody"] {
            let answer = app.ask_to_verify(&format!("{name}@example.com")).await;
            answer.assert_status(202);
            let headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            answers.push((answer.text(), headers));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(app.mails_to("eve@example.com").await.len(), before + 1);
        for (name, mails) in [("ada", 1), ("bob", 0), ("nobody", 0)] {
            let address = format!("{name}@example.com");
            assert_eq!(app.mails_to(&address).await.len(), mails, "{name}");
        }
        // Nothing is left of who asked for what.
        let nobody = "recipient = 'nobody@example.com'";
        assert_eq!(app.count("mail_outbox", nobody).await, "0");
    }

    #[tokio::test]
    async fn where_it_is_required_nobody_logs_in_before() {
        let app = TestApp::with(careful).await;
        let answer = app.post("/auth/register", &registration(ADA)).send().await;
        answer.assert_status(202);
        assert_eq!(answer.json()["email"], ADA);
        assert_eq!(answer.json()["last_login"], Value::Null);
        assert_eq!(app.count("sessions", "true").await, "0");
        let credentials = json!({"email": ADA, "password": PASSWORD});
        let early = app.post("/auth/login", &credentials).send().await;
        early.assert_error(403, "EMAIL_NOT_VERIFIED");
        // Only who knows the password is told.
        let wrong = json!({"email": ADA, "password": NEW});
        let wrong = app.post("/auth/login", &wrong).send().await;
        wrong.assert_error(401, "INVALID_CREDENTIALS");

        let token = app.mailed_token(ADA).await;
        app.verify(&token).await.assert_status(204);
        app.post("/auth/login", &credentials)
            .send()
            .await
            .assert_status(200);
    }

    #[tokio::test]
    async fn a_new_password_by_mail_verifies_as_well_but_one_that_was_handed_over_does_not() {
        let app = TestApp::with(careful).await;
        for name in ["ada", "bob"] {
            let body = json!({
                "email": format!("{name}@example.com"), "username": name, "password": PASSWORD,
            });
            app.post("/auth/register", &body)
                .send()
                .await
                .assert_status(202);
        }
        app.forgot(ADA).await.assert_status(202);
        let token = app.mailed_token(ADA).await;
        app.reset(&token, NEW).await.assert_status(204);
        app.try_log_in("ada", NEW).await.assert_status(200);

        let root = app.seed_superuser().await;
        let path = "/admin/users?q=bob";
        let found = app.get(path).bearer(&root).send().await.json();
        let id = &found["items"][0]["id"];
        let path = format!("/admin/users/{}/password-reset", id.as_str().unwrap());
        let call = app.post(&path, &json!({"delivery": "response"}));
        let started = call.bearer(&root).send().await.json();
        let token = started["token"].as_str().unwrap();
        app.reset(token, NEW).await.assert_status(204);
        app.try_log_in("bob", NEW)
            .await
            .assert_error(403, "EMAIL_NOT_VERIFIED");
    }

    #[tokio::test]
    async fn another_address_is_asked_to_be_verified() {
        let app = TestApp::start().await;
        let ada = app.register_verified("ada").await;
        // Another case is the same mailbox.
        app.move_to(&ada, "Ada@Example.com")
            .await
            .assert_status(200);
        assert_eq!(app.me(&ada).await["email_verified"], true);
        app.move_to(&ada, "lovelace@example.com")
            .await
            .assert_status(200);
        assert_eq!(app.me(&ada).await["email_verified"], false);
        let token = app.mailed_token("lovelace@example.com").await;
        app.verify(&token).await.assert_status(204);
        assert_eq!(app.me(&ada).await["email_verified"], true);
        assert_eq!(
            app.mails_to("Ada@Example.com").await.len(),
            1,
            "the way back"
        );
    }
}

mod forgotten {
    use super::*;

    #[tokio::test]
    async fn a_forgotten_password_is_replaced_by_a_link_that_works_once() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        app.forgot("Ada@Example.com").await.assert_status(202);
        let mails = app.mails_to("Ada@Example.com").await;
        let link = mails[0].link();
        assert!(link.path().ends_with("/account/reset"), "{link}");
        let token = mails[0].token();
        app.verify(&token).await.assert_error(400, "INVALID_LINK");
        app.reset(&token, "short")
            .await
            .assert_findings(&["new_password: too_short"]);
        app.reset(&token, NEW).await.assert_status(204);
        app.reset(&token, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        app.assert_over(&ada).await;
        app.try_log_in("ada", PASSWORD)
            .await
            .assert_error(401, "INVALID_CREDENTIALS");
        let back = app.try_log_in("ada", NEW).await;
        back.assert_status(200);
        assert_eq!(back.json()["user"]["email_verified"], true);
    }

    #[tokio::test]
    async fn a_newer_link_voids_the_older_and_a_password_that_is_set_all_of_them() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        app.forgot(ADA).await.assert_status(202);
        let first = app.mailed_token(ADA).await;
        app.forgot(ADA).await.assert_status(202);
        let second = app.mailed_token(ADA).await;
        app.reset(&first, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        let body = json!({"current_password": PASSWORD, "new_password": NEW});
        let changed = app.post("/users/me/password", &body).bearer(&ada);
        changed.send().await.assert_status(204);
        app.reset(&second, NEW)
            .await
            .assert_error(400, "INVALID_LINK");

        app.forgot(ADA).await.assert_status(202);
        let third = app.mailed_token(ADA).await;
        app.pass(TimeDelta::seconds(app.config.mail.link_ttl_seconds.into()));
        app.reset(&third, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
    }

    #[tokio::test]
    async fn nobody_is_told_whether_there_is_an_account() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let bob = app.register("bob").await;
        app.deactivate(&bob).await;
        let mut answers = Vec::new();
        for name in ["ada", "bob", "nobody"] {
            let address = format!("{name}@example.com");
            let before = app.mails_to(&address).await.len();
            let answer = app.forgot(&address).await;
            answer.assert_status(202);
            let headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            answers.push((answer.text(), headers));
            let gets_mail = name == "ada";
            let mails = app.mails_to(&address).await.len() - before;
            assert_eq!(mails, usize::from(gets_mail), "{name}");
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        let open = "state IN ('pending', 'sending') OR recipient = 'nobody@example.com'";
        assert_eq!(app.count("mail_outbox", open).await, "0");
    }

    #[tokio::test]
    async fn it_is_remembered_that_a_link_was_asked_for_and_from_where() {
        let app = TestApp::start().await;
        app.register("ada").await;
        let call = app.post("/auth/password/forgot", &json!({"email": ADA}));
        let call = call.from("192.0.2.7").header("user-agent", BROWSER);
        let answer = call.header("x-request-id", "lost").send().await;
        answer.assert_status(202);
        let mail = app.mails_to(ADA).await.pop().unwrap();
        for part in ["192.0.2.7", "Firefox"] {
            assert!(mail.text().contains(part), "{}", mail.text());
        }
        let ada = app.log_in("ada").await;
        let path = "/users/me/security-events?limit=2";
        let events = app.get(path).bearer(&ada).send().await.json();
        let event = &events["items"][1];
        assert_eq!(event["event"], "password_reset_started");
        assert_eq!(event["ip"], "192.0.2.7");
        assert_eq!(event["request_id"], "lost");
        assert_eq!(event["actor_id"], Value::Null);
    }
}

mod administrators {
    use super::*;

    #[tokio::test]
    async fn an_invited_person_sets_the_first_password() {
        let app = TestApp::with(careful).await;
        let root = app.seed_superuser().await;
        let call = app.post("/admin/users", &json!({"email": ADA, "username": "ada"}));
        call.bearer(&root).send().await.assert_status(201);
        let mail = app.mails_to(ADA).await.pop().unwrap();
        // An invitation may be read days later.
        app.pass(TimeDelta::days(6));
        app.reset(&mail.token(), NEW).await.assert_status(204);
        let ada = app.try_log_in("ada", NEW).await;
        ada.assert_status(200);
        assert_eq!(ada.json()["user"]["email_verified"], true);
        // It came with the right to log in, and no other mail.
        assert_eq!(
            app.mails_to(ADA).await.len(),
            2,
            "and the notice of the password"
        );
    }

    #[tokio::test]
    async fn an_invitation_follows_the_person_and_is_not_cut_short_by_strangers() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let body = json!({"email": ADA, "username": "ada", "is_active": false});
        let created = app.post("/admin/users", &body).bearer(&root).send().await;
        let path = format!("/admin/users/{}", created.json()["id"].as_str().unwrap());
        assert!(app.mails_to(ADA).await.is_empty());
        let change = async |change: Value| {
            let changed = app.patch(&path, &change).bearer(&root).send().await;
            changed.assert_status(200);
        };
        change(json!({"is_active": true})).await;
        let first = app.mailed_token(ADA).await;
        change(json!({"email": "lovelace@example.com"})).await;
        app.reset(&first, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        let subjects = app.subjects("lovelace@example.com").await;
        assert_eq!(subjects, app.subjects(ADA).await, "another invitation");

        // What a superuser handed over stays good, whoever asks for mail.
        let reset = format!("{path}/password-reset");
        let call = app.post(&reset, &json!({"delivery": "response"}));
        let handed = call.bearer(&root).send().await.json()["token"].clone();
        app.forgot("lovelace@example.com").await.assert_status(202);
        let mailed = app.mailed_token("lovelace@example.com").await;
        let link_ttl = TimeDelta::seconds(app.config.mail.link_ttl_seconds.into());
        app.pass(link_ttl - TimeDelta::minutes(1));
        app.reset(handed.as_str().unwrap(), "short")
            .await
            .assert_findings(&["new_password: too_short"]);
        // And it is an invitation again, that works for days.
        app.pass(TimeDelta::days(5));
        app.reset(&mailed, NEW).await.assert_status(204);
        app.try_log_in("ada", NEW).await.assert_status(200);
    }

    #[tokio::test]
    async fn who_gets_an_account_with_a_password_is_asked_to_verify_the_address() {
        let app = TestApp::start().await;
        let root = app.seed_superuser().await;
        let body = json!({"email": ADA, "password": PASSWORD});
        let call = app.post("/admin/users", &body).bearer(&root);
        call.send().await.assert_status(201);
        let token = app.mailed_token(ADA).await;
        app.verify(&token).await.assert_status(204);
        // Who may not log in is sent nothing.
        let body = json!({"email": "bob@example.com", "is_active": false});
        let call = app.post("/admin/users", &body).bearer(&root);
        call.send().await.assert_status(201);
        assert!(app.mails_to("bob@example.com").await.is_empty());
    }

    #[tokio::test]
    async fn an_administrator_has_a_link_sent_and_does_not_see_it() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register("ada").await;
        let path = format!("/admin/users/{}/password-reset", ada.id());
        let call = app.post(&path, &json!({"delivery": "email"})).bearer(&root);
        let call = call.from("192.0.2.99").header("user-agent", BROWSER);
        let answer = call.send().await;
        answer.assert_status(200);
        assert_eq!(answer.json()["token"], Value::Null);
        assert!(answer.json()["expires_at"].is_string());
        let mail = app.mails_to(ADA).await.pop().unwrap();
        // Where the administrator works is nobody's business.
        for part in ["192.0.2.99", "Firefox"] {
            assert!(!mail.content.contains(part), "{}", mail.text());
        }
        app.reset(&mail.token(), NEW).await.assert_status(204);
        app.try_log_in("ada", NEW).await.assert_status(200);
    }

    #[tokio::test]
    async fn the_outbox_shows_what_becomes_of_mails_and_nothing_of_their_texts() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        app.register("ada").await;
        let list = async |query: &str| {
            let path = format!("/admin/mail-outbox{query}");
            let answer = app.get(&path).bearer(&root).send().await;
            answer.assert_status(200);
            answer.json()
        };
        let waiting = list("").await;
        assert_eq!(waiting["items"].as_array().unwrap().len(), 2);
        let mail = &waiting["items"][0];
        assert_eq!(mail["to"], ADA);
        assert_eq!(mail["kind"], "verify_email");
        assert_eq!(mail["state"], "pending");
        assert_eq!(mail["attempts"], 0);
        assert!(mail["next_attempt_at"].is_string());
        assert_eq!(mail["last_error"], Value::Null);

        let token = app.mailed_token(ADA).await;
        let sent = list("?state=sent&limit=1").await;
        assert_eq!(sent["items"][0]["id"], mail["id"]);
        assert_eq!(sent["items"][0]["attempts"], 1);
        assert_eq!(sent["items"][0]["next_attempt_at"], Value::Null);
        assert!(!sent.to_string().contains(&token));
        let cursor = sent["next_cursor"].as_str().unwrap();
        let rest = list(&format!("?state=sent&cursor={cursor}")).await;
        assert_eq!(rest["items"][0]["to"], "root@example.com");
        assert_eq!(rest["next_cursor"], Value::Null);
        assert_eq!(list("?state=pending").await["items"], json!([]));
        let wrong = app.get("/admin/mail-outbox?state=lost").bearer(&root);
        wrong
            .send()
            .await
            .assert_findings(&["state: invalid_format"]);

        // It is shown for a week.
        app.pass(TimeDelta::days(6));
        app.keep_house().await;
        assert_eq!(app.count("mail_outbox", "true").await, "2");
        app.pass(TimeDelta::days(2));
        app.keep_house().await;
        assert_eq!(app.count("mail_outbox", "true").await, "0");
    }
}

mod private_registration {
    use super::*;

    #[tokio::test]
    async fn it_answers_alike_for_every_address() {
        let app = TestApp::with(private).await;
        let mut shapes = Vec::new();
        for email in [
            "taken@example.com",
            "taken@example.com",
            "TAKEN@example.com",
            ADA,
        ] {
            let answer = app
                .post("/auth/register", &registration(email))
                .send()
                .await;
            answer.assert_status(202);
            let mut user = answer.json();
            assert_eq!(user["email"], email);
            for name in ["id", "email", "created_at", "updated_at"] {
                assert!(user[name].take().is_string());
            }
            let headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
            shapes.push((user, headers));
            app.deliver().await;
        }
        shapes.dedup();
        assert_eq!(shapes.len(), 1, "{shapes:?}");
        assert_eq!(app.count("users", "true").await, "2");
    }

    #[tokio::test]
    async fn who_is_new_gets_the_account_that_was_told_and_logs_in_once_it_is_verified() {
        let app = TestApp::with(private).await;
        let answer = app.post("/auth/register", &registration(ADA)).send().await;
        let told = answer.json();
        let credentials = json!({"email": ADA, "password": PASSWORD});
        let token = app.mailed_token(ADA).await;
        // Before, it is as if there were no account.
        let early = app.post("/auth/login", &credentials).send().await;
        early.assert_error(401, "INVALID_CREDENTIALS");
        app.verify(&token).await.assert_status(204);
        let login = app.post("/auth/login", &credentials).send().await;
        login.assert_status(200);
        assert_eq!(login.json()["user"]["id"], told["id"]);
        assert_eq!(login.json()["user"]["created_at"], told["created_at"]);
        // The hash was kept only until the account was made.
        let kept = app
            .count("mail_outbox", "CAST(details AS TEXT) LIKE '%argon2%'")
            .await;
        assert_eq!(kept, "0");
    }

    #[tokio::test]
    async fn who_has_an_account_is_told_by_mail_with_a_way_in() {
        let app = TestApp::with(private).await;
        app.post("/auth/register", &registration(ADA))
            .send()
            .await
            .assert_status(202);
        let token = app.mailed_token(ADA).await;
        app.verify(&token).await.assert_status(204);
        let again = json!({"email": ADA, "password": "a stranger's own choice"});
        app.post("/auth/register", &again)
            .send()
            .await
            .assert_status(202);
        let subjects = app.subjects(ADA).await;
        assert_eq!(subjects.len(), 2, "{subjects:?}");
        assert_ne!(subjects[0], subjects[1]);
        let stranger = json!({"email": ADA, "password": "a stranger's own choice"});
        let stranger = app.post("/auth/login", &stranger).send().await;
        stranger.assert_error(401, "INVALID_CREDENTIALS");
        let token = app.mailed_token(ADA).await;
        app.reset(&token, NEW).await.assert_status(204);
        let back = json!({"email": ADA, "password": NEW});
        app.post("/auth/login", &back)
            .send()
            .await
            .assert_status(200);
    }

    #[tokio::test]
    async fn a_stranger_s_link_is_void_once_the_owner_has_asked() {
        let app = TestApp::with(private).await;
        let stranger = json!({"email": ADA, "password": "a stranger's own choice"});
        for body in [&stranger, &registration(ADA)] {
            let answer = app.post("/auth/register", body).send().await;
            answer.assert_status(202);
            app.deliver().await;
        }
        let mails = app.mails_to(ADA).await;
        app.verify(&mails[0].token())
            .await
            .assert_error(400, "INVALID_LINK");
        app.reset(&mails[1].token(), NEW).await.assert_status(204);
        let login = json!({"email": ADA, "password": NEW});
        let login = app.post("/auth/login", &login).send().await;
        login.assert_status(200);
    }

    #[tokio::test]
    async fn who_goes_through_addresses_by_changing_the_own_is_slowed_down() {
        let app = TestApp::with(|config| {
            private(config);
            config.rate_limit.enabled = true;
            config.rate_limit.account_free_failures = 3;
            config.rate_limit.address_attempts_per_minute = 1000;
        })
        .await;
        for email in [ADA, "bob@example.com"] {
            let answer = app
                .post("/auth/register", &registration(email))
                .send()
                .await;
            answer.assert_status(202);
            let token = app.mailed_token(email).await;
            app.verify(&token).await.assert_status(204);
        }
        let login = app.post("/auth/login", &registration(ADA)).send().await;
        let ada = Member {
            tokens: login.json(),
        };
        for _ in 0..3 {
            let taken = app.move_to(&ada, "bob@example.com").await;
            taken.assert_error(409, "USER_ALREADY_EXISTS");
        }
        let refused = app.move_to(&ada, "new@example.com").await;
        refused.assert_error(429, "RATE_LIMITED");
    }

    #[tokio::test]
    async fn a_name_can_only_be_chosen_later() {
        let app = TestApp::with(private).await;
        let mut body = registration(ADA);
        body["username"] = "ada".into();
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_findings(&["username: unknown"]);
        assert_eq!(app.count("mail_outbox", "true").await, "0");
    }

    #[tokio::test]
    async fn it_is_limited_alike_for_every_mailbox() {
        let app = TestApp::with(|config| {
            private(config);
            config.rate_limit.enabled = true;
        })
        .await;
        app.post("/auth/register", &registration(ADA))
            .send()
            .await
            .assert_status(202);
        app.deliver().await;
        for (email, free) in [(ADA, 2), ("bob@example.com", 3)] {
            for _ in 0..free {
                let answer = app
                    .post("/auth/register", &registration(email))
                    .send()
                    .await;
                answer.assert_status(202);
            }
            let answer = app
                .post("/auth/register", &registration(email))
                .send()
                .await;
            answer.assert_error(429, "RATE_LIMITED");
        }
    }
}

mod domains {
    use super::*;

    fn example_only(config: &mut Config) {
        let domain = |text: &str| text.to_owned().try_into().unwrap();
        config.registration.allowed_email_domains = vec![domain("Example.com")];
        config.registration.blocked_email_domains = vec![domain("spam.example.com")];
    }

    #[tokio::test]
    async fn only_those_that_are_allowed_and_not_blocked_may_register() {
        let app = TestApp::with(example_only).await;
        for (email, may) in [
            ("ada@example.com", true),
            ("ada@EXAMPLE.COM.example.com", true),
            ("bob@sub.example.com", true),
            ("ada@notexample.com", false),
            ("ada@example.com.evil.test", false),
            ("ada@spam.example.com", false),
            ("ada@a.Spam.example.com", false),
        ] {
            let answer = app
                .post("/auth/register", &registration(email))
                .send()
                .await;
            if may {
                answer.assert_status(201);
            } else {
                answer.assert_findings(&["email: out_of_range"]);
            }
        }
    }

    #[tokio::test]
    async fn nobody_moves_to_another_domain_but_by_an_administrator() {
        let app = TestApp::with(example_only).await;
        let ada = app.register("ada").await;
        let root = app.register_superuser("root").await;
        app.move_to(&ada, "ada@other.test")
            .await
            .assert_findings(&["email: out_of_range"]);
        app.move_to(&ada, "lovelace@example.com")
            .await
            .assert_status(200);
        let path = format!("/admin/users/{}", ada.id());
        let call = app.patch(&path, &json!({"email": "ada@other.test"}));
        call.bearer(&root).send().await.assert_status(200);
        // Whoever is there already may stay.
        app.move_to(&ada, "ADA@other.test").await.assert_status(200);
    }
}

mod notices {
    use super::*;

    #[tokio::test]
    async fn a_changed_password_is_told_to_a_verified_address() {
        let app = TestApp::start().await;
        let ada = app.register_verified("ada").await;
        let bob = app.register("bob").await;
        for member in [&ada, &bob] {
            let body = json!({"current_password": PASSWORD, "new_password": NEW});
            let call = app.post("/users/me/password", &body).bearer(member);
            let call = call.header("user-agent", BROWSER).from("192.0.2.7");
            call.send().await.assert_status(204);
        }
        let mails = app.mails_to(ADA).await;
        assert_eq!(mails.len(), 2);
        let text = mails[1].text();
        for part in ["192.0.2.7", "Firefox"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("token="), "{text}");
        // Nobody knows yet whether this is Bob's.
        assert_eq!(app.mails_to("bob@example.com").await.len(), 1);
    }

    #[tokio::test]
    async fn a_login_with_a_new_device_is_told_and_one_with_a_known_device_is_not() {
        let app = TestApp::start().await;
        app.register_verified("ada").await;
        let log_in_with = async |user_agent: &str| {
            let body = json!({"username": "ada", "password": PASSWORD});
            let call = app.post("/auth/login", &body);
            let answer = call.header("user-agent", user_agent).send().await;
            answer.assert_status(200);
            app.mails_to(ADA).await.len() - 1
        };
        assert_eq!(
            log_in_with(BROWSER).await,
            1,
            "another than the one registered with"
        );
        assert_eq!(log_in_with(BROWSER).await, 1);
        assert_eq!(
            log_in_with(&BROWSER.replace("140.0", "141.2")).await,
            1,
            "an update"
        );
        assert_eq!(log_in_with("curl/8.5.0").await, 2);
        let text = app.mails_to(ADA).await.pop().unwrap().text();
        // What a stranger's program calls itself is not put into a mail.
        assert!(!text.contains("curl"), "{text}");
        // After half a year it is new again.
        app.pass(TimeDelta::days(100));
        assert_eq!(log_in_with(BROWSER).await, 2);
        app.pass(TimeDelta::days(100));
        app.keep_house().await;
        assert_eq!(app.count("known_devices", "true").await, "1");
    }

    #[tokio::test]
    async fn mails_are_in_the_language_that_was_asked_for() {
        let app = TestApp::start().await;
        for (number, (languages, subject)) in [
            ("de-AT,de;q=0.9,en;q=0.8", "Bestätige"),
            ("fr", "Confirmez"),
            ("tlh, en;q=0.1", "Confirm"),
            ("", "Confirm"),
        ]
        .into_iter()
        .enumerate()
        {
            let email = format!("a{number}@example.com");
            let call = app.post("/auth/register", &registration(&email));
            let call = call.header("accept-language", languages);
            call.send().await.assert_status(201);
            let found = app.subjects(&email).await;
            assert!(found[0].starts_with(subject), "{languages}: {found:?}");
        }
    }
}

mod way_back {
    use super::*;

    impl TestApp {
        /// Moves Ada's account to two more addresses, one after the other. The ways back to the first two.
        async fn moved_twice(&self) -> [String; 2] {
            let ada = self.register_verified("ada").await;
            let moved = self.move_to(&ada, "one@example.com").await;
            moved.assert_status(200);
            let first = self.mailed_token(ADA).await;
            let token = self.mailed_token("one@example.com").await;
            self.verify(&token).await.assert_status(204);
            let moved = self.move_to(&ada, "two@example.com").await;
            moved.assert_status(200);
            let second = self.mailed_token("one@example.com").await;
            [first, second]
        }
    }

    #[tokio::test]
    async fn the_owner_of_the_address_before_gets_the_account_back() {
        let app = TestApp::start().await;
        let ada = app.register_verified("ada").await;
        // Somebody has the session and the password, and makes the account their own.
        app.move_to(&ada, "thief@example.com")
            .await
            .assert_status(200);
        let token = app.mailed_token("thief@example.com").await;
        app.verify(&token).await.assert_status(204);
        let body = json!({"current_password": PASSWORD, "new_password": NEW});
        let changed = app.post("/users/me/password", &body).bearer(&ada);
        changed.send().await.assert_status(204);

        let way_back = app.mailed_token(ADA).await;
        app.reset(&way_back, "short")
            .await
            .assert_findings(&["new_password: too_short"]);
        app.reset(&way_back, "back to where it was")
            .await
            .assert_status(204);
        app.assert_over(&ada).await;
        let login = app.try_log_in("ada", "back to where it was").await;
        login.assert_status(200);
        assert_eq!(login.json()["user"]["email"], ADA);
        assert_eq!(login.json()["user"]["email_verified"], true);
        app.reset(&way_back, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        // Who had it meanwhile is told, and has no way back in turn.
        let mails = app.mails_to("thief@example.com").await;
        let last = mails.last().unwrap().text();
        assert!(!last.contains("token="), "{last}");
    }

    #[tokio::test]
    async fn whoever_moves_on_does_not_close_it() {
        let app = TestApp::start().await;
        let [first, second] = app.moved_twice().await;
        // The later leads only to the address in between, and leaves the earlier open.
        app.reset(&second, "the thief comes back")
            .await
            .assert_status(204);
        app.reset(&first, "back to where it was")
            .await
            .assert_status(204);
        let login = app.try_log_in("ada", "back to where it was").await;
        assert_eq!(login.json()["user"]["email"], ADA);
        app.reset(&second, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
    }

    #[tokio::test]
    async fn the_earlier_closes_those_that_came_later() {
        let app = TestApp::start().await;
        let [first, second] = app.moved_twice().await;
        app.reset(&first, "back to where it was")
            .await
            .assert_status(204);
        app.reset(&second, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
    }

    #[tokio::test]
    async fn the_address_is_kept_for_its_owner_until_it_closes() {
        let app = TestApp::start().await;
        let ada = app.register_verified("ada").await;
        let eve = app.register("eve").await;
        app.move_to(&ada, "new@example.com")
            .await
            .assert_status(200);
        let body = json!({"email": "ADA@example.com", "password": PASSWORD});
        let taken = app.post("/auth/register", &body).send().await;
        taken.assert_error(409, "USER_ALREADY_EXISTS");
        let taken = app.move_to(&eve, ADA).await;
        taken.assert_error(409, "USER_ALREADY_EXISTS");
        assert_eq!(taken.json()["errors"][0]["field"], "email");
        // The owner may of course go back by hand.
        app.move_to(&ada, ADA).await.assert_status(200);
        app.move_to(&ada, "new@example.com")
            .await
            .assert_status(200);

        app.pass(TimeDelta::seconds(
            app.config.mail.recovery_ttl_seconds.into(),
        ));
        let way_back = app.mailed_token(ADA).await;
        app.reset(&way_back, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        app.post("/auth/register", &body)
            .send()
            .await
            .assert_status(201);
    }

    /// Whoever moves an account to somebody's address could else take it back with all that its new owner put in.
    #[tokio::test]
    async fn nobody_is_given_an_account_that_can_be_taken_back() {
        let app = TestApp::start().await;
        let mallory = app.register_verified("mallory").await;
        app.move_to(&mallory, ADA).await.assert_status(200);
        let before = app.mails_to(ADA).await.len();
        app.forgot(ADA).await.assert_status(202);
        let mails = app.mails_to(ADA).await;
        assert_eq!(mails.len(), before + 1);
        let token = mails.last().unwrap().token();
        app.reset(&token, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        // Who knows the account, verifies the address, and then it is theirs.
        app.verify(&token).await.assert_status(204);
        app.forgot(ADA).await.assert_status(202);
        let token = app.mailed_token(ADA).await;
        app.reset(&token, NEW).await.assert_status(204);
    }

    #[tokio::test]
    async fn it_is_told_that_an_address_was_changed_even_if_the_way_is_closed() {
        let app = TestApp::start().await;
        let ada = app.register_verified("ada").await;
        let before = app.mails_to(ADA).await.len();
        app.move_to(&ada, "thief@example.com")
            .await
            .assert_status(200);
        let gone = app.call("DELETE".parse().unwrap(), "/users/me");
        let gone = gone.json(&json!({"current_password": PASSWORD}));
        gone.bearer(&ada).send().await.assert_status(204);
        let mails = app.mails_to(ADA).await;
        assert_eq!(mails.len(), before + 1);
        let text = mails.last().unwrap().text();
        assert!(!text.contains("token="), "{text}");
    }

    #[tokio::test]
    async fn an_address_that_was_never_verified_has_none() {
        let app = TestApp::start().await;
        let ada = app.register("ada").await;
        app.move_to(&ada, "right@example.com")
            .await
            .assert_status(200);
        assert_eq!(
            app.mails_to(ADA).await.len(),
            0,
            "its link was void before it was sent"
        );
        app.register("other").await;
        let body = json!({"email": ADA, "password": PASSWORD});
        app.post("/auth/register", &body)
            .send()
            .await
            .assert_status(201);
    }

    #[tokio::test]
    async fn an_administrator_has_the_last_word() {
        let app = TestApp::start().await;
        let root = app.register_superuser("root").await;
        let ada = app.register_verified("ada").await;
        app.move_to(&ada, "one@example.com")
            .await
            .assert_status(200);
        let way_back = app.mailed_token(ADA).await;
        let token = app.mailed_token("one@example.com").await;
        app.verify(&token).await.assert_status(204);
        let path = format!("/admin/users/{}", ada.id());
        let call = app
            .patch(&path, &json!({"email": "two@example.com"}))
            .bearer(&root);
        call.send().await.assert_status(200);
        app.reset(&way_back, NEW)
            .await
            .assert_error(400, "INVALID_LINK");
        // The address before is told, without a link.
        let mails = app.mails_to("one@example.com").await;
        assert_eq!(mails.len(), 2);
        assert!(!mails[1].text().contains("token="), "{}", mails[1].text());
        // And the new one is asked for proof.
        let token = app.mailed_token("two@example.com").await;
        app.verify(&token).await.assert_status(204);
    }
}

mod limits {
    use super::*;

    fn limited(config: &mut Config) {
        config.rate_limit.enabled = true;
        config.rate_limit.address_mails_per_minute = 1000;
        config.rate_limit.address_attempts_per_minute = 1000;
    }

    #[tokio::test]
    async fn a_mailbox_is_sent_a_few_mails_and_then_fewer_and_fewer() {
        let app = TestApp::with(limited).await;
        app.register("ada").await;
        for email in [ADA, "nobody@example.com"] {
            for _ in 0..3 {
                app.forgot(&email.to_uppercase()).await.assert_status(202);
            }
            for expected in [60, 120, 240, 480, 900, 900] {
                let refused = app.forgot(email).await;
                refused.assert_error(429, "RATE_LIMITED");
                let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
                assert_eq!(wait, expected);
                app.pass(TimeDelta::seconds(wait));
                app.forgot(email).await.assert_status(202);
            }
            // Each kind by itself: nobody is kept from one by who uses up another.
            app.forgot(email).await.assert_error(429, "RATE_LIMITED");
            app.ask_to_verify(email).await.assert_status(202);
            // An hour without is enough to begin anew.
            app.pass(TimeDelta::hours(1));
            app.forgot(email).await.assert_status(202);
            app.forgot(email).await.assert_status(202);
        }
    }

    #[tokio::test]
    async fn nobody_floods_a_mailbox_by_moving_there() {
        let app = TestApp::with(limited).await;
        let eve = app.register("eve").await;
        for _ in 0..3 {
            app.move_to(&eve, ADA).await.assert_status(200);
            app.move_to(&eve, "eve@example.com")
                .await
                .assert_status(200);
        }
        let refused = app.move_to(&eve, ADA).await;
        refused.assert_error(429, "RATE_LIMITED");
        assert_eq!(app.me(&eve).await["email"], "eve@example.com");
    }

    #[tokio::test]
    async fn nobody_floods_a_mailbox_by_registering_again_and_again() {
        let app = TestApp::with(limited).await;
        for round in 0..6 {
            let ada = app.register("ada").await;
            let mails = app.mails_to(ADA).await.len();
            assert_eq!(mails, usize::min(round + 1, 3), "{round}");
            let gone = app.call("DELETE".parse().unwrap(), "/users/me");
            let gone = gone.json(&json!({"current_password": PASSWORD}));
            gone.bearer(&ada).send().await.assert_status(204);
        }
        // A person is never kept from an account by it, nor from the mail that they ask for.
        app.register("ada").await;
        app.ask_to_verify(ADA).await.assert_status(202);
        assert_eq!(app.mails_to(ADA).await.len(), 4);
    }

    #[tokio::test]
    async fn one_client_address_asks_for_so_much_and_no_more() {
        let app = TestApp::with(|config| config.rate_limit.enabled = true).await;
        let ask = async |number: u32, client: &str| {
            let body = json!({"email": format!("a{number}@example.com")});
            let call = app.post("/auth/password/forgot", &body);
            call.from(client).send().await
        };
        let most = app.config.rate_limit.address_mails_per_minute;
        for number in 0..most {
            ask(number, "192.0.2.1").await.assert_status(202);
        }
        let refused = ask(100, "192.0.2.1").await;
        refused.assert_error(429, "RATE_LIMITED");
        ask(101, "192.0.2.2").await.assert_status(202);
        // It may still log in.
        let body = json!({"username": "nobody", "password": PASSWORD});
        let tried = app
            .post("/auth/login", &body)
            .from("192.0.2.1")
            .send()
            .await;
        tried.assert_status(401);
    }
}
