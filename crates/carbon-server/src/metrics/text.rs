//! Prometheus' text format 0.0.4, as far as it is written here.

use std::fmt::Write as _;

/// What a family of samples is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// A text under construction. Writing to a `String` cannot fail, so results are passed over.
#[derive(Debug, Default)]
pub(super) struct Text(String);

impl Text {
    /// Begins a family.
    pub(super) fn family(&mut self, name: &str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// A family of one sample without labels; its name gets the prefix of the server.
    pub(super) fn single(&mut self, name: &str, kind: Kind, help: &str, value: f64) {
        let name = format!("codecarbon_server_{name}");
        self.family(&name, kind, help);
        self.sample(&name, &[], value);
    }

    /// A sample.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        self.line(name, labels, None, value);
    }

    /// How many were at most `bound`.
    pub(super) fn bucket(&mut self, name: &str, labels: &[(&str, &str)], bound: f64, count: u64) {
        let bound = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
        self.line(&format!("{name}_bucket"), labels, Some(&bound), count as f64);
    }

    pub(super) fn finish(self) -> String {
        self.0
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], bound: Option<&str>, value: f64) {
        let bound = bound.map(|bound| ("le", bound));
        let mut joint = '{';
        self.0.push_str(name);
        for (label, text) in labels.iter().copied().chain(bound) {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{joint}{label}=\"{text}\"");
            joint = ',';
        }
        let end = if joint == ',' { "}" } else { "" };
        let _ = writeln!(self.0, "{end} {value}");
    }
}
