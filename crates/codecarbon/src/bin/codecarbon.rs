//! The command `codecarbon`.

fn main() -> std::process::ExitCode {
    codecarbon::codecarbon()
}
