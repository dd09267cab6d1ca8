//! Rows from the bytes of a body, without a value for each of their fields in between. Where a row is
//! not as it should be, it alone is read once more, to say what is wrong with it.

use std::borrow::Cow;
use std::fmt;

use carbon_store::{MAX_BATCH_ROWS, NewEmission};
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Value};

use crate::fault::Fault;
use crate::routes::row::{QuickRow, read_row};
use crate::wire::{Fields, Flaw, Place};

/// How rows are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `[…]`, or `{"emissions": […]}`.
    Whole,
    /// One row in each line.
    Lines,
}

/// All rows of a body.
///
/// # Errors
/// What is wrong with the first row that cannot be taken, by its place; or there are too many.
pub(super) fn read(form: Form, body: &[u8]) -> Result<Vec<NewEmission>, Fault> {
    match form {
        Form::Whole => whole(body),
        Form::Lines => lines(body),
    }
}

fn whole(body: &[u8]) -> Result<Vec<NewEmission>, Fault> {
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let list = if is_list { "" } else { "emissions" };
    let mut rows = Vec::new();
    let failed = match walk(body, is_list, Rows(&mut rows)) {
        Ok(true) => return Ok(rows),
        Ok(false) => {
            let words = "Field required";
            let flaw = Flaw::of_field("missing", Place::Body, "emissions", words, &Value::Null);
            return Err(Fault::Flaws(vec![flaw]));
        }
        Err(error) => error,
    };
    // The row that stopped it, once more, as a value; none where the JSON itself is broken.
    let (index, mut found) = (rows.len(), None);
    if let Err(error) = walk(body, is_list, Nth { index, found: &mut found })
        && found.is_none()
    {
        return Err(no_json(body, &error));
    }
    match found {
        Some(_) if index == MAX_BATCH_ROWS => Err(too_many(list)),
        Some(value) => Err(explained(value, list, index, &failed)),
        None => Err(no_json(body, &failed)),
    }
}

fn lines(body: &[u8]) -> Result<Vec<NewEmission>, Fault> {
    let mut rows = Vec::new();
    let lines = body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    for line in lines.filter(|line| !line.is_empty()) {
        if rows.len() == MAX_BATCH_ROWS {
            return Err(too_many(""));
        }
        let failed = match serde_json::from_slice::<QuickRow>(line) {
            Ok(row) => match row.checked() {
                Some(row) => {
                    rows.push(row);
                    continue;
                }
                None => serde_json::Error::custom(OUT_OF_BOUNDS),
            },
            Err(error) => error,
        };
        let index = rows.len();
        return Err(match serde_json::from_slice(line) {
            Ok(value) => explained(value, "", index, &failed),
            Err(error) => {
                let offset = line.as_ptr().addr() - body.as_ptr().addr() + error.column();
                let flaw = Flaw::no_json(offset.saturating_sub(1), &error.to_string());
                Fault::Flaws(vec![flaw.of_item("", index)])
            }
        });
    }
    Ok(rows)
}

const OUT_OF_BOUNDS: &str = "a figure is out of bounds";

/// What is wrong with a row.
fn explained(value: Value, list: &str, index: usize, failed: &serde_json::Error) -> Fault {
    if value.get("tasks").is_some_and(|tasks| !tasks.is_null()) {
        let words = "Tasks are sent to /v1/runs/{id}/tasks where rows are sent in bulk";
        let flaw = Flaw::of_field("extra_forbidden", Place::Body, "tasks", words, &Value::Null);
        return Fault::Flaws(vec![flaw.of_item(list, index)]);
    }
    let flaws = match Fields::of_value(value).map_err(Fault::from).and_then(read_row) {
        Err(Fault::Flaws(flaws)) => flaws,
        Err(other) => return other,
        // What older routes read from a text is to be a number here.
        Ok(_) => {
            let words = format!("Input should be in JSON's own types: {failed}");
            vec![Flaw::of_all("strict_type", Place::Body, words)]
        }
    };
    Fault::Flaws(flaws.into_iter().map(|flaw| flaw.of_item(list, index)).collect())
}

fn too_many(list: &str) -> Fault {
    let words = format!("List should have at most {MAX_BATCH_ROWS} items");
    let flaw = match list {
        "" => Flaw::of_all("too_long", Place::Body, words),
        list => Flaw::of_field("too_long", Place::Body, list, words, &Value::Null),
    };
    Fault::Flaws(vec![flaw.with_context("max_length", MAX_BATCH_ROWS)])
}

fn no_json(body: &[u8], error: &serde_json::Error) -> Fault {
    let before = body.split(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let offset = before.map(|line| line.len() + 1).sum::<usize>() + error.column();
    Fault::Flaws(vec![Flaw::no_json(offset.saturating_sub(1), &error.to_string())])
}

/// Reads the list of a body into a seed. Whether there is a list.
fn walk<'de, S>(body: &'de [u8], is_list: bool, seed: S) -> Result<bool, serde_json::Error>
where
    S: DeserializeSeed<'de, Value = ()>,
{
    let mut from = Deserializer::from_slice(body);
    let found = if is_list {
        seed.deserialize(&mut from).map(|()| true)
    } else {
        from.deserialize_map(Object(Some(seed)))
    }?;
    from.end()?;
    Ok(found)
}

/// An object with the list in `emissions`.
struct Object<S>(Option<S>);

