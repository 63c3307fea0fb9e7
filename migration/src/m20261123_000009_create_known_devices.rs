use sea_orm_migration::prelude::*;

use crate::m20261122_000001_create_users::{Users, instant};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum KnownDevices {
    Table,
    Fingerprint,
    UserId,
    LastSeenAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(KnownDevices::Table)
                    .col(
                        ColumnDef::new(KnownDevices::Fingerprint)
                            .var_binary(32)
                            .not_null()
                            .primary_key(),
                    )
                    .col(ColumnDef::new(KnownDevices::UserId).uuid().not_null())
                    .col(instant(KnownDevices::LastSeenAt).not_null())
                    .foreign_key(
                        ForeignKey::create()
                            .name("known_devices_user_id_fkey")
                            .from(KnownDevices::Table, KnownDevices::UserId)
                            .to(Users::Table, Users::Id)
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        for (name, column) in [
            ("known_devices_user_id_idx", KnownDevices::UserId),
            ("known_devices_last_seen_at_idx", KnownDevices::LastSeenAt),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(name)
                        .table(KnownDevices::Table)
                        .col(column)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(KnownDevices::Table).to_owned())
            .await
    }
}
