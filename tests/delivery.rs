//! Delivery: what is in the outbox arrives, whatever the mail server does, and nobody waits for it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use countersign::config::Config;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::support::mail_server::{MailServer, Mood, Received};
use crate::support::process::{Place, until};
use crate::support::{Member, PASSWORD, TestApp};

/// Longer than the first wait before a mail is tried again.
const AGAIN: TimeDelta = TimeDelta::seconds(40);

fn to(server: &MailServer) -> impl FnOnce(&mut Config) {
    let url = server.url();
    move |config| {
        config.mail.url = url.try_into().unwrap();
        config.mail.from = Some("Example <login@example.com>".to_owned().try_into().unwrap());
    }
}

/// A breaker that opens soon, and tries again soon.
fn touchy(config: &mut Config) {
    config.breaker.smtp.failure_threshold = Some(3);
    config.breaker.smtp.recovery_timeout_seconds = Some(1);
}

impl TestApp {
    /// What the outbox tells of the mails to an address, the oldest first.
    async fn outbox(&self, root: &Member, address: &str) -> Vec<Value> {
        let path = "/admin/mail-outbox?limit=100";
        let answer = self.get(path).bearer(root).send().await;
        answer.assert_status(200);
        let mut mails = answer.json()["items"].as_array().unwrap().clone();
        mails.retain(|mail| mail["to"] == address);
        mails.reverse();
        mails
    }

    /// In which states mails are, and how many in each.
    async fn states(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for state in ["pending", "sending", "sent", "failed", "cancelled"] {
            let number = self
                .count("mail_outbox", &format!("state = '{state}'"))
                .await;
            if number != "0" {
                found.push((state.to_owned(), number));
            }
        }
        found
    }

    async fn assert_states(&self, expected: &[(&str, u32)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(state, number)| ((*state).to_owned(), number.to_string()))
            .collect();
        assert_eq!(self.states().await, expected);
    }

    async fn breaker_state(&self, root: &Member) -> Value {
        let path = "/admin/circuit-breakers";
        let breakers = self.get(path).bearer(root).send().await.json();
        let breakers = breakers["items"].as_array().unwrap().clone();
        let smtp = breakers.iter().find(|breaker| breaker["name"] == "smtp");
        smtp.unwrap()["state"].clone()
    }

    async fn register_all(&self, number: u32) {
        for person in 0..number {
            self.register(&format!("person{person}")).await;
        }
    }
}

/// Expects that the server has so many mails, and none of them twice.
#[track_caller]
fn assert_each_once(server: &MailServer, number: usize) {
    let ids: Vec<_> = server
        .mails()
        .iter()
        .map(|mail| mail.header("Message-ID").unwrap())
        .collect();
    assert_eq!(ids.len(), number, "{ids:?}");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), number, "{ids:?}");
    assert_eq!(server.violations(), [] as [&str; 0]);
}

#[tokio::test]
async fn mail_arrives_with_its_link() {
    let server = MailServer::start().await;
    let app = TestApp::with(to(&server)).await;
    app.register("ada").await;
    app.deliver().await;
    let mails = server.mails_to("ada@example.com");
    let body = json!({"token": mails[0].token()});
    let verified = app.post("/auth/verify-email", &body).send().await;
    verified.assert_status(204);
    assert_eq!(mails[0].from, "login@example.com");
    assert!(
        mails[0].subject().contains("Example"),
        "{}",
        mails[0].subject()
    );
    // There is nothing more to do.
    app.deliver().await;
    assert_each_once(&server, 1);
}

#[tokio::test]
async fn mail_waits_while_the_server_is_down_and_arrives_once_it_is_back() {
    let mut server = MailServer::start().await;
    let app = TestApp::with(to(&server)).await;
    let root = app.register_superuser("root").await;
    app.deliver().await;
    server.stop().await;
    app.register("ada").await;
    app.deliver().await;
    let mail = &app.outbox(&root, "ada@example.com").await[0];
    assert_eq!(mail["state"], "pending");
    assert_eq!(mail["attempts"], 1);
    assert!(mail["next_attempt_at"].is_string());
    let reason = mail["last_error"].as_str().unwrap();
    assert!(!reason.is_empty());

    // Not yet, so that a server that comes back is not run over.
    server.resume();
    app.deliver().await;
    assert_each_once(&server, 1);
    app.clock.advance(AGAIN);
    app.deliver().await;
    assert_each_once(&server, 2);
    let mail = &app.outbox(&root, "ada@example.com").await[0];
    assert_eq!(mail["state"], "sent");
    assert_eq!(mail["attempts"], 2);
    assert_eq!(mail["last_error"], Value::Null);
}

