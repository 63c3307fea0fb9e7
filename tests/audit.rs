//! The audit trail: what is remembered and logged of whatever matters for security, and who reads it.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use countersign::model::{EventKind, UserId};
use poem::http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::logs::of_request;
use crate::support::process::{Place, json_of};
use crate::support::{Answer, Call, Member, PASSWORD, TestApp, unknown_id};

const NEW: &str = "a quite different sentence";
const WRONG: &str = "not the password";
const AGENT: &str = "browser/1.0 (of a test)";

/// What no request of the API causes: an operator does it at the command line.
const BY_OPERATORS: [EventKind; 3] = [
    EventKind::UsersImported,
    EventKind::UsersExported,
    EventKind::PasswordSet,
];

/// What is to be remembered: what happened, who did it, to whose account, and what else is known.
struct Expected {
    kind: EventKind,
    actor: Option<UserId>,
    subject: Option<UserId>,
    details: Value,
}

/// Somebody did it to the own account.
fn own(kind: EventKind, who: &Member, details: Value) -> Expected {
    Expected {
        kind,
        actor: Some(who.id()),
        subject: Some(who.id()),
        details,
    }
}

/// Somebody did it to another account.
fn to(kind: EventKind, who: &Member, whom: &Member, details: Value) -> Expected {
    Expected {
        kind,
        actor: Some(who.id()),
        subject: Some(whom.id()),
        details,
    }
}

async fn page(app: &TestApp, who: &Member, path: &str) -> Value {
    let answer = app.get(path).bearer(who).send().await;
    answer.assert_status(200);
    answer.json()
}

async fn search(app: &TestApp, root: &Member, query: &str) -> Vec<Value> {
    let found = page(app, root, &format!("/admin/audit-events?limit=100{query}")).await;
    assert_eq!(found["next_cursor"], Value::Null);
    found["items"].as_array().unwrap().clone()
}

async fn own_events(app: &TestApp, who: &Member) -> Vec<Value> {
    let found = page(app, who, "/users/me/security-events?limit=100").await;
    assert_eq!(found["next_cursor"], Value::Null);
    found["items"].as_array().unwrap().clone()
}

fn names(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect()
}

/// Watches what is logged and remembered of requests.
struct Watch<'a> {
    app: &'a TestApp,
    root: Member,
    seen: BTreeSet<EventKind>,
}

impl Watch<'_> {
    /// Sends a request that causes exactly these events: a line and a row for each.
    async fn send(&mut self, call: Call<'_>, expected: &[Expected]) -> Answer {
        let request_id = Uuid::new_v4().to_string();
        let call = call.header("x-request-id", &request_id);
        let answer = call.header("user-agent", AGENT).send().await;
        let mut lines = of_request(&request_id);
        lines.retain(|line| line.get("event").is_some());
        let mut rows = search(self.app, &self.root, "").await;
        rows.retain(|row| row["request_id"] == request_id.as_str());
        let what = format!("{}\n{lines:#?}\n{rows:#?}", answer.text());
        assert_eq!(lines.len(), expected.len(), "{what}");
        assert_eq!(rows.len(), expected.len(), "{what}");
        for event in expected {
            let is_it = |found: &&Value| found["event"] == event.kind.name();
            let line = lines.iter().find(is_it).expect(&what);
            let row = rows.iter().find(is_it).expect(&what);
            let actor = json!(event.actor.map(|id| id.to_string()));
            let subject = json!(event.subject.map(|id| id.to_string()));
            for found in [line, row] {
                // What nobody knows has no member in a line, and is null in an answer.
                let member = |name: &str| found.get(name).cloned().unwrap_or_default();
                assert_eq!(member("actor_id"), actor, "{what}");
                assert_eq!(member("subject_id"), subject, "{what}");
            }
            assert_eq!(row["user_agent"], AGENT);
            // No connection, no address; see `an_event_has_the_address_that_it_came_from`.
            assert_eq!(row["ip"], Value::Null);
            assert_eq!(line["message"], event.kind.message());
            let level = match event.kind {
                EventKind::RefreshTokenReused | EventKind::AccountThrottled => "WARN",
                _ => "INFO",
            };
            assert_eq!(line["level"], level);

            let mut details = row["details"].clone();
            for name in ["session_id", "reason", "count", "breaker", "delay_seconds"] {
                let logged = line.get(name).cloned();
                assert_eq!(details.get(name).cloned(), logged, "{what}");
            }
            if let Some(id) = details.get_mut("session_id") {
                assert!(id.as_str().unwrap().parse::<Uuid>().is_ok(), "{what}");
                *id = "some".into();
            }
            assert_eq!(details, event.details, "{what}");
            self.seen.insert(event.kind);
        }
        answer
    }

    /// The same with a request that is done.
    async fn done(&mut self, call: Call<'_>, expected: &[Expected]) -> Answer {
        let answer = self.send(call, expected).await;
        assert!(answer.status.is_success(), "{}", answer.text());
        answer
    }
}

