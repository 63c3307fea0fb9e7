//! Changes that belong together.

use sea_orm::{ConnectionTrait, DbBackend};

use super::StoreError;
use super::connection::Transaction;

/// Serialises what makes and unmakes superusers on one PostgreSQL. The number means nothing, but must
/// never change.
const SUPERUSERS_LOCK: i64 = 0x7375_7065_7275_7365;

/// Changes that happen together or not at all. What is not committed is undone when this is dropped.
///
/// The methods stand beside what they change: users, sessions, tokens, the audit trail.
#[derive(Debug)]
#[must_use = "nothing happens unless it is committed"]
pub struct Change {
    pub(super) transaction: Transaction,
}

impl Change {
    pub(super) fn new(transaction: Transaction) -> Self {
        Self { transaction }
    }

    /// Makes it so, for good.
    ///
    /// # Errors
    /// When the database fails; then it is as if nothing had been asked for.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }

    /// Keeps everybody else from making or unmaking superusers until this is over, so that of two who
    /// remove each other, one finds the other gone. Taken before any user is locked, or two changes could
    /// wait for each other for ever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_superusers(&self) -> Result<(), StoreError> {
        // On SQLite there is one change at a time anyway.
        if self.transaction.get_database_backend() == DbBackend::Postgres {
            self.transaction
                .execute_unprepared(&format!("SELECT pg_advisory_xact_lock({SUPERUSERS_LOCK})"))
                .await?;
        }
        Ok(())
    }
}
