//! What is generated, tried in the programs that it is for as far as they are here.

use std::process::Command as Process;

use super::outline::Page;
use super::*;

fn pages() -> Vec<Page> {
    outline(crate::root())
}

/// What bash offers for words, the last of which is being typed.
fn offered_by_bash(words: &[&str]) -> Vec<String> {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let script = format!(
        "{}\nCOMP_WORDS=({})\nCOMP_CWORD={}\n_codecarbon\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"",
        bash::script(&pages()),
        quoted.join(" "),
        words.len() - 1
    );
    let output = Process::new("bash").args(["--norc", "-c", &script]).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn bash_offers_commands_options_and_choices() {
    assert_eq!(offered_by_bash(&["codecarbon", "cal"]), ["calibrate"]);
    assert_eq!(offered_by_bash(&["codecarbon", "config", "sh"]), ["show"]);
    assert_eq!(offered_by_bash(&["codecarbon", "doctor", "--js"]), ["--json"]);
    assert_eq!(offered_by_bash(&["codecarbon", "config", "show", "--j"]), ["--json"]);
    assert_eq!(
        offered_by_bash(&["codecarbon", "calibrate", "--covers", ""]),
        ["computer", "processors"]
    );
    assert_eq!(offered_by_bash(&["codecarbon", "monitor", "--country-iso-code", ""]).len(), 0);
    assert!(offered_by_bash(&["codecarbon", ""]).len() > 10);
}

#[test]
fn every_shell_knows_every_command_and_every_listed_option() {
    let pages = pages();
    let scripts = [
        bash::script(&pages),
        zsh::script(&pages),
        fish::script(&pages),
        powershell::script(&pages),
    ];
    for script in scripts {
        for page in &pages {
            assert!(script.contains(&page.place()), "{}", page.place());
            for flag in &page.options {
                assert!(script.contains(&flag.long), "{} --{}", page.place(), flag.long);
            }
        }
    }
}

/// Shells that are here judge the syntax of their scripts.
#[test]
fn the_scripts_are_well_formed_where_their_shells_can_tell() {
    let pages = pages();
    let cases = [
        ("bash", vec!["-n"], bash::script(&pages)),
        ("zsh", vec!["-n"], zsh::script(&pages)),
        ("fish", vec!["--no-execute"], fish::script(&pages)),
    ];
    for (shell, arguments, script) in cases {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), script).unwrap();
        match Process::new(shell).args(arguments).arg(file.path()).output() {
            Ok(output) => {
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            }
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{shell}"),
        }
    }
}

#[test]
fn a_manual_page_has_what_the_help_has() {
    let pages = pages();
    for page in &pages {
        let text = man::page(page, &pages);
        assert!(text.starts_with(".TH CODECARBON"), "{text}");
        for part in [".SH NAME\n", ".SH SYNOPSIS\n.B codecarbon"] {
            assert!(text.contains(part), "{part} in {text}");
        }
        for flag in &page.options {
            assert!(
                text.contains(&flag.long.replace('-', "\\-")),
                "{} {}",
                page.place(),
                flag.long
            );
        }
        // A line that begins with a dot is a request, and only ours may be.
        let requests = [".TH", ".nh", ".SH", ".B ", ".TP", ".nf", ".fi"];
        for line in text.lines().filter(|line| line.starts_with('.')) {
            assert!(requests.iter().any(|request| line.starts_with(request)), "{line}");
        }
    }
    let doctor = pages.iter().find(|page| page.words == ["codecarbon", "doctor"]).unwrap();
    let text = man::page(doctor, &pages);
    assert!(text.contains(".SH CHANGING THE MACHINE\n.TP\n.B \\-\\-fix[=NAMES]\n"), "{text}");
    assert!(text.contains(".SH EXAMPLES\n.nf\n  codecarbon doctor\n"), "{text}");
    assert!(text.contains(".SH SEE ALSO\n\\fBcodecarbon\\fR(1)\n"), "{text}");
}
