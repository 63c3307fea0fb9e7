//! Letters reach a mail server or a folder as they were written; and whatever goes wrong on the way is told
//! apart: what speaks against one letter from what speaks against the server.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use countersign::config::Config;
use countersign::model::{BreakerState, Clock, Email, MailId};
use countersign::outbound::PostOffice;
use countersign::outbound::post::{DeliveryError, Letter, Receipt};
use countersign::resilience::breaker::{Breakers, CallError};
use tokio::time::Instant;

use crate::support::PATIENCE;
use crate::support::mail_server::{MAIL_PASSWORD, MailServer, Mood, Protection, Received, USER};
use crate::support::range_server::CERTIFICATE;

/// A token as links have it.
const TOKEN: &str = "csl_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
/// Failures in a row that open the breaker.
const THRESHOLD: u32 = 3;

/// A mood, and what comes of a letter then.
type Case = (Mood, fn(String) -> DeliveryError, &'static str);

fn config(url: &str) -> Config {
    let mut config = Config::default();
    config.mail.url = url.to_owned().try_into().unwrap();
    let from = "Example & Söhne <login@example.com>".to_owned();
    config.mail.from = Some(from.try_into().unwrap());
    config.mail.timeout_seconds = 10;
    config.breaker.failure_threshold = THRESHOLD;
    config.breaker.recovery_timeout_seconds = 1;
    config
}

fn office(config: &Config) -> PostOffice {
    let breakers = Breakers::new(&config.breaker, &Clock::default());
    PostOffice::new(&config.mail, Arc::new(breakers)).unwrap()
}

/// An office that trusts the server's certificate.
fn trusting(url: &str) -> PostOffice {
    let mut config = config(url);
    config.mail.ca_file = Some(CERTIFICATE.into());
    office(&config)
}

fn letter() -> Letter {
    let at: DateTime<Utc> = "2026-02-03T04:05:06.789Z".parse().unwrap();
    Letter {
        id: MailId::generate(at),
        at,
        to: Email::parse("ada@example.org").unwrap(),
        language: "en".into(),
        subject: "Set a new password".into(),
        text: format!("Open https://app.example.com/account/reset?token={TOKEN} now.\n"),
        html: format!("<p><a href=\"https://app.example.com/?token={TOKEN}\">Open</a></p>\n"),
    }
}

async fn send(office: &PostOffice) -> Result<Receipt, CallError<DeliveryError>> {
    office.deliver(&letter()).await
}

/// Why a letter was not handed over.
async fn fail(office: &PostOffice) -> DeliveryError {
    match send(office).await {
        Err(CallError::Failed(error)) => {
            let text = error.to_string();
            assert!(text.chars().count() <= 300, "{text}");
            assert!(!text.contains(char::is_control), "{text:?}");
            assert!(!text.contains(TOKEN), "{text}");
            assert!(!text.contains(MAIL_PASSWORD), "{text}");
            error
        }
        other => panic!("{other:?}"),
    }
}

fn failures(office: &PostOffice) -> u64 {
    office.breaker().snapshot().consecutive_failures
}

#[track_caller]
fn assert_polite(server: &MailServer) {
    assert_eq!(server.violations(), Vec::<String>::new());
}

mod arriving {
    use super::*;

    #[tokio::test]
    async fn a_letter_arrives_as_it_was_written() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        let letter = letter();
        let receipt = office.deliver(&letter).await.unwrap();
        assert_eq!(receipt, Receipt::Server);
        let [mail] = &server.mails()[..] else {
            panic!("{:?}", server.mails());
        };
        assert_eq!(mail.from, "login@example.com");
        assert_eq!(mail.to, ["ada@example.org"]);
        assert_eq!(mail.subject(), letter.subject);
        assert_eq!(mail.text(), letter.text.replace('\n', "\r\n"));
        assert_eq!(mail.html(), letter.html.replace('\n', "\r\n"));
        assert_eq!(mail.link().path(), "/account/reset");
        assert_eq!(mail.token(), TOKEN);
        for (name, value) in [
            ("To", "ada@example.org"),
            ("Date", "Tue, 03 Feb 2026 04:05:06 +0000"),
            ("Message-ID", &format!("<{}@example.com>", letter.id)),
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", "en"),
            ("MIME-Version", "1.0"),
        ] {
            assert_eq!(mail.header(name).as_deref(), Some(value), "{name}");
        }
        let message = mail.parse();
        let from = message.from().unwrap().first().unwrap();
        assert_eq!(from.name(), Some("Example & Söhne"));
        assert_eq!(from.address(), Some("login@example.com"));
        let kind = mail.header("Content-Type").unwrap();
        assert!(kind.starts_with("multipart/alternative"), "{kind}");
        assert_polite(&server);
    }

    #[tokio::test]
    async fn any_text_survives_a_server_of_seven_bits_and_short_lines() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        let long = "word ".repeat(1000);
        let texts = [
            ".\n..\n.dot first\nand a dot alone:\n.\n".to_owned(),
            "no line break at the end".to_owned(),
            ".".to_owned(),
            "\n\n\n".to_owned(),
            format!("{}\n", "x".repeat(998)),
            format!("{}\n", "x".repeat(999)),
            format!(".{long}\n.{long}"),
            "Grüße aus Köln, àéîõü: 10 €\n.\n.Ende".to_owned(),
            "\u{1f4ec}\u{1f469}\u{200d}\u{1f680} \u{65e5}\u{672c}\u{8a9e}\n".repeat(300),
            "trailing space \n\ttab\t\n=3D =\nFrom here\n-- \nnul \0 and bell \u{7}\n".to_owned(),
            format!("http://127.0.0.1:8000/account/reset?token={TOKEN}\n"),
        ];
        for (nth, text) in texts.iter().enumerate() {
            let html = format!("<p>{text}</p>");
            let sent = Letter {
                text: text.clone(),
                html: html.clone(),
                ..letter()
            };
            office.deliver(&sent).await.unwrap();
            let mail = server.wait_for(nth + 1).await.remove(nth);
            assert_eq!(mail.text(), text.replace('\n', "\r\n"), "{nth}");
            assert_eq!(mail.html(), html.replace('\n', "\r\n"), "{nth}");
        }
        // Who looks into a folder can use a link as it stands there.
        let readable = &server.mails()[texts.len() - 1].content;
        assert!(
            readable.contains(texts[texts.len() - 1].trim()),
            "{readable}"
        );
        assert_polite(&server);
    }

    #[tokio::test]
    async fn any_subject_is_one_subject_and_no_other_header() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        for (nth, (subject, expected)) in [
            ("Bestätigen Sie Ihre Adresse", "Bestätigen Sie Ihre Adresse"),
            (
                "\u{1f511} \u{65b0}\u{3057}\u{3044}",
                "\u{1f511} \u{65b0}\u{3057}\u{3044}",
            ),
            (
                "a\r\nBcc: eve@example.net\r\n\r\nb",
                "a  Bcc: eve@example.net    b",
            ),
            ("a\nBcc: eve@example.net", "a Bcc: eve@example.net"),
            ("a\rBcc: eve@example.net", "a Bcc: eve@example.net"),
            ("=?utf-8?q?=0ABcc:?=", "= ?utf-8?q?=0ABcc:?="),
            (&"word ".repeat(300), "word ".repeat(40).trim()),
            (&"x".repeat(2000), &"x".repeat(200)),
        ]
        .into_iter()
        .enumerate()
        {
            let sent = Letter {
                subject: subject.into(),
                language: "en\r\nBcc: eve@example.net".into(),
                ..letter()
            };
            office.deliver(&sent).await.unwrap();
            let mail = server.wait_for(nth + 1).await.remove(nth);
            let spaced = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(
                spaced(&mail.subject()),
                spaced(expected),
                "{}",
                mail.content
            );
            assert_eq!(mail.header("Bcc"), None, "{}", mail.content);
            assert_eq!(mail.to, ["ada@example.org"]);
            assert_eq!(mail.token(), TOKEN, "{}", mail.content);
        }
        assert_polite(&server);
    }

    #[tokio::test]
    async fn every_try_has_the_same_message_id() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        let letter = letter();
        server.set(Mood::HangsUpAfter);
        let first = office.deliver(&letter).await;
        assert!(first.is_err(), "{first:?}");
        server.set(Mood::Fine);
        office.deliver(&letter).await.unwrap();
        let ids: Vec<_> = server
            .mails()
            .iter()
            .map(|mail| mail.header("Message-ID"))
            .collect();
        assert_eq!(ids.len(), 2);
        assert_eq!(ids[0], ids[1]);
    }

    #[tokio::test]
    async fn an_address_with_odd_dots_is_the_mail_servers_to_judge() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        let to = "a..b.@example.org";
        let sent = Letter {
            to: Email::parse(to).unwrap(),
            ..letter()
        };
        office.deliver(&sent).await.unwrap();
        assert_eq!(server.mails_to(to).len(), 1);
        assert_polite(&server);
    }
}

