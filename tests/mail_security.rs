//! What mail must not give away, and whom it must not go to.

use std::fmt::Write;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use countersign::config::Config;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::support::logs;
use crate::support::mail_server::{MailServer, Mood, Received};
use crate::support::{Member, PASSWORD, TestApp};

/// Another password that the policy accepts.
const OTHER_PASSWORD: &str = "narrow loud brooks run shallow";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0";
const OTHER_BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Firefox/131.0";

async fn texts(connection: &DatabaseConnection, query: &str) -> Vec<String> {
    let query = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(query).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

/// All values of all rows of all tables, in hexadecimal digits.
async fn everything_kept(app: &TestApp) -> Vec<String> {
    let (tables, columns, value) = if app.is_sqlite() {
        (
            "SELECT name FROM sqlite_master WHERE type = 'table'",
            "SELECT name FROM pragma_table_info('TABLE')",
            "hex(CAST(COLUMN AS BLOB))",
        )
    } else {
        (
            "SELECT table_name::text FROM information_schema.tables \
             WHERE table_schema = current_schema()",
            "SELECT column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = 'TABLE'",
            // Bytes are digits already.
            "upper(encode(convert_to(COLUMN::text, 'UTF8'), 'hex') || replace(COLUMN::text, '\\x', ''))",
        )
    };
    let connection = app.connect().await;
    let mut all = Vec::new();
    for table in texts(&connection, tables).await {
        for column in texts(&connection, &columns.replace("TABLE", &table)).await {
            let value = value.replace("COLUMN", &format!("\"{column}\""));
            let query = format!("SELECT coalesce({value}, '') FROM \"{table}\"");
            all.extend(texts(&connection, &query).await);
        }
    }
    connection.close().await.unwrap();
    all
}

fn is_kept(kept: &[String], bytes: &[u8]) -> bool {
    let mut digits = String::new();
    for byte in bytes {
        write!(digits, "{byte:02X}").unwrap();
    }
    kept.iter().any(|value| value.contains(&digits))
}

async fn ask_for_reset(app: &TestApp, email: &str) {
    let body = json!({"email": email});
    let asked = app.post("/auth/password/forgot", &body).send().await;
    asked.assert_status(202);
}

async fn set_password(app: &TestApp, token: &str, password: &str) -> u16 {
    let body = json!({"token": token, "new_password": password});
    let answer = app.post("/auth/password/reset", &body).send().await;
    answer.status.as_u16()
}

async fn verify(app: &TestApp, name: &str) {
    let token = app.mailed_token(&format!("{name}@example.com")).await;
    let body = json!({"token": token});
    let verified = app.post("/auth/verify-email", &body).send().await;
    verified.assert_status(204);
}

/// Registers a person who has shown that the address is the own one.
async fn register_verified(app: &TestApp, name: &str) -> Member {
    let member = app.register(name).await;
    verify(app, name).await;
    member
}

async fn move_to(app: &TestApp, member: &Member, email: &str, password: &str) -> u16 {
    let body = json!({"email": email, "current_password": password});
    let moved = app.patch("/users/me", &body).bearer(member).send().await;
    moved.status.as_u16()
}

async fn log_in_with(app: &TestApp, name: &str, browser: &str) {
    let body = json!({"username": name, "password": PASSWORD});
    let answer = app
        .post("/auth/login", &body)
        .header("user-agent", browser)
        .send()
        .await;
    answer.assert_status(200);
}

async fn subjects_to(app: &TestApp, address: &str) -> Vec<String> {
    let mails = app.mails_to(address).await;
    mails.iter().map(Received::subject).collect()
}

/// A configuration under which nobody is told who has an account.
fn private(config: &mut Config) {
    config.registration.private = true;
}

#[tokio::test]
async fn neither_the_token_of_a_link_nor_a_password_is_in_the_database() {
    let app = TestApp::start().await;
    let ada = register_verified(&app, "ada").await;
    ask_for_reset(&app, "ada@example.com").await;
    let reset = app.mailed_token("ada@example.com").await;
    let moved = move_to(&app, &ada, "ada@example.org", PASSWORD).await;
    assert_eq!(moved, 200);
    // Before and after they are sent.
    let mut kept = everything_kept(&app).await;
    let verification = app.mailed_token("ada@example.org").await;
    let way_back = app.mailed_token("ada@example.com").await;
    kept.extend(everything_kept(&app).await);

    for token in [&reset, &verification, &way_back] {
        let code = URL_SAFE_NO_PAD.decode(token.strip_prefix("csl_").unwrap());
        assert!(!is_kept(&kept, token.as_bytes()));
        assert!(!is_kept(&kept, &code.unwrap()));
    }
    assert!(!is_kept(&kept, PASSWORD.as_bytes()));
    // Would it be seen?
    assert!(is_kept(&kept, b"ada@example.org"));
    let hash = digest::digest(&digest::SHA256, way_back.as_bytes());
    assert!(is_kept(&kept, hash.as_ref()));
}

#[tokio::test]
async fn of_a_private_registration_no_password_is_kept_and_its_hash_no_longer_than_needed() {
    let app = TestApp::with(private).await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let answer = app.post("/auth/register", &body).send().await;
    answer.assert_status(202);
    assert!(!is_kept(&everything_kept(&app).await, PASSWORD.as_bytes()));
    let hashes = "SELECT CAST(details AS TEXT) AS d FROM mail_outbox";
    assert!(app.query_text(hashes, "d").await.contains("argon2id"));
    app.deliver().await;
    assert!(!app.query_text(hashes, "d").await.contains("argon2id"));
    assert!(!is_kept(&everything_kept(&app).await, PASSWORD.as_bytes()));
}

#[tokio::test]
async fn the_worker_logs_neither_links_nor_tokens() {
    let server = MailServer::start().await;
    let url = server.url();
    let app = TestApp::with(|config| {
        config.mail.url = url.try_into().unwrap();
        config.mail.from = Some("login@example.com".to_owned().try_into().unwrap());
    })
    .await;
    for (mood, address) in [
        (Mood::Fine, "nolog-one@example.com"),
        // It repeats what it can of the token.
        (Mood::RefusesContents(451), "nolog-two@example.com"),
        (Mood::RefusesContents(554), "nolog-three@example.com"),
    ] {
        server.set(mood);
        let (name, _) = address.split_once('@').unwrap();
        app.register(name).await;
        app.deliver().await;
    }
    server.set(Mood::Fine);
    app.clock.advance(TimeDelta::minutes(1));
    app.deliver().await;
    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    let lines = logs::everything();
    for text in ["mail sent", "mail not sent", "mail given up"] {
        assert!(lines.contains(text), "{text}");
    }
    for mail in mails {
        assert!(!lines.contains(&mail.token()));
    }
    assert!(!lines.contains("/account/verify?"), "a link was logged");
}

#[tokio::test]
async fn the_list_of_mails_has_neither_links_nor_texts() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    ask_for_reset(&app, "root@example.com").await;
    app.deliver().await;
    let answer = app.get("/admin/mail-outbox").bearer(&root).send().await;
    answer.assert_status(200);
    let items = answer.json()["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 2);
    for item in items {
        let members: Vec<&String> = item.as_object().unwrap().keys().collect();
        let expected = [
            "id",
            "to",
            "kind",
            "state",
            "attempts",
            "next_attempt_at",
            "last_error",
        ];
        assert_eq!(members, expected);
        assert_eq!(item["state"], "sent");
    }
    let text = answer.text();
    assert!(!text.contains("csl_") && !text.contains("http"), "{text}");
}

#[tokio::test]
async fn only_who_showed_to_own_a_mailbox_is_told_what_happens_to_the_account() {
    let app = TestApp::start().await;
    for name in ["ada", "bob"] {
        let member = if name == "ada" {
            register_verified(&app, name).await
        } else {
            app.register(name).await
        };
        log_in_with(&app, name, OTHER_BROWSER).await;
        let body = json!({"current_password": PASSWORD, "new_password": OTHER_PASSWORD});
        let changed = app.post("/users/me/password", &body).bearer(&member).send();
        changed.await.assert_status(204);
        let email = format!("{name}@example.org");
        assert_eq!(move_to(&app, &member, &email, OTHER_PASSWORD).await, 200);
    }
    // The link that verified it, and three notices; of bob's, the link was void before it was sent.
    assert_eq!(app.mails_to("ada@example.com").await.len(), 4);
    assert_eq!(app.mails_to("bob@example.com").await.len(), 0);
    let restoring = app.count("email_tokens", "purpose = 'restore_email'").await;
    assert_eq!(restoring, "1");
}

#[tokio::test]
async fn a_login_with_another_device_and_a_new_password_are_told() {
    let app = TestApp::start().await;
    let body = json!({"email": "ada@example.com", "username": "ada", "password": PASSWORD});
    let registered = app
        .post("/auth/register", &body)
        .header("user-agent", BROWSER)
        .send()
        .await;
    registered.assert_status(201);
    verify(&app, "ada").await;
    log_in_with(&app, "ada", &BROWSER.replace("131", "132")).await;
    assert_eq!(subjects_to(&app, "ada@example.com").await.len(), 1);
    log_in_with(&app, "ada", OTHER_BROWSER).await;
    let mails = app.mails_to("ada@example.com").await;
    assert_eq!(mails.len(), 2);
    let told = mails[1].text();
    assert!(told.contains("Firefox on Windows"), "{told}");
    // Known from now on.
    log_in_with(&app, "ada", OTHER_BROWSER).await;
    assert_eq!(subjects_to(&app, "ada@example.com").await.len(), 2);

    ask_for_reset(&app, "ada@example.com").await;
    let token = app.mailed_token("ada@example.com").await;
    assert_eq!(set_password(&app, &token, OTHER_PASSWORD).await, 204);
    let subjects = subjects_to(&app, "ada@example.com").await;
    assert_eq!(subjects.len(), 4);
    assert!(subjects[3].contains("password"), "{subjects:?}");
}

#[tokio::test]
async fn no_mail_tells_where_an_administrator_works_from() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = register_verified(&app, "ada").await;
    let path = format!("/admin/users/{}", ada.id().0);
    let delivery = json!({"delivery": "email"});
    for call in [
        app.post("/admin/users", &json!({"email": "bob@example.com"})),
        app.post(&format!("{path}/password-reset"), &delivery),
        app.patch(&path, &json!({"email": "ada@example.org"})),
    ] {
        let call = call.bearer(&root).from("203.0.113.77");
        let answer = call.header("user-agent", OTHER_BROWSER).send().await;
        assert!(answer.status.is_success(), "{}", answer.text());
    }
    let mut told = 0;
    for address in ["ada@example.com", "ada@example.org", "bob@example.com"] {
        for mail in app.mails_to(address).await {
            told += 1;
            assert!(!mail.text().contains("203.0.113.77"), "{}", mail.text());
            assert!(!mail.text().contains("Windows"), "{}", mail.text());
        }
    }
    // The link of her registration; the reset was void before it was sent.
    assert_eq!(told, 4);
    let kept = everything_kept(&app).await;
    let outbox = "SELECT CAST(count(*) AS TEXT) AS n FROM mail_outbox \
                  WHERE CAST(details AS TEXT) LIKE '%203.0.113.77%'";
    assert_eq!(app.query_text(outbox, "n").await, "0");
    // The trail has it.
    assert!(is_kept(&kept, b"203.0.113.77"));
}

