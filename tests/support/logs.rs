//! The log lines of all tests, at debug level.

use std::io;
use std::sync::{Mutex, OnceLock};

use countersign::model::Clock;
use countersign::telemetry;
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static STARTED: OnceLock<()> = OnceLock::new();

struct Capture;

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to keep the lines of this process.
pub fn capture() {
    STARTED.get_or_init(|| {
        let subscriber = tracing_subscriber::registry()
            .with(LevelFilter::DEBUG)
            .with(telemetry::json_layer(&Clock::default(), || Capture));
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// Lets go of everything that was logged so far, where nobody else looks for it.
#[cfg(fuzzing)]
pub fn forget() {
    LINES.lock().unwrap().clear();
}

/// Everything that was logged so far, by all tests.
pub fn everything() -> String {
    String::from_utf8(LINES.lock().unwrap().clone()).unwrap()
}

/// How much was logged so far.
pub fn mark() -> usize {
    LINES.lock().unwrap().len()
}

/// The lines of one request.
pub fn of_request(request_id: &str) -> Vec<Value> {
    of_request_since(0, request_id)
}

/// The lines of one request that were written after a [`mark`].
pub fn of_request_since(mark: usize, request_id: &str) -> Vec<Value> {
    let lines = LINES.lock().unwrap()[mark..].to_vec();
    String::from_utf8(lines)
        .unwrap()
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("no JSON: {line}"))
        })
        .filter(|line| line["request_id"] == request_id)
        .collect()
}
