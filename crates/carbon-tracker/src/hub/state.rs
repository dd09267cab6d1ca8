//! What the hub holds under its lock: accounts, gauges, trees and the open windows.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use carbon_model::Basis;
use carbon_sensors::limits::Limits;
use carbon_sensors::machine::{MachineParts, MachineReader};
use carbon_sensors::{CpuTree, Instant, MachineSample};

use super::devices::GpuSeconds;
use super::mirrors::Mirrors;
use super::sampler::Sampler;
use super::snapshot::Snapshot;
use super::tree::{TreeAccount, TreeMark};
use crate::detect::{Detected, detect};
use crate::ledger::{Account, Gauges};
use crate::machine::Machine;
use crate::plan::{Plan, Preferences};

/// A reading younger than this is not taken again at the edge of a window: RAPL itself renews its
/// counters only about every millisecond.
pub(super) const EDGE_AGE: Duration = Duration::from_micros(250);

/// Between edges, `/proc/stat` and `/proc/meminfo` are read no more often than this: the kernel counts
/// CPU time in ticks of 10 ms.
const TICK_AGE: Duration = Duration::from_millis(10);

/// Between edges, memory is looked at no more often than this: its use changes slowly, and the kernel
/// adds it up for each read.
const MEMORY_AGE: Duration = Duration::from_millis(1900);

/// Sampling intervals that a window can have; what is asked for beyond them is brought inside. Zero
/// would keep a core busy, and the largest would run over when added to the time of day.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);
const LONGEST_INTERVAL: Duration = Duration::from_hours(24 * 365);

/// Longest time between two readings of a power sensor, which says nothing of the time between.
const POWER_INTERVAL: Duration = Duration::from_secs(1);

/// Members and memory of process trees are looked at no more often than this.
const MEMBERS_AGE: Duration = Duration::from_millis(500);

/// Everything that is shared by the windows of one process.
pub(crate) struct State {
    pub(crate) machine: Machine,
    pub(crate) accounts: Vec<Account>,
    pub(crate) detected: Option<Detected>,
    reader: Option<MachineReader>,
    pub(super) sample: Option<MachineSample>,
    memory_at: Option<Instant>,
    gauges: Gauges,
    plans: Vec<(Preferences, Arc<Plan>)>,
    trees: Vec<Option<TreeAccount>>,
    own_tree: Option<usize>,
    /// What each process has used of each GPU, once somebody wants to know.
    pub(super) gpu_seconds: Option<GpuSeconds>,
    /// When the GPUs were last asked what each process uses.
    processes_at: Option<Instant>,
    mirrors: Mirrors,
    /// Sampling intervals of the open windows.
    intervals: Vec<Duration>,
    /// When the newest sample was due, on the monotonic clock.
    last_tick: Option<Duration>,
    /// CPU time of reads on the threads of callers.
    edge_cost: Duration,
    /// CPU time of the sampler thread.
    thread_cost: Duration,
    samples: u64,
    /// What the sampler thread is doing.
    pub(super) sampler: Sampler,
    pub(super) thread: Option<JoinHandle<()>>,
    /// Set when the hub is gone, for the thread to end.
    pub(super) closed: bool,
}

impl State {
    pub(crate) fn new(machine: Machine) -> Self {
        Self {
            machine,
            accounts: Vec::new(),
            detected: None,
            reader: None,
            sample: None,
            memory_at: None,
            gauges: Gauges::default(),
            plans: Vec::new(),
            trees: Vec::new(),
            own_tree: None,
            gpu_seconds: None,
            processes_at: None,
            mirrors: Mirrors::default(),
            intervals: Vec::new(),
            last_tick: None,
            edge_cost: Duration::ZERO,
            thread_cost: Duration::ZERO,
            samples: 0,
            sampler: Sampler::default(),
            thread: None,
            closed: false,
        }
    }

    /// What was found on the machine; looked for on the first call.
    pub(crate) fn detected(&mut self) -> &mut Detected {
        if self.detected.is_none() {
            let (detected, meters) = detect(&self.machine);
            self.accounts.extend(meters.into_iter().map(Account::new));
            self.detected = Some(detected);
        }
        self.detected.as_mut().expect("set above")
    }

