//! The figures for Prometheus, and what is made of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use countersign::model::BreakerState;
use countersign::telemetry::metrics::Limit;
use futures_util::future::join_all;
use poem::http::Method;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::support::database::postgres;
use crate::support::logs::of_request;
use crate::support::mail_server::{MailServer, Mood};
use crate::support::process::{Place, until};
use crate::support::{PASSWORD, PATIENCE, TestApp};

/// The type of the text format 0.0.4.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

type Labels = BTreeMap<String, String>;

/// Figures as a strict reader of the text format 0.0.4 takes them.
#[derive(Debug, Default)]
struct Exposition {
    /// The type of each family.
    families: BTreeMap<String, String>,
    /// The value of each series.
    series: BTreeMap<(String, Labels), f64>,
}

impl Exposition {
    #[track_caller]
    fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'));
        let mut found = Self::default();
        let mut helped = String::new();
        let mut family = String::new();
        for line in text.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect(line);
                assert!(!help.is_empty() && !help.contains('\\'), "{line}");
                name.clone_into(&mut helped);
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect(line);
                assert_eq!(name, helped, "{line}");
                let is_known = ["counter", "gauge", "histogram"].contains(&kind);
                assert!(is_known, "{line}");
                assert_eq!(kind == "counter", name.ends_with("_total"), "{line}");
                assert!(name.starts_with("countersign_"), "{line}");
                name.clone_into(&mut family);
                let known = found.families.insert(family.clone(), kind.to_owned());
                assert_eq!(known, None, "{line} is told twice");
            } else {
                let (series, value) = line.rsplit_once(' ').expect(line);
                let (name, labels) = labels_of(series);
                assert!(is_name(&name), "{line}");
                let kind = found.families[&family].as_str();
                let ending = name.strip_prefix(family.as_str()).expect(line);
                let endings: &[&str] = match kind {
                    "histogram" => &["_bucket", "_sum", "_count"],
                    _ => &[""],
                };
                assert!(endings.contains(&ending), "{line} is not of {family}");
                assert_eq!(labels.contains_key("le"), ending == "_bucket", "{line}");
                let value: f64 = value.parse().expect(line);
                assert!(value.is_finite() && value >= 0.0, "{line}");
                let known = found.series.insert((name, labels), value);
                assert_eq!(known, None, "{line} is told twice");
            }
        }
        found.check_histograms();
        found
    }

    /// Buckets grow, and the last has everything.
    #[track_caller]
    fn check_histograms(&self) {
        let mut buckets: BTreeMap<(String, Labels), Vec<(f64, f64)>> = BTreeMap::new();
        for ((name, labels), value) in &self.series {
            if let Some(family) = name.strip_suffix("_bucket") {
                let mut labels = labels.clone();
                let bound = labels.remove("le").unwrap().replace("+Inf", "inf");
                let bound: f64 = bound.parse().unwrap();
                let all = buckets.entry((family.to_owned(), labels)).or_default();
                all.push((bound, *value));
            }
        }
        for ((family, labels), mut buckets) in buckets {
            buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(
                buckets.is_sorted_by(|a, b| a.1 <= b.1),
                "{family} {labels:?}"
            );
            let last = buckets.last().unwrap();
            assert!(last.0.is_infinite(), "{family} {labels:?}");
            let count = self.series[&(format!("{family}_count"), labels.clone())];
            assert_eq!(last.1.to_bits(), count.to_bits(), "{family} {labels:?}");
            assert!(self.series.contains_key(&(format!("{family}_sum"), labels)));
        }
    }

    /// The sum of the series of this name that have these labels among theirs.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let mut all = self.of(name, labels).peekable();
        assert!(all.peek().is_some(), "no {name} with {labels:?}");
        all.map(|(_, value)| value).sum()
    }

    fn of<'a>(
        &'a self,
        name: &str,
        labels: &[(&str, &str)],
    ) -> impl Iterator<Item = (&'a Labels, f64)> {
        self.series
            .iter()
            .filter(move |((own, has), _)| {
                own == name
                    && labels
                        .iter()
                        .all(|(label, value)| has.get(*label).is_some_and(|has| has == value))
            })
            .map(|((_, labels), value)| (labels, *value))
    }

    /// The names of the labels of a series' name.
    fn labels(&self, name: &str) -> BTreeSet<&str> {
        self.of(name, &[])
            .flat_map(|(labels, _)| labels.keys().map(String::as_str))
            .collect()
    }
}

fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(is_part)
}

/// The name and the labels in `name{label="value",…}`.
#[track_caller]
fn labels_of(series: &str) -> (String, Labels) {
    let Some((name, rest)) = series.split_once('{') else {
        return (series.to_owned(), Labels::new());
    };
    let rest = rest.strip_suffix("\"}").expect(series);
    let labels = rest.split("\",").map(|pair| {
        let (label, value) = pair.split_once("=\"").expect(series);
        assert!(is_name(label) && !value.contains(['"', '\\']), "{series}");
        (label.to_owned(), value.to_owned())
    });
    let all: Vec<_> = labels.collect();
    let labels: Labels = all.iter().cloned().collect();
    assert_eq!(labels.len(), all.len(), "{series}");
    (name.to_owned(), labels)
}

async fn scrape(app: &TestApp) -> Exposition {
    let answer = app.get("/metrics").send().await;
    answer.assert_status(200);
    Exposition::parse(&answer.text())
}

const REQUESTS: &str = "countersign_http_requests_total";

#[tokio::test]
async fn everything_is_listed_from_the_start_in_the_text_format() {
    let app = TestApp::start().await;
    for prefix in ["", "/api/v1"] {
        let path = format!("{prefix}/metrics");
        let answer = app.get(&path).send().await;
        answer.assert_status(200);
        assert_eq!(answer.header("content-type"), Some(CONTENT_TYPE));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let fresh = TestApp::start().await;
    let found = scrape(&fresh).await;
    for (family, kind) in [
        ("build_info", "gauge"),
        ("process_start_time_seconds", "gauge"),
        ("process_resident_memory_bytes", "gauge"),
        ("http_requests_total", "counter"),
        ("http_request_duration_seconds", "histogram"),
        ("http_requests_in_flight", "gauge"),
        ("logins_total", "counter"),
        ("registrations_total", "counter"),
        ("refreshes_total", "counter"),
        ("rate_limited_total", "counter"),
        ("mail_deliveries_total", "counter"),
        ("mail_outbox", "gauge"),
        ("mail_outbox_oldest_seconds", "gauge"),
        ("hash_wait_seconds", "histogram"),
        ("hash_duration_seconds", "histogram"),
        ("hashes_refused_total", "counter"),
        ("hash_queue_depth", "gauge"),
        ("hash_queue_limit", "gauge"),
        ("hashes_running", "gauge"),
        ("hash_workers", "gauge"),
        ("database_connections", "gauge"),
        ("database_connections_max", "gauge"),
        ("circuit_breaker_state", "gauge"),
        ("circuit_breaker_rejections_total", "counter"),
        ("trace_spans_total", "counter"),
        ("log_lines_dropped_total", "counter"),
    ] {
        let family = format!("countersign_{family}");
        let found = found.families.get(&family).map(String::as_str);
        assert_eq!(found, Some(kind), "{family}");
    }
    assert_eq!(found.families.len(), 26);
    // A rate sees the first of each only if there was a zero before.
    for outcome in [
        "success",
        "wrong_credentials",
        "inactive",
        "unverified",
        "throttled",
        "overloaded",
        "fault",
    ] {
        let logins = found.sum("countersign_logins_total", &[("outcome", outcome)]);
        assert!(logins < 0.5, "{outcome}: {logins}");
    }
    for outcome in ["done", "deferred", "failed", "cancelled"] {
        assert_mails(&found, outcome, 0.0);
    }
}

#[tokio::test]
async fn requests_are_counted_by_method_pattern_and_status() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    for _ in 0..3 {
        app.get("/users/me").bearer(&ada).send().await;
    }
    app.get("/api/v1/users/me").send().await.assert_status(401);
    let session = app.session_of(&ada).await;
    let path = format!("/users/me/sessions/{session}");
    app.delete(&path)
        .bearer(&ada)
        .send()
        .await
        .assert_status(204);

    let found = scrape(&app).await;
    let counted = |method, endpoint, status| {
        let labels = [
            ("method", method),
            ("endpoint", endpoint),
            ("status", status),
        ];
        let requests = found.sum(REQUESTS, &labels);
        let measured = "countersign_http_request_duration_seconds_count";
        assert_eq!(found.sum(measured, &labels).to_bits(), requests.to_bits());
        requests
    };
    for (method, endpoint, status, count) in [
        ("POST", "/auth/register", "201", 1.0),
        ("GET", "/users/me", "200", 3.0),
        ("GET", "/api/v1/users/me", "401", 1.0),
        ("DELETE", "/users/me/sessions/{id}", "204", 1.0_f64),
    ] {
        let counted = counted(method, endpoint, status);
        assert_eq!(counted.to_bits(), count.to_bits(), "{method} {endpoint}");
    }
    // Whoever asks is at work on it.
    let in_flight = found.sum("countersign_http_requests_in_flight", &[]);
    assert_eq!(in_flight.to_bits(), 1.0_f64.to_bits());
    let sum = found.sum("countersign_http_request_duration_seconds_sum", &[]);
    assert!(sum > 0.0 && sum < 60.0, "{sum}");
}