mod refusing {
    use DeliveryError::{Deferred, Refused, Unavailable};

    use super::*;

    /// Every way to refuse a letter.
    const CASES: [Case; 26] = [
        (
            Mood::Greets(421),
            Unavailable,
            "connecting: 421 4.1.1 not now",
        ),
        (
            Mood::Greets(554),
            Unavailable,
            "connecting: 554 5.1.1 not now",
        ),
        (
            Mood::RefusesSenders(550),
            Unavailable,
            "MAIL FROM: 550 5.1.1 no such sender",
        ),
        (
            Mood::RefusesSenders(451),
            Unavailable,
            "MAIL FROM: 451 4.1.1 no such sender",
        ),
        (
            Mood::RefusesSenders(421),
            Unavailable,
            "MAIL FROM: 421 4.1.1",
        ),
        (
            Mood::RefusesRecipients(550),
            Refused,
            "550 5.1.1 no such mailbox sorry",
        ),
        (
            Mood::RefusesRecipients(553),
            Refused,
            "553 5.1.1 no such mailbox",
        ),
        (
            Mood::RefusesRecipients(451),
            Deferred,
            "451 4.1.1 no such mailbox",
        ),
        (
            Mood::RefusesRecipients(450),
            Deferred,
            "450 4.1.1 no such mailbox",
        ),
        (
            Mood::RefusesRecipients(421),
            Unavailable,
            "RCPT TO: 421 4.1.1",
        ),
        (
            Mood::RefusesRecipients(530),
            Unavailable,
            "RCPT TO: 530 5.1.1",
        ),
        (
            Mood::RefusesRecipient("ada@example.org", 550),
            Refused,
            "550 5.1.1",
        ),
        (
            Mood::RefusesRecipient("ada@example.org", 451),
            Deferred,
            "451 4.1.1",
        ),
        (Mood::RefusesData(554), Refused, "554 5.1.1 no room"),
        (Mood::RefusesData(452), Deferred, "452 4.1.1 no room"),
        (Mood::RefusesData(421), Unavailable, "DATA: 421 4.1.1"),
        (
            Mood::RefusesData(250),
            Unavailable,
            "DATA: 250 was not expected",
        ),
        (
            Mood::RefusesContents(554),
            Refused,
            "554 5.7.1 spam: <https://app.example.com/?token=***>",
        ),
        (Mood::RefusesContents(552), Refused, "552 5.7.1 spam"),
        (Mood::RefusesContents(451), Deferred, "451 5.7.1 spam"),
        (Mood::RefusesContents(421), Unavailable, "the content: 421"),
        (
            Mood::RefusesContents(354),
            Unavailable,
            "the content: 354 was not expected",
        ),
        (
            Mood::HangsUp,
            Unavailable,
            "connecting: incomplete response",
        ),
        (Mood::HangsUpInside, Unavailable, "the content: "),
        (
            Mood::HangsUpAfter,
            Unavailable,
            "the content: incomplete response",
        ),
        (Mood::Greets(220), Unavailable, "connecting: "),
    ];

