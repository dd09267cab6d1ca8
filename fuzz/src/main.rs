//! The fuzzing program: runs one target of `fuzz-targets`, named by `FUZZ_TARGET`, under libFuzzer.
//!
//! One program for all targets links once. With `FUZZ_TARGET=list` it prints the names; with
//! `FUZZ_SEEDS` it first writes the target's seeds into that directory.

#![no_main]

use std::sync::OnceLock;

use fuzz_targets::{TARGETS, Target};
use libfuzzer_sys::fuzz_target;

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(init: choose(), |bytes: &[u8]| {
    if let Some(target) = TARGET.get() {
        (target.check)(bytes);
    }
});

fn choose() {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let Some(target) = TARGETS.iter().find(|target| target.name == name) else {
        for target in TARGETS {
            println!("{}", target.name);
        }
        std::process::exit(if name == "list" { 0 } else { 1 });
    };
    if let Some(directory) = std::env::var_os("FUZZ_SEEDS") {
        for (number, seed) in target.seeds.iter().enumerate() {
            let file = std::path::Path::new(&directory).join(format!("seed-{number}"));
            std::fs::write(&file, seed).expect("the seeds' directory is writable");
        }
    }
    let _ = TARGET.set(target);
}
