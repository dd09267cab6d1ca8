//! JSON: one list, or an object in each line.

use serde_json::Value;

use super::{Cell, Column, TableWriter, time_text};

/// One JSON list.
pub(super) struct List {
    columns: &'static [Column],
    has_rows: bool,
}

impl List {
    pub(super) fn new(columns: &'static [Column]) -> Self {
        Self { columns, has_rows: false }
    }
}

impl TableWriter for List {
    fn rows(&mut self, rows: &[Vec<Cell>]) -> Vec<u8> {
        let mut out = Vec::new();
        for row in rows {
            let is_first = !std::mem::replace(&mut self.has_rows, true);
            out.extend_from_slice(if is_first { b"[\n" } else { b",\n" });
            object(self.columns, row, &mut out);
        }
        out
    }

    fn end(&mut self) -> Vec<u8> {
        if self.has_rows { b"\n]\n".to_vec() } else { b"[]\n".to_vec() }
    }
}

/// An object in each line.
pub(super) struct Lines {
    columns: &'static [Column],
}

impl Lines {
    pub(super) fn new(columns: &'static [Column]) -> Self {
        Self { columns }
    }
}

impl TableWriter for Lines {
    fn rows(&mut self, rows: &[Vec<Cell>]) -> Vec<u8> {
        let mut out = Vec::new();
        for row in rows {
            object(self.columns, row, &mut out);
            out.push(b'\n');
        }
        out
    }

    fn end(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

fn object(columns: &[Column], row: &[Cell], out: &mut Vec<u8>) {
    for (index, ((name, _), cell)) in columns.iter().zip(row).enumerate() {
        out.extend_from_slice(if index == 0 { b"{\"" } else { b",\"" });
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b"\":");
        let value = match cell {
            Cell::Null => Value::Null,
            Cell::Text(text) => Value::String(text.clone()),
            Cell::Real(number) => (*number).into(),
            Cell::Whole(number) => (*number).into(),
            Cell::Time(time) => time_text(*time).into(),
            Cell::Truth(truth) => (*truth).into(),
        };
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(&mut *out, &value);
    }
    out.push(b'}');
}

#[cfg(test)]
mod tests {
    use carbon_store::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::export::Kind;

    static COLUMNS: [Column; 3] =
        [("name", Kind::Text), ("energy_kwh", Kind::Real), ("at", Kind::Time)];

    #[test]
    fn both_forms_hold_the_same_objects() {
        let at = Cell::Time(Timestamp::from_seconds(1_795_334_400));
        let row = |name: &str, energy: Cell| vec![Cell::Text(name.to_owned()), energy, at.clone()];
        let rows = [row("a\"\n", 0.1.into()), row("=1", Cell::Null)];
        let wanted = json!([
            { "name": "a\"\n", "energy_kwh": 0.1, "at": "2026-11-22T08:00:00Z" },
            { "name": "=1", "energy_kwh": null, "at": "2026-11-22T08:00:00Z" },
        ]);
        let mut list = List::new(&COLUMNS);
        let bytes = [list.rows(&rows[..1]), list.rows(&rows[1..]), list.end()].concat();
        assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), wanted);
        let mut lines = Lines::new(&COLUMNS);
        let bytes = [lines.rows(&rows), lines.end()].concat();
        let text = String::from_utf8(bytes).unwrap();
        let read: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(Value::from(read), wanted);
        assert_eq!(List::new(&COLUMNS).end(), b"[]\n");
    }
}
