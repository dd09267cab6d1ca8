//! Bytes of a CSV file to records and header, without reading a file.
//!
//! Lenient as Python's reader: a quote opens only at the start of a field, lines end with `\n`,
//! `\r\n` or `\r`, records may have any number of fields. Byte ranges are kept, so that a record
//! can be replaced and the rest of the file stays as it is, byte for byte.

use std::borrow::Cow;
use std::ops::Range;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How the lines of a file end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// `\n`.
    #[default]
    Unix,
    /// `\r\n`.
    Windows,
}

impl LineEnd {
    /// The characters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unix => "\n",
            Self::Windows => "\r\n",
        }
    }
}

/// The first record of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Names of the columns in the order of the file.
    pub columns: Vec<String>,
    /// How the header line ends.
    pub line_end: LineEnd,
}

impl Header {
    /// Whether the columns are exactly these, in any order.
    pub fn has_exactly(&self, fields: &[&str]) -> bool {
        self.columns.len() == fields.len() && self.missing(fields).is_empty()
    }

    /// Fields that no column is named after.
    pub fn missing(&self, fields: &[&str]) -> Vec<String> {
        let has = |field: &&str| self.columns.iter().any(|c| c == field);
        fields.iter().filter(|f| !has(f)).map(|f| (*f).to_owned()).collect()
    }

    /// Columns that are named after no field.
    pub fn unknown(&self, fields: &[&str]) -> Vec<String> {
        self.columns.iter().filter(|c| !fields.contains(&c.as_str())).cloned().collect()
    }
}

/// Reads the header from the first bytes of a file; `complete` says that there are no more.
/// `None` when the header goes on beyond them.
pub fn read_header(bytes: &[u8], complete: bool) -> Option<Header> {
    let first = records(bytes).next();
    if !complete && first.as_ref().is_none_or(|r| r.next >= bytes.len()) {
        // The record may go on, and a `\r` at the very end may be half of a line end.
        return None;
    }
    let Some(first) = first else {
        return Some(Header::default());
    };
    let columns = (0..first.field_count()).filter_map(|i| first.field(i)).map(Cow::into_owned);
    let windows = bytes[first.range.end..].starts_with(b"\r\n");
    let line_end = if windows { LineEnd::Windows } else { LineEnd::Unix };
    Some(Header { columns: columns.collect(), line_end })
}

/// One record and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    bytes: &'a [u8],
    fields: Vec<Range<usize>>,
    /// Its bytes without the line end.
    pub range: Range<usize>,
    /// Where the next record begins.
    pub next: usize,
}

impl<'a> Record<'a> {
    /// How many fields it has.
    pub fn field_count(&self) -> usize {
        self.fields.len()
    }

    /// A field without its quotes; `None` beyond the last.
    pub fn field(&self, index: usize) -> Option<Cow<'a, str>> {
        let raw = &self.bytes[self.fields.get(index)?.clone()];
        Some(match raw.strip_prefix(b"\"") {
            None => String::from_utf8_lossy(raw),
            Some(rest) => Cow::Owned(unquote(rest)),
        })
    }
}

