//! Options and where they come from: an argument, a variable `CODECARBON_SERVER_…` of the same name,
//! or a name that the reference server reads, in this order. A secret is never an argument: it is a
//! variable, or a file that a variable or an argument names.
//!
//! Left out: which options there are ([`list`]) and what their values mean ([`crate::serve`]).

pub(crate) mod list;
pub(crate) mod values;

use std::fmt;
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::failure::Failure;
use crate::surroundings::Surroundings;

/// What the names of our variables begin with.
pub(crate) const PREFIX: &str = "CODECARBON_SERVER_";

/// Longest secret in a file, in bytes.
const LONGEST_SECRET: u64 = 64 << 10;

/// One option.
#[derive(Debug)]
pub(crate) struct Setting {
    /// Its name without dashes in front: `data-dir`.
    pub(crate) name: &'static str,
    /// Its argument: the name, or for a secret the name of the file that holds it.
    pub(crate) argument: &'static str,
    /// What stands for its value in the help.
    pub(crate) value: &'static str,
    /// How it is given.
    pub(crate) kind: Kind,
    /// Variables of the reference server that mean the same.
    pub(crate) also: &'static [&'static str],
    /// One or two lines of help, with the default.
    pub(crate) help: &'static str,
}

/// How an option is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Once.
    One,
    /// Any number of times; with commas in a variable.
    Many,
    /// Without a value.
    Flag,
    /// Once, and it may hold a password: messages do not repeat it, and a file can have it.
    Private,
    /// As `Private`, but never as an argument, which everybody on the machine can read.
    Secret,
}

impl Setting {
    /// Its variable.
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_uppercase().replace('-', "_"))
    }

    fn is_private(&self) -> bool {
        matches!(self.kind, Kind::Private | Kind::Secret)
    }

    fn describe(&self, heading: &'static str) -> Arg {
        let argument = Arg::new(self.argument).long(self.argument).help(self.help);
        let argument = match self.kind {
            Kind::Flag => argument.action(ArgAction::SetTrue),
            Kind::Many => argument.action(ArgAction::Append).value_name(self.value),
            Kind::Secret => argument.value_name("FILE"),
            Kind::One | Kind::Private => argument.value_name(self.value),
        };
        argument.help_heading(heading)
    }
}

/// Adds options to a command, in groups.
pub(crate) fn describe(
    command: Command,
    groups: &[(&'static str, &[&'static Setting])],
) -> Command {
    let all = groups.iter().flat_map(|(heading, settings)| {
        settings.iter().map(|setting| setting.describe(heading)).collect::<Vec<_>>()
    });
    command.args(all)
}

/// A value, and where it was found.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Given {
    /// The value.
    pub(crate) text: String,
    /// The argument or variable: what a message names.
    pub(crate) origin: String,
    is_private: bool,
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("origin", &self.origin).finish_non_exhaustive()
    }
}

impl Given {
    /// Reads the value; `expected` says in a few words what is accepted.
    pub(crate) fn read<T>(
        &self,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Failure> {
        read(self.text.trim()).ok_or_else(|| self.refused(expected))
    }

    /// Says that the value is not accepted, and what is.
    pub(crate) fn refused(&self, expected: &str) -> Failure {
        let message = if self.is_private {
            format!("{}: its value is not accepted", self.origin)
        } else {
            format!("{}: {:?} is not accepted", self.origin, self.text)
        };
        Failure::user(message).hint(format!("expected {expected}"))
    }
}

/// What was given.
#[derive(Debug)]
pub(crate) struct Options<'a> {
    matches: &'a ArgMatches,
    start: &'a Surroundings,
}

impl<'a> Options<'a> {
    /// Of the arguments of a command and the variables.
    pub(crate) fn new(matches: &'a ArgMatches, start: &'a Surroundings) -> Self {
        Self { matches, start }
    }

    /// What the program was started with.
    pub(crate) fn start(&self) -> &Surroundings {
        self.start
    }

