//! Distributed traces: which one a request belongs to (W3C Trace Context, level 1), and sending its spans to
//! a collector by OTLP over HTTP.
//!
//! Nothing here is global, and nothing is sent on the way of a request: spans wait in a bounded queue, and are
//! dropped when it is full.

use std::error::Error;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::trace::{
    Span as _, SpanContext, SpanId, SpanKind, Status, TraceContextExt as _, TraceFlags, TraceId,
    TraceState, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, Span as SdkSpan,
    SpanData, SpanExporter, SpanLimits,
};
use prost::Message as _;
use reqwest::header::CONTENT_TYPE;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::known_method;
use super::metrics::{Metrics, SpanOutcome};
use crate::config;

/// What the service is called among the others of a trace.
const SERVICE: &str = "countersign";
/// Spans that may wait for the collector before further ones are dropped.
const QUEUE: usize = 2048;
/// The most spans that are sent at once.
const BATCH: usize = 512;
/// How long spans wait for others to be sent with.
const DELAY: Duration = Duration::from_secs(2);
/// How long the collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a stop may wait for the collector.
const FAREWELL: Duration = Duration::from_secs(3);
/// How often it is said that the collector takes nothing.
const COMPLAINTS: Duration = Duration::from_mins(1);

/// The span that a request was made in, as the caller tells it in `traceparent`.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceParent {
    context: SpanContext,
    /// Whether the caller decides if the trace is sampled.
    decides: bool,
}

impl TraceParent {
    /// Reads the values of the header `traceparent` of one request (W3C Trace Context section 3.2): `None`
    /// unless there is exactly one, and it is well-formed.
    pub fn parse<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Option<Self> {
        let value = values.next().filter(|_| values.next().is_none())?;
        let (version, rest) = field(value, 2)?;
        let (trace_id, rest) = field(rest.strip_prefix(b"-")?, 32)?;
        let (parent_id, rest) = field(rest.strip_prefix(b"-")?, 16)?;
        let (flags, rest) = field(rest.strip_prefix(b"-")?, 2)?;
        match version {
            "ff" => return None,
            "00" if !rest.is_empty() => return None,
            // Later versions may append fields.
            _ if !rest.is_empty() && !rest.starts_with(b"-") => return None,
            _ => {}
        }
        let flags = u8::from_str_radix(flags, 16).ok()?;
        let context = SpanContext::new(
            TraceId::from_hex(trace_id).ok()?,
            SpanId::from_hex(parent_id).ok()?,
            TraceFlags::new(flags) & TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        );
        // Ids of nothing but zeros are none.
        context.is_valid().then_some(Self {
            context,
            decides: true,
        })
    }

    /// The same of a caller who is not trusted: anybody could have every request sent to the collector. So
    /// what it says of sampling is not asked, nor is the id of the trace, which it chose as well.
    #[must_use]
    pub fn of_a_stranger(self) -> Self {
        Self {
            decides: false,
            ..self
        }
    }

    /// As whoever decides has it: the caller, or the share of those that begin here.
    fn sampled_by(self, ratio: f64) -> SpanContext {
        if self.decides {
            return self.context;
        }
        // The first 32 bits of such an id are random, all of them (RFC 9562 section 5.4).
        let (random, ..) = Uuid::new_v4().as_fields();
        let is_sampled = f64::from(random) < ratio * 2_f64.powi(32);
        SpanContext::new(
            self.context.trace_id(),
            self.context.span_id(),
            TraceFlags::default().with_sampled(is_sampled),
            true,
            TraceState::NONE,
        )
    }
}

/// The first `length` characters, which have to be lower-case hexadecimal digits, and the rest.
fn field(text: &[u8], length: usize) -> Option<(&str, &[u8])> {
    let (field, rest) = text.split_at_checked(length)?;
    let is_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let field = std::str::from_utf8(field).ok()?;
    field.as_bytes().iter().all(is_hex).then_some((field, rest))
}

/// Begins spans, and sends them when they have ended; or does neither. Clones share one queue.
#[derive(Clone, Debug, Default)]
pub struct Traces(Option<Exported>);

#[derive(Clone, Debug)]
struct Exported {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    /// The share of traces that is sent where nobody else decides.
    ratio: f64,
}

