//! A pooler between the service and PostgreSQL, and whether it does what it has to.
//!
//! One that hands each transaction to another connection of the server may be there, if it brings prepared
//! statements along. If it does not, it lets the service start, and then most of what is asked fails.

use std::time::Duration;

use sqlx::{Acquire, PgConnection, PgPool};

use super::OpenError;

/// Codes of PostgreSQL (appendix A of its manual): a prepared statement of this name is there already, or is not.
const STATEMENT_LOST: [&str; 2] = ["42P05", "26000"];

/// Looks for what a pooler would spoil.
///
/// # Errors
/// When it loses prepared statements, or the database fails.
pub(super) async fn inspect(pool: &PgPool, statement_timeout: Duration) -> Result<(), OpenError> {
    let mut first = pool.acquire().await?;
    let first = first.acquire().await?;
    let in_force = prepared(first).await?;
    // Connections name their statements alike, so they get in each other's way where they share one of the server.
    // A database that has no second connection to give is told of when it is needed.
    let has_another = pool.options().get_max_connections() > 1;
    if has_another && let Ok(mut second) = pool.acquire().await {
        prepared(second.acquire().await?).await?;
        prepared(first).await?;
    }
    let is_kept = Duration::from_millis(in_force) <= statement_timeout && in_force > 0;
    if !is_kept {
        tracing::warn!(
            in_force_ms = in_force,
            "statements are not bounded as database.statement_timeout_seconds says: a pooler keeps it from the \
             database, so set it there for the user"
        );
    }
    Ok(())
}

/// How long a statement may take, in milliseconds, 0 being for ever: asked by a prepared one.
async fn prepared(connection: &mut PgConnection) -> Result<u64, OpenError> {
    let asked = sqlx::query_scalar::<_, String>("SELECT setting FROM pg_settings WHERE name = $1")
        .bind("statement_timeout")
        .fetch_one(connection)
        .await;
    match asked {
        Ok(setting) => Ok(setting.parse().unwrap_or(0)),
        Err(sqlx::Error::Database(error))
            if error
                .code()
                .is_some_and(|code| STATEMENT_LOST.contains(&code.as_ref())) =>
        {
            Err(OpenError::Pooler)
        }
        Err(error) => Err(error.into()),
    }
}