/// What the tests below have of a session, whichever it is.
fn session() -> Value {
    json!({"session_id": "some"})
}

/// Somebody who is not known did not log in.
fn failed(whose: Option<&Member>, reason: &str) -> Expected {
    Expected {
        kind: EventKind::LoginFailed,
        actor: None,
        subject: whose.map(Member::id),
        details: json!({"reason": reason}),
    }
}

fn login(name: &str, password: &str) -> Value {
    json!({"username": name, "password": password})
}

/// Whose tokens an answer has.
fn granted(answer: &Answer) -> Member {
    Member {
        tokens: answer.json(),
    }
}

/// Who registers or is created has no id before, so the event is looked for afterwards.
async fn newcomers(watch: &mut Watch<'_>) {
    let app = watch.app;
    let root = watch.root.clone();
    let body = json!({"email": "new@example.com", "username": "new", "password": PASSWORD});
    let registered = app.post("/auth/register", &body);
    let body = json!({"email": "made@example.com", "is_superuser": true});
    let created = app.post("/admin/users", &body).bearer(&root);
    for (call, kinds, member) in [
        (registered, vec![EventKind::UserRegistered], "user"),
        (
            created,
            vec![EventKind::SuperuserGranted, EventKind::UserCreated],
            "",
        ),
    ] {
        let request_id = Uuid::new_v4().to_string();
        let answer = call.header("x-request-id", &request_id).send().await;
        answer.assert_status(201);
        let user = answer.json();
        let user = user.get(member).unwrap_or(&user);
        let id = user["id"].as_str().unwrap();
        let rows = search(app, &root, &format!("&user_id={id}")).await;
        let mut lines = of_request(&request_id);
        lines.retain(|line| line.get("event").is_some());
        let expected: BTreeSet<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let root_id = root.id().to_string();
        let actor = if member.is_empty() { &root_id } else { id };
        for found in [rows, lines] {
            assert_eq!(found.len(), kinds.len(), "{found:#?}");
            assert_eq!(names(&found).into_iter().collect::<BTreeSet<_>>(), expected);
            for event in found {
                assert_eq!(event["actor_id"], actor);
                assert_eq!(event["subject_id"], id);
                assert_eq!(event["request_id"], request_id);
            }
        }
        watch.seen.extend(kinds);
    }
}

async fn own_sessions(watch: &mut Watch<'_>, ada: &Member) {
    let app = watch.app;
    let mut devices = Vec::new();
    for _ in 0..4 {
        let call = app.post("/auth/login", &login("ada", PASSWORD));
        let expected = own(EventKind::LoginSucceeded, ada, session());
        devices.push(granted(&watch.done(call, &[expected]).await));
    }
    let call = app.call(Method::POST, "/auth/logout").bearer(&devices[0]);
    let expected = own(EventKind::LoggedOut, ada, session());
    watch.done(call, &[expected]).await;
    let path = format!("/users/me/sessions/{}", app.session_of(&devices[1]).await);
    let call = app.delete(&path).bearer(ada);
    let expected = own(EventKind::SessionEnded, ada, session());
    watch.done(call, &[expected]).await;
    let call = app.delete("/users/me/sessions").bearer(ada);
    let expected = own(EventKind::OtherSessionsEnded, ada, json!({"count": 2}));
    watch.done(call, &[expected]).await;
}

