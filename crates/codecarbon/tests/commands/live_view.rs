//! The live view as its users run it: on a terminal, as lines, over a command and over a program that
//! runs already.

use std::process::{Child, Output};

use carbon_journal::{Following, Head, Keeper, Onlooker, Outputs};
use carbon_testkit::{Machine, machines};
use carbon_tracker::config::{Config, JournalMode};
use carbon_tracker::sink::Journal;
use carbon_tracker::{Hub, Machine as Tracked, Sampling, Tracker};

use crate::journal::directory;
use crate::sandbox::{CODECARBON, FRANCE, MONITOR, Sandbox, first_line, signal, stderr, until};
use crate::terminal::Terminal;

/// What gives the screen back.
const LEFT: &str = "\x1b[?1049l";
/// What begins a screen that is written whole, and what ends every frame.
const CLEARED: &str = "\x1b[2J";
const END_OF_FRAME: &str = "\x1b[?2026l";

fn top(options: &str) -> String {
    format!("{CODECARBON} top {} --interval 0.2 {options}", FRANCE.join(" "))
}

fn monitor_live(script: &str) -> String {
    let france = FRANCE.join(" ");
    format!("{CODECARBON} monitor {france} --live --interval 0.2 -- sh -c '{script}'")
}

/// Waits until the whole screen shows a text. Only what changes is written, so a screen of another size
/// is asked for, which is written whole, until a key that was pressed before has had its effect. The
/// size must not be that of the screen before.
fn wait_for_screen(terminal: &mut Terminal, (columns, lines): (u16, u16), text: &str) {
    for attempt in 0.. {
        terminal.forget();
        terminal.resize(columns + attempt % 2, lines);
        terminal.wait_for(CLEARED);
        terminal.forget_before(CLEARED);
        terminal.wait_for(END_OF_FRAME);
        if words(terminal.shown()).contains(text) {
            return;
        }
        assert!(attempt < 100, "{text:?} is not on {:?}", terminal.shown());
    }
}

