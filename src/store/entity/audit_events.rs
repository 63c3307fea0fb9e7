use sea_orm::entity::prelude::*;

use crate::model::audit::Details;
use crate::model::{AuditEvent, Device, EventId, EventKind, UserId};

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "audit_events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub event: String,
    pub actor_id: Option<Uuid>,
    pub subject_id: Option<Uuid>,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    pub at: DateTimeUtc,
    #[sea_orm(column_type = "JsonBinary")]
    pub details: Json,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The event; `None` for a kind that only a newer program knows.
    pub(crate) fn event(self) -> Option<AuditEvent> {
        Some(AuditEvent {
            id: EventId(self.id),
            kind: EventKind::named(&self.event)?,
            actor_id: self.actor_id.map(UserId),
            subject_id: self.subject_id.map(UserId),
            device: Device {
                ip: self.ip.and_then(|ip| ip.parse().ok()),
                user_agent: self.user_agent,
            },
            request_id: self.request_id,
            at: self.at,
            details: serde_json::from_value(self.details).unwrap_or_default(),
        })
    }
}

impl From<&AuditEvent> for Model {
    fn from(event: &AuditEvent) -> Self {
        Self {
            id: event.id.0,
            event: event.kind.name().to_owned(),
            actor_id: event.actor_id.map(|id| id.0),
            subject_id: event.subject_id.map(|id| id.0),
            ip: event.device.ip.map(|ip| ip.to_string()),
            user_agent: event.device.user_agent.clone(),
            request_id: event.request_id.clone(),
            at: event.at,
            details: details_of(&event.details),
        }
    }
}

/// Texts and numbers: nothing that could fail to be written as JSON.
fn details_of(details: &Details) -> Json {
    serde_json::to_value(details).unwrap_or_default()
}
