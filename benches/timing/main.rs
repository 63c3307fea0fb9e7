//! Whether the time of an answer tells which accounts there are.
//!
//! Sends requests that must look the same to whoever guesses, over the real endpoint tree and one after the
//! other, in an order that is random anew in each round: whatever else the machine does meanwhile falls on
//! all of them alike. Each line of the tables it prints compares one kind of request with the first of its
//! table.
//!
//! `just timing`, on SQLite, or on the PostgreSQL that `TEST_DATABASE_URL` names. `--memory-kib 8` hashes
//! so quickly that all other work shows.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement that can't go on stops, and printing is what it is for"
)]
#![allow(unreachable_pub, reason = "a benchmark exports nothing")]

#[path = "../../tests/support/database.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod database;
mod statistics;

use std::sync::Arc;
use std::time::Instant;

use clap::Parser;
use countersign::app::App;
use countersign::config::{Config, Log, Synchronous};
use countersign::model::{Clock, Email, Password, PasswordHash, User, Username};
use countersign::service::passwords::Passwords;
use countersign::telemetry::Telemetry;
use countersign::telemetry::metrics::Metrics;
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::http::{self, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, EndpointExt, Request, Response};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use self::database::TestDatabase;
use self::statistics::{Comparison, Summary, shuffle};

const SECRET: &str = "dGltaW5nIG5lZWRzIGEgc2VjcmV0IHRoYXQgaXMgbG9uZw";
const PASSWORD: &str = "wide quiet rivers run deep";
const GUESS: &str = "wide quiet rivers run dry!";
/// Of some other password.
const BCRYPT: &str = "$2b$10$YGnJkINU87yYrwlucRENKOTA84FfsRD5x1GCPBNbe7utl7rfvMKKy";
/// How many accounts, or names that no account has, a kind of request is spread over: one that is hit again and
/// again would be a special case.
const ACCOUNTS: usize = 16;

/// Whether the time of an answer tells which accounts there are.
#[derive(Debug, Parser)]
struct Arguments {
    /// How often each kind of request is measured.
    #[arg(long, default_value_t = 1000)]
    samples: usize,
    /// Memory of a hash; less makes the rest of the work show. The smallest is 8.
    #[arg(long)]
    memory_kib: Option<u32>,
    /// Passes over of a hash over its memory.
    #[arg(long)]
    iterations: Option<u32>,
    /// Only the tables whose title has this.
    #[arg(long)]
    only: Option<String>,
    /// What cargo gives to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

/// Who stands behind a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Somebody,
    Disabled,
    Verified,
    WithoutPassword,
    /// With a hash of the same parameters that another system made.
    FramedArgon2,
    /// With a hash of bcrypt of cost 10.
    Bcrypt,
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Name,
    Email,
    /// `POST /users/me/password`.
    CurrentPassword,
    /// `POST /auth/password/forgot`.
    Forgotten,
    /// `POST /auth/verify-email/request`.
    Verification,
    /// `POST /auth/register`.
    Registration,
}

/// How a configuration differs from the one as installed.
type Change = fn(&mut Config);
/// The answer that a kind of request has to get.
type Status = fn(Kind) -> u16;
/// A title, what is compared under it, in which configuration, and what has to be answered.
type Table<'a> = (&'a str, &'a [Kind], Change, Status);

/// A kind of request that is measured.
#[derive(Clone, Copy)]
struct Kind {
    title: &'static str,
    /// Where its names begin. All are of one length.
    prefix: &'static str,
    who: Who,
    by: By,
    /// Whether it is only told, since it may well differ.
    is_informative: bool,
}

impl Kind {
    const fn login(title: &'static str, prefix: &'static str, who: Who, by: By) -> Self {
        Self {
            title,
            prefix,
            who,
            by,
            is_informative: false,
        }
    }

    const fn mail(title: &'static str, prefix: &'static str, who: Who, by: By) -> Self {
        Self::login(title, prefix, who, by)
    }

    const fn informative(self) -> Self {
        Self {
            is_informative: true,
            ..self
        }
    }

    /// The status of the answer.
    fn answer(self) -> u16 {
        match self.by {
            By::Name | By::Email => 401,
            By::CurrentPassword => 400,
            By::Forgotten | By::Verification | By::Registration => 202,
        }
    }

