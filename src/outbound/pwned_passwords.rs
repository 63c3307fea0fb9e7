//! The range service of Pwned Passwords: which passwords have leaked, without telling it which is meant
//! (<https://haveibeenpwned.com/API/v3#PwnedPasswords>).
//!
//! Five digits of a hash leave the machine, which hundreds of leaked passwords share. The service answers
//! with all of those, and the rest is compared here.

use std::fmt;
use std::num::NonZeroUsize;
use std::str;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::{constant_time, digest};
use chrono::{DateTime, TimeDelta, Utc};
use lru::LruCache;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret, SecretString};

use super::SetupError;
use crate::config;
use crate::model::{Clock, Password};
use crate::resilience::breaker::{Breakers, CallError};

/// Hexadecimal digits of a hash that the service is told.
const PREFIX_LENGTH: usize = 5;
/// Hexadecimal digits that it answers with: the rest of a SHA-1.
const SUFFIX_LENGTH: usize = 2 * digest::SHA1_OUTPUT_LEN - PREFIX_LENGTH;
/// The largest answer that is read, in bytes: several times what the service sends.
const MAX_ANSWER: usize = 256 * 1024;
/// How many ranges are remembered: some 35 KiB each.
const REMEMBERED: NonZeroUsize = NonZeroUsize::new(64).unwrap();
/// For how long.
const REMEMBERED_FOR: TimeDelta = TimeDelta::hours(1);

/// Knows which passwords have leaked.
pub struct PwnedPasswords {
    client: Client,
    url: String,
    timeout: Duration,
    clock: Clock,
    breakers: Arc<Breakers>,
    ranges: Mutex<LruCache<String, Range>>,
}

/// What the service answered.
struct Range {
    suffixes: Vec<[u8; SUFFIX_LENGTH]>,
    at: DateTime<Utc>,
}

/// Why there is no range. None of the texts has an address, which would tell the digits.
#[derive(Debug, thiserror::Error)]
pub enum RangeError {
    /// Nothing, or not everything, came in time.
    #[error("Pwned Passwords did not answer in time")]
    TimedOut,
    /// There is no connection, or it broke off.
    #[error("Pwned Passwords can't be reached")]
    Unreachable(#[source] reqwest::Error),
    /// It answered with something else than success.
    #[error("Pwned Passwords answered {0}")]
    Refused(StatusCode),
    /// The answer is no range.
    #[error("Pwned Passwords gave an answer that is no range of hashes")]
    Unreadable,
}

impl RangeError {
    /// Whether the service is to blame. A redirection, or a 4xx other than that we ask too often, says that
    /// the wrong thing is asked, however well the service is.
    fn is_fault(&self) -> bool {
        match self {
            Self::TimedOut | Self::Unreachable(_) | Self::Unreadable => true,
            Self::Refused(status) => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
        }
    }
}

impl From<reqwest::Error> for RangeError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}

impl PwnedPasswords {
    /// Asks the service that is configured, through its circuit breaker.
    ///
    /// # Errors
    /// When TLS can't be set up.
    pub fn new(
        config: &config::PwnedPasswords,
        breakers: Arc<Breakers>,
        clock: Clock,
    ) -> Result<Self, SetupError> {
        let mut client = super::client().redirect(Policy::none());
        if config.url.is_local() {
            // A copy of the service on this machine; a proxy would look for it on its own.
            client = client.no_proxy();
        }
        Ok(Self {
            client: client.build()?,
            url: config.url.as_str().to_owned(),
            timeout: config.timeout(),
            clock,
            breakers,
            ranges: Mutex::new(LruCache::new(REMEMBERED)),
        })
    }

    /// Whether a password has leaked.
    ///
    /// # Errors
    /// When the service can't be asked, or gave no answer.
    pub async fn has(&self, password: &Password) -> Result<bool, CallError<RangeError>> {
        let hash = sha1(password);
        let (prefix, suffix) = hash.expose_secret().split_at(PREFIX_LENGTH);
        if let Some(has_leaked) = self.recall(prefix, suffix) {
            return Ok(has_leaked);
        }
        let breaker = &self.breakers.pwned_passwords;
        let range = breaker
            .call(RangeError::is_fault, self.fetch(prefix))
            .await?;
        let has_leaked = range.has(suffix);
        if has_leaked {
            // People try what they like once more, and others like the same. The range of a password that
            // will be in use is forgotten: an answer that is quick the next time would tell of it.
            self.ranges().put(prefix.to_owned(), range);
        }
        Ok(has_leaked)
    }

    /// What is remembered of a password; `None` where that is nothing.
    fn recall(&self, prefix: &str, suffix: &str) -> Option<bool> {
        let mut ranges = self.ranges();
        let range = ranges.get(prefix)?;
        (self.clock.now() < range.at + REMEMBERED_FOR).then(|| range.has(suffix))
    }

    /// Asks for a range; within the time that is configured, whatever it is spent on.
    async fn fetch(&self, prefix: &str) -> Result<Range, RangeError> {
        let asked = tokio::time::timeout(self.timeout, self.ask(prefix));
        let answer = asked.await.map_err(|_| RangeError::TimedOut)??;
        let suffixes = parse(&answer).ok_or(RangeError::Unreadable)?;
        let at = self.clock.now();
        Ok(Range { suffixes, at })
    }

