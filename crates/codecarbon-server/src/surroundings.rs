//! What the program was started with: arguments, environment, home directory, terminal. The only
//! module of this program that asks the process for them.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// Arguments, environment and terminal of the process, read once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    /// The name that the user typed: `codecarbon`, where that became this program.
    pub(crate) called: String,
    /// Arguments without that name.
    pub(crate) arguments: Vec<OsString>,
    /// Environment variables; those that are not UTF-8 are left out, for no name or value that
    /// matters here can be one.
    pub(crate) variables: Vec<(String, String)>,
    /// Whether standard output is a terminal.
    pub(crate) stdout_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub(crate) stderr_is_terminal: bool,
}

impl Surroundings {
    /// Those of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub(crate) fn of_this_process() -> Self {
        let mut words = std::env::args_os();
        let called = words.next().unwrap_or_default();
        let called = Path::new(&called).file_stem().unwrap_or_default();
        Self {
            called: called.to_string_lossy().into_owned(),
            arguments: words.collect(),
            variables: std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// What users call this program.
    pub(crate) fn name(&self) -> &'static str {
        if self.called == "codecarbon" { "codecarbon" } else { "codecarbon-server" }
    }

    /// An environment variable that is set and not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(k, _)| k == name);
        found.map(|(_, v)| v.as_str()).filter(|value| !value.is_empty())
    }

    /// Whether text for people on standard error may be coloured (no-color.org).
    pub(crate) fn colours(&self) -> bool {
        self.stderr_is_terminal && self.may_colour()
    }

    /// The same of standard output.
    pub(crate) fn colours_out(&self) -> bool {
        self.stdout_is_terminal && self.may_colour()
    }

    fn may_colour(&self) -> bool {
        self.variable("NO_COLOR").is_none() && self.variable("TERM") != Some("dumb")
    }

    /// Directory of the server's own files: `$XDG_DATA_HOME/codecarbon/server`, else
    /// `~/.local/share/codecarbon/server`. A relative `XDG_DATA_HOME` counts as none, as its standard
    /// has it.
    pub(crate) fn data_directory(&self) -> Option<PathBuf> {
        let given = self.variable("XDG_DATA_HOME").map(Path::new).filter(|path| path.is_absolute());
        let base = given
            .map(Path::to_owned)
            .or_else(|| Some(Path::new(self.variable("HOME")?).join(".local/share")))?;
        Some(base.join("codecarbon/server"))
    }
}

/// The time zone of this machine or user, UTC where it is not known.
pub(crate) fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::try_system().unwrap_or(jiff::tz::TimeZone::UTC)
}
