//! How often something may be done in a minute: all at once, and then once for each part of the minute that has
//! passed (the generic cell rate algorithm of ITU-T I.371).
//!
//! All that is kept of who does it is one number: when they have their whole figure again, in microseconds since
//! 1970. From then on nothing need be kept of them.

use chrono::{DateTime, TimeDelta, Utc};

use super::Wait;

/// Within this time a figure may be used up, and comes back.
const PERIOD_MICROSECONDS: i64 = 60_000_000;
/// How far the clocks of two instances may differ before one is taken for wrong.
const SKEW_MICROSECONDS: i64 = 5_000_000;

/// So many uses a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Time that one use takes to come back.
    interval: i64,
}

/// What is compared at one moment, in microseconds: for who has to judge somewhere else than here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The moment. A figure that is whole by then is whole now.
    pub now: i64,
    /// What a use puts off the time at which the figure is whole.
    pub interval: i64,
    /// When the figure is whole at the latest, if there is a use left.
    pub latest: i64,
    /// When the figure of anybody is whole at the latest. What is later is from before the clock was set back, and
    /// keeps nobody waiting.
    pub credible: i64,
}

/// What came of counting a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is let through.
    Admitted {
        /// When the figure is whole again.
        whole_at: i64,
    },
    /// There is none left, so it does not count.
    Refused {
        /// When the figure is whole again.
        whole_at: i64,
        /// When there is one.
        wait: Wait,
    },
}

impl Rate {
    /// So many uses a minute, one at least.
    #[must_use]
    pub fn per_minute(uses: u32) -> Self {
        Self {
            interval: PERIOD_MICROSECONDS / i64::from(uses.max(1)),
        }
    }

    /// What is compared at `now`.
    #[must_use]
    pub fn terms(self, now: DateTime<Utc>) -> Terms {
        let now = now.timestamp_micros();
        let whole = now + PERIOD_MICROSECONDS;
        Terms {
            now,
            interval: self.interval,
            latest: whole - self.interval,
            credible: whole + SKEW_MICROSECONDS,
        }
    }

    /// Judges one more use at `now` by who has their whole figure at `whole_at`, or has it as nothing is known of
    /// them.
    #[must_use]
    pub fn judge(self, whole_at: Option<i64>, now: DateTime<Utc>) -> Use {
        let terms = self.terms(now);
        match whole_at {
            Some(whole_at) if whole_at > terms.latest && whole_at <= terms.credible => {
                Use::Refused {
                    whole_at,
                    wait: Wait::of(TimeDelta::microseconds(whole_at - terms.latest)),
                }
            }
            Some(whole_at) if whole_at > terms.now && whole_at <= terms.latest => Use::Admitted {
                whole_at: whole_at + terms.interval,
            },
            _ => Use::Admitted {
                whole_at: terms.now + terms.interval,
            },
        }
    }
}

/// Who is counted for what, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateKey([u8; 16]);

impl RateKey {
    /// By a keyed code of both, which is cut: still nobody finds two that are the same.
    #[must_use]
    pub fn of_code(code: [u8; 32]) -> Self {
        let [first @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = code;
        Self(first)
    }

    /// As it is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        interval: 1_000_000,
    };

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(365) + TimeDelta::milliseconds(milliseconds)
    }

    /// When there is a use again, in milliseconds, for who has the whole figure then; `None` where there is one.
    fn wait(whole_at: i64) -> Option<u32> {
        match RATE.judge(Some(at(whole_at).timestamp_micros()), at(0)) {
            Use::Admitted { .. } => None,
            Use::Refused { wait, .. } => Some(wait.seconds()),
        }
    }

    #[test]
    fn a_use_puts_off_the_time_at_which_the_figure_is_whole() {
        for (before, after) in [
            (None, 1000),
            (Some(-86_400_000), 1000),
            (Some(0), 1000),
            (Some(1), 1001),
            (Some(59_000), 60_000),
        ] {
            let before = before.map(|before| at(before).timestamp_micros());
            let whole_at = at(after).timestamp_micros();
            assert_eq!(RATE.judge(before, at(0)), Use::Admitted { whole_at });
        }
    }

    #[test]
    fn who_has_used_up_the_figure_waits_for_the_next_use_and_no_longer() {
        assert_eq!(wait(59_000), None);
        assert_eq!(wait(59_001), Some(1));
        assert_eq!(wait(60_000), Some(1));
        // Somebody else's clock is ahead.
        assert_eq!(wait(65_000), Some(6));
        // Or this one was set back.
        assert_eq!(wait(65_001), None);
    }
}
