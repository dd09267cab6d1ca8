//! The outputs for metrics as Python drives them: made from plain settings, given records as tuples,
//! and asked at the end what did not arrive.
//!
//! What they do is native, on threads of their own that never want the interpreter: an endpoint that is
//! scraped looks at its run without Python.

use std::mem;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carbon_outputs::prometheus::{AtEnd, Credentials, Listener, PushGateway, PushSettings};
use carbon_outputs::{OtlpSettings, OtlpSink};
use carbon_tracker::config::{Config, Secret};
use carbon_tracker::sink::Sink;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::errors::guarded;
use crate::hubs::generation;
use crate::record::emissions_record;
use crate::tracker::Tracker;

/// One output of one run after another.
#[pyclass(frozen, module = "codecarbon._native")]
pub(crate) struct MetricsSink {
    generation: u32,
    sink: Mutex<Kind>,
}

enum Kind {
    Sending(Box<dyn Sink>),
    Listening(Listener),
    /// In a forked child, where the threads of the others and maybe their locks do not work.
    Left,
}

#[pymethods]
impl MetricsSink {
    /// To a push gateway under a job; `credentials` are user and password. A run's metrics stay there
    /// unless they are to be deleted at its end.
    ///
    /// # Errors
    /// `OSError` for a file of authorities that cannot be used.
    #[staticmethod]
    fn push(
        url: String,
        job: String,
        credentials: Option<(String, String)>,
        ca_bundle: Option<PathBuf>,
        stop_wait_s: f64,
        delete_at_exit: bool,
    ) -> PyResult<Self> {
        let settings = PushSettings {
            credentials: credentials
                .map(|(user, password)| Credentials { user, password: Secret::new(password) }),
            authorities: ca_bundle,
            stop_wait: Duration::try_from_secs_f64(stop_wait_s).unwrap_or_default(),
            at_end: if delete_at_exit { AtEnd::Delete } else { AtEnd::Keep },
            ..PushSettings::new(url, job)
        };
        let sink = PushGateway::new(settings);
        let sink = sink.map_err(|error| PyOSError::new_err(error.to_string()))?;
        Ok(Self::of(Kind::Sending(Box::new(sink))))
    }

    /// To a collector of OpenTelemetry by settings of the configuration, by key, and for what they
    /// leave open by the variables of OpenTelemetry in `environ`.
    ///
    /// # Errors
    /// `ValueError` for a setting or a variable that cannot be used.
    #[staticmethod]
    fn otlp(settings: Vec<(String, String)>, environ: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut config = Config::default();
        for (key, value) in &settings {
            config
                .set(key, value)
                .map_err(|error| PyValueError::new_err(format!("{key} = {value:?} is {error}")))?;
        }
        let variable = |name: &str| environ.call_method1("get", (name,)).ok()?.extract().ok()?;
        let settings = OtlpSettings::from_config(&config, &variable);
        let sink = settings.and_then(OtlpSink::new);
        let sink = sink.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self::of(Kind::Sending(Box::new(sink))))
    }

    /// Offered at an address to servers that come for them.
    ///
    /// # Errors
    /// `ValueError` for what is no address, `OSError` when it is taken or refused.
    #[staticmethod]
    fn listen(address: &str) -> PyResult<Self> {
        let address = address.parse().map_err(|_| {
            PyValueError::new_err(format!("{address:?} is no address such as 127.0.0.1:9464"))
        })?;
        let listener = Listener::bind(address);
        let listener = listener.map_err(|error| PyOSError::new_err(error.to_string()))?;
        Ok(Self::of(Kind::Listening(listener)))
    }

    /// Whether this process made it; one of a parent does nothing.
    #[getter]
    fn is_ours(&self) -> bool {
        self.generation == generation()
    }

    /// The address of an endpoint, with the port that was found.
    #[getter]
    fn address(&self) -> Option<String> {
        if !self.is_ours() {
            return None;
        }
        match &*self.lock() {
            Kind::Listening(listener) => Some(listener.address().to_string()),
            _ => None,
        }
    }

    /// Has an endpoint offer the run of a tracker, as it is whenever somebody comes by.
    fn begin(&self, py: Python<'_>, tracker: &Bound<'_, Tracker>) {
        let tracker = tracker.get();
        if self.is_ours() {
            py.detach(|| {
                if let (Kind::Listening(listener), Some(run)) =
                    (&mut *self.lock(), tracker.observer())
                {
                    listener.begin(&run);
                }
            });
        }
    }

    /// Takes the totals of the run and what the last interval has added, both as values in column
    /// order; returns what the user should hear.
    ///
    /// # Errors
    /// `ValueError` for values that are no record, `OSError` when the system starts no thread.
    fn take(
        &self,
        py: Python<'_>,
        total: &Bound<'_, PyTuple>,
        delta: &Bound<'_, PyTuple>,
    ) -> PyResult<Vec<String>> {
        let (total, delta) = (emissions_record(total)?, emissions_record(delta)?);
        self.with(py, |sink| {
            let taken = sink.out(&total, &delta);
            taken
                .map(|delivery| delivery.notices)
                .map_err(|error| PyOSError::new_err(error.to_string()))
        })
        .unwrap_or(Ok(Vec::new()))
    }

    /// The run is over: waits, briefly, for what is under way, and returns what the user should hear.
    fn end(&self, py: Python<'_>) -> Vec<String> {
        self.with(py, |sink| Ok(sink.exit())).and_then(Result::ok).unwrap_or_default()
    }
}

impl MetricsSink {
    fn of(kind: Kind) -> Self {
        Self { generation: generation(), sink: Mutex::new(kind) }
    }

    fn lock(&self) -> MutexGuard<'_, Kind> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the sink, without the interpreter; `None` in a forked child.
    fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut dyn Sink) -> PyResult<T> + Send,
    ) -> Option<PyResult<T>> {
        self.is_ours().then(|| {
            py.detach(|| {
                guarded(|| match &mut *self.lock() {
                    Kind::Sending(sink) => work(&mut **sink),
                    Kind::Listening(sink) => work(sink),
                    Kind::Left => Err(PyOSError::new_err("made by another process")),
                })
            })?
        })
    }
}

impl Drop for MetricsSink {
    /// An output that nobody ended gets the time to deliver what it was given last; in a forked child
    /// the parent's is left alone.
    fn drop(&mut self) {
        if self.is_ours() {
            Python::try_attach(|py| self.end(py));
        } else {
            let sink = self.sink.get_mut().unwrap_or_else(PoisonError::into_inner);
            mem::forget(mem::replace(sink, Kind::Left));
        }
    }
}

/// Starts clean in a forked child, which has none of the parent's threads.
pub(crate) fn forget_the_parents() {
    carbon_outputs::prometheus::forget_after_fork();
}
