//! The program as an operator runs it: a process of its own, with real HTTP and real signals.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::{Value, json};

use crate::support::database::{MIGRATION_LOCK, postgres};
use crate::support::process::{
    Finished, Place, Service, assert_refused, assert_succeeded, json_of, log_files, until,
};
use crate::support::range_server::{Behaviour, CERTIFICATE, RangeServer};
use crate::support::{PASSWORD, PATIENCE, SECRET};

/// Secrets that nobody may go into production with, and why.
const BAD_SECRETS: [(&str, Option<&str>); 5] = [
    ("missing", None),
    ("empty", Some("")),
    ("short", Some("31-bytes-are-one-byte-too-short")),
    (
        "well known",
        Some("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"),
    ),
    (
        "monotonous",
        Some("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    ),
];

/// Where nobody listens: systems don't give out this port.
const NOBODY: &str = "http://127.0.0.1:1/health";

/// Expects every line to be a JSON object with what every line has.
#[track_caller]
fn assert_json_lines(lines: &[String]) -> Vec<Value> {
    let parsed = |line: &String| {
        let value: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("{error} in the line {line:?}"));
        for name in ["timestamp", "level", "message", "logger"] {
            assert!(value[name].is_string(), "no {name} in {line}");
        }
        value
    };
    lines.iter().map(parsed).collect()
}

async fn number(connection: &DatabaseConnection, query: &str) -> i64 {
    let query = Statement::from_string(connection.get_database_backend(), query);
    let row = connection.query_one_raw(query).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

fn credentials(name: &str) -> Value {
    json!({"email": format!("{name}@example.com"), "password": PASSWORD})
}

/// Registers, has the process killed, starts again, and expects nothing to be lost.
async fn assert_everything_survives_a_kill(place: &Place) {
    let service = place.start().await;
    let tokens = service.register("ada").await;
    service.kill();

    let service = place.start().await;
    assert_eq!(
        service.whoami(&tokens).await,
        tokens["user"],
        "the access token"
    );
    let refreshed = service.refresh(&tokens).await;
    assert_eq!(refreshed["user"], tokens["user"], "the refresh token");
    let logged_in = service.log_in("ada").await;
    assert_eq!(logged_in["user"]["id"], tokens["user"]["id"], "the account");
}

#[tokio::test]
async fn a_first_start_without_configuration_serves_and_a_kill_loses_nothing() {
    let place = Place::bare();
    assert_everything_survives_a_kill(&place).await;

    let data = place.folder().join("data");
    assert!(data.join("countersign.db").is_file());
    for secret in fs::read_dir(&data).unwrap() {
        let secret = secret.unwrap();
        let metadata = secret.metadata().unwrap();
        let mode = metadata.permissions().mode() & 0o777;
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, expected, "{:?}", secret.path());
    }
    let logged = log_files(&place.folder().join("logs"));
    assert!(!logged.is_empty());
    assert_json_lines(&logged);
}

#[tokio::test]
async fn a_kill_loses_nothing_on_the_database_that_is_configured() {
    let place = Place::with_database().await;
    assert_everything_survives_a_kill(&place).await;
}

#[tokio::test]
async fn a_secret_that_was_made_up_is_announced_once() {
    let place = Place::bare();
    let announcements = |lines: Vec<String>| {
        assert_json_lines(&lines)
            .iter()
            .filter(|line| line["message"].as_str().unwrap().contains("JWT_SECRET_KEY"))
            .count()
    };
    let first = place.start().await;
    assert_eq!(announcements(first.lines()), 1);
    first.kill();
    let second = place.start().await;
    assert_eq!(announcements(second.lines()), 0);
}

#[tokio::test]
async fn every_registration_that_was_acknowledged_survives_a_kill_among_many() {
    const CLIENTS: usize = 8;
    const ENOUGH: usize = 40;

    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__RATE_LIMIT__ENABLED", "false");
    let service = place.start().await;
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let acknowledged = Arc::clone(&acknowledged);
            let url = format!("{}/auth/register", service.url());
            let http = service.client().clone();
            tokio::spawn(async move {
                // Until the process is gone.
                for count in 0.. {
                    let name = format!("user-{client}-{count}");
                    let request = http.post(&url).json(&credentials(&name));
                    let Ok(answer) = request.send().await else {
                        break;
                    };
                    assert_eq!(answer.status(), 201);
                    acknowledged.lock().unwrap().push(name);
                }
            })
        })
        .collect();
    until(
        || acknowledged.lock().unwrap().len() >= ENOUGH,
        || format!("{} registrations", acknowledged.lock().unwrap().len()),
    )
    .await;
    service.kill();
    for client in clients {
        client.await.unwrap();
    }

    let connection = place.database().connect().await;
    if postgres().is_none() {
        let check =
            Statement::from_string(connection.get_database_backend(), "PRAGMA integrity_check");
        let row = connection.query_one_raw(check).await.unwrap().unwrap();
        assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "ok");
    }
    let halves = "SELECT count(*) FROM users WHERE id NOT IN (SELECT user_id FROM sessions)";
    assert_eq!(number(&connection, halves).await, 0, "half a registration");
    connection.close().await.unwrap();

    let service = place.start().await;
    let names = acknowledged.lock().unwrap().clone();
    for name in &names {
        service.log_in(name).await;
    }
}

