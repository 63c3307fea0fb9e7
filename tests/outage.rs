//! When what the service needs is broken, slow or held up: it says so, tells nothing else, and goes on
//! when it can.

use std::time::Duration;

use futures_util::future::{join, join_all};
use poem::http::StatusCode;
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::database::postgres;
use crate::support::spec::{Scene, operations};
use crate::support::{Answer, PASSWORD, PATIENCE, TestApp, unknown_id};

/// Operations that answer whatever the state of the database.
const WITHOUT_DATABASE: [&str; 6] = [
    "get_jwks",
    "get_openid_configuration",
    "get_service",
    "get_health",
    "get_liveness",
    "get_metrics",
];

/// What the texts of database errors are made of.
const TELLTALES: [&str; 13] = [
    "sqlx",
    "sqlite",
    "postgres",
    "sea",
    "pool",
    "closed",
    "select",
    "insert",
    "update ",
    "table",
    "relation",
    "execution",
    "connection",
];

/// Expects the envelope of a database that failed, and no word more.
#[track_caller]
fn assert_database_error(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 500, "{what}: {}", answer.text());
    answer.assert_error(500, "DATABASE_ERROR");
    let problem = answer.json();
    assert_eq!(problem["detail"], "The database failed", "{what}");
    assert!(problem.get("errors").is_none(), "{what}: {problem}");
    let text = answer.text().to_lowercase();
    for telltale in TELLTALES {
        assert!(
            !text.contains(telltale),
            "{what} tells {telltale:?}: {text}"
        );
    }
}

#[tokio::test]
async fn every_operation_answers_a_broken_database_as_such() {
    let app = TestApp::start().await;
    let scene = Scene::of(&app.register("ada").await);
    app.break_database().await;
    let mut broken = 0;
    for prefix in ["", "/api/v1"] {
        for operation in operations() {
            let answer = app.example(&operation, prefix, &scene).send().await;
            if WITHOUT_DATABASE.contains(&operation.id()) {
                assert_ne!(answer.status, 500, "{}", operation.id());
            } else {
                assert_database_error(&answer, operation.id());
                broken += 1;
            }
        }
    }
    assert!(broken >= 2 * 8, "{broken}");
}

