//! What is generated from the definitions of the commands, beside `--help`: completions for shells
//! and manual pages.
//!
//! Own generators of a page each: the published ones would add more to the program than the command
//! that uses them, and say less of what is asked for here.

mod bash;
mod fish;
mod man;
mod outline;
mod powershell;
mod zsh;

use std::path::Path;

use clap::{Arg, ArgMatches, Command};

use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;
use outline::outline;

const COMPLETIONS_HELP: &str = "\
Examples:
  codecarbon completions bash > ~/.local/share/bash-completion/completions/codecarbon
  codecarbon completions zsh > ~/.zfunc/_codecarbon      (a directory of fpath)
  codecarbon completions fish > ~/.config/fish/completions/codecarbon.fish
  codecarbon completions powershell >> $PROFILE";

const MAN_HELP: &str = "\
Examples:
  codecarbon man doctor | man -l -
  codecarbon man --directory ~/.local/share/man/man1";

/// Describes `completions`.
pub(crate) fn completions_command() -> Command {
    Command::new("completions")
        .about("Print completions for a shell")
        .after_help(COMPLETIONS_HELP)
        .arg(
            Arg::new("shell")
                .value_name("SHELL")
                .required(true)
                .value_parser(["bash", "zsh", "fish", "powershell"])
                .help("Which shell"),
        )
}

/// Describes `man`.
pub(crate) fn man_command() -> Command {
    Command::new("man")
        .about("Print a manual page, or write all of them")
        .after_help(MAN_HELP)
        .arg(
            Arg::new("words")
                .value_name("COMMAND")
                .num_args(0..)
                .conflicts_with("directory")
                .help("The command, such as config show; codecarbon itself if none is named"),
        )
        .arg(
            Arg::new("directory")
                .long("directory")
                .value_name("DIR")
                .help("Write the pages of all commands into a directory, which is made"),
        )
}

/// Prints completions of all commands below `root`; the exit code.
pub(crate) fn completions(matches: &ArgMatches, root: Command) -> u8 {
    let pages = outline(root);
    let shell = matches.get_one::<String>("shell").map(String::as_str).unwrap_or_default();
    print(&match shell {
        "bash" => bash::script(&pages),
        "zsh" => zsh::script(&pages),
        "fish" => fish::script(&pages),
        _ => powershell::script(&pages),
    });
    exit::OK
}

/// Prints a manual page or writes all; the exit code.
pub(crate) fn manual(
    matches: &ArgMatches,
    root: Command,
    start: &Surroundings,
) -> Result<u8, CommandError> {
    let pages = outline(root);
    if let Some(directory) = matches.get_one::<String>("directory") {
        let directory = start.absolute(Path::new(directory));
        let failed = |path: &Path, error: std::io::Error| {
            CommandError::file(format!("{}: {error}", path.display()))
        };
        std::fs::create_dir_all(&directory).map_err(|error| failed(&directory, error))?;
        for page in &pages {
            let file = directory.join(format!("{}.1", page.words.join("-")));
            std::fs::write(&file, man::page(page, &pages)).map_err(|e| failed(&file, e))?;
        }
        return Ok(exit::OK);
    }
    let words: Vec<&str> =
        matches.get_many::<String>("words").into_iter().flatten().map(String::as_str).collect();
    let page = pages.iter().find(|page| page.words[1..] == words).ok_or_else(|| {
        CommandError::usage(format!("there is no command codecarbon {}", words.join(" ")))
            .hint("codecarbon --help lists the commands")
    })?;
    print(&man::page(page, &pages));
    Ok(exit::OK)
}

#[cfg(test)]
#[path = "generate_tests.rs"]
mod tests;
