//! The schema: made, taken back, and made by several at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign::config::{Config, Synchronous};
use countersign::model::{Clock, Device, Email, Session, User, UserId};
use countersign::resilience::breaker::Breakers;
use countersign::store::{MigrationState, Store};
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement, TransactionTrait};
use serde_json::json;

use crate::support::database::{TestDatabase, postgres};
use crate::support::{PASSWORD, TestApp, test_config};

/// The table in which applied migrations are noted; it stays when all are reverted.
const LEDGER: &str = "seaql_migrations";
const TABLES: [&str; 8] = [
    "address_limits",
    "audit_events",
    "email_tokens",
    "known_devices",
    "login_throttles",
    "mail_outbox",
    "sessions",
    "users",
];
const INDEXES: [&str; 19] = [
    "audit_events_actor_id_idx",
    "audit_events_event_idx",
    "audit_events_subject_id_idx",
    "email_tokens_email_idx",
    "email_tokens_expires_at_idx",
    "email_tokens_token_hash_key",
    "email_tokens_user_id_idx",
    "known_devices_last_seen_at_idx",
    "known_devices_user_id_idx",
    "login_throttles_last_failure_at_idx",
    "mail_outbox_due_idx",
    "mail_outbox_state_idx",
    "sessions_expires_on_idx",
    "sessions_user_id_idx",
    "users_email_beginning_idx",
    "users_email_key",
    "users_is_active_idx",
    "users_username_beginning_idx",
    "users_username_key",
];

async fn open(config: &Config) -> Store {
    let breakers = Arc::new(Breakers::new(&config.breaker, &Clock::default()));
    Store::open(&config.database, breakers).await.unwrap()
}

async fn texts(connection: &DatabaseConnection, query: &str) -> BTreeSet<String> {
    let query = Statement::from_string(connection.get_database_backend(), query);
    let rows = connection.query_all_raw(query).await.unwrap();
    rows.iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect()
}

