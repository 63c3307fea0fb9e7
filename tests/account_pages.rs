//! The pages that links in mails lead to: what people see who follow one, in a browser without scripts.

use std::collections::BTreeSet;
use std::fmt::Write;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use countersign::config::{Config, OnUnavailable};
use futures_util::stream;
use poem::Body;
use poem::http::Method;
use serde_json::{Value, json};
use url::form_urlencoded;
use uuid::Uuid;

use crate::support::logs::{everything, of_request};
use crate::support::spec::ACCOUNT_PAGES;
use crate::support::{Answer, Call, Member, PASSWORD, TestApp};

const VERIFY: &str = "/account/verify";
const RESET: &str = "/account/reset";
const FORM: &str = "application/x-www-form-urlencoded";
const EMAIL: &str = "ada@example.com";
/// Has the form of a token, and is none.
const NOBODYS: &str = "csl_0123456789-abcdefghijklmnopqrstuvwxyz_ABCDE";
const NEW: &str = "seven lamps above the harbour";

/// The titles of the pages in English.
const ASKS_TO_VERIFY: &str = "Confirm your address";
const VERIFIED: &str = "Your address is confirmed";
const ASKS_PASSWORD: &str = "Choose a new password";
const RESET_DONE: &str = "Your password is saved";
const INVALID_LINK: &str = "This link does not work any more";
const TOO_MANY: &str = "Too many tries";
const UNAVAILABLE: &str = "This does not work right now";

impl TestApp {
    async fn open(&self, page: &str, token: &str) -> Answer {
        self.get(&format!("{page}?token={token}")).send().await
    }

    fn form(&self, page: &str, members: &[(&str, &str)]) -> Call<'_> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        let body = form.extend_pairs(members).finish();
        let call = self.call(Method::POST, page);
        call.header("content-type", FORM).body(body)
    }

    async fn confirm(&self, token: &str) -> Answer {
        self.form(VERIFY, &[("token", token)]).send().await
    }

    async fn choose(&self, token: &str, password: &str) -> Answer {
        let members = [("token", token), ("new_password", password)];
        self.form(RESET, &members).send().await
    }

    /// The token of a link for who forgot the password.
    async fn forgotten(&self) -> String {
        let asked = self.post("/auth/password/forgot", &json!({"email": EMAIL}));
        asked.send().await.assert_status(202);
        self.mailed_token(EMAIL).await
    }

    async fn is_verified(&self, member: &Member) -> bool {
        let me = self.get("/users/me").bearer(member).send().await;
        me.json()["email_verified"] == true
    }
}

/// A page, taken apart.
#[derive(Debug)]
struct Html(String);

impl Html {
    fn of(answer: &Answer) -> Self {
        let text = answer.text();
        assert_sound(&text);
        assert!(text.starts_with("<!DOCTYPE html>"), "{text}");
        Self(text)
    }

    fn title(&self) -> &str {
        let (_, rest) = self.0.split_once("<h1>").unwrap();
        rest.split_once("</h1>").unwrap().0
    }

    /// The members of its form that are there already, and those that a person fills in.
    fn form(&self) -> (Vec<(&str, &str)>, Vec<&str>) {
        let inputs = self.0.split("<input ").skip(1);
        let inputs: Vec<&str> = inputs.map(|it| it.split_once('>').unwrap().0).collect();
        let value = |input: &'_ str, name: &str| -> Option<(usize, usize)> {
            let start = input.find(&format!("{name}=\""))? + name.len() + 2;
            Some((start, start + input[start..].find('"')?))
        };
        let (mut filled, mut asked) = (Vec::new(), Vec::new());
        for input in inputs {
            let (from, to) = value(input, "name").unwrap();
            match value(input, "value") {
                Some((start, end)) => filled.push((&input[from..to], &input[start..end])),
                None => asked.push(&input[from..to]),
            }
        }
        (filled, asked)
    }

    /// What spoke against the password.
    fn weaknesses(&self) -> Vec<&str> {
        let Some((_, rest)) = self.0.split_once("role=\"alert\">") else {
            return Vec::new();
        };
        let (rest, _) = rest.split_once("</div>").unwrap();
        let texts = rest.split("<p>").skip(1);
        texts.map(|it| it.split_once("</p>").unwrap().0).collect()
    }
}

