//! What is told of journals: as text, and as JSON.

use std::fmt::Write;

use carbon_journal::{Found, Left, Recovery, Saving, awaited};
use carbon_tracker::Outcome;
use serde_json::{Value, json};

use crate::report::units;
use crate::sign_in::printable;

/// All that is told.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
}

/// One journal.
pub(super) struct Row {
    journal: String,
    status: Status,
    run: Option<Run>,
}

/// What is known of its run.
struct Run {
    program: String,
    outcome: Outcome,
    /// Outputs that lacked it.
    awaited: Vec<Saving>,
    saved_to: Vec<String>,
}

enum Status {
    Running,
    CutShort,
    NotAllSaved,
    Saved,
    Failed(Vec<String>),
    Unusable(String),
}

impl Status {
    fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::CutShort => "cut_short",
            Self::NotAllSaved => "not_all_saved",
            Self::Saved => "saved",
            Self::Failed(_) => "failed",
            Self::Unusable(_) => "unusable",
        }
    }
}

impl Rows {
    /// Adds a journal as it was found; those of runs that go on only if they are wanted.
    pub(super) fn add(&mut self, found: Found, with_running: bool) {
        match found {
            Found::Left(left) => self.rows.push(Row::of_left(&left)),
            Found::Live(path) if with_running => {
                let journal = path.display().to_string();
                self.rows.push(Row { journal, status: Status::Running, run: None });
            }
            Found::Unusable(path, error) => {
                let journal = path.display().to_string();
                let status = Status::Unusable(error.to_string());
                self.rows.push(Row { journal, status, run: None });
            }
            _ => {}
        }
    }

    pub(super) fn something_stays(&self) -> bool {
        let stays = |row: &Row| matches!(row.status, Status::Failed(_) | Status::Unusable(_));
        self.rows.iter().any(stays)
    }

    pub(super) fn told(&self, as_json: bool) -> String {
        if as_json {
            let rows: Vec<Value> = self.rows.iter().map(Row::as_value).collect();
            return format!("{:#}\n", json!({ "journals": rows }));
        }
        if self.rows.is_empty() {
            return "No run was cut short.\n".to_owned();
        }
        self.rows.iter().map(Row::as_text).collect::<Vec<_>>().join("\n")
    }
}

impl Row {
    fn of_left(left: &Left) -> Self {
        let status = if left.has_ended() { Status::NotAllSaved } else { Status::CutShort };
        let run = Run {
            program: left.head().program.clone(),
            outcome: left.outcome(),
            awaited: awaited(left),
            saved_to: Vec::new(),
        };
        Self { journal: left.path().display().to_string(), status, run: Some(run) }
    }

    pub(super) fn of_recovery(recovery: Recovery, awaited: Vec<Saving>) -> Self {
        let failed: Vec<String> = recovery.failed.iter().map(ToString::to_string).collect();
        let status = if failed.is_empty() { Status::Saved } else { Status::Failed(failed) };
        let saved_to = recovery.saved_to.iter().map(|path| path.display().to_string());
        let run = Run {
            saved_to: saved_to.collect(),
            program: recovery.program,
            outcome: recovery.outcome,
            awaited,
        };
        Self { journal: recovery.journal.display().to_string(), status, run: Some(run) }
    }

    fn as_text(&self) -> String {
        let mut out = String::new();
        match &self.run {
            Some(run) => {
                let record = &run.outcome.record;
                let ending = match &self.status {
                    Status::CutShort => "was cut short",
                    Status::NotAllSaved => "ended, but not all of it could be saved",
                    Status::Saved => "is saved",
                    _ => "could not be saved, and is kept",
                };
                let _ = writeln!(out, "Run {} {ending}", printable(&record.run_id));
                let (project, program) = (&record.project_name, &run.program);
                let _ = writeln!(out, "  Project:   {} ({program})", printable(project));
                let energy = units::energy(run.outcome.footprint.it_energy.value);
                let mass = units::mass(run.outcome.footprint.emissions.value);
                let time = units::duration(run.outcome.report.active);
                let until = &record.timestamp;
                let _ =
                    writeln!(out, "  Measured:  {energy}, {mass} CO2eq in {time}, up to {until}");
                let tasks = run.outcome.tasks.len();
                if tasks > 0 {
                    let _ = writeln!(out, "  Tasks:     {tasks}");
                }
                self.places(run, &mut out);
            }
            None if matches!(self.status, Status::Running) => {
                let _ = writeln!(out, "{}\n  Its program still runs.", self.journal);
            }
            None => {
                let _ = writeln!(out, "{}", self.journal);
            }
        }
        match &self.status {
            Status::Failed(whys) => {
                for why in whys {
                    let _ = writeln!(out, "  Failed:    {}", printable(why));
                }
            }
            Status::Unusable(why) => {
                let _ = writeln!(out, "  Not used:  {}", printable(why));
            }
            _ => {}
        }
        out
    }

    fn places(&self, run: &Run, out: &mut String) {
        if matches!(self.status, Status::CutShort | Status::NotAllSaved) {
            let names: Vec<&str> = run.awaited.iter().map(|saving| saving.name()).collect();
            let names = if names.is_empty() { "nowhere".to_owned() } else { names.join(", ") };
            let _ = writeln!(out, "  Goes to:   {names}");
        }
        for path in &run.saved_to {
            let _ = writeln!(out, "  Saved to:  {}", printable(path));
        }
    }

    fn as_value(&self) -> Value {
        let why = match &self.status {
            Status::Failed(whys) => Some(whys.join("; ")),
            Status::Unusable(why) => Some(why.clone()),
            _ => None,
        };
        let run = self.run.as_ref().map(|run| {
            let record = &run.outcome.record;
            json!({
                "run_id": record.run_id,
                "project_name": record.project_name,
                "program": run.program,
                "duration_s": record.duration,
                "energy_kwh": record.energy_consumed,
                "emissions_kg": record.emissions,
                "until": record.timestamp,
                "tasks": run.outcome.tasks.len(),
                "outputs": run.awaited.iter().map(|saving| saving.name()).collect::<Vec<_>>(),
                "saved_to": run.saved_to,
            })
        });
        json!({ "journal": self.journal, "status": self.status.word(), "run": run, "reason": why })
    }
}
