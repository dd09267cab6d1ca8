//! The configuration itself: every key, its type, its default and what it means.

use std::path::PathBuf;
use std::time::Duration;

use carbon_model::{Intensity, Power, Pue};
use carbon_sensors::gpu::GpuSelection;

use super::value::{CallInterval, ConfigValue, InvalidValue, Iso2, Iso3, LookupName, Secret, Wue};
use super::words::{FactorTable, LogLevel, OnCsvWrite, OutputMethod, TrackingMode};

macro_rules! settings {
    ($($(#[$doc:meta])* $key:ident : $type:ty = $default:expr,)*) => {
        /// Every setting, by the name of its key.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Config {
            $($(#[$doc])* pub $key: $type,)*
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($key: $default,)* }
            }
        }

        impl Config {
            /// Every key, in documented order.
            pub const KEYS: &[&str] = &[$(stringify!($key)),*];

            /// Sets a key from text; false when there is no such key.
            ///
            /// # Errors
            /// The text is no value of that key.
            pub fn set(&mut self, key: &str, text: &str) -> Result<bool, InvalidValue> {
                match key {
                    $(stringify!($key) => self.$key = <$type as ConfigValue>::parse(text)?,)*
                    _ => return Ok(false),
                }
                Ok(true)
            }
        }
    };
}

settings! {
    /// Copied to every record.
    project_name: String = "codecarbon".into(),
    /// Time between two measurements of a record.
    measure_power_secs: Duration = Duration::from_secs(15),
    /// After how many measurements records are sent while the run goes on.
    api_call_interval: CallInterval = CallInterval::every(8),
    /// Base address of the CodeCarbon API.
    api_endpoint: String = "https://api.codecarbon.io".into(),
    /// Token of the project on the server.
    api_key: Option<Secret> = None,
    /// Directory of the output files; must exist.
    output_dir: PathBuf = ".".into(),
    /// Name of the CSV file in `output_dir`, or an absolute path.
    output_file: PathBuf = "emissions.csv".into(),
    /// Where records go; nowhere when empty.
    output_methods: Vec<OutputMethod> = vec![OutputMethod::Csv],
    /// JSON file with what a BoAmps report says beyond the record; used by the Python package.
    metadata: Option<PathBuf> = None,
    /// Address of the Prometheus push gateway.
    prometheus_url: String = "localhost:9091".into(),
    /// Which GPUs are tracked.
    gpu_ids: GpuSelection = GpuSelection::all(),
    /// Address to which the final record is posted, whatever `output_methods` says.
    emissions_endpoint: Option<String> = None,
    /// Id of the experiment on the server.
    experiment_id: String = "5b0fa12a-3dd7-45bb-9766-cc326314d9f1".into(),
    /// Part of the name of the task file and of the Prometheus job.
    experiment_name: String = "base".into(),
    /// Token of Electricity Maps; enables the live intensity of the grid.
    electricitymaps_api_token: Option<Secret> = None,
    /// Whose energy is billed.
    tracking_mode: TrackingMode = TrackingMode::Machine,
    /// How much the tracker says.
    log_level: LogLevel = LogLevel::Info,
    /// What writing does to a CSV file that already has rows.
    on_csv_write: OnCsvWrite = OnCsvWrite::Append,
    /// Prefix in brackets of the log lines.
    logger_preamble: String = String::new(),
    /// Power of all processors at full load, instead of detection.
    force_cpu_power: Option<Power> = None,
    /// Power of the memory, instead of the model.
    force_ram_power: Option<Power> = None,
    /// Power usage effectiveness of the place.
    pue: Pue = Pue::ONE,
    /// Water usage effectiveness of the place.
    wue: Wue = Wue::default(),
    /// Intensity of the electricity, instead of any table or service.
    force_carbon_intensity_g_co2e_kwh: Option<Intensity> = None,
    /// Uses the CPU load model even where counters can be read.
    force_mode_cpu_load: bool = false,
    /// Whether several trackers may run on this machine at once.
    allow_multiple_runs: bool = true,
    /// Reports the memory's RAPL counters as memory energy.
    rapl_include_dram: bool = false,
    /// Prefers the counter of the whole platform to that of the packages.
    rapl_prefer_psys: bool = false,
    /// Asks no network service where the machine stands.
    offline: bool = false,
    /// Country of the machine.
    country_iso_code: Option<Iso3> = None,
    /// Country of the machine as Electricity Maps wants it.
    country_2letter_iso_code: Option<Iso2> = None,
    /// State, province or zone of the machine.
    region: Option<LookupName> = None,
    /// Cloud in which the machine stands.
    cloud_provider: Option<LookupName> = None,
    /// Region of the cloud.
    cloud_region: Option<LookupName> = None,
    /// Organisation on the server; used by the commands.
    organization_id: Option<String> = None,
    /// Project on the server; used by the commands.
    project_id: Option<String> = None,
    /// Time between two readings of the meters.
    sampling_interval_s: Duration = Duration::from_secs(1),
    /// Which table of grid factors prices the energy.
    co2_table: FactorTable = FactorTable::Current,
    /// Root of the machine's `/sys`, `/proc`, `/run` and `/dev`.
    sysroot: PathBuf = "/".into(),
    /// NVML library to open instead of the system's.
    nvml_library: Option<PathBuf> = None,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_documented_ones() {
        let config = Config::default();
        assert_eq!(config.project_name, "codecarbon");
        assert_eq!(config.measure_power_secs, Duration::from_secs(15));
        assert_eq!(config.api_call_interval, CallInterval::every(8));
        assert_eq!(config.output_file, PathBuf::from("emissions.csv"));
        assert_eq!(config.output_methods, [OutputMethod::Csv]);
        assert_eq!(config.pue.ratio(), 1.0);
        assert_eq!(config.wue.litres_per_kwh(), 0.0);
        assert!(config.allow_multiple_runs);
    }

    #[test]
    fn every_key_can_be_set_from_text() {
        let mut config = Config::default();
        for key in Config::KEYS {
            let set = config.set(key, "1").or_else(|_| config.set(key, "csv"));
            let set = set.or_else(|_| config.set(key, "process"));
            let set = set.or_else(|_| config.set(key, "info"));
            let set = set.or_else(|_| config.set(key, "update"));
            let set = set.or_else(|_| config.set(key, "FRA"));
            let set = set.or_else(|_| config.set(key, "FR"));
            let set = set.or_else(|_| config.set(key, "current"));
            assert_eq!(set, Ok(true), "{key}");
        }
        assert_eq!(config.set("no_such_key", "1"), Ok(false));
    }
}
