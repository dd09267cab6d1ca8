//! Lines of the log, on standard error: for people, or as JSON for programs. Faults of the program
//! are logged like everything else.
//!
//! Spans are not kept: what belongs to a request is in the fields of its events.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::clock;

/// Which lines are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level(LevelFilter);

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// One object per line.
    Json,
}

impl Default for Level {
    fn default() -> Self {
        Self(LevelFilter::INFO)
    }
}

impl Level {
    /// What a level looks like.
    pub(crate) const EXPECTED: &'static str = "error, warn, info, debug or trace";

    /// A level by its name; those of the reference are Python's.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let filter = match text.to_lowercase().as_str() {
            "error" | "critical" => LevelFilter::ERROR,
            "warn" | "warning" => LevelFilter::WARN,
            "info" => LevelFilter::INFO,
            "debug" => LevelFilter::DEBUG,
            "trace" => LevelFilter::TRACE,
            _ => return None,
        };
        Some(Self(filter))
    }
}

impl Format {
    /// A format by its name.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Logs from now on; panics too.
pub(crate) fn install(level: Level, format: Format, colours: bool) {
    let lines = Lines { level: level.0, format, colours };
    // Only the first call of a process counts, and there is one.
    let _ = tracing::subscriber::set_global_default(lines);
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("without a message");
        tracing::error!(place, "a fault of this program: {message}");
    }));
}

struct Lines {
    level: LevelFilter,
    format: Format,
    colours: bool,
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // What libraries say at these levels is for those who work on them.
        let is_ours =
            ["carbon_", "codecarbon"].iter().any(|own| metadata.target().starts_with(own));
        let level = if is_ours { self.level } else { self.level.min(LevelFilter::WARN) };
        metadata.is_event() && *metadata.level() <= level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let at = jiff::Timestamp::from_microsecond(clock::now().micros()).unwrap_or_default();
        let at = format!("{at:.3}");
        let mut line = match self.format {
            Format::Json => json(event, &at),
            Format::Text => text(event, &at, self.colours),
        };
        line.push('\n');
        // One call for the whole line; a write that fails is dropped, for there is nobody to tell.
        let _ = std::io::stderr().write_all(line.as_bytes());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn json(event: &Event<'_>, at: &str) -> String {
    let metadata = event.metadata();
    let mut fields = Fields(Map::new());
    fields.0.insert("at".to_owned(), at.into());
    fields.0.insert("level".to_owned(), metadata.level().as_str().to_lowercase().into());
    fields.0.insert("target".to_owned(), metadata.target().into());
    event.record(&mut fields);
    Value::Object(fields.0).to_string()
}

fn text(event: &Event<'_>, at: &str, colours: bool) -> String {
    let mut fields = Fields(Map::new());
    event.record(&mut fields);
    let level = event.metadata().level();
    let colour = match *level {
        tracing::Level::ERROR => "31",
        tracing::Level::WARN => "33",
        tracing::Level::INFO => "32",
        _ => "2",
    };
    let mut line = if colours {
        format!("\x1b[2m{at}\x1b[0m \x1b[{colour}m{level:>5}\x1b[0m")
    } else {
        format!("{at} {level:>5}")
    };
    if let Some(message) = fields.0.remove("message") {
        let _ = write!(line, " {}", one_line(message.as_str().unwrap_or_default()));
    }
    for (name, value) in fields.0 {
        let _ = match value.as_str() {
            Some(text) if !text.contains([' ', '"', '=']) => {
                write!(line, " {name}={}", one_line(text))
            }
            _ => write!(line, " {name}={value}"),
        };
    }
    line
}

/// Text that cannot start a line of its own, nor speak to a terminal.
fn one_line(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(plain).collect()
}

/// Fields of an event by name.
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}
