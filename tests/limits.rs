//! How often passwords may be tried: for one account, and from one address.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use countersign::config::{Config, LimitStore};
use countersign::model::{Email, Password, Rate, RateKey, Use};
use futures_util::future::{Either, join_all, select};
use futures_util::stream;
use poem::Body;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::logs::everything;
use crate::support::process::Place;
use crate::support::proxy::{Proxy, Way};
use crate::support::spec::{Operation, Scene, operations};
use crate::support::{Answer, Member, PASSWORD, PATIENCE, TestApp};

const FREE: u32 = 3;
const GUESS: &str = "not the password";

/// Accounts are slowed down after a few failures, addresses by nothing that a test does.
fn by_account(config: &mut Config) {
    config.rate_limit.enabled = true;
    config.rate_limit.account_free_failures = FREE;
    config.rate_limit.address_attempts_per_minute = 1_000_000;
}

/// Each address may try a few times a minute, and the account does not matter.
fn by_address(config: &mut Config) {
    config.rate_limit.enabled = true;
    config.rate_limit.account_free_failures = 1000;
    config.rate_limit.address_attempts_per_minute = 4;
    config.rate_limit.address_refreshes_per_minute = 2;
}

impl TestApp {
    async fn guess(&self, name: &str) -> Answer {
        self.try_log_in(name, GUESS).await
    }

    /// Fails as often as costs nothing.
    async fn use_up(&self, name: &str) {
        for _ in 0..self.config.rate_limit.account_free_failures {
            self.guess(name).await.assert_status(401);
        }
    }

    async fn failures(&self, event: &str) -> String {
        self.count("audit_events", &format!("event = '{event}'"))
            .await
    }

    async fn runs(&self) -> String {
        // Mails are counted in the same table, by keys of another length.
        self.count("login_throttles", "length(key) <> 24").await
    }

    fn wait(&self, milliseconds: i64) {
        self.clock.advance(TimeDelta::milliseconds(milliseconds));
    }
}

impl Answer {
    /// Expects that it was tried too often. When to try again, in seconds.
    #[track_caller]
    fn assert_limited(&self) -> u32 {
        self.assert_error(429, "RATE_LIMITED");
        let seconds = self.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=900).contains(&seconds), "{seconds}");
        seconds
    }

    /// What is the same for everybody who gets this answer.
    fn shape(&self) -> (u16, Value, BTreeSet<String>) {
        let mut body = self.json();
        let body = body.as_object_mut().unwrap();
        body.retain(|name, _| !["timestamp", "request_id"].contains(&name.as_str()));
        let headers = self.headers.iter().map(|(name, value)| {
            let value = value.to_str().unwrap();
            let own = name == "x-request-id";
            format!("{name}: {}", if own { "" } else { value })
        });
        (self.status.as_u16(), json!(body), headers.collect())
    }
}

#[tokio::test]
async fn after_failures_in_a_row_even_the_right_password_has_to_wait() {
    let app = TestApp::with(by_account).await;
    app.register("ada").await;
    app.use_up("ada").await;
    assert_eq!(app.guess("ada").await.assert_limited(), 1);
    assert_eq!(app.try_log_in("ada", PASSWORD).await.assert_limited(), 1);
    // A refusal makes nobody wait longer.
    app.wait(1000);
    app.log_in("ada").await;
    // Nothing was compared for those that were refused.
    assert_eq!(app.failures("login_failed").await, FREE.to_string());
}

#[tokio::test]
async fn the_delay_doubles_with_each_failure_up_to_its_bound_and_never_ends_for_good() {
    let app = TestApp::with(by_account).await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    app.use_up("ada").await;
    for _ in 0..12 {
        let seconds = app.guess("ada").await.assert_limited();
        app.wait(i64::from(seconds) * 1000);
        app.guess("ada").await.assert_status(401);
    }
    assert!(app.guess("ada").await.assert_limited() > 800);
    app.wait(900_000);
    app.log_in("ada").await;

    // The time of the token is over by now.
    drop(root);
    let root = app.log_in("root").await;
    let path = "/admin/audit-events?event=account_throttled&limit=100";
    let events = app.get(path).bearer(&root).send().await.json();
    let mut told: Vec<(u64, u64)> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            assert_eq!(event["subject_id"], ada.id().0.to_string());
            let number = |name: &str| event["details"][name].as_u64().unwrap();
            (number("count"), number("delay_seconds"))
        })
        .collect();
    told.reverse();
    let delays = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900];
    let expected: Vec<(u64, u64)> = (u64::from(FREE)..).zip(delays).collect();
    assert_eq!(told, expected);
}

