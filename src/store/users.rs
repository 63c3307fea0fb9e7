//! User accounts.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, Iden, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::entity::users::{self, Column};
use super::newest::{cut, newest};
use super::{Change, Store, StoreError};
use crate::model::{Identifier, Page, PasswordHash, Slice, Taken, User, UserFilter, UserId};

/// The unique indexes of `users`.
const EMAIL_INDEX: &str = "users_email_key";
const USERNAME_INDEX: &str = "users_username_key";
/// What people are looked for by.
const NAMES: [Column; 2] = [Column::Email, Column::Username];
/// From how many names with the same beginning on the newest accounts are looked through for it: sorting
/// fewer is quicker.
const COMMON: u64 = 10_000;
/// Sorts after every character that an address or a name can have: they are printable ASCII.
const AFTER_ALL: char = '\u{7f}';

/// Why an account was not written.
#[derive(Debug, thiserror::Error)]
pub enum SaveUserError {
    /// Another account has the address or the name.
    #[error("the e-mail address or user name is taken")]
    Taken(Taken),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// The account that has this address or name, in any case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_user(&self, identifier: &Identifier) -> Result<Option<User>, StoreError> {
        let (column, text) = match identifier {
            Identifier::Email(text) => (Column::Email, text),
            Identifier::Username(text) => (Column::Username, text),
        };
        let row = users::Entity::find()
            .filter(folded(column).eq(fold(text)))
            .one(&self.connection)
            .await?;
        Ok(row.map(User::from))
    }

    /// The account that has this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_user_by_id(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = users::Entity::find_by_id(id.0)
            .one(&self.connection)
            .await?;
        Ok(row.map(User::from))
    }

    /// The newest accounts that fit the filter, page by page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(
        &self,
        filter: &UserFilter,
        page: Page<UserId>,
    ) -> Result<Slice<User, UserId>, StoreError> {
        let mut common = Condition::all();
        if let Some(is_active) = filter.is_active {
            common = common.add(Column::IsActive.eq(is_active));
        }
        let mut alternatives = Vec::new();
        if let Some(prefix) = &filter.prefix {
            let prefix = fold(prefix);
            if self.is_common(&prefix).await? {
                let starts = NAMES.map(|column| starts_with(column, &prefix));
                common = common.add(starts.into_iter().fold(Condition::any(), Condition::add));
            } else {
                alternatives = prefix_alternatives(&prefix);
            }
        }
        let rows = Page {
            limit: page.limit,
            before: page.before.map(|id| id.0),
        };
        let rows = newest::<users::Entity>(Column::Id, alternatives, common, rows)
            .all(&self.connection)
            .await?;
        let users = rows.into_iter().map(User::from).collect();
        Ok(cut(users, page.limit, |user: &User| user.id))
    }

    /// Whether so many names begin so that some of the newest accounts have one. Then looking through those
    /// finds a page sooner than sorting all that the index finds.
    async fn is_common(&self, prefix: &str) -> Result<bool, StoreError> {
        for column in NAMES {
            let found = users::Entity::find()
                .select_only()
                .expr(Expr::value(1))
                .filter(in_range(column, prefix))
                .limit(COMMON)
                .count(&self.connection)
                .await?;
            if found >= COMMON {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next `limit` accounts after one, in the order in which they were created.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users_after(
        &self,
        after: Option<UserId>,
        limit: u64,
    ) -> Result<Vec<User>, StoreError> {
        let after = after.map_or(Uuid::nil(), |id| id.0);
        let rows = users::Entity::find()
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(User::from).collect())
    }

    /// How many accounts there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_users(&self) -> Result<u64, StoreError> {
        Ok(users::Entity::find().count(&self.connection).await?)
    }

    /// Whether there is any account that may administer the service.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_superuser(&self) -> Result<bool, StoreError> {
        let found = users::Entity::find()
            .filter(Column::IsSuperuser.eq(true))
            .one(&self.connection)
            .await?;
        Ok(found.is_some())
    }
}

impl Change {
    /// Keeps a new account.
    ///
    /// # Errors
    /// [`SaveUserError::Taken`] when the address or the name is another account's; then the whole change
    /// can't be made.
    pub async fn insert_user(&self, user: &User) -> Result<(), SaveUserError> {
        users::Entity::insert(users::Model::from(user).into_active_model())
            .exec_without_returning(&self.transaction)
            .await
            .map_err(|error| taken_or(error.into()))?;
        Ok(())
    }

