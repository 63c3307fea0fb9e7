use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum AddressLimits {
    Table,
    Key,
    WholeAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// No index but the key's: another one, over what every use changes, would have to be written each time.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(AddressLimits::Table)
                    .col(
                        ColumnDef::new(AddressLimits::Key)
                            .var_binary(16)
                            .not_null()
                            .primary_key(),
                    )
                    .col(
                        ColumnDef::new(AddressLimits::WholeAt)
                            .big_integer()
                            .not_null(),
                    )
                    .to_owned(),
            )
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // A crash of the database may cost these counts: then everybody has the whole figure once more. In
            // return no use waits for a disk.
            manager
                .get_connection()
                .execute_unprepared("ALTER TABLE address_limits SET UNLOGGED")
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(AddressLimits::Table).to_owned())
            .await
    }
}