    /// The plan of one kind of run, made on its first use.
    pub(crate) fn plan(&mut self, preferences: &Preferences) -> Arc<Plan> {
        if let Some((_, plan)) = self.plans.iter().find(|(p, _)| p == preferences) {
            return Arc::clone(plan);
        }
        self.detected();
        let machine = self.machine.clone();
        let infos: Vec<_> = self.accounts.iter().map(|a| a.info().clone()).collect();
        let detected = self.detected.as_mut().expect("set above");
        let (mut plan, models) = detected.plan(&machine, &infos, preferences);
        for model in models {
            plan.accounts.push(self.accounts.len());
            self.accounts.push(Account::new(model));
        }
        plan.max_interval = plan
            .accounts
            .iter()
            .map(|&i| self.accounts[i].info())
            .filter_map(|info| match info.source.basis() {
                Basis::Derived => Some(POWER_INTERVAL),
                _ => info.max_interval,
            })
            .min();
        let plan = Arc::new(plan);
        self.plans.push((preferences.clone(), Arc::clone(&plan)));
        plan
    }

    /// Registers a process tree; its CPU seconds count from zero now.
    pub(crate) fn add_tree(&mut self, tree: Box<dyn CpuTree>) -> usize {
        let slot = self.trees.iter().position(Option::is_none).unwrap_or_else(|| {
            self.trees.push(None);
            self.trees.len() - 1
        });
        self.trees[slot] = Some(TreeAccount::new(tree));
        slot
    }

    /// The tree of this process, shared by all windows in process mode.
    pub(crate) fn own_tree(&mut self) -> usize {
        if let Some(slot) = self.own_tree {
            return slot;
        }
        let tree = self.machine.own_tree();
        let slot = self.add_tree(tree);
        self.own_tree = Some(slot);
        slot
    }

