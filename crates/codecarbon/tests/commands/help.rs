//! The help texts, whole: a change shows in review.

use crate::sandbox::{CODECARBON, MONITOR, Sandbox, stdout};

fn help_of(program: &str, words: &[&str]) -> String {
    let sandbox = Sandbox::new();
    let output = sandbox.command(program).args(words).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    stdout(&output)
}

/// Compares with the committed text; `UPDATE_HELP=1 cargo test` writes it anew.
#[expect(clippy::disallowed_methods, reason = "the switch is for people who run the test")]
fn compare(name: &str, text: &str) {
    let path = format!("{}/tests/commands/help_texts/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_HELP").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, committed, "run with UPDATE_HELP=1 if this is meant");
}

#[test]
fn the_help_of_codecarbon() {
    compare("codecarbon", &help_of(CODECARBON, &["--help"]));
}

#[test]
fn the_help_of_monitor() {
    compare("monitor", &help_of(CODECARBON, &["monitor", "--help"]));
    let options = |text: &str| -> Vec<String> {
        let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        let rest = text[text.find("Options:").unwrap()..].lines().map(words);
        rest.filter(|line| !line.contains("version")).collect()
    };
    let full = help_of(CODECARBON, &["monitor", "--help"]);
    assert_eq!(options(&help_of(MONITOR, &["--help"])), options(&full));
}

#[test]
fn the_help_of_detect() {
    compare("detect", &help_of(CODECARBON, &["detect", "--help"]));
}

#[test]
fn the_help_of_the_commands_for_this_machine() {
    for name in ["top", "doctor", "calibrate", "completions", "man", "recover"] {
        compare(name, &help_of(CODECARBON, &[name, "--help"]));
    }
}

#[test]
fn the_help_of_the_commands_around_an_account() {
    for name in ["login", "logout", "config", "get-token", "test-api", "sync"] {
        let text = help_of(CODECARBON, &[name, "--help"]);
        assert!(text.contains("Example"), "{name}");
        compare(name, &text);
    }
    for name in ["show", "set", "unset"] {
        let text = help_of(CODECARBON, &["config", name, "--help"]);
        assert!(text.contains("Example"), "{name}");
        compare(&format!("config-{name}"), &text);
    }
}

#[test]
fn the_help_of_the_commands_for_files_of_records() {
    for name in ["report", "reprice", "compare", "board"] {
        let text = help_of(CODECARBON, &[name, "--help"]);
        assert!(text.contains("codecarbon compare ") || text.contains("Example"), "{name}");
        compare(name, &text);
    }
}
