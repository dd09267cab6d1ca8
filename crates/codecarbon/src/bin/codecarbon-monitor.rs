//! The light command: measures a program or the machine, nothing else.

#![cfg_attr(unix, no_main)]

#[cfg(unix)]
codecarbon::entry!(codecarbon::codecarbon_monitor);

#[cfg(not(unix))]
#[expect(clippy::print_stderr, reason = "the one thing that the program does here")]
fn main() -> std::process::ExitCode {
    eprintln!(
        "codecarbon-monitor runs on Linux and macOS; on this system use the Python package codecarbon"
    );
    std::process::ExitCode::from(70)
}
