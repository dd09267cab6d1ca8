//! `report`: what files of records come to, as a table, Markdown, LaTeX, JSON or an HTML page.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carbon_report::page::{Setting, html};
use carbon_report::render::{json, latex, markdown, printable, text};
use carbon_report::{By, Report, Runs};
use carbon_tracker::config::LogLevel;
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command, value_parser};

use super::{files_argument, read, say_faults, write};
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;

const AFTER_HELP: &str = "\
Rows that cannot be read are named and left out, and the exit code is then 1. A run counts once,
however many rows or files have it.

Examples:
  codecarbon report
  codecarbon report --by month --format markdown emissions.csv emissions.csv.bak
  codecarbon report --output report.html results/*.csv results/*.json";

/// Formats by the word for them and by the ending of a file.
const FORMATS: [(&str, &str); 5] =
    [("table", "txt"), ("markdown", "md"), ("latex", "tex"), ("json", "json"), ("html", "html")];

/// Projects that a message names.
const NAMED_PROJECTS: usize = 8;

/// Describes the command.
pub(crate) fn command() -> Command {
    Command::new("report")
        .about("Add up files of records: totals, intervals, equivalents and a methods paragraph")
        .after_help(AFTER_HELP)
        .arg(files_argument())
        .arg(
            Arg::new("by")
                .long("by")
                .value_name("WHAT")
                .help("What is added up: project (default), experiment, run, task, country, month")
                .hide_possible_values(true)
                .value_parser(PossibleValuesParser::new(By::ALL.map(|(_, word)| word))),
        )
        .arg(
            Arg::new("project")
                .long("project")
                .value_name("NAME")
                .help("Only the runs of this project"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .short('f')
                .value_name("FORMAT")
                .help("table (default), markdown, latex, json or html; else by the ending of FILE")
                .hide_possible_values(true)
                .value_parser(PossibleValuesParser::new(FORMATS.map(|(word, _)| word))),
        )
        .arg(
            Arg::new("output")
                .long("output")
                .short('o')
                .value_name("FILE")
                .help("Write it to FILE instead of standard output")
                .value_parser(value_parser!(PathBuf)),
        )
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let output = matches.get_one::<PathBuf>("output");
    let format = format(matches.get_one::<String>("format"), output.map(PathBuf::as_path));
    let by = matches.get_one::<String>("by").map_or(By::Project, |word| {
        By::ALL.iter().find(|(_, known)| known == word).map_or(By::Project, |(by, _)| *by)
    });
    // The page is made of projects.
    let by = if format == "html" { By::Project } else { by };
    let mut reading = read(matches, start);
    let mut runs = Runs::of(&mut reading);
    if let Some(project) = matches.get_one::<String>("project") {
        runs = of_project(runs, project)?;
    }
    let report = Report::of_runs(runs, &reading, by);
    say_faults(&report.faults, Console::new(start.colours(), LogLevel::Warning));
    if report.runs.counted.is_empty() && !report.faults.is_empty() && format != "json" {
        // A table of zeros would be taken for a result.
        return Err(CommandError::user("no run could be read").hint(
            "name the file that the tracker wrote: codecarbon report results/emissions.csv",
        ));
    }
    let text = match format {
        "markdown" => markdown(&report),
        "latex" => latex(&report),
        "json" => json(&report),
        "html" => html(&report, Setting::File).map_err(|error| {
            CommandError::internal(error).hint("--format markdown or json tells the same")
        })?,
        _ => text(&report),
    };
    match output {
        Some(path) => write(path, &text, start)?,
        None => print(&text),
    }
    Ok(if report.faults.is_empty() { exit::OK } else { exit::USER })
}

/// The runs of a project, of which there must be some: a name that was mistyped is no zero.
fn of_project(runs: Runs, project: &str) -> Result<Runs, CommandError> {
    let known: BTreeSet<String> =
        runs.counted.iter().map(|entry| printable(&entry.project)).collect();
    let chosen = runs.only(|entry| *entry.project == *project);
    if !chosen.counted.is_empty() || known.is_empty() {
        return Ok(chosen);
    }
    let named: Vec<String> = known.iter().take(NAMED_PROJECTS).cloned().collect();
    let more = known.len() - named.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(CommandError::user(format!("no run is of the project {}", printable(project)))
        .hint(format!("there are {}{more}", named.join(", "))))
}

/// The format that was asked for, else the one that the file's ending names.
fn format(asked: Option<&String>, output: Option<&Path>) -> &'static str {
    let ending = output.and_then(|path| path.extension()?.to_str()).unwrap_or_default();
    let found = FORMATS.iter().find(|(word, its_ending)| match asked {
        Some(asked) => asked == word,
        None => ending.eq_ignore_ascii_case(its_ending),
    });
    found.map_or("table", |(word, _)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_of_the_file_chooses_the_format_unless_one_is_named() {
        let path = |text: &'static str| Some(Path::new(text));
        assert_eq!(format(None, path("a/report.HTML")), "html");
        assert_eq!(format(None, path("paper.tex")), "latex");
        assert_eq!(format(None, path("report")), "table");
        assert_eq!(format(None, None), "table");
        assert_eq!(format(Some(&"json".to_owned()), path("report.md")), "json");
    }
}
