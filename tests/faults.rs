//! Faults that are really caused: a process that is killed, a disk that is full, a database that somebody
//! else holds, a storm, a clock that jumps. What was answered holds, what can't be done is said in bounded
//! time, and everything works again afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::join_all;
use reqwest::{Client, RequestBuilder};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::support::database::postgres;
use crate::support::process::{Place, Service, json_of};
use crate::support::{PASSWORD, PATIENCE, TestApp};

/// The password that people of these tests change to.
const CHANGED: &str = "seven calm lakes lie still";

/// What a request came to: its status and body, or nothing where the connection broke.
async fn outcome(request: RequestBuilder) -> Option<(u16, Value)> {
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    let text = answer.text().await.ok()?;
    let body = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap()
    };
    Some((status, body))
}

/// What was acknowledged to a person.
#[derive(Clone, Debug, Default)]
struct Acknowledged {
    /// The tokens of the registration.
    tokens: Value,
    /// Whether the change of the password was acknowledged; `None` if it was asked for and never answered.
    changed: Option<bool>,
    /// The same for the logout.
    logged_out: Option<bool>,
}

/// Does what people do until the service is gone: registers, changes the password, logs out.
async fn live(client: Client, url: String, worker: usize) -> BTreeMap<String, Acknowledged> {
    let mut people = BTreeMap::new();
    for number in 0.. {
        let email = format!("w{worker}n{number}@example.com");
        let body = json!({"email": email, "password": PASSWORD});
        let post = |path: &str, body: &Value| client.post(format!("{url}{path}")).json(body);
        let Some((status, tokens)) = outcome(post("/auth/register", &body)).await else {
            return people;
        };
        assert_eq!(status, 201, "{tokens}");
        let person = people.entry(email).or_insert(Acknowledged {
            tokens: tokens.clone(),
            changed: Some(false),
            logged_out: Some(false),
        });
        let token = tokens["access_token"].as_str().unwrap();
        if number % 3 > 0 {
            let body = json!({"current_password": PASSWORD, "new_password": CHANGED});
            person.changed = None;
            let change = post("/users/me/password", &body).bearer_auth(token);
            let Some((status, body)) = outcome(change).await else {
                return people;
            };
            assert_eq!(status, 204, "{body}");
            person.changed = Some(true);
        }
        if number % 3 > 1 {
            person.logged_out = None;
            let leave = post("/auth/logout", &Value::Null).bearer_auth(token);
            let Some((status, body)) = outcome(leave).await else {
                return people;
            };
            assert_eq!(status, 204, "{body}");
            person.logged_out = Some(true);
        }
    }
    people
}

/// Expects everything that was acknowledged to hold.
async fn assert_kept(service: &Service, email: &str, person: &Acknowledged) {
    let log_in = async |password: &str| {
        let body = json!({"email": email, "password": password});
        outcome(service.post("/auth/login", &body)).await.unwrap().0
    };
    let (old, new) = (log_in(PASSWORD).await, log_in(CHANGED).await);
    match person.changed {
        Some(false) => assert_eq!((old, new), (200, 401), "{email}"),
        Some(true) => assert_eq!((old, new), (401, 200), "{email}"),
        // Nobody was told, so either will do, but not both and not neither.
        None => assert!([(200, 401), (401, 200)].contains(&(old, new)), "{email}"),
    }
    let token = person.tokens["access_token"].as_str().unwrap();
    let asked = service.get("/users/me").bearer_auth(token);
    let (status, body) = outcome(asked).await.unwrap();
    match person.logged_out {
        Some(false) => assert_eq!(status, 200, "{email}: {body}"),
        Some(true) => assert_eq!(status, 401, "{email}: {body}"),
        None => assert!([200, 401].contains(&status), "{email}: {body}"),
    }
}

#[tokio::test]
async fn whatever_was_acknowledged_survives_being_killed_again_and_again() {
    const ROUNDS: usize = 4;
    const WORKERS: usize = 4;

    let place = undisturbed(Place::with_database().await);
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        let service = place.start().await;
        let mut lives = JoinSet::new();
        for worker in 0..WORKERS {
            let (client, url) = (service.client().clone(), service.url().to_owned());
            lives.spawn(live(client, url, round * WORKERS + worker));
        }
        tokio::time::sleep(Duration::from_millis(300 + 100 * round as u64)).await;
        service.kill();
        let lives = lives.join_all().await;

        let service = place.start().await;
        for (email, person) in lives.iter().flatten() {
            assert_kept(&service, email, person).await;
            acknowledged += 1;
        }
        service.kill();
    }
    assert!(acknowledged > ROUNDS, "{acknowledged}");
    if postgres().is_none() {
        let connection = place.database().connect().await;
        let statement = sea_orm::Statement::from_string(
            connection.get_database_backend(),
            "PRAGMA integrity_check",
        );
        let row = connection.query_one_raw(statement).await.unwrap().unwrap();
        let verdict: String = row.try_get("", "integrity_check").unwrap();
        assert_eq!(verdict, "ok");
    }
}

