//! `serve` and `admin`, which are another program. That program's own tests are beside it.

use std::os::unix::fs::PermissionsExt;

use crate::sandbox::{CODECARBON, Sandbox, stderr, stdout};

/// The program alone in a folder, where nothing is beside it.
fn alone(sandbox: &Sandbox) -> std::path::PathBuf {
    let path = sandbox.home().join("codecarbon");
    std::fs::copy(CODECARBON, &path).unwrap();
    path
}

#[test]
fn without_the_server_it_is_said_how_to_get_it() {
    let sandbox = Sandbox::new();
    for command in ["serve", "admin"] {
        let output = sandbox.command(alone(&sandbox)).args([command, "--help"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = stderr(&output);
        assert!(text.contains("codecarbon-server is neither beside this program nor in PATH"));
        assert!(text.contains("cargo build --release -p codecarbon-server"), "{text}");
    }
}

#[test]
fn codecarbon_becomes_the_server_with_all_words_and_its_own_name() {
    let sandbox = Sandbox::new();
    let program = alone(&sandbox);
    let server = sandbox.home().join("codecarbon-server");
    // The shell knows only the name that it was called by; the words are what counts.
    std::fs::write(&server, "#!/bin/sh\necho \"$$ $*\"; exit 7\n").unwrap();
    std::fs::set_permissions(&server, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (words, expected) in [
        (&["serve", "--listen", "127.0.0.1:1", "--help"][..], "serve --listen 127.0.0.1:1 --help"),
        (&["admin", "backup", "a b"][..], "admin backup a b"),
        (&["board", "a.csv", "--debug"][..], "board a.csv --debug"),
        (&["help", "admin", "backup"][..], "admin backup --help"),
    ] {
        let child = sandbox.command(&program).args(words).spawn().unwrap();
        let id = child.id();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
        assert_eq!(stdout(&output), format!("{id} {expected}\n"), "the same process");
    }
}
