//! A tracker, its run and its tasks, as the package drives them.
//!
//! The interpreter is let go while hardware is looked for and files are written, and while meters are
//! read unless that takes microseconds (see [`crate::pace`]). No lock is held by a thread that waits
//! for the interpreter.

use std::mem;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use carbon_journal::{Kept, Saving};
use carbon_outputs::csv::write_tasks;
use carbon_outputs::telemetry::{Message, PATIENCE};
use carbon_outputs::{CsvFile, CsvSink, JsonReport};
use carbon_sensors::SysRoot;
use carbon_tracker::config::{Config, OutputMethod, TelemetryLevel};
use carbon_tracker::live::Feed;
use carbon_tracker::lock::RunLock;
use carbon_tracker::sink::Journal;
use carbon_tracker::{Hub, Observer, Preferences, Run};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::conf::conf_dict;
use crate::errors::{IntoPython, guarded};
use crate::hubs::{generation, hub_for};
use crate::journals::journal_of;
use crate::live::feed_for;
use crate::outcome::Outcome;
use crate::pace::reading;
use crate::settings::{Found, resolve};

/// A configured tracker; one run after another can be started on it.
#[pyclass(frozen, module = "codecarbon._native")]
pub(crate) struct Tracker {
    found: Arc<Found>,
    hub: &'static Hub,
    generation: u32,
    feed: OnceLock<Option<Arc<Feed>>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    run: Option<Run>,
    lock: Option<RunLock>,
    /// Of the run, until its outputs are saved.
    journal: Option<Kept>,
}

#[pymethods]
impl Tracker {
    /// A tracker from the given arguments by name, `os.environ`, and the configuration files that
    /// these lead to.
    #[new]
    fn new(arguments: &Bound<'_, PyDict>, environ: &Bound<'_, PyAny>) -> PyResult<Self> {
        let found = resolve(arguments, environ)?;
        if found.config.output_methods.contains(&OutputMethod::Csv) {
            CsvSink::from_config(&found.config).map_err(IntoPython::into_python)?;
        }
        Ok(Self::over(found))
    }

    /// The same tracker without its state, for a forked child.
    fn fresh(&self) -> Self {
        Self::over(Arc::clone(&self.found))
    }

    /// What has to be said about the configuration: level and sentence.
    #[getter]
    fn remarks(&self) -> Vec<(u8, String)> {
        self.found.remarks.clone()
    }