/// A connection on which nothing takes longer than the test's patience.
fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends the head of a registration. Returns once the service asks for the body, so that the request is
/// surely under way.
fn begin_registration(address: SocketAddr, body: &str) -> TcpStream {
    let mut stream = connect(address);
    write!(
        stream,
        "POST /auth/register HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    )
    .unwrap();
    let go_on = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut got = vec![0; go_on.len()];
    stream.read_exact(&mut got).unwrap();
    assert_eq!(got, go_on);
    stream
}

#[tokio::test]
async fn a_stop_lets_a_running_request_finish_and_does_not_wait_for_idle_connections() {
    // Longer than the test's patience: nothing here may be waited for that long.
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__SERVER__SHUTDOWN_SECONDS", "600");
    let mut service = place.start().await;
    let address = service.address();
    let silent = connect(address);
    let mut idle = connect(address);
    write!(idle, "GET /health/live HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answered = [0; 15];
    idle.read_exact(&mut answered).unwrap();
    assert_eq!(&answered, b"HTTP/1.1 200 OK");
    let body = credentials("ada").to_string();
    let mut running = begin_registration(address, &body);

    service.terminate();
    service.said("stopping").await;
    until(
        || TcpStream::connect(address).is_err(),
        || "new connections are still accepted".into(),
    )
    .await;
    running.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    running.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (_, tokens) = answer.split_once("\r\n\r\n").unwrap();
    let tokens: Value = serde_json::from_str(tokens).unwrap();

    let (status, lines) = service.ended().await;
    assert_eq!(status.code(), Some(0));
    let lines = assert_json_lines(&lines);
    assert_eq!(lines.last().unwrap()["message"], "stopped");
    let logged = log_files(&place.folder().join("logs"));
    assert_eq!(
        assert_json_lines(&logged).last().unwrap()["message"],
        "stopped"
    );
    drop((silent, idle));

    let service = place.start().await;
    assert_eq!(service.whoami(&tokens).await, tokens["user"]);
}

#[tokio::test]
async fn a_stop_cuts_off_what_takes_longer_than_configured() {
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__SERVER__SHUTDOWN_SECONDS", "1");
    let mut service = place.start().await;
    let never_finished = begin_registration(service.address(), &credentials("ada").to_string());
    service.terminate();
    let (status, lines) = service.ended().await;
    assert_eq!(status.code(), Some(0));
    let lines = assert_json_lines(&lines);
    assert_eq!(lines.last().unwrap()["message"], "stopped");
    drop(never_finished);
}

#[tokio::test]
async fn a_stop_is_heard_from_the_moment_the_service_is_ready() {
    let place = Place::with_database().await;
    for _ in 0..5 {
        let mut service = place.start().await;
        service.terminate();
        let (status, _) = service.ended().await;
        assert_eq!(status.code(), Some(0), "{status}");
    }
}

#[tokio::test]
async fn a_stop_is_heard_during_a_start_that_waits_for_another_instance() {
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__DATABASE__STATEMENT_TIMEOUT_SECONDS", "600");
    place.start().await.kill();
    let data = if postgres().is_some() {
        place.folder().join("data")
    } else {
        place.database().folder().to_owned()
    };
    let secret = data.join("countersign.secret");
    fs::remove_file(&secret).unwrap();

    let migration = place.database().begin_write().await;
    if postgres().is_some() {
        let lock = format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})");
        migration.execute_unprepared(&lock).await.unwrap();
    }
    let mut service = place.launch();
    // Made early in a start, but after it has begun to listen for signals.
    until(|| secret.exists(), || "no secret was made".into()).await;
    service.terminate();
    let (status, lines) = service.ended().await;
    assert_eq!(status.code(), Some(0), "{status}");
    assert_json_lines(&lines);
    migration.rollback().await.unwrap();
}

