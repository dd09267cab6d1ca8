//! Laws of counters, on random walks.

use std::time::Duration;

use carbon_sensors::rapl::counter::{Advance, advance};
use proptest::prelude::*;

proptest! {
    /// A true counter, read often enough, loses nothing and invents nothing, wraps or not.
    #[test]
    fn advances_add_up_to_the_true_energy(
        range in 1_000_000_u64..262_143_328_850,
        start in 0.0_f64..1.0,
        steps in prop::collection::vec((0.0_f64..=0.25, 1_u64..100), 1..200),
    ) {
        let mut counter = (range as f64 * start) as u64;
        let (mut true_units, mut counted) = (0_u128, 0_u128);
        for (part, elapsed_s) in steps {
            let step = (range as f64 * part) as u64;
            let next = (u128::from(counter) + u128::from(step)) % (u128::from(range) + 1);
            let elapsed = Duration::from_secs(elapsed_s);
            let plausible = range as f64 / 4.0 / elapsed.as_secs_f64();
            let change = advance(counter, next as u64, range, elapsed, plausible);
            prop_assert_eq!(change, Advance::Energy(step));
            counter = next as u64;
            true_units += u128::from(step);
            counted += u128::from(change.units());
        }
        prop_assert_eq!(counted, true_units);
    }

    /// Whatever two numbers come, the result is no faster than plausible, and a restart adds at
    /// most what the counter shows.
    #[test]
    fn any_two_readings_give_plausible_energy(
        last: u64,
        now: u64,
        range: u64,
        elapsed_ms in 0_u64..10_000_000,
        plausible in 0.0_f64..1e12,
    ) {
        let elapsed = Duration::from_millis(elapsed_ms);
        let change = advance(last, now, range, elapsed, plausible);
        prop_assert!(change.units() as f64 <= plausible * (elapsed.as_secs_f64() + 0.25) * 1.000_001);
        if let Advance::Restarted { units } = change {
            prop_assert!(units == 0 || units == now);
        }
    }
}
