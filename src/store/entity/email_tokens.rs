use sea_orm::entity::prelude::*;

use crate::model::{Email, EmailToken, EmailTokenId, Purpose, UserId};

#[derive(Clone, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "email_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub purpose: String,
    #[sea_orm(column_type = "VarBinary(StringLen::N(32))")]
    pub token_hash: Vec<u8>,
    pub email: String,
    pub is_mailed: bool,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&EmailToken> for Model {
    fn from(token: &EmailToken) -> Self {
        Self {
            id: token.id.0,
            user_id: token.user_id.0,
            purpose: token.purpose.name().to_owned(),
            token_hash: token.hash.to_vec(),
            email: token.email.as_str().to_owned(),
            is_mailed: token.is_mailed,
            created_at: token.created_at,
            expires_at: token.expires_at,
        }
    }
}

impl Model {
    /// The token; `None` for one that only a newer program knows what to do with.
    pub(crate) fn token(self) -> Option<EmailToken> {
        Some(EmailToken {
            id: EmailTokenId(self.id),
            user_id: UserId(self.user_id),
            purpose: Purpose::named(&self.purpose)?,
            hash: self.token_hash.try_into().ok()?,
            email: Email::from_stored(self.email),
            is_mailed: self.is_mailed,
            created_at: self.created_at,
            expires_at: self.expires_at,
        })
    }
}