    #[tokio::test]
    async fn what_speaks_against_one_letter_is_told_from_what_speaks_against_the_server() {
        for (mood, kind, text) in CASES {
            let server = MailServer::start().await;
            let office = office(&config(&server.url()));
            server.set(mood);
            let error = fail(&office).await;
            let told = error.to_string();
            assert_eq!(error, kind(told.clone()), "{mood:?}");
            assert!(told.starts_with(text), "{mood:?}: {told}");
            assert_eq!(failures(&office), u64::from(error.is_fault()), "{mood:?}");
            assert_polite(&server);

            // It is not the office that is spoilt.
            server.set(Mood::Fine);
            let before = server.mails().len();
            send(&office).await.unwrap();
            assert_eq!(server.mails().len(), before + 1, "{mood:?}");
            assert_eq!(failures(&office), 0, "{mood:?}");
            assert_polite(&server);
        }
    }

    #[tokio::test]
    async fn a_refused_letter_leaves_nothing_to_the_next_on_the_same_connection() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        for mood in [
            Mood::RefusesRecipients(550),
            Mood::RefusesRecipients(451),
            Mood::RefusesData(554),
            Mood::RefusesContents(554),
        ] {
            server.set(mood);
            fail(&office).await;
        }
        server.set(Mood::RefusesRecipient("eve@example.org", 550));
        let eve = Letter {
            to: Email::parse("eve@example.org").unwrap(),
            ..letter()
        };
        assert!(office.deliver(&eve).await.is_err());
        send(&office).await.unwrap();
        let mails = server.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, ["ada@example.org"]);
        assert_eq!(server.connections(), 1);
        assert_polite(&server);
    }

    #[tokio::test]
    async fn only_faults_open_the_breaker_and_a_success_closes_it() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        let state = || office.breaker().snapshot().state;
        for mood in [Mood::RefusesRecipients(550), Mood::RefusesContents(451)] {
            server.set(mood);
            for _ in 0..2 * THRESHOLD {
                assert!(!fail(&office).await.is_fault());
            }
            assert_eq!(state(), BreakerState::Closed);
        }
        server.set(Mood::RefusesSenders(550));
        for _ in 0..THRESHOLD {
            assert!(fail(&office).await.is_fault());
        }
        assert_eq!(state(), BreakerState::Open);
        let asked = server.commands().len();
        match send(&office).await {
            Err(CallError::Rejected(rejected)) => assert_eq!(rejected.name, "smtp"),
            other => panic!("{other:?}"),
        }
        assert_eq!(server.commands().len(), asked);
        server.set(Mood::Fine);
        tokio::time::sleep(Duration::from_millis(1100)).await;
        send(&office).await.unwrap();
        assert_eq!(state(), BreakerState::Closed);
        assert_eq!(server.mails().len(), 1);
    }

    #[tokio::test]
    async fn a_server_that_is_down_is_found_again() {
        let mut server = MailServer::start().await;
        let office = office(&config(&server.url()));
        send(&office).await.unwrap();
        server.stop().await;
        let error = fail(&office).await;
        assert!(error.is_fault());
        assert!(error.to_string().starts_with("connecting: "), "{error}");
        server.resume();
        send(&office).await.unwrap();
        assert_eq!(server.mails().len(), 2);
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_configured() {
        let server = MailServer::start().await;
        let mut config = config(&server.url());
        config.mail.timeout_seconds = 1;
        let office = office(&config);
        send(&office).await.unwrap();
        for (mood, before) in [
            (Mood::Silent, 1),
            (Mood::Slow(Duration::from_millis(400)), 1),
        ] {
            server.set(mood);
            let started = Instant::now();
            let error = fail(&office).await;
            let text = "the mail was not handed over within 1 seconds".to_owned();
            assert_eq!(error, DeliveryError::Unavailable(text));
            assert!(started.elapsed() < PATIENCE / 2);
            assert_eq!(server.mails().len(), before, "{mood:?}");
        }
        assert_eq!(failures(&office), 2);
        server.set(Mood::Fine);
        send(&office).await.unwrap();
        assert_eq!(server.mails().len(), 2);
    }

    #[tokio::test]
    async fn a_host_without_an_address_is_unavailable() {
        let office = office(&config("smtp://mail.invalid:25"));
        let error = fail(&office).await;
        assert!(error.is_fault());
        assert!(error.to_string().starts_with("connecting: "), "{error}");
    }
}