impl<'de, S: DeserializeSeed<'de, Value = ()>> Visitor<'de> for Object<S> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows, or an object with one in `emissions`")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<bool, A::Error> {
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            if name != "emissions" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let seed = self.0.take().ok_or_else(|| A::Error::duplicate_field("emissions"))?;
            map.next_value_seed(seed)?;
        }
        Ok(self.0.is_none())
    }
}

/// A list of which every row is read, until one cannot be.
struct Rows<'r>(&'r mut Vec<NewEmission>);

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while self.0.len() < MAX_BATCH_ROWS {
            let Some(row) = list.next_element::<QuickRow>()? else { return Ok(()) };
            self.0.push(row.checked().ok_or_else(|| A::Error::custom(OUT_OF_BOUNDS))?);
        }
        match list.next_element::<IgnoredAny>()? {
            Some(_) => Err(A::Error::custom("too many rows")),
            None => Ok(()),
        }
    }
}

/// A list of which one row is taken as it is.
struct Nth<'r> {
    index: usize,
    found: &'r mut Option<Value>,
}

impl<'de> DeserializeSeed<'de> for Nth<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Nth<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        for _ in 0..self.index {
            list.next_element::<IgnoredAny>()?;
        }
        *self.found = list.next_element()?;
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(energy_kwh: f64) -> Value {
        json!({
            "timestamp": "2026-11-22T07:01:00Z", "run_id": "f7e6d5c4-0000-4000-8000-000000000001",
            "duration": 60, "emissions_sum": 0.5, "emissions_rate": 0, "energy_consumed": energy_kwh,
            "cpu_power": 40, "gpu_power": 0, "ram_power": 10, "cpu_energy": 1, "gpu_energy": 0,
            "ram_energy": 0.5,
        })
    }

    /// The same rows in every form.
    fn forms(rows: &[Value]) -> [(Form, String); 3] {
        let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
        [
            (Form::Whole, json!(rows).to_string()),
            (Form::Whole, json!({ "note": [1, {}], "emissions": rows, "z": null }).to_string()),
            (Form::Lines, lines.join("\r\n\n") + "\n"),
        ]
    }

    fn flaws(form: Form, body: &str) -> Vec<Value> {
        match read(form, body.as_bytes()) {
            Err(Fault::Flaws(flaws)) => flaws.iter().map(Flaw::to_json).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn rows_come_in_three_forms() {
        for (form, body) in forms(&[row(1.0), row(2.0), row(4.0)]) {
            let rows = read(form, body.as_bytes()).unwrap();
            let energy: f64 = rows.iter().filter_map(|row| row.measured.energy_kwh).sum();
            assert_eq!((rows.len(), energy), (3, 7.0), "{body}");
        }
        for (form, body) in forms(&[]) {
            assert_eq!(read(form, body.as_bytes()).unwrap(), [], "{body}");
        }
    }

    #[test]
    fn a_flaw_names_its_row_and_all_that_is_wrong_with_it() {
        let mut bad = row(1.0);
        bad["energy_consumed"] = (-1).into();
        bad["run_id"] = "x".into();
        for (form, body) in forms(&[row(1.0), row(2.0), bad, row(3.0)]) {
            let told = flaws(form, &body);
            let kinds: Vec<&str> = told.iter().filter_map(|flaw| flaw["type"].as_str()).collect();
            assert_eq!(kinds, ["uuid_parsing", "greater_than_equal"], "{body}");
            let place = told[1]["loc"].as_array().unwrap();
            assert_eq!(place[0], "body");
            assert_eq!(place[place.len() - 2..], [json!(2), json!("energy_consumed")]);
        }
    }

    #[test]
    fn a_number_as_text_is_refused_with_its_row() {
        let mut bad = row(1.0);
        bad["energy_consumed"] = "1.5".into();
        for (form, body) in forms(&[row(1.0), bad]) {
            assert_eq!(flaws(form, &body)[0]["type"], "strict_type", "{body}");
        }
    }

    #[test]
    fn no_more_rows_are_taken_than_one_request_may_bring() {
        let rows = vec![row(1.0); MAX_BATCH_ROWS + 1];
        for (form, body) in forms(&rows[1..]) {
            assert_eq!(read(form, body.as_bytes()).unwrap().len(), MAX_BATCH_ROWS);
        }
        for (form, body) in forms(&rows) {
            assert_eq!(flaws(form, &body)[0]["type"], "too_long");
        }
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let good = row(1.0).to_string();
        for (form, body, place) in [
            (Form::Whole, String::new(), 0),
            (Form::Whole, "[".to_owned(), 0),
            (Form::Whole, format!("[{good},]"), good.len() + 2),
            (Form::Whole, format!("[{good}] x"), good.len() + 3),
            (Form::Whole, format!("[{good},\n{{\"duration\": 1e999}}]"), 0),
            (Form::Lines, format!("{good}\nx"), good.len() + 1),
        ] {
            let told = &flaws(form, &body)[0];
            assert_eq!(told["type"], "json_invalid", "{body}: {told}");
            let found = told["loc"].as_array().unwrap().last().unwrap().as_u64().unwrap();
            assert!(found as usize >= place, "{body}: {told}");
        }
        assert_eq!(flaws(Form::Whole, "{}")[0]["type"], "missing");
        assert_eq!(flaws(Form::Whole, "5")[0]["type"], "json_invalid");
        assert_eq!(flaws(Form::Whole, "[5]")[0]["type"], "model_attributes_type");
        let deep = "[".repeat(100_000);
        assert_eq!(flaws(Form::Whole, &deep)[0]["type"], "json_invalid");
    }
}
