use sea_orm_migration::prelude::*;

use crate::m20261122_000001_create_users::instant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum AuditEvents {
    Table,
    Id,
    Event,
    ActorId,
    SubjectId,
    Ip,
    UserAgent,
    RequestId,
    At,
    Details,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign keys: what happened to an account is remembered when the account is gone.
        manager
            .create_table(
                Table::create()
                    .table(AuditEvents::Table)
                    .col(
                        ColumnDef::new(AuditEvents::Id)
                            .uuid()
                            .not_null()
                            .primary_key(),
                    )
                    .col(ColumnDef::new(AuditEvents::Event).text().not_null())
                    .col(ColumnDef::new(AuditEvents::ActorId).uuid())
                    .col(ColumnDef::new(AuditEvents::SubjectId).uuid())
                    .col(ColumnDef::new(AuditEvents::Ip).text())
                    .col(ColumnDef::new(AuditEvents::UserAgent).text())
                    .col(ColumnDef::new(AuditEvents::RequestId).text())
                    .col(instant(AuditEvents::At).not_null())
                    .col(
                        ColumnDef::new(AuditEvents::Details)
                            .json_binary()
                            .not_null(),
                    )
                    .to_owned(),
            )
            .await?;
        // The id orders by time, so a page of one user's or one kind's events is one short scan.
        for (name, column) in [
            ("audit_events_subject_id_idx", AuditEvents::SubjectId),
            ("audit_events_actor_id_idx", AuditEvents::ActorId),
            ("audit_events_event_idx", AuditEvents::Event),
        ] {
            manager
                .create_index(
                    Index::create()
                        .name(name)
                        .table(AuditEvents::Table)
                        .col(column)
                        .col(AuditEvents::Id)
                        .to_owned(),
                )
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(AuditEvents::Table).to_owned())
            .await
    }
}
