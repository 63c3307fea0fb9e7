//! A bounded pool for work that fills a core, so that password hashing has a fixed share of memory and
//! processor and never holds up requests that hash nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::telemetry::context;
use crate::telemetry::metrics::{HashRefusal, HashingLoad, Metrics};

/// How much the workers let others go first (`nice(2)`). Whoever wakes up for a moment, to answer a request or to
/// ask the database, then need not wait for a worker to have had its share of a core; and where others want all
/// of the processor, a worker still gets a fourth of what each of them does.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

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

/// Runs at most a fixed number of pieces of work at once, each on one of as many threads, and lets a fixed number
/// wait for a bounded time. Clones share the threads and the bounds; with the last of them the threads end.
///
/// Each thread has a desk, `D`, on which a piece of work may leave things for the next. Memory that is allocated
/// anew for each hash would be kept by the allocator for every thread that ever hashed, in spite of the bound.
#[derive(Debug)]
pub struct HashingPool<D> {
    permits: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    jobs: mpsc::Sender<Job<D>>,
    workers: usize,
    queue: usize,
    wait: Duration,
    metrics: Metrics,
}

/// A piece of work, which tells by itself what came of it.
type Job<D> = Box<dyn FnOnce(&mut D) + Send>;

impl<D> Clone for HashingPool<D> {
    fn clone(&self) -> Self {
        Self {
            permits: Arc::clone(&self.permits),
            waiting: Arc::clone(&self.waiting),
            jobs: self.jobs.clone(),
            workers: self.workers,
            queue: self.queue,
            wait: self.wait,
            metrics: self.metrics.clone(),
        }
    }
}

impl<D: Default + Send + 'static> HashingPool<D> {
    /// A pool of `workers`, before which at most `queue` wait for at most `wait`.
    #[must_use]
    pub fn new(workers: usize, queue: usize, wait: Duration, metrics: Metrics) -> Self {
        let (jobs, queued) = mpsc::channel();
        let queued = Arc::new(Mutex::new(queued));
        for _ in 0..workers {
            let queued = Arc::clone(&queued);
            thread::spawn(move || work(&queued));
        }
        Self {
            permits: Arc::new(Semaphore::new(workers)),
            waiting: Arc::default(),
            jobs,
            workers,
            queue,
            wait,
            metrics,
        }
    }

    /// Tells how busy it is, whenever it is asked. It holds nothing of the pool but what it looks at: the
    /// pool counts into figures that may hold it, and neither would ever be dropped.
    pub fn load(&self) -> impl Fn() -> HashingLoad + use<D> {
        let (permits, waiting) = (Arc::clone(&self.permits), Arc::clone(&self.waiting));
        let (workers, queue) = (self.workers, self.queue);
        move || HashingLoad {
            waiting: waiting.load(Ordering::Acquire),
            queue,
            running: workers.saturating_sub(permits.available_permits()),
            workers,
        }
    }

    /// Whether there is room for one more, now: for who would do other work before, and in vain.
    ///
    /// # Errors
    /// [`HashingError::Overloaded`] when the queue is full.
    pub fn check_room(&self) -> Result<(), HashingError> {
        let is_full = self.permits.available_permits() == 0
            && self.waiting.load(Ordering::Acquire) >= self.queue;
        if is_full {
            self.metrics.hash_refused(HashRefusal::QueueFull);
            return Err(HashingError::Overloaded);
        }
        Ok(())
    }

    /// Runs `work` as soon as there is a free worker.
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
        let permit = self.permit().await?;
        let metrics = self.metrics.clone();
        let (done, result) = oneshot::channel();
        let request = context::current();
        let job = move |desk: &mut D| {
            let result = context::within(request, || {
                let _span = context::span("hash");
                let started = Instant::now();
                let result = work(desk);
                metrics.hash_took(started.elapsed());
                result
            });
            drop(permit);
            // Who gave up does not want it.
            let _ = done.send(result);
        };
        // The workers live as long as this does. Where one panics over the work, nothing is sent.
        let _ = self.jobs.send(Box::new(job));
        result.await.map_err(|_| HashingError::Panicked)
    }

    /// Waits for a free worker.
    async fn permit(&self) -> Result<OwnedSemaphorePermit, HashingError> {
        let asked = Instant::now();
        let mut span = context::span("wait for a hash worker");
        let permits = Arc::clone(&self.permits);
        let permit = match permits.try_acquire_owned() {
            Ok(permit) => Ok(permit),
            Err(_) => self.queue().await,
        };
        match permit {
            Ok(permit) => {
                self.metrics.hash_waited(asked.elapsed());
                Ok(permit)
            }
            Err(reason) => {
                span.fail(reason.as_str());
                self.metrics.hash_refused(reason);
                Err(HashingError::Overloaded)
            }
        }
    }

    /// Waits in the queue, if there is a place in it.
    async fn queue(&self) -> Result<OwnedSemaphorePermit, HashRefusal> {
        let _place = Place::take(&self.waiting, self.queue)?;
        let permit = Arc::clone(&self.permits).acquire_owned();
        tokio::time::timeout(self.wait, permit)
            .await
            .ok()
            .and_then(Result::ok)
            .ok_or(HashRefusal::WaitedTooLong)
    }
}

