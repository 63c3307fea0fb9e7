//! Circuit breakers: what keeps failing is left alone for a while, so that nobody waits for it in vain and
//! it can recover (Nygard, "Release It!", chapter 5).
//!
//! The state machine is `recloser`'s. What it leaves open is decided here: it judges from the first call on,
//! lets only a fixed number of calls try it again, ignores results of calls that began in an earlier state,
//! can be read, and can be closed by hand.

use std::fmt;
use std::future::{pending, ready};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt;
use recloser::{AsyncRecloser, Recloser};

use crate::config;
use crate::model::{BreakerState, Clock, Wait};

/// A call that is given up after this long, while nothing else succeeded, was not quick enough for whoever
/// made it: that speaks against what is called. One that is given up sooner says nothing.
const GIVEN_UP: Duration = Duration::from_millis(500);

/// What `recloser` is told of a call.
type Outcome = Result<(), ()>;

/// All breakers of the service.
#[derive(Debug)]
pub struct Breakers {
    /// Round the database.
    pub database: Arc<Breaker>,
    /// Round the mail server, or the folder that stands in for one.
    pub smtp: Arc<Breaker>,
    /// Round the service that knows leaked passwords.
    pub pwned_passwords: Arc<Breaker>,
    /// Round the counts of client addresses that instances share.
    pub rate_limit: Arc<Breaker>,
}

impl Breakers {
    /// Breakers that are all closed.
    #[must_use]
    pub fn new(config: &config::Breakers, clock: &Clock) -> Self {
        let breaker = |name| {
            let settings = config.settings(name);
            Arc::new(Breaker::new(name, settings, clock.clone()))
        };
        Self {
            database: breaker(config::BreakerName::Database),
            smtp: breaker(config::BreakerName::Smtp),
            pwned_passwords: breaker(config::BreakerName::PwnedPasswords),
            rate_limit: breaker(config::BreakerName::RateLimit),
        }
    }

    /// Every one of them.
    pub fn iter(&self) -> impl Iterator<Item = &Breaker> {
        [
            &*self.database,
            &*self.smtp,
            &*self.pwned_passwords,
            &*self.rate_limit,
        ]
        .into_iter()
    }
}

/// What can be read of a breaker.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// What it is round.
    pub name: &'static str,
    /// What it does with calls.
    pub state: BreakerState,
    /// Since when it does.
    pub since: DateTime<Utc>,
    /// Failures since the last success.
    pub consecutive_failures: u64,
    /// Calls rejected since the start.
    pub rejected: u64,
    /// How it is configured.
    pub settings: config::BreakerSettings,
}

/// A call was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the circuit breaker {name} is open")]
pub struct Rejected {
    /// What the breaker is round.
    pub name: &'static str,
    /// When to try again.
    pub retry_after: Wait,
}

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    /// It was not made.
    #[error(transparent)]
    Rejected(#[from] Rejected),
    /// It failed.
    #[error(transparent)]
    Failed(E),
}

/// A circuit breaker.
pub struct Breaker {
    name: &'static str,
    settings: config::BreakerSettings,
    clock: Clock,
    circuit: Mutex<Circuit>,
}

struct Circuit {
    recloser: AsyncRecloser,
    state: BreakerState,
    since: DateTime<Utc>,
    opened: Instant,
    /// Goes up with each change of state: a result of an earlier one says nothing of this one.
    generation: u64,
    /// Calls that try the open circuit.
    probes: u32,
    consecutive_failures: u64,
    rejected: u64,
    last_success: Option<Instant>,
}

/// Leave to make one call. What came of it has to be told. A call that is given up has failed if it was to
/// try the circuit, or had been waited for in vain; else it says nothing.
#[derive(Debug)]
#[must_use = "what came of the call has to be told"]
pub struct Permit {
    breaker: Arc<Breaker>,
    generation: u64,
    began: Instant,
    is_trial: bool,
    is_told: bool,
}

