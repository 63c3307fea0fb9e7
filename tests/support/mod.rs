//! What tests are written with: an application of their own, and a client that holds every answer against
//! the contract.

pub mod compatibility;
pub mod database;
pub mod logs;
pub mod mail_server;
// The fuzz targets start no process, and have none built for them.
#[cfg(not(fuzzing))]
pub mod process;
#[cfg(not(fuzzing))]
pub mod proxy;
pub mod range_server;
pub mod spec;

use std::net::{IpAddr, SocketAddr};
use std::panic::Location;
use std::time::Duration;

use chrono::TimeDelta;
use countersign::app::App;
use countersign::config::{Config, Environment};
use countersign::model::{Clock, Email, Password, UserId, Username};
use countersign::service::accounts::NewAccount;
use countersign::service::administration::{Actor, UserUpdate};
use countersign::service::password_reset::Handover;
use countersign::service::{Administration, Delivery};
use countersign::store::Store;
use countersign::telemetry::metrics::Metrics;
use futures_util::future::BoxFuture;
use poem::endpoint::BoxEndpoint;
use poem::http::uri::Scheme;
use poem::http::{self, HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Endpoint, EndpointExt, Request, Response};
use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, Statement};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use self::database::TestDatabase;
use self::mail_server::Received;

/// A password that the policy accepts for everybody.
pub const PASSWORD: &str = "wide quiet rivers run deep";
/// A secret like one that an operator would set.
pub const SECRET: &str = "dGVzdHMgbmVlZCBhIHNlY3JldCB0aGF0IGlzIGxvbmcgZW5vdWdo";

/// A running application with a database of its own.
pub struct TestApp {
    /// Moves the application's time.
    pub clock: Clock,
    /// The configuration it was built with.
    pub config: Config,
    app: App,
    endpoint: BoxEndpoint<'static, Response>,
    database: TestDatabase,
}

/// A person with tokens.
#[derive(Clone, Debug)]
pub struct Member {
    /// The whole `TokenResponse`.
    pub tokens: Value,
}

impl Member {
    /// The access token.
    pub fn access_token(&self) -> &str {
        self.tokens["access_token"].as_str().unwrap()
    }

    /// The refresh token.
    pub fn refresh_token(&self) -> &str {
        self.tokens["refresh_token"].as_str().unwrap()
    }

    /// The account's id.
    pub fn id(&self) -> UserId {
        UserId(self.tokens["user"]["id"].as_str().unwrap().parse().unwrap())
    }
}

/// The configuration of tests: quick hashes, a secret, no log files, and nobody held up by how much others try.
pub fn test_config(database: &TestDatabase) -> Config {
    let mut config = Config {
        environment: Environment::Test,
        ..Config::default()
    };
    config.database.url = database.url().into();
    let outbox = database.folder().join("outbox");
    config.mail.url = format!("file://{}", outbox.display()).try_into().unwrap();
    config.tokens.secret = Some(SECRET.into());
    config.password.memory_kib = 64;
    config.password.iterations = 1;
    // What breaks on purpose is to be seen broken, however often it is asked.
    config.breaker.failure_threshold = 10_000;
    config.rate_limit.enabled = false;
    config
}

