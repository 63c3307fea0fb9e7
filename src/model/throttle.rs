//! How guessing at one account's password is slowed down, and never stopped for good.
//!
//! Failures in a row are a *run*. The first few cost nothing; after each further one nobody may try again
//! for a while, which doubles up to a bound. All that is kept of a run is its length and when it last grew,
//! so what follows from it is computed here and nowhere else.

use chrono::{DateTime, TimeDelta, Utc};

use super::UserId;

/// How far the clocks of two instances may differ before one is taken for wrong.
const SKEW: TimeDelta = TimeDelta::seconds(5);

/// What failures are counted for: an account, or a name that no account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThrottleKey(Vec<u8>);

impl ThrottleKey {
    /// Bytes of what mails are counted by.
    const MAILS_LENGTH: usize = 24;

    /// For an account, whichever of its names was typed. Its id is no secret, so that whoever changes the
    /// account can end its run without any key.
    #[must_use]
    pub fn of_user(id: UserId) -> Self {
        Self(id.0.as_bytes().to_vec())
    }

    /// For a name that no account has, by a keyed code of it: it may be a password in the wrong field. The
    /// code is longer than an id, so neither is ever taken for the other.
    #[must_use]
    pub fn of_code(code: [u8; 32]) -> Self {
        Self(code.to_vec())
    }

    /// For mails of a kind to a mailbox, by a keyed code of both, which is cut: so it has a length of its own,
    /// and still nobody finds two that are the same.
    #[must_use]
    pub fn of_mails(code: [u8; 32]) -> Self {
        Self(code.iter().copied().take(Self::MAILS_LENGTH).collect())
    }

    /// As it is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Failures in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// How many there were, at least one.
    pub failures: u32,
    /// When the last one was.
    pub last_at: DateTime<Utc>,
}

/// How long to wait before the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait(TimeDelta);

impl Wait {
    /// This long.
    #[must_use]
    pub fn of(time: TimeDelta) -> Self {
        Self(time)
    }

    /// In whole seconds, as `Retry-After` has it (RFC 9110 section 10.2.3): after them the next try is let
    /// through for certain, so rather too many, and at least one.
    #[must_use]
    pub fn seconds(self) -> u32 {
        let milliseconds = self.0.num_milliseconds().max(1).cast_unsigned();
        u32::try_from(milliseconds.div_ceil(1000)).unwrap_or(u32::MAX)
    }
}

/// The rules by which a run slows down what follows.
#[derive(Clone, Copy, Debug)]
pub struct Slowdown {
    /// How many failures in a row cost nothing.
    pub free_failures: u32,
    /// How long nobody may try after the last of those.
    pub first_delay: TimeDelta,
    /// What that doubles to at most, with each further failure.
    pub max_delay: TimeDelta,
    /// How long after its last failure a run is forgotten.
    pub forget_after: TimeDelta,
}

impl Slowdown {
    /// How long nobody may try after so many failures in a row.
    #[must_use]
    pub fn delay_after(&self, failures: u32) -> TimeDelta {
        let Some(doublings) = failures.checked_sub(self.free_failures) else {
            return TimeDelta::zero();
        };
        // No bound is so long that it would not be reached by then.
        let factor = 1_i64 << doublings.min(31);
        let delay = self.first_delay.num_milliseconds().saturating_mul(factor);
        TimeDelta::milliseconds(delay.min(self.max_delay.num_milliseconds()))
    }

    /// Judges a try at `now`, after `run` if there is one: the run as it is with this try counted as a
    /// failure, which is what it is until it succeeds.
    ///
    /// # Errors
    /// How long to wait, where it is too early. A failure that is still to come is from before the clock was
    /// set back, and keeps nobody waiting.
    pub fn judge(&self, run: Option<Run>, now: DateTime<Utc>) -> Result<Run, Wait> {
        let first = Run {
            failures: 1,
            last_at: now,
        };
        let Some(run) = run.filter(|run| now - run.last_at < self.forget_after) else {
            return Ok(first);
        };
        let delay = self.delay_after(run.failures);
        // Nothing was before it happened, so then the clock was set back.
        let passed = (now - run.last_at).max(TimeDelta::zero());
        let is_known = run.last_at - now <= SKEW;
        if is_known && passed < delay {
            return Err(Wait(delay - passed));
        }
        Ok(Run {
            failures: run.failures.saturating_add(1),
            ..first
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOWDOWN: Slowdown = Slowdown {
        free_failures: 3,
        first_delay: TimeDelta::seconds(1),
        max_delay: TimeDelta::seconds(10),
        forget_after: TimeDelta::hours(1),
    };

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(365) + TimeDelta::milliseconds(milliseconds)
    }

    fn judge(failures: u32, now: i64) -> Result<Run, Wait> {
        let run = Run {
            failures,
            last_at: at(0),
        };
        SLOWDOWN.judge(Some(run), at(now))
    }

    #[test]
    fn the_delay_doubles_after_the_free_failures_up_to_its_bound() {
        let delays: Vec<i64> = [0, 1, 2, 3, 4, 5, 6, 7, 8, 100, u32::MAX]
            .map(|failures| SLOWDOWN.delay_after(failures).num_seconds())
            .into();
        assert_eq!(delays, [0, 0, 0, 1, 2, 4, 8, 10, 10, 10, 10]);
    }

    #[test]
    fn a_try_is_too_early_until_the_delay_is_over() {
        for (failures, delay) in [(3, 1000), (5, 4000), (50, 10_000)] {
            for (now, left) in [(0, delay), (1, delay - 1), (delay - 1, 1)] {
                let wait = judge(failures, now).unwrap_err();
                assert_eq!(wait, Wait(TimeDelta::milliseconds(left)));
            }
            let next = judge(failures, delay).unwrap();
            assert_eq!(
                (next.failures, next.last_at),
                (failures + 1, at(delay)),
                "{failures}"
            );
        }
    }

    #[test]
    fn a_run_is_forgotten_after_its_time() {
        let hour = TimeDelta::hours(1).num_milliseconds();
        let judged = |now| judge(50, now).unwrap().failures;
        assert_eq!(judged(hour - 1), 51);
        assert_eq!(judged(hour), 1);
    }

    #[test]
    fn a_clock_that_was_set_back_keeps_nobody_waiting() {
        for failures in [1, 3, 4, 50] {
            for back in [5001, 16_000, 3_600_000, 86_400_000] {
                let next = judge(failures, -back).unwrap();
                assert_eq!((next.failures, next.last_at), (failures + 1, at(-back)));
            }
        }
    }

    #[test]
    fn clocks_that_differ_a_little_let_nobody_in_early_and_keep_nobody_out() {
        for behind in [1, 50, 5000] {
            for (failures, delay) in [(3, 1), (4, 2), (50, 10)] {
                let wait = judge(failures, -behind).unwrap_err();
                assert_eq!(wait, Wait(TimeDelta::seconds(delay)));
            }
            assert!(judge(2, -behind).is_ok());
        }
    }

    #[test]
    fn waits_are_rounded_up_to_whole_seconds() {
        let seconds = [-5, 0, 1, 999, 1000, 1001, 900_000]
            .map(|milliseconds| Wait(TimeDelta::milliseconds(milliseconds)).seconds());
        assert_eq!(seconds, [1, 1, 1, 1, 1, 2, 900]);
    }
}
