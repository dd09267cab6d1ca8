//! The two text formats that Prometheus reads: 0.0.4, and OpenMetrics 1.0.
//!
//! Families come as values and leave as text; nothing here knows what they mean. The formats differ
//! in three points that no client library of Rust covers both sides of, hence these lines: the name
//! of a counter's family (with `_total` in 0.0.4, without in OpenMetrics), the unit, and the end mark.

use std::fmt::Write as _;

use crate::float::python_repr;

/// What the values of a family are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A sum that only grows. The name of its values ends in `_total`.
    Counter,
    /// A state.
    Gauge,
    /// Labels without a value of their own. The name of its values ends in `_info`.
    Info,
}

/// A metric: its values have one name, kind and unit, and differ in their labels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Family {
    /// Name without `_total` and `_info`; ends in the unit, if there is one.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    /// Unit as OpenMetrics wants it told; empty for none.
    pub(crate) unit: &'static str,
    pub(crate) kind: Kind,
    pub(crate) samples: Vec<Sample>,
}

/// A value and what it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// Names and values; names are unique.
    pub(crate) labels: Vec<(&'static str, String)>,
    pub(crate) value: f64,
    /// When a counter began, s since the epoch.
    pub(crate) created_s: Option<f64>,
}

/// A text format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Prometheus text, version 0.0.4.
    Text,
    /// OpenMetrics text, version 1.0.0.
    OpenMetrics,
}

impl Format {
    /// Media type of the text.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// The format that a client would rather have, by its `Accept` header; text unless OpenMetrics
    /// is asked for by name.
    pub(crate) fn accepted(accept: &str) -> Self {
        let quality = |media_type: &str| {
            accept
                .split(',')
                .filter_map(|part| {
                    let mut words = part.split(';').map(str::trim);
                    let name = words.next()?.to_ascii_lowercase();
                    let q = words.find_map(|word| word.strip_prefix("q="));
                    let q = q.map_or(Some(1.0), |q| q.trim().parse::<f64>().ok())?;
                    (name == media_type).then_some(q)
                })
                .fold(0.0, f64::max)
        };
        let open = quality("application/openmetrics-text");
        if open > 0.0 && open >= quality("text/plain") { Self::OpenMetrics } else { Self::Text }
    }

    /// Writes families; those without a value are left out.
    pub(crate) fn write(self, families: &[Family]) -> String {
        let mut text = String::with_capacity(8192);
        for family in families.iter().filter(|family| !family.samples.is_empty()) {
            self.write_family(&mut text, family);
        }
        if self == Self::OpenMetrics {
            text.push_str("# EOF\n");
        }
        text
    }

    fn write_family(self, text: &mut String, family: &Family) {
        let sample_name = match family.kind {
            Kind::Counter => format!("{}_total", family.name),
            Kind::Gauge => family.name.to_owned(),
            Kind::Info => format!("{}_info", family.name),
        };
        let (name, kind) = match (self, family.kind) {
            (Self::Text, Kind::Counter) => (sample_name.as_str(), "counter"),
            // There is no such kind in 0.0.4.
            (Self::Text, Kind::Info) => (sample_name.as_str(), "gauge"),
            (Self::OpenMetrics, Kind::Counter) => (family.name, "counter"),
            (Self::OpenMetrics, Kind::Info) => (family.name, "info"),
            (_, Kind::Gauge) => (family.name, "gauge"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {}", escaped(family.help, self == Self::OpenMetrics));
        let _ = writeln!(text, "# TYPE {name} {kind}");
        if self == Self::OpenMetrics && !family.unit.is_empty() {
            let _ = writeln!(text, "# UNIT {name} {}", family.unit);
        }
        for sample in &family.samples {
            let labels = label_text(&sample.labels);
            let _ = writeln!(text, "{sample_name}{labels} {}", number(sample.value));
            if let (Self::OpenMetrics, Some(created_s)) = (self, sample.created_s) {
                let _ = writeln!(text, "{}_created{labels} {}", family.name, number(created_s));
            }
        }
        if self == Self::OpenMetrics {
            return;
        }
        // In 0.0.4 the same is a metric of its own.
        let mut is_first = true;
        for sample in &family.samples {
            let Some(created_s) = sample.created_s else { continue };
            if is_first {
                let _ = writeln!(
                    text,
                    "# HELP {}_created {}",
                    family.name,
                    escaped(family.help, false)
                );
                let _ = writeln!(text, "# TYPE {}_created gauge", family.name);
                is_first = false;
            }
            let labels = label_text(&sample.labels);
            let _ = writeln!(text, "{}_created{labels} {}", family.name, number(created_s));
        }
    }
}

fn label_text(labels: &[(&str, String)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let pairs: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value, true))).collect();
    format!("{{{}}}", pairs.join(","))
}

/// Backslash and line feed escaped, and quotes where the format wants it.
fn escaped(value: &str, with_quotes: bool) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '"' if with_quotes => text.push_str("\\\""),
            c => text.push(c),
        }
    }
    text
}

fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        python_repr(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counter(labels: Vec<(&'static str, String)>, value: f64) -> Family {
        Family {
            name: "codecarbon_energy_joules",
            help: "Energy \\ of a\npart",
            unit: "joules",
            kind: Kind::Counter,
            samples: vec![Sample { labels, value, created_s: None }],
        }
    }

    #[test]
    fn a_counter_has_its_full_name_in_text_and_its_family_name_in_openmetrics() {
        let family = [counter(vec![("component", "cpu".into())], 3.6e6)];
        assert_eq!(
            Format::Text.write(&family),
            "# HELP codecarbon_energy_joules_total Energy \\\\ of a\\npart\n\
             # TYPE codecarbon_energy_joules_total counter\n\
             codecarbon_energy_joules_total{component=\"cpu\"} 3600000.0\n"
        );
        assert_eq!(
            Format::OpenMetrics.write(&family),
            "# HELP codecarbon_energy_joules Energy \\\\ of a\\npart\n\
             # TYPE codecarbon_energy_joules counter\n\
             # UNIT codecarbon_energy_joules joules\n\
             codecarbon_energy_joules_total{component=\"cpu\"} 3600000.0\n\
             # EOF\n"
        );
    }

    #[test]
    fn labels_cannot_break_out_of_their_quotes() {
        let text = Format::Text.write(&[counter(vec![("os", "a\"} 1\n\\b é".into())], 0.0)]);
        let line = text.lines().last().unwrap();
        assert_eq!(line, "codecarbon_energy_joules_total{os=\"a\\\"} 1\\n\\\\b é\"} 0.0");
    }

    #[test]
    fn numbers_are_those_that_readers_know() {
        for (value, text) in [
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (1e-7, "1e-07"),
            (0.1, "0.1"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn the_format_is_the_one_that_the_client_would_rather_have() {
        let of = Format::accepted;
        assert_eq!(of(""), Format::Text);
        assert_eq!(of("*/*"), Format::Text);
        assert_eq!(of("application/json"), Format::Text);
        let prometheus_2 = "application/openmetrics-text;version=1.0.0,\
            application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert_eq!(of(prometheus_2), Format::OpenMetrics);
        assert_eq!(of("text/plain, application/openmetrics-text; q=0.3"), Format::Text);
        assert_eq!(of("application/openmetrics-text;q=0"), Format::Text);
        assert_eq!(of("Application/OpenMetrics-Text"), Format::OpenMetrics);
    }
}
