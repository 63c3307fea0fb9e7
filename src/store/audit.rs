//! The audit trail.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::entity::audit_events::{self, Column, Model};
use super::forget::Due;
use super::newest::{cut, newest};
use super::{Change, Store, StoreError};
use crate::model::{AuditEvent, EventFilter, EventId, Page, Slice, UserId};

impl Change {
    /// Adds an event to the audit trail.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, event: &AuditEvent) -> Result<(), StoreError> {
        audit_events::Entity::insert(Model::from(event).into_active_model())
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The newest events that fit the filter, page by page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events(
        &self,
        filter: EventFilter,
        page: Page<EventId>,
    ) -> Result<Slice<AuditEvent, EventId>, StoreError> {
        let mut common = Condition::all();
        if let Some(kind) = filter.kind {
            common = common.add(Column::Event.eq(kind.name()));
        }
        // Ids order by time, so they are what times are looked up by.
        if let Some(since) = filter.since {
            common = common.add(Column::Id.gte(EventId::lowest_at(since).0));
        }
        if let Some(until) = filter.until {
            common = common.add(Column::Id.lt(EventId::lowest_at(until).0));
        }
        let alternatives = filter.user_id.map_or_else(Vec::new, |user_id| {
            vec![
                Column::SubjectId.eq(user_id.0),
                Column::ActorId.eq(user_id.0),
            ]
        });
        self.events_by(alternatives, common, page).await
    }

    /// The newest events that happened to one user's account, page by page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of(
        &self,
        user_id: UserId,
        page: Page<EventId>,
    ) -> Result<Slice<AuditEvent, EventId>, StoreError> {
        let common = Condition::all().add(Column::SubjectId.eq(user_id.0));
        self.events_by(Vec::new(), common, page).await
    }

    async fn events_by(
        &self,
        alternatives: Vec<Expr>,
        common: Condition,
        page: Page<EventId>,
    ) -> Result<Slice<AuditEvent, EventId>, StoreError> {
        let rows = Page {
            limit: page.limit,
            before: page.before.map(|id| id.0),
        };
        let rows = newest::<audit_events::Entity>(Column::Id, alternatives, common, rows)
            .all(&self.connection)
            .await?;
        let rows = cut(rows, page.limit, |row| EventId(row.id));
        Ok(Slice {
            items: rows.items.into_iter().filter_map(Model::event).collect(),
            next: rows.next,
        })
    }

    /// Forgets events from before `time`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_events(&self, time: DateTime<Utc>) -> Result<u64, StoreError> {
        self.forget::<Uuid>(&before(time)).await
    }
}

/// By the id, which orders by time.
pub(super) fn before(time: DateTime<Utc>) -> Due<audit_events::Entity> {
    Due::by_id(Column::Id, Column::Id.lt(EventId::lowest_at(time).0))
}
