//! `cargo xtask test`: everything that CI checks, on a machine with nothing but Rust.
//!
//! All steps share one profile, one feature set and one target directory, so that nothing is built
//! twice. Tools that are not part of a Rust installation (nextest, deny, machete) are used when
//! they are there and never installed: building one costs more than the whole test run. What must
//! not be skipped is a test of its own (`xtask/tests`): crate boundaries, licences and the number
//! of dependencies.

use std::process::Command;
use std::time::Instant;

use crate::shell::{Result, cargo, describe, root, run, which};
use crate::{programs, python, web};

/// Runs all checks, or with `--fast` only format, lints and tests.
pub(crate) fn run_all(options: &[String]) -> Result {
    let fast = match options {
        [] => false,
        [only] if only == "--fast" => true,
        _ => return Err("usage: cargo xtask test [--fast]".into()),
    };
    // First, so that everything is built with the dashboard in it.
    let has_dashboard = web::prepare()?;
    step(cargo().args(["fmt", "--all", "--check"]))?;
    step(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-Dwarnings"]))?;
    if !fast {
        let mut doc = cargo();
        doc.args(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
        // Private items are documented too, so links to them lead somewhere.
        let flags = "-Dwarnings -Arustdoc::private-intra-doc-links";
        step(doc.env("RUSTDOCFLAGS", flags))?;
        optional("cargo-deny", &["deny", "--offline", "check", "bans", "licenses", "sources"])?;
        optional("cargo-machete", &["machete"])?;
    }
    tests(has_dashboard)
}

/// The tests come last, so that the runner's summary is the end of the output.
fn tests(has_dashboard: bool) -> Result {
    programs::fetch()?;
    if let Some(mut pytest) = python::tests()? {
        step(&mut pytest)?;
    }
    if has_dashboard {
        step(&mut web::in_a_browser()?)?;
    }
    if which("cargo-nextest").is_none() {
        return step(cargo().args(["test", "--workspace", "--locked"]));
    }
    step(cargo().args(["test", "--workspace", "--locked", "--doc"]))?;
    step(cargo().args(["nextest", "run", "--workspace", "--locked"]))
}

fn optional(tool: &str, args: &[&str]) -> Result {
    if which(tool).is_some() {
        return step(cargo().args(args));
    }
    println!("\n==> {tool} is not installed: skipped");
    Ok(())
}

fn step(command: &mut Command) -> Result {
    println!("\n==> {}", describe(command));
    let start = Instant::now();
    command.current_dir(root());
    run(command)?;
    println!("    {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}
