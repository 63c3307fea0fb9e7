//! What a request costs where it is hot: tokens, passwords, what is round every operation, and what the
//! database is asked.
//!
//! `just bench`; a name after it picks some.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark that can't go on stops, and criterion's macros make undocumented items"
)]

use std::hint::black_box;
use std::sync::Arc;

use chrono::TimeDelta;
use countersign::app::App;
use countersign::config::{self, Config};
use countersign::model::{
    AcceptedPassword, Clock, Device, Email, Identifier, Page, Password, PasswordHash, Session,
    User, UserFilter,
};
use countersign::resilience::breaker::Breakers;
use countersign::service::access_token::AccessTokens;
use countersign::service::accounts::NewAccount;
use countersign::service::keys::Keys;
use countersign::service::passwords::Passwords;
use countersign::service::refresh_token::{Presented, RefreshTokens};
use countersign::service::registration::Registered;
use countersign::service::signing_key::{KeyAlgorithm, SigningKey, SigningKeys, generate};
use countersign::store::Store;
use countersign::telemetry::metrics::Metrics;
use criterion::{Criterion, criterion_group, criterion_main};
use poem::http::Method;
use poem::{Endpoint, Request};
use secrecy::ExposeSecret;
use tokio::runtime::Runtime;

const SECRET: &str = "YmVuY2htYXJrcyBuZWVkIGEgc2VjcmV0IGFzIHdlbGw";
/// In the database that is asked.
const ACCOUNTS: usize = 10_000;
const PASSWORD: &str = "wide quiet rivers run deep";

fn email() -> Email {
    Email::parse("ada@example.com").unwrap()
}

fn account() -> NewAccount {
    NewAccount {
        email: email(),
        username: None,
        password: Some(accepted()),
    }
}

fn accepted() -> AcceptedPassword {
    let policy = config::Password::default().policy();
    let password = Password::new(PASSWORD);
    policy.accept(password, &email(), None).unwrap()
}

fn user_and_session() -> (User, Session) {
    let now = Clock::default().now();
    let user = User::new(email(), None, None, now);
    let session = Session::new(user.id, Device::default(), now, now + TimeDelta::days(7));
    (user, session)
}

fn access_tokens(criterion: &mut Criterion, name: &str, keys: SigningKeys) {
    let now = Clock::default().now();
    let (user, session) = user_and_session();
    let access = AccessTokens::new(keys, "countersign", "countersign");
    let issue = || {
        access
            .issue(&user, &session, now, now + TimeDelta::minutes(30))
            .unwrap()
    };
    criterion.bench_function(&format!("access token, {name}: issue"), |bencher| {
        bencher.iter(issue);
    });
    let token = issue();
    criterion.bench_function(&format!("access token, {name}: verify"), |bencher| {
        bencher.iter(|| {
            access
                .verify(black_box(token.expose_secret()), now)
                .unwrap()
        });
    });
}

fn tokens(criterion: &mut Criterion) {
    let keys = Keys::derive(SECRET.into());
    access_tokens(criterion, "HS256", SigningKey::shared(&keys).into());
    for algorithm in KeyAlgorithm::ALL {
        let pem = generate(algorithm).unwrap().pem;
        let key = SigningKey::from_pem(pem.expose_secret().as_bytes()).unwrap();
        access_tokens(criterion, algorithm.name(), key.into());
    }

    let (_, session) = user_and_session();
    let refresh = RefreshTokens::new(&keys);
    let issue = || {
        refresh.issue(Presented {
            session_id: session.id,
            generation: black_box(7),
        })
    };
    criterion.bench_function("refresh token: issue", |bencher| bencher.iter(issue));
    let token = issue();
    criterion.bench_function("refresh token: verify", |bencher| {
        bencher.iter(|| refresh.verify(black_box(token.expose_secret())).unwrap());
    });
}

fn passwords(criterion: &mut Criterion) {
    let policy = config::Password::default().policy();
    let password = Password::new(PASSWORD);
    criterion.bench_function("password: policy", |bencher| {
        bencher.iter(|| policy.weaknesses(black_box(&password), &["ada@example.com", "ada"]));
    });

    let runtime = Runtime::new().unwrap();
    let passwords = Passwords::new(&config::Password::default(), Metrics::default()).unwrap();
    let hash: PasswordHash = runtime.block_on(passwords.hash(&accepted())).unwrap();
    let mut group = criterion.benchmark_group("password");
    group.sample_size(20);
    group.bench_function("verify", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| passwords.verify(&password, Some(&hash)));
    });
    group.finish();
}

