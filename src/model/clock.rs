//! The one place that asks what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Tells the time, to the millisecond.
///
/// Milliseconds because that is what the API shows: a time read back from either database is then
/// equal to the one that was stored. Clones share one offset, so that a test moves the time of a
/// whole running application by [`Clock::advance`] instead of sleeping.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The current time in UTC, truncated to milliseconds.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the clock is where the time comes from"
        )]
        let real = Utc::now();
        let offset = TimeDelta::milliseconds(self.offset_ms.load(Ordering::Relaxed));
        (real + offset).trunc_subsecs(3)
    }

    /// Moves this clock and all its clones by `by`; negative moves back.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_ms
            .fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }
}
