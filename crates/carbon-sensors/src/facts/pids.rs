//! Whether process ids here are those of the whole machine: vendors' drivers tell no others.

use crate::sysroot::SysRoot;

/// Inode of the kernel's first pid namespace (`PROC_PID_INIT_INO`).
const FIRST_NAMESPACE: &str = "pid:[4026531836]";

/// Whether we live in a pid namespace of our own, as in most containers, so that pids which a driver
/// tells are not ours. False where the kernel does not say.
pub fn has_private_pids(root: &SysRoot) -> bool {
    std::fs::read_link(root.path("proc/self/ns/pid"))
        .is_ok_and(|namespace| namespace.as_os_str() != FIRST_NAMESPACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_that_is_not_the_first_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let root = SysRoot::new(folder.path());
        assert!(!has_private_pids(&root));
        let link = root.path("proc/self/ns/pid");
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        for (target, private) in [(FIRST_NAMESPACE, false), ("pid:[4026532281]", true)] {
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(target, &link).unwrap();
            assert_eq!(has_private_pids(&root), private);
        }
    }
}