#[tokio::test]
async fn instances_that_start_at_once_on_an_empty_database_share_it() {
    const INSTANCES: usize = 4;

    let place = Place::with_database().await;
    let services: Vec<Service> = join_all((0..INSTANCES).map(|_| place.start())).await;
    let mut tokens = services[0].register("ada").await;
    let user = tokens["user"].clone();
    for service in &services {
        assert_eq!(json_of(service.get("/health"), 200).await["status"], "ok");
        assert_eq!(service.whoami(&tokens).await, user);
        tokens = service.refresh(&tokens).await;
    }
    let token = tokens["access_token"].as_str().unwrap();
    let logout = services[1].post("/auth/logout", &Value::Null);
    assert_eq!(
        logout.bearer_auth(token).send().await.unwrap().status(),
        204
    );
    let refused = json_of(services[2].get("/users/me").bearer_auth(token), 401).await;
    assert_eq!(refused["error_code"], "SESSION_REVOKED");
}

#[tokio::test]
async fn production_refuses_missing_short_and_guessable_secrets_in_one_line() {
    for (which, secret) in BAD_SECRETS {
        let mut place = Place::bare().with("ENVIRONMENT", "prod");
        if let Some(secret) = secret {
            place = place.with("JWT_SECRET_KEY", secret);
        }
        let finished = place.run(&[]).await;
        assert_refused(&finished, &["JWT_SECRET_KEY"]);
        let data = place.folder().join("data");
        assert!(!data.exists(), "a {which} secret left data behind");
        if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
            assert!(!finished.stderr.contains(secret), "{which}: {finished:?}");
            assert!(!finished.stdout.contains(secret), "{which}: {finished:?}");
        }
    }
}

#[tokio::test]
async fn production_waits_for_its_migrations_and_says_so() {
    let place = Place::with_database()
        .await
        .with("ENVIRONMENT", "prod")
        .with("JWT_SECRET_KEY", SECRET);
    let service = place.start().await;
    let health = format!("{}/health", service.url());
    let body = json_of(service.get("/health"), 503).await;
    assert_eq!(body["status"], "unavailable");
    assert!(
        body["components"]["database"]["pending_migrations"]
            .as_u64()
            .is_some_and(|pending| pending > 0),
        "{body}"
    );
    assert_refused(&place.run(&["health", &health]).await, &[&health, "503"]);
    let refused = json_of(service.post("/auth/login", &credentials("ada")), 500).await;
    assert_eq!(refused["error_code"], "DATABASE_ERROR");

    assert_succeeded(&place.run(&["migrate", "up"]).await);

    let body = json_of(service.get("/health"), 200).await;
    assert_eq!(body["status"], "ok");
    assert_eq!(body["components"]["database"]["pending_migrations"], 0);
    assert_succeeded(&place.run(&["health", &health]).await);
    let tokens = service.register("ada").await;
    assert_eq!(service.whoami(&tokens).await, tokens["user"]);
    for line in service.lines() {
        assert!(!line.contains(SECRET), "{line}");
    }
}

#[tokio::test]
async fn production_migrates_by_itself_where_that_is_configured() {
    let place = Place::with_database()
        .await
        .with("ENVIRONMENT", "prod")
        .with("JWT_SECRET_KEY", SECRET)
        .with("COUNTERSIGN__DATABASE__AUTO_MIGRATE", "true");
    let service = place.start().await;
    assert_eq!(json_of(service.get("/health"), 200).await["status"], "ok");
    // Nobody reads the mail there, so somebody has to be told.
    service
        .said("mail is put into files, so nobody gets any: set mail.url")
        .await;
    let data: Vec<_> = fs::read_dir(place.folder().join("data")).unwrap().collect();
    assert_eq!(data.len(), 1, "a secret was made up beside the outbox");
}

