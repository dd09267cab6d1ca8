//! carbonboard, as CodeCarbon calls it: becomes `codecarbon board`.

#![cfg_attr(unix, no_main)]

#[cfg(unix)]
codecarbon::entry!(codecarbon::carbonboard);

#[cfg(not(unix))]
#[expect(clippy::print_stderr, reason = "the one thing that the program does here")]
fn main() -> std::process::ExitCode {
    eprintln!(
        "carbonboard runs on Linux and macOS; on this system use the Python package codecarbon"
    );
    std::process::ExitCode::from(70)
}
