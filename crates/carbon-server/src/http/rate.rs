//! How many requests an address and a token may send. Each has one number, the time at which all it
//! has sent would be paid for at its rate (the generic cell rate algorithm); in memory, by each process
//! for itself.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use carbon_store::Timestamp;

use crate::settings::{Rate, Rates};

/// Parties that are remembered at once, about 3 MB; more are not held back until others have paid.
const AT_MOST: usize = 100_000;

/// Pause between two looks for those who have paid, when all places are taken.
const SWEPT_EVERY_US: i64 = 1_000_000;

/// The accounts of all who ask, by what they are counted by.
#[derive(Debug)]
pub(crate) struct Meters {
    pub(super) address: Meter,
    pub(super) token: Meter,
}

impl Meters {
    pub(crate) fn new(rates: Rates) -> Self {
        Self { address: Meter::new(rates.of_address), token: Meter::new(rates.of_token) }
    }
}

/// The accounts of one kind of party.
#[derive(Debug)]
pub(super) struct Meter {
    rate: Option<Rate>,
    hasher: RandomState,
    accounts: Mutex<Accounts>,
}

#[derive(Debug, Default)]
struct Accounts {
    paid_us: HashMap<u64, i64>,
    swept_us: i64,
}

impl Meter {
    pub(super) fn new(rate: Option<Rate>) -> Self {
        Self { rate, hasher: RandomState::new(), accounts: Mutex::default() }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// There were too many; when the next one will be served.
    pub(super) fn count(&self, party: impl Hash, now: Timestamp) -> Result<(), Duration> {
        let Some(rate) = self.rate else { return Ok(()) };
        let cost = 1_000_000 / i64::from(rate.per_second.clamp(1, 1_000_000));
        let credit = cost * i64::from(rate.burst.max(1));
        let (party, now) = (self.hasher.hash_one(party), now.micros());
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let Accounts { paid_us, swept_us } = &mut *accounts;
        let known = paid_us.get(&party).copied().unwrap_or(now);
        let paid = known.clamp(now, now + credit);
        if paid + cost > now + credit {
            if known > paid {
                // A clock that was set back holds nobody up for longer than a burst does.
                paid_us.insert(party, paid);
            }
            let wait = paid + cost - credit - now;
            return Err(Duration::from_micros(wait.unsigned_abs()));
        }
        if paid_us.len() >= AT_MOST && !paid_us.contains_key(&party) {
            if now.abs_diff(*swept_us) < SWEPT_EVERY_US.unsigned_abs() {
                return Ok(());
            }
            *swept_us = now;
            paid_us.retain(|_, paid| *paid > now);
        }
        if paid_us.len() < AT_MOST || paid_us.contains_key(&party) {
            paid_us.insert(party, paid + cost);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_334_400);

    fn meter(per_second: u32, burst: u32) -> Meter {
        Meter::new(Some(Rate { per_second, burst }))
    }

    fn served(meter: &Meter, party: u32, now: Timestamp) -> usize {
        (0..10_000).take_while(|_| meter.count(party, now).is_ok()).count()
    }

    #[test]
    fn a_burst_is_served_and_then_as_many_as_the_rate_says() {
        let meter = meter(10, 50);
        assert_eq!(served(&meter, 1, NOW), 50);
        assert_eq!(meter.count(1, NOW), Err(Duration::from_millis(100)));
        assert_eq!(served(&meter, 2, NOW), 50);
        assert_eq!(served(&meter, 1, NOW.plus(Duration::from_secs(1))), 10);
        assert_eq!(served(&meter, 1, NOW.plus(Duration::from_secs(100))), 50);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let meter = meter(10, 50);
        served(&meter, 1, NOW);
        let before = NOW.minus(Duration::from_hours(24));
        assert!(meter.count(1, before).unwrap_err() <= Duration::from_millis(100));
        assert_eq!(served(&meter, 1, before.plus(Duration::from_secs(5))), 50);
    }

    #[test]
    fn what_is_remembered_is_bounded_and_those_who_are_known_stay_held_back() {
        let meter = meter(1, 2);
        assert_eq!(served(&meter, 0, NOW), 2);
        for party in 1..AT_MOST as u32 + 5_000 {
            meter.count(party, NOW).unwrap();
        }
        assert_eq!(meter.accounts.lock().unwrap().paid_us.len(), AT_MOST);
        assert!(meter.count(0_u32, NOW).is_err());
        let later = NOW.plus(Duration::from_mins(1));
        meter.count(u32::MAX, later).unwrap();
        assert_eq!(meter.accounts.lock().unwrap().paid_us.len(), 1);
    }

    #[test]
    fn without_a_rate_nobody_is_counted() {
        let meter = Meter::new(None);
        assert_eq!(served(&meter, 1, NOW), 10_000);
    }
}
