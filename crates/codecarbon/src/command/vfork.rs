//! `clone3(CLONE_VM | CLONE_VFORK | CLONE_INTO_CGROUP)`: a child that is born in a cgroup.
//!
//! Born inside, nothing of it is missed, and the lock that moving a process into a group takes (an
//! RCU grace period, milliseconds) is not touched. The C library has no wrapper for the flag before
//! glibc 2.39, and a fork instead costs 200 µs more here, in page tables to copy and faults after;
//! hence some assembly: it makes the system call, and in the child, which runs on a stack of its
//! own in our memory while we wait, calls a function that does not return.
//!
//! Left out: processors other than x86-64, where no child is started in a cgroup; it is then followed
//! through `/proc`.

use std::ffi::{c_char, c_int, c_void};
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use libc::{pid_t, sigset_t};

/// Flag of `clone3` (Linux 5.7). The constant of the libc crate is deprecated because its type is
/// too small.
const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;

/// Room for the child's few calls; `execve` needs 2 KiB at most in the C library.
const STACK_BYTES: usize = 32 * 1024;

/// What the child becomes.
pub(super) struct Image {
    pub(super) path: *const c_char,
    pub(super) arguments: *const *const c_char,
    pub(super) environment: *const *const c_char,
    pub(super) mask: *const sigset_t,
    pub(super) pipes_ignored: bool,
}

/// What parent and child share while the child has not become its program.
struct Shared<'a> {
    image: &'a Image,
    /// Why it could not.
    errno: c_int,
}

/// Starts a child in a cgroup. `Err(None)` when the kernel refused to make it; nothing was tried.
///
/// # Safety
/// The pointers of the image are C strings, arrays of them that end with null, and a signal set,
/// all valid during the call.
#[expect(unsafe_code, reason = "shares memory with a child process")]
pub(super) unsafe fn start_in(
    cgroup: BorrowedFd<'_>,
    image: &Image,
) -> Result<pid_t, Option<io::Error>> {
    let mut stack = vec![0_u128; STACK_BYTES / 16];
    let mut shared = Shared { image, errno: 0 };
    // SAFETY: clone_args is a struct of integers, for which the kernel defines zero as "not used".
    let mut request: libc::clone_args = unsafe { std::mem::zeroed() };
    request.flags = CLONE_INTO_CGROUP | (libc::CLONE_VM as u64) | (libc::CLONE_VFORK as u64);
    request.exit_signal = libc::SIGCHLD as u64;
    request.stack = stack.as_mut_ptr() as u64;
    request.stack_size = STACK_BYTES as u64;
    request.cgroup = cgroup.as_raw_fd() as u64;
    let found = block_everything();
    // SAFETY: the child has a stack of its own, and this thread does not run before the child has
    // replaced its memory or ended; `become_program` is safe to run there.
    let result = unsafe { clone3(&raw mut request, become_program, (&raw mut shared).cast()) };
    restore(&found);
    let pid = pid_t::try_from(result).ok().filter(|pid| *pid > 0).ok_or(None)?;
    // The child wrote it, which the compiler cannot see.
    // SAFETY: a valid, aligned integer of ours.
    let errno = unsafe { (&raw const shared.errno).read_volatile() };
    drop(stack);
    if errno == 0 {
        return Ok(pid);
    }
    // SAFETY: the child is ours and has ended; the status is not asked for.
    unsafe { libc::waitpid(pid, std::ptr::null_mut(), 0) };
    Err(Some(io::Error::from_raw_os_error(errno)))
}

/// In the child: restores signals and becomes the program, or leaves errno and ends.
#[expect(unsafe_code, reason = "runs between clone and exec, where only system calls are safe")]
unsafe extern "C" fn become_program(shared: *mut c_void) -> ! {
    let shared = shared.cast::<Shared<'_>>();
    // SAFETY: `shared` is that of the waiting parent; each call is async-signal-safe and changes
    // only what belongs to the child (dispositions, mask), besides errno and `shared`.
    unsafe {
        let image = (*shared).image;
        if !image.pipes_ignored {
            libc::signal(libc::SIGPIPE, libc::SIG_DFL);
        }
        // A handler of this process must not run in the child: all but the mask is reset by exec,
        // and until then the parent has blocked every signal.
        libc::sigprocmask(libc::SIG_SETMASK, image.mask, std::ptr::null_mut());
        libc::execve(image.path, image.arguments, image.environment);
        (&raw mut (*shared).errno).write_volatile(*libc::__errno_location());
        libc::_exit(127)
    }
}

#[expect(unsafe_code, reason = "changes the signal mask of the thread")]
fn block_everything() -> sigset_t {
    let mut found = super::signals::empty_set();
    let mut all = super::signals::empty_set();
    // SAFETY: both sets are initialised and outlive the calls.
    unsafe {
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const all, &raw mut found);
    }
    found
}

#[expect(unsafe_code, reason = "changes the signal mask of the thread")]
fn restore(found: &sigset_t) {
    // SAFETY: the set is initialised.
    unsafe {
        libc::pthread_sigmask(libc::SIG_SETMASK, found, std::ptr::null_mut());
    }
}

/// Makes the system call; in the child, calls `run(with)` on the new stack. Returns in the parent
/// alone: the child's id, or a negative errno.
///
/// # Safety
/// The request names a free stack of its own; `run` does not return.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "clone3 with a new stack cannot return through a function")]
unsafe fn clone3(
    request: *mut libc::clone_args,
    run: unsafe extern "C" fn(*mut c_void) -> !,
    with: *mut c_void,
) -> isize {
    let result: isize;
    // SAFETY: the kernel changes rax, rcx and r11 only. The child starts after the instruction with
    // the same registers and an aligned stack, and leaves by the call.
    unsafe {
        std::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r9",
            "call r8",
            "ud2",
            "2:",
            inlateout("rax") libc::SYS_clone3 as isize => result,
            in("rdi") request,
            in("rsi") size_of::<libc::clone_args>(),
            in("r8") run,
            in("r9") with,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    result
}

/// Nothing is started in a cgroup on other processors.
///
/// # Safety
/// None is needed.
#[cfg(not(target_arch = "x86_64"))]
#[expect(unsafe_code, reason = "the same signature as where it can be done")]
unsafe fn clone3(
    _request: *mut libc::clone_args,
    _run: unsafe extern "C" fn(*mut c_void) -> !,
    _with: *mut c_void,
) -> isize {
    -1
}
