//! The connection to the database, with its circuit breaker: no query can go round it.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use sea_orm::prelude::async_trait::async_trait;
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection,
    DatabaseTransaction, DbBackend, DbErr, ExecResult, IsolationLevel, QueryResult, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::resilience::breaker::{Breakers, Permit, Rejected};

/// How much longer than the database's own bounds a step may take before it is given up: an answer that
/// comes from a network that swallows everything would never come.
const GRACE: Duration = Duration::from_secs(1);

/// How long connections that are no longer used may take to close.
const FAREWELL: Duration = Duration::from_secs(30);

/// Why the database was not asked, or not in time. Travels as an error of the driver.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// Its circuit breaker is open.
    #[error(transparent)]
    Rejected(Rejected),
    /// It works, but all connections were in use for too long.
    #[error("all connections are in use")]
    Busy,
}

impl From<Refusal> for DbErr {
    fn from(refusal: Refusal) -> Self {
        driver_error(sqlx::Error::AnyDriverError(Box::new(refusal)))
    }
}

impl Refusal {
    /// The refusal in an error, if it is one.
    pub(super) fn of(error: &DbErr) -> Option<Self> {
        match sqlx_error(error)? {
            sqlx::Error::AnyDriverError(error) => error.downcast_ref().copied(),
            _ => None,
        }
    }
}

/// A pool of connections behind a circuit breaker. Clones share both.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    shared: Arc<Shared>,
    /// Whether the breaker is asked.
    is_guarded: bool,
}

#[derive(Debug)]
struct Shared {
    pool: RwLock<DatabaseConnection>,
    options: ConnectOptions,
    breakers: Arc<Breakers>,
    /// How long one step may take.
    patience: Duration,
    /// On SQLite, where only one transaction can write at a time, the queue before it.
    writers: Option<Writers>,
}

/// Those who want to write wait here, in their order and without holding a connection that others could
/// read with. SQLite itself would have them try again and again.
#[derive(Debug)]
struct Writers {
    turn: Arc<Semaphore>,
    wait: Duration,
    last_end: Arc<Mutex<Option<Instant>>>,
}

/// The turn of one who writes. Its end is noted, if it was let in.
#[derive(Debug)]
struct Turn {
    has_begun: bool,
    last_end: Arc<Mutex<Option<Instant>>>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if self.has_begun {
            let mut last_end = self.last_end.lock().unwrap_or_else(PoisonError::into_inner);
            *last_end = Some(Instant::now());
        }
    }
}

/// A transaction that writes. Undone unless it is committed.
#[derive(Debug)]
pub(super) struct Transaction {
    inner: DatabaseTransaction,
    shared: Arc<Shared>,
    /// The breaker's, when the transaction began.
    generation: u64,
    is_guarded: bool,
    /// Given back last, when the transaction is over.
    turn: Option<Turn>,
}

impl Connection {
    /// Connects, without asking the breaker: at a start nothing is known of the database yet. Each step
    /// takes `acquire` for a connection and `statement` for itself at most.
    pub(super) async fn open(
        mut options: ConnectOptions,
        breakers: Arc<Breakers>,
        acquire: Duration,
        statement: Duration,
    ) -> Result<Self, DbErr> {
        let pool = Database::connect(options.clone()).await?;
        options.connect_lazy(true);
        let writers = (pool.get_database_backend() == DbBackend::Sqlite).then(|| Writers {
            turn: Arc::new(Semaphore::new(1)),
            wait: statement,
            last_end: Arc::default(),
        });
        Ok(Self {
            shared: Arc::new(Shared {
                pool: RwLock::new(pool),
                options,
                breakers,
                patience: acquire + statement + GRACE,
                writers,
            }),
            is_guarded: true,
        })
    }

    /// The same connections, past the breaker: for those who want to know for themselves.
    pub(super) fn unguarded(&self) -> Self {
        Self {
            is_guarded: false,
            ..self.clone()
        }
    }

    /// The pool as it is now, past breaker and time-outs: for migrations, which take as long as they take.
    pub(super) fn pool(&self) -> DatabaseConnection {
        self.shared.pool()
    }

    pub(super) fn is_sqlite(&self) -> bool {
        self.shared.writers.is_some()
    }

