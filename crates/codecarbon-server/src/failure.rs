//! Why a command ends early: what is said on standard error, and the exit code.
//!
//! The codes are those of all commands: 0 all went well, 1 the user or the configuration must change
//! something, 2 the command line was not understood, 70 a fault of this program.

use std::fmt::Display;
use std::io::Write;

/// Everything went well.
pub(crate) const OK: u8 = 0;
/// The user or the configuration must change something.
pub(crate) const USER: u8 = 1;
/// The command line was not understood.
pub(crate) const USAGE: u8 = 2;
/// A fault of this program (`EX_SOFTWARE` of sysexits.h).
pub(crate) const INTERNAL: u8 = 70;

/// A message, what may help, and the exit code. It always says what may help: what begins one is an
/// [`Unhinted`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Exit code of the process.
    pub(crate) code: u8,
    /// What went wrong, one sentence without a full stop.
    pub(crate) message: String,
    /// What the reader can do, one line each.
    hints: Vec<String>,
}

/// What went wrong, one sentence without a full stop, and not yet what the reader can do: a hint makes it
/// a [`Failure`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub(crate) struct Unhinted {
    code: u8,
    message: String,
}

impl Unhinted {
    /// With what the reader can do, one line.
    #[must_use]
    pub(crate) fn hint(self, hint: impl Display) -> Failure {
        Failure { code: self.code, message: self.message, hints: vec![hint.to_string()] }
    }
}

impl Failure {
    /// Something that the user or the configuration can change.
    pub(crate) fn user(message: impl Display) -> Unhinted {
        Unhinted { code: USER, message: message.to_string() }
    }

    /// A fault of this program or of the system under it.
    pub(crate) fn internal(message: impl Display) -> Unhinted {
        Unhinted { code: INTERNAL, message: message.to_string() }
    }

    /// The system refuses what every command needs.
    pub(crate) fn system(message: impl Display) -> Self {
        Self::internal(message)
            .hint("the limits or the sandbox of this process may be too narrow: try outside of it")
    }

    /// The same with one more hint.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// Says it on standard error.
    pub(crate) fn tell(&self, colours: bool) {
        // A write that fails is dropped: there is nobody left to tell.
        let _ = std::io::stderr().write_all(self.text(colours).as_bytes());
    }

    /// All of it, in lines.
    pub(crate) fn text(&self, colours: bool) -> String {
        let label = if colours { "\x1b[1;31mError:\x1b[0m" } else { "Error:" };
        let mut text = format!("{label} {}\n", self.message);
        for hint in &self.hints {
            text.push_str("  hint: ");
            text.push_str(hint);
            text.push('\n');
        }
        text
    }
}