    fn name(&self, index: usize) -> String {
        format!("{}{index:04}", self.prefix)
    }
}

const GUESSES: [Kind; 10] = [
    Kind::login("wrong password, by name", "know", Who::Somebody, By::Name),
    Kind::login("the same, other accounts", "same", Who::Somebody, By::Name),
    Kind::login(
        "wrong password, by e-mail",
        "post",
        Who::Somebody,
        By::Email,
    ),
    Kind::login("unknown name", "none", Who::Nobody, By::Name),
    Kind::login("unknown e-mail", "void", Who::Nobody, By::Email),
    Kind::login("disabled account", "idle", Who::Disabled, By::Name),
    Kind::login(
        "account without a password",
        "bare",
        Who::WithoutPassword,
        By::Name,
    ),
    Kind::login(
        "imported Argon2id hash of the same cost",
        "move",
        Who::FramedArgon2,
        By::Name,
    )
    .informative(),
    Kind::login(
        "imported bcrypt hash, cost 10",
        "cryp",
        Who::Bcrypt,
        By::Name,
    )
    .informative(),
    Kind::login(
        "wrong current password, `POST /users/me/password`",
        "self",
        Who::Somebody,
        By::CurrentPassword,
    )
    .informative(),
];

const THROTTLED: [Kind; 6] = [
    Kind::login("account, by name", "know", Who::Somebody, By::Name),
    Kind::login("the same, other accounts", "same", Who::Somebody, By::Name),
    Kind::login("account, by e-mail", "post", Who::Somebody, By::Email),
    Kind::login("unknown name", "none", Who::Nobody, By::Name),
    Kind::login("unknown e-mail", "void", Who::Nobody, By::Email),
    Kind::login("disabled account", "idle", Who::Disabled, By::Name),
];

const ASKED_FOR: [Kind; 8] = [
    Kind::mail("forgotten, account", "know", Who::Somebody, By::Forgotten),
    Kind::mail(
        "the same, other accounts",
        "same",
        Who::Somebody,
        By::Forgotten,
    ),
    Kind::mail(
        "forgotten, unknown address",
        "void",
        Who::Nobody,
        By::Forgotten,
    ),
    Kind::mail(
        "forgotten, disabled account",
        "idle",
        Who::Disabled,
        By::Forgotten,
    ),
    Kind::mail(
        "forgotten, account without a password",
        "bare",
        Who::WithoutPassword,
        By::Forgotten,
    ),
    Kind::mail(
        "to verify, account",
        "post",
        Who::Somebody,
        By::Verification,
    ),
    Kind::mail(
        "to verify, verified already",
        "done",
        Who::Verified,
        By::Verification,
    ),
    Kind::mail(
        "to verify, unknown address",
        "none",
        Who::Nobody,
        By::Verification,
    ),
];

const PRIVATE: [Kind; 3] = [
    Kind::mail(
        "address of an account",
        "know",
        Who::Verified,
        By::Registration,
    ),
    Kind::mail(
        "the same, other accounts",
        "same",
        Who::Verified,
        By::Registration,
    ),
    // A new one each time: it has an account afterwards.
    Kind::mail("unknown address", "new{}", Who::Nobody, By::Registration),
];

