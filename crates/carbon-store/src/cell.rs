//! Values on their way to and from the databases, and rows of them. Both databases speak these few
//! types, so that a use case is written once.

use uuid::Uuid;

use crate::error::{Error, Result};

/// One value.
#[derive(Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Bool(bool),
    Text(String),
    Bytes(Vec<u8>),
    Id(Uuid),
}

// Values are names, addresses and digests: they never reach a log.
impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Null => "null",
            Self::Integer(_) => "an integer",
            Self::Real(_) => "a number",
            Self::Bool(_) => "a truth value",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Id(_) => "an id",
        })
    }
}

impl Cell {
    /// An error where a value cannot be stored by both databases.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Text(text) if text.contains('\0') => {
                Err(Error::Invalid("a text holds the character U+0000"))
            }
            Self::Real(value) if !value.is_finite() => {
                Err(Error::Invalid("a number is not finite"))
            }
            _ => Ok(()),
        }
    }
}

macro_rules! into_cell {
    ($($from:ty => |$value:ident| $cell:expr),* $(,)?) => {$(
        impl From<$from> for Cell {
            fn from($value: $from) -> Self {
                $cell
            }
        }
    )*};
}

into_cell! {
    i64 => |value| Self::Integer(value),
    f64 => |value| Self::Real(value),
    bool => |value| Self::Bool(value),
    String => |value| Self::Text(value),
    &str => |value| Self::Text(value.to_owned()),
    Vec<u8> => |value| Self::Bytes(value),
    Uuid => |value| Self::Id(value),
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A type that a cell can be read as.
pub(crate) trait FromCell: Sized {
    /// The value; an error if the cell is of another type, which is a defect.
    fn from_cell(cell: Cell) -> Result<Self>;
}

fn unexpected<T>(wanted: &'static str, cell: &Cell) -> Result<T> {
    Err(Error::internal(format!("a column holds {cell:?} where {wanted} was expected")))
}

impl FromCell for i64 {
    fn from_cell(cell: Cell) -> Result<Self> {
        match cell {
            Cell::Integer(value) => Ok(value),
            other => unexpected("an integer", &other),
        }
    }
}

impl FromCell for f64 {
    fn from_cell(cell: Cell) -> Result<Self> {
        match cell {
            Cell::Real(value) => Ok(value),
            Cell::Integer(value) => Ok(value as Self),
            other => unexpected("a number", &other),
        }
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell) -> Result<Self> {
        match cell {
            Cell::Bool(value) => Ok(value),
            Cell::Integer(value) => Ok(value != 0),
            other => unexpected("a truth value", &other),
        }
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell) -> Result<Self> {
        match cell {
            Cell::Text(value) => Ok(value),
            other => unexpected("a text", &other),
        }
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell) -> Result<Self> {
        match cell {
            Cell::Bytes(value) => Ok(value),
            other => unexpected("bytes", &other),
        }
    }
}

impl FromCell for Uuid {
    fn from_cell(cell: Cell) -> Result<Self> {
        match cell {
            Cell::Id(value) => Ok(value),
            Cell::Bytes(bytes) => Self::from_slice(&bytes).map_err(Error::internal),
            other => unexpected("an id", &other),
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell) -> Result<Self> {
        match cell {
            Cell::Null => Ok(None),
            other => T::from_cell(other).map(Some),
        }
    }
}

impl FromCell for Cell {
    fn from_cell(cell: Cell) -> Result<Self> {
        Ok(cell)
    }
}

/// A row that is read from left to right.
pub(crate) struct Row(std::vec::IntoIter<Cell>);

impl Row {
    pub(crate) fn new(cells: Vec<Cell>) -> Self {
        Self(cells.into_iter())
    }

    /// The next column.
    pub(crate) fn next<T: FromCell>(&mut self) -> Result<T> {
        match self.0.next() {
            Some(cell) => T::from_cell(cell),
            None => Err(Error::internal("a row has fewer columns than expected")),
        }
    }
}

/// A type that a row can be read as.
pub(crate) trait FromRow: Sized {
    /// Takes its columns from the row's left.
    fn from_row(row: &mut Row) -> Result<Self>;
}