async fn failures(watch: &mut Watch<'_>, ada: &Member) {
    let app = watch.app;
    for (member, name, whose) in [
        ("username", "nobody", None),
        ("email", "nobody@example.com", None),
        ("username", "ada", Some(ada)),
        ("email", "ada@example.com", Some(ada)),
    ] {
        let body = json!({member: name, "password": WRONG});
        let call = app.post("/auth/login", &body);
        let expected = failed(whose, "wrong_credentials");
        let answer = watch.send(call, &[expected]).await;
        answer.assert_error(401, "INVALID_CREDENTIALS");
    }
    let alone = json!({"current_password": WRONG});
    let email = json!({"current_password": WRONG, "email": "other@example.com"});
    let password = json!({"current_password": WRONG, "new_password": NEW});
    for call in [
        app.delete("/users/me").json(&alone),
        app.patch("/users/me", &email),
        app.post("/users/me/password", &password),
    ] {
        let details = json!({"session_id": "some", "reason": "wrong_current_password"});
        let expected = own(EventKind::LoginFailed, ada, details);
        let answer = watch.send(call.bearer(ada), &[expected]).await;
        answer.assert_findings(&["current_password: incorrect"]);
    }
}

async fn own_account(watch: &mut Watch<'_>, ada: &Member) {
    let app = watch.app;
    for (change, changed) in [
        (json!({"username": "lovelace"}), json!(["username"])),
        (
            json!({"email": "a@example.com", "username": "ada", "current_password": PASSWORD}),
            json!(["email", "username"]),
        ),
    ] {
        let call = app.patch("/users/me", &change).bearer(ada);
        let expected = own(EventKind::UserUpdated, ada, json!({"changed": changed}));
        watch.done(call, &[expected]).await;
    }
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    let call = app.post("/users/me/password", &body).bearer(ada);
    let expected = own(EventKind::PasswordChanged, ada, json!({}));
    watch.done(call, &[expected]).await;
}

/// Only the failure that makes others wait is told, not who had to.
async fn guesses(watch: &mut Watch<'_>, ada: &Member) {
    let app = watch.app;
    let free = app.config.rate_limit.account_free_failures;
    for subject in [Some(ada), None] {
        let name = if subject.is_some() { "ada" } else { "no-one" };
        for _ in 1..free {
            app.try_log_in(name, "a guess").await.assert_status(401);
        }
        let throttled = Expected {
            kind: EventKind::AccountThrottled,
            actor: None,
            subject: subject.map(Member::id),
            details: json!({"count": free, "delay_seconds": 1}),
        };
        let guess = || app.post("/auth/login", &login(name, "a guess"));
        let expected = [failed(subject, "wrong_credentials"), throttled];
        watch.send(guess(), &expected).await.assert_status(401);
        watch.send(guess(), &[]).await.assert_status(429);
    }
    app.clock.advance(TimeDelta::seconds(1));
}

/// A refresh is nothing to remember, until a replaced token comes back. Nobody knows whose hands it is in.
async fn a_stolen_token(watch: &mut Watch<'_>, ada: &Member) {
    let app = watch.app;
    let stolen = granted(&app.try_log_in("ada", NEW).await);
    let body = json!({"refresh_token": stolen.refresh_token()});
    let refresh = || app.post("/auth/refresh", &body);
    watch.done(refresh(), &[]).await;
    let leeway = TimeDelta::seconds(app.config.tokens.reuse_leeway_seconds.into());
    app.clock.advance(leeway + TimeDelta::seconds(1));
    let expected = Expected {
        kind: EventKind::RefreshTokenReused,
        actor: None,
        subject: Some(ada.id()),
        details: session(),
    };
    let answer = watch.send(refresh(), &[expected]).await;
    answer.assert_error(401, "TOKEN_REUSED");
    // Once is enough: the session is over.
    let answer = watch.send(refresh(), &[]).await;
    answer.assert_error(401, "SESSION_REVOKED");
}

