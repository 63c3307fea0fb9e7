//! How often mail can be asked for to one mailbox, by whoever and from wherever, whether or not it belongs to an
//! account.

use aws_lc_rs::hmac;

use super::keys::{Keys, code_of};
use super::throttle::{NotNow, count};
use crate::config;
use crate::model::{Clock, Email, MailKind, Slowdown, ThrottleKey, Wait};
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

    /// Tells whether there were too many mails of a kind to a mailbox, without counting.
    pub(super) async fn check(&self, kind: MailKind, to: &Email) -> Result<(), NotNow> {
        let Some(slowdown) = self.slowdown else {
            return Ok(());
        };
        let seen = self.store.find_run(&self.key_of(kind, to)).await?;
        slowdown
            .judge(seen, self.clock.now())
            .map(drop)
            .map_err(|wait| self.refuse(wait))
    }

    /// Begins a change that leaves a mail for a mailbox, unless there were too many.
    pub(super) async fn begin(&self, kind: MailKind, to: &Email) -> Result<Change, NotNow> {
        // Who is refused waits for no lock, and keeps nobody from writing.
        self.check(kind, to).await?;
        let change = self.store.change().await?;
        self.admit(&change, kind, to).await?;
        Ok(change)
    }

    /// Counts a mail within the change that leaves it.
    ///
    /// # Errors
    /// Says why not; then nothing was counted.
    pub(super) async fn admit(
        &self,
        change: &Change,
        kind: MailKind,
        to: &Email,
    ) -> Result<(), NotNow> {
        let Some(slowdown) = self.slowdown else {
            return Ok(());
        };
        let key = self.key_of(kind, to);
        match count(change, slowdown, key, true, &self.clock).await? {
            Ok(_) => Ok(()),
            Err(wait) => Err(self.refuse(wait)),
        }
    }

    /// Each kind is counted by itself: one that somebody else uses up must not keep a person from another.
    fn key_of(&self, kind: MailKind, to: &Email) -> ThrottleKey {
        let mailbox = to.as_str().to_ascii_lowercase();
        let counted = format!("{} {mailbox}", kind.name());
        ThrottleKey::of_mails(code_of(&self.addresses, &counted))
    }

    fn refuse(&self, wait: Wait) -> NotNow {
        self.metrics.rate_limited(Limit::Mailbox);
        NotNow::Throttled(wait)
    }
}