/// An application and everybody in it.
struct Scene {
    /// Sends the mail that is asked for, as a service does while it answers.
    _delivery: AbortOnDropHandle,
    endpoint: BoxEndpoint<'static, Response>,
    /// What is sent, for each kind and each of its names: path, body, access token.
    requests: Vec<Vec<(&'static str, String, Option<String>)>>,
    /// The answer that each request has to get.
    status: Status,
    // Removes its folder in the end.
    _database: TestDatabase,
}

impl Scene {
    async fn set(
        kinds: &[Kind],
        arguments: &Arguments,
        change: impl FnOnce(&mut Config),
        status: Status,
    ) -> Self {
        let database = TestDatabase::create().await;
        let mut config = Config::default();
        config.database.url = database.url().into();
        config.tokens.secret = Some(SECRET.into());
        config.tokens.access_ttl_seconds = 86_400;
        config.rate_limit.address_attempts_per_minute = 1_000_000_000;
        config.rate_limit.account_free_failures = u32::MAX;
        config.rate_limit.address_mails_per_minute = 1_000_000_000;
        config.rate_limit.mailbox_free_mails = u32::MAX;
        let outbox = format!("file://{}/outbox", database.folder().display());
        config.mail.url = outbox.try_into().unwrap();
        if let Some(memory_kib) = arguments.memory_kib {
            config.password.memory_kib = memory_kib;
            // Nor is the disk to be waited for.
            config.database.sqlite_synchronous = Synchronous::Normal;
        }
        if let Some(iterations) = arguments.iterations {
            config.password.iterations = iterations;
        }
        change(&mut config);
        let clock = Clock::default();
        let app = Box::pin(App::build(&config, clock.clone())).await.unwrap();
        let app = Arc::new(app);
        let endpoint = app.endpoint().boxed();
        let argon2 = hash(&config).await;
        let mut requests = Vec::new();
        for kind in kinds {
            let mut own = Vec::new();
            for index in 0..ACCOUNTS {
                let name = kind.name(index);
                if let Some(user) = user(kind.who, &name, &argon2, &clock) {
                    insert(&app, &user).await;
                }
                let token = match kind.by {
                    By::CurrentPassword => Some(log_in(&endpoint, &name).await),
                    _ => None,
                };
                let (path, body) = request(kind.by, &name);
                own.push((path, body.to_string(), token));
            }
            requests.push(own);
        }
        let delivery = tokio::spawn(async move {
            let (_stop, stopping) = watch::channel(false);
            app.delivery().run(stopping).await;
        });
        Self {
            _delivery: AbortOnDropHandle(delivery),
            endpoint,
            requests,
            status,
            _database: database,
        }
    }

