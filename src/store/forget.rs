//! Deleting rows that are no longer needed, however many there are.
//!
//! They go batch by batch, and nobody waits long for any: a batch is one short transaction, and then it is the
//! others' turn. What somebody has locked is left for the next time, so nobody is waited for either, and several
//! instances can do this at once.

use std::time::{Duration, Instant};

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{
    CommonTableExpression, DeleteStatement, DynIden, Expr, ExprTrait, Func, IntoIden,
    IntoValueTuple, LockBehavior, LockType, Order, Query, SelectStatement, ValueTuple, WithQuery,
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, TryGetableMany};

use super::connection::Transaction;
use super::{Store, StoreError};

/// How long a batch is to take at most: others may wait for its locks, and on SQLite everybody who writes waits
/// for it.
const BOUND: Duration = Duration::from_millis(50);

/// The rows of a table that are no longer needed.
pub(super) struct Due<E: EntityTrait> {
    which: Expr,
    /// The column that an index has them side by side by, if that is not the primary key.
    by: Option<DynIden>,
    id: E::Column,
}

/// How many rows make a batch, by how long those before took: machines, disks and rows differ too much for one
/// figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pace {
    rows: u64,
    least: u64,
    most: u64,
}

impl Pace {
    /// Never fewer than some, since a commit takes its time whatever is in it; and never so many that a sudden
    /// slowness makes a batch very long.
    const START: Self = Self {
        rows: 100,
        least: 100,
        most: 5000,
    };

    /// The pace after a batch that took so long.
    fn after(self, took: Duration) -> Self {
        let rows = if took > BOUND {
            self.rows / 2
        } else if took < BOUND / 2 {
            self.rows.saturating_mul(2)
        } else {
            self.rows
        };
        Self {
            rows: rows.clamp(self.least, self.most),
            ..self
        }
    }
}

impl<E: EntityTrait> Due<E> {
    /// The rows that `which` is true of, where that is about the column `by`. An index begins with it; where very
    /// many rows are alike in it, the index has the primary key `id` as well.
    pub(super) fn by(by: impl IntoIden, id: E::Column, which: Expr) -> Self {
        Self {
            which,
            by: Some(by.into_iden()),
            id,
        }
    }

    /// The rows that `which` is true of, where that is about their primary key, or no index is worth it.
    pub(super) fn by_id(id: E::Column, which: Expr) -> Self {
        Self {
            which,
            by: None,
            id,
        }
    }

    /// What they are deleted in the order of.
    fn order(&self) -> impl Iterator<Item = DynIden> {
        self.by.iter().cloned().chain([self.id.into_iden()])
    }

    /// The ids of the first `rows` of them, or of those behind a place; of those only that nobody has locked.
    fn first(&self, rows: u64, behind: Option<ValueTuple>) -> SelectStatement {
        let mut first = Query::select();
        first
            .column(self.id)
            .from(E::default())
            .and_where(self.which.clone())
            .limit(rows)
            // Which SQLite has not: there, nobody else writes meanwhile.
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        for column in self.order() {
            first.order_by(column, Order::Asc);
        }
        if let Some(place) = behind {
            let own = Expr::tuple(self.order().map(Expr::col));
            first.and_where(own.gt(Expr::tuple(place.into_iter().map(Expr::val))));
        }
        first
    }

    /// Deletes a batch in SQLite.
    fn on_sqlite(&self, rows: u64) -> DeleteStatement {
        Query::delete()
            .from_table(E::default())
            .and_where(Expr::col(self.id).in_subquery(self.first(rows, None)))
            .to_owned()
    }

    /// Deletes a batch in PostgreSQL. The answer is one row, or none: the place of the last one that was deleted,
    /// then how many there were.
    ///
    /// The ids are an array, so they are looked up in the index of the primary key, where PostgreSQL may
    /// think of a subquery that reading the whole table is quicker. What was deleted stays in the index as long as
    /// anybody could see it, which is hours where a dump is being made; so each batch begins behind the one before.
    fn on_postgres(&self, rows: u64, behind: Option<ValueTuple>) -> WithQuery {
        let ids = Expr::SubQuery(None, Box::new(self.first(rows, behind).into()));
        let gone = Query::delete()
            .from_table(E::default())
            .and_where(Expr::col(self.id).eq(PgFunc::any(Func::cust("ARRAY").arg(ids))))
            .returning(Query::returning().columns(self.order()))
            .to_owned();
        let mut last = Query::select();
        last.columns(self.order())
            .expr(Expr::cust("count(*) OVER ()"))
            .from("gone")
            .limit(1);
        for column in self.order() {
            last.order_by(column, Order::Desc);
        }
        let gone = CommonTableExpression::new()
            .table_name("gone")
            .query(gone)
            .to_owned();
        WithQuery::new().cte(gone).query(last).to_owned()
    }