impl Breaker {
    /// A closed breaker.
    #[must_use]
    pub fn new(name: config::BreakerName, settings: config::BreakerSettings, clock: Clock) -> Self {
        let circuit = Circuit {
            recloser: recloser(&settings),
            state: BreakerState::Closed,
            since: clock.now(),
            opened: Instant::now(),
            generation: 0,
            probes: 0,
            consecutive_failures: 0,
            rejected: 0,
            last_success: None,
        };
        Self {
            name: name.as_str(),
            settings,
            clock,
            circuit: Mutex::new(circuit),
        }
    }

    /// What it is round.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Makes a call, if that is allowed. Whatever bounds its time has to be part of `call`, or a call that
    /// hangs is no failure.
    ///
    /// # Errors
    /// [`CallError::Rejected`] at once where it may not be made; else what `call` failed with. Only the
    /// failures that `is_fault` is true of speak against what is called.
    pub async fn call<T, E>(
        self: &Arc<Self>,
        is_fault: impl FnOnce(&E) -> bool,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, CallError<E>> {
        let permit = self.admit()?;
        let result = call.await;
        match &result {
            Err(error) if is_fault(error) => drop(permit.failed()),
            _ => permit.succeeded(),
        }
        result.map_err(CallError::Failed)
    }

    /// Asks leave to make a call.
    ///
    /// # Errors
    /// When it may not be made.
    pub fn admit(self: &Arc<Self>) -> Result<Permit, Rejected> {
        let mut circuit = self.lock();
        let rejected = self.rejects(&circuit);
        if circuit.state == BreakerState::Open && !circuit.is_open() {
            self.turn(&mut circuit, BreakerState::HalfOpen);
        }
        if let Some(retry_after) = rejected {
            circuit.rejected += 1;
            return Err(Rejected {
                name: self.name,
                retry_after,
            });
        }
        let is_trial = circuit.state == BreakerState::HalfOpen;
        if is_trial {
            circuit.probes += 1;
        }
        Ok(Permit {
            breaker: Arc::clone(self),
            generation: circuit.generation,
            began: Instant::now(),
            is_trial,
            is_told: false,
        })
    }

    /// How long a call would be rejected that was made now, if it would: for who can wait with what belongs to
    /// the call as well.
    #[must_use]
    pub fn rejects_for(&self) -> Option<Wait> {
        self.rejects(&self.lock())
    }

    fn rejects(&self, circuit: &Circuit) -> Option<Wait> {
        let most = self.settings.half_open_max_calls;
        let is_tried = circuit.state == BreakerState::HalfOpen && circuit.probes >= most;
        if !is_tried && !circuit.is_open() {
            return None;
        }
        let wait = self.settings.recovery_timeout();
        let wait = wait.saturating_sub(circuit.opened.elapsed());
        Some(Wait::of(
            TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX),
        ))
    }

    /// A mark of now, by which to tell later what came of something that needed no leave.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// Tells what came of something that began at `generation` and needed no leave, as a further step of
    /// what had it. Whether that has opened the breaker.
    pub fn tell(&self, generation: u64, has_failed: bool) -> bool {
        let mut circuit = self.lock();
        // What tries the circuit is a call that had leave.
        circuit.generation == generation
            && circuit.state == BreakerState::Closed
            && self.judge(&mut circuit, has_failed)
    }

    /// Whether anything has succeeded since then.
    #[must_use]
    pub fn has_succeeded_since(&self, then: Instant) -> bool {
        self.lock().last_success.is_some_and(|last| last >= then)
    }

