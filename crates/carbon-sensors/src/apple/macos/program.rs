//! `powermetrics`, started where we are root already; nobody is asked for a password.

use std::io::BufReader;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use carbon_model::Source;

use crate::apple::{AppleSensors, stream};
use crate::clock::SystemClock;
use crate::meter::Hindrance;

const PATH: &str = "/usr/bin/powermetrics";

/// Starts the program and makes meters of its output.
pub(in crate::apple) fn run_powermetrics(brand: &str, gpu: u32) -> AppleSensors {
    let skipped = |hindrance, reason: String, fix: Option<String>| {
        let mut sensors = AppleSensors::default();
        sensors.found.skip(Source::Powermetrics, hindrance, PATH, reason, fix);
        sensors
    };
    if !is_root() {
        let fix = "run it with sudo: sudo codecarbon monitor -- COMMAND".to_owned();
        return skipped(Hindrance::Denied, "only root may run it".to_owned(), Some(fix));
    }
    let arguments = ["--samplers", "cpu_power", "--sample-rate", "1000", "--buffer-size", "1"];
    let started = Command::new(PATH)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => return skipped(Hindrance::Missing, error.to_string(), None),
    };
    let Some(output) = child.stdout.take() else {
        return skipped(Hindrance::Broken, "its output cannot be read".to_owned(), None);
    };
    let program = Program(Mutex::new(child));
    let clock = Arc::new(SystemClock);
    stream::sensors(BufReader::new(output), program, clock, brand, gpu)
        .unwrap_or_else(|error| skipped(Hindrance::Broken, error.to_string(), None))
}

/// Ends the program when it is dropped.
struct Program(Mutex<Child>);

impl Drop for Program {
    fn drop(&mut self) {
        let child = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        // It may have ended by itself; there is nothing to do about either failure.
        let _ = child.kill();
        let _ = child.wait();
    }
}

#[expect(unsafe_code, reason = "geteuid has no wrapper in the standard library")]
fn is_root() -> bool {
    // SAFETY: geteuid touches no memory and cannot fail.
    unsafe { libc::geteuid() == 0 }
}
