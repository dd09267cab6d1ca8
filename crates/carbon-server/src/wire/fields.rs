//! A JSON object or a query read field by field, with all its flaws collected.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::flaw::{Flaw, Place};
use super::scalar::{self, Mismatch};
use super::time::Micros;

/// Longest text of a field, in characters, unless a route says otherwise.
const LONGEST_TEXT: usize = 10_000;

/// What a number has to keep to.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    above: Option<f64>,
    from: Option<f64>,
    to: Option<f64>,
}

impl Bounds {
    /// Any finite number.
    pub const ANY: Self = Self { above: None, from: None, to: None };
    /// 0 or more.
    pub const NOT_NEGATIVE: Self = Self { above: None, from: Some(0.0), to: None };
    /// More than 0.
    pub const POSITIVE: Self = Self { above: Some(0.0), from: None, to: None };
    /// 0 to 100.
    pub const PERCENT: Self = Self { above: None, from: Some(0.0), to: Some(100.0) };

    /// From one number to another, both included.
    pub const fn between(from: f64, to: f64) -> Self {
        Self { above: None, from: Some(from), to: Some(to) }
    }

    /// The kind, words, name and value of the bound that a number breaks.
    fn broken_by(self, number: f64) -> Option<(&'static str, String, &'static str, f64)> {
        let Self { above, from, to } = self;
        if let Some(bound) = above.filter(|bound| number <= *bound) {
            let words = format!("Input should be greater than {bound}");
            return Some(("greater_than", words, "gt", bound));
        }
        if let Some(bound) = from.filter(|bound| number < *bound) {
            let words = format!("Input should be greater than or equal to {bound}");
            return Some(("greater_than_equal", words, "ge", bound));
        }
        let bound = to.filter(|bound| number > *bound)?;
        let words = format!("Input should be less than or equal to {bound}");
        Some(("less_than_equal", words, "le", bound))
    }
}

/// Whether a field may be missing or null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Optional {
    /// It may be missing or null.
    Yes,
    /// It must be there, but may be null.
    Null,
    /// It must be there.
    No,
}

/// The fields of a body or a query.
#[derive(Debug)]
pub struct Fields {
    place: Place,
    values: Map<String, Value>,
    flaws: Vec<Flaw>,
}

impl Fields {
    /// The fields of a JSON body.
    ///
    /// # Errors
    /// It is no JSON, or no object.
    pub fn of_body(body: &[u8]) -> Result<Self, Vec<Flaw>> {
        let value: Value = serde_json::from_slice(body).map_err(|error| {
            vec![Flaw::no_json(offset(body, error.line(), error.column()), &error.to_string())]
        })?;
        Self::of_value(value)
    }

    /// The fields of JSON that was read already.
    ///
    /// # Errors
    /// It is no object.
    pub fn of_value(value: Value) -> Result<Self, Vec<Flaw>> {
        match value {
            Value::Object(values) => Ok(Self { place: Place::Body, values, flaws: Vec::new() }),
            other => {
                let words = "Input should be a valid dictionary or object to extract fields from";
                let flaw = Flaw::of_all("model_attributes_type", Place::Body, words);
                Err(vec![flaw.with_input(&other)])
            }
        }
    }

    /// The fields of a query that has been decoded; the last of a repeated name holds.
    pub fn of_query(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let values = pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        Self { place: Place::Query, values, flaws: Vec::new() }
    }

    /// The fields of a form that has been decoded; the last of a repeated name holds.
    pub fn of_form(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { place: Place::Body, ..Self::of_query(pairs) }
    }

