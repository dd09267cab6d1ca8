//! The options of `monitor`: one flag for every setting of the tracker, and what only the command
//! has.
//!
//! A flag is the key of the configuration with hyphens, and its text goes through the same parser
//! as a configuration file, so a bad value has one message wherever it was given. Only flags that
//! were given override the configuration.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

/// Longest time of a record of a service: a week, s.
const LONGEST_RECORD_S: u64 = 7 * 24 * 3600;

/// What follows a flag.
#[derive(Clone, Copy)]
enum Takes {
    /// A text, shown by this name in the help.
    Text(&'static str),
    /// A file or directory, which need not be UTF-8 to be typed but is refused if it is not.
    Path(&'static str),
    /// Nothing: the flag means true and this one means false.
    Switch(&'static str),
}

/// A flag that sets a key of the configuration; the key is its name with underscores.
struct Setting {
    flag: &'static str,
    takes: Takes,
    /// Help; empty for flags that only exist for compatibility and are not listed.
    help: &'static str,
}

const fn text(flag: &'static str, value: &'static str, help: &'static str) -> Setting {
    Setting { flag, takes: Takes::Text(value), help }
}

const fn path(flag: &'static str, value: &'static str, help: &'static str) -> Setting {
    Setting { flag, takes: Takes::Path(value), help }
}

const fn switch(flag: &'static str, off: &'static str, help: &'static str) -> Setting {
    Setting { flag, takes: Takes::Switch(off), help }
}

/// Settings by heading of the help, in its order.
const SETTINGS: [(&str, &[Setting]); 5] = [
    (
        "Place",
        &[
            switch("offline", "no-offline", "Ask no service where the machine stands"),
            text("country-iso-code", "CODE", "Country, as three letters such as FRA"),
            text("region", "NAME", "State, province or zone of the country"),
            text("cloud-provider", "NAME", "Cloud in which the machine stands: aws, azure, gcp"),
            text("cloud-region", "NAME", "Region of the cloud"),
            text("country-2letter-iso-code", "CODE", "Country, as Electricity Maps wants it"),
            text("location-lookup", "WHO", "Who may be asked where: off, cloud (default), ip"),
            text("geo-ip-url", "URL", ""),
            text(
                "force-carbon-intensity-g-co2e-kwh",
                "GRAMS",
                "Intensity of the electricity, instead of any table",
            ),
            text("pue", "RATIO", "Power usage effectiveness of the place (default 1)"),
            text("wue", "LITRES", "Water usage effectiveness, litres per kWh (default 0)"),
            text("co2-table", "NAME", "Grid factors: current, or codecarbon for the reference's"),
        ],
    ),
    (
        "Measuring",
        &[
            text("measure-power-secs", "SECONDS", "Time between two measurements (default 10)"),
            text("sampling-interval-s", "SECONDS", "Time between two readings (default 1)"),
            text("journal", "WHEN", "Keep it in case it is cut short: auto (default), on, off"),
            text("tracking-mode", "MODE", "Whose energy is billed: process or machine"),
            text("gpu-ids", "LIST", "GPUs to track, by index or by GPU-… or MIG-… id"),
            text("force-cpu-power", "WATTS", "Power of all processors at full load"),
            text("force-ram-power", "WATTS", "Power of the memory"),
            switch(
                "force-mode-cpu-load",
                "no-force-mode-cpu-load",
                "Use the load model even where counters can be read",
            ),
            switch(
                "rapl-include-dram",
                "no-rapl-include-dram",
                "Report the memory's counters as memory",
            ),
            switch(
                "rapl-prefer-psys",
                "no-rapl-prefer-psys",
                "Prefer the counter of the whole platform",
            ),
            switch(
                "allow-multiple-runs",
                "no-allow-multiple-runs",
                "Allow several trackers on this machine at once (default)",
            ),
        ],
    ),
    (
        "Output",
        &[
            text("project-name", "NAME", "Name of the project in every record"),
            path("output-dir", "DIR", "Directory of the output files (default .)"),
            path("output-file", "FILE", "Name of the CSV file (default emissions.csv)"),
            text(
                "output-methods",
                "LIST",
                "Where records go: csv, json, boamps, logger, api, prometheus, otlp, logfire",
            ),
            path("metadata", "FILE", "JSON file with what a BoAmps report says beyond the record"),
            text("on-csv-write", "HOW", "append a row, or update the row of the same run"),
            text("log-level", "LEVEL", "How much is said: debug, info, warning (default), error"),
            text("logger-preamble", "TEXT", ""),
            text("experiment-id", "ID", "Experiment on the server"),
            text("experiment-name", "NAME", "Part of the name of task files"),
            text("save-to-file", "BOOL", ""),
            text("save-to-api", "BOOL", ""),
            text("save-to-logger", "BOOL", ""),
            text("save-to-prometheus", "BOOL", ""),
            text("save-to-logfire", "BOOL", ""),
        ],
    ),
    (
        "Services",
        &[
            text("api-call-interval", "N", "Send after every N measurements (default 30)"),
            text("api-endpoint", "URL", "Address of the CodeCarbon API"),
            text("api-key", "TOKEN", "Token of the project on the server"),
            text("organization-id", "ID", ""),
            text("project-id", "ID", ""),
            text("emissions-endpoint", "URL", "Address that the final record is posted to"),
            text("api-timeout-secs", "SECONDS", "Longest time of one call (default 10)"),
            text(
                "api-stop-wait-secs",
                "SECONDS",
                "Longest wait for records to be sent (default 5)",
            ),
            switch("api-spool", "no-api-spool", "Keep what cannot be sent on disk (default)"),
            text("prometheus-url", "URL", "Address of the Prometheus push gateway"),
            switch(
                "prometheus-keep",
                "no-prometheus-keep",
                "Leave metrics on the gateway at the end (default)",
            ),
            text("prometheus-listen", "ADDRESS", "Offer metrics to Prometheus, as 127.0.0.1:9464"),
            text("otlp-endpoint", "URL", "Address of an OpenTelemetry collector"),
            text("otlp-protocol", "HOW", "How it is spoken to: http (default) or grpc"),
            text("otlp-headers", "LIST", "Headers for it, as name=value,name=value"),
            text("carbon-intensity-provider", "NAME", "Live grid: electricitymaps, uk, file, none"),
            path("carbon-intensity-file", "FILE", "CSV file with hourly intensities"),
            text("electricitymaps-api-token", "TOKEN", "Enables the live intensity of the grid"),
            text("electricitymaps-zone", "ZONE", "Zone of Electricity Maps, such as US-CAL-CISO"),
            text("electricitymaps-url", "URL", ""),
            text("uk-carbon-intensity-url", "URL", ""),
            text(
                "telemetry",
                "LEVEL",
                "Tell the server's makers: disabled (default), minimal, extensive",
            ),
            path("ca-bundle", "FILE", "Certificate authorities to trust, as PEM"),
            text("co2-signal-api-token", "TOKEN", ""),
        ],
    ),
    (
        "Machine",
        &[
            path("sysroot", "DIR", "Root of the machine's /sys, /proc, /run, /dev (default /)"),
            path("nvml-library", "FILE", "NVML library to open instead of the system's"),
        ],
    ),
];

/// Adds every option and the command to measure.
pub(crate) fn add_to(command: Command) -> Command {
    let settings = SETTINGS.iter().flat_map(|(heading, settings)| {
        settings.iter().flat_map(|setting| setting_arguments(setting, heading))
    });
    command.args(settings).args(own_arguments()).arg(
        Arg::new("command")
            .value_name("COMMAND")
            .help("Program to measure, with its arguments; without one, the machine is measured")
            .num_args(0..)
            .trailing_var_arg(true)
            .value_parser(ValueParser::os_string()),
    )
}

fn setting_arguments(setting: &Setting, heading: &'static str) -> Vec<Arg> {
    let argument = Arg::new(setting.flag)
        .long(setting.flag)
        .help(setting.help)
        .help_heading(heading)
        .hide(setting.help.is_empty());
    match setting.takes {
        Takes::Text(name) => vec![argument.value_name(name).allow_negative_numbers(true)],
        Takes::Path(name) => vec![argument.value_name(name).value_parser(value_parser!(PathBuf))],
        Takes::Switch(off) => vec![
            argument.action(ArgAction::SetTrue).overrides_with(off),
            Arg::new(off)
                .long(off)
                .hide(true)
                .action(ArgAction::SetTrue)
                .overrides_with(setting.flag),
        ],
    }
}

fn own_arguments() -> [Arg; 9] {
    let services = |argument: Arg| argument.action(ArgAction::SetTrue).help_heading("Services");
    let output = |argument: Arg| argument.help_heading("Output");
    [
        services(Arg::new("api").long("api").overrides_with("no-api"))
            .help("Send records to the CodeCarbon API; --no-api does not"),
        services(Arg::new("no-api").long("no-api").overrides_with("api").hide(true)),
        output(Arg::new("json").long("json"))
            .help(
                "Also give the full report as JSON: to FILE, else to standard error (a measured \
                 command owns standard output) or, without a command, to standard output",
            )
            .value_name("FILE")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("-")
            .value_parser(value_parser!(PathBuf)),
        output(Arg::new("boamps").long("boamps"))
            .help("Also write a BoAmps report, completed by what FILE (or that of --metadata) says")
            .value_name("FILE")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("-")
            .value_parser(value_parser!(PathBuf)),
        output(Arg::new("no-csv").long("no-csv"))
            .help("Write no CSV file")
            .action(ArgAction::SetTrue),
        output(Arg::new("quiet").long("quiet").short('q'))
            .help("Print no report and no warning")
            .action(ArgAction::SetTrue),
        Arg::new("service")
            .long("service")
            .help(
                "Run unwatched, without a command: close a record every so often, log plain lines, \
                 and read the configuration again on SIGHUP; taken for granted under systemd",
            )
            .help_heading("Service")
            .action(ArgAction::SetTrue),
        Arg::new("record-every-secs")
            .long("record-every-secs")
            .help("Time that a record of a service covers (default 3600)")
            .help_heading("Service")
            .value_name("SECONDS")
            .value_parser(value_parser!(u64).range(1..=LONGEST_RECORD_S)),
        Arg::new("no-cgroup")
            .long("no-cgroup")
            .help("Do not put the command into a cgroup of its own, even where one can be made")
            .help_heading("Measuring")
            .action(ArgAction::SetTrue),
    ]
}

/// Settings that were given as flags, by key; text that is not UTF-8 comes as `Err(flag)`.
pub(crate) fn given_settings(matches: &ArgMatches) -> Result<Vec<(String, String)>, &'static str> {
    let mut given = Vec::new();
    for setting in SETTINGS.iter().flat_map(|(_, settings)| *settings) {
        let value = match setting.takes {
            Takes::Text(_) => matches.get_one::<String>(setting.flag).cloned(),
            Takes::Path(_) => match matches.get_one::<PathBuf>(setting.flag) {
                Some(path) => Some(path.to_str().ok_or(setting.flag)?.to_owned()),
                None => None,
            },
            Takes::Switch(_) if matches.get_flag(setting.flag) => Some("true".to_owned()),
            Takes::Switch(off) if matches.get_flag(off) => Some("false".to_owned()),
            Takes::Switch(_) => None,
        };
        given.extend(value.map(|value| (setting.flag.replace('-', "_"), value)));
    }
    Ok(given)
}

/// The command to measure, without the words that the reference also lets stand before it.
pub(crate) fn command_words(matches: &ArgMatches) -> Vec<OsString> {
    let words: Vec<OsString> =
        matches.get_many::<OsString>("command").into_iter().flatten().cloned().collect();
    match words.as_slice() {
        [first, second, rest @ ..] if first == "monitor" && second == "--" => rest.to_vec(),
        [first, rest @ ..] if first == "--" => rest.to_vec(),
        _ => words,
    }
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
