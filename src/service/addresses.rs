//! How often one client address may do what costs much or could be guessing.
//!
//! Counted in memory, by each instance for itself: it bounds what one address can make an instance do. What
//! protects an account from many addresses is [`super::throttle`].

use std::net::IpAddr;

use crate::config;
use crate::model::{Clock, Wait};
use crate::resilience::address_limit::AddressLimit;

/// The limits of client addresses.
#[derive(Debug)]
pub struct Addresses {
    clock: Clock,
    /// `None` where nothing is limited.
    limits: Option<Limits>,
}

#[derive(Debug)]
struct Limits {
    attempts: AddressLimit,
    /// Apart from the attempts, so that nobody is logged out because others guess from the same address.
    refreshes: AddressLimit,
}

impl Addresses {
    /// Limits as `config` says.
    #[must_use]
    pub fn new(clock: Clock, config: &config::RateLimit) -> Self {
        let limits = config.enabled.then(|| Limits {
            attempts: AddressLimit::per_minute(config.address_attempts_per_minute),
            refreshes: AddressLimit::per_minute(config.address_refreshes_per_minute),
        });
        Self { clock, limits }
    }

    /// Lets an address register, log in, or show a password or a link once more.
    ///
    /// # Errors
    /// How long to wait, where it did so too often.
    pub fn admit_attempt(&self, address: Option<IpAddr>) -> Result<(), Wait> {
        let admit = |limits: &Limits| limits.attempts.admit(address, self.clock.now());
        self.limits.as_ref().map_or(Ok(()), admit)
    }

    /// Lets an address refresh once more.
    ///
    /// # Errors
    /// How long to wait, where it did so too often.
    pub fn admit_refresh(&self, address: Option<IpAddr>) -> Result<(), Wait> {
        let admit = |limits: &Limits| limits.refreshes.admit(address, self.clock.now());
        self.limits.as_ref().map_or(Ok(()), admit)
    }
}
