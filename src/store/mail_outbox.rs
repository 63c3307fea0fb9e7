//! Mail that is to be sent, and what became of it.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{
    Expr, ExprTrait, LockBehavior, LockType, Query, SelectStatement, UnionType,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::entity::mail_outbox::{Column, Entity, Model};
use super::forget::Due;
use super::kept::Kept;
use super::newest::{cut, newest};
use super::{Change, Store, StoreError};
use crate::model::{Mail, MailId, MailKind, MailState, Page, Slice};

/// The states in which something is still to happen: first what somebody may have left behind.
const OPEN: [MailState; 2] = [MailState::Sending, MailState::Pending];

/// What the time is called that a mail is due at, where nothing else is asked for.
const DUE_AT: &str = "due_at";

/// Mail that is not settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenMail {
    /// How many mails are to be sent, now or later.
    pub pending: u64,
    /// How many are being sent.
    pub sending: u64,
    /// When the one that has waited longest came in.
    pub oldest: Option<DateTime<Utc>>,
}

impl Change {
    /// Keeps a mail that is to be sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_mail(&self, mail: &Mail) -> Result<(), StoreError> {
        Entity::insert(Model::from(mail).into_active_model())
            .exec_without_returning(&self.transaction)
            .await?;
        Ok(())
    }

    /// Takes the mail that has been due for longest, until `until`: nobody else gets it before. Counts as an
    /// attempt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_mail(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<Mail>, StoreError> {
        for state in OPEN {
            let found = first(state)
                .filter(Column::NextAttemptAt.lte(now))
                // Others take the next one, rather than wait for this one.
                .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
                .one(&self.transaction)
                .await?;
            let Some(mail) = found.and_then(Model::mail) else {
                continue;
            };
            let mail = Mail {
                state: MailState::Sending,
                attempts: mail.attempts.saturating_add(1),
                next_attempt_at: until,
                ..mail
            };
            // Nothing else of it is touched: a newer program may know more of it.
            let attempts = i32::try_from(mail.attempts).unwrap_or(i32::MAX);
            Entity::update_many()
                .col_expr(Column::State, Expr::value(mail.state.name()))
                .col_expr(Column::Attempts, Expr::value(attempts))
                .col_expr(Column::NextAttemptAt, Expr::value(until))
                .filter(Column::Id.eq(mail.id.0))
                .exec(&self.transaction)
                .await?;
            return Ok(Some(mail));
        }
        Ok(None)
    }

    /// Whether a mail is still held by who claimed it by this attempt. It stays so until this is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holds_mail(&self, claimed: &Mail) -> Result<bool, StoreError> {
        let row = Entity::find_by_id(claimed.id.0)
            .lock(LockType::Update)
            .one(&self.transaction)
            .await?;
        Ok(row.and_then(Model::mail).is_some_and(|mail| {
            mail.state == MailState::Sending && mail.attempts == claimed.attempts
        }))
    }

    /// Writes a mail that is held as it is to be.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_mail(&self, mail: &Mail) -> Result<(), StoreError> {
        let row = Model::from(mail).into_active_model().reset_all();
        Entity::update(row)
            .validate()?
            .exec(&self.transaction)
            .await?;
        Ok(())
    }

    /// Forgets a mail that is held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_mail(&self, id: MailId) -> Result<(), StoreError> {
        Entity::delete_by_id(id.0).exec(&self.transaction).await?;
        Ok(())
    }
}

impl Store {
    /// The newest mails, of one state or of any, page by page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mails(
        &self,
        state: Option<MailState>,
        page: Page<MailId>,
    ) -> Result<Slice<Mail, MailId>, StoreError> {
        let mut condition = Condition::all();
        if let Some(state) = state {
            condition = condition.add(Column::State.eq(state.name()));
        }
        let rows = Page {
            limit: page.limit,
            before: page.before.map(|id| id.0),
        };
        let rows = newest::<Entity>(Column::Id, Vec::new(), condition, rows)
            .all(&self.connection)
            .await?;
        let rows = cut(rows, page.limit, |row| MailId(row.id));
        Ok(Slice {
            items: rows.items.into_iter().filter_map(Model::mail).collect(),
            next: rows.next,
        })
    }

    /// When the next mail is due, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_mail_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        static DUE: Kept = Kept::new();
        let backend = self.connection.get_database_backend();
        let statement = DUE.same(backend, |backend| backend.build(&due()));
        let rows = self.connection.query_all_raw(statement).await?;
        let due = rows.iter().map(|row| row.try_get("", DUE_AT));
        let due: Result<Vec<DateTime<Utc>>, DbErr> = due.collect();
        Ok(due?.into_iter().min())
    }

    /// What is not settled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_mail(&self) -> Result<OpenMail, StoreError> {
        let of = |state: MailState| Entity::find().filter(Column::State.eq(state.name()));
        let oldest = Entity::find()
            .filter(Column::State.is_in(OPEN.map(MailState::name)))
            .order_by_asc(Column::Id)
            .limit(1)
            .one(&self.connection)
            .await?;
        Ok(OpenMail {
            pending: of(MailState::Pending).count(&self.connection).await?,
            sending: of(MailState::Sending).count(&self.connection).await?,
            oldest: oldest.map(|row| MailId(row.id).time()),
        })
    }

    /// Forgets mails from before `time` that are settled, and those that nobody settled though they had to be by
    /// then. How many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_mails(&self, time: DateTime<Utc>) -> Result<u64, StoreError> {
        self.forget::<Uuid>(&over(time)).await
    }
}

/// All of them are among those from before `time`, since a mail is written down before it has to be settled; and
/// hardly any others are, since few may wait for so long. So the id, which orders by time, leads to them.
pub(super) fn over(time: DateTime<Utc>) -> Due<Entity> {
    let settled = Column::State.is_not_in(OPEN.map(MailState::name));
    let lost = Column::ExpiresAt.lt(time);
    let old = Column::Id.lt(MailId::lowest_at(time).0);
    Due::by_id(Column::Id, old.and(settled.or(lost)))
}

/// When the first mail of each state is due.
fn due() -> SelectStatement {
    let [sending, pending] = OPEN.map(|state| {
        let first = first(state)
            .select_only()
            .column_as(Column::NextAttemptAt, DUE_AT);
        // A limit inside a union has to stand in a query of its own.
        Query::select()
            .column(DUE_AT)
            .from_subquery(first.into_query(), state.name())
            .to_owned()
    });
    let mut due = sending;
    due.union(UnionType::All, pending).to_owned()
}

/// The mail of a state that is due first. One that only a newer program can write is left to that.
fn first(state: MailState) -> Select<Entity> {
    // Of one state at a time: so an index leads to the first one, however many there are.
    Entity::find()
        .filter(Column::State.eq(state.name()))
        .filter(Column::Kind.is_in(MailKind::ALL.iter().map(|kind| kind.name())))
        .order_by_asc(Column::NextAttemptAt)
        .limit(1)
}