    async fn ask(&self, prefix: &str) -> Result<Vec<u8>, RangeError> {
        let request = self
            .client
            .get(format!("{}/{prefix}", self.url))
            // The size of the answer must not tell which range it is.
            .header("Add-Padding", "true");
        let mut response = request.send().await?;
        if response.status() != StatusCode::OK {
            return Err(RangeError::Refused(response.status()));
        }
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if answer.len() + chunk.len() > MAX_ANSWER {
                return Err(RangeError::Unreadable);
            }
            answer.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    /// Nothing panics while it holds the lock, so a poisoned one still holds what it should.
    fn ranges(&self) -> MutexGuard<'_, LruCache<String, Range>> {
        self.ranges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for PwnedPasswords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PwnedPasswords")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Range {
    /// Whether a suffix is in it. Looks at all of them, so that the time tells nothing.
    fn has(&self, suffix: &str) -> bool {
        self.suffixes.iter().fold(false, |found, leaked| {
            found | constant_time::verify_slices_are_equal(leaked, suffix.as_bytes()).is_ok()
        })
    }
}

/// The suffixes in an answer, `SUFFIX:COUNT` in each line; `None` when it is anything else. Those that were
/// seen zero times only pad it. No range is empty, so an empty answer is none.
fn parse(answer: &[u8]) -> Option<Vec<[u8; SUFFIX_LENGTH]>> {
    let mut suffixes = Vec::new();
    let text = str::from_utf8(answer).ok()?;
    for line in text.lines() {
        let (suffix, count) = line.split_once(':')?;
        let count: u64 = count.parse().ok()?;
        let mut suffix: [u8; SUFFIX_LENGTH] = suffix.as_bytes().try_into().ok()?;
        if !suffix.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        suffix.make_ascii_uppercase();
        if count > 0 {
            suffixes.push(suffix);
        }
    }
    (!text.is_empty()).then_some(suffixes)
}

/// The hash by which leaked passwords are known, in upper-case hexadecimal digits. It is not what keeps the
/// password safe here: that is Argon2.
fn sha1(password: &Password) -> SecretString {
    let hash = digest::digest(
        &digest::SHA1_FOR_LEGACY_USE_ONLY,
        password.expose().as_bytes(),
    );
    let digits = hash.as_ref().iter().map(|byte| format!("{byte:02X}"));
    digits.collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUFFIX: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    fn has(answer: &str, suffix: &str) -> Option<bool> {
        let suffixes = parse(answer.as_bytes())?;
        let at = DateTime::UNIX_EPOCH;
        Some(Range { suffixes, at }.has(suffix))
    }

    #[test]
    fn the_hash_is_that_of_the_composed_password() {
        // FIPS 180-2, appendix A.1.
        let hash = sha1(&Password::new("abc"));
        assert_eq!(
            hash.expose_secret(),
            "A9993E364706816ABA3E25717850C26C9CD0D89D"
        );
        let [composed, decomposed] = ["caf\u{e9}", "cafe\u{301}"].map(Password::new);
        assert_eq!(
            sha1(&composed).expose_secret(),
            sha1(&decomposed).expose_secret()
        );
    }

    #[test]
    fn what_was_seen_is_in_a_range_and_what_pads_it_is_not() {
        let other = "0018A45C4D1DEF81644B54AB7F969B88D65";
        for (answer, expected) in [
            (format!("{other}:1\r\n{SUFFIX}:52256179\r\n"), true),
            (format!("{SUFFIX}:1\n{other}:1"), true),
            (format!("{}:1", SUFFIX.to_lowercase()), true),
            (format!("{other}:7\r\n{SUFFIX}:0"), false),
            (format!("{other}:7"), false),
        ] {
            assert_eq!(has(&answer, SUFFIX), Some(expected), "{answer}");
        }
    }

    #[test]
    fn anything_else_is_no_range() {
        for answer in [
            "",
            "\r\n",
            "<html>not found</html>",
            SUFFIX,
            &format!("{SUFFIX}:"),
            &format!("{SUFFIX}:many"),
            &format!("{SUFFIX}:-1"),
            &format!("{SUFFIX}0:1"),
            &format!("{}:1", SUFFIX.replace('1', "g")),
            &format!("{SUFFIX}:1\r\nand so on"),
        ] {
            assert_eq!(has(answer, SUFFIX), None, "{answer:?}");
        }
        assert!(parse(&[0xff; 40]).is_none());
    }

    #[test]
    fn debug_output_shows_no_range() {
        let config = config::Config::default();
        let clock = Clock::default();
        let breakers = Arc::new(Breakers::new(&config.breaker, &clock));
        let known = PwnedPasswords::new(&config.pwned_passwords, breakers, clock).unwrap();
        let suffixes = vec![SUFFIX.as_bytes().try_into().unwrap()];
        let at = DateTime::UNIX_EPOCH;
        known.ranges().put("5BAA6".into(), Range { suffixes, at });
        let shown = format!("{known:?}");
        assert!(!shown.contains("5BAA6"), "{shown}");
        assert!(!shown.contains(SUFFIX), "{shown}");
    }
}
