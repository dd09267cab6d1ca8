//! What each living process has paid since the view began, and what nobody living pays.

use std::collections::BTreeMap;

use carbon_model::{Energy, Power};
use carbon_sensors::process::{ProcessId, ProcessSeen};

use crate::attribution::Shares;
use crate::figures::{ProcessFigures, Remainder};

/// The accounts; bounded by the number of living processes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    rows: BTreeMap<ProcessId, ProcessFigures>,
    ended: u64,
    ended_j: f64,
    idle_j: f64,
    unattributed_j: f64,
}

impl Ledger {
    /// Books a stretch of some seconds. `living` are all processes that count now, `command` names
    /// one that is new or has become another program.
    pub(crate) fn book<'a>(
        &mut self,
        seconds: f64,
        shares: &Shares,
        living: impl Iterator<Item = &'a ProcessSeen>,
        command: impl Fn(&ProcessSeen) -> String,
    ) {
        let mut before = std::mem::take(&mut self.rows);
        for seen in living {
            let known = before.remove(&seen.id);
            let paid_j = shares.processes.get(&seen.id).copied().unwrap_or(0.0);
            let (command, had) = match known {
                Some(row) => (row.command, row.energy),
                None => (command(seen), Energy::ZERO),
            };
            let over = |amount: f64| if seconds > 0.0 { amount / seconds } else { 0.0 };
            let row = ProcessFigures {
                id: seen.id,
                command,
                cpu_percent: 100.0 * over(seen.used_s),
                private_bytes: seen.private_bytes,
                power: Power::from_watts(over(paid_j)),
                energy: had + Energy::from_joules(paid_j),
            };
            self.rows.insert(seen.id, row);
        }
        for gone in before.values().filter(|row| row.energy > Energy::ZERO) {
            self.ended += 1;
            self.ended_j += gone.energy.joules();
        }
        self.idle_j += shares.idle_j;
        self.unattributed_j += shares.unattributed_j;
    }

    /// Names a process anew, which has become another program.
    pub(crate) fn rename(&mut self, id: ProcessId, command: String) {
        if let Some(row) = self.rows.get_mut(&id) {
            row.command = command;
        }
    }

    /// The living, in no order that matters.
    pub(crate) fn rows(&self) -> Vec<ProcessFigures> {
        self.rows.values().cloned().collect()
    }

    /// What the living do not pay; `has_idle` unless a bill holds its part of it.
    pub(crate) fn remainder(&self, has_idle: bool) -> Remainder {
        let living_j: f64 = self.rows.values().map(|row| row.energy.joules()).sum();
        let total_j = living_j + self.ended_j + self.idle_j + self.unattributed_j;
        Remainder {
            ended: (self.ended, Energy::from_joules(self.ended_j)),
            idle: has_idle.then(|| Energy::from_joules(self.idle_j)),
            unattributed: Energy::from_joules(self.unattributed_j),
            total: Energy::from_joules(total_j),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(pid: u32, used_s: f64) -> ProcessSeen {
        ProcessSeen {
            id: ProcessId { pid, start_ticks: 1 },
            parent: 1,
            name: "sh".to_owned(),
            used_s,
            private_bytes: None,
            is_zombie: false,
        }
    }

    fn shares(paid: &[(u32, f64)], idle_j: f64, unattributed_j: f64) -> Shares {
        let id = |pid| ProcessId { pid, start_ticks: 1 };
        let processes = paid.iter().map(|(pid, joules)| (id(*pid), *joules)).collect();
        Shares { processes, idle_j, unattributed_j }
    }

    #[test]
    fn what_a_process_paid_stays_in_the_total_when_it_ends() {
        let mut ledger = Ledger::default();
        let name = |seen: &ProcessSeen| seen.id.pid.to_string();
        let both = [seen(1, 1.0), seen(2, 0.5)];
        ledger.book(2.0, &shares(&[(1, 6.0), (2, 3.0)], 4.0, 1.0), both.iter(), name);
        let rows = ledger.rows();
        assert_eq!((rows[0].command.as_str(), rows[0].cpu_percent), ("1", 50.0));
        assert_eq!((rows[0].power.watts(), rows[0].energy.joules()), (3.0, 6.0));
        ledger.book(1.0, &shares(&[(1, 2.0)], 1.0, 0.0), [seen(1, 0.1)].iter(), name);
        let remainder = ledger.remainder(true);
        assert_eq!(ledger.rows()[0].energy.joules(), 8.0);
        assert_eq!((remainder.ended.0, remainder.ended.1.joules()), (1, 3.0));
        assert_eq!(remainder.idle.map(Energy::joules), Some(5.0));
        assert_eq!(remainder.total.joules(), 17.0);
        assert_eq!(ledger.remainder(false).idle, None);
    }
}
