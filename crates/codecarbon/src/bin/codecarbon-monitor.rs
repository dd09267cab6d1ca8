//! The light command: measures a program or the machine, nothing else.

fn main() -> std::process::ExitCode {
    codecarbon::codecarbon_monitor()
}
