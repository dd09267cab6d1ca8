//! What cargo knows of the workspace, and its files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A text file of the repository.
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Names of our crates: the directories of `crates/`, and `xtask`.
pub(crate) fn crate_names() -> BTreeSet<String> {
    let entries = fs::read_dir(root().join("crates")).unwrap();
    let mut names: BTreeSet<String> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    names.insert("xtask".into());
    names
}

/// Directory of one of our crates, relative to the root.
pub(crate) fn crate_dir(name: &str) -> PathBuf {
    if name == "xtask" { name.into() } else { Path::new("crates").join(name) }
}

/// Rust files under a directory of the repository, as paths relative to the root.
pub(crate) fn rust_files(dir: impl AsRef<Path>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![dir.as_ref().to_owned()];
    while let Some(dir) = open.pop() {
        let Ok(entries) = fs::read_dir(root().join(&dir)) else { continue };
        for entry in entries {
            let entry = entry.unwrap();
            let path = dir.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A package that the workspace consists of or depends on.
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    /// Where it comes from; `None` for our own.
    pub(crate) source: Option<String>,
}

/// Why a package depends on another.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To run, or to build what runs.
    Normal,
    /// Only for tests and benchmarks.
    Dev,
}

/// Every package and every dependency, on all platforms.
pub(crate) struct Graph {
    pub(crate) packages: Vec<Package>,
    edges: BTreeMap<String, Vec<(String, Kind)>>,
}

impl Graph {
    /// Asks cargo.
    pub(crate) fn load() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked", "--all-features"])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
        let packages = list(&metadata["packages"]).iter().map(package).collect();
        let edges = list(&metadata["resolve"]["nodes"]).iter().map(node).collect();
        Self { packages, edges }
    }

    /// Names of the packages that one of ours depends on directly.
    pub(crate) fn direct(&self, name: &str, kind: Kind) -> BTreeSet<String> {
        let edges = self.edges.get(&self.ours(name).id);
        let wanted = edges.into_iter().flatten().filter(|(_, k)| *k == kind);
        wanted.map(|(id, _)| self.by_id(id).name.clone()).collect()
    }

    /// Names of all packages that a program with one of ours in it consists of.
    pub(crate) fn tree(&self, name: &str) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut open = vec![self.ours(name).id.clone()];
        while let Some(id) = open.pop() {
            let edges = self.edges.get(&id).into_iter().flatten();
            open.extend(
                edges
                    .filter(|(id, kind)| *kind == Kind::Normal && seen.insert(id.clone()))
                    .map(|(id, _)| id.clone()),
            );
        }
        seen.iter().map(|id| self.by_id(id).name.clone()).collect()
    }

    fn ours(&self, name: &str) -> &Package {
        let mut ours = self.packages.iter().filter(|p| p.source.is_none());
        ours.find(|p| p.name == name).unwrap_or_else(|| panic!("no crate {name}"))
    }

    fn by_id(&self, id: &str) -> &Package {
        self.packages.iter().find(|p| p.id == id).unwrap()
    }
}

/// Names of the packages that one of ours consists of with its default features; [`Graph`] has every
/// feature on.
pub(crate) fn default_tree(name: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--edges=normal", "--prefix=none", "--target=all"])
        .args(["--format={p}", "--package", name])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn package(value: &Value) -> Package {
    Package {
        id: text(&value["id"]),
        name: text(&value["name"]),
        version: text(&value["version"]),
        licence: value["license"].as_str().map(str::to_owned),
        source: value["source"].as_str().map(str::to_owned),
    }
}

fn node(value: &Value) -> (String, Vec<(String, Kind)>) {
    let mut edges = Vec::new();
    for dependency in list(&value["deps"]) {
        let kinds = list(&dependency["dep_kinds"]);
        let only_dev = kinds.iter().all(|kind| kind["kind"] == "dev");
        let kind = if only_dev { Kind::Dev } else { Kind::Normal };
        edges.push((text(&dependency["pkg"]), kind));
    }
    (text(&value["id"]), edges)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
