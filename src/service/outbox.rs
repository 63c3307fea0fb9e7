//! The outbox: mail is written down together with what causes it, and sent later by
//! [`super::delivery`]. So no request waits for a mail server, and no mail is lost.

use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::Notify;

use super::Fault;
use super::paging::{Cursors, ListError, Listed, PageRequest};
use crate::model::mail::request_delay;
use crate::model::{
    Clock, Email, EmailToken, Mail, MailDetails, MailId, MailKind, MailState, User, UserId,
};
use crate::store::{Change, Store, StoreError};
use crate::telemetry::context;

/// How long it is tried to send a mail.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(1);

/// Where mail is left that is to be sent. Clones share one.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    clock: Clock,
    arrived: Arc<Notify>,
}

impl Outbox {
    /// An outbox.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            arrived: Arc::default(),
        }
    }

    /// A mail about what the request at hand does to an account, if that is known, in the languages that the
    /// request asks for.
    pub(super) fn mail(
        &self,
        kind: MailKind,
        to: &Email,
        about: Option<UserId>,
        token: Option<&EmailToken>,
    ) -> Mail {
        let now = self.clock.now();
        let request = context::current();
        let request = request.as_ref();
        // Where an administrator works from is not for others to know.
        let device = request.filter(|request| {
            let actor = request.user_id();
            actor.is_none() || actor == about
        });
        let device = device.map(|request| request.device().clone());
        let device = device.unwrap_or_default();
        let given_up = now + GIVEN_UP_AFTER;
        Mail {
            id: MailId::generate(now),
            kind,
            to: to.clone(),
            token_id: token.map(|token| token.id),
            language: request
                .and_then(|request| request.languages())
                .unwrap_or_default()
                .to_owned(),
            details: MailDetails {
                ip: device.ip,
                user_agent: device.user_agent,
                request_id: request.map(|request| request.request_id().to_owned()),
                registration: None,
            },
            state: MailState::Pending,
            attempts: 0,
            next_attempt_at: now,
            expires_at: token.map_or(given_up, |token| given_up.min(token.expires_at)),
            last_error: None,
        }
    }

    /// A mail that somebody asked for who need not have an account. Whether there is one is found out later.
    pub(super) fn request(&self, kind: MailKind, to: &Email) -> Mail {
        let mail = self.mail(kind, to, None, None);
        Mail {
            next_attempt_at: mail.next_attempt_at + request_delay(mail.id),
            ..mail
        }
    }

    /// Tells the owner of an account what happened to it; nobody, as long as the address was not shown to be
    /// the owner's own. Whether somebody was told.
    pub(super) async fn tell(
        &self,
        change: &Change,
        user: &User,
        kind: MailKind,
    ) -> Result<bool, StoreError> {
        if user.email_verified {
            let mail = self.mail(kind, &user.email, Some(user.id), None);
            change.insert_mail(&mail).await?;
        }
        Ok(user.email_verified)
    }

    /// Has what was left sent at once. Without it, it is sent a little later.
    pub(super) fn ring(&self) {
        self.arrived.notify_one();
    }

    /// Waits until there is something to send.
    pub(super) async fn arrival(&self) {
        self.arrived.notified().await;
    }
}

/// Shows what is in the outbox, to those who look after the service.
#[derive(Debug)]
pub struct OutboxList {
    store: Store,
    cursors: Cursors,
}

impl OutboxList {
    /// Shows the outbox of `store`.
    #[must_use]
    pub fn new(store: Store, cursors: Cursors) -> Self {
        Self { store, cursors }
    }

    /// The newest mails, of one state or of any.
    ///
    /// # Errors
    /// When the cursor is none of this list, or the database fails.
    pub async fn list(
        &self,
        state: Option<MailState>,
        page: &PageRequest,
    ) -> Result<Listed<Mail>, ListError> {
        const LIST: &str = "mail outbox";
        let page = self.cursors.page::<MailId>(LIST, page)?;
        let mails = self.store.mails(state, page).await;
        Ok(self.cursors.listed(LIST, mails.map_err(Fault::from)?))
    }
}
