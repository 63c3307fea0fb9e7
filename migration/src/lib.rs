//! The database schema as a sequence of reversible steps, for SQLite and PostgreSQL.
//!
//! A migration that was released is never edited; the next change is a new one.

use sea_orm_migration::prelude::*;

mod m20261122_000001_create_users;
mod m20261122_000002_create_sessions;
mod m20261122_000003_create_audit_events;
mod m20261122_000004_create_email_tokens;
mod m20261122_000005_index_users_by_activity;
mod m20261122_000006_create_login_throttles;
mod m20261123_000007_create_mail_outbox;
mod m20261123_000008_mark_mailed_tokens;
mod m20261123_000009_create_known_devices;
mod m20261128_000010_create_address_limits;
mod m20261128_000011_index_sessions_by_day;
mod m20261128_000012_index_users_by_beginning;

/// Applies and reverts the migrations.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_users::Migration),
            Box::new(m20261122_000002_create_sessions::Migration),
            Box::new(m20261122_000003_create_audit_events::Migration),
            Box::new(m20261122_000004_create_email_tokens::Migration),
            Box::new(m20261122_000005_index_users_by_activity::Migration),
            Box::new(m20261122_000006_create_login_throttles::Migration),
            Box::new(m20261123_000007_create_mail_outbox::Migration),
            Box::new(m20261123_000008_mark_mailed_tokens::Migration),
            Box::new(m20261123_000009_create_known_devices::Migration),
            Box::new(m20261128_000010_create_address_limits::Migration),
            Box::new(m20261128_000011_index_sessions_by_day::Migration),
            Box::new(m20261128_000012_index_users_by_beginning::Migration),
        ]
    }
}
