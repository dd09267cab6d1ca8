//! Errors of the commands: what is said on standard error, and the exit code.
//!
//! The codes are few and fixed, so that scripts can rely on them: 0 all went well, 1 the user or
//! the configuration must change something, 2 the command line was not understood, 70 a fault of
//! this program. A wrapped command's own code is never replaced by one of these.

use std::fmt::Display;

/// Everything went well.
pub const OK: u8 = 0;
/// The user or the configuration must change something.
pub const USER: u8 = 1;
/// The command line was not understood.
pub const USAGE: u8 = 2;
/// A fault of this program (`EX_SOFTWARE` of sysexits.h).
pub const INTERNAL: u8 = 70;
/// The wrapped program was found but cannot be run, as shells have it.
pub const NOT_EXECUTABLE: u8 = 126;
/// The wrapped program was not found, as shells have it.
pub const NOT_FOUND: u8 = 127;

/// Why a command ends early: a message, what may help, and the exit code. It always says what may help:
/// what begins one is an [`Unhinted`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandError {
    /// Exit code of the process.
    pub code: u8,
    /// What went wrong, one sentence without a full stop.
    pub message: String,
    hints: Vec<String>,
}

/// What went wrong, and not yet what the reader can do: a hint makes it a [`CommandError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Unhinted {
    code: u8,
    message: String,
}

impl CommandError {
    /// Something that the user or the configuration can change.
    pub fn user(message: impl Display) -> Unhinted {
        Self::with_code(USER, message)
    }

    /// A command line that was not understood.
    pub fn usage(message: impl Display) -> Unhinted {
        Self::with_code(USAGE, message)
    }

    /// A fault of this program or of the system under it.
    pub fn internal(message: impl Display) -> Unhinted {
        Self::with_code(INTERNAL, message)
    }

    /// An error with an exit code of its own.
    pub fn with_code(code: u8, message: impl Display) -> Unhinted {
        Unhinted { code, message: message.to_string() }
    }

    /// A setting that cannot be used; its message says which, where it is, and what would be accepted.
    pub fn setting(message: impl Display) -> Self {
        Self::user(message).hint("codecarbon config show tells what is set and where")
    }

    /// The system refuses what every command needs.
    pub fn system(message: impl Display) -> Self {
        Self::internal(message)
            .hint("the limits or the sandbox of this process may be too narrow: try outside of it")
    }

    /// A folder or file that cannot be read or written.
    pub fn file(message: impl Display) -> Self {
        Self::user(message).hint("look at its rights (ls -ld) and at the room on its disk (df)")
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }

    /// What the reader can do, one line each; at least one.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl Unhinted {
    /// With what the reader can do, one line.
    #[must_use]
    pub fn hint(self, hint: impl Display) -> CommandError {
        let Self { code, message } = self;
        CommandError { code, message, hints: vec![hint.to_string()] }
    }
}
