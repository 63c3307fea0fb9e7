//! What happens to a session when one of its refresh tokens is presented.
//!
//! Every refresh token carries a number, its *generation*. A session knows the generation it
//! expects next and when that last changed; nothing else is stored, so the answer to a repeated
//! request can be computed again instead of being kept. Reuse detection follows RFC 9700
//! section 4.14.2 (refresh token rotation).

use chrono::{DateTime, TimeDelta, Utc};

/// How refresh tokens of a session may be used.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// Whether each use gives out a new token. Without, one token serves until it expires.
    pub enabled: bool,
    /// For how long the token before the current one still gets its successor again: for two tabs
    /// that refresh together, or an answer that was lost.
    pub reuse_leeway: TimeDelta,
}

/// What to do about a presented token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// First use: the session moves on to `next`.
    Advance {
        /// Generation of the token to give out.
        next: u32,
    },
    /// A repeated use within the leeway, or rotation is off: give out `current`.
    Repeat {
        /// Generation of the token to give out.
        current: u32,
    },
    /// Somebody uses a token that was replaced: end the session.
    Reused,
}

impl Rotation {
    /// Judges a token of generation `presented` at `now`, for a session that expects `current` since
    /// `rotated_at`.
    ///
    /// A token can be ahead of its session only where the database lost what it had acknowledged, as
    /// after restoring a backup. The person holds a genuine token, so it is honoured.
    #[must_use]
    pub fn judge(
        self,
        presented: u32,
        current: u32,
        rotated_at: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Verdict {
        if presented >= current {
            return match (self.enabled, presented.checked_add(1)) {
                (true, Some(next)) => Verdict::Advance { next },
                _ => Verdict::Repeat { current: presented },
            };
        }
        let is_predecessor = presented.checked_add(1) == Some(current);
        if is_predecessor && now - rotated_at <= self.reuse_leeway {
            Verdict::Repeat { current }
        } else {
            Verdict::Reused
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEEWAY: i64 = 10;

    fn judge(enabled: bool, presented: u32, current: u32, age_seconds: i64) -> Verdict {
        let rotated_at = DateTime::UNIX_EPOCH;
        let rotation = Rotation {
            enabled,
            reuse_leeway: TimeDelta::seconds(LEEWAY),
        };
        rotation.judge(
            presented,
            current,
            rotated_at,
            rotated_at + TimeDelta::seconds(age_seconds),
        )
    }

    /// The rules once more, as a table instead of a program, over every small case.
    #[test]
    fn every_combination_of_token_session_and_age_has_the_verdict_of_the_table() {
        for enabled in [true, false] {
            for current in 0..6_u32 {
                for presented in 0..8_u32 {
                    for age in [-LEEWAY, -1, 0, 1, LEEWAY, LEEWAY + 1, 10 * LEEWAY] {
                        let behind = i64::from(current) - i64::from(presented);
                        let expected = match (enabled, behind, age <= LEEWAY) {
                            (true, ..=0, _) => Verdict::Advance {
                                next: presented + 1,
                            },
                            (false, ..=0, _) => Verdict::Repeat { current: presented },
                            (_, 1, true) => Verdict::Repeat { current },
                            _ => Verdict::Reused,
                        };
                        assert_eq!(
                            judge(enabled, presented, current, age),
                            expected,
                            "enabled {enabled}, presented {presented}, current {current}, age {age}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn a_chain_of_refreshes_keeps_only_the_newest_token_alive() {
        let mut current = 0;
        for _ in 0..100 {
            let Verdict::Advance { next } = judge(true, current, current, 60) else {
                panic!("the newest token is accepted");
            };
            assert_eq!(
                judge(true, current, next, 0),
                Verdict::Repeat { current: next }
            );
            assert_eq!(judge(true, current, next, 60), Verdict::Reused);
            current = next;
        }
    }

    #[test]
    fn the_last_generation_does_not_overflow() {
        assert_eq!(
            judge(true, u32::MAX, u32::MAX, 60),
            Verdict::Repeat { current: u32::MAX }
        );
        assert_eq!(judge(true, u32::MAX - 1, u32::MAX, 60), Verdict::Reused);
    }
}
