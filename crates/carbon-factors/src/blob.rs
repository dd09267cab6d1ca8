//! Reader of the compiled tables: binary search over sorted rows, no parsing, no allocation.

use std::cmp::Ordering;

use crate::layout::{Section, TEXT};

static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tables.bin"));

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

/// The rows of `section` whose key is exactly `key`, in the order they were written.
pub(crate) fn rows_of(section: Section, key: &str) -> impl Iterator<Item = Row> {
    let first = lower_bound(section, key);
    (first..count(section))
        .map(move |i| row(section, i))
        .take_while(move |r| compare(*r, key).is_eq())
}

/// The only row of `section` with `key`.
pub(crate) fn find(section: Section, key: &str) -> Option<Row> {
    rows_of(section, key).next()
}

/// How many rows `section` has.
pub(crate) fn count(section: Section) -> usize {
    u32_at(BLOB, section as usize * 8 + 4) as usize
}

/// The row at a place below [`count`].
pub(crate) fn row(section: Section, index: usize) -> Row {
    let start = u32_at(BLOB, section as usize * 8) as usize + index * section.width();
    Row(&BLOB[start..start + section.width()])
}

/// Bytes that the tables take in the binary.
pub(crate) const fn size() -> usize {
    BLOB.len()
}

fn lower_bound(section: Section, key: &str) -> usize {
    let (mut low, mut high) = (0, count(section));
    while low < high {
        let middle = usize::midpoint(low, high);
        if compare(row(section, middle), key).is_lt() {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn compare(row: Row, key: &str) -> Ordering {
    text_bytes(row.0).cmp(key.as_bytes())
}

fn text(reference: &'static [u8]) -> &'static str {
    // The build script writes the pool from `str`s, so this only fails on a damaged binary.
    std::str::from_utf8(text_bytes(reference)).unwrap_or("")
}

fn text_bytes(reference: &'static [u8]) -> &'static [u8] {
    let pool = u32_at(BLOB, Section::COUNT * 8) as usize;
    let start = pool + u32_at(reference, 0) as usize;
    let length = usize::from(u16::from_le_bytes([reference[4], reference[5]]));
    &BLOB[start..start + length]
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