/// Asserts that what is opened is closed, in order, and that each attribute has its quotes.
#[track_caller]
fn assert_sound(html: &str) {
    let mut open = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").unwrap();
    while let Some((text, after)) = rest.split_once('<') {
        assert!(open.last() == Some(&"style") || !text.contains('>'));
        let (tag, after) = after.split_once('>').expect("a tag ends");
        let name = tag.split_ascii_whitespace().next().unwrap();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in {html}");
        } else if !matches!(name, "meta" | "link" | "input") {
            open.push(name);
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "<{tag}>");
        rest = after;
    }
    assert!(open.is_empty(), "{open:?} in {html}");
}

#[track_caller]
fn assert_page(answer: &Answer, status: u16, title: &str) -> Html {
    answer.assert_status(status);
    let html = Html::of(answer);
    assert_eq!(html.title(), title);
    html
}

#[tokio::test]
async fn a_link_asks_for_a_click_and_the_click_verifies_the_address() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let token = app.mailed_token(EMAIL).await;
    for _ in 0..3 {
        // What looks at links before people do uses none up.
        let page = assert_page(&app.open(VERIFY, &token).await, 200, ASKS_TO_VERIFY);
        assert_eq!(page.form(), (vec![("token", token.as_str())], vec![]));
        assert_eq!(page.0.matches(&token).count(), 1, "{page:?}");
        assert_eq!(page.0.matches("<button").count(), 1, "{page:?}");
    }
    assert!(!app.is_verified(&ada).await);

    assert_page(&app.confirm(&token).await, 200, VERIFIED);
    assert!(app.is_verified(&ada).await);
    assert_page(&app.confirm(&token).await, 400, INVALID_LINK);
}

#[tokio::test]
async fn a_link_asks_for_a_new_password_and_sets_it() {
    let app = TestApp::start().await;
    let ada = app.register("ada").await;
    let token = app.forgotten().await;
    for _ in 0..3 {
        let page = assert_page(&app.open(RESET, &token).await, 200, ASKS_PASSWORD);
        let asked = vec!["new_password"];
        assert_eq!(page.form(), (vec![("token", token.as_str())], asked));
        assert_eq!(page.0.matches(&token).count(), 1, "{page:?}");
        assert_eq!(page.weaknesses(), Vec::<&str>::new());
    }
    assert_page(&app.choose(&token, NEW).await, 200, RESET_DONE);
    app.assert_over(&ada).await;
    app.try_log_in("ada", PASSWORD).await.assert_status(401);
    app.try_log_in("ada", NEW).await.assert_status(200);
    let again = app.choose(&token, "another one that is long").await;
    assert_page(&again, 400, INVALID_LINK);
    app.try_log_in("ada", NEW).await.assert_status(200);
}

#[tokio::test]
async fn who_has_no_scripts_misses_nothing() {
    let app = TestApp::start().await;
    for page in ACCOUNT_PAGES {
        let answer = app.open(page, NOBODYS).await;
        let html = Html::of(&answer);
        // The form is sent by the browser itself, to the page it stands on, without the token in its address.
        assert!(html.0.contains("<form method=\"post\" action=\"?\">"));
        assert!(html.0.contains("<button type=\"submit\">"));
        for foreign in ["<script", "javascript:", "http:", "https:", "<noscript"] {
            assert!(!html.0.contains(foreign), "{foreign}");
        }
        let tags = html.0.split('<').filter_map(|tag| tag.split('>').next());
        for tag in tags {
            assert!(!tag.contains(" on"), "<{tag}> listens");
        }
    }
}

