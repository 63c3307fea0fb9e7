//! What the database knows of its own tables, by which it chooses how to answer a query.

use sea_orm::ConnectionTrait;

use super::{Store, StoreError};

/// Rows looked at for each index of SQLite: enough to tell a large table from a small one, in little time.
const SAMPLE: u32 = 1000;

impl Store {
    /// Has the database look at its accounts anew: after very many were added at once, it would answer for a
    /// long time as if there were few.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn analyze_users(&self) -> Result<(), StoreError> {
        if self.is_sqlite() {
            let limit = format!("PRAGMA analysis_limit = {SAMPLE}");
            self.connection.execute_unprepared(&limit).await?;
        }
        self.connection.execute_unprepared("ANALYZE users").await?;
        Ok(())
    }

    /// Has SQLite look again at tables that have grown much since it last did. PostgreSQL does so by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn optimize(&self) -> Result<(), StoreError> {
        if self.is_sqlite() {
            self.connection
                .execute_unprepared(&format!(
                    "PRAGMA analysis_limit = {SAMPLE}; PRAGMA optimize"
                ))
                .await?;
        }
        Ok(())
    }
}
