//! Looking after the circuit breakers.

use std::sync::Arc;

use super::administration::{Actor, Unauthorized, authorize};
use super::{Fault, audit};
use crate::model::{Clock, EventKind};
use crate::resilience::breaker::{Breaker, Breakers};
use crate::store::{Store, StoreError};

pub use crate::resilience::breaker::Snapshot;

/// Reads and resets circuit breakers.
#[derive(Debug)]
pub struct CircuitBreakers {
    breakers: Arc<Breakers>,
    store: Store,
    clock: Clock,
}

/// Why a breaker was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetBreakerError {
    /// There is no such breaker.
    #[error("there is no such circuit breaker")]
    NotFound,
    /// The administrator may not do it any more.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// Something failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for ResetBreakerError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl CircuitBreakers {
    /// Looks after `breakers`, and notes in `store` what it did to them: past the breaker of the database,
    /// or that one could never be reset while it is open.
    #[must_use]
    pub fn new(breakers: Arc<Breakers>, store: &Store, clock: Clock) -> Self {
        Self {
            breakers,
            store: store.past_the_breaker(),
            clock,
        }
    }

    /// All breakers.
    #[must_use]
    pub fn list(&self) -> Vec<Snapshot> {
        self.breakers.iter().map(Breaker::snapshot).collect()
    }

    /// Closes a breaker, as if what it is round had never failed.
    ///
    /// # Errors
    /// Says why not.
    pub async fn reset(&self, actor: Actor<'_>, name: &str) -> Result<(), ResetBreakerError> {
        let mut breakers = self.breakers.iter();
        let breaker = breakers
            .find(|breaker| breaker.name() == name)
            .ok_or(ResetBreakerError::NotFound)?;
        let change = self.store.change().await?;
        change.lock_superusers().await?;
        authorize(&change, actor).await??;
        let mut event = audit::event(EventKind::CircuitBreakerReset, None, self.clock.now());
        event.details.breaker = Some(breaker.name().to_owned());
        audit::commit(change, &[event]).await?;
        breaker.reset();
        Ok(())
    }
}