#[tokio::test]
async fn an_address_with_a_way_back_is_kept_for_its_account() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = register_verified(&app, "ada").await;
    let bob = app.register("bob").await;
    assert_eq!(move_to(&app, &ada, "ada@example.org", PASSWORD).await, 200);

    let body = json!({"email": "Ada@Example.com", "password": PASSWORD});
    let register = || app.post("/auth/register", &body).send();
    register().await.assert_error(409, "USER_ALREADY_EXISTS");
    let invite = json!({"email": "ada@example.com"});
    let invited = app.post("/admin/users", &invite).bearer(&root).send().await;
    invited.assert_error(409, "USER_ALREADY_EXISTS");
    let moved = move_to(&app, &bob, "ada@example.com", PASSWORD).await;
    assert_eq!(moved, 409);
    // Its own account may have it back at any time, and leave it again.
    for email in ["ada@example.com", "ada@example.org"] {
        assert_eq!(move_to(&app, &ada, email, PASSWORD).await, 200);
    }
    app.clock.advance(app.config.mail.recovery_ttl());
    register().await.assert_status(201);
}

#[tokio::test]
async fn nobody_keeps_an_account_by_changing_its_address() {
    let app = TestApp::start().await;
    register_verified(&app, "ada").await;
    // Somebody else knows the password, and hurries.
    let thief = app.log_in("ada").await;
    for email in ["thief@example.com", "thief@example.org"] {
        assert_eq!(move_to(&app, &thief, email, PASSWORD).await, 200);
        let token = app.mailed_token(email).await;
        let verified = app.post("/auth/verify-email", &json!({"token": token}));
        verified.send().await.assert_status(204);
    }
    let way_back = app.mailed_token("ada@example.com").await;
    let thiefs = app.mailed_token("thief@example.com").await;
    assert_eq!(set_password(&app, &way_back, OTHER_PASSWORD).await, 204);
    app.assert_over(&thief).await;
    assert_eq!(set_password(&app, &thiefs, PASSWORD).await, 400);
    assert_eq!(set_password(&app, &way_back, PASSWORD).await, 400);
    let body = json!({"email": "ada@example.com", "password": OTHER_PASSWORD});
    let back = app.post("/auth/login", &body).send().await;
    back.assert_status(200);
    assert_eq!(back.json()["user"]["email_verified"], true);
}

