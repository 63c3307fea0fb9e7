//! How often passwords may be tried: for one account, and from one address.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use countersign::config::Config;
use countersign::model::{Email, Password};
use futures_util::future::{Either, join_all, select};
use futures_util::stream;
use poem::Body;
use serde_json::{Value, json};

use crate::support::process::Place;
use crate::support::spec::{Operation, Scene, operations};
use crate::support::{Answer, Member, PASSWORD, TestApp};

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
