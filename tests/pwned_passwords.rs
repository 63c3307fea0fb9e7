//! New passwords that leaked elsewhere are refused, and the service that knows them is told next to nothing;
//! when it is broken, people register all the same.

use std::time::Duration;

use chrono::TimeDelta;
use countersign::config::{Config, OnUnavailable};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::process::{Finished, Place, assert_refused, json_of};
use crate::support::range_server::{Behaviour, CERTIFICATE, RangeServer, sha1};
use crate::support::{Answer, Member, PASSWORD, PATIENCE, TestApp, logs};

/// Leaked, though no policy would mind it.
const LEAKED: &str = "seven lamps above the sleepy harbour";
/// The same, composed of other code points.
const ACCENTED: &str = "sept lumi\u{e8}res sur le port";
/// Not leaked.
const FRESH: &str = "nobody has ever thought of this one";
/// Failures in a row that open the breaker.
const THRESHOLD: usize = 5;
/// Longer than the breaker of these tests stays open.
const RECOVERY: Duration = Duration::from_millis(1100);
/// What a command ends with that was refused.
const REFUSED: i32 = 4;

/// All the ways not to answer, and whether they speak against the service.
const FAILURES: [(Behaviour, bool); 13] = [
    (Behaviour::Fails(500), true),
    (Behaviour::Fails(503), true),
    (Behaviour::Fails(429), true),
    (Behaviour::HangsUp, true),
    (Behaviour::Cuts, true),
    (
        Behaviour::Babbles("<html>Welcome to our hotel</html>"),
        true,
    ),
    (Behaviour::Babbles(""), true),
    (Behaviour::Floods, true),
    (Behaviour::Hangs, true),
    (Behaviour::Drips, true),
    (Behaviour::Fails(400), false),
    (Behaviour::Fails(404), false),
    (Behaviour::Redirects, false),
];

fn looking_up(config: &mut Config, server: &RangeServer, on_unavailable: OnUnavailable) {
    config.pwned_passwords.enabled = Some(true);
    config.pwned_passwords.url = server.url().try_into().unwrap();
    config.pwned_passwords.on_unavailable = on_unavailable;
    let breaker = &mut config.breaker.pwned_passwords;
    breaker.failure_threshold = Some(THRESHOLD.try_into().unwrap());
    breaker.recovery_timeout_seconds = Some(1);
}

async fn app(server: &RangeServer, on_unavailable: OnUnavailable) -> TestApp {
    TestApp::with(|config| looking_up(config, server, on_unavailable)).await
}

async fn register(app: &TestApp, name: &str, password: &str) -> Answer {
    let body = json!({"email": format!("{name}@example.com"), "password": password});
    let call = app
        .post("/auth/register", &body)
        .header("x-request-id", name);
    call.send().await
}

async fn change(app: &TestApp, member: &Member, current: &str, new: &str) -> Answer {
    let body = json!({"current_password": current, "new_password": new});
    let call = app.post("/users/me/password", &body).bearer(member);
    call.send().await
}

async fn reset(app: &TestApp, token: &str, new: &str) -> Answer {
    let body = json!({"token": token, "new_password": new});
    app.post("/auth/password/reset", &body).send().await
}

async fn create(app: &TestApp, root: &Member, password: &str) -> Answer {
    let body = json!({"email": "grace@example.com", "password": password});
    let call = app.post("/admin/users", &body).bearer(root);
    call.send().await
}

/// What is told of the breaker.
async fn breaker(app: &TestApp, root: &Member) -> Value {
    let answer = app.get("/admin/circuit-breakers").bearer(root).send().await;
    answer.assert_status(200);
    let breakers = answer.json();
    let mut breakers = breakers["items"].as_array().unwrap().iter();
    let found = breakers.find(|breaker| breaker["name"] == "pwned-passwords");
    found.unwrap().clone()
}

mod asking {
    use super::*;

