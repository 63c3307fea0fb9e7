//! Sessions.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, SelectTwo, UpdateMany, Value,
};
use uuid::Uuid;

use super::entity::{sessions, users};
use super::forget::Due;
use super::kept::Kept;
use super::{Change, Store, StoreError, Transaction};
use crate::model::{Session, SessionId, User, UserId};

impl Store {
    /// Whose a session is, if it has not been ended. In one query, of no more than what is asked for: this is
    /// what every request of a logged-in person costs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_owner(&self, id: SessionId) -> Result<Option<User>, StoreError> {
        static OWNER: Kept = Kept::new();
        let backend = self.connection.get_database_backend();
        let statement = OWNER.with(backend, [id.0.into()], |backend| owner(id).build(backend));
        let row = self.connection.query_one_raw(statement).await?;
        let user = row.map(|row| users::Model::from_query_result(&row, ""));
        Ok(user.transpose()?.map(User::from))
    }

    /// A session and whose it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session(&self, id: SessionId) -> Result<Option<(Session, User)>, StoreError> {
        static SESSION: Kept = Kept::new();
        let backend = self.connection.get_database_backend();
        let build = |backend| with_owner(id).build(backend);
        let statement = SESSION.with(backend, [id.0.into()], build);
        let Some(row) = self.connection.query_one_raw(statement).await? else {
            return Ok(None);
        };
        // As the columns of two tables are told apart in what `with_owner` selects.
        let session = sessions::Model::from_query_result(&row, "A_")?;
        let user = users::Model::from_query_result_optional(&row, "B_")?;
        Ok(user.map(|user| (session.into(), user.into())))
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

/// A session, and its owner.
fn with_owner(id: SessionId) -> SelectTwo<sessions::Entity, users::Entity> {
    sessions::Entity::find_by_id(id.0).find_also_related(users::Entity)
}

/// The same, within a transaction.
pub(super) async fn advance(
    transaction: &Transaction,
    session: &Session,
    expected: u32,
) -> Result<bool, StoreError> {
    static ADVANCE: Kept = Kept::new();
    let backend = transaction.get_database_backend();
    let values = advanced_values(session, expected);
    let build = |backend| advanced(session, expected).build(backend);
    let statement = ADVANCE.with(backend, values, build);
    let updated = transaction.execute_raw(statement).await?;
    Ok(updated.rows_affected() == 1)
}

fn advanced(session: &Session, expected: u32) -> UpdateMany<sessions::Entity> {
    use sessions::Column;
    let [
        generation,
        rotated_at,
        last_used_at,
        expires_at,
        id,
        expected,
    ] = advanced_values(session, expected);
    sessions::Entity::update_many()
        .col_expr(Column::Generation, Expr::value(generation))
        .col_expr(Column::RotatedAt, Expr::value(rotated_at))
        .col_expr(Column::LastUsedAt, Expr::value(last_used_at))
        .col_expr(Column::ExpiresAt, Expr::value(expires_at))
        .filter(Column::Id.eq(id))
        .filter(Column::Generation.eq(expected))
}

fn advanced_values(session: &Session, expected: u32) -> [Value; 6] {
    [
        i64::from(session.generation).into(),
        session.rotated_at.into(),
        session.last_used_at.into(),
        session.expires_at.into(),
        session.id.0.into(),
        i64::from(expected).into(),
    ]
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
    use chrono::TimeDelta;
    use sea_orm::{DbBackend, Values};

    use super::*;
    use crate::model::{Clock, Device};

    #[test]
    fn a_text_that_is_kept_takes_the_values_that_it_is_given_and_no_other() {
        let now = Clock::default().now();
        let session = Session::new(
            UserId::generate(now),
            Device::default(),
            now,
            now + TimeDelta::days(7),
        );
        let by_id = vec![session.id.0.into()];
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            for (statement, values) in [
                (owner(session.id).build(backend), by_id.clone()),
                (with_owner(session.id).build(backend), by_id.clone()),
                (
                    advanced(&session, 5).build(backend),
                    advanced_values(&session, 5).to_vec(),
                ),
            ] {
                assert_eq!(statement.values, Some(Values(values)), "{}", statement.sql);
            }
        }
    }
}
