//! How fast a counter can truly count, and how long it takes to wrap at that pace.
//!
//! The plausible power is a bound, not an estimate: high enough that no real load reaches it, low
//! enough that a restarted counter, which looks like tens of kilojoules, is found out.

use std::time::Duration;

use crate::meter::Covers;

/// A package without a known power limit. The largest on sale are rated at 500 W.
const PACKAGE_W: f64 = 1000.0;
/// Memory of one socket: 16 modules of 15 W, twice.
const DRAM_W: f64 = 500.0;
/// A whole system without a known power limit: several packages and their memory.
const SYSTEM_W: f64 = 4000.0;
/// Short bursts reach two to four times the long-term limit of thin laptops.
const BURST: f64 = 4.0;

/// Watts that a counter cannot exceed. `power_limit_w` is the long-term limit of the zone; limits
/// of 0 (off) are none, and firmware that lifts the limit (4,095 W) does not lift the bound.
pub(super) fn plausible_w(covers: &Covers, power_limit_w: Option<f64>) -> f64 {
    let limit_w = power_limit_w.filter(|limit| *limit > 0.0).map(|limit| limit * BURST);
    match covers {
        Covers::System => limit_w.map_or(SYSTEM_W, |w| w.clamp(400.0, SYSTEM_W)),
        Covers::Dram { .. } => DRAM_W,
        _ => limit_w.map_or(PACKAGE_W, |w| w.clamp(200.0, 2.0 * PACKAGE_W)),
    }
}

/// The longest time between two readings of a counter that wraps: a quarter of the time in which
/// it would wrap at its plausible power.
pub(super) fn max_interval(range_j: f64, plausible_w: f64) -> Duration {
    Duration::try_from_secs_f64(range_j / (4.0 * plausible_w)).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKAGE: Covers = Covers::Package { package: 0, die: None };

    #[test]
    fn the_bound_follows_the_power_limit_within_reason() {
        assert_eq!(plausible_w(&PACKAGE, Some(105.0)), 420.0);
        assert_eq!(plausible_w(&PACKAGE, Some(9.0)), 200.0);
        assert_eq!(plausible_w(&PACKAGE, Some(4095.0)), 2000.0);
        assert_eq!(plausible_w(&PACKAGE, Some(0.0)), 1000.0);
        assert_eq!(plausible_w(&PACKAGE, None), 1000.0);
    }

    #[test]
    fn a_range_of_65_kilojoules_at_400_watts_is_read_every_41_seconds() {
        assert_eq!(max_interval(65_600.0, 400.0), Duration::from_secs(41));
    }
}
