//! What both sides of the C border need: finding one's own file, and copying text out.

use std::ffi::{CStr, OsStr, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// Directory of the shared library that holds `function`.
#[expect(unsafe_code, reason = "only the dynamic loader knows where a library was loaded from")]
pub(crate) fn directory_of(function: *const ()) -> Option<PathBuf> {
    // SAFETY: all-zero bytes are a valid `Dl_info`, and the call only fills it.
    let info = unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        (libc::dladdr(function.cast(), &raw mut info) != 0).then_some(info)
    }?;
    // SAFETY: on success `dli_fname` is a C string that lives as long as the library.
    let file = unsafe { CStr::from_ptr(info.dli_fname) };
    Some(PathBuf::from(OsStr::from_bytes(file.to_bytes())).parent()?.to_owned())
}

/// Copies text with its terminating zero into a caller's buffer; `false` if it does not fit.
///
/// # Safety
///
/// `buffer` points to `length` writable bytes.
#[expect(unsafe_code, reason = "C passes buffers as pointer and length")]
pub(crate) unsafe fn copy_out(text: &str, buffer: *mut c_char, length: usize) -> bool {
    if text.len() >= length {
        return false;
    }
    // SAFETY: the caller promises `length` bytes, and the text and its zero are no longer.
    unsafe {
        std::ptr::copy_nonoverlapping(text.as_ptr(), buffer.cast(), text.len());
        buffer.add(text.len()).write(0);
    }
    true
}
