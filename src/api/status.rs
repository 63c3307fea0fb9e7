//! What the service says of itself.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::Tag;
use super::circuit_breakers::BreakerState;
use super::described::described;
use super::failure::Failure;
use super::problem::Problem;
use super::wire::Nullable;
use crate::service::health::DatabaseHealth;
use crate::service::{CircuitBreakers, Health};

/// The name of the program.
const NAME: &str = "countersign";
/// The version of the running program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What runs here, and where to read on.
#[derive(Object)]
#[oai(example)]
pub struct ServiceInfo {
    /// Name of the program.
    service: String,
    /// Version of the program.
    version: String,
    /// Where the documentation is; `null` where it is not served.
    docs: Nullable<String>,
    /// Where the OpenAPI document is.
    openapi: String,
    /// Where the state of the service is.
    health: String,
}

impl ServiceInfo {
    fn new(docs: bool) -> Self {
        Self {
            service: NAME.into(),
            version: VERSION.into(),
            docs: Nullable(docs.then(|| "/docs".into())),
            openapi: "/openapi.json".into(),
            health: "/health".into(),
        }
    }
}

impl Example for ServiceInfo {
    fn example() -> Self {
        Self::new(true)
    }
}

described! {
    /// Whether something can be used.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
    #[oai(rename_all = "snake_case")]
    pub enum HealthStatus {
        /// It can.
        Ok,
        /// It can't.
        Unavailable,
    }
}

/// The state of the service.
#[derive(Object)]
#[oai(example)]
pub struct HealthResponse {
    /// Whether requests can be served.
    status: HealthStatus,
    /// Version of the program.
    version: String,
    /// Time since the start, in seconds.
    uptime_seconds: u64,
    /// What the service needs for its work.
    components: HealthComponents,
}

/// What the service needs for its work.
#[derive(Object)]
#[oai(example)]
pub struct HealthComponents {
    /// The database.
    database: DatabaseComponent,
    /// What each circuit breaker does with calls, by the name of what it is round.
    breakers: BTreeMap<String, BreakerState>,
}

/// The state of the database.
#[derive(Object)]
#[oai(example)]
pub struct DatabaseComponent {
    /// Whether the database answers and has the schema that this version needs.
    status: HealthStatus,
    /// How long it took to answer, in milliseconds; `null` when it did not.
    latency_ms: Nullable<f64>,
    /// Migrations that are to be applied; `null` when the database did not say.
    pending_migrations: Nullable<u64>,
}

impl Example for DatabaseComponent {
    fn example() -> Self {
        Self {
            status: HealthStatus::Ok,
            latency_ms: Nullable(Some(0.4)),
            pending_migrations: Nullable(Some(0)),
        }
    }
}

impl Example for HealthComponents {
    fn example() -> Self {
        Self {
            database: DatabaseComponent::example(),
            breakers: BTreeMap::from([("database".to_owned(), BreakerState::Closed)]),
        }
    }
}

impl Example for HealthResponse {
    fn example() -> Self {
        Self {
            status: HealthStatus::Ok,
            version: VERSION.into(),
            uptime_seconds: 86_400,
            components: HealthComponents::example(),
        }
    }
}

/// A sign of life.
#[derive(Object)]
#[oai(example)]
pub struct LivenessResponse {
    /// Always `ok`.
    status: HealthStatus,
}

impl Example for LivenessResponse {
    fn example() -> Self {
        Self {
            status: HealthStatus::Ok,
        }
    }
}

#[derive(ApiResponse)]
enum GetServiceAnswer {
    /// What runs here.
    #[oai(status = 200)]
    Described(Json<ServiceInfo>),
}

#[derive(ApiResponse)]
enum GetHealthAnswer {
    /// Requests can be served.
    #[oai(status = 200)]
    Healthy(Json<HealthResponse>),
    /// `INTERNAL_ERROR`: something failed that never should.
    #[oai(status = 500)]
    #[expect(dead_code, reason = "answered by the edge, for a panic")]
    Failed(Json<Problem>),
    /// Requests can't be served; `components` says why.
    #[oai(status = 503)]
    Unhealthy(Json<HealthResponse>),
}

#[derive(ApiResponse)]
enum GetLivenessAnswer {
    /// The process serves.
    #[oai(status = 200)]
    Alive(Json<LivenessResponse>),
}

/// Operations that tell of the service itself.
#[derive(Debug)]
pub struct StatusApi {
    /// Knows the state of the service.
    pub health: Arc<Health>,
    /// Knows the state of the circuit breakers.
    pub breakers: Arc<CircuitBreakers>,
    /// Whether the documentation is served.
    pub docs: bool,
}

#[OpenApi(tag = "Tag::Service")]
impl StatusApi {
    /// Get the service
    ///
    /// Name, version and where to read on. Answers as long as the process serves.
    #[oai(path = "/", method = "get", operation_id = "get_service")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async, whatever they do"
    )]
    async fn get_service(&self) -> Result<GetServiceAnswer, Failure<()>> {
        Ok(GetServiceAnswer::Described(Json(ServiceInfo::new(
            self.docs,
        ))))
    }

    /// Get the health
    ///
    /// Whether requests can be served, and what stands in the way. For load balancers and readiness
    /// probes.
    #[oai(path = "/health", method = "get", operation_id = "get_health")]
    async fn get_health(&self) -> GetHealthAnswer {
        let (status, latency, pending) = match self.health.database().await {
            DatabaseHealth::Usable { latency } => (HealthStatus::Ok, Some(latency), Some(0)),
            DatabaseHealth::Outdated { latency, pending } => {
                tracing::warn!(pending, "the database has to be migrated");
                (
                    HealthStatus::Unavailable,
                    Some(latency),
                    u64::try_from(pending).ok(),
                )
            }
            DatabaseHealth::Unavailable { cause } => {
                tracing::warn!(
                    error = &cause as &dyn std::error::Error,
                    "the database is unavailable"
                );
                (HealthStatus::Unavailable, None, None)
            }
        };
        let health = HealthResponse {
            status,
            version: VERSION.to_owned(),
            uptime_seconds: self.health.uptime().as_secs(),
            components: HealthComponents {
                database: DatabaseComponent {
                    status,
                    latency_ms: Nullable(latency.map(milliseconds)),
                    pending_migrations: Nullable(pending),
                },
                breakers: self
                    .breakers
                    .list()
                    .into_iter()
                    .map(|breaker| (breaker.name.to_owned(), breaker.state.into()))
                    .collect(),
            },
        };
        match status {
            HealthStatus::Ok => GetHealthAnswer::Healthy(Json(health)),
            HealthStatus::Unavailable => GetHealthAnswer::Unhealthy(Json(health)),
        }
    }

    /// Get a sign of life
    ///
    /// Answers as long as the process serves, whatever the state of the database. For liveness probes.
    #[oai(path = "/health/live", method = "get", operation_id = "get_liveness")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async, whatever they do"
    )]
    async fn get_liveness(&self) -> Result<GetLivenessAnswer, Failure<()>> {
        Ok(GetLivenessAnswer::Alive(Json(LivenessResponse {
            status: HealthStatus::Ok,
        })))
    }
}

/// Milliseconds with three decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