/// The words of a frame: where the cursor is moved, a blank was there already.
fn words(frame: &str) -> String {
    let mut text = String::new();
    for part in frame.split("\x1b[") {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).map_or(0, |end| end + 1);
        text.push_str(if part[..end].ends_with('H') { " " } else { "" });
        text.push_str(&part[end..]);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What was shown since the screen was given back for the last time.
fn afterwards(shown: &str) -> &str {
    shown.rsplit(LEFT).next().unwrap()
}

#[test]
fn the_view_takes_keys_follows_the_window_and_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    let mut terminal = Terminal::running(&sandbox, &format!("{}; echo \"code $?\"", top("")));
    terminal.wait_for("total of this machine");
    assert!(terminal.shown().contains("France") && terminal.reads_single_keys());
    terminal.press("?");
    wait_for_screen(&mut terminal, (90, 24), "unattributed: interrupts");
    terminal.press("x/py");
    wait_for_screen(&mut terminal, (95, 24), "Enter keeps it");
    terminal.press("\r\x1b");
    wait_for_screen(&mut terminal, (60, 16), "filter");
    wait_for_screen(&mut terminal, (50, 10), "The window is 50x10");
    wait_for_screen(&mut terminal, (140, 45), "total of this machine");
    terminal.press("q");
    terminal.wait_for("code 0");
    assert!(!terminal.reads_single_keys());
    let shown = terminal.end();
    assert!(afterwards(&shown).contains("nothing was saved"), "{shown}");
    assert!(sandbox.rows().is_empty());
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_brings_the_view_back() {
    let sandbox = Sandbox::new();
    let script = format!("{}; echo \"stopped $?\"; read line; fg; echo \"code $?\"", top(""));
    let mut terminal = Terminal::running(&sandbox, &script);
    terminal.wait_for("total of this machine");
    terminal.press("\x1a");
    terminal.wait_for("stopped 14");
    assert!(terminal.shown().contains(LEFT) && !terminal.reads_single_keys());
    terminal.forget();
    terminal.press("\n");
    terminal.wait_for("total of this machine");
    terminal.press("q");
    terminal.wait_for("code 0");
    terminal.end();
}

#[test]
fn a_command_keeps_its_exit_code_and_its_output_is_there_afterwards() {
    let sandbox = Sandbox::new();
    let command = monitor_live(
        "echo hello; [ -t 1 ] && echo on a terminal; read line || echo no keys; echo aside >&2; exit 7",
    );
    let mut terminal = Terminal::running(&sandbox, &format!("{command}; echo \"code $?\""));
    terminal.wait_for("code 7");
    let shown = terminal.end();
    let after = afterwards(&shown);
    assert!(after.contains("hello\r\non a terminal\r\nno keys\r\naside\r\n"), "{shown}");
    assert!(after.contains("CodeCarbon Emissions Report"), "{shown}");
    assert_eq!(sandbox.rows().len(), 1);
    assert_eq!(sandbox.rows()[0].text("tracking_mode"), "process");
}

#[test]
fn a_command_goes_on_when_the_view_is_left_and_its_output_is_seen_as_ever() {
    let sandbox = Sandbox::new();
    let command =
        monitor_live("echo begins; while [ ! -e go ]; do sleep 0.02; done; echo went on; exit 4");
    let mut terminal = Terminal::running(&sandbox, &format!("{command}; echo \"code $?\""));
    wait_for_screen(&mut terminal, (80, 30), "begins");
    terminal.press("q");
    terminal.wait_for(LEFT);
    std::fs::write(sandbox.work().join("go"), "").unwrap();
    terminal.wait_for("went on");
    terminal.wait_for("code 4");
    assert!(afterwards(&terminal.end()).starts_with("begins\r\n"));
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn ctrl_c_ends_a_command_in_the_view_as_it_does_elsewhere() {
    let sandbox = Sandbox::new();
    let command = monitor_live("echo ready; exec sleep 60");
    let mut terminal = Terminal::running(&sandbox, &format!("{command}; echo \"code $?\""));
    terminal.wait_for("ready");
    terminal.press("\x03");
    terminal.wait_for("code 130");
    assert!(!terminal.reads_single_keys());
    assert!(afterwards(&terminal.end()).starts_with("ready\r\n"));
}

#[test]
fn a_view_that_is_terminated_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    let script = format!("sh -c 'echo $$ > pid; exec {}'; echo \"code $?\"", top(""));
    let mut terminal = Terminal::running(&sandbox, &script);
    terminal.wait_for("total of this machine");
    let pid = std::fs::read_to_string(sandbox.work().join("pid")).unwrap();
    let kill = sandbox.command("sh").args(["-c", &format!("kill -TERM {pid}")]).status().unwrap();
    assert!(kill.success());
    terminal.wait_for("code 0");
    assert!(!terminal.reads_single_keys());
    terminal.end();
}

#[test]
fn no_color_leaves_no_colour() {
    let sandbox = Sandbox::new();
    let script = format!("export NO_COLOR=1 LANG=C; {}", top(""));
    let mut terminal = Terminal::running(&sandbox, &script);
    terminal.wait_for("total of this machine");
    terminal.press("q");
    let shown = terminal.end();
    let screen = &shown[..shown.rfind(LEFT).unwrap()];
    assert!(!screen.contains(";32m") && !screen.contains(";36m") && screen.is_ascii(), "{screen}");
}

fn ended(child: Child) -> Output {
    child.wait_with_output().unwrap()
}

#[test]
fn without_a_terminal_there_are_lines() {
    let sandbox = Sandbox::new();
    let mut child = sandbox
        .command(CODECARBON)
        .arg("top")
        .args(FRANCE)
        .args(["--interval", "0.1"])
        .spawn()
        .unwrap();
    let line = first_line(&mut child);
    assert!(line.contains("CPU ") && line.contains("CO2eq in"), "{line}");
    signal(&child, libc::SIGTERM);
    let output = ended(child);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("nothing was saved"));
    assert!(sandbox.rows().is_empty());
    // A command's own output stays alone.
    let output = sandbox
        .command(CODECARBON)
        .args(["monitor", "--live", "--plain", "--interval", "0.1"])
        .args(FRANCE)
        .args(["--", "sh", "-c", "echo own; sleep 0.3; exit 3"])
        .output()
        .unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(3), b"own\n".as_slice()));
    assert!(stderr(&output).contains("  CPU "), "{}", stderr(&output));
}

