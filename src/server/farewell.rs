//! How a stop is told to those who are connected.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// For how long nobody must have asked anything before those who ask nothing are closed: by then whoever has other
/// instances to ask has found out.
const QUIET: Duration = Duration::from_millis(500);
/// How long that is waited for at most.
const MOST: Duration = Duration::from_secs(5);

/// What is to become of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// They are kept.
    Open,
    /// Each ends with the next answer.
    Leaving,
    /// Those on which nothing is asked end.
    Closing,
}

/// The stop of a server, seen by all its connections.
#[derive(Debug)]
pub(super) struct Farewell {
    phase: watch::Sender<Phase>,
    /// How long it may take until nobody asks any more.
    most: Duration,
    /// When something was last asked since the stop began.
    asked: Mutex<Option<Instant>>,
}

impl Farewell {
    /// For a server that may take `grace` to stop.
    pub(super) fn new(grace: Duration) -> Self {
        Self {
            phase: watch::Sender::new(Phase::Open),
            // What was asked last has to be answered, too.
            most: MOST.min(grace / 2),
            asked: Mutex::new(None),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Something is asked. Whether the connection is to end with the answer.
    pub(super) fn ends_with_answer(&self) -> bool {
        let is_leaving = self.phase() > Phase::Open;
        if is_leaving {
            *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        is_leaving
    }

    /// Has everybody leave: first with their next answer, then at once.
    pub(super) async fn say(&self) {
        let began = Instant::now();
        self.phase.send_replace(Phase::Leaving);
        let mut phase = self.subscribe();
        loop {
            let asked = *self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            let until = (asked.unwrap_or(began) + QUIET).min(began + self.most);
            if until <= Instant::now() {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep_until(until) => {}
                _ = phase.wait_for(|phase| *phase == Phase::Closing) => return,
            }
        }
        self.is_over();
    }

    /// There is nobody to wait for.
    pub(super) fn is_over(&self) {
        self.phase.send_replace(Phase::Closing);
    }
}
