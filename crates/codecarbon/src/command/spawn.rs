//! Starts the child: no shell, the standard streams, terminal and process group of this process,
//! and signals as they were found.
//!
//! Two ways. Without a cgroup, `posix_spawn`, which borrows the address space until the exec
//! (80 µs here, whatever the size of this process). With a cgroup, `clone3(CLONE_INTO_CGROUP)`: the
//! child is born inside, so nothing of it is missed and the slow migration lock of `cgroup.procs`
//! (an RCU grace period, milliseconds) is never taken; it copies the page tables, which costs some
//! 70 µs more.

use std::ffi::{CString, OsString, c_char};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use libc::{c_int, pid_t, sigset_t};

use super::signals;

/// Flag of `clone3`: the child starts in the cgroup of `clone_args.cgroup` (Linux 5.7). The constant
/// of the libc crate is deprecated because its type is too small.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

#[expect(unsafe_code, reason = "the standard library does not tell where the environment is")]
unsafe extern "C" {
    /// The environment of this process, as the C library keeps it.
    static environ: *const *mut c_char;
}

/// Starts `path` with `argv` (its first word is what the user typed) and the given signal mask;
/// `SIGPIPE`, which Rust programs ignore, has its default action again. The child is this process's
/// to reap. On failure nothing has started and the error is that of `exec`.
pub fn spawn(
    path: &Path,
    argv: &[OsString],
    mask: &sigset_t,
    cgroup: Option<BorrowedFd<'_>>,
) -> io::Result<pid_t> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    let words = argv.iter().map(|w| CString::new(w.as_bytes())).collect::<Result<Vec<_>, _>>()?;
    let pointers: Vec<*mut c_char> =
        words.iter().map(|w| w.as_ptr().cast_mut()).chain([std::ptr::null_mut()]).collect();
    match cgroup {
        None => by_posix_spawn(&path, &pointers, mask),
        Some(cgroup) => by_clone3(&path, &pointers, mask, cgroup),
    }
}

fn by_posix_spawn(path: &CString, argv: &[*mut c_char], mask: &sigset_t) -> io::Result<pid_t> {
    let mut defaults = signals::empty_set();
    signals::add(&mut defaults, libc::SIGPIPE);
    let mut attributes = std::mem::MaybeUninit::uninit();
    let mut pid = 0;
    #[expect(unsafe_code, reason = "posix_spawn with a signal mask has no safe wrapper")]
    // SAFETY: the attributes are initialised before they are set and used; `argv` is an array of C
    // strings that ends with null and outlives the call, as does `environ`; the flags are within
    // the range of a short.
    let code = unsafe {
        let code = libc::posix_spawnattr_init(attributes.as_mut_ptr());
        if code != 0 {
            return Err(io::Error::from_raw_os_error(code));
        }
        let mut attributes = attributes.assume_init();
        libc::posix_spawnattr_setsigmask(&raw mut attributes, mask);
        libc::posix_spawnattr_setsigdefault(&raw mut attributes, &raw const defaults);
        let flags = libc::POSIX_SPAWN_SETSIGMASK | libc::POSIX_SPAWN_SETSIGDEF;
        libc::posix_spawnattr_setflags(&raw mut attributes, flags as libc::c_short);
        let code = libc::posix_spawn(
            &raw mut pid,
            path.as_ptr(),
            std::ptr::null(),
            &raw const attributes,
            argv.as_ptr(),
            environ.cast(),
        );
        libc::posix_spawnattr_destroy(&raw mut attributes);
        code
    };
    if code == 0 { Ok(pid) } else { Err(io::Error::from_raw_os_error(code)) }
}

fn by_clone3(
    path: &CString,
    argv: &[*mut c_char],
    mask: &sigset_t,
    cgroup: BorrowedFd<'_>,
) -> io::Result<pid_t> {
    // The child's way to say that exec failed: an errno; closed by a successful exec.
    let (read_end, write_end) = pipe()?;
    #[expect(unsafe_code, reason = "all zero is a valid clone_args")]
    // SAFETY: clone_args is a struct of integers, for which the kernel defines zero as "not used".
    let mut request: libc::clone_args = unsafe { std::mem::zeroed() };
    request.flags = CLONE_INTO_CGROUP | libc::CLONE_VFORK as u64;
    request.exit_signal = libc::SIGCHLD as u64;
    request.cgroup = cgroup.as_raw_fd() as u64;
    #[expect(unsafe_code, reason = "clone3 has no wrapper in the C library")]
    // SAFETY: without CLONE_VM this is a fork: the child has its own copy of the memory and runs
    // only `exec_or_tell`, which makes async-signal-safe calls and does not return.
    let pid = unsafe {
        let pid = libc::syscall(libc::SYS_clone3, &raw mut request, size_of_val(&request));
        if pid == 0 {
            exec_or_tell(path.as_ptr(), argv.as_ptr(), mask, write_end.as_raw_fd());
        }
        pid
    };
    if pid < 0 {
        return Err(io::Error::last_os_error());
    }
    drop(write_end);
    let pid = pid as pid_t;
    let mut errno = [0; 4];
    if io::Read::read_exact(&mut std::fs::File::from(read_end), &mut errno).is_ok() {
        reap(pid);
        return Err(io::Error::from_raw_os_error(i32::from_ne_bytes(errno)));
    }
    Ok(pid)
}

/// In the child: restores signals and becomes the program, or writes errno and ends.
#[expect(unsafe_code, reason = "runs between fork and exec, where only system calls are safe")]
unsafe fn exec_or_tell(
    path: *const c_char,
    argv: *const *mut c_char,
    mask: *const sigset_t,
    tell: c_int,
) -> ! {
    // SAFETY: the caller passes valid C strings and a valid set; each call is async-signal-safe.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        libc::sigprocmask(libc::SIG_SETMASK, mask, std::ptr::null_mut());
        libc::execve(path, argv.cast(), environ.cast());
        let errno = *libc::__errno_location();
        libc::write(tell, (&raw const errno).cast(), size_of_val(&errno));
        libc::_exit(127)
    }
}

fn reap(pid: pid_t) {
    #[expect(unsafe_code, reason = "waits for a child by its id")]
    // SAFETY: the child is ours and has not been waited for; the status is not asked for.
    unsafe {
        libc::waitpid(pid, std::ptr::null_mut(), 0);
    }
}

fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut ends: [c_int; 2] = [-1; 2];
    #[expect(unsafe_code, reason = "opens two descriptors and takes them")]
    // SAFETY: room for two descriptors; on success both are new and ours.
    unsafe {
        if libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok((OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1])))
    }
}
