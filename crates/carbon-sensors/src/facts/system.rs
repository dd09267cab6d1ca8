//! The operating system as records name it.

use crate::facts::{CpuFacts, host};
use crate::native;
use crate::sysroot::SysRoot;

/// The operating system in the form that Python's `platform.platform()` gives on Linux:
/// "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36". 5 µs.
///
/// The C library is named where this program runs on glibc. Of a foreign root only kernel release
/// and architecture are known.
pub fn os_name(root: &SysRoot) -> String {
    if root.is_host() {
        if let Some(name) = native::platform() {
            return name;
        }
        let Some(names) = host::uname() else { return std::env::consts::OS.to_owned() };
        let library = host::glibc_version().map(|version| format!("glibc{version}"));
        return platform(&names.system, &names.release, &names.machine, library.as_deref());
    }
    let release = root.read("proc/sys/kernel/osrelease").unwrap_or_default();
    let architecture = CpuFacts::read(root).architecture.unwrap_or_default();
    platform("Linux", &release, &architecture, None)
}

/// The parts that are known, joined by hyphens and free of the characters that Python replaces.
fn platform(system: &str, release: &str, machine: &str, library: Option<&str>) -> String {
    let with = library.map(|_| "with");
    let parts = [Some(system), Some(release), Some(machine), with, library];
    let known: Vec<&str> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    known.join("-").replace(' ', "_").replace(['/', '\\', ':', ';', '"', '(', ')'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_is_named_as_python_names_it() {
        let name = platform("Linux", "6.1.0-18-amd64", "x86_64", Some("glibc2.36"));
        assert_eq!(name, "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36");
        assert_eq!(platform("Linux", "6.6.12", "", None), "Linux-6.6.12");
    }

    #[test]
    fn the_host_has_a_name() {
        assert!(os_name(&SysRoot::default()).starts_with(&host::uname().unwrap().system));
    }
}
