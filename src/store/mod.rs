//! What the service remembers. The only room that knows SQL.
//!
//! Every change is one transaction, so that what was answered is durable and nothing is half done.

mod address_limits;
mod audit;
mod change;
mod connection;
mod devices;
mod email_tokens;
mod entity;
mod forget;
mod kept;
mod mail_outbox;
mod newest;
mod pool;
mod pooler;
mod schema;
mod sessions;
mod statistics;
#[cfg(test)]
mod testing;
mod throttles;
mod together;
mod users;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, DbErr, RuntimeErr, SqlErr};
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use self::connection::{Connection, Refusal, Transaction};
use self::together::Advances;
use crate::config::{self, Synchronous};
use crate::files::{create_private, private_folder};
use crate::resilience::breaker::{Breakers, Rejected};

pub use change::Change;
pub use mail_outbox::OpenMail;
pub use schema::MigrationState;
pub use users::SaveUserError;

/// How long an idle PostgreSQL connection is trusted without asking it first.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// How long PostgreSQL lets a transaction wait for its client, so that one that lost its network does not
/// hold its locks until the connection is given up. Longer than any request takes; an import may wait for
/// its next line.
const IDLE_IN_TRANSACTION: &str = "60s";

/// The database did not do what it was asked for.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// It was not asked: it has failed too often.
    #[error(transparent)]
    Rejected(Rejected),
    /// It works, but too much is asked of it at once.
    #[error("database: too much is asked of it at once")]
    Busy,
    /// It failed.
    #[error("database: {0}")]
    Failed(#[source] DbErr),
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match Refusal::of(&error) {
            Some(Refusal::Rejected(rejected)) => Self::Rejected(rejected),
            Some(Refusal::Busy) => Self::Busy,
            None => Self::Failed(error),
        }
    }
}

impl StoreError {
    /// The name of the unique index that a write would have violated, if that is the reason.
    fn violates(&self, index: &str) -> bool {
        let Self::Failed(error) = self else {
            return false;
        };
        matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(text)) if text.contains(index))
    }
}

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder of the SQLite file could not be made.
    #[error("can't create the folder of the database: {0}")]
    Folder(#[from] std::io::Error),
    /// Neither SQLite nor PostgreSQL.
    #[error("configuration key database.url: must start with sqlite:// or postgres://")]
    Scheme,
    /// The rest of the URL can't be understood. It is not repeated: it may hold a password.
    #[error("configuration key database.url: is not a valid URL")]
    Url,
    /// Connecting failed.
    #[error("can't connect to the database: {0}")]
    Connect(#[from] DbErr),
    /// Something between here and PostgreSQL is of no use.
    #[error(
        "the pooler before PostgreSQL loses prepared statements: PgBouncer has to be 1.21 or newer, with \
         max_prepared_statements above 0"
    )]
    Pooler,
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Connect(DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))
    }
}

/// The database, shared by everything that remembers. Clones share one pool of connections.
#[derive(Clone, Debug)]
pub struct Store {
    connection: Connection,
    advances: Arc<Advances>,
}

impl Store {
    /// Connects; an SQLite file and its folder are created when missing. From then on everything that is
    /// asked of the database goes through its breaker.
    ///
    /// # Errors
    /// When the database can't be reached or its URL is wrong.
    pub async fn open(
        config: &config::Database,
        breakers: Arc<Breakers>,
    ) -> Result<Self, OpenError> {
        let url = config.url.expose_secret();
        let is_sqlite = config.is_sqlite();
        let is_understood = if is_sqlite {
            url.parse::<SqliteConnectOptions>().is_ok()
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            url.parse::<PgConnectOptions>().is_ok()
        } else {
            return Err(OpenError::Scheme);
        };
        if !is_understood {
            return Err(OpenError::Url);
        }
        if let Some(folder) = config.sqlite_folder() {
            private_folder(&folder)?;
        }
        if let Some(file) = Self::missing_file(config) {
            // Made here, since SQLite would let everybody read it, and the files beside it are as it is.
            match create_private(&file) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(error.into());
                }
                _ => {}
            }
        }
        let synchronous = match config.sqlite_synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        };
        let statement_timeout = config.statement_timeout();
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(config.max_connections)
            .connect_timeout(config.acquire_timeout())
            .acquire_timeout(config.acquire_timeout())
            // Statements are logged by nobody: they would be noise at best.
            .sqlx_logging(false)
            .map_sqlx_sqlite_opts(move |options| {
                options
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(synchronous)
                    .busy_timeout(statement_timeout)
                    .optimize_on_close(true, None)
            });
        if is_sqlite {
            options.test_before_acquire(false);
        } else {
            options
                .statement_timeout(statement_timeout)
                .test_before_acquire_if_idle_for(TRUSTED_IDLE)
                .map_sqlx_postgres_opts(|options| {
                    options
                        // No number is read as text, and poolers refuse what they don't know.
                        .extra_float_digits(None)
                        .options([("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION)])
                });
        }
        let connection = Connection::open(
            options,
            breakers,
            config.acquire_timeout(),
            statement_timeout,
        )
        .await?;
        if !is_sqlite {
            let pool = connection.pool();
            pooler::inspect(pool.get_postgres_connection_pool(), statement_timeout).await?;
        }
        Ok(Self {
            connection,
            advances: Arc::default(),
        })
    }

    /// The same, but asked even where its breaker would reject it: for operators who look after the breaker,
    /// and have to be known by the database as well.
    #[must_use]
    pub fn past_the_breaker(&self) -> Self {
        Self {
            connection: self.connection.unguarded(),
            ..self.clone()
        }
    }

    /// The SQLite file that is not there yet.
    #[must_use]
    pub fn missing_file(config: &config::Database) -> Option<PathBuf> {
        config.sqlite_folder()?;
        let options: SqliteConnectOptions = config.url.expose_secret().parse().ok()?;
        let file = options.get_filename();
        (!file.exists()).then(|| file.to_owned())
    }

    /// Closes all connections once they are given back.
    ///
    /// # Errors
    /// When the database was closed before.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.connection.close().await?)
    }

    /// Begins changes that happen together or not at all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change(&self) -> Result<Change, StoreError> {
        Ok(Change::new(self.begin().await?))
    }

    async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(self.connection.begin().await?)
    }

    fn is_sqlite(&self) -> bool {
        self.connection.is_sqlite()
    }
}
