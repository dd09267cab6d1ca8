//! A run and its tasks, and what they end with.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use carbon_model::{EmissionsRecord, Report, TaskRecord};
use carbon_sensors::CpuTree;
use uuid::Uuid;

use crate::hub::Window;
use crate::pricing::{Factors, Footprint};
use crate::record::{Letterhead, delta, record};
use crate::sink::{Delivery, Sink};

/// What a run or a task ends with: an immutable value.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Energy as measured, with intervals, sources, gaps and cost.
    pub report: Report,
    /// The same with PUE, grid and water applied.
    pub footprint: Footprint,
    /// The factors that were applied.
    pub factors: Factors,
    /// The published record.
    pub record: EmissionsRecord,
    /// Finished tasks, in the order of their end.
    pub tasks: Vec<TaskRecord>,
    /// What was assumed or went wrong, in sentences: those of the report, of the place and of the
    /// sinks.
    pub warnings: Vec<String>,
    /// Files that were written.
    pub saved_to: Vec<PathBuf>,
}

/// A run that is being measured. Dropping it ends it and still writes its record.
pub struct Run {
    shared: Arc<Shared>,
    sinks: Vec<Box<dyn Sink>>,
    previous: Option<EmissionsRecord>,
}

/// Looks at a run from any thread for as long as it goes on; cheap to clone, and keeps nothing alive.
#[derive(Debug, Clone)]
pub struct Observer(Weak<Shared>);

/// What a run shares with its tasks and observers, which may live on other threads.
#[derive(Debug)]
struct Shared {
    id: String,
    /// Taken by the end of the run.
    window: Mutex<Option<Window>>,
    head: Letterhead,
    warnings: Vec<String>,
    tasks: Mutex<Tasks>,
}

#[derive(Debug, Default)]
struct Tasks {
    next: u64,
    open: HashMap<u64, (String, Window)>,
    finished: Vec<TaskRecord>,
    names: HashSet<String>,
}

impl Run {
    pub(crate) fn new(
        id: String,
        window: Window,
        head: Letterhead,
        warnings: Vec<String>,
        sinks: Vec<Box<dyn Sink>>,
    ) -> Self {
        let window = Mutex::new(Some(window));
        let shared = Arc::new(Shared { id, window, head, warnings, tasks: Mutex::default() });
        let mut run = Self { shared, sinks, previous: None };
        let observer = run.observer();
        for sink in &mut run.sinks {
            sink.begin(&observer);
        }
        run
    }

    /// Id of the run (a UUID unless one was given), which all outputs carry.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// The factors that the run is priced with.
    pub fn factors(&self) -> &Factors {
        &self.shared.head.factors
    }

    /// What was assumed about the place of the run.
    pub fn warnings(&self) -> &[String] {
        &self.shared.warnings
    }

    /// A way to look at the run from elsewhere.
    pub fn observer(&self) -> Observer {
        Observer(Arc::downgrade(&self.shared))
    }

    /// Opens a task. Tasks nest, overlap and run on any thread; each is a window of its own. A name
    /// that is empty or taken gets a UUID.
    pub fn task(&self, name: impl Into<String>) -> Task {
        let window = self.shared.window().as_ref().map(Window::nested);
        let mut tasks = self.shared.tasks();
        let name = tasks.unique(name.into());
        let id = tasks.next;
        tasks.next += 1;
        if let Some(window) = window {
            tasks.open.insert(id, (name.clone(), window));
        }
        drop(tasks);
        Task { shared: Arc::clone(&self.shared), id, name, done: false }
    }

    /// Bills the run by a tree that was started after it, such as a command: its CPU seconds count
    /// from zero now.
    pub fn attach_tree(&mut self, tree: Box<dyn CpuTree>) {
        if let Some(window) = &mut *self.shared.window() {
            window.attach_tree(tree);
        }
    }

    /// What the run comes to so far; nothing is written.
    pub fn peek(&self) -> Option<Outcome> {
        self.shared.peek()
    }

    /// Writes what the run comes to so far to every sink, and goes on.
    pub fn flush(&mut self) -> Option<Outcome> {
        let mut outcome = self.peek()?;
        self.publish(&mut outcome, false);
        Some(outcome)
    }