mod connecting {
    use super::*;

    #[tokio::test]
    async fn letters_in_a_row_share_a_connection() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        for _ in 0..5 {
            send(&office).await.unwrap();
        }
        assert_eq!(server.mails().len(), 5);
        assert_eq!(server.connections(), 1);
        assert_polite(&server);
    }

    #[tokio::test]
    async fn a_connection_that_went_stale_is_replaced() {
        let mut server = MailServer::start().await;
        let office = office(&config(&server.url()));
        send(&office).await.unwrap();
        server.stop().await;
        server.resume();
        send(&office).await.unwrap();
        server.set(Mood::HangsUpBetween);
        send(&office).await.unwrap();
        send(&office).await.unwrap();
        assert_eq!(server.mails().len(), 4);
        assert_eq!(failures(&office), 0);
        assert_eq!(server.connections(), 3);
    }

    #[tokio::test]
    async fn letters_at_once_have_connections_of_their_own_and_few_are_kept() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        server.set(Mood::Slow(Duration::from_millis(100)));
        let sent = futures_util::future::join_all((0..8).map(|_| send(&office))).await;
        assert!(sent.iter().all(Result::is_ok), "{sent:?}");
        assert_eq!(server.connections(), 8);
        server.set(Mood::Fine);
        let started = Instant::now();
        let left = |server: &MailServer| {
            let commands = server.commands();
            commands.iter().filter(|verb| *verb == "QUIT").count()
        };
        while left(&server) < 4 {
            assert!(started.elapsed() < PATIENCE, "{:?}", server.commands());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        office.rest().await;
        assert_eq!(left(&server), 8);
        assert_eq!(server.mails().len(), 8);
        send(&office).await.unwrap();
        assert_eq!(server.connections(), 9);
        assert_polite(&server);
    }

    #[tokio::test]
    async fn a_connection_that_nobody_needs_is_soon_ended() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        send(&office).await.unwrap();
        assert!(!server.commands().contains(&"QUIT".into()));
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(10)).await;
        tokio::time::resume();
        let started = Instant::now();
        while !server.commands().contains(&"QUIT".into()) {
            assert!(started.elapsed() < PATIENCE, "{:?}", server.commands());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        send(&office).await.unwrap();
        assert_eq!(server.connections(), 2);
        assert_polite(&server);
    }

    #[tokio::test]
    async fn a_letter_that_is_given_up_takes_its_connection_along() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        send(&office).await.unwrap();
        server.set(Mood::Slow(Duration::from_millis(200)));
        let given_up = tokio::time::timeout(Duration::from_millis(500), send(&office)).await;
        assert!(given_up.is_err(), "{given_up:?}");
        server.set(Mood::Fine);
        send(&office).await.unwrap();
        let mails = server.mails();
        assert_eq!(mails.len(), 2);
        assert_ne!(mails[0].connection, mails[1].connection);
    }

    #[tokio::test]
    async fn what_was_taken_is_delivered_whatever_happens_then() {
        let server = MailServer::start().await;
        let office = office(&config(&server.url()));
        server.set(Mood::HangsUpBetween);
        for count in 1..4 {
            send(&office).await.unwrap();
            assert_eq!(server.mails().len(), count);
        }
        server.set(Mood::Silent);
        office.rest().await;
        assert_eq!(failures(&office), 0);
    }
}

