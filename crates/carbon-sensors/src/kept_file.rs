//! A small text file that is kept open and read from its beginning again and again.
//!
//! Opening costs as much as reading for most files of `/proc` and `/sys`, so what is read in every
//! sample is opened once. Positioned reads leave no cursor behind and need no second call.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use crate::sysroot::SysRoot;

/// A file of which the first bytes are read on demand.
///
/// A descriptor can outlive what it was opened on. When it reads nothing or fails, the file is
/// opened once more.
#[derive(Debug)]
pub(crate) struct KeptFile {
    path: PathBuf,
    file: Option<File>,
}

impl KeptFile {
    /// A file below `root` that the first read will open.
    pub(crate) fn closed(root: &SysRoot, path: &str) -> Self {
        Self { path: root.path(path), file: None }
    }

    /// Opens a file below `root`; 2 µs.
    pub(crate) fn open(root: &SysRoot, path: &str) -> io::Result<Self> {
        let path = root.path(path);
        let file = Some(File::open(&path)?);
        Ok(Self { path, file })
    }

    /// Its path, for messages.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Fills `buffer` from the start of the file and returns the part that was filled; one system
    /// call, no allocation. A kernel file answers such a read whole, so a short answer is the file.
    pub(crate) fn read<'b>(&mut self, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
        let kept = self.file.as_ref().and_then(|file| read_at_start(file, buffer).ok());
        let length = match kept {
            Some(length) if length > 0 => length,
            _ => {
                let file = File::open(&self.path)?;
                let length = read_at_start(&file, buffer)?;
                self.file = Some(file);
                length
            }
        };
        Ok(&buffer[..length])
    }
}

#[cfg(unix)]
fn read_at_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, 0)
}

#[cfg(windows)]
fn read_at_start(file: &File, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, 0)
}