#[tokio::test]
async fn what_a_client_makes_up_makes_no_series() {
    let app = TestApp::start().await;
    app.get("/nowhere").send().await.assert_status(404);
    app.call(Method::from_bytes(b"MADE-UP0").unwrap(), "/")
        .send()
        .await;
    let before = scrape(&app).await.series.len();
    for batch in 0..100 {
        let asked = (0..100).map(|i| app.get(&format!("/nowhere/{batch}/{i}?q={i}")).send());
        join_all(asked).await;
        let method = Method::from_bytes(format!("MADE-UP{batch}").as_bytes()).unwrap();
        app.call(method, "/").send().await.assert_status(405);
    }
    let after = scrape(&app).await;
    // The first question for the figures is counted in the second.
    let own = after.of(
        "countersign_http_request_duration_seconds_count",
        &[("endpoint", "/metrics")],
    );
    assert_eq!(own.count(), 1);
    let buckets = after.of(
        "countersign_http_request_duration_seconds_bucket",
        &[("endpoint", "/metrics")],
    );
    assert_eq!(after.series.len(), before + 3 + buckets.count());
    let unknown = after.sum(REQUESTS, &[("endpoint", "(unknown)")]);
    assert_eq!(unknown.to_bits(), 10_001.0_f64.to_bits());
    let other = after.sum(REQUESTS, &[("method", "other")]);
    assert_eq!(other.to_bits(), 101.0_f64.to_bits());
}

