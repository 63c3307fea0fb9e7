//! How often one client address may do what costs much or could be guessing.
//!
//! Counted in memory, by each instance for itself: it bounds what one address can make an instance do. What
//! protects an account from many addresses is [`super::throttle`].

use std::net::IpAddr;

use crate::config;
use crate::model::{Clock, Wait};
use crate::resilience::address_limit::AddressLimit;
use crate::telemetry::metrics::{Limit, Metrics};

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
    /// Apart from the attempts, so that nobody is logged out because others guess from the same address.
    refreshes: AddressLimit,
    mails: AddressLimit,
}

impl Addresses {
    /// Limits as `config` says.
    #[must_use]
    pub fn new(clock: Clock, config: &config::RateLimit, metrics: Metrics) -> Self {
        let limits = config.enabled.then(|| Limits {
            attempts: AddressLimit::per_minute(config.address_attempts_per_minute),
            refreshes: AddressLimit::per_minute(config.address_refreshes_per_minute),
            mails: AddressLimit::per_minute(config.address_mails_per_minute),
        });
        Self {
            clock,
            metrics,
            limits,
        }
    }

    /// Lets an address register, log in, or show a password or a link once more.
    ///
    /// # Errors
    /// How long to wait, where it did so too often.
    pub fn admit_attempt(&self, address: Option<IpAddr>) -> Result<(), Wait> {
        self.admit(|limits| &limits.attempts, address)
    }

    /// Lets an address refresh once more.
    ///
    /// # Errors
    /// How long to wait, where it did so too often.
    pub fn admit_refresh(&self, address: Option<IpAddr>) -> Result<(), Wait> {
        self.admit(|limits| &limits.refreshes, address)
    }

    /// Lets an address ask for mail once more.
    ///
    /// # Errors
    /// How long to wait, where it did so too often.
    pub fn admit_mail(&self, address: Option<IpAddr>) -> Result<(), Wait> {
        self.admit(|limits| &limits.mails, address)
    }

    fn admit(
        &self,
        which: fn(&Limits) -> &AddressLimit,
        address: Option<IpAddr>,
    ) -> Result<(), Wait> {
        let Some(limits) = &self.limits else {
            return Ok(());
        };
        let admitted = which(limits).admit(address, self.clock.now());
        if admitted.is_err() {
            self.metrics.rate_limited(Limit::Address);
        }
        admitted
    }
}