/// Does one job after the other, until nobody can have another.
fn work<D: Default>(queued: &Mutex<mpsc::Receiver<Job<D>>>) {
    // Lowering the priority of this thread can't fail; elsewhere it would be that of the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(NICENESS);
    let mut desk = D::default();
    loop {
        // Nothing panics while it holds the lock, so a poisoned one still holds what it should.
        let queued = queued.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(job) = queued.recv() else {
            return;
        };
        drop(queued);
        if catch_unwind(AssertUnwindSafe(|| job(&mut desk))).is_err() {
            // Whatever it left behind.
            desk = D::default();
        }
    }
}

/// A place in the queue, given back when dropped.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, queue: usize) -> Result<Self, HashRefusal> {
        let place = Self(Arc::clone(waiting));
        // Counted first and judged after, so that two callers never share the last place.
        if waiting.fetch_add(1, Ordering::AcqRel) < queue {
            Ok(place)
        } else {
            Err(HashRefusal::QueueFull)
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
    use std::collections::HashMap;

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
        let pool = HashingPool::new(1, 1, LONG, Metrics::default());
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
        let pool = HashingPool::new(1, 1, LONG, Metrics::default());
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
        let pool = HashingPool::new(1, 8, Duration::from_secs(2), Metrics::default());
        let _held = Arc::clone(&pool.permits).acquire_owned().await.unwrap();
        assert_eq!(pool.run(|()| ()).await, Err(HashingError::Overloaded));
        assert_eq!(pool.waiting.load(Ordering::Acquire), 0);
    }

    #[tokio::test]
    async fn there_are_never_more_desks_than_workers_and_they_are_used_again() {
        let pool = HashingPool::<Vec<u8>>::new(2, 64, LONG, Metrics::default());
        let runs = (0..32).map(|i| {
            let pool = pool.clone();
            let work = move |desk: &mut Vec<u8>| {
                desk.push(i);
                (thread::current().id(), desk.len())
            };
            tokio::spawn(async move { pool.run(work).await })
        });
        let mut desks: HashMap<_, Vec<usize>> = HashMap::new();
        for run in runs.collect::<Vec<_>>() {
            let (desk, left_on_it) = run.await.unwrap().unwrap();
            desks.entry(desk).or_default().push(left_on_it);
        }
        assert!(desks.len() <= 2, "{desks:?}");
        for left_on_it in desks.values_mut() {
            left_on_it.sort_unstable();
            assert!(
                left_on_it.iter().copied().eq(1..=left_on_it.len()),
                "{left_on_it:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_panic_costs_no_worker() {
        let pool = HashingPool::new(1, 0, LONG, Metrics::default());
        let panicked = pool.run(|()| assert!(pool_is_broken(), "on purpose")).await;
        assert_eq!(panicked, Err(HashingError::Panicked));
        until(|| pool.permits.available_permits() == 1).await;
        assert_eq!(pool.run(|()| 1).await, Ok(1));
    }

    fn pool_is_broken() -> bool {
        false
    }
}
