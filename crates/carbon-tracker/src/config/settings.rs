//! The configuration itself: every key, its type, its default and what it means.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use carbon_model::{Intensity, Power, Pue};
use carbon_sensors::gpu::GpuSelection;

use super::value::{
    CallInterval, ConfigValue, InvalidValue, Iso2, Iso3, LookupName, Secret, Wait, Wue,
};
use super::words::{
    FactorTable, IntensityProvider, JournalMode, LocationLookup, LogLevel, OnCsvWrite,
    OtlpProtocol, OutputMethod, TelemetryLevel, TrackingMode,
};

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
    /// Longest time that one call of the CodeCarbon API may take.
    api_timeout_secs: Duration = Duration::from_secs(10),
    /// Longest time that the end of a run waits for its records to be sent.
    api_stop_wait_secs: Wait = Wait::from_secs(5),
    /// Keeps what could not be sent on disk, for the next run or `codecarbon sync`.
    api_spool: bool = true,
    /// Address on which metrics are offered to a Prometheus server.
    prometheus_listen: Option<SocketAddr> = None,
    /// Address of an OpenTelemetry collector.
    otlp_endpoint: Option<String> = None,
    /// How the collector is spoken to; by HTTP unless the environment of OpenTelemetry says otherwise.
    otlp_protocol: Option<OtlpProtocol> = None,
    /// Headers for the collector, as `name=value,name=value`.
    otlp_headers: Option<Secret> = None,
    /// What is told to the makers of the server; nothing unless the user says so.
    telemetry: TelemetryLevel = TelemetryLevel::Disabled,
    /// PEM file with the certificate authorities to trust, instead of the built-in ones.
    ca_bundle: Option<PathBuf> = None,
    /// Address of the Prometheus push gateway.
    prometheus_url: String = "localhost:9091".into(),
    /// Leaves the metrics of a run on the push gateway when it ends.
    prometheus_keep: bool = true,
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
    /// Service that the live intensity of the grid is asked of.
    carbon_intensity_provider: IntensityProvider = IntensityProvider::Auto,
    /// CSV file with hourly intensities, for the provider "file".
    carbon_intensity_file: Option<PathBuf> = None,
    /// Zone of Electricity Maps, instead of the coordinates or the country.
    electricitymaps_zone: Option<String> = None,
    /// Base address of Electricity Maps.
    electricitymaps_url: String = "https://api.electricitymaps.com".into(),
    /// Base address of the UK's Carbon Intensity API.
    uk_carbon_intensity_url: String = "https://api.carbonintensity.org.uk".into(),
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
    /// Who may be asked where the machine stands when nobody said it.
    location_lookup: LocationLookup = LocationLookup::Auto,
    /// Service that knows where an internet address is.
    geo_ip_url: String = "https://get.geojs.io/v1/ip/geo.json".into(),
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
    /// Whether a run is kept in a journal while it goes on.
    journal: JournalMode = JournalMode::Auto,
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
            let mut set = config.set(key, "1");
            for word in ["csv", "process", "info", "update", "FRA", "FR"] {
                set = set.or_else(|_| config.set(key, word));
            }
            for word in ["current", "http", "auto", "disabled", "127.0.0.1:9464"] {
                set = set.or_else(|_| config.set(key, word));
            }
            assert_eq!(set, Ok(true), "{key}");
        }
        assert_eq!(config.set("no_such_key", "1"), Ok(false));
    }
}
