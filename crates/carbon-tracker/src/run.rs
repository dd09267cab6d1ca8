//! A run and its tasks, and what they end with.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use carbon_model::{EmissionsRecord, Report, TaskRecord};
use carbon_sensors::CpuTree;
use uuid::Uuid;

use crate::hub::Window;
use crate::live::{Cuts, Follower, PriceUsed};
use crate::location::Location;
use crate::plan::Preferences;
use crate::pricing::{Factors, Footprint};
use crate::record::{Letterhead, delta, record};
use crate::restate::restate;
use crate::scene::{Priced, Scene, View, edge};
use crate::sink::{Delivery, Journal, Sink};

/// What a run or a task ends with: an immutable value.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Energy as measured, with intervals, sources, gaps and cost.
    pub report: Report,
    /// The same with PUE, grid and water applied.
    pub footprint: Footprint,
    /// The factors that were applied; where the price of the electricity changed, the mean by energy.
    pub factors: Factors,
    /// The prices behind that mean, in the order of their time; empty where the tables decide alone.
    pub prices: Vec<PriceUsed>,
    /// Where it took place, and how that is known.
    pub location: Location,
    /// The published record.
    pub record: EmissionsRecord,
    /// Finished tasks, in the order of their end.
    pub tasks: Vec<TaskRecord>,
    /// When each of them ended, as time since the Unix epoch.
    pub task_ends: Vec<Duration>,
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
    journal: Option<Box<dyn Journal>>,
    previous: Option<EmissionsRecord>,
}

/// Who hears of a run.
#[derive(Default)]
pub(crate) struct Receivers {
    pub(crate) sinks: Vec<Box<dyn Sink>>,
    pub(crate) journal: Option<Box<dyn Journal>>,
}

/// Looks at a run from any thread for as long as it goes on; cheap to clone, and keeps nothing alive.
#[derive(Debug, Clone)]
pub struct Observer(Weak<Shared>);

/// What a run shares with its tasks and observers, which may live on other threads.
#[derive(Debug)]
struct Shared {
    id: String,
    /// Taken by the end of the run.
    window: Mutex<Option<Priced>>,
    head: Letterhead,
    scene: Scene,
    tasks: Mutex<Tasks>,
}

#[derive(Debug, Default)]
struct Tasks {
    next: u64,
    open: HashMap<u64, (String, Priced)>,
    finished: Vec<Finished>,
    names: HashSet<String>,
}

/// A task that has ended, with what it takes to price it again when more is known.
#[derive(Debug)]
struct Finished {
    record: TaskRecord,
    cuts: Cuts,
    edge: (Duration, f64),
}

impl Run {
    pub(crate) fn new(
        id: String,
        window: Window,
        head: Letterhead,
        scene: Scene,
        Receivers { sinks, journal }: Receivers,
    ) -> Self {
        let begun = Duration::try_from_secs_f64(window.started_unix_s()).unwrap_or_default();
        let window = Mutex::new(Some(Priced::new(window)));
        let shared = Arc::new(Shared { id, window, head, scene, tasks: Mutex::default() });
        if let Some(feed) = shared.scene.feed() {
            let follower: Weak<Shared> = Arc::downgrade(&shared);
            feed.join(follower, begun);
        }
        let mut run = Self { shared, sinks, journal, previous: None };
        let observer = run.observer();
        if let Some(journal) = &mut run.journal {
            journal.begin(&observer);
        }
        for sink in &mut run.sinks {
            sink.begin(&observer);
        }
        run
    }

    /// Id of the run (a UUID unless one was given), which all outputs carry.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// What was assumed about the place of the run, as far as that is known.
    pub fn warnings(&self) -> Vec<String> {
        let scene = &self.shared.scene;
        if scene.feed().is_some_and(|feed| feed.is_awaited()) {
            return Vec::new();
        }
        scene.view().place.warnings.clone()
    }

    /// A way to look at the run from elsewhere.
    pub fn observer(&self) -> Observer {
        Observer(Arc::downgrade(&self.shared))
    }