    /// A value that is given once.
    pub(crate) fn one(&self, setting: &Setting) -> Result<Option<Given>, Failure> {
        let argument = setting.argument;
        if let Some(text) = self.matches.get_one::<String>(argument) {
            let origin = format!("--{argument}");
            if setting.kind == Kind::Secret {
                return from_file(Path::new(text), &origin).map(Some);
            }
            let given = Given { text: text.clone(), origin, is_private: setting.is_private() };
            return if text.is_empty() { Err(given.refused("a value")) } else { Ok(Some(given)) };
        }
        let names = std::iter::once(setting.variable());
        for name in names.chain(setting.also.iter().map(|name| (*name).to_owned())) {
            if let Some(given) = self.variable(&name, setting.is_private())? {
                return Ok(Some(given));
            }
        }
        Ok(None)
    }

    /// Values that are given any number of times.
    pub(crate) fn many(&self, setting: &Setting) -> Vec<Given> {
        let origin = format!("--{}", setting.name);
        if let Some(texts) = self.matches.get_many::<String>(setting.name) {
            let given = |text: &String| Given {
                text: text.clone(),
                origin: origin.clone(),
                is_private: false,
            };
            return texts.map(given).collect();
        }
        let names = std::iter::once(setting.variable());
        for name in names.chain(setting.also.iter().map(|name| (*name).to_owned())) {
            let Some(text) = self.start.variable(&name) else { continue };
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            let given = |part: &str| Given {
                text: part.to_owned(),
                origin: name.clone(),
                is_private: false,
            };
            return parts.map(given).collect();
        }
        Vec::new()
    }

    /// Whether a flag is set.
    pub(crate) fn flag(&self, setting: &Setting) -> Result<bool, Failure> {
        if self.matches.get_flag(setting.name) {
            return Ok(true);
        }
        let Some(given) = self.variable(&setting.variable(), false)? else { return Ok(false) };
        given.read("true or false", values::truth)
    }

    /// A variable, or the file that its sister `…_FILE` names.
    pub(crate) fn variable(&self, name: &str, is_private: bool) -> Result<Option<Given>, Failure> {
        let value = self.start.variable(name);
        let file_name = format!("{name}_FILE");
        let file = self.start.variable(&file_name).filter(|_| is_private);
        match (value, file) {
            (Some(_), Some(_)) => {
                Err(Failure::user(format!("{name} and {file_name} are set: which one counts?"))
                    .hint(format!(
                        "unset one; {file_name} keeps the secret out of the environment"
                    )))
            }
            (None, Some(path)) => from_file(Path::new(path), &file_name).map(Some),
            (Some(text), None) => {
                Ok(Some(Given { text: text.to_owned(), origin: name.to_owned(), is_private }))
            }
            (None, None) => Ok(None),
        }
    }

    /// Names of variables that look like ours and are none. Those that Kubernetes sets for a service
    /// of this name are passed over.
    pub(crate) fn unknown(&self, known: &[&Setting]) -> Vec<String> {
        let of_kubernetes = |rest: &str| rest.starts_with("PORT") || rest.starts_with("SERVICE_");
        let is_known = |name: &str| {
            known.iter().any(|setting| {
                let own = setting.variable();
                name == own || setting.is_private() && name.strip_suffix("_FILE") == Some(&own)
            })
        };
        let ours = self.start.variables.iter().map(|(name, _)| name);
        let ours = ours.filter(|name| {
            name.strip_prefix(PREFIX).is_some_and(|rest| !of_kubernetes(rest)) && !is_known(name)
        });
        ours.cloned().collect()
    }
}

/// The content of a file without the line's end.
fn from_file(path: &Path, origin: &str) -> Result<Given, Failure> {
    let unreadable = |why: &dyn fmt::Display| {
        Failure::user(format!("{origin}: {} cannot be read: {why}", path.display()))
            .hint("it is a file of one line that this user may read")
    };
    let size = std::fs::metadata(path).map_err(|error| unreadable(&error))?.len();
    if size > LONGEST_SECRET {
        return Err(unreadable(&"it is too long for a secret"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(&error))?;
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    if text.is_empty() {
        return Err(unreadable(&"it is empty"));
    }
    let origin = format!("{origin} ({})", path.display());
    Ok(Given { text, origin, is_private: true })
}

#[cfg(test)]
mod tests;
