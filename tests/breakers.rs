//! Circuit breakers: when they open, what is answered meanwhile, and how they close again.

use std::time::Duration;

use countersign::config::Config;
use futures_util::future::join_all;
use poem::http::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::support::database::{MIGRATION_LOCK, TestDatabase, postgres};
use crate::support::logs::everything;
use crate::support::process::Place;
use crate::support::proxy::{Proxy, Way};
use crate::support::{Answer, Member, PASSWORD, PATIENCE, TestApp, test_config};

/// Failures that open the breakers of these tests.
const THRESHOLD: u64 = 3;

async fn breaker(app: &TestApp, root: &Member, name: &str) -> Value {
    let answer = app.get("/admin/circuit-breakers").bearer(root).send().await;
    answer.assert_status(200);
    let items = answer.json()["items"].clone();
    let found = items
        .as_array()
        .unwrap()
        .iter()
        .find(|breaker| breaker["name"] == name);
    found.unwrap_or_else(|| panic!("{items}")).clone()
}

async fn whoami(app: &TestApp, member: &Member) -> Answer {
    app.get("/users/me").bearer(member).send().await
}

#[tokio::test]
async fn superusers_see_every_breaker_with_its_settings() {
    let app = TestApp::with(|config| {
        config.breaker.failure_threshold = 7;
        config.breaker.pwned_passwords.failure_threshold = Some(2);
        config.breaker.pwned_passwords.recovery_timeout_seconds = Some(9);
        config.breaker.smtp.failure_threshold = Some(3);
        config.breaker.rate_limit.failure_threshold = Some(4);
    })
    .await;
    let root = app.register_superuser("root").await;
    let database = breaker(&app, &root, "database").await;
    assert_eq!(database["state"], "closed");
    assert_eq!(database["consecutive_failures"], 0);
    assert_eq!(database["rejected"], 0);
    assert_eq!(database["failure_threshold"], 7);
    assert_eq!(database["recovery_timeout_seconds"], 60);
    assert!(database["since"].is_string());
    let pwned = breaker(&app, &root, "pwned-passwords").await;
    assert_eq!(pwned["failure_threshold"], 2);
    assert_eq!(pwned["recovery_timeout_seconds"], 9);
    let smtp = breaker(&app, &root, "smtp").await;
    assert_eq!(smtp["failure_threshold"], 3);
    assert_eq!(smtp["recovery_timeout_seconds"], 60);
    let rate_limit = breaker(&app, &root, "rate-limit").await;
    assert_eq!(rate_limit["failure_threshold"], 4);
}

#[tokio::test]
async fn a_breaker_that_is_not_there_cant_be_reset() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    for name in ["nothing", "Database", "database%20", "pwned_passwords"] {
        let path = format!("/admin/circuit-breakers/{name}/reset");
        let answer = app.post(&path, &Value::Null).bearer(&root).send().await;
        answer.assert_error(404, "BREAKER_NOT_FOUND");
    }
}

#[tokio::test]
async fn what_is_no_fault_of_the_database_opens_nothing() {
    let app = TestApp::with(|config| config.breaker.failure_threshold = 1).await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    for _ in 0..3 {
        let body = json!({"email": "ada@example.com", "password": PASSWORD});
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_error(409, "USER_ALREADY_EXISTS");
        let body = json!({"username": "ada", "password": "wrong one"});
        let answer = app.post("/auth/login", &body).send().await;
        answer.assert_error(401, "INVALID_CREDENTIALS");
        whoami(&app, &ada).await.assert_status(200);
    }
    // Neither is a statement that the database understands and refuses.
    app.execute("ALTER TABLE audit_events RENAME TO hidden")
        .await;
    for _ in 0..3 {
        let answer = app
            .get("/users/me/security-events")
            .bearer(&ada)
            .send()
            .await;
        answer.assert_error(500, "DATABASE_ERROR");
    }
    app.execute("ALTER TABLE hidden RENAME TO audit_events")
        .await;
    assert_eq!(breaker(&app, &root, "database").await["state"], "closed");
}

