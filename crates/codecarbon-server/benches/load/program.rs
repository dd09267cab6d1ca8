//! The program that is measured: started as users start it, with the limits on one client off.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use carbon_sensors::clock::{Clock, SystemClock};

/// A running server; it is stopped at the end.
pub(crate) struct Program {
    child: Child,
    pub(crate) port: u16,
    /// From its start to the first answer, ms.
    pub(crate) started_ms: f64,
}

impl Program {
    /// Starts it and waits until it answers.
    pub(crate) fn start(directory: &Path, database: Option<&str>) -> Self {
        let port = free_port();
        let log = std::fs::File::create(directory.join("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_codecarbon-server"));
        command.env_clear().env("HOME", directory).current_dir(directory);
        command.arg("serve").arg("--listen").arg(format!("127.0.0.1:{port}"));
        command.args(["--rate-per-address", "off", "--rate-per-token", "off"]);
        match database {
            Some(url) => command.arg("--database-url").arg(url),
            None => command.arg("--data-dir").arg(directory),
        };
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        let begun = SystemClock.monotonic();
        let child = command.spawn().unwrap();
        let mut program = Self { child, port, started_ms: 0.0 };
        while !program.answers() {
            let ended = program.child.try_wait().unwrap();
            assert!(ended.is_none(), "{}", read(&directory.join("log")));
            std::thread::sleep(Duration::from_micros(500));
        }
        let took = SystemClock.monotonic().saturating_sub(begun);
        program.started_ms = took.as_secs_f64() * 1e3;
        program
    }

    /// Number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn answers(&self) -> bool {
        use std::io::{Read, Write};
        let Ok(mut stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else {
            return false;
        };
        let mut answer = [0; 12];
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").is_ok()
            && stream.read_exact(&mut answer).is_ok()
            && answer.ends_with(b" 200")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(self.child.wait());
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
