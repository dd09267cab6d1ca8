//! Signals by a signalfd, which tells who sent them.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

use libc::{c_int, pollfd, sigset_t};

use super::{Arrived, check};

/// Opens a descriptor for blocked signals.
pub(super) fn open(blocked: &sigset_t, _: &[c_int]) -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "opens a signalfd and takes its descriptor")]
    // SAFETY: the set is initialised; a descriptor that comes back is new and ours.
    unsafe {
        let raw = check(libc::signalfd(-1, blocked, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK))?;
        Ok(OwnedFd::from_raw_fd(raw))
    }
}

/// Waits until there is something to read or the time is over.
pub(super) fn poll(all: &mut [pollfd], timeout: Option<Duration>) -> io::Result<()> {
    let count = all.len() as libc::nfds_t;
    let time = timeout.map(timespec);
    let time_pointer = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    #[expect(unsafe_code, reason = "ppoll has no safe wrapper in the standard library")]
    // SAFETY: `count` valid pollfds, a timespec that outlives the call or null, no signal mask.
    let result = unsafe { libc::ppoll(all.as_mut_ptr(), count, time_pointer, std::ptr::null()) };
    check(result).map(drop)
}

/// The next signal that is there.
pub(super) fn next(descriptor: &OwnedFd) -> io::Result<Option<Arrived>> {
    let mut info = MaybeUninit::<libc::signalfd_siginfo>::zeroed();
    let size = size_of::<libc::signalfd_siginfo>();
    #[expect(unsafe_code, reason = "reads a C struct from a descriptor")]
    // SAFETY: the buffer is `size` bytes long and the descriptor is a signalfd, which writes whole
    // structs.
    let got = unsafe { libc::read(descriptor.as_raw_fd(), info.as_mut_ptr().cast(), size) };
    if got < 0 {
        let error = io::Error::last_os_error();
        return match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(None),
            _ => Err(error),
        };
    }
    #[expect(unsafe_code, reason = "the struct is plain integers")]
    // SAFETY: every bit pattern is a valid signalfd_siginfo, and it was zeroed before.
    let info = unsafe { info.assume_init() };
    Ok(Some(Arrived {
        signal: info.ssi_signo.cast_signed(),
        by_kernel: info.ssi_code == libc::SI_KERNEL,
    }))
}

fn timespec(time: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(time.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(time.subsec_nanos().cast_signed()),
    }
}