    #[tokio::test]
    async fn a_leaked_password_is_refused_and_another_is_not() {
        let server = RangeServer::knowing(&[LEAKED, ACCENTED]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        for leaked in [LEAKED, ACCENTED, "sept lumie\u{300}res sur le port"] {
            let answer = register(&app, "ada", leaked).await;
            answer.assert_findings(&["password: breached"]);
            let finding = &answer.json()["errors"][0];
            assert_eq!(
                finding["message"],
                "is known from a leak of another service"
            );
            assert!(!answer.text().contains(leaked), "{}", answer.text());
        }
        register(&app, "ada", FRESH).await.assert_status(201);
        assert_eq!(app.count("users", "1 = 1").await, "1");
    }

    #[tokio::test]
    async fn five_digits_leave_the_machine_and_never_more() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        register(&app, "ada", LEAKED).await.assert_status(400);
        register(&app, "ada", FRESH).await.assert_status(201);
        let asked = server.asked();
        assert_eq!(asked.len(), 2);
        for (asked, password) in asked.iter().zip([LEAKED, FRESH]) {
            let hash = sha1(password);
            assert_eq!(asked.target, format!("GET /range/{}", &hash[..5]));
            assert_eq!(asked.headers["add-padding"], "true");
            let version = env!("CARGO_PKG_VERSION");
            assert_eq!(
                asked.headers["user-agent"],
                format!("countersign/{version}")
            );
            let mut names: Vec<&str> = asked.headers.keys().map(String::as_str).collect();
            names.retain(|name| !["add-padding", "user-agent", "accept", "host"].contains(name));
            assert!(names.is_empty(), "{names:?} besides");
            for more in [&hash[..6], &hash[5..], password, "ada"] {
                let text = asked.text.to_uppercase();
                assert!(!text.contains(&more.to_uppercase()), "{more} in {text}");
            }
        }
    }

    #[tokio::test]
    async fn what_only_pads_the_answer_has_not_leaked() {
        let server = RangeServer::knowing(&[]).await;
        server.pad_with(FRESH);
        let app = app(&server, OnUnavailable::Reject).await;
        register(&app, "ada", FRESH).await.assert_status(201);
        assert_eq!(server.count(), 1);
    }

