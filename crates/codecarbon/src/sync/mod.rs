//! `sync`: sends to the CodeCarbon API what runs could not send themselves, or shows what there is.

mod status;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carbon_client::{
    Amount, CallLimits, SyncReport, SyncSettings, spool_directory, status as status_of,
    sync as send_all,
};
use carbon_model::Energy;
use carbon_sensors::SystemClock;
use carbon_tracker::config::{Config, Layers, LogLevel};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};

use crate::config::without_password;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::report::units;
use crate::sign_in::printable;
use crate::surroundings::Surroundings;

/// Failures in a row after which a server is left alone.
const TRIES: u32 = 3;
/// Longest pause that is waited for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

const AFTER_HELP: &str = "\
Runs keep in ~/.local/state/codecarbon/spool what they could not send, with the token it goes with;
the next run sends it, or this command does. A token that a server refuses is replaced by api_key of
the configuration where api_endpoint is that server. The exit code is 1 if something stays.

Examples:
  codecarbon sync --status
  codecarbon sync
  codecarbon sync --json | jq .left";

/// Describes the command.
pub(crate) fn command() -> Command {
    let value = |name: &'static str, shown: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(shown).help(help)
    };
    Command::new("sync")
        .about("Send what runs could not send to the CodeCarbon API, or show what waits")
        .after_help(AFTER_HELP)
        .arg(
            Arg::new("status")
                .long("status")
                .action(ArgAction::SetTrue)
                .help("Show what waits and why, and send nothing"),
        )
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print it as JSON"))
        .arg(value("api-endpoint", "URL", "Address of the CodeCarbon API, for --api-key"))
        .arg(value("api-key", "TOKEN", "Token to try where a server refuses the one of a run"))
        .arg(value("api-timeout-secs", "SECONDS", "Longest time of one call (default 10)"))
        .arg(value("ca-bundle", "FILE", "PEM file with the certificate authorities to trust"))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let config = configuration(matches, start)?;
    let directory = directory(start)?;
    let as_json = matches.get_flag("json");
    if matches.get_flag("status") {
        status::show(&directory, as_json)?;
        return Ok(exit::OK);
    }
    if !directory.exists() {
        print(&if as_json { text_of(&as_value(&SyncReport::default())) } else { nothing() });
        return Ok(exit::OK);
    }
    let settings = SyncSettings {
        limits: CallLimits::from_config(&config),
        access: config.api_key.map(|token| (config.api_endpoint, token)),
        tries: TRIES,
        longest_pause: LONGEST_PAUSE,
    };
    let mut line = ProgressLine { is_shown: start.stderr_is_terminal, last: None };
    let pause = &mut |time| std::thread::sleep(time);
    let report =
        send_all(&directory, &settings, &SystemClock, pause, &mut |sent, all| line.show(sent, all));
    line.clear();
    let console = Console::new(start.colours(), LogLevel::Warning);
    for notice in &report.notices {
        console.warn(notice);
    }
    if as_json {
        print(&text_of(&as_value(&report)));
    } else {
        print(&(as_text(&report) + &still_running(&directory)));
    }
    Ok(if report.left.is_empty() { exit::OK } else { exit::USER })
}

fn configuration(matches: &ArgMatches, start: &Surroundings) -> Result<Config, CommandError> {
    let flags = ["api-endpoint", "api-key", "api-timeout-secs", "ca-bundle"];
    let arguments = flags.into_iter().filter_map(|flag| {
        let value = matches.get_one::<String>(flag)?;
        Some((flag.replace('-', "_"), value.clone()))
    });
    let layers = Layers {
        home: start.home(),
        cwd: Some(&start.directory),
        environment: start.variables.clone(),
        arguments: arguments.collect(),
        ..Layers::default()
    };
    Ok(layers.resolve().map_err(CommandError::setting)?.config)
}

fn directory(start: &Surroundings) -> Result<PathBuf, CommandError> {
    let state = start.state_directory().ok_or_else(|| {
        CommandError::user("there is no directory of yours in which runs could have kept anything")
            .hint("set HOME or XDG_STATE_HOME to what it was when the runs took place")
    })?;
    Ok(spool_directory(&state))
}

/// What belongs to programs that still run, which send it themselves.
fn still_running(directory: &Path) -> String {
    let Ok(found) = status_of(directory) else { return String::new() };
    let owned = found.runs.iter().filter(|run| run.is_owned);
    let amount = owned.fold(Amount::default(), |sum, run| sum.plus(run.amount));
    match amount.rows {
        0 => String::new(),
        _ => format!("Of programs that still run, and send it: {}.\n", amount_text(amount)),
    }
}

fn nothing() -> String {
    "Nothing waits to be sent.\n".to_owned()
}

fn as_text(report: &SyncReport) -> String {
    let mut out = String::new();
    if report.sent.rows > 0 {
        let _ = writeln!(out, "Sent {}.", amount_text(report.sent));
    } else if report.left.is_empty() {
        return nothing();
    }
    if report.left.is_empty() {
        return out;
    }
    let left = report.left.iter().fold(Amount::default(), |sum, run| sum.plus(run.amount));
    let _ = writeln!(out, "Not sent, and kept: {}.", amount_text(left));
    let mut whys: Vec<(&str, &str)> = Vec::new();
    for run in &report.left {
        if !whys.contains(&(&run.endpoint, &run.why)) {
            whys.push((&run.endpoint, &run.why));
        }
    }
    for (endpoint, why) in whys {
        let of_these = report.left.iter().filter(|run| run.endpoint == endpoint && run.why == why);
        let of_these = of_these.fold(Amount::default(), |sum, run| sum.plus(run.amount));
        let place = printable(&without_password(endpoint));
        let _ = writeln!(out, "  {place}: {}\n    {}", amount_text(of_these), printable(why));
    }
    out
}

/// "3 records with 1.23 kWh".
fn amount_text(amount: Amount) -> String {
    let energy = units::energy(Energy::from_kilowatt_hours(amount.energy_kwh));
    let records = if amount.rows == 1 { "record" } else { "records" };
    format!("{} {records} with {energy}", amount.rows)
}

fn as_value(report: &SyncReport) -> Value {
    let left = report.left.iter().map(|run| {
        json!({
            "run_id": run.run_id,
            "endpoint": without_password(&run.endpoint),
            "records": run.amount.rows,
            "energy_kwh": run.amount.energy_kwh,
            "emissions_kg": run.amount.emissions_kg,
            "reason": run.why,
        })
    });
    json!({
        "sent": {
            "records": report.sent.rows,
            "energy_kwh": report.sent.energy_kwh,
            "emissions_kg": report.sent.emissions_kg,
        },
        "left": left.collect::<Vec<_>>(),
        "notices": report.notices,
    })
}

fn text_of(value: &Value) -> String {
    format!("{value:#}\n")
}

/// How far it is, on a line of the terminal that is written over.
struct ProgressLine {
    is_shown: bool,
    last: Option<usize>,
}

impl ProgressLine {
    fn show(&mut self, sent: Amount, all: Amount) {
        // A line for each per cent is enough.
        let step = (all.rows / 100).max(1);
        let is_next = self.last.is_none_or(|last| sent.rows >= last + step);
        if self.is_shown && is_next && all.rows > 0 {
            self.last = Some(sent.rows);
            say(&format!("\r{} of {} records sent", sent.rows, all.rows));
        }
    }

    fn clear(&self) {
        if self.last.is_some() {
            say("\r\x1b[K");
        }
    }
}

fn say(text: &str) {
    // Nobody to tell if it fails.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
