//! Every command has examples in its help, and they do what they are there for: each is run as it
//! stands, by a shell, in a sandbox. Where a database or a server of somebody else's is named there is
//! none, which is code 1 and a hint.

#![expect(clippy::disallowed_methods, reason = "tests measure their own patience")]

use std::fs::File;
use std::os::unix::fs::symlink;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::sandbox::{PATIENCE, PROGRAM, Sandbox};

/// What has to be another way here: ports and folders that others may have, machines of others, and the
/// name of a program that is not built with this one.
const ELSEWHERE: [(&str, &str); 9] = [
    ("serve --listen 0.0.0.0:8008", "serve --listen 127.0.0.1:0"),
    ("/var/lib/codecarbon", "data"),
    ("/backup/", "./"),
    ("admin restore", "admin restore --data-dir restored"),
    ("@db/", "@127.0.0.1:1/"),
    ("@old-host/", "@127.0.0.1:1/"),
    ("127.0.0.1:8008", "127.0.0.1:1"),
    ("carbonboard", "codecarbon board"),
    ("--port=8060", "--port=0"),
];

/// Examples that need somebody who is not there, by what is in them.
const IN_VAIN: [&str; 3] = ["@127.0.0.1:1/", "admin health", "reset-password"];

fn below(help: &str) -> Vec<&str> {
    let Some((_, rest)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let names = rest.lines().take_while(|line| line.starts_with("  "));
    let names = names.filter(|line| !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect()
}

fn examples(help: &str) -> Vec<&str> {
    let rest = help.find("-h, --help").map_or(help, |at| &help[at..]);
    let lines = rest.lines().filter_map(|line| line.strip_prefix("  "));
    lines.filter(|line| line.contains("codecarbon ") && !line.starts_with(' ')).collect()
}

/// All command lines with a help of their own, and that help.
fn all_help(sandbox: &Sandbox) -> Vec<(String, String)> {
    let help_of = |words: &[&str]| sandbox.run(&[words, &["--help"]].concat(), &[]).out;
    let root = help_of(&[]);
    let mut found = Vec::new();
    for name in below(&root) {
        let help = help_of(&[name]);
        for inner in below(&help) {
            found.push((format!("{name} {inner}"), help_of(&[name, inner])));
        }
        found.push((name.to_owned(), help));
    }
    found.push(("codecarbon-server".to_owned(), root));
    found
}

/// Runs an example; says what is wrong with what came of it.
fn run(sandbox: &Sandbox, example: &str) -> Result<(), String> {
    let line = ELSEWHERE
        .iter()
        .fold(example.to_owned(), |line, (there, here)| line.replacen(there, here, 1));
    let line = match line.as_str() {
        "codecarbon serve" => "codecarbon serve --listen 127.0.0.1:0",
        line => line,
    };
    let log = sandbox.path("said");
    let file = File::create(&log).unwrap();
    let path = format!("{}:/usr/bin:/bin", sandbox.path("programs").display());
    let mut command = sandbox.command("env");
    command.args(line.split(' ')).env("PATH", path);
    let mut child = command.stdout(file.try_clone().unwrap()).stderr(file).spawn().unwrap();
    let said = || std::fs::read_to_string(&log).unwrap();
    let begun = Instant::now();
    let mut is_told = false;
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE, "{line} does not end: {}", said());
        // What serves goes on until it is told to stop, and then ends well.
        let goes_on = ["Ctrl-C", "does not answer yet"].iter().any(|text| said().contains(text));
        if !is_told && goes_on {
            is_told = true;
            let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            assert!(kill.unwrap().success());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let code = child.wait().unwrap().code();
    // Without the dashboard built into it, the board says so.
    let may_fail = IN_VAIN.iter().any(|part| line.contains(part)) || line.contains(" board");
    match code {
        Some(0) => Ok(()),
        Some(1) if may_fail && said().contains("hint:") => Ok(()),
        code => Err(format!("{line}: {code:?}:\n{}", said())),
    }
}

#[test]
fn every_command_has_an_example_and_every_example_works() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("programs")).unwrap();
    symlink(PROGRAM, sandbox.path("programs/codecarbon")).unwrap();
    assert_eq!(sandbox.run(&["serve", "--migrate-only"], &[]).code, Some(0));
    let (mut wrong, mut tried) = (Vec::new(), Vec::new());
    let help = all_help(&sandbox);
    assert!(help.len() > 8, "{}", help.len());
    for (name, text) in &help {
        let examples = examples(text);
        if examples.is_empty() {
            wrong.push(format!("{name} has no example"));
        }
        for example in examples {
            if !tried.contains(&example) {
                tried.push(example);
                wrong.extend(run(&sandbox, example).err());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