#[tokio::test]
async fn logins_registrations_and_refreshes_are_counted_by_outcome() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    app.post("/auth/register", &body)
        .send()
        .await
        .assert_status(409);
    app.log_in("ada").await;
    app.try_log_in("ada", "not the password")
        .await
        .assert_status(401);
    app.try_log_in("nobody", PASSWORD).await.assert_status(401);
    app.refresh("garbage").await.assert_status(401);
    app.refresh(ada.refresh_token()).await.assert_status(200);
    app.clock.advance(chrono::TimeDelta::seconds(60));
    app.refresh(ada.refresh_token()).await.assert_status(401);
    app.refresh(ada.refresh_token()).await.assert_status(401);
    app.deactivate(&ada).await;
    app.try_log_in("ada", PASSWORD).await.assert_status(403);
    let before = scrape(&app).await;
    app.break_database().await;
    app.try_log_in("ada", PASSWORD).await;
    app.post("/auth/register", &body).send().await;
    app.refresh(ada.refresh_token()).await;
    let found = scrape(&app).await;
    let all = [
        ("logins", "success", 1.0),
        ("logins", "wrong_credentials", 2.0),
        ("logins", "inactive", 1.0),
        ("logins", "fault", 1.0),
        ("logins", "overloaded", 0.0),
        ("registrations", "success", 1.0),
        ("registrations", "taken", 1.0),
        ("registrations", "fault", 1.0),
        ("registrations", "closed", 0.0),
        ("refreshes", "success", 1.0),
        ("refreshes", "invalid", 1.0),
        ("refreshes", "reused", 1.0),
        ("refreshes", "revoked", 1.0),
        ("refreshes", "fault", 1.0_f64),
    ];
    for (what, outcome, expected) in all {
        let name = format!("countersign_{what}_total");
        let counted = found.sum(&name, &[("outcome", outcome)]);
        assert_eq!(counted.to_bits(), expected.to_bits(), "{what} {outcome}");
        if outcome == "fault" {
            let counted = before.sum(&name, &[("outcome", outcome)]);
            assert_eq!(counted.to_bits(), 0.0_f64.to_bits(), "{what} {outcome}");
        }
    }

    let closed = TestApp::with(|config| config.registration.enabled = false).await;
    closed
        .post("/auth/register", &body)
        .send()
        .await
        .assert_status(403);
    let found = scrape(&closed).await;
    let counted = found.sum("countersign_registrations_total", &[("outcome", "closed")]);
    assert_eq!(counted.to_bits(), 1.0_f64.to_bits());
}

#[tokio::test]
async fn hashing_is_measured_and_so_is_what_it_refuses() {
    let app = TestApp::with(|config| {
        config.password.hash_concurrency = Some(1);
        config.password.hash_queue = 1;
        config.password.memory_kib = 8192;
    })
    .await;
    app.register("ada").await;
    let attempts = (0..8).map(|_| app.try_log_in("ada", PASSWORD));
    let answers = join_all(attempts).await;
    let refused = answers.iter().filter(|answer| answer.status == 503).count();
    assert!(refused > 0);
    let found = scrape(&app).await;
    let value = |name: &str| found.sum(&format!("countersign_{name}"), &[]);
    let refused = f64::from(u32::try_from(refused).unwrap());
    let labels = [("reason", "queue_full")];
    let counted = found.sum("countersign_hashes_refused_total", &labels);
    assert_eq!(counted.to_bits(), refused.to_bits());
    let labels = [("outcome", "overloaded")];
    let counted = found.sum("countersign_logins_total", &labels);
    assert_eq!(counted.to_bits(), refused.to_bits());
    // The registration, and those that were let in.
    for name in ["hash_duration_seconds_count", "hash_wait_seconds_count"] {
        assert_eq!(value(name).to_bits(), (9.0 - refused).to_bits(), "{name}");
    }
    assert!(value("hash_duration_seconds_sum") > 0.0);
    for (name, expected) in [
        ("hash_queue_limit", 1.0),
        ("hash_workers", 1.0),
        ("hash_queue_depth", 0.0),
        ("hashes_running", 0.0_f64),
    ] {
        assert_eq!(value(name).to_bits(), expected.to_bits(), "{name}");
    }
}

#[tokio::test]
async fn the_pool_of_connections_is_told() {
    let app = TestApp::with(|config| config.database.max_connections = 4).await;
    app.register("ada").await;
    let lock = app.store().change().await.unwrap();
    let found = scrape(&app).await;
    let state = |state| found.sum("countersign_database_connections", &[("state", state)]);
    assert!(state("used") >= 1.0);
    assert!(state("used") + state("idle") <= 4.0);
    let max = found.sum("countersign_database_connections_max", &[]);
    assert_eq!(max.to_bits(), 4.0_f64.to_bits());
    drop(lock);
}

#[track_caller]
fn assert_mails(found: &Exposition, outcome: &str, expected: f64) {
    let labels = [("outcome", outcome)];
    let counted = found.sum("countersign_mail_deliveries_total", &labels);
    assert_eq!(counted.to_bits(), expected.to_bits(), "{outcome}");
}

