//! The outbox: mail that is to be sent, and what became of it.

use std::sync::Arc;

use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::{Example, Type};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::caller::Administrator;
use super::described::described;
use super::failure::{Failure, Parameters, Superuser};
use super::parameters::{Cursor, Given, Limit, Param, QueryReader, QueryValue, malformed};
use super::problem::Flaw;
use super::wire::{Nullable, Timestamp};
use crate::model::{self, Mail};
use crate::service::OutboxList;
use crate::service::paging::{ListError, Listed};

described! {
    /// What a mail is about. A new kind comes with a minor version.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
    #[oai(rename_all = "snake_case")]
    pub enum MailKind {
        /// A link to verify the address.
        VerifyEmail,
        /// A link to set a new password.
        PasswordReset,
        /// A link to set the first password.
        Invitation,
        /// Somebody wanted to register with an address that has an account.
        AlreadyRegistered,
        /// The password was changed.
        PasswordChanged,
        /// Somebody logged in with a new device.
        NewDeviceLogin,
        /// The address was changed; told to the one before.
        EmailChanged,
    }
}

impl From<model::MailKind> for MailKind {
    fn from(kind: model::MailKind) -> Self {
        match kind {
            model::MailKind::VerifyEmail => Self::VerifyEmail,
            model::MailKind::PasswordReset => Self::PasswordReset,
            model::MailKind::Invitation => Self::Invitation,
            model::MailKind::AlreadyRegistered => Self::AlreadyRegistered,
            model::MailKind::PasswordChanged => Self::PasswordChanged,
            model::MailKind::NewDeviceLogin => Self::NewDeviceLogin,
            model::MailKind::EmailChanged => Self::EmailChanged,
        }
    }
}

described! {
    /// What becomes of a mail.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
    #[oai(rename_all = "snake_case")]
    pub enum MailState {
        /// It is to be sent, now or later.
        Pending,
        /// It is being sent.
        Sending,
        /// The mail server has it.
        Sent,
        /// It was given up.
        Failed,
        /// It was not sent, because the link in it was no longer good.
        Cancelled,
    }
}

impl From<model::MailState> for MailState {
    fn from(state: model::MailState) -> Self {
        match state {
            model::MailState::Pending => Self::Pending,
            model::MailState::Sending => Self::Sending,
            model::MailState::Sent => Self::Sent,
            model::MailState::Failed => Self::Failed,
            model::MailState::Cancelled => Self::Cancelled,
        }
    }
}

impl QueryValue for model::MailState {
    fn schema() -> MetaSchemaRef {
        MailState::schema_ref()
    }

    fn register(registry: &mut Registry) {
        MailState::register(registry);
    }

    fn read(text: &str) -> Result<Self, Flaw> {
        Self::named(text).ok_or(malformed("must be the name of a state"))
    }
}

/// A mail, without its text.
#[derive(Object)]
#[oai(example)]
pub struct MailResponse {
    /// Identifies the mail, and is part of its `Message-ID`.
    id: Uuid,
    /// Whom it goes to.
    to: String,
    /// What it is about.
    kind: MailKind,
    /// What becomes of it.
    state: MailState,
    /// How often it was tried to send it.
    attempts: u32,
    /// When it is tried next; `null` where it is not.
    next_attempt_at: Nullable<Timestamp>,
    /// Why it was not sent the last time it was tried.
    last_error: Nullable<String>,
}

impl From<Mail> for MailResponse {
    fn from(mail: Mail) -> Self {
        let is_waiting = mail.state == model::MailState::Pending;
        Self {
            id: mail.id.0,
            to: mail.to.as_str().to_owned(),
            kind: mail.kind.into(),
            state: mail.state.into(),
            attempts: mail.attempts,
            next_attempt_at: Nullable(is_waiting.then(|| mail.next_attempt_at.into())),
            last_error: Nullable(mail.last_error),
        }
    }
}

impl Example for MailResponse {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x019c_12d4_6d66_7b1c_8d2e_3f4a_5b6c_7d8e),
            to: "ada@example.com".into(),
            kind: MailKind::VerifyEmail,
            state: MailState::Pending,
            attempts: 1,
            next_attempt_at: Nullable(Some(Timestamp::example())),
            last_error: Nullable(Some("connection refused".into())),
        }
    }
}

/// A page of mails.
#[derive(Object)]
#[oai(example)]
pub struct MailPage {
    /// The mails, the newest first.
    items: Vec<MailResponse>,
    /// Asks for the next page; `null` where this is the last.
    next_cursor: Nullable<String>,
}

impl From<Listed<Mail>> for MailPage {
    fn from(listed: Listed<Mail>) -> Self {
        Self {
            items: listed.items.into_iter().map(Into::into).collect(),
            next_cursor: Nullable(listed.next_cursor),
        }
    }
}

impl Example for MailPage {
    fn example() -> Self {
        Self {
            items: vec![MailResponse::example()],
            next_cursor: Nullable(Some("AZwS1G1mexyNLj9KW2x9jml4c2VhbGVkY3Vyc29y".into())),
        }
    }
}

#[derive(ApiResponse)]
enum ListMailsAnswer {
    /// A page of mails.
    #[oai(status = 200)]
    Listed(Json<MailPage>),
}

/// Operations on the outbox.
#[derive(Debug)]
pub struct MailOutboxApi {
    /// Reads it.
    pub outbox: Arc<OutboxList>,
}

#[OpenApi(prefix_path = "/admin/mail-outbox", tag = "Tag::Administration")]
impl MailOutboxApi {
    /// List mails
    ///
    /// The mails of the last days, sent or not, the newest first; neither their texts nor their links. For
    /// superusers.
    #[oai(path = "/", method = "get", operation_id = "list_mails")]
    async fn list_mails(
        &self,
        _administrator: Administrator,
        given: Given,
        /// How many mails a page has.
        limit: Query<Option<Param<Limit>>>,
        /// The `next_cursor` of the page before.
        cursor: Query<Option<Param<Cursor>>>,
        /// Only mails in this state.
        state: Query<Option<Param<model::MailState>>>,
    ) -> Result<ListMailsAnswer, Failure<(Superuser, Parameters)>> {
        let mut query = QueryReader::from(given);
        let page = query.page(limit.0, cursor.0);
        let state = query.read("state", state.0);
        query.finish()?;
        match self.outbox.list(state, &page).await {
            Ok(mails) => Ok(ListMailsAnswer::Listed(Json(mails.into()))),
            Err(ListError::Cursor) => Err(Cursor::refused().into()),
            Err(ListError::Fault(fault)) => Err(fault.into()),
        }
    }
}