    /// Opens a task. Tasks nest, overlap and run on any thread; each is a window of its own. A name
    /// that is empty or taken gets a UUID.
    pub fn task(&self, name: impl Into<String>) -> Task {
        let window = self.shared.window().as_ref().map(|open| open.window.nested());
        let mut tasks = self.shared.tasks();
        let name = tasks.unique(name.into());
        let id = tasks.next;
        tasks.next += 1;
        if let Some(window) = window {
            tasks.open.insert(id, (name.clone(), Priced::new(window)));
        }
        drop(tasks);
        Task { shared: Arc::clone(&self.shared), id, name, done: false }
    }

    /// Bills the run by a tree that was started after it, such as a command: its CPU seconds count
    /// from zero now.
    pub fn attach_tree(&mut self, tree: Box<dyn CpuTree>) {
        if let Some(open) = &mut *self.shared.window() {
            open.window.attach_tree(tree);
        }
    }

    /// What the run comes to so far; nothing is written.
    pub fn peek(&self) -> Option<Outcome> {
        self.shared.peek()
    }

    /// Writes what the run comes to so far to every sink, and goes on. What was written keeps its
    /// price.
    pub fn flush(&mut self) -> Option<Outcome> {
        self.shared.wait();
        let mut outcome = self.shared.peek_for_good()?;
        self.hand_out(&outcome);
        self.publish(&mut outcome, false);
        Some(outcome)
    }

    /// Sends what the run comes to so far to the sinks that follow a run live. What was sent keeps
    /// its price.
    pub fn flush_live(&mut self) -> Option<Outcome> {
        let mut outcome = self.shared.peek_for_good()?;
        self.hand_out(&outcome);
        self.publish(&mut outcome, true);
        Some(outcome)
    }

    /// Ends the run and its open tasks with fresh reads, and writes the record to every sink. A sink
    /// that fails is a warning in the outcome; the others are served all the same.
    ///
    /// With a [`Feed`](crate::live::Feed) that has not had its first answers, waits for them as long
    /// as that has patience; the run has ended before.
    pub fn stop(mut self) -> Outcome {
        self.finish().expect("the window of a run is only taken here and on drop")
    }

    /// Ends a run that measured nothing, such as that of a command which could not be started: no sink
    /// hears of its end.
    pub fn discard(self) {
        drop(self.shared.window().take());
    }

    /// Ends the run; `next` is begun at the edge that ends it, before anything is written.
    pub(crate) fn hand_over<T>(
        mut self,
        preferences: &Preferences,
        interval: Duration,
        next: impl FnOnce(Window) -> T,
    ) -> (T, Outcome) {
        let Priced { window, cuts } =
            self.shared.window().take().expect("the window of a run is only taken by its end");
        self.shared.stop_tasks();
        let (report, window) = window.hand_over(preferences, interval);
        let next = next(window);
        let outcome = self.conclude(report, &cuts);
        (next, outcome)
    }

    fn finish(&mut self) -> Option<Outcome> {
        let Priced { window, cuts } = self.shared.window().take()?;
        self.shared.stop_tasks();
        let report = window.close();
        Some(self.conclude(report, &cuts))
    }

    /// Writes what a run came to, whose window is closed.
    fn conclude(&mut self, report: Report, cuts: &Cuts) -> Outcome {
        self.shared.wait();
        let mut outcome = self.shared.outcome(report, cuts);
        self.hand_out(&outcome);
        let failed = self.publish(&mut outcome, false);
        for sink in &mut self.sinks {
            outcome.warnings.extend(sink.exit());
        }
        if let Some(journal) = &mut self.journal {
            journal.end(&outcome, &failed);
        }
        outcome
    }

    fn hand_out(&mut self, outcome: &Outcome) {
        if let Some(journal) = &mut self.journal {
            journal.hand_out(outcome);
        }
    }

