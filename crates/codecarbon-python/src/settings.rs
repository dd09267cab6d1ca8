//! Arguments of a Python call, environment and files to a typed configuration.
//!
//! An argument is Python's: a number, a path, a list, an enum member, `None`. It is written out as
//! the text that a configuration file would hold and read by the same rules, so that one value has
//! one meaning wherever it stands.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use carbon_journal::journal_directory;
use carbon_model::Intensity;
use carbon_sensors::SlurmJob;
use carbon_tracker::calibration::CALIBRATION_FILE_NAME;
use carbon_tracker::config::{
    CONFIG_FILE_NAME, Config, ConfigError, ConfigValue, Layers, LogLevel, Notice, Origin,
};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyList, PySet, PyString, PyTuple};

use crate::errors::IntoPython;
use crate::live::Asking;

/// Levels of the remarks, as Python's `logging` numbers them.
const WARNING: u8 = 30;
const ERROR: u8 = 40;

/// Arguments that say nothing when they are `None`: the environment decides.
const NONE_IS_UNSET: [&str; 2] = ["gpu_ids", "log_level"];

/// A configuration with what has to be said about it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) config: Arc<Config>,
    /// Whether anybody said where the run takes place.
    pub(crate) is_place_set: bool,
    pub(crate) remarks: Vec<(u8, String)>,
    pub(crate) slurm_job: Option<SlurmJob>,
    pub(crate) asking: Asking,
    /// The user's own calibrations.
    pub(crate) calibration_file: Option<PathBuf>,
    /// Where runs are kept while they go on.
    pub(crate) journal_directory: Option<PathBuf>,
}

/// Everything that a configuration without files is made of, in Python's order.
#[derive(Debug, PartialEq)]
struct Given {
    arguments: Vec<(String, String)>,
    environment: Vec<(String, String)>,
    remarks: Vec<(u8, String)>,
}

/// The configuration that was found last, for programs that make a tracker for each call of a
/// function. Only locked by threads that are attached to the interpreter.
static LAST: Mutex<Option<(Given, Arc<Found>)>> = Mutex::new(None);

/// Resolves the arguments of a call over environment and files.
///
/// # Errors
/// `ValueError` when a value is not what its key takes, `TypeError` when it has no text.
pub(crate) fn resolve(
    arguments: &Bound<'_, PyDict>,
    environ: &Bound<'_, PyAny>,
) -> PyResult<Arc<Found>> {
    let environment = relevant_variables(environ)?;
    let mut remarks = Vec::new();
    let arguments = texts(arguments, &mut remarks)?;
    let given = Given { arguments, environment, remarks };
    let home = given.variable("HOME").filter(|home| !home.is_empty()).map(str::to_owned);
    let home = home.or_else(|| home_by_python(environ.py())).map(PathBuf::from);
    let is_without_files = !Path::new(CONFIG_FILE_NAME).exists()
        && !home.as_ref().is_some_and(|home| home.join(CONFIG_FILE_NAME).exists());
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if is_without_files
        && let Some((former, found)) = &*last
        && *former == given
    {
        return Ok(Arc::clone(found));
    }
    let found = Arc::new(given.resolve(home.as_deref())?);
    if is_without_files {
        *last = Some((given, Arc::clone(&found)));
    }
    Ok(found)
}

impl Given {
    fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn resolve(&self, home: Option<&Path>) -> PyResult<Found> {
        let variable = |name: &str| self.variable(name).map(str::to_owned);
        let slurm_job = variable("SLURM_JOB_ID")
            .or_else(|| variable("SLURM_JOBID"))
            .filter(|id| !id.is_empty())
            .map(|id| SlurmJob::from_environment(&id, &variable));
        let layers = Layers {
            home,
            environment: self.environment.clone(),
            arguments: self.arguments.clone(),
            ..Layers::default()
        };
        let resolved = layers.resolve().map_err(ConfigError::into_python)?;
        let mut remarks = self.remarks.clone();
        let notices = resolved.notices.iter().filter(|notice| !is_said(notice));
        remarks.extend(notices.map(|notice| (WARNING, notice.to_string())));
        let code = resolved.config.country_iso_code.as_ref();
        if let Some(code) = code.filter(|code| carbon_factors::country(code.as_str()).is_none()) {
            let code = code.as_str();
            remarks.push((ERROR, format!("Does not support country with ISO code {code}")));
        }
        let places = ["country_iso_code", "country_2letter_iso_code", "cloud_provider"];
        let is_place_set = places.iter().any(|key| resolved.is_set(key));
        let asking = Asking::of(&variable, home);
        let state = variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let state = state.or_else(|| Some(home?.join(".local/state")));
        let state = state.map(|state| state.join("codecarbon"));
        let calibration_file = state.as_ref().map(|state| state.join(CALIBRATION_FILE_NAME));
        let journal_directory = state.as_deref().map(journal_directory);
        let config = Arc::new(resolved.config);
        Ok(Found {
            config,
            is_place_set,
            remarks,
            slurm_job,
            asking,
            calibration_file,
            journal_directory,
        })
    }
}

