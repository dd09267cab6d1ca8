//! Comma-separated values, safe to open in a spreadsheet: words that it would run as a formula get an
//! apostrophe before them, which it takes for "this is text".

use super::{Cell, Column, TableWriter, time_text};

/// A CSV file.
pub(super) struct Csv {
    columns: &'static [Column],
    has_header: bool,
}

impl Csv {
    pub(super) fn new(columns: &'static [Column]) -> Self {
        Self { columns, has_header: false }
    }

    /// The header, once.
    fn header(&mut self, out: &mut csv::Writer<Vec<u8>>) {
        if !std::mem::replace(&mut self.has_header, true) {
            write(out, self.columns.iter().map(|(name, _)| (*name).to_owned()));
        }
    }
}

impl TableWriter for Csv {
    fn rows(&mut self, rows: &[Vec<Cell>]) -> Vec<u8> {
        let mut out = writer();
        self.header(&mut out);
        for row in rows {
            write(&mut out, row.iter().map(text));
        }
        out.into_inner().unwrap_or_default()
    }

    fn end(&mut self) -> Vec<u8> {
        let mut out = writer();
        self.header(&mut out);
        out.into_inner().unwrap_or_default()
    }
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

fn write(out: &mut csv::Writer<Vec<u8>>, cells: impl Iterator<Item = String>) {
    // Writing to memory cannot fail, and every row has the columns of the header.
    let _ = out.write_record(cells);
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Real(number) => number.to_string(),
        Cell::Whole(number) => number.to_string(),
        Cell::Time(time) => time_text(*time),
        Cell::Truth(truth) => truth.to_string(),
    }
}

/// Words that no spreadsheet runs. What it would take for the beginning of a formula is also looked
/// for after spaces, which some cut off, and in its wide form, which some read as the narrow one.
fn harmless(text: &str) -> String {
    let first = text.chars().find(|letter| !matches!(letter, ' ' | '\u{a0}' | '\u{feff}'));
    let is_formula = first.is_some_and(|letter| {
        matches!(letter, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    });
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::Kind;

    #[test]
    fn what_was_written_is_read_again_and_is_no_formula() {
        static COLUMNS: [Column; 2] = [("name", Kind::Text), ("energy_kwh", Kind::Real)];
        let names = ["a,\"b\"\r\nc", "=1+1", " =1", "@x", "-2", "+3", "\t=4", "ＡＢＣ", "＝5", ""];
        let rows: Vec<Vec<Cell>> = names
            .iter()
            .map(|name| vec![Cell::Text((*name).to_owned()), Cell::Real(-0.1)])
            .collect();
        let mut file = Csv::new(&COLUMNS);
        let mut bytes = file.rows(&rows[..4]);
        bytes.extend(file.rows(&rows[4..]));
        bytes.extend(file.end());
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        assert_eq!(reader.headers().unwrap(), vec!["name", "energy_kwh"]);
        let read: Vec<(String, f64)> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(read.len(), names.len());
        for ((text, energy_kwh), name) in read.iter().zip(names) {
            assert_eq!(*energy_kwh, -0.1);
            assert_eq!(text.trim_start_matches('\''), name);
            assert!(!text.trim().starts_with(['=', '@', '+', '-', '＝']), "{text:?}");
        }
    }

    #[test]
    fn a_table_without_rows_has_a_header() {
        static COLUMNS: [Column; 2] = [("a", Kind::Text), ("b", Kind::Real)];
        assert_eq!(Csv::new(&COLUMNS).end(), b"a,b\r\n");
    }
}
