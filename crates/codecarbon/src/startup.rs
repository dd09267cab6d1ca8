//! The very start of a program, in place of Rust's own.
//!
//! Rust's start-up looks for the end of the stack in `/proc/self/maps` and sets up handlers for its
//! overflow; for a program that often runs for two milliseconds that is a twentieth of its time
//! (0.08 to 0.15 ms here). It would also make `SIGPIPE` ignored before anybody could see how it was
//! found, which the wrapped program must get back. What of it is needed is done here.

use std::ffi::{CStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStringExt;

/// Makes a function of [`Startup`] to exit code the `main` of a program.
#[macro_export]
macro_rules! entry {
    ($run:path) => {
        #[expect(unsafe_code, reason = "the C library looks for this name and these arguments")]
        // SAFETY: no other function of the program has this name; it does not unwind, as every
        // panic is caught in the function that it calls. The C library passes the program's
        // arguments, which live as long as it.
        #[unsafe(no_mangle)]
        extern "C" fn main(
            count: ::std::ffi::c_int,
            words: *const *const ::std::ffi::c_char,
        ) -> ::std::ffi::c_int {
            let startup = unsafe { $crate::startup::Startup::new(count, words) };
            ::std::ffi::c_int::from($run(startup))
        }
    };
}

/// What a program was started with that only its start can tell.
#[derive(Debug)]
pub struct Startup {
    /// Arguments without the program's own name.
    pub arguments: Vec<OsString>,
    /// Whether `SIGPIPE` was ignored already.
    pub pipes_ignored: bool,
}

impl Startup {
    /// Opens standard streams that are closed, so that no file of ours becomes one, and ignores
    /// `SIGPIPE`, so that a reader that goes away is an error to handle and not our end.
    ///
    /// # Safety
    /// `words` are `count` C strings.
    #[expect(unsafe_code, reason = "takes what the C library passes to main")]
    pub unsafe fn new(count: c_int, words: *const *const c_char) -> Self {
        for stream in 0..=2 {
            // SAFETY: asks for the flags of a descriptor, which may be closed; opening gives the
            // lowest free descriptor, which is that one.
            unsafe {
                if libc::fcntl(stream, libc::F_GETFD) < 0 {
                    libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
                }
            }
        }
        let count = usize::try_from(count).unwrap_or(0);
        // SAFETY: the caller passes so many C strings.
        let word = |index| unsafe { CStr::from_ptr(*words.add(index)) };
        // SAFETY: no other thread runs yet, and no handler is replaced by one of ours.
        let found = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
        Self {
            arguments: (1..count)
                .map(|i| OsString::from_vec(word(i).to_bytes().to_vec()))
                .collect(),
            pipes_ignored: found == libc::SIG_IGN,
        }
    }
}