#[tokio::test]
async fn a_wrong_key_or_value_stops_the_start_with_one_line_that_names_it() {
    let wrong = [
        ("COUNTERSIGN__SERVER__PORT", "80", "server.port"),
        ("COUNTERSIGN__SEVER__LISTEN", "127.0.0.1:0", "sever"),
        ("COUNTERSIGN__SERVER__LISTEN", "localhost", "server.listen"),
        ("TIMEOUT_SECONDS", "soon", "TIMEOUT_SECONDS"),
        ("ENVIRONMENT", "staging", "environment"),
        ("COUNTERSIGN__LOG__LEVEL", "lo=ud=er", "log.level"),
        ("DATABASE_URL", "mysql://localhost/x", "database.url"),
        (
            "JWT_SECRET_KEY_FILE",
            "nowhere/secret",
            "JWT_SECRET_KEY_FILE",
        ),
        (
            "COUNTERSIGN__PASSWORD__MEMORY_KIB",
            "1",
            "password.memory_kib",
        ),
    ];
    for (variable, value, named) in wrong {
        let place = Place::bare().with(variable, value);
        assert_refused(&place.run(&[]).await, &[named]);
    }

    let place = Place::bare();
    fs::write(place.folder().join("config.toml"), "[server]\nport = 80\n").unwrap();
    assert_refused(&place.run(&[]).await, &["server.port"]);
    fs::write(place.folder().join("config.toml"), "[server\n").unwrap();
    assert_refused(&place.run(&[]).await, &["config.toml"]);
    let finished = place.run(&["--config", "other.toml"]).await;
    assert_refused(&finished, &["other.toml"]);
}

#[tokio::test]
async fn the_environment_wins_over_the_env_file_and_that_over_the_configuration_file() {
    let place = Place::bare().without("COUNTERSIGN__PASSWORD__MEMORY_KIB");
    let folder = place.folder();
    fs::write(
        folder.join("config.toml"),
        "[server]\ntimeout_seconds = 11\n[tokens]\nissuer = \"file\"\naudience = \"file\"\n",
    )
    .unwrap();
    fs::write(
        folder.join(".env"),
        "TIMEOUT_SECONDS=12\nCOUNTERSIGN__TOKENS__ISSUER=env-file\n",
    )
    .unwrap();
    let place = place.with("TIMEOUT_SECONDS", "13");
    let shown = place.run(&["config"]).await;
    assert_succeeded(&shown);
    let shown: toml::Table = shown.stdout.parse().unwrap();
    assert_eq!(shown["server"]["timeout_seconds"].as_integer(), Some(13));
    assert_eq!(shown["tokens"]["issuer"].as_str(), Some("env-file"));
    assert_eq!(shown["tokens"]["audience"].as_str(), Some("file"));
    assert_eq!(shown["password"]["memory_kib"].as_integer(), Some(19_456));

    fs::write(
        place.folder().join("other.toml"),
        "[tokens]\naudience = \"other file\"\n",
    )
    .unwrap();
    let shown = place.run(&["config", "--config", "other.toml"]).await;
    let shown: toml::Table = shown.stdout.parse().unwrap();
    assert_eq!(shown["tokens"]["audience"].as_str(), Some("other file"));
}

