//! The end of a run, whose record has gone to its sinks: the JSON report is written, the text
//! printed. What fails here is said and changes nothing else.

use carbon_journal::{Kept, Saving};
use carbon_outputs::json::JsonReport;
use carbon_outputs::telemetry::{PATIENCE, Sending};
use carbon_tracker::Outcome;
use carbon_tracker::config::OutputMethod;

use super::settings::{JsonTarget, Settings};
use crate::command::supervise::Ending;
use crate::console::Console;
use crate::exit::CommandError;
use crate::print::print;
use crate::report::{View, render};
use crate::surroundings::Surroundings;

/// How a run that is over is told to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By the whole report.
    Report,
    /// By whoever asked for the run; here, nothing is printed but faults.
    Elsewhere,
}

/// A run that is over.
pub(crate) struct Finish<'a> {
    /// What it came to.
    pub(crate) outcome: Outcome,
    /// The command as one line and how it ended.
    pub(crate) command: Option<(String, Ending)>,
    /// What the server's makers are told of it, under way.
    pub(crate) telling: Option<Sending>,
    /// What was asked for.
    pub(crate) settings: &'a Settings,
    /// Where relative paths start.
    pub(crate) start: &'a Surroundings,
    /// Who is told.
    pub(crate) console: Console,
    /// What is told.
    pub(crate) form: Form,
    /// What keeps the run until it is saved.
    pub(crate) journal: Option<Kept>,
}

/// Reports; returns the outcome with all files that were written.
pub(crate) fn finish(run: Finish<'_>) -> Outcome {
    let Finish { mut outcome, command, telling, settings, start, console, form, journal } = run;
    outcome.warnings.extend(journal.as_ref().and_then(Kept::take_warning));
    let mut saved_to = outcome.saved_to.clone();
    let command = command.as_ref().map(|(line, ending)| (line.as_str(), *ending));
    let json = with_command(JsonReport::new(&outcome), command);
    let written = match &settings.json {
        Some(JsonTarget::File(path)) => {
            let path = start.absolute(path);
            Some((Saving::JsonFile, json.write_to(&path).map(|()| path)))
        }
        _ => None,
    };
    let by_method = settings
        .config
        .output_methods
        .contains(&OutputMethod::Json)
        .then(|| (Saving::Json, json.write_into(&start.absolute(&settings.config.output_dir))));
    for (saving, result) in written.into_iter().chain(by_method) {
        if let Some(journal) = &journal {
            journal.note(saving, result.is_ok());
        }
        match result {
            Ok(path) => saved_to.push(path),
            Err(error) => console.error(&CommandError::file(error)),
        }
    }
    if !settings.quiet && form == Form::Report {
        console.print(&render(&View::of(&outcome, command, &saved_to), console.colours()));
    }
    if settings.json == Some(JsonTarget::Stream) {
        match command {
            Some(_) => console.print(&json.pretty()),
            None => print(&(json.line() + "\n")),
        }
    }
    if let Some(telling) = telling {
        console.info(format!("telemetry: {}", telling.wait(PATIENCE)));
    }
    outcome.saved_to = saved_to;
    if journal.is_some_and(|journal| journal.close()) {
        console.warn("what could not be saved is kept: codecarbon recover tries again");
    }
    outcome
}

fn with_command<'a>(json: JsonReport<'a>, command: Option<(&'a str, Ending)>) -> JsonReport<'a> {
    match command {
        Some((line, ending)) => json.with_command(line, ending.code()),
        None => json,
    }
}
