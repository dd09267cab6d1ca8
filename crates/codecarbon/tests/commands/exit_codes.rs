//! The exit code of a measured command is its own, as a shell gives it; ours are few and fixed.

use crate::sandbox::{CODECARBON, FRANCE, MONITOR, Sandbox, stderr, stdout};

fn code_of(script: &str) -> Option<i32> {
    let sandbox = Sandbox::new();
    let output = sandbox.monitor_sh(&[], script).output().unwrap();
    assert_eq!(sandbox.rows().len(), 1, "{}", stderr(&output));
    output.status.code()
}

#[test]
fn an_exit_code_comes_back_exactly() {
    for code in [0, 1, 2, 3, 70, 126, 127, 255] {
        assert_eq!(code_of(&format!("exit {code}")), Some(code));
    }
}

#[test]
fn death_by_signal_is_128_and_its_number() {
    for (name, code) in [("TERM", 143), ("KILL", 137), ("INT", 130), ("SEGV", 139)] {
        assert_eq!(code_of(&format!("kill -{name} $$")), Some(code), "{name}");
    }
}

#[test]
fn a_command_that_is_not_found_is_127_with_a_message_and_no_record() {
    let sandbox = Sandbox::new();
    let output =
        sandbox.command(MONITOR).args(FRANCE).args(["--", "no-such-tool"]).output().unwrap();
    assert_eq!(output.status.code(), Some(127));
    let said = stderr(&output);
    assert!(said.contains("Error: no-such-tool: command not found"), "{said}");
    assert!(said.contains("hint:"), "{said}");
    assert!(sandbox.rows().is_empty());
}

#[test]
fn a_command_that_cannot_be_run_is_126_and_the_reason_is_told() {
    let sandbox = Sandbox::new();
    let run = |name: &str, text: &str, mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        let path = sandbox.work().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        for options in [&["--no-cgroup"][..], &[]] {
            let output = sandbox
                .command(MONITOR)
                .args(FRANCE)
                .args(options)
                .arg("--")
                .arg(&path)
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(126), "{name}");
            assert!(sandbox.rows().is_empty());
            assert!(stderr(&output).contains("Error: "), "{name}");
        }
    };
    run("plain.py", "print(1)", 0o644);
    run("no-format", "neither script nor program", 0o755);
    run("no-interpreter", "#!/no/such/interpreter\n", 0o755);
}

#[test]
fn a_record_that_cannot_be_written_is_said_and_leaves_the_exit_code() {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.work().join("emissions.csv")).unwrap();
    for options in [&[][..], &["--quiet"]] {
        let output = sandbox.monitor_sh(options, "exit 5").output().unwrap();
        assert_eq!(output.status.code(), Some(5));
        assert!(stderr(&output).contains("Error: "), "{}", stderr(&output));
    }
}

#[test]
fn a_missing_output_directory_stops_everything_before_the_command_runs() {
    let sandbox = Sandbox::new();
    let output = sandbox.monitor_sh(&["--output-dir", "nowhere"], "echo ran").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("--output-dir"), "{}", stderr(&output));
}

#[test]
fn offline_without_a_country_is_refused() {
    let sandbox = Sandbox::new();
    let output = sandbox.command(MONITOR).args(["--offline", "--", "true"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("Country ISO code is required for offline mode"));
}

#[test]
fn a_command_line_that_is_not_understood_is_2() {
    let sandbox = Sandbox::new();
    let run = |program: &str, words: &[&str]| {
        let output = sandbox.command(program).args(words).output().unwrap();
        (output.status.code(), stderr(&output))
    };
    let (code, said) = run(CODECARBON, &[]);
    assert_eq!(code, Some(2));
    assert!(said.contains("monitor") && said.contains("detect"), "{said}");
    assert_eq!(run(CODECARBON, &["measure"]).0, Some(2));
    let (code, said) = run(MONITOR, &["--contry-iso-code", "FRA"]);
    assert_eq!(code, Some(2));
    assert!(said.contains("--country-iso-code"), "{said}");
}

#[test]
fn v_is_a_line_and_version_tells_how_it_was_built() {
    let sandbox = Sandbox::new();
    let board = env!("CARGO_BIN_EXE_carbonboard");
    let programs =
        [(CODECARBON, "codecarbon"), (MONITOR, "codecarbon-monitor"), (board, "carbonboard")];
    let flags = ["-v", "-V", "--version"];
    for ((program, name), flag) in programs.iter().flat_map(|p| flags.map(|flag| (p, flag))) {
        let output = sandbox.command(program).arg(flag).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let said = stdout(&output);
        let mut lines = said.lines();
        let version = concat!("v", env!("CARGO_PKG_VERSION"));
        assert_eq!(lines.next(), Some(format!("{name} {version}").as_str()));
        let facts: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
        let names: Vec<&str> = facts.iter().map(|(fact, _)| *fact).collect();
        if flag == "--version" {
            assert_eq!(names, ["system", "compiler", "build", "features", "commit"]);
            assert!(
                facts.iter().all(|(_, fact)| !fact.is_empty() && !fact.contains('/')),
                "{said}"
            );
        } else {
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    }
}
