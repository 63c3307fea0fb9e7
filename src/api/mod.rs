//! HTTP: one file per resource, and what all resources share.
//!
//! An operation parses, names the caller, asks a service and answers. Its return type says everything it
//! can answer: its own answers in one `ApiResponse` enum, the shared refusals in [`failure::Failure`].

pub mod account;
mod account_pages;
pub mod admin_users;
pub mod attempt;
pub mod audit;
pub mod auth;
pub mod body;
pub mod caller;
pub mod circuit_breakers;
mod client_address;
mod cors;
pub mod described;
pub mod document;
mod edge;
mod email_text;
mod event_name;
pub mod failure;
mod host;
pub mod mail_outbox;
pub mod metrics;
mod pages;
mod parameters;
pub mod problem;
mod rules;
mod secret_text;
mod security_headers;
pub mod sessions;
pub mod status;
pub mod well_known;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, Response, Route, get};
use poem_openapi::{OpenApi, OpenApiService, Tags};

use self::account::AccountApi;
use self::account_pages::AccountPages;
use self::admin_users::AdminUsersApi;
use self::audit::AuditApi;
use self::auth::AuthApi;
use self::body::Limits;
use self::circuit_breakers::CircuitBreakersApi;
use self::client_address::Proxies;
use self::cors::Cors;
use self::document::{Document, PREFIXES};
use self::edge::{Edge, RouteTable};
use self::mail_outbox::MailOutboxApi;
use self::metrics::MetricsApi;
use self::pages::Page;
use self::sessions::SessionsApi;
use self::status::StatusApi;
use self::well_known::{Discovery, WellKnownApi};
use crate::config::CorsOrigins;
use crate::model::Clock;
use crate::service::paging::Cursors;
use crate::service::{
    Addresses, Administration, Audit, CircuitBreakers, Health, Login, MailRequests, OutboxList,
    PasswordReset, Profile, Registration, Sessions, Texts, Verification,
};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::traces::Traces;

/// What operations are grouped by.
#[derive(Tags)]
enum Tag {
    /// Registering, logging in and out, and staying logged in.
    Authentication,
    /// A person's own account.
    Account,
    /// The devices on which a person is logged in.
    Sessions,
    /// Everybody's accounts, and what happened to them. For superusers.
    Administration,
    /// What others need to verify access tokens themselves.
    Keys,
    /// The service itself.
    Service,
}

/// All operations. The order is that of the documentation.
type Operations = (
    AuthApi,
    AccountApi,
    SessionsApi,
    AdminUsersApi,
    AuditApi,
    MailOutboxApi,
    CircuitBreakersApi,
    WellKnownApi,
    StatusApi,
    MetricsApi,
);

/// Paths of the operations that probes call, too often to be worth a line.
const PROBES: [&str; 4] = ["/", "/health", "/health/live", metrics::PATH];

/// The services that the operations ask.
#[derive(Clone, Debug)]
pub struct Services {
    /// Creates accounts.
    pub registration: Arc<Registration>,
    /// Logs in.
    pub login: Arc<Login>,
    /// Knows who is logged in.
    pub sessions: Arc<Sessions>,
    /// Sets new passwords by links.
    pub password_reset: Arc<PasswordReset>,
    /// Verifies addresses.
    pub verification: Arc<Verification>,
    /// Takes requests for mail.
    pub mail_requests: Arc<MailRequests>,
    /// Changes people's own accounts.
    pub profile: Arc<Profile>,
    /// Administers everybody's accounts.
    pub administration: Arc<Administration>,
    /// Knows what happened.
    pub audit: Arc<Audit>,
    /// Shows what is in the outbox.
    pub outbox: Arc<OutboxList>,
    /// Looks after the circuit breakers.
    pub breakers: Arc<CircuitBreakers>,
    /// Leads from page to page of a list.
    pub cursors: Cursors,
    /// Bounds what one client address may ask for.
    pub addresses: Arc<Addresses>,
    /// Knows the state of the service.
    pub health: Arc<Health>,
    /// Writes the pages that links in mails lead to.
    pub texts: Texts,
}

/// How HTTP is to be served.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The clock that requests go by.
    pub clock: Clock,
    /// How long one request may take.
    pub timeout: Duration,
    /// What request bodies are held to.
    pub limits: Limits,
    /// The proxies that are believed when they say whom they ask for.
    pub proxies: Vec<IpNet>,
    /// Whose pages may read answers in a browser.
    pub origins: CorsOrigins,
    /// Whether clients reach the service by HTTPS.
    pub is_https: bool,
    /// Whether the documentation pages are served.
    pub docs: bool,
    /// What is told to those who verify access tokens themselves.
    pub discovery: Discovery,
    /// Where requests are counted.
    pub metrics: Metrics,
    /// Whether these figures are served among everything else.
    pub serves_metrics: bool,
    /// Where the spans of requests go.
    pub traces: Traces,
}

