//! `compare`: two files of runs, or two commands that are run in turn, with a verdict only where the
//! noise leaves no doubt.

use std::ffi::OsString;
use std::path::Path;

use carbon_report::compare::{Comparison, Design, Selection, as_json, as_text};
use carbon_report::{Entry, Fault, Reading, Runs};
use carbon_tracker::config::LogLevel;
use clap::builder::ValueParser;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use super::trials::{Plan, Side, run_trials};
use super::{read_one, say_faults};
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;

const AFTER_HELP: &str = "\
Two files: A and B are CSV files or JSON reports, or some of the runs in them:
  codecarbon compare before.csv after.csv
  codecarbon compare 'emissions.csv?project_name=old' 'emissions.csv?project_name=new'

Two commands, separated by ---, run in turn (A B, B A, A B, ...) and measured:
  codecarbon compare --trials 20 -- python old.py --- python new.py

Settings of the measurement come from ~/.codecarbon.config, ./.codecarbon.config and variables
CODECARBON_*, as for monitor; the trials leave no records. The verdict is by a 95 % interval of the
difference: of pairs of trials, or of two groups of runs (Welch).";

/// Stands between two commands.
const SEPARATOR: &str = "---";

/// Describes the command.
pub(crate) fn command() -> Command {
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    Command::new("compare")
        .about("Compare runs of two files, or two commands run in turn")
        .override_usage(
            "codecarbon compare [OPTIONS] A B\n       \
             codecarbon compare [OPTIONS] -- COMMAND... --- COMMAND...",
        )
        .after_help(AFTER_HELP)
        .arg(
            Arg::new("files")
                .value_name("FILE")
                .help("A and B: FILE or 'FILE?COLUMN=VALUE&...'")
                .num_args(0..=2),
        )
        .arg(
            Arg::new("trials")
                .long("trials")
                .short('n')
                .value_name("N")
                .help("Trials of each command (default 10)")
                .value_parser(value_parser!(u32).range(2..=100_000)),
        )
        .arg(
            Arg::new("warmup")
                .long("warmup")
                .value_name("N")
                .help("Runs of each command before that, which do not count (default 1)")
                .value_parser(value_parser!(u32).range(0..=1000)),
        )
        .arg(switch("show-output", "Show what the commands print"))
        .arg(switch("ignore-failure", "Count trials that end with an error code too"))
        .arg(switch("json", "Print it as JSON"))
        .arg(
            Arg::new("commands")
                .value_name("COMMANDS")
                .help("The two commands, separated by ---")
                .num_args(0..)
                .last(true)
                .hide(true)
                .value_parser(ValueParser::os_string()),
        )
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let files: Vec<&String> = matches.get_many("files").into_iter().flatten().collect();
    let words: Vec<_> = matches.get_many("commands").into_iter().flatten().cloned().collect();
    let (comparison, faultless) = match (files.as_slice(), words.is_empty()) {
        ([a, b], true) => compare_files(a, b, start)?,
        ([], false) => (compare_commands(&words, matches, start)?, true),
        _ => {
            return Err(CommandError::usage(
                "two files, or two commands after -- with --- between",
            )
            .hint("codecarbon compare before.csv after.csv")
            .hint("codecarbon compare -- python old.py --- python new.py"));
        }
    };
    let json = matches.get_flag("json");
    print(&if json { as_json(&comparison) } else { as_text(&comparison) });
    Ok(if faultless { exit::OK } else { exit::USER })
}

/// The comparison of two selections, and whether everything could be read.
fn compare_files(
    a: &str,
    b: &str,
    start: &Surroundings,
) -> Result<(Comparison, bool), CommandError> {
    let mut faults = Vec::new();
    let mut side = |text: &str| {
        let is_file = |path: &Path| start.absolute(path).is_file();
        let selection = Selection::parse(text, is_file).map_err(|error| {
            CommandError::user(error).hint(
                "a side is FILE or 'FILE?COLUMN=VALUE', as in 'emissions.csv?project_name=old'",
            )
        })?;
        let mut reading = Reading::default();
        read_one(&mut reading, &selection.path, start);
        faults.extend(reading.faults.iter().map(Fault::to_string));
        let runs = Runs::of(&mut reading);
        let counted = if selection.is_of_tasks() {
            runs.tasks.into_iter().chain(runs.counted).collect()
        } else {
            runs.counted
        };
        let chosen: Vec<Entry> =
            counted.into_iter().filter(|entry| selection.takes(entry)).collect();
        Ok::<_, CommandError>(chosen)
    };
    let (a_runs, b_runs) = (side(a)?, side(b)?);
    say_faults(&faults, Console::new(start.colours(), LogLevel::Warning));
    for (text, runs) in [(a, &a_runs), (b, &b_runs)] {
        if runs.is_empty() {
            return Err(CommandError::user(format!("{text}: there is no such run"))
                .hint("codecarbon report FILE tells which runs a file has"));
        }
    }
    let named = |text: &str, runs: &[Entry]| format!("{text} ({} runs)", runs.len());
    let names = [named(a, &a_runs), named(b, &b_runs)];
    Ok((Comparison::of(Design::Groups, names, &a_runs, &b_runs), faults.is_empty()))
}

fn compare_commands(
    words: &[OsString],
    matches: &ArgMatches,
    start: &Surroundings,
) -> Result<Comparison, CommandError> {
    let sides: Vec<&[OsString]> = words.split(|word| word == SEPARATOR).collect();
    let [a, b] = sides.as_slice() else {
        return Err(CommandError::usage("two commands are compared, with --- between them")
            .hint("codecarbon compare --trials 10 -- ./old --- ./new"));
    };
    if a.is_empty() || b.is_empty() {
        return Err(CommandError::usage("a command is missing before or after ---")
            .hint("codecarbon compare --trials 10 -- ./old --- ./new"));
    }
    let number = |name: &str, default: u32| *matches.get_one::<u32>(name).unwrap_or(&default);
    let plan = Plan {
        trials: number("trials", 10),
        warmup: number("warmup", 1),
        show_output: matches.get_flag("show-output"),
        ignore_failure: matches.get_flag("ignore-failure"),
    };
    let sides = [Side::of(a), Side::of(b)];
    let [a, b] = run_trials(&sides, plan, start)?;
    let named = |side: &Side| format!("{} ({} trials)", side.line(), plan.trials);
    let names = [named(&sides[0]), named(&sides[1])];
    Ok(Comparison::of(Design::Pairs, names, &a, &b))
}