#[test]
fn a_running_program_is_measured_until_it_ends() {
    let sandbox = Sandbox::new();
    let mut program = sandbox.command("sleep").arg("60").spawn().unwrap();
    // The light program becomes the other.
    let mut child = sandbox
        .command(MONITOR)
        .args(FRANCE)
        .args(["--interval", "0.1", "--pid", &program.id().to_string()])
        .spawn()
        .unwrap();
    let line = first_line(&mut child);
    assert!(line.contains("total "), "{line}");
    program.kill().unwrap();
    program.wait().unwrap();
    let output = ended(child);
    assert_eq!(output.status.code(), Some(0));
    let report = stderr(&output);
    let measured = format!("Measured: process {} (sleep 60) for ", program.id());
    assert!(report.contains(&measured) && report.contains("the process and all its"), "{report}");
    let rows = sandbox.rows();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].text("tracking_mode"), "process");
}

#[test]
fn what_cannot_be_shown_is_refused_with_a_hint() {
    let sandbox = Sandbox::new();
    let refused = |words: &[&str]| {
        let output = sandbox.command(CODECARBON).args(words).args(FRANCE).output().unwrap();
        (output.status.code(), stderr(&output))
    };
    let (code, text) = refused(&["top", "--pid", "4194999"]);
    assert_eq!(code, Some(1));
    assert!(text.contains("there is no process 4194999") && text.contains("hint: pgrep"), "{text}");
    for words in [
        &["top", "--pid", "0"][..],
        &["top", "--pid", "x"],
        &["monitor", "--plain"],
        &["monitor", "--interval", "1"],
        &["top", "--interval", "0"],
        &["top", "--service"],
        &["monitor", "--live", "--service"],
        &["top", "--interval", "nan"],
    ] {
        let (code, text) = refused(words);
        assert_eq!(code, Some(2), "{words:?}: {text}");
    }
    let both = ["top", "--pid", "1", "--", "true"];
    let output = sandbox.command(CODECARBON).args(both).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn outputs_that_are_asked_for_are_written_by_top_too() {
    let sandbox = Sandbox::new();
    std::fs::write(
        sandbox.home().join(".codecarbon.config"),
        "[codecarbon]\noutput_methods = csv\n",
    )
    .unwrap();
    let run = |options: &[&str]| {
        let mut command = sandbox.command(CODECARBON);
        command.arg("top").args(FRANCE).args(options).args(["--plain", "--", "true"]);
        assert_eq!(command.output().unwrap().status.code(), Some(0));
    };
    run(&[]);
    assert!(sandbox.rows().is_empty());
    run(&["--output-methods", "csv"]);
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn tasks_of_a_program_that_measures_itself_are_shown() {
    let sandbox = Sandbox::new();
    let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let hub = Hub::new(Tracked::at(machine.sysroot()), Sampling::Manual);
    let outputs = Outputs { methods: vec!["csv".to_owned()], ..Outputs::default() };
    let head = Head { program: "a test".to_owned(), pid: std::process::id(), outputs };
    let how = Following { head, mode: JournalMode::On, is_tended: false, ends_with_run: true };
    let kept = Keeper::new(directory(&sandbox)).follow(how).unwrap();
    let journal: Box<dyn Journal> = Box::new(kept.clone());
    let run = Tracker::new(&hub, Config::default()).with_journal(Some(journal)).start();
    for _ in 0..2 {
        run.task("train epoch").stop();
    }
    let mut onlooker = Onlooker::new(directory(&sandbox), 0);
    until("the tasks in the journal", || onlooker.look().any(|tasks| tasks.count == 2));
    let mut terminal = Terminal::running(&sandbox, &format!("{}; echo \"code $?\"", top("")));
    terminal.wait_for("total of this machine");
    wait_for_screen(&mut terminal, (140, 45), "train epoch 2 ");
    terminal.press("q");
    terminal.wait_for("code 0");
    terminal.end();
    run.discard();
}
