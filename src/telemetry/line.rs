//! The form of a log line.

use std::error::Error;
use std::fmt::{self, Write as _};

use chrono::SecondsFormat;
use serde::ser::{SerializeMap, Serializer as _};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use super::context;
use crate::model::Clock;

/// Who reads the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// A machine: one flat JSON object.
    Json,
    /// A person.
    Pretty,
}

/// Writes one event as one line. Neither style lets a control character through, so no value can
/// forge a line.
#[derive(Debug)]
pub(super) struct Line {
    style: Style,
    clock: Clock,
}

impl Line {
    pub(super) fn new(style: Style, clock: Clock) -> Self {
        Self { style, clock }
    }
}

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        if let Some(request) = context::current() {
            fields.text("request_id", request.request_id().to_owned());
            if let Some(user_id) = request.user_id() {
                fields.text("user_id", user_id.to_string());
            }
            if let Some(trace) = request.trace() {
                fields.text("trace_id", trace.trace_id());
                if let Some(span_id) = trace.span_id() {
                    fields.text("span_id", span_id);
                }
            }
        }
        let level = *event.metadata().level();
        let timestamp = self.clock.now();
        match self.style {
            Style::Json => {
                let timestamp = timestamp.to_rfc3339_opts(SecondsFormat::Millis, true);
                let line = fields
                    .into_json(&timestamp, level, event.metadata().target())
                    .map_err(|_| fmt::Error)?;
                writer.write_str(&line)?;
                writer.write_char('\n')
            }
            Style::Pretty => {
                let colour = match level {
                    Level::ERROR => 31,
                    Level::WARN => 33,
                    Level::INFO => 32,
                    _ => 2,
                };
                let timestamp = timestamp.format("%H:%M:%S%.3f");
                write!(
                    writer,
                    "\u{1b}[2m{timestamp}\u{1b}[0m \u{1b}[{colour}m{level:>5}\u{1b}[0m "
                )?;
                fields.write_pretty(&mut writer)?;
                writeln!(writer)
            }
        }
    }
}

/// The message and the fields of an event, in their order.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<(&'static str, serde_json::Value)>,
}

impl Fields {
    fn text(&mut self, name: &'static str, value: String) {
        self.others.push((name, value.into()));
    }

    fn into_json(
        self,
        timestamp: &str,
        level: Level,
        logger: &str,
    ) -> Result<String, serde_json::Error> {
        let mut line = Vec::with_capacity(256);
        let mut serializer = serde_json::Serializer::new(&mut line);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", timestamp)?;
        map.serialize_entry("level", level.as_str())?;
        map.serialize_entry("message", &self.message)?;
        map.serialize_entry("logger", logger)?;
        for (name, value) in &self.others {
            map.serialize_entry(name, value)?;
        }
        map.end()?;
        let line = String::from_utf8(line).map_err(serde::ser::Error::custom)?;
        Ok(escape_all_controls(line))
    }

    fn write_pretty(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write_visible(writer, &self.message)?;
        for (name, value) in &self.others {
            write!(writer, " \u{1b}[2m{name}=\u{1b}[0m")?;
            match value {
                serde_json::Value::String(text) => write_visible(writer, text)?,
                other => write!(writer, "{other}")?,
            }
        }
        Ok(())
    }
}

/// Escapes what JSON allows in a text, but some readers take for the end of a line or for an order to the
/// terminal: U+007F to U+009F and the separators of Unicode.
fn escape_all_controls(json: String) -> String {
    // As nearly all lines are, and this is seen at a glance.
    if json.is_ascii() && !json.as_bytes().contains(&0x7f) {
        return json;
    }
    let is_order = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if !json.contains(is_order) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if is_order(c) {
            // Writing to a string can't fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn write_visible(writer: &mut Writer<'_>, text: &str) -> fmt::Result {
    for c in text.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            write!(writer, "{}", c.escape_default())?;
        } else {
            writer.write_char(c)?;
        }
    }
    Ok(())
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        } else {
            self.text(field.name(), format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.message);
        } else {
            self.text(field.name(), value.to_owned());
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let mut chain = value.to_string();
        let mut source = value.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Many errors repeat their cause in their own text.
            if !chain.ends_with(&text) {
                // Writing to a string can't fail.
                let _ = write!(chain, ": {text}");
            }
            source = cause.source();
        }
        self.text(field.name(), chain);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.others.push((field.name(), value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.others.push((field.name(), value.into()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.others.push((field.name(), value.into()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.others.push((field.name(), value.into()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::model::Device;
    use crate::telemetry::context::RequestContext;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn written(style: Style, act: impl FnOnce()) -> String {
        let captured = Captured::default();
        let writer = captured.clone();
        let subscriber = tracing_subscriber::registry().with(super::super::layer(
            style,
            &Clock::default(),
            move || writer.clone(),
        ));
        tracing::subscriber::with_default(subscriber, act);
        let bytes = captured.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_line_is_one_flat_json_object() {
        let line = written(Style::Json, || {
            tracing::info!(
                status_code = 200_u16,
                ok = true,
                name = "ada",
                "request completed"
            );
        });
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "request completed");
        assert_eq!(line["logger"], module_path!());
        assert_eq!(line["status_code"], 200);
        assert_eq!(line["ok"], true);
        assert_eq!(line["name"], "ada");
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn no_value_can_forge_a_line() {
        for style in [Style::Json, Style::Pretty] {
            let text = written(style, || {
                tracing::warn!(
                    agent = "x\r\n\u{1b}[31m{\"level\":\"ERROR\"}",
                    "first\nsecond"
                );
            });
            assert_eq!(text.lines().count(), 1, "{text:?}");
            assert!(!text.contains('\r'), "{text:?}");
            assert!(!text.contains("\u{1b}[31m"), "{text:?}");
        }
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("can't log in")]
        struct Outer(#[source] std::io::Error);
        let error = Outer(std::io::Error::other("the disk is gone"));
        let line = written(Style::Json, || {
            tracing::error!(error = &error as &dyn Error, "request failed");
        });
        assert!(line.contains("can't log in: the disk is gone"), "{line}");
    }

    #[tokio::test]
    async fn the_request_and_its_user_are_on_every_line_even_on_another_thread() {
        let context = RequestContext::new(
            "r-1".into(),
            Device::default(),
            None,
            Clock::default(),
            None,
        );
        let user = crate::model::UserId(uuid::Uuid::nil());
        let captured = Captured::default();
        let writer = captured.clone();
        let subscriber = tracing_subscriber::registry().with(super::super::layer(
            Style::Json,
            &Clock::default(),
            move || writer.clone(),
        ));
        let dispatch = tracing::Dispatch::new(subscriber);
        context
            .scope(async {
                context::identify(user);
                let request = context::current();
                let work = || context::within(request, || tracing::info!("elsewhere"));
                let elsewhere = move || tracing::dispatcher::with_default(&dispatch, work);
                tokio::task::spawn_blocking(elsewhere).await.unwrap();
            })
            .await;
        let bytes = captured.0.lock().unwrap().clone();
        let line: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(line["request_id"], "r-1");
        assert_eq!(line["user_id"], user.to_string());
    }
}
