//! The state of the schema, and changing it.

use std::collections::HashSet;

use migration::Migrator;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, EntityTrait};
use sea_orm_migration::{
    IntoSchemaManagerConnection, MigratorTrait, SchemaManager, seaql_migrations,
};

use super::connection::Transaction;
use super::{Store, StoreError};

/// Serialises migrations of several instances on one PostgreSQL. The number means nothing, but must
/// never change.
const MIGRATION_LOCK: i64 = 0x636f_756e_7465_7273;
/// How long PostgreSQL lets a migration wait for a table that others use, as a backup may for an hour. Everybody
/// else who wants the table waits behind it, so this is less than what they may take themselves by default.
const LOCK_TIMEOUT: &str = "2s";
/// Where the migrator notes what it applied.
const APPLIED_TABLE: &str = "seaql_migrations";

/// A migration and whether it was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationState {
    /// Its name, which begins with its date.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

impl Store {
    /// Applies all pending migrations, or none. Several instances may do so at once: one does the work
    /// and the others find it done.
    ///
    /// # Errors
    /// When the database fails, or a table is in use by somebody else for too long; then nothing was changed.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        let transaction = self.begin_migration().await?;
        if states(transaction.inner())
            .await?
            .iter()
            .any(|migration| !migration.applied)
        {
            Migrator::up(transaction.inner(), None).await?;
        }
        Ok(transaction.commit_unbounded().await?)
    }

    /// Reverts the last `steps` migrations, or none. Data in what they created is lost.
    ///
    /// # Errors
    /// As for [`Self::migrate_up`].
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreError> {
        let transaction = self.begin_migration().await?;
        Migrator::down(transaction.inner(), Some(steps)).await?;
        Ok(transaction.commit_unbounded().await?)
    }

    /// All migrations this program knows, oldest first. Changes nothing. Those of a newer program are
    /// none of its business, so that it keeps serving while others are upgraded.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn migrations(&self) -> Result<Vec<MigrationState>, StoreError> {
        let states = self
            .connection
            .step(async |pool: DatabaseConnection| states(&pool).await);
        Ok(states.await?)
    }

    /// Whether all migrations of this program were applied.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_migrated(&self) -> Result<bool, StoreError> {
        let migrations = self.migrations().await?;
        Ok(migrations.iter().all(|migration| migration.applied))
    }

    async fn begin_migration(&self) -> Result<Transaction, StoreError> {
        let transaction = self.begin().await?;
        if !self.is_sqlite() {
            // Waiting here for another instance is no slow statement.
            let transaction = transaction.inner();
            transaction
                .execute_unprepared("SET LOCAL statement_timeout = 0")
                .await?;
            transaction
                .execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                .await?;
            transaction
                .execute_unprepared(&format!("SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
                .await?;
        }
        Ok(transaction)
    }
}

async fn states<'c, C>(connection: &'c C) -> Result<Vec<MigrationState>, DbErr>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    let exists = SchemaManager::new(connection)
        .has_table(APPLIED_TABLE)
        .await?;
    let applied: HashSet<String> = if exists {
        let rows = seaql_migrations::Entity::find().all(connection).await?;
        rows.into_iter().map(|row| row.version).collect()
    } else {
        HashSet::new()
    };
    Ok(Migrator::migrations()
        .iter()
        .map(|migration| MigrationState {
            name: migration.name().to_owned(),
            applied: applied.contains(migration.name()),
        })
        .collect())
}
