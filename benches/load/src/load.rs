//! Load, and what comes of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::http::{Answer, Ask, Client};
use crate::people::Person;
use crate::process::Server;

/// The longest time that is told apart from longer ones, in microseconds.
const LONGEST: u64 = 60_000_000;
/// Not counted at the beginning: connections are made, caches fill.
const WARM_UP: Duration = Duration::from_millis(750);

/// What came of some load.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// Answers with a 2xx, in a second.
    pub(crate) per_second: f64,
    /// Of those: how long they took, in milliseconds.
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) p999_ms: f64,
    pub(crate) max_ms: f64,
    /// Processor time of the server for each answer of any kind, in microseconds.
    pub(crate) cpu_us: f64,
    /// Memory that the server held at the end, and at most, in MiB.
    pub(crate) resident_mib: f64,
    pub(crate) peak_mib: f64,
    /// How many answers had which status.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// How many requests had no answer at all.
    pub(crate) failed: u64,
}

impl Figures {
    fn answers(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// How many answers were refusals for want of room.
    pub(crate) fn refused(&self) -> u64 {
        [429, 503]
            .iter()
            .filter_map(|status| self.statuses.get(status))
            .sum()
    }

    /// That nothing went wrong but what may: refusals.
    pub(crate) fn sound(self, what: &str) -> Result<Self, Failure> {
        let is_expected = |status: &u16| matches!(status, 200..=299 | 429 | 503);
        if self.failed > 0 || !self.statuses.keys().all(is_expected) {
            return Err(format!("{what}: {} failed, {:?}", self.failed, self.statuses).into());
        }
        Ok(self)
    }
}

/// What was counted in one or more windows.
#[derive(Debug)]
pub(crate) struct Tally {
    seen: Seen,
    /// Processor time of the servers.
    used: Duration,
    took: Duration,
}

impl Tally {
    pub(crate) fn new() -> Result<Self, Failure> {
        Ok(Self {
            seen: Seen::new()?,
            used: Duration::ZERO,
            took: Duration::ZERO,
        })
    }

    pub(crate) fn add(&mut self, other: &Self) -> Result<(), Failure> {
        self.seen.add(&other.seen)?;
        self.used += other.used;
        self.took += other.took;
        Ok(())
    }

    /// The figures, with the memory that the servers hold now.
    pub(crate) fn figures(self, servers: &[&Server]) -> Result<Figures, Failure> {
        with_usage(self.seen.figures(self.took), self.used, servers)
    }
}

/// What one client saw.
#[derive(Debug)]
struct Seen {
    times: Histogram<u64>,
    statuses: BTreeMap<u16, u64>,
    failed: u64,
}

impl Seen {
    fn new() -> Result<Self, Failure> {
        Ok(Self {
            times: Histogram::new_with_max(LONGEST, 3)?,
            statuses: BTreeMap::new(),
            failed: 0,
        })
    }

    fn note(&mut self, answer: &Result<Answer, Failure>, took: Duration) {
        match answer {
            Ok(answer) => {
                *self.statuses.entry(answer.status.as_u16()).or_default() += 1;
                if answer.status.is_success() {
                    let took = u64::try_from(took.as_micros()).unwrap_or(LONGEST);
                    self.times.saturating_record(took);
                }
            }
            Err(_) => self.failed += 1,
        }
    }

    fn add(&mut self, other: &Self) -> Result<(), Failure> {
        self.times.add(&other.times)?;
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += count;
        }
        self.failed += other.failed;
        Ok(())
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "figures to be read, far below 2^52"
    )]
    fn figures(self, took: Duration) -> Figures {
        let at = |quantile| self.times.value_at_quantile(quantile) as f64 / 1000.0;
        Figures {
            per_second: self.times.len() as f64 / took.as_secs_f64(),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: self.times.max() as f64 / 1000.0,
            statuses: self.statuses,
            failed: self.failed,
            ..Figures::default()
        }
    }
}

/// Whether clients do as they are told when they are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manners {
    /// They wait as long as `Retry-After` says.
    Polite,
    /// They try again at once.
    Pushing,
}

/// What is counted, and when.
#[derive(Clone, Copy, Debug)]
struct Window {
    begins: Instant,
    ends: Instant,
}

impl Window {
    fn new(length: Duration) -> Self {
        let begins = Instant::now() + WARM_UP;
        Self {
            begins,
            ends: begins + length,
        }
    }
}

