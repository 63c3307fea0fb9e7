//! Writing several refreshes in one transaction.
//!
//! On SQLite one transaction can write at a time, and each ends with waiting for the disk. A refresh is the one
//! write that is asked for all day by everybody, so those that wait for their turn are written by whoever gets
//! it first, and the disk is waited for once: the more there are, the less each costs. None is answered before
//! the commit that has it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::sessions::advance;
use super::{Store, StoreError};
use crate::model::Session;

/// The most that are written at once, so that nobody else waits long for a turn.
const AT_ONCE: usize = 128;

/// Refreshes that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Advances(Mutex<VecDeque<Advance>>);

/// A refresh that waits to be written.
#[derive(Debug)]
struct Advance {
    session: Session,
    expected: u32,
    /// Is told whether it was written; dropped where the transaction failed.
    outcome: oneshot::Sender<bool>,
}

impl Advances {
    fn queue(&self) -> MutexGuard<'_, VecDeque<Advance>> {
        // Nothing panics while it holds the lock, so a poisoned one still holds what it should.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The oldest that somebody still waits for.
    fn take(&self) -> Vec<Advance> {
        let mut queue = self.queue();
        let mut taken = Vec::new();
        while taken.len() < AT_ONCE
            && let Some(next) = queue.pop_front()
        {
            if !next.outcome.is_closed() {
                taken.push(next);
            }
        }
        taken
    }
}

impl Store {
    /// Writes a refresh down, with those of others that wait at the same time.
    pub(super) async fn advance_together(
        &self,
        session: &Session,
        expected: u32,
    ) -> Result<bool, StoreError> {
        let (outcome, mut written) = oneshot::channel();
        self.advances.queue().push_back(Advance {
            session: session.clone(),
            expected,
            outcome,
        });
        loop {
            tokio::select! {
                // What is written already needs no turn.
                biased;
                outcome = &mut written => {
                    return match outcome {
                        Ok(is_advanced) => Ok(is_advanced),
                        // Who wrote it failed, or was given up: what is wrong is for each to find out.
                        Err(_) => self.advance_alone(session, expected).await,
                    };
                }
                transaction = self.begin() => {
                    let transaction = transaction?;
                    let mut outcomes = Vec::new();
                    for each in self.advances.take() {
                        let is_advanced = advance(&transaction, &each.session, each.expected).await?;
                        outcomes.push((each.outcome, is_advanced));
                    }
                    transaction.commit().await?;
                    for (outcome, is_advanced) in outcomes {
                        // Who does not wait any more need not be told.
                        let _ = outcome.send(is_advanced);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chrono::TimeDelta;
    use futures_util::future::join_all;

    use super::super::testing;
    use super::*;
    use crate::model::{Clock, Device, Email, User};

    /// A store on SQLite, and sessions in it.
    async fn store(folder: &Path, sessions: usize) -> (Store, Vec<Session>) {
        let store = testing::store(folder).await;
        let now = Clock::default().now();
        let user = User::new(Email::parse("ada@example.com").unwrap(), None, None, now);
        let session = || Session::new(user.id, Device::default(), now, now + TimeDelta::days(7));
        let sessions: Vec<Session> = (0..sessions).map(|_| session()).collect();
        let change = store.change().await.unwrap();
        change.insert_user(&user).await.unwrap();
        for session in &sessions {
            change.insert_session(session).await.unwrap();
        }
        change.commit().await.unwrap();
        (store, sessions)
    }

    fn next(session: &Session) -> Session {
        Session {
            generation: session.generation + 1,
            ..session.clone()
        }
    }

    async fn generation(store: &Store, session: &Session) -> u32 {
        let found = store.find_session(session.id).await.unwrap();
        found.unwrap().0.generation
    }

    /// How many transactions are in the write-ahead log: the frame that ends one has the size of the database
    /// in its header (the file format of SQLite, section 4.1).
    fn commits(folder: &Path) -> usize {
        let log = std::fs::read(folder.join("test.db-wal")).unwrap();
        let page = u32::from_be_bytes(log[8..12].try_into().unwrap()) as usize;
        let salt = &log[16..24];
        log[32..]
            .chunks_exact(24 + page)
            .filter(|frame| &frame[8..16] == salt && frame[4..8] != [0; 4])
            .count()
    }

    #[tokio::test]
    async fn those_that_wait_are_one_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let (store, sessions) = store(folder.path(), 50).await;
        let before = commits(folder.path());
        let turn = store.change().await.unwrap();
        let all = sessions.iter().map(|session| {
            let (store, next) = (store.clone(), next(session));
            tokio::spawn(async move { store.advance_session(&next, 0).await })
        });
        let all: Vec<_> = all.collect();
        while store.advances.queue().len() < sessions.len() {
            tokio::task::yield_now().await;
        }
        assert_eq!(commits(folder.path()), before);
        drop(turn);
        for one in all {
            assert!(one.await.unwrap().unwrap());
        }
        assert_eq!(commits(folder.path()), before + 1);
        for session in &sessions {
            assert_eq!(generation(&store, session).await, 1);
        }
    }

    #[tokio::test]
    async fn of_several_that_advance_the_same_session_one_does_also_within_a_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let (store, sessions) = store(folder.path(), 5).await;
        for expected in 0..4 {
            let all = sessions.iter().cycle().take(3 * AT_ONCE).map(|session| {
                let next = Session {
                    generation: expected + 1,
                    ..session.clone()
                };
                let store = store.clone();
                async move { store.advance_session(&next, expected).await.unwrap() }
            });
            let advanced = join_all(all).await;
            assert_eq!(
                advanced.iter().filter(|done| **done).count(),
                sessions.len()
            );
        }
        assert!(store.advances.queue().is_empty());
    }

    #[tokio::test]
    async fn who_gives_up_is_not_written_for_and_holds_up_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let (store, sessions) = store(folder.path(), 2).await;
        let turn = store.change().await.unwrap();
        let [one, other] = [next(&sessions[0]), next(&sessions[1])];
        let mut given_up = Box::pin(store.advance_session(&one, 0));
        let mut kept = Box::pin(store.advance_session(&other, 0));
        for _ in 0..10 {
            assert!(futures_util::poll!(&mut given_up).is_pending());
            assert!(futures_util::poll!(&mut kept).is_pending());
        }
        drop(given_up);
        drop(turn);
        assert!(kept.await.unwrap());
        assert_eq!(generation(&store, &one).await, 0);
        assert_eq!(generation(&store, &other).await, 1);
    }

    #[tokio::test]
    async fn who_was_to_be_written_by_one_that_failed_is_written_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (store, sessions) = store(folder.path(), 2).await;
        let turn = store.change().await.unwrap();
        let [one, other] = [next(&sessions[0]), next(&sessions[1])];
        let mut first = Box::pin(store.advance_session(&one, 0));
        let mut second = Box::pin(store.advance_session(&other, 0));
        for _ in 0..10 {
            assert!(futures_util::poll!(&mut first).is_pending());
            assert!(futures_util::poll!(&mut second).is_pending());
        }
        drop(turn);
        // The first has its turn, takes all that wait, and is given up before it is done.
        while store.advances.queue().len() == 2 {
            assert!(futures_util::poll!(&mut first).is_pending());
            tokio::task::yield_now().await;
        }
        assert!(store.advances.queue().is_empty());
        drop(first);
        assert!(second.await.unwrap());
        assert_eq!(generation(&store, &other).await, 1);
    }
}
