//! A home of a test's own, and servers that run in it.

#![expect(clippy::disallowed_methods, reason = "tests measure their own patience")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use crate::http::Http;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_codecarbon-server");

/// Longest time that anything is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Directories of one test, removed with it.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        Self { folder }
    }

    /// A path in the sandbox.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program in the sandbox, with nothing in its environment but a home.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.path("home"));
        command.current_dir(self.path("home")).stdin(Stdio::null());
        command
    }

    /// Runs `codecarbon-server WORDS` to its end, which is 124 if that does not come.
    pub(crate) fn run(&self, words: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command("timeout");
        command.args(["30", PROGRAM]).args(words).envs(variables.iter().copied());
        Ran::of(&command.output().unwrap())
    }

    /// Starts a server on a free port and waits until it is ready.
    pub(crate) fn serve(&self, words: &[&str], variables: &[(&str, &str)]) -> Server {
        let mut words = words.to_vec();
        if !words.contains(&"--listen") {
            words.extend(["--listen", "127.0.0.1:0"]);
        }
        Starting::new(self, &words, variables).ready()
    }
}

/// How a program ended and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// A server that has been started.
pub(crate) struct Starting {
    child: Child,
    out: BufReader<ChildStdout>,
    log: PathBuf,
}

impl Starting {
    pub(crate) fn new(sandbox: &Sandbox, words: &[&str], variables: &[(&str, &str)]) -> Self {
        let log = sandbox.path(&format!("log-{}", uuid::Uuid::new_v4()));
        let mut command = sandbox.command(PROGRAM);
        command.arg("serve").args(words).envs(variables.iter().copied());
        command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, log }
    }

    /// Waits until it has logged something.
    pub(crate) fn logs(&self, text: &str) {
        let begun = Instant::now();
        while !std::fs::read_to_string(&self.log).unwrap().contains(text) {
            assert!(begun.elapsed() < PATIENCE, "{text:?} is not logged");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until it has greeted.
    pub(crate) fn ready(mut self) -> Server {
        let mut greeting = String::new();
        while !greeting.contains("Ctrl-C stops") {
            if self.out.read_line(&mut greeting).unwrap() == 0 {
                let log = std::fs::read_to_string(&self.log).unwrap();
                panic!("it ended: {:?}\n{greeting}{log}", self.child.wait());
            }
        }
        let Self { child, out, log } = self;
        let url = field(&greeting, "address").unwrap();
        Server { child, out, log, http: Http::of(&url), url, greeting }
    }
}

fn field(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().map(str::trim);
    lines.find_map(|line| Some(line.strip_prefix(name)?.trim_start_matches([' ', '=']).to_owned()))
}

/// A server that is running; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    log: PathBuf,
    /// Its address.
    pub(crate) url: String,
    /// What it said when it was ready.
    pub(crate) greeting: String,
    /// Requests to it.
    pub(crate) http: Http,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// A value of the configuration that it printed.
    pub(crate) fn printed(&self, name: &str) -> String {
        field(&self.greeting, name).unwrap_or_else(|| panic!("{name} in {}", self.greeting))
    }

    /// Path and query of the link to set it up.
    pub(crate) fn set_up_link(&self) -> String {
        let mut lines = self.greeting.lines().map(str::trim);
        let link = lines.find(|line| line.contains("/auth/setup?token=")).unwrap();
        link.strip_prefix(&self.url).unwrap().to_owned()
    }

    /// The file of configuration that it printed.
    pub(crate) fn configuration(&self) -> String {
        let lines = self.greeting.lines().map(str::trim);
        let lines = lines.skip_while(|line| *line != "[codecarbon]");
        lines
            .take_while(|line| !line.is_empty())
            .fold(String::new(), |text, line| text + line + "\n")
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Waits until it has ended.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end: {}", self.log());
    }

    /// Stops it as an operator does.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        let status = self.ended();
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nothing is printed after the greeting");
        status
    }

    /// All that it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}

/// Mode of a file.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