#[tokio::test]
async fn the_shown_configuration_has_no_secrets_and_starts_nothing() {
    let place = Place::bare()
        .with("JWT_SECRET_KEY", SECRET)
        .with("DATABASE_URL", "postgres://app:s3ntinel@127.0.0.1:1/auth");
    let shown = place.run(&["config"]).await;
    assert_succeeded(&shown);
    assert!(!shown.stdout.contains(SECRET), "{shown:?}");
    assert!(!shown.stdout.contains("s3ntinel"), "{shown:?}");
    assert!(shown.stdout.contains("postgres://app:"), "{shown:?}");
    let shown: toml::Table = shown.stdout.parse().unwrap();
    assert_eq!(shown["server"]["listen"].as_str(), Some("127.0.0.1:0"));
    assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn the_printed_document_is_the_one_that_is_served() {
    let place = Place::bare();
    let json = place.run(&["openapi"]).await;
    let yaml = place.run(&["openapi", "--format", "yaml"]).await;
    assert_succeeded(&json);
    assert_succeeded(&yaml);
    assert_eq!(
        fs::read_dir(place.folder()).unwrap().count(),
        0,
        "printing it needs no files"
    );

    let service = place.start().await;
    for (path, printed) in [("/openapi.json", json), ("/openapi.yaml", yaml)] {
        let served = service.get(path).send().await.unwrap();
        assert_eq!(served.status(), 200);
        assert_eq!(served.text().await.unwrap(), printed.stdout, "{path}");
    }
}

#[tokio::test]
async fn migrations_can_be_listed_applied_and_reverted() {
    let place = Place::with_database().await;
    let column = |finished: &Finished| -> Vec<String> {
        let first = |line: &str| line.split_whitespace().next().unwrap().to_owned();
        finished.stdout.lines().map(first).collect()
    };
    let status = place.run(&["migrate", "status"]).await;
    let count = column(&status).len();
    assert!(count >= 2, "{status:?}");
    assert_eq!(column(&status), vec!["pending"; count]);
    assert_refused(&status, &[&count.to_string(), "pending"]);

    let up = place.run(&["migrate", "up"]).await;
    assert_succeeded(&up);
    assert_eq!(column(&up), vec!["applied"; count]);
    assert_succeeded(&place.run(&["migrate", "up"]).await);
    let status = place.run(&["migrate", "status"]).await;
    assert_succeeded(&status);
    assert_eq!(column(&status), vec!["applied"; count]);

    let down = place.run(&["migrate", "down"]).await;
    assert_succeeded(&down);
    assert_eq!(column(&down).last().unwrap(), "pending");
    assert_eq!(column(&down)[..count - 1], vec!["applied"; count - 1]);
    assert_refused(&place.run(&["migrate", "status"]).await, &["1 pending"]);

    let steps = (count - 1).to_string();
    let down = place.run(&["migrate", "down", "--steps", &steps]).await;
    assert_succeeded(&down);
    assert_eq!(column(&down), vec!["pending"; count]);
}

#[tokio::test]
async fn the_health_of_a_service_is_an_exit_code() {
    let place = Place::bare();
    assert_refused(&place.run(&["health", NOBODY]).await, &[NOBODY]);

    let service = place.start().await;
    let listen = service.address().to_string();
    let place = place
        .with("COUNTERSIGN__SERVER__LISTEN", &listen)
        // A probe of this machine has nothing to do with the way out of it.
        .with("HTTP_PROXY", "http://127.0.0.1:1")
        .with("http_proxy", "http://127.0.0.1:1");
    let healthy = place.run(&["health"]).await;
    assert_succeeded(&healthy);
    assert_eq!(healthy.stdout, "ok\n");
    // Of a service that is asked by its address alone, health is meant, and not that it answers.
    let waiting = Place::bare()
        .with("ENVIRONMENT", "prod")
        .with("JWT_SECRET_KEY", SECRET)
        .start()
        .await;
    for url in [waiting.url().to_owned(), format!("{}/", waiting.url())] {
        assert_refused(&place.run(&["health", &url]).await, &["/health", "503"]);
    }
    let elsewhere = format!("{}/nothing-here", service.url());
    assert_refused(&place.run(&["health", &elsewhere]).await, &["404"]);
}

#[tokio::test]
async fn the_health_of_a_service_behind_tls_is_an_exit_code_too() {
    let server = RangeServer::over_tls(&[]).await;
    let url = server.url();
    let place = Place::bare();
    let stranger = place.run(&["health", &url]).await;
    assert_refused(&stranger, &[&url, "can't be reached", "certificate"]);
    let place = place.with("SSL_CERT_FILE", CERTIFICATE);
    assert_succeeded(&place.run(&["health", &url]).await);
    let origin = url.trim_end_matches("/range");
    for asked in [origin.to_owned(), format!("{origin}/")] {
        assert_succeeded(&place.run(&["health", &asked]).await);
        assert_eq!(server.asked().last().unwrap().target, "GET /health");
    }
    server.behave(Behaviour::Fails(503));
    assert_refused(&place.run(&["health", &url]).await, &["503"]);
    let finished = place.run(&["health", "ftp://127.0.0.1"]).await;
    assert_refused(&finished, &["http:// and https://"]);
}

#[tokio::test]
async fn an_account_created_on_the_command_line_can_log_in() {
    let place = Place::with_database().await;
    let create = |email: &'static str| {
        vec![
            "user",
            "create",
            "--email",
            email,
            "--superuser",
            "--password-stdin",
        ]
    };
    let service = place.start().await;
    let mut arguments = create("root@example.com");
    arguments.extend(["--username", "Root"]);
    let created = place
        .run_with_input(&arguments, &format!("{PASSWORD}\n"))
        .await;
    assert_succeeded(&created);
    assert!(created.stdout.contains("root@example.com"), "{created:?}");
    assert!(!created.stdout.contains(PASSWORD), "{created:?}");

    let tokens = service.log_in("root").await;
    assert_eq!(tokens["user"]["is_superuser"], true);
    assert_eq!(tokens["user"]["username"], "Root");
    let id = tokens["user"]["id"].as_str().unwrap();
    assert!(created.stdout.contains(id), "{created:?}");

    let email_taken = place
        .run_with_input(&create("ROOT@example.com"), PASSWORD)
        .await;
    assert_refused(&email_taken, &["--email", "taken"]);
    let mut arguments = create("other@example.com");
    arguments.extend(["--username", "rOOT"]);
    let name_taken = place.run_with_input(&arguments, PASSWORD).await;
    assert_refused(&name_taken, &["--username", "taken"]);
    let no_email = place.run_with_input(&create("nobody"), PASSWORD).await;
    assert_refused(&no_email, &["--email"]);
}

