//! A terminal of our own making, which the command writes to while the view has the real one.

use std::fs::File;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use ratatui_core::layout::Size;

/// The side from which what was written is read.
#[derive(Debug)]
pub(super) struct Pty {
    controller: File,
}

impl Pty {
    /// A terminal of this size, and the end that a command writes to. Neither is inherited.
    pub(super) fn open(size: Size) -> io::Result<(Self, OwnedFd)> {
        let (mut controller, mut end) = (-1, -1);
        let mut room = window(size);
        #[expect(unsafe_code, reason = "pseudo-terminals have no safe wrapper")]
        // SAFETY: room for two descriptors, which are new and ours on success; neither name nor modes
        // are asked for; flags and modes are those of descriptors of ours, and the struct of modes is
        // plain integers, filled by the first call.
        unsafe {
            let result = libc::openpty(
                &raw mut controller,
                &raw mut end,
                std::ptr::null_mut(),
                std::ptr::null_mut(),
                &raw mut room,
            );
            if result != 0 {
                return Err(io::Error::last_os_error());
            }
            libc::fcntl(controller, libc::F_SETFD, libc::FD_CLOEXEC);
            libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC);
            libc::fcntl(controller, libc::F_SETFL, libc::O_RDWR | libc::O_NONBLOCK);
            let mut modes = MaybeUninit::<libc::termios>::zeroed();
            if libc::tcgetattr(end, modes.as_mut_ptr()) == 0 {
                let mut modes = modes.assume_init();
                // What is written is read as it is; the real terminal does what is left out here.
                modes.c_oflag &= !libc::OPOST;
                libc::tcsetattr(end, libc::TCSANOW, &raw const modes);
            }
            let controller = File::from(OwnedFd::from_raw_fd(controller));
            Ok((Self { controller }, OwnedFd::from_raw_fd(end)))
        }
    }

    /// Tells who writes that the terminal has another size.
    pub(super) fn resize(&self, size: Size) {
        let room = window(size);
        #[expect(unsafe_code, reason = "the size of a terminal is set by ioctl alone")]
        // SAFETY: passes an initialised winsize; a failure changes nothing.
        unsafe {
            libc::ioctl(self.controller.as_raw_fd(), libc::TIOCSWINSZ, &raw const room);
        }
    }

    /// What was written since the last call; `None` once nobody is left to write.
    pub(super) fn read(&mut self) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        let mut buffer = [0; 4096];
        // A flood must not keep the view from its other work.
        while all.len() < 256 * 1024 {
            match self.controller.read(&mut buffer) {
                Ok(length @ 1..) => all.extend_from_slice(&buffer[..length]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Some(all),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The last writer of a terminal that closes it is an error to its reader.
                Ok(0) | Err(_) => return (!all.is_empty()).then_some(all),
            }
        }
        Some(all)
    }

    /// What to wait for output on.
    pub(super) fn descriptor(&self) -> RawFd {
        self.controller.as_raw_fd()
    }
}

fn window(size: Size) -> libc::winsize {
    libc::winsize { ws_row: size.height, ws_col: size.width, ws_xpixel: 0, ws_ypixel: 0 }
}
