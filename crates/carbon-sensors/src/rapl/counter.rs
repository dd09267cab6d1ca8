//! What the change of a counter means: energy, a wrap, or a restart.
//!
//! Pure, and the same for every counter (RAPL, hwmon, NVML, AMD SMI). The caller keeps the last
//! *good* reading: a failed read is no reading, and the next good one bridges it.

use std::time::Duration;

/// Devices renew their counters in steps, up to 100 ms apart, so that two reads close together may
/// see the energy of a longer time. This much is added to the time between them before a change is
/// judged. Against a real restart, which looks like thousands of joules, it makes no difference.
const STEP: Duration = Duration::from_millis(250);

/// What happened between two readings of a counter, in its units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advance {
    /// The counter went on, through at most one wrap.
    Energy(
        /// Units counted.
        u64,
    ),
    /// The counter started again, or jumped: the window is to be flagged.
    Restarted {
        /// Units counted since the restart; 0 when the new value itself cannot be true.
        units: u64,
    },
}

impl Advance {
    /// Units to add, whatever happened.
    pub const fn units(self) -> u64 {
        match self {
            Self::Energy(units) | Self::Restarted { units } => units,
        }
    }
}

/// Units that a counter has counted from `last` to `now`, both good readings, `elapsed` apart.
///
/// `range` is the largest value before the counter starts at zero again (`u64::MAX`: never), and
/// `plausible_units_per_s` the fastest that it can truly count: the meter's plausible watts ÷ its
/// joules per count. A change that would be faster is a restart: counting begins at zero, unless
/// that too would be faster. Never negative, and a restart never adds more than `now`.
pub fn advance(
    last: u64,
    now: u64,
    range: u64,
    elapsed: Duration,
    plausible_units_per_s: f64,
) -> Advance {
    let limit = plausible_units_per_s * (elapsed + STEP).as_secs_f64();
    let plausible = |units: &u64| *units as f64 <= limit;
    let counted = now.checked_sub(last).or_else(|| {
        // The range is inclusive: from its last value one more unit leads to zero.
        range.checked_sub(last)?.checked_add(now)?.checked_add(1)
    });
    match counted.filter(plausible) {
        Some(units) => Advance::Energy(units),
        None => Advance::Restarted { units: Some(now).filter(plausible).unwrap_or(0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: Duration = Duration::from_secs(1);
    const RANGE_UJ: u64 = 262_143_328_850;
    const UJ_PER_S_AT_400_W: f64 = 400e6;

    fn joules(last: u64, now: u64, elapsed: Duration) -> f64 {
        advance(last, now, RANGE_UJ, elapsed, UJ_PER_S_AT_400_W).units() as f64 * 1e-6
    }

    #[test]
    fn a_wrap_counts_the_unit_that_leads_to_zero() {
        // Worked case A05.
        let wrapped = advance(262_143_000_000, 171_150, RANGE_UJ, S, UJ_PER_S_AT_400_W);
        assert_eq!(wrapped, Advance::Energy(500_001));
        assert_eq!(advance(9, 0, 9, S, 100.0), Advance::Energy(1));
    }

    #[test]
    fn a_restart_counts_from_zero() {
        let restarted = advance(200_000_000_000, 30_000_000, RANGE_UJ, S, UJ_PER_S_AT_400_W);
        assert_eq!(restarted, Advance::Restarted { units: 30_000_000 });
    }

    #[test]
    fn a_jump_that_no_processor_can_make_adds_nothing() {
        assert_eq!(joules(5_000_000, 200_000_000_000, S), 0.0, "forward");
        assert_eq!(joules(200_000_000_000, 100_000_000_000, S), 0.0, "backward, far from zero");
    }

    #[test]
    fn a_gap_of_a_minute_is_bridged_in_full() {
        assert_eq!(joules(1_000_000, 12_001_000_000, 60 * S), 12_000.0);
    }

    #[test]
    fn the_step_of_the_device_is_no_restart() {
        // 1 ms at 300 W, seen between two reads 20 µs apart.
        assert_eq!(joules(1_000_000, 1_300_000, Duration::from_micros(20)), 0.3);
    }

    #[test]
    fn a_counter_that_never_wraps_restarts_when_it_goes_back() {
        let back = advance(5_000, 1_000, u64::MAX, S, 2_000.0);
        assert_eq!(back, Advance::Restarted { units: 1_000 });
        assert_eq!(advance(1 << 60, 9_000, u64::MAX, S, 2_000.0), Advance::Restarted { units: 0 });
    }

    #[test]
    fn a_last_reading_beyond_the_range_is_a_restart() {
        assert_eq!(advance(20, 3, 10, S, 1e9), Advance::Restarted { units: 3 });
    }
}
