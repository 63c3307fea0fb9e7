//! User accounts.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::entity::{sessions, users};
use super::{Store, StoreError};
use crate::model::{Identifier, PasswordHash, Session, Taken, User, UserId};

/// The unique indexes of `users`.
const EMAIL_INDEX: &str = "users_email_key";
const USERNAME_INDEX: &str = "users_username_key";

/// Why an account was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a login was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordLoginError {
    /// The account was deleted or deactivated, or its password changed, since it was verified.
    #[error("the account changed during the login")]
    Superseded,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Keeps a new account, and its first session where the person is logged in with it.
    ///
    /// # Errors
    /// [`CreateUserError::Taken`] when the address or the name is another account's.
    pub async fn create_user(
        &self,
        user: &User,
        session: Option<&Session>,
    ) -> Result<(), CreateUserError> {
        let transaction = self.begin().await?;
        let row = users::Model::from(user).into_active_model();
        users::Entity::insert(row)
            .exec_without_returning(&transaction)
            .await
            .map_err(|error| taken_or(error.into()))?;
        if let Some(session) = session {
            sessions::Entity::insert(sessions::Model::from(session).into_active_model())
                .exec_without_returning(&transaction)
                .await
                .map_err(StoreError::from)?;
        }
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// The account that has this address or name, in any case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_user(&self, identifier: &Identifier) -> Result<Option<User>, StoreError> {
        let (column, text) = match identifier {
            Identifier::Email(text) => (users::Column::Email, text),
            Identifier::Username(text) => (users::Column::Username, text),
        };
        // Both are ASCII once they are stored, so this folds as the database does.
        let row = users::Entity::find()
            .filter(Expr::expr(Func::lower(Expr::col(column))).eq(text.to_ascii_lowercase()))
            .one(&self.connection)
            .await?;
        Ok(row.map(User::from))
    }

    /// Keeps the session of a login, made when it began, whose password was verified against `verified`, and a new hash of
    /// the same password where one was made.
    ///
    /// # Errors
    /// [`RecordLoginError::Superseded`] when the account has another password by now or is no longer
    /// active, so that no login outlives what it was made with.
    pub async fn record_login(
        &self,
        verified: &PasswordHash,
        rehashed: Option<&PasswordHash>,
        session: &Session,
    ) -> Result<(), RecordLoginError> {
        let transaction = self.begin().await?;
        let mut update = users::Entity::update_many()
            .col_expr(users::Column::LastLogin, Expr::value(session.created_at))
            .filter(users::Column::Id.eq(session.user_id.0))
            .filter(users::Column::PasswordHash.eq(verified.expose()))
            .filter(users::Column::IsActive.eq(true));
        if let Some(hash) = rehashed {
            update = update.col_expr(users::Column::PasswordHash, Expr::value(hash.expose()));
        }
        let updated = update.exec(&transaction).await.map_err(StoreError::from)?;
        if updated.rows_affected == 0 {
            return Err(RecordLoginError::Superseded);
        }
        sessions::Entity::insert(sessions::Model::from(session).into_active_model())
            .exec_without_returning(&transaction)
            .await
            .map_err(StoreError::from)?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(())
    }

    /// Lets a person use the service, or no longer; then all sessions end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_active(
        &self,
        id: UserId,
        is_active: bool,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let transaction = self.begin().await?;
        let updated = users::Entity::update_many()
            .col_expr(users::Column::IsActive, Expr::value(is_active))
            .col_expr(users::Column::UpdatedAt, Expr::value(now))
            .filter(users::Column::Id.eq(id.0))
            .exec(&transaction)
            .await?;
        if !is_active {
            sessions::Entity::delete_many()
                .filter(sessions::Column::UserId.eq(id.0))
                .exec(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(updated.rows_affected == 1)
    }
}

/// Tells a taken name from every other failure of an insert.
fn taken_or(error: StoreError) -> CreateUserError {
    if error.violates(EMAIL_INDEX) {
        CreateUserError::Taken(Taken::Email)
    } else if error.violates(USERNAME_INDEX) {
        CreateUserError::Taken(Taken::Username)
    } else {
        CreateUserError::Store(error)
    }
}