    /// Takes a step on a connection of the pool.
    pub(super) async fn step<T, F>(
        &self,
        step: impl FnOnce(DatabaseConnection) -> F,
    ) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let shared = &self.shared;
        let breaker = &shared.breakers.database;
        if !self.is_guarded {
            return shared.bounded(step(shared.pool())).await;
        }
        let mut permit = breaker.admit().map_err(Refusal::Rejected)?;
        if permit.is_trial() {
            Arc::clone(shared).attempt(permit).await?;
            permit = breaker.admit().map_err(Refusal::Rejected)?;
        }
        let started = Instant::now();
        let result = shared.bounded(step(shared.pool())).await;
        if let Err(error) = &result {
            if is_timeout_of_pool(error) && breaker.has_succeeded_since(started) {
                // Others were served meanwhile, so nothing is wrong with the database.
                return Err(Refusal::Busy.into());
            }
            if is_fault(error) {
                if permit.failed() {
                    shared.renew().await;
                }
                return result;
            }
        }
        permit.succeeded();
        result
    }

    /// Begins a transaction that writes.
    ///
    /// On SQLite it takes the write lock at once: a transaction that reads first and writes later would
    /// fail as locked, whatever the busy timeout, when another one wrote in between.
    pub(super) async fn begin(&self) -> Result<Transaction, DbErr> {
        let mut turn = match &self.shared.writers {
            Some(writers) => Some(writers.turn().await?),
            None => None,
        };
        let is_sqlite = self.is_sqlite();
        let options = TransactionOptions {
            sqlite_transaction_mode: is_sqlite.then_some(SqliteTransactionMode::Immediate),
            // Whatever the database's default is: who waited for a lock has to see what the others did.
            isolation_level: (!is_sqlite).then_some(IsolationLevel::ReadCommitted),
            ..TransactionOptions::default()
        };
        let begin = async |pool: DatabaseConnection| pool.begin_with_options(options).await;
        let inner = self.step(begin).await?;
        if let Some(turn) = &mut turn {
            turn.has_begun = true;
        }
        Ok(Transaction {
            inner,
            shared: Arc::clone(&self.shared),
            generation: self.shared.breakers.database.generation(),
            is_guarded: self.is_guarded,
            turn,
        })
    }

    /// Closes all connections once they are given back, or leaves those behind that are not in time: a silent
    /// network must not keep the process from ending.
    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.shared.bounded(self.pool().close()).await
    }
}

impl Writers {
    async fn turn(&self) -> Result<Turn, DbErr> {
        let started = Instant::now();
        let turn = tokio::time::timeout(self.wait, Arc::clone(&self.turn).acquire_owned());
        if let Ok(Ok(permit)) = turn.await {
            return Ok(Turn {
                has_begun: false,
                last_end: Arc::clone(&self.last_end),
                _permit: permit,
            });
        }
        let last_end = *self.last_end.lock().unwrap_or_else(PoisonError::into_inner);
        Err(if last_end.is_some_and(|last_end| last_end >= started) {
            Refusal::Busy.into()
        } else {
            // Another process has the lock and does not give it back.
            timed_out()
        })
    }
}

impl Shared {
    fn pool(&self) -> DatabaseConnection {
        self.pool
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits for the database no longer than it may take.
    async fn bounded<T>(&self, step: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        tokio::time::timeout(self.patience, step)
            .await
            .unwrap_or_else(|_| Err(timed_out()))
    }

    /// Tries whether the database works again, in a task of its own: whoever asked may have less patience than
    /// the database needs for its first answer, and giving up must not count against it.
    async fn attempt(self: Arc<Self>, permit: Permit) -> Result<(), DbErr> {
        let attempt = tokio::spawn(async move {
            // Where the last straw was a call that was given up, nobody has done so yet.
            self.renew().await;
            match self.bounded(ask(self.pool())).await {
                Err(error) if is_fault(&error) => {
                    if permit.failed() {
                        self.renew().await;
                    }
                    Err(error)
                }
                // What it says to the question does not matter, but that it answers.
                _ => {
                    permit.succeeded();
                    Ok(())
                }
            }
        });
        attempt.await.unwrap_or_else(|_| Err(timed_out()))
    }

    /// Begins anew with no connection at all. Those that hang, since their network swallows everything, would
    /// otherwise keep their places in the pool until the system gives them up, a quarter of an hour later.
    ///
    /// In a place of its own: it is large, and every query would carry the room for it about.
    fn renew(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if self.writers.is_some() {
                return;
            }
            // It connects when it is first used, so there is nothing that could fail.
            let Ok(fresh) = Database::connect(self.options.clone()).await else {
                return;
            };
            let stale = {
                let mut pool = self.pool.write().unwrap_or_else(PoisonError::into_inner);
                std::mem::replace(&mut *pool, fresh)
            };
            tokio::spawn(tokio::time::timeout(FAREWELL, stale.close()));
        })
    }

    /// Tells the breaker what came of a step of a transaction.
    async fn note<T>(&self, generation: u64, result: &Result<T, DbErr>) {
        let has_failed = result.as_ref().is_err_and(is_fault);
        if self.breakers.database.tell(generation, has_failed) {
            self.renew().await;
        }
    }
}