#[tokio::test]
async fn a_dead_server_is_left_alone_while_everything_else_goes_on() {
    let mut server = MailServer::start().await;
    let app = TestApp::with(|config| {
        to(&server)(config);
        touchy(config);
    })
    .await;
    let root = app.register_superuser("root").await;
    app.deliver().await;
    server.stop().await;
    app.register_all(20).await;
    app.deliver().await;
    assert_eq!(app.breaker_state(&root).await, "open");
    // Most of them were not even tried.
    let tried = app
        .count("mail_outbox", "state = 'pending' AND attempts > 0")
        .await;
    let tried: u32 = tried.parse().unwrap();
    assert!((3..=6).contains(&tried), "{tried}");
    app.deliver().await;
    app.assert_states(&[("pending", 20), ("sent", 1)]).await;
    app.log_in("person0").await;
    let body = json!({"email": "person0@example.com"});
    let asked = app.post("/auth/password/forgot", &body).send().await;
    asked.assert_status(202);

    server.resume();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    // One goes first, to see whether the server is back; then the others follow.
    app.clock.advance(AGAIN);
    for _ in 0..3 {
        app.deliver().await;
    }
    assert_eq!(app.breaker_state(&root).await, "closed");
    app.assert_states(&[("sent", 22)]).await;
    assert_each_once(&server, 22);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_is_given_up_and_holds_up_nobody() {
    let server = MailServer::start().await;
    server.set(Mood::RefusesRecipient("ada@example.com", 550));
    let app = TestApp::with(|config| {
        to(&server)(config);
        config.breaker.smtp.failure_threshold = Some(1);
    })
    .await;
    let root = app.register_superuser("root").await;
    app.register("ada").await;
    app.register("bob").await;
    app.deliver().await;
    app.assert_states(&[("sent", 2), ("failed", 1)]).await;
    let mail = &app.outbox(&root, "ada@example.com").await[0];
    assert_eq!(mail["attempts"], 1);
    assert_eq!(mail["next_attempt_at"], Value::Null);
    assert!(mail["last_error"].as_str().unwrap().contains("550"));
    assert_eq!(app.breaker_state(&root).await, "closed");
    server.set(Mood::Fine);
    app.clock.advance(AGAIN);
    app.deliver().await;
    app.assert_states(&[("sent", 2), ("failed", 1)]).await;
}

#[tokio::test]
async fn a_mail_that_is_refused_for_now_is_tried_less_and_less_often_for_a_day() {
    let server = MailServer::start().await;
    server.set(Mood::RefusesRecipient("ada@example.com", 451));
    let app = TestApp::with(to(&server)).await;
    app.register("ada").await;
    let mut attempts = Vec::new();
    for _ in 0..26 {
        // As often as anybody could wish.
        for _ in 0..12 {
            app.deliver().await;
            app.clock.advance(TimeDelta::minutes(5));
        }
        let tried = app.query_text("SELECT CAST(attempts AS TEXT) AS n FROM mail_outbox", "n");
        attempts.push(tried.await.parse::<u32>().unwrap());
    }
    let states = app.states().await;
    assert_eq!(
        states,
        [("failed".to_owned(), "1".to_owned())],
        "{attempts:?}"
    );
    assert!((4..=8).contains(&attempts[0]), "{attempts:?}");
    let last = *attempts.last().unwrap();
    assert!((20..=35).contains(&last), "{attempts:?}");
    assert_eq!(server.mails().len(), 0);
}

/// A mail that was tried once while the server was in this mood, and is due again now that it is fine.
async fn tried_in(mood: Mood) -> (MailServer, TestApp) {
    let server = MailServer::start().await;
    server.set(mood);
    let app = TestApp::with(to(&server)).await;
    app.register("ada").await;
    app.deliver().await;
    app.assert_states(&[("pending", 1)]).await;
    server.set(Mood::Fine);
    app.clock.advance(AGAIN);
    (server, app)
}

#[tokio::test]
async fn greylisting_is_only_a_delay() {
    let (server, app) = tried_in(Mood::RefusesRecipients(451)).await;
    app.deliver().await;
    assert_each_once(&server, 1);
}

#[tokio::test]
async fn a_mail_arrives_once_from_a_server_that_dies_in_the_middle_of_it() {
    for mood in [
        Mood::HangsUp,
        Mood::HangsUpInside,
        Mood::Greets(421),
        Mood::RefusesData(452),
    ] {
        let (server, app) = tried_in(mood).await;
        app.deliver().await;
        app.assert_states(&[("sent", 1)]).await;
        assert_each_once(&server, 1);
    }
}

#[tokio::test]
async fn a_mail_that_was_taken_without_a_word_comes_again_as_the_same_mail() {
    let (server, app) = tried_in(Mood::HangsUpAfter).await;
    app.deliver().await;
    let mails = server.mails();
    let ids: Vec<_> = mails.iter().map(|mail| mail.header("Message-ID")).collect();
    // Nobody can know that it was taken; but receivers can tell, and both links are one.
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert_eq!(mails[0].token(), mails[1].token());
    let body = json!({"token": mails[0].token()});
    let verified = app.post("/auth/verify-email", &body).send().await;
    verified.assert_status(204);
}

#[tokio::test]
async fn nobody_waits_for_a_server_that_says_nothing() {
    let server = MailServer::start().await;
    server.set(Mood::Silent);
    let app = TestApp::with(|config| {
        to(&server)(config);
        config.mail.timeout_seconds = 2;
    })
    .await;
    app.register("ada").await;
    let delivery = app.deliver();
    let requests = async {
        until(|| server.connections() > 0, || "no connection".into()).await;
        // Mail is being sent all the while.
        app.register("bob").await;
        let body = json!({"email": "ada@example.com"});
        let asked = app.post("/auth/password/forgot", &body).send().await;
        asked.assert_status(202);
        let sending = app.count("mail_outbox", "state = 'sending'").await;
        assert_ne!(sending, "0");
    };
    tokio::join!(delivery, requests);
    server.set(Mood::Fine);
    for _ in 0..2 {
        app.clock.advance(AGAIN);
        app.deliver().await;
    }
    app.assert_states(&[("sent", 3)]).await;
    assert_each_once(&server, 3);
}

#[tokio::test]
async fn a_mail_that_takes_long_holds_up_no_other() {
    let server = MailServer::start().await;
    server.set(Mood::Silent);
    let app = TestApp::with(|config| {
        to(&server)(config);
        config.mail.timeout_seconds = 30;
    })
    .await;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let service = app.delivery().run(stopping);
    let requests = async {
        app.register("ada").await;
        until(|| server.connections() > 0, || "no connection".into()).await;
        // That connection says nothing any more, but the next one does.
        server.set(Mood::Fine);
        app.register("bob").await;
        until(
            || !server.mails_to("bob@example.com").is_empty(),
            || "no mail".into(),
        )
        .await;
        stop.send_replace(true);
    };
    tokio::select! {
        () = service => panic!("it ended before it was told to"),
        () = requests => {}
    }
}

#[tokio::test]
async fn instances_share_the_work_and_send_nothing_twice() {
    let server = MailServer::start().await;
    let app = TestApp::with(to(&server)).await;
    let other = app.another_instance().await;
    app.register_all(40).await;
    other.clock.advance(TimeDelta::seconds(5));
    tokio::join!(
        app.deliver(),
        other.deliver(),
        app.deliver(),
        other.deliver()
    );
    app.assert_states(&[("sent", 40)]).await;
    assert_each_once(&server, 40);
}

#[tokio::test]
async fn what_a_dead_instance_held_is_sent_by_another_after_a_while() {
    let server = MailServer::start().await;
    let app = TestApp::with(to(&server)).await;
    app.register("ada").await;
    let now = app.clock.now();
    let held = TimeDelta::seconds(90);
    let change = app.store().change().await.unwrap();
    let mail = change.claim_mail(now, now + held).await.unwrap();
    let mail = mail.expect("the mail");
    assert!(change.holds_mail(&mail).await.unwrap());
    change.commit().await.unwrap();

    app.deliver().await;
    assert_eq!(server.mails().len(), 0);
    app.clock.advance(held);
    let change = app.store().change().await.unwrap();
    let now = app.clock.now();
    let taken = change.claim_mail(now, now).await.unwrap();
    let taken = taken.expect("the mail");
    assert_eq!(taken.attempts, 2);
    // Should the first be alive after all, it has no say any more.
    assert!(!change.holds_mail(&mail).await.unwrap());
    assert!(change.holds_mail(&taken).await.unwrap());
    drop(change);
    app.deliver().await;
    assert_each_once(&server, 1);
    let attempts = app.query_text("SELECT CAST(attempts AS TEXT) AS n FROM mail_outbox", "n");
    assert_eq!(attempts.await, "2");
    let change = app.store().change().await.unwrap();
    assert!(!change.holds_mail(&taken).await.unwrap());
}

#[tokio::test]
async fn a_mail_whose_link_is_void_by_now_is_not_sent() {
    let mut server = MailServer::start().await;
    let app = TestApp::with(to(&server)).await;
    let root = app.register_superuser("root").await;
    app.deliver().await;
    server.stop().await;
    // Gone, replaced by a newer one, expired.
    let gone = app.register("gone").await;
    let body = json!({"email": "root@example.com"});
    let forgot = async || {
        let asked = app.post("/auth/password/forgot", &body).send().await;
        asked.assert_status(202);
        app.deliver().await;
    };
    forgot().await;
    forgot().await;
    let path = format!("/admin/users/{}", gone.id());
    let deleted = app.delete(&path).bearer(&root).send().await;
    deleted.assert_status(204);
    server.resume();
    app.clock.advance(AGAIN);
    app.deliver().await;
    app.assert_states(&[("sent", 2), ("cancelled", 2)]).await;

    server.stop().await;
    forgot().await;
    server.resume();
    let ttl = TimeDelta::seconds(app.config.mail.link_ttl_seconds.into());
    app.clock.advance(ttl);
    app.deliver().await;
    app.assert_states(&[("sent", 2), ("cancelled", 3)]).await;
    assert_each_once(&server, 2);
}

#[tokio::test]
async fn mail_that_nobody_could_send_for_a_day_is_not_sent_later() {
    let mut server = MailServer::start().await;
    server.stop().await;
    let app = TestApp::with(to(&server)).await;
    let ada = app.register("ada").await;
    app.execute("UPDATE users SET email_verified = true").await;
    app.execute("DELETE FROM mail_outbox").await;
    let body = json!({"current_password": PASSWORD, "new_password": "plenty of other words"});
    let changed = app.post("/users/me/password", &body).bearer(&ada);
    changed.send().await.assert_status(204);
    app.clock.advance(TimeDelta::days(1));
    server.resume();
    app.deliver().await;
    app.assert_states(&[("failed", 1)]).await;
    assert_eq!(server.mails().len(), 0);
}

mod processes {
    use super::*;

    async fn place(server: &MailServer) -> Place {
        Place::with_database()
            .await
            .with("COUNTERSIGN__MAIL__URL", &server.url())
            .with("COUNTERSIGN__MAIL__FROM", "login@example.com")
            .with("COUNTERSIGN__SERVER__SHUTDOWN_SECONDS", "1")
            .with("COUNTERSIGN__BREAKER__SMTP__RECOVERY_TIMEOUT_SECONDS", "1")
    }

    #[tokio::test]
    async fn mail_that_was_accepted_survives_a_kill_and_arrives_once() {
        let mut server = MailServer::start().await;
        server.stop().await;
        let place = place(&server).await;
        let service = place.start().await;
        service.register("ada").await;
        service.kill();
        server.resume();
        let service = place.start().await;
        // Perhaps it was tried before the kill, and then it waits.
        let body = json!({"email": "ada@example.com"});
        let asked = service.post("/auth/password/forgot", &body).send().await;
        assert_eq!(asked.unwrap().status(), 202);
        let reset = |mail: &Received| mail.link().path().ends_with("/account/reset");
        until(
            || server.mails().iter().any(reset),
            || service.lines().join("\n"),
        )
        .await;
        assert_each_once(&server, server.mails().len());
        let link = server
            .mails()
            .iter()
            .find(|mail| reset(mail))
            .unwrap()
            .link();
        assert!(link.as_str().starts_with(service.url()), "{link}");
    }

    #[tokio::test]
    async fn a_stop_leaves_mail_for_the_next_start() {
        let server = MailServer::start().await;
        server.set(Mood::Silent);
        let place = place(&server).await;
        let mut service = place.start().await;
        service.register("ada").await;
        until(|| server.connections() > 0, || "no connection".into()).await;
        service.terminate();
        let (status, lines) = service.ended().await;
        assert!(status.success(), "{lines:?}");
        let told = lines
            .iter()
            .any(|line| line.contains("it may be sent again"));
        assert!(told, "{lines:?}");
        assert_eq!(server.mails().len(), 0);

        // As if the time were over for which the stopped instance holds it.
        let connection = place.database().connect().await;
        let over = "UPDATE mail_outbox SET next_attempt_at = '2026-01-01T00:00:00+00:00'";
        connection.execute_unprepared(over).await.unwrap();
        connection.close().await.unwrap();
        server.set(Mood::Fine);
        let _service = place.start().await;
        server.wait_for(1).await;
        assert_each_once(&server, 1);
    }

    #[tokio::test]
    async fn a_newcomer_finds_the_first_mail_by_the_log() {
        let place = Place::bare();
        let service = place.start().await;
        service.register("ada").await;
        service.said("mail sent").await;
        let line = service
            .lines()
            .into_iter()
            .find(|line| line.contains("mail sent"))
            .unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        let path = place.folder().join(line["path"].as_str().unwrap());
        let mail = Received::from_file(&path);
        assert_eq!(mail.to, ["ada@example.com"]);
        let body = json!({"token": mail.token()});
        let verified = service.post("/auth/verify-email", &body).send().await;
        assert_eq!(verified.unwrap().status(), 204);
    }
}