async fn an_administrator(watch: &mut Watch<'_>, ada: &Member) {
    let app = watch.app;
    let root = watch.root.clone();
    let path = format!("/admin/users/{}", ada.id());
    let change_to = |change: Value| app.patch(&path, &change).bearer(&root);
    for (change, kind) in [
        (json!({"is_superuser": true}), EventKind::SuperuserGranted),
        (json!({"is_superuser": false}), EventKind::SuperuserRevoked),
        (json!({"is_active": false}), EventKind::UserDeactivated),
    ] {
        let expected = to(kind, &root, ada, json!({}));
        watch.done(change_to(change), &[expected]).await;
    }
    let call = app.post("/auth/login", &login("ada", NEW));
    let expected = failed(Some(ada), "user_inactive");
    let answer = watch.send(call, &[expected]).await;
    answer.assert_error(403, "USER_INACTIVE");
    let change = json!({"is_active": true, "is_superuser": true, "email_verified": true});
    let changed = json!({"changed": ["email_verified"]});
    let expected = [
        to(EventKind::UserActivated, &root, ada, json!({})),
        to(EventKind::SuperuserGranted, &root, ada, json!({})),
        to(EventKind::UserUpdated, &root, ada, changed),
    ];
    watch.done(change_to(change), &expected).await;
    app.try_log_in("ada", NEW).await.assert_status(200);
    let call = app.delete(&format!("{path}/sessions")).bearer(&root);
    let expected = to(EventKind::AllSessionsEnded, &root, ada, json!({"count": 1}));
    watch.done(call, &[expected]).await;

    let path = "/admin/circuit-breakers/database/reset";
    let call = app.post(path, &Value::Null).bearer(&root);
    let expected = Expected {
        kind: EventKind::CircuitBreakerReset,
        actor: Some(root.id()),
        subject: None,
        details: json!({"breaker": "database"}),
    };
    watch.done(call, &[expected]).await;
}

/// The token of the link, which is used up.
async fn a_link(watch: &mut Watch<'_>, ada: &Member) -> String {
    let app = watch.app;
    let root = watch.root.clone();
    let body = json!({"delivery": "response"});
    let path = format!("/admin/users/{}/password-reset", ada.id());
    let call = app.post(&path, &body).bearer(&root);
    let expected = to(EventKind::PasswordResetStarted, &root, ada, json!({}));
    let answer = watch.done(call, &[expected]).await;
    let link = answer.json()["token"].as_str().unwrap().to_owned();
    let reset = |token: &str, new: &str| {
        let body = json!({"token": token, "new_password": new});
        app.post("/auth/password/reset", &body)
    };
    for refused in [reset("csl_wrong", PASSWORD), reset(&link, "short")] {
        watch.send(refused, &[]).await.assert_status(400);
    }
    // Who has the link acts for the account.
    let expected = own(EventKind::PasswordReset, ada, json!({}));
    watch.done(reset(&link, PASSWORD), &[expected]).await;
    link
}

async fn deletions(watch: &mut Watch<'_>, ada: &Member) {
    let app = watch.app;
    let root = watch.root.clone();
    let call = app.delete(&format!("/admin/users/{}", ada.id()));
    let expected = to(EventKind::UserDeleted, &root, ada, json!({}));
    watch.done(call.bearer(&root), &[expected]).await;
    let bob = app.register("bob").await;
    let body = json!({"current_password": PASSWORD});
    let call = app.delete("/users/me").bearer(&bob).json(&body);
    let expected = own(EventKind::UserDeleted, &bob, json!({}));
    watch.done(call, &[expected]).await;
}

