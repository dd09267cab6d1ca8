//! Signals as data: those that matter are blocked and read from a signalfd, so that one `ppoll`
//! waits for the child, for a signal and for the next sample, without a thread or a handler.
//!
//! What to do with a signal is decided elsewhere (`supervise`). Signals that were ignored when the
//! program started stay ignored (`nohup`, background jobs of a script), and the mask that was found
//! is kept for the child.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::time::Duration;

use libc::{c_int, sigset_t};

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
        let mut wanted = empty_set();
        // An ignored SIGCHLD would make the kernel reap children unseen.
        set_default(libc::SIGCHLD)?;
        for &signal in signals.iter().chain([&libc::SIGCHLD]) {
            if !is_ignored(signal)? {
                add(&mut wanted, signal);
            }
        }
        let found = block(&wanted)?;
        Ok(Self { descriptor: open(&wanted)?, found })
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
        let time = timeout.map(timespec);
        let time_pointer = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        #[expect(unsafe_code, reason = "ppoll has no safe wrapper in the standard library")]
        // SAFETY: `count` valid pollfds, a timespec that outlives the call or null, no signal mask.
        let result = unsafe {
            libc::ppoll(all.as_mut_ptr(), count as libc::nfds_t, time_pointer, std::ptr::null())
        };
        match check(result) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    /// The next signal that is there; `None` when there is none.
    pub fn next(&self) -> io::Result<Option<Arrived>> {
        let mut info = MaybeUninit::<libc::signalfd_siginfo>::zeroed();
        let size = size_of::<libc::signalfd_siginfo>();
        #[expect(unsafe_code, reason = "reads a C struct from a descriptor")]
        // SAFETY: the buffer is `size` bytes long and the descriptor is a signalfd, which writes
        // whole structs.
        let got =
            unsafe { libc::read(self.descriptor.as_raw_fd(), info.as_mut_ptr().cast(), size) };
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
}

fn timespec(time: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(time.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: libc::c_long::from(time.subsec_nanos().cast_signed()),
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

fn open(signals: &sigset_t) -> io::Result<OwnedFd> {
    #[expect(unsafe_code, reason = "opens a signalfd and takes its descriptor")]
    // SAFETY: the set is initialised; a descriptor that comes back is new and ours.
    unsafe {
        let raw = check(libc::signalfd(-1, signals, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK))?;
        Ok(OwnedFd::from_raw_fd(raw))
    }
}