    /// Keeps those of the new accounts whose id, address and name are free, also among each other. Which
    /// they were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_free_users(&self, all: &[User]) -> Result<Vec<UserId>, StoreError> {
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let rows = all
            .iter()
            .map(|user| users::Model::from(user).into_active_model());
        let mut statement = users::Entity::insert_many(rows).into_query();
        statement
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .returning_col(Column::Id);
        let kept = self.transaction.query_all(&statement).await?;
        let id = |row: sea_orm::QueryResult| row.try_get("", &Column::Id.to_string()).map(UserId);
        Ok(kept.into_iter().map(id).collect::<Result<_, _>>()?)
    }

    /// Which of these texts, in lower case, are addresses or names of accounts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn taken_names(&self, texts: &[String]) -> Result<Vec<(Taken, String)>, StoreError> {
        let mut taken = Vec::new();
        for (column, what) in [
            (Column::Email, Taken::Email),
            (Column::Username, Taken::Username),
        ] {
            let statement = Query::select()
                .expr_as(folded(column), "name")
                .from(users::Entity)
                .and_where(folded(column).is_in(texts))
                .to_owned();
            for row in self.transaction.query_all(&statement).await? {
                taken.push((what, row.try_get("", "name")?));
            }
        }
        Ok(taken)
    }

    /// The account as it is now, which nobody else changes or logs in to until this is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lock_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = users::Entity::find_by_id(id.0)
            .lock(LockType::NoKeyUpdate)
            .one(&self.transaction)
            .await?;
        Ok(row.map(User::from))
    }

    /// Writes an account as it is to be.
    ///
    /// # Errors
    /// As [`Change::insert_user`].
    pub async fn update_user(&self, user: &User) -> Result<(), SaveUserError> {
        let row = users::Model::from(user).into_active_model().reset_all();
        users::Entity::update(row)
            .validate()
            .map_err(StoreError::from)?
            .exec(&self.transaction)
            .await
            .map_err(|error| taken_or(error.into()))?;
        Ok(())
    }

    /// Deletes an account, with its sessions and tokens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_user(&self, id: UserId) -> Result<(), StoreError> {
        users::Entity::delete_by_id(id.0)
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Whether anybody besides this user can administer the service.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_other_superuser(&self, id: UserId) -> Result<bool, StoreError> {
        let other = users::Entity::find()
            .filter(Column::IsSuperuser.eq(true))
            .filter(Column::IsActive.eq(true))
            .filter(Column::Id.ne(id.0))
            .one(&self.transaction)
            .await?;
        Ok(other.is_some())
    }

    /// Notes a login whose password was verified against `verified`, and a new hash of the same password
    /// where one was made. Whether the account still has that hash and is active: otherwise the login
    /// must not be, so that none outlives what it was made with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_login(
        &self,
        id: UserId,
        verified: &PasswordHash,
        rehashed: Option<&PasswordHash>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut update = users::Entity::update_many()
            .col_expr(Column::LastLogin, Expr::value(at))
            .filter(Column::Id.eq(id.0))
            .filter(Column::PasswordHash.eq(verified.expose()))
            .filter(Column::IsActive.eq(true));
        if let Some(hash) = rehashed {
            update = update.col_expr(Column::PasswordHash, Expr::value(hash.expose()));
        }
        Ok(update.exec(&self.transaction).await?.rows_affected == 1)
    }
}

/// A name as it is compared.
fn folded(column: Column) -> Expr {
    Expr::expr(Func::lower(Expr::col(column)))
}

/// Folds as the database does: names are ASCII once they are stored.
fn fold(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// That either name begins with a folded text, each for an index of its own.
pub(super) fn prefix_alternatives(prefix: &str) -> Vec<Expr> {
    NAMES.map(|column| in_range(column, prefix)).into()
}

/// That a name begins with a folded text: as a range, which an index is searched for.
fn in_range(column: Column, prefix: &str) -> Expr {
    let after = format!("{prefix}{AFTER_ALL}");
    folded(column).gte(prefix).and(folded(column).lt(after))
}

/// The same as a comparison, for which no index is of any use.
fn starts_with(column: Column, prefix: &str) -> Expr {
    let length = i32::try_from(prefix.chars().count()).unwrap_or(i32::MAX);
    let start = Func::cust("substr").arg(folded(column)).arg(1).arg(length);
    Expr::expr(start).eq(prefix)
}

/// Tells a taken name from every other failure of a write.
fn taken_or(error: StoreError) -> SaveUserError {
    if error.violates(EMAIL_INDEX) {
        SaveUserError::Taken(Taken::Email)
    } else if error.violates(USERNAME_INDEX) {
        SaveUserError::Taken(Taken::Username)
    } else {
        SaveUserError::Store(error)
    }
}
