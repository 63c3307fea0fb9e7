//! Figures for Prometheus: what is counted, and how it is written.
//!
//! Every application has its own: nothing here is global. All labels come from closed lists, so no client
//! can make the number of series grow.

use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, EncodeMetric, MetricEncoder, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use super::known_method;
use crate::model::{BreakerState, Clock, MailState};

/// What the name of every metric begins with.
const PREFIX: &str = "countersign";
/// What requests to addresses that nothing is at are counted under.
pub const UNKNOWN_ENDPOINT: &str = "(unknown)";

/// Upper bounds of what requests take, in seconds: from a millisecond to the default deadline.
const REQUEST_BUCKETS: [f64; 14] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];
/// Upper bounds of what waiting for a hash and hashing take, in seconds.
const HASH_BUCKETS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0,
];

/// A closed list of the values of a label, which all have their series from the start: the first increment
/// of a series that was not there would be seen by no rate.
macro_rules! label_values {
    ($(#[$doc:meta])* $name:ident { $($(#[$meaning:meta])* $variant:ident => $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$meaning])* $variant,)+
        }

        impl $name {
            const WORDS: &[&str] = &[$($word,)+];

            /// The value as it is written.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    };
}

label_values! {
    /// How a login ended.
    LoginOutcome {
        /// The person is logged in.
        Success => "success",
        /// There is no such account, or it has another password.
        WrongCredentials => "wrong_credentials",
        /// The password is right, but the account is not active.
        Inactive => "inactive",
        /// The password is right, but the address has to be verified first.
        Unverified => "unverified",
        /// Refused unseen: too many logins of the account failed.
        Throttled => "throttled",
        /// Too much was asked at once: more passwords than can be hashed, or more than the database can do.
        Overloaded => "overloaded",
        /// Something failed.
        Fault => "fault",
    }
}

label_values! {
    /// How a registration ended.
    RegistrationOutcome {
        /// The account is there.
        Success => "success",
        /// Another account has the address or the name.
        Taken => "taken",
        /// Nobody may register.
        Closed => "closed",
        /// Nobody may register with an address of this domain.
        ForeignDomain => "foreign_domain",
        /// A name was chosen where it can't be yet.
        NameTooEarly => "name_too_early",
        /// Too much mail was caused to this mailbox.
        Throttled => "throttled",
        /// The password is known from a leak.
        WeakPassword => "weak_password",
        /// Too much was asked at once: more passwords than can be hashed, or more than the database can do.
        Overloaded => "overloaded",
        /// Something failed.
        Fault => "fault",
    }
}

label_values! {
    /// How a refresh ended.
    RefreshOutcome {
        /// There are new tokens.
        Success => "success",
        /// The token is not one of ours.
        Invalid => "invalid",
        /// The token or the session is too old.
        Expired => "expired",
        /// The token was used before, so the session was ended.
        Reused => "reused",
        /// The session was ended before.
        Revoked => "revoked",
        /// The account is not active.
        Inactive => "inactive",
        /// Too much was asked at once: more passwords than can be hashed, or more than the database can do.
        Overloaded => "overloaded",
        /// Something failed.
        Fault => "fault",
    }
}

label_values! {
    /// Why a password was not hashed.
    HashRefusal {
        /// As many requests waited as may.
        QueueFull => "queue_full",
        /// It waited as long as it may.
        WaitedTooLong => "waited_too_long",
    }
}

label_values! {
    /// What came of trying to send a mail.
    MailOutcome {
        /// The mail server has it, or it was for nobody. They are not told apart, or who reads the figures would
        /// know whether an address has an account.
        Done => "done",
        /// It is tried again later.
        Deferred => "deferred",
        /// It was given up.
        Failed => "failed",
        /// Its link was void, so it was not sent.
        Cancelled => "cancelled",
    }
}

label_values! {
    /// Which limit a request ran into.
    Limit {
        /// That of a client's address.
        Address => "address",
        /// That of an account.
        Account => "account",
        /// That of a mailbox.
        Mailbox => "mailbox",
    }
}

label_values! {
    /// What became of the spans of traces.
    SpanOutcome {
        /// The collector has them.
        Exported => "exported",
        /// The collector did not take them.
        Lost => "lost",
    }
}

/// The pool of database connections at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabasePool {
    /// Connections that are open, in use or not.
    pub open: u32,
    /// Connections that are open and not in use.
    pub idle: u32,
    /// The most that may be open.
    pub max: u32,
}

/// The hashing pool at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashingLoad {
    /// Requests that wait.
    pub waiting: usize,
    /// The most that may wait.
    pub queue: usize,
    /// Hashes that are being computed.
    pub running: usize,
    /// The most that may be computed at once.
    pub workers: usize,
}

