//! The API output as Python drives it: made from plain settings, given records as tuples, and asked at
//! the end what did not arrive.
//!
//! The outbox and its thread are native and never want the interpreter. Left out: what the settings
//! are and where the user's directories lie, which the package knows.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use carbon_client::ApiSettings;
use carbon_tracker::config::Config;
use carbon_tracker::sink::Sink;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::guarded;
use crate::hubs::generation;
use crate::record::emissions_record;

/// The API output of one run.
#[pyclass(frozen, module = "codecarbon._native")]
pub(crate) struct ApiSink {
    generation: u32,
    sink: Mutex<carbon_client::ApiSink>,
}

#[pymethods]
impl ApiSink {
    /// From settings by key, what is known of the run beyond its records (a JSON object with the
    /// API's names), and the user's state directory. Wakes the sender, which works in the background.
    ///
    /// # Errors
    /// `ValueError` for a setting that cannot be used.
    #[new]
    fn new(
        py: Python<'_>,
        settings: Vec<(String, String)>,
        about: &str,
        state_directory: Option<PathBuf>,
    ) -> PyResult<Self> {
        let mut config = Config::default();
        for (key, value) in &settings {
            // A value may be a secret: only the key is named.
            config
                .set(key, value)
                .map_err(|error| PyValueError::new_err(format!("{key} is {error}")))?;
        }
        let about = serde_json::from_str(about)
            .map_err(|error| PyValueError::new_err(format!("the description: {error}")))?;
        py.detach(|| {
            guarded(|| {
                let settings = ApiSettings::from_config(&config, state_directory.as_deref());
                let settings = ApiSettings { about, ..settings };
                let mut sink = carbon_client::ApiSink::with_settings(settings);
                sink.prepare();
                Self { generation: generation(), sink: Mutex::new(sink) }
            })
        })
    }

    /// Whether this process made it; one of a parent does nothing.
    #[getter]
    fn is_ours(&self) -> bool {
        self.generation == generation()
    }

    /// The id that the server gave the run, once it is known.
    #[getter]
    fn run_id(&self, py: Python<'_>) -> Option<String> {
        py.detach(|| if self.is_ours() { self.lock().server_run_id() } else { None })
    }

    /// Takes the totals of the run and what the last interval has added, both as values in column
    /// order; returns what the user should hear. A live record may wait for the next one when it is
    /// of less than a second.
    ///
    /// # Errors
    /// `ValueError` for values that are no record.
    fn take(
        &self,
        py: Python<'_>,
        total: &Bound<'_, PyTuple>,
        delta: &Bound<'_, PyTuple>,
        is_live: bool,
    ) -> PyResult<Vec<String>> {
        let (total, delta) = (emissions_record(total)?, emissions_record(delta)?);
        self.with(py, |sink| {
            let taken =
                if is_live { sink.live_out(&total, &delta) } else { sink.out(&total, &delta) };
            taken.map_or_else(|error| vec![error.to_string()], |delivery| delivery.notices)
        })
    }

    /// The run is over: waits, briefly, for what is on its way, and returns what the user should
    /// hear.
    fn end(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        self.with(py, Sink::exit)
    }
}

impl ApiSink {
    fn lock(&self) -> MutexGuard<'_, carbon_client::ApiSink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the sink, without the interpreter; nothing in a forked child.
    fn with(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut carbon_client::ApiSink) -> Vec<String> + Send,
    ) -> PyResult<Vec<String>> {
        if !self.is_ours() {
            return Ok(Vec::new());
        }
        py.detach(|| guarded(|| work(&mut self.lock())))
    }
}
