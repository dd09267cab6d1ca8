//! The root under which `/sys`, `/proc`, `/run`, `/dev` and `/etc` are looked for.
//!
//! Every path of this crate goes through a [`SysRoot`], so that tests pass a fake machine and a
//! container passes `/host`.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Root of a machine's virtual file systems; `/` unless told otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SysRoot(PathBuf);

impl Default for SysRoot {
    fn default() -> Self {
        Self(PathBuf::from("/"))
    }
}

impl SysRoot {
    /// A machine whose `/sys`, `/proc`, … lie under `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self(root.into())
    }

    /// Whether this is the machine we run on, so that system calls speak of the same machine.
    pub fn is_host(&self) -> bool {
        self.0 == Path::new("/")
    }

    /// `sys/class/powercap` → `<root>/sys/class/powercap`; a leading slash is allowed.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        let relative = relative.as_ref();
        self.0.join(relative.strip_prefix("/").unwrap_or(relative))
    }

    /// Opens a file for reading.
    pub fn open(&self, relative: impl AsRef<Path>) -> io::Result<File> {
        File::open(self.path(relative))
    }

    /// A small text file, without its trailing white space.
    pub fn read(&self, relative: impl AsRef<Path>) -> io::Result<String> {
        read_trimmed(&self.path(relative))
    }

    /// Names in a directory, sorted; empty when it does not exist or cannot be read.
    pub fn list(&self, relative: impl AsRef<Path>) -> Vec<String> {
        list_dir(&self.path(relative))
    }
}

/// A small text file, without its trailing white space.
///
/// Nearly all are shorter than the buffer. `std::fs::read_to_string` first asks for the size, which
/// files of the kernel do not tell, and then feels its way with small reads: twice the system calls,
/// which counts where a whole run takes two milliseconds.
pub fn read_trimmed(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut buffer = [0; 4096];
    let mut bytes = Vec::new();
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => bytes.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut text = String::from_utf8(bytes)
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))?;
    text.truncate(text.trim_end().len());
    Ok(text)
}

/// Names in a directory, sorted naturally by bytes; empty when there is none.
pub fn list_dir(path: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(path) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}
