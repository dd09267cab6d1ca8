//! Where calibrations are kept, and what they say to people and programs.
//!
//! A user's own is in the state directory; root writes the one for all users of the machine, so that
//! one `sudo` serves everybody after it.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use carbon_sensors::load_model::CalibrationScope;
use carbon_tracker::Machine;
use carbon_tracker::calibration::{
    COMMON_CALIBRATION_FILE, Calibrations, MachineIdentity, StoredCalibration,
};
use serde_json::{Value, json};

use crate::exit::CommandError;
use crate::private_file;
use crate::surroundings::Surroundings;

/// The file that this user writes.
pub(super) fn own_file(machine: &Machine, start: &Surroundings) -> Result<PathBuf, CommandError> {
    if start.is_root() {
        return Ok(machine.root.path(COMMON_CALIBRATION_FILE));
    }
    crate::machine::calibration_file(start).ok_or_else(|| {
        CommandError::user("there is no directory in which a calibration could be kept")
            .hint("set HOME or XDG_STATE_HOME")
    })
}

/// The calibration that runs on this machine go by, and its file.
pub(super) fn present(
    machine: &Machine,
    identity: &MachineIdentity,
) -> Result<Option<(PathBuf, StoredCalibration)>, CommandError> {
    for file in machine.all_calibration_files() {
        let all = read(&file)?;
        if let Some(stored) = all.of(identity) {
            return Ok(Some((file, stored.clone())));
        }
    }
    Ok(None)
}

/// Makes sure that the file can be written before anybody waits two minutes for it.
pub(super) fn probe(file: &Path) -> Result<(), CommandError> {
    let directory = file.parent().unwrap_or(Path::new("/"));
    make_directory(directory)
        .and_then(|()| private_file::probe(directory))
        .map_err(|error| cannot_write(directory, &error))
}

/// The calibrations of a file.
pub(super) fn read(file: &Path) -> Result<Calibrations, CommandError> {
    Calibrations::read(file).map_err(|error| {
        CommandError::user(error).hint(format!("remove {} if it is of no use", file.display()))
    })
}

/// Changes the file. One that holds something else is replaced only by `change`'s will.
pub(super) fn change(
    file: &Path,
    change: impl FnOnce(&mut Calibrations),
) -> Result<(), CommandError> {
    let mut all = read(file)?;
    change(&mut all);
    let directory = file.parent().unwrap_or(Path::new("/"));
    let done = if all.is_empty() {
        fs::remove_file(file)
    } else {
        make_directory(directory)
            .and_then(|()| private_file::replace(file, all.to_text().as_bytes()))
            .and_then(|()| if is_common(file) { open_to_all(file, 0o644) } else { Ok(()) })
    };
    done.map_err(|error| cannot_write(file, &error))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::file(format!("{} cannot be written: {error}", path.display()))
}

fn is_common(path: &Path) -> bool {
    path.ends_with(COMMON_CALIBRATION_FILE)
}

/// The directory for all is for all to read, whatever root's umask says.
fn make_directory(directory: &Path) -> std::io::Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    private_file::create_directory(directory)?;
    let common = Path::new(COMMON_CALIBRATION_FILE).parent().unwrap_or(Path::new("etc"));
    if directory.ends_with(common) { open_to_all(directory, 0o755) } else { Ok(()) }
}

fn open_to_all(path: &Path, mode: u32) -> std::io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// For people.
pub(super) fn as_text(file: &Path, stored: &StoredCalibration) -> String {
    let StoredCalibration { machine, calibration, residual, points } = stored;
    let processor = match machine.processor.as_str() {
        "" => "unknown processor",
        name => name,
    };
    let mut out = format!("{processor}, {} CPUs\n", machine.logical_cpus);
    let of = match calibration.scope {
        CalibrationScope::Processors => "processors",
        CalibrationScope::Computer => "computer, memory included",
    };
    let error = 100.0 * (calibration.accuracy.high - 1.0);
    let _ = writeln!(
        out,
        "  {:.1} W idle, {:.1} W at full load (of the {of}), ± {error:.0} %",
        calibration.idle_w, calibration.full_w
    );
    let _ = writeln!(
        out,
        "  calibrated on {} against {}, residual {:.1} %",
        calibration.date,
        calibration.against,
        100.0 * residual
    );
    let measured: Vec<String> = points
        .iter()
        .map(|point| format!("{:.1} W at {:.0} %", point.power_w, 100.0 * point.busy_share))
        .collect();
    if !measured.is_empty() {
        let _ = writeln!(out, "  measured: {}", measured.join(", "));
    }
    let _ = writeln!(out, "  kept in {}", file.display());
    out
}

/// For programs.
pub(super) fn as_json(file: &Path, stored: &StoredCalibration) -> Value {
    let StoredCalibration { machine, calibration, residual, points } = stored;
    json!({
        "file": file,
        "processor": machine.processor,
        "logical_cpus": machine.logical_cpus,
        "idle_w": calibration.idle_w,
        "full_w": calibration.full_w,
        "bend": calibration.bend,
        "scope": match calibration.scope {
            CalibrationScope::Processors => "processors",
            CalibrationScope::Computer => "computer",
        },
        "relative_error": ((calibration.accuracy.high - 1.0) * 1e4).round() / 1e4,
        "residual": residual,
        "against": calibration.against,
        "date": calibration.date,
        "points": points.iter()
            .map(|p| json!({ "busy_share": p.busy_share, "power_w": p.power_w }))
            .collect::<Vec<_>>(),
    })
}