/// The client for the collector can't be made.
#[derive(Debug, thiserror::Error)]
#[error("can't export traces: {0}")]
pub struct TracesError(#[from] reqwest::Error);

impl Traces {
    /// Exports traces where a collector is configured. To be called on the runtime that is to send them.
    ///
    /// # Errors
    /// When the system does not allow a client.
    pub fn start(config: &config::Telemetry, metrics: Metrics) -> Result<Self, TracesError> {
        let Some(endpoint) = &config.otlp_endpoint else {
            return Ok(Self::default());
        };
        let client = reqwest::Client::builder()
            // The configured address is the collector itself, whatever the environment says of proxies.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()?;
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        // Configuration comes from one place. The SDK asks the environment for what is not set here, so
        // all that it would find there is set: the resource, the batches, the sampler and the limits.
        let resource = Resource::builder_empty()
            .with_service_name(SERVICE)
            .with_attribute(version)
            .build();
        let collector = Collector {
            client,
            url: endpoint.traces(),
            runtime: Handle::current(),
            resource: ResourceAttributesWithSchema::from(&resource),
            metrics,
            complained: Mutex::default(),
        };
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(DELAY)
            .build();
        let processor = BatchSpanProcessor::builder(collector)
            .with_batch_config(batches)
            .build();
        let new = Sampler::TraceIdRatioBased(config.trace_ratio);
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(new)))
            .with_span_limits(SpanLimits::default())
            .with_resource(resource)
            .with_span_processor(processor)
            .build();
        let tracer = provider.tracer(SERVICE);
        Ok(Self(Some(Exported {
            provider,
            tracer,
            ratio: config.trace_ratio,
        })))
    }

    /// Begins the span of a request. `endpoint` is the pattern of its address, `None` where nothing is at
    /// it; the address itself may hold anything, so it is not exported.
    #[must_use]
    pub fn begin(
        &self,
        parent: Option<TraceParent>,
        method: &str,
        endpoint: Option<&str>,
    ) -> RequestSpan {
        let Some(Exported { tracer, ratio, .. }) = &self.0 else {
            let trace = parent.map(|parent| Trace {
                context: parent.context,
                tracer: None,
            });
            return RequestSpan { span: None, trace };
        };
        let around = match parent {
            Some(parent) => Context::new().with_remote_span_context(parent.sampled_by(*ratio)),
            None => Context::new(),
        };
        let known = known_method(method);
        let mut attributes = vec![KeyValue::new(
            "http.request.method",
            known.unwrap_or("_OTHER"),
        )];
        let mut name = known.unwrap_or("HTTP").to_owned();
        if let Some(endpoint) = endpoint {
            name.extend([" ", endpoint]);
            attributes.push(KeyValue::new("http.route", endpoint.to_owned()));
        }
        let span = tracer
            .span_builder(name)
            .with_kind(SpanKind::Server)
            .with_attributes(attributes)
            .start_with_context(tracer, &around);
        let context = span.span_context().clone();
        // Of a trace that is not sampled there is nothing to tell.
        let tracer = context.is_sampled().then(|| tracer.clone());
        RequestSpan {
            span: Some(span),
            trace: Some(Trace { context, tracer }),
        }
    }

    /// Sends what waits, for a bounded time. Spans that end later are dropped.
    pub async fn stop(&self) {
        let Some(Exported { provider, .. }) = self.0.clone() else {
            return;
        };
        // It blocks, and what it waits for runs here.
        let stop = move || provider.shutdown_with_timeout(FAREWELL);
        if let Ok(Err(error)) = tokio::task::spawn_blocking(stop).await {
            tracing::debug!(error = &error as &dyn Error, "the last spans were not sent");
        }
    }
}

/// The span of a request, which ends when it is dropped.
#[derive(Debug, Default)]
pub struct RequestSpan {
    span: Option<SdkSpan>,
    trace: Option<Trace>,
}

impl RequestSpan {
    /// The trace that the request belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<Trace> {
        self.trace.clone()
    }

    /// Ends the span with the status of the answer.
    pub fn answered(self, status: u16) {
        let Some(mut span) = self.span else { return };
        span.set_attribute(KeyValue::new(
            "http.response.status_code",
            i64::from(status),
        ));
        if status >= 500 {
            span.set_attribute(KeyValue::new("error.type", status.to_string()));
            span.set_status(Status::error(""));
        }
    }
}

/// The trace that a request belongs to, and the span of the request where spans are exported.
#[derive(Clone, Debug)]
pub struct Trace {
    context: SpanContext,
    tracer: Option<SdkTracer>,
}

impl Trace {
    /// The trace: 32 hexadecimal digits.
    #[must_use]
    pub fn trace_id(&self) -> String {
        self.context.trace_id().to_string()
    }

    /// The span of the request: 16 hexadecimal digits; `None` where it is not exported.
    #[must_use]
    pub fn span_id(&self) -> Option<String> {
        let is_exported = self.tracer.is_some();
        is_exported.then(|| self.context.span_id().to_string())
    }

    /// Begins a span within that of the request.
    #[must_use]
    pub fn child(&self, name: &'static str) -> Span {
        Span(self.tracer.as_ref().map(|tracer| {
            let around = Context::new().with_remote_span_context(self.context.clone());
            tracer
                .span_builder(name)
                .start_with_context(tracer, &around)
        }))
    }
}

/// A part of what a request does, which ends when this is dropped. Names and notes are fixed texts, so that
/// nothing of anybody gets into a trace.
#[derive(Debug, Default)]
pub struct Span(Option<SdkSpan>);

impl Span {
    /// Marks it as failed.
    pub fn fail(&mut self, why: &'static str) {
        if let Some(span) = &mut self.0 {
            span.set_attribute(KeyValue::new("error.type", why));
            span.set_status(Status::error(""));
        }
    }
}

