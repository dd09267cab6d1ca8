//! On a terminal: Ctrl-C reaches the command once, Ctrl-Z stops both and `fg` brings them back.
//!
//! The terminal is a pseudo-terminal whose session is led by a shell with job control, as in life.

#![expect(unsafe_code, reason = "pseudo-terminals have no safe wrapper in the standard library")]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};

use crate::sandbox::{FRANCE, MONITOR, Sandbox};

/// A terminal, what it has shown, and the shell on it.
pub(crate) struct Terminal {
    keyboard_and_screen: File,
    shown: String,
    shell: Child,
}

impl Terminal {
    /// A terminal on which a shell with job control runs a script.
    pub(crate) fn running(sandbox: &Sandbox, script: &str) -> Self {
        let (mut controller, mut terminal) = (-1, -1);
        // SAFETY: room for two descriptors, which are new and ours on success; no name, modes or
        // size are asked for.
        let (controller, terminal) = unsafe {
            let result = libc::openpty(
                &raw mut controller,
                &raw mut terminal,
                std::ptr::null_mut(),
                std::ptr::null(),
                std::ptr::null(),
            );
            assert_eq!(result, 0);
            (OwnedFd::from_raw_fd(controller), OwnedFd::from_raw_fd(terminal))
        };
        let stream = || Stdio::from(terminal.try_clone().unwrap());
        let mut command = sandbox.command("sh");
        command.args(["-c", &format!("set -m; {script}")]);
        command.stdin(stream()).stdout(stream()).stderr(stream());
        // SAFETY: both calls are async-signal-safe: a new session takes standard input as its
        // terminal.
        unsafe {
            command.pre_exec(|| {
                if libc::setsid() < 0 || libc::ioctl(0, libc::TIOCSCTTY, 0) < 0 {
                    return Err(std::io::Error::last_os_error());
                }
                Ok(())
            });
        }
        let shell = command.spawn().unwrap();
        Self { keyboard_and_screen: File::from(controller), shown: String::new(), shell }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard_and_screen.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads the screen until it shows a text.
    pub(crate) fn wait_for(&mut self, text: &str) {
        while !self.shown.contains(text) {
            let mut buffer = [0; 1024];
            let length = self.keyboard_and_screen.read(&mut buffer).unwrap_or(0);
            assert!(length > 0, "{text:?} never came in {:?}", self.shown);
            self.shown.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
    }

    /// Forgets what it has shown, so that the next text that is waited for is a new one.
    pub(crate) fn forget(&mut self) {
        self.shown.clear();
    }

    /// Forgets what came before a text.
    pub(crate) fn forget_before(&mut self, text: &str) {
        if let Some(start) = self.shown.rfind(text) {
            self.shown.drain(..start);
        }
    }

    /// Has another size from now on, of which the kernel tells who runs on it.
    pub(crate) fn resize(&self, columns: u16, lines: u16) {
        let size = libc::winsize { ws_row: lines, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        // SAFETY: passes an initialised winsize.
        let result = unsafe {
            libc::ioctl(self.keyboard_and_screen.as_raw_fd(), libc::TIOCSWINSZ, &raw const size)
        };
        assert_eq!(result, 0);
    }

    /// What it has shown so far.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether keys are read one by one rather than in lines.
    pub(crate) fn reads_single_keys(&self) -> bool {
        let mut modes = std::mem::MaybeUninit::<libc::termios>::zeroed();
        // SAFETY: room for one struct of plain integers, for which zeros are valid.
        let modes = unsafe {
            assert_eq!(
                libc::tcgetattr(self.keyboard_and_screen.as_raw_fd(), modes.as_mut_ptr()),
                0
            );
            modes.assume_init()
        };
        modes.c_lflag & libc::ICANON == 0
    }

    pub(crate) fn end(mut self) -> String {
        let mut buffer = [0; 1024];
        // The last reader of a closed terminal gets an error.
        while let Ok(length @ 1..) = self.keyboard_and_screen.read(&mut buffer) {
            self.shown.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
        assert!(self.shell.wait().unwrap().success());
        self.shown
    }
}

fn monitor(script: &str) -> String {
    format!("{MONITOR} {} -- sh -c '{script}'", FRANCE.join(" "))
}

#[test]
fn ctrl_c_reaches_the_command_once_and_its_answer_counts() {
    let sandbox = Sandbox::new();
    let command = monitor(
        "trap \"echo caught; n=\\$((n+1)); [ \\$n = 1 ] || echo aga\"\"in\" INT; echo ready; read line; \
         while [ \"$line\" != go ]; do read line; done; exit 9",
    );
    let mut terminal = Terminal::running(&sandbox, &format!("{command}; echo \"code $?\""));
    terminal.wait_for("ready");
    terminal.press("\x03");
    terminal.wait_for("caught");
    terminal.press("go\n");
    terminal.wait_for("code 9");
    let shown = terminal.end();
    assert!(!shown.contains("again"), "{shown}");
    assert!(shown.contains("CodeCarbon Emissions Report"), "{shown}");
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn a_command_that_ctrl_c_ends_is_reported_as_130() {
    let sandbox = Sandbox::new();
    let command = monitor("echo ready; exec sleep 60");
    let mut terminal = Terminal::running(&sandbox, &format!("{command}; echo \"code $?\""));
    terminal.wait_for("ready");
    terminal.press("\x03");
    terminal.wait_for("code 130");
    terminal.end();
    assert_eq!(sandbox.rows().len(), 1);
}

#[test]
fn ctrl_z_stops_both_and_fg_brings_them_back() {
    let sandbox = Sandbox::new();
    let command = monitor("echo ready; read line; echo \"got $line\"; exit 5");
    let script = format!("{command}; echo \"stopped $?\"; fg; echo \"code $?\"");
    let mut terminal = Terminal::running(&sandbox, &script);
    terminal.wait_for("ready");
    terminal.press("\x1a");
    terminal.wait_for("stopped 14");
    terminal.press("hello\n");
    terminal.wait_for("got hello");
    terminal.wait_for("code 5");
    terminal.end();
    assert_eq!(sandbox.rows().len(), 1);
}
