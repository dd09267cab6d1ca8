//! The terminal while the view is on it: keys one by one, another screen, no cursor; and as it was
//! afterwards, however the view ends.
//!
//! `/dev/tty` is opened anew for it, so that nothing which is set on a descriptor here is seen by the
//! command that is measured. Keys that signal (Ctrl-C, Ctrl-Z) go on doing that.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::{Mutex, Once, PoisonError};

use ratatui_core::layout::Size;

/// Another screen, no cursor.
const ENTER: &str = "\x1b[?1049h\x1b[?25l\x1b[2J";
/// Plain text, the cursor, the screen as it was.
const LEAVE: &str = "\x1b[0m\x1b[?25h\x1b[?1049l";

/// What a panic has to restore before its message is printed.
static ENTERED: Mutex<Option<(RawFd, libc::termios)>> = Mutex::new(None);

/// A terminal.
#[derive(Debug)]
pub(super) struct Tty {
    screen: File,
    keys: File,
    /// Modes as they were found; `None` while the terminal is as it was.
    found: Option<libc::termios>,
}

impl Tty {
    /// The terminal of this process; nothing is changed yet.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn open() -> io::Result<Self> {
        Self::at(Path::new("/dev/tty"))
    }

    fn at(path: &Path) -> io::Result<Self> {
        let open = |flags| {
            OpenOptions::new()
                .read(true)
                .write(true)
                .custom_flags(libc::O_NOCTTY | flags)
                .open(path)
        };
        Ok(Self { screen: open(0)?, keys: open(libc::O_NONBLOCK)?, found: None })
    }

    /// Takes the terminal over.
    pub(super) fn enter(&mut self) -> io::Result<()> {
        if self.found.is_some() {
            return Ok(());
        }
        restore_before_panics_are_told();
        let found = modes(self.screen.as_raw_fd())?;
        let mut wanted = found;
        wanted.c_lflag &= !(libc::ICANON | libc::ECHO);
        wanted.c_cc[libc::VMIN] = 1;
        wanted.c_cc[libc::VTIME] = 0;
        set_modes(self.screen.as_raw_fd(), &wanted)?;
        self.found = Some(found);
        *entered() = Some((self.screen.as_raw_fd(), found));
        self.screen.write_all(ENTER.as_bytes())
    }

    /// Gives it back as it was found. A terminal that has gone away is left alone.
    pub(super) fn leave(&mut self) {
        if let Some(found) = self.found.take() {
            *entered() = None;
            let _ = self.screen.write_all(LEAVE.as_bytes());
            let _ = set_modes(self.screen.as_raw_fd(), &found);
        }
    }

    /// Whether the view is on it.
    pub(super) fn is_entered(&self) -> bool {
        self.found.is_some()
    }

    /// Its columns and lines; those of old terminals where it does not tell, as over serial lines.
    pub(super) fn size(&self) -> Size {
        let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
        #[expect(unsafe_code, reason = "the size of a terminal is told by ioctl alone")]
        // SAFETY: the call fills a winsize, and fails on what is no terminal.
        unsafe {
            libc::ioctl(self.screen.as_raw_fd(), libc::TIOCGWINSZ, &raw mut size);
        }
        if size.ws_col == 0 || size.ws_row == 0 {
            return Size { width: 80, height: 24 };
        }
        Size { width: size.ws_col, height: size.ws_row }
    }

    /// Writes to it, all at once.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.screen.write_all(bytes)
    }

    /// What was typed since the last call, if anything.
    ///
    /// # Errors
    /// The terminal has gone away.
    pub(super) fn typed(&mut self) -> io::Result<Vec<u8>> {
        let mut buffer = [0; 256];
        match self.keys.read(&mut buffer) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => Ok(buffer[..length].to_vec()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Vec::new()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// What to wait for keys on.
    pub(super) fn descriptor(&self) -> RawFd {
        self.keys.as_raw_fd()
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        self.leave();
    }
}

fn entered() -> std::sync::MutexGuard<'static, Option<(RawFd, libc::termios)>> {
    ENTERED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has a panic give the terminal back before it says anything, which would go with the screen.
fn restore_before_panics_are_told() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if let Some((descriptor, found)) = entered().take() {
                #[expect(unsafe_code, reason = "the descriptor's owner is elsewhere on the stack")]
                // SAFETY: writes from a constant; the descriptor is open as long as it stands here.
                unsafe {
                    libc::write(descriptor, LEAVE.as_ptr().cast(), LEAVE.len());
                }
                let _ = set_modes(descriptor, &found);
            }
            tell(panic);
        }));
    });
}

fn modes(descriptor: RawFd) -> io::Result<libc::termios> {
    let mut modes = MaybeUninit::<libc::termios>::zeroed();
    #[expect(unsafe_code, reason = "tcgetattr has no safe wrapper")]
    // SAFETY: room for one struct of plain integers, for which zeros are valid.
    unsafe {
        if libc::tcgetattr(descriptor, modes.as_mut_ptr()) == 0 {
            Ok(modes.assume_init())
        } else {
            Err(io::Error::last_os_error())
        }
    }
}

fn set_modes(descriptor: RawFd, modes: &libc::termios) -> io::Result<()> {
    #[expect(unsafe_code, reason = "tcsetattr has no safe wrapper")]
    // SAFETY: an initialised struct that outlives the call.
    let result = unsafe { libc::tcsetattr(descriptor, libc::TCSADRAIN, modes) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsFd, OwnedFd};

    use super::super::pty::Pty;
    use super::*;

    /// A terminal without a session, by the path of its end.
    fn terminal() -> (Pty, OwnedFd, Tty) {
        let (pty, end) = Pty::open(Size { width: 80, height: 24 }).unwrap();
        let path = format!("/proc/self/fd/{}", end.as_raw_fd());
        let tty = Tty::at(Path::new(&path)).unwrap();
        (pty, end, tty)
    }

    fn reads_lines(end: &OwnedFd) -> bool {
        modes(end.as_fd().as_raw_fd()).unwrap().c_lflag & libc::ICANON != 0
    }

    #[test]
    fn the_terminal_is_as_it_was_after_the_view_and_after_a_panic() {
        let (mut pty, end, mut tty) = terminal();
        assert_eq!(tty.size(), Size { width: 80, height: 24 });
        tty.enter().unwrap();
        assert!(tty.is_entered() && !reads_lines(&end));
        drop(tty);
        assert!(reads_lines(&end));
        let shown = pty.read().unwrap();
        assert!(shown.starts_with(ENTER.as_bytes()) && shown.ends_with(LEAVE.as_bytes()));

        let path = format!("/proc/self/fd/{}", end.as_raw_fd());
        let result = std::panic::catch_unwind(|| {
            let mut tty = Tty::at(Path::new(&path)).unwrap();
            tty.enter().unwrap();
            panic!("told on a terminal that is as it was");
        });
        assert!(result.is_err() && reads_lines(&end));
    }
}
