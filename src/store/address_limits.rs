//! How often client addresses did what they may do only so often, for all instances together.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, InsertStatement, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, IntoActiveModel, QueryTrait};

use super::entity::address_limits::{Column, Entity, Model};
use super::forget::Due;
use super::{Store, StoreError};
use crate::model::rate::Terms;
use crate::model::{Rate, RateKey, Use};

impl Store {
    /// Counts a use at `now`, if there is one left.
    ///
    /// # Errors
    /// When the database fails; then it may have been counted or not.
    pub async fn use_up(
        &self,
        key: RateKey,
        rate: Rate,
        now: DateTime<Utc>,
    ) -> Result<Use, StoreError> {
        let counting = counting(key, rate.terms(now));
        loop {
            if let Some(whole_at) = self.count_use(&counting).await? {
                return Ok(Use::Admitted { whole_at });
            }
            let row = Entity::find_by_id(key.as_bytes().to_vec())
                .one(&self.connection)
                .await?;
            let judged = rate.judge(row.map(|row| row.whole_at), now);
            if matches!(judged, Use::Refused { .. }) {
                return Ok(judged);
            }
            // Forgotten meanwhile, or counted anew by an instance whose clock is right.
        }
    }

    /// When the figure is whole again; `None` where the use was not counted.
    async fn count_use(&self, counting: &InsertStatement) -> Result<Option<i64>, StoreError> {
        let row = if self.is_sqlite() {
            // What writes takes its turn.
            let transaction = self.begin().await?;
            let row = transaction.query_one(counting).await?;
            transaction.commit().await?;
            row
        } else {
            self.connection.query_one(counting).await?
        };
        let whole_at = row.map(|row| row.try_get("", Column::WholeAt.as_str()));
        Ok(whole_at.transpose()?)
    }

    /// Forgets who has their whole figure since before `time`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_uses(&self, time: DateTime<Utc>) -> Result<u64, StoreError> {
        self.forget::<Vec<u8>>(&whole(time)).await
    }
}

/// Looked for in the whole table, once, in the order of the keys: an index would have to be written at each use.
fn whole(time: DateTime<Utc>) -> Due<Entity> {
    let before = Column::WholeAt.lt(time.timestamp_micros());
    Due::by_id(Column::Key, before)
}

/// [`Rate::judge`] as one statement, so that whoever counts at the same time waits for the row and then goes by what
/// was counted. It gives back when the figure is whole, and nothing where there is no use left: then nothing is
/// written either.
fn counting(key: RateKey, terms: Terms) -> InsertStatement {
    let Terms {
        now,
        interval,
        latest,
        credible,
    } = terms;
    // PostgreSQL would not know which is meant: that of the row, or the one that was to be inserted.
    let whole_at = || Expr::col((Entity, Column::WholeAt));
    let is_counted_on = whole_at().gt(now).and(whole_at().lte(latest));
    let next = Expr::case(is_counted_on, whole_at().add(interval)).finally(now + interval);
    let is_left = whole_at().lte(latest).or(whole_at().gt(credible));
    let mut conflict = OnConflict::column(Column::Key);
    conflict
        .value(Column::WholeAt, next)
        .action_and_where(is_left);
    let first = Model {
        key: key.as_bytes().to_vec(),
        whole_at: now + interval,
    };
    Entity::insert(first.into_active_model())
        .on_conflict(conflict)
        .into_query()
        .returning_col(Column::WholeAt)
        .to_owned()
}
