//! Reader of the compiled tables: binary search over sorted rows, no parsing, no allocation.

use std::cmp::Ordering;
use std::ops::Range;

use crate::layout::{Section, TEXT};

static ROWS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tables.bin"));
static POOL: &str = include_str!(concat!(env!("OUT_DIR"), "/tables.txt"));

/// One row of a section.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row(&'static [u8]);

/// A cursor over the fields of a row, in the order that [`Section::width`] lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    rest: &'static [u8],
}

impl Row {
    /// The key of the row.
    pub(crate) fn key(self) -> &'static str {
        text(self.0)
    }

    /// The fields after the key.
    pub(crate) fn fields(self) -> Fields {
        Fields { rest: &self.0[TEXT..] }
    }
}

impl Fields {
    fn take(&mut self, count: usize) -> &'static [u8] {
        let (head, rest) = self.rest.split_at(count);
        self.rest = rest;
        head
    }

    /// The next field as text.
    pub(crate) fn text(&mut self) -> &'static str {
        text(self.take(TEXT))
    }

    /// The next field as a byte.
    pub(crate) fn u8(&mut self) -> u8 {
        self.take(1)[0]
    }

    /// The next field as two bytes.
    pub(crate) fn u16(&mut self) -> u16 {
        let b = self.take(2);
        u16::from_le_bytes([b[0], b[1]])
    }

    /// The next field as a quantity stored in millionths.
    pub(crate) fn millionths(&mut self) -> f64 {
        f64::from(u32_at(self.take(4), 0)) / 1e6
    }
}

/// The rows of `section` whose key is `prefix` and then `rest`, in the order they were written.
///
/// The key comes in two parts so that a look-up need not put them together.
pub(crate) fn rows_of<'a>(
    section: Section,
    prefix: &'a str,
    rest: &'a str,
) -> impl Iterator<Item = Row> {
    let key = Key { prefix, rest };
    let first = lower_bound(section, key);
    (first..count(section))
        .map(move |i| row(section, i))
        .take_while(move |r| key.compare(*r).is_eq())
}

/// The only row of `section` with `key`.
pub(crate) fn find(section: Section, key: &str) -> Option<Row> {
    find_in(section, "", key)
}

/// The only row of `section` whose key is `prefix` and then `rest`.
pub(crate) fn find_in(section: Section, prefix: &str, rest: &str) -> Option<Row> {
    rows_of(section, prefix, rest).next()
}

/// How many rows `section` has.
pub(crate) fn count(section: Section) -> usize {
    u32_at(ROWS, section as usize * 8 + 4) as usize
}

/// The row at a place below [`count`].
pub(crate) fn row(section: Section, index: usize) -> Row {
    let start = u32_at(ROWS, section as usize * 8) as usize + index * section.width();
    Row(&ROWS[start..start + section.width()])
}

/// Bytes that the tables take in the binary.
pub(crate) const fn size() -> usize {
    ROWS.len() + POOL.len()
}

#[derive(Clone, Copy)]
struct Key<'a> {
    prefix: &'a str,
    rest: &'a str,
}

impl Key<'_> {
    /// The order of the row's key against this one.
    #[inline]
    fn compare(self, row: Row) -> Ordering {
        let (key, prefix) = (bytes(row.0), self.prefix.as_bytes());
        if prefix.is_empty() {
            return key.cmp(self.rest.as_bytes());
        }
        match key.split_at_checked(prefix.len()) {
            Some((head, tail)) if head == prefix => tail.cmp(self.rest.as_bytes()),
            // It differs within the prefix, or is shorter and so before or apart from it.
            _ => key.cmp(prefix),
        }
    }
}

fn lower_bound(section: Section, key: Key<'_>) -> usize {
    let (start, width) = (u32_at(ROWS, section as usize * 8) as usize, section.width());
    let rows = &ROWS[start..start + count(section) * width];
    let (mut low, mut high) = (0, count(section));
    while low < high {
        let middle = usize::midpoint(low, high);
        let row = Row(&rows[middle * width..(middle + 1) * width]);
        if key.compare(row).is_lt() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn text(reference: &'static [u8]) -> &'static str {
    &POOL[place(reference)]
}

fn bytes(reference: &'static [u8]) -> &'static [u8] {
    &POOL.as_bytes()[place(reference)]
}

fn place(reference: &[u8]) -> Range<usize> {
    let start = u32_at(reference, 0) as usize;
    start..start + usize::from(u16::from_le_bytes([reference[4], reference[5]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
