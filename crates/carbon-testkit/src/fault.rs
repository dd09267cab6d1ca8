//! Ways in which a file of a fake machine fails, for root as well as for anyone.
//!
//! Changing the mode does not stop root, and a descriptor that is open survives both a change of
//! mode and a removal. So a fault also empties the file that descriptors are open on, and puts
//! something in its place that cannot be opened. The file itself is kept aside, so that
//! descriptors read again once the fault is undone, as they do on a device that comes back.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Cannot be opened: permission denied.
    Denied,
    /// Not there.
    Removed,
    /// Holds no number.
    Garbage,
    /// Breaks off in the middle.
    Short,
}

/// A file with a fault, and what it takes to undo it.
#[derive(Debug)]
pub(crate) struct Faulty {
    /// The content before the fault; `None` for a directory.
    content: Option<String>,
    /// Where the file waits.
    aside: Option<PathBuf>,
}

impl Faulty {
    /// Breaks `path`; `aside` is a free name outside the machine's tree.
    pub(crate) fn new(path: &Path, fault: Fault, aside: PathBuf) -> Self {
        if path.is_dir() {
            assert!(
                matches!(fault, Fault::Denied | Fault::Removed),
                "{} is a directory",
                path.display()
            );
            move_file(path, &aside);
            if fault == Fault::Denied {
                put_unreadable(path);
            }
            return Self { content: None, aside: Some(aside) };
        }
        let content =
            fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let aside = match fault {
            Fault::Garbage => {
                write_in_place(path, "not a number\n");
                None
            }
            Fault::Short => {
                write_in_place(path, &content[..content.trim_end().len().div_ceil(2)]);
                None
            }
            Fault::Denied | Fault::Removed => {
                write_in_place(path, "");
                move_file(path, &aside);
                if fault == Fault::Denied {
                    put_unreadable(path);
                }
                Some(aside)
            }
        };
        Self { content: Some(content), aside }
    }

    /// Puts the file back.
    pub(crate) fn undo(self, path: &Path) {
        if let Some(aside) = self.aside {
            if path.is_symlink() {
                fs::remove_file(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            }
            move_file(&aside, path);
        }
        if let Some(content) = self.content {
            write_in_place(path, &content);
        }
    }
}

/// Replaces the content and keeps the inode, in one write for readers in other threads unless the
/// text gets shorter.
pub(crate) fn write_in_place(path: &Path, text: &str) {
    use std::os::unix::fs::FileExt;
    let write = || {
        let file = fs::OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        file.write_all_at(text.as_bytes(), 0)?;
        if file.metadata()?.len() > text.len() as u64 {
            file.set_len(text.len() as u64)?;
        }
        Ok::<_, std::io::Error>(())
    };
    write().unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

fn move_file(from: &Path, to: &Path) {
    fs::rename(from, to).unwrap_or_else(|e| panic!("{} to {}: {e}", from.display(), to.display()));
}

/// Puts a link in place of a file that nobody may read. The kernel refuses root as well to read
/// its write-only settings; where there are none, the link leads to itself, which fails with
/// another error.
fn put_unreadable(path: &Path) {
    static TARGET: OnceLock<Option<&'static str>> = OnceLock::new();
    let target = TARGET.get_or_init(|| {
        ["/proc/sys/vm/compact_memory", "/proc/sys/net/ipv4/route/flush"].into_iter().find(
            |candidate| {
                fs::File::open(candidate).is_err_and(|e| e.kind() == ErrorKind::PermissionDenied)
            },
        )
    });
    let target = target.map_or_else(|| path.to_owned(), PathBuf::from);
    symlink(target, path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}