#[tokio::test]
async fn an_administrators_change_of_the_address_closes_the_ways_back() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = register_verified(&app, "ada").await;
    assert_eq!(move_to(&app, &ada, "ada@example.org", PASSWORD).await, 200);
    let way_back = app.mailed_token("ada@example.com").await;
    let path = format!("/admin/users/{}", ada.id().0);
    let body = json!({"email": "ada@example.net", "email_verified": true});
    let moved = app.patch(&path, &body).bearer(&root).send().await;
    moved.assert_status(200);
    assert_eq!(set_password(&app, &way_back, OTHER_PASSWORD).await, 400);
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let registered = app.post("/auth/register", &body).send().await;
    registered.assert_status(201);
}

#[tokio::test]
async fn a_link_does_one_thing_once_and_only_the_newest_does() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let verification = app.mailed_token("ada@example.com").await;
    assert_eq!(set_password(&app, &verification, OTHER_PASSWORD).await, 400);
    let mut resets = Vec::new();
    for _ in 0..2 {
        ask_for_reset(&app, "ada@example.com").await;
        resets.push(app.mailed_token("ada@example.com").await);
    }
    let body = json!({"token": resets[1]});
    let verified = app.post("/auth/verify-email", &body).send().await;
    verified.assert_error(400, "INVALID_LINK");
    for (token, status) in [(&resets[0], 400), (&resets[1], 204), (&resets[1], 400)] {
        assert_eq!(set_password(&app, token, OTHER_PASSWORD).await, status);
    }
    // Who has a link from the mailbox, has the mailbox: nothing is left to verify.
    let body = json!({"token": verification});
    let verified = app.post("/auth/verify-email", &body).send().await;
    verified.assert_error(400, "INVALID_LINK");
    let unverified = app.count("users", "email_verified = false").await;
    assert_eq!(unverified, "0");
}

