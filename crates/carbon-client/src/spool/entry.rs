//! What stands in a spool file: one entry a line, each with a checksum.
//!
//! A line is eight hexadecimal digits (CRC-32 of the rest), a space, a JSON object, and a line feed.
//! A program that is killed while it writes leaves a line without its end or with a wrong sum; that
//! line never counted.

use std::fmt;

use carbon_api::{EmissionIn, RunIn};
use carbon_tracker::config::Secret;
use serde::{Deserialize, Serialize};

/// A line of a spool file. Runs have a number that holds within their file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A run of which rows follow.
    Run { number: u32, head: RunHead },
    /// The server has given the run an id.
    Registered { number: u32, server_id: String },
    /// An interval that is to be sent; its `run_id` is filled in when it is.
    Row { number: u32, at_unix_s: f64, row: EmissionIn },
    /// The row of this id needs no sending any more.
    Done { row: String },
    /// Why sending the run's rows failed last.
    Fault { number: u32, at_unix_s: f64, why: String },
}

/// What makes two runs different: the tracker's id, and the server that it is told to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct RunKey {
    pub(crate) run_id: String,
    /// Base address of the API, without a slash at its end.
    pub(crate) endpoint: String,
}

/// A run as it will be registered, and with what right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunHead {
    #[serde(flatten)]
    pub(crate) key: RunKey,
    pub(crate) token: Option<Token>,
    pub(crate) about: RunIn,
}

/// The token of a project, as it is stored; it shows itself nowhere else.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Token(String);

impl Token {
    /// The token of a configuration.
    pub(crate) fn of(secret: &Secret) -> Self {
        Self(secret.expose().to_owned())
    }

    /// The token as it is sent.
    pub(crate) fn secret(&self) -> Secret {
        Secret::new(self.0.clone())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Entry {
    /// Appends the entry as a line; where it begins and how long it is.
    pub(crate) fn write(&self, lines: &mut Vec<u8>) -> (usize, usize) {
        let start = lines.len();
        lines.extend_from_slice(b"00000000 ");
        serde_json::to_writer(&mut *lines, self).expect("plain values with text keys");
        let sum = format!("{:08x}", crc32fast::hash(&lines[start + 9..]));
        lines[start..start + 8].copy_from_slice(sum.as_bytes());
        lines.push(b'\n');
        (start, lines.len() - start)
    }

    /// Reads a line, with or without its line feed; `None` if it is not whole.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let (sum, json) = line.split_at_checked(9)?;
        if sum.strip_suffix(b" ")? != format!("{:08x}", crc32fast::hash(json)).as_bytes() {
            return None;
        }
        serde_json::from_slice(json).ok()
    }
}

/// The entries of a file with their places, and where the last whole line ends. Lines that are
/// damaged are passed over; the end of the file, if it is torn, does not count.
pub(crate) fn read_all(bytes: &[u8]) -> (Vec<(u64, u32, Entry)>, u64) {
    let (mut entries, mut end, mut at) = (Vec::new(), 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if line.ends_with(b"\n") {
            end = at + line.len();
            if let Some(entry) = Entry::read(line) {
                entries.push((at as u64, line.len() as u32, entry));
            }
        }
        at += line.len();
    }
    (entries, end as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> (Vec<Entry>, Vec<u8>) {
        let key = RunKey { run_id: "r".into(), endpoint: "http://x".into() };
        let token = Some(Token("cpt_secret".into()));
        let entries = vec![
            Entry::Run { number: 1, head: RunHead { key, token, about: RunIn::default() } },
            Entry::Row { number: 1, at_unix_s: 1.5, row: EmissionIn::default() },
            Entry::Registered { number: 1, server_id: "é\n\"".into() },
            Entry::Fault { number: 1, at_unix_s: 2.0, why: "down".into() },
            Entry::Done { row: "id".into() },
        ];
        let mut bytes = Vec::new();
        for entry in &entries {
            entry.write(&mut bytes);
        }
        (entries, bytes)
    }

    #[test]
    fn entries_come_back_as_they_were_and_hide_the_token() {
        let (entries, bytes) = sample();
        let (read, end) = read_all(&bytes);
        assert_eq!(end, bytes.len() as u64);
        assert!(read.iter().map(|(_, _, entry)| entry).eq(&entries));
        assert!(!format!("{entries:?}").contains("secret"));
        let (at, len, _) = read[1];
        let place = &bytes[at as usize..at as usize + len as usize];
        assert_eq!(Entry::read(place).as_ref(), Some(&entries[1]));
    }

    proptest! {
        #[test]
        fn a_file_that_ends_anywhere_has_the_entries_that_were_whole(cut in 0usize..2000) {
            let (entries, bytes) = sample();
            let cut = cut.min(bytes.len());
            let (read, end) = read_all(&bytes[..cut]);
            prop_assert!(end as usize <= cut);
            prop_assert!(read.iter().map(|(_, _, e)| e).eq(entries.iter().take(read.len())));
            let whole = bytes[..cut].split_inclusive(|b| *b == b'\n').filter(|l| l.ends_with(b"\n"));
            prop_assert_eq!(read.len(), whole.count());
        }

        #[test]
        fn a_damaged_line_costs_itself_alone(at in 0usize..2000, to in any::<u8>()) {
            let (entries, mut bytes) = sample();
            let at = at % bytes.len();
            let is_change = bytes[at] != to;
            bytes[at] = to;
            let (read, _) = read_all(&bytes);
            prop_assert!(read.iter().all(|(_, _, entry)| entries.contains(entry)));
            // A line feed that is lost or won damages two lines at most.
            prop_assert!(read.len() + 2 >= entries.len());
            prop_assert!(!is_change || read.len() < entries.len());
        }
    }
}
