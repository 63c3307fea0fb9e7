use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::m20261122_000002_create_sessions::Sessions;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "sessions_expires_on_idx";
const BY_TIME: &str = "sessions_expires_at_idx";

#[derive(DeriveIden)]
struct ExpiresOn;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Each refresh moves the time at which a session expires, so an index of that time was written each time, and
    /// with it, on PostgreSQL, all others of the table. The day changes once a day.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(
                Index::drop()
                    .name(BY_TIME)
                    .table(Sessions::Table)
                    .to_owned(),
            )
            .await?;
        // The database computes it, so that programs from before this go on writing sessions. Not by `Table`,
        // since each of the two has its own kind of such a column.
        let column = match manager.get_database_backend() {
            DbBackend::Postgres => {
                "date GENERATED ALWAYS AS ((expires_at AT TIME ZONE 'UTC')::date) STORED"
            }
            // Times are text that begins with the day, in UTC.
            _ => "date_text GENERATED ALWAYS AS (substr(expires_at, 1, 10)) VIRTUAL",
        };
        manager
            .get_connection()
            .execute_unprepared(&format!(
                "ALTER TABLE sessions ADD COLUMN expires_on {column}"
            ))
            .await?;
        // With the id, since a day has very many: who deletes them goes on where the last batch ended.
        manager
            .create_index(
                Index::create()
                    .name(NAME)
                    .table(Sessions::Table)
                    .col(ExpiresOn)
                    .col(Sessions::Id)
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name(NAME).table(Sessions::Table).to_owned())
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table(Sessions::Table)
                    .drop_column(ExpiresOn)
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name(BY_TIME)
                    .table(Sessions::Table)
                    .col(Sessions::ExpiresAt)
                    .to_owned(),
            )
            .await
    }
}
