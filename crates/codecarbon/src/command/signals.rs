//! Signals as data: those that matter are blocked and read from a descriptor (a signalfd on Linux, a
//! kqueue elsewhere), so that one call waits for the child, for a signal and for the next sample,
//! without a thread or a handler.
//!
//! What to do with a signal is decided elsewhere (`supervise`). Signals that were ignored when the
//! program started stay ignored (`nohup`, background jobs of a script), and the mask that was found
//! is kept for the child.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::time::Duration;

use libc::{c_int, sigset_t};

#[cfg(not(target_os = "linux"))]
mod kqueue;
#[cfg(target_os = "linux")]
mod signalfd;

#[cfg(not(target_os = "linux"))]
use kqueue as queue;
#[cfg(target_os = "linux")]
use signalfd as queue;

/// So many descriptors can be waited for beside the signals: keys, output, the end of a process.
const MOST_OTHERS: usize = 3;

/// A signal that came, and whether the kernel sent it (a key on the terminal, a hang-up) rather
/// than a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// Signal number.
    pub signal: c_int,
    /// Sent by the kernel. The terminal signals its whole foreground process group, so a child in
    /// our group has the signal already.
    pub by_kernel: bool,
}

/// The signals that this process takes over from its defaults.
#[derive(Debug)]
pub struct Signals {
    descriptor: OwnedFd,
    found: sigset_t,
}

impl Signals {
    /// Blocks the signals, except those that are ignored, and opens a descriptor for them. `SIGCHLD`
    /// is always taken. Costs one call a signal and three more, about 2 µs. Nothing undoes it: a
    /// command does it once, for good.
    pub fn take_over(signals: &[c_int]) -> io::Result<Self> {
        let mut wanted = Vec::new();
        // An ignored SIGCHLD would make the kernel reap children unseen.
        set_default(libc::SIGCHLD)?;
        for &signal in signals.iter().chain([&libc::SIGCHLD]) {
            if !is_ignored(signal)? {
                wanted.push(signal);
            }
        }
        let mut blocked = empty_set();
        for &signal in &wanted {
            add(&mut blocked, signal);
        }
        let found = block(&blocked)?;
        Ok(Self { descriptor: queue::open(&blocked, &wanted)?, found })
    }

    /// The mask that this process was started with; a child must get it back.
    pub fn found_mask(&self) -> &sigset_t {
        &self.found
    }

    /// Waits until a signal is there or the time is over; `None` waits for ever. A stop and
    /// continue of this process may end the wait early.
    pub fn wait(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.wait_with(&[], timeout)
    }

    /// The same until there is something to read on one of other descriptors.
    pub fn wait_with(&self, others: &[RawFd], timeout: Option<Duration>) -> io::Result<()> {
        let polled = |fd: RawFd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
        let mut all = [polled(self.descriptor.as_raw_fd()); 1 + MOST_OTHERS];
        for (slot, other) in all[1..].iter_mut().zip(others) {
            *slot = polled(*other);
        }
        let count = 1 + others.len().min(MOST_OTHERS);
        match queue::poll(&mut all[..count], timeout) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    /// The next signal that is there; `None` when there is none.
    pub fn next(&self) -> io::Result<Option<Arrived>> {
        queue::next(&self.descriptor)
    }
}

fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A set without signals.
pub(super) fn empty_set() -> sigset_t {
    let mut set = MaybeUninit::uninit();
    #[expect(unsafe_code, reason = "sigemptyset initialises the set")]
    // SAFETY: sigemptyset fills the whole set and cannot fail on a valid pointer.
    unsafe {
        libc::sigemptyset(set.as_mut_ptr());
        set.assume_init()
    }
}

/// Adds a signal to a set.
pub(super) fn add(set: &mut sigset_t, signal: c_int) {
    #[expect(unsafe_code, reason = "sigaddset has no safe wrapper")]
    // SAFETY: the set is initialised; an unknown number is refused by the call.
    unsafe {
        libc::sigaddset(set, signal);
    }
}

fn is_ignored(signal: c_int) -> io::Result<bool> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    #[expect(unsafe_code, reason = "asks for a disposition without changing it")]
    // SAFETY: a null action only asks; the answer is a plain struct that was zeroed before.
    let action = unsafe {
        check(libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()))?;
        action.assume_init()
    };
    Ok(action.sa_sigaction == libc::SIG_IGN)
}

fn set_default(signal: c_int) -> io::Result<()> {
    let mut action = MaybeUninit::<libc::sigaction>::zeroed();
    #[expect(unsafe_code, reason = "sets a disposition to its default")]
    // SAFETY: a zeroed sigaction is valid: SIG_DFL, no flags, empty mask.
    unsafe {
        (*action.as_mut_ptr()).sa_sigaction = libc::SIG_DFL;
        check(libc::sigaction(signal, action.as_ptr(), std::ptr::null_mut()))?;
    }
    Ok(())
}

fn block(signals: &sigset_t) -> io::Result<sigset_t> {
    let mut found = empty_set();
    #[expect(unsafe_code, reason = "changes the signal mask of the thread")]
    // SAFETY: both sets are initialised.
    let code = unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, signals, &raw mut found) };
    if code == 0 { Ok(found) } else { Err(io::Error::from_raw_os_error(code)) }
}
