//! The few calls of CoreFoundation that reading IOReport takes, opened at run time.

#![expect(unsafe_code, reason = "CoreFoundation is a C library")]

use std::ffi::{CString, c_char, c_long, c_void};

use libloading::Library;

/// Any object of CoreFoundation.
pub(super) type Object = *const c_void;

const PATH: &str = "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation";

/// `kCFStringEncodingUTF8`.
const UTF8: u32 = 0x0800_0100;

/// Longer than any name of a channel.
const LONGEST_TEXT: c_long = 256;

/// The library and its functions.
pub(super) struct CoreFoundation {
    release: unsafe extern "C" fn(Object),
    string: unsafe extern "C" fn(Object, *const c_char, u32) -> Object,
    text: unsafe extern "C" fn(Object, *mut c_char, c_long, u32) -> u8,
    value: unsafe extern "C" fn(Object, Object) -> Object,
    count: unsafe extern "C" fn(Object) -> c_long,
    item: unsafe extern "C" fn(Object, c_long) -> Object,
    /// Keeps the functions where they are.
    _library: Library,
}

impl CoreFoundation {
    /// Opens it.
    pub(super) fn open() -> Result<Self, libloading::Error> {
        // SAFETY: a library of the system whose start has no effect of its own; the types are those
        // of its headers.
        unsafe {
            let library = Library::new(PATH)?;
            Ok(Self {
                release: *library.get(b"CFRelease\0")?,
                string: *library.get(b"CFStringCreateWithCString\0")?,
                text: *library.get(b"CFStringGetCString\0")?,
                value: *library.get(b"CFDictionaryGetValue\0")?,
                count: *library.get(b"CFArrayGetCount\0")?,
                item: *library.get(b"CFArrayGetValueAtIndex\0")?,
                _library: library,
            })
        }
    }

    /// A new string, to be released; null when the text holds a zero.
    pub(super) fn string(&self, text: &str) -> Object {
        let Ok(text) = CString::new(text) else { return std::ptr::null() };
        // SAFETY: a null allocator is the default one; the text outlives the call.
        unsafe { (self.string)(std::ptr::null(), text.as_ptr(), UTF8) }
    }

    /// The text of a string object; empty for null and for what does not fit.
    ///
    /// # Safety
    /// `string` is null or a living string.
    pub(super) unsafe fn text(&self, string: Object) -> String {
        if string.is_null() {
            return String::new();
        }
        let mut bytes = [0_u8; LONGEST_TEXT as usize];
        // SAFETY: the buffer has the size that is told; the string lives.
        let has_text =
            unsafe { (self.text)(string, bytes.as_mut_ptr().cast(), LONGEST_TEXT, UTF8) } != 0;
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        if has_text { String::from_utf8_lossy(text).into_owned() } else { String::new() }
    }

    /// Items of the array that a dictionary holds under a key.
    ///
    /// # Safety
    /// `dictionary` is a living dictionary with string keys whose value under `key` is an array.
    pub(super) unsafe fn items(&self, dictionary: Object, key: Object) -> Vec<Object> {
        // SAFETY: by the contract of this function; the array lives as long as the dictionary.
        unsafe {
            let array = (self.value)(dictionary, key);
            if array.is_null() {
                return Vec::new();
            }
            (0..(self.count)(array)).map(|at| (self.item)(array, at)).collect()
        }
    }

    /// Gives an object back; null is nothing to give.
    ///
    /// # Safety
    /// `object` is null or an object that we own, and is not used again.
    pub(super) unsafe fn release(&self, object: Object) {
        if !object.is_null() {
            // SAFETY: by the contract of this function.
            unsafe { (self.release)(object) }
        }
    }
}
