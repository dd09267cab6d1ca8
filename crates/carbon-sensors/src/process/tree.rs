//! A process tree followed through `/proc`.
//!
//! The kernel adds a child's CPU time to its parent when the parent waits for it, so the sum over
//! the living (their own time and that of children they waited for) misses only children that nobody
//! in the tree waited for: those are kept at the last value seen. A child that was born and died
//! between two readings is in its parent's account, if the parent waited for it; one whose parent
//! ended before it without being seen is lost, which is why a [`CgroupTree`] is better.
//!
//! [`CgroupTree`]: crate::process::CgroupTree

use std::collections::BTreeMap;

use crate::facts::host::{self, OwnCpu};
use crate::meter::ReadError;
use crate::native;
use crate::process::memory::memory_bytes;
use crate::process::polled::Polled;
use crate::process::stat::ProcessStat;
use crate::process::walk::{Found, Known, walk};
use crate::sysroot::SysRoot;
use crate::tree::{CpuTree, TreeReading};

/// CPU time of a process and of all that descend from it.
#[derive(Debug)]
pub struct ProcessTree {
    root: SysRoot,
    pid: u32,
    /// Whether the tree is that of our own process, of which system calls tell more finely.
    is_own: bool,
    tick_s: f64,
    members: BTreeMap<u32, Member>,
    /// Of members that ended and that nobody waited for.
    departed_s: f64,
    /// Of the first process, once it has ended, with those that ended under it: last values seen.
    ended_root_s: f64,
    /// The same as its waiter was told.
    waited_s: f64,
    told_s: f64,
    was_seen: bool,
    /// Used where the system is asked by calls in place of `/proc`.
    polled: Polled,
}

/// A living process, when last seen.
#[derive(Debug, Clone, Copy)]
struct Member {
    start_ticks: u64,
    parent: u32,
    own_s: f64,
    reaped_s: f64,
    /// Of descendants that have just ended and are not yet in `reaped_s`.
    owed_s: f64,
}

impl Member {
    fn total_s(&self) -> f64 {
        self.own_s + self.reaped_s + self.owed_s
    }
}

impl ProcessTree {
    /// The tree of our own process. Without living children a read costs 1 µs.
    pub fn own(root: &SysRoot) -> Self {
        Self { is_own: root.is_host(), ..Self::of(root, std::process::id()) }
    }

    /// The tree of any process; 10 µs a read and 10 µs more for each living descendant.
    pub fn of(root: &SysRoot, pid: u32) -> Self {
        Self {
            root: root.clone(),
            pid,
            is_own: false,
            tick_s: 1.0 / host::ticks_per_s(root.is_host()),
            members: BTreeMap::new(),
            departed_s: 0.0,
            ended_root_s: 0.0,
            waited_s: 0.0,
            told_s: 0.0,
            was_seen: false,
            polled: Polled::default(),
        }
    }

    /// Tells the tree what `wait4` said of its first process: CPU seconds of the process and of all
    /// children that it waited for. It counts as soon as the process is seen to have ended, and is
    /// finer than what was read before.
    pub fn root_ended(&mut self, cpu_s: f64) {
        self.waited_s = cpu_s;
    }

    /// The fast path: our own process without a child.
    fn read_childless(&mut self) -> Option<TreeReading> {
        if !self.is_own || !self.members.is_empty() || host::has_children() {
            return None;
        }
        let cpu = host::own_cpu()?;
        let cpu_s = self.told(cpu.own_s + cpu.reaped_s);
        Some(TreeReading { cpu_s, pss_bytes: None, pids: Vec::new() })
    }

    /// Follows the tree by calls of the system. Memory is not told.
    fn read_natively(&mut self) -> Result<TreeReading, ReadError> {
        let parents = native::parents().unwrap_or_default();
        self.polled.look(self.pid, &parents, native::process_times);
        self.was_seen |= self.polled.pids().next().is_some();
        if !self.was_seen {
            return Err(ReadError::Missing { what: "CPU time of the process" });
        }
        // Those who waited know what the ended have used to the end.
        let reaped_s =
            if self.is_own { host::own_cpu().map_or(0.0, |cpu| cpu.reaped_s) } else { 0.0 };
        let ended_s = self.polled.ended_s().max(self.waited_s).max(reaped_s);
        self.told_s = self.told_s.max(self.polled.living_s() + ended_s);
        Ok(TreeReading { cpu_s: self.told_s, pss_bytes: None, pids: self.polled.pids().collect() })
    }

    fn told(&mut self, living_s: f64) -> f64 {
        let ended_s = self.departed_s + self.ended_root_s.max(self.waited_s);
        self.told_s = self.told_s.max(living_s + ended_s);
        self.told_s
    }

    /// Known members, parents before their children.
    fn known(&self) -> Vec<Known> {
        let mut known: Vec<Known> =
            self.members.iter().map(|(pid, m)| (*pid, Some(m.start_ticks))).collect();
        known.sort_by_cached_key(|(pid, _)| line_of(*pid, &self.members).count());
        if known.is_empty() && (self.is_own || !self.was_seen) {
            known.push((self.pid, None));
        }
        known
    }