/// One label with its value.
type Label = [(&'static str, &'static str); 1];

/// What a request is counted under.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    endpoint: String,
    status: u16,
}

type Labelled<M> = Family<Label, M>;
type AtScrape = Box<dyn Fn(&Figures) + Send + Sync>;

/// Counts what happens, and tells it. Clones count into the same figures.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    figures: Figures,
    at_scrape: RwLock<Vec<AtScrape>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    /// Figures that nobody asks for, as those of a command.
    fn default() -> Self {
        Self::new(&Clock::default())
    }
}

/// All figures. What is known only when it is looked at is set here by what [`Metrics::at_scrape`] was given.
#[derive(Debug)]
pub struct Figures {
    http: HttpFigures,
    hashing: HashingFigures,
    logins: Labelled<Counter>,
    registrations: Labelled<Counter>,
    refreshes: Labelled<Counter>,
    rate_limited: Labelled<Counter>,
    mail: MailFigures,
    connections: Labelled<Gauge>,
    connections_max: Gauge,
    breaker_state: Labelled<Gauge>,
    breaker_rejections: Labelled<Counter>,
    spans: Labelled<Counter>,
    dropped_log_lines: Counter,
}

#[derive(Debug)]
struct HttpFigures {
    requests: Family<RequestLabels, Counter>,
    durations: Family<RequestLabels, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
}

#[derive(Debug)]
struct MailFigures {
    deliveries: Labelled<Counter>,
    outbox: Labelled<Gauge>,
    oldest: Gauge,
}

#[derive(Debug)]
struct HashingFigures {
    wait: Histogram,
    duration: Histogram,
    refused: Labelled<Counter>,
    queue_depth: Gauge,
    queue_limit: Gauge,
    running: Gauge,
    workers: Gauge,
}

/// What is told. Counters get the ending `_total` when they are written.
struct List(Registry);

impl List {
    fn add<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: M) -> M {
        let declared = Declared(Box::new(metric.clone()));
        self.0.register(name, help, declared);
        metric
    }

    fn gauge(&mut self, name: &str, help: &str) -> Gauge {
        self.add(name, help, Gauge::default())
    }

    /// Counters that have a series for each of `values` from the start.
    fn counters(
        &mut self,
        name: &str,
        help: &str,
        label: &'static str,
        values: &[&'static str],
    ) -> Labelled<Counter> {
        let family = self.add(name, help, Labelled::default());
        for value in values {
            count(&family, label, value, 0);
        }
        family
    }
}

impl HttpFigures {
    fn new(list: &mut List) -> Self {
        let buckets: fn() -> Histogram = || Histogram::new(REQUEST_BUCKETS);
        Self {
            requests: list.add(
                "http_requests",
                "Requests that were answered",
                Family::default(),
            ),
            durations: list.add(
                "http_request_duration_seconds",
                "Time from a request to its answer",
                Family::new_with_constructor(buckets),
            ),
            in_flight: list.gauge(
                "http_requests_in_flight",
                "Requests that are not answered yet",
            ),
        }
    }
}