async fn count(connection: &DatabaseConnection, table: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {table}");
    let query = Statement::from_string(connection.get_database_backend(), query);
    let row = connection.query_one_raw(query).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// All tables but the ledger.
async fn tables(database: &TestDatabase) -> BTreeSet<String> {
    let connection = database.connect().await;
    let query = if postgres().is_some() {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    let mut tables = texts(&connection, query).await;
    connection.close().await.unwrap();
    tables.remove(LEDGER);
    tables
}

/// All indexes but those that a primary key brings along.
async fn indexes(database: &TestDatabase) -> BTreeSet<String> {
    let connection = database.connect().await;
    let query = if postgres().is_some() {
        "SELECT indexname::text FROM pg_indexes \
         WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'"
    };
    let indexes = texts(&connection, query).await;
    connection.close().await.unwrap();
    indexes
}

fn names(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

fn applied(migrations: &[MigrationState]) -> Vec<bool> {
    migrations
        .iter()
        .map(|migration| migration.applied)
        .collect()
}

#[tokio::test]
async fn migrating_makes_the_tables_and_their_indexes() {
    let database = TestDatabase::create().await;
    let store = open(&test_config(&database)).await;
    assert_eq!(tables(&database).await, names(&[]));
    store.migrate_up().await.unwrap();
    assert_eq!(tables(&database).await, names(&TABLES));
    assert_eq!(indexes(&database).await, names(&INDEXES));
}

#[tokio::test]
async fn everything_can_be_taken_back_and_made_again() {
    let database = TestDatabase::create().await;
    let store = open(&test_config(&database)).await;
    for _ in 0..2 {
        store.migrate_up().await.unwrap();
        let steps = store.migrations().await.unwrap().len();
        for left in (0..steps).rev() {
            store.migrate_down(1).await.unwrap();
            let states = applied(&store.migrations().await.unwrap());
            let expected: Vec<bool> = (0..steps).map(|step| step < left).collect();
            assert_eq!(states, expected, "the newest is reverted first");
        }
        assert_eq!(tables(&database).await, names(&[]));
        let connection = database.connect().await;
        assert_eq!(count(&connection, LEDGER).await, 0);
        connection.close().await.unwrap();
    }
    store.migrate_down(u32::MAX).await.unwrap();
    store.migrate_up().await.unwrap();
    assert_eq!(tables(&database).await, names(&TABLES));
    assert_eq!(indexes(&database).await, names(&INDEXES));
}

#[tokio::test]
async fn asking_for_the_state_of_the_schema_changes_nothing() {
    let database = TestDatabase::create().await;
    let store = open(&test_config(&database)).await;
    let migrations = store.migrations().await.unwrap();
    assert!(migrations.len() >= 2, "{migrations:?}");
    assert!(applied(&migrations).iter().all(|applied| !applied));
    assert!(
        migrations.is_sorted_by(|a, b| a.name < b.name),
        "{migrations:?}"
    );
    let connection = database.connect().await;
    let ledger = format!("SELECT 1 FROM {LEDGER}");
    assert!(
        connection.execute_unprepared(&ledger).await.is_err(),
        "the ledger was made"
    );
    connection.close().await.unwrap();

    store.migrate_up().await.unwrap();
    let after = store.migrations().await.unwrap();
    assert!(applied(&after).iter().all(|applied| *applied));
}

#[tokio::test]
async fn migrating_a_database_that_is_up_to_date_keeps_its_data() {
    let app = TestApp::start().await;
    let member = app.register("ada").await;
    app.store().migrate_up().await.unwrap();
    app.log_in("ada").await;
    let answer = app.get("/users/me").bearer(&member).send().await;
    answer.assert_status(200);
}

#[tokio::test]
async fn several_can_migrate_one_empty_database_at_once() {
    const INSTANCES: usize = 8;

    let database = TestDatabase::create().await;
    let config = test_config(&database);
    let instances = (0..INSTANCES).map(|_| {
        let config = config.clone();
        // Tasks, so that they are on several threads where there are any.
        tokio::spawn(async move {
            let store = open(&config).await;
            store.migrate_up().await.unwrap();
            applied(&store.migrations().await.unwrap())
        })
    });
    for states in join_all(instances).await {
        assert!(states.unwrap().iter().all(|applied| *applied));
    }
    assert_eq!(tables(&database).await, names(&TABLES));
}

#[tokio::test]
async fn a_migration_gives_up_rather_than_keep_everybody_from_a_table_that_is_in_use() {
    if postgres().is_none() {
        return;
    }
    let app = TestApp::start().await;
    app.register("ada").await;
    // As a backup does, for as long as it takes.
    let reader = app.connect().await.begin().await.unwrap();
    reader
        .execute_unprepared("SELECT FROM users")
        .await
        .unwrap();
    let refused = app.store().migrate_down(u32::MAX).await.unwrap_err();
    assert!(refused.to_string().contains("lock timeout"), "{refused}");
    // It has undone what it had done by then.
    assert!(app.store().is_migrated().await.unwrap());
    app.log_in("ada").await;
    reader.rollback().await.unwrap();
    app.store().migrate_down(u32::MAX).await.unwrap();
    app.store().migrate_up().await.unwrap();
}

#[tokio::test]
async fn an_address_or_name_that_differs_only_in_case_is_taken() {
    let app = TestApp::start().await;
    let register = async |email: &str, username: &str| {
        let body = json!({"email": email, "username": username, "password": PASSWORD});
        app.post("/auth/register", &body).send().await
    };
    let answer = register("Ada@Example.com", "Ada").await;
    answer.assert_status(201);
    assert_eq!(answer.json()["user"]["email"], "Ada@Example.com");

    let answer = register("ada@example.com", "grace").await;
    answer.assert_error(409, "USER_ALREADY_EXISTS");
    assert_eq!(answer.json()["errors"][0]["field"], "email");
    let answer = register("grace@example.com", "aDA").await;
    answer.assert_error(409, "USER_ALREADY_EXISTS");
    assert_eq!(answer.json()["errors"][0]["field"], "username");
}

#[tokio::test]
async fn the_database_itself_refuses_what_differs_only_in_case() {
    // Beside the service's own look, which two requests at once could both pass.
    let app = TestApp::start().await;
    for (name, column) in [("ada", "email"), ("grace", "username")] {
        app.register(name).await;
        let id = format!("{:032x}", u128::from(name.as_bytes()[0]));
        let id = if postgres().is_some() {
            format!("'{id}'")
        } else {
            format!("x'{id}'")
        };
        let (email, username) = if column == "email" {
            ("ADA@EXAMPLE.COM", "somebody")
        } else {
            ("else@example.com", "GRACE")
        };
        let insert = format!(
            "INSERT INTO users \
             (id, email, username, is_active, is_superuser, email_verified, created_at, updated_at) \
             VALUES ({id}, '{email}', '{username}', true, false, false, \
             CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)"
        );
        let connection = app.connect().await;
        let error = connection.execute_unprepared(&insert).await.unwrap_err();
        connection.close().await.unwrap();
        let index = format!("users_{column}_key");
        assert!(error.to_string().contains(&index), "{error}");
    }
}

#[tokio::test]
async fn accounts_without_a_name_do_not_get_in_each_others_way() {
    let app = TestApp::start().await;
    for email in ["ada@example.com", "grace@example.com"] {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = app.post("/auth/register", &body).send().await;
        answer.assert_status(201);
    }
}

#[tokio::test]
async fn the_sessions_of_a_deleted_account_are_deleted() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let grace = app.register("grace").await;
    app.log_in("ada").await;
    let connection = app.connect().await;
    if postgres().is_none() {
        connection
            .execute_unprepared("PRAGMA foreign_keys = ON")
            .await
            .unwrap();
    }
    assert_eq!(count(&connection, "sessions").await, 3);
    connection
        .execute_unprepared("DELETE FROM users WHERE username = 'ada'")
        .await
        .unwrap();
    assert_eq!(count(&connection, "sessions").await, 1);
    connection.close().await.unwrap();

    let answer = app.get("/users/me").bearer(&ada).send().await;
    answer.assert_error(401, "SESSION_REVOKED");
    let answer = app.get("/users/me").bearer(&grace).send().await;
    answer.assert_status(200);
}

#[tokio::test]
async fn a_session_of_nobody_is_refused_and_leaves_nothing_half_done() {
    let app = TestApp::start().await;
    let now = app.clock.now();
    let user = User::new(Email::parse("ada@example.com").unwrap(), None, None, now);
    // Not the user's.
    let session = Session::new(UserId::generate(now), Device::default(), now, now);
    let change = app.store().change().await.unwrap();
    change.insert_user(&user).await.unwrap();
    let refused = change.insert_session(&session).await;
    assert!(refused.is_err(), "foreign keys are not enforced");
    drop(change);
    let connection = app.connect().await;
    assert_eq!(count(&connection, "users").await, 0);
    assert_eq!(count(&connection, "sessions").await, 0);
    connection.close().await.unwrap();
    app.register("ada").await;
}

#[tokio::test]
async fn an_sqlite_file_keeps_a_write_ahead_log() {
    if postgres().is_some() {
        return;
    }
    let app = TestApp::start().await;
    let connection = app.connect().await;
    let modes = texts(&connection, "PRAGMA journal_mode").await;
    connection.close().await.unwrap();
    assert_eq!(modes, names(&["wal"]));
}

#[tokio::test]
async fn the_write_ahead_log_of_an_sqlite_file_does_not_grow_without_end() {
    const REFRESHES: usize = 1500;
    // What SQLite itself aims at is a checkpoint at a thousand pages of four KiB.
    const BOUND: u64 = 16 * 1024 * 1024;

    if postgres().is_some() {
        return;
    }
    let app = TestApp::with(|config| {
        config.database.sqlite_synchronous = Synchronous::Normal;
    })
    .await;
    let mut member = app.register("ada").await;
    for _ in 0..REFRESHES {
        let answer = app.refresh(member.refresh_token()).await;
        answer.assert_status(200);
        member.tokens = answer.json();
    }
    let folder = app.config.database.sqlite_folder().unwrap();
    let log = folder.join("countersign.db-wal");
    let size = std::fs::metadata(log).unwrap().len();
    assert!(size < BOUND, "{size} bytes after {REFRESHES} refreshes");
}

#[tokio::test]
async fn an_older_program_keeps_serving_a_database_that_a_newer_one_migrated() {
    let app = TestApp::start().await;
    app.execute(
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000001_newer', 0)",
    )
    .await;
    app.get("/health").send().await.assert_status(200);
    let config = app.config.clone();
    let app = app.restart(config).await;
    app.register("ada").await;
    let known = app.store().migrations().await.unwrap();
    assert!(known.iter().all(|migration| migration.applied));
}
