//! Performance events of the Linux kernel that we run on.

use std::io;

use super::perf::{PerfCounter, PerfEvent, PerfEvents};

/// Opens events by `perf_event_open(2)`.
///
/// Counting on a whole CPU needs `CAP_PERFMON`, or `kernel.perf_event_paranoid` at 0 or below.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinuxPerf;

#[cfg(not(target_os = "linux"))]
impl PerfEvents for LinuxPerf {
    fn open(&self, _event: PerfEvent) -> io::Result<Box<dyn PerfCounter>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(target_os = "linux")]
impl PerfEvents for LinuxPerf {
    fn open(&self, event: PerfEvent) -> io::Result<Box<dyn PerfCounter>> {
        open(event).map(|file| Box::new(OpenEvent(file)) as Box<dyn PerfCounter>)
    }
}

#[cfg(target_os = "linux")]
struct OpenEvent(std::fs::File);

#[cfg(target_os = "linux")]
impl PerfCounter for OpenEvent {
    fn read(&mut self) -> io::Result<u64> {
        use std::io::Read as _;
        let mut bytes = [0; 8];
        self.0.read_exact(&mut bytes)?;
        Ok(u64::from_ne_bytes(bytes))
    }
}

/// `struct perf_event_attr` in its first published version, which every kernel takes.
#[cfg(target_os = "linux")]
#[repr(C)]
#[derive(Default)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup_events: u32,
    breakpoint_type: u32,
    breakpoint_address: u64,
}

#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the system call has no wrapper")]
fn open(event: PerfEvent) -> io::Result<std::fs::File> {
    use std::os::fd::{FromRawFd as _, OwnedFd};
    const CLOSE_ON_EXEC: libc::c_ulong = 8;
    const EVERY_PROCESS: libc::pid_t = -1;
    const NO_GROUP: libc::c_int = -1;
    let attributes = Attributes {
        kind: event.pmu_type,
        size: size_of::<Attributes>() as u32,
        config: event.config,
        ..Attributes::default()
    };
    // SAFETY: `attributes` is laid out as the kernel's structure of the size that it names, lives
    // through the call, and the kernel only reads it.
    let descriptor = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attributes,
            EVERY_PROCESS,
            event.cpu.cast_signed(),
            NO_GROUP,
            CLOSE_ON_EXEC,
        )
    };
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel has just made this descriptor, and nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor as libc::c_int) }.into())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_software_event_of_this_kernel_counts_up() {
        const SOFTWARE: u32 = 1;
        const CPU_CLOCK_NS: u64 = 0;
        let event = PerfEvent { pmu_type: SOFTWARE, config: CPU_CLOCK_NS, cpu: 0 };
        // Without the right to count on a whole CPU there is nothing to see.
        let Ok(mut clock) = LinuxPerf.open(event) else { return };
        let first = clock.read().unwrap();
        let second = clock.read().unwrap();
        assert!(0 < first && first < second, "{first} ns, then {second} ns");
    }

    #[test]
    fn an_event_of_no_unit_is_refused() {
        let event = PerfEvent { pmu_type: u32::MAX, config: 0, cpu: 0 };
        assert!(LinuxPerf.open(event).is_err());
    }
}
