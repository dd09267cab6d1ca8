//! Every command has examples in its help, and they do what they are there for: each is run as it
//! stands, by a shell, in a sandbox with a machine, files, a server and a sign-in of its own.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;

use carbon_testkit::{Machine, machines};

use crate::account::Place;
use crate::sandbox::{CODECARBON, FRANCE, MONITOR, signal, stdout, until};

/// What comes of an example.
enum Comes {
    /// It ends with one of these codes.
    Code(&'static [i32]),
    /// It goes on after saying this, until Ctrl-C ends it with one of these codes.
    Lasting(&'static str, &'static [i32]),
}

use Comes::{Code, Lasting};

/// Examples that do not simply end with 0, by how they begin.
const EXCEPTIONS: [(&str, Comes); 12] = [
    ("codecarbon monitor --offline --country-iso-code FRA -- ", Code(&[0])),
    ("codecarbon monitor --offline --country-iso-code FRA", Lasting("Measuring", &[0])),
    ("codecarbon top --country-iso-code FRA -- ", Code(&[0])),
    ("codecarbon top ", Lasting("W", &[0, 130])),
    ("codecarbon board", Lasting("until Ctrl-C", &[0, 130])),
    ("carbonboard", Lasting("until Ctrl-C", &[0, 130])),
    // Nobody can be asked here.
    ("codecarbon config                     ", Code(&[2])),
    ("codecarbon login", Lasting("http", &[130])),
    ("sudo codecarbon doctor --", Code(&[0, 1])),
    // There is nothing to measure against.
    ("sudo codecarbon calibrate", Code(&[1])),
    ("codecarbon calibrate", Code(&[1])),
    ("codecarbon recover --list", Code(&[0])),
];

/// What has to be another way here: ports that others may have, times, machines of others.
const ELSEWHERE: [(&str, &str); 8] = [
    ("codecarbon board", "codecarbon board --light --port=0"),
    ("--port=8060", "--light --port=0"),
    ("codecarbon calibrate --meter", "codecarbon calibrate --seconds 0.05 --meter"),
    ("sudo codecarbon calibrate", "sudo codecarbon calibrate --seconds 0.05 --non-interactive"),
    ("http://192.168.1.20/", "http://127.0.0.1:9/"),
    ("codecarbon top --pid 4242", "env CODECARBON_SYSROOT=/ codecarbon top --pid $PPID"),
    ("--trials 20", "--trials 2"),
    ("codecarbon login", "codecarbon login --port 0"),
];

/// Commands below one, by its help.
fn below(help: &str) -> Vec<String> {
    let Some((_, rest)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let names = rest.lines().take_while(|line| line.starts_with("  "));
    let names = names.filter(|line| !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
}

/// The examples in a help text: lines after the options that begin with a command of ours.
fn examples(help: &str) -> Vec<&str> {
    let rest = help.find("-h, --help").map_or(help, |at| &help[at..]);
    let is_one = |line: &&str| {
        let words = line.strip_prefix("sudo ").unwrap_or(line);
        words.starts_with("codecarbon ") || words.starts_with("carbonboard")
    };
    rest.lines().filter_map(|line| line.strip_prefix("  ")).filter(is_one).collect()
}

/// The help of every command but those of the server, which is another program.
fn all_help(place: &Place) -> Vec<(String, String)> {
    let help_of = |words: &[&str]| {
        let mut command = place.sandbox().command(CODECARBON);
        stdout(&command.args(words).arg("--help").output().unwrap())
    };
    let mut found = vec![("codecarbon".to_owned(), help_of(&[]))];
    for program in [MONITOR, env!("CARGO_BIN_EXE_carbonboard")] {
        let output = place.sandbox().command(program).arg("--help").output().unwrap();
        found.push((program.to_owned(), stdout(&output)));
    }
    for name in below(&found[0].1) {
        if ["help", "serve", "admin"].contains(&name.as_str()) {
            continue;
        }
        let help = help_of(&[&name]);
        for inner in below(&help).iter().filter(|inner| *inner != "help") {
            found.push((format!("{name} {inner}"), help_of(&[&name, inner])));
        }
        found.push((name, help));
    }
    found
}

/// Makes what the examples take for granted.
fn furnish(place: &Place, machine: &Machine) {
    let (home, work) = (place.sandbox().home(), place.sandbox().work());
    let programs = home.join("programs");
    for folder in [
        programs.as_path(),
        &home.join(".local/share/bash-completion/completions"),
        &home.join(".zfunc"),
        &home.join(".config/fish/completions"),
        &work.join("results"),
    ] {
        std::fs::create_dir_all(folder).unwrap();
    }
    let board = env!("CARGO_BIN_EXE_carbonboard");
    for (name, program) in
        [("codecarbon", CODECARBON), ("codecarbon-monitor", MONITOR), ("carbonboard", board)]
    {
        std::os::unix::fs::symlink(program, programs.join(name)).unwrap();
    }
    for (name, text) in [
        ("python", "exit 0"),
        ("sudo", "exec \"$@\""),
        ("man", "cat > /dev/null"),
        ("jq", "cat > /dev/null"),
    ] {
        use std::os::unix::fs::PermissionsExt;
        let path = programs.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let settings = "[codecarbon]\ncountry_iso_code = FRA\noffline = true\nproject_name = old\n";
    std::fs::write(work.join(".codecarbon.config"), settings).unwrap();
    for project in ["old", "new", "old", "new"] {
        let mut command = place.sandbox().command(MONITOR);
        command.args(FRANCE).args(["--quiet", "--project-name", project]);
        command.args(["--json=results/run.json", "--", "true"]);
        assert!(command.env("CODECARBON_SYSROOT", machine.path("")).status().unwrap().success());
    }
    let records = work.join("emissions.csv");
    for copy in ["emissions.csv.bak", "before.csv", "after.csv", "results/emissions.csv"] {
        std::fs::copy(&records, work.join(copy)).unwrap();
    }
    std::fs::write(work.join("power.csv"), "").unwrap();
}

/// Runs an example and says what is wrong with what came of it.
fn run(example: &str, place: &Place, machine: &Machine) -> Result<(), String> {
    let exception = EXCEPTIONS.iter().find(|(start, _)| example.starts_with(start));
    let comes = exception.map_or(&Code(&[0]), |(_, comes)| comes);
    // What follows some spaces, or stands in brackets, is a remark.
    let line = example.find("    ").map_or(example, |at| &example[..at]);
    let line = ELSEWHERE
        .iter()
        .filter(|(there, _)| line.contains(there))
        .fold(line.to_owned(), |line, (there, here)| line.replacen(there, here, 1));
    let (home, said) = (place.sandbox().home(), place.sandbox().home().join("said"));
    let out = std::fs::File::create(&said).unwrap();
    let mut command = place.command_of("bash");
    let script = match comes {
        Code(_) => line.clone(),
        Lasting(..) => format!("exec {line}"),
    };
    command
        .args(["-o", "pipefail", "-c", &script])
        .env("PATH", format!("{}:/usr/bin:/bin", home.join("programs").display()))
        .env("BROWSER", "true")
        .env("PROFILE", home.join("profile.ps1"))
        .env("CODECARBON_SYSROOT", machine.path(""))
        .stdin(stdin(&home))
        .stdout(out.try_clone().unwrap())
        .stderr(out);
    let mut child = command.spawn().unwrap();
    let heard = || std::fs::read_to_string(&said).unwrap();
    let codes = match comes {
        Code(codes) => codes,
        Lasting(text, codes) => {
            let is_said = || heard().contains(text);
            until("the start of an example", || is_said() || child.try_wait().unwrap().is_some());
            if child.try_wait().unwrap().is_none() {
                signal(&child, libc::SIGINT);
            }
            codes
        }
    };
    let status = child.wait().unwrap();
    // As shells have it.
    let code = status.code().or(status.signal().map(|number| 128 + number)).unwrap_or(-1);
    let heard = heard();
    if !codes.contains(&code) {
        return Err(format!("{line}: {code}, not one of {codes:?}:\n{heard}"));
    }
    let is_helped = code == 0 || code == 130 || heard.contains("hint:");
    if is_helped { Ok(()) } else { Err(format!("{line}: no hint in\n{heard}")) }
}

/// A line for those that read one.
fn stdin(home: &Path) -> Stdio {
    let path = home.join("stdin");
    std::fs::write(&path, "cpt_example\n").unwrap();
    std::fs::File::open(path).unwrap().into()
}

#[test]
fn every_command_has_an_example_and_every_example_works() {
    let place = Place::with_personal_token();
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    furnish(&place, &machine);
    let help = all_help(&place);
    assert!(help.len() > 15, "{}", help.len());
    let mut wrong: Vec<String> = Vec::new();
    let mut tried: Vec<&str> = Vec::new();
    for (name, text) in &help {
        let examples = examples(text);
        if examples.is_empty() {
            wrong.push(format!("{name} has no example"));
        }
        for example in examples {
            if !tried.contains(&example) {
                tried.push(example);
                wrong.extend(run(example, &place, &machine).err());
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
