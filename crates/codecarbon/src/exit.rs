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

/// Why a command ends early: a message, what may help, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandError {
    /// Exit code of the process.
    pub code: u8,
    /// What went wrong, one sentence without a full stop.
    pub message: String,
    /// What the reader can do, one line each; often empty.
    pub hints: Vec<String>,
}

impl CommandError {
    /// Something that the user or the configuration can change.
    pub fn user(message: impl Display) -> Self {
        Self::with_code(USER, message)
    }

    /// A command line that was not understood.
    pub fn usage(message: impl Display) -> Self {
        Self::with_code(USAGE, message)
    }

    /// A fault of this program or of the system under it.
    pub fn internal(message: impl Display) -> Self {
        Self::with_code(INTERNAL, message)
    }

    /// An error with an exit code of its own.
    pub fn with_code(code: u8, message: impl Display) -> Self {
        Self { code, message: message.to_string(), hints: Vec::new() }
    }

    /// The same with one more hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hints.push(hint.to_string());
        self
    }
}
