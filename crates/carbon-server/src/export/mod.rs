//! Tables as files, written page by page so that their length costs no memory: what a table is, and
//! the formats. Where the cells come from is left out.

mod delimited;
mod json;
mod parquet;

use carbon_store::Timestamp;

use crate::wire::Micros;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Words, among them ids.
    Text,
    /// A number.
    Real,
    /// A whole number.
    Whole,
    /// A point in time.
    Time,
    /// True or false.
    Truth,
}

/// A column by its name.
pub(crate) type Column = (&'static str, Kind);

/// A cell. What is not known is null, whatever the column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Null,
    /// Words.
    Text(String),
    /// A finite number.
    Real(f64),
    /// A whole number.
    Whole(i64),
    /// A point in time.
    Time(Timestamp),
    /// True or false.
    Truth(bool),
}

macro_rules! cell_from {
    ($($from:ty => $kind:ident),*) => {$(
        impl From<$from> for Cell {
            fn from(value: $from) -> Self {
                Self::$kind(value)
            }
        }
    )*};
}

cell_from!(String => Text, f64 => Real, i64 => Whole, Timestamp => Time, bool => Truth);

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated values with a header, RFC 4180.
    Csv,
    /// One JSON list of objects.
    Json,
    /// A JSON object in each line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// Its media type.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
            Self::JsonLines => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// How its files end.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::JsonLines => "ndjson",
            Self::Parquet => "parquet",
        }
    }

    /// Begins a table.
    pub(crate) fn writer(self, columns: &'static [Column]) -> Box<dyn TableWriter> {
        match self {
            Self::Csv => Box::new(delimited::Csv::new(columns)),
            Self::Json => Box::new(json::List::new(columns)),
            Self::JsonLines => Box::new(json::Lines::new(columns)),
            Self::Parquet => Box::new(parquet::Parquet::new(columns)),
        }
    }
}

/// Writes one table. A file without what [`end`](Self::end) gives is not whole: where its format does
/// not show that, the connection that carries it has to.
pub(crate) trait TableWriter: Send {
    /// Adds rows, each with a cell for each column; the bytes that are ready then.
    fn rows(&mut self, rows: &[Vec<Cell>]) -> Vec<u8>;

    /// The last bytes.
    fn end(&mut self) -> Vec<u8>;
}

/// A point in time, with its zone.
fn time_text(time: Timestamp) -> String {
    Micros::from(time).utc()
}
