use sea_orm::entity::prelude::*;

use crate::model::{Run, ThrottleKey};

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "login_throttles")]
pub(crate) struct Model {
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "VarBinary(StringLen::N(32))"
    )]
    pub key: Vec<u8>,
    pub failures: i32,
    pub last_failure_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn of(key: &ThrottleKey, run: Run) -> Self {
        Self {
            key: key.as_bytes().to_vec(),
            failures: i32::try_from(run.failures).unwrap_or(i32::MAX),
            last_failure_at: run.last_at,
        }
    }
}

impl From<Model> for Run {
    fn from(row: Model) -> Self {
        Self {
            failures: u32::try_from(row.failures).unwrap_or_default(),
            last_at: row.last_failure_at,
        }
    }
}