    #[tokio::test]
    async fn a_refused_choice_is_not_asked_for_again_within_an_hour() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        for _ in 0..3 {
            register(&app, "ada", LEAKED).await.assert_status(400);
        }
        assert_eq!(server.count(), 1);
        app.clock.advance(TimeDelta::minutes(59));
        // Not even a broken service is missed.
        server.behave(Behaviour::Fails(500));
        register(&app, "ada", LEAKED).await.assert_status(400);
        assert_eq!(server.count(), 1);
        app.clock.advance(TimeDelta::minutes(1));
        register(&app, "ada", LEAKED).await.assert_status(503);
        assert_eq!(server.count(), 2);
    }

    #[tokio::test]
    async fn nothing_tells_that_a_password_in_use_was_asked_for_before() {
        let server = RangeServer::knowing(&[]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        for name in ["ada", "grace"] {
            register(&app, name, FRESH).await.assert_status(201);
        }
        assert_eq!(server.count(), 2);
    }

    #[tokio::test]
    async fn nobody_is_asked_about_what_is_refused_anyhow() {
        let server = RangeServer::knowing(&[]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        let ada = app.register("ada").await;
        let used = app.start_password_reset(ada.id()).await;
        reset(&app, &used, FRESH).await.assert_status(204);
        let ada = {
            let answer = app.try_log_in("ada", FRESH).await;
            answer.assert_status(200);
            Member {
                tokens: answer.json(),
            }
        };
        let asked = server.count();
        assert_eq!(asked, 2);

        let weak = "password123";
        register(&app, "bob", weak).await.assert_status(400);
        register(&app, "ada", PASSWORD).await.assert_status(409);
        let name = json!({"email": "b@example.com", "username": "ADA", "password": PASSWORD});
        let answer = app.post("/auth/register", &name).send().await;
        answer.assert_status(409);
        change(&app, &ada, FRESH, weak).await.assert_status(400);
        change(&app, &ada, "not this one", PASSWORD)
            .await
            .assert_findings(&["current_password: incorrect"]);
        for token in [&used, "csl_unknown"] {
            let answer = reset(&app, token, PASSWORD).await;
            answer.assert_error(400, "INVALID_LINK");
        }
        create(&app, &ada, PASSWORD).await.assert_status(403);
        app.try_log_in("ada", FRESH).await.assert_status(200);
        assert_eq!(server.count(), asked);
    }

    #[tokio::test]
    async fn nobody_is_asked_where_it_is_switched_off() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        for enabled in [None, Some(false)] {
            let app = TestApp::with(|config| {
                looking_up(config, &server, OnUnavailable::Reject);
                config.pwned_passwords.enabled = enabled;
            });
            register(&app.await, "ada", LEAKED).await.assert_status(201);
        }
        assert_eq!(server.count(), 0);
    }

    #[tokio::test]
    async fn where_nobody_may_register_nobody_is_asked() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = TestApp::with(|config| {
            looking_up(config, &server, OnUnavailable::Reject);
            config.registration.enabled = false;
        });
        register(&app.await, "ada", LEAKED).await.assert_status(403);
        assert_eq!(server.count(), 0);
    }

    #[tokio::test]
    async fn no_line_of_the_log_tells_what_was_asked_for() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = app(&server, OnUnavailable::Allow).await;
        let behaviours = [
            Behaviour::Answers,
            Behaviour::HangsUp,
            Behaviour::Fails(404),
        ];
        for (nth, behaviour) in behaviours.into_iter().enumerate() {
            server.behave(behaviour);
            for password in [LEAKED, FRESH] {
                let name = format!("untold-{nth}-{}", password.len());
                register(&app, &name, password).await;
                let lines = Value::from(logs::of_request(&name))
                    .to_string()
                    .to_uppercase();
                assert!(lines.contains("REQUEST COMPLETED"), "{lines}");
                assert!(!lines.contains(&sha1(password)[..5]), "{lines}");
            }
        }
        let everything = logs::everything().to_uppercase();
        for password in [LEAKED, FRESH] {
            let hash = sha1(password);
            for secret in [password, &hash[5..], &format!("/RANGE/{}", &hash[..5])] {
                assert!(!everything.contains(&secret.to_uppercase()), "{secret}");
            }
        }
    }
}

mod choosing {
    use super::*;

    #[tokio::test]
    async fn whoever_changes_the_password_may_not_take_a_leaked_one() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        let phone = app.register("ada").await;
        let laptop = app.log_in("ada").await;
        change(&app, &laptop, PASSWORD, LEAKED)
            .await
            .assert_findings(&["new_password: breached"]);
        app.assert_goes_on(&phone).await;
        app.try_log_in("ada", PASSWORD).await.assert_status(200);
        change(&app, &laptop, PASSWORD, FRESH)
            .await
            .assert_status(204);
    }

    #[tokio::test]
    async fn a_leaked_password_does_not_use_up_a_link() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        let ada = app.register("ada").await;
        let token = app.start_password_reset(ada.id()).await;
        reset(&app, &token, LEAKED)
            .await
            .assert_findings(&["new_password: breached"]);
        app.assert_goes_on(&ada).await;
        reset(&app, &token, FRESH).await.assert_status(204);
        app.try_log_in("ada", FRESH).await.assert_status(200);
    }

    #[tokio::test]
    async fn administrators_may_not_choose_one_either() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        let root = app.register_superuser("root").await;
        create(&app, &root, LEAKED)
            .await
            .assert_findings(&["password: breached"]);
        create(&app, &root, FRESH).await.assert_status(201);
    }

    #[tokio::test]
    async fn whoever_has_a_leaked_password_already_logs_in_with_it() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = TestApp::start().await;
        register(&app, "ada", LEAKED).await.assert_status(201);
        let mut config = app.config.clone();
        looking_up(&mut config, &server, OnUnavailable::Reject);
        // Another cost has the login hash it anew.
        config.password.iterations = 2;
        let app = app.restart(config).await;
        let body = json!({"email": "ada@example.com", "password": LEAKED});
        for _ in 0..2 {
            let answer = app.post("/auth/login", &body).send().await;
            answer.assert_status(200);
        }
        assert_eq!(server.count(), 0);
    }
}

