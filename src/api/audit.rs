//! The audit trail.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Administrator;
use super::event_name::EventName;
use super::failure::{Failure, Parameters, Superuser};
use super::parameters::{Cursor, Given, Limit, Param, QueryReader};
use super::wire::{Nullable, Timestamp};
use crate::model::{AuditEvent, EventFilter, EventKind, UserId};
use crate::service::Audit;
use crate::service::paging::{ListError, Listed};

/// Something that matters for security.
#[derive(Object)]
#[oai(example)]
pub struct EventResponse {
    /// Identifies the event.
    id: Uuid,
    /// What happened.
    event: EventName,
    /// Who did it, where that is known.
    actor_id: Nullable<Uuid>,
    /// Whose account it happened to, where there is one.
    subject_id: Nullable<Uuid>,
    /// The address that the request came from; none for the command line.
    ip: Nullable<String>,
    /// What the request was made with: its `User-Agent` header.
    user_agent: Nullable<String>,
    /// The `X-Request-Id` of the request, which the log has as well.
    request_id: Nullable<String>,
    /// When it happened.
    at: Timestamp,
    /// What else is known of it.
    details: EventDetails,
}

/// What else is known of an event; only what its kind has is there.
#[derive(Object)]
pub struct EventDetails {
    /// The session that it is about.
    #[oai(skip_serializing_if_is_none)]
    session_id: Option<Uuid>,
    /// Why a login was refused: `wrong_credentials`, `wrong_current_password`, `user_inactive` or
    /// `email_not_verified`.
    #[oai(skip_serializing_if_is_none)]
    reason: Option<String>,
    /// The members of the account that changed.
    #[oai(skip_serializing_if_is_none)]
    changed: Option<Vec<String>>,
    /// How many sessions ended, accounts were moved, or logins failed in a row.
    #[oai(skip_serializing_if_is_none)]
    count: Option<u64>,
    /// The circuit breaker that was reset.
    #[oai(skip_serializing_if_is_none)]
    breaker: Option<String>,
    /// For how long nobody may try the account's password, in seconds.
    #[oai(skip_serializing_if_is_none)]
    delay_seconds: Option<u64>,
}

impl From<AuditEvent> for EventResponse {
    fn from(event: AuditEvent) -> Self {
        Self {
            id: event.id.0,
            event: EventName(event.kind),
            actor_id: Nullable(event.actor_id.map(|id| id.0)),
            subject_id: Nullable(event.subject_id.map(|id| id.0)),
            ip: Nullable(event.device.ip.map(|ip| ip.to_string())),
            user_agent: Nullable(event.device.user_agent),
            request_id: Nullable(event.request_id),
            at: event.at.into(),
            details: EventDetails {
                session_id: event.details.session_id.map(|id| id.0),
                reason: event.details.reason,
                changed: event.details.changed,
                count: event.details.count,
                breaker: event.details.breaker,
                delay_seconds: event.details.delay_seconds,
            },
        }
    }
}

impl Example for EventResponse {
    fn example() -> Self {
        let user_id = Uuid::from_u128(0x019c_12d4_6d63_7a3b_9c5d_1f2e_3a4b_5c6d);
        Self {
            id: Uuid::from_u128(0x019c_12d4_6d65_7e2d_9f30_5b6c_7d8e_9fa0),
            event: EventName(EventKind::LoginSucceeded),
            actor_id: Nullable(Some(user_id)),
            subject_id: Nullable(Some(user_id)),
            ip: Nullable(Some("203.0.113.7".into())),
            user_agent: Nullable(Some("Mozilla/5.0 (X11; Linux x86_64)".into())),
            request_id: Nullable(Some("550e8400-e29b-41d4-a716-446655440000".into())),
            at: Timestamp::example(),
            details: EventDetails {
                session_id: Some(Uuid::from_u128(0x019c_12d4_6d64_7c1d_8e2f_4a5b_6c7d_8e9f)),
                reason: None,
                changed: None,
                count: None,
                breaker: None,
                delay_seconds: None,
            },
        }
    }
}

/// A page of events.
#[derive(Object)]
#[oai(example)]
pub struct EventPage {
    /// The events, the newest first.
    items: Vec<EventResponse>,
    /// Asks for the next page; `null` where this is the last.
    next_cursor: Nullable<String>,
}

impl From<Listed<AuditEvent>> for EventPage {
    fn from(listed: Listed<AuditEvent>) -> Self {
        Self {
            items: listed.items.into_iter().map(Into::into).collect(),
            next_cursor: Nullable(listed.next_cursor),
        }
    }
}

impl Example for EventPage {
    fn example() -> Self {
        Self {
            items: vec![EventResponse::example()],
            next_cursor: Nullable(Some("AZwS1G1lfi2fMFtsfY6foGl4c2VhbGVkY3Vyc29y".into())),
        }
    }
}

#[derive(ApiResponse)]
enum ListAuditEventsAnswer {
    /// A page of what happened.
    #[oai(status = 200)]
    Listed(Json<EventPage>),
}

/// Operations on the audit trail.
#[derive(Debug)]
pub struct AuditApi {
    /// Reads it.
    pub audit: Arc<Audit>,
}

#[OpenApi(prefix_path = "/admin/audit-events", tag = "Tag::Administration")]
impl AuditApi {
    /// List security events
    ///
    /// What happened to all accounts, the newest first. For superusers.
    #[oai(path = "/", method = "get", operation_id = "list_audit_events")]
    #[expect(
        clippy::too_many_arguments,
        reason = "each is a parameter of the address"
    )]
    async fn list_audit_events(
        &self,
        _administrator: Administrator,
        given: Given,
        /// How many events a page has.
        limit: Query<Option<Param<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Param<Cursor>>>,
        /// Only what this user did, or what happened to the account.
        user_id: Query<Option<Param<UserId>>>,
        /// Only events of this kind.
        event: Query<Option<Param<EventKind>>>,
        /// Only events at this time or later.
        since: Query<Option<Param<DateTime<Utc>>>>,
        /// Only events before this time.
        until: Query<Option<Param<DateTime<Utc>>>>,
    ) -> Result<ListAuditEventsAnswer, Failure<(Superuser, Parameters)>> {
        let mut query = QueryReader::from(given);
        let page = query.page(limit.0, cursor.0);
        let filter = EventFilter {
            user_id: query.read("user_id", user_id.0),
            kind: query.read("event", event.0),
            since: query.read("since", since.0),
            until: query.read("until", until.0),
        };
        query.finish()?;
        match self.audit.search(filter, &page).await {
            Ok(events) => Ok(ListAuditEventsAnswer::Listed(Json(events.into()))),
            Err(ListError::Cursor) => Err(Cursor::refused().into()),
            Err(ListError::Fault(fault)) => Err(fault.into()),
        }
    }
}
