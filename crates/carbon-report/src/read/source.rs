//! Files and folders to the bytes of a table: unpacked, in UTF-8, and not larger than memory bears.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;

/// Longest file that is read, and most that one unpacks to, in bytes: what is read is held in memory.
const LONGEST: u64 = 2 << 30;

/// Endings of files that a folder is looked through for; each also with `.gz` after it.
const ENDINGS: [&str; 3] = ["csv", "json", "jsonl"];

/// A file that is no text, or not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormatFault {
    /// The archive is broken, or not whole yet.
    #[error("a gzip file that cannot be unpacked to its end; unpack it to see what is left of it")]
    Unpacking,
    /// It unpacks to more than is read.
    #[error("unpacks to more than {} GiB; read its parts one by one", LONGEST >> 30)]
    TooLong,
    /// A workbook or another archive.
    #[error("a workbook or a zip archive; save its table as CSV, or unpack it")]
    Zip,
    /// A table for programs.
    #[error("a Parquet file; write its rows as CSV, or read the CSV that it was made from")]
    Parquet,
    /// A database.
    #[error("a SQLite database; codecarbon serve shows the one of a server")]
    Database,
}

/// The files of a folder that are named like records, by name; folders in it are not looked into.
///
/// # Errors
/// The folder cannot be read.
pub(super) fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for member in std::fs::read_dir(folder)? {
        let path = member?.path();
        if is_named_like_records(&path) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// How a file, or each file of a folder, is on the disk: another value means that it has to be read again.
/// Files that are not there have none.
pub fn states_of(path: &Path) -> Vec<FileState> {
    let state = |path: PathBuf| {
        let file = std::fs::metadata(&path).ok()?;
        Some(FileState { length: file.len(), written: file.modified().ok(), path })
    };
    if path.is_dir() {
        return files_of(path).unwrap_or_default().into_iter().filter_map(state).collect();
    }
    state(path.to_owned()).into_iter().collect()
}

/// A file by its length and its time of writing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileState {
    path: PathBuf,
    length: u64,
    written: Option<SystemTime>,
}

fn is_named_like_records(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    !name.starts_with('.') && name.rsplit_once('.').is_some_and(|(_, end)| ENDINGS.contains(&end))
}

/// The bytes of a file as they are.
pub(super) fn bytes_of(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let too_long = || io::Error::other(format!("longer than {} GiB; split it", LONGEST >> 30));
    if length > LONGEST {
        return Err(too_long());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // What is no regular file has no length.
    if file.take(LONGEST + 1).read_to_end(&mut bytes)? as u64 > LONGEST {
        return Err(too_long());
    }
    Ok(bytes)
}

/// The text of a file: unpacked where it is gzip, and UTF-8 where it is UTF-16, as spreadsheets and
/// shells on Windows write it.
///
/// # Errors
/// It is a file of another kind.
pub fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, FormatFault> {
    match bytes {
        [0x1f, 0x8b, ..] => {
            let mut text = Vec::new();
            let mut decoder = MultiGzDecoder::new(bytes).take(LONGEST + 1);
            decoder.read_to_end(&mut text).map_err(|_| FormatFault::Unpacking)?;
            if text.len() as u64 > LONGEST {
                return Err(FormatFault::TooLong);
            }
            Ok(Cow::Owned(from_utf16(&text).unwrap_or(text)))
        }
        [b'P', b'K', 3, 4, ..] => Err(FormatFault::Zip),
        [b'P', b'A', b'R', b'1', ..] => Err(FormatFault::Parquet),
        _ if bytes.starts_with(b"SQLite format 3\0") => Err(FormatFault::Database),
        _ => Ok(from_utf16(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)),
    }
}

fn from_utf16(bytes: &[u8]) -> Option<Vec<u8>> {
    let unit: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String =
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(text.into_bytes())
}

#[cfg(test)]
#[path = "source_tests.rs"]
mod tests;