/// Sends mail as the service does, until the figures are as they are to be.
async fn send_mail_until(app: &TestApp, is_so: impl Fn(&Exposition) -> bool) {
    let (_stop, stopping) = watch::channel(false);
    let figures = async {
        let started = Instant::now();
        loop {
            let found = scrape(app).await;
            if is_so(&found) {
                break;
            }
            assert!(started.elapsed() < PATIENCE, "{found:?}");
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = app.delivery().run(stopping) => panic!("nobody told it to stop"),
        () = figures => {}
    }
}

fn waiting(found: &Exposition, state: &str) -> f64 {
    found.sum("countersign_mail_outbox", &[("state", state)])
}

fn oldest(found: &Exposition) -> f64 {
    found.sum("countersign_mail_outbox_oldest_seconds", &[])
}

async fn mailing(server: &MailServer) -> TestApp {
    let url = server.url();
    TestApp::with(|config| {
        config.mail.url = url.try_into().unwrap();
        config.mail.from = Some("login@example.com".to_owned().try_into().unwrap());
    })
    .await
}

#[tokio::test]
async fn mails_are_counted_by_what_comes_of_them() {
    let mut server = MailServer::start().await;
    server.stop().await;
    let app = mailing(&server).await;
    app.register("ada").await;
    app.deliver().await;
    assert_mails(&scrape(&app).await, "deferred", 1.0);

    // It waits, and the longer the older it is.
    send_mail_until(&app, |found| waiting(found, "pending") > 0.5).await;
    app.clock.advance(TimeDelta::seconds(20));
    send_mail_until(&app, |found| oldest(found) > 19.5).await;
    app.clock.advance(TimeDelta::seconds(40));
    server.resume();
    app.deliver().await;
    assert_mails(&scrape(&app).await, "done", 1.0);
    send_mail_until(&app, |found| {
        waiting(found, "pending") < 0.5 && oldest(found) < 0.5
    })
    .await;

    server.set(Mood::RefusesRecipients(550));
    app.register("bob").await;
    app.deliver().await;
    assert_mails(&scrape(&app).await, "failed", 1.0);

    // The link goes with the account.
    let cyd = app.register("cyd").await;
    let deleted = app
        .call(Method::DELETE, "/users/me")
        .bearer(&cyd)
        .json(&json!({"current_password": PASSWORD}))
        .send()
        .await;
    deleted.assert_status(204);
    app.deliver().await;
    let found = scrape(&app).await;
    for outcome in ["done", "deferred", "failed", "cancelled"] {
        assert_mails(&found, outcome, 1.0);
    }
}

#[tokio::test]
async fn every_instance_tells_what_any_of_them_is_sending() {
    let server = MailServer::start().await;
    server.set(Mood::Silent);
    let app = mailing(&server).await;
    let other = app.another_instance().await;
    app.register("ada").await;
    let told = async {
        while app.count("mail_outbox", "state = 'sending'").await != "1" {
            sleep(Duration::from_millis(10)).await;
        }
        send_mail_until(&other, |found| waiting(found, "sending") > 0.5).await;
    };
    tokio::select! {
        () = app.deliver() => panic!("nobody answered"),
        () = told => {}
    }
    assert_mails(&scrape(&other).await, "done", 0.0);
}

#[tokio::test]
async fn the_figures_can_be_switched_off() {
    let app = TestApp::with(|config| config.metrics.enabled = false).await;
    for path in ["/metrics", "/api/v1/metrics"] {
        app.get(path).send().await.assert_error(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn asking_for_the_figures_is_not_logged() {
    let app = TestApp::start().await;
    let answer = app.get("/metrics").send().await;
    let id = answer.header("x-request-id").unwrap();
    assert_eq!(of_request(id), Vec::<Value>::new());
}

/// Where the figures of a service are that has an address of its own for them.
async fn own_address(service: &crate::support::process::Service) -> String {
    let find = || {
        service.lines().into_iter().find_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            let url = line["url"].as_str()?;
            url.ends_with("/metrics").then(|| url.to_owned())
        })
    };
    until(|| find().is_some(), || "no address was told".to_owned()).await;
    find().unwrap()
}

#[tokio::test]
async fn an_address_of_their_own_has_the_figures_and_nothing_else() {
    let place = Place::bare().with("COUNTERSIGN__METRICS__LISTEN", "127.0.0.1:0");
    let mut service = place.start().await;
    service.register("ada").await;
    for path in ["/metrics", "/api/v1/metrics"] {
        let answer = service.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
    }
    let url = own_address(&service).await;
    let client = service.client().clone();
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    for (name, value) in [
        ("content-type", CONTENT_TYPE),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(answer.headers()[name], value);
    }
    assert!(answer.headers().contains_key("x-request-id"));
    let found = Exposition::parse(&answer.text().await.unwrap());
    // It counts for both.
    let labels = [("endpoint", "/auth/register"), ("status", "201")];
    assert_eq!(found.sum(REQUESTS, &labels).to_bits(), 1.0_f64.to_bits());
    if cfg!(target_os = "linux") {
        let memory = found.sum("countersign_process_resident_memory_bytes", &[]);
        assert!(memory > 1_000_000.0, "{memory}");
    }

    let base = url.strip_suffix("/metrics").unwrap();
    for path in [
        "/",
        "/health",
        "/auth/login",
        "/docs",
        "/api/v1/metrics",
        "/nowhere",
    ] {
        let answer = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["error_code"], "NOT_FOUND", "{path}");
    }
    let answer = client.post(&url).send().await.unwrap();
    assert_eq!(answer.status(), 405);

    service.terminate();
    let (status, _) = service.ended().await;
    assert!(status.success());
    assert!(client.get(&url).send().await.is_err());
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::bare().with("COUNTERSIGN__METRICS__LISTEN", &address);
    let finished = place.run(&[]).await;
    crate::support::process::assert_refused(&finished, &["can't listen on", &address]);
}

/// A question in the language of Prometheus, as far as it names things.
#[derive(Debug, Default)]
struct Query {
    /// The series, each with the labels that are asked of it.
    series: BTreeMap<String, BTreeSet<String>>,
    /// The labels that results are grouped by.
    groups: BTreeSet<String>,
}

impl Query {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (at, _) in text.match_indices("countersign_") {
            let rest = &text[at..];
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let labels = query.series.entry(rest[..end].to_owned()).or_default();
            if let Some(matchers) = rest[end..].strip_prefix('{') {
                let matchers = matchers.split_once('}').expect(text).0;
                for matcher in matchers.split(',') {
                    let end = matcher.find(['=', '!']).expect(text);
                    labels.insert(matcher[..end].trim().to_owned());
                }
            }
        }
        for keyword in ["by (", "on (", "without ("] {
            for group in text.split(keyword).skip(1) {
                let group = group.split_once(')').expect(text).0;
                query
                    .groups
                    .extend(group.split(',').map(|label| label.trim().to_owned()));
            }
        }
        query
    }
}

