//! A record as texts by column, and texts as a line.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use super::sniff::LineEnd;
use crate::float::python_repr;

/// A record whose values are found by the names of its fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Map<String, Value>);

impl Row {
    /// From a record. Its fields are numbers, texts or nothing; NaN and infinity count as nothing.
    pub fn of(record: &impl Serialize) -> Self {
        match serde_json::to_value(record) {
            Ok(Value::Object(fields)) => Self(fields),
            _ => Self(Map::new()),
        }
    }

    /// The text of a column before quoting; empty when the value is not known.
    pub fn text(&self, column: &str) -> Cow<'_, str> {
        match self.0.get(column) {
            None | Some(Value::Null) => Cow::Borrowed(""),
            Some(Value::String(text)) => Cow::Borrowed(text),
            Some(Value::Number(n)) if n.is_f64() => {
                Cow::Owned(n.as_f64().map(python_repr).unwrap_or_default())
            }
            Some(other) => Cow::Owned(other.to_string()),
        }
    }

    /// The values of the given columns as one line, its end excluded.
    pub fn line<C: AsRef<str>>(&self, columns: &[C]) -> String {
        join(columns.iter().map(|column| self.text(column.as_ref())))
    }

    /// The same for a new file: header and row, with their line ends.
    pub fn with_header(&self, columns: &[&str]) -> String {
        let end = LineEnd::Unix.as_str();
        join(columns.iter().map(|c| Cow::Borrowed(*c))) + end + &self.line(columns) + end
    }
}

fn join<'a>(texts: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut line = String::with_capacity(1024);
    for (index, text) in texts.enumerate() {
        if index > 0 {
            line.push(',');
        }
        line.push_str(&quoted(&text));
    }
    line
}

/// A text as a field: in quotes only if it holds a comma, a quote or a line end.
pub fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name_and_unknown_ones_are_empty() {
        #[derive(Serialize)]
        struct Example {
            mass: f64,
            count: u32,
            place: Option<String>,
            odd: f64,
        }
        let row = Row::of(&Example { mass: 1.0, count: 2, place: None, odd: f64::NAN });
        assert_eq!(row.line(&["count", "odd", "mass", "place"]), "2,,1.0,");
    }

    #[test]
    fn only_what_needs_quotes_gets_them() {
        assert_eq!(quoted("plain text; é"), "plain text; é");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"hi\""), "\"say \"\"hi\"\"\"");
        assert_eq!(quoted("two\nlines"), "\"two\nlines\"");
    }
}
