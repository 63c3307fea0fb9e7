//! Sessions.

use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, Statement,
};
use uuid::Uuid;

use super::entity::{sessions, users};
use super::forget::Due;
use super::{Change, Store, StoreError, Transaction};
use crate::model::{Session, SessionId, User, UserId};

impl Store {
    /// Whose a session is, if it has not been ended. In one query, of no more than what is asked for: this is
    /// what every request of a logged-in person costs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_owner(&self, id: SessionId) -> Result<Option<User>, StoreError> {
        static ON_SQLITE: OnceLock<String> = OnceLock::new();
        static ON_POSTGRESQL: OnceLock<String> = OnceLock::new();
        let backend = self.connection.get_database_backend();
        // Always the same text, which would take longer to put together than all else here does.
        let text = match backend {
            DbBackend::Sqlite => &ON_SQLITE,
            _ => &ON_POSTGRESQL,
        };
        let text = text.get_or_init(|| owner(id).build(backend).sql);
        let values = [id.0.into()];
        let statement = Statement::from_sql_and_values(backend, text, values);
        let row = self.connection.query_one_raw(statement).await?;
        let user = row.map(|row| users::Model::from_query_result(&row, ""));
        Ok(user.transpose()?.map(User::from))
    }

    /// A session and whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session(&self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        let row = sessions::Entity::find_by_id(id.0)
            .find_also_related(users::Entity)
            .one(&self.connection)
            .await?;
        Ok(row.and_then(|(session, user)| Some((session.into(), user?.into()))))
    }

    /// The sessions of a user that have not expired, the one used last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(
        &self,
        user_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<Vec<Session>, StoreError> {
        let rows = sessions::Entity::find()
            .filter(sessions::Column::UserId.eq(user_id.0))
            .filter(sessions::Column::ExpiresAt.gt(now))
            .order_by_desc(sessions::Column::LastUsedAt)
            .order_by_desc(sessions::Column::Id)
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(Session::from).collect())
    }

    /// Writes a refresh down: `session` as it is after it, if its generation still is `expected`.
    /// Whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn advance_session(
        &self,
        session: &Session,
        expected: u32,
    ) -> Result<bool, StoreError> {
        if self.is_sqlite() {
            self.advance_together(session, expected).await
        } else {
            // PostgreSQL writes the commits of several transactions at once by itself.
            self.advance_alone(session, expected).await
        }
    }

    /// The same, in a transaction of its own.
    pub(super) async fn advance_alone(
        &self,
        session: &Session,
        expected: u32,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let is_advanced = advance(&transaction, session, expected).await?;
        transaction.commit().await?;
        Ok(is_advanced)
    }

    /// Forgets sessions that expired on a day, in UTC, before that of `time`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired_sessions(&self, time: DateTime<Utc>) -> Result<u64, StoreError> {
        self.forget::<(NaiveDate, Uuid)>(&expired(time)).await
    }
}

/// The owner of a session. The only value is the id.
///
/// Nothing else is asked for: told whose it has to be, SQLite would rather read all sessions of that user.
fn owner(id: SessionId) -> Select<users::Entity> {
    users::Entity::find()
        .inner_join(sessions::Entity)
        .filter(sessions::Column::Id.eq(id.0))
}

/// The same, within a transaction.
pub(super) async fn advance(
    transaction: &Transaction,
    session: &Session,
    expected: u32,
) -> Result<bool, StoreError> {
    let updated = sessions::Entity::update_many()
        .col_expr(
            sessions::Column::Generation,
            Expr::value(i64::from(session.generation)),
        )
        .col_expr(sessions::Column::RotatedAt, Expr::value(session.rotated_at))
        .col_expr(
            sessions::Column::LastUsedAt,
            Expr::value(session.last_used_at),
        )
        .col_expr(sessions::Column::ExpiresAt, Expr::value(session.expires_at))
        .filter(sessions::Column::Id.eq(session.id.0))
        .filter(sessions::Column::Generation.eq(i64::from(expected)))
        .exec(transaction)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// By the day, which the database keeps beside the time: each refresh moves the time.
pub(super) fn expired(time: DateTime<Utc>) -> Due<sessions::Entity> {
    const DAY: &str = "expires_on";
    let earlier = Expr::col(DAY).lt(time.date_naive());
    Due::by(DAY, sessions::Column::Id, earlier)
}

impl Change {
    /// Keeps a new session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_session(&self, session: &Session) -> Result<(), StoreError> {
        sessions::Entity::insert(sessions::Model::from(session).into_active_model())
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(())
    }

    /// Whether a session has not been ended, nor will be before this is over. Asked for after users are
    /// locked, or two changes could wait for each other for ever.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_session(&self, id: SessionId) -> Result<bool, StoreError> {
        let row = sessions::Entity::find_by_id(id.0)
            .lock(LockType::Share)
            .one(&self.transaction)
            .await?;
        Ok(row.is_some())
    }

    /// Ends a session of a user. Whether it was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, user_id: UserId, id: SessionId) -> Result<bool, StoreError> {
        let own = sessions::Column::Id
            .eq(id.0)
            .and(sessions::Column::UserId.eq(user_id.0));
        Ok(self.delete_sessions(own).await? == 1)
    }

    /// Ends all sessions of a user but `kept`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_sessions(
        &self,
        user_id: UserId,
        kept: Option<SessionId>,
    ) -> Result<u64, StoreError> {
        let mut which = sessions::Column::UserId.eq(user_id.0);
        if let Some(kept) = kept {
            which = which.and(sessions::Column::Id.ne(kept.0));
        }
        self.delete_sessions(which).await
    }

    async fn delete_sessions(&self, which: Expr) -> Result<u64, StoreError> {
        let deleted = sessions::Entity::delete_many()
            .filter(which)
            .exec(&self.transaction)
            .await?;
        Ok(deleted.rows_affected)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Values;

    use super::*;

    #[test]
    fn the_text_that_is_kept_takes_the_id_and_nothing_else() {
        let id = SessionId(Uuid::now_v7());
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let statement = owner(id).build(backend);
            let values = Some(Values(vec![id.0.into()]));
            assert_eq!(statement.values, values, "{}", statement.sql);
        }
    }
}
