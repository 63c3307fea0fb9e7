//! User accounts.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Iden,
    IdenStatic, IntoActiveModel, Iterable, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

use super::entity::users::{self, Column};
use super::newest::{cut, newest};
use super::{Change, Store, StoreError};
use crate::model::{
    Email, Identifier, Page, PasswordHash, Slice, Taken, User, UserFilter, UserId, Username,
};

/// The unique indexes of `users`.
const EMAIL_INDEX: &str = "users_email_key";
const USERNAME_INDEX: &str = "users_username_key";
/// What people are looked for by.
pub(super) const NAMES: [Column; 2] = [Column::Email, Column::Username];
/// From how many names with the same beginning on the newest accounts that have it are looked for, rather than
/// all of them. So few are read at once that a search takes as long in a large database as in a small one.
const COMMON: u64 = 250;
/// How many letters of a name there is an index for that has the newest account first.
const BEGINNING: usize = 2;
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
        // A row comes back in any case, or nobody's would be there sooner, by what it takes to read one.
        let one = Query::select().expr_as(Expr::val(1), "one").to_owned();
        let statement = Query::select()
            .columns(Column::iter().map(|column| (users::Entity, column)))
            .from_subquery(one, "always")
            .left_join(users::Entity, folded(column).eq(fold(text)))
            .to_owned();
        let Some(row) = self.connection.query_one(&statement).await? else {
            return Ok(None);
        };
        let id: Option<Uuid> = row.try_get("", Column::Id.as_str())?;
        if id.is_none() {
            return Ok(None);
        }
        let row = users::Model::from_query_result(&row, "")?;
        Ok(Some(User::from(row)))
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
        let mut condition = Condition::all();
        if let Some(is_active) = filter.is_active {
            condition = condition.add(Column::IsActive.eq(is_active));
        }
        let mut alternatives = Vec::new();
        if let Some(prefix) = &filter.prefix {
            let prefix = fold(prefix);
            // What is as long as what the index has is looked for there at once.
            let named = if prefix.len() == BEGINNING {
                None
            } else {
                self.named(&prefix, filter.is_active).await?
            };
            if let Some(ids) = named {
                condition = Condition::all().add(Column::Id.is_in(on_page(ids, page)));
            } else if let Some(beginning) = prefix.get(..BEGINNING) {
                let beginning =
                    |column| begins(column, beginning).and(starts_with(column, &prefix));
                alternatives = NAMES.map(beginning).into();
            } else {
                let starts = NAMES.map(|column| starts_with(column, &prefix));
                condition =
                    condition.add(starts.into_iter().fold(Condition::any(), Condition::add));
            }
        }
        let rows = Page {
            limit: page.limit,
            before: page.before.map(|id| id.0),
        };
        let rows = newest::<users::Entity>(Column::Id, alternatives, condition, rows)
            .all(&self.connection)
            .await?;
        let users = rows.into_iter().map(User::from).collect();
        Ok(cut(users, page.limit, |user: &User| user.id))
    }

    /// The accounts that have a name with this beginning; none where there are many.
    ///
    /// The database is asked for the range and nothing else, neither to sort nor to choose: one that guesses
    /// badly how many there are would rather read all accounts than those that the index finds.
    async fn named(
        &self,
        prefix: &str,
        is_active: Option<bool>,
    ) -> Result<Option<Vec<Uuid>>, StoreError> {
        let mut ids = Vec::new();
        for column in NAMES {
            let found = beginning_with(column, prefix)
                .into_tuple::<(Uuid, bool)>()
                .all(&self.connection)
                .await?;
            if found.len() as u64 >= COMMON {
                return Ok(None);
            }
            let fits = |active: &bool| is_active.is_none_or(|wanted| wanted == *active);
            ids.extend(
                found
                    .iter()
                    .filter(|(_, active)| fits(active))
                    .map(|(id, _)| id),
            );
        }
        Ok(Some(ids))
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

    /// Whether anybody can administer the service.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_superuser(&self) -> Result<bool, StoreError> {
        let found = users::Entity::find()
            .filter(can_administer())
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
    /// they were, by all three.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_free_users(
        &self,
        all: &[User],
    ) -> Result<Vec<(UserId, Email, Option<Username>)>, StoreError> {
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let rows = all
            .iter()
            .map(|user| users::Model::from(user).into_active_model());
        let mut statement = users::Entity::insert_many(rows).into_query();
        statement
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .returning(Query::returning().columns([Column::Id, Column::Email, Column::Username]));
        let mut kept = Vec::new();
        for row in self.transaction.query_all(&statement).await? {
            let username: Option<String> = row.try_get("", &Column::Username.to_string())?;
            kept.push((
                UserId(row.try_get("", &Column::Id.to_string())?),
                Email::from_stored(row.try_get("", &Column::Email.to_string())?),
                username.map(Username::from_stored),
            ));
        }
        Ok(kept)
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

    /// The account as it is now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = users::Entity::find_by_id(id.0)
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
            .filter(can_administer())
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

/// As [`User::can_administer`].
fn can_administer() -> Condition {
    Condition::all()
        .add(Column::IsSuperuser.eq(true))
        .add(Column::IsActive.eq(true))
        .add(Column::PasswordHash.is_not_null())
}

/// A name as it is compared.
fn folded(column: Column) -> Expr {
    Expr::expr(Func::lower(Expr::col(column)))
}

/// Folds as the database does: names are ASCII once they are stored.
fn fold(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// Those ids that a page needs: the newest before it begins, and one more.
fn on_page(mut ids: Vec<Uuid>, page: Page<UserId>) -> Vec<Uuid> {
    if let Some(before) = page.before {
        ids.retain(|id| *id < before.0);
    }
    ids.sort_unstable_by(|one, other| other.cmp(one));
    // Who is found by both names is found twice.
    ids.dedup();
    ids.truncate(usize::try_from(page.limit).map_or(usize::MAX, |limit| limit.saturating_add(1)));
    ids
}

/// Which accounts have a name that begins with a folded text, and whether they are active: as a range, which
/// an index is searched for.
pub(super) fn beginning_with(column: Column, prefix: &str) -> Select<users::Entity> {
    let after = format!("{prefix}{AFTER_ALL}");
    users::Entity::find()
        .select_only()
        .columns([Column::Id, Column::IsActive])
        .filter(folded(column).gte(prefix))
        .filter(folded(column).lt(after))
        .limit(COMMON)
}

/// That the first letters of a name are these: a comparison that an index is made for, in which the newest
/// account comes first. Written as the index is, since that is how the databases recognise it.
pub(super) fn begins(column: Column, beginning: &str) -> Expr {
    let first = format!("substr(lower({}), 1, {BEGINNING})", column.as_str());
    Expr::cust(first).eq(beginning)
}

/// The same as [`beginning_with`] as a comparison, for which no index is of any use.
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