/// The OpenAPI document of all operations.
///
/// # Errors
/// When the generator writes what can't be read; a test shows that it does not.
pub fn document() -> Result<Document, serde_json::Error> {
    Document::of::<Operations>()
}

/// Everything that is served: the operations under both prefixes, the documentation, and the pages that links
/// in mails lead to.
#[must_use]
pub fn endpoint(
    services: Services,
    settings: &Settings,
) -> impl Endpoint<Output = Response> + use<> {
    let sessions = Arc::clone(&services.sessions);
    let account_pages = AccountPages::new(
        services.texts,
        Arc::clone(&services.verification),
        Arc::clone(&services.password_reset),
        settings.limits.passwords,
    );
    let operations: Operations = (
        AuthApi {
            registration: services.registration,
            login: services.login,
            sessions: Arc::clone(&sessions),
            password_reset: Arc::clone(&services.password_reset),
            verification: services.verification,
            mail_requests: services.mail_requests,
            passwords: settings.limits.passwords,
        },
        AccountApi {
            profile: services.profile,
            audit: Arc::clone(&services.audit),
        },
        SessionsApi {
            sessions: Arc::clone(&sessions),
        },
        AdminUsersApi {
            administration: services.administration,
            password_reset: services.password_reset,
            cursors: services.cursors,
            passwords: settings.limits.passwords,
        },
        AuditApi {
            audit: services.audit,
        },
        MailOutboxApi {
            outbox: services.outbox,
        },
        CircuitBreakersApi {
            breakers: Arc::clone(&services.breakers),
        },
        WellKnownApi::new(&settings.discovery),
        StatusApi {
            health: services.health,
            breakers: services.breakers,
            docs: settings.docs,
        },
        MetricsApi {
            metrics: settings.serves_metrics.then(|| settings.metrics.clone()),
        },
    );
    let mut routes = route_table::<Operations>(&PREFIXES);
    let operations = Arc::new(poem::IntoEndpoint::into_endpoint(OpenApiService::new(
        operations, "", "",
    )));
    let mut route = Route::new();
    for (path, page) in documentation(settings.docs) {
        routes.insert(path.to_owned(), &[Method::GET], false);
        route = route.at(path, get(page));
    }
    for (path, page) in account_pages.by_path() {
        routes.insert(path.to_owned(), &[Method::GET, Method::POST], true);
        route = route.at(path, get(page.clone()).post(page));
    }
    for prefix in PREFIXES {
        route = route.nest(prefix, Arc::clone(&operations));
    }
    route
        .data(sessions)
        .data(services.addresses)
        .with(edge(settings, routes))
        .map_to_response()
}

/// The figures alone, for a listener of their own.
#[must_use]
pub fn metrics_endpoint(settings: &Settings) -> impl Endpoint<Output = Response> + use<> {
    let metrics = Some(settings.metrics.clone());
    let operation = OpenApiService::new(MetricsApi { metrics }, "", "");
    let routes = route_table::<MetricsApi>(&["/"]);
    let route = Route::new().nest("/", operation);
    route.with(edge(settings, routes)).map_to_response()
}

fn edge(settings: &Settings, routes: RouteTable) -> Edge {
    Edge {
        clock: settings.clock.clone(),
        timeout: settings.timeout,
        limits: settings.limits,
        routes: Arc::new(routes),
        proxies: Arc::new(Proxies::new(settings.proxies.clone())),
        cors: Cors::new(settings.origins.clone()),
        is_https: settings.is_https,
        metrics: settings.metrics.clone(),
        traces: settings.traces.clone(),
    }
}

fn documentation(pages: bool) -> Vec<(&'static str, Page)> {
    let mut served = vec![
        ("/openapi.json", Page::json()),
        ("/openapi.yaml", Page::yaml()),
    ];
    if pages {
        served.push(("/docs", Page::swagger_ui()));
        served.push(("/redoc", Page::redoc()));
    }
    served
}

/// What is known of the addresses of `T`'s operations, under all of `prefixes`.
fn route_table<T: OpenApi>(prefixes: &[&str]) -> RouteTable {
    let mut table = RouteTable::default();
    let paths = T::meta().into_iter().flat_map(|api| api.paths);
    for path in paths {
        let methods: Vec<Method> = path
            .operations
            .iter()
            .map(|operation| operation.method.clone())
            .collect();
        for prefix in prefixes {
            let prefix = prefix.trim_end_matches('/');
            let is_logged = !PROBES.contains(&path.path.as_str());
            table.insert(format!("{prefix}{}", path.path), &methods, is_logged);
            if path.path == "/" && !prefix.is_empty() {
                // The router takes the prefix alone for its root as well.
                table.insert(prefix.to_owned(), &methods, is_logged);
            }
        }
    }
    table
}
