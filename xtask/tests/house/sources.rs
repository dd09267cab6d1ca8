//! Rules that are kept in the source itself: lints that are on everywhere, the few places that may
//! touch the clock, the environment and raw memory, and the size of files.

use std::path::Path;

use crate::crate_table::never_shipped;
use crate::repository::{crate_dir, crate_names, read, root, rust_files};

/// The commands: they may ask the machine, and pass down what it says.
const COMMANDS: [&str; 2] = ["crates/codecarbon/", "crates/codecarbon-server/src/surroundings.rs"];

/// The one module that reads the clock.
const CLOCK: &str = "crates/carbon-sensors/src/clock.rs";

/// Where memory or the system is touched directly, with the reason in each file.
const UNSAFE: [&str; 4] = [
    "crates/carbon-journal",
    "crates/carbon-outputs",
    "crates/carbon-sensors",
    "crates/codecarbon",
];

/// Longest source file, its inline tests included. Tables and generated code are data, not source.
const MAX_LINES: usize = 600;

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for name in crate_names() {
        let manifest = read(crate_dir(&name).join("Cargo.toml"));
        assert!(manifest.contains("[lints]\nworkspace = true"), "{name}");
    }
    let workspace = read("Cargo.toml");
    for lint in ["missing_docs = \"warn\"", "unsafe_code = \"deny\"", "unwrap_used = \"warn\""] {
        assert!(workspace.contains(lint), "{lint}");
    }
}

#[test]
fn clippy_forbids_the_ambient_clock_environment_and_home() {
    let config = read("clippy.toml");
    for method in [
        "std::time::Instant::now",
        "std::time::SystemTime::now",
        "std::env::var",
        "std::env::var_os",
        "std::env::vars",
        "std::env::vars_os",
        "std::env::home_dir",
        "std::env::current_dir",
    ] {
        assert!(config.contains(&format!("\"{method}\"")), "{method}");
    }
}

#[test]
fn only_the_commands_and_the_clock_ask_the_machine_unasked() {
    for (file, text) in shipped_sources() {
        if file == CLOCK || COMMANDS.iter().any(|place| file.starts_with(place)) {
            continue;
        }
        let text = text.replace("std::env::consts", "what the compiler knows");
        for ambient in
            ["disallowed_methods", "std::env::", "use std::env", "IsTerminal", "io::stdin"]
        {
            assert!(!text.contains(ambient), "{file} uses {ambient}");
        }
    }
}

#[test]
fn unsafe_code_stays_where_hardware_or_the_system_needs_it() {
    for (file, text) in shipped_sources() {
        let is_unsafe = text.contains("unsafe ") || text.contains("unsafe_code");
        let allowed = UNSAFE.iter().any(|dir| file.starts_with(dir));
        assert!(!is_unsafe || allowed, "{file} is not a place for unsafe code");
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    for (file, text) in shipped_sources() {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        assert!(first.starts_with("//!"), "{file} starts with {first:?}");
    }
}

#[test]
fn no_source_file_outgrows_its_reader() {
    for (file, text) in all_sources() {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES || is_data(&file), "{file} has {lines} lines");
    }
}

/// Generated tables.
fn is_data(file: &str) -> bool {
    file.contains("/generated/") || file.contains("/tables/")
}

/// Path and text of each source file of our crates, tests and benchmarks included.
fn all_sources() -> Vec<(String, String)> {
    let dirs = crate_names().into_iter().map(|name| crate_dir(&name));
    let files = dirs.flat_map(rust_files).filter(|file| !ends_up_in_target(file));
    files.map(|file| (file.to_string_lossy().into_owned(), read(&file))).collect()
}

/// The same without tests: what a user runs. Inline test modules are cut off.
fn shipped_sources() -> Vec<(String, String)> {
    let dirs: Vec<String> = (&crate_names() - &never_shipped())
        .iter()
        .map(|name| format!("{}/src/", crate_dir(name).display()))
        .collect();
    let mut sources = all_sources();
    sources.retain(|(file, _)| dirs.iter().any(|dir| file.starts_with(dir)));
    sources.retain(|(file, _)| !file.ends_with("/tests.rs") && !file.contains("/tests/"));
    for (_, text) in &mut sources {
        if let Some(at) = text.find("\n#[cfg(test)]\nmod ") {
            text.truncate(at);
        }
    }
    sources
}

fn ends_up_in_target(file: &Path) -> bool {
    root().join(file).components().any(|part| part.as_os_str() == "target")
}
