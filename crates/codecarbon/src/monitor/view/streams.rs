//! The streams that a command finds: where they are terminals, its output goes to a terminal of ours
//! while the view has the real one, and its input is empty, as the keys are the view's. Streams that
//! were redirected stay as they are.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use ratatui_core::layout::Size;

use super::pty::Pty;
use crate::surroundings::Surroundings;

/// Our own streams, while the command's stand in their place.
#[derive(Debug)]
pub(super) struct Replaced {
    own: Vec<(RawFd, OwnedFd)>,
}

/// Puts the command's streams in the place of ours, for it to inherit; with the other end of its
/// terminal, if it writes to one.
pub(super) fn replace(start: &Surroundings, size: Size) -> io::Result<(Replaced, Option<Pty>)> {
    let mut replaced = Replaced { own: Vec::new() };
    if start.stdin_is_terminal {
        replaced.put(libc::STDIN_FILENO, &File::open("/dev/null")?.into())?;
    }
    let outputs = [
        (libc::STDOUT_FILENO, start.stdout_is_terminal),
        (libc::STDERR_FILENO, start.stderr_is_terminal),
    ];
    let mut terminal = None;
    if outputs.iter().any(|(_, is_terminal)| *is_terminal) {
        let (pty, end) = Pty::open(size)?;
        for (stream, _) in outputs.iter().filter(|(_, is_terminal)| *is_terminal) {
            replaced.put(*stream, &end)?;
        }
        terminal = Some(pty);
    }
    Ok((replaced, terminal))
}

impl Replaced {
    fn put(&mut self, stream: RawFd, in_place: &OwnedFd) -> io::Result<()> {
        #[expect(unsafe_code, reason = "the standard library cannot keep a stream aside")]
        // SAFETY: the stream is open (see `startup`); a descriptor that comes back is new and ours.
        let own = unsafe {
            let own = libc::fcntl(stream, libc::F_DUPFD_CLOEXEC, 3);
            if own < 0 {
                return Err(io::Error::last_os_error());
            }
            OwnedFd::from_raw_fd(own)
        };
        duplicate(in_place.as_raw_fd(), stream)?;
        self.own.push((stream, own));
        Ok(())
    }
}

impl Drop for Replaced {
    /// Our streams are ours again.
    fn drop(&mut self) {
        for (stream, own) in &self.own {
            let _ = duplicate(own.as_raw_fd(), *stream);
        }
    }
}

fn duplicate(from: RawFd, to: RawFd) -> io::Result<()> {
    #[expect(unsafe_code, reason = "dup2 has no safe wrapper for the standard streams")]
    // SAFETY: both descriptors are open and stay so; no memory is involved.
    let result = unsafe { libc::dup2(from, to) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