    /// Sends what the run comes to so far to the sinks that follow a run live.
    pub fn flush_live(&mut self) -> Option<Outcome> {
        let mut outcome = self.peek()?;
        self.publish(&mut outcome, true);
        Some(outcome)
    }

    /// Ends the run and its open tasks with fresh reads, and writes the record to every sink. A sink
    /// that fails is a warning in the outcome; the others are served all the same.
    pub fn stop(mut self) -> Outcome {
        self.finish().expect("the window of a run is only taken here and on drop")
    }

    fn finish(&mut self) -> Option<Outcome> {
        let window = self.shared.window().take()?;
        self.shared.stop_tasks();
        let report = window.close();
        let mut outcome = self.shared.outcome(report);
        self.publish(&mut outcome, false);
        for sink in &mut self.sinks {
            outcome.warnings.extend(sink.exit());
        }
        Some(outcome)
    }

    fn publish(&mut self, outcome: &mut Outcome, live: bool) {
        let change = delta(&outcome.record, self.previous.as_ref());
        for sink in &mut self.sinks {
            let sent = if live {
                sink.live_out(&outcome.record, &change)
            } else {
                sink.out(&outcome.record, &change)
            };
            let tasks = if live || outcome.tasks.is_empty() {
                Ok(Delivery::default())
            } else {
                sink.task_out(&outcome.tasks, &self.shared.head.config.experiment_name)
            };
            for result in [sent, tasks] {
                match result {
                    Ok(delivery) => {
                        outcome.saved_to.extend(delivery.saved_to);
                        outcome.warnings.extend(delivery.notices);
                    }
                    Err(error) => outcome.warnings.push(error.to_string()),
                }
            }
        }
        self.previous = Some(outcome.record.clone());
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("id", &self.shared.id).finish_non_exhaustive()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Observer {
    /// The record of the run so far; `None` once it has ended. Costs what [`Run::peek`] does, and
    /// reads no meter.
    pub fn record(&self) -> Option<EmissionsRecord> {
        Some(self.0.upgrade()?.peek()?.record)
    }
}

impl Shared {
    fn window(&self) -> MutexGuard<'_, Option<Window>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn peek(&self) -> Option<Outcome> {
        let report = self.window().as_ref()?.peek();
        Some(self.outcome(report))
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outcome(&self, report: Report) -> Outcome {
        let mut outcome = self.price(report);
        outcome.tasks.clone_from(&self.tasks().finished);
        outcome.warnings.splice(0..0, self.warnings.iter().cloned());
        outcome
    }

    fn stop_task(&self, id: u64) -> Option<Outcome> {
        let (name, window) = self.tasks().open.remove(&id)?;
        let outcome = self.price(window.close());
        self.tasks().finished.push(TaskRecord::new(name, outcome.record.clone()));
        Some(outcome)
    }

    fn price(&self, report: Report) -> Outcome {
        let footprint = self.head.factors.apply(report.billed_energy());
        Outcome {
            record: record(&self.head, &self.id, &report, &footprint),
            tasks: Vec::new(),
            factors: self.head.factors.clone(),
            warnings: report.warnings.clone(),
            saved_to: Vec::new(),
            report,
            footprint,
        }
    }

    fn stop_tasks(&self) {
        let mut open: Vec<u64> = self.tasks().open.keys().copied().collect();
        open.sort_unstable();
        for id in open {
            self.stop_task(id);
        }
    }
}

impl Tasks {
    fn unique(&mut self, name: String) -> String {
        let name = if name.is_empty() {
            Uuid::new_v4().to_string()
        } else if self.names.contains(&name) {
            format!("{name}_{}", Uuid::new_v4())
        } else {
            name
        };
        self.names.insert(name.clone());
        name
    }
}

/// A task that is being measured. Dropping it ends it; its record is kept by the run.
#[derive(Debug)]
pub struct Task {
    shared: Arc<Shared>,
    id: u64,
    name: String,
    done: bool,
}

impl Task {
    /// Its name, unique in the run.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Ends the task; `None` if the run has ended it already.
    pub fn stop(mut self) -> Option<Outcome> {
        self.done = true;
        self.shared.stop_task(self.id)
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if !self.done {
            self.shared.stop_task(self.id);
        }
    }
}