#[tokio::test]
async fn a_database_that_is_gone_is_asked_no_more_after_its_breaker_opened() {
    let app = TestApp::with(|config| {
        config.breaker.failure_threshold = u32::try_from(THRESHOLD).unwrap();
        config.breaker.recovery_timeout_seconds = 30;
    })
    .await;
    let root = app.register_superuser("root").await;
    app.break_database().await;
    for _ in 0..THRESHOLD {
        whoami(&app, &root)
            .await
            .assert_error(500, "DATABASE_ERROR");
    }
    for _ in 0..5 {
        let answer = whoami(&app, &root).await;
        answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
    }
    let login = json!({"username": "root", "password": PASSWORD});
    let answer = app.post("/auth/login", &login).send().await;
    answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
    let answer = app.refresh(root.refresh_token()).await;
    answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
    // What needs no database still is what it was.
    let answer = app.get("/users/me").token("x").send().await;
    answer.assert_error(401, "TOKEN_INVALID");
    app.get("/health/live").send().await.assert_status(200);
    let answer = app.get("/health").send().await;
    answer.assert_status(503);
    let breakers = &answer.json()["components"]["breakers"];
    assert_eq!(breakers["database"], "open");
    assert_eq!(breakers["smtp"], "closed");
    assert_eq!(breakers["pwned-passwords"], "closed");
    // It is not asked where nothing is limited.
    assert_eq!(breakers["rate-limit"], "closed");
    // Whoever looks after it is asked for past it. On PostgreSQL there are new connections by now.
    let answer = app
        .get("/admin/circuit-breakers")
        .bearer(&root)
        .send()
        .await;
    if postgres().is_some() {
        answer.assert_status(200);
    } else {
        answer.assert_error(500, "DATABASE_ERROR");
    }
}

/// An application whose way to PostgreSQL can be broken.
async fn behind_a_proxy() -> Option<(TestApp, Proxy)> {
    let change = |config: &mut Config| {
        config.database.acquire_timeout_seconds = 1;
        config.database.statement_timeout_seconds = 1;
        config.breaker.failure_threshold = u32::try_from(THRESHOLD).unwrap();
        config.breaker.recovery_timeout_seconds = 1;
    };
    Proxy::before_database(change).await
}

