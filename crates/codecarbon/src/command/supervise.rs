//! Waits for the command, samples while it runs, and passes signals on.
//!
//! | what comes | what happens |
//! | --- | --- |
//! | Ctrl-C, Ctrl-\ or a hang-up from the terminal | the command has it already (same process group): only wait |
//! | `SIGINT`, `SIGQUIT`, `SIGTERM`, `SIGHUP`, `SIGUSR1`, `SIGUSR2` from a process | passed on, keep waiting |
//! | told to end, and the command still runs after [`GRACE`] | what there is so far is saved, keep waiting |
//! | another `SIGTERM`, [`INSISTENCE`] or later after the first | the command is killed |
//! | Ctrl-Z, `fg` | nothing to do: both stop and continue together |
//!
//! Orphans of the command are adopted (this process is a subreaper) and reaped, so that their CPU
//! time is counted; what still runs when the command ends is not waited for.

use std::io;
use std::os::fd::RawFd;
use std::time::Duration;

use carbon_sensors::Clock;
use libc::{c_int, pid_t};

use super::signals::{Arrived, Signals};

/// How long a command may take to end before what was measured so far is saved. Whoever sent the
/// signal will usually kill everything some time later (Docker after 10 s, Slurm and Kubernetes
/// after 30 s), and then it is too late.
pub const GRACE: Duration = Duration::from_secs(2);

/// `SIGTERM`s closer together than this are one request: `timeout` signals its child and then the
/// whole process group.
pub const INSISTENCE: Duration = Duration::from_secs(1);

/// The signals that must be taken over for [`supervise`].
pub const TAKEN: [c_int; 6] =
    [libc::SIGINT, libc::SIGQUIT, libc::SIGTERM, libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2];

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It returned an exit code.
    Exited(u8),
    /// A signal killed it.
    Killed(c_int),
}

impl Ending {
    /// The exit code that a shell gives it: 128 + n for death by signal n.
    pub fn code(self) -> u8 {
        match self {
            Self::Exited(code) => code,
            Self::Killed(signal) => 128_u8.wrapping_add(signal as u8),
        }
    }

    fn from_status(status: c_int) -> Self {
        if libc::WIFSIGNALED(status) {
            Self::Killed(libc::WTERMSIG(status))
        } else {
            Self::Exited(libc::WEXITSTATUS(status) as u8)
        }
    }
}

/// What is done while the command runs.
pub trait Watch {
    /// Samples if a sample is due; the time until the next one, `None` if there is none.
    fn sample(&mut self) -> Option<Duration>;
    /// Saves what was measured so far: the end may come without warning.
    fn save_so_far(&mut self);
    /// What else is waited for: a sample is taken when there is something to read on one of them.
    fn descriptors(&self) -> Vec<RawFd> {
        Vec::new()
    }
    /// Hears of the signals that were taken over, those for the command too.
    fn heard(&mut self, _signal: c_int) {}
}

/// Adopts the orphans of the command from now on. Without it (a kernel before 3.4, a filter) they
/// go to init and what they use after that is not counted.
#[cfg(target_os = "linux")]
pub fn adopt_orphans() {
    #[expect(unsafe_code, reason = "prctl has no safe wrapper")]
    // SAFETY: PR_SET_CHILD_SUBREAPER takes one integer and touches no memory.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
    }
}

/// Only Linux lets a process adopt orphans: elsewhere what they use after their parent's end is not
/// counted.
#[cfg(not(target_os = "linux"))]
pub fn adopt_orphans() {}

/// Waits for the child to end. Returns as soon as it is reaped. Should waiting for signals fail,
/// which the kernel only does for want of memory, it waits for the child alone.
pub fn supervise(
    child: pid_t,
    signals: &Signals,
    clock: &dyn Clock,
    watch: &mut dyn Watch,
) -> Ending {
    attend(child, signals, clock, watch).unwrap_or_else(|_| wait_for(child))
}

fn attend(
    child: pid_t,
    signals: &Signals,
    clock: &dyn Clock,
    watch: &mut dyn Watch,
) -> io::Result<Ending> {
    let mut request = EndRequest::default();
    loop {
        if let Some(ending) = reap_all(child) {
            return Ok(ending);
        }
        let until_sample = watch.sample();
        let until_save = request.until_save(clock.now().monotonic);
        let timeout = until_sample.into_iter().chain(until_save).min();
        signals.wait_with(&watch.descriptors(), timeout)?;
        while let Some(arrived) = signals.next()? {
            if let Some(signal) = request.answer(arrived, clock.now().monotonic) {
                send(child, signal);
            }
            watch.heard(arrived.signal);
        }
        if request.save_is_due(clock.now().monotonic) {
            // The child may have ended just now; then the ordinary report follows at once.
            if let Some(ending) = reap_all(child) {
                return Ok(ending);
            }
            watch.save_so_far();
        }
    }
}

