//! Pages of lists: a position and a limit, so that no list is ever held whole.

use crate::cell::{Cell, FromCell};
use crate::error::Result;

/// A position in a list in the order of creation. Give it to clients as text and take it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub i64);

impl From<Cursor> for Cell {
    fn from(cursor: Cursor) -> Self {
        Self::Integer(cursor.0)
    }
}

impl FromCell for Cursor {
    fn from_cell(cell: Cell) -> Result<Self> {
        i64::from_cell(cell).map(Self)
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// After this position; from the start without.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u32,
}

impl Paging {
    /// The whole list, for the routes that have no pages.
    pub const ALL: Self = Self { after: None, limit: u32::MAX };

    /// The first `limit`.
    pub const fn first(limit: u32) -> Self {
        Self { after: None, limit }
    }

    /// The `limit` after a position.
    pub const fn after(cursor: Cursor, limit: u32) -> Self {
        Self { after: Some(cursor), limit }
    }

    /// The position in a list that ascends.
    pub(crate) fn floor(self) -> Cell {
        Cell::Integer(self.after.map_or(-1, |cursor| cursor.0))
    }

    /// The position in a list that descends.
    pub(crate) fn ceiling(self) -> Cell {
        Cell::Integer(self.after.map_or(i64::MAX, |cursor| cursor.0))
    }

    /// One more than wanted, which tells whether there is more.
    pub(crate) fn probe(self) -> Cell {
        Cell::Integer(i64::from(self.limit) + 1)
    }

    /// The page of rows that were asked for with `probe`.
    pub(crate) fn page<T>(self, mut rows: Vec<(Cursor, T)>) -> Page<T> {
        let limit = self.limit as usize;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|(cursor, _)| *cursor);
        Page { items: rows.into_iter().map(|(_, item)| item).collect(), next }
    }
}

/// Part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What was found, in order.
    pub items: Vec<T>,
    /// Where the next part starts; none after the last.
    pub next: Option<Cursor>,
}
