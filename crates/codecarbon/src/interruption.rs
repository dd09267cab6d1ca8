//! Ctrl-C for commands that ask and wait: the terminal is put right, and the last word says what
//! became of things.

use std::mem::MaybeUninit;
use std::thread;

use crate::command::signals::Signals;
use crate::console::Console;
use crate::exit::CommandError;

/// Exit code of a command that Ctrl-C ended, as shells have it.
const INTERRUPTED: u8 = 130;

/// Shows the cursor, which a list of choices hides while it is up.
const SHOW_CURSOR: &str = "\x1b[?25h";

/// From now on Ctrl-C ends the process with this message and exit code 130. An interrupt that was
/// ignored when the program started stays ignored.
pub(crate) fn end_with(message: &'static str, console: Console) -> Result<(), CommandError> {
    let fault = |error| CommandError::system(format!("signals cannot be taken over: {error}"));
    let signals = Signals::take_over(&[libc::SIGINT]).map_err(fault)?;
    let modes = modes();
    thread::Builder::new()
        .name("interrupt".into())
        .spawn(move || {
            while signals.wait(None).is_ok() {
                while let Ok(Some(arrived)) = signals.next() {
                    if arrived.signal == libc::SIGINT {
                        // Held to the end, so that no question hides the cursor after this.
                        let _screen = std::io::stderr().lock();
                        if let Some(modes) = &modes {
                            set_modes(modes);
                        }
                        if console.colours() {
                            console.print(SHOW_CURSOR);
                        }
                        console.print("\n");
                        console.error(&error(message));
                        std::process::exit(i32::from(INTERRUPTED));
                    }
                }
            }
        })
        .map_err(fault)?;
    Ok(())
}

/// Modes of the terminal on standard input; `None` where there is none.
fn modes() -> Option<libc::termios> {
    let mut modes = MaybeUninit::<libc::termios>::zeroed();
    #[expect(unsafe_code, reason = "tcgetattr has no safe wrapper")]
    // SAFETY: room for one struct of plain integers, for which zeros are valid.
    unsafe {
        (libc::tcgetattr(libc::STDIN_FILENO, modes.as_mut_ptr()) == 0).then(|| modes.assume_init())
    }
}

/// Sets them again: a question reads single keys while it waits.
fn set_modes(modes: &libc::termios) {
    #[expect(unsafe_code, reason = "tcsetattr has no safe wrapper")]
    // SAFETY: an initialised struct that outlives the call; a failure changes nothing.
    unsafe {
        libc::tcsetattr(libc::STDIN_FILENO, libc::TCSANOW, modes);
    }
}

/// What a command that was interrupted ends with.
pub(crate) fn error(message: &str) -> CommandError {
    CommandError::with_code(INTERRUPTED, message).hint("the command can be run again at any time")
}
