//! The commands as an operator gives them: beside a running service, on its database, from scripts.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;
use countersign::cli::Cli;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::process::{
    Finished, Place, Service, assert_refused, assert_succeeded, json_of, log_files,
};
use crate::support::{PASSWORD, PATIENCE};

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
            // Nothing is left to do.
            assert_eq!(run_json(&place, &arguments).await, shown, "{arguments:?}");
            assert_eq!(get(&service, &path, &root).await, shown, "{arguments:?}");
            let show = [&["user", "show"], &selector[..]].concat();
            assert_eq!(run_json(&place, &show).await, shown);
        }
        let show = [&["user", "show"], &selector[..]].concat();
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
        assert_eq!(listed, json!({"items": served["items"]}), "{options:?}");

        let text = run(&place, &arguments).await;
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
    for command in [
        "show",
        "activate",
        "deactivate",
        "promote",
        "demote",
        "set-password",
    ] {
        for selector in [
            ["--email", "nobody@example.com"],
            ["--username", "nobody"],
            ["--id", &nobody],
            // What no account can have.
            ["--email", "no address"],
        ] {
            let arguments = [&["user", command], &selector[..]].concat();
            let finished = place.run_with_input(&arguments, PASSWORD).await;
            assert_code(&finished, NOT_FOUND, &["no such account"]);
        }
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
    write(&place, "two.jsonl", lines("new", 2));
    run(&place, &["users", "import", "two.jsonl"]).await;
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
        ("users_imported", &Value::Null, &json!(2)),
        ("users_exported", &Value::Null, &json!(4)),
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