    /// What decides how the package sets a tracker up: output methods, emissions endpoint, whether
    /// several runs are allowed, seconds between measurements, measurements between live calls (-1
    /// for never), log level, preamble of log lines, whether metrics are offered at an address.
    #[getter]
    fn essentials<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        use carbon_tracker::config::CallInterval;
        let config = self.config();
        let methods = PyTuple::new(py, config.output_methods.iter().map(|m| m.as_str()))?;
        let every = match config.api_call_interval {
            CallInterval::Never => -1,
            CallInterval::Every(n) => i64::from(n.get()),
        };
        PyTuple::new(
            py,
            [
                methods.into_any(),
                config.emissions_endpoint.as_deref().into_bound_py_any(py)?,
                config.allow_multiple_runs.into_bound_py_any(py)?,
                config.measure_power_secs.as_secs_f64().into_bound_py_any(py)?,
                every.into_bound_py_any(py)?,
                config.log_level.as_str().into_bound_py_any(py)?,
                config.logger_preamble.as_str().into_bound_py_any(py)?,
                config.prometheus_listen.is_some().into_bound_py_any(py)?,
            ],
        )
    }

    /// Whether anybody said where the run takes place.
    #[getter]
    fn is_place_set(&self) -> bool {
        self.found.is_place_set
    }

    /// Every setting by its key.
    fn conf<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        conf_dict(py, self.config())
    }

    /// The machine as records and `get_detected_hardware` describe it.
    fn hardware<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (hardware, (gpu_count, gpu_model), meters) = py.detach(|| {
            guarded(|| {
                let preferences = Preferences::from(&**self.config());
                let hardware = self.hub.hardware();
                let gpus = self.hub.selected_gpus(&preferences);
                (hardware, gpus, self.hub.counted(&preferences))
            })
        })?;
        let methods = PyDict::new(py);
        for meter in &meters {
            if let Some(component) = meter.covers.component() {
                let method = (meter.source.label(), meter.detail.as_str());
                methods.set_item(component.label(), method)?;
            }
        }
        let dict = PyDict::new(py);
        dict.set_item("os", hardware.os)?;
        dict.set_item("python_version", python_version())?;
        dict.set_item("ram_total_size", hardware.ram_total_gib)?;
        dict.set_item("cpu_count", hardware.cpu_count)?;
        dict.set_item("cpu_physical_count", hardware.cpu_physical_count)?;
        dict.set_item("cpu_model", hardware.cpu_model)?;
        dict.set_item("gpu_count", gpu_count)?;
        dict.set_item("gpu_model", gpu_model)?;
        dict.set_item("gpu_ids", self.config().gpu_ids.named())?;
        dict.set_item("methods", methods)?;
        Ok(dict)
    }

    /// Takes the lock that keeps other trackers from running, in the directory for temporary files.
    ///
    /// # Errors
    /// `OSError` that names the lock and its owner.
    fn acquire_lock(&self, py: Python<'_>, directory: PathBuf) -> PyResult<()> {
        py.detach(|| {
            guarded(|| {
                let mut state = self.state();
                if state.lock.is_none() {
                    let root = SysRoot::default();
                    let lock = RunLock::acquire(&directory, &root);
                    state.lock = Some(lock.map_err(IntoPython::into_python)?);
                }
                Ok(())
            })
        })?
    }

    /// Gives the lock back.
    fn release_lock(&self, py: Python<'_>) {
        py.detach(|| drop(self.state().lock.take()));
    }

    /// Starts a run under an id and returns what was assumed about its place; `None` if one runs.
    fn start(&self, py: Python<'_>, run_id: String) -> PyResult<Option<Vec<String>>> {
        let feed = guarded(|| self.feed().cloned())?;
        reading(py, || {
            let mut state = self.state();
            if state.run.is_some() {
                return None;
            }
            let journal = journal_of(self.config(), self.found.journal_directory.as_deref());
            let of_run = journal.clone().map(|kept| -> Box<dyn Journal> { Box::new(kept) });
            let run = carbon_tracker::Tracker::new(self.hub, Arc::clone(self.config()))
                .with_feed(feed)
                .with_journal(of_run)
                .with_python_version(python_version())
                .with_run_id(run_id)
                .start();
            let warnings = run.warnings();
            state.run = Some(run);
            state.journal = journal;
            Some(warnings)
        })
    }

    /// Ends the run and its tasks; `None` if none runs. Waits for first answers of services, a second
    /// at most in the life of a process.
    fn stop(&self, py: Python<'_>) -> PyResult<Option<Outcome>> {
        waiting(py, self.feed(), || {
            let run = self.state().run.take();
            run.map(|run| Outcome(run.stop()))
        })
    }

    /// What the run comes to so far, for a record that is handed out: it keeps its price. `None` if
    /// none runs. `waits` is whether first answers of services are waited for.
    fn flush(&self, py: Python<'_>, waits: bool) -> PyResult<Option<Outcome>> {
        let flush = if waits { Run::flush } else { Run::flush_live };
        let feed = self.feed().filter(|_| waits);
        waiting(py, feed, || {
            // Before the lock, which other threads may want meanwhile.
            feed.inspect(|feed| feed.wait());
            self.state().run.as_mut().and_then(flush).map(Outcome)
        })
    }

    /// What the run comes to so far; `None` if none runs.
    fn peek(&self, py: Python<'_>) -> PyResult<Option<Outcome>> {
        reading(py, || self.state().run.as_ref().and_then(Run::peek).map(Outcome))
    }

    /// Opens a task of the run; `None` if none runs.
    fn task(&self, py: Python<'_>, name: String) -> PyResult<Option<Task>> {
        reading(py, || {
            let state = self.state();
            let task = state.run.as_ref()?.task(name);
            Some(Task {
                name: task.name().to_owned(),
                generation: self.generation,
                feed: self.feed().cloned(),
                open: Mutex::new(Some(task)),
            })
        })
    }

    /// Writes an outcome to the files that the configuration names: paths, notices, failures.
    fn save(
        &self,
        py: Python<'_>,
        outcome: &Outcome,
    ) -> PyResult<(Vec<String>, Vec<String>, Vec<String>)> {
        py.detach(|| {
            guarded(|| {
                let journal = self.state().journal.clone();
                save(self.config(), &outcome.0, journal.as_ref())
            })
        })
    }

    /// Ends the journal of a run that every output was given; returns what the user should hear.
    fn end_journal(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let Some(journal) = self.state().journal.take() else { return Ok(Vec::new()) };
        if !journal.is_open() {
            return Ok(Vec::from_iter(journal.take_warning()));
        }
        py.detach(|| {
            guarded(|| {
                let stays = journal.close().then(|| {
                    "what could not be saved is kept: codecarbon recover tries again".to_owned()
                });
                journal.take_warning().into_iter().chain(stays).collect()
            })
        })
    }

    /// Tells the server's makers of a run, if the user wants that, and waits a second at most. What
    /// became of it, for a debug log; `None` if nothing is told.
    fn tell(&self, py: Python<'_>, outcome: &Outcome) -> PyResult<Option<String>> {
        let config = self.config();
        if config.telemetry == TelemetryLevel::Disabled {
            return Ok(None);
        }
        py.detach(|| {
            guarded(|| {
                let processors = self.hub.hardware().cpu_physical_count;
                let message = Message::about(&outcome.0, config, Some(processors))?;
                let sending = message.send(&config.api_endpoint, config.ca_bundle.clone());
                Some(sending.wait(PATIENCE).to_string())
            })
        })
    }
}

