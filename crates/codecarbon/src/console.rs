//! What the commands say on standard error: errors with hints, warnings, remarks.
//!
//! Standard output belongs to the wrapped program (or to the lines that were asked for); nothing
//! here writes to it. A write that fails is dropped: there is nobody left to tell.

use std::fmt::Display;
use std::io::Write;

use carbon_tracker::config::LogLevel;

use crate::exit::CommandError;

/// Text on standard error, with a threshold and, on a terminal, colours.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    colours: bool,
    threshold: LogLevel,
}

impl Console {
    /// Says what is at least as grave as the threshold.
    pub fn new(colours: bool, threshold: LogLevel) -> Self {
        Self { colours, threshold }
    }

    /// Whether text may be coloured.
    pub fn colours(self) -> bool {
        self.colours
    }

    /// Says why a command ends early; always said.
    pub fn error(self, error: &CommandError) {
        let mut text = format!("{} {}\n", self.label("31", "Error:"), error.message);
        for hint in &error.hints {
            text.push_str("  hint: ");
            text.push_str(hint);
            text.push('\n');
        }
        write(&text);
    }

    /// Says something that the user should look at.
    pub fn warn(self, message: impl Display) {
        if self.threshold <= LogLevel::Warning {
            write(&format!("{} {message}\n", self.label("33", "Warning:")));
        }
    }

    /// Says something for those who asked for more.
    pub fn info(self, message: impl Display) {
        if self.threshold <= LogLevel::Info {
            write(&format!("codecarbon: {message}\n"));
        }
    }

    /// Prints finished text.
    pub fn print(self, text: &str) {
        write(text);
    }

    fn label(self, colour: &str, label: &str) -> String {
        if self.colours { format!("\x1b[1;{colour}m{label}\x1b[0m") } else { label.to_owned() }
    }
}

fn write(text: &str) {
    // One call for the whole text, so that lines of the program do not get into it.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
