//! Bytes that only grow, on disk or in memory.
//!
//! What is appended to a file is with the system when the call returns: it survives the end of the
//! program by any signal. It is not forced to the disk, which would cost milliseconds, so a power
//! cut may take the last seconds.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A growing store of bytes.
#[derive(Debug)]
pub(crate) enum Log {
    /// A file that this process has locked.
    Disk { file: File, path: PathBuf, len: u64 },
    /// Memory, lost with the process.
    Memory(Vec<u8>),
}

impl Log {
    /// Bytes so far.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Disk { len, .. } => *len,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// The file, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Disk { path, .. } => Some(path),
            Self::Memory(_) => None,
        }
    }

    /// Appends all of it or nothing; where it begins.
    ///
    /// # Errors
    /// The disk is full, or the file cannot be written; then it is as it was.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<u64> {
        let start = self.len();
        match self {
            Self::Disk { file, len, .. } => {
                if let Err(error) = file.write_all(bytes) {
                    // What was written of it has no end of line and will not count; cutting it off
                    // keeps the next line whole.
                    let _ = file.set_len(start);
                    return Err(error);
                }
                *len += bytes.len() as u64;
            }
            Self::Memory(all) => all.extend_from_slice(bytes),
        }
        Ok(start)
    }

    /// Some of the bytes.
    ///
    /// # Errors
    /// They cannot be read.
    pub(crate) fn read(&self, at: u64, len: u32) -> io::Result<Vec<u8>> {
        match self {
            Self::Disk { file, .. } => {
                let mut bytes = vec![0; len as usize];
                let mut file = file;
                // The file is open for appending, so the position is only one of reading.
                file.seek(SeekFrom::Start(at))?;
                file.read_exact(&mut bytes)?;
                Ok(bytes)
            }
            Self::Memory(all) => {
                let start = at as usize;
                let part = all.get(start..start + len as usize);
                part.map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            }
        }
    }

    /// Cuts off what comes after.
    ///
    /// # Errors
    /// The file cannot be changed.
    pub(crate) fn cut(&mut self, end: u64) -> io::Result<()> {
        match self {
            Self::Disk { file, len, .. } => {
                file.set_len(end)?;
                *len = end;
            }
            Self::Memory(all) => all.truncate(end as usize),
        }
        Ok(())
    }

    /// Removes the file; what was in it is gone.
    pub(crate) fn remove(self) {
        if let Self::Disk { path, .. } = &self {
            // A file without rows that cannot be removed harms nobody and is tried again by the next
            // program that finds it.
            let _ = fs::remove_file(path);
        }
    }
}
