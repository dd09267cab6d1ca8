//! What `monitor` is asked to do: the configuration in its layers, and the command's own choices.

use std::path::{Path, PathBuf};

use carbon_tracker::config::{
    CallInterval, Config, Layers, LogLevel, Notice, OutputMethod, Resolved, TelemetryLevel,
};
use clap::ArgMatches;
use std::time::Duration;

use super::options;
use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// Time of a record of a service unless something else is asked for, s.
const RECORD_EVERY_S: u64 = 3600;

/// Where the full report goes as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JsonTarget {
    /// Standard error under a command, standard output without one.
    Stream,
    /// A file, which is replaced.
    File(PathBuf),
}

/// Everything that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Settings {
    /// The tracker's configuration.
    pub(crate) config: Config,
    /// Remarks on the configuration.
    pub(crate) notices: Vec<Notice>,
    /// Whether a tracking mode was asked for by a flag.
    pub(crate) mode_given: bool,
    /// Whether the CSV file is written.
    pub(crate) csv: bool,
    /// Where the report goes as JSON, if anywhere.
    pub(crate) json: Option<JsonTarget>,
    /// Print no report and no warning.
    pub(crate) quiet: bool,
    /// Whether the command may be put into a cgroup of its own.
    pub(crate) cgroup: bool,
    /// Whether nobody sits before it: records are closed every so often, and the log is for machines.
    pub(crate) service: bool,
    /// Time of a record of a service.
    pub(crate) record_every: Duration,
}

impl Settings {
    /// Reads files, environment and flags; flags win, but only those that were given.
    pub(crate) fn read(matches: &ArgMatches, start: &Surroundings) -> Result<Self, CommandError> {
        let arguments = options::given_settings(matches).map_err(|flag| {
            CommandError::usage(format!("the value of --{flag} is not UTF-8 text"))
                .hint("rename the file, or name it by a link whose name is UTF-8")
        })?;
        let mode_given = arguments.iter().any(|(key, _)| key == "tracking_mode");
        let resolved = Layers {
            base: defaults(),
            home: start.home(),
            cwd: Some(&start.directory),
            environment: start.variables.clone(),
            arguments,
        }
        .resolve()
        .map_err(CommandError::setting)?;
        check_place(&resolved)?;
        let has_experiment = resolved.is_set("experiment_id");
        let Resolved { config, notices, .. } = resolved;
        let config = with_own_flags(config, matches);
        check_experiment(&config, has_experiment)?;
        let json = matches.get_one::<PathBuf>("json").map(|path| match path.to_str() {
            Some("-") => JsonTarget::Stream,
            _ => JsonTarget::File(path.clone()),
        });
        Ok(Self {
            csv: config.output_methods.contains(&OutputMethod::Csv) && !matches.get_flag("no-csv"),
            json,
            mode_given,
            notices,
            quiet: matches.get_flag("quiet"),
            cgroup: !matches.get_flag("no-cgroup"),
            service: matches.get_flag("service"),
            record_every: Duration::from_secs(
                matches.get_one("record-every-secs").copied().unwrap_or(RECORD_EVERY_S),
            ),
            config,
        })
    }

    /// The same with only those outputs that flags ask for.
    pub(crate) fn without_outputs_of_the_configuration(mut self, matches: &ArgMatches) -> Self {
        let is_given =
            |flag: &str| matches.value_source(flag) == Some(clap::parser::ValueSource::CommandLine);
        if !is_given("output-methods") {
            self.config.output_methods.retain(|method| match method {
                OutputMethod::Boamps => is_given("boamps"),
                OutputMethod::Api => is_given("api"),
                _ => false,
            });
        }
        self.csv &= self.config.output_methods.contains(&OutputMethod::Csv);
        if !is_given("emissions-endpoint") {
            self.config.emissions_endpoint = None;
        }
        if !is_given("prometheus-listen") {
            self.config.prometheus_listen = None;
        }
        if !is_given("telemetry") {
            self.config.telemetry = TelemetryLevel::Disabled;
        }
        self
    }

    /// Where things are said.
    pub(crate) fn console(&self, start: &Surroundings) -> Console {
        let is_journal = self.service && start.stderr_is_journal();
        Console::new(start.colours() && !self.service, self.log_level()).for_journal(is_journal)
    }

    /// The threshold for what is said.
    pub(crate) fn log_level(&self) -> LogLevel {
        if self.quiet { LogLevel::Critical } else { self.config.log_level }
    }
}

/// What `monitor` does when nobody says otherwise, where that differs from the tracker.
fn defaults() -> Config {
    Config {
        measure_power_secs: Duration::from_secs(10),
        api_call_interval: CallInterval::every(30),
        log_level: LogLevel::Warning,
        ..Config::default()
    }
}

/// `--api` and `--boamps` add to the outputs, `--no-api` takes away.
fn with_own_flags(mut config: Config, matches: &ArgMatches) -> Config {
    let methods = &mut config.output_methods;
    let mut add = |method| {
        if !methods.contains(&method) {
            methods.push(method);
        }
    };
    if matches.get_flag("api") {
        add(OutputMethod::Api);
    }
    if let Some(context) = matches.get_one::<PathBuf>("boamps") {
        add(OutputMethod::Boamps);
        if context != Path::new("-") {
            config.metadata = Some(context.clone());
        }
    }
    if matches.get_flag("no-api") {
        config.output_methods.retain(|method| *method != OutputMethod::Api);
    }
    config
}

