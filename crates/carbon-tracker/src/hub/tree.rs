//! The account of a process tree: CPU seconds, memory and use of GPUs, as time integrals.

use carbon_sensors::{CpuTree, Instant, TreeReading};

use super::bill::{Bill, Billed};
use crate::ledger::{Account, GaugeMark};

/// Cumulative use of one process tree.
pub(crate) struct TreeAccount {
    tree: Box<dyn CpuTree>,
    cpu_s: f64,
    memory: Option<(Instant, f64)>,
    memory_share_s: f64,
    memory_s: f64,
    pids: Vec<u32>,
    /// Members at the look before the newest one; `None` if there was none.
    pids_before: Option<Vec<u32>>,
    members_at: Option<Instant>,
    /// Integrals of GPU use by account: of the tree and of every process.
    gpu: Vec<GpuShare>,
    failure: Option<String>,
    bill: Bill,
    /// Open windows that are billed by this tree.
    pub(crate) users: u32,
}

/// A device that told of no process in less than this has not looked, s: drivers sample the use of
/// each process up to once a second.
const SILENCE_S: f64 = 2.0;

/// Use of one GPU by the tree and by all processes, percent × seconds.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GpuShare {
    account: usize,
    /// Seconds that the device told of.
    told_s: f64,
    tree_percent_s: f64,
    all_percent_s: f64,
}

/// A tree at one edge of a window.
#[derive(Debug, Clone, Default)]
pub(crate) struct TreeMark {
    cpu_s: f64,
    memory_now: Option<f64>,
    memory_share_s: f64,
    memory_s: f64,
    gpu: Vec<GpuShare>,
    billed: Vec<(usize, Billed)>,
}

impl TreeAccount {
    pub(crate) fn new(tree: Box<dyn CpuTree>) -> Self {
        Self {
            tree,
            cpu_s: 0.0,
            memory: None,
            memory_share_s: 0.0,
            memory_s: 0.0,
            pids: Vec::new(),
            pids_before: None,
            members_at: None,
            gpu: Vec::new(),
            failure: None,
            bill: Bill::default(),
            users: 0,
        }
    }

    /// Reads the tree; `memory_total_bytes` is what its memory is a share of.
    pub(crate) fn read(&mut self, now: Instant, with_members: bool, memory_total_bytes: u64) {
        match self.tree.read(with_members) {
            Ok(reading) => self.book(now, reading, with_members, memory_total_bytes),
            Err(error) => self.failure = Some(error.to_string()),
        }
    }

    fn book(&mut self, now: Instant, reading: TreeReading, with_members: bool, total: u64) {
        self.failure = None;
        self.cpu_s = self.cpu_s.max(reading.cpu_s);
        // A tree that was first looked at when it had ended shows no memory: that is no answer.
        let is_told = reading.pss_bytes != Some(0) || self.has_memory();
        if let Some(bytes) = reading.pss_bytes
            && total > 0
            && is_told
        {
            let share = (bytes as f64 / total as f64).min(1.0);
            if let Some((at, before)) = self.memory {
                let seconds = now.active_since(&at).as_secs_f64();
                self.memory_share_s += f64::midpoint(before, share) * seconds;
                self.memory_s += seconds;
            }
            self.memory = Some((now, share));
        }
        if with_members {
            let before = std::mem::replace(&mut self.pids, reading.pids);
            self.pids_before = self.members_at.replace(now).map(|_| before);
        }
    }

    /// Whether memory of the tree has been seen.
    pub(crate) fn has_memory(&self) -> bool {
        self.memory.is_some()
    }

    /// When members and memory were last looked at.
    pub(crate) fn members_at(&self) -> Option<Instant> {
        self.members_at
    }

    /// Forgets what was seen last, when nobody has looked for long: between then and now the tree
    /// was another one.
    pub(crate) fn forget(&mut self) {
        self.memory = None;
        self.members_at = None;
        self.pids_before = None;
    }

    /// Takes in what every process used of one GPU over some seconds; those that have ended since
    /// the look before are members too.
    pub(crate) fn accept_gpu(
        &mut self,
        account: usize,
        processes: &[carbon_sensors::ProcessUtilization],
        seconds: f64,
    ) {
        let Some(before) = &self.pids_before else { return };
        let is_member = |pid: &u32| self.pids.contains(pid) || before.contains(pid);
        let all: f64 = processes.iter().map(|p| p.percent).sum();
        let tree: f64 = processes.iter().filter(|p| is_member(&p.pid)).map(|p| p.percent).sum();
        let share = match self.gpu.iter_mut().find(|g| g.account == account) {
            Some(share) => share,
            None => {
                self.gpu.push(GpuShare { account, ..GpuShare::default() });
                self.gpu.last_mut().expect("just pushed")
            }
        };
        share.told_s += seconds;
        share.tree_percent_s += tree * seconds;
        share.all_percent_s += all * seconds;
    }

    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// Brings what the tree is billed of some accounts up to now. A meter that is billed for the
    /// first time is billed from now on, with the tree as it is or as `first` says.
    pub(crate) fn bill(
        &mut self,
        accounts: &[Account],
        of: &[usize],
        at: Instant,
        gauges: &GaugeMark,
        first: Option<&TreeMark>,
    ) {
        let now = self.use_mark();
        self.bill.update(accounts, of, at, (gauges, &now), first);
    }

    /// The tree at an edge of a window.
    pub(crate) fn mark(&self) -> TreeMark {
        TreeMark { billed: self.bill.sums(), ..self.use_mark() }
    }

    fn use_mark(&self) -> TreeMark {
        TreeMark {
            cpu_s: self.cpu_s,
            memory_now: self.memory.map(|(_, share)| share),
            memory_share_s: self.memory_share_s,
            memory_s: self.memory_s,
            gpu: self.gpu.clone(),
            billed: Vec::new(),
        }
    }
}

impl TreeMark {
    /// What was billed of one account between two marks.
    pub(crate) fn billed_since(&self, earlier: &Self, account: usize) -> Billed {
        let of = |mark: &Self| {
            let found = mark.billed.iter().find(|(index, _)| *index == account);
            found.map(|(_, billed)| *billed).unwrap_or_default()
        };
        let (now, before) = (of(self), of(earlier));
        Billed {
            energy_j: (now.energy_j - before.energy_j).max(0.0),
            unknown_j: (now.unknown_j - before.unknown_j).max(0.0),
        }
    }

    /// CPU seconds of the tree between two marks.
    pub(crate) fn cpu_s_since(&self, earlier: &Self) -> f64 {
        (self.cpu_s - earlier.cpu_s).max(0.0)
    }

    /// Mean share of memory between two marks, 0 to 1; `None` if it was never read.
    pub(crate) fn memory_share_since(&self, earlier: &Self) -> Option<f64> {
        let seconds = self.memory_s - earlier.memory_s;
        if seconds > 0.0 {
            Some((self.memory_share_s - earlier.memory_share_s) / seconds)
        } else {
            self.memory_now
        }
    }

    /// Share of the tree in the use of one GPU, 0 to 1; `None` if the device did not tell.
    pub(crate) fn gpu_share_since(&self, earlier: &Self, account: usize) -> Option<f64> {
        let of = |mark: &Self| mark.gpu.iter().find(|g| g.account == account).copied();
        let now = of(self)?;
        let before = of(earlier).unwrap_or_default();
        let tree = now.tree_percent_s - before.tree_percent_s;
        let all = now.all_percent_s - before.all_percent_s;
        if all > 0.0 {
            return Some(tree / all);
        }
        (now.told_s - before.told_s >= SILENCE_S).then_some(0.0)
    }
}