impl TestApp {
    /// An application as configured by default.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// An application with another configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        logs::capture();
        let database = TestDatabase::create().await;
        let mut config = test_config(&database);
        change(&mut config);
        Self::on(database, config).await
    }

    /// An application on a database that exists already.
    pub fn on(database: TestDatabase, config: Config) -> BoxFuture<'static, Self> {
        logs::capture();
        let clock = Clock::default();
        Box::pin(async move {
            let app = Box::pin(App::build(&config, clock.clone())).await.unwrap();
            let endpoint = app.endpoint().boxed();
            Self {
                clock,
                config,
                app,
                endpoint,
                database,
            }
        })
    }

    /// The same application after a restart with another configuration.
    pub fn restart(self, config: Config) -> BoxFuture<'static, Self> {
        let Self { app, database, .. } = self;
        Box::pin(async move {
            app.store().clone().close().await.unwrap();
            Self::on(database, config).await
        })
    }

    /// The folder of its database.
    pub fn folder(&self) -> &std::path::Path {
        self.database.folder()
    }

    /// Drops the application, and keeps its database.
    pub fn ends(self) -> TestDatabase {
        self.database
    }

    /// Another instance of the same application, on the same database.
    pub async fn another_instance(&self) -> Self {
        Self::on(self.database.clone(), self.config.clone()).await
    }

    /// What the application counts.
    pub fn metrics(&self) -> &Metrics {
        self.app.metrics()
    }

    /// Sends the spans that wait, as at a stop.
    pub async fn stop_traces(&self) {
        self.app.traces().stop().await;
    }

    /// Does what the application does every hour.
    pub async fn keep_house(&self) {
        self.app.housekeeping().tidy().await.unwrap();
    }

    /// A connection beside those of the application.
    pub async fn connect(&self) -> DatabaseConnection {
        self.database.connect().await
    }

    /// A transaction that writes, beside those of the application.
    pub async fn begin_write(&self) -> DatabaseTransaction {
        self.database.begin_write().await
    }

    /// Changes the database behind the application's back.
    pub async fn execute(&self, statement: &str) {
        let connection = self.database.connect().await;
        connection.execute_unprepared(statement).await.unwrap();
        connection.close().await.unwrap();
    }

    /// A text in the first row that a query finds, behind the application's back.
    pub async fn query_text(&self, query: &str, column: &str) -> String {
        let connection = self.database.connect().await;
        let query = Statement::from_string(connection.get_database_backend(), query);
        let row = connection.query_one_raw(query).await.unwrap().unwrap();
        connection.close().await.unwrap();
        row.try_get("", column).unwrap()
    }

    /// Whether the application's database is an SQLite file.
    pub fn is_sqlite(&self) -> bool {
        self.config.database.is_sqlite()
    }

    /// An id as it is written in a statement.
    pub fn literal(&self, id: Uuid) -> String {
        if self.is_sqlite() {
            format!("X'{}'", id.simple())
        } else {
            format!("'{id}'")
        }
    }

    /// How many rows a table has, where a condition holds.
    pub async fn count(&self, table: &str, condition: &str) -> String {
        let query = format!("SELECT CAST(count(*) AS TEXT) AS n FROM {table} WHERE {condition}");
        self.query_text(&query, "n").await
    }

    /// Tries to log in by user name.
    pub async fn try_log_in(&self, name: &str, password: &str) -> Answer {
        let body = json!({"username": name, "password": password});
        self.post("/auth/login", &body).send().await
    }

    /// Expects that a session is over: neither of its tokens works.
    #[track_caller]
    pub fn assert_over<'a>(&'a self, member: &'a Member) -> impl Future<Output = ()> + 'a {
        self.assert_session(member, false)
    }

    /// Expects that a session goes on. Its refresh token is used.
    #[track_caller]
    pub fn assert_goes_on<'a>(&'a self, member: &'a Member) -> impl Future<Output = ()> + 'a {
        self.assert_session(member, true)
    }

    #[track_caller]
    fn assert_session<'a>(
        &'a self,
        member: &'a Member,
        goes_on: bool,
    ) -> impl Future<Output = ()> + 'a {
        let place = Location::caller();
        async move {
            let asked = self.get("/users/me").bearer(member).send().await;
            let refreshed = self.refresh(member.refresh_token()).await;
            for answer in [asked, refreshed] {
                let expected = if goes_on { 200 } else { 401 };
                assert_eq!(answer.status, expected, "at {place}: {}", answer.text());
                if !goes_on {
                    let code = &answer.json()["error_code"];
                    assert_eq!(code, "SESSION_REVOKED", "at {place}");
                }
            }
        }
    }

    /// What the application remembers, to arrange what no operation does yet.
    pub fn store(&self) -> &Store {
        self.app.store()
    }

    /// What administrators and operators do.
    pub fn administration(&self) -> &Administration {
        &self.app.services().administration
    }

    /// Registers `NAME@example.com` with the user name `NAME`.
    pub async fn register(&self, name: &str) -> Member {
        let body = json!({
            "email": format!("{name}@example.com"), "username": name, "password": PASSWORD,
        });
        let answer = self.post("/auth/register", &body).send().await;
        answer.assert_status(201);
        Member {
            tokens: answer.json(),
        }
    }

    /// Logs in by user name.
    pub async fn log_in(&self, name: &str) -> Member {
        let body = json!({"username": name, "password": PASSWORD});
        let answer = self.post("/auth/login", &body).send().await;
        answer.assert_status(200);
        Member {
            tokens: answer.json(),
        }
    }

    /// Exchanges a refresh token.
    pub async fn refresh(&self, token: &str) -> Answer {
        self.post("/auth/refresh", &json!({"refresh_token": token}))
            .send()
            .await
    }

    /// Registers a person and makes them a superuser.
    pub async fn register_superuser(&self, name: &str) -> Member {
        let member = self.register(name).await;
        let update = UserUpdate {
            is_superuser: Some(true),
            ..UserUpdate::default()
        };
        let administration = &self.app.services().administration;
        administration
            .update(Actor::Operator, member.id(), &update)
            .await
            .unwrap();
        member
    }

    /// Makes a superuser `root` where nobody can register, and logs them in.
    pub async fn seed_superuser(&self) -> Member {
        let email = Email::parse("root@example.com").unwrap();
        let username = Username::parse("root").unwrap();
        let policy = self.config.password.policy();
        let password = Password::new(PASSWORD);
        let password = policy.accept(password, &email, Some(&username)).unwrap();
        let account = NewAccount {
            email,
            username: Some(username),
            password: Some(password),
        };
        let administration = &self.app.services().administration;
        administration
            .create(Actor::Operator, account, true, true)
            .await
            .unwrap();
        self.log_in("root").await
    }

    /// Makes an account inactive, which ends its sessions.
    pub async fn deactivate(&self, member: &Member) {
        let update = UserUpdate {
            is_active: Some(false),
            ..UserUpdate::default()
        };
        let administration = &self.app.services().administration;
        administration
            .update(Actor::Operator, member.id(), &update)
            .await
            .unwrap();
    }

    /// The session that a person is using.
    pub async fn session_of(&self, member: &Member) -> Uuid {
        let answer = self.get("/users/me/sessions").bearer(member).send().await;
        answer.assert_status(200);
        let sessions = answer.json();
        let sessions = sessions["items"].as_array().unwrap();
        let current = sessions.iter().find(|session| session["current"] == true);
        current.unwrap()["id"].as_str().unwrap().parse().unwrap()
    }

    /// A token that sets a new password for an account.
    pub async fn start_password_reset(&self, id: UserId) -> String {
        let resets = &self.app.services().password_reset;
        let started = resets.start(Actor::Operator, id, Handover::Answer);
        let token = started.await.unwrap().token.unwrap();
        token.expose_secret().to_owned()
    }

    /// What sends mail.
    pub fn delivery(&self) -> &Delivery {
        self.app.delivery()
    }

    /// Sends what is in the outbox, what was just asked for as well.
    pub async fn deliver(&self) {
        self.clock.advance(TimeDelta::seconds(3));
        self.app.delivery().deliver_due().await.unwrap();
    }

    /// The mails that were put into files for this address, the oldest first, after the outbox was emptied.
    pub async fn mails_to(&self, address: &str) -> Vec<Received> {
        self.deliver().await;
        let files = std::fs::read_dir(self.folder().join("outbox")).unwrap();
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        // Each has the id of its mail for a name.
        files.sort();
        let mails = files.iter().map(|file| Received::from_file(file));
        mails
            .filter(|mail| mail.to.iter().any(|to| to == address))
            .collect()
    }

    /// The token in the last mail to this address.
    pub async fn mailed_token(&self, address: &str) -> String {
        let mails = self.mails_to(address).await;
        mails.last().expect("a mail").token()
    }

    /// Makes every further question to the database fail.
    pub async fn break_database(&self) {
        self.store().clone().close().await.unwrap();
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    /// A DELETE request.
    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    /// A PATCH request with a JSON body.
    pub fn patch(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::PATCH, path).json(body)
    }

    /// A POST request with a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        self.call(Method::POST, path).json(body)
    }

    /// A request with any method, without a body.
    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call {
            app: self,
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            names_its_host: true,
            body: Body::empty(),
            client: None,
        }
    }
}

