//! A monitor that nobody watches: as systemd starts it, over rotations, without a disk.

#![expect(clippy::disallowed_methods, reason = "tests measure their own patience")]

mod life;
mod records;
mod unit;

use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use crate::sandbox::{FRANCE, MONITOR, Sandbox, signal, until};

/// A service of a sandbox, whose manager is the test.
struct Service {
    child: Child,
    socket: UnixDatagram,
    log: PathBuf,
    spawned: Instant,
}

impl Service {
    /// Starts one with `NOTIFY_SOCKET`, which makes it a service.
    fn start(sandbox: &Sandbox, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let path = sandbox.home().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let log = log_of(sandbox);
        let child = sandbox
            .command(MONITOR)
            .args(FRANCE)
            .args(options)
            .env("NOTIFY_SOCKET", &path)
            .envs(variables.iter().copied())
            .stdout(std::process::Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self { child, socket, log, spawned: Instant::now() }
    }

    /// The next message to the manager.
    fn told(&self) -> String {
        let mut buffer = [0; 1024];
        let length = self.socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    /// Waits for a message that begins so; those before it are passed over.
    fn tells(&self, start: &str) -> String {
        let begun = Instant::now();
        loop {
            let told = self.told();
            if told.starts_with(start) {
                return told;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "{start} was not told");
        }
    }

    fn signal(&self, number: i32) {
        signal(&self.child, number);
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn logs(&self, text: &str) {
        until(text, || self.log().contains(text));
    }

    /// Stops it as its manager does.
    fn stop(mut self) -> (ExitStatus, String) {
        self.signal(libc::SIGTERM);
        self.tells("STOPPING=1");
        let status = self.child.wait().unwrap();
        (status, self.log())
    }
}

/// Where the service of a sandbox logs.
fn log_of(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("log")
}

impl Drop for Service {
    fn drop(&mut self) {
        // A test that failed leaves none behind; one that has ended is no more to be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