impl Tracker {
    fn over(found: Arc<Found>) -> Self {
        Self {
            hub: hub_for(
                &found.config,
                found.slurm_job.as_ref(),
                found.calibration_file.as_deref(),
            ),
            found,
            generation: generation(),
            feed: OnceLock::new(),
            state: Mutex::default(),
        }
    }

    /// What its runs learn from, made for the first of them.
    fn feed(&self) -> Option<&Arc<Feed>> {
        let make = || feed_for(self.config(), &self.found.asking);
        self.feed.get_or_init(make).as_ref()
    }

    /// A way to look at the run that goes on.
    pub(crate) fn observer(&self) -> Option<Observer> {
        self.state().run.as_ref().map(Run::observer)
    }

    fn config(&self) -> &Arc<Config> {
        &self.found.config
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tracker {
    /// In a forked child the parent's run and lock are left alone: their locks may never open, and
    /// the lock file is the parent's.
    fn drop(&mut self) {
        if self.generation != generation() {
            let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
            mem::forget(mem::take(state));
        }
    }
}

/// A task that is being measured.
#[pyclass(frozen, module = "codecarbon._native")]
pub(crate) struct Task {
    name: String,
    generation: u32,
    feed: Option<Arc<Feed>>,
    open: Mutex<Option<carbon_tracker::Task>>,
}

#[pymethods]
impl Task {
    /// Its name, unique in the run.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// Ends the task; `None` if it has ended.
    fn stop(&self, py: Python<'_>) -> PyResult<Option<Outcome>> {
        if self.generation != generation() {
            return Ok(None);
        }
        waiting(py, self.feed.as_ref(), || {
            let task = self.open.lock().unwrap_or_else(PoisonError::into_inner).take();
            task.and_then(carbon_tracker::Task::stop).map(Outcome)
        })
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if self.generation != generation() {
            let task = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
            mem::forget(task.take());
        }
    }
}

/// Reads meters where services may have to be waited for; the interpreter is let go then.
///
/// # Errors
/// It panicked.
fn waiting<T: Send>(
    py: Python<'_>,
    feed: Option<&Arc<Feed>>,
    read: impl FnOnce() -> T + Send,
) -> PyResult<T> {
    if feed.is_some_and(|feed| feed.is_awaited()) {
        py.detach(|| guarded(read))
    } else {
        reading(py, read)
    }
}

/// Paths, notices and failures of writing an outcome to files; the journal hears of each.
fn save(
    config: &Config,
    outcome: &carbon_tracker::Outcome,
    journal: Option<&Kept>,
) -> (Vec<String>, Vec<String>, Vec<String>) {
    let (mut paths, mut notices, mut failures) = (Vec::new(), Vec::new(), Vec::new());
    let mut hear = |saving: Saving, result: Result<Option<PathBuf>, String>| {
        if let Some(journal) = journal {
            journal.note(saving, result.is_ok());
        }
        match result {
            Ok(path) => paths.extend(path.map(|path| path.display().to_string())),
            Err(error) => failures.push(error),
        }
    };
    if config.output_methods.contains(&OutputMethod::Csv) {
        let (output_dir, on_write) = (&config.output_dir, config.on_csv_write);
        let file = CsvFile::new(output_dir, &config.output_file, on_write);
        let written = file.and_then(|file| Ok((file.write(&outcome.record)?, file)));
        let written = written.map(|(written, file)| {
            notices.extend(written.notices.iter().map(ToString::to_string));
            Some(file.path().to_owned())
        });
        hear(Saving::Csv, written.map_err(|error| error.to_string()));
        let tasks = write_tasks(output_dir, &config.experiment_name, &outcome.tasks);
        hear(Saving::Tasks, tasks.map_err(|error| error.to_string()));
    }
    if config.output_methods.contains(&OutputMethod::Json) {
        let written = JsonReport::new(outcome).write_into(&config.output_dir);
        hear(Saving::Json, written.map(Some).map_err(|error| error.to_string()));
    }
    (paths, notices, failures)
}

/// Version of the interpreter, "3.11.7".
fn python_version() -> &'static str {
    static VERSION: OnceLock<&'static str> = OnceLock::new();
    VERSION.get_or_init(|| Python::version_str().split_whitespace().next().unwrap_or_default())
}