    /// Counts a window in and returns the interval that it gets: what it asked for, or shorter if a
    /// counter would wrap.
    pub(crate) fn enter(
        &mut self,
        plan: &Plan,
        tree: Option<usize>,
        interval: Duration,
    ) -> Duration {
        for &index in &plan.accounts {
            self.accounts[index].users += 1;
        }
        self.use_tree(tree);
        let cap = plan.max_interval.unwrap_or(LONGEST_INTERVAL);
        let interval = interval.min(cap).clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL);
        if self.intervals.is_empty() {
            self.last_tick = Some(self.machine.clock.monotonic());
        }
        self.intervals.push(interval);
        interval
    }

    /// Counts a window in as a user of a tree.
    pub(crate) fn use_tree(&mut self, tree: Option<usize>) {
        let Some(tree) = tree.and_then(|slot| self.trees[slot].as_mut()) else { return };
        let now = self.machine.clock.now();
        if tree.users == 0
            && tree.members_at().is_some_and(|at| now.active_since(&at) >= MEMBERS_AGE)
        {
            tree.forget();
        }
        tree.users += 1;
    }

    /// Counts a window out as a user of a tree; the tree of a command goes with its last window.
    pub(crate) fn leave_tree(&mut self, tree: Option<usize>) {
        if let Some(slot) = tree
            && let Some(account) = &mut self.trees[slot]
        {
            account.users -= 1;
            if account.users == 0 && self.own_tree != Some(slot) {
                self.trees[slot] = None;
            }
        }
    }

    /// Counts a window out; `interval` is what [`Self::enter`] returned.
    pub(crate) fn leave(&mut self, plan: &Plan, tree: Option<usize>, interval: Duration) {
        for &index in &plan.accounts {
            self.accounts[index].users -= 1;
        }
        self.leave_tree(tree);
        if let Some(position) = self.intervals.iter().position(|i| *i == interval) {
            self.intervals.swap_remove(position);
        }
    }

    /// The shortest interval that an open window needs; `None` without windows.
    pub(crate) fn interval(&self) -> Option<Duration> {
        self.intervals.iter().min().copied()
    }

    /// Time until the next sample is due; `None` without windows.
    pub(crate) fn until_due(&self) -> Option<Duration> {
        let interval = self.interval()?;
        let now = self.machine.clock.monotonic();
        let passed = self.last_tick.map_or(interval, |last| now.saturating_sub(last));
        Some(interval.saturating_sub(passed))
    }

    /// Takes a sample on the thread of the caller.
    pub(crate) fn tick_here(&mut self) {
        let clock = Arc::clone(&self.machine.clock);
        let started = clock.thread_cpu();
        self.tick();
        self.edge_cost += clock.thread_cpu().saturating_sub(started);
    }

    /// Takes a sample on a thread that does nothing else.
    pub(crate) fn tick_on_own_thread(&mut self) {
        self.tick();
        self.thread_cost = self.machine.clock.thread_cpu();
    }

    /// Takes a sample of everything that an open window counts, now.
    fn tick(&mut self) {
        let now = self.machine.clock.now();
        // Keep to the schedule; after a sleep or a stall start a new one.
        let interval = self.interval().unwrap_or_default();
        self.last_tick = Some(match self.last_tick {
            Some(last) if now.monotonic.saturating_sub(last) < interval * 2 => last + interval,
            _ => now.monotonic,
        });
        let used: Vec<usize> =
            (0..self.accounts.len()).filter(|&i| self.accounts[i].users > 0).collect();
        self.read(&used, &now, TICK_AGE, |refresh| refresh / 4);
        for &index in &used {
            self.accounts[index].read_use(now);
        }
        self.read_trees(&now, &used);
        self.samples += 1;
        // A sample that took longer than the interval is not followed by the next at once: whoever
        // waits for the lock would wait for ever.
        let ended = self.machine.clock.monotonic();
        if self.last_tick.is_some_and(|last| ended.saturating_sub(last) >= interval) {
            self.last_tick = Some(ended);
        }
    }

    /// Reads what an edge of a window needs and marks it.
    pub(crate) fn snapshot(&mut self, plan: &Plan, tree: Option<usize>) -> Snapshot {
        let clock = Arc::clone(&self.machine.clock);
        let now = clock.now();
        let stale = |account: &Account| !account.is_fresh(&now, EDGE_AGE);
        if !self.sample_is_fresh(&now, EDGE_AGE)
            || plan.accounts.iter().any(|&i| stale(&self.accounts[i]))
        {
            let started = clock.thread_cpu();
            self.read(&plan.accounts, &now, EDGE_AGE, |refresh| EDGE_AGE.min(refresh / 4));
            for &index in &plan.accounts {
                self.accounts[index].read_use(now);
            }
            self.samples += 1;
            self.edge_cost += clock.thread_cpu().saturating_sub(started);
        }
        let total = self.memory_total();
        if let Some(tree) = tree.and_then(|slot| self.trees[slot].as_mut()) {
            tree.read(clock.now(), false, total);
            tree.bill(&self.accounts, &plan.accounts, now, &self.gauges.mark(), None);
        }
        Snapshot {
            marks: plan.accounts.iter().map(|&i| self.accounts[i].mark(&now)).collect(),
            gauges: self.gauges.mark(),
            tree: tree.and_then(|slot| self.trees[slot].as_ref()).map(TreeAccount::mark),
            at: clock.now(),
            cost: self.edge_cost + self.thread_cost,
            samples: self.samples,
        }
    }

    /// Looks at the tree of a window at one of its edges, where that is needed: GPUs tell what each
    /// process used since the last look, and memory has to be seen once in windows that are too
    /// short to have been sampled.
    pub(crate) fn look_at_edge(&mut self, plan: &Plan, tree: Option<usize>, closing: bool) {
        let (now, total) = (self.machine.clock.now(), self.memory_total());
        let Some(tree) = tree.and_then(|slot| self.trees[slot].as_mut()) else { return };
        if plan.gpu_count > 0 || (closing && !tree.has_memory()) {
            tree.read(now, true, total);
            self.read_gpu_processes(&now);
        }
    }

    /// The tree of a window.
    pub(crate) fn tree(&self, slot: usize) -> Option<&TreeAccount> {
        self.trees[slot].as_ref()
    }

    /// Whether the account is a mirror of an earlier one of its plan.
    pub(crate) fn is_mirror(&self, plan: &Plan, index: usize) -> bool {
        let Some(group) = self.accounts[index].info().mirror_group else { return false };
        let first = plan
            .accounts
            .iter()
            .copied()
            .find(|&i| self.accounts[i].info().mirror_group == Some(group));
        first != Some(index) && !self.mirrors.is_independent(index)
    }

    fn sample_is_fresh(&self, now: &Instant, age: Duration) -> bool {
        self.sample.is_some_and(|s| now.active_since(&s.at) < age)
    }

    fn memory_total(&self) -> u64 {
        self.sample.and_then(|s| s.memory).map_or(0, |m| m.total_bytes)
    }

    /// The reader of `/proc/stat` and `/proc/meminfo`, opened on first use.
    fn reader(&mut self) -> &mut MachineReader {
        let sampled = self.detected.as_ref().map_or_else(Limits::none, |d| d.sampled.clone());
        self.reader.get_or_insert_with(|| MachineReader::open(&self.machine.root, &sampled))
    }

    /// Reads what is older than wanted: the shared sample than `sample_age`, a meter than the `age`
    /// for its refresh.
    fn read(
        &mut self,
        accounts: &[usize],
        now: &Instant,
        sample_age: Duration,
        age: impl Fn(Duration) -> Duration,
    ) {
        let clock = Arc::clone(&self.machine.clock);
        if !self.sample_is_fresh(now, sample_age) {
            let memory = self.memory_at.is_none_or(|at| {
                now.active_since(&at) >= if sample_age == EDGE_AGE { EDGE_AGE } else { MEMORY_AGE }
            });
            let mut sample = self.reader().read(&*clock, MachineParts { cpu: true, memory });
            if memory {
                self.memory_at = Some(*now);
            } else {
                sample.memory = self.sample.and_then(|s| s.memory);
            }
            self.gauges.accept(&sample);
            self.sample = Some(sample);
        }
        let sample = self.sample.unwrap_or_default();
        for &index in accounts {
            let account = &mut self.accounts[index];
            if !account.is_fresh(now, age(account.info().refresh)) {
                account.read(&sample, &*clock);
            }
        }
        self.mirrors.compare(&self.accounts, accounts);
    }

    fn read_trees(&mut self, now: &Instant, used: &[usize]) {
        if self.trees.iter().all(|t| t.as_ref().is_none_or(|t| t.users == 0)) {
            return;
        }
        let total = self.memory_total();
        let mut looked = false;
        for tree in self.trees.iter_mut().flatten().filter(|t| t.users > 0) {
            let due = tree.members_at().is_none_or(|at| now.active_since(&at) >= MEMBERS_AGE);
            looked |= due;
            tree.read(*now, due, total);
        }
        if looked {
            self.read_gpu_processes(now);
        }
        let gauges = self.gauges.mark();
        for tree in self.trees.iter_mut().flatten().filter(|t| t.users > 0) {
            tree.bill(&self.accounts, used, *now, &gauges, None);
        }
    }

    /// Bills a tree for everything that it uses of the plan's meters, from its birth just now on.
    pub(crate) fn bill_from_birth(&mut self, plan: &Plan, slot: usize) {
        let now = self.machine.clock.now();
        if let Some(tree) = self.trees[slot].as_mut() {
            let unborn = TreeMark::default();
            tree.bill(&self.accounts, &plan.accounts, now, &self.gauges.mark(), Some(&unborn));
        }
    }

    /// Has the trees take in what each process used of the GPUs since the last call.
    pub(super) fn read_gpu_processes(&mut self, now: &Instant) {
        if self.detected.as_ref().is_some_and(|d| d.has_private_pids) {
            return;
        }
        let before = self.processes_at.replace(*now);
        let seconds = before.map_or(0.0, |at| now.active_since(&at).as_secs_f64());
        for (index, account) in self.accounts.iter_mut().enumerate().filter(|(_, a)| a.users > 0) {
            let Some(processes) = account.meter_mut().process_utilization() else { continue };
            if let Some(watched) = &mut self.gpu_seconds {
                watched.accept(index, &processes, seconds);
            }
            for tree in self.trees.iter_mut().flatten().filter(|t| t.users > 0) {
                tree.accept_gpu(index, &processes, seconds);
            }
        }
    }
}
