//! A program with a capability of its own, as `doctor --fix` makes it, still hands everything on.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use crate::sandbox::{FRANCE, MONITOR, Sandbox, stderr, stdout};

/// What `setcap cap_perfmon=ep` writes.
const PERFMON: [u8; 20] = [1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0];
const NOBODY: u32 = 65534;

/// Needs root, to give the capability and to run as somebody who gains by it, and a file system that
/// keeps it; elsewhere there is nothing to see.
#[test]
fn the_measured_command_gets_the_variables_that_secure_mode_takes_from_us() {
    let sandbox = Sandbox::new();
    let work = sandbox.work();
    for path in [work.as_path(), work.parent().unwrap()] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let program = work.join("monitor");
    std::fs::copy(MONITOR, &program).unwrap();
    let path = CString::new(program.as_os_str().as_bytes()).unwrap();
    #[expect(unsafe_code, reason = "extended attributes have no safe wrapper")]
    // SAFETY: two C strings and a buffer of the stated length, which outlive the call.
    let result = unsafe {
        libc::setxattr(
            path.as_ptr(),
            c"security.capability".as_ptr(),
            PERFMON.as_ptr().cast(),
            PERFMON.len(),
            0,
        )
    };
    if result != 0 {
        return;
    }
    let mut command = sandbox.command(&program);
    command.env("LD_LIBRARY_PATH", "/opt/mine").env("TMPDIR", "/var/tmp").uid(NOBODY).gid(NOBODY);
    command.args(FRANCE).args(["--quiet", "--no-csv", "--", "env"]);
    // Where the kernel honours no capabilities of this file system, it does not start as privileged.
    let Ok(output) = command.output() else { return };
    let said = stdout(&output);
    for line in ["LD_LIBRARY_PATH=/opt/mine", "TMPDIR=/var/tmp", "PATH=/usr/bin:/bin"] {
        assert_eq!(said.matches(line).count(), 1, "{line} in {said} {}", stderr(&output));
    }
}