#[tokio::test]
async fn links_work_after_the_secret_was_changed_whether_they_were_sent_or_wait() {
    let app = TestApp::start().await;
    app.register("ada").await;
    app.register("bob").await;
    ask_for_reset(&app, "ada@example.com").await;
    let sent = app.mailed_token("ada@example.com").await;
    ask_for_reset(&app, "bob@example.com").await;
    let body = json!({"email": "cyd@example.com", "password": PASSWORD});
    app.post("/auth/register", &body)
        .send()
        .await
        .assert_status(201);
    let mut config = app.config.clone();
    config.tokens.secret = Some("another secret that is long enough for it".into());
    let app = app.restart(config).await;
    let waiting = app.mailed_token("cyd@example.com").await;
    let asked = app.mailed_token("bob@example.com").await;
    assert_eq!(set_password(&app, &sent, OTHER_PASSWORD).await, 204);
    // What was only asked for gets its link now.
    assert_eq!(set_password(&app, &asked, OTHER_PASSWORD).await, 204);
    let verified = app.post("/auth/verify-email", &json!({"token": waiting}));
    verified.send().await.assert_status(204);
}

#[tokio::test]
async fn who_registers_privately_is_not_told_whether_the_address_has_an_account() {
    let app = TestApp::with(private).await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    app.post("/auth/register", &body)
        .send()
        .await
        .assert_status(202);
    verify(&app, "ada").await;

    let mut answers = Vec::new();
    for email in ["ada@example.com", "new@example.com"] {
        let body = json!({"email": email, "password": OTHER_PASSWORD});
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_status(202);
        let mut user = answer.json();
        for own in ["id", "email", "created_at", "updated_at"] {
            user[own].take();
        }
        app.deliver().await;
        // A password for an account of somebody else, and one for an account that is not verified.
        let refused = app.post("/auth/login", &body).send().await;
        refused.assert_error(401, "INVALID_CREDENTIALS");
        answers.push(user);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0]["email_verified"], Value::Bool(false));
    // Only who has the mailbox learns it, and has not lost the account.
    assert_eq!(app.mails_to("ada@example.com").await.len(), 2);
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    app.post("/auth/login", &body)
        .send()
        .await
        .assert_status(200);
    let named = json!({"email": "x@example.com", "username": "ada", "password": PASSWORD});
    let named = app.post("/auth/register", &named).send().await;
    named.assert_findings(&["username: unknown"]);
}