/// A place whose clients are not slowed down, since what is tested is something else.
fn undisturbed(place: Place) -> Place {
    place.with("COUNTERSIGN__RATE_LIMIT__ENABLED", "false")
}

#[tokio::test]
async fn a_disk_that_is_full_fails_what_writes_and_nothing_else() {
    if postgres().is_some() {
        // Its disk is its own business.
        return;
    }
    let place = undisturbed(Place::with_database().await).with("COUNTERSIGN__LOG__DIRECTORY", "");
    let service = place.start().await;
    let ada = service.register("ada").await;
    service.kill();
    // No file may grow beyond this from now on, as on a disk without room.
    let place = place.with_limit("-f 1024");
    let limited = place.start().await;
    let mut registered = Vec::new();
    let refused = loop {
        let name = format!("n{}", registered.len());
        let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
        let started = Instant::now();
        let (status, body) = outcome(limited.post("/auth/register", &body))
            .await
            .unwrap();
        assert!(started.elapsed() < PATIENCE);
        if status != 201 {
            break (status, body);
        }
        registered.push(name);
        assert!(registered.len() < 20_000, "the disk never filled");
    };
    assert_eq!(refused.0, 500, "{}", refused.1);
    assert_eq!(refused.1["error_code"], "DATABASE_ERROR");
    // Reading goes on, and so do those who only read.
    assert_eq!(limited.whoami(&ada).await, ada["user"]);
    json_of(limited.get("/health"), 200).await;
    for _ in 0..10 {
        let body = json!({"refresh_token": ada["refresh_token"]});
        let (status, body) = outcome(limited.post("/auth/refresh", &body)).await.unwrap();
        if status != 200 {
            assert_eq!(
                (status, &body["error_code"]),
                (500, &json!("DATABASE_ERROR"))
            );
        }
    }
    limited.kill();
    // With room again, everything that was acknowledged is there.
    let place = place.with_limit("-f unlimited");
    let service = place.start().await;
    for name in [registered.first(), registered.last()]
        .into_iter()
        .flatten()
    {
        service.log_in(name).await;
    }
    service.register("late").await;
    service.refresh(&ada).await;
}

#[tokio::test]
async fn a_database_that_another_process_holds_fails_what_writes_until_it_is_given_back() {
    let place = undisturbed(Place::with_database().await)
        .with("COUNTERSIGN__DATABASE__STATEMENT_TIMEOUT_SECONDS", "1");
    let service = place.start().await;
    let ada = service.register("ada").await;
    let held = place.database().begin_write().await;
    if postgres().is_some() {
        held.execute_unprepared("LOCK TABLE users, sessions IN SHARE MODE")
            .await
            .unwrap();
    }
    for _ in 0..3 {
        let started = Instant::now();
        let body = json!({"email": "bob@example.com", "password": PASSWORD});
        let (status, body) = outcome(service.post("/auth/register", &body))
            .await
            .unwrap();
        assert_eq!(
            (status, &body["error_code"]),
            (500, &json!("DATABASE_ERROR"))
        );
        assert!(started.elapsed() < PATIENCE / 2);
        assert_eq!(service.whoami(&ada).await, ada["user"]);
        json_of(service.get("/health"), 200).await;
    }
    held.rollback().await.unwrap();
    service.register("bob").await;
}

