//! A file of the kernel that holds one number, kept open and read without allocation.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::meter::ReadError;
use crate::rapl::parse::parse_counter;

/// Longer than any number in these files.
const LONGEST: usize = 32;

/// One number, read again and again.
///
/// A descriptor outlives the device that it was opened on: when a driver is loaded again, reads
/// fail for good. So a failed read is tried once more on a freshly opened file, and a descriptor
/// that still works is kept when the path cannot be opened any more.
#[derive(Debug)]
pub(crate) struct CounterFile {
    path: PathBuf,
    file: Option<File>,
}

impl CounterFile {
    /// A file that is open already.
    pub(crate) fn open(path: PathBuf, file: File) -> Self {
        Self { path, file: Some(file) }
    }

    /// A file that the first read will open.
    pub(crate) fn closed(path: PathBuf) -> Self {
        Self { path, file: None }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn into_path(self) -> PathBuf {
        self.path
    }

    /// The number. Costs one system call.
    pub(crate) fn read(&mut self) -> Result<u64, ReadError> {
        self.read_as(parse_counter)
    }

    /// The number without its sign.
    pub(crate) fn read_magnitude(&mut self) -> Result<u64, ReadError> {
        self.read_as(|bytes| parse_counter(bytes.strip_prefix(b"-").unwrap_or(bytes)))
    }

    fn read_as(&mut self, parse: fn(&[u8]) -> Option<u64>) -> Result<u64, ReadError> {
        if let Some(file) = &self.file
            && let Ok(value) = self.read_from(file, parse)
        {
            return Ok(value);
        }
        let file = File::open(&self.path).map_err(|source| self.failed(source))?;
        let value = self.read_from(&file, parse);
        self.file = Some(file);
        value
    }

    fn read_from(&self, file: &File, parse: fn(&[u8]) -> Option<u64>) -> Result<u64, ReadError> {
        let mut buffer = [0; LONGEST];
        let length = read_at_start(file, &mut buffer).map_err(|source| self.failed(source))?;
        parse(&buffer[..length]).ok_or_else(|| ReadError::Garbage {
            path: self.path.display().to_string(),
            expected: "a whole number and a newline",
            found: String::from_utf8_lossy(&buffer[..length]).into_owned(),
        })
    }

    fn failed(&self, source: io::Error) -> ReadError {
        ReadError::Io { path: self.path.display().to_string(), source }
    }
}

/// Reads a file that fits into `buffer`, without allocation.
pub(crate) fn read_small<'b>(path: &Path, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
    let length = read_at_start(&File::open(path)?, buffer)?;
    if length == buffer.len() { Err(ErrorKind::FileTooLarge.into()) } else { Ok(&buffer[..length]) }
}

#[cfg(unix)]
fn read_at_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, 0)
}

#[cfg(windows)]
fn read_at_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, 0)
}