#[tokio::test]
async fn the_pages_may_have_their_own_style_and_nothing_else() {
    let app = TestApp::start().await;
    for page in ACCOUNT_PAGES {
        for token in [NOBODYS, ""] {
            let answer = app.open(page, token).await;
            let html = answer.text();
            let (_, style) = html.split_once("<style>").unwrap();
            let (style, rest) = style.split_once("</style>").unwrap();
            assert!(!rest.contains("<style") && !html.contains(" style="));
            let hash = STANDARD.encode(digest::digest(&digest::SHA256, style.as_bytes()));
            let policy = format!(
                "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; \
                 form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
            );
            for (name, value) in [
                ("content-security-policy", policy.as_str()),
                ("cache-control", "no-store"),
                ("referrer-policy", "no-referrer"),
                ("content-type", "text/html; charset=utf-8"),
                ("content-language", "en"),
                ("vary", "Accept-Language"),
                ("x-frame-options", "DENY"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{page}");
            }
        }
    }
}

#[tokio::test]
async fn the_language_is_that_of_whoever_asks() {
    let app = TestApp::start().await;
    for (accepted, language, titles) in [
        ("en-GB", "en", [ASKS_PASSWORD, INVALID_LINK]),
        (
            "de-AT, en;q=0.5",
            "de",
            ["Wähle ein neues Passwort", "Dieser Link gilt nicht mehr"],
        ),
        (
            "fr",
            "fr",
            [
                "Choisissez un nouveau mot de passe",
                "Ce lien n’est plus valable",
            ],
        ),
        ("tlh", "en", [ASKS_PASSWORD, INVALID_LINK]),
    ] {
        let shown = app.get(&format!("{RESET}?token={NOBODYS}"));
        let members = [("token", NOBODYS), ("new_password", NEW)];
        let sent = app.form(RESET, &members);
        for ((call, status), title) in [(shown, 200), (sent, 400)].into_iter().zip(titles) {
            let answer = call.header("accept-language", accepted).send().await;
            assert_page(&answer, status, title);
            assert_eq!(answer.header("content-language"), Some(language));
        }
    }
}

#[tokio::test]
async fn a_weak_password_is_asked_for_again_with_all_reasons_and_never_shown() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let token = app.forgotten().await;
    let long = "\u{1f511} & keys ".repeat(20);
    for (weak, reasons) in [
        ("", &["at least 8"][..]),
        ("1234", &["at least 8", "most common"]),
        ("adaada", &["at least 8", "made from"]),
        ("ada@example.com", &["made from"]),
        ("quiet\trivers run\u{7}", &["control characters"]),
        (&long, &["at most 128"]),
    ] {
        let answer = app.choose(&token, weak).await;
        let page = assert_page(&answer, 400, ASKS_PASSWORD);
        let found = page.weaknesses();
        assert_eq!(found.len(), reasons.len(), "{weak}: {found:?}");
        for reason in reasons {
            let is_told = found
                .iter()
                .any(|it| it.replace('\u{a0}', " ").contains(reason));
            assert!(is_told, "{weak}: {reason} not in {found:?}");
        }
        assert_eq!(
            page.form(),
            (vec![("token", token.as_str())], vec!["new_password"])
        );
        let (_, shown) = page.0.split_once("</style>").unwrap();
        let shown = shown.replace(&token, "");
        for part in weak.split_ascii_whitespace().filter(|part| part.len() > 3) {
            assert!(!shown.contains(part), "{part}");
        }
    }
    // None of it has used the link up.
    assert_page(&app.choose(&token, NEW).await, 200, RESET_DONE);
}

#[tokio::test]
async fn a_link_that_is_no_more_says_so() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let verifies = app.mailed_token(EMAIL).await;
    let resets = app.forgotten().await;
    // Each is for its own page.
    assert_page(&app.choose(&verifies, NEW).await, 400, INVALID_LINK);
    assert_page(&app.confirm(&resets).await, 400, INVALID_LINK);
    assert_page(&app.confirm(NOBODYS).await, 400, INVALID_LINK);
    // A weak password does not tell whether a link is one.
    assert_page(&app.choose(NOBODYS, "x").await, 400, INVALID_LINK);

    app.clock.advance(TimeDelta::days(2));
    assert_page(&app.confirm(&verifies).await, 400, INVALID_LINK);
    assert_page(&app.choose(&resets, NEW).await, 400, INVALID_LINK);
    app.try_log_in("ada", PASSWORD).await.assert_status(200);
}

#[tokio::test]
async fn what_can_be_no_token_is_refused_without_asking_anybody() {
    let app = TestApp::start().await;
    let mut queries: BTreeSet<String> = [
        "",
        "?",
        "?token",
        "?token=",
        "?Token=x",
        "?token=csl_",
        "?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "?token=%ff%00",
    ]
    .map(str::to_owned)
    .into();
    queries.extend([
        format!("?token={NOBODYS}x"),
        format!("?token={}", &NOBODYS[..46]),
        format!("?token={}%22", &NOBODYS[..46]),
        format!("?token=csr_{}", &NOBODYS[4..]),
        format!("?token={NOBODYS}&token={NOBODYS}"),
        format!("?token={NOBODYS}&token="),
    ]);
    app.break_database().await;
    for page in ACCOUNT_PAGES {
        for query in &queries {
            let answer = app.get(&format!("{page}{query}")).send().await;
            let html = assert_page(&answer, 400, INVALID_LINK);
            assert!(!html.0.contains("csl_") && !html.0.contains("alert"));
        }
        for token in ["", "x", "csl_", "\"><b>", &format!("{NOBODYS}\u{7}")] {
            let mut members = vec![("token", token)];
            if page == RESET {
                members.push(("new_password", NEW));
            }
            let answer = app.form(page, &members).send().await;
            assert_page(&answer, 400, INVALID_LINK);
        }
        // What passes a mail on may add to its links.
        let tracked = format!("{page}?utm_source=mail&token={NOBODYS}&x");
        app.get(&tracked).send().await.assert_status(200);
    }
}

