//! The environment that programs are started with: the one that this process was started with, whole.
//!
//! A program that has a capability of its own, as `codecarbon doctor --fix` may give it, is started in
//! the C library's secure mode, which takes variables such as `LD_LIBRARY_PATH` and `TMPDIR` out of its
//! environment. They were not meant for us, and the program that is measured needs them; the kernel
//! still has them.

use std::ffi::{CString, c_char};

#[expect(unsafe_code, reason = "the standard library does not tell where the environment is")]
unsafe extern "C" {
    /// The environment of this process, as the C library keeps it.
    static environ: *const *const c_char;
}

/// Variables as `exec` takes them.
#[derive(Debug)]
pub(super) enum Environment {
    /// Those of the C library.
    Ours,
    /// Those that the kernel has; the pointers end with null and point into the words.
    Restored { _words: Vec<CString>, pointers: Vec<*const c_char> },
}

impl Environment {
    /// That of this process. Costs nothing, or in secure mode the read of a file.
    #[cfg(target_os = "linux")]
    pub(super) fn of_this_process() -> Self {
        #[expect(unsafe_code, reason = "getauxval has no safe wrapper")]
        // SAFETY: takes a number and touches no memory of ours.
        let is_secure = unsafe { libc::getauxval(libc::AT_SECURE) } != 0;
        let kept = is_secure.then(kept_by_the_kernel).flatten();
        kept.map_or(Self::Ours, |bytes| Self::restored(&bytes))
    }

    /// That of this process. Only Linux has programs with capabilities.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn of_this_process() -> Self {
        Self::Ours
    }

    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing to restore from"))]
    fn restored(bytes: &[u8]) -> Self {
        let words = bytes.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        let words: Vec<CString> = words.filter_map(|word| CString::new(word).ok()).collect();
        let pointers = words.iter().map(|w| w.as_ptr()).chain([std::ptr::null()]).collect();
        Self::Restored { _words: words, pointers }
    }

    /// What `exec` takes; valid as long as this lives, for nothing in this program changes the
    /// environment.
    pub(super) fn pointer(&self) -> *const *const c_char {
        match self {
            #[expect(unsafe_code, reason = "reads a variable of the C library")]
            // SAFETY: nothing in this program changes the environment.
            Self::Ours => unsafe { environ },
            Self::Restored { pointers, .. } => pointers.as_ptr(),
        }
    }
}

/// What the kernel keeps of the environment at the start. In secure mode our files below `/proc` are
/// root's, except while the process says that others may look at it.
#[cfg(target_os = "linux")]
fn kept_by_the_kernel() -> Option<Vec<u8>> {
    const OPEN: libc::c_ulong = 1;
    #[expect(unsafe_code, reason = "prctl has no safe wrapper")]
    // SAFETY: takes numbers and touches no memory of ours.
    let set = |value: libc::c_ulong| unsafe { libc::prctl(libc::PR_SET_DUMPABLE, value, 0, 0, 0) };
    #[expect(unsafe_code, reason = "prctl has no safe wrapper")]
    // SAFETY: as above.
    let before = unsafe { libc::prctl(libc::PR_GET_DUMPABLE, 0, 0, 0, 0) };
    set(OPEN);
    let kept = std::fs::read("/proc/self/environ").ok();
    if before == 0 {
        set(0);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_kernel_has_is_restored_in_order() {
        let Environment::Restored { _words: words, pointers } =
            Environment::restored(b"A=1\0B=\xff\0")
        else {
            unreachable!("it is restored");
        };
        let words: Vec<&[u8]> = words.iter().map(CString::as_bytes).collect();
        assert_eq!(words, [b"A=1" as &[u8], b"B=\xff"]);
        assert!(pointers.len() == 3 && pointers[2].is_null());
    }

    #[test]
    fn a_program_without_capabilities_has_its_own() {
        assert!(matches!(Environment::of_this_process(), Environment::Ours));
    }
}
