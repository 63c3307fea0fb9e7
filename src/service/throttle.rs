//! Slowing down who guesses at one account's password, wherever the guesses come from and by whichever way
//! in.
//!
//! A try is counted as a failure *before* its password is hashed, so that of many at once only as many are
//! hashed as are allowed to fail; it is taken back once it turns out to be none. Who goes away in between
//! may have had the guess tried, so that counts. What is counted is in the database: it survives a restart,
//! and instances share it.

use aws_lc_rs::hmac;

use super::keys::{Keys, code_of};
use super::{Fault, audit};
use crate::config;
use crate::model::{Clock, EventKind, Identifier, Run, Slowdown, ThrottleKey, User, UserId, Wait};
use crate::store::{Change, Store, StoreError};
use crate::telemetry::metrics::{Limit, Metrics};

/// Counts failures in a row.
#[derive(Clone, Debug)]
pub struct Throttle {
    store: Store,
    clock: Clock,
    metrics: Metrics,
    /// Stands in for names that no account has.
    names: hmac::Key,
    /// `None` where nothing is to be slowed down.
    slowdown: Option<Slowdown>,
}

/// A try at a password that is let through. Whoever got it ends it by [`Throttle::end`].
#[derive(Debug)]
pub(super) struct Attempt {
    /// What was counted for it, until it is known how the try ended.
    open: Option<Counted>,
}

/// A failure that was counted.
#[derive(Debug)]
pub(super) struct Counted {
    key: ThrottleKey,
    before: Option<Run>,
    run: Run,
}

/// Why a try is not let through.
#[derive(Debug)]
pub(super) enum NotNow {
    /// It is too early.
    Throttled(Wait),
    /// Something failed.
    Fault(Fault),
}

impl From<StoreError> for NotNow {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl Attempt {
    /// No try at all, for who need not show a password.
    pub(super) fn none() -> Self {
        Self { open: None }
    }

    /// Ends the run of failures, together with what the password was shown for.
    ///
    /// # Errors
    /// When the database fails; then the try stays counted.
    pub(super) async fn succeed(&mut self, change: &Change) -> Result<(), StoreError> {
        match self.open.take() {
            Some(counted) => change.end_run(&counted.key).await,
            None => Ok(()),
        }
    }
}

impl Throttle {
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
            names: keys.throttle().clone(),
            slowdown: config.enabled.then(|| config.slowdown()),
        }
    }

    /// What a login counts for. Names are the same in any case, as for finding accounts.
    pub(super) fn key_of(&self, user: Option<&User>, identifier: &Identifier) -> ThrottleKey {
        if let Some(user) = user {
            return ThrottleKey::of_user(user.id);
        }
        let (Identifier::Email(name) | Identifier::Username(name)) = identifier;
        ThrottleKey::of_code(code_of(&self.names, &name.to_ascii_lowercase()))
    }

    /// Lets a try through, and counts it as failed until more is known.
    ///
    /// # Errors
    /// Says why not; then nothing was counted.
    pub(super) async fn begin(&self, key: ThrottleKey) -> Result<Attempt, NotNow> {
        let Some(slowdown) = self.slowdown else {
            return Ok(Attempt::none());
        };
        // Who is refused waits for no lock, and keeps nobody from writing.
        let seen = self.store.find_run(&key).await?;
        slowdown
            .judge(seen, self.clock.now())
            .map_err(|wait| self.refuse(wait))?;
        let change = self.store.change().await?;
        let counted = count(&change, slowdown, key, seen.is_some(), &self.clock).await?;
        let counted = counted.map_err(|wait| self.refuse(wait))?;
        change.commit().await?;
        Ok(Attempt {
            open: Some(counted),
        })
    }

    fn refuse(&self, wait: Wait) -> NotNow {
        self.metrics.rate_limited(Limit::Account);
        NotNow::Throttled(wait)
    }

    /// Notes that the password was wrong, and if nobody may try again for a while, tells so. A name that no
    /// account has costs the same.
    pub(super) async fn fail(&self, attempt: &mut Attempt, subject_id: Option<UserId>) {
        let (Some(counted), Some(slowdown)) = (attempt.open.take(), self.slowdown) else {
            return;
        };
        let delay = slowdown.delay_after(counted.run.failures);
        if delay.is_zero() {
            return;
        }
        let mut event = audit::event(EventKind::AccountThrottled, subject_id, self.clock.now());
        event.details.count = Some(counted.run.failures.into());
        event.details.delay_seconds = Some(Wait::of(delay).seconds().into());
        audit::note(&self.store, &event).await;
    }

    /// Takes back what was counted for a try that neither failed nor succeeded: something else stood in the
    /// way.
    pub(super) async fn end(&self, attempt: Attempt) {
        let Some(counted) = attempt.open else {
            return;
        };
        if let Err(error) = self.take_back(&counted).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a try at a password that was not made stays counted"
            );
        }
    }

    async fn take_back(&self, counted: &Counted) -> Result<(), StoreError> {
        let key = &counted.key;
        let change = self.store.change().await?;
        // Ended meanwhile, it is forgotten already.
        let Some(run) = change.lock_run(key).await? else {
            return Ok(());
        };
        let before = if run == counted.run {
            counted.before
        } else {
            // Others failed since.
            Some(Run {
                failures: run.failures.saturating_sub(1),
                ..run
            })
        };
        match before.filter(|run| run.failures > 0) {
            Some(run) => change.update_run(key, run).await?,
            None => change.end_run(key).await?,
        }
        change.commit().await
    }
}

/// Counts a failure within a change, so that nobody else counts meanwhile. `is_seen` is whether there seems to be
/// a run: mostly there is none, and then none is looked for.
///
/// # Errors
/// How long to wait, where it is too early; then nothing was counted.
pub(super) async fn count(
    change: &Change,
    slowdown: Slowdown,
    key: ThrottleKey,
    mut is_seen: bool,
    clock: &Clock,
) -> Result<Result<Counted, Wait>, StoreError> {
    loop {
        let before = if is_seen {
            change.lock_run(&key).await?
        } else {
            None
        };
        // The time once the lock is held: others who held it before may have been slow.
        let run = match slowdown.judge(before, clock.now()) {
            Ok(run) => run,
            Err(wait) => return Ok(Err(wait)),
        };
        let is_counted = match before {
            Some(_) => {
                change.update_run(&key, run).await?;
                true
            }
            None => change.begin_run(&key, run).await?,
        };
        if is_counted {
            return Ok(Ok(Counted { key, before, run }));
        }
        is_seen = true;
    }
}