/// Whether, and since when, this process has been told to end.
#[derive(Debug, Default)]
struct EndRequest {
    /// When the first signal that asks for an end came.
    asked: Option<Duration>,
    /// When the first `SIGTERM` came.
    terminated: Option<Duration>,
    saved: bool,
}

impl EndRequest {
    /// Takes note of a signal; returns what the command is to be sent.
    fn answer(&mut self, arrived: Arrived, now: Duration) -> Option<c_int> {
        match arrived.signal {
            libc::SIGINT | libc::SIGQUIT | libc::SIGHUP | libc::SIGTERM => {
                self.asked.get_or_insert(now);
            }
            libc::SIGUSR1 | libc::SIGUSR2 => {}
            _ => return None,
        }
        if arrived.by_kernel {
            return None;
        }
        if arrived.signal == libc::SIGTERM {
            let first = *self.terminated.get_or_insert(now);
            if now.saturating_sub(first) >= INSISTENCE {
                return Some(libc::SIGKILL);
            }
        }
        Some(arrived.signal)
    }

    fn until_save(&self, now: Duration) -> Option<Duration> {
        let asked = self.asked.filter(|_| !self.saved)?;
        Some((asked + GRACE).saturating_sub(now))
    }

    fn save_is_due(&mut self, now: Duration) -> bool {
        let due = self.until_save(now).is_some_and(|left| left.is_zero());
        self.saved |= due;
        due
    }
}

/// Reaps every child that has ended, adopted ones too; the ending of `child` if it is among them.
fn reap_all(child: pid_t) -> Option<Ending> {
    let mut ending = None;
    loop {
        let mut status = 0;
        #[expect(unsafe_code, reason = "wait4 for any child has no safe wrapper")]
        // SAFETY: the status outlives the call; the usage is not asked for.
        let pid = unsafe { libc::waitpid(-1, &raw mut status, libc::WNOHANG) };
        match pid {
            0 => return ending,
            pid if pid == child => ending = Some(Ending::from_status(status)),
            pid if pid > 0 => {}
            _ if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
            _ => return ending,
        }
    }
}

fn wait_for(child: pid_t) -> Ending {
    let mut status = 0;
    #[expect(unsafe_code, reason = "waits for a child by its id")]
    // SAFETY: the child is ours; the status outlives the call.
    while unsafe { libc::waitpid(child, &raw mut status, 0) } < 0
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
    Ending::from_status(status)
}

/// Signals the child, which has not been reaped, so that its id is still its own.
fn send(child: pid_t, signal: c_int) {
    #[expect(unsafe_code, reason = "kill has no safe wrapper")]
    // SAFETY: no memory is involved; the worst outcome is ESRCH for a child that just ended.
    unsafe {
        libc::kill(child, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BY_PROCESS: fn(c_int) -> Arrived = |signal| Arrived { signal, by_kernel: false };
    const BY_KERNEL: fn(c_int) -> Arrived = |signal| Arrived { signal, by_kernel: true };

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_key_on_the_terminal_is_not_sent_twice() {
        let mut request = EndRequest::default();
        assert_eq!(request.answer(BY_KERNEL(libc::SIGINT), at(0)), None);
        assert_eq!(request.answer(BY_PROCESS(libc::SIGINT), at(0)), Some(libc::SIGINT));
        assert_eq!(request.answer(BY_PROCESS(libc::SIGUSR1), at(0)), Some(libc::SIGUSR1));
        assert_eq!(request.answer(BY_KERNEL(libc::SIGCHLD), at(0)), None);
    }

    #[test]
    fn only_an_insistent_sigterm_kills() {
        let mut request = EndRequest::default();
        assert_eq!(request.answer(BY_PROCESS(libc::SIGTERM), at(0)), Some(libc::SIGTERM));
        assert_eq!(request.answer(BY_PROCESS(libc::SIGTERM), at(5)), Some(libc::SIGTERM));
        assert_eq!(request.answer(BY_PROCESS(libc::SIGTERM), at(1000)), Some(libc::SIGKILL));
    }

    #[test]
    fn what_there_is_is_saved_once_when_the_grace_is_over() {
        let mut request = EndRequest::default();
        assert_eq!(request.until_save(at(0)), None);
        request.answer(BY_PROCESS(libc::SIGTERM), at(100));
        assert_eq!(request.until_save(at(600)), Some(at(1500)));
        assert!(!request.save_is_due(at(2099)));
        assert!(request.save_is_due(at(2100)));
        assert!(!request.save_is_due(at(2101)));
        assert_eq!(request.until_save(at(2101)), None);
    }

    #[test]
    fn a_user_signal_does_not_ask_for_an_end() {
        let mut request = EndRequest::default();
        request.answer(BY_PROCESS(libc::SIGUSR1), at(0));
        assert_eq!(request.until_save(at(1)), None);
    }

    #[test]
    fn death_by_a_signal_is_128_and_its_number() {
        assert_eq!(Ending::Killed(libc::SIGKILL).code(), 137);
        assert_eq!(Ending::Killed(libc::SIGTERM).code(), 143);
        assert_eq!(Ending::Exited(3).code(), 3);
    }
}
