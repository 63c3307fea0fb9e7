//! The commands as an operator gives them: beside a running service, on its database, from scripts.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;
use countersign::cli::Cli;
use countersign::service::Transfer;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::support::process::{
    Finished, Place, Service, assert_refused, assert_succeeded, json_of, log_files,
};
use crate::support::{PASSWORD, PATIENCE, TestApp};

/// Another password that the policy accepts for everybody.
const OTHER_PASSWORD: &str = "nine copper kettles sing";
/// Stands for what must not be repeated anywhere.
const SENTINEL: &str = "s3ntinel";
/// How many lines of an import are one transaction.
const BATCH: usize = 500;

/// How a command is to end.
const FAILED: i32 = 1;
const USAGE: i32 = 2;
const NOT_FOUND: i32 = 3;
const REFUSED: i32 = 4;

/// Runs a command that is to succeed.
async fn run(place: &Place, arguments: &[&str]) -> String {
    let finished = place.run(arguments).await;
    assert_succeeded(&finished);
    finished.stdout
}

/// The same with `--json`.
async fn run_json(place: &Place, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--json"]].concat();
    json(&run(place, &arguments).await)
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text:?}"))
}

#[track_caller]
fn assert_code(finished: &Finished, code: i32, parts: &[&str]) {
    assert_refused(finished, parts);
    assert_eq!(finished.code, Some(code), "{finished:?}");
    assert_eq!(finished.stdout, "", "{finished:?}");
}

/// Creates `NAME@example.com`, called `NAME`; the account as JSON.
async fn create(place: &Place, name: &str, more: &[&str]) -> Value {
    let email = format!("{name}@example.com");
    let base = ["user", "create", "--json", "--password-stdin"];
    let arguments = [&base, &["--email", &email, "--username", name], more].concat();
    let created = place.run_with_input(&arguments, PASSWORD).await;
    assert_succeeded(&created);
    json(&created.stdout)
}

/// The access token of `NAME@example.com` after a login.
async fn token(service: &Service, name: &str) -> String {
    let tokens = service.log_in(name).await;
    tokens["access_token"].as_str().unwrap().to_owned()
}

async fn get(service: &Service, path: &str, token: &str) -> Value {
    json_of(service.get(path).bearer_auth(token), 200).await
}

/// Logs in with a password; expects a status.
async fn log_in(service: &Service, email: &str, password: &str, status: u16) -> Value {
    let body = json!({"email": email, "password": password});
    json_of(service.post("/auth/login", &body), status).await
}

/// Everything that is on the disk as a log, after the service has written all of it.
async fn logs(place: &Place, mut service: Service) -> Vec<Value> {
    service.terminate();
    let (status, _) = service.ended().await;
    assert_eq!(status.code(), Some(0));
    let lines = log_files(&place.folder().join("logs"));
    lines.iter().map(|line| json(line)).collect()
}

/// The one number that a query finds.
async fn number(place: &Place, query: &str) -> i64 {
    let connection = place.database().connect().await;
    let query = Statement::from_string(connection.get_database_backend(), query);
    let row = connection.query_one_raw(query).await.unwrap().unwrap();
    let number = row.try_get_by_index(0).unwrap();
    connection.close().await.unwrap();
    number
}

async fn accounts(place: &Place) -> i64 {
    number(place, "SELECT count(*) FROM users").await
}

/// Writes a file into the folder that commands run in.
fn write(place: &Place, name: &str, content: impl AsRef<[u8]>) {
    fs::write(place.folder().join(name), content).unwrap();
}