    /// What can be read of it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let circuit = self.lock();
        Snapshot {
            name: self.name,
            state: circuit.state,
            since: circuit.since,
            consecutive_failures: circuit.consecutive_failures,
            rejected: circuit.rejected,
            settings: self.settings,
        }
    }

    /// Closes it by hand, as if nothing had ever failed.
    pub fn reset(&self) {
        let mut circuit = self.lock();
        circuit.recloser = recloser(&self.settings);
        circuit.consecutive_failures = 0;
        if circuit.state == BreakerState::Closed {
            // A call that began before must not open it with failures that are forgotten.
            circuit.generation += 1;
        } else {
            self.turn(&mut circuit, BreakerState::Closed);
        }
    }

    /// Has `recloser` judge what came of a call, and follows it. Whether that has opened the breaker.
    fn judge(&self, circuit: &mut Circuit, has_failed: bool) -> bool {
        if has_failed {
            circuit.consecutive_failures += 1;
        } else {
            circuit.consecutive_failures = 0;
            circuit.last_success = Some(Instant::now());
        }
        let outcome = if has_failed { Err(()) } else { Ok(()) };
        circuit.record(outcome);
        if circuit.state == BreakerState::HalfOpen {
            circuit.probes = circuit.probes.saturating_sub(1);
            // The first result only fills its ring, the second is judged.
            circuit.record(outcome);
            if !has_failed {
                fill(&circuit.recloser, &self.settings);
                self.turn(circuit, BreakerState::Closed);
                return false;
            }
        }
        let is_open = circuit.is_open();
        if is_open {
            self.turn(circuit, BreakerState::Open);
        }
        is_open
    }

    /// Notes a new state, once.
    fn turn(&self, circuit: &mut Circuit, state: BreakerState) {
        circuit.generation += 1;
        circuit.state = state;
        circuit.since = self.clock.now();
        circuit.probes = 0;
        let name = self.name;
        match state {
            BreakerState::Open => {
                circuit.opened = Instant::now();
                let consecutive_failures = circuit.consecutive_failures;
                let recovery_timeout_seconds = self.settings.recovery_timeout_seconds;
                tracing::warn!(
                    name,
                    consecutive_failures,
                    recovery_timeout_seconds,
                    "circuit breaker open: calls are rejected"
                );
            }
            BreakerState::HalfOpen => {
                tracing::info!(name, "circuit breaker half-open: the next call is a trial");
            }
            BreakerState::Closed => tracing::info!(name, "circuit breaker closed"),
        }
    }

    /// Nothing panics while it holds the lock, so a poisoned one still holds what it should.
    fn lock(&self) -> MutexGuard<'_, Circuit> {
        self.circuit.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.snapshot().fmt(f)
    }
}

impl Permit {
    /// Whether the call is to show whether what failed works again.
    #[must_use]
    pub fn is_trial(&self) -> bool {
        self.is_trial
    }

    /// The call succeeded, or failed through no fault of what was called.
    pub fn succeeded(mut self) {
        self.tell(false);
    }

    /// What was called failed. Whether that has opened the breaker.
    #[expect(
        clippy::must_use_candidate,
        reason = "not everybody has anything to do about it"
    )]
    pub fn failed(mut self) -> bool {
        self.tell(true)
    }

    fn tell(&mut self, has_failed: bool) -> bool {
        self.is_told = true;
        let mut circuit = self.breaker.lock();
        circuit.generation == self.generation && self.breaker.judge(&mut circuit, has_failed)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let was_in_vain =
            || self.began.elapsed() >= GIVEN_UP && !self.breaker.has_succeeded_since(self.began);
        if !self.is_told && (self.is_trial || was_in_vain()) {
            self.tell(true);
        }
    }
}

impl Circuit {
    /// Whether calls are rejected now. It has no other way to be asked than by a call, which is given up
    /// before it begins.
    fn is_open(&self) -> bool {
        let asked = self.recloser.call(pending::<Outcome>());
        matches!(asked.now_or_never(), Some(Err(recloser::Error::Rejected)))
    }

    fn record(&self, outcome: Outcome) {
        record(&self.recloser, outcome);
    }
}

/// A closed circuit that opens after as many failures in a row as configured.
fn recloser(settings: &config::BreakerSettings) -> AsyncRecloser {
    let recloser = Recloser::custom()
        .error_rate(1.0)
        .closed_len(settings.failure_threshold as usize)
        .half_open_len(1)
        .open_wait(settings.recovery_timeout())
        .build();
    let recloser = AsyncRecloser::from(recloser);
    fill(&recloser, settings);
    recloser
}