    /// Gives an outcome to every sink; the names of those that failed.
    fn publish(&mut self, outcome: &mut Outcome, live: bool) -> Vec<&'static str> {
        let mut failed = Vec::new();
        let change = delta(&outcome.record, self.previous.as_ref());
        for sink in &mut self.sinks {
            sink.hear(outcome);
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
                    Err(error) => {
                        failed.push(error.sink);
                        outcome.warnings.push(error.to_string());
                    }
                }
            }
        }
        self.previous = Some(outcome.record.clone());
        failed
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
    /// The record of the run so far; `None` once it has ended. Costs what [`Run::peek`] does.
    /// What was seen keeps its price, so that sums never go down.
    pub fn record(&self) -> Option<EmissionsRecord> {
        Some(self.0.upgrade()?.peek_for_good()?.record)
    }

    /// What the run comes to so far, with those of its finished tasks that come after the first
    /// `known`; `None` once it has ended. Costs what [`Run::peek`] does; no price is settled by it.
    pub fn look(&self, known: usize) -> Option<Outcome> {
        self.0.upgrade()?.look(known)
    }
}

impl Shared {
    fn window(&self) -> MutexGuard<'_, Option<Priced>> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait(&self) {
        if let Some(feed) = self.scene.feed() {
            feed.wait();
        }
    }

    fn peek(&self) -> Option<Outcome> {
        self.look(0)
    }

    fn look(&self, known: usize) -> Option<Outcome> {
        let open = self.window();
        let Priced { window, cuts } = open.as_ref()?;
        let (report, cuts) = (window.peek(), cuts.clone());
        drop(open);
        Some(self.outcome_since(known, report, &cuts))
    }

    /// What the run comes to so far, which keeps its price.
    fn peek_for_good(&self) -> Option<Outcome> {
        let mut open = self.window();
        let priced = open.as_mut()?;
        let report = priced.window.peek();
        priced.settle(&self.scene.view(), &report);
        let cuts = priced.cuts.clone();
        drop(open);
        Some(self.outcome(report, &cuts))
    }

    fn outcome(&self, report: Report, cuts: &Cuts) -> Outcome {
        self.outcome_since(0, report, cuts)
    }

    /// An outcome without the first `known` of its tasks.
    fn outcome_since(&self, known: usize, report: Report, cuts: &Cuts) -> Outcome {
        let view = self.scene.view();
        let finished = self.tasks();
        let finished = finished.finished.iter().skip(known);
        let (tasks, task_ends) =
            finished.map(|task| (self.task_record(task, &view), task.edge.0)).unzip();
        let place_warnings = view.place.warnings.clone();
        let mut outcome = self.price(view, report, cuts);
        outcome.tasks = tasks;
        outcome.task_ends = task_ends;
        outcome.warnings.splice(0..0, place_warnings);
        outcome
    }

    fn stop_task(&self, id: u64) -> Option<Outcome> {
        let (name, Priced { window, cuts }) = self.tasks().open.remove(&id)?;
        let report = window.close();
        let edge = edge(&report);
        if let Some(feed) = self.scene.feed() {
            feed.wait_for_place();
        }
        let outcome = self.price(self.scene.view(), report, &cuts);
        let record = TaskRecord::new(name, outcome.record.clone());
        self.tasks().finished.push(Finished { record, cuts, edge });
        Some(outcome)
    }

    /// The record of a task that has ended, at the place and the price that are known by now.
    fn task_record(&self, task: &Finished, view: &View) -> TaskRecord {
        let mut record = task.record.clone();
        if self.scene.feed().is_some() {
            let grid = view.grid(&task.cuts, task.edge);
            restate(&mut record, &view.place.location, &grid);
        }
        record
    }

    fn price(&self, view: View, report: Report, cuts: &Cuts) -> Outcome {
        let location = view.place.location.clone();
        let mut warnings = report.warnings.clone();
        let (factors, prices) = view.price(cuts, &report, &mut warnings);
        let footprint = factors.apply(report.billed_energy());
        Outcome {
            record: record(&self.head, &self.id, (&location, &factors), &report, &footprint),
            tasks: Vec::new(),
            task_ends: Vec::new(),
            factors,
            prices,
            location,
            warnings,
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

impl Follower for Shared {
    fn mark(&self) {
        let view = self.scene.view();
        if let Some(open) = &mut *self.window() {
            open.mark(&view);
        }
        for (_, open) in self.tasks().open.values_mut() {
            open.mark(&view);
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
