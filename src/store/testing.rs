//! What the tests of queries share.

use std::path::Path;
use std::sync::Arc;

use sea_orm::{ConnectionTrait, Statement};

use super::Store;
use crate::config::Config;
use crate::model::Clock;
use crate::resilience::breaker::Breakers;

/// A migrated SQLite file in `folder`.
pub(super) async fn store(folder: &Path) -> Store {
    let mut config = Config::default();
    config.database.url = format!("sqlite://{}/test.db?mode=rwc", folder.display()).into();
    let breakers = Arc::new(Breakers::new(&config.breaker, &Clock::default()));
    let store = Store::open(&config.database, breakers).await.unwrap();
    store.migrate_up().await.unwrap();
    store
}

/// How SQLite goes about a statement.
pub(super) async fn plan(store: &Store, statement: Statement) -> String {
    let statement = Statement {
        sql: format!("EXPLAIN QUERY PLAN {}", statement.sql),
        ..statement
    };
    let rows = store.connection.query_all_raw(statement).await.unwrap();
    let lines = rows.iter().map(|row| row.try_get("", "detail").unwrap());
    lines.collect::<Vec<String>>().join("\n")
}