/// A request in the making.
pub struct Call<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: HeaderMap,
    names_its_host: bool,
    body: Body,
    client: Option<IpAddr>,
}

impl Call<'_> {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        self.headers.append(name, value);
        self
    }

    /// Sends these headers and no others, be there a `Host` among them or not.
    #[must_use]
    pub fn only_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self.names_its_host = false;
        self
    }

    /// Sends the access token of `member`.
    #[must_use]
    pub fn bearer(self, member: &Member) -> Self {
        self.token(member.access_token())
    }

    /// Sends a bearer token.
    #[must_use]
    pub fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Sends a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// Sends a body; says nothing of its type.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// Comes from this address.
    #[must_use]
    pub fn from(mut self, address: &str) -> Self {
        self.client = Some(address.parse().unwrap());
        self
    }

    /// Sends the request, and holds the answer against the contract.
    pub async fn send(self) -> Answer {
        let mut head = http::Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .body(())
            .unwrap();
        *head.headers_mut() = self.headers;
        if self.names_its_host {
            head.headers_mut()
                .entry(header::HOST)
                .or_insert(HeaderValue::from_static("localhost"));
        }
        let client = self.client.map(|address| SocketAddr::new(address, 50_000));
        let client = client.map_or_else(RemoteAddr::default, |address| {
            RemoteAddr(Addr::SocketAddr(address))
        });
        let head = (
            head.into_parts().0,
            LocalAddr::default(),
            client,
            Scheme::HTTP,
        );
        let request = Request::from_parts(head.into(), self.body);
        let response = self.app.endpoint.get_response(request).await;
        let answer = Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: response.into_body().into_vec().await.unwrap(),
        };
        spec::hold(&self.method, &self.path, &answer);
        answer
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Expects a status.
    #[track_caller]
    pub fn assert_status(&self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
    }

    /// Expects an error.
    #[track_caller]
    pub fn assert_error(&self, status: u16, code: &str) {
        self.assert_status(status);
        assert_eq!(self.json()["error_code"], code, "{}", self.text());
    }

    /// Expects a 400 with exactly these findings, as `field: code`.
    #[track_caller]
    pub fn assert_findings(&self, expected: &[&str]) {
        self.assert_error(400, "VALIDATION_ERROR");
        let problem = self.json();
        let mut found: Vec<String> = problem["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| {
                let text = |name: &str| error[name].as_str().unwrap().to_owned();
                format!("{}: {}", text("field"), text("code"))
            })
            .collect();
        found.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected, "{problem}");
    }
}

/// An id that belongs to nothing.
pub fn unknown_id() -> Uuid {
    Uuid::now_v7()
}

/// Patience with things that happen elsewhere.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Whether a response names the type of its body as JSON.
pub fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.to_str().unwrap().starts_with("application/json"))
}
