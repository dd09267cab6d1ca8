//! Where the repository is, and how programs are run from it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a command of xtask returns; the message is for people.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// Root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    unnested(&mut command);
    command
}

/// Takes away what the cargo that runs us says of our own package: build scripts that look at it
/// (ring's does) would run again, and all that depends on them be built again, each time somebody
/// changes between `cargo xtask` and cargo.
pub(crate) fn unnested(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// Something that cargo built.
pub(crate) struct Artifact {
    /// Name of the target.
    pub(crate) name: String,
    /// The program, if it is one.
    pub(crate) executable: Option<PathBuf>,
    /// Every file.
    pub(crate) filenames: Vec<PathBuf>,
}

/// Runs a build and says what it made, or found made.
pub(crate) fn made_by(build: &mut Command) -> Result<Vec<Artifact>> {
    build.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit());
    let output = build.output()?;
    if !output.status.success() {
        return Err(format!("{}: {}", describe(build), output.status).into());
    }
    let messages = String::from_utf8(output.stdout)?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let path = |value: &Value| value.as_str().map(PathBuf::from);
    Ok(messages
        .filter(|message| message["reason"] == "compiler-artifact")
        .map(|message| Artifact {
            name: message["target"]["name"].as_str().unwrap_or_default().to_owned(),
            executable: path(&message["executable"]),
            filenames: message["filenames"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(path)
                .collect(),
        })
        .collect())
}

/// Runs a program with our terminal; an error unless it ends well.
pub(crate) fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|e| format!("{}: {e}", describe(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", describe(command)).into()) }
}

/// The program's path if it is on `PATH`.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// A command line for people.
pub(crate) fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