#[tokio::test]
async fn a_stop_under_load_answers_what_it_took_on_and_loses_nothing() {
    let place = undisturbed(Place::with_database().await);
    let mut service = place.start().await;
    let stopped = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for worker in 0..8 {
        let (client, url) = (service.client().clone(), service.url().to_owned());
        let stopped = Arc::clone(&stopped);
        clients.spawn(async move {
            let mut registered = Vec::new();
            for number in 0.. {
                let name = format!("w{worker}n{number}");
                let body = json!({"email": format!("{name}@example.com"), "password": PASSWORD});
                let call = client.post(format!("{url}/auth/register")).json(&body);
                match call.send().await {
                    Ok(answer) => {
                        let status = answer.status().as_u16();
                        let text = answer.text().await.expect("an answer that was cut off");
                        assert_eq!(status, 201, "{text}");
                        registered.push(name);
                    }
                    // Not taken on any more: nobody listens, or the connection was idle.
                    Err(error) => {
                        assert!(stopped.load(Ordering::Acquire), "{error:?}");
                        return registered;
                    }
                }
            }
            registered
        });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    stopped.store(true, Ordering::Release);
    service.terminate();
    let (status, _) = service.ended().await;
    assert_eq!(status.code(), Some(0));
    let registered = clients.join_all().await.concat();
    assert!(!registered.is_empty());
    let service = place.start().await;
    for name in registered.iter().rev().take(20) {
        service.log_in(name).await;
    }
}

#[tokio::test]
async fn a_storm_of_logins_is_bounded_in_memory_and_over_when_it_is_over() {
    const LOGINS: usize = 500;
    /// Of the whole process, in KiB.
    const MEMORY: u64 = 512 * 1024;

    let place = undisturbed(Place::with_database().await)
        .without("COUNTERSIGN__PASSWORD__MEMORY_KIB")
        .without("COUNTERSIGN__PASSWORD__ITERATIONS");
    let service = place.start().await;
    service.register("ada").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    let storm = join_all((0..LOGINS).map(|_| outcome(service.post("/auth/login", &body))));
    let answers = storm.await;
    let mut granted = 0;
    for answer in answers {
        let (status, body) = answer.expect("a connection that broke");
        match status {
            200 => granted += 1,
            _ => assert_eq!((status, &body["error_code"]), (503, &json!("OVERLOADED"))),
        }
    }
    assert!(granted > 0);
    if let Some(peak) = service.peak_memory() {
        assert!(peak < MEMORY, "{peak} KiB");
    }
    service.log_in("ada").await;
    let health = json_of(service.get("/health"), 200).await;
    assert_eq!(health["components"]["breakers"]["database"], "closed");
}

#[tokio::test]
async fn json_as_deep_as_a_body_can_be_is_refused_and_harms_nobody() {
    const DEPTH: usize = 200_000;

    let app = TestApp::with(|config| config.server.body_limit_bytes = 1 << 20).await;
    let open = |start: &str| format!("{start}{}", "[".repeat(DEPTH));
    let closed = |start: &str, end: &str| {
        let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
        format!("{start}{open}{close}{end}")
    };
    let objects = "{\"email\":".repeat(DEPTH / 4);
    for body in [
        open(""),
        open("{\"email\":"),
        closed("", ""),
        closed("{\"email\":", "}"),
        closed("{\"email\":\"ada@example.com\",\"password\":", "}"),
        objects,
    ] {
        let answer = app
            .call(poem::http::Method::POST, "/auth/register")
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await;
        answer.assert_error(400, "VALIDATION_ERROR");
    }
    app.register("ada").await;
}

#[tokio::test]
async fn a_clock_that_jumps_locks_nobody_out() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    // An hour back, as after a wrong time was corrected: tokens of the future are honoured, or everybody
    // would be logged out by the correction.
    app.clock.advance(TimeDelta::hours(-1));
    app.get("/users/me")
        .bearer(&ada)
        .send()
        .await
        .assert_status(200);
    let answer = app.refresh(ada.refresh_token()).await;
    answer.assert_status(200);
    app.log_in("ada").await;
    app.get("/health").send().await.assert_status(200);
    app.keep_house().await;
    // And forward again, by more than an access token lives.
    app.clock.advance(TimeDelta::hours(2));
    let bob = app.register("bob").await;
    let answer = app.get("/users/me").bearer(&ada).send().await;
    answer.assert_error(401, "TOKEN_EXPIRED");
    app.log_in("ada").await;
    app.get("/users/me")
        .bearer(&bob)
        .send()
        .await
        .assert_status(200);
    app.keep_house().await;
    app.assert_goes_on(&bob).await;
}

#[tokio::test]
async fn logs_that_vanish_take_nothing_with_them() {
    let place = undisturbed(Place::with_database().await);
    let service = place.start().await;
    service.register("ada").await;
    fs::remove_dir_all(place.folder().join("logs")).unwrap();
    let tokens = service.log_in("ada").await;
    service.whoami(&tokens).await;
}
