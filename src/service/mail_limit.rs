//! How often mail can be asked for to one mailbox, by whoever and from wherever, whether or not it belongs to an
//! account.

use aws_lc_rs::hmac;

use super::Fault;
use super::keys::Keys;
use super::throttle::{NotNow, count};
use crate::config;
use crate::model::{Clock, Email, Slowdown, ThrottleKey, Wait};
use crate::store::{Change, Store};
use crate::telemetry::metrics::{Limit, Metrics};

/// Counts the mails that are asked for.
#[derive(Clone, Debug)]
pub struct MailLimit {
    store: Store,
    clock: Clock,
    metrics: Metrics,
    /// Stands in for addresses.
    addresses: hmac::Key,
    /// `None` where nothing is to be slowed down.
    slowdown: Option<Slowdown>,
}

impl MailLimit {
    /// Counts in `store`, by the rules of `config`.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Clock,
        keys: &Keys,
        config: &config::RateLimit,
        metrics: Metrics,
    ) -> Self {
        Self {
            store,
            clock,
            metrics,
            addresses: keys.mailbox().clone(),
            slowdown: config.enabled.then(|| config.mail_slowdown()),
        }
    }

    /// Begins a change that leaves a mail for a mailbox, unless there were too many.
    pub(super) async fn begin(&self, to: &Email) -> Result<Change, NotNow> {
        if let Some(slowdown) = self.slowdown {
            // Who is refused waits for no lock, and keeps nobody from writing.
            let seen = self.store.find_run(&self.key_of(to)).await?;
            slowdown
                .judge(seen, self.clock.now())
                .map_err(|wait| self.refuse(wait))?;
        }
        let change = self.store.change().await?;
        self.admit(&change, to).await?;
        Ok(change)
    }

    /// Counts a mail within the change that leaves it.
    ///
    /// # Errors
    /// Says why not; then the change is not to be made.
    pub(super) async fn admit(&self, change: &Change, to: &Email) -> Result<(), NotNow> {
        let Some(slowdown) = self.slowdown else {
            return Ok(());
        };
        let counted = count(change, slowdown, self.key_of(to), &self.clock).await;
        match counted.map_err(Fault::from).map_err(NotNow::Fault)? {
            Ok(_) => Ok(()),
            Err(wait) => Err(self.refuse(wait)),
        }
    }

    fn key_of(&self, to: &Email) -> ThrottleKey {
        let tag = hmac::sign(&self.addresses, to.as_str().to_ascii_lowercase().as_bytes());
        let mut code = [0; 32];
        code.copy_from_slice(tag.as_ref());
        ThrottleKey::of_code(code)
    }

    fn refuse(&self, wait: Wait) -> NotNow {
        self.metrics.rate_limited(Limit::Mailbox);
        NotNow::Throttled(wait)
    }
}
