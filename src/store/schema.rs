//! The state of the schema, and changing it.

use migration::Migrator;
use sea_orm::ConnectionTrait;
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use super::{Store, StoreError};

/// Serialises migrations of several instances on one PostgreSQL. The number means nothing, but must
/// never change.
const MIGRATION_LOCK: i64 = 0x636f_756e_7465_7273;

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
    /// When the database fails; then nothing was changed.
    pub async fn migrate_up(&self) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        if !self.is_sqlite() {
            // Waiting here for another instance is no slow statement.
            transaction
                .execute_unprepared("SET LOCAL statement_timeout = 0")
                .await?;
            transaction
                .execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                .await?;
        }
        Migrator::up(&transaction, None).await?;
        Ok(transaction.commit().await?)
    }

    /// Reverts the last `steps` migrations, or none. Data in what they created is lost.
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn migrate_down(&self, steps: u32) -> Result<(), StoreError> {
        let transaction = self.begin().await?;
        Migrator::down(&transaction, Some(steps)).await?;
        Ok(transaction.commit().await?)
    }

    /// All migrations this program knows, oldest first. Changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn migrations(&self) -> Result<Vec<MigrationState>, StoreError> {
        let known = Migrator::get_migration_with_status_read_only(&self.connection).await?;
        Ok(known
            .iter()
            .map(|migration| MigrationState {
                name: migration.name().to_owned(),
                applied: migration.status() == MigrationStatus::Applied,
            })
            .collect())
    }
}