fn requests(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.database.url = format!("sqlite://{}/bench.db", folder.path().display()).into();
    config.tokens.secret = Some(SECRET.into());
    let outbox = format!("file://{}/outbox", folder.path().display());
    config.mail.url = outbox.try_into().unwrap();
    let (endpoint, token) = runtime.block_on(async {
        let app = Box::pin(App::build(&config, Clock::default()))
            .await
            .unwrap();
        let registration = &app.services().registration;
        let registered = registration.register(account(), Device::default());
        let Ok(Registered::LoggedIn(grant)) = registered.await else {
            panic!("nobody has to verify an address here");
        };
        (app.endpoint(), grant.access_token)
    });
    let authorization = format!("Bearer {}", token.expose_secret());
    let get = |path: &str| Request::builder().uri_str(path).header("host", "localhost");
    let refresh = |body: &'static str| {
        let request = get("/auth/refresh").method(Method::POST);
        request.content_type("application/json").body(body)
    };
    let requests: [(&str, &dyn Fn() -> Request); 5] = [
        ("edge: an address where nothing is", &|| {
            get("/nowhere").finish()
        }),
        ("edge: GET /health/live", &|| get("/health/live").finish()),
        ("extractor: a body with three flaws", &|| {
            refresh(r#"{"refresh_token": 1, "token": "", "refresh": {}}"#)
        }),
        (
            "extractor: a body that is fine, with a token that is not",
            &|| refresh(r#"{"refresh_token": "csr_0000000000000000000000000000000000000000000"}"#),
        ),
        ("GET /users/me on SQLite", &|| {
            let request = get("/users/me");
            request.header("authorization", &authorization).finish()
        }),
    ];
    for (name, request) in requests {
        criterion.bench_function(name, |bencher| {
            bencher
                .to_async(&runtime)
                .iter(|| endpoint.get_response(request()));
        });
    }
}

/// What the database is asked most, with enough accounts in it that an index is worth it.
fn queries(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.database.url = format!("sqlite://{}/bench.db", folder.path().display()).into();
    let breakers = Arc::new(Breakers::new(&config.breaker, &Clock::default()));
    let (store, sessions) = runtime.block_on(async {
        let store = Store::open(&config.database, breakers).await.unwrap();
        store.migrate_up().await.unwrap();
        let now = Clock::default().now();
        let change = store.change().await.unwrap();
        let mut sessions = Vec::new();
        for number in 0..ACCOUNTS {
            let email = Email::parse(&format!("somebody{number}@example.com")).unwrap();
            let user = User::new(email, None, None, now);
            change.insert_user(&user).await.unwrap();
            let session = Session::new(user.id, Device::default(), now, now + TimeDelta::days(7));
            change.insert_session(&session).await.unwrap();
            sessions.push(session);
        }
        change.commit().await.unwrap();
        (store, sessions)
    });
    let mut turn = sessions.iter().cycle();
    criterion.bench_function("store, SQLite: whose a session is", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            let session = turn.next().unwrap();
            store.find_owner(session.id)
        });
    });
    let name = Identifier::Email("Somebody777@example.com".to_owned());
    criterion.bench_function("store, SQLite: an account by its address", |bencher| {
        bencher.to_async(&runtime).iter(|| store.find_user(&name));
    });
    for prefix in ["somebody777", "some"] {
        let filter = UserFilter {
            prefix: Some(prefix.to_owned()),
            is_active: None,
        };
        let page = Page {
            limit: 20,
            before: None,
        };
        let name = format!("store, SQLite: accounts that begin with {prefix}");
        criterion.bench_function(&name, |bencher| {
            bencher
                .to_async(&runtime)
                .iter(|| store.users(&filter, page));
        });
    }
    let mut session = sessions.last().unwrap().clone();
    criterion.bench_function("store, SQLite: a refresh, made durable", |bencher| {
        bencher.iter(|| {
            let expected = session.generation;
            session.generation += 1;
            let written = store.advance_session(&session, expected);
            assert!(runtime.block_on(written).unwrap());
        });
    });
}

criterion_group!(benches, tokens, passwords, requests, queries);
criterion_main!(benches);
