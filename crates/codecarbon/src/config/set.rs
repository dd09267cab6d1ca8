//! `config set` and `config unset`: one setting of one file.

use std::io::BufRead;
use std::path::PathBuf;

use carbon_tracker::config::{CONFIG_FILE_NAME, Config, Layers, LogLevel, Origin};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command};

use super::edit::Change;
use super::file::ConfigFile;
use super::show;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;

/// Describes `config set`.
pub(super) fn set_command() -> Command {
    Command::new("set")
        .about("Set one key of a configuration file")
        .after_help(
            "Examples:\n  codecarbon config set country_iso_code FRA\n  \
             codecarbon config set --local project_name translation\n  \
             codecarbon config set api_key -     reads a line of standard input",
        )
        .arg(
            Arg::new("key")
                .value_name("KEY")
                .required(true)
                .ignore_case(true)
                .hide_possible_values(true)
                .value_parser(PossibleValuesParser::new(Config::KEYS))
                .help("Name of the setting; docs/configuration.md has them all"),
        )
        .arg(
            Arg::new("value")
                .value_name("VALUE")
                .required(true)
                .allow_hyphen_values(true)
                .help("Its value; - takes a line of standard input, for secrets"),
        )
        .args(where_arguments())
}

/// Describes `config unset`.
pub(super) fn unset_command() -> Command {
    Command::new("unset")
        .about("Remove one key from a configuration file")
        .after_help("Example:\n  codecarbon config unset --local project_name")
        .arg(Arg::new("key").value_name("KEY").required(true).help("Name of the setting"))
        .args(where_arguments())
}

fn where_arguments() -> [Arg; 3] {
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    [
        switch("global", "In ~/.codecarbon.config (default)").conflicts_with_all(["local", "path"]),
        switch("local", "In .codecarbon.config of the working directory").conflicts_with("path"),
        Arg::new("path").long("path").value_name("FILE").help("In another file"),
    ]
}

/// Runs `config set`; the exit code.
pub(super) fn run_set(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let (key, mut value) = (text("key").to_lowercase(), text("value"));
    if value == "-" {
        value = line_of_input()?;
    }
    check(&key, &value)?;
    let file = file_of(matches, start)?;
    file.write(&[Change::set(&key, &value)])?;
    print(&format!("{key} is set in {}\n", file.path.display()));
    if show::is_secret(&key) && file.is_open_to_others() {
        warn_of_readers(&file, console);
    }
    warn_if_overruled(&[&key], &file, start, console);
    Ok(exit::OK)
}

/// Runs `config unset`; the exit code.
pub(super) fn run_unset(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let key = matches.get_one::<String>("key").cloned().unwrap_or_default().to_lowercase();
    let file = file_of(matches, start)?;
    if !file.has(&key) {
        let place = file.path.display();
        return Err(CommandError::user(format!("{key} is not set in {place}"))
            .hint("`codecarbon config show` tells what is set where"));
    }
    file.write(&[Change::unset(&key)])?;
    print(&format!("{key} is no longer set in {}\n", file.path.display()));
    Ok(exit::OK)
}

/// Says that others may read a file with a secret in it.
pub(super) fn warn_of_readers(file: &ConfigFile, console: Console) {
    let path = file.path.display();
    console
        .warn(format!("others may read {path}, which holds a secret; chmod 600 keeps it private"));
}

/// Says where keys that were just written are set once more, more strongly.
pub(super) fn warn_if_overruled(
    keys: &[&str],
    file: &ConfigFile,
    start: &Surroundings,
    console: Console,
) {
    let layers = Layers {
        home: start.home(),
        cwd: Some(&start.directory),
        environment: start.variables.clone(),
        ..Layers::default()
    };
    let Ok((settings, _)) = layers.settings() else { return };
    for key in keys {
        match settings.get(*key).map(|setting| &setting.origin) {
            Some(Origin::File { path, .. }) if *path == file.path => {}
            Some(origin) => console.warn(format!("{origin} sets {key} too and goes before this")),
            None => {}
        }
    }
}

/// Where a file named by flags is; without any, in the home directory.
fn file_of(matches: &ArgMatches, start: &Surroundings) -> Result<ConfigFile, CommandError> {
    let path = if let Some(path) = matches.get_one::<String>("path") {
        start.absolute(path.as_ref())
    } else if matches.get_flag("local") {
        start.directory.join(CONFIG_FILE_NAME)
    } else {
        global_path(start)?
    };
    ConfigFile::read(path)
}

/// `~/.codecarbon.config`.
pub(super) fn global_path(start: &Surroundings) -> Result<PathBuf, CommandError> {
    let home = start.home().ok_or_else(|| {
        CommandError::user("there is no home directory")
            .hint("set HOME, or name a file with --path")
    })?;
    Ok(home.join(CONFIG_FILE_NAME))
}

fn check(key: &str, value: &str) -> Result<(), CommandError> {
    if value.chars().any(char::is_control) {
        return Err(CommandError::user(format!(
            "a value of {key} has one line and no control character"
        ))
        .hint("write it on one line"));
    }
    match Config::default().set(key, value) {
        Ok(_) => Ok(()),
        Err(invalid) => {
            Err(CommandError::user(format!("{key} = {value:?} is not {}", invalid.allowed))
                .hint(format!("codecarbon config set {key} with such a value; what was set stays")))
        }
    }
}

fn line_of_input() -> Result<String, CommandError> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    match read {
        Ok(1..) if !line.trim().is_empty() => Ok(line.trim().to_owned()),
        Ok(_) => Err(CommandError::user("there is no value on standard input")
            .hint("pipe one in, as echo VALUE | codecarbon config set KEY -")),
        Err(error) => Err(CommandError::user(format!("standard input cannot be read: {error}"))
            .hint("give the value as an argument")),
    }
}
