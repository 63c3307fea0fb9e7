//! Writing several refreshes in one transaction.
//!
//! On SQLite one transaction can write at a time, and each ends with waiting for the disk. A refresh is the one
//! write that is asked for all day by everybody, so those that wait for their turn are written by whoever gets
//! it first, and the disk is waited for once: the more there are, the less each costs. None is answered before
//! the commit that has it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sea_orm::DbErr;
use tokio::sync::oneshot;

use super::sessions::advance;
use super::{Store, StoreError, Transaction};
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
    /// Is told whether it was written.
    outcome: oneshot::Sender<Result<bool, StoreError>>,
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
                outcome = &mut written => return outcome.unwrap_or_else(|_| Err(unheard_of())),
                transaction = self.begin() => {
                    let writing = tokio::spawn(write(transaction?, self.advances.take()));
                    // What came of it, each is told for itself.
                    let _ = writing.await;
                }
            }
        }
    }
}

/// Writes refreshes down, and tells everybody.
///
/// In a task of its own: whoever had the turn may give up at any time, also while the database commits, and
/// the others, who do not, have to hear what became of theirs.
async fn write(transaction: Transaction, advances: Vec<Advance>) {
    let mut written = Vec::new();
    let result = async {
        for each in &advances {
            written.push(advance(&transaction, &each.session, each.expected).await?);
        }
        Ok(transaction.commit().await?)
    };
    let result: Result<(), StoreError> = result.await;
    match result {
        Ok(()) => {
            for (each, is_written) in advances.into_iter().zip(written) {
                // Who does not wait any more need not be told.
                let _ = each.outcome.send(Ok(is_written));
            }
        }
        // Nobody knows whether a commit that failed is there, so nobody may try again in another's name.
        Err(error) => {
            for each in advances {
                let _ = each.outcome.send(Err(error.clone()));
            }
        }
    }
}

/// The task that writes panicked, or ended with the whole process: what came of it is unknown.
fn unheard_of() -> StoreError {
    StoreError::Failed(DbErr::RecordNotUpdated)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use chrono::TimeDelta;
    use futures_util::future::join_all;
    use sea_orm::ConnectionTrait;

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
    async fn what_one_began_who_gives_up_is_ended_for_the_others() {
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
        for session in &sessions {
            assert_eq!(generation(&store, session).await, 1);
        }
    }

    #[tokio::test]
    async fn a_failure_is_everybodys() {
        let folder = tempfile::tempdir().unwrap();
        let (store, sessions) = store(folder.path(), 3).await;
        let broken = "ALTER TABLE sessions RENAME TO elsewhere";
        let pool = store.connection.pool();
        pool.execute_unprepared(broken).await.unwrap();
        let next: Vec<_> = sessions.iter().map(next).collect();
        let all = next.iter().map(|next| store.advance_session(next, 0));
        for outcome in join_all(all).await {
            assert!(matches!(outcome, Err(StoreError::Failed(_))), "{outcome:?}");
        }
        // None was kept for later, and nobody holds a turn.
        assert!(store.advances.queue().is_empty());
        let mended = "ALTER TABLE elsewhere RENAME TO sessions";
        pool.execute_unprepared(mended).await.unwrap();
        assert!(store.advance_session(&next[0], 0).await.unwrap());
    }
}
