//! What only system calls tell of the machine we run on.
//!
//! These answers hold for the host alone: callers ask them when their [`SysRoot`] is the host's, and
//! use the stated default for a fake or foreign root. All of the module's calls are cheap (under
//! 1 µs) and none fails loudly: where a system has no answer there is `None` or the default.
//!
//! [`SysRoot`]: crate::SysRoot

#![cfg_attr(
    unix,
    expect(unsafe_code, reason = "sysconf, uname, getrusage and waitid have no wrapper in std")
)]

#[cfg(unix)]
use std::ffi::CStr;

/// Clock ticks in a second on every Linux that is not the host (`USER_HZ`).
const DEFAULT_TICKS_PER_S: f64 = 100.0;

/// Size of a page where the host cannot be asked.
const DEFAULT_PAGE_BYTES: u64 = 4096;

/// Unit of the CPU times in `/proc`: ticks in a second.
pub(crate) fn ticks_per_s(is_host: bool) -> f64 {
    if is_host { system_constant(Constant::Ticks).map(|n| n as f64) } else { None }
        .unwrap_or(DEFAULT_TICKS_PER_S)
}

/// Unit of `/proc/<pid>/statm`, bytes.
pub(crate) fn page_bytes(is_host: bool) -> u64 {
    if is_host { system_constant(Constant::Page) } else { None }.unwrap_or(DEFAULT_PAGE_BYTES)
}

#[derive(Clone, Copy)]
enum Constant {
    Ticks,
    Page,
}

#[cfg(unix)]
fn system_constant(which: Constant) -> Option<u64> {
    let name = match which {
        Constant::Ticks => libc::_SC_CLK_TCK,
        Constant::Page => libc::_SC_PAGESIZE,
    };
    // SAFETY: sysconf takes a number and touches no memory of ours.
    let value = unsafe { libc::sysconf(name) };
    u64::try_from(value).ok().filter(|v| *v > 0)
}

#[cfg(not(unix))]
fn system_constant(_: Constant) -> Option<u64> {
    None
}

/// What `uname` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uname {
    /// "Linux".
    pub(crate) system: String,
    /// "6.1.0-18-amd64".
    pub(crate) release: String,
    /// "x86_64".
    pub(crate) machine: String,
}

/// Name, release and architecture of the running system.
#[cfg(unix)]
pub(crate) fn uname() -> Option<Uname> {
    // SAFETY: utsname is an array of bytes for which zero is a valid value.
    let mut names: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: `names` is a valid utsname for the call to fill.
    if unsafe { libc::uname(&raw mut names) } != 0 {
        return None;
    }
    let text = |field: &[libc::c_char]| {
        let bytes: Vec<u8> = field.iter().map(|c| c.cast_unsigned()).collect();
        CStr::from_bytes_until_nul(&bytes).map(|s| s.to_string_lossy().into_owned()).ok()
    };
    Some(Uname {
        system: text(&names.sysname)?,
        release: text(&names.release)?,
        machine: text(&names.machine)?,
    })
}

/// Name, release and architecture of the running system.
#[cfg(not(unix))]
pub(crate) fn uname() -> Option<Uname> {
    None
}

/// Version of the C library that this program runs on, "2.36"; `None` when it is not glibc.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn glibc_version() -> Option<String> {
    // SAFETY: glibc returns a pointer to a static string.
    let version = unsafe { CStr::from_ptr(libc::gnu_get_libc_version()) };
    version.to_str().ok().map(str::to_owned)
}

/// Version of the C library that this program runs on, "2.36"; `None` when it is not glibc.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn glibc_version() -> Option<String> {
    None
}

/// CPU seconds of this process with all its threads, and of its children that were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct OwnCpu {
    /// Of the process itself.
    pub(crate) own_s: f64,
    /// Of children that ended and were waited for, with theirs.
    pub(crate) reaped_s: f64,
}

/// CPU time of this process; two system calls, 0.7 µs.
#[cfg(unix)]
pub(crate) fn own_cpu() -> Option<OwnCpu> {
    Some(OwnCpu { own_s: usage(libc::RUSAGE_SELF)?, reaped_s: usage(libc::RUSAGE_CHILDREN)? })
}

/// CPU time of this process; two system calls, 0.7 µs.
#[cfg(not(unix))]
pub(crate) fn own_cpu() -> Option<OwnCpu> {
    None
}

#[cfg(unix)]
#[cfg_attr(target_os = "macos", expect(clippy::cast_lossless, reason = "wider elsewhere"))]
fn usage(who: libc::c_int) -> Option<f64> {
    // SAFETY: rusage holds numbers only, for which zero is a valid value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` is a valid rusage for the call to fill.
    let failed = unsafe { libc::getrusage(who, &raw mut usage) } != 0;
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    (!failed).then(|| seconds(usage.ru_utime) + seconds(usage.ru_stime))
}

/// Whether this process has a child that it has not waited for, of any of its threads; 0.3 µs.
/// Nothing is reaped by asking.
#[cfg(target_os = "linux")]
pub(crate) fn has_children() -> bool {
    // SAFETY: siginfo_t is plain data for which zero is a valid value.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let look = libc::WEXITED | libc::WNOHANG | libc::WNOWAIT | libc::__WALL;
    // SAFETY: `info` is valid for the call to fill; WNOWAIT leaves the children as they are.
    let failed = unsafe { libc::waitid(libc::P_ALL, 0, &raw mut info, look) } != 0;
    // The one failure that says "none" is ECHILD; any other leaves the question open.
    !(failed && std::io::Error::last_os_error().raw_os_error() == Some(libc::ECHILD))
}

/// Whether this process may have a child.
#[cfg(not(target_os = "linux"))]
pub(crate) fn has_children() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_cpu_time_never_goes_back() {
        let before = own_cpu().unwrap();
        let after = own_cpu().unwrap();
        assert!(after.own_s >= before.own_s && after.reaped_s >= before.reaped_s);
    }

    #[test]
    fn a_foreign_machine_has_the_units_that_every_linux_shows() {
        assert_eq!(ticks_per_s(false), 100.0);
        assert_eq!(page_bytes(false), 4096);
        assert!(page_bytes(true) >= 4096);
    }
}
