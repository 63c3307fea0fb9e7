//! How often one client address may do something, in bounded memory however many addresses there are.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::model::{Client, Rate, Use, Wait};

/// How long an address is remembered at least, in microseconds: as long as it takes until its figure is whole.
const PERIOD_MICROSECONDS: i64 = 60_000_000;
/// The most addresses remembered from one period: as many as a table with 65,536 places of 25 bytes takes
/// before it grows. As many again are remembered from the period before, so a limit needs 3.3 MB, and
/// while the tables grow twice that.
const REMEMBERED: usize = 57_344;

/// Lets an address do something so many times a minute, as [`Rate`] has it.
///
/// An address is one number: the time at which it has its whole figure again. From then on nothing need be
/// remembered of it, so one minute's addresses are forgotten as a whole when another minute is over. Where a
/// minute has more addresses than are remembered, the oldest of them get their figure back too early; who
/// has as many addresses is not held up by a limit for each.
///
/// An algorithm of three lines needs no crate here: those that there are have their own clock and keep every
/// address, and what would be left of them after replacing both is these lines.
#[derive(Debug)]
pub struct AddressLimit {
    rate: Rate,
    seen: Mutex<Seen>,
}

/// When the addresses that were seen of late have their whole figure again, in microseconds since 1970.
#[derive(Debug, Default)]
struct Seen {
    since: i64,
    recent: HashMap<Client, i64>,
    /// From the period before.
    older: HashMap<Client, i64>,
}

