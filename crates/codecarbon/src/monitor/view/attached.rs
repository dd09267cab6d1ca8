//! A program that runs already: whether it can be measured, what it is called, and when it ends.

use std::io;
#[cfg(target_os = "linux")]
use std::os::fd::FromRawFd;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use carbon_sensors::process::{ProcessTable, ProcessTree};
use carbon_sensors::{CpuTree, SysRoot};

use crate::exit::CommandError;

/// A process that is followed.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) pid: u32,
    /// Its command line, else its name.
    pub(super) name: String,
    /// Readable once it has ended; `None` where the kernel has no such thing (before 5.3), and for
    /// processes of another machine's files.
    handle: Option<OwnedFd>,
}

impl Attached {
    /// Finds it.
    ///
    /// # Errors
    /// There is none, or it is hidden from us.
    pub(super) fn find(root: &SysRoot, pid: u32) -> Result<(Self, ProcessTree), CommandError> {
        let handle = if root.is_host() {
            match open(pid) {
                Ok(handle) => Some(handle),
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => return Err(none(pid)),
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => {
                    let error = format!("{pid} is a thread of a process, not a process");
                    return Err(CommandError::user(error).hint(format!(
                        "grep Tgid /proc/{pid}/status tells the process that it belongs to"
                    )));
                }
                Err(_) => None,
            }
        } else {
            None
        };
        let mut tree = ProcessTree::of(root, pid);
        if let Err(error) = tree.read(true) {
            return Err(match handle {
                // It exists, so its files are kept from us.
                Some(_) => CommandError::user(format!("process {pid} cannot be read: {error}"))
                    .hint(
                        "it is another user's and the system hides those (hidepid); measure it \
                           as that user or as root",
                    ),
                None => none(pid),
            });
        }
        let mut table = ProcessTable::new(root);
        let seen = table.look().ok().and_then(|()| table.get(pid));
        if seen.is_some_and(|seen| seen.is_zombie) {
            let error = CommandError::user(format!("process {pid} has ended already"));
            return Err(error.hint("its parent has only not asked for it yet"));
        }
        let name = table.command_line(pid).or_else(|| Some(seen?.name.clone()));
        Ok((Self { pid, name: name.unwrap_or_default(), handle }, tree))
    }

    /// What to wait for its end on.
    pub(super) fn descriptor(&self) -> Option<RawFd> {
        self.handle.as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Whether it has ended; `is_seen` says whether it was among the processes when they were last
    /// looked at.
    pub(super) fn has_ended(&self, is_seen: bool) -> bool {
        match &self.handle {
            Some(handle) => is_readable(handle.as_raw_fd()),
            None => !is_seen,
        }
    }
}

fn none(pid: u32) -> CommandError {
    CommandError::user(format!("there is no process {pid}"))
        .hint("pgrep -af NAME lists processes by their command line")
}

/// A handle of a process, which is readable when it has ended.
#[cfg(not(target_os = "linux"))]
fn open(_pid: u32) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
fn open(pid: u32) -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "the C library has no wrapper for pidfd_open")]
    // SAFETY: takes two numbers; a descriptor that comes back is new and ours, and closed at exec.
    unsafe {
        let handle = libc::syscall(libc::SYS_pidfd_open, pid.cast_signed(), 0);
        if handle < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(OwnedFd::from_raw_fd(handle as RawFd))
    }
}

fn is_readable(descriptor: RawFd) -> bool {
    let mut polled = libc::pollfd { fd: descriptor, events: libc::POLLIN, revents: 0 };
    #[expect(unsafe_code, reason = "poll has no safe wrapper in the standard library")]
    // SAFETY: one valid pollfd; does not wait.
    let count = unsafe { libc::poll(&raw mut polled, 1, 0) };
    count == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_found_by_its_command_line_and_seen_to_end() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let (attached, _) = Attached::find(&SysRoot::default(), child.id()).unwrap();
        assert_eq!(attached.name, "sleep 60");
        assert!(!attached.has_ended(true));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(attached.has_ended(attached.descriptor().is_some()));
        let error = Attached::find(&SysRoot::default(), child.id()).unwrap_err();
        assert_eq!(error.message, format!("there is no process {}", child.id()));
    }
}
