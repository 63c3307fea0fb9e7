//! A bounded pool for work that fills a core, so that password hashing has a fixed share of memory and
//! processor and never holds up requests that hash nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::telemetry::context;

/// Why work was not taken on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashingError {
    /// As many requests wait as are allowed to, or this one waited as long as it may.
    #[error("the hashing pool is overloaded")]
    Overloaded,
    /// The work panicked.
    #[error("hashing work panicked")]
    Panicked,
}

/// Runs at most a fixed number of pieces of work at once, and lets a fixed number wait for a bounded
/// time. Clones share the bounds.
///
/// Each piece borrows a desk, `D`, that it may leave things on for the next: there are never more desks
/// than pieces of work at once. Memory that is allocated anew for each hash would be kept by the allocator
/// for every thread that ever hashed, in spite of the bound.
#[derive(Debug)]
pub struct HashingPool<D> {
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    desks: Arc<Mutex<Vec<D>>>,
    queue: usize,
    wait: Duration,
}

impl<D> Clone for HashingPool<D> {
    fn clone(&self) -> Self {
        Self {
            permits: Arc::clone(&self.permits),
            waiting: Arc::clone(&self.waiting),
            desks: Arc::clone(&self.desks),
            queue: self.queue,
            wait: self.wait,
        }
    }
}

impl<D: Default + Send + 'static> HashingPool<D> {
    /// A pool of `concurrency` workers, before which at most `queue` wait for at most `wait`.
    #[must_use]
    pub fn new(concurrency: usize, queue: usize, wait: Duration) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(concurrency)),
            waiting: Arc::default(),
            desks: Arc::default(),
            queue,
            wait,
        }
    }

    /// Runs `work` on a thread of its own as soon as there is a free worker.
    ///
    /// A caller that gives up while it waits leaves the queue. One that gives up later leaves its
    /// worker busy until the work is done, so that the bound holds.
    ///
    /// # Errors
    /// [`HashingError::Overloaded`] at once when the queue is full, and after the longest wait.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut D) -> T + Send + 'static,
    ) -> Result<T, HashingError> {
        let permits = Arc::clone(&self.permits);
        let permit = if let Ok(permit) = Arc::clone(&permits).try_acquire_owned() {
            permit
        } else {
            let _place = Place::take(&self.waiting, self.queue)?;
            tokio::time::timeout(self.wait, permits.acquire_owned())
                .await
                .ok()
                .and_then(Result::ok)
                .ok_or(HashingError::Overloaded)?
        };
        let desks = Arc::clone(&self.desks);
        let work = context::carried(move || {
            // Given back last, when the desk is free again.
            let _permit = permit;
            let mut desk = lock(&desks).pop().unwrap_or_default();
            let result = work(&mut desk);
            lock(&desks).push(desk);
            result
        });
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| HashingError::Panicked)
    }
}

/// Nothing panics while it holds the lock, so a poisoned one still holds what it should.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, queue: usize) -> Result<Self, HashingError> {
        let place = Self(Arc::clone(waiting));
        // Counted first and judged after, so that two callers never share the last place.
        if waiting.fetch_add(1, Ordering::AcqRel) < queue {
            Ok(place)
        } else {
            Err(HashingError::Overloaded)
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    /// Work that runs until the returned sender is dropped.
    fn endless() -> (mpsc::Sender<()>, impl FnOnce(&mut ()) + Send + 'static) {
        let (end, ended) = mpsc::channel::<()>();
        (end, move |(): &mut ()| {
            // Fails once the sender is gone, which is the point.
            let _ = ended.recv();
        })
    }

    async fn until(condition: impl Fn() -> bool) {
        while !condition() {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_recovers() {
        let pool = HashingPool::new(1, 1, LONG);
        let (end, work) = endless();
        let running = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(work).await }
        });
        until(|| pool.permits.available_permits() == 0).await;
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|()| 2).await }
        });
        until(|| pool.waiting.load(Ordering::Acquire) == 1).await;

        assert_eq!(pool.run(|()| 3).await, Err(HashingError::Overloaded));
        drop(end);
        assert_eq!(running.await.unwrap(), Ok(()));
        assert_eq!(waiting.await.unwrap(), Ok(2));
        assert_eq!(pool.run(|()| 4).await, Ok(4));
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_leaves_the_queue() {
        let pool = HashingPool::new(1, 1, LONG);
        let (end, work) = endless();
        let running = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(work).await }
        });
        until(|| pool.permits.available_permits() == 0).await;
        let waiting = tokio::spawn({
            let pool = pool.clone();
            async move { pool.run(|()| ()).await }
        });
        until(|| pool.waiting.load(Ordering::Acquire) == 1).await;
        waiting.abort();
        until(|| pool.waiting.load(Ordering::Acquire) == 0).await;
        drop(end);
        assert_eq!(running.await.unwrap(), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_is_bounded() {
        let pool = HashingPool::new(1, 8, Duration::from_secs(2));
        let _held = Arc::clone(&pool.permits).acquire_owned().await.unwrap();
        assert_eq!(pool.run(|()| ()).await, Err(HashingError::Overloaded));
        assert_eq!(pool.waiting.load(Ordering::Acquire), 0);
    }

    #[tokio::test]
    async fn there_are_never_more_desks_than_workers_and_they_are_used_again() {
        let pool = HashingPool::<Vec<u8>>::new(2, 64, LONG);
        let runs = (0..32).map(|i| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.run(move |desk| desk.push(i)).await })
        });
        for run in runs.collect::<Vec<_>>() {
            assert_eq!(run.await.unwrap(), Ok(()));
        }
        let desks = lock(&pool.desks);
        assert!(desks.len() <= 2, "{}", desks.len());
        assert_eq!(desks.iter().map(Vec::len).sum::<usize>(), 32);
    }

    #[tokio::test]
    async fn a_panic_costs_no_worker() {
        let pool = HashingPool::new(1, 0, LONG);
        let panicked = pool.run(|()| assert!(pool_is_broken(), "on purpose")).await;
        assert_eq!(panicked, Err(HashingError::Panicked));
        until(|| pool.permits.available_permits() == 1).await;
        assert_eq!(pool.run(|()| 1).await, Ok(1));
    }

    fn pool_is_broken() -> bool {
        false
    }
}
