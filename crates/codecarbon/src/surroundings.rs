//! What a command was started with: arguments, environment, home and working directory, terminal.
//!
//! This is the only module of the workspace that asks the process for them; everything below gets
//! values. Tests build a [`Surroundings`] by hand.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::startup::Startup;

/// Arguments, environment and terminal of the process, read once.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Arguments without the program's own name.
    pub arguments: Vec<OsString>,
    /// Whether `SIGPIPE` was ignored, as a program that is started should find it too.
    pub pipes_ignored: bool,
    /// Environment variables; those that are not UTF-8 are left out, for no name or value that
    /// matters here can be one.
    pub variables: Vec<(String, String)>,
    /// Working directory; empty when it cannot be told (it was removed), so that relative paths
    /// stay relative.
    pub directory: PathBuf,
    /// Whether standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub stdout_is_terminal: bool,
}

impl Surroundings {
    /// Those of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn of_this_process(startup: Startup) -> Self {
        Self {
            arguments: startup.arguments,
            pipes_ignored: startup.pipes_ignored,
            variables: std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
            directory: std::env::current_dir().unwrap_or_default(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
        }
    }

    /// An environment variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    /// The user's home directory, by `HOME`.
    pub fn home(&self) -> Option<&Path> {
        self.variable("HOME").filter(|h| !h.is_empty()).map(Path::new)
    }

    /// Directory of this program's own configuration: `$XDG_CONFIG_HOME/codecarbon`, else
    /// `~/.config/codecarbon`. A relative `XDG_CONFIG_HOME` counts as none, as its standard has it.
    pub fn configuration_directory(&self) -> Option<PathBuf> {
        self.own_directory_in("XDG_CONFIG_HOME", ".config")
    }

    /// Whether somebody is there to be asked: keys come from a terminal, and questions go to one.
    pub fn can_ask(&self) -> bool {
        self.stdin_is_terminal && self.stderr_is_terminal
    }

    /// Whether text for people on standard error may be coloured: it is a terminal that can, and
    /// `NO_COLOR` (no-color.org) is unset or empty.
    pub fn colours(&self) -> bool {
        self.stderr_is_terminal
            && self.variable("NO_COLOR").is_none_or(str::is_empty)
            && self.variable("TERM") != Some("dumb")
    }

    /// The same for standard output.
    pub fn stdout_colours(&self) -> bool {
        self.stdout_is_terminal
            && self.variable("NO_COLOR").is_none_or(str::is_empty)
            && self.variable("TERM") != Some("dumb")
    }

    /// Columns of the terminal on standard output, else by `COLUMNS`, else 80; asks the system.
    pub fn columns(&self) -> usize {
        let by_variable = || self.variable("COLUMNS").and_then(|text| text.parse().ok());
        terminal_columns(libc::STDOUT_FILENO)
            .filter(|_| self.stdout_is_terminal)
            .or_else(by_variable)
            .filter(|columns| *columns > 0)
            .unwrap_or(80)
    }

    /// Whether standard error leads into the system's journal: `JOURNAL_STREAM` names its device and
    /// inode, which a process that was given another standard error inherits too.
    pub fn stderr_is_journal(&self) -> bool {
        let named = self.variable("JOURNAL_STREAM").and_then(|text| text.split_once(':'));
        let Some((device, inode)) = named else { return false };
        let Ok(stderr) = std::io::stderr().as_fd().try_clone_to_owned() else { return false };
        std::fs::File::from(stderr).metadata().is_ok_and(|found| {
            device.parse() == Ok(found.dev()) && inode.parse() == Ok(found.ino())
        })
    }

    /// Whether this process may do everything; asks the system.
    pub fn is_root(&self) -> bool {
        #[expect(unsafe_code, reason = "the standard library does not tell it")]
        // SAFETY: takes and touches nothing.
        unsafe {
            libc::geteuid() == 0
        }
    }

    /// Number of the user's group; asks the system.
    pub fn group_id(&self) -> u32 {
        #[expect(unsafe_code, reason = "the standard library does not tell it")]
        // SAFETY: takes and touches nothing.
        unsafe {
            libc::getgid()
        }
    }

