//! A database for one test.

use std::sync::Arc;

use sea_orm::{
    ConnectionTrait, Database, DatabaseTransaction, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tempfile::TempDir;
use uuid::Uuid;

/// What migrations are serialised by on PostgreSQL.
pub const MIGRATION_LOCK: i64 = 0x636f_756e_7465_7273;

/// A database of its own: an SQLite file, or a schema in the PostgreSQL that `TEST_DATABASE_URL` names. Clones
/// are the same one.
#[derive(Clone)]
pub struct TestDatabase {
    url: String,
    folder: Arc<TempDir>,
}

/// The PostgreSQL to test on, if there is one.
pub fn postgres() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own configuration")]
    std::env::var("TEST_DATABASE_URL").ok()
}

impl TestDatabase {
    /// An empty database.
    pub async fn create() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match postgres() {
            None => format!(
                "sqlite://{}/countersign.db?mode=rwc",
                folder.path().display()
            ),
            Some(server) => {
                let schema = format!("test_{}", Uuid::new_v4().simple());
                let connection = Database::connect(&server).await.unwrap();
                let create = format!("CREATE SCHEMA {schema}");
                connection.execute_unprepared(&create).await.unwrap();
                connection.close().await.unwrap();
                format!("{server}?options=-csearch_path%3D{schema}")
            }
        };
        Self {
            url,
            folder: Arc::new(folder),
        }
    }

    /// What `DATABASE_URL` would be.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A folder that lives as long as the database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A connection beside those of the application.
    pub async fn connect(&self) -> sea_orm::DatabaseConnection {
        Database::connect(&self.url).await.unwrap()
    }

    /// A transaction that writes, beside those of the application. On SQLite nobody else can write until
    /// it is over.
    pub async fn begin_write(&self) -> DatabaseTransaction {
        let sqlite_transaction_mode = postgres()
            .is_none()
            .then_some(SqliteTransactionMode::Immediate);
        let options = TransactionOptions {
            sqlite_transaction_mode,
            ..TransactionOptions::default()
        };
        let connection = self.connect().await;
        connection.begin_with_options(options).await.unwrap()
    }
}
