//! Whether the service can do its work.

use std::time::{Duration, Instant};

use super::Fault;
use crate::store::Store;

/// How long the database may take to answer: less than the shortest time that a request may be given.
const PATIENCE: Duration = Duration::from_millis(900);

/// Answers for the state of the service.
#[derive(Debug)]
pub struct Health {
    store: Store,
    started: Instant,
}

/// What the database is good for.
#[derive(Debug)]
pub enum DatabaseHealth {
    /// It answers, and has the schema that this program needs.
    Usable {
        /// How long it took to answer.
        latency: Duration,
    },
    /// It answers, but its schema is older than this program.
    Outdated {
        /// How long it took to answer.
        latency: Duration,
        /// Migrations that are to be applied.
        pending: usize,
    },
    /// It does not answer.
    Unavailable {
        /// Why not.
        cause: Fault,
    },
}

impl Health {
    /// Answers for the service that has just started on `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            started: Instant::now(),
        }
    }

    /// Time since the start.
    #[must_use]
    pub fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// Asks the database, and takes silence for an answer.
    pub async fn database(&self) -> DatabaseHealth {
        let asked = Instant::now();
        let store = self.store.clone();
        // In a task of its own, which goes on: that a probe is impatient must not speak against the database.
        let answer = tokio::spawn(async move { store.migrations().await });
        let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, answer).await else {
            return DatabaseHealth::Unavailable {
                cause: Fault::internal("the database did not answer in time"),
            };
        };
        match answer {
            Ok(migrations) => {
                let latency = asked.elapsed();
                match migrations
                    .iter()
                    .filter(|migration| !migration.applied)
                    .count()
                {
                    0 => DatabaseHealth::Usable { latency },
                    pending => DatabaseHealth::Outdated { latency, pending },
                }
            }
            Err(error) => DatabaseHealth::Unavailable {
                cause: error.into(),
            },
        }
    }
}
