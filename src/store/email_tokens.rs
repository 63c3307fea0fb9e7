//! Tokens that stand in links.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::entity::email_tokens::{self, Column};
use super::{Change, Store, StoreError};
use crate::model::{Email, EmailToken, EmailTokenId, Purpose, UserId};

impl Change {
    /// Keeps a token, and voids all of the user's older ones for the same purpose.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_tokens(&self, token: &EmailToken) -> Result<(), StoreError> {
        self.void_tokens(token.user_id, token.purpose).await?;
        email_tokens::Entity::insert(email_tokens::Model::from(token).into_active_model())
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(())
    }

    /// Uses a token up. Whether it was there: of two who use it at once, exactly one does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_token(&self, id: EmailTokenId) -> Result<bool, StoreError> {
        let deleted = email_tokens::Entity::delete_by_id(id.0)
            .exec(&self.transaction)
            .await?;
        Ok(deleted.rows_affected == 1)
    }

    /// Voids the user's tokens for a purpose.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_tokens(&self, user_id: UserId, purpose: Purpose) -> Result<(), StoreError> {
        email_tokens::Entity::delete_many()
            .filter(Column::UserId.eq(user_id.0))
            .filter(Column::Purpose.eq(purpose.name()))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The token that has this hash and purpose, whether or not it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_token(
        &self,
        hash: [u8; 32],
        purpose: Purpose,
    ) -> Result<Option<EmailToken>, StoreError> {
        let row = email_tokens::Entity::find()
            .filter(Column::TokenHash.eq(hash.to_vec()))
            .filter(Column::Purpose.eq(purpose.name()))
            .one(&self.connection)
            .await?;
        Ok(row.map(|row| EmailToken {
            id: EmailTokenId(row.id),
            user_id: UserId(row.user_id),
            purpose,
            hash,
            email: Email::from_stored(row.email),
            created_at: row.created_at,
            expires_at: row.expires_at,
        }))
    }

    /// Forgets tokens that expired before `now`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired_tokens(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let expired = Column::ExpiresAt.lt(now);
        self.forget::<email_tokens::Entity>(Column::Id, expired)
            .await
    }
}