/// Asks until the answer is another one, and expects that each takes no longer than it may.
async fn until_answered(app: &TestApp, member: &Member, status: StatusCode) -> Duration {
    let started = Instant::now();
    loop {
        let asked = Instant::now();
        let answer = whoami(app, member).await;
        assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
        if answer.status == status {
            return started.elapsed();
        }
        assert!(answer.status.is_server_error(), "{}", answer.text());
        assert!(started.elapsed() < PATIENCE, "{}", answer.text());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_postgresql_that_was_cut_off_or_swallowed_is_used_again_when_it_is_back() {
    let Some((app, proxy)) = behind_a_proxy().await else {
        return;
    };
    let root = app.register_superuser("root").await;
    for way in [Way::Cut, Way::Swallowing, Way::Cut] {
        // So that there are many connections to lose.
        join_all((0..8).map(|_| whoami(&app, &root))).await;
        proxy.turn(way);
        let mut failures = 0;
        let answer = loop {
            let answer = whoami(&app, &root).await;
            if answer.status != StatusCode::INTERNAL_SERVER_ERROR {
                break answer;
            }
            answer.assert_error(500, "DATABASE_ERROR");
            failures += 1;
        };
        assert_eq!(failures, THRESHOLD, "{way:?}");
        answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
        // While it is open, nobody waits.
        let started = Instant::now();
        let answers = join_all((0..50).map(|_| whoami(&app, &root))).await;
        assert!(started.elapsed() < Duration::from_millis(900));
        assert!(answers.iter().all(|answer| answer.status == 503));

        proxy.turn(Way::Open);
        until_answered(&app, &root, StatusCode::OK).await;
        let recovered = breaker(&app, &root, "database").await;
        assert_eq!(recovered["state"], "closed", "{way:?}");
        assert!(recovered["rejected"].as_u64().unwrap() >= 50);
        app.log_in("root").await;
    }
    let lines = everything();
    for told in [
        "circuit breaker open",
        "half-open",
        "circuit breaker closed",
    ] {
        assert!(lines.contains(told), "{told}");
    }
}

#[tokio::test]
async fn an_outage_in_the_middle_of_requests_is_an_error_for_each_and_nothing_half_done() {
    let Some((app, proxy)) = behind_a_proxy().await else {
        return;
    };
    let root = app.register_superuser("root").await;
    let answered = Notify::new();
    let registrations = (0..40).map(|number| {
        let answered = &answered;
        let body = json!({"email": format!("u{number}@example.com"), "password": PASSWORD});
        let call = app.post("/auth/register", &body);
        async move {
            // One after the other, so that the cut falls among them.
            tokio::time::sleep(Duration::from_millis(10 * number)).await;
            let answer = call.send().await;
            answered.notify_one();
            (number, answer)
        }
    });
    let cut = async {
        answered.notified().await;
        proxy.turn(Way::Cut);
    };
    let (answers, ()) = futures_util::future::join(join_all(registrations), cut).await;
    proxy.turn(Way::Open);
    until_answered(&app, &root, StatusCode::OK).await;
    assert!(answers.iter().any(|(_, answer)| answer.status == 201));
    assert!(answers.iter().any(|(_, answer)| answer.status != 201));
    for (number, answer) in answers {
        let name = format!("u{number}@example.com");
        let kept = app.count("users", &format!("email = '{name}'")).await;
        let audited =
            "event = 'user_registered' AND subject_id IN (SELECT id FROM users WHERE email = ";
        let audited = app
            .count("audit_events", &format!("{audited}'{name}')"))
            .await;
        assert_eq!(kept, audited, "{name}: half a registration");
        if answer.status == 201 {
            assert_eq!(kept, "1", "{name}: lost");
        } else {
            assert!(answer.status.is_server_error(), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_breaker_that_was_reset_lets_calls_through_at_once() {
    let Some((app, proxy)) = behind_a_proxy().await else {
        return;
    };
    let mut config = app.config.clone();
    config.breaker.recovery_timeout_seconds = 3600;
    let app = app.restart(config).await;
    let root = app.register_superuser("root").await;
    proxy.turn(Way::Swallowing);
    let answer = loop {
        let answer = whoami(&app, &root).await;
        if answer.status != 500 {
            break answer;
        }
    };
    answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
    proxy.turn(Way::Open);
    whoami(&app, &root)
        .await
        .assert_error(503, "CIRCUIT_BREAKER_OPEN");
    assert_eq!(breaker(&app, &root, "database").await["state"], "open");
    let answer = app
        .post("/admin/circuit-breakers/database/reset", &Value::Null)
        .bearer(&root)
        .send()
        .await;
    answer.assert_status(204);
    whoami(&app, &root).await.assert_status(200);
    assert_eq!(breaker(&app, &root, "database").await["state"], "closed");
}

#[tokio::test]
async fn who_gives_up_waiting_does_not_hide_an_outage() {
    let Some((app, proxy)) = behind_a_proxy().await else {
        return;
    };
    let mut config = app.config.clone();
    // The deadline of a request comes before anything that the database is given.
    config.server.timeout_seconds = 1;
    config.database.acquire_timeout_seconds = 10;
    let app = app.restart(config).await;
    let root = app.register_superuser("root").await;
    proxy.turn(Way::Swallowing);
    for _ in 0..THRESHOLD {
        whoami(&app, &root)
            .await
            .assert_error(503, "DEADLINE_EXCEEDED");
    }
    whoami(&app, &root)
        .await
        .assert_error(503, "CIRCUIT_BREAKER_OPEN");
    proxy.turn(Way::Open);
    until_answered(&app, &root, StatusCode::OK).await;
}

#[tokio::test]
async fn a_trial_goes_on_although_the_probe_that_began_it_has_given_up() {
    let Some((app, proxy)) = behind_a_proxy().await else {
        return;
    };
    let mut config = app.config.clone();
    config.database.statement_timeout_seconds = 10;
    let app = app.restart(config).await;
    let root = app.register_superuser("root").await;
    proxy.turn(Way::Cut);
    for _ in 0..THRESHOLD {
        whoami(&app, &root)
            .await
            .assert_error(500, "DATABASE_ERROR");
    }
    // It is back, but slow to answer at first: slower than a probe may wait.
    proxy.turn(Way::Open);
    let slow = app.begin_write().await;
    slow.execute_unprepared("LOCK TABLE seaql_migrations IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    app.get("/health").send().await.assert_status(503);
    assert_eq!(breaker(&app, &root, "database").await["state"], "half_open");
    slow.rollback().await.unwrap();
    let deadline = Instant::now() + PATIENCE;
    while breaker(&app, &root, "database").await["state"] != "closed" {
        assert!(Instant::now() < deadline, "the trial came to nothing");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn probes_that_give_up_do_not_speak_against_a_slow_database() {
    let Some((app, _proxy)) = behind_a_proxy().await else {
        return;
    };
    let mut config = app.config.clone();
    config.database.statement_timeout_seconds = 20;
    let app = app.restart(config).await;
    let root = app.register_superuser("root").await;
    let slow = app.begin_write().await;
    slow.execute_unprepared("LOCK TABLE seaql_migrations IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    join_all((0..=THRESHOLD).map(|_| async {
        app.get("/health").send().await.assert_status(503);
    }))
    .await;
    assert_eq!(breaker(&app, &root, "database").await["state"], "closed");
    whoami(&app, &root).await.assert_status(200);
    slow.rollback().await.unwrap();
    app.get("/health").send().await.assert_status(200);
}

#[tokio::test]
async fn a_file_that_is_no_database_any_more_opens_the_breaker() {
    if postgres().is_some() {
        return;
    }
    let app = TestApp::with(|config| {
        config.breaker.failure_threshold = u32::try_from(THRESHOLD).unwrap();
    })
    .await;
    let root = app.register_superuser("root").await;
    let garbage = "no database at all\n".repeat(10_000);
    for name in ["countersign.db", "countersign.db-wal"] {
        std::fs::write(app.folder().join(name), &garbage).unwrap();
    }
    for _ in 0..THRESHOLD {
        whoami(&app, &root)
            .await
            .assert_error(500, "DATABASE_ERROR");
    }
    whoami(&app, &root)
        .await
        .assert_error(503, "CIRCUIT_BREAKER_OPEN");
}

#[tokio::test]
async fn a_start_waits_for_the_migrations_of_another_instance_however_long_they_take() {
    if postgres().is_none() {
        return;
    }
    let database = TestDatabase::create().await;
    let mut config = test_config(&database);
    config.database.acquire_timeout_seconds = 1;
    config.database.statement_timeout_seconds = 1;
    let migrating = database.begin_write().await;
    let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
    migrating.execute_unprepared(&lock).await.unwrap();
    let waits = async {
        // Longer than any other step may take with this configuration.
        tokio::time::sleep(Duration::from_millis(3500)).await;
        migrating.rollback().await.unwrap();
    };
    let (app, ()) = futures_util::future::join(TestApp::on(database.clone(), config), waits).await;
    app.register("ada").await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_database_that_is_silent() {
    let Some(server) = postgres() else {
        return;
    };
    let server = url::Url::parse(&server).unwrap();
    let target = format!("{}:{}", server.host_str().unwrap(), server.port().unwrap());
    let proxy = Proxy::before(target).await;
    let place = Place::with_database().await;
    let mut url = url::Url::parse(place.database().url()).unwrap();
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(proxy.address().port())).unwrap();
    let place = place
        .with("DATABASE_URL", url.as_str())
        .with("COUNTERSIGN__DATABASE__ACQUIRE_TIMEOUT_SECONDS", "1")
        .with("COUNTERSIGN__DATABASE__STATEMENT_TIMEOUT_SECONDS", "1");
    let mut service = place.start().await;
    let ada = service.register("ada").await;
    proxy.turn(Way::Swallowing);
    let token = ada["access_token"].as_str().unwrap();
    let answer = service.get("/users/me").bearer_auth(token).send().await;
    assert_eq!(answer.unwrap().status(), 500);
    service.terminate();
    // It waits for nothing longer than the database may take for anything else.
    let (status, _) = service.ended().await;
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn more_writers_than_the_database_can_serve_are_told_so_and_readers_are_not_held_up() {
    let app = TestApp::with(|config| {
        config.breaker.failure_threshold = u32::try_from(THRESHOLD).unwrap();
        config.database.max_connections = 4;
    })
    .await;
    let members = join_all((0..4).map(|number| {
        let name = format!("ada{number}");
        let app = &app;
        async move { app.register(&name).await }
    }))
    .await;
    let refreshes = (0..200).map(|number| {
        let member = &members[number % members.len()];
        app.refresh(member.refresh_token())
    });
    let reads = (0..200).map(|number| whoami(&app, &members[number % members.len()]));
    let (refreshes, reads) = futures_util::future::join(join_all(refreshes), join_all(reads)).await;
    for answer in refreshes.into_iter().chain(reads) {
        if answer.status != 200 {
            answer.assert_error(503, "OVERLOADED");
        }
    }
    whoami(&app, &members[0]).await.assert_status(200);
}