#[tokio::test]
async fn whatever_matters_is_logged_once_and_remembered_once() {
    let app = TestApp::with(|config| {
        config.rate_limit.enabled = true;
        config.rate_limit.address_attempts_per_minute = 1000;
    })
    .await;
    let mut watch = Watch {
        app: &app,
        root: app.register_superuser("root").await,
        seen: BTreeSet::new(),
    };
    let ada = app.register("ada").await;
    newcomers(&mut watch).await;
    own_sessions(&mut watch, &ada).await;
    failures(&mut watch, &ada).await;
    own_account(&mut watch, &ada).await;
    guesses(&mut watch, &ada).await;
    a_stolen_token(&mut watch, &ada).await;
    an_administrator(&mut watch, &ada).await;
    let link = a_link(&mut watch, &ada).await;
    deletions(&mut watch, &ada).await;

    let all: BTreeSet<EventKind> = EventKind::ALL.iter().copied().collect();
    let expected = &all - &BTreeSet::from(BY_OPERATORS);
    assert_eq!(watch.seen, expected, "a kind that nothing above causes");

    // None of it has a secret, neither what is kept nor what is logged; nor who somebody claimed to be,
    // which may be a password in the wrong field.
    let kept = search(&app, &watch.root, "").await;
    let requests = kept.iter().filter_map(|row| row["request_id"].as_str());
    let lines: Vec<Value> = requests.flat_map(of_request).collect();
    let told = format!("{kept:?} {lines:?}");
    assert!(told.contains("login_failed"));
    for secret in [
        PASSWORD,
        NEW,
        WRONG,
        "argon2",
        "csl_",
        "csr_",
        "eyJ",
        "example.com",
        "nobody",
        &link,
    ] {
        assert!(!told.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_is_not_told_as_if_it_had() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    let before = app.count("audit_events", "true").await;
    let path = format!("/admin/users/{}", root.id());
    for call in [
        app.patch(&path, &json!({"is_superuser": false}))
            .bearer(&root),
        app.patch(&path, &json!({"username": "ada"})).bearer(&root),
        app.patch(&path, &json!({"is_active": false})).bearer(&ada),
        app.delete(&path).bearer(&root),
        app.delete(&format!("/users/me/sessions/{}", unknown_id()))
            .bearer(&ada),
        app.delete(&format!("/admin/users/{}", unknown_id()))
            .bearer(&root),
        app.delete(&format!("/admin/users/{}/sessions", unknown_id()))
            .bearer(&root),
        app.patch("/users/me", &json!({"username": "root"}))
            .bearer(&ada),
        app.post("/auth/login", &json!({"username": "ada"})),
        app.get("/users/me").token("garbage"),
    ] {
        assert!(call.send().await.status.is_client_error());
    }
    assert_eq!(app.count("audit_events", "true").await, before);
}

#[tokio::test]
async fn an_event_is_told_in_full_and_in_the_order_of_time() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    app.clock.advance(TimeDelta::seconds(1));
    let before = app.clock.now();
    let ada = app.register("ada").await;
    let after = app.clock.now();
    app.clock.advance(TimeDelta::seconds(1));
    app.log_in("ada").await;
    let events = search(&app, &root, "").await;
    assert_eq!(names(&events)[..2], ["login_succeeded", "user_registered"],);
    assert!(events.is_sorted_by(|a, b| a["id"].as_str() > b["id"].as_str()));
    let at = events[1]["at"].as_str().unwrap();
    assert!((before..=after).contains(&at.parse::<DateTime<Utc>>().unwrap()));
    assert_eq!(events[1]["user_agent"], Value::Null);
    assert_eq!(own_events(&app, &ada).await, events[..2]);
}

#[tokio::test]
async fn events_are_found_by_who_what_and_when() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    app.clock.advance(TimeDelta::minutes(1));
    let path = format!("/admin/users/{}", ada.id());
    let change = json!({"email_verified": true});
    app.patch(&path, &change)
        .bearer(&root)
        .send()
        .await
        .assert_status(200);
    let updated = search(&app, &root, "&event=user_updated").await;
    assert_eq!(names(&updated), ["user_updated"]);
    app.clock.advance(TimeDelta::minutes(1));
    app.try_log_in("ada", "not the password")
        .await
        .assert_status(401);

    // As the one who did it, and as the one it happened to.
    let of = async |who: &Member, more: &str| {
        search(&app, &root, &format!("&user_id={}{more}", who.id())).await
    };
    let of_ada = of(&ada, "").await;
    assert_eq!(
        names(&of_ada),
        ["login_failed", "user_updated", "user_registered"]
    );
    let of_root = of(&root, "").await;
    let kinds: BTreeSet<&str> = names(&of_root).into_iter().collect();
    let expected = ["superuser_granted", "user_registered", "user_updated"];
    assert_eq!(kinds, BTreeSet::from(expected));
    assert!(of_root.contains(&updated[0]));
    assert_eq!(names(&of(&bob, "").await), ["user_registered"]);
    assert_eq!(of(&ada, "&event=user_updated").await, updated);
    assert_eq!(of(&bob, "&event=user_updated").await, [Value::Null; 0]);
    let nobody = search(&app, &root, &format!("&user_id={}", unknown_id())).await;
    assert_eq!(nobody, [Value::Null; 0]);

    // From a time on, that time included; until a time, that time not.
    let at: DateTime<Utc> = updated[0]["at"].as_str().unwrap().parse().unwrap();
    let text = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Millis, true);
    let millisecond = TimeDelta::milliseconds(1);
    let day = TimeDelta::days(1);
    for (since, until, is_found) in [
        (at, at + millisecond, true),
        (at, at, false),
        (at - millisecond, at, false),
        (at + millisecond, at + day, false),
        (at - day, at + day, true),
        (at + day, at - day, false),
    ] {
        let query = format!(
            "&event=user_updated&since={}&until={}",
            text(since),
            text(until)
        );
        let found = search(&app, &root, &query).await;
        assert_eq!(!found.is_empty(), is_found, "{query}");
    }
    let later = search(&app, &root, &format!("&since={}", text(at))).await;
    assert_eq!(names(&later), ["login_failed", "user_updated"]);
    let earlier = search(&app, &root, &format!("&until={}", text(at))).await;
    assert!(!names(&earlier).contains(&"user_updated"));
    // The same moment, written elsewhere in the world.
    let east = at.with_timezone(&chrono::FixedOffset::east_opt(5400).unwrap());
    let east = east.to_rfc3339().replace('+', "%2B");
    let found = search(&app, &root, &format!("&since={east}&event=user_updated")).await;
    assert_eq!(found, updated);
    // Before there were computers, and after them.
    for query in ["&until=1969-12-31T23:59:59Z", "&since=9999-12-31T23:59:59Z"] {
        assert_eq!(
            search(&app, &root, query).await,
            [Value::Null; 0],
            "{query}"
        );
    }
    for query in ["&since=0001-01-01T00:00:00Z", "&until=9999-12-31T23:59:59Z"] {
        assert!(!search(&app, &root, query).await.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_with_a_search_is_told_at_once() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ask = async |path: &str| app.get(path).bearer(&root).send().await;
    ask("/admin/audit-events?limit=0&user_id=ada&event=nothing&since=yesterday&until=&q=a&until=1")
        .await
        .assert_findings(&[
            "event: invalid_format",
            "limit: out_of_range",
            "q: unknown",
            "since: invalid_format",
            "until: conflict",
            "until: invalid_format",
            "user_id: invalid_format",
        ]);
    for query in [
        "since=2026-01-31",
        "since=2026-01-31T10:30:45",
        "since=1769855445",
        "since=2026-02-30T10:30:45Z",
    ] {
        ask(&format!("/admin/audit-events?{query}"))
            .await
            .assert_findings(&["since: invalid_format"]);
    }
    ask("/users/me/security-events?user_id=x&limit=101&event=user_updated")
        .await
        .assert_findings(&["event: unknown", "limit: out_of_range", "user_id: unknown"]);
}

#[tokio::test]
async fn pages_have_every_event_once_whatever_comes_in_between() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    for _ in 0..6 {
        app.log_in("ada").await;
        app.log_in("root").await;
    }
    let id = ada.id();
    for (path, who, expected) in [
        ("/users/me/security-events?limit=2".to_owned(), &ada, 7),
        (
            format!("/admin/audit-events?limit=2&user_id={id}"),
            &root,
            7,
        ),
        (
            "/admin/audit-events?limit=2&event=login_succeeded".to_owned(),
            &root,
            12,
        ),
    ] {
        let existing = if expected == 12 {
            search(&app, &root, "&event=login_succeeded").await
        } else {
            search(&app, &root, &format!("&user_id={id}")).await
        };
        assert!(existing.len() >= expected);
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let found = page(&app, who, &format!("{path}{cursor}")).await;
            seen.extend(found["items"].as_array().unwrap().clone());
            let Some(next) = found["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
            app.log_in("ada").await;
        }
        assert_eq!(seen, existing, "{path}");
    }
}