#[tokio::test]
async fn an_ordinary_account_can_be_created_before_the_first_start_although_registration_is_closed()
{
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__REGISTRATION__ENABLED", "false");
    let arguments = [
        "user",
        "create",
        "--email",
        "ada@example.com",
        "--password-stdin",
    ];
    // As a file made on another system ends its lines.
    let input = format!("{PASSWORD}\r\nnot the password\n");
    assert_succeeded(&place.run_with_input(&arguments, &input).await);

    let service = place.start().await;
    let tokens = service.log_in("ada").await;
    assert_eq!(tokens["user"]["is_superuser"], false);
    let closed = json_of(service.post("/auth/register", &credentials("bob")), 403).await;
    assert_eq!(closed["error_code"], "REGISTRATION_CLOSED");
}

#[tokio::test]
async fn a_weak_password_is_refused_on_the_command_line_and_never_shown() {
    let place = Place::with_database().await;
    let arguments = [
        "user",
        "create",
        "--email",
        "ada@example.com",
        "--password-stdin",
    ];
    for weak in ["pq7-zt4", "password123", "ada@example.com", ""] {
        let finished = place.run_with_input(&arguments, &format!("{weak}\n")).await;
        assert_refused(&finished, &["password"]);
        // The address is an argument, which may be repeated; the other texts may not.
        if !weak.is_empty() && weak != "ada@example.com" {
            assert!(!finished.stderr.contains(weak), "{finished:?}");
            assert!(!finished.stdout.contains(weak), "{finished:?}");
        }
    }
    let service = place.start().await;
    let connection = place.database().connect().await;
    assert_eq!(number(&connection, "SELECT count(*) FROM users").await, 0);
    connection.close().await.unwrap();
    service.kill();
}

#[tokio::test]
async fn a_password_is_never_taken_as_an_argument() {
    let place = Place::with_database().await;
    let base = ["user", "create", "--email", "ada@example.com"];
    let assigned = format!("--password={PASSWORD}");
    let given_to_flag = format!("--password-stdin={PASSWORD}");
    for extra in [
        vec!["--password", PASSWORD],
        vec![assigned.as_str()],
        vec![given_to_flag.as_str()],
        vec![PASSWORD],
    ] {
        let arguments: Vec<&str> = base.iter().chain(&extra).copied().collect();
        let finished = place.run(&arguments).await;
        assert!(
            finished.code.is_some_and(|code| code != 0),
            "{extra:?}: {finished:?}"
        );
    }
    let unasked = place.run(&base).await;
    assert_refused(&unasked, &["--password-stdin"]);
    assert!(
        !place.database().folder().join("countersign.db").exists(),
        "nothing was created"
    );
}

