use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const INDEXES: [(&str, &str); 2] = [
    ("users_email_beginning_idx", "email"),
    ("users_username_beginning_idx", "username"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// For the newest accounts of very many whose names begin with the same letters: without an index that has
    /// them in that order, either all of those would be read, or all accounts until enough of them were found.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in INDEXES {
            manager
                .get_connection()
                .execute_unprepared(&format!(
                    "CREATE INDEX IF NOT EXISTS {name} ON users (substr(lower({column}), 1, 2), id)"
                ))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager
                .get_connection()
                .execute_unprepared(&format!("DROP INDEX {name}"))
                .await?;
        }
        Ok(())
    }
}