    fn observe(&self, stat: &ProcessStat, own: Option<OwnCpu>) -> Member {
        let finer = own.filter(|_| stat.pid == self.pid);
        let seconds = |ticks: u64| ticks as f64 * self.tick_s;
        Member {
            start_ticks: stat.start_ticks,
            parent: stat.parent,
            own_s: finer.map_or_else(|| seconds(stat.own_ticks), |cpu| cpu.own_s),
            reaped_s: finer.map_or_else(|| seconds(stat.reaped_ticks), |cpu| cpu.reaped_s),
            owed_s: 0.0,
        }
    }

    /// Replaces the members by those found, and settles the accounts of those that have gone.
    fn update(&mut self, found: &Found, own: Option<OwnCpu>) {
        let before = std::mem::take(&mut self.members);
        let unread = |pid: u32| found.unread.iter().any(|(other, _)| *other == pid);
        let lives = |pid: u32| {
            let began = before.get(&pid).map(|member| member.start_ticks);
            unread(pid) || found.live.get(&pid).map(|stat| stat.start_ticks) == began
        };
        let mut debts = BTreeMap::<u32, f64>::new();
        for (pid, gone) in before.iter().filter(|(pid, _)| !lives(**pid)) {
            if let Some(heir) = line_of(*pid, &before).find(|ancestor| lives(*ancestor)) {
                *debts.entry(heir).or_default() += gone.total_s();
            } else if line_of(*pid, &before).any(|ancestor| ancestor == self.pid) {
                self.ended_root_s += gone.total_s();
            } else {
                self.departed_s += gone.total_s();
            }
        }
        for (pid, stat) in &found.live {
            let mut member = self.observe(stat, own);
            if let Some(then) = before.get(pid).filter(|_| lives(*pid)) {
                let debt_s = debts.get(pid).copied().unwrap_or(0.0);
                self.departed_s += member.settle(then, debt_s, 2.0 * self.tick_s);
            }
            self.members.insert(*pid, member);
        }
        for (pid, member) in before.iter().filter(|(pid, _)| unread(**pid)) {
            let owed_s = member.owed_s + debts.get(pid).copied().unwrap_or(0.0);
            self.members.insert(*pid, Member { owed_s, ..*member });
        }
    }
}

impl Member {
    /// Takes over what descendants that ended are owed, less what has meanwhile arrived in the
    /// account of children that were waited for; returns what will not arrive any more.
    ///
    /// A child can end between the reading of its parent and its own, so a debt waits for one more
    /// reading. Ticks round down on both sides, which `tolerance_s` allows for.
    fn settle(&mut self, then: &Self, newly_owed_s: f64, tolerance_s: f64) -> f64 {
        let arrived_s = (self.reaped_s - then.reaped_s).max(0.0);
        let beyond = |debt_s: f64| if debt_s > tolerance_s { debt_s } else { 0.0 };
        let lost_s = beyond(then.owed_s - arrived_s);
        let left_s = (arrived_s - then.owed_s).max(0.0);
        self.owed_s = beyond(newly_owed_s - left_s);
        lost_s
    }
}

/// A process and its ancestors, as far as they are members; no more than there are members, so that
/// reused ids cannot make a circle of it.
fn line_of(pid: u32, members: &BTreeMap<u32, Member>) -> impl Iterator<Item = u32> {
    let parent = |pid: &u32| Some(members.get(pid)?.parent).filter(|p| members.contains_key(p));
    std::iter::successors(Some(pid), parent).take(members.len())
}

impl CpuTree for ProcessTree {
    /// CPU seconds since the first process began. Fails only as long as the first process has never
    /// been read; once it has ended, the last values stand.
    fn read(&mut self, with_members: bool) -> Result<TreeReading, ReadError> {
        if !with_members && let Some(reading) = self.read_childless() {
            return Ok(reading);
        }
        if native::IS_ASKED && self.root.is_host() {
            return self.read_natively();
        }
        // Our own account is taken before our children's, as every parent's is.
        let own = if self.is_own { host::own_cpu() } else { None };
        let mut found = walk(&self.root, &self.known());
        self.was_seen |= found.live.contains_key(&self.pid);
        if !self.was_seen {
            let missing = ReadError::Missing { what: "CPU time of the process" };
            return Err(found.unread.pop().map_or(missing, |(_, error)| error));
        }
        self.update(&found, own);
        let living_s = self.members.values().map(Member::total_s).sum();
        let cpu_s = self.told(living_s);
        let mut reading = TreeReading { cpu_s, ..TreeReading::default() };
        if with_members {
            reading.pids = self.members.keys().copied().collect();
            reading.pss_bytes = memory_bytes(&self.root, &reading.pids);
        }
        // Alone again, our own process goes back to the fast path.
        if self.is_own && self.members.len() == 1 && self.members.values().all(|m| m.owed_s == 0.0)
        {
            self.members.clear();
        }
        Ok(reading)
    }
}