/// Text after an opening quote: doubled quotes are one, the closing one is dropped.
fn unquote(rest: &[u8]) -> String {
    let mut text = Vec::with_capacity(rest.len());
    let mut bytes = rest.iter().copied().peekable();
    let mut open = true;
    while let Some(byte) = bytes.next() {
        if byte == b'"' && open {
            if bytes.next_if_eq(&b'"').is_some() {
                text.push(b'"');
            } else {
                open = false;
            }
        } else {
            text.push(byte);
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// The records of a file in order, header included; a byte order mark is skipped.
pub fn records(bytes: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut next = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    std::iter::from_fn(move || {
        if next >= bytes.len() {
            return None;
        }
        let record = record_at(bytes, next);
        next = record.next;
        Some(record)
    })
}

fn record_at(bytes: &[u8], start: usize) -> Record<'_> {
    let (mut fields, mut begin) = (Vec::new(), start);
    loop {
        let end = field_end(bytes, begin);
        fields.push(begin..end);
        if bytes.get(end) == Some(&b',') {
            begin = end + 1;
            continue;
        }
        let line_end = match bytes.get(end) {
            Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => 2,
            Some(_) => 1,
            None => 0,
        };
        return Record { bytes, fields, range: start..end, next: end + line_end };
    }
}

/// Where the field that begins there ends: at a comma, a line end or the end of the file.
fn field_end(bytes: &[u8], begin: usize) -> usize {
    let mut at = begin;
    if bytes.get(at) == Some(&b'"') {
        at += 1;
        while at < bytes.len() {
            let quote = bytes[at] == b'"';
            at += 1;
            if quote && bytes.get(at) == Some(&b'"') {
                at += 1;
            } else if quote {
                break;
            }
        }
    }
    let rest = &bytes[at..];
    at + rest.iter().position(|b| matches!(b, b',' | b'\n' | b'\r')).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::quoted;
    use proptest::prelude::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        records(text.as_bytes())
            .map(|r| (0..r.field_count()).map(|i| r.field(i).unwrap().into_owned()).collect())
            .collect()
    }

    #[test]
    fn quotes_commas_and_line_ends_are_read_as_they_were_meant() {
        let text = "a,\"b,\"\"c\"\"\nd\",\r\n\"\",x\"y,\n";
        assert_eq!(rows(text), [vec!["a", "b,\"c\"\nd", ""], vec!["", "x\"y", ""]]);
        assert_eq!(rows("a,b"), [["a", "b"]]);
        assert_eq!(rows("\u{feff}a\r\"open"), [["a"], ["open"]]);
    }

    #[test]
    fn a_header_is_known_once_it_is_whole() {
        assert_eq!(read_header(b"a,b", false), None);
        assert_eq!(read_header(b"a,b\r", false), None);
        assert_eq!(read_header(b"a,\"b\n", false), None);
        let header = read_header(b"a,b\r\n1", false).unwrap();
        assert_eq!((header.columns.len(), header.line_end), (2, LineEnd::Windows));
        assert_eq!(read_header(b"a,b", true).unwrap().line_end, LineEnd::Unix);
        assert_eq!(read_header(b"", true).unwrap().columns, [""; 0]);
    }

    #[test]
    fn columns_are_compared_in_any_order_but_all_of_them() {
        let header = |text: &str| read_header(text.as_bytes(), true).unwrap();
        assert!(header("b,a").has_exactly(&["a", "b"]));
        assert!(!header("a,a").has_exactly(&["a", "b"]));
        assert!(!header("a,b,c").has_exactly(&["a", "b"]));
        assert_eq!(header("a,c").missing(&["a", "b"]), ["b"]);
        assert_eq!(header("a,c").unknown(&["a", "b"]), ["c"]);
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(
            table in prop::collection::vec(prop::collection::vec(".{0,12}", 2..5), 1..6)
        ) {
            let line = |row: &Vec<String>| {
                row.iter().map(|t| quoted(t).into_owned()).collect::<Vec<_>>().join(",")
            };
            let text: String = table.iter().map(|row| line(row) + "\n").collect();
            prop_assume!(!text.starts_with('\u{feff}'));
            prop_assert_eq!(rows(&text), table);
        }

        #[test]
        fn any_bytes_are_split_without_loss(bytes in prop::collection::vec(
            prop::sample::select(b"a,\"\n\r\xff\xef\xbb\xbf".to_vec()), 0..60)
        ) {
            let mut at = if bytes.starts_with(BYTE_ORDER_MARK) { 3 } else { 0 };
            for record in records(&bytes) {
                prop_assert_eq!(record.range.start, at);
                prop_assert!(record.range.end <= record.next && record.next > at);
                at = record.next;
            }
            prop_assert_eq!(at, bytes.len());
            let _ = read_header(&bytes, false);
        }
    }
}
