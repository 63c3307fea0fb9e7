use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEX: &str = "email_tokens_email_idx";

#[derive(DeriveIden)]
enum EmailTokens {
    Table,
    IsMailed,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Tokens from before were handed to administrators.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table(EmailTokens::Table)
                    .add_column(
                        ColumnDef::new(EmailTokens::IsMailed)
                            .boolean()
                            .not_null()
                            .default(false),
                    )
                    .to_owned(),
            )
            .await?;
        // Who registers asks whether anybody can be taken back to the address. Not by `Index`, which knows no
        // expressions.
        manager
            .get_connection()
            .execute_unprepared(&format!(
                "CREATE INDEX {INDEX} ON email_tokens (lower(email))"
            ))
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(
                Index::drop()
                    .name(INDEX)
                    .table(EmailTokens::Table)
                    .to_owned(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter()
                    .table(EmailTokens::Table)
                    .drop_column(EmailTokens::IsMailed)
                    .to_owned(),
            )
            .await
    }
}
