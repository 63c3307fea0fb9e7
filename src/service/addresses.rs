//! How often one client address may do what costs much or could be guessing.
//!
//! Each instance counts in memory: it bounds what one address can make an instance do. Where instances share their
//! counts, a use that an instance would let through is counted in the database as well, and what is answered there is
//! known here from then on. So who uses up the figure asks the database no more often than the figure allows; and
//! where the database does not answer, what is known here holds. What protects an account from many addresses is
//! [`super::throttle`].

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};

use super::keys::{Keys, code_of};
use crate::config::{self, Config, LimitStore};
use crate::model::{Client, Clock, Rate, RateKey, Use, Wait};
use crate::resilience::address_limit::AddressLimit;
use crate::resilience::breaker::{Breaker, Breakers};
use crate::store::{Store, StoreError};
use crate::telemetry::metrics::{Limit, Metrics};

/// What an address may do only so often, each with a figure of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// To register, to log in, or to show a password or a link.
    Attempt,
    /// To refresh: apart from the attempts, so that nobody is logged out because others guess from the same address.
    Refresh,
    /// To ask for mail.
    Mail,
}

/// The limits of client addresses.
#[derive(Debug)]
pub struct Addresses {
    clock: Clock,
    metrics: Metrics,
    /// `None` where nothing is limited.
    limits: Option<Limits>,
}

#[derive(Debug)]
struct Limits {
    attempts: AddressLimit,
    refreshes: AddressLimit,
    mails: AddressLimit,
    /// `None` where each instance counts for itself.
    shared: Option<Shared>,
}

/// The counts that instances share.
#[derive(Clone, Debug)]
struct Shared {
    store: Store,
    breaker: Arc<Breaker>,
    /// How long a request waits for a count that it can do without.
    patience: Duration,
    /// Stands in for addresses.
    codes: hmac::Key,
}

/// Why there is no shared count.
#[derive(Debug, thiserror::Error)]
enum SharedError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the database did not count in time")]
    TimedOut,
}

impl Addresses {
    /// Limits as `config` says. What instances share is asked of `store` past its breaker, since it has one of its
    /// own: that it can't be counted stops nobody from logging in, and must not be taken for an outage of the database.
    #[must_use]
    pub fn new(
        store: &Store,
        breakers: &Breakers,
        clock: Clock,
        keys: &Keys,
        config: &Config,
        metrics: Metrics,
    ) -> Self {
        let shared = (config.limit_store() == LimitStore::Database).then(|| Shared {
            store: store.past_the_breaker(),
            breaker: Arc::clone(&breakers.rate_limit),
            patience: config.rate_limit.store_timeout(),
            codes: keys.address().clone(),
        });
        let config = &config.rate_limit;
        Self {
            clock,
            metrics,
            limits: config.enabled.then(|| Limits::new(config, shared)),
        }
    }

    /// Lets an address do something once more.
    ///
    /// # Errors
    /// How long to wait, where it did so too often.
    pub async fn admit(&self, act: Act, address: Option<IpAddr>) -> Result<(), Wait> {
        let Some(limits) = &self.limits else {
            return Ok(());
        };
        let admitted = limits
            .admit(act, Client::from(address), self.clock.now())
            .await;
        if admitted.is_err() {
            self.metrics.rate_limited(Limit::Address);
        }
        admitted
    }
}

impl Limits {
    fn new(config: &config::RateLimit, shared: Option<Shared>) -> Self {
        let limit = |uses| AddressLimit::new(Rate::per_minute(uses));
        Self {
            attempts: limit(config.address_attempts_per_minute),
            refreshes: limit(config.address_refreshes_per_minute),
            mails: limit(config.address_mails_per_minute),
            shared,
        }
    }

    async fn admit(&self, act: Act, client: Client, now: DateTime<Utc>) -> Result<(), Wait> {
        let limit = match act {
            Act::Attempt => &self.attempts,
            Act::Refresh => &self.refreshes,
            Act::Mail => &self.mails,
        };
        // First, and whatever the others say: of many at once no more get past this than the figure allows.
        limit.admit(client, now)?;
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        let Some(judged) = shared.use_up(act, client, limit.rate(), now).await else {
            return Ok(());
        };
        limit.learn(client, judged);
        match judged {
            Use::Admitted { .. } => Ok(()),
            Use::Refused { wait, .. } => Err(wait),
        }
    }
}

impl Shared {
    /// Counts a use. `None` where the database does not, or not in time.
    async fn use_up(
        &self,
        act: Act,
        client: Client,
        rate: Rate,
        now: DateTime<Utc>,
    ) -> Option<Use> {
        let permit = self.breaker.admit().ok()?;
        let key = key_of(&self.codes, act, client);
        let (store, patience) = (self.store.clone(), self.patience);
        // In a task of its own, which goes on: that somebody hangs up must not speak against the database, nor leave
        // a connection behind in the middle of a statement.
        let counting = tokio::spawn(async move {
            let counted = tokio::time::timeout(patience, store.use_up(key, rate, now));
            let counted = match counted.await {
                Ok(counted) => counted.map_err(SharedError::from),
                Err(_) => Err(SharedError::TimedOut),
            };
            match counted {
                Ok(judged) => {
                    permit.succeeded();
                    Some(judged)
                }
                // Whatever it is: it would only be asked in vain.
                Err(error) => {
                    if permit.failed() {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "client addresses are counted by this instance alone for a while"
                        );
                    }
                    None
                }
            }
        });
        counting.await.ok().flatten()
    }
}

fn key_of(codes: &hmac::Key, act: Act, client: Client) -> RateKey {
    let act = match act {
        Act::Attempt => "attempt",
        Act::Refresh => "refresh",
        Act::Mail => "mail",
    };
    RateKey::of_code(code_of(codes, &format!("{act} {client}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_one_client_and_one_act_and_of_nobody_without_the_secret() {
        let keys = Keys::derive("one secret of at least 32 bytes..".into());
        let same = Keys::derive("one secret of at least 32 bytes..".into());
        let other = Keys::derive("another secret of over 32 bytes..".into());
        let ada = Client::V4(0xc000_0201);
        let key = key_of(keys.address(), Act::Attempt, ada);
        assert_eq!(key, key_of(same.address(), Act::Attempt, ada));
        for another in [
            key_of(other.address(), Act::Attempt, ada),
            key_of(keys.address(), Act::Refresh, ada),
            key_of(keys.address(), Act::Mail, ada),
            key_of(keys.address(), Act::Attempt, Client::V4(0xc000_0202)),
            key_of(keys.address(), Act::Attempt, Client::Unknown),
        ] {
            assert_ne!(key, another);
        }
    }
}