#[tokio::test]
async fn a_port_in_use_is_one_line_that_names_the_address() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let place = Place::bare().with("COUNTERSIGN__SERVER__LISTEN", &address);
    assert_refused(&place.run(&[]).await, &[&address]);
}

#[tokio::test]
async fn a_database_that_is_not_there_is_one_line_without_its_password() {
    let place = Place::bare().with(
        "DATABASE_URL",
        "postgres://app:s3ntinel@127.0.0.1:1/countersign",
    );
    let finished = place.run(&[]).await;
    assert_refused(&finished, &["database"]);
    assert!(!finished.stderr.contains("s3ntinel"), "{finished:?}");
    assert!(!finished.stdout.contains("s3ntinel"), "{finished:?}");
}

#[tokio::test]
async fn a_log_folder_that_was_made_is_closed_to_others() {
    let place = Place::bare();
    let _service = place.start().await;
    let folder = fs::metadata(place.folder().join("logs")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o007, 0);
    assert_eq!(folder.permissions().mode() & 0o700, 0o700);
}

#[tokio::test]
async fn a_log_folder_that_cannot_be_written_to_is_no_reason_not_to_serve() {
    let place = Place::bare();
    // Even the superuser can't make a folder where a file is.
    fs::write(place.folder().join("logs"), "").unwrap();
    let service = place.start().await;
    let warned = assert_json_lines(&service.lines())
        .iter()
        .any(|line| line["level"] == "WARN" && line["directory"] == "logs");
    assert!(warned, "{:#?}", service.lines());
    service.register("ada").await;
}

#[tokio::test]
async fn every_line_on_a_pipe_is_a_json_object_and_the_files_have_the_same_lines() {
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__LOG__LEVEL", "debug");
    let mut service = place.start().await;
    let tokens = service.register("ada").await;
    service.whoami(&tokens).await;
    let wrong = json!({"email": "ada@example.com", "password": "not this one"});
    json_of(service.post("/auth/login", &wrong), 401).await;
    // What is no HTTP at all.
    let mut garbage = connect(service.address());
    garbage
        .write_all(b"\x16\x03\x01\n{\"level\":\"ERROR\"}\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    garbage.read_to_end(&mut answer).unwrap();
    service.terminate();
    let (_, lines) = service.ended().await;

    let without_time = |lines: &[String]| -> Vec<Value> {
        let mut lines = assert_json_lines(lines);
        for line in &mut lines {
            // Each writer looks at the clock for itself.
            line.as_object_mut().unwrap().remove("timestamp");
        }
        lines
    };
    let piped = without_time(&lines);
    assert!(piped.len() > 5, "{piped:#?}");
    assert_eq!(
        piped,
        without_time(&log_files(&place.folder().join("logs")))
    );
}

#[tokio::test]
async fn no_secret_is_logged_by_the_process_even_when_it_logs_everything() {
    let place = Place::with_database()
        .await
        .with("JWT_SECRET_KEY", SECRET)
        .with("COUNTERSIGN__LOG__LEVEL", "trace");
    let mut service = place.start().await;
    let tokens = service.register("ada").await;
    let refreshed = service.refresh(&tokens).await;
    service.whoami(&refreshed).await;
    let wrong = json!({"email": "ada@example.com", "password": "s3ntinel wrong password"});
    json_of(service.post("/auth/login", &wrong), 401).await;
    service.terminate();
    let (_, lines) = service.ended().await;

    for told in ["user registered", "login failed"] {
        assert!(lines.iter().any(|line| line.contains(told)), "no {told:?}");
    }
    let token = |of: &Value, name: &str| of[name].as_str().unwrap().to_owned();
    for secret in [
        PASSWORD.to_owned(),
        "s3ntinel".to_owned(),
        SECRET.to_owned(),
        "$argon2id".to_owned(),
        token(&tokens, "access_token"),
        token(&tokens, "refresh_token"),
        token(&refreshed, "access_token"),
        token(&refreshed, "refresh_token"),
    ] {
        let line = lines.iter().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}