/// Fills the ring of a circuit that was just closed: before it is full, nothing is judged.
fn fill(recloser: &AsyncRecloser, settings: &config::BreakerSettings) {
    for _ in 0..settings.failure_threshold {
        record(recloser, Ok(()));
    }
}

fn record(recloser: &AsyncRecloser, outcome: Outcome) {
    // It is done at once; what it returns is the outcome again.
    let _ = recloser.call(ready(outcome)).now_or_never();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often the tests' breakers have to fail.
    const THRESHOLD: u32 = 3;
    /// Longer than the shortest recovery.
    const RECOVERY: Duration = Duration::from_millis(1100);

    fn breaker(half_open_max_calls: u32) -> Arc<Breaker> {
        let settings = config::BreakerSettings {
            failure_threshold: THRESHOLD,
            recovery_timeout_seconds: 1,
            half_open_max_calls,
        };
        let breaker = Breaker::new(config::BreakerName::Database, settings, Clock::default());
        Arc::new(breaker)
    }

    fn fail(breaker: &Arc<Breaker>) {
        breaker.admit().unwrap().failed();
    }

    fn succeed(breaker: &Arc<Breaker>) {
        breaker.admit().unwrap().succeeded();
    }

    fn open(breaker: &Arc<Breaker>) {
        for _ in 0..THRESHOLD {
            assert_eq!(breaker.snapshot().state, BreakerState::Closed);
            fail(breaker);
        }
        assert_eq!(breaker.snapshot().state, BreakerState::Open);
    }

    #[test]
    fn it_opens_after_exactly_as_many_failures_in_a_row_as_configured() {
        let breaker = breaker(1);
        for _ in 0..3 {
            for _ in 1..THRESHOLD {
                fail(&breaker);
            }
            succeed(&breaker);
        }
        assert_eq!(breaker.snapshot().consecutive_failures, 0);
        open(&breaker);
        let snapshot = breaker.snapshot();
        assert_eq!(snapshot.consecutive_failures, u64::from(THRESHOLD));
        assert_eq!(snapshot.rejected, 0);
    }

    #[test]
    fn an_open_one_rejects_at_once_and_says_when_to_try_again() {
        let breaker = breaker(1);
        open(&breaker);
        for rejected in 1..5 {
            let refusal = breaker.admit().unwrap_err();
            assert_eq!(refusal.name, "database");
            assert_eq!(refusal.retry_after.seconds(), 1);
            assert_eq!(breaker.snapshot().rejected, rejected);
        }
    }

    #[tokio::test]
    async fn after_its_time_one_call_tries_and_its_success_closes_it() {
        let breaker = breaker(1);
        open(&breaker);
        tokio::time::sleep(RECOVERY).await;
        let probe = breaker.admit().unwrap();
        assert_eq!(breaker.snapshot().state, BreakerState::HalfOpen);
        for _ in 0..3 {
            assert!(breaker.admit().is_err(), "two tried at once");
        }
        probe.succeeded();
        assert_eq!(breaker.snapshot().state, BreakerState::Closed);
        // It judges as a new one would.
        open(&breaker);
    }

    #[tokio::test]
    async fn a_failed_trial_opens_it_for_as_long_again_and_so_does_one_that_is_given_up() {
        let breaker = breaker(1);
        open(&breaker);
        for is_given_up in [false, true] {
            tokio::time::sleep(RECOVERY).await;
            let probe = breaker.admit().unwrap();
            if is_given_up {
                drop(probe);
            } else {
                assert!(probe.failed());
            }
            assert_eq!(breaker.snapshot().state, BreakerState::Open);
            assert!(breaker.admit().is_err());
        }
        tokio::time::sleep(RECOVERY).await;
        succeed(&breaker);
        assert_eq!(breaker.snapshot().state, BreakerState::Closed);
    }

    #[tokio::test]
    async fn as_many_try_at_once_as_configured() {
        let breaker = breaker(2);
        open(&breaker);
        tokio::time::sleep(RECOVERY).await;
        let first = breaker.admit().unwrap();
        let second = breaker.admit().unwrap();
        assert!(breaker.admit().is_err());
        first.succeeded();
        assert_eq!(breaker.snapshot().state, BreakerState::Closed);
        // It began before the breaker closed.
        assert!(!second.failed());
        assert_eq!(breaker.snapshot().consecutive_failures, 0);
    }

    #[test]
    fn a_late_result_of_an_earlier_state_says_nothing() {
        let breaker = breaker(1);
        let late = breaker.admit().unwrap();
        let generation = breaker.generation();
        open(&breaker);
        late.succeeded();
        assert!(!breaker.tell(generation, false));
        assert_eq!(breaker.snapshot().state, BreakerState::Open);
        let late = {
            breaker.reset();
            breaker.admit().unwrap()
        };
        breaker.reset();
        assert!(!late.failed());
        assert_eq!(breaker.snapshot().consecutive_failures, 0);
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_counts_only_if_it_was_waited_for_in_vain() {
        let breaker = breaker(1);
        for _ in 0..2 * THRESHOLD {
            drop(breaker.admit().unwrap());
        }
        assert_eq!(breaker.snapshot().consecutive_failures, 0);
        let waited: Vec<_> = (0..2).map(|_| breaker.admit().unwrap()).collect();
        tokio::time::sleep(GIVEN_UP).await;
        succeed(&breaker);
        drop(waited);
        assert_eq!(
            breaker.snapshot().consecutive_failures,
            0,
            "others got theirs"
        );
        let waited: Vec<_> = (0..THRESHOLD).map(|_| breaker.admit().unwrap()).collect();
        tokio::time::sleep(GIVEN_UP).await;
        drop(waited);
        assert_eq!(breaker.snapshot().state, BreakerState::Open);
    }

    #[test]
    fn steps_of_what_had_leave_count_as_well() {
        let breaker = breaker(1);
        let generation = breaker.generation();
        let opened = (0..THRESHOLD).map(|_| breaker.tell(generation, true));
        assert_eq!(opened.collect::<Vec<_>>(), [false, false, true]);
        assert!(breaker.admit().is_err());
    }

    #[test]
    fn it_can_be_closed_by_hand() {
        let breaker = breaker(1);
        open(&breaker);
        breaker.reset();
        let snapshot = breaker.snapshot();
        assert_eq!(snapshot.state, BreakerState::Closed);
        assert_eq!(snapshot.consecutive_failures, 0);
        succeed(&breaker);
        open(&breaker);
    }

    #[tokio::test]
    async fn only_faults_of_what_is_called_count() {
        let breaker = breaker(1);
        for _ in 0..2 * THRESHOLD {
            let call = breaker.call(|_| false, ready(Err::<(), _>("no fault of its own")));
            assert!(matches!(call.await, Err(CallError::Failed(_))));
        }
        for _ in 0..THRESHOLD {
            let call = breaker.call(|_| true, ready(Err::<(), _>("fault")));
            assert!(matches!(call.await, Err(CallError::Failed(_))));
        }
        let called = breaker.call(|()| true, async { panic!("called although open") });
        let called: Result<(), CallError<()>> = called.await;
        assert!(matches!(called, Err(CallError::Rejected(_))));
    }

    #[test]
    fn it_knows_whether_anything_succeeded_meanwhile() {
        let breaker = breaker(1);
        let started = Instant::now();
        assert!(!breaker.has_succeeded_since(started));
        fail(&breaker);
        assert!(!breaker.has_succeeded_since(started));
        succeed(&breaker);
        assert!(breaker.has_succeeded_since(started));
        assert!(!breaker.has_succeeded_since(Instant::now()));
    }
}