#[tokio::test]
async fn head_is_get_without_the_body_and_other_methods_are_refused() {
    let app = TestApp::start().await;
    for page in ACCOUNT_PAGES {
        for query in ["", "?token=x", &format!("?token={NOBODYS}")] {
            let path = format!("{page}{query}");
            let get = app.get(&path).header("x-request-id", "same").send().await;
            let head = app.call(Method::HEAD, &path).header("x-request-id", "same");
            let head = head.send().await;
            assert_eq!((head.status, &head.headers), (get.status, &get.headers));
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
            let answer = app.call(method, page).send().await;
            answer.assert_error(405, "METHOD_NOT_ALLOWED");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
        }
        for elsewhere in [format!("/api/v1{page}"), format!("{page}/")] {
            app.get(&elsewhere)
                .send()
                .await
                .assert_error(404, "NOT_FOUND");
        }
    }
}

#[tokio::test]
async fn a_form_that_no_page_of_ours_sends_is_refused_whole() {
    let app = TestApp::start().await;
    let all = [("token", NOBODYS), ("new_password", NEW)];
    for (members, findings) in [
        (vec![], &["token: required", "new_password: required"][..]),
        (vec![all[0]], &["new_password: required"]),
        (vec![all[1]], &["token: required"]),
        (vec![all[0], all[1], all[1]], &["new_password: conflict"]),
        (vec![all[0], all[0], all[1]], &["token: conflict"]),
        (vec![all[0], all[1], ("next", "/")], &["next: unknown"]),
    ] {
        let answer = app.form(RESET, &members).send().await;
        answer.assert_findings(findings);
        assert!(!answer.text().contains(NEW) && !answer.text().contains(NOBODYS));
    }
    let answer = app.form(VERIFY, &all).send().await;
    answer.assert_findings(&["new_password: unknown"]);

    for kind in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
    ] {
        let call = app.call(Method::POST, VERIFY).header("content-type", kind);
        let answer = call.body(format!("token={NOBODYS}")).send().await;
        answer.assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let untyped = app
        .call(Method::POST, VERIFY)
        .body(format!("token={NOBODYS}"));
    untyped
        .send()
        .await
        .assert_error(415, "UNSUPPORTED_MEDIA_TYPE");
    let large = "x".repeat(app.config.server.body_limit_bytes);
    let answer = app.form(VERIFY, &[("token", &large)]).send().await;
    answer.assert_error(413, "PAYLOAD_TOO_LARGE");
    let binary = app.call(Method::POST, VERIFY).header("content-type", FORM);
    let answer = binary.body("token=%ff").send().await;
    answer.assert_error(400, "VALIDATION_ERROR");
}

#[tokio::test]
async fn an_address_may_try_only_so_often_and_may_always_look() {
    let app = TestApp::with(|config| {
        config.rate_limit.enabled = true;
        config.rate_limit.address_attempts_per_minute = 2;
    })
    .await;
    for page in ACCOUNT_PAGES {
        let client = if page == VERIFY {
            "192.0.2.1"
        } else {
            "192.0.2.2"
        };
        for _ in 0..2 {
            let call = app.form(page, &[("x", "")]).from(client);
            call.send().await.assert_status(400);
        }
        // Nothing is read of who tries too often.
        let never = Body::from_bytes_stream(stream::pending::<std::io::Result<Vec<u8>>>());
        let call = app.call(Method::POST, page).header("content-type", FORM);
        let answer = call.body(never).from(client).send().await;
        let html = assert_page(&answer, 429, TOO_MANY);
        let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert!(
            html.0.contains(&format!("{seconds}\u{a0}second")),
            "{html:?}"
        );
        for _ in 0..5 {
            let look = app.get(&format!("{page}?token={NOBODYS}")).from(client);
            look.send().await.assert_status(200);
        }
    }
}

