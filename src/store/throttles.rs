//! Failed logins in a row.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QuerySelect};

use super::entity::login_throttles::{Column, Entity, Model};
use super::forget::Due;
use super::{Change, Store, StoreError};
use crate::model::{Run, ThrottleKey};

impl Change {
    /// The run as it is now, which nobody else changes until this is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_run(&self, key: &ThrottleKey) -> Result<Option<Run>, StoreError> {
        let row = Entity::find_by_id(key.as_bytes())
            .lock(LockType::NoKeyUpdate)
            .one(&self.transaction)
            .await?;
        Ok(row.map(Run::from))
    }

    /// Keeps a run where there is none. Whether there was none: what is not there can't be locked, so of two
    /// who begin one at once, the other is told that it is there by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_run(&self, key: &ThrottleKey, run: Run) -> Result<bool, StoreError> {
        let inserted = Entity::insert(Model::of(key, run).into_active_model())
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(inserted == 1)
    }

    /// Writes a run that is locked as it is to be.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_run(&self, key: &ThrottleKey, run: Run) -> Result<(), StoreError> {
        let row = Model::of(key, run).into_active_model().reset_all();
        Entity::update(row)
            .validate()?
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Ends a run, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_run(&self, key: &ThrottleKey) -> Result<(), StoreError> {
        Entity::delete_by_id(key.as_bytes())
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The run as it is now, or was a moment ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_run(&self, key: &ThrottleKey) -> Result<Option<Run>, StoreError> {
        let row = Entity::find_by_id(key.as_bytes()).one(&self.connection);
        Ok(row.await?.map(Run::from))
    }

    /// Forgets runs whose last failure was before `time`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_runs(&self, time: DateTime<Utc>) -> Result<u64, StoreError> {
        self.forget::<(DateTime<Utc>, Vec<u8>)>(&over(time)).await
    }
}

pub(super) fn over(time: DateTime<Utc>) -> Due<Entity> {
    let before = Column::LastFailureAt.lt(time);
    Due::by(Column::LastFailureAt, Column::Key, before)
}