mod trusting {
    use super::*;

    #[tokio::test]
    async fn letters_go_by_tls_to_a_server_that_is_trusted_and_knows_us() {
        for protection in [Protection::Implicit, Protection::StartTls] {
            for mechanisms in ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN PLAIN"] {
                let server = MailServer::knowing(protection, mechanisms).await;
                let office = trusting(&server.url());
                for _ in 0..2 {
                    let sent = send(&office).await;
                    assert!(sent.is_ok(), "{protection:?}, {mechanisms}: {sent:?}");
                }
                let mails = server.mails();
                assert_eq!(mails.len(), 2);
                assert!(mails.iter().all(|mail| mail.by_tls), "{protection:?}");
                assert_eq!(server.connections(), 1);
                assert_polite(&server);
            }
        }
    }

    #[tokio::test]
    async fn a_server_that_nobody_vouches_for_is_told_nothing() {
        for protection in [Protection::Implicit, Protection::StartTls] {
            let server = MailServer::with(protection).await;
            let stranger = office(&config(&server.url()));
            let by_another_name = trusting(&server.url_by("localhost"));
            for (office, why) in [
                (stranger, "UnknownIssuer"),
                (by_another_name, "not valid for name"),
            ] {
                let error = fail(&office).await;
                assert!(error.is_fault(), "{error}");
                assert!(error.to_string().contains(why), "{error}");
            }
            let told = server.commands();
            assert!(
                told.iter()
                    .all(|verb| ["EHLO", "STARTTLS", "QUIT"].contains(&&**verb)),
                "{told:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_server_that_has_no_starttls_is_sent_nothing() {
        let server = MailServer::with(Protection::StartTls).await;
        let office = trusting(&server.url());
        server.set(Mood::HidesStartTls);
        let error = fail(&office).await;
        assert!(error.is_fault());
        assert!(error.to_string().starts_with("STARTTLS: "), "{error}");
        assert_eq!(server.commands(), ["EHLO"]);
    }

    #[tokio::test]
    async fn nothing_is_believed_that_came_before_tls() {
        let server = MailServer::with(Protection::StartTls).await;
        let office = trusting(&server.url());
        server.set(Mood::SlipsIn);
        let error = fail(&office).await;
        assert!(error.is_fault());
        assert!(error.to_string().starts_with("STARTTLS: "), "{error}");
        assert_eq!(server.commands(), ["EHLO", "STARTTLS"]);
    }

    #[tokio::test]
    async fn a_refused_password_is_not_repeated() {
        for mechanisms in ["PLAIN", "LOGIN"] {
            let server = MailServer::knowing(Protection::Implicit, mechanisms).await;
            let office = trusting(&server.url());
            for code in [535, 454, 421] {
                server.set(Mood::RefusesLogins(code));
                let error = fail(&office).await;
                assert!(error.is_fault());
                let text = error.to_string();
                assert!(
                    text.starts_with(&format!("AUTH: {code} 5.7.8 who is ")),
                    "{text}"
                );
                for secret in [
                    BASE64_STANDARD.encode(MAIL_PASSWORD),
                    BASE64_STANDARD.encode(format!("\0{USER}\0{MAIL_PASSWORD}")),
                ] {
                    assert!(!text.contains(&secret), "{text}");
                }
            }
            office.breaker().reset();
        }
        let server = MailServer::knowing(Protection::Implicit, "CRAM-MD5").await;
        let error = fail(&trusting(&server.url())).await;
        assert!(error.to_string().starts_with("AUTH: "), "{error}");
    }

    #[tokio::test]
    async fn certificates_that_cant_be_used_stop_the_start_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.pem");
        let empty = folder.path().join("empty.pem");
        fs::write(&empty, "").unwrap();
        let broken = folder.path().join("broken.pem");
        fs::write(
            &broken,
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        )
        .unwrap();
        let key = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pem/p256.pem");
        for path in [&missing, &empty, &broken, &key] {
            let mut config = config("smtps://mail.example.com");
            config.mail.ca_file = Some(path.clone());
            let breakers = Breakers::new(&config.breaker, &Clock::default());
            let error = PostOffice::new(&config.mail, Arc::new(breakers)).unwrap_err();
            let text = error.to_string();
            assert!(text.starts_with("mail.ca_file: "), "{text}");
            assert!(!text.contains('\n'), "{text}");
        }
    }
}