mod failing {
    use super::*;

    #[tokio::test]
    async fn people_register_however_the_service_fails() {
        for (behaviour, is_fault) in FAILURES {
            let server = RangeServer::knowing(&[LEAKED]).await;
            let app = app(&server, OnUnavailable::Allow).await;
            let root = app.seed_superuser().await;
            server.behave(behaviour);
            let before = server.count();
            let started = Instant::now();
            let answer = register(&app, "ada", LEAKED).await;
            assert!(started.elapsed() < PATIENCE / 2, "{behaviour:?}");
            assert_eq!(answer.status, 201, "{behaviour:?}: {}", answer.text());
            assert_eq!(server.count(), before + 1, "{behaviour:?}");
            let failures = &breaker(&app, &root).await["consecutive_failures"];
            assert_eq!(*failures, u64::from(is_fault), "{behaviour:?}");
            let message = "a new password was not looked up among leaked ones";
            let lines = logs::of_request("ada");
            let warned = lines.iter().any(|line| {
                line["message"] == message && line["level"] == "WARN" && line["error"].is_string()
            });
            assert!(warned, "{behaviour:?}: {lines:#?}");
        }
    }

    #[tokio::test]
    async fn by_choice_nobody_does_until_it_is_back() {
        for (behaviour, _) in FAILURES {
            let server = RangeServer::knowing(&[LEAKED]).await;
            let app = app(&server, OnUnavailable::Reject).await;
            server.behave(behaviour);
            for password in [LEAKED, FRESH] {
                let answer = register(&app, "ada", password).await;
                answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
                let seconds = answer.header("retry-after").unwrap();
                assert!(seconds.parse::<u32>().unwrap() > 0, "{seconds}");
            }
            assert_eq!(app.count("users", "1 = 1").await, "0", "{behaviour:?}");
            server.behave(Behaviour::Answers);
            register(&app, "ada", FRESH).await.assert_status(201);
        }
    }

    #[tokio::test]
    async fn an_address_where_nobody_listens_is_a_fault_as_well() {
        let server = RangeServer::knowing(&[]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        drop(server);
        for _ in 0..=THRESHOLD {
            let answer = register(&app, "ada", FRESH).await;
            answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
        }
        let lines = logs::everything();
        assert!(lines.contains("the circuit breaker pwned-passwords is open"));
    }

    #[tokio::test]
    async fn every_operation_that_sets_a_password_says_that_it_cant_be_looked_up() {
        let server = RangeServer::knowing(&[]).await;
        let app = app(&server, OnUnavailable::Reject).await;
        let root = app.register_superuser("root").await;
        let token = app.start_password_reset(root.id()).await;
        server.behave(Behaviour::Fails(500));
        for answer in [
            register(&app, "ada", FRESH).await,
            change(&app, &root, PASSWORD, FRESH).await,
            reset(&app, &token, FRESH).await,
            create(&app, &root, FRESH).await,
        ] {
            answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
            assert!(answer.header("retry-after").is_some());
        }
        // Nothing of it was done.
        app.assert_goes_on(&root).await;
        server.behave(Behaviour::Answers);
        reset(&app, &token, FRESH).await.assert_status(204);
    }

    #[tokio::test]
    async fn what_keeps_failing_is_left_alone_and_tried_once_when_its_time_is_over() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let app = app(&server, OnUnavailable::Allow).await;
        let root = app.seed_superuser().await;
        let before = server.count();
        server.behave(Behaviour::Fails(503));
        for nth in 0..2 * THRESHOLD {
            let answer = register(&app, &format!("person-{nth}"), LEAKED).await;
            answer.assert_status(201);
        }
        assert_eq!(server.count(), before + THRESHOLD);
        let open = breaker(&app, &root).await;
        assert_eq!(open["state"], "open");
        assert_eq!(open["rejected"], THRESHOLD);
        assert_eq!(open["consecutive_failures"], THRESHOLD);

        // A trial that fails is the only one.
        tokio::time::sleep(RECOVERY).await;
        for name in ["trial-1", "trial-2"] {
            register(&app, name, LEAKED).await.assert_status(201);
        }
        assert_eq!(server.count(), before + THRESHOLD + 1);
        assert_eq!(breaker(&app, &root).await["state"], "open");

        // One that succeeds ends it.
        server.behave(Behaviour::Answers);
        tokio::time::sleep(RECOVERY).await;
        register(&app, "trial-3", LEAKED).await.assert_status(400);
        assert_eq!(server.count(), before + THRESHOLD + 2);
        let closed = breaker(&app, &root).await;
        assert_eq!(closed["state"], "closed");
        assert_eq!(closed["consecutive_failures"], 0);
    }