/// Every way to try a password.
async fn try_each_way(app: &TestApp, ada: &Member) -> Vec<Answer> {
    let form = |name: &str| {
        app.call("POST".parse().unwrap(), "/auth/login")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("username={name}&password=not+the+password"))
    };
    let email = |email: &str| json!({"email": email, "password": GUESS});
    let current = |mut body: Value| {
        body["current_password"] = GUESS.into();
        body
    };
    let other = "plenty of other words";
    let calls = [
        app.post("/auth/login", &email("ada@example.com")),
        app.post("/auth/login", &email("ADA@Example.COM")),
        form("ada"),
        form("ada%40EXAMPLE.com"),
        app.patch("/users/me", &current(json!({"email": "b@example.com"})))
            .bearer(ada),
        app.post(
            "/users/me/password",
            &current(json!({"new_password": other})),
        )
        .bearer(ada),
        app.delete("/users/me")
            .json(&current(json!({})))
            .bearer(ada),
    ];
    let mut answers = Vec::new();
    for call in calls {
        answers.push(call.send().await);
    }
    answers
}

#[tokio::test]
async fn one_counter_serves_every_way_in() {
    let app = TestApp::with(|config| {
        by_account(config);
        config.rate_limit.account_free_failures = 7;
    })
    .await;
    let ada = app.register("ada").await;
    let statuses: Vec<u16> = try_each_way(&app, &ada)
        .await
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    assert_eq!(statuses, [401, 401, 401, 401, 400, 400, 400]);
    for answer in try_each_way(&app, &ada).await {
        answer.assert_limited();
    }
    app.try_log_in("ADA", PASSWORD).await.assert_limited();
    // Nobody else has to wait.
    app.register("bob").await;
    app.log_in("bob").await;
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_slowed_down_alike() {
    let app = TestApp::with(by_account).await;
    app.register("ada").await;
    let names = ["ada", "ADA", "aDa", "ada", "Ada"];
    let mut known = Vec::new();
    for name in names {
        known.push(app.guess(name).await.shape());
    }
    let events = [
        app.failures("login_failed").await,
        app.failures("account_throttled").await,
    ];
    let mut unknown = Vec::new();
    for name in names {
        let nobody = name.replace(['a', 'A'], "o").replace('d', "D");
        unknown.push(app.guess(&nobody).await.shape());
    }
    assert_eq!(known, unknown);
    assert_eq!(known.last().unwrap().0, 429);
    assert_eq!(events, [FREE.to_string(), "1".to_owned()]);
    for (kind, told) in ["login_failed", "account_throttled"]
        .into_iter()
        .zip(events)
    {
        let without = format!("event = '{kind}' AND subject_id IS NULL");
        assert_eq!(app.count("audit_events", &without).await, told, "{kind}");
    }
}

#[tokio::test]
async fn of_many_guesses_at_once_no_more_are_compared_than_may_fail() {
    let app = TestApp::with(|config| {
        by_account(config);
        config.password.hash_wait_seconds = 60;
        config.database.acquire_timeout_seconds = 60;
        config.database.statement_timeout_seconds = 60;
        config.rate_limit.account_first_delay_seconds = 900;
    })
    .await;
    app.register("ada").await;
    let other = app.another_instance().await;
    for name in ["ada", "nobody"] {
        let before: u32 = app.failures("login_failed").await.parse().unwrap();
        let guesses = (0..50).map(|i| if i % 2 == 0 { &app } else { &other }.guess(name));
        let answers = join_all(guesses).await;
        let compared = answers.iter().filter(|answer| answer.status == 401).count();
        assert_eq!(compared, FREE as usize, "{name}");
        for answer in answers.iter().filter(|answer| answer.status != 401) {
            answer.assert_limited();
        }
        let after: u32 = app.failures("login_failed").await.parse().unwrap();
        assert_eq!(after - before, FREE, "{name}");
    }
}

#[tokio::test]
async fn logins_at_once_do_not_slow_each_other_down() {
    let app = TestApp::with(|config| config.rate_limit.enabled = true).await;
    app.register("ada").await;
    let logins = (0..8).map(|_| app.try_log_in("ada", PASSWORD));
    for answer in join_all(logins).await {
        answer.assert_status(200);
    }
    assert_eq!(app.runs().await, "0");
}

#[tokio::test]
async fn failures_are_counted_across_restarts_and_instances() {
    let app = TestApp::with(by_account).await;
    app.register("ada").await;
    app.guess("ada").await.assert_status(401);
    let config = Config {
        rate_limit: countersign::config::RateLimit {
            account_first_delay_seconds: 900,
            ..app.config.rate_limit.clone()
        },
        ..app.config.clone()
    };
    let app = app.restart(config).await;
    let other = app.another_instance().await;
    other.guess("ada").await.assert_status(401);
    app.guess("ada").await.assert_status(401);
    other.guess("ada").await.assert_limited();
    app.guess("ada").await.assert_limited();
    let config = app.config.clone();
    let app = app.restart(config).await;
    app.guess("ada").await.assert_limited();
}

#[tokio::test]
async fn a_login_ends_the_run() {
    let app = TestApp::with(by_account).await;
    let ada = app.register("ada").await;
    for _ in 0..3 {
        app.guess("ada").await.assert_status(401);
        app.guess("ada").await.assert_status(401);
        app.log_in("ada").await;
    }
    // As does every other use of the right password.
    app.guess("ada").await.assert_status(401);
    let body = json!({"email": "lovelace@example.com", "current_password": PASSWORD});
    let changed = app.patch("/users/me", &body).bearer(&ada).send().await;
    changed.assert_status(200);
    assert_eq!(app.runs().await, "0");
}

#[tokio::test]
async fn a_new_password_ends_the_run_whoever_sets_it() {
    let app = TestApp::with(by_account).await;
    let ada = app.register("ada").await;
    app.use_up("ada").await;
    let token = app.start_password_reset(ada.id()).await;
    let body = json!({"token": token, "new_password": PASSWORD});
    let reset = app.post("/auth/password/reset", &body).send().await;
    reset.assert_status(204);
    app.log_in("ada").await;

    app.use_up("ada").await;
    let policy = app.config.password.policy();
    let email = Email::parse("ada@example.com").unwrap();
    let password = policy
        .accept(Password::new(PASSWORD), &email, None)
        .unwrap();
    let administration = app.administration();
    assert!(
        administration
            .set_password(ada.id(), &password)
            .await
            .unwrap()
    );
    let ada = app.log_in("ada").await;

    app.guess("ada").await.assert_status(401);
    assert_eq!(app.runs().await, "1");
    let body = json!({"current_password": PASSWORD});
    let deleted = app
        .delete("/users/me")
        .json(&body)
        .bearer(&ada)
        .send()
        .await;
    deleted.assert_status(204);
    assert_eq!(app.runs().await, "0");
}

#[tokio::test]
async fn who_is_logged_in_notices_nothing_of_guesses_at_the_account() {
    let app = TestApp::with(by_account).await;
    let ada = app.register("ada").await;
    app.use_up("ada").await;
    app.guess("ada").await.assert_limited();
    app.assert_goes_on(&ada).await;
    let renamed = app.patch("/users/me", &json!({"username": "lovelace"}));
    renamed.bearer(&ada).send().await.assert_status(200);
    app.guess("lovelace").await.assert_limited();
}

#[tokio::test]
async fn what_is_no_guess_is_not_counted() {
    let app = TestApp::with(by_account).await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    let calls = async |status| {
        for _ in 0..=FREE {
            app.try_log_in("ada", PASSWORD).await.assert_status(status);
        }
    };
    // The right password of an account that is not active.
    app.deactivate(&ada).await;
    calls(403).await;
    // A password that can't be compared.
    app.execute(
        "UPDATE users SET is_active = true, password_hash = 'unreadable' WHERE username = 'ada'",
    )
    .await;
    calls(500).await;
    // The right one, for what can't be done.
    for _ in 0..=FREE {
        let body = json!({"email": "ada@example.com", "current_password": PASSWORD});
        let taken = app.patch("/users/me", &body).bearer(&bob).send().await;
        taken.assert_error(409, "USER_ALREADY_EXISTS");
    }
    assert_eq!(app.runs().await, "0");

    // A run that there is stays as it is.
    app.use_up("bob").await;
    app.wait(1000);
    app.deactivate(&bob).await;
    for _ in 0..3 {
        app.try_log_in("bob", PASSWORD).await.assert_status(403);
    }
}

#[tokio::test]
async fn who_is_turned_away_by_an_overload_did_not_fail() {
    let app = TestApp::with(|config| {
        by_account(config);
        config.rate_limit.account_free_failures = 20;
        config.password.hash_concurrency = Some(1);
        config.password.hash_queue = 0;
        config.password.memory_kib = 32_768;
    })
    .await;
    app.register("ada").await;
    let mut turned_away = 0;
    for _ in 0..20 {
        let logins = (0..6).map(|_| app.try_log_in("ada", PASSWORD));
        for answer in join_all(logins).await {
            assert!([200, 503].contains(&answer.status.as_u16()));
            turned_away += usize::from(answer.status == 503);
        }
        if turned_away > 0 {
            break;
        }
    }
    assert!(turned_away > 0);
    assert_eq!(app.runs().await, "0");
}

/// Who goes away before the answer might otherwise guess as often as they like.
#[tokio::test]
async fn a_guess_whose_answer_is_not_waited_for_counts() {
    let app = TestApp::with(|config| {
        by_account(config);
        config.password.memory_kib = 65_536;
        config.password.iterations = 20;
    })
    .await;
    for nth in 1..=FREE {
        let counted = async {
            let condition = format!("failures = {nth}");
            while app.count("login_throttles", &condition).await != "1" {}
        };
        let guess = app.guess("nobody");
        match select(Box::pin(guess), Box::pin(counted)).await {
            Either::Left((answer, _)) => panic!("it was answered: {}", answer.status),
            Either::Right(_) => {}
        }
    }
    app.guess("nobody").await.assert_limited();
    assert_eq!(app.failures("login_failed").await, "0");
}

#[tokio::test]
async fn a_run_is_forgotten_in_time() {
    let app = TestApp::with(by_account).await;
    app.register("ada").await;
    app.use_up("ada").await;
    app.use_up("nobody").await;
    app.wait(86_399_000);
    app.guess("ada").await.assert_status(401);
    app.guess("ada").await.assert_limited();
    app.wait(86_400_000);
    app.use_up("ada").await;
    assert_eq!(app.runs().await, "2");
    app.keep_house().await;
    assert_eq!(app.runs().await, "1");
    app.wait(86_401_000);
    app.keep_house().await;
    assert_eq!(app.runs().await, "0");
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_nobody_out() {
    let app = TestApp::with(|config| {
        by_account(config);
        config.rate_limit.account_first_delay_seconds = 900;
    })
    .await;
    app.register("ada").await;
    app.use_up("ada").await;
    app.guess("ada").await.assert_limited();
    app.wait(-60_000);
    app.guess("ada").await.assert_status(401);
    app.guess("ada").await.assert_limited();
    app.wait(-86_400_000);
    app.log_in("ada").await;
}

#[tokio::test]
async fn nothing_is_limited_where_limits_are_off() {
    let app = TestApp::with(|config| {
        by_address(config);
        config.rate_limit.account_free_failures = 1;
        config.rate_limit.enabled = false;
    })
    .await;
    let ada = app.register("ada").await;
    for _ in 0..8 {
        app.guess("ada").await.assert_status(401);
        app.refresh("garbage").await.assert_status(401);
    }
    assert_eq!(app.runs().await, "0");
    app.assert_goes_on(&ada).await;
}

/// A request that is refused for what it holds, if anybody looks.
async fn try_from(app: &TestApp, address: &str) -> u16 {
    let body = json!({"email": "nobody@example.com", "password": GUESS});
    let answer = app.post("/auth/login", &body).from(address).send().await;
    answer.status.as_u16()
}

#[tokio::test]
async fn an_address_may_try_only_so_often() {
    let app = TestApp::with(by_address).await;
    // Each with others that are the same customer's.
    for same in [
        ["192.0.2.1", "::ffff:192.0.2.1"],
        ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"],
        ["192.0.2.2", "192.0.2.2"],
        ["2001:db8:1:3::1", "2001:db8:1:3::2"],
    ] {
        for address in same.iter().cycle().take(4) {
            assert_eq!(try_from(&app, address).await, 401, "{address}");
        }
        for address in same {
            assert_eq!(try_from(&app, address).await, 429, "{address}");
        }
    }
    app.wait(15_000);
    assert_eq!(try_from(&app, "192.0.2.1").await, 401);
    assert_eq!(try_from(&app, "192.0.2.1").await, 429);
    // A clock that is set back keeps nobody out.
    app.wait(-86_400_000);
    assert_eq!(try_from(&app, "192.0.2.1").await, 401);
}

/// The same, with one count for all instances.
fn shared(config: &mut Config) {
    by_address(config);
    config.rate_limit.store = Some(LimitStore::Database);
    // However busy the machine is.
    config.rate_limit.store_timeout_milliseconds = 10_000;
    config.breaker.rate_limit.failure_threshold = Some(3);
    config.breaker.rate_limit.recovery_timeout_seconds = Some(1);
}

/// Tries from an address at one instance after the other until both refuse. How often that was let through.
async fn use_up_at(instances: [&TestApp; 2], address: &str) -> usize {
    let mut passed = 0;
    let mut refused = 0;
    while refused < 2 {
        refused = 0;
        for app in instances {
            match try_from(app, address).await {
                401 => passed += 1,
                429 => refused += 1,
                other => panic!("{other}"),
            }
        }
    }
    passed
}

/// What is told of a breaker.
async fn breaker(app: &TestApp, root: &Member, name: &str) -> Value {
    let answer = app.get("/admin/circuit-breakers").bearer(root).send().await;
    answer.assert_status(200);
    let list = answer.json();
    let mut breakers = list["items"].as_array().unwrap().iter();
    breakers.find(|item| item["name"] == name).unwrap().clone()
}

/// Makes every further count in the database fail, or possible again.
async fn hide_counts(app: &TestApp, hide: bool) {
    let names = ["address_limits", "hidden"];
    let [from, to] = if hide { names } else { [names[1], names[0]] };
    app.execute(&format!("ALTER TABLE {from} RENAME TO {to}"))
        .await;
}

#[tokio::test]
async fn instances_share_the_figure_of_an_address() {
    let app = TestApp::with(shared).await;
    let other = app.another_instance().await;
    for addresses in [
        ["192.0.2.1", "::ffff:192.0.2.1"],
        ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"],
    ] {
        assert_eq!(use_up_at([&app, &other], addresses[0]).await, 4);
        for instance in [&app, &other] {
            assert_eq!(try_from(instance, addresses[1]).await, 429);
        }
    }
    // One comes back, for both together.
    for instance in [&app, &other] {
        instance.wait(15_000);
    }
    assert_eq!(use_up_at([&other, &app], "192.0.2.1").await, 1);
    // Whoever starts now knows of it.
    let third = app.another_instance().await;
    third.wait(15_000);
    assert_eq!(try_from(&third, "192.0.2.1").await, 429);
    // What else one may do has figures of its own.
    let refresh = async |app: &TestApp| {
        let body = json!({"refresh_token": "garbage"});
        let asked = app.post("/auth/refresh", &body).from("192.0.2.1");
        asked.send().await
    };
    refresh(&app).await.assert_status(401);
    refresh(&other).await.assert_status(401);
    refresh(&app).await.assert_limited();
    refresh(&other).await.assert_limited();
    // Neither addresses nor what stands for them is there to be read.
    assert_eq!(
        app.count("address_limits", "length(key) = 16").await,
        "3",
        "one for each address and figure"
    );
}

#[tokio::test]
async fn instances_count_for_themselves_where_that_is_configured() {
    let app = TestApp::with(|config| {
        shared(config);
        config.rate_limit.store = Some(LimitStore::Local);
    })
    .await;
    let other = app.another_instance().await;
    assert_eq!(use_up_at([&app, &other], "192.0.2.1").await, 8);
    assert_eq!(app.count("address_limits", "true").await, "0");
}

#[tokio::test]
async fn a_postgresql_counts_for_all_instances_unless_configured_otherwise() {
    let app = TestApp::with(|config| {
        shared(config);
        config.rate_limit.store = None;
    })
    .await;
    let other = app.another_instance().await;
    let passed = if app.is_sqlite() { 8 } else { 4 };
    assert_eq!(use_up_at([&app, &other], "192.0.2.1").await, passed);
}

#[tokio::test]
async fn of_many_at_once_at_several_instances_no_more_are_let_through_than_may() {
    let app = TestApp::with(|config| {
        shared(config);
        config.rate_limit.address_attempts_per_minute = 10;
        config.password.hash_wait_seconds = 60;
        config.database.acquire_timeout_seconds = 60;
        config.database.statement_timeout_seconds = 60;
    })
    .await;
    let other = app.another_instance().await;
    let tries = (0..60).map(|i| try_from(if i % 2 == 0 { &app } else { &other }, "192.0.2.1"));
    let statuses = join_all(tries).await;
    let passed = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(passed, 10, "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)));
}

#[tokio::test]
async fn whatever_the_order_the_database_judges_as_the_memory_does() {
    let app = TestApp::start().await;
    let start = app.clock.now();
    for (key, uses) in [(1, 1), (2, 7), (3, 60), (4, 1_000_000)] {
        let (key, rate) = (RateKey::of_code([key; 32]), Rate::per_minute(uses));
        let mut known = None;
        let mut now = 0;
        let mut seed: i64 = 7;
        let mut judgements = [0; 2];
        for _ in 0..150 {
            seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
            // Mostly a little later, at times a little earlier, rarely very much of either.
            now += match seed % 20 {
                0 => -130_000,
                1 => 70_000,
                2..5 => -(seed / 20 % 6000),
                _ => seed / 20 % 900,
            };
            let now = start + TimeDelta::milliseconds(now);
            let expected = rate.judge(known, now);
            let judged = app.store().use_up(key, rate, now).await.unwrap();
            assert_eq!(judged, expected, "{uses} a minute, {known:?} at {now}");
            let (Use::Admitted { whole_at } | Use::Refused { whole_at, .. }) = judged;
            known = Some(whole_at);
            judgements[usize::from(matches!(judged, Use::Admitted { .. }))] += 1;
        }
        if uses < 60 {
            assert!(judgements.iter().all(|times| *times > 10), "{judgements:?}");
        }
    }
}

#[tokio::test]
async fn who_is_refused_is_no_work_for_the_database() {
    let app = TestApp::with(shared).await;
    let other = app.another_instance().await;
    let root = app.seed_superuser().await;
    assert_eq!(use_up_at([&app, &other], "192.0.2.1").await, 4);
    hide_counts(&app, true).await;
    for _ in 0..20 {
        assert_eq!(try_from(&app, "192.0.2.1").await, 429);
    }
    let untouched = breaker(&app, &root, "rate-limit").await;
    assert_eq!(untouched["state"], "closed");
    assert_eq!(untouched["consecutive_failures"], 0);
    // It would have been noticed.
    assert_eq!(try_from(&app, "192.0.2.2").await, 401);
    let touched = breaker(&app, &root, "rate-limit").await;
    assert_eq!(touched["consecutive_failures"], 1);
}

#[tokio::test]
async fn a_count_that_fails_is_done_without_until_it_works_again() {
    let app = TestApp::with(shared).await;
    let other = app.another_instance().await;
    let root = app.seed_superuser().await;
    assert_eq!(try_from(&app, "192.0.2.1").await, 401);
    hide_counts(&app, true).await;
    // What was counted together is known, and counting goes on: nobody has more than the figure, or less.
    for status in [401, 401, 401, 429, 429] {
        assert_eq!(try_from(&app, "192.0.2.1").await, status);
    }
    assert_eq!(use_up_at([&app, &other], "192.0.2.2").await, 8);
    let open = breaker(&app, &root, "rate-limit").await;
    assert_eq!(open["state"], "open");
    assert_eq!(open["failure_threshold"], 3);
    assert!(open["rejected"].as_u64().unwrap() > 0);
    // The database works, and that is not doubted.
    let database = breaker(&app, &root, "database").await;
    assert_eq!(database["consecutive_failures"], 0);
    let told = "client addresses are counted by this instance alone for a while";
    assert!(everything().contains(told));

    hide_counts(&app, false).await;
    let deadline = Instant::now() + PATIENCE;
    let mut number = 0;
    for instance in [&app, &other] {
        let health = async || instance.get("/health").send().await.json();
        while health().await["components"]["breakers"]["rate-limit"] != "closed" {
            assert!(Instant::now() < deadline, "it is not tried again");
            tokio::time::sleep(Duration::from_millis(50)).await;
            number += 1;
            let somebody = format!("198.51.100.{}", number % 250);
            assert_eq!(try_from(instance, &somebody).await, 401);
        }
    }
    assert_eq!(use_up_at([&app, &other], "192.0.2.3").await, 4);
    // What was counted meanwhile holds.
    assert_eq!(try_from(&app, "192.0.2.2").await, 429);
}

#[tokio::test]
async fn who_hangs_up_leaves_the_count_to_go_on() {
    let app = TestApp::with(|config| {
        shared(config);
        config.database.statement_timeout_seconds = 20;
    })
    .await;
    let root = app.seed_superuser().await;
    let lock = app.begin_write().await;
    if !app.is_sqlite() {
        let statement = "LOCK TABLE address_limits IN EXCLUSIVE MODE";
        lock.execute_unprepared(statement).await.unwrap();
    }
    let patience = Duration::from_millis(700);
    let asked = tokio::time::timeout(patience, try_from(&app, "192.0.2.1")).await;
    assert!(asked.is_err(), "it was answered: {asked:?}");
    lock.rollback().await.unwrap();
    let deadline = Instant::now() + PATIENCE;
    // The superuser's own login has one.
    while app.count("address_limits", "true").await != "2" {
        assert!(Instant::now() < deadline, "it was not counted");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let untouched = breaker(&app, &root, "rate-limit").await;
    assert_eq!(untouched["consecutive_failures"], 0);
}

#[tokio::test]
async fn a_count_that_takes_long_holds_up_no_login_for_long() {
    let app = TestApp::with(|config| {
        shared(config);
        config.rate_limit.store_timeout_milliseconds = 250;
        config.database.statement_timeout_seconds = 20;
    })
    .await;
    if app.is_sqlite() {
        // Who holds up one who writes holds up all.
        return;
    }
    let lock = app.begin_write().await;
    let statement = "LOCK TABLE address_limits IN EXCLUSIVE MODE";
    lock.execute_unprepared(statement).await.unwrap();
    let started = Instant::now();
    assert_eq!(try_from(&app, "192.0.2.1").await, 401);
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(250), "{took:?}");
    assert!(took < PATIENCE / 2, "{took:?}");
    for status in [401, 401, 401, 429] {
        assert_eq!(try_from(&app, "192.0.2.1").await, status);
    }
    lock.rollback().await.unwrap();
}

#[tokio::test]
async fn an_outage_is_seen_by_each_breaker_for_itself() {
    const THRESHOLD: u32 = 4;

    let change = |config: &mut Config| {
        shared(config);
        config.rate_limit.store_timeout_milliseconds = 250;
        config.rate_limit.address_attempts_per_minute = 1000;
        config.breaker.failure_threshold = THRESHOLD;
        config.breaker.recovery_timeout_seconds = 1;
        config.database.acquire_timeout_seconds = 1;
        config.database.statement_timeout_seconds = 1;
    };
    let Some((app, proxy)) = Proxy::before_database(change).await else {
        return;
    };
    app.register("ada").await;
    for way in [Way::Cut, Way::Swallowing] {
        proxy.turn(way);
        for _ in 0..THRESHOLD {
            let answer = app.guess("ada").await;
            answer.assert_error(500, "DATABASE_ERROR");
        }
        let answer = app.guess("ada").await;
        answer.assert_error(503, "CIRCUIT_BREAKER_OPEN");
        let breakers = app.get("/health").send().await.json()["components"]["breakers"].clone();
        assert_eq!(breakers["rate-limit"], "open", "{way:?}");
        proxy.turn(Way::Open);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let status = app.try_log_in("ada", PASSWORD).await.status;
            let health = app.get("/health").send().await.json();
            if health["components"]["breakers"]["rate-limit"] == "closed" && status == 200 {
                break;
            }
            assert!(Instant::now() < deadline, "{way:?}: {health}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn clocks_of_instances_may_differ_and_one_that_is_set_back_keeps_nobody_out() {
    let app = TestApp::with(shared).await;
    let other = app.another_instance().await;
    other.wait(-3000);
    assert_eq!(use_up_at([&app, &other], "192.0.2.1").await, 4);
    for instance in [&app, &other] {
        instance.wait(-86_400_000);
        assert_eq!(try_from(instance, "192.0.2.1").await, 401);
    }
}

#[tokio::test]
async fn an_address_that_may_do_everything_again_is_forgotten() {
    let app = TestApp::with(shared).await;
    for _ in 0..4 {
        assert_eq!(try_from(&app, "192.0.2.1").await, 401);
    }
    app.wait(59_000);
    assert_eq!(try_from(&app, "192.0.2.2").await, 401);
    app.keep_house().await;
    assert_eq!(app.count("address_limits", "true").await, "2");
    app.wait(2000);
    app.keep_house().await;
    assert_eq!(app.count("address_limits", "true").await, "1");
    app.wait(15_000);
    app.keep_house().await;
    assert_eq!(app.count("address_limits", "true").await, "0");
}

#[tokio::test]
async fn refreshing_has_a_limit_of_its_own() {
    let app = TestApp::with(by_address).await;
    let ada = app.register("ada").await;
    let refresh = async |token: &str| {
        let body = json!({"refresh_token": token});
        app.post("/auth/refresh", &body)
            .from("192.0.2.1")
            .send()
            .await
    };
    while try_from(&app, "192.0.2.1").await != 429 {}
    refresh(ada.refresh_token()).await.assert_status(200);
    refresh("garbage").await.assert_status(401);
    refresh(ada.refresh_token()).await.assert_limited();
    // And what one is logged in with is not limited at all.
    for _ in 0..8 {
        let asked = app.get("/users/me").bearer(&ada).from("192.0.2.1");
        asked.send().await.assert_status(200);
    }
}

#[tokio::test]
async fn the_limited_operations_are_those_of_the_contract() {
    let limited: BTreeSet<&str> = operations()
        .iter()
        .filter(|operation| operation.statuses().contains(&429))
        .map(Operation::id)
        .collect();
    let expected = BTreeSet::from([
        "change_password",
        "delete_me",
        "login",
        "refresh",
        "register",
        "request_email_verification",
        "request_password_reset",
        "reset_password",
        "update_me",
        "verify_email",
    ]);
    assert_eq!(limited, expected);
}

#[tokio::test]
async fn nothing_is_read_of_who_tries_too_often() {
    let app = TestApp::with(|config| {
        by_address(config);
        config.rate_limit.address_attempts_per_minute = 1;
        config.rate_limit.address_refreshes_per_minute = 1;
        config.rate_limit.address_mails_per_minute = 1;
    })
    .await;
    let scene = Scene::of(&app.register("ada").await);
    app.refresh("garbage").await.assert_status(401);
    let body = json!({"email": "ada@example.com"});
    let asked = app.post("/auth/password/forgot", &body).send().await;
    asked.assert_status(202);
    for operation in operations() {
        if operation.statuses().contains(&429) {
            let never = Body::from_bytes_stream(stream::pending::<std::io::Result<Vec<u8>>>());
            let call = app.bare(&operation, "/", &scene);
            let call = call.header("content-type", "application/json").body(never);
            call.send().await.assert_limited();
        }
    }
}

#[tokio::test]
async fn a_service_as_it_is_installed_limits_what_one_address_may_try() {
    let place = Place::with_database().await;
    let service = place.start().await;
    let tokens = service.register("ada").await;
    let mut tried = 1;
    loop {
        let body = json!({"username": format!("nobody{tried}"), "password": GUESS});
        let answer = service.post("/auth/login", &body).send().await.unwrap();
        if answer.status() == 429 {
            assert_eq!(answer.headers()["retry-after"], "1");
            break;
        }
        assert_eq!(answer.status(), 401);
        tried += 1;
        // One comes back each second, and none of these takes as long.
        assert!(tried < 600);
    }
    assert!(tried >= 60, "{tried}");
    let tokens = service.refresh(&tokens).await;
    service.whoami(&tokens).await;
}