/// Each person asks as soon as the last answer is there.
pub(crate) async fn closed(
    servers: &[&Server],
    people: &mut [Box<dyn Person>],
    length: Duration,
    manners: Manners,
) -> Result<Tally, Failure> {
    let window = Window::new(length);
    let each = people.iter_mut().enumerate().map(|(number, person)| {
        let server = servers.get(number % servers.len().max(1));
        async move {
            let server = server.ok_or("no server")?;
            let mut client = Client::new(server.address);
            let mut seen = Seen::new()?;
            loop {
                let begun = Instant::now();
                if begun >= window.ends {
                    return Ok::<_, Failure>(seen);
                }
                let answer = client.ask(&person.next()).await;
                let ended = Instant::now();
                if ended >= window.begins && ended < window.ends {
                    seen.note(&answer, ended - begun);
                }
                if let Ok(answer) = &answer {
                    person.learn(answer);
                    if let (Manners::Polite, Some(wait)) = (manners, answer.retry_after) {
                        let until = (ended + wait).min(window.ends);
                        tokio::time::sleep_until(until.into()).await;
                    }
                }
            }
        }
    });
    let used = async {
        tokio::time::sleep_until(window.begins.into()).await;
        let before = usages(servers)?;
        tokio::time::sleep_until(window.ends.into()).await;
        Ok::<_, Failure>(usages(servers)?.cpu.saturating_sub(before.cpu))
    };
    let (all, used) = tokio::join!(join_all(each), used);
    let mut seen = Seen::new()?;
    for one in all {
        seen.add(&one?)?;
    }
    Ok(Tally {
        seen,
        used: used?,
        took: length,
    })
}

/// Somebody asks so often a second, whether or not the answers before are there. Times count from when a
/// request was due, so one that had to wait for its turn has waited.
pub(crate) async fn open(
    server: &Server,
    people: Vec<Box<dyn Person>>,
    per_second: u32,
    length: Duration,
) -> Result<Tally, Failure> {
    let free: Vec<_> = people
        .into_iter()
        .map(|person| (person, Client::new(server.address)))
        .collect();
    let free = Arc::new(Mutex::new(free));
    let seen = Arc::new(Mutex::new(Seen::new()?));
    let window = Window::new(length);
    let interval = Duration::from_secs(1) / per_second;
    let mut due = Instant::now();
    let mut under_way = Vec::new();
    let mut before = None;
    while due < window.ends {
        tokio::time::sleep_until(due.into()).await;
        if before.is_none() && due >= window.begins {
            before = Some(server.usage()?);
        }
        let asked = due;
        due += interval;
        let taken = lock(&free).pop();
        let Some((mut person, mut client)) = taken else {
            if asked >= window.begins {
                lock(&seen).failed += 1;
            }
            continue;
        };
        let (free, seen) = (Arc::clone(&free), Arc::clone(&seen));
        under_way.push(tokio::spawn(async move {
            let answer = client.ask(&person.next()).await;
            if asked >= window.begins {
                lock(&seen).note(&answer, asked.elapsed());
            }
            if let Ok(answer) = &answer {
                person.learn(answer);
            }
            lock(&free).push((person, client));
        }));
    }
    let before = before.map_or(Duration::ZERO, |usage| usage.cpu);
    let used = server.usage()?.cpu.saturating_sub(before);
    for one in under_way {
        one.await?;
    }
    let seen = std::mem::replace(&mut *lock(&seen), Seen::new()?);
    Ok(Tally {
        seen,
        used,
        took: length,
    })
}

fn with_usage(
    mut figures: Figures,
    used: Duration,
    servers: &[&Server],
) -> Result<Figures, Failure> {
    let answers = u32::try_from(figures.answers().max(1))?;
    figures.cpu_us = used.as_secs_f64() * 1e6 / f64::from(answers);
    let now = usages(servers)?;
    figures.resident_mib = mib(now.resident);
    figures.peak_mib = mib(now.peak);
    Ok(figures)
}

#[expect(clippy::cast_precision_loss, reason = "memory is far below 2^52 bytes")]
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

/// What several servers use together.
fn usages(servers: &[&Server]) -> Result<crate::process::Usage, Failure> {
    let mut sum = crate::process::Usage {
        cpu: Duration::ZERO,
        resident: 0,
        peak: 0,
    };
    for server in servers {
        let usage = server.usage()?;
        sum.cpu += usage.cpu;
        sum.resident += usage.resident;
        sum.peak += usage.peak;
    }
    Ok(sum)
}

/// Asks once, which has to succeed.
pub(crate) async fn once(server: &Server, ask: &Ask) -> Result<Answer, Failure> {
    let answer = Client::new(server.address).ask(ask).await?;
    if answer.status.is_success() {
        Ok(answer)
    } else {
        Err(format!("{} {}: {}", ask.method, ask.path, answer.status).into())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
