//! What a process tree is billed of each meter: a running sum, so that its tasks add up to its run.
//!
//! A share that was taken once over a whole window would bill two halves of a run differently from
//! the run. So the sum grows in short stretches, each with the share of its own: energy of the
//! stretch × CPU seconds (memory, GPU use) of the tree ÷ those of everything. A stretch stays open
//! until it is long enough to have a share at all, `/proc/stat` counting in ticks of 10 ms; the sum
//! at an edge in between takes the share so far. It never goes back.
//!
//! CPU time of the tree can become known late: a tick later than it was used, or in a lump when a
//! child is waited for that nobody saw. A little is carried into the next stretch; a lump is billed
//! at the mean energy of a CPU second since the tree was first billed.

use std::time::Duration;

use carbon_model::Component;
use carbon_sensors::Instant;

use super::tree::TreeMark;
use crate::ledger::{Account, GaugeMark};

/// A stretch is closed when it is at least this long.
const STRETCH: Duration = Duration::from_millis(450);

/// CPU time that is known late by more than this is a lump, s: more than the ticks of `/proc/stat`
/// lag behind.
const LUMP_S: f64 = 0.1;

/// The sums of one tree.
#[derive(Debug, Default)]
pub(crate) struct Bill(Vec<Line>);

#[derive(Debug)]
struct Line {
    account: usize,
    born: Edge,
    open: Edge,
    closed_j: f64,
    /// CPU seconds of the tree that the closed stretches have billed.
    closed_cpu_s: f64,
    sum: Billed,
}

/// Where the open stretch of a line began.
#[derive(Debug, Clone)]
struct Edge {
    at: Instant,
    energy_j: f64,
    gauges: GaugeMark,
    tree: TreeMark,
}

/// The sum of one line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Billed {
    /// Energy billed so far, J.
    pub(crate) energy_j: f64,
    /// Energy of the open stretch of which no share is known, J; not within the other.
    pub(crate) unknown_j: f64,
}

impl Bill {
    /// Brings the sums of some accounts up to now; a line that is new begins at `first`.
    pub(crate) fn update(
        &mut self,
        accounts: &[Account],
        of: &[usize],
        at: Instant,
        (gauges, tree): (&GaugeMark, &TreeMark),
        first: Option<&TreeMark>,
    ) {
        for &index in of {
            let Some(component) = accounts[index].info().covers.component() else { continue };
            let edge = |tree: &TreeMark| Edge {
                at,
                energy_j: accounts[index].energy_j(),
                gauges: *gauges,
                tree: tree.clone(),
            };
            match self.0.iter_mut().find(|line| line.account == index) {
                Some(line) => {
                    let now = edge(tree);
                    let billed = match component {
                        Component::Cpu => Some(line.bill_cpu(&now)),
                        Component::Ram => {
                            line.bill_share(&now, tree.memory_share_since(&line.open.tree))
                        }
                        Component::Gpu => {
                            line.bill_share(&now, tree.gpu_share_since(&line.open.tree, index))
                        }
                    };
                    line.take(now, billed);
                }
                None => {
                    let born = edge(first.unwrap_or(tree));
                    self.0.push(Line {
                        account: index,
                        open: born.clone(),
                        born,
                        closed_j: 0.0,
                        closed_cpu_s: 0.0,
                        sum: Billed::default(),
                    });
                }
            }
        }
    }

    /// The sums by account.
    pub(crate) fn sums(&self) -> Vec<(usize, Billed)> {
        self.0.iter().map(|line| (line.account, line.sum)).collect()
    }
}

/// What the open stretch of a line comes to.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    energy_j: f64,
    /// CPU seconds of the tree that this pays for.
    cpu_s: f64,
}

impl Line {
    /// The open stretch by CPU seconds.
    fn bill_cpu(&self, now: &Edge) -> Stretch {
        let own_s = (now.tree.cpu_s_since(&self.born.tree) - self.closed_cpu_s).max(0.0);
        // If the machine's CPU seconds are not known, or no tick has passed, the tree was alone.
        let all_s = now.gauges.busy_s_since(&self.open.gauges).unwrap_or(own_s);
        let all_s = all_s.max(own_s.min(LUMP_S));
        let cpu_s = own_s.min(all_s);
        let stretch_j = (now.energy_j - self.open.energy_j).max(0.0);
        let energy_j = if all_s > 0.0 { stretch_j * cpu_s / all_s } else { 0.0 };
        let lump_s = own_s - cpu_s;
        if lump_s <= LUMP_S {
            return Stretch { energy_j, cpu_s };
        }
        let whole_j = now.energy_j - self.born.energy_j;
        let whole_s = now.gauges.busy_s_since(&self.born.gauges).unwrap_or(0.0);
        let lump_j = if whole_s > 0.0 { lump_s * whole_j / whole_s } else { whole_j };
        Stretch {
            energy_j: (energy_j + lump_j).min((whole_j - self.closed_j).max(0.0)),
            cpu_s: own_s,
        }
    }

    /// The open stretch by a share of 0 to 1; `None` if nothing tells it.
    fn bill_share(&self, now: &Edge, share: Option<f64>) -> Option<Stretch> {
        let stretch_j = (now.energy_j - self.open.energy_j).max(0.0);
        Some(Stretch { energy_j: stretch_j * share?.clamp(0.0, 1.0), cpu_s: 0.0 })
    }

    /// Takes in the open stretch, and closes it if it is long enough.
    fn take(&mut self, now: Edge, stretch: Option<Stretch>) {
        let Some(stretch) = stretch else {
            self.sum.unknown_j = (now.energy_j - self.open.energy_j).max(0.0);
            return;
        };
        let energy_j = self.sum.energy_j.max(self.closed_j + stretch.energy_j);
        self.sum = Billed { energy_j, unknown_j: 0.0 };
        if now.at.active_since(&self.open.at) >= STRETCH {
            self.closed_j = energy_j;
            self.closed_cpu_s += stretch.cpu_s;
            self.open = now;
        }
    }
}
