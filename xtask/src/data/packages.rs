//! Downloads packages by name with their registry's own client, and checks and unpacks them.
//!
//! `pip`, `npm`, `sha256sum`, `tar`, `python3` and `node` are run as programs: only a maintainer
//! regenerates the tables, and so no crate for archives, hashes or JavaScript is needed.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::catalogue::Block;

/// Unpacked packages by name and version.
pub(super) struct Packages {
    folder: PathBuf,
}

impl Packages {
    /// The path of a file inside a package, for example `codecarbon-3.3.2`.
    pub(super) fn path(&self, package: &str, file: &str) -> PathBuf {
        self.folder.join(package).join(file)
    }

    /// A text file of a package.
    pub(super) fn text(&self, package: &str, file: &str) -> Result<String, Box<dyn Error>> {
        let path = self.path(package, file);
        Ok(fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?)
    }

    /// A JSON file of a package.
    pub(super) fn json(&self, package: &str, file: &str) -> Result<Value, Box<dyn Error>> {
        Ok(serde_json::from_str(&self.text(package, file)?)?)
    }

    /// What a CommonJS data module of a package exports under `name`.
    pub(super) fn module(
        &self,
        package: &str,
        file: &str,
        name: &str,
    ) -> Result<Value, Box<dyn Error>> {
        let script = "const [file, name] = process.argv.slice(1); \
                      process.stdout.write(JSON.stringify(require(file)[name]));";
        let path = fs::canonicalize(self.path(package, file))?;
        let mut node = Command::new("node");
        let output = node.args(["-e", script]).arg(path).arg(name).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}

/// Fetches every `[[package]]` of the catalogue into `folder`; archives that are already there and
/// have the right hash are used again.
pub(super) fn fetch(catalogue: &[Block], folder: &Path) -> Result<Packages, Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for package in catalogue.iter().filter(|b| b.kind == "package") {
        let archive = folder.join(package.get("file"));
        if !archive.exists() {
            download(package, folder)?;
        }
        check(&archive, package.get("sha256"))?;
        let name = package.get("name").rsplit('/').next().unwrap_or_default();
        unpack(&archive, &folder.join(format!("{name}-{}", package.get("version"))))?;
    }
    Ok(Packages { folder: folder.to_owned() })
}

fn download(package: &Block, folder: &Path) -> Result<(), Box<dyn Error>> {
    let (name, version) = (package.get("name"), package.get("version"));
    println!("downloading {name} {version} from {}", package.get("registry"));
    let mut client = match package.get("registry") {
        "pypi" => {
            let mut pip = Command::new("python3");
            pip.args(["-m", "pip", "download", "--quiet", "--no-deps", "--dest", "."]);
            pip.arg(format!("{name}=={version}"));
            pip
        }
        "npm" => {
            let mut npm = Command::new("npm");
            npm.args(["pack", "--silent"]).arg(format!("{name}@{version}"));
            npm
        }
        other => return Err(format!("{name}: no client for registry {other:?}").into()),
    };
    run(client.current_dir(folder))
}

fn check(archive: &Path, sha256: &str) -> Result<(), Box<dyn Error>> {
    let output = Command::new("sha256sum").arg(archive).output()?;
    let text = String::from_utf8(output.stdout)?;
    let found = text.split_whitespace().next().unwrap_or_default();
    if found == sha256 {
        return Ok(());
    }
    Err(format!("{} has SHA-256 {found}, not {sha256}", archive.display()).into())
}

fn unpack(archive: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    if archive.extension().is_some_and(|e| e == "whl") {
        run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(archive).arg(folder))
    } else {
        let mut tar = Command::new("tar");
        run(tar.arg("xzf").arg(archive).args(["--strip-components=1", "-C"]).arg(folder))
    }
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}
