//! Questions on the terminal.

use std::io;

use dialoguer::console::Term;
use dialoguer::theme::{ColorfulTheme, SimpleTheme, Theme};
use dialoguer::{Confirm, Input, Select};

use crate::exit::CommandError;
use crate::interruption;
use crate::surroundings::Surroundings;

/// What is said when a question is left without an answer.
pub(super) const INTERRUPTED: &str = "interrupted: the configuration is as it was";

/// Most options of a list that are shown at once.
const MOST_OPTIONS: usize = 12;

/// Somebody who can be asked. Each question ends with an error when it is left with Ctrl-C or, where
/// there is nothing to type, Escape.
pub(super) struct Questions {
    theme: Box<dyn Theme>,
}

impl Questions {
    /// Nobody, unless there is a terminal on which a cursor can move.
    pub(super) fn of(start: &Surroundings) -> Option<Self> {
        if !start.can_ask() || start.variable("TERM") == Some("dumb") {
            return None;
        }
        let theme: Box<dyn Theme> = if start.colours() {
            Box::new(ColorfulTheme::default())
        } else {
            Box::new(SimpleTheme)
        };
        Some(Self { theme })
    }

    /// A line of text, whatever it says.
    pub(super) fn line(&self, question: &str, default: &str) -> Result<String, CommandError> {
        self.text(question, default, |_| Ok(()))
    }

    /// A line of text that passes a check; empty only if the default is.
    pub(super) fn text(
        &self,
        question: &str,
        default: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, CommandError> {
        let answer = Input::<String>::with_theme(&*self.theme)
            .with_prompt(question)
            .default(default.to_owned())
            .show_default(!default.is_empty())
            .allow_empty(default.is_empty())
            .validate_with(|text: &String| check(text.trim()))
            .interact_text();
        Ok(answered(answer)?.trim().to_owned())
    }

    /// One of several options, by its index.
    pub(super) fn choice(
        &self,
        question: &str,
        options: &[String],
        preselected: usize,
    ) -> Result<usize, CommandError> {
        let answer = Select::with_theme(&*self.theme)
            .with_prompt(question)
            .items(options)
            .default(preselected)
            .max_length(MOST_OPTIONS)
            .interact_opt();
        answered(answer)?.ok_or_else(|| interruption::error(INTERRUPTED))
    }

    /// Yes or no.
    pub(super) fn yes(&self, question: &str, default: bool) -> Result<bool, CommandError> {
        let answer =
            Confirm::with_theme(&*self.theme).with_prompt(question).default(default).interact_opt();
        answered(answer)?.ok_or_else(|| interruption::error(INTERRUPTED))
    }
}

/// An answer, or why there is none. A list that was interrupted leaves the cursor hidden.
fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, CommandError> {
    answer.map_err(|error| {
        let _ = Term::stderr().show_cursor();
        match io::Error::from(error) {
            error if error.kind() == io::ErrorKind::Interrupted => interruption::error(INTERRUPTED),
            error => CommandError::user(format!("no answer can be read: {error}"))
                .hint("the configuration is as it was; --yes with flags asks nothing"),
        }
    })
}

/// Accepts what is not empty.
pub(super) fn something(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("a name is needed".to_owned()) } else { Ok(()) }
}