mod filing {
    use super::*;

    fn url(folder: &Path) -> String {
        format!("file://{}", folder.display())
    }

    fn files(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect()
    }

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn a_letter_becomes_a_private_file_that_the_next_try_replaces() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("data").join("outbox");
        let office = office(&config(&url(&folder)));
        assert!(folder.is_dir());
        let first = letter();
        let receipt = office.deliver(&first).await.unwrap();
        let path = folder.join(format!("{}.eml", first.id));
        assert_eq!(receipt, Receipt::File(path.clone()));
        #[cfg(unix)]
        {
            assert_eq!(mode(&folder), 0o700);
            assert_eq!(mode(&path), 0o600);
        }
        let mail = Received::from_file(&path);
        assert_eq!(mail.to, ["ada@example.org"]);
        assert_eq!(mail.from, "login@example.com");
        assert_eq!(mail.token(), TOKEN);
        assert!(!mail.content.replace("\r\n", "").contains('\n'));

        let second = Letter {
            text: "other\n.words".into(),
            ..first.clone()
        };
        office.deliver(&second).await.unwrap();
        assert_eq!(files(&folder), [format!("{}.eml", first.id)]);
        assert_eq!(Received::from_file(&path).text(), "other\r\n.words");
        office.deliver(&letter()).await.unwrap();
        assert_eq!(files(&folder).len(), 2);
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_made_again() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("outbox");
        let office = office(&config(&url(&folder)));
        fs::remove_dir(&folder).unwrap();
        send(&office).await.unwrap();
        assert_eq!(files(&folder).len(), 1);
        #[cfg(unix)]
        assert_eq!(mode(&folder), 0o700);
    }

    #[tokio::test]
    async fn a_folder_that_cant_be_used_is_the_breakers_matter() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("outbox");
        let office = office(&config(&url(&folder)));
        fs::remove_dir(&folder).unwrap();
        fs::write(&folder, "a file").unwrap();
        for _ in 0..THRESHOLD {
            let error = fail(&office).await;
            assert!(error.is_fault());
            assert!(error.to_string().starts_with("the folder "), "{error}");
        }
        assert_eq!(office.breaker().snapshot().state, BreakerState::Open);

        let config = config(&url(&folder.join("below")));
        let breakers = Breakers::new(&config.breaker, &Clock::default());
        let error = PostOffice::new(&config.mail, Arc::new(breakers)).unwrap_err();
        assert!(error.to_string().starts_with("mail.url: "), "{error}");
    }

    #[tokio::test]
    async fn a_reader_never_sees_half_a_letter() -> io::Result<()> {
        let home = tempfile::tempdir()?;
        let folder = home.path().join("outbox");
        let office = Arc::new(office(&config(&url(&folder))));
        let sent = Letter {
            text: "line\n".repeat(10_000),
            ..letter()
        };
        let path = folder.join(format!("{}.eml", sent.id));
        office.deliver(&sent).await.unwrap();
        let whole = fs::metadata(&path)?.len();
        let writing = tokio::spawn(async move {
            for _ in 0..20 {
                futures_util::future::join_all((0..3).map(|_| office.deliver(&sent))).await;
            }
        });
        while !writing.is_finished() {
            assert_eq!(fs::metadata(&path)?.len(), whole);
            tokio::task::yield_now().await;
        }
        writing.await.unwrap();
        assert_eq!(files(&folder).len(), 1);
        Ok(())
    }
}