/// Whether the package says it by a `DeprecationWarning` at the caller's line.
fn is_said(notice: &Notice) -> bool {
    matches!(notice, Notice::Deprecated { key, origin: Origin::Argument, .. } if key.starts_with("save_to_"))
}

/// Variables that can matter here; the others are not even copied.
fn relevant_variables(environ: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut take = |name: &str, value: &dyn Fn() -> Option<String>| {
        if is_relevant(name)
            && let Some(value) = value()
        {
            found.push((name.to_owned(), value));
        }
    };
    // `os.environ` keeps encoded names and values in a dict; going through its mapping protocol
    // decodes them all, at a cost that a short run would notice.
    let encoded = environ.getattr_opt("_data")?;
    if let Some(data) = encoded.as_ref().and_then(|data| data.cast::<PyDict>().ok()) {
        for (name, value) in data {
            if let (Ok(name), Ok(value)) = (name.cast::<PyBytes>(), value.cast::<PyBytes>()) {
                if let Ok(name) = std::str::from_utf8(name.as_bytes()) {
                    take(name, &|| String::from_utf8(value.as_bytes().to_vec()).ok());
                }
            } else if let Ok(name) = name.extract::<String>() {
                take(&name, &|| value.extract().ok());
            }
        }
        return Ok(found);
    }
    for item in environ.call_method0("items")?.try_iter()? {
        let (name, value): (String, String) = item?.extract()?;
        take(&name, &|| Some(value.clone()));
    }
    Ok(found)
}

fn is_relevant(name: &str) -> bool {
    const PREFIX: &str = "codecarbon_";
    matches!(name, "HOME" | "CUDA_VISIBLE_DEVICES" | "ROCR_VISIBLE_DEVICES" | "CUDA_DEVICE_ORDER")
        || matches!(name, "TZ" | "LC_ALL" | "LANG" | "XDG_CACHE_HOME" | "XDG_STATE_HOME")
        || name.starts_with("SLURM_")
        || name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// The home directory where no variable names it.
fn home_by_python(py: Python<'_>) -> Option<String> {
    let home: String =
        py.import("os.path").ok()?.call_method1("expanduser", ("~",)).ok()?.extract().ok()?;
    (home != "~").then_some(home)
}

/// Arguments as texts by key.
fn texts(
    arguments: &Bound<'_, PyDict>,
    remarks: &mut Vec<(u8, String)>,
) -> PyResult<Vec<(String, String)>> {
    let mut texts = Vec::with_capacity(arguments.len());
    for (name, value) in arguments {
        let name: String = name.extract()?;
        if value.is_none() {
            if !NONE_IS_UNSET.contains(&name.as_str()) {
                let text = default_text(&name).to_owned();
                texts.push((name, text));
            }
            continue;
        }
        let text = text(&name, &value)?;
        // Bad values of these two are reported and passed over, as they always were.
        let checked = match name.as_str() {
            "force_carbon_intensity_g_co2e_kwh" => Intensity::parse(&text).err().zip(Some(WARNING)),
            "log_level" => LogLevel::parse(&text).err().zip(Some(ERROR)),
            _ => None,
        };
        if let Some((invalid, level)) = checked {
            let message = format!("Invalid value for {name}: {text:?} is {invalid}; it is ignored");
            remarks.push((level, message));
            continue;
        }
        texts.push((name, text));
    }
    Ok(texts)
}

/// What an explicit `None` means: no value where that is possible, else the built-in default,
/// whatever the configuration files say.
fn default_text(key: &str) -> &'static str {
    match key {
        "measure_power_secs" => "15",
        "api_call_interval" => "8",
        "output_dir" => ".",
        "output_file" => "emissions.csv",
        "output_methods" => "csv",
        "save_to_file" | "allow_multiple_runs" => "true",
        "save_to_api"
        | "save_to_logger"
        | "save_to_prometheus"
        | "save_to_logfire"
        | "force_mode_cpu_load"
        | "rapl_include_dram"
        | "rapl_prefer_psys"
        | "offline" => "false",
        "experiment_name" => "base",
        "tracking_mode" => "machine",
        "on_csv_write" => "append",
        "pue" => "1",
        "wue" => "0",
        _ => "",
    }
}

/// A value as a configuration file would hold it.
fn text(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    // Members of `OutputMethod` are strings whose `str()` is not their value.
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_str()?.to_owned());
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(if flag.is_true() { "true" } else { "false" }.to_owned());
    }
    let is_list = value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.is_instance_of::<PySet>();
    if is_list {
        let items =
            value.try_iter()?.map(|item| text(name, &item?)).collect::<PyResult<Vec<_>>>()?;
        return Ok(items.join(","));
    }
    if value.hasattr("__fspath__")? {
        return value.call_method0("__fspath__")?.extract();
    }
    // A number or a UUID, of whatever library.
    if value.hasattr("__int__")? {
        return Ok(value.str()?.to_str()?.to_owned());
    }
    Err(PyTypeError::new_err(format!(
        "{name} takes text, a number, a path or a list of these, not {}",
        value.get_type().qualname()?
    )))
}