#[tokio::test]
async fn a_person_sees_all_own_events_and_none_of_others() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    let bob = app.register("bob").await;
    app.try_log_in("ada", "not the password")
        .await
        .assert_status(401);
    app.try_log_in("nobody", "not the password")
        .await
        .assert_status(401);
    for change in [
        json!({"is_superuser": true}),
        json!({"is_superuser": false}),
    ] {
        let path = format!("/admin/users/{}", ada.id());
        let answer = app.patch(&path, &change).bearer(&root).send().await;
        answer.assert_status(200);
    }
    // What she did to others is not what happened to her.
    app.execute("UPDATE users SET is_superuser = true WHERE username = 'ada'")
        .await;
    let path = format!("/admin/users/{}/sessions", bob.id());
    app.delete(&path)
        .bearer(&ada)
        .send()
        .await
        .assert_status(204);

    let events = own_events(&app, &ada).await;
    let mut found = names(&events);
    found.sort_unstable();
    let expected = [
        "login_failed",
        "superuser_granted",
        "superuser_revoked",
        "user_registered",
    ];
    assert_eq!(found, expected);
    for event in &events {
        assert_eq!(event["subject_id"], ada.id().to_string());
        if event["event"].as_str().unwrap().starts_with("superuser") {
            assert_eq!(event["actor_id"], root.id().to_string());
        }
    }
    let bob = app.log_in("bob").await;
    let events = own_events(&app, &bob).await;
    let mut found = names(&events);
    found.sort_unstable();
    assert_eq!(
        found,
        ["all_sessions_ended", "login_succeeded", "user_registered"]
    );

    // A cursor of hers leads nowhere for him, though both lists are of one kind.
    let first = page(&app, &ada, "/users/me/security-events?limit=1").await;
    let cursor = first["next_cursor"].as_str().unwrap();
    for path in ["/users/me/security-events", "/admin/audit-events"] {
        let who = if path.starts_with("/admin") {
            &root
        } else {
            &bob
        };
        let call = app.get(&format!("{path}?cursor={cursor}")).bearer(who);
        call.send()
            .await
            .assert_findings(&["cursor: invalid_format"]);
    }
}