#[tokio::test]
async fn a_broken_database_is_never_taken_for_a_stranger() {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    app.break_database().await;
    for password in [PASSWORD, "not this one"] {
        for (field, name) in [
            ("username", "ada"),
            ("email", "ada@example.com"),
            ("username", "nobody"),
        ] {
            let body = json!({field: name, "password": password});
            let answer = app.post("/auth/login", &body).send().await;
            assert_database_error(&answer, name);
        }
    }
    let answer = app.get("/users/me").bearer(&member).send().await;
    assert_database_error(&answer, "a valid access token");
    let answer = app.refresh(member.refresh_token()).await;
    assert_database_error(&answer, "a valid refresh token");
    // What needs no database to be known as wrong still is.
    let answer = app.get("/users/me").token("x").send().await;
    answer.assert_error(401, "TOKEN_INVALID");
    let answer = app.get("/users/me").send().await;
    answer.assert_error(401, "TOKEN_MISSING");
    let answer = app.refresh("x").await;
    answer.assert_error(401, "TOKEN_INVALID");
    let answer = app.post("/auth/login", &json!({})).send().await;
    answer.assert_error(400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn statements_that_fail_tell_nothing_of_the_schema() {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    app.execute("DROP TABLE sessions").await;
    let answer = app.get("/users/me").bearer(&member).send().await;
    assert_database_error(&answer, "get_me");
    let answer = app.refresh(member.refresh_token()).await;
    assert_database_error(&answer, "refresh");
    let body = json!({"username": "ada", "password": PASSWORD});
    let answer = app.post("/auth/login", &body).send().await;
    assert_database_error(&answer, "login");
    let body = json!({"email": "grace@example.com", "password": PASSWORD});
    let answer = app.post("/auth/register", &body).send().await;
    assert_database_error(&answer, "register");
    let grace = app.query_text(
        "SELECT CAST(count(*) AS text) AS n FROM users WHERE email = 'grace@example.com'",
        "n",
    );
    assert_eq!(grace.await, "0", "half a registration");
}

#[tokio::test]
async fn health_tells_of_a_broken_database_and_liveness_does_not() {
    let app = TestApp::start().await;
    let answer = app.get("/health").send().await;
    answer.assert_status(200);
    let database = &answer.json()["components"]["database"];
    assert_eq!(answer.json()["status"], "ok");
    assert_eq!(database["status"], "ok");
    assert_eq!(database["pending_migrations"], 0);
    assert!(database["latency_ms"].as_f64().is_some_and(|ms| ms >= 0.0));

    app.break_database().await;
    for prefix in ["", "/api/v1"] {
        let answer = app.get(&format!("{prefix}/health")).send().await;
        answer.assert_status(503);
        let health = answer.json();
        assert_eq!(health["status"], "unavailable");
        let database = &health["components"]["database"];
        assert_eq!(database["status"], "unavailable");
        assert_eq!(database["latency_ms"], Value::Null);
        assert_eq!(database["pending_migrations"], Value::Null);
        let text = answer.text().to_lowercase();
        for telltale in ["sqlx", "pool", "connection"] {
            assert!(!text.contains(telltale), "{text}");
        }
        let answer = app.get(&format!("{prefix}/health/live")).send().await;
        answer.assert_status(200);
    }
    app.get("/").send().await.assert_status(200);
}

#[tokio::test]
async fn health_tells_of_migrations_that_are_missing() {
    let app = TestApp::start().await;
    app.store().migrate_down(1).await.unwrap();
    let answer = app.get("/health").send().await;
    answer.assert_status(503);
    let database = &answer.json()["components"]["database"];
    assert_eq!(database["status"], "unavailable");
    assert_eq!(database["pending_migrations"], 1);
    app.store().migrate_up().await.unwrap();
    app.get("/health").send().await.assert_status(200);
}

#[tokio::test]
async fn an_overload_of_hashing_is_refused_at_once_and_slows_nobody_else() {
    const LOGINS: usize = 6;

    let app = TestApp::with(|config| {
        config.password.hash_concurrency = Some(1);
        config.password.hash_queue = 0;
        // Slow enough that everything else is done long before.
        config.password.memory_kib = 19_456;
        config.password.iterations = 60;
    })
    .await;
    let member = app.register("ada").await;
    let body = json!({"username": "ada", "password": PASSWORD});
    let logins = (0..LOGINS).map(async |_| {
        let answer = app.post("/auth/login", &body).send().await;
        (answer, Instant::now())
    });
    let meanwhile = async {
        let mut served = Vec::new();
        for _ in 0..3 {
            let answer = app.get("/users/me").bearer(&member).send().await;
            answer.assert_status(200);
            served.push(Instant::now());
        }
        served
    };
    let (answers, served) = join(join_all(logins), meanwhile).await;

    let (accepted, refused): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|(answer, _)| answer.status == StatusCode::OK);
    assert!(!accepted.is_empty());
    assert!(!refused.is_empty());
    let first_hashed = accepted.iter().map(|(_, at)| *at).min().unwrap();
    for (answer, at) in refused {
        answer.assert_error(503, "OVERLOADED");
        let seconds = answer.header("retry-after").unwrap();
        assert!(seconds.parse::<u32>().unwrap() > 0, "{seconds}");
        assert!(*at < first_hashed, "a refusal waited for a hash");
    }
    for at in served {
        assert!(at < first_hashed, "a request that hashes nothing waited");
    }

    app.log_in("ada").await;
    let body = json!({"email": "grace@example.com", "password": PASSWORD});
    let answer = app.post("/auth/register", &body).send().await;
    answer.assert_status(201);
}

/// Keeps everybody else from writing, but not from reading, until it is dropped or given back.
async fn hold_up_writes(app: &TestApp) -> DatabaseTransaction {
    let transaction = app.begin_write().await;
    if postgres().is_some() {
        for table in ["users", "sessions"] {
            let lock = format!("LOCK TABLE {table} IN SHARE MODE");
            transaction.execute_unprepared(&lock).await.unwrap();
        }
    }
    transaction
}

#[tokio::test]
async fn a_write_that_is_held_up_fails_in_bounded_time_and_works_again_afterwards() {
    let app = TestApp::with(|config| config.database.statement_timeout_seconds = 1).await;
    let member = app.register("ada").await;
    let lock = hold_up_writes(&app).await;
    let register = json!({"email": "grace@example.com", "password": PASSWORD});
    let login = json!({"username": "ada", "password": PASSWORD});

    let started = Instant::now();
    let answers = join_all([
        app.post("/auth/register", &register).send(),
        app.post("/auth/login", &login).send(),
        app.post(
            "/auth/refresh",
            &json!({"refresh_token": member.refresh_token()}),
        )
        .send(),
        app.post("/auth/logout", &Value::Null)
            .bearer(&member)
            .send(),
    ])
    .await;
    let took = started.elapsed();
    for (answer, what) in answers
        .iter()
        .zip(["register", "login", "refresh", "logout"])
    {
        assert_database_error(answer, what);
    }
    assert!(
        took >= Duration::from_millis(900),
        "{took:?}: nobody waited"
    );
    assert!(took < PATIENCE / 2, "{took:?}");
    let answer = app.get("/users/me").bearer(&member).send().await;
    answer.assert_status(200);

    lock.rollback().await.unwrap();
    let answer = app.post("/auth/register", &register).send().await;
    answer.assert_status(201);
    app.log_in("ada").await;
    let answer = app.refresh(member.refresh_token()).await;
    answer.assert_status(200);
    let answer = app
        .post("/auth/logout", &Value::Null)
        .bearer(&member)
        .send();
    answer.await.assert_status(204);
}

#[tokio::test]
async fn a_write_that_is_held_up_shortly_is_done_when_its_turn_comes() {
    let app = TestApp::with(|config| config.database.statement_timeout_seconds = 20).await;
    app.register("ada").await;
    let lock = hold_up_writes(&app).await;
    let (member, ()) = join(app.register("grace"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        lock.rollback().await.unwrap();
    })
    .await;
    let answer = app.get("/users/me").bearer(&member).send().await;
    answer.assert_status(200);
}

#[tokio::test]
async fn a_postgresql_that_dropped_its_connections_is_used_again() {
    if postgres().is_none() {
        return;
    }
    let name = format!("countersign-{}", unknown_id());
    let app = TestApp::with(|config| {
        let url = secrecy::ExposeSecret::expose_secret(&config.database.url);
        config.database.url = format!("{url}&application_name={name}").into();
    })
    .await;
    let member = app.register("ada").await;
    let connection = app.connect().await;
    let end = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'"
    );
    let ended = connection.execute_unprepared(&end).await.unwrap();
    assert!(ended.rows_affected() > 0);
    connection.close().await.unwrap();

    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = app.get("/users/me").bearer(&member).send().await;
        if answer.status == StatusCode::OK {
            break;
        }
        assert_database_error(&answer, "get_me");
        assert!(Instant::now() < deadline, "the connections are still dead");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    app.log_in("ada").await;
}
