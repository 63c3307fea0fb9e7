use sea_orm::entity::prelude::*;

use crate::model::EmailToken;

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
            created_at: token.created_at,
            expires_at: token.expires_at,
        }
    }
}
