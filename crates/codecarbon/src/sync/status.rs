//! `sync --status`: what waits to be sent, of which runs, since when, and why.

use std::fmt::Write;
use std::path::Path;

use carbon_client::{SpoolStatus, status};
use carbon_sensors::clock::utc_timestamp;
use carbon_sensors::{Clock, SystemClock};
use serde_json::{Value, json};

use super::{amount_text, nothing, text_of};
use crate::config::without_password;
use crate::exit::CommandError;
use crate::print::print;
use crate::report::units;
use crate::sign_in::printable;

/// Prints it.
pub(super) fn show(directory: &Path, as_json: bool) -> Result<(), CommandError> {
    let found = status(directory).map_err(|error| {
        CommandError::file(format!("{} cannot be read: {error}", directory.display()))
    })?;
    let now_unix_s = SystemClock.now().wall.as_secs_f64();
    print(&if as_json {
        text_of(&as_value(directory, &found))
    } else {
        as_text(directory, &found, now_unix_s)
    });
    Ok(())
}

fn as_text(directory: &Path, found: &SpoolStatus, now_unix_s: f64) -> String {
    let mut out = String::new();
    if found.runs.is_empty() {
        out.push_str(&nothing());
    } else {
        let _ =
            writeln!(out, "Waiting in {}: {}.", directory.display(), amount_text(found.amount()));
    }
    for run in &found.runs {
        let age = units::duration_s(now_unix_s - run.oldest_unix_s);
        let id = printable(&run.run_id);
        let _ = writeln!(out, "\nRun {id} to {}", printable(&without_password(&run.endpoint)));
        let _ = writeln!(out, "  Waiting: {}, the oldest for {age}", amount_text(run.amount));
        let _ = writeln!(out, "  Experiment: {}", printable(&run.experiment_id));
        if run.is_owned {
            out.push_str("  Its program still runs and sends it.\n");
        }
        if let Some((at, why)) = &run.last_error {
            let ago = units::duration_s(now_unix_s - at);
            let _ = writeln!(out, "  Last error, {ago} ago: {}", printable(why));
        }
    }
    if found.set_aside > 0 {
        let _ = writeln!(out, "\nTaken for invalid by the server: {} records.", found.set_aside);
    }
    if found.given_up.rows > 0 {
        let _ = writeln!(out, "\nGiven up: {}.", amount_text(found.given_up));
    }
    if let Some(file) = &found.set_aside_file {
        let _ = writeln!(out, "Details are in {}.", file.display());
    }
    for (path, why) in &found.unreadable {
        let _ = writeln!(out, "\n{} cannot be read: {why}", path.display());
    }
    out
}

fn as_value(directory: &Path, found: &SpoolStatus) -> Value {
    let time = |unix_s: f64| {
        std::time::Duration::try_from_secs_f64(unix_s)
            .map_or(Value::Null, |wall| Value::from(utc_timestamp(wall)))
    };
    let runs = found.runs.iter().map(|run| {
        json!({
            "run_id": run.run_id,
            "server_run_id": run.server_run_id,
            "endpoint": without_password(&run.endpoint),
            "experiment_id": run.experiment_id,
            "records": run.amount.rows,
            "energy_kwh": run.amount.energy_kwh,
            "emissions_kg": run.amount.emissions_kg,
            "oldest": time(run.oldest_unix_s),
            "in_use": run.is_owned,
            "last_error": run.last_error.as_ref().map(|(_, why)| why),
            "last_error_at": run.last_error.as_ref().map(|(at, _)| time(*at)),
        })
    });
    let amount = found.amount();
    json!({
        "directory": directory,
        "records": amount.rows,
        "energy_kwh": amount.energy_kwh,
        "emissions_kg": amount.emissions_kg,
        "bytes": found.bytes,
        "runs": runs.collect::<Vec<_>>(),
        "set_aside": found.set_aside,
        "given_up": {
            "records": found.given_up.rows,
            "energy_kwh": found.given_up.energy_kwh,
            "emissions_kg": found.given_up.emissions_kg,
        },
        "set_aside_file": found.set_aside_file,
        "unreadable": found.unreadable.iter()
            .map(|(path, why)| json!({ "file": path, "reason": why }))
            .collect::<Vec<_>>(),
    })
}
