//! Dies of one package: mirrors of one counter, or counters of their own.
//!
//! Mirrors show the same number at the same time, whenever they were read first and whichever of
//! them could not be read in between. So it is the newest raw readings that are compared, and not
//! the energies that were booked.

use std::time::Duration;

use carbon_model::Source;
use carbon_sensors::{Reading, Sample};

use crate::ledger::Account;

/// Counters of two dies that stay this close are one counter seen twice, J.
const MIRROR_J: f64 = 1.0;

/// Two counters are apart when this many comparisons in a row say so: a stall between a reading and
/// its time makes one of them worthless.
const COMPARISONS: u32 = 2;

/// The dies that may be mirrors of the first of their package.
#[derive(Debug, Default)]
pub(super) struct Mirrors(Vec<Die>);

#[derive(Debug)]
struct Die {
    account: usize,
    /// When the newest reading that was compared was taken.
    compared: Duration,
    /// What this counter was ahead of the first die's from the beginning, J.
    offset_j: f64,
    /// Comparisons in a row that found the counters apart.
    apart: u32,
}

impl Mirrors {
    /// Whether the die has shown a counter of its own.
    pub(super) fn is_independent(&self, account: usize) -> bool {
        self.0.iter().any(|die| die.account == account && die.apart >= COMPARISONS)
    }

    /// Compares the newest readings of each die with those of the first die of its package, among
    /// the accounts in `used`. A die that cannot be read says nothing.
    pub(super) fn compare(&mut self, accounts: &[Account], used: &[usize]) {
        for (position, &index) in used.iter().enumerate() {
            let Some(group) = accounts[index].info().mirror_group else { continue };
            let first =
                used[..position].iter().find(|&&i| accounts[i].info().mirror_group == Some(group));
            let Some(&first) = first else { continue };
            let (a, b) = (&accounts[first], &accounts[index]);
            if a.is_failing() || b.is_failing() || self.is_independent(index) {
                continue;
            }
            let (Some(x), Some(y)) = (a.last(), b.last()) else { continue };
            let Some(ahead_j) = ahead_j(x, y) else { continue };
            // Events of perf count from when each was opened, the others since the machine started.
            let offset_j = if b.info().source == Source::RaplPerf { ahead_j } else { 0.0 };
            let apart_s = x.at.monotonic.abs_diff(y.at.monotonic).as_secs_f64();
            let tolerance_j = MIRROR_J + b.info().plausible_w * apart_s;
            let compared = y.at.monotonic;
            match self.0.iter_mut().find(|die| die.account == index) {
                Some(die) if die.compared == compared => {}
                Some(die) => {
                    let apart = (ahead_j - die.offset_j).abs() > tolerance_j;
                    die.apart = if apart { die.apart + 1 } else { 0 };
                    die.compared = compared;
                }
                None => {
                    let apart = u32::from((ahead_j - offset_j).abs() > tolerance_j);
                    self.0.push(Die { account: index, compared, offset_j, apart });
                }
            }
        }
    }
}

/// How far the second counter is ahead of the first, J; less than half a range either way, so that
/// one of the two may have wrapped.
fn ahead_j(first: &Sample, second: &Sample) -> Option<f64> {
    let Reading::Counter { count: x, joules_per_count, range } = first.reading else { return None };
    let Reading::Counter { count: y, .. } = second.reading else { return None };
    let (ahead, range) = (y as f64 - x as f64, range as f64 + 1.0);
    Some((ahead - range * (ahead / range).round()) * joules_per_count)
}