    /// Deletes a batch. How many rows there were, and the place of the last one.
    async fn delete<P>(
        &self,
        transaction: &Transaction,
        rows: u64,
        behind: Option<P>,
    ) -> Result<(u64, Option<P>), DbErr>
    where
        P: TryGetableMany + IntoValueTuple,
    {
        if transaction.get_database_backend() == DbBackend::Sqlite {
            let deleted = transaction.execute(&self.on_sqlite(rows)).await?;
            return Ok((deleted.rows_affected(), None));
        }
        let behind = behind.map(IntoValueTuple::into_value_tuple);
        let batch = self.on_postgres(rows, behind);
        let Some(found) = transaction.query_one(&batch).await? else {
            return Ok((0, None));
        };
        let deleted: i64 = found.try_get_by_index(self.order().count())?;
        let place = found.try_get_many_by_index()?;
        Ok((u64::try_from(deleted).unwrap_or(0), Some(place)))
    }
}

impl Store {
    /// Deletes the rows that are due, batch by batch. How many there were. `P` is the type of a place in their
    /// order: that of the primary key, or of the column that they are ordered by and the primary key.
    pub(super) async fn forget<P>(&self, due: &Due<impl EntityTrait>) -> Result<u64, StoreError>
    where
        P: TryGetableMany + IntoValueTuple,
    {
        self.forget_at::<P>(Pace::START, due).await
    }