impl MailFigures {
    fn new(list: &mut List) -> Self {
        let outbox = list.add(
            "mail_outbox",
            "Mails that are not settled, by state",
            Labelled::<Gauge>::default(),
        );
        for state in [MailState::Pending, MailState::Sending] {
            drop(outbox.get_or_create(&[("state", state.name())]));
        }
        Self {
            deliveries: list.counters(
                "mail_deliveries",
                "What came of trying to send mails, by outcome",
                "outcome",
                MailOutcome::WORDS,
            ),
            outbox,
            oldest: list.gauge(
                "mail_outbox_oldest_seconds",
                "For how long the oldest mail waits that is not settled",
            ),
        }
    }
}

impl HashingFigures {
    fn new(list: &mut List) -> Self {
        Self {
            wait: list.add(
                "hash_wait_seconds",
                "Time that requests waited for a worker to hash a password",
                Histogram::new(HASH_BUCKETS),
            ),
            duration: list.add(
                "hash_duration_seconds",
                "Time that hashing a password took",
                Histogram::new(HASH_BUCKETS),
            ),
            refused: list.counters(
                "hashes_refused",
                "Passwords that were not hashed because too many others were",
                "reason",
                HashRefusal::WORDS,
            ),
            queue_depth: list.gauge(
                "hash_queue_depth",
                "Requests that wait for a worker to hash a password",
            ),
            queue_limit: list.gauge(
                "hash_queue_limit",
                "The most requests that may wait for a worker",
            ),
            running: list.gauge("hashes_running", "Passwords that are being hashed"),
            workers: list.gauge(
                "hash_workers",
                "The most passwords that may be hashed at once",
            ),
        }
    }
}

impl Figures {
    fn new(list: &mut List) -> Self {
        Self {
            http: HttpFigures::new(list),
            logins: list.counters(
                "logins",
                "Logins by outcome",
                "outcome",
                LoginOutcome::WORDS,
            ),
            registrations: list.counters(
                "registrations",
                "Registrations by outcome",
                "outcome",
                RegistrationOutcome::WORDS,
            ),
            refreshes: list.counters(
                "refreshes",
                "Refreshes by outcome",
                "outcome",
                RefreshOutcome::WORDS,
            ),
            rate_limited: list.counters(
                "rate_limited",
                "Requests that were refused because there were too many, by limit",
                "limit",
                Limit::WORDS,
            ),
            mail: MailFigures::new(list),
            hashing: HashingFigures::new(list),
            connections: list.add(
                "database_connections",
                "Open connections to the database by state",
                Family::default(),
            ),
            connections_max: list.gauge(
                "database_connections_max",
                "The most connections to the database that may be open",
            ),
            breaker_state: list.add(
                "circuit_breaker_state",
                "What a circuit breaker does: 0 closed, 1 half-open, 2 open",
                Family::default(),
            ),
            breaker_rejections: list.add(
                "circuit_breaker_rejections",
                "Calls that a circuit breaker rejected",
                Family::default(),
            ),
            spans: list.counters(
                "trace_spans",
                "Spans that were sent to the collector of traces, by outcome",
                "outcome",
                SpanOutcome::WORDS,
            ),
            dropped_log_lines: list.add(
                "log_lines_dropped",
                "Log lines that were dropped because a writer could not keep up",
                Counter::default(),
            ),
        }
    }

    /// Sets the figures of the hashing pool.
    pub fn hashing(&self, load: HashingLoad) {
        self.hashing.queue_depth.set(whole(load.waiting));
        self.hashing.queue_limit.set(whole(load.queue));
        self.hashing.running.set(whole(load.running));
        self.hashing.workers.set(whole(load.workers));
    }

    /// Sets the figures of the database's connections.
    pub fn database_pool(&self, pool: DatabasePool) {
        let used = pool.open.saturating_sub(pool.idle);
        for (state, count) in [("used", used), ("idle", pool.idle)] {
            let gauge = self.connections.get_or_create(&[("state", state)]);
            gauge.set(count.into());
        }
        self.connections_max.set(pool.max.into());
    }