/// Expects that a query asks for nothing that there is not.
#[track_caller]
fn assert_can_be_answered(found: &Exposition, text: &str) {
    // Which service it is, Prometheus adds itself.
    let added = BTreeSet::from(["job", "instance"]);
    let query = Query::parse(text);
    let mut known = added.clone();
    for (name, labels) in &query.series {
        let has = found.labels(name);
        let is_there = found.series.keys().any(|(own, _)| own == name);
        assert!(is_there, "no {name} for {text}");
        for label in labels {
            let is_known = has.contains(label.as_str()) || added.contains(label.as_str());
            assert!(is_known, "{name} has no {label} for {text}");
        }
        known.extend(has);
    }
    for label in &query.groups {
        assert!(known.contains(label.as_str()), "no {label} for {text}");
    }
}

/// Figures of an application in which everything has happened.
async fn eventful() -> Exposition {
    let app = TestApp::start().await;
    app.register("ada").await;
    app.metrics().rate_limited(Limit::Address);
    app.metrics().at_scrape(|figures| {
        figures.circuit_breaker("database", BreakerState::Open, 3);
        figures.circuit_breaker("smtp", BreakerState::HalfOpen, 0);
        figures.dropped_log_lines(2);
    });
    scrape(&app).await
}

#[tokio::test]
async fn what_is_read_at_a_scrape_is_told() {
    let found = eventful().await;
    for (name, labels, value) in [
        ("circuit_breaker_state", vec![("name", "database")], 2.0),
        ("circuit_breaker_state", vec![("name", "smtp")], 1.0),
        (
            "circuit_breaker_rejections_total",
            vec![("name", "database")],
            3.0,
        ),
        ("rate_limited_total", vec![("limit", "address")], 1.0),
        ("rate_limited_total", vec![("limit", "account")], 0.0),
        ("log_lines_dropped_total", vec![], 2.0_f64),
    ] {
        let found = found.sum(&format!("countersign_{name}"), &labels);
        assert_eq!(found.to_bits(), value.to_bits(), "{name} {labels:?}");
    }
}

