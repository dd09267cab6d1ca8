//! The time, as the store has it.

use carbon_sensors::clock::{Clock, SystemClock};
use carbon_store::Timestamp;

/// The present time.
pub(crate) fn now() -> Timestamp {
    let wall = SystemClock.now().wall;
    Timestamp::from_micros(i64::try_from(wall.as_micros()).unwrap_or(i64::MAX))
}
