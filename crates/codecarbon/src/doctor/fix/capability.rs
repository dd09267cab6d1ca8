//! The capabilities of a program file, as the attribute `security.capability` holds them: the
//! revision with the effective bit, then permitted and inheritable capabilities in two words each
//! (`struct vfs_cap_data`, `linux/capability.h`).

#[cfg(target_os = "linux")]
use std::ffi::{CStr, CString};
use std::io;
#[cfg(target_os = "linux")]
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Number of `CAP_PERFMON`: performance events of whole CPUs, and nothing else of weight.
pub(super) const PERFMON: u32 = 38;

#[cfg(target_os = "linux")]
const ATTRIBUTE: &CStr = c"security.capability";

/// The second revision of the form: 64 capabilities, no owner of a namespace.
const REVISION: u32 = 0x0200_0000;
const EFFECTIVE: u32 = 1;
/// One word of flags and two pairs of words.
const LENGTH: usize = 20;

/// The bytes that add `CAP_PERFMON` to those that a program has; `None` where these are of a form
/// that we do not know.
pub(super) fn with_perfmon(present: Option<&[u8]>) -> Option<Vec<u8>> {
    let mut bytes = match present {
        None => {
            let mut bytes = vec![0; LENGTH];
            bytes[..4].copy_from_slice(&REVISION.to_le_bytes());
            bytes
        }
        Some(bytes) if bytes.len() == LENGTH && word(bytes, 0) & !EFFECTIVE == REVISION => {
            bytes.to_vec()
        }
        Some(_) => return None,
    };
    // Capabilities above 31 are in the second pair, the permitted word first.
    let permitted = 12;
    set(&mut bytes, permitted, 1 << (PERFMON - 32));
    set(&mut bytes, 0, EFFECTIVE);
    Some(bytes)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

fn set(bytes: &mut [u8], at: usize, bits: u32) {
    let word = word(bytes, at) | bits;
    bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
}

/// The attribute of a file; `None` when it has none, also where the file system knows no such thing.
#[cfg(target_os = "linux")]
pub(super) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let mut bytes = [0_u8; 64];
    #[expect(unsafe_code, reason = "extended attributes have no safe wrapper")]
    // SAFETY: two C strings and a buffer of the stated length, all of which outlive the call.
    let length = unsafe {
        libc::getxattr(path.as_ptr(), ATTRIBUTE.as_ptr(), bytes.as_mut_ptr().cast(), bytes.len())
    };
    match usize::try_from(length) {
        Ok(length) => Ok(Some(bytes[..length].to_vec())),
        Err(_) => {
            let error = io::Error::last_os_error();
            match error.raw_os_error() {
                Some(libc::ENODATA | libc::EOPNOTSUPP) => Ok(None),
                _ => Err(error),
            }
        }
    }
}

/// Programs have no capabilities elsewhere.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
pub(super) fn read(_: &Path) -> io::Result<Option<Vec<u8>>> {
    Ok(None)
}

/// Programs have no capabilities elsewhere.
#[cfg(not(target_os = "linux"))]
pub(super) fn write(_: &Path, _: Option<&[u8]>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Sets the attribute of a file, or removes it. Needs `CAP_SETFCAP`.
#[cfg(target_os = "linux")]
pub(super) fn write(path: &Path, bytes: Option<&[u8]>) -> io::Result<()> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    #[expect(unsafe_code, reason = "extended attributes have no safe wrapper")]
    // SAFETY: two C strings and a buffer of the stated length, all of which outlive the calls.
    let result = unsafe {
        match bytes {
            Some(bytes) => libc::setxattr(
                path.as_ptr(),
                ATTRIBUTE.as_ptr(),
                bytes.as_ptr().cast(),
                bytes.len(),
                0,
            ),
            None => libc::removexattr(path.as_ptr(), ATTRIBUTE.as_ptr()),
        }
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `setcap cap_perfmon=ep` writes.
    const BY_SETCAP: [u8; LENGTH] = [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0];

    #[test]
    fn the_bytes_are_those_that_setcap_writes() {
        assert_eq!(with_perfmon(None).unwrap(), BY_SETCAP);
        assert_eq!(with_perfmon(Some(&BY_SETCAP)).unwrap(), BY_SETCAP);
    }

    #[test]
    fn capabilities_that_are_there_stay() {
        // cap_net_raw=ep: bit 13 of the first permitted word.
        let mut present = [0; LENGTH];
        present[..6].copy_from_slice(&[1, 0, 0, 2, 0, 0x20]);
        let both = with_perfmon(Some(&present)).unwrap();
        assert_eq!((both[5], both[12], both[0]), (0x20, 0x40, 1));
    }

    #[test]
    fn a_form_that_is_not_known_is_not_touched() {
        assert_eq!(with_perfmon(Some(&[0; 12])), None);
        let mut with_owner = [0; 24];
        with_owner[3] = 3;
        assert_eq!(with_perfmon(Some(&with_owner)), None);
    }

    /// Setting it takes root and a file system that can; where it works, it has to be exact.
    #[test]
    fn a_file_gets_the_attribute_and_loses_it_again() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(read(file.path()).unwrap(), None);
        match write(file.path(), Some(&BY_SETCAP)) {
            Ok(()) => {
                assert_eq!(read(file.path()).unwrap().unwrap(), BY_SETCAP);
                write(file.path(), None).unwrap();
            }
            Err(error) => assert!(
                matches!(error.raw_os_error(), Some(libc::EPERM | libc::EOPNOTSUPP)),
                "{error}"
            ),
        }
        assert_eq!(read(file.path()).unwrap(), None);
    }
}