    /// Whether a field is there and not null.
    pub fn has(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|value| !value.is_null())
    }

    /// Everything that came.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// A list of texts, which may be missing or null.
    pub fn texts(&mut self, name: &str) {
        let words = match self.values.get(name) {
            None | Some(Value::Null) => return,
            Some(Value::Array(items)) if items.iter().all(Value::is_string) => return,
            Some(Value::Array(_)) => "Input should be a list of valid strings",
            Some(_) => "Input should be a valid list",
        };
        let input = self.values[name].clone();
        self.flaws.push(Flaw::of_field("list_type", self.place, name, words, &input));
    }

    /// A text.
    pub fn text(&mut self, name: &str, optional: Optional) -> Option<String> {
        let text = self.read(name, optional, scalar::text)?;
        if text.chars().count() > LONGEST_TEXT {
            let words = format!("String should have at most {LONGEST_TEXT} characters");
            let flaw = Flaw::of_field("string_too_long", self.place, name, words, &text.into());
            self.flaws.push(flaw.with_context("max_length", LONGEST_TEXT));
            return None;
        }
        Some(text)
    }

    /// True or false.
    pub fn boolean(&mut self, name: &str, optional: Optional) -> Option<bool> {
        self.read(name, optional, scalar::boolean)
    }

    /// A whole number within bounds.
    pub fn integer(&mut self, name: &str, optional: Optional, bounds: Bounds) -> Option<i64> {
        let number = self.read(name, optional, scalar::integer)?;
        self.within(name, bounds, number as f64).map(|_| number)
    }

    /// A finite number within bounds.
    pub fn float(&mut self, name: &str, optional: Optional, bounds: Bounds) -> Option<f64> {
        let number = self.read(name, optional, scalar::float)?;
        self.within(name, bounds, number)
    }

    /// An id.
    pub fn uuid(&mut self, name: &str, optional: Optional) -> Option<Uuid> {
        self.read(name, optional, scalar::uuid)
    }

    /// A point in time.
    pub fn time(&mut self, name: &str, optional: Optional) -> Option<Micros> {
        self.read(name, optional, scalar::time)
    }

    /// Refuses every field that is not among these.
    pub fn allow_only(&mut self, known: &[&str]) {
        let unknown: Vec<(String, Value)> = self
            .values
            .iter()
            .filter(|(name, _)| !known.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for (name, value) in unknown {
            let words = "Extra inputs are not permitted";
            self.flaws.push(Flaw::of_field("extra_forbidden", self.place, &name, words, &value));
        }
    }

    /// Adds a flaw that the caller found.
    pub fn flaw(&mut self, flaw: Flaw) {
        self.flaws.push(flaw);
    }

    /// The result, if everything was as it should be.
    ///
    /// # Errors
    /// Everything that was not.
    pub fn finish<T>(self, result: impl FnOnce() -> Option<T>) -> Result<T, Vec<Flaw>> {
        if !self.flaws.is_empty() {
            return Err(self.flaws);
        }
        let place = self.place;
        result().ok_or_else(|| vec![Flaw::of_all("missing", place, "Field required")])
    }

    fn read<T>(
        &mut self,
        name: &str,
        optional: Optional,
        parse: impl FnOnce(&Value) -> Result<T, Mismatch>,
    ) -> Option<T> {
        let Some(value) = self.values.get(name) else {
            if optional != Optional::Yes {
                let all = Value::Object(self.values.clone());
                let flaw = Flaw::of_field("missing", self.place, name, "Field required", &all);
                self.flaws.push(flaw);
            }
            return None;
        };
        if value.is_null() && optional != Optional::No {
            return None;
        }
        match parse(value) {
            Ok(read) => Some(read),
            Err(Mismatch { kind, message, detail }) => {
                let flaw = Flaw::of_field(kind, self.place, name, message, value);
                self.flaws.push(match detail {
                    Some(detail) => flaw.with_context("error", detail),
                    None => flaw,
                });
                None
            }
        }
    }

    fn within(&mut self, name: &str, bounds: Bounds, number: f64) -> Option<f64> {
        let Some((kind, words, bound_name, bound)) = bounds.broken_by(number) else {
            return Some(number);
        };
        let flaw = Flaw::of_field(kind, self.place, name, words, &number.into());
        self.flaws.push(flaw.with_context(bound_name, bound));
        None
    }
}

