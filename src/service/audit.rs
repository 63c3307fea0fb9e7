//! The audit trail: what matters for security is remembered with what caused it, told to the log, and read
//! by those it concerns.

use chrono::{DateTime, Utc};

use super::Fault;
use super::paging::{Cursors, ListError, Listed, PageRequest};
use crate::model::audit::Details;
use crate::model::{AuditEvent, Device, EventFilter, EventId, EventKind, UserId};
use crate::store::{Change, Store, StoreError};
use crate::telemetry::context;

/// Reads the audit trail.
#[derive(Debug)]
pub struct Audit {
    store: Store,
    cursors: Cursors,
}

impl Audit {
    /// The audit trail in `store`.
    #[must_use]
    pub fn new(store: Store, cursors: Cursors) -> Self {
        Self { store, cursors }
    }

    /// What happened, the newest first.
    ///
    /// # Errors
    /// When the cursor is none of this list, or the database fails.
    pub async fn search(
        &self,
        filter: EventFilter,
        page: &PageRequest,
    ) -> Result<Listed<AuditEvent>, ListError> {
        const LIST: &str = "audit events";
        let page = self.cursors.page::<EventId>(LIST, page)?;
        let events = self.store.events(filter, page).await;
        Ok(self.cursors.listed(LIST, events.map_err(Fault::from)?))
    }

    /// What happened to a person's own account, the newest first.
    ///
    /// # Errors
    /// As [`Audit::search`].
    pub async fn of(
        &self,
        user_id: UserId,
        page: &PageRequest,
    ) -> Result<Listed<AuditEvent>, ListError> {
        let list = format!("audit events of {user_id}");
        let page = self.cursors.page::<EventId>(&list, page)?;
        let mut events = self
            .store
            .events_of(user_id, page)
            .await
            .map_err(Fault::from)?;
        // Where an administrator works from is not for others to know.
        for event in &mut events.items {
            if event.actor_id.is_some_and(|actor_id| actor_id != user_id) {
                event.device = Device::default();
                event.request_id = None;
            }
        }
        Ok(self.cursors.listed(&list, events))
    }
}

/// An event of the request at hand: done by whoever makes it, from where it comes.
pub(super) fn event(kind: EventKind, subject_id: Option<UserId>, at: DateTime<Utc>) -> AuditEvent {
    let request = context::current();
    let request = request.as_ref();
    AuditEvent {
        id: EventId::generate(at),
        kind,
        actor_id: request.and_then(|request| request.user_id()),
        subject_id,
        device: request
            .map(|request| request.device().clone())
            .unwrap_or_default(),
        request_id: request.map(|request| request.request_id().to_owned()),
        at,
        details: Details::default(),
    }
}

/// Commits a change together with what is to be remembered of it, and then tells the log.
pub(super) async fn commit(change: Change, events: &[AuditEvent]) -> Result<(), StoreError> {
    for event in events {
        change.record(event).await?;
    }
    change.commit().await?;
    events.iter().for_each(announce);
    Ok(())
}

/// Remembers what changed nothing. The log is told even if the database fails: what happened, happened.
pub(super) async fn note(store: &Store, event: &AuditEvent) {
    let noted = async {
        let change = store.change().await?;
        change.record(event).await?;
        change.commit().await
    };
    let noted: Result<(), StoreError> = noted.await;
    if let Err(error) = noted {
        tracing::warn!(
            event = "audit_event_lost",
            lost = event.kind.name(),
            error = &error as &dyn std::error::Error,
            "an event is in the log, but not in the audit trail"
        );
    }
    announce(event);
}

/// Writes an event as a line of the log.
pub(super) fn announce(event: &AuditEvent) {
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                event = event.kind.name(),
                actor_id = event.actor_id.map(tracing::field::display),
                subject_id = event.subject_id.map(tracing::field::display),
                ip = event.device.ip.map(tracing::field::display),
                session_id = event.details.session_id.map(tracing::field::display),
                reason = event.details.reason.as_deref(),
                changed = event.details.changed.as_ref().map(|names| names.join(",")),
                count = event.details.count,
                breaker = event.details.breaker.as_deref(),
                delay_seconds = event.details.delay_seconds,
                "{}",
                event.kind.message()
            )
        };
    }
    match event.kind {
        EventKind::RefreshTokenReused | EventKind::AccountThrottled => line!(warn),
        _ => line!(info),
    }
}
