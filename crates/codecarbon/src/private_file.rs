//! Files that only their owner may read, replaced at once.
//!
//! Readers see the old content or the new, never a part, and when anything fails the old file is as
//! it was.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, fchown};
use std::path::Path;

/// Writes a file beside `path`, flushes it to the disk and renames it. A symbolic link keeps pointing
/// at the file, and a file that exists keeps its owner and permissions; a new one gets 0600.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // Made with mode 0600, and removed when it is dropped without being renamed.
    let mut file = tempfile::Builder::new().prefix(".codecarbon-").tempfile_in(directory)?;
    if let Ok(old) = fs::metadata(&target) {
        use std::os::unix::fs::MetadataExt;
        // Only root may give files away; for everybody else the file becomes theirs.
        let _ = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
        file.as_file().set_permissions(Permissions::from_mode(old.mode() & 0o777))?;
    }
    file.write_all(content)?;
    file.as_file().sync_data()?;
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// Makes sure that files can be made in a directory; leaves nothing there.
pub(crate) fn probe(directory: &Path) -> io::Result<()> {
    tempfile::Builder::new().prefix(".codecarbon-").tempfile_in(directory).map(drop)
}

/// Makes a directory and those above it, with mode 0700, unless they exist.
pub(crate) fn create_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_file_is_private_and_an_old_one_keeps_its_mode_and_link() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("a/b");
        create_directory(&directory).unwrap();
        assert_eq!(mode(&directory), 0o700);
        let (file, link) = (directory.join("file"), directory.join("link"));
        replace(&file, b"one").unwrap();
        assert_eq!(mode(&file), 0o600);
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        replace(&link, b"two").unwrap();
        assert_eq!((mode(&file), fs::read(&file).unwrap()), (0o644, b"two".to_vec()));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn a_failed_replacement_leaves_everything_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let occupied = folder.path().join("name");
        fs::create_dir(&occupied).unwrap();
        assert!(replace(&occupied, b"new").is_err());
        let names: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["name"]);
    }
}
