use sea_orm_migration::prelude::*;

use crate::m20261122_000001_create_users::instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum MailOutbox {
    Table,
    Id,
    Kind,
    Recipient,
    TokenId,
    Language,
    Details,
    State,
    Attempts,
    NextAttemptAt,
    ExpiresAt,
    LastError,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// No foreign keys: a notice is sent even if the account that it is about is gone by then.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(MailOutbox::Table)
                    .col(
                        ColumnDef::new(MailOutbox::Id)
                            .uuid()
                            .not_null()
                            .primary_key(),
                    )
                    .col(ColumnDef::new(MailOutbox::Kind).text().not_null())
                    .col(ColumnDef::new(MailOutbox::Recipient).text().not_null())
                    .col(ColumnDef::new(MailOutbox::TokenId).uuid())
                    .col(ColumnDef::new(MailOutbox::Language).text().not_null())
                    .col(ColumnDef::new(MailOutbox::Details).json_binary().not_null())
                    .col(ColumnDef::new(MailOutbox::State).text().not_null())
                    .col(ColumnDef::new(MailOutbox::Attempts).integer().not_null())
                    .col(instant(MailOutbox::NextAttemptAt).not_null())
                    .col(instant(MailOutbox::ExpiresAt).not_null())
                    .col(ColumnDef::new(MailOutbox::LastError).text())
                    .to_owned(),
            )
            .await?;
        // What is due is looked for all the time, what is in some state now and then, the newest first.
        for (name, column) in [
            ("mail_outbox_due_idx", MailOutbox::NextAttemptAt),
            ("mail_outbox_state_idx", MailOutbox::Id),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(name)
                        .table(MailOutbox::Table)
                        .col(MailOutbox::State)
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(MailOutbox::Table).to_owned())
            .await
    }
}
