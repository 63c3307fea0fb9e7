//! The circuit breakers, for those who look after the service.

use std::sync::Arc;

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};

use super::Tag;
use super::caller::BreakerAdministrator;
use super::described::described;
use super::failure::{Failure, Superuser};
use super::problem::{ErrorCode, Problem};
use super::wire::Timestamp;
use crate::model;
use crate::service::CircuitBreakers;
use crate::service::administration::Actor;
use crate::service::circuit_breakers::{ResetBreakerError, Snapshot};

described! {
    /// What a circuit breaker does with calls.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
    #[oai(rename_all = "snake_case")]
    pub enum BreakerState {
        /// Lets them through.
        Closed,
        /// Rejects them at once.
        Open,
        /// Lets a few through, to see whether they succeed.
        HalfOpen,
    }
}

impl From<model::BreakerState> for BreakerState {
    fn from(state: model::BreakerState) -> Self {
        match state {
            model::BreakerState::Closed => Self::Closed,
            model::BreakerState::Open => Self::Open,
            model::BreakerState::HalfOpen => Self::HalfOpen,
        }
    }
}

/// A circuit breaker: it leaves what keeps failing alone for a while.
#[derive(Object)]
#[oai(example)]
pub struct BreakerResponse {
    /// What it is round.
    name: String,
    /// What it does with calls. An open one whose time is over tries the next call.
    state: BreakerState,
    /// Since when it does.
    since: Timestamp,
    /// Failures since the last success.
    consecutive_failures: u64,
    /// Calls rejected since the service started.
    rejected: u64,
    /// Failures in a row that open it.
    failure_threshold: u32,
    /// How long it rejects calls once it is open, in seconds.
    recovery_timeout_seconds: u32,
}

impl From<Snapshot> for BreakerResponse {
    fn from(breaker: Snapshot) -> Self {
        Self {
            name: breaker.name.to_owned(),
            state: breaker.state.into(),
            since: breaker.since.into(),
            consecutive_failures: breaker.consecutive_failures,
            rejected: breaker.rejected,
            failure_threshold: breaker.settings.failure_threshold,
            recovery_timeout_seconds: breaker.settings.recovery_timeout_seconds,
        }
    }
}

impl Example for BreakerResponse {
    fn example() -> Self {
        Self {
            name: "database".into(),
            state: BreakerState::Open,
            since: Timestamp::example(),
            consecutive_failures: 5,
            rejected: 132,
            failure_threshold: 5,
            recovery_timeout_seconds: 60,
        }
    }
}

/// All circuit breakers of the instance that answers.
#[derive(Object)]
#[oai(example)]
pub struct BreakerList {
    /// The breakers.
    items: Vec<BreakerResponse>,
}

impl Example for BreakerList {
    fn example() -> Self {
        Self {
            items: vec![BreakerResponse::example()],
        }
    }
}

#[derive(ApiResponse)]
enum ListBreakersAnswer {
    /// The breakers.
    #[oai(status = 200)]
    Listed(Json<BreakerList>),
}

#[derive(ApiResponse)]
enum ResetBreakerAnswer {
    /// The breaker is closed.
    #[oai(status = 204)]
    Reset,
    /// `BREAKER_NOT_FOUND`: there is no such breaker. `NOT_FOUND`: the path is not in UTF-8.
    #[oai(status = 404)]
    NotFound(Json<Problem>),
}

/// Operations on circuit breakers.
#[derive(Debug)]
pub struct CircuitBreakersApi {
    /// Reads and resets them.
    pub breakers: Arc<CircuitBreakers>,
}

#[OpenApi(prefix_path = "/admin/circuit-breakers", tag = "Tag::Administration")]
impl CircuitBreakersApi {
    /// List circuit breakers
    ///
    /// What the instance that answers is connected to, and whether it can be reached. For superusers; asked
    /// past the breaker of the database, so that it is answered while that one is open.
    #[oai(path = "/", method = "get", operation_id = "list_circuit_breakers")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async, whatever they do"
    )]
    async fn list_circuit_breakers(
        &self,
        _administrator: BreakerAdministrator,
    ) -> Result<ListBreakersAnswer, Failure<(Superuser,)>> {
        let items = self.breakers.list().into_iter().map(Into::into).collect();
        Ok(ListBreakersAnswer::Listed(Json(BreakerList { items })))
    }

    /// Reset a circuit breaker
    ///
    /// Closes it, as if what it is round had never failed: for when that is known to work again. Other
    /// instances have breakers of their own. For superusers.
    #[oai(
        path = "/:name/reset",
        method = "post",
        operation_id = "reset_circuit_breaker"
    )]
    async fn reset_circuit_breaker(
        &self,
        administrator: BreakerAdministrator,
        /// The breaker's name.
        name: Path<String>,
    ) -> Result<ResetBreakerAnswer, Failure<(Superuser,)>> {
        let actor = Actor::Superuser(&administrator.0);
        match self.breakers.reset(actor, &name.0).await {
            Ok(()) => Ok(ResetBreakerAnswer::Reset),
            Err(ResetBreakerError::NotFound) => Ok(ResetBreakerAnswer::NotFound(Problem::json(
                ErrorCode::BreakerNotFound,
            ))),
            Err(ResetBreakerError::Unauthorized(reason)) => Err(Superuser::from(reason).into()),
            Err(ResetBreakerError::Fault(fault)) => Err(fault.into()),
        }
    }
}