    /// Sets the figures of a circuit breaker: its state, and the calls that it rejected since the start.
    pub fn circuit_breaker(&self, name: &'static str, state: BreakerState, rejected: u64) {
        let label = [("name", name)];
        let number = match state {
            BreakerState::Closed => 0,
            BreakerState::HalfOpen => 1,
            BreakerState::Open => 2,
        };
        self.breaker_state.get_or_create(&label).set(number);
        let rejections = self.breaker_rejections.get_or_create(&label);
        rejections.inner().store(rejected, Ordering::Relaxed);
    }

    /// Sets how many log lines were dropped since the start.
    pub fn dropped_log_lines(&self, count: u64) {
        self.dropped_log_lines
            .inner()
            .store(count, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Figures of a service that starts now.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let mut list = List(Registry::with_prefix(PREFIX));
        let figures = Figures::new(&mut list);
        list_process(&mut list.0, clock);
        Self(Arc::new(Inner {
            registry: list.0,
            figures,
            at_scrape: RwLock::default(),
        }))
    }

    /// Has `set` called whenever the figures are asked for, to set those that are only known then. It runs on
    /// the thread that answers, so it must not wait.
    pub fn at_scrape(&self, set: impl Fn(&Figures) + Send + Sync + 'static) {
        let sources = self.0.at_scrape.write();
        let mut sources = sources.unwrap_or_else(PoisonError::into_inner);
        sources.push(Box::new(set));
    }

    /// Everything in the text format of Prometheus, version 0.0.4, which every scraper reads.
    ///
    /// # Errors
    /// When a figure can't be written; a test shows that all can.
    pub fn write(&self) -> Result<String, fmt::Error> {
        let sources = self.0.at_scrape.read();
        for set in sources.unwrap_or_else(PoisonError::into_inner).iter() {
            set(&self.0.figures);
        }
        let mut open_metrics = String::with_capacity(16 * 1024);
        text::encode_registry(&mut open_metrics, &self.0.registry)?;
        Ok(plain_text(&open_metrics))
    }

    /// Counts a request as being worked on, for as long as what is returned is kept.
    #[must_use]
    pub fn request_begins(&self) -> InFlight {
        let gauge = self.0.figures.http.in_flight.clone();
        gauge.inc();
        InFlight(gauge)
    }

    /// Counts an answer. `endpoint` is the pattern of the address, `None` where nothing is at it.
    pub fn request_answered(
        &self,
        method: &str,
        endpoint: Option<&str>,
        status: u16,
        took: Duration,
    ) {
        let labels = RequestLabels {
            method: known_method(method).unwrap_or("other"),
            endpoint: endpoint.unwrap_or(UNKNOWN_ENDPOINT).to_owned(),
            status,
        };
        let figures = &self.0.figures;
        figures.http.requests.get_or_create(&labels).inc();
        let durations = figures.http.durations.get_or_create(&labels);
        durations.observe(took.as_secs_f64());
    }

    /// Counts a login.
    pub fn login(&self, outcome: LoginOutcome) {
        count(&self.0.figures.logins, "outcome", outcome.as_str(), 1);
    }

    /// Counts a registration.
    pub fn registration(&self, outcome: RegistrationOutcome) {
        count(
            &self.0.figures.registrations,
            "outcome",
            outcome.as_str(),
            1,
        );
    }

    /// Counts a refresh.
    pub fn refresh(&self, outcome: RefreshOutcome) {
        count(&self.0.figures.refreshes, "outcome", outcome.as_str(), 1);
    }

    /// Counts a request that ran into a limit.
    pub fn rate_limited(&self, limit: Limit) {
        count(&self.0.figures.rate_limited, "limit", limit.as_str(), 1);
    }

    /// Counts what came of trying to send a mail.
    pub fn mail(&self, outcome: MailOutcome) {
        let deliveries = &self.0.figures.mail.deliveries;
        count(deliveries, "outcome", outcome.as_str(), 1);
    }

    /// Sets how many mails wait and how many are being sent, and for how long the oldest of them waits.
    pub fn outbox(&self, pending: u64, sending: u64, oldest: Duration) {
        let mail = &self.0.figures.mail;
        for (state, number) in [(MailState::Pending, pending), (MailState::Sending, sending)] {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            mail.outbox
                .get_or_create(&[("state", state.name())])
                .set(number);
        }
        let seconds = i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX);
        mail.oldest.set(seconds);
    }

