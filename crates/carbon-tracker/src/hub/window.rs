//! A window on the ledger: opened and closed by two snapshots.

use std::sync::Arc;
use std::time::Duration;

use carbon_model::Report;
use carbon_sensors::CpuTree;

use super::Hub;
use super::report::report;
use super::snapshot::Snapshot;
use crate::plan::{Plan, Preferences};

/// Whose energy a window reports beside the machine's.
pub enum Billing {
    /// The machine's alone.
    Machine,
    /// The tree of this process: itself and what it starts.
    OwnTree,
    /// Another tree, such as a command; its CPU seconds count from zero now.
    Tree(Box<dyn CpuTree>),
}

impl std::fmt::Debug for Billing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Machine => "Machine",
            Self::OwnTree => "OwnTree",
            Self::Tree(_) => "Tree",
        })
    }
}

/// An open stretch of time; dropping it ends it without a report.
#[derive(Debug)]
pub struct Window {
    hub: Hub,
    plan: Arc<Plan>,
    tree: Option<usize>,
    interval: Duration,
    opened: Snapshot,
}

impl Window {
    pub(super) fn open(
        hub: &Hub,
        preferences: &Preferences,
        billing: Billing,
        interval: Duration,
    ) -> Self {
        let mut state = hub.lock();
        let plan = state.plan(preferences);
        let tree = match billing {
            Billing::Machine => None,
            Billing::OwnTree => Some(state.own_tree()),
            Billing::Tree(tree) => Some(state.add_tree(tree)),
        };
        Self::enter(hub, state, plan, tree, interval)
    }

    /// A window within this one, on the same meters and the same tree: a task.
    #[must_use]
    pub fn nested(&self) -> Self {
        let state = self.hub.lock();
        Self::enter(&self.hub, state, Arc::clone(&self.plan), self.tree, self.interval)
    }

    fn enter(
        hub: &Hub,
        mut state: std::sync::MutexGuard<'_, super::State>,
        plan: Arc<Plan>,
        tree: Option<usize>,
        interval: Duration,
    ) -> Self {
        let interval = state.enter(&plan, tree, interval);
        state.look_at_edge(&plan, tree, false);
        let opened = state.snapshot(&plan, tree);
        drop(state);
        hub.arrange(interval);
        Self { hub: hub.clone(), plan, tree, interval, opened }
    }

    /// Ends the window and opens the next at the same edge, billed alike: what one does not hold the
    /// other does. Both are reported from one snapshot where their meters are the same, and from two
    /// under one lock where the preferences are others.
    pub(crate) fn hand_over(self, preferences: &Preferences, interval: Duration) -> (Report, Self) {
        let hub = self.hub.clone();
        let mut state = hub.lock();
        let plan = state.plan(preferences);
        let interval = state.enter(&plan, self.tree, interval);
        state.look_at_edge(&self.plan, self.tree, true);
        let closed = state.snapshot(&self.plan, self.tree);
        let opened = if Arc::ptr_eq(&plan, &self.plan) {
            closed.clone()
        } else {
            state.snapshot(&plan, self.tree)
        };
        let report = report(&state, &self.plan, self.tree, &self.opened, &closed);
        drop(state);
        hub.arrange(interval);
        let next = Self { hub, plan, tree: self.tree, interval, opened };
        (report, next)
    }

    /// Bills the window by a tree that was started after it opened: its CPU seconds count from zero
    /// now.
    pub fn attach_tree(&mut self, tree: Box<dyn CpuTree>) {
        let mut state = self.hub.lock();
        let slot = state.add_tree(tree);
        state.use_tree(Some(slot));
        state.leave_tree(self.tree.replace(slot));
        state.look_at_edge(&self.plan, self.tree, false);
        state.bill_from_birth(&self.plan, slot);
        // The whole of the tree's use lies within the window.
        self.opened.tree = Some(super::tree::TreeMark::default());
    }

    /// When the window opened, seconds since the Unix epoch.
    pub fn started_unix_s(&self) -> f64 {
        self.opened.at.wall.as_secs_f64()
    }

    /// Calendar year in which the window opened.
    pub fn started_year(&self) -> u16 {
        carbon_sensors::clock::local_year(self.started_unix_s())
    }

    /// Number of counted GPUs and their names ("2 x NVIDIA H100").
    pub fn gpus(&self) -> (u32, String) {
        (self.plan.gpu_count, self.plan.gpu_model.clone())
    }

    /// What the window holds so far; it stays open.
    pub fn peek(&self) -> Report {
        let mut state = self.hub.lock();
        let now = state.snapshot(&self.plan, self.tree);
        report(&state, &self.plan, self.tree, &self.opened, &now)
    }

    /// Ends the window with fresh reads and reports it.
    pub fn close(self) -> Report {
        let mut state = self.hub.lock();
        state.look_at_edge(&self.plan, self.tree, true);
        let closed = state.snapshot(&self.plan, self.tree);
        report(&state, &self.plan, self.tree, &self.opened, &closed)
        // Dropping `self` counts the window out, after the lock is released.
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.hub.lock().leave(&self.plan, self.tree, self.interval);
    }
}