#[tokio::test]
async fn who_asks_for_mail_learns_nothing_and_nothing_is_left_of_it() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let idle = app.register("idle").await;
    app.deactivate(&idle).await;
    app.deliver().await;
    let before = app.count("mail_outbox", "true").await;
    for path in ["/auth/password/forgot", "/auth/verify-email/request"] {
        for name in ["nobody", "idle"] {
            let body = json!({"email": format!("{name}@example.com")});
            let asked = app.post(path, &body).send().await;
            asked.assert_status(202);
            assert!(asked.body.is_empty());
        }
    }
    assert_ne!(app.count("mail_outbox", "true").await, before);
    app.deliver().await;
    assert_eq!(app.count("mail_outbox", "true").await, before);
    assert!(app.mails_to("nobody@example.com").await.is_empty());
}

#[tokio::test]
async fn mail_to_one_mailbox_is_bounded_whoever_asks_and_whether_or_not_it_has_an_account() {
    let app = TestApp::with(|config| config.rate_limit.enabled = true).await;
    app.register("ada").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        for (asked, client) in (1..).zip(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"]) {
            let body = json!({"email": email});
            let answer = app.post("/auth/password/forgot", &body).from(client);
            let answer = answer.send().await;
            if asked <= 3 {
                answer.assert_status(202);
            } else {
                answer.assert_error(429, "RATE_LIMITED");
                assert_eq!(answer.header("retry-after"), Some("60"));
            }
        }
    }
}
