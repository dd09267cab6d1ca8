//! Starts the child: no shell, the standard streams, terminal and process group of this process,
//! and signals as they were found.
//!
//! Two ways, both borrowing the address space of this process until the exec (80 µs here, whatever
//! its size): `posix_spawn`, and, for a child that is to be born in a cgroup, `clone3`.

use std::ffi::{CString, OsString, c_char};
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use libc::{pid_t, sigset_t};

use super::environment::Environment;
use super::signals;
#[cfg(target_os = "linux")]
use super::vfork;

/// Becomes a program, which finds `SIGPIPE` as this process found it and the signals that are blocked
/// now; returns only to say why that is not possible.
pub fn exec(path: &Path, argv: &[OsString], pipes_ignored: bool) -> io::Error {
    // The mask is that of this process; what is said of it here is not used.
    let unused = signals::empty_set();
    let image = match Start::new(path, argv, FoundSignals { mask: &unused, pipes_ignored }) {
        Ok(image) => image,
        Err(error) => return error,
    };
    #[expect(unsafe_code, reason = "the standard library changes what signals do as it does this")]
    // SAFETY: path, arguments and environment are C strings and arrays that end with null, and they
    // outlive the call; nothing in this program changes the environment.
    unsafe {
        if !pipes_ignored {
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        }
        libc::execve(image.path.as_ptr(), image.pointers.as_ptr(), image.environment.pointer());
        let error = io::Error::last_os_error();
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        error
    }
}

/// How a program finds signals: as this process found them.
#[derive(Debug, Clone, Copy)]
pub struct FoundSignals<'a> {
    /// The blocked ones.
    pub mask: &'a sigset_t,
    /// Whether `SIGPIPE` is ignored.
    pub pipes_ignored: bool,
}

/// A program, its arguments and signals, as the kernel wants them.
#[derive(Debug)]
pub struct Start<'a> {
    path: CString,
    /// What `pointers` point into.
    _words: Vec<CString>,
    /// Ends with null.
    pointers: Vec<*const c_char>,
    environment: Environment,
    signals: FoundSignals<'a>,
}

impl<'a> Start<'a> {
    /// Of `path`, with `argv`, whose first word is what the user typed.
    pub fn new(path: &Path, argv: &[OsString], signals: FoundSignals<'a>) -> io::Result<Self> {
        let words =
            argv.iter().map(|w| CString::new(w.as_bytes())).collect::<Result<Vec<_>, _>>()?;
        let pointers = words.iter().map(|w| w.as_ptr()).chain([std::ptr::null()]).collect();
        Ok(Self {
            path: CString::new(path.as_os_str().as_bytes())?,
            _words: words,
            pointers,
            environment: Environment::of_this_process(),
            signals,
        })
    }

    /// Starts it. The child is this process's to reap; on failure nothing has started and the error
    /// is that of `exec`.
    pub fn spawn(&self) -> io::Result<pid_t> {
        let mut defaults = signals::empty_set();
        if !self.signals.pipes_ignored {
            signals::add(&mut defaults, libc::SIGPIPE);
        }
        let mut attributes = std::mem::MaybeUninit::uninit();
        let mut pid = 0;
        #[expect(unsafe_code, reason = "posix_spawn with a signal mask has no safe wrapper")]
        // SAFETY: the attributes are initialised before they are set and used; the arguments are an
        // array of C strings that ends with null and outlives the call, as does the environment; the
        // flags are within the range of a short.
        let code = unsafe {
            let code = libc::posix_spawnattr_init(attributes.as_mut_ptr());
            if code != 0 {
                return Err(io::Error::from_raw_os_error(code));
            }
            let mut attributes = attributes.assume_init();
            libc::posix_spawnattr_setsigmask(&raw mut attributes, self.signals.mask);
            libc::posix_spawnattr_setsigdefault(&raw mut attributes, &raw const defaults);
            let flags = libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_SETSIGDEF;
            libc::posix_spawnattr_setflags(&raw mut attributes, flags as libc::c_short);
            let code = libc::posix_spawn(
                &raw mut pid,
                self.path.as_ptr(),
                std::ptr::null(),
                &raw const attributes,
                self.pointers.as_ptr().cast(),
                self.environment.pointer().cast(),
            );
            libc::posix_spawnattr_destroy(&raw mut attributes);
            code
        };
        if code == 0 { Ok(pid) } else { Err(io::Error::from_raw_os_error(code)) }
    }

    /// Starts it in a cgroup; otherwise like [`spawn`](Self::spawn). `Err(None)` when the kernel
    /// does not start processes in this cgroup (before 5.7, a filter, no rights): then nothing was
    /// tried and `spawn` may do.
    #[cfg(target_os = "linux")]
    pub fn spawn_in(&self, cgroup: BorrowedFd<'_>) -> Result<pid_t, Option<io::Error>> {
        let image = vfork::Image {
            path: self.path.as_ptr(),
            arguments: self.pointers.as_ptr(),
            environment: self.environment.pointer(),
            mask: self.signals.mask,
            pipes_ignored: self.signals.pipes_ignored,
        };
        #[expect(unsafe_code, reason = "the image is made of pointers")]
        // SAFETY: path, arguments and environment are C strings and arrays that end with null, and
        // they outlive the call.
        unsafe {
            vfork::start_in(cgroup, &image)
        }
    }

    /// Nothing starts in a cgroup where there are none.
    #[cfg(not(target_os = "linux"))]
    pub fn spawn_in(&self, _: BorrowedFd<'_>) -> Result<pid_t, Option<io::Error>> {
        Err(None)
    }
}
