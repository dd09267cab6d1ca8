//! What is looked at, gathered before anything is judged: the machine, the settings, and the answers
//! of services that were asked.

use std::path::{Path, PathBuf};

use carbon_client::{CallLimits, SpoolStatus, spool_directory};
use carbon_http::Request;
use carbon_live::Desk;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::Machine;
use carbon_tracker::config::{
    CONFIG_FILE_NAME, Config, ConfigError, Layers, LocationLookup, Notice,
};
use carbon_tracker::location::{Place, resolve, resolve_found};

use super::fix::Offer;
use crate::config::without_password;
use crate::machine::machine_of;
use crate::monitor;
use crate::surroundings::Surroundings;

/// All of it.
pub(super) struct Scene {
    pub(super) machine: Machine,
    pub(super) config: Config,
    /// Configuration files and whether they exist, the stronger one last.
    pub(super) files: Vec<(PathBuf, bool)>,
    pub(super) notices: Vec<Notice>,
    /// Why the configuration cannot be used; `config` then holds defaults.
    pub(super) mistake: Option<ConfigError>,
    pub(super) place: Place,
    /// Whether a cloud was asked for the place.
    pub(super) has_asked_cloud: bool,
    /// What the API answered, if it was asked: a remark, or a fault.
    pub(super) api: Option<Result<String, String>>,
    /// What waits for it; `None` without a directory for it.
    pub(super) spool: Option<Result<SpoolStatus, String>>,
    /// Fixes that this program can apply and take back.
    pub(super) offers: Vec<Offer>,
    /// This program, as a command line names it.
    pub(super) program: String,
}

/// What may be asked beyond this machine.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asking {
    pub(super) cloud: bool,
    pub(super) api: bool,
}

/// Reads the configuration; one that cannot be used leaves the defaults, so that the rest can be
/// looked at.
pub(super) fn configuration(
    start: &Surroundings,
    arguments: Vec<(String, String)>,
) -> (Config, Vec<Notice>, Option<ConfigError>) {
    let layers = Layers {
        home: start.home(),
        cwd: Some(&start.directory),
        environment: start.variables.clone(),
        arguments,
        ..Layers::default()
    };
    match layers.resolve() {
        Ok(resolved) => (resolved.config, resolved.notices, None),
        Err(mistake) => {
            let given = Layers { arguments: layers.arguments, ..Layers::default() };
            // Without files and environment only the arguments are left to be wrong.
            let nowhere = Some(Path::new("/nonexistent"));
            let config = Layers { cwd: nowhere, ..given }.resolve().map(|resolved| resolved.config);
            (config.unwrap_or_default(), Vec::new(), Some(mistake))
        }
    }
}

impl Scene {
    /// Gathers everything but the offers; asks only whom it may.
    pub(super) fn of(
        start: &Surroundings,
        arguments: Vec<(String, String)>,
        asking: Asking,
    ) -> Self {
        let (config, notices, mistake) = configuration(start, arguments);
        let directories = [start.home(), Some(start.directory.as_path())];
        let mut files: Vec<(PathBuf, bool)> = Vec::new();
        for path in directories.into_iter().flatten().map(|d| d.join(CONFIG_FILE_NAME)) {
            if files.iter().all(|(known, _)| *known != path) {
                let exists = path.exists();
                files.push((path, exists));
            }
        }
        let program = start.program().unwrap_or_else(|| PathBuf::from("codecarbon"));
        Self {
            machine: machine_of(&config, start),
            place: place_of(&config, start, asking.cloud),
            api: asking.api.then(|| ask_api(&config)),
            spool: start.state_directory().map(|state| {
                carbon_client::status(&spool_directory(&state)).map_err(|error| error.to_string())
            }),
            config,
            files,
            notices,
            mistake,
            has_asked_cloud: asking.cloud,
            offers: Vec::new(),
            program: program.display().to_string(),
        }
    }
}

/// Where the machine stands, by the configuration, else by a guess, else by its cloud.
fn place_of(config: &Config, start: &Surroundings, ask_cloud: bool) -> Place {
    let mut config = config.clone();
    config.location_lookup = if ask_cloud { LocationLookup::Cloud } else { LocationLookup::Off };
    let year = carbon_sensors::clock::local_year(SystemClock.now().wall.as_secs_f64());
    let (found, remarks) = Desk::new(monitor::means(start)).place_now(&config, false);
    let mut place = match found {
        Some(found) => resolve_found(&config, &found, year),
        None => resolve(&config, year),
    };
    place.warnings.extend(remarks);
    place
}

/// Whether something answers at the address of the API.
fn ask_api(config: &Config) -> Result<String, String> {
    let url = config.api_endpoint.as_str();
    let shown = without_password(url);
    let client = CallLimits::from_config(config).connections().map_err(|e| e.to_string())?;
    match client.send(&Request::get(url)) {
        Ok(answer) if answer.status < 500 => Ok(format!("{shown} answers")),
        Ok(answer) => Err(format!("{shown} answers with status {}", answer.status)),
        Err(error) => Err(format!("{shown}: {error}")),
    }
}
