//! What `--version` tells of the build, for the programs of this package and of `codecarbon-server`: for what
//! system, by which compiler, with which features, of which commit. No path of the machine that builds.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts by variables")]

use std::process::Command;

/// The commit, where whoever builds tells it.
const COMMIT: &str = "CODECARBON_COMMIT";

fn main() {
    println!("cargo::rerun-if-env-changed={COMMIT}");
    let of_cargo = |name: &str| std::env::var(name).unwrap_or_default();
    let told = std::env::var(COMMIT).ok().filter(|text| {
        (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric())
    });
    let mut features: Vec<String> = std::env::vars()
        .filter_map(|(name, _)| Some(name.strip_prefix("CARGO_FEATURE_")?.to_lowercase()))
        .filter(|name| name != "default")
        .collect();
    features.sort_unstable();
    let features = if features.is_empty() { "none".to_owned() } else { features.join(", ") };
    for (name, value) in [
        ("BUILD_TARGET", of_cargo("TARGET")),
        ("BUILD_PROFILE", of_cargo("PROFILE")),
        ("BUILD_COMPILER", compiler(&of_cargo("RUSTC"))),
        ("BUILD_FEATURES", features),
        ("BUILD_COMMIT", told.unwrap_or_else(|| "not told to the build".to_owned())),
    ] {
        println!("cargo::rustc-env={name}={value}");
    }
}

/// The compiler by its own words, "1.95.0 (59807616e 2026-04-14)".
fn compiler(program: &str) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let text = text.unwrap_or_default();
    text.strip_prefix("rustc ").unwrap_or(&text).to_owned()
}