/// A server wants to know the experiment that a run belongs to; the default one is everybody's.
fn check_experiment(config: &Config, is_set: bool) -> Result<(), CommandError> {
    let is_named = is_set && !config.experiment_id.is_empty();
    if is_named || !config.output_methods.contains(&OutputMethod::Api) {
        return Ok(());
    }
    Err(CommandError::user("No experiment id")
        .hint("the API wants to know it: give --experiment-id, or set experiment_id in the configuration")
        .hint("--no-api measures without sending"))
}

/// Offline, nothing can find the place but what the user says.
fn check_place(resolved: &Resolved) -> Result<(), CommandError> {
    let config = &resolved.config;
    let known = config.country_iso_code.is_some()
        || config.country_2letter_iso_code.is_some()
        || (config.cloud_provider.is_some() && config.cloud_region.is_some())
        || config.force_carbon_intensity_g_co2e_kwh.is_some();
    if !config.offline || known {
        return Ok(());
    }
    Err(CommandError::user("Country ISO code is required for offline mode")
        .hint("give --country-iso-code, three letters such as FRA, or set country_iso_code in the configuration")
        .hint("in a cloud, --cloud-provider and --cloud-region do as well"))
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    fn read(line: &str, variables: &[(&str, &str)]) -> Result<Settings, CommandError> {
        let words = std::iter::once("monitor").chain(line.split_whitespace());
        let matches = options::add_to(Command::new("monitor")).get_matches_from(words);
        let own = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
        let start = Surroundings {
            variables: variables.iter().map(own).collect(),
            directory: "/nonexistent".into(),
            ..Surroundings::default()
        };
        Settings::read(&matches, &start)
    }

    #[test]
    fn only_flags_that_were_given_override_the_configuration() {
        let environment = [("CODECARBON_MEASURE_POWER_SECS", "2"), ("CODECARBON_PUE", "1.3")];
        let settings = read("--pue 1.5 sleep", &environment).unwrap();
        assert_eq!(settings.config.measure_power_secs, Duration::from_secs(2));
        assert_eq!(settings.config.pue.ratio(), 1.5);
        let settings = read("sleep", &[]).unwrap();
        assert_eq!(settings.config.measure_power_secs, Duration::from_secs(10));
    }

    #[test]
    fn offline_without_any_place_is_refused() {
        let error = read("--offline -- true", &[]).unwrap_err();
        assert_eq!(error.code, 1);
        assert_eq!(error.message, "Country ISO code is required for offline mode");
        for line in [
            "--offline --country-iso-code FRA",
            "--offline --cloud-provider gcp --cloud-region europe-west9",
            "--offline --force-carbon-intensity-g-co2e-kwh 0",
            "--no-offline",
        ] {
            assert!(read(line, &[]).is_ok(), "{line}");
        }
        assert!(read("--offline", &[("codecarbon_country_iso_code", "DEU")]).is_ok());
        assert!(read("--no-offline", &[("codecarbon_offline", "true")]).is_ok());
    }

    #[test]
    fn outputs_are_added_and_taken_back_by_flags() {
        let methods = |line: &str| read(line, &[]).unwrap().config.output_methods;
        assert_eq!(methods("sleep"), [OutputMethod::Csv]);
        let with_api = "--experiment-id e --api";
        assert_eq!(methods(&format!("{with_api} sleep")), [OutputMethod::Csv, OutputMethod::Api]);
        assert_eq!(methods(&format!("{with_api} --no-api sleep")), [OutputMethod::Csv]);
        assert_eq!(methods("--output-methods csv,api --no-api sleep"), [OutputMethod::Csv]);
        assert_eq!(methods("--boamps sleep"), [OutputMethod::Csv, OutputMethod::Boamps]);
        let settings = read("--boamps=task.json --output-methods boamps sleep", &[]).unwrap();
        assert_eq!(settings.config.output_methods, [OutputMethod::Boamps]);
        assert_eq!(settings.config.metadata, Some("task.json".into()));
        let settings = read("--boamps --metadata other.json sleep", &[]).unwrap();
        assert_eq!(settings.config.metadata, Some("other.json".into()));
    }

    #[test]
    fn the_api_wants_an_experiment_and_only_where_it_was_asked_for() {
        for (line, variables) in [
            ("--api sleep", &[][..]),
            ("--api --experiment-id= sleep", &[]),
            ("sleep", &[("CODECARBON_OUTPUT_METHODS", "csv,api")]),
            ("sleep", &[("CODECARBON_SAVE_TO_API", "true")]),
        ] {
            let error = read(line, variables).unwrap_err();
            assert_eq!((error.code, error.message.as_str()), (1, "No experiment id"), "{line}");
        }
        let given = [("CODECARBON_OUTPUT_METHODS", "api"), ("CODECARBON_EXPERIMENT_ID", "e")];
        assert!(read("sleep", &given).is_ok());
        assert!(read("--no-api sleep", &given[..1]).is_ok());
        assert!(read("sleep", &[]).is_ok());
    }

    #[test]
    fn bad_values_name_key_and_value() {
        let error = read("--pue 0.5 sleep", &[]).unwrap_err();
        assert_eq!(error.code, 1);
        assert!(error.message.contains("pue = \"0.5\""), "{error:?}");
    }

    #[test]
    fn csv_and_json_are_chosen_by_flags() {
        let settings = read("--no-csv --json=out.json sleep", &[]).unwrap();
        assert!(!settings.csv);
        assert_eq!(settings.json, Some(JsonTarget::File("out.json".into())));
        assert_eq!(read("--json sleep", &[]).unwrap().json, Some(JsonTarget::Stream));
    }
}
