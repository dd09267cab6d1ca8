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
    /// Whether each line begins with its gravity, as the system's journal reads it.
    has_priorities: bool,
}

/// How grave the journal takes a line to be; the numbers are those of syslog.
#[derive(Debug, Clone, Copy)]
enum Priority {
    Error = 3,
    Warning = 4,
    Notice = 5,
    Info = 6,
}

impl Console {
    /// Says what is at least as grave as the threshold.
    pub fn new(colours: bool, threshold: LogLevel) -> Self {
        Self { colours, threshold, has_priorities: false }
    }

    /// The same for the system's journal: every line begins with its gravity, as `<4>`.
    #[must_use]
    pub fn for_journal(self, is_journal: bool) -> Self {
        Self { has_priorities: is_journal, ..self }
    }

    /// Whether text may be coloured.
    pub fn colours(self) -> bool {
        self.colours
    }

    /// Says why a command ends early; always said.
    pub fn error(self, error: &CommandError) {
        let mut text = format!("{} {}\n", self.label("31", "Error:"), error.message);
        for hint in error.hints() {
            text.push_str("  hint: ");
            text.push_str(hint);
            text.push('\n');
        }
        self.write(Priority::Error, &text);
    }

    /// Says something that the user should look at.
    pub fn warn(self, message: impl Display) {
        if self.threshold <= LogLevel::Warning {
            self.write(Priority::Warning, &format!("{} {message}\n", self.label("33", "Warning:")));
        }
    }

    /// Says something for those who asked for more.
    pub fn info(self, message: impl Display) {
        if self.threshold <= LogLevel::Info {
            self.write(Priority::Info, &format!("codecarbon: {message}\n"));
        }
    }

    /// Says, whatever the threshold, what a service has done: a line of its log.
    pub fn note(self, message: impl Display) {
        self.write(Priority::Notice, &format!("codecarbon: {message}\n"));
    }

    /// Prints finished text.
    pub fn print(self, text: &str) {
        self.write(Priority::Info, text);
    }

    fn label(self, colour: &str, label: &str) -> String {
        if self.colours { format!("\x1b[1;{colour}m{label}\x1b[0m") } else { label.to_owned() }
    }

    fn write(self, priority: Priority, text: &str) {
        let lines = self.has_priorities.then(|| with_priority(priority, text));
        // One call for the whole text, so that lines of the program do not get into it.
        let _ = std::io::stderr().write_all(lines.as_deref().unwrap_or(text).as_bytes());
    }
}

/// Each line with its gravity in front.
fn with_priority(priority: Priority, text: &str) -> String {
    let number = priority as u8;
    let lines = text.lines().flat_map(|line| [format!("<{number}>"), line.to_owned(), "\n".into()]);
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journal_gets_the_gravity_of_every_line() {
        let text = "Error: no\n  hint: do\n";
        assert_eq!(with_priority(Priority::Error, text), "<3>Error: no\n<3>  hint: do\n");
        assert_eq!(with_priority(Priority::Notice, "saved\n"), "<5>saved\n");
    }
}