fn deployed(file: &str) -> String {
    let path = format!("{}/deploy/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All texts under this name, however deep.
fn texts<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (own, member) in members {
                match member {
                    Value::String(text) if own == name => found.push(text),
                    other => texts(other, name, found),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|each| texts(each, name, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_dashboard_shows_what_there_is() {
    let dashboard: Value = serde_json::from_str(&deployed("grafana/countersign.json")).unwrap();
    let found = eventful().await;
    let mut shown = BTreeSet::new();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<u64> = panels
        .iter()
        .map(|panel| panel["id"].as_u64().unwrap())
        .collect();
    assert_eq!(ids.len(), panels.len());
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert!(!panel["title"].as_str().unwrap().is_empty());
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{}", panel["title"]);
        for target in targets {
            let query = target["expr"].as_str().unwrap();
            assert_can_be_answered(&found, query);
            let series = Query::parse(query).series;
            assert!(!series.is_empty(), "{query}");
            // What the legend names has to be left by the query.
            for label in target["legendFormat"].as_str().unwrap().split("{{").skip(1) {
                let label = label.split_once("}}").unwrap().0.trim();
                let groups = Query::parse(query).groups;
                let is_left = if groups.is_empty() {
                    let has = |name: &String| found.labels(name).contains(label);
                    label == "instance" || series.keys().any(has)
                } else {
                    groups.contains(label)
                };
                assert!(is_left, "no {label} of {query}");
            }
            shown.extend(series.into_keys());
        }
    }
    let mut queries = Vec::new();
    texts(&dashboard["templating"], "query", &mut queries);
    for query in queries
        .iter()
        .filter(|query| query.starts_with("label_values"))
    {
        assert_can_be_answered(&found, query);
    }
    // Nothing is counted that nobody looks at, but for what only says what runs.
    for family in found
        .families
        .keys()
        .filter(|family| *family != "countersign_process_start_time_seconds")
    {
        assert!(
            shown.iter().any(|shown| shown.starts_with(family.as_str())),
            "{family} is not on the dashboard"
        );
    }
}

#[tokio::test]
async fn the_alerts_ask_for_what_there_is() {
    let rules: Value = serde_yaml::from_str(&deployed("prometheus/alerts.yml")).unwrap();
    let found = eventful().await;
    let groups = rules["groups"].as_array().unwrap();
    let all: Vec<&Value> = groups
        .iter()
        .flat_map(|group| group["rules"].as_array().unwrap())
        .collect();
    let names: BTreeSet<&str> = all
        .iter()
        .map(|rule| rule["alert"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), all.len());
    assert!(names.len() >= 7, "{names:?}");
    for rule in all {
        assert_can_be_answered(&found, rule["expr"].as_str().unwrap());
        for text in ["summary", "description"] {
            let text = rule["annotations"][text].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{rule}");
        }
        assert!(rule["labels"]["severity"].is_string(), "{rule}");
    }
    let scrape: Value = serde_yaml::from_str(&deployed("prometheus/prometheus.yml")).unwrap();
    let config = &scrape["scrape_configs"][0];
    assert_eq!(config["job_name"], "countersign");
    assert_eq!(scrape["rule_files"][0], "alerts.yml");
}

#[tokio::test]
async fn every_metric_is_documented_with_its_labels() {
    let page = include_str!("../docs/operations.md");
    let row = |name: &str| {
        let start = format!("| `{name}` | ");
        page.lines()
            .find_map(|line| line.strip_prefix(start.as_str()))
    };
    let found = eventful().await;
    for (name, kind) in &found.families {
        let row = row(name).unwrap_or_else(|| panic!("{name} is not documented"));
        let (documented, rest) = row.split_once(" |").unwrap();
        assert_eq!(documented, kind, "{name}");
        let series = if kind == "histogram" {
            format!("{name}_count")
        } else {
            name.clone()
        };
        for (labels, _) in found.of(&series, &[]) {
            for (label, value) in labels {
                assert!(rest.contains(&format!("`{label}`")), "{name} has {label}");
                if matches!(label.as_str(), "outcome" | "reason" | "limit" | "state") {
                    assert!(rest.contains(&format!("`{value}`")), "{name} has {value}");
                }
            }
        }
    }
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| `countersign_"));
    assert_eq!(rows.count(), found.families.len());
    let rules = deployed("prometheus/alerts.yml");
    let alerts = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    for alert in alerts {
        assert!(
            page.contains(&format!("| `{alert}` |")),
            "{alert} is not documented"
        );
    }
}

#[test]
fn a_question_for_what_there_is_not_is_seen() {
    let found = Exposition::parse(
        "# HELP countersign_a_total A.\n# TYPE countersign_a_total counter\n\
         countersign_a_total{outcome=\"x\"} 1\n",
    );
    assert_can_be_answered(
        &found,
        "sum by (outcome) (rate(countersign_a_total{job=\"x\"}[5m]))",
    );
    for wrong in [
        "countersign_a",
        "countersign_b_total",
        "countersign_a_total{reason=\"x\"}",
        "sum by (reason) (countersign_a_total)",
        "sum by (outcome, le) (countersign_a_total)",
    ] {
        let asked = || assert_can_be_answered(&found, wrong);
        assert!(std::panic::catch_unwind(asked).is_err(), "{wrong}");
    }
}

#[test]
fn the_strict_reader_is_strict() {
    let good = "# HELP countersign_a A.\n# TYPE countersign_a gauge\ncountersign_a 1\n";
    Exposition::parse(good);
    for wrong in [
        "countersign_a 1\n".to_owned(),
        good.trim_end().to_owned(),
        good.replace("gauge", "counter"),
        good.replace("gauge", "info"),
        format!("{good}countersign_a 2\n"),
        format!("{good}{good}"),
        format!("{good}countersign_b 1\n"),
        format!("{good}countersign_a{{b=c}} 1\n"),
        format!("{good}countersign_a{{b=\"c\"}} one\n"),
        format!("{good}# EOF\n"),
    ] {
        let parsed = || Exposition::parse(&wrong);
        assert!(std::panic::catch_unwind(parsed).is_err(), "{wrong}");
    }
}

/// Whatever tells figures must not keep alive what it tells of.
#[tokio::test]
async fn an_application_that_ended_has_closed_its_database() {
    if postgres().is_some() {
        // There it would be one connection among those of all tests.
        return;
    }
    let app = TestApp::start().await;
    app.register("ada").await;
    app.get("/metrics").send().await.assert_status(200);
    let database = app.ends();
    // Only who has it alone may give up the write-ahead log. (That the log's file is gone would tell less:
    // of two connections that close at once each may take the other for the one that will clear up.)
    let connection = database.connect().await;
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = connection
        .execute_unprepared("PRAGMA journal_mode = DELETE")
        .await
    {
        assert!(Instant::now() < deadline, "still open: {error}");
        sleep(Duration::from_millis(10)).await;
    }
}