fn read(place: &Place, name: &str) -> String {
    fs::read_to_string(place.folder().join(name)).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// So many lines of an import: `PREFIX-0@example.com` and so on.
fn lines(prefix: &str, count: usize) -> String {
    let line = |number| {
        let name = format!("{prefix}-{number}");
        format!(
            "{}\n",
            json!({"email": format!("{name}@example.com"), "username": name})
        )
    };
    (0..count).map(line).collect()
}

// One account.

#[tokio::test]
async fn an_account_is_managed_by_its_address_its_name_and_its_id() {
    let place = Place::with_database().await;
    let service = place.start().await;
    create(&place, "root", &["--superuser"]).await;
    let ada = create(&place, "Ada", &[]).await;
    let root = token(&service, "root").await;
    let id = ada["id"].as_str().unwrap();
    let path = format!("/admin/users/{id}");
    assert_eq!(ada, get(&service, &path, &root).await, "as created");

    for selector in [
        ["--email", "aDA@Example.COM"],
        ["--username", "aDA"],
        ["--id", id],
    ] {
        for (command, member, value) in [
            ("deactivate", "is_active", false),
            ("activate", "is_active", true),
            ("promote", "is_superuser", true),
            ("demote", "is_superuser", false),
        ] {
            let arguments = [&["user", command], &selector[..]].concat();
            let told = run(&place, &arguments).await;
            assert_eq!(told, format!("{id}  Ada@example.com\n"), "{arguments:?}");
            let shown = get(&service, &path, &root).await;
            assert_eq!(shown[member], value, "{arguments:?}");
        }
        // Nothing is left to do.
        let again = [&["user", "demote"], &selector[..]].concat();
        let shown = get(&service, &path, &root).await;
        assert_eq!(run_json(&place, &again).await, shown);
        assert_eq!(get(&service, &path, &root).await, shown);
        let show = [&["user", "show"], &selector[..]].concat();
        assert_eq!(run_json(&place, &show).await, shown);
        let shown = run(&place, &show).await;
        for (name, value) in ada.as_object().unwrap() {
            let told = shown.lines().find_map(|line| line.strip_prefix(name));
            let told = told
                .unwrap_or_else(|| panic!("no {name} in {shown}"))
                .trim();
            match value {
                Value::String(text) if name != "updated_at" => assert_eq!(told, text),
                Value::Bool(value) => assert_eq!(told, value.to_string()),
                _ => assert!(!told.is_empty()),
            }
        }
    }
}

#[tokio::test]
async fn accounts_are_listed_as_the_service_lists_them() {
    let place = Place::with_database().await;
    let service = place.start().await;
    for name in ["alba", "alma", "bert"] {
        create(&place, name, &[]).await;
    }
    run(&place, &["user", "deactivate", "--username", "alma"]).await;
    create(&place, "root", &["--superuser"]).await;
    let nameless = [
        "user",
        "create",
        "--email",
        "carl@example.com",
        "--no-password",
    ];
    run(&place, &nameless).await;
    let root = token(&service, "root").await;

    for (options, query) in [
        (vec![], ""),
        (vec!["--search", "AL"], "q=al"),
        (vec!["--active"], "is_active=true"),
        (vec!["--inactive"], "is_active=false"),
        (vec!["--search", "al", "--active"], "q=al&is_active=true"),
        (vec!["--limit", "2"], "limit=2"),
        (vec!["--search", "nobody"], "q=nobody"),
    ] {
        let arguments = [&["user", "list"], &options[..]].concat();
        let served = get(&service, &format!("/admin/users?{query}"), &root).await;
        let listed = run_json(&place, &arguments).await;
        let has_more = !served["next_cursor"].is_null();
        let expected = json!({"items": served["items"], "has_more": has_more});
        assert_eq!(listed, expected, "{options:?}");

        let finished = place.run(&arguments).await;
        assert_eq!(finished.code, Some(0), "{finished:?}");
        assert_eq!(!finished.stderr.is_empty(), has_more, "{finished:?}");
        let text = finished.stdout;
        let items = served["items"].as_array().unwrap();
        assert_eq!(text.lines().count(), items.len(), "{text}");
        for (line, item) in text.lines().zip(items) {
            assert!(line.starts_with(item["id"].as_str().unwrap()), "{line}");
            assert!(line.contains(item["email"].as_str().unwrap()), "{line}");
            assert_eq!(
                line.ends_with("superuser"),
                item["is_superuser"] == true,
                "{line}"
            );
            assert_eq!(
                line.ends_with("inactive"),
                item["is_active"] == false,
                "{line}"
            );
        }
    }
}

#[tokio::test]
async fn how_a_command_ended_is_its_exit_code() {
    let place = Place::with_database().await;
    create(&place, "root", &["--superuser"]).await;

    for wrong in [
        vec!["user"],
        vec!["user", "show"],
        vec![
            "user",
            "show",
            "--email",
            "a@b.example",
            "--username",
            "abc",
        ],
        vec!["user", "show", "--id", "7"],
        vec!["user", "list", "--limit", "0"],
        vec!["user", "list", "--active", "--inactive"],
        vec!["user", "create"],
        vec!["users", "import"],
        vec!["users", "export"],
        vec!["keys", "generate", "--algorithm", "HS256"],
        vec!["completions", "command.com"],
        vec!["nothing-of-ours"],
    ] {
        let finished = place.run(&wrong).await;
        assert_eq!(finished.code, Some(USAGE), "{wrong:?}: {finished:?}");
        assert_eq!(finished.stdout, "", "{wrong:?}");
        assert!(!finished.stderr.is_empty(), "{wrong:?}");
    }

    let nobody = Uuid::now_v7().to_string();
    for (command, selector) in [
        ("show", ["--email", "nobody@example.com"]),
        // What no account can have.
        ("show", ["--email", "no address"]),
        ("show", ["--username", "nobody"]),
        ("show", ["--id", &nobody]),
        ("activate", ["--id", &nobody]),
        ("deactivate", ["--id", &nobody]),
        ("promote", ["--id", &nobody]),
        ("demote", ["--id", &nobody]),
        ("set-password", ["--id", &nobody]),
    ] {
        let arguments = [&["user", command], &selector[..]].concat();
        let finished = place.run_with_input(&arguments, PASSWORD).await;
        assert_code(&finished, NOT_FOUND, &["no such account"]);
    }

    let with_password =
        |email: &'static str| ["user", "create", "--password-stdin", "--email", email];
    let taken = place
        .run_with_input(&with_password("ROOT@example.com"), PASSWORD)
        .await;
    assert_code(&taken, REFUSED, &["--email is taken"]);
    let arguments = [
        &with_password("new@example.com")[..],
        &["--username", "ROOT"],
    ]
    .concat();
    let taken = place.run_with_input(&arguments, PASSWORD).await;
    assert_code(&taken, REFUSED, &["--username is taken"]);
    let weak = place
        .run_with_input(&with_password("new@example.com"), "short")
        .await;
    assert_code(&weak, REFUSED, &["the password must have"]);
    for command in ["demote", "deactivate"] {
        let last = place.run(&["user", command, "--username", "root"]).await;
        assert_code(
            &last,
            REFUSED,
            &["the last active superuser", "promote another"],
        );
    }

    let no_address = place.run_with_input(&with_password("new"), PASSWORD).await;
    assert_code(&no_address, FAILED, &["--email must be"]);
    let arguments = [
        &with_password("new@example.com")[..],
        &["--username", "a b"],
    ]
    .concat();
    let no_name = place.run_with_input(&arguments, PASSWORD).await;
    assert_code(&no_name, FAILED, &["--username must"]);
    let unasked = place
        .run(&["user", "set-password", "--username", "root"])
        .await;
    assert_code(&unasked, FAILED, &["--password-stdin"]);
    assert_eq!(accounts(&place).await, 1);

    let help = run(&place, &["--help"]).await;
    for code in [0, FAILED, USAGE, NOT_FOUND, REFUSED] {
        assert!(help.contains(&format!("\n  {code}  ")), "{code}");
    }
    let gone = Place::bare().with("DATABASE_URL", "postgres://app:s3ntinel@127.0.0.1:1/auth");
    let unreachable = gone.run(&["user", "list"]).await;
    assert_code(&unreachable, FAILED, &["database"]);
    assert!(!unreachable.stderr.contains(SENTINEL), "{unreachable:?}");
}

#[tokio::test]
async fn the_last_superuser_may_go_once_there_is_another_one() {
    let place = Place::with_database().await;
    create(&place, "root", &["--superuser"]).await;
    create(&place, "ada", &[]).await;
    run(&place, &["user", "promote", "--username", "ada"]).await;
    run(&place, &["user", "demote", "--username", "root"]).await;
    for command in ["demote", "deactivate"] {
        let last = place.run(&["user", command, "--username", "ada"]).await;
        assert_code(&last, REFUSED, &["the last active superuser"]);
    }
    // One who may not use the service does not count.
    run(&place, &["user", "promote", "--username", "root"]).await;
    run(&place, &["user", "deactivate", "--username", "root"]).await;
    let last = place.run(&["user", "demote", "--username", "ada"]).await;
    assert_code(&last, REFUSED, &["the last active superuser"]);
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_is_told_nobody() {
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__LOG__LEVEL", "trace");
    let service = place.start().await;
    let tokens = service.register("ada").await;
    let other = service.log_in("ada").await;

    let arguments = [
        "user",
        "set-password",
        "--email",
        "ada@example.com",
        "--password-stdin",
    ];
    let weak = place.run_with_input(&arguments, "ada@example.com\n").await;
    assert_code(&weak, REFUSED, &["the password must"]);
    service.whoami(&tokens).await;
    let input = format!("{OTHER_PASSWORD}\r\n{SENTINEL}\n");
    let set = place.run_with_input(&arguments, &input).await;
    assert_succeeded(&set);
    assert!(set.stdout.ends_with("  ada@example.com\n"), "{set:?}");

    for tokens in [&tokens, &other] {
        let token = tokens["access_token"].as_str().unwrap();
        let ended = json_of(service.get("/users/me").bearer_auth(token), 401).await;
        assert_eq!(ended["error_code"], "SESSION_REVOKED");
        let body = json!({"refresh_token": tokens["refresh_token"]});
        json_of(service.post("/auth/refresh", &body), 401).await;
    }
    log_in(&service, "ada@example.com", PASSWORD, 401).await;
    log_in(&service, "ada@example.com", OTHER_PASSWORD, 200).await;

    let told = logs(&place, service).await;
    assert!(told.iter().any(|line| line["event"] == "password_set"));
    for line in told {
        for secret in [PASSWORD, OTHER_PASSWORD, SENTINEL, "$argon2"] {
            assert!(!line.to_string().contains(secret), "{secret} in {line}");
        }
    }
}

#[tokio::test]
async fn somebody_without_a_password_gets_one() {
    let place = Place::with_database().await;
    let service = place.start().await;
    let arguments = [
        "user",
        "create",
        "--email",
        "ada@example.com",
        "--no-password",
    ];
    run(&place, &arguments).await;
    log_in(&service, "ada@example.com", "", 401).await;
    let arguments = [
        "user",
        "set-password",
        "--email",
        "ada@example.com",
        "--password-stdin",
    ];
    assert_succeeded(&place.run_with_input(&arguments, PASSWORD).await);
    service.log_in("ada").await;
}

#[tokio::test]
async fn somebody_deactivated_is_out_at_once_and_comes_back_by_logging_in() {
    let place = Place::with_database().await;
    let service = place.start().await;
    let tokens = service.register("ada").await;
    let token = tokens["access_token"].as_str().unwrap();
    let whoami = || service.get("/users/me").bearer_auth(token);
    json_of(whoami(), 200).await;

    run(
        &place,
        &["user", "deactivate", "--email", "ada@example.com"],
    )
    .await;
    assert_eq!(
        json_of(whoami(), 401).await["error_code"],
        "SESSION_REVOKED"
    );
    let refused = log_in(&service, "ada@example.com", PASSWORD, 403).await;
    assert_eq!(refused["error_code"], "USER_INACTIVE");

    run(&place, &["user", "activate", "--email", "ada@example.com"]).await;
    assert_eq!(
        json_of(whoami(), 401).await["error_code"],
        "SESSION_REVOKED"
    );
    service.log_in("ada").await;
}

#[tokio::test]
async fn who_is_promoted_administers_from_the_next_request_on() {
    let place = Place::with_database().await;
    let service = place.start().await;
    create(&place, "root", &["--superuser"]).await;
    let tokens = service.register("ada").await;
    let token = tokens["access_token"].as_str().unwrap();
    let administer = || service.get("/admin/users").bearer_auth(token);
    json_of(administer(), 403).await;
    run(&place, &["user", "promote", "--email", "ada@example.com"]).await;
    json_of(administer(), 200).await;
    run(&place, &["user", "demote", "--email", "ada@example.com"]).await;
    json_of(administer(), 403).await;
}

#[tokio::test]
async fn what_commands_did_is_remembered_as_done_by_nobody_and_logged() {
    let place = Place::with_database().await;
    let service = place.start().await;
    let root = create(&place, "root", &["--superuser"]).await;
    let ada = create(&place, "ada", &[]).await;
    for command in [
        "promote",
        "promote",
        "demote",
        "deactivate",
        "activate",
        "show",
    ] {
        run(&place, &["user", command, "--username", "ada"]).await;
    }
    let arguments = [
        "user",
        "set-password",
        "--username",
        "ada",
        "--password-stdin",
    ];
    assert_succeeded(&place.run_with_input(&arguments, OTHER_PASSWORD).await);
    run(&place, &["user", "list"]).await;
    let imported = Uuid::now_v7();
    let twice = [
        // A superuser who is not made, because of the address.
        json!({"email": "ADA@example.com", "is_superuser": true, "id": imported}),
        json!({"email": "new@example.com", "is_superuser": true, "id": imported}),
    ];
    write(&place, "new.jsonl", format!("{}\n{}\n", twice[0], twice[1]));
    let import = place.run(&["users", "import", "new.jsonl"]).await;
    assert_eq!(import.code, Some(REFUSED), "{import:?}");
    run(&place, &["users", "export", "all.jsonl"]).await;
    run(&place, &["migrate", "status"]).await;

    let (root, ada) = (&root["id"], &ada["id"]);
    let expected = [
        ("user_created", root, &Value::Null),
        ("superuser_granted", root, &Value::Null),
        ("user_created", ada, &Value::Null),
        ("superuser_granted", ada, &Value::Null),
        ("superuser_revoked", ada, &Value::Null),
        ("user_deactivated", ada, &Value::Null),
        ("user_activated", ada, &Value::Null),
        ("password_set", ada, &Value::Null),
        ("users_imported", &Value::Null, &json!(1)),
        ("superuser_granted", &json!(imported), &Value::Null),
        ("users_exported", &Value::Null, &json!(3)),
    ];
    let administrator = token(&service, "root").await;
    let trail = get(&service, "/admin/audit-events", &administrator).await;
    let mut events = trail["items"].as_array().unwrap().clone();
    events.reverse();
    assert_eq!(events.pop().unwrap()["event"], "login_succeeded");
    for event in &events {
        for member in ["actor_id", "ip", "user_agent", "request_id"] {
            assert_eq!(event[member], Value::Null, "{member} of {event}");
        }
    }
    let found: BTreeSet<String> = events
        .iter()
        .map(|event| {
            format!(
                "{} {} {}",
                event["event"], event["subject_id"], event["details"]["count"]
            )
        })
        .collect();
    let wanted: BTreeSet<String> = expected
        .iter()
        .map(|(event, subject, count)| format!("{} {subject} {count}", json!(event)))
        .collect();
    assert_eq!(found, wanted);
    assert_eq!(events.len(), expected.len(), "{events:#?}");

    let told = logs(&place, service).await;
    for (event, subject, count) in expected {
        let lines = told.iter().filter(|line| {
            line["event"] == event && line["subject_id"] == *subject && line["count"] == *count
        });
        assert_eq!(lines.count(), 1, "{event} in {told:#?}");
    }
}

#[tokio::test]
async fn in_production_accounts_wait_for_the_migrations() {
    let place = Place::with_database().await.with("ENVIRONMENT", "prod");
    let create = ["user", "create", "--email", "a@b.example", "--no-password"];
    for command in [
        &create[..],
        &["user", "list"],
        &["users", "import", "-"],
        &["users", "export", "-"],
    ] {
        let finished = place.run(command).await;
        assert_code(&finished, FAILED, &["pending", "`countersign migrate up`"]);
    }
    run(&place, &["migrate", "up"]).await;
    run(&place, &create).await;
    assert_eq!(accounts(&place).await, 1);
}

// All commands.

#[tokio::test]
async fn every_command_explains_itself_and_each_of_its_options() {
    fn walk(command: &clap::Command, path: &[String], found: &mut Vec<(Vec<String>, String)>) {
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(!about.is_empty(), "{path:?} does not say what it is for");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|help| !help.is_empty()),
                "{path:?}: {argument}"
            );
        }
        found.push((path.to_vec(), about));
        for inner in command.get_subcommands() {
            walk(
                inner,
                &[path, &[inner.get_name().to_owned()]].concat(),
                found,
            );
        }
    }
    let mut found = Vec::new();
    walk(&Cli::command(), &[], &mut found);
    assert!(found.len() > 20, "{found:#?}");

    let place = Place::bare();
    for (path, about) in found {
        for option in ["--help", "-h"] {
            let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
            arguments.push(option);
            let help = run(&place, &arguments).await;
            assert!(help.starts_with(&about), "{arguments:?}: {help}");
            assert!(help.contains("Usage: countersign"), "{arguments:?}: {help}");
        }
    }
    assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn every_shell_completes_every_command() {
    let place = Place::bare();
    for shell in Shell::value_variants() {
        let script = run(&place, &["completions", &shell.to_string()]).await;
        for command in Cli::command().get_subcommands() {
            for inner in [command].into_iter().chain(command.get_subcommands()) {
                let name = inner.get_name();
                assert!(script.contains(name), "no {name} for {shell}");
            }
        }
        assert!(script.contains("skip-existing"), "{shell}");
    }
    assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn programs_are_told_in_json() {
    let place = Place::with_database()
        .await
        .with("JWT_SECRET_KEY", crate::support::SECRET)
        .with("ADMIN_EMAIL", "root@example.com")
        .with("ADMIN_PASSWORD", PASSWORD);
    let config = run_json(&place, &["config"]).await;
    assert_eq!(config["server"]["listen"], "127.0.0.1:0");
    assert_eq!(config["admin"]["email"], "root@example.com");
    for secret in [crate::support::SECRET, PASSWORD] {
        assert!(!config.to_string().contains(secret), "{config}");
    }

    let pending = place.run(&["migrate", "status", "--json"]).await;
    assert_eq!(pending.code, Some(FAILED));
    let is_applied = |status: &Value| -> BTreeSet<bool> {
        let migrations = status["migrations"].as_array().unwrap();
        assert!(
            migrations
                .iter()
                .all(|migration| migration["name"].is_string())
        );
        migrations
            .iter()
            .map(|migration| migration["applied"].as_bool().unwrap())
            .collect()
    };
    assert_eq!(is_applied(&json(&pending.stdout)), [false].into());
    assert_eq!(
        is_applied(&run_json(&place, &["migrate", "up"]).await),
        [true].into()
    );
    assert_eq!(
        is_applied(&run_json(&place, &["migrate", "status"]).await),
        [true].into()
    );

    let service = place.start().await;
    let health = format!("{}/health", service.url());
    assert_eq!(
        run_json(&place, &["health", &health]).await,
        json!({"status": "ok"})
    );
    let document = json(&run(&place, &["openapi", "--json"]).await);
    assert!(document["openapi"].is_string());
}

// Many accounts.

/// A hash that another system made, and of which password: the first of the test data that begins so.
fn foreign(file: &str, start: &str) -> (String, String) {
    let hashes = json(file);
    let text = |hash: &Value, member: &str| hash[member].as_str().unwrap().to_owned();
    let mut hashes = hashes.as_array().unwrap().iter();
    let found = hashes
        .find(|hash| text(hash, "hash").starts_with(start))
        .unwrap();
    (text(found, "hash"), text(found, "password"))
}

/// Refusals as a person is told of them.
fn told(refusals: &[(usize, &str)], lines: usize) -> String {
    let told = refusals
        .iter()
        .map(|(line, reason)| format!("line {line}: {reason}\n"));
    let count = refusals.len();
    let end = format!("countersign: {count} of {lines} lines were refused\n");
    told.chain([end]).collect()
}

/// A line with an address and one member more.
fn line_with(name: &str, member: &str, value: Value) -> String {
    let mut line = json!({"email": format!("{name}@example.com")});
    line[member] = value;
    format!("{line}\n")
}

#[tokio::test]
async fn an_export_is_the_same_accounts_in_another_database() {
    let old = Place::with_database().await;
    let service = old.start().await;
    create(&old, "root", &["--superuser"]).await;
    create(&old, "ada", &[]).await;
    create(&old, "bob", &[]).await;
    run(&old, &["user", "deactivate", "--username", "bob"]).await;
    let (hash, password) = foreign(include_str!("data/foreign_hashes/node.json"), "$2b$");
    let moved = json!({"email": "moved@example.com", "password_hash": hash, "email_verified": true,
        "created_at": "2019-05-03T10:00:00.123+02:00"});
    write(&old, "moved.jsonl", moved.to_string());
    run(&old, &["users", "import", "moved.jsonl"]).await;
    service.log_in("ada").await;
    service.kill();

    let exported = run(&old, &["users", "export", "all.jsonl"]).await;
    assert_eq!(exported, "4 exported to all.jsonl\n");
    assert_eq!(mode(&old.folder().join("all.jsonl")), 0o600);
    let file = read(&old, "all.jsonl");
    let again = old.run(&["users", "export", "all.jsonl"]).await;
    assert_code(&again, FAILED, &["all.jsonl"]);
    assert_eq!(read(&old, "all.jsonl"), file, "it is not written over");
    assert_eq!(run(&old, &["users", "export", "-"]).await, file);
    let told = run_json(&old, &["users", "export", "more.jsonl"]).await;
    assert_eq!(told, json!({"exported": 4, "file": "more.jsonl"}));

    let new = Place::with_database().await;
    let imported = new.run_with_input(&["users", "import", "-"], &file).await;
    assert_succeeded(&imported);
    assert_eq!(imported.stdout, "4 imported, 0 there already, 0 refused\n");
    for name in ["root", "ada", "bob", "moved"] {
        let email = format!("{name}@example.com");
        let show = ["user", "show", "--email", &email];
        let mut was = run_json(&old, &show).await;
        let mut is = run_json(&new, &show).await;
        for account in [&mut was, &mut is] {
            account["updated_at"] = Value::Null;
            account["last_login"] = Value::Null;
        }
        assert_eq!(was, is);
    }
    assert_eq!(run(&new, &["users", "export", "-"]).await, file);

    let service = new.start().await;
    let root = token(&service, "root").await;
    get(&service, "/admin/users", &root).await;
    service.log_in("ada").await;
    log_in(&service, "bob@example.com", PASSWORD, 403).await;
    let moved = log_in(&service, "moved@example.com", &password, 200).await;
    assert_eq!(moved["user"]["created_at"], "2019-05-03T08:00:00.123Z");
    assert_eq!(moved["user"]["email_verified"], true);
}

#[tokio::test]
async fn who_moves_in_logs_in_and_leaves_the_old_hash_behind() {
    let place = Place::with_database().await;
    let service = place.start().await;
    let node = include_str!("data/foreign_hashes/node.json");
    let php = include_str!("data/foreign_hashes/php.json");
    let python = include_str!("data/foreign_hashes/python.json");
    let people = [
        ("node", foreign(node, "$2b$")),
        ("php", foreign(php, "$2y$")),
        ("django", foreign(python, "pbkdf2_sha256$")),
        ("scrypt", foreign(python, "scrypt$")),
    ];
    let file: String = people
        .iter()
        .map(|(name, (hash, _))| line_with(name, "password_hash", json!(hash)))
        .collect();
    let imported = place.run_with_input(&["users", "import", "-"], &file).await;
    assert_succeeded(&imported);

    let export = ["users", "export", "-"];
    for (name, _) in &people {
        let email = format!("{name}@example.com");
        log_in(&service, &email, "not the password", 401).await;
    }
    let exported = run(&place, &export).await;
    for (name, (hash, password)) in &people {
        assert!(exported.contains(hash), "{name}");
        let email = format!("{name}@example.com");
        log_in(&service, &email, password, 200).await;
        log_in(&service, &email, password, 200).await;
    }
    for line in run(&place, &export).await.lines() {
        let line = json(line);
        let hash = line["password_hash"].as_str().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{line}");
    }
}

/// Lines that are refused, with a secret in every member, and why; for hashes, how that begins.
fn bad_lines() -> Vec<(Vec<u8>, &'static str)> {
    let with = |member, value: &str| line_with("bad", member, json!(value)).trim().to_owned();
    let name_as_address = format!("{SENTINEL}@example.com");
    let hash = format!("$2b$04${SENTINEL}");
    let long = SENTINEL.repeat(10_000);
    let mut bad: Vec<(Vec<u8>, &str)> = [
        (SENTINEL.to_owned(), "is no JSON object"),
        (format!("{{\"email\": \"{SENTINEL}"), "is no JSON object"),
        (
            json!({"username": SENTINEL}).to_string(),
            "email: is required",
        ),
        (
            json!({"email": SENTINEL}).to_string(),
            "email: must be an e-mail address",
        ),
        (
            with("username", &name_as_address),
            "username: must have only letters a to z, digits, `_`, `.` and `-`",
        ),
        (with("password_hash", SENTINEL), "password_hash: "),
        (with("password_hash", &hash), "password_hash: "),
        (
            with("is_active", SENTINEL),
            "is_active: is not of the right type",
        ),
        (
            with("is_superuser", SENTINEL),
            "is_superuser: is not of the right type",
        ),
        (
            with("email_verified", SENTINEL),
            "email_verified: is not of the right type",
        ),
        (
            with("created_at", SENTINEL),
            "created_at: must be a time such as 2026-01-31T10:30:45.123Z",
        ),
        (with("id", SENTINEL), "id: is not of the right type"),
        (with("password", SENTINEL), "password: is not known"),
        (with("username", &long), "has more than 65536 bytes"),
    ]
    .map(|(line, reason)| (line.into_bytes(), reason))
    .into();
    bad.push((b"{\"email\": \"s3ntinel\xff\"}".to_vec(), "is not in UTF-8"));
    bad
}

#[tokio::test]
async fn bad_lines_are_named_and_not_repeated_and_the_good_ones_imported() {
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__LOG__LEVEL", "trace");
    // A blank line and a good one before each, ended as other systems do.
    let mut file = "\u{feff}".as_bytes().to_vec();
    let mut expected = Vec::new();
    for (index, (line, reason)) in bad_lines().into_iter().enumerate() {
        let good = json!({"email": format!("good-{index}@example.com")});
        file.extend_from_slice(format!(" \t\r\n{good}\r\n").as_bytes());
        file.extend_from_slice(&line);
        file.push(b'\n');
        expected.push((3 * index + 3, reason));
    }
    file.extend_from_slice(br#"{"email": "last@example.com"}"#);
    write(&place, "mixed.jsonl", file);

    let import = ["users", "import", "mixed.jsonl"];
    let tried = place.run(&[&import[..], &["--dry-run"]].concat()).await;
    assert_eq!(tried.code, Some(REFUSED), "{tried:?}");
    assert_eq!(
        tried.stdout,
        "16 would be imported, 0 there already, 15 refused\n"
    );
    assert_eq!(accounts(&place).await, 0);

    let finished = place.run(&import).await;
    assert_eq!(finished.code, Some(REFUSED), "{finished:?}");
    assert_eq!(
        finished.stdout,
        "16 imported, 0 there already, 15 refused\n"
    );
    assert_eq!(finished.stderr, tried.stderr);
    let mut complaints = finished.stderr.lines();
    for (line, reason) in &expected {
        let expected = format!("line {line}: {reason}");
        let complaint = complaints.next().unwrap();
        // What is wrong with a hash is said by what knows hashes.
        let is_told =
            complaint == expected || (reason.ends_with(": ") && complaint.starts_with(&expected));
        assert!(is_told, "{complaint} instead of {expected}");
    }
    let rest: Vec<&str> = complaints.collect();
    assert_eq!(rest, ["countersign: 15 of 31 lines were refused"]);
    assert_eq!(accounts(&place).await, 16);

    let again = place
        .run(&[&import[..], &["--skip-existing", "--json"]].concat())
        .await;
    assert_eq!(again.code, Some(REFUSED), "{again:?}");
    assert_eq!(again.stderr.lines().count(), 1, "{again:?}");
    let mut objects: Vec<Value> = again.stdout.lines().map(json).collect();
    assert_eq!(
        objects.pop().unwrap(),
        json!({"lines": 31, "imported": 0, "importable": 0, "skipped": 16, "refused": 15})
    );
    assert_eq!(objects.len(), expected.len());
    for (object, (line, reason)) in objects.iter().zip(&expected) {
        assert_eq!(object["line"], *line);
        assert!(
            object["reason"].as_str().unwrap().starts_with(reason),
            "{object}"
        );
    }

    let logged = log_files(&place.folder().join("logs")).join("\n");
    assert!(logged.contains("users_imported"));
    for text in [&finished.stdout, &finished.stderr, &again.stdout, &logged] {
        assert!(!text.contains(SENTINEL), "{text}");
    }
}

#[tokio::test]
async fn all_or_nothing_is_nothing_where_one_line_is_bad() {
    let place = Place::with_database().await;
    let good = lines("good", 2 * BATCH + 1);
    write(&place, "bad.jsonl", format!("{good}{{}}\n"));
    write(&place, "good.jsonl", &good);

    let import = |file: &'static str| ["users", "import", file, "--all-or-nothing"];
    let refused = place.run(&import("bad.jsonl")).await;
    assert_eq!(refused.code, Some(REFUSED), "{refused:?}");
    assert_eq!(
        refused.stdout,
        "1001 could be imported, but none were, 0 there already, 1 refused\n"
    );
    assert_eq!(refused.stderr, told(&[(1002, "email: is required")], 1002));
    let in_json = place
        .run(&[&import("bad.jsonl")[..], &["--json"]].concat())
        .await;
    assert_eq!(in_json.code, Some(REFUSED), "{in_json:?}");
    assert_eq!(
        json(in_json.stdout.lines().last().unwrap()),
        json!({"lines": 1002, "imported": 0, "importable": 1001, "skipped": 0, "refused": 1})
    );
    assert_eq!(accounts(&place).await, 0);

    let tried = run(
        &place,
        &[&import("good.jsonl")[..], &["--dry-run"]].concat(),
    )
    .await;
    assert_eq!(
        tried,
        "1001 would be imported, 0 there already, 0 refused\n"
    );
    assert_eq!(accounts(&place).await, 0);
    assert_eq!(number(&place, "SELECT count(*) FROM audit_events").await, 0);

    let imported = run(&place, &import("good.jsonl")).await;
    assert_eq!(imported, "1001 imported, 0 there already, 0 refused\n");
    assert_eq!(accounts(&place).await, 1001);
}

#[tokio::test]
async fn an_id_an_address_and_a_name_belong_to_one_account() {
    const REASONS: [&str; 3] = [
        "email: is taken already",
        "username: is taken already",
        "id: is taken already",
    ];

    let place = Place::with_database().await;
    let there = create(&place, "There", &[]).await;
    let (first, second) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let again = [
        line_with("FIRST", "is_active", json!(true)),
        line_with("x1", "username", json!("fIRST")),
        line_with("x2", "id", json!(first)),
        line_with("tHERE", "is_active", json!(true)),
        line_with("x3", "username", json!("tHERE")),
        line_with("x4", "id", there["id"].clone()),
    ]
    .concat();
    let first_line = json!({"email": "first@example.com", "username": "first", "id": first});
    let file = [
        format!("{first_line}\n"),
        again.clone(),
        // Of two lines with one id, the one whose address is free has it.
        line_with("there", "id", json!(second)),
        line_with("second", "id", json!(second)),
        lines("filler", BATCH),
        again,
        line_with("last", "username", json!("last")),
    ]
    .concat();
    let mut expected = Vec::new();
    for from in [2, 10 + BATCH] {
        expected.extend((0..6).map(|index| (from + index, REASONS[index % 3])));
    }
    expected.insert(6, (8, REASONS[0]));

    write(&place, "twice.jsonl", file);
    let finished = place.run(&["users", "import", "twice.jsonl"]).await;
    assert_eq!(finished.code, Some(REFUSED));
    assert_eq!(finished.stderr, told(&expected, 16 + BATCH));
    assert_eq!(
        finished.stdout,
        "503 imported, 0 there already, 13 refused\n"
    );
    assert_eq!(accounts(&place).await, 504);
    for (selector, value, email) in [
        ("--id", first.as_str(), "first@example.com"),
        ("--id", &second, "second@example.com"),
        ("--username", "first", "first@example.com"),
        ("--username", "there", "There@example.com"),
        ("--username", "last", "last@example.com"),
    ] {
        let found = run_json(&place, &["user", "show", selector, value]).await;
        assert_eq!(found["email"], email);
    }
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_where_it_stopped() {
    const LINES: usize = 20_000;

    let place = Place::with_database().await;
    run(&place, &["migrate", "up"]).await;
    let file = lines("user", LINES);
    let import = place.begin(&["users", "import", "-"]);
    import.write_on(file.clone());
    let deadline = Instant::now() + PATIENCE;
    while accounts(&place).await == 0 {
        assert!(Instant::now() < deadline, "nothing is imported");
    }
    import.kill();
    let before = usize::try_from(accounts(&place).await).unwrap();
    assert_eq!(before % BATCH, 0, "half a batch is there");
    let batches = "SELECT count(*) FROM audit_events WHERE event = 'users_imported'";
    let batches = usize::try_from(number(&place, batches).await).unwrap();
    assert_eq!(batches, before / BATCH);

    write(&place, "users.jsonl", file);
    let again = ["users", "import", "users.jsonl", "--skip-existing"];
    let rest = LINES - before;
    assert_eq!(
        run(&place, &again).await,
        format!("{rest} imported, {before} there already, 0 refused\n")
    );
    let distinct = "SELECT count(DISTINCT lower(email)) FROM users";
    for count in [accounts(&place).await, number(&place, distinct).await] {
        assert_eq!(usize::try_from(count).unwrap(), LINES);
    }
}

#[tokio::test]
async fn accounts_that_moved_in_are_listed_by_their_own_age() {
    let place = Place::with_database().await;
    let service = place.start().await;
    create(&place, "root", &["--superuser"]).await;
    let file: String = ["2021", "1970", "2024", "2019", "2020"]
        .map(|year| line_with(year, "created_at", json!(format!("{year}-03-01T00:00:00Z"))))
        .concat();
    let imported = place.run_with_input(&["users", "import", "-"], &file).await;
    assert_succeeded(&imported);
    let root = token(&service, "root").await;
    let listed = get(&service, "/admin/users", &root).await;
    let items = listed["items"].as_array().unwrap();
    let emails: Vec<&str> = items
        .iter()
        .map(|user| user["email"].as_str().unwrap())
        .collect();
    let expected = ["root", "2024", "2021", "2020", "2019", "1970"];
    assert_eq!(emails, expected.map(|name| format!("{name}@example.com")));
}

#[tokio::test]
async fn a_file_that_cannot_be_read_or_written_is_one_line() {
    let place = Place::with_database().await;
    let nowhere = place.run(&["users", "import", "nowhere.jsonl"]).await;
    assert_code(&nowhere, FAILED, &["nowhere.jsonl"]);
    let folder = place.run(&["users", "import", "."]).await;
    assert_code(&folder, FAILED, &["stopped before line 1"]);
    let nowhere = place.run(&["users", "export", "nowhere/all.jsonl"]).await;
    assert_code(&nowhere, FAILED, &["nowhere/all.jsonl"]);
}

#[tokio::test]
async fn a_file_without_accounts_imports_none() {
    let place = Place::with_database().await;
    for nothing in ["", "\n\r\n \n", "\u{feff}"] {
        let finished = place
            .run_with_input(&["users", "import", "-"], nothing)
            .await;
        assert_succeeded(&finished);
        assert_eq!(finished.stdout, "0 imported, 0 there already, 0 refused\n");
    }
    assert_eq!(run(&place, &["users", "export", "-"]).await, "");
}

#[tokio::test]
async fn people_log_in_while_others_are_imported() {
    let place = Place::with_database()
        .await
        .with("COUNTERSIGN__RATE_LIMIT__ENABLED", "false");
    let service = place.start().await;
    service.register("ada").await;
    write(&place, "users.jsonl", lines("user", 20 * BATCH));
    let import = place.run(&["users", "import", "users.jsonl"]);
    tokio::pin!(import);
    let mut logins = 0;
    let finished = loop {
        tokio::select! {
            finished = &mut import => break finished,
            _ = service.log_in("ada") => logins += 1,
        }
    };
    assert_succeeded(&finished);
    assert!(logins >= 1, "nobody could log in meanwhile");
    assert_eq!(accounts(&place).await, 10_001);
}

// Keys.

#[tokio::test]
async fn a_key_that_was_made_signs_and_is_published_by_the_name_that_was_told() {
    for (algorithm, arguments) in [
        ("EdDSA", vec!["keys", "generate"]),
        ("ES256", vec!["keys", "generate", "--algorithm", "ES256"]),
        ("RS256", vec!["keys", "generate", "--algorithm", "RS256"]),
    ] {
        let place = Place::with_database().await;
        let to_file = [&arguments[..], &["--out", "new.pem"]].concat();
        let told = run(&place, &to_file).await;
        let kid = json!(told.strip_suffix("  new.pem\n").unwrap());
        assert_eq!(mode(&place.folder().join("new.pem")), 0o600);
        let pem = read(&place, "new.pem");
        assert!(
            pem.starts_with("-----BEGIN PRIVATE KEY-----\n"),
            "{algorithm}"
        );

        let again = place.run(&to_file).await;
        assert_code(&again, FAILED, &["new.pem"]);
        assert_eq!(read(&place, "new.pem"), pem, "it is not written over");

        let piped = run_json(&place, &arguments).await;
        assert_eq!(piped["algorithm"], algorithm);
        assert_ne!(piped["kid"], kid, "another key each time");
        write(&place, "piped.pem", piped["pem"].as_str().unwrap());

        let place = place.with("COUNTERSIGN__TOKENS__KEYS", "new.pem,piped.pem");
        let service = place.start().await;
        let published = json_of(service.get("/.well-known/jwks.json"), 200).await;
        let keys = published["keys"].as_array().unwrap();
        let listed: Vec<_> = keys.iter().map(|key| (&key["kid"], &key["alg"])).collect();
        let expected = [&kid, &piped["kid"]].map(|kid| (kid, &piped["algorithm"]));
        assert_eq!(listed, expected);
        let tokens = service.register("ada").await;
        service.whoami(&tokens).await;
    }
}

#[tokio::test]
async fn making_a_key_needs_nothing_but_a_place_for_it() {
    let place = Place::bare().with("DATABASE_URL", "no address of anything");
    let pem = run(&place, &["keys", "generate"]).await;
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert!(pem.ends_with("-----END PRIVATE KEY-----\n"));
    let told = run_json(&place, &["keys", "generate", "--out", "new.pem"]).await;
    assert_eq!(told["file"], "new.pem");
    assert_eq!(told["algorithm"], "EdDSA");
    assert!(told["kid"].as_str().is_some_and(|kid| kid.len() > 20));
    assert_eq!(told["pem"], Value::Null, "it is in the file only");
    let nowhere = place
        .run(&["keys", "generate", "--out", "nowhere/new.pem"])
        .await;
    assert_code(&nowhere, FAILED, &["nowhere/new.pem"]);
    assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 1);
}

// The first superuser.

/// A place whose first start makes `root@example.com` a superuser.
async fn with_first_superuser() -> Place {
    Place::with_database()
        .await
        .with("COUNTERSIGN__LOG__LEVEL", "trace")
        .with("ADMIN_EMAIL", "root@example.com")
        .with("ADMIN_PASSWORD", PASSWORD)
}

#[tokio::test]
async fn the_first_start_makes_the_superuser_and_later_ones_leave_it_alone() {
    let place = with_first_superuser().await;
    let service = place.start().await;
    let tokens = service.log_in("root").await;
    assert_eq!(tokens["user"]["is_superuser"], true);
    let root = tokens["access_token"].as_str().unwrap();
    let trail = get(&service, "/admin/audit-events", root).await;
    let first: Vec<_> = trail["items"]
        .as_array()
        .unwrap()
        .iter()
        .rev()
        .take(2)
        .collect();
    let names: BTreeSet<_> = first
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["superuser_granted", "user_created"].into());
    assert!(first.iter().all(|event| event["actor_id"].is_null()));
    let mut told = logs(&place, service).await;

    // Neither another password nor another address, nor one that would be too weak.
    for (email, password) in [
        ("root@example.com", OTHER_PASSWORD),
        ("other@example.com", OTHER_PASSWORD),
        ("root@example.com", "short"),
    ] {
        let place = Place::bare()
            .with("DATABASE_URL", place.database().url())
            .with("ADMIN_EMAIL", email)
            .with("ADMIN_PASSWORD", password);
        let service = place.start().await;
        service.log_in("root").await;
        log_in(&service, email, password, 401).await;
        told.extend(logs(&place, service).await);
    }
    assert_eq!(accounts(&place).await, 1);
    for line in told {
        for secret in [PASSWORD, OTHER_PASSWORD, "$argon2"] {
            assert!(!line.to_string().contains(secret), "{secret} in {line}");
        }
    }
}

#[tokio::test]
async fn the_password_of_the_first_superuser_may_be_in_a_file() {
    let place = with_first_superuser()
        .await
        .without("ADMIN_PASSWORD")
        .with("ADMIN_PASSWORD_FILE", "password.txt");
    write(&place, "password.txt", format!("{PASSWORD}\n"));
    let service = place.start().await;
    assert_eq!(service.log_in("root").await["user"]["is_superuser"], true);
}

#[tokio::test]
async fn a_first_superuser_who_cannot_be_made_stops_the_start() {
    let place = with_first_superuser()
        .await
        .with("ADMIN_PASSWORD", "s3ntine");
    let weak = place.run(&[]).await;
    assert_refused(&weak, &["ADMIN_PASSWORD must have at least 8 characters"]);
    assert!(!weak.stderr.contains("s3ntine"), "{weak:?}");
    assert!(!weak.stdout.contains("s3ntine"), "{weak:?}");
    assert_eq!(accounts(&place).await, 0);

    let place = place.with("ADMIN_PASSWORD", "root@example.com");
    assert_refused(&place.run(&[]).await, &["ADMIN_PASSWORD must not"]);
    let place = place
        .with("ADMIN_PASSWORD", PASSWORD)
        .with("ADMIN_EMAIL", "root");
    assert_refused(
        &place.run(&[]).await,
        &["admin.email", "must be an e-mail address"],
    );
    let place = place.without("ADMIN_EMAIL");
    let alone = place.run(&[]).await;
    assert_refused(&alone, &["admin.email", "is needed with admin.password"]);
    assert!(!alone.stderr.contains(PASSWORD), "{alone:?}");
    let place = place
        .without("ADMIN_PASSWORD")
        .with("ADMIN_EMAIL", "root@example.com");
    assert_refused(
        &place.run(&[]).await,
        &["admin.password", "is needed with admin.email"],
    );
}

#[tokio::test]
async fn an_account_that_exists_is_not_given_to_the_password_of_the_configuration() {
    let place = with_first_superuser()
        .await
        .without("ADMIN_EMAIL")
        .without("ADMIN_PASSWORD");
    let service = place.start().await;
    service.register("root").await;
    service.kill();
    let place = place
        .with("ADMIN_EMAIL", "ROOT@example.com")
        .with("ADMIN_PASSWORD", OTHER_PASSWORD);
    let service = place.start().await;
    assert_eq!(service.log_in("root").await["user"]["is_superuser"], false);
    log_in(&service, "root@example.com", OTHER_PASSWORD, 401).await;
    let is_warning = |line: &Value| {
        let message = line["message"].as_str().unwrap();
        line["level"] == "WARN" && message.contains("`countersign user promote`")
    };
    let warnings = service
        .lines()
        .iter()
        .filter(|line| is_warning(&json(line)))
        .count();
    assert_eq!(warnings, 1, "{:#?}", service.lines());

    run(&place, &["user", "promote", "--email", "root@example.com"]).await;
    assert_eq!(service.log_in("root").await["user"]["is_superuser"], true);
    service.kill();
    let service = place.start().await;
    assert!(!service.lines().iter().any(|line| is_warning(&json(line))));
}

#[tokio::test]
async fn of_instances_that_start_at_once_one_makes_the_superuser() {
    const INSTANCES: usize = 4;

    let place = with_first_superuser().await;
    let services: Vec<Service> = join_all((0..INSTANCES).map(|_| place.start())).await;
    for service in &services {
        assert_eq!(service.log_in("root").await["user"]["is_superuser"], true);
        for line in service.lines() {
            assert!(!line.contains("user promote"), "{line}");
            assert!(!line.contains(PASSWORD), "{line}");
        }
    }
    assert_eq!(accounts(&place).await, 1);
    let created = "SELECT count(*) FROM audit_events WHERE event = 'user_created'";
    assert_eq!(number(&place, created).await, 1);
}

#[tokio::test]
async fn a_command_in_the_wrong_folder_says_so_and_makes_nothing() {
    let place = Place::bare();
    for arguments in [
        &["user", "list"][..],
        &["user", "show", "--username", "ada"],
        &["user", "promote", "--username", "ada"],
        &["users", "export", "all.jsonl"],
        &["migrate", "down"],
    ] {
        let refused = place.run(arguments).await;
        assert_refused(&refused, &["no database at", "data/countersign.db"]);
        assert_eq!(refused.code, Some(1));
        assert!(!place.folder().join("data").exists(), "{arguments:?}");
    }
}

/// A writer that takes nothing, as a disk that is full.
struct Full;

impl std::io::Write for Full {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn an_export_that_breaks_off_is_told_of_all_the_same() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let transfer = Transfer::new(app.store().clone(), app.clock.clone());
    assert!(transfer.export(Full, |_| {}).await.is_err());
    let path = "/admin/audit-events?event=users_exported";
    let events = app.get(path).bearer(&root).send().await.json();
    assert_eq!(events["items"][0]["details"], json!({"count": 1}));
}