/// Byte at which line and column (both from 1) stand.
fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let before = body.split(|byte| *byte == b'\n').take(line.saturating_sub(1));
    before.map(|line| line.len() + 1).sum::<usize>() + column.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(value: &Value) -> Fields {
        Fields::of_body(value.to_string().as_bytes()).expect("an object")
    }

    fn flaws(fields: Fields) -> Vec<Value> {
        fields.finish(|| Some(())).unwrap_err().iter().map(Flaw::to_json).collect()
    }

    #[test]
    fn numbers_come_as_numbers_or_text() {
        let mut fields = body(&json!({"a": 10.0, "b": "12", "c": "1e-3", "d": 7, "e": true}));
        let int = |fields: &mut Fields, name| fields.integer(name, Optional::No, Bounds::POSITIVE);
        assert_eq!(int(&mut fields, "a"), Some(10));
        assert_eq!(int(&mut fields, "b"), Some(12));
        assert_eq!(fields.float("c", Optional::No, Bounds::ANY), Some(0.001));
        assert_eq!(fields.float("d", Optional::No, Bounds::ANY), Some(7.0));
        assert_eq!(fields.boolean("e", Optional::No), Some(true));
        assert!(fields.finish(|| Some(())).is_ok());
    }

    #[test]
    fn every_flaw_is_told_at_once_in_the_published_shape() {
        let mut fields = body(&json!({"duration": 10.5, "cpu_power": -1, "run_id": "no"}));
        fields.integer("duration", Optional::No, Bounds::POSITIVE);
        fields.float("cpu_power", Optional::Null, Bounds::NOT_NEGATIVE);
        fields.float("gpu_power", Optional::Null, Bounds::NOT_NEGATIVE);
        fields.uuid("run_id", Optional::No);
        let told = flaws(fields);
        let kinds: Vec<&str> = told.iter().filter_map(|flaw| flaw["type"].as_str()).collect();
        assert_eq!(kinds, ["int_from_float", "greater_than_equal", "missing", "uuid_parsing"]);
        assert_eq!(told[1]["loc"], json!(["body", "cpu_power"]));
        assert_eq!(told[1]["ctx"], json!({"ge": 0.0}));
        assert_eq!(told[2]["msg"], "Field required");
    }

    #[test]
    fn null_is_a_value_only_where_it_may_be() {
        let mut fields = body(&json!({"name": null, "wue": null, "region": null}));
        assert_eq!(fields.float("wue", Optional::Null, Bounds::ANY), None);
        assert_eq!(fields.text("region", Optional::Yes), None);
        assert_eq!(fields.text("absent", Optional::Yes), None);
        fields.text("name", Optional::No);
        let told = flaws(fields);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0]["type"], "string_type");
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused() {
        for text in ["1e999", "\"inf\"", "\"NaN\""] {
            let json = format!("{{\"a\": {text}}}");
            match Fields::of_body(json.as_bytes()) {
                Err(_) => {}
                Ok(mut fields) => {
                    assert_eq!(fields.float("a", Optional::No, Bounds::ANY), None, "{text}");
                    assert_eq!(flaws(fields)[0]["type"], "finite_number", "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_json_or_no_object_is_named_with_its_place() {
        let flaw = &Fields::of_body(b"{\n  \"a\": }").unwrap_err()[0].to_json();
        assert_eq!(
            (flaw["type"].as_str(), &flaw["loc"]),
            (Some("json_invalid"), &json!(["body", 9]))
        );
        let flaw = &Fields::of_body(b"[1]").unwrap_err()[0].to_json();
        assert_eq!(flaw["type"], "model_attributes_type");
    }

    #[test]
    fn unknown_fields_are_refused_where_the_route_says_so() {
        let mut fields = body(&json!({"timestamp": "2026-11-22", "shoe_size": 43}));
        fields.allow_only(&["timestamp"]);
        let told = flaws(fields);
        assert_eq!(told[0]["type"], "extra_forbidden");
        assert_eq!(told[0]["loc"], json!(["body", "shoe_size"]));
    }

    #[test]
    fn long_input_is_not_echoed() {
        let mut fields = body(&json!({"name": "x".repeat(20_000)}));
        assert_eq!(fields.text("name", Optional::No), None);
        assert!(flaws(fields)[0].to_string().len() < 1000);
    }
}
