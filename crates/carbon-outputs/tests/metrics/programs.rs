//! Real programs as servers of a test: where they are, how they start, that they end with it.
//!
//! `cargo xtask test` fetches them into `target/programs`. A test that misses one passes itself over
//! aloud, in CI it fails.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use carbon_http::{Client, Policy, Request};
use carbon_sensors::{Clock, SystemClock};

/// Longest time that anything here is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A program that is running; dropping it ends it.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a program that listens on a free port, and waits until `path` answers there.
    pub(crate) fn start(command: &mut Command, address: SocketAddr, path: &str) -> Self {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Self { child: quiet.spawn().unwrap(), address };
        let url = server.url(path);
        wait_for("a server to start", || {
            assert_eq!(server.child.try_wait().unwrap(), None, "it ended: {command:?}");
            get(&url).filter(|(status, _)| *status == 200)
        });
        server
    }

    /// An address on it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

/// The path of a program, or nothing after saying so.
pub(crate) fn find(relative: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("target/programs").join(relative);
    if file.is_file() {
        return Some(file);
    }
    #[expect(clippy::disallowed_methods, reason = "CI is where nothing may be skipped")]
    let must_be_there = std::env::var_os("CI").is_some();
    assert!(!must_be_there, "{} is missing", file.display());
    #[expect(clippy::print_stdout, reason = "that a test was skipped must be seen")]
    {
        println!("skipped: {} is missing; cargo xtask test fetches it", file.display());
    }
    None
}

/// A port of loopback that nobody uses at present.
pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Status and text of a page; `None` while nobody answers.
pub(crate) fn get(url: &str) -> Option<(u16, String)> {
    let policy = Policy { proxies: false, ..Policy::default() };
    let answer = Client::new(policy).unwrap().send(&Request::get(url)).ok()?;
    Some((answer.status, answer.text()))
}

/// Asks until there is an answer.
#[track_caller]
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = SystemClock.monotonic();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(SystemClock.monotonic() < begun + PATIENCE, "waited in vain for {what}");
        sleep(Duration::from_millis(20));
    }
}
