//! Writes the tables in the form of `src/layout.rs`.

use std::collections::HashMap;

use crate::layout::{Section, TEXT};

/// How many sections there are.
const SECTIONS: usize = Section::Mix as usize + 1;

/// Collects rows per section and the text that they share.
#[derive(Default)]
pub(crate) struct Writer {
    pool: String,
    known: HashMap<String, u32>,
    sections: [Vec<(String, Vec<u8>)>; SECTIONS],
}

/// The fields of one row.
pub(crate) struct Fields<'a> {
    writer: &'a mut Writer,
    bytes: Vec<u8>,
}

impl Writer {
    /// Starts the fields of a row; `finish` gives them to [`Writer::push`].
    pub(crate) fn fields(&mut self) -> Fields<'_> {
        Fields { writer: self, bytes: Vec::new() }
    }

    /// Adds a row to a section.
    pub(crate) fn push(&mut self, section: Section, key: &str, fields: Vec<u8>) {
        assert_eq!(fields.len() + TEXT, section.width(), "width of {section:?} {key:?}");
        self.sections[section as usize].push((key.to_owned(), fields));
    }

    /// The keys of a section so far, sorted.
    pub(crate) fn keys(&self, section: Section) -> Vec<&str> {
        let mut keys: Vec<&str> =
            self.sections[section as usize].iter().map(|(k, _)| k.as_str()).collect();
        keys.sort_unstable();
        keys
    }

    fn intern(&mut self, text: &str) -> [u8; TEXT] {
        let start = *self.known.entry(text.to_owned()).or_insert_with(|| {
            let start = u32::try_from(self.pool.len()).expect("pool below 4 GiB");
            self.pool.push_str(text);
            start
        });
        let length = u16::try_from(text.len()).expect("text below 64 KiB");
        let (a, b) = (start.to_le_bytes(), length.to_le_bytes());
        [a[0], a[1], a[2], a[3], b[0], b[1]]
    }

    /// The rows and the pool. Grid keys repeat, once per year; any other key twice is an error.
    pub(crate) fn finish(mut self) -> (Vec<u8>, String) {
        let directory = SECTIONS * 8;
        let mut sections = std::mem::take(&mut self.sections);
        let (mut head, mut body) = (Vec::new(), Vec::new());
        for (index, rows) in sections.iter_mut().enumerate() {
            rows.sort();
            if index != Section::Grid as usize {
                for pair in rows.windows(2) {
                    assert!(pair[0].0 != pair[1].0, "key {:?} twice in section {index}", pair[0].0);
                }
            }
            for number in [directory + body.len(), rows.len()] {
                head.extend(u32::try_from(number).expect("blob below 4 GiB").to_le_bytes());
            }
            for (key, fields) in rows {
                body.extend(self.intern(key));
                body.extend_from_slice(fields);
            }
        }
        ([head, body].concat(), self.pool)
    }
}

impl Fields<'_> {
    /// A text field.
    pub(crate) fn text(mut self, text: &str) -> Self {
        let reference = self.writer.intern(text);
        self.bytes.extend(reference);
        self
    }

    /// A byte.
    pub(crate) fn u8(mut self, value: u8) -> Self {
        self.bytes.push(value);
        self
    }

    /// Two bytes.
    pub(crate) fn u16(mut self, value: u16) -> Self {
        self.bytes.extend(value.to_le_bytes());
        self
    }

    /// A quantity in millionths.
    pub(crate) fn millionths(mut self, value: f64) -> Self {
        let scaled = (value * 1e6).round();
        assert!((0.0..=f64::from(u32::MAX)).contains(&scaled), "{value} does not fit");
        self.bytes.extend((scaled as u32).to_le_bytes());
        self
    }

    /// The bytes of the row.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}