    /// Measures each kind so often, in microseconds.
    async fn measure(&self, kinds: &[Kind], samples: usize) -> Vec<Vec<f64>> {
        let mut measured = vec![Vec::with_capacity(samples); kinds.len()];
        // What is done for the first time is no measure.
        let warm_up = 2 * ACCOUNTS;
        let mut order: Vec<usize> = (0..kinds.len()).collect();
        for round in 0..warm_up + samples {
            shuffle(&mut order);
            for &kind in &order {
                let (path, body, token) = &self.requests[kind][round % ACCOUNTS];
                let body = body.replace("{}", &round.to_string());
                let request = post(path, body, token.as_deref());
                let started = Instant::now();
                let response = self.endpoint.get_response(request).await;
                let status = response.status().as_u16();
                let _ = response.into_body().into_vec().await.unwrap();
                let took = started.elapsed();
                if round >= warm_up {
                    assert_eq!(status, (self.status)(kinds[kind]), "{}", kinds[kind].title);
                    measured[kind].push(took.as_secs_f64() * 1e6);
                }
            }
        }
        measured
    }
}

/// Ends with whoever has it.
struct AbortOnDropHandle(JoinHandle<()>);

impl Drop for AbortOnDropHandle {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A hash of the password, with the parameters in force.
async fn hash(config: &Config) -> PasswordHash {
    let passwords = Passwords::new(&config.password, Metrics::default()).unwrap();
    passwords
        .hash_verified(&Password::new(PASSWORD))
        .await
        .unwrap()
}

fn user(who: Who, name: &str, argon2: &PasswordHash, clock: &Clock) -> Option<User> {
    let hash = match who {
        Who::Nobody => return None,
        Who::Somebody | Who::Disabled | Who::Verified => Some(argon2.clone()),
        Who::WithoutPassword => None,
        // As Django writes it.
        Who::FramedArgon2 => Some(PasswordHash::new(format!("argon2{}", argon2.expose()))),
        Who::Bcrypt => Some(PasswordHash::new(BCRYPT.to_owned())),
    };
    let email = Email::parse(&format!("{name}@example.com")).unwrap();
    let username = Username::parse(name).unwrap();
    let mut user = User::new(email, Some(username), hash, clock.now());
    user.is_active = who != Who::Disabled;
    user.email_verified = who == Who::Verified;
    Some(user)
}

async fn insert(app: &App, user: &User) {
    let change = app.store().change().await.unwrap();
    change.insert_user(user).await.unwrap();
    change.commit().await.unwrap();
}

/// Logs somebody in by name; the access token.
async fn log_in(endpoint: &BoxEndpoint<'static, Response>, name: &str) -> String {
    let body = json!({"username": name, "password": PASSWORD});
    let request = post("/auth/login", body.to_string(), None);
    let response = endpoint.get_response(request).await;
    let tokens: Value = response.into_body().into_json().await.unwrap();
    tokens["access_token"].as_str().unwrap().to_owned()
}

fn request(by: By, name: &str) -> (&'static str, Value) {
    match by {
        By::Name => ("/auth/login", json!({"username": name, "password": GUESS})),
        By::Email => {
            let email = format!("{name}@example.com");
            ("/auth/login", json!({"email": email, "password": GUESS}))
        }
        By::Forgotten => ("/auth/password/forgot", mailbox(name)),
        By::Verification => ("/auth/verify-email/request", mailbox(name)),
        By::Registration => {
            let mut body = mailbox(name);
            body["password"] = PASSWORD.into();
            ("/auth/register", body)
        }
        By::CurrentPassword => (
            "/users/me/password",
            json!({"current_password": GUESS, "new_password": "another very good one"}),
        ),
    }
}

fn mailbox(name: &str) -> Value {
    json!({"email": format!("{name}@example.com")})
}

fn post(path: &str, body: String, token: Option<&str>) -> Request {
    let mut head = http::Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        head = head.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let client = RemoteAddr(Addr::SocketAddr(([192, 0, 2, 1], 50_000).into()));
    let head = head.body(()).unwrap().into_parts().0;
    let head = (head, LocalAddr::default(), client, Scheme::HTTP);
    Request::from_parts(head.into(), body.into())
}

fn print(title: &str, kinds: &[Kind], measured: &[Vec<f64>]) {
    println!("\n### {title}\n");
    println!(
        "| answer to | median µs | mean µs | difference µs (99 %) | t | z | would have shown µs | told apart |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---|");
    for (index, (kind, samples)) in kinds.iter().zip(measured).enumerate() {
        let summary = Summary::of(samples);
        print!(
            "| {} | {:.1} | {:.1} |",
            kind.title, summary.median, summary.trimmed_mean
        );
        if index == 0 {
            println!(" | | | | |");
            continue;
        }
        let compared = Comparison::of(&measured[0], samples);
        let verdict = match (compared.is_told_apart(), kind.is_informative) {
            (true, true) => "yes, as is to be expected",
            (true, false) => "**yes**",
            (false, _) => "no",
        };
        println!(
            " {:+.1} ± {:.1} | {:.1} | {:.1} | {:.1} | {verdict} |",
            compared.difference, compared.margin, compared.t, compared.z, compared.smallest_shown
        );
    }
}

fn processor() -> String {
    let name = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{}, {cores} cores", name.as_deref().unwrap_or("unknown"))
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().unwrap();
    // As installed, since writing lines is part of the work.
    let log = Log {
        stdout: false,
        directory: folder.path().into(),
        ..Log::default()
    };
    let telemetry = Telemetry::start(&log, &Clock::default()).unwrap();
    let database = database::postgres().map_or("SQLite", |_| "PostgreSQL");
    let samples = arguments.samples;

    println!("{database}, n = {samples} each, {}", processor());
    // Beside quick hashes, bcrypt would take all the time there is.
    let is_measured = |kind: &Kind| arguments.memory_kib.is_none() || kind.who != Who::Bcrypt;
    let guesses: Vec<Kind> = GUESSES.into_iter().filter(is_measured).collect();
    // One failure, and nobody may try for as long as it can be.
    let slow: Change = |config| {
        config.rate_limit.account_free_failures = 1;
        config.rate_limit.account_first_delay_seconds = 900;
    };
    let private: Change = |config| config.registration.private = true;
    let tables: [Table<'_>; 4] = [
        ("A wrong password", &guesses, |_| {}, Kind::answer),
        ("An account that nobody may try", &THROTTLED, slow, |_| 429),
        ("Mail that is asked for", &ASKED_FOR, |_| {}, Kind::answer),
        (
            "Registration, where it is private",
            &PRIVATE,
            private,
            Kind::answer,
        ),
    ];
    for (title, kinds, change, status) in tables {
        if arguments
            .only
            .as_ref()
            .is_none_or(|only| title.contains(only.as_str()))
        {
            let scene = Scene::set(kinds, &arguments, change, status).await;
            let measured = scene.measure(kinds, samples).await;
            print(title, kinds, &measured);
        }
    }
    drop(telemetry);
}
