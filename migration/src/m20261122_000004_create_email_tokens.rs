use sea_orm_migration::prelude::*;

use crate::m20261122_000001_create_users::{Users, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum EmailTokens {
    Table,
    Id,
    UserId,
    Purpose,
    TokenHash,
    Email,
    CreatedAt,
    ExpiresAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(EmailTokens::Table)
                    .col(
                        ColumnDef::new(EmailTokens::Id)
                            .uuid()
                            .not_null()
                            .primary_key(),
                    )
                    .col(ColumnDef::new(EmailTokens::UserId).uuid().not_null())
                    .col(ColumnDef::new(EmailTokens::Purpose).text().not_null())
                    .col(
                        ColumnDef::new(EmailTokens::TokenHash)
                            .var_binary(32)
                            .not_null(),
                    )
                    .col(ColumnDef::new(EmailTokens::Email).text().not_null())
                    .col(instant(EmailTokens::CreatedAt).not_null())
                    .col(instant(EmailTokens::ExpiresAt).not_null())
                    .foreign_key(
                        ForeignKey::create()
                            .name("email_tokens_user_id_fkey")
                            .from(EmailTokens::Table, EmailTokens::UserId)
                            .to(Users::Table, Users::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("email_tokens_token_hash_key")
                    .table(EmailTokens::Table)
                    .col(EmailTokens::TokenHash)
                    .unique()
                    .to_owned(),
            )
            .await?;
        for (name, column) in [
            ("email_tokens_user_id_idx", EmailTokens::UserId),
            ("email_tokens_expires_at_idx", EmailTokens::ExpiresAt),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(name)
                        .table(EmailTokens::Table)
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(EmailTokens::Table).to_owned())
            .await
    }
}
