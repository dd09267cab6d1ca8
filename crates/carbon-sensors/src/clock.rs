//! Monotonic, boot and wall time, taken together.
//!
//! This is the only module of the workspace that reads the clock. Windows are measured on the
//! monotonic clock, which stands still while the machine sleeps; the difference to the boot clock
//! is the time slept; the wall clock only labels records.

use std::time::Duration;

/// One instant on three clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Instant {
    /// Time awake since an arbitrary start (`CLOCK_MONOTONIC`).
    pub monotonic: Duration,
    /// The same, time asleep included (`CLOCK_BOOTTIME`).
    pub boot: Duration,
    /// Time since the Unix epoch (`CLOCK_REALTIME`).
    pub wall: Duration,
}

impl Instant {
    /// Time awake since an earlier instant; zero if it is not earlier.
    pub fn active_since(&self, earlier: &Instant) -> Duration {
        self.monotonic.saturating_sub(earlier.monotonic)
    }

    /// Time since an earlier instant, time asleep included.
    pub fn elapsed_since(&self, earlier: &Instant) -> Duration {
        self.boot.saturating_sub(earlier.boot)
    }

    /// Time asleep since an earlier instant; differences under 10 ms are noise of two reads.
    pub fn asleep_since(&self, earlier: &Instant) -> Duration {
        let slept = self.elapsed_since(earlier).saturating_sub(self.active_since(earlier));
        if slept < Duration::from_millis(10) { Duration::ZERO } else { slept }
    }
}

/// Tells the time; injected everywhere so that tests move it by hand.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant. Costs under 0.2 µs on Linux (vDSO).
    fn now(&self) -> Instant;

    /// CPU time that the calling thread has used; zero where that cannot be told. Costs one system
    /// call (0.3 µs).
    fn thread_cpu(&self) -> Duration {
        Duration::ZERO
    }
}

/// The clock of the machine we run on.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        system_now()
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn thread_cpu(&self) -> Duration {
        read(libc::CLOCK_THREAD_CPUTIME_ID)
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn system_now() -> Instant {
    Instant {
        monotonic: read(libc::CLOCK_MONOTONIC),
        boot: read(libc::CLOCK_BOOTTIME),
        wall: read(libc::CLOCK_REALTIME),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
#[expect(unsafe_code, reason = "clock_gettime has no safe wrapper in the standard library")]
fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec for the call to fill; the clock ids exist since Linux
    // 2.6.39, and on failure the zeroed value is used.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
#[expect(clippy::disallowed_methods, reason = "this module is where the clock is read")]
fn system_now() -> Instant {
    use std::sync::OnceLock;
    static START: OnceLock<std::time::Instant> = OnceLock::new();
    let awake = START.get_or_init(std::time::Instant::now).elapsed();
    let wall = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Instant { monotonic: awake, boot: awake, wall }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_asleep_is_the_difference_of_the_clocks() {
        let s = Duration::from_secs;
        let before = Instant { monotonic: s(10), boot: s(10), wall: s(1000) };
        let after = Instant { monotonic: s(12), boot: s(3612), wall: s(4602) };
        assert_eq!(after.active_since(&before), s(2));
        assert_eq!(after.asleep_since(&before), s(3600));
    }

    #[test]
    fn the_system_clock_goes_forward() {
        let a = SystemClock.now();
        let b = SystemClock.now();
        assert!(b.monotonic >= a.monotonic);
        assert_eq!(b.asleep_since(&a), Duration::ZERO);
    }
}