impl AddressLimit {
    /// Lets each address through at `rate`.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            seen: Mutex::default(),
        }
    }

    /// How often each address is let through.
    #[must_use]
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Lets an address through once more at `now`.
    ///
    /// # Errors
    /// How long to wait, where it was let through too often; then this time does not count.
    pub fn admit(&self, client: Client, now: DateTime<Utc>) -> Result<(), Wait> {
        let mut seen = self.lock();
        seen.age(now.timestamp_micros());
        let known = seen.when_whole(client);
        let (kept, admitted) = match self.rate.judge(known, now) {
            Use::Admitted { whole_at } => (whole_at, Ok(())),
            Use::Refused { whole_at, wait } => (whole_at, Err(wait)),
        };
        seen.recent.insert(client, kept);
        admitted
    }

    /// Goes by what came of counting the same use, which was let through here, where more is known of the address.
    pub fn learn(&self, client: Client, judged: Use) {
        let mut seen = self.lock();
        match judged {
            // Others may have been let through since.
            Use::Admitted { whole_at } => {
                let known = seen.when_whole(client).unwrap_or(whole_at);
                seen.recent.insert(client, known.max(whole_at));
            }
            Use::Refused { whole_at, .. } => {
                // It does not count here either.
                seen.recent.insert(client, whole_at);
            }
        }
    }

    /// Nothing panics while it holds the lock, so a poisoned one still holds what it should.
    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    /// Forgets what is a whole period old, and before that whatever there is no room for.
    fn age(&mut self, now: i64) {
        let is_over = (now - self.since).abs() >= PERIOD_MICROSECONDS;
        if is_over || self.recent.len() >= REMEMBERED {
            self.older = std::mem::take(&mut self.recent);
            self.since = now;
        }
    }

    fn when_whole(&mut self, client: Client) -> Option<i64> {
        let recent = self.recent.get(&client).copied();
        recent.or_else(|| self.older.remove(&client))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(365) + TimeDelta::milliseconds(milliseconds)
    }

    fn limit(uses: u32) -> AddressLimit {
        AddressLimit::new(Rate::per_minute(uses))
    }

    fn address(text: &str) -> Client {
        Client::from(Some(text.parse().unwrap()))
    }

    /// How many of many tries at once are let through.
    fn admitted(limit: &AddressLimit, client: Client, now: i64) -> usize {
        (0..200)
            .filter(|_| limit.admit(client, at(now)).is_ok())
            .count()
    }

    #[test]
    fn the_figure_may_be_used_at_once_and_comes_back_bit_by_bit() {
        let limit = limit(60);
        let client = address("192.0.2.1");
        assert_eq!(admitted(&limit, client, 0), 60);
        let wait = limit.admit(client, at(0)).unwrap_err();
        assert_eq!(wait.seconds(), 1);
        assert_eq!(admitted(&limit, client, 999), 0);
        assert_eq!(admitted(&limit, client, 1000), 1);
        assert_eq!(admitted(&limit, client, 11_000), 10);
        // Also when it was forgotten, which is not before it is whole.
        for later in [71_000, 500_000, 86_400_000] {
            assert_eq!(admitted(&limit, client, later), 60);
        }
    }

    #[test]
    fn the_wait_is_as_long_as_the_next_use_takes() {
        let limit = limit(1);
        let client = address("192.0.2.1");
        limit.admit(client, at(0)).unwrap();
        let wait = limit.admit(client, at(500)).unwrap_err();
        assert_eq!(wait.seconds(), 60);
        assert!(limit.admit(client, at(59_999)).is_err());
        assert!(limit.admit(client, at(60_000)).is_ok());
    }

    #[test]
    fn never_more_than_twice_the_figure_in_a_minute_however_the_tries_are_spread() {
        for step in [7, 250, 999, 1500, 29_000] {
            let limit = limit(60);
            let client = address("192.0.2.1");
            let tries: Vec<i64> = (0..600_000 / step).map(|i| i * step).collect();
            let passed: Vec<i64> = tries
                .into_iter()
                .filter(|now| limit.admit(client, at(*now)).is_ok())
                .collect();
            for first in &passed {
                let minute = passed
                    .iter()
                    .filter(|now| (*first..first + 60_000).contains(*now));
                assert!(minute.count() <= 120);
            }
            let minutes = 600_000_usize / 60_000;
            assert!(
                passed.len() <= 60 * (minutes + 1),
                "{step}: {}",
                passed.len()
            );
        }
    }

    #[test]
    fn addresses_of_one_customer_are_one_and_others_are_others() {
        let limit = limit(60);
        for (same, as_this) in [
            ("192.0.2.1", "::ffff:192.0.2.1"),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"),
        ] {
            assert_eq!(admitted(&limit, address(same), 0), 60, "{same}");
            assert_eq!(admitted(&limit, address(as_this), 0), 0, "{as_this}");
        }
        for other in ["192.0.2.2", "2001:db8:1:3::1", "::"] {
            assert_eq!(admitted(&limit, address(other), 0), 60, "{other}");
        }
        assert_eq!(admitted(&limit, Client::Unknown, 0), 60);
        assert_eq!(admitted(&limit, Client::Unknown, 0), 0);
    }

    #[test]
    fn a_clock_that_is_set_back_or_forward_locks_nobody_out() {
        let limit = limit(60);
        let client = address("192.0.2.1");
        assert_eq!(admitted(&limit, client, 0), 60);
        for back in [-1, -5000] {
            assert_eq!(admitted(&limit, client, back), 0);
        }
        for far in [-5001, -60_000, -86_400_000, 86_400_000] {
            assert_eq!(admitted(&limit, client, far), 60, "{far}");
        }
    }

    #[test]
    fn what_others_counted_is_known_from_then_on_and_what_they_refused_does_not_count() {
        let limit = limit(60);
        let client = address("192.0.2.1");
        let micros = |milliseconds| at(milliseconds).timestamp_micros();
        let admitted_until = |whole_at| Use::Admitted {
            whole_at: micros(whole_at),
        };
        limit.admit(client, at(0)).unwrap();
        limit.learn(client, admitted_until(50_000));
        // Of those who were let through meanwhile, it is the one that was heard of last.
        limit.learn(client, admitted_until(40_000));
        for _ in 0..9 {
            limit.admit(client, at(0)).unwrap();
        }
        let judged = limit.rate().judge(Some(micros(59_500)), at(0));
        assert!(matches!(judged, Use::Refused { .. }));
        limit.learn(client, judged);
        assert!(limit.admit(client, at(499)).is_err());
        assert!(limit.admit(client, at(500)).is_ok());
    }

    #[test]
    fn a_million_addresses_need_no_more_room_than_is_set_aside() {
        let limit = limit(60);
        for bits in 0..1_000_000_u32 {
            limit.admit(Client::V4(bits), at(0)).unwrap();
        }
        let mut seen = limit.seen.lock().unwrap();
        assert!(seen.recent.len() + seen.older.len() <= 2 * REMEMBERED);
        assert!(seen.recent.capacity() + seen.older.capacity() <= 2 * REMEMBERED);
        // The newest are among those that are remembered, and in time all are forgotten.
        assert!(seen.when_whole(Client::V4(999_999)).is_some());
        drop(seen);
        for later in [60_000, 120_000] {
            limit.admit(Client::Unknown, at(later)).unwrap();
        }
        let seen = limit.seen.lock().unwrap();
        assert_eq!(seen.recent.len() + seen.older.len(), 1);
    }
}