#[tokio::test]
async fn an_outage_is_never_taken_for_a_bad_link() {
    let app = TestApp::with(|config| config.breaker.failure_threshold = 1).await;
    app.register("ada").await;
    let token = app.mailed_token(EMAIL).await;
    app.break_database().await;
    let id = Uuid::new_v4().to_string();
    let call = app.form(VERIFY, &[("token", &token)]);
    let failed = call.header("x-request-id", &id).send().await;
    assert_page(&failed, 500, UNAVAILABLE);
    assert_eq!(failed.header("retry-after"), None);
    // The cause is for the log.
    let lines = of_request(&id);
    let line = lines.iter().find(|line| line["level"] == "ERROR").unwrap();
    assert!(line["error"].is_string(), "{line}");

    for answer in [app.confirm(&token).await, app.choose(&token, NEW).await] {
        assert_page(&answer, 503, UNAVAILABLE);
        assert!(answer.header("retry-after").is_some());
    }
    // The pages themselves need no database.
    assert_page(&app.open(RESET, &token).await, 200, ASKS_PASSWORD);
}

#[tokio::test]
async fn a_password_that_can_not_be_looked_up_is_no_weak_one() {
    let app = TestApp::with(|config| {
        config.breaker.failure_threshold = 1000;
        config.pwned_passwords.on_unavailable = OnUnavailable::Reject;
    })
    .await;
    app.register("ada").await;
    let token = app.forgotten().await;
    let mut config = app.config.clone();
    config.pwned_passwords.enabled = Some(true);
    config.pwned_passwords.url = "http://127.0.0.1:1/range/".to_owned().try_into().unwrap();
    let app = app.restart(config).await;
    assert_page(&app.choose(&token, NEW).await, 503, UNAVAILABLE);
}

#[tokio::test]
async fn a_form_that_does_not_arrive_is_answered_as_everywhere() {
    let app = TestApp::with(|config| config.server.timeout_seconds = 1).await;
    let never = Body::from_bytes_stream(stream::pending::<std::io::Result<Vec<u8>>>());
    let call = app.call(Method::POST, VERIFY).header("content-type", FORM);
    let answer = call.body(never).send().await;
    answer.assert_error(408, "REQUEST_TIMEOUT");
}

#[tokio::test]
async fn neither_token_nor_password_is_logged() {
    let app = TestApp::start().await;
    app.register("ada").await;
    let token = app.forgotten().await;
    let weak = "s3ntin3l";
    let new = format!("sentinel {}", Uuid::new_v4());
    let id = Uuid::new_v4().to_string();
    let open = app.get(&format!("{RESET}?token={token}"));
    open.header("x-request-id", &id).send().await;
    for password in [&format!("{weak}\t"), &new, &new] {
        let members = [("token", token.as_str()), ("new_password", password)];
        let call = app.form(RESET, &members).header("x-request-id", &id);
        call.send().await;
    }
    let lines = of_request(&id);
    let lines: Vec<&Value> = lines
        .iter()
        .filter(|it| it["status_code"].is_u64())
        .collect();
    let mut told = String::new();
    for line in &lines {
        assert_eq!(line["endpoint"], RESET);
        write!(told, "{} ", line["status_code"]).unwrap();
    }
    assert_eq!(told, "200 400 200 400 ");
    let heard = everything();
    for secret in [&token[4..], weak, &new] {
        assert!(!heard.contains(secret));
    }
}

#[tokio::test]
async fn the_pages_are_counted_under_their_addresses() {
    let app = TestApp::start().await;
    app.open(VERIFY, NOBODYS).await;
    app.confirm(NOBODYS).await;
    let figures = app.get("/metrics").send().await.text();
    for (method, status) in [("GET", 200), ("POST", 400)] {
        let is_counted = figures.lines().any(|line| {
            [VERIFY, method, &status.to_string()]
                .iter()
                .all(|part| line.contains(&format!("\"{part}\"")))
        });
        assert!(is_counted, "{method} {status}");
    }
    assert!(!figures.contains("csl_"));
}

/// Links that were sent before `app_url` was set lead here, and it may be but another name of the service.
#[tokio::test]
async fn the_pages_are_there_wherever_new_links_lead() {
    let elsewhere = |config: &mut Config| {
        let url = "https://app.example.com".to_owned();
        config.mail.app_url = Some(url.try_into().unwrap());
    };
    let app = TestApp::with(elsewhere).await;
    app.register("ada").await;
    let token = app.mailed_token(EMAIL).await;
    assert_page(&app.open(VERIFY, &token).await, 200, ASKS_TO_VERIFY);
    assert_page(&app.confirm(&token).await, 200, VERIFIED);
}

#[tokio::test]
async fn the_pages_are_not_in_the_document() {
    let app = TestApp::start().await;
    let document = app.get("/openapi.json").send().await.text();
    assert!(!document.contains("/account/"));
}
