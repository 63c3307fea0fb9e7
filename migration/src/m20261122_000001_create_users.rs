use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
pub(crate) enum Users {
    Table,
    Id,
    Email,
    Username,
    PasswordHash,
    IsActive,
    IsSuperuser,
    EmailVerified,
    CreatedAt,
    UpdatedAt,
    LastLogin,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table(Users::Table)
                    .col(ColumnDef::new(Users::Id).uuid().not_null().primary_key())
                    .col(name(manager, Users::Email).not_null())
                    .col(name(manager, Users::Username))
                    .col(ColumnDef::new(Users::PasswordHash).text())
                    .col(ColumnDef::new(Users::IsActive).boolean().not_null())
                    .col(ColumnDef::new(Users::IsSuperuser).boolean().not_null())
                    .col(ColumnDef::new(Users::EmailVerified).boolean().not_null())
                    .col(instant(Users::CreatedAt).not_null())
                    .col(instant(Users::UpdatedAt).not_null())
                    .col(instant(Users::LastLogin))
                    .to_owned(),
            )
            .await?;
        // The names are how a violation is told apart on both databases: for an index over an expression
        // SQLite reports its name, as PostgreSQL always does. The query builder has no such index for
        // SQLite, but the statement is the same for both.
        for (name, column) in [
            ("users_email_key", "email"),
            ("users_username_key", "username"),
        ] {
            manager
                .get_connection()
                .execute_unprepared(&format!(
                    "CREATE UNIQUE INDEX {name} ON users (lower({column}))"
                ))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Users::Table).to_owned())
            .await
    }
}

/// A column of ASCII text that is compared without case. On PostgreSQL, `lower` would otherwise go by
/// the language of the database, and in Turkish an `I` does not become an `i`.
fn name(manager: &SchemaManager<'_>, column: impl IntoIden) -> ColumnDef {
    let mut column = ColumnDef::new(column).text().to_owned();
    if manager.get_database_backend() == DbBackend::Postgres {
        column.extra("COLLATE \"C\"");
    }
    column
}

/// A column that holds a point in time.
pub(crate) fn instant(column: impl IntoIden) -> ColumnDef {
    ColumnDef::new(column).timestamp_with_time_zone().to_owned()
}