impl Transaction {
    /// Makes it so, for good.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        let Self {
            inner,
            shared,
            generation,
            is_guarded,
            turn,
        } = self;
        let result = shared.bounded(inner.commit()).await;
        if is_guarded {
            shared.note(generation, &result).await;
        }
        drop(turn);
        result
    }

    /// The same, however long it takes: for migrations.
    pub(super) async fn commit_unbounded(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }

    /// The transaction without breaker and bounds, for migrations: they take as long as they take.
    pub(super) fn inner(&self) -> &DatabaseTransaction {
        &self.inner
    }

    /// Takes a step of the transaction. It had leave when it began, so none is asked for.
    async fn step<T>(&self, step: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let result = self.shared.bounded(step).await;
        if self.is_guarded {
            self.shared.note(self.generation, &result).await;
        }
        result
    }
}

#[async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        if self.is_sqlite() {
            DbBackend::Sqlite
        } else {
            DbBackend::Postgres
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.step(async |pool| pool.execute_raw(statement).await)
            .await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.step(async |pool| pool.execute_unprepared(sql).await)
            .await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.step(async |pool| pool.query_one_raw(statement).await)
            .await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.step(async |pool| pool.query_all_raw(statement).await)
            .await
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.step(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.step(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.step(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.step(self.inner.query_all_raw(statement)).await
    }
}

/// Has the database look into its files for something that does not matter.
async fn ask(pool: DatabaseConnection) -> Result<(), DbErr> {
    let question = "SELECT version FROM seaql_migrations LIMIT 1";
    pool.execute_unprepared(question).await.map(drop)
}

fn driver_error(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

fn timed_out() -> DbErr {
    driver_error(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn is_timeout_of_pool(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
}

/// Whether an error speaks against the database as a whole: it can't be reached, lets nobody in, does not
/// answer in time, or says itself that it can't go on. Not one that comes of what it was asked, nor that
/// something is locked or full, while everything else can still be answered.
fn is_fault(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(_) => Refusal::of(error).is_none(),
        _ => match sqlx_error(error) {
            Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| is_outage(&code)),
            Some(
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
            ) => true,
            _ => false,
        },
    }
}

/// Whether an error code tells of an outage.
///
/// Of PostgreSQL (appendix A of its manual): connection exceptions (08), a standby that only reads (25006),
/// insufficient resources (53), a cancelled statement and shutdowns (57), system errors (58). Of SQLite (its
/// result codes): the file can't be read or written (10), is damaged (11), can't be opened (14) or is none
/// (26); they are numbers, whose last byte is the primary code.
fn is_outage(code: &str) -> bool {
    const POSTGRESQL: [&str; 5] = ["08", "25006", "53", "57", "58"];
    const SQLITE: [u32; 4] = [10, 11, 14, 26];
    let is_sqlstate = code.len() == 5;
    if is_sqlstate {
        return POSTGRESQL.iter().any(|class| code.starts_with(class));
    }
    code.parse()
        .is_ok_and(|code: u32| SQLITE.contains(&(code & 0xff)))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::Wait;

    #[test]
    fn a_refusal_is_found_again_in_the_error_it_travels_as() {
        let rejected = Rejected {
            name: "database",
            retry_after: Wait::of(TimeDelta::seconds(3)),
        };
        let error = DbErr::from(Refusal::Rejected(rejected));
        assert!(matches!(Refusal::of(&error), Some(Refusal::Rejected(found)) if found == rejected));
        assert!(!is_fault(&error));
        assert!(Refusal::of(&timed_out()).is_none());
        assert!(is_fault(&timed_out()));
        assert!(!is_fault(&DbErr::RecordNotInserted));
    }

    #[test]
    fn only_codes_of_outages_speak_against_postgresql() {
        for code in ["08006", "25006", "53300", "57014", "57P01", "58030"] {
            assert!(is_outage(code), "{code}");
        }
        // Unique violation, a transaction that is none, serialization failure, undefined table.
        for code in ["23505", "25001", "40001", "42P01"] {
            assert!(!is_outage(code), "{code}");
        }
    }

    #[test]
    fn only_codes_of_broken_files_speak_against_sqlite() {
        // As they are, and extended: a read and a write that failed, a damaged table.
        for code in ["10", "11", "14", "26", "266", "778", "267"] {
            assert!(is_outage(code), "{code}");
        }
        // Busy, locked, read-only, full, constraints.
        for code in ["5", "6", "8", "13", "261", "517", "1299", "2067", "1555"] {
            assert!(!is_outage(code), "{code}");
        }
    }
}
