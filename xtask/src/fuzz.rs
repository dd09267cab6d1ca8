//! `cargo xtask fuzz`: each parser under libFuzzer, on stable Rust.
//!
//! Coverage comes from LLVM's own pass, which any compiler has; nightly would add the address
//! sanitizer, and the parsers have no `unsafe` for it to watch. What is found lies in
//! `fuzz/artifacts`, what was learned in `fuzz/corpus`; neither is committed. A finding becomes a
//! seed of its target when it is fixed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Result, cargo, describe, root, run};

/// Coverage of every edge, counted inline, and of what comparisons compare.
const FLAGS: &str = "--cfg=fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Runs all targets, or those that are named, for some time each.
pub(crate) fn run_targets(options: &[String]) -> Result {
    let (mut seconds, mut wanted) = (60_u32, Vec::new());
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            "--seconds" => seconds = options.next().ok_or("--seconds needs a number")?.parse()?,
            flag if flag.starts_with('-') => {
                return Err("usage: cargo xtask fuzz [--seconds N] [TARGET…]".into());
            }
            name => wanted.push(name.to_owned()),
        }
    }
    let program = build()?;
    let names = names(&program)?;
    if let Some(unknown) = wanted.iter().find(|name| !names.contains(name)) {
        return Err(format!("no target {unknown}; there are {}", names.join(", ")).into());
    }
    let mut failed = Vec::new();
    println!(
        "| target | executions | coverage | corpus | result |\n| --- | --: | --: | --: | --- |"
    );
    for name in names.iter().filter(|name| wanted.is_empty() || wanted.contains(name)) {
        let finding = fuzz(&program, name, seconds)?;
        println!("{finding}");
        if finding.contains("found") {
            failed.push(name.clone());
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("found: {}", failed.join(", ")).into()) }
}

/// Builds the program with coverage; for the host as a named target, so that the flags do not
/// reach build scripts.
fn build() -> Result<PathBuf> {
    let host = host()?;
    let manifest = root().join("fuzz/Cargo.toml");
    let mut command = cargo();
    command.args(["build", "--release", "--locked", "--target", &host, "--manifest-path"]);
    command.arg(manifest).arg("--target-dir").arg(target_dir()).env("RUSTFLAGS", FLAGS);
    run(&mut command)?;
    Ok(target_dir().join(host).join("release/fuzz"))
}

/// Apart from the project's own: everything is compiled differently.
fn target_dir() -> PathBuf {
    root().join("fuzz/target")
}

fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output()?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not say what the host is")?.to_owned())
}

fn names(program: &Path) -> Result<Vec<String>> {
    let output = Command::new(program).env("FUZZ_TARGET", "list").output()?;
    Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
}

/// Explores one target; a row of the table.
fn fuzz(program: &Path, name: &str, seconds: u32) -> Result<String> {
    let corpus = root().join("fuzz/corpus").join(name);
    let artifacts = root().join("fuzz/artifacts").join(name);
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(program);
    command
        .env("FUZZ_TARGET", name)
        .env("FUZZ_SEEDS", &corpus)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .args(["-print_final_stats=1", "-timeout=5", "-verbosity=1", "-max_len=4096"])
        .arg(&corpus);
    let output = command.output().map_err(|e| format!("{}: {e}", describe(&command)))?;
    let log = String::from_utf8_lossy(&output.stderr);
    fs::write(artifacts.join("log"), log.as_bytes())?;
    let number = |key: &str| {
        let value = log.lines().rev().find_map(|line| line.split_once(key)).map(|(_, rest)| rest);
        value.and_then(|rest| rest.split_whitespace().next()).unwrap_or("–").to_owned()
    };
    let result = if output.status.success() {
        "nothing".to_owned()
    } else {
        let panic = log.lines().skip_while(|line| !line.contains("panicked at")).take(2);
        let panic: Vec<&str> = panic.map(str::trim).collect();
        format!("**found**: {} (fuzz/artifacts/{name})", panic.join(" ").replace('|', "\\|"))
    };
    Ok(format!(
        "| {name} | {} | {} | {} | {result} |",
        number("stat::number_of_executed_units:"),
        number("cov: "),
        number("corp: ").split('/').next().unwrap_or("–"),
    ))
}