    async fn forget_at<P>(
        &self,
        mut pace: Pace,
        due: &Due<impl EntityTrait>,
    ) -> Result<u64, StoreError>
    where
        P: TryGetableMany + IntoValueTuple,
    {
        let mut forgotten = 0;
        let mut reached: Option<P> = None;
        loop {
            // On SQLite, whoever came to write meanwhile has the turn first.
            let transaction = self.begin().await?;
            let begun = Instant::now();
            let (deleted, last) = due.delete(&transaction, pace.rows, reached).await?;
            transaction.commit().await?;
            let took = begun.elapsed();
            forgotten += deleted;
            if deleted < pace.rows {
                return Ok(forgotten);
            }
            reached = last;
            pace = pace.after(took);
            // Half of the time is left to others: to another process that writes to the same file, to replicas.
            tokio::time::sleep(took).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{DateTime, TimeDelta, Utc};
    use sea_orm::{PaginatorTrait, StatementBuilder};
    use uuid::Uuid;

    use super::super::entity::audit_events::Entity as Events;
    use super::super::{
        Change, audit, devices, email_tokens, mail_outbox, sessions, testing, throttles,
    };
    use super::*;
    use crate::model::audit::Details;
    use crate::model::{AuditEvent, Clock, Device, EventId, EventKind};

    /// So few that there are many batches, however fast they are.
    const SMALL: Pace = Pace {
        rows: 10,
        least: 10,
        most: 10,
    };

    async fn record(change: &Change, at: DateTime<Utc>) {
        let event = AuditEvent {
            id: EventId::generate(at),
            kind: EventKind::LoginFailed,
            actor_id: None,
            subject_id: None,
            device: Device::default(),
            request_id: None,
            at,
            details: Details::default(),
        };
        change.record(&event).await.unwrap();
    }

    async fn number(store: &Store) -> u64 {
        Events::find().count(&store.connection).await.unwrap()
    }

    /// An SQLite file with so many events of two days ago, and one of now.
    async fn with_old_events(folder: &std::path::Path, number: usize) -> (Store, DateTime<Utc>) {
        let store = testing::store(folder).await;
        let now = Clock::default().now();
        let change = store.change().await.unwrap();
        for _ in 0..number {
            record(&change, now - TimeDelta::days(2)).await;
        }
        record(&change, now).await;
        change.commit().await.unwrap();
        (store, now - TimeDelta::days(1))
    }

    #[test]
    fn batches_grow_while_they_are_quick_and_shrink_when_they_are_not() {
        let quick = Duration::from_millis(1);
        let mut pace = Pace::START;
        let mut sizes = BTreeSet::new();
        for _ in 0..20 {
            sizes.insert(pace.rows);
            pace = pace.after(quick);
        }
        assert_eq!(
            sizes.into_iter().collect::<Vec<_>>(),
            [100, 200, 400, 800, 1600, 3200, 5000]
        );
        assert_eq!(pace.after(Duration::from_millis(40)), pace);
        for _ in 0..20 {
            pace = pace.after(Duration::from_millis(51));
        }
        assert_eq!(pace.rows, Pace::START.least);
    }

    /// On PostgreSQL this is shown by a test of the whole.
    #[tokio::test]
    async fn what_is_due_is_found_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = testing::store(folder.path()).await;
        let now = Clock::default().now();
        let plan = async |batch: DeleteStatement| {
            testing::plan(&store, StatementBuilder::build(&batch, &DbBackend::Sqlite)).await
        };
        let plans = [
            (
                "sessions_expires_on_idx",
                sessions::expired(now).on_sqlite(9),
            ),
            (
                "email_tokens_expires_at_idx",
                email_tokens::expired(now).on_sqlite(9),
            ),
            ("audit_events_1", audit::before(now).on_sqlite(9)),
            (
                "login_throttles_last_failure_at_idx",
                throttles::over(now).on_sqlite(9),
            ),
            ("mail_outbox_1", mail_outbox::over(now).on_sqlite(9)),
            (
                "known_devices_last_seen_at_idx",
                devices::unused(now).on_sqlite(9),
            ),
        ];
        for (index, batch) in plans {
            let found = plan(batch).await;
            assert!(found.contains(index), "{index}: {found}");
            assert!(!found.contains("SCAN"), "{found}");
            // Not all that is due is sorted for one batch.
            assert!(!found.contains("FOR ORDER BY"), "{found}");
        }
    }

    #[tokio::test]
    async fn who_writes_gets_a_turn_between_two_batches() {
        let folder = tempfile::tempdir().unwrap();
        let (store, yesterday) = with_old_events(folder.path(), 500).await;
        let tidying = tokio::spawn({
            let store = store.clone();
            async move {
                let due = audit::before(yesterday);
                store.forget_at::<Uuid>(SMALL, &due).await
            }
        });
        let mut left = Vec::new();
        let mut written = 1;
        while !tidying.is_finished() {
            let change = store.change().await.unwrap();
            record(&change, yesterday + TimeDelta::days(1)).await;
            written += 1;
            let all = Events::find().count(&change.transaction).await.unwrap();
            left.push(all - written);
            change.commit().await.unwrap();
        }
        assert_eq!(tidying.await.unwrap().unwrap(), 500);
        assert_eq!(number(&store).await, written);
        // Whoever comes back for the next turn at once waits for one batch.
        let most = left
            .iter()
            .zip(&left[1..])
            .map(|(one, next)| one - next)
            .max();
        assert_eq!(most, Some(SMALL.rows), "{left:?}");
    }

    #[tokio::test]
    async fn who_stops_in_the_middle_waits_for_no_more_than_a_batch() {
        let folder = tempfile::tempdir().unwrap();
        let (store, yesterday) = with_old_events(folder.path(), 500).await;
        let tidying = tokio::spawn({
            let store = store.clone();
            async move {
                let due = audit::before(yesterday);
                store.forget_at::<Uuid>(SMALL, &due).await
            }
        });
        while number(&store).await > 400 {}
        tidying.abort();
        assert!(tidying.await.unwrap_err().is_cancelled());
        store.close().await.unwrap();

        let store = testing::store(folder.path()).await;
        let left = number(&store).await;
        // Whole batches, and the one that is not due.
        assert!(
            (101..=401).contains(&left) && left % SMALL.rows == 1,
            "{left}"
        );
        let due = audit::before(yesterday);
        assert_eq!(store.forget::<Uuid>(&due).await.unwrap(), left - 1);
    }
}