    #[tokio::test]
    async fn an_open_breaker_rejects_by_choice_until_it_is_closed_by_hand() {
        let server = RangeServer::knowing(&[]).await;
        let app = TestApp::with(|config| {
            looking_up(config, &server, OnUnavailable::Reject);
            config.breaker.pwned_passwords.recovery_timeout_seconds = Some(600);
        })
        .await;
        let root = app.seed_superuser().await;
        let before = server.count();
        server.behave(Behaviour::Fails(500));
        for _ in 0..=THRESHOLD {
            register(&app, "ada", FRESH).await.assert_status(503);
        }
        server.behave(Behaviour::Answers);
        let answer = register(&app, "ada", FRESH).await;
        answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((500..=600).contains(&seconds), "{seconds}");
        assert_eq!(server.count(), before + THRESHOLD);

        let path = "/admin/circuit-breakers/pwned-passwords/reset";
        let answer = app.post(path, &Value::Null).bearer(&root).send().await;
        answer.assert_status(204);
        register(&app, "ada", FRESH).await.assert_status(201);
        assert_eq!(breaker(&app, &root).await["state"], "closed");
    }

    #[tokio::test]
    async fn what_is_wrong_with_our_question_never_opens_the_breaker() {
        let server = RangeServer::knowing(&[]).await;
        let app = app(&server, OnUnavailable::Allow).await;
        let root = app.seed_superuser().await;
        server.behave(Behaviour::Fails(403));
        let before = server.count();
        for nth in 0..=THRESHOLD {
            let answer = register(&app, &format!("person-{nth}"), FRESH).await;
            answer.assert_status(201);
        }
        assert_eq!(server.count(), before + THRESHOLD + 1);
        assert_eq!(breaker(&app, &root).await["state"], "closed");
    }
}

mod commanding {
    use super::*;

    fn place(server: &RangeServer, place: Place) -> Place {
        place
            .with("COUNTERSIGN__PWNED_PASSWORDS__URL", &server.url())
            .with("COUNTERSIGN__PWNED_PASSWORDS__ENABLED", "true")
    }

    async fn run(place: &Place, command: &[&str], password: &str) -> Finished {
        let email = ["--email", "ada@example.com", "--password-stdin"];
        let arguments = [&["user"], command, &email].concat();
        place
            .run_with_input(&arguments, &format!("{password}\n"))
            .await
    }

    #[track_caller]
    fn assert_leaked(finished: &Finished) {
        assert_refused(finished, &["the password is known from a leak"]);
        assert_eq!(finished.code, Some(REFUSED), "{finished:?}");
        assert!(!finished.stderr.contains(LEAKED), "{finished:?}");
    }

