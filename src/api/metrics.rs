//! Figures for Prometheus.

use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{ApiResponse, OpenApi};

use super::Tag;
use super::failure::Failure;
use super::problem::{ErrorCode, Problem};
use crate::service::Fault;
use crate::telemetry::metrics::Metrics;

/// The path of the operation.
pub(super) const PATH: &str = "/metrics";

#[derive(ApiResponse)]
enum GetMetricsAnswer {
    /// The figures, in the text format of Prometheus.
    #[oai(
        status = 200,
        content_type = "text/plain; version=0.0.4; charset=utf-8"
    )]
    Written(PlainText<String>),
    /// `NOT_FOUND`: the figures are not served here.
    #[oai(status = 404)]
    NotHere(Json<Problem>),
}

/// The operation that tells the figures.
#[derive(Debug)]
pub struct MetricsApi {
    /// The figures; `None` where they are not served.
    pub metrics: Option<Metrics>,
}

#[OpenApi(tag = "Tag::Service")]
impl MetricsApi {
    /// Get the metrics
    ///
    /// What Prometheus collects. It holds nothing of anybody, but tells how much the service is used: don't
    /// let the public ask for it. It can be served on an address of its own, and then it is not found here.
    #[oai(path = "/metrics", method = "get", operation_id = "get_metrics")]
    #[expect(
        clippy::unused_async,
        reason = "operations are async, whatever they do"
    )]
    async fn get_metrics(&self) -> Result<GetMetricsAnswer, Failure<()>> {
        let Some(metrics) = &self.metrics else {
            return Ok(GetMetricsAnswer::NotHere(Problem::json(
                ErrorCode::NotFound,
            )));
        };
        let text = metrics.write().map_err(Fault::internal)?;
        Ok(GetMetricsAnswer::Written(PlainText(text)))
    }
}