    /// Counts a password that is not hashed.
    pub fn hash_refused(&self, reason: HashRefusal) {
        count(
            &self.0.figures.hashing.refused,
            "reason",
            reason.as_str(),
            1,
        );
    }

    /// Notes how long a request waited for a worker before its password was hashed.
    pub fn hash_waited(&self, time: Duration) {
        self.0.figures.hashing.wait.observe(time.as_secs_f64());
    }

    /// Notes how long hashing took.
    pub fn hash_took(&self, time: Duration) {
        self.0.figures.hashing.duration.observe(time.as_secs_f64());
    }

    /// Counts spans that were sent.
    pub fn spans(&self, outcome: SpanOutcome, number: u64) {
        count(&self.0.figures.spans, "outcome", outcome.as_str(), number);
    }
}

/// A request that is being worked on.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A metric that is named even while it has no series yet, so that whoever looks finds all there are.
#[derive(Debug)]
struct Declared(Box<dyn Metric>);

impl EncodeMetric for Declared {
    fn encode(&self, encoder: MetricEncoder<'_>) -> fmt::Result {
        self.0.encode(encoder)
    }

    fn metric_type(&self) -> MetricType {
        self.0.metric_type()
    }
}

/// Memory of the process, read when it is asked for.
#[derive(Debug)]
struct ResidentMemory;

impl EncodeMetric for ResidentMemory {
    fn encode(&self, encoder: MetricEncoder<'_>) -> fmt::Result {
        match resident_bytes() {
            Some(bytes) => ConstGauge::new(bytes).encode(encoder),
            None => Ok(()),
        }
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Gauge
    }
}

/// Memory in use, where the system tells it as Linux does.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    kibibytes.checked_mul(1024)
}

fn list_process(registry: &mut Registry, clock: &Clock) {
    let build = Labelled::<Gauge>::default();
    let version = env!("CARGO_PKG_VERSION");
    build.get_or_create(&[("version", version)]).set(1);
    registry.register("build_info", "The program that runs; always 1", build);
    let started = ConstGauge::new(clock.now().timestamp());
    registry.register(
        "process_start_time_seconds",
        "When the service started, as Unix time",
        started,
    );
    registry.register(
        "process_resident_memory_bytes",
        "Memory that the process has in use",
        ResidentMemory,
    );
}

fn count(family: &Labelled<Counter>, label: &'static str, value: &'static str, number: u64) {
    family.get_or_create(&[(label, value)]).inc_by(number);
}

/// A number that is far from the bounds of either type.
fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Turns the format of `OpenMetrics` into the text format 0.0.4. For what is written here they differ in one
/// thing: there a family of counters is named without the `_total` that its series end with.
fn plain_text(open_metrics: &str) -> String {
    let mut plain = String::with_capacity(open_metrics.len() + 512);
    let mut help = None;
    for line in open_metrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            // Written with the type, which comes next.
            help = rest.split_once(' ');
            continue;
        }
        let family = line.strip_prefix("# TYPE ");
        if let Some((name, kind)) = family.and_then(|family| family.split_once(' ')) {
            let suffix = if kind == "counter" { "_total" } else { "" };
            if let Some((_, text)) = help.take() {
                plain.extend(["# HELP ", name, suffix, " ", text, "\n"]);
            }
            plain.extend(["# TYPE ", name, suffix, " ", kind, "\n"]);
        } else {
            plain.extend([line, "\n"]);
        }
    }
    plain
}