/// Where spans are sent to.
#[derive(Debug)]
struct Collector {
    client: reqwest::Client,
    url: String,
    runtime: Handle,
    resource: ResourceAttributesWithSchema,
    metrics: Metrics,
    complained: Mutex<Option<Instant>>,
}

impl SpanExporter for Collector {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let number = batch.len() as u64;
        let resource_spans = group_spans_by_resource_and_scope(batch, &self.resource);
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        let request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(body);
        // The thread that batches has no runtime of its own.
        let sent = self
            .runtime
            .spawn(async { request.send().await?.error_for_status().map(drop) });
        let problem: Box<dyn Error + Send + Sync> = match sent.await {
            Ok(Ok(())) => {
                self.metrics.spans(SpanOutcome::Exported, number);
                return Ok(());
            }
            Ok(Err(error)) => error.into(),
            Err(error) => error.into(),
        };
        self.metrics.spans(SpanOutcome::Lost, number);
        self.complain(&*problem);
        Err(OTelSdkError::InternalFailure(problem.to_string()))
    }
}

impl Collector {
    fn complain(&self, problem: &(dyn Error + 'static)) {
        let last = self.complained.lock();
        let mut last = last.unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= COMPLAINTS) {
            *last = Some(Instant::now());
            tracing::warn!(error = problem, "traces can't be exported, spans are lost");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const PARENT: &str = "b7ad6b7169203331";

    fn parse(value: &str) -> Option<TraceParent> {
        TraceParent::parse([value.as_bytes()].into_iter())
    }

    #[test]
    fn a_well_formed_header_is_understood() {
        for (value, sampled) in [
            (format!("00-{TRACE}-{PARENT}-01"), true),
            (format!("00-{TRACE}-{PARENT}-00"), false),
            (format!("00-{TRACE}-{PARENT}-fe"), false),
            (format!("cc-{TRACE}-{PARENT}-ff"), true),
            (
                format!("cc-{TRACE}-{PARENT}-01-what the future will be like"),
                true,
            ),
        ] {
            let TraceParent { context, .. } = parse(&value).unwrap();
            assert_eq!(context.trace_id().to_string(), TRACE, "{value}");
            assert_eq!(context.span_id().to_string(), PARENT, "{value}");
            assert_eq!(context.is_sampled(), sampled, "{value}");
        }
    }

    #[test]
    fn any_other_header_is_none() {
        let good = format!("00-{TRACE}-{PARENT}-01");
        for value in [
            String::new(),
            "00".to_owned(),
            good[..54].to_owned(),
            format!("{good}-"),
            format!("{good}-more"),
            format!("{good} "),
            format!(" {good}"),
            format!("ff-{TRACE}-{PARENT}-01"),
            format!("cc-{TRACE}-{PARENT}-01.more"),
            format!("0-{TRACE}-{PARENT}-01"),
            format!("00_{TRACE}_{PARENT}_01"),
            format!("00-{}-{PARENT}-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-{}-01", PARENT.to_uppercase()),
            format!("00-{TRACE}-{PARENT}-0A"),
            format!("00-{}-{PARENT}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{}-{PARENT}-01", &TRACE[1..]),
            format!("00-+{}-{PARENT}-01", &TRACE[1..]),
            format!("00-{TRACE}-{PARENT}-\u{fc}"),
        ] {
            assert_eq!(parse(&value), None, "{value:?}");
        }
        let twice = [good.as_bytes(), good.as_bytes()];
        assert_eq!(TraceParent::parse(twice.into_iter()), None);
        assert_eq!(TraceParent::parse([].into_iter()), None);
    }

    #[tokio::test]
    async fn a_trace_is_sampled_as_a_trusted_parent_says_and_others_by_the_ratio() {
        let traces = |trace_ratio: f64| {
            let config = config::Telemetry {
                otlp_endpoint: Some("http://127.0.0.1:1".to_owned().try_into().unwrap()),
                trace_ratio,
            };
            Traces::start(&config, Metrics::default()).unwrap()
        };
        let parent = |flags: &str| parse(&format!("00-{TRACE}-{PARENT}-{flags}"));
        for (ratio, parent, exported) in [
            (1.0, None, true),
            (0.0, None, false),
            (0.0, parent("01"), true),
            (1.0, parent("00"), false),
            (0.0, parent("01").map(TraceParent::of_a_stranger), false),
            (1.0, parent("00").map(TraceParent::of_a_stranger), true),
        ] {
            let traces = traces(ratio);
            let trace = traces.begin(parent.clone(), "GET", None).trace().unwrap();
            assert_eq!(trace.span_id().is_some(), exported, "{ratio} {parent:?}");
            assert_ne!(trace.span_id().as_deref(), Some(PARENT));
            let continued = trace.trace_id() == TRACE;
            assert_eq!(continued, parent.is_some());
            traces.stop().await;
        }
    }
}
