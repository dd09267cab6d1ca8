//! Dependencies are a decision: their licences, sources, versions and number are held to
//! `deny.toml` and to the budget below. `cargo deny` checks more where it is installed; this needs
//! nothing but cargo.

use std::collections::{BTreeMap, BTreeSet};

use crate::licence::is_allowed;
use crate::repository::{Graph, Package, read};

/// Packages that `Cargo.lock` may hold, ours and those of other platforms and of tests included.
/// Raise it in the commit that adds a dependency, and say there what the dependency is for.
const LOCKFILE_BUDGET: usize = 320;

#[test]
fn every_licence_is_allowed() {
    let allowed = strings(&deny_list("licenses", "allow"));
    for package in foreign() {
        let licence = package.licence.as_deref().unwrap_or_default();
        assert!(
            is_allowed(licence, &allowed),
            "{} {} has licence {licence:?}, which deny.toml does not allow",
            package.name,
            package.version
        );
    }
}

#[test]
fn every_package_comes_from_crates_io() {
    for package in foreign() {
        let source = package.source.unwrap();
        assert_eq!(
            source, "registry+https://github.com/rust-lang/crates.io-index",
            "{}",
            package.name
        );
    }
}

#[test]
fn no_package_is_there_twice_without_a_reason() {
    let skipped = named(&deny_list("bans", "skip"));
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in foreign() {
        versions.entry(package.name).or_default().insert(package.version);
    }
    let mut unused = skipped.clone();
    for (name, versions) in versions {
        let matches = |version: &String, skip: &String| {
            skip.split_once('@').is_some_and(|(n, v)| {
                n == name && (version == v || version.starts_with(&format!("{v}.")))
            })
        };
        unused.retain(|skip| versions.len() < 2 || !versions.iter().any(|v| matches(v, skip)));
        let counted: Vec<&String> =
            versions.iter().filter(|v| !skipped.iter().any(|skip| matches(v, skip))).collect();
        assert!(counted.len() <= 1, "{name} is there as {counted:?}; see [bans] skip in deny.toml");
    }
    assert!(unused.is_empty(), "deny.toml skips what is not there twice any more: {unused:?}");
}

#[test]
fn no_banned_package_is_there() {
    let banned = named(&deny_list("bans", "deny"));
    assert!(!banned.is_empty());
    for package in foreign() {
        assert!(!banned.contains(&package.name), "{} is banned by deny.toml", package.name);
    }
}

#[test]
fn the_lockfile_stays_within_its_budget() {
    let packages = read("Cargo.lock").lines().filter(|line| *line == "[[package]]").count();
    assert!(packages <= LOCKFILE_BUDGET, "{packages} packages, the budget is {LOCKFILE_BUDGET}");
}

/// Packages that are not ours.
fn foreign() -> Vec<Package> {
    Graph::load().packages.into_iter().filter(|package| package.source.is_some()).collect()
}

/// The text of one list of `deny.toml`.
fn deny_list(section: &str, key: &str) -> String {
    let text = read("deny.toml");
    let (_, rest) = text.split_once(&format!("\n[{section}]\n")).expect("a section of deny.toml");
    let (_, rest) = rest.split_once(&format!("{key} = [\n")).expect("a list of deny.toml");
    rest.split_once("\n]").expect("the end of a list").0.to_owned()
}

/// All quoted strings of a text.
fn strings(text: &str) -> BTreeSet<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The packages that a list names with `crate = "…"`.
fn named(text: &str) -> BTreeSet<String> {
    let names = text.split("crate = \"").skip(1);
    names.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}
