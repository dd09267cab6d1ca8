//! What the commands cost: time of a wrapped `true`, of `--help`, and memory.

use std::path::Path;
use std::process::Command;

use super::launch::{Scratch, clean, peak_memory_mib, wall_ms};
use super::statistics::{Figure, Values};
use super::table::{Better, Row, Table};
use super::{Effort, build::Programs, peer::Peer};
use crate::shell::Result;

const OFFLINE: [&str; 4] = ["monitor", "--offline", "--country-iso-code", "FRA"];

/// Measures them in turn.
pub(crate) fn measure(
    programs: &Programs,
    peer: Option<&Peer>,
    effort: &Effort,
    table: &mut Table,
) -> Result {
    wrapped_true(programs, peer, effort, table)?;
    help(programs, peer, effort, table)?;
    memory(programs, peer, effort, table)
}

/// `monitor … -- command`, in a directory of its own.
pub(crate) fn monitor(program: &Path, home: &Path, child: &[&str]) -> Command {
    let mut command = clean(program, home);
    command.args(OFFLINE).arg("--").args(child);
    command
}

fn wrapped_true(
    programs: &Programs,
    peer: Option<&Peer>,
    effort: &Effort,
    table: &mut Table,
) -> Result {
    eprintln!("bench: monitor -- true");
    let (mut alone, mut full, mut light, mut theirs) =
        <(Values, Values, Values, Values)>::default();
    let wrapped = |program: &Path| -> Result<f64> {
        let scratch = Scratch::new()?;
        let wall = wall_ms(&mut monitor(program, scratch.path(), &["true"]))?;
        if !scratch.path().join("emissions.csv").is_file() {
            return Err(format!("{} wrote no emissions.csv", program.display()).into());
        }
        Ok(wall)
    };
    for round in 0..effort.commands {
        alone.push(wall_ms(&mut clean(Path::new("true"), Scratch::new()?.path()))?);
        full.push(wrapped(&programs.full)?);
        light.push(wrapped(&programs.light)?);
        if let Some(peer) = peer.filter(|_| due(round, effort.peer_commands, effort.commands)) {
            theirs.push(wrapped(&peer.cli)?);
        }
    }
    let peer = peer.map(|_| Figure::beyond(&theirs, &alone));
    for (name, target, ours) in
        [("codecarbon monitor", 2.0, full), ("codecarbon-monitor", 1.5, light)]
    {
        table.push(Row {
            what: format!("`{name} … -- true`, wall beyond `true` alone"),
            unit: "ms",
            better: Better::Lower,
            target,
            ours: Figure::beyond(&ours, &alone),
            peer,
            remark: String::new(),
            noise: 0.0,
        });
    }
    Ok(())
}

fn help(programs: &Programs, peer: Option<&Peer>, effort: &Effort, table: &mut Table) -> Result {
    eprintln!("bench: --help");
    let (mut ours, mut theirs) = <(Values, Values)>::default();
    let scratch = Scratch::new()?;
    let sample = |program: &Path| wall_ms(clean(program, scratch.path()).arg("--help"));
    for round in 0..effort.commands {
        ours.push(sample(&programs.full)?);
        if let Some(peer) = peer.filter(|_| due(round, effort.peer_commands, effort.commands)) {
            theirs.push(sample(&peer.cli)?);
        }
    }
    table.push(Row {
        what: "`codecarbon --help`".into(),
        unit: "ms",
        better: Better::Lower,
        target: 3.0,
        ours: Figure::low(&ours),
        peer: peer.map(|_| Figure::low(&theirs)),
        remark: String::new(),
        noise: 0.0,
    });
    Ok(())
}

fn memory(programs: &Programs, peer: Option<&Peer>, effort: &Effort, table: &mut Table) -> Result {
    eprintln!("bench: memory");
    let (mut ours, mut theirs) = <(Values, Values)>::default();
    let sample = |program: &Path| -> Result<f64> {
        let scratch = Scratch::new()?;
        peak_memory_mib(&mut monitor(program, scratch.path(), &["sleep", "2"]))
    };
    for round in 0..effort.peer_commands.min(3) {
        ours.push(sample(&programs.light)?);
        if let Some(peer) = peer.filter(|_| round < 2) {
            theirs.push(sample(&peer.cli)?);
        }
    }
    table.push(Row {
        what: "`codecarbon-monitor … -- sleep 2`, peak resident memory".into(),
        unit: "MiB",
        better: Better::Lower,
        target: 6.0,
        ours: Figure::low(&ours),
        peer: peer.map(|_| Figure::low(&theirs)),
        remark: String::new(),
        noise: 0.0,
    });
    Ok(())
}

/// Whether one of `few` samples, spread over `many`, falls on this round.
pub(crate) fn due(round: usize, few: usize, many: usize) -> bool {
    round.is_multiple_of(many.div_ceil(few.max(1)))
}
