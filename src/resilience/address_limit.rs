//! How often one client address may do something, in bounded memory however many addresses there are.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::Wait;

/// Within this time the figure of a limit may be used up, all at once or bit by bit.
const PERIOD_MICROSECONDS: i64 = 60_000_000;
/// The most addresses remembered from one period: as many as a table with 65,536 places of 25 bytes takes
/// before it grows. As many again are remembered from the period before, so a limit needs 3.3 MB, and
/// while the tables grow twice that.
const REMEMBERED: usize = 57_344;

/// Whom a limit holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Client {
    /// Nobody says where the request comes from.
    Unknown,
    V4(u32),
    /// The network part: whoever has one address of it has all of them (RFC 4291 section 2.5.1).
    V6(u64),
}

impl From<Option<IpAddr>> for Client {
    fn from(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self::Unknown,
            Some(IpAddr::V4(address)) => Self::V4(address.to_bits()),
            Some(IpAddr::V6(address)) => {
                let [high @ .., _, _, _, _, _, _, _, _] = address.octets();
                Self::V6(u64::from_be_bytes(high))
            }
        }
    }
}

/// Lets an address do something so many times a minute: all of them at once, and then one for each part of
/// the minute that has passed (the generic cell rate algorithm of ITU-T I.371).
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
    /// Time that one use takes to come back.
    interval: i64,
    seen: Mutex<Seen>,
}

/// When the addresses that were seen of late have their whole figure again, in microseconds.
#[derive(Debug, Default)]
struct Seen {
    since: i64,
    recent: HashMap<Client, i64>,
    /// From the period before.
    older: HashMap<Client, i64>,
}

impl AddressLimit {
    /// Lets each address through so many times a minute, once at least.
    #[must_use]
    pub fn per_minute(uses: u32) -> Self {
        Self {
            interval: PERIOD_MICROSECONDS / i64::from(uses.max(1)),
            seen: Mutex::default(),
        }
    }

    /// Lets an address through once more at `now`.
    ///
    /// # Errors
    /// How long to wait, where it was let through too often; then this time does not count.
    pub fn admit(&self, address: Option<IpAddr>, now: DateTime<Utc>) -> Result<(), Wait> {
        let now = now.timestamp_micros();
        let client = Client::from(address);
        // Nothing panics while it holds the lock, so a poisoned one still holds what it should.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.age(now);
        let whole = seen
            .when_whole(client)
            // What takes longer to come back than all of it does is from before the clock was set back.
            .filter(|whole| *whole <= now + 2 * PERIOD_MICROSECONDS)
            .map_or(now, |whole| whole.clamp(now, now + PERIOD_MICROSECONDS));
        let next = whole + self.interval;
        let early = next - (now + PERIOD_MICROSECONDS);
        let kept = if early > 0 { whole } else { next };
        seen.recent.insert(client, kept);
        if early > 0 {
            Err(Wait::of(TimeDelta::microseconds(early)))
        } else {
            Ok(())
        }
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
    use super::*;

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(365) + TimeDelta::milliseconds(milliseconds)
    }

    fn limit(uses: u32) -> AddressLimit {
        AddressLimit::per_minute(uses)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// How many of many tries at once are let through.
    fn admitted(limit: &AddressLimit, client: impl Into<Option<IpAddr>>, now: i64) -> usize {
        let client = client.into();
        (0..200)
            .filter(|_| limit.admit(client, at(now)).is_ok())
            .count()
    }

    #[test]
    fn the_figure_may_be_used_at_once_and_comes_back_bit_by_bit() {
        let limit = limit(60);
        let client = address("192.0.2.1");
        assert_eq!(admitted(&limit, client, 0), 60);
        let wait = limit.admit(Some(client), at(0)).unwrap_err();
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
        let client = Some(address("192.0.2.1"));
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
            let client = Some(address("192.0.2.1"));
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
        assert_eq!(admitted(&limit, None, 0), 60);
        assert_eq!(admitted(&limit, None, 0), 0);
    }

    #[test]
    fn a_clock_that_is_set_back_or_forward_locks_nobody_out() {
        let limit = limit(60);
        let client = address("192.0.2.1");
        assert_eq!(admitted(&limit, client, 0), 60);
        for back in [-1, -30_000, -60_000] {
            assert_eq!(admitted(&limit, client, back), 0);
        }
        assert_eq!(admitted(&limit, client, -59_000), 1);
        for far in [-86_400_000, 86_400_000] {
            assert_eq!(admitted(&limit, client, far), 60);
        }
    }

    #[test]
    fn a_million_addresses_need_no_more_room_than_is_set_aside() {
        let limit = limit(60);
        for bits in 0..1_000_000_u32 {
            limit.admit(Some(IpAddr::V4(bits.into())), at(0)).unwrap();
        }
        let mut seen = limit.seen.lock().unwrap();
        assert!(seen.recent.len() + seen.older.len() <= 2 * REMEMBERED);
        assert!(seen.recent.capacity() + seen.older.capacity() <= 2 * REMEMBERED);
        // The newest are among those that are remembered, and in time all are forgotten.
        assert!(seen.when_whole(Client::V4(999_999)).is_some());
        drop(seen);
        for later in [60_000, 120_000] {
            limit.admit(None, at(later)).unwrap();
        }
        let seen = limit.seen.lock().unwrap();
        assert_eq!(seen.recent.len() + seen.older.len(), 1);
    }
}
