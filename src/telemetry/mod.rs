//! What the process tells of itself: log lines, and whose request a line belongs to; figures; traces.

pub mod context;
mod gathering;
mod line;
pub mod metrics;
pub mod traces;

use std::fs::DirBuilder;
use std::io::IsTerminal;

use tracing_appender::non_blocking::{ErrorCounter, NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation};
use tracing_subscriber::filter::{EnvFilter, ParseError};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MakeWriterExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, fmt};

use crate::config::{Log, LogFormat};
use crate::model::Clock;
use gathering::Gathering;
use line::{Line, Style};

/// Lines that may wait for a slow disk or terminal before further ones are dropped and counted.
const BUFFERED_LINES: usize = 8192;

/// What libraries tell of what we tell ourselves.
const QUIET: &str = "poem::server=warn";

/// Why logging can't start.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `log.level` is no filter.
    #[error("configuration key log.level: {0}")]
    Level(#[from] ParseError),
    /// Something else in this process logs already.
    #[error("logging was started twice")]
    Twice,
}

/// Why there are no log files.
#[derive(Debug, thiserror::Error)]
enum LogFileError {
    #[error(transparent)]
    Folder(#[from] std::io::Error),
    #[error(transparent)]
    File(#[from] InitError),
}

/// Keeps the writers alive; lines still waiting are written when it is dropped, so drop it last.
#[derive(Debug)]
pub struct Telemetry {
    guards: Vec<WorkerGuard>,
    dropped: Vec<ErrorCounter>,
}

impl Telemetry {
    /// Starts logging for the whole process, panics included.
    ///
    /// A log folder that can't be written to is no reason not to serve: it is reported in a line of
    /// its own, and the lines go to standard output alone.
    ///
    /// # Errors
    /// When `log.level` is wrong, or logging was started before.
    pub fn start(log: &Log, clock: &Clock) -> Result<Self, TelemetryError> {
        let filter = EnvFilter::try_new(format!("{QUIET},{}", log.level))?;
        let mut telemetry = Self {
            guards: Vec::new(),
            dropped: Vec::new(),
        };
        let style = match log.format {
            LogFormat::Pretty => Style::Pretty,
            LogFormat::Auto if std::io::stdout().is_terminal() => Style::Pretty,
            LogFormat::Auto | LogFormat::Json => Style::Json,
        };
        let stdout = log.stdout.then(|| telemetry.writer(std::io::stdout()));
        let files = (!log.directory.as_os_str().is_empty()).then(|| rolling_file(log));
        let (files, failure) = match files {
            Some(Ok(appender)) => (Some(telemetry.writer(appender)), None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        // A line that looks the same in both places is put together once.
        let (both, stdout, files) = match (style, stdout, files) {
            (Style::Json, Some(stdout), Some(files)) => (Some(stdout.and(files)), None, None),
            (_, stdout, files) => (None, stdout, files),
        };
        let subscriber = tracing_subscriber::registry()
            .with(filter)
            .with(both.map(|writer| layer(Style::Json, clock, writer)))
            .with(stdout.map(|writer| layer(style, clock, writer)))
            .with(files.map(|writer| layer(Style::Json, clock, writer)));
        tracing::subscriber::set_global_default(subscriber).map_err(|_| TelemetryError::Twice)?;
        log_panics();
        if let Some(error) = failure {
            tracing::warn!(
                directory = %log.directory.display(),
                error = &error as &dyn std::error::Error,
                "log directory can't be written to, logging to standard output only"
            );
        }
        Ok(telemetry)
    }

    /// Tells, whenever it is called, how many lines were dropped since the start because a writer could not
    /// keep up.
    pub fn dropped_lines(&self) -> impl Fn() -> usize + Clone + Send + Sync + use<> {
        let dropped = self.dropped.clone();
        move || dropped.iter().map(ErrorCounter::dropped_lines).sum()
    }

    fn writer<W: std::io::Write + Send + 'static>(&mut self, to: W) -> NonBlocking {
        let (writer, guard) = NonBlockingBuilder::default()
            .buffered_lines_limit(BUFFERED_LINES)
            .lossy(true)
            .finish(Gathering::new(to));
        self.guards.push(guard);
        self.dropped.push(writer.error_counter());
        writer
    }
}

/// The name of a method that HTTP knows (RFC 9110 section 9.3, RFC 5789); `None` for what a client made up.
#[must_use]
pub fn known_method(method: &str) -> Option<&'static str> {
    const KNOWN: [&str; 9] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
    ];
    KNOWN.into_iter().find(|known| *known == method)
}

fn rolling_file(log: &Log) -> Result<RollingFileAppender, LogFileError> {
    // Made first: the appender counts the files there before it would make the folder.
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    // Who collects the lines may be in the group; nobody else is to know who was here.
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o750);
    folder.create(&log.directory)?;
    let appender = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("countersign")
        .filename_suffix("log")
        .max_log_files(log.max_files)
        .build(&log.directory)?;
    Ok(appender)
}

fn layer<S, W>(style: Style, clock: &Clock, writer: W) -> impl Layer<S> + use<S, W>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    fmt::layer()
        .event_format(Line::new(style, clock.clone()))
        .with_writer(writer)
}

/// A layer that writes JSON lines to `writer`, for tests that read them.
pub fn json_layer<S, W>(clock: &Clock, writer: W) -> impl Layer<S> + use<S, W>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    layer(Style::Json, clock, writer)
}

/// Makes a panic one ERROR line. Only its place is told: its message may hold anything.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a task panicked");
    }));
}
