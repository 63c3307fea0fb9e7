//! The devices that people log in with.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use super::entity::known_devices::{Column, Entity, Model};
use super::forget::Due;
use super::{Change, Store, StoreError};
use crate::model::UserId;

/// The most devices that are known of an account. One that is used again after so many others is new again.
const MOST: u64 = 100;

impl Change {
    /// Notes that a person used a device. Whether it is new to an account that knows others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_device(
        &self,
        user_id: UserId,
        fingerprint: [u8; 32],
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let seen = Entity::update_many()
            .col_expr(Column::LastSeenAt, Expr::value(at))
            .filter(Column::Fingerprint.eq(fingerprint.to_vec()))
            .exec(&self.transaction)
            .await?;
        if seen.rows_affected > 0 {
            return Ok(false);
        }
        let others = Entity::find()
            .filter(Column::UserId.eq(user_id.0))
            .count(&self.transaction)
            .await?;
        if others >= MOST {
            self.forget_longest_unused(user_id).await?;
        }
        let row = Model {
            fingerprint: fingerprint.to_vec(),
            user_id: user_id.0,
            last_seen_at: at,
        };
        let inserted = Entity::insert(row.into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(others > 0 && inserted == 1)
    }

    async fn forget_longest_unused(&self, user_id: UserId) -> Result<(), StoreError> {
        let oldest = Entity::find()
            .filter(Column::UserId.eq(user_id.0))
            .order_by_asc(Column::LastSeenAt)
            .one(&self.transaction)
            .await?;
        if let Some(oldest) = oldest {
            Entity::delete_by_id(oldest.fingerprint)
                .exec(&self.transaction)
                .await?;
        }
        Ok(())
    }
}

impl Store {
    /// Forgets devices that were not used since `time`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_devices(&self, time: DateTime<Utc>) -> Result<u64, StoreError> {
        self.forget::<(DateTime<Utc>, Vec<u8>)>(&unused(time)).await
    }
}

pub(super) fn unused(time: DateTime<Utc>) -> Due<Entity> {
    let before = Column::LastSeenAt.lt(time);
    Due::by(Column::LastSeenAt, Column::Fingerprint, before)
}
