use sea_orm::entity::prelude::*;

use crate::model::{Email, EmailTokenId, Mail, MailId, MailKind, MailState};

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "mail_outbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub recipient: String,
    pub token_id: Option<Uuid>,
    pub language: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub details: Json,
    pub state: String,
    pub attempts: i32,
    pub next_attempt_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub last_error: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The mail; `None` for one that only a newer program can write.
    pub(crate) fn mail(self) -> Option<Mail> {
        Some(Mail {
            id: MailId(self.id),
            kind: MailKind::named(&self.kind)?,
            to: Email::from_stored(self.recipient),
            token_id: self.token_id.map(EmailTokenId),
            language: self.language,
            details: serde_json::from_value(self.details).unwrap_or_default(),
            state: MailState::named(&self.state)?,
            attempts: u32::try_from(self.attempts).unwrap_or(0),
            next_attempt_at: self.next_attempt_at,
            expires_at: self.expires_at,
            last_error: self.last_error,
        })
    }
}

impl From<&Mail> for Model {
    fn from(mail: &Mail) -> Self {
        Self {
            id: mail.id.0,
            kind: mail.kind.name().to_owned(),
            recipient: mail.to.as_str().to_owned(),
            token_id: mail.token_id.map(|id| id.0),
            language: mail.language.clone(),
            // Texts only: nothing that could fail to be written as JSON.
            details: serde_json::to_value(&mail.details).unwrap_or_default(),
            state: mail.state.name().to_owned(),
            attempts: i32::try_from(mail.attempts).unwrap_or(i32::MAX),
            next_attempt_at: mail.next_attempt_at,
            expires_at: mail.expires_at,
            last_error: mail.last_error.clone(),
        }
    }
}
