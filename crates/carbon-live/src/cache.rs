//! Answers kept on disk, for the next process: small JSON files that only the user can read.
//!
//! A file is replaced as a whole, so that processes that write at once leave one of their answers.
//! A directory that cannot be written is no fault: then each process asks for itself.

use std::fs;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// No answer that is kept is longer.
const LARGEST: u64 = 4 << 20;

/// A directory of answers, or none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cache(pub(crate) Option<PathBuf>);

impl Cache {
    /// An answer by its key; `None` if there is none that can be read.
    pub(crate) fn read<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let file = fs::File::open(self.path(key)?).ok()?;
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps an answer.
    pub(crate) fn write<T: Serialize>(&self, key: &str, answer: &T) {
        let bytes = serde_json::to_vec(answer).unwrap_or_default();
        if let Some(path) = self.path(key) {
            // The next process asks again, that is all.
            let _ = replace(&path, &bytes);
        }
    }

    fn path(&self, key: &str) -> Option<PathBuf> {
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || "-_.,=".contains(c) { c } else { '_' };
        let name: String = key.chars().map(plain).take(180).collect();
        Some(self.0.as_ref()?.join(name + ".json"))
    }
}

fn replace(path: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    if let Some(directory) = path.parent() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(directory)?;
    }
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let draft = path.with_extension(format!("{}-{number}.new", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    // Elsewhere the user's own directories are closed to others.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(bytes).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn an_answer_is_kept_for_its_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache(Some(folder.path().join("a/b")));
        assert_eq!(cache.read::<f64>("zone=FR http://x/y"), None);
        cache.write("zone=FR http://x/y", &1.5);
        assert_eq!(cache.read::<f64>("zone=FR http://x/y"), Some(1.5));
        let files: Vec<_> = fs::read_dir(folder.path().join("a/b")).unwrap().flatten().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_kept_or_read_is_none() {
        Cache(None).write("x", &1.5);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let blocked = Cache(Some(folder.path().join("file/below")));
        blocked.write("x", &1.5);
        assert_eq!(blocked.read::<f64>("x"), None);
        let cache = Cache(Some(folder.path().to_owned()));
        fs::write(folder.path().join("x.json"), "{ broken").unwrap();
        assert_eq!(cache.read::<f64>("x"), None);
    }
}