    /// Directory of what has to last beyond a run: `$XDG_STATE_HOME/codecarbon`, else
    /// `~/.local/state/codecarbon`. A relative `XDG_STATE_HOME` counts as none, as its standard has
    /// it.
    pub fn state_directory(&self) -> Option<PathBuf> {
        self.own_directory_in("XDG_STATE_HOME", ".local/state")
    }

    /// Directory of what can be had again: `$XDG_CACHE_HOME/codecarbon`, else `~/.cache/codecarbon`. A
    /// relative `XDG_CACHE_HOME` counts as none, as its standard has it.
    pub fn cache_directory(&self) -> Option<PathBuf> {
        self.own_directory_in("XDG_CACHE_HOME", ".cache")
    }

    /// The user's language and territory, "fr_FR.UTF-8".
    pub fn locale(&self) -> Option<&str> {
        ["LC_ALL", "LANG"]
            .iter()
            .find_map(|name| self.variable(name).filter(|text| !text.is_empty()))
    }

    fn own_directory_in(&self, variable: &str, below_home: &str) -> Option<PathBuf> {
        let given = self.variable(variable).map(Path::new).filter(|p| p.is_absolute());
        let base = given.map(Path::to_owned).or_else(|| Some(self.home()?.join(below_home)))?;
        Some(base.join("codecarbon"))
    }

    /// This program's own file; asks the system.
    pub fn program(&self) -> Option<PathBuf> {
        std::env::current_exe().ok()
    }

    /// Directory of this program's own file; asks the system.
    pub fn program_directory(&self) -> Option<PathBuf> {
        Some(self.program()?.parent()?.to_owned())
    }

    /// A path of the user's made absolute, without touching the file system.
    pub fn absolute(&self, path: &Path) -> PathBuf {
        let mut absolute = PathBuf::new();
        for part in self.directory.join(path).components() {
            match part {
                std::path::Component::CurDir => {}
                part => absolute.push(part),
            }
        }
        absolute
    }
}

fn terminal_columns(descriptor: libc::c_int) -> Option<usize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    #[expect(unsafe_code, reason = "the size of a terminal is told by ioctl alone")]
    // SAFETY: the call fills a winsize, and fails on what is no terminal.
    let result = unsafe { libc::ioctl(descriptor, libc::TIOCGWINSZ, &raw mut size) };
    (result == 0).then(|| usize::from(size.ws_col))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_and_a_dumb_terminal_switch_colours_off() {
        let with = |name: &str, value: &str| Surroundings {
            stderr_is_terminal: true,
            variables: vec![(name.into(), value.into())],
            ..Surroundings::default()
        };
        assert!(with("TERM", "xterm").colours());
        assert!(!with("NO_COLOR", "1").colours());
        assert!(with("NO_COLOR", "").colours());
        assert!(!with("TERM", "dumb").colours());
        assert!(!Surroundings::default().colours());
    }

    #[test]
    fn directories_of_our_own_follow_the_xdg_standard() {
        let of = |variables: &[(&str, &str)]| {
            let variables = variables.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
            Surroundings { variables, ..Surroundings::default() }
        };
        let home = ("HOME", "/home/me");
        let configuration = |variables: &[_]| of(variables).configuration_directory();
        assert_eq!(configuration(&[home]), Some("/home/me/.config/codecarbon".into()));
        assert_eq!(configuration(&[home, ("XDG_CONFIG_HOME", "/x")]), Some("/x/codecarbon".into()));
        assert_eq!(configuration(&[home, ("XDG_CONFIG_HOME", "x")]), configuration(&[home]));
        assert_eq!(configuration(&[]), None);
        let state = |variables: &[_]| of(variables).state_directory();
        assert_eq!(state(&[home]), Some("/home/me/.local/state/codecarbon".into()));
        assert_eq!(state(&[home, ("XDG_STATE_HOME", "/x")]), Some("/x/codecarbon".into()));
        assert_eq!(state(&[home, ("XDG_STATE_HOME", "x")]), state(&[home]));
        assert_eq!(state(&[]), None);
    }

    #[test]
    fn relative_paths_are_taken_from_the_working_directory() {
        let here = Surroundings { directory: "/data/run".into(), ..Surroundings::default() };
        assert_eq!(here.absolute(Path::new("./out/e.csv")), Path::new("/data/run/out/e.csv"));
        assert_eq!(here.absolute(Path::new("/tmp/e.csv")), Path::new("/tmp/e.csv"));
    }
}