    #[tokio::test]
    async fn commands_refuse_leaked_passwords() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let place = place(&server, Place::with_database().await);
        assert_leaked(&run(&place, &["create"], LEAKED).await);
        assert_eq!(run(&place, &["create"], FRESH).await.code, Some(0));
        assert_leaked(&run(&place, &["set-password"], LEAKED).await);
        assert_eq!(run(&place, &["set-password"], PASSWORD).await.code, Some(0));
        assert_eq!(server.count(), 4);
    }

    #[tokio::test]
    async fn commands_say_in_one_line_that_a_password_cant_be_looked_up() {
        let server = RangeServer::knowing(&[]).await;
        server.behave(Behaviour::Fails(500));
        let allowing = place(&server, Place::with_database().await);
        assert_eq!(run(&allowing, &["create"], FRESH).await.code, Some(0));
        let rejecting = allowing.with("COUNTERSIGN__PWNED_PASSWORDS__ON_UNAVAILABLE", "reject");
        let finished = run(&rejecting, &["set-password"], PASSWORD).await;
        assert_refused(&finished, &["leaked passwords can't be looked up"]);
        assert_eq!(finished.code, Some(1), "{finished:?}");
    }

    #[tokio::test]
    async fn the_first_superuser_may_not_have_a_leaked_password() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let place = place(&server, Place::with_database().await)
            .with("ADMIN_EMAIL", "root@example.com")
            .with("ADMIN_PASSWORD", LEAKED);
        let finished = place.run(&[]).await;
        assert_refused(&finished, &["ADMIN_PASSWORD is known from a leak"]);
        let place = place.with("ADMIN_PASSWORD", FRESH);
        place.start().await;
        assert_eq!(server.count(), 2);
    }

    #[tokio::test]
    async fn in_production_passwords_are_looked_up_unless_told_otherwise() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let place = place(&server, Place::with_database().await)
            .without("COUNTERSIGN__PWNED_PASSWORDS__ENABLED")
            .with("ENVIRONMENT", "prod")
            .with("COUNTERSIGN__DATABASE__AUTO_MIGRATE", "true");
        assert_leaked(&run(&place, &["create"], LEAKED).await);
        let place = place.with("COUNTERSIGN__PWNED_PASSWORDS__ENABLED", "false");
        assert_eq!(run(&place, &["create"], LEAKED).await.code, Some(0));
        assert_eq!(server.count(), 1);
    }

    #[tokio::test]
    async fn ranges_come_over_tls_from_those_who_can_prove_who_they_are() {
        let server = RangeServer::over_tls(&[LEAKED]).await;
        let place = place(&server, Place::with_database().await)
            .with("COUNTERSIGN__PWNED_PASSWORDS__ON_UNAVAILABLE", "reject");
        let finished = run(&place, &["create"], LEAKED).await;
        assert_refused(&finished, &["leaked passwords can't be looked up"]);
        assert_eq!(server.count(), 0, "it was told to somebody unknown");
        let place = place.with("SSL_CERT_FILE", CERTIFICATE);
        assert_leaked(&run(&place, &["create"], LEAKED).await);
        assert_eq!(run(&place, &["create"], FRESH).await.code, Some(0));
        assert_eq!(server.count(), 2);
    }

    #[tokio::test]
    async fn a_client_of_tls_is_there_where_the_system_has_no_certificates() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let place = place(&server, Place::with_database().await)
            .with("SSL_CERT_FILE", "/nothing/here")
            .with("SSL_CERT_DIR", "/nothing/here");
        assert_leaked(&run(&place, &["create"], LEAKED).await);
    }

    #[tokio::test]
    async fn not_even_the_most_talkative_log_tells_what_was_asked_for() {
        let server = RangeServer::knowing(&[LEAKED]).await;
        let place =
            place(&server, Place::with_database().await).with("COUNTERSIGN__LOG__LEVEL", "trace");
        let service = place.start().await;
        let register = |password| {
            let body = json!({"email": "ada@example.com", "password": password});
            service.post("/auth/register", &body)
        };
        let refused = json_of(register(LEAKED), 400).await;
        assert_eq!(refused["errors"][0]["code"], "breached");
        json_of(register(FRESH), 201).await;
        service.said("user registered").await;
        let lines = service.lines().join("\n").to_uppercase();
        for password in [LEAKED, FRESH] {
            let hash = sha1(password);
            for secret in [password, &hash[5..], &format!("/RANGE/{}", &hash[..5])] {
                assert!(!lines.contains(&secret.to_uppercase()), "{secret}: {lines}");
            }
        }
    }
}
