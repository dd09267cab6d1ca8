//! Signals by a kqueue, which does not tell who sent them.
//!
//! An interrupt that comes while we are the terminal's foreground group is taken for one by a key,
//! which the whole group has got: passed on, it would come to the command twice. One that a process
//! sends just then is therefore not passed on.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr::{null, null_mut};
use std::time::Duration;

use libc::{c_int, pollfd, sigset_t};

use super::{Arrived, check};

/// Opens a descriptor for signals, blocked or not.
pub(super) fn open(_: &sigset_t, wanted: &[c_int]) -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "opens a kqueue and takes its descriptor")]
    // SAFETY: a descriptor that comes back is new and ours.
    let queue = unsafe { OwnedFd::from_raw_fd(check(libc::kqueue())?) };
    for &signal in wanted {
        let change = libc::kevent {
            ident: signal as usize,
            filter: libc::EVFILT_SIGNAL,
            flags: libc::EV_ADD | libc::EV_CLEAR,
            fflags: 0,
            data: 0,
            udata: null_mut(),
        };
        let raw = queue.as_raw_fd();
        #[expect(unsafe_code, reason = "kevent has no safe wrapper")]
        // SAFETY: one valid change, no room for events.
        check(unsafe { libc::kevent(raw, &raw const change, 1, null_mut(), 0, null()) })?;
    }
    Ok(queue)
}

/// Waits until there is something to read or the time is over.
pub(super) fn poll(all: &mut [pollfd], timeout: Option<Duration>) -> io::Result<()> {
    let count = all.len() as libc::nfds_t;
    // Rounded up, so that nobody asks for the rest of a millisecond again and again.
    let time_ms = timeout.map_or(-1, |time| {
        c_int::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(c_int::MAX)
    });
    #[expect(unsafe_code, reason = "poll has no safe wrapper in the standard library")]
    // SAFETY: `count` valid pollfds.
    check(unsafe { libc::poll(all.as_mut_ptr(), count, time_ms) }).map(drop)
}

/// The next signal that is there.
pub(super) fn next(descriptor: &OwnedFd) -> io::Result<Option<Arrived>> {
    let mut event = MaybeUninit::<libc::kevent>::zeroed();
    let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[expect(unsafe_code, reason = "kevent has no safe wrapper")]
    // SAFETY: no changes, room for one event, a time that outlives the call; the struct is plain
    // numbers and a pointer that nobody follows, and it was zeroed.
    let (count, event) = unsafe {
        let (queue, events) = (descriptor.as_raw_fd(), event.as_mut_ptr());
        let count = check(libc::kevent(queue, null(), 0, events, 1, &raw const at_once))?;
        (count, event.assume_init())
    };
    if count == 0 {
        return Ok(None);
    }
    let signal = c_int::try_from(event.ident).unwrap_or(0);
    let is_key = matches!(signal, libc::SIGINT | libc::SIGQUIT);
    Ok(Some(Arrived { signal, by_kernel: is_key && is_in_foreground() }))
}

/// Whether our process group has the terminal that standard error, or else input, is.
fn is_in_foreground() -> bool {
    #[expect(unsafe_code, reason = "the terminal's group has no safe wrapper")]
    // SAFETY: takes numbers and touches no memory of ours; what is no terminal is an error.
    let owns = |stream: c_int| unsafe { libc::tcgetpgrp(stream) == libc::getpgrp() };
    owns(libc::STDERR_FILENO) || owns(libc::STDIN_FILENO)
}
