//! The moment of a reading that the device stamped itself.
//!
//! Vendors stamp on clocks of their own choice; what carries over to our three clocks is the age of
//! the reading when it reached us.

use std::time::Duration;

use crate::clock::Instant;

/// Ages above this are taken for a clock that is not ours, and ignored.
const PLAUSIBLE_AGE: Duration = Duration::from_secs(10);

/// `now`, put back by the age of a reading that was taken at `stamped` on a clock that shows
/// `clock_now` at present. Stamps from the future, or older than ten seconds, are ignored.
pub(super) fn put_back(now: Instant, clock_now: Duration, stamped: Duration) -> Instant {
    match clock_now.checked_sub(stamped) {
        Some(age) if age <= PLAUSIBLE_AGE => Instant {
            monotonic: now.monotonic.saturating_sub(age),
            boot: now.boot.saturating_sub(age),
            wall: now.wall.saturating_sub(age),
        },
        _ => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Instant = Instant {
        monotonic: Duration::from_secs(100),
        boot: Duration::from_secs(200),
        wall: Duration::from_secs(1_000),
    };

    #[test]
    fn a_reading_keeps_its_own_moment_on_all_clocks() {
        let at = put_back(NOW, NOW.wall, Duration::from_millis(999_750));
        assert_eq!(at.monotonic, Duration::from_millis(99_750));
        assert_eq!(at.boot, Duration::from_millis(199_750));
        assert_eq!(at.wall, Duration::from_millis(999_750));
    }

    #[test]
    fn stamps_of_another_clock_are_ignored() {
        assert_eq!(put_back(NOW, NOW.wall, Duration::from_secs(1_001)), NOW);
        assert_eq!(put_back(NOW, NOW.wall, Duration::ZERO), NOW);
    }
}
