//! Messages to the firmware of a Raspberry Pi, by the mailbox that the kernel shows as a device.
//!
//! A message is an array of 32-bit words that the firmware fills in place: length, status, then one
//! tag with the text of the command, which the answer replaces. Layout and numbers are those of
//! `vcgencmd` (raspberrypi/utils). Building and reading messages is the same everywhere; sending one
//! is an `ioctl` of Linux.

use crate::meter::ReadError;
use crate::sysroot::SysRoot;

/// Tag of a command in text.
const COMMAND: u32 = 0x0003_0080;

/// Status of a message that the firmware has carried out.
const DONE: u32 = 0x8000_0000;

/// Bytes for command and answer; the answer to `pmic_read_adc` has some 900.
const TEXT_BYTES: usize = 4096;

/// Words before the text: length, status, tag, room, length of the answer, error.
const TEXT_AT: usize = 6;

/// Why a message brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailboxError {
    /// The firmware did not carry it out.
    #[error("the firmware refuses (status {0:#x})")]
    Refused(u32),
    /// The command failed.
    #[error("the command fails (error {0})")]
    Failed(u32),
}

/// A message, before or after it was exchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    words: Vec<u32>,
}

impl Message {
    /// Asks for a command; only as much of it as fits.
    pub fn asking(command: &str) -> Self {
        let mut words = vec![0; TEXT_AT + TEXT_BYTES / 4 + 1];
        words[0] = (words.len() * 4) as u32;
        words[2] = COMMAND;
        words[3] = TEXT_BYTES as u32;
        let bytes = command.as_bytes();
        for (at, byte) in bytes.iter().take(TEXT_BYTES - 1).enumerate() {
            words[TEXT_AT + at / 4] |= u32::from(*byte) << (8 * (at % 4));
        }
        Self { words }
    }

    /// The words that the firmware reads and writes; their number is the first of them.
    pub fn words(&mut self) -> &mut [u32] {
        &mut self.words
    }

    /// The text of the answer, as far as its first zero.
    pub fn answer(&self) -> Result<String, MailboxError> {
        if self.words[1] != DONE {
            return Err(MailboxError::Refused(self.words[1]));
        }
        if self.words[5] != 0 {
            return Err(MailboxError::Failed(self.words[5]));
        }
        let text = &self.words[TEXT_AT..TEXT_AT + TEXT_BYTES / 4];
        let bytes: Vec<u8> =
            text.iter().flat_map(|word| word.to_le_bytes()).take_while(|byte| *byte != 0).collect();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Carries messages to a firmware and back.
pub trait Firmware: Send {
    /// Sends the message and waits for its answer, which replaces it.
    fn exchange(&mut self, message: &mut Message) -> Result<(), ReadError>;
}

/// Opens the mailbox: the device that takes commands only, else the one for everything.
#[cfg(target_os = "linux")]
pub(super) fn open(root: &SysRoot) -> Result<Box<dyn Firmware>, ReadError> {
    let open = |path: &str| {
        let path = root.path(path);
        match std::fs::File::open(&path) {
            Ok(file) => Ok(device::Mailbox { path: path.display().to_string(), file }),
            Err(source) => Err(ReadError::Io { path: path.display().to_string(), source }),
        }
    };
    let mailbox = open("dev/vcio_gencmd").or_else(|_| open("dev/vcio"))?;
    Ok(Box::new(mailbox))
}

/// Only Linux shows the mailbox.
#[cfg(not(target_os = "linux"))]
pub(super) fn open(_: &SysRoot) -> Result<Box<dyn Firmware>, ReadError> {
    Err(ReadError::Missing { what: "the mailbox of the firmware" })
}

#[cfg(target_os = "linux")]
mod device {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsRawFd;

    use super::{Firmware, Message};
    use crate::meter::ReadError;

    /// `_IOWR(100, 0, char *)`: read and write, the size of a pointer.
    const EXCHANGE: u64 = 3 << 30 | (size_of::<*const u8>() as u64) << 16 | 100 << 8;

    pub(super) struct Mailbox {
        pub(super) path: String,
        pub(super) file: File,
    }

    impl Firmware for Mailbox {
        fn exchange(&mut self, message: &mut Message) -> Result<(), ReadError> {
            let words = message.words();
            #[expect(unsafe_code, reason = "an ioctl has no safe wrapper in the standard library")]
            // SAFETY: the driver reads the length from the first word, which is that of the buffer,
            // and writes no further; another driver refuses the number.
            let result =
                unsafe { libc::ioctl(self.file.as_raw_fd(), EXCHANGE as _, words.as_mut_ptr()) };
            if result < 0 {
                let source = io::Error::last_os_error();
                return Err(ReadError::Io { path: self.path.clone(), source });
            }
            Ok(())
        }
    }
}