#[tokio::test]
async fn events_outlive_the_account_and_end_with_their_time() {
    let app = TestApp::with(|config| config.audit.retention_days = 30).await;
    app.register_superuser("root").await;
    let ada = app.register("ada").await;
    let body = json!({"current_password": PASSWORD});
    let call = app.delete("/users/me").bearer(&ada).json(&body);
    call.send().await.assert_status(204);
    let of_ada = format!("&user_id={}", ada.id());
    let root = app.log_in("root").await;
    let mut found = names(&search(&app, &root, &of_ada).await)
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    found.sort();
    assert_eq!(found, ["user_deleted", "user_registered"]);

    app.clock
        .advance(TimeDelta::days(30) - TimeDelta::minutes(1));
    app.keep_house().await;
    let root = app.log_in("root").await;
    assert_eq!(search(&app, &root, &of_ada).await.len(), 2);
    app.clock.advance(TimeDelta::minutes(2));
    app.keep_house().await;
    assert_eq!(search(&app, &root, &of_ada).await, [Value::Null; 0]);
    // What is younger stays.
    let left = search(&app, &root, "").await;
    assert_eq!(names(&left), ["login_succeeded"]);
}

/// An address is that of a connection, so this needs one.
#[tokio::test]
async fn an_event_has_the_address_that_it_came_from() {
    let place = Place::with_database().await;
    let service = place.start().await;
    let tokens = service.register("ada").await;
    let token = tokens["access_token"].as_str().unwrap();
    let list = service.get("/users/me/security-events").bearer_auth(token);
    let events = json_of(list, 200).await;
    assert_eq!(events["items"][0]["event"], "user_registered");
    assert_eq!(events["items"][0]["ip"], "127.0.0.1");
    let request_id = events["items"][0]["request_id"].as_str().unwrap();
    service.said(EventKind::UserRegistered.message()).await;
    let lines = service.lines();
    let is_it =
        |line: &&Value| line["event"] == "user_registered" && line["request_id"] == request_id;
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let line = lines.iter().find(is_it).unwrap();
    assert_eq!(line["ip"], "127.0.0.1");
}

#[tokio::test]
async fn where_an_administrator_works_from_is_not_told_to_others() {
    let app = TestApp::start().await;
    let root = app.register_superuser("root").await;
    let ada = app.register("ada").await;
    let path = format!("/admin/users/{}", ada.id());
    app.patch(&path, &json!({"email_verified": true}))
        .bearer(&root)
        .header("user-agent", "the office")
        .send()
        .await
        .assert_status(200);
    let seen = &search(&app, &root, "&event=user_updated").await[0];
    assert_eq!(seen["user_agent"], "the office");
    assert!(seen["request_id"].is_string());
    let own = &own_events(&app, &ada).await[0];
    assert_eq!(own["id"], seen["id"]);
    assert_eq!(own["actor_id"], seen["actor_id"]);
    for hidden in ["ip", "user_agent", "request_id"] {
        assert_eq!(own[hidden], Value::Null, "{hidden}");
    }
}

#[test]
fn operators_are_told_of_every_event_and_of_no_other() {
    let page = include_str!("../docs/operations.md");
    let (_, section) = page.split_once("## Security events").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let told: BTreeSet<&str> = rows
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    let known: BTreeSet<&str> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(told, known);
}
