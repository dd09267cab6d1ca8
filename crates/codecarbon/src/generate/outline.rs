//! The commands as their generators need them: a flat list of pages with what each takes.

use clap::{Arg, Command};

/// A command.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Page {
    /// From the program to the command: "codecarbon", "config", "show".
    pub(super) words: Vec<String>,
    /// One line.
    pub(super) about: String,
    /// Commands below it, by name and line.
    pub(super) below: Vec<(String, String)>,
    pub(super) options: Vec<Flag>,
    /// Values without a flag, as the usage shows them, with their help.
    pub(super) values: Vec<(String, String)>,
    /// The line that says how it is called.
    pub(super) usage: String,
    /// What the help says at its end, examples among it.
    pub(super) after: String,
}

/// A flag that is listed in the help.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Flag {
    pub(super) long: String,
    pub(super) short: Option<char>,
    /// Name of its value; `None` where it takes none.
    pub(super) value: Option<String>,
    /// Whether the value comes after `=` only.
    pub(super) needs_equals: bool,
    /// The values that it takes, where they are few.
    pub(super) choices: Vec<String>,
    pub(super) help: String,
    /// Heading of the help; empty for the first.
    pub(super) heading: String,
}

impl Page {
    /// "codecarbon config show".
    pub(super) fn place(&self) -> String {
        self.words.join(" ")
    }
}

impl Flag {
    /// "--json", "-q".
    pub(super) fn spellings(&self) -> Vec<String> {
        let short = self.short.map(|short| format!("-{short}"));
        short.into_iter().chain([format!("--{}", self.long)]).collect()
    }

    /// Whether its value is a file or a directory.
    pub(super) fn takes_path(&self) -> bool {
        matches!(self.value.as_deref(), Some("FILE" | "DIR"))
    }
}

/// All commands, each before those below it.
pub(super) fn outline(mut root: Command) -> Vec<Page> {
    // Fills in what every command has: help, usage, names of values.
    root.build();
    let mut pages = Vec::new();
    add(&mut root, &[], &mut pages);
    pages
}

fn add(command: &mut Command, above: &[String], pages: &mut Vec<Page>) {
    let words: Vec<String> = above.iter().cloned().chain([command.get_name().to_owned()]).collect();
    let usage = command.render_usage().to_string();
    let line = |command: &Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    let listed = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    pages.push(Page {
        about: line(command),
        below: command
            .get_subcommands()
            .filter(listed)
            .map(|below| (below.get_name().to_owned(), line(below)))
            .collect(),
        options: command.get_arguments().filter_map(flag).collect(),
        values: command.get_positionals().map(positional).collect(),
        usage: usage.trim_start_matches("Usage:").trim().to_owned(),
        after: command.get_after_help().map(ToString::to_string).unwrap_or_default(),
        words: words.clone(),
    });
    for below in command.get_subcommands_mut().filter(|below| below.get_name() != "help") {
        add(below, &words, pages);
    }
}

fn value_name(argument: &Arg) -> Option<String> {
    Some(argument.get_value_names()?.first()?.to_string())
}

fn help(argument: &Arg) -> String {
    argument.get_help().map(ToString::to_string).unwrap_or_default()
}

fn flag(argument: &Arg) -> Option<Flag> {
    if argument.is_hide_set() {
        return None;
    }
    let takes_value = argument.get_action().takes_values();
    let choices = argument.get_possible_values();
    let hides_choices = argument.is_hide_possible_values_set();
    Some(Flag {
        long: argument.get_long()?.to_owned(),
        short: argument.get_short(),
        value: takes_value.then(|| value_name(argument).unwrap_or_default()),
        needs_equals: argument.is_require_equals_set(),
        choices: choices
            .iter()
            .filter(|_| takes_value && !hides_choices)
            .map(|choice| choice.get_name().to_owned())
            .collect(),
        help: help(argument),
        heading: argument.get_help_heading().unwrap_or_default().to_owned(),
    })
}

fn positional(argument: &Arg) -> (String, String) {
    (value_name(argument).unwrap_or_default(), help(argument))
}
