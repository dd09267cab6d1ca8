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

    /// The monotonic clock alone, for schedules.
    fn monotonic(&self) -> Duration {
        self.now().monotonic
    }

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
    fn monotonic(&self) -> Duration {
        read(libc::CLOCK_MONOTONIC)
    }

    #[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
    fn thread_cpu(&self) -> Duration {
        read(libc::CLOCK_THREAD_CPUTIME_ID)
    }

    #[cfg(windows)]
    fn thread_cpu(&self) -> Duration {
        thread_times()
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

#[cfg(any(target_os = "linux", target_os = "android", target_os = "macos"))]
#[expect(unsafe_code, reason = "clock_gettime has no safe wrapper in the standard library")]
fn read(clock: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec for the call to fill; the clock ids exist since Linux
    // 2.6.39, and on failure the zeroed value is used.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// macOS names its clocks otherwise: the raw uptime stands still in sleep, the monotonic clock does
/// not.
#[cfg(target_os = "macos")]
fn system_now() -> Instant {
    Instant {
        monotonic: read(libc::CLOCK_UPTIME_RAW),
        boot: read(libc::CLOCK_MONOTONIC),
        wall: read(libc::CLOCK_REALTIME),
    }
}

/// Windows counts both times in steps of 100 ns.
#[cfg(windows)]
#[expect(unsafe_code, reason = "the interrupt times have no wrapper in the standard library")]
#[expect(clippy::disallowed_methods, reason = "this module is where the clock is read")]
fn system_now() -> Instant {
    use windows_sys::Win32::System::WindowsProgramming::{
        QueryInterruptTimePrecise, QueryUnbiasedInterruptTimePrecise,
    };

    let (mut awake, mut all) = (0, 0);
    // SAFETY: two valid numbers for the calls to fill.
    unsafe {
        QueryUnbiasedInterruptTimePrecise(&raw mut awake);
        QueryInterruptTimePrecise(&raw mut all);
    }
    let wall = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    let duration = |steps: u64| Duration::from_nanos(steps.saturating_mul(100));
    Instant { monotonic: duration(awake), boot: duration(all), wall }
}

#[cfg(windows)]
#[expect(unsafe_code, reason = "the times of a thread have no wrapper in the standard library")]
fn thread_times() -> Duration {
    use windows_sys::Win32::Foundation::FILETIME;
    use windows_sys::Win32::System::Threading::{GetCurrentThread, GetThreadTimes};

    let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the handle stands for this thread and needs no closing; four valid structs to fill, of
    // which zeros are used on failure.
    unsafe {
        GetThreadTimes(
            GetCurrentThread(),
            &raw mut created,
            &raw mut ended,
            &raw mut kernel,
            &raw mut user,
        );
    }
    let steps = |t: FILETIME| u64::from(t.dwHighDateTime) << 32 | u64::from(t.dwLowDateTime);
    Duration::from_nanos((steps(kernel) + steps(user)).saturating_mul(100))
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "macos", windows)))]
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

/// Local time as records carry it, `YYYY-MM-DDTHH:MM:SS`, of a wall clock reading in seconds since
/// the Unix epoch; UTC where the system does not tell its zone.
pub fn local_timestamp(unix_s: f64) -> String {
    let seconds = unix_s.floor() as i64;
    let [year, month, day, hour, minute, second] = broken_down(seconds);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
}

/// UTC as ISO 8601 has it, `YYYY-MM-DDTHH:MM:SS.ffffff+00:00`, of a wall clock reading (time since
/// the Unix epoch).
pub fn utc_timestamp(wall: Duration) -> String {
    let [year, month, day, hour, minute, second] = civil(wall.as_secs().cast_signed());
    let micros = wall.subsec_micros();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micros:06}+00:00")
}

/// Calendar year (local) of a wall clock reading.
pub fn local_year(unix_s: f64) -> u16 {
    broken_down(unix_s.floor() as i64)[0] as u16
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "the standard library does not know the time zone")]
fn broken_down(unix_s: i64) -> [i64; 6] {
    let time: libc::time_t = unix_s;
    let mut parts = std::mem::MaybeUninit::<libc::tm>::zeroed();
    // SAFETY: both pointers are valid for the call; `localtime_r` fills `parts` or returns null, and
    // a zeroed `tm` is valid to read in either case.
    let (found, parts) = unsafe {
        let found = libc::localtime_r(&raw const time, parts.as_mut_ptr());
        (!found.is_null(), parts.assume_init())
    };
    if !found {
        return civil(unix_s);
    }
    [
        i64::from(parts.tm_year) + 1900,
        i64::from(parts.tm_mon) + 1,
        i64::from(parts.tm_mday),
        i64::from(parts.tm_hour),
        i64::from(parts.tm_min),
        i64::from(parts.tm_sec),
    ]
}

#[cfg(not(unix))]
fn broken_down(unix_s: i64) -> [i64; 6] {
    civil(unix_s)
}

/// UTC date and time of a Unix time (proleptic Gregorian calendar, years counted from March so that
/// the leap day ends a year).
fn civil(unix_s: i64) -> [i64; 6] {
    let (days, second) = (unix_s.div_euclid(86_400), unix_s.rem_euclid(86_400));
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year, month, day, second / 3_600, second / 60 % 60, second % 60]
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

    #[test]
    fn dates_are_right_around_leap_days_and_before_the_epoch() {
        assert_eq!(civil(0), [1970, 1, 1, 0, 0, 0]);
        assert_eq!(civil(951_782_399), [2000, 2, 28, 23, 59, 59]);
        assert_eq!(civil(951_782_400), [2000, 2, 29, 0, 0, 0]);
        assert_eq!(civil(951_868_800), [2000, 3, 1, 0, 0, 0]);
        assert_eq!(civil(-1), [1969, 12, 31, 23, 59, 59]);
        assert_eq!(civil(1_795_305_600), [2026, 11, 22, 0, 0, 0]);
    }

    #[test]
    fn a_timestamp_has_the_form_of_the_record() {
        let text = local_timestamp(1_795_305_600.9);
        assert_eq!(text.len(), 19);
        assert_eq!(&text[4..5], "-");
        assert_eq!(&text[10..11], "T");
        let utc = utc_timestamp(Duration::new(951_782_400, 1_999));
        assert_eq!(utc, "2000-02-29T00:00:00.000001+00:00");
    }
}
