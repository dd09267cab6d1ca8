//! The lock by which a journal is known to be of a program that still runs.
//!
//! It is a record lock of the process (`fcntl`), not one of the open file (`flock`): a process that the
//! program forks has none of it, so that the journal of a program that was killed is free although its
//! workers live on. The system gives it back however the process ends. It is also given back when the
//! process closes the file by any other handle, so nothing here opens its own journals twice.

use std::fs::File;
use std::io;

/// Takes the lock; false if another process has it.
///
/// # Errors
/// The file system has no locks.
#[cfg(unix)]
pub(crate) fn try_lock(file: &File) -> io::Result<bool> {
    use std::os::fd::AsRawFd;
    let whole = libc::flock {
        l_type: libc::F_WRLCK as _,
        l_whence: libc::SEEK_SET as _,
        l_start: 0,
        l_len: 0,
        ..empty()
    };
    #[expect(unsafe_code, reason = "the standard library only has the lock of the open file")]
    // SAFETY: the call reads the structure, which lives through it, and touches no other memory.
    let result = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw const whole) };
    if result == 0 {
        return Ok(true);
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        Some(libc::EACCES | libc::EAGAIN) => Ok(false),
        _ => Err(error),
    }
}

/// A structure whose fields differ between systems, all zero.
#[cfg(unix)]
fn empty() -> libc::flock {
    #[expect(unsafe_code, reason = "its fields are not the same everywhere")]
    // SAFETY: plain numbers, for which zero is a value.
    unsafe {
        std::mem::zeroed()
    }
}

/// Takes the lock; false if another process has it.
///
/// # Errors
/// The file system has no locks.
#[cfg(not(unix))]
pub(crate) fn try_lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}
