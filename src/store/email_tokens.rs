//! Tokens that stand in links.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, Select};
use uuid::Uuid;

use super::entity::email_tokens::{self, Column, Model};
use super::forget::Due;
use super::{Change, Store, StoreError};
use crate::model::{Email, EmailToken, EmailTokenId, Purpose, UserId};

impl Change {
    /// Keeps a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_token(&self, token: &EmailToken) -> Result<(), StoreError> {
        email_tokens::Entity::insert(Model::from(token).into_active_model())
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

    /// Voids the user's tokens for these purposes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_tokens(
        &self,
        user_id: UserId,
        purposes: &[Purpose],
    ) -> Result<(), StoreError> {
        let purposes = purposes.iter().map(|purpose| purpose.name());
        let which = Condition::all().add(Column::Purpose.is_in(purposes));
        self.void(user_id, which).await
    }

    /// As [`Store::is_reserved`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_reserved(
        &self,
        email: &Email,
        own: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(reservation(email, own, now)
            .one(&self.transaction)
            .await?
            .is_some())
    }

    /// Voids the user's tokens for a purpose that were sent by mail, and leaves what was handed over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_mailed_tokens(
        &self,
        user_id: UserId,
        purpose: Purpose,
    ) -> Result<(), StoreError> {
        let which = Condition::all()
            .add(Column::Purpose.eq(purpose.name()))
            .add(Column::IsMailed.eq(true));
        self.void(user_id, which).await
    }

    /// Whether the user's account can be taken back to another address at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_way_back(
        &self,
        user_id: UserId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let open = email_tokens::Entity::find()
            .filter(Column::UserId.eq(user_id.0))
            .filter(Column::Purpose.eq(Purpose::RestoreEmail.name()))
            .filter(Column::ExpiresAt.gt(now))
            .one(&self.transaction)
            .await?;
        Ok(open.is_some())
    }

    /// Has a token that is still good known by another hash. Whether it is still good.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rehash_token(&self, id: EmailTokenId, hash: [u8; 32]) -> Result<bool, StoreError> {
        let updated = email_tokens::Entity::update_many()
            .col_expr(Column::TokenHash, Expr::value(hash.to_vec()))
            .filter(Column::Id.eq(id.0))
            .exec(&self.transaction)
            .await?;
        Ok(updated.rows_affected == 1)
    }

    /// Voids the user's tokens that are not older than this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_tokens_since(&self, token: &EmailToken) -> Result<(), StoreError> {
        // Ids order by time.
        let which = Condition::all().add(Column::Id.gte(token.id.0));
        self.void(token.user_id, which).await
    }

    async fn void(&self, user_id: UserId, which: Condition) -> Result<(), StoreError> {
        email_tokens::Entity::delete_many()
            .filter(Column::UserId.eq(user_id.0))
            .filter(which)
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The token that has this hash, whether or not it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_token(&self, hash: [u8; 32]) -> Result<Option<EmailToken>, StoreError> {
        let row = email_tokens::Entity::find()
            .filter(Column::TokenHash.eq(hash.to_vec()))
            .one(&self.connection)
            .await?;
        Ok(row.and_then(Model::token))
    }

    /// The token that has this id, whether or not it has expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_token_by_id(
        &self,
        id: EmailTokenId,
    ) -> Result<Option<EmailToken>, StoreError> {
        let row = email_tokens::Entity::find_by_id(id.0).one(&self.connection);
        Ok(row.await?.and_then(Model::token))
    }

    /// Whether some account other than `own` can be taken back to this address at `now`, so that nobody else
    /// may have it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_reserved(
        &self,
        email: &Email,
        own: Option<UserId>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        Ok(reservation(email, own, now)
            .one(&self.connection)
            .await?
            .is_some())
    }

    /// Forgets tokens that expired before `now`. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired_tokens(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        self.forget::<(DateTime<Utc>, Uuid)>(&expired(now)).await
    }
}

pub(super) fn expired(now: DateTime<Utc>) -> Due<email_tokens::Entity> {
    Due::by(Column::ExpiresAt, Column::Id, Column::ExpiresAt.lt(now))
}

/// The ways back to an address that others than `own` have.
fn reservation(
    email: &Email,
    own: Option<UserId>,
    now: DateTime<Utc>,
) -> Select<email_tokens::Entity> {
    let folded = Expr::expr(Func::lower(Expr::col(Column::Email)));
    let mut query = email_tokens::Entity::find()
        .filter(Column::Purpose.eq(Purpose::RestoreEmail.name()))
        .filter(folded.eq(email.as_str().to_ascii_lowercase()))
        .filter(Column::ExpiresAt.gt(now));
    if let Some(own) = own {
        query = query.filter(Column::UserId.ne(own.0));
    }
    query
}
