//! What is read once per sample and shared: CPU times and memory of the machine.
//!
//! Under limits (a container's quota, a batch job's share) "the machine" is the part that the limits
//! allow: CPU time is then that of the limited cgroup, and memory is bounded by its maximum. Who
//! wants the whole machine, for instance because a package counter is read, passes
//! [`Limits::none`].

use crate::clock::{Clock, Instant};
use crate::facts::host;
use crate::kept_file::KeptFile;
use crate::limits::{CpuUsage, Limits, MemoryUsage};
use crate::native;
use crate::sysroot::SysRoot;

/// CPU seconds of all visible logical CPUs since boot (first line of `/proc/stat`).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CpuTimes {
    /// Seconds in user, nice, system, irq and softirq (guest time is within user).
    pub busy_s: f64,
    /// Seconds idle or waiting for I/O, and stolen by the hypervisor.
    pub idle_s: f64,
}

/// Memory of the machine or of the cgroup that we are in.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MemoryUse {
    /// Bytes installed (or allowed).
    pub total_bytes: u64,
    /// Bytes in use: total − available.
    pub used_bytes: u64,
}

/// Readings that every meter of one sample may use; `None` when the read failed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct MachineSample {
    /// When they were taken.
    pub at: Instant,
    /// CPU times.
    pub cpu: Option<CpuTimes>,
    /// Memory.
    pub memory: Option<MemoryUse>,
}

/// Which parts of a [`MachineSample`] are wanted; those that are not cost nothing and are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MachineParts {
    /// CPU times.
    pub cpu: bool,
    /// Memory.
    pub memory: bool,
}

impl MachineParts {
    /// Everything.
    pub const ALL: Self = Self { cpu: true, memory: true };
    /// CPU times only.
    pub const CPU: Self = Self { cpu: true, memory: false };
}

/// Reads [`MachineSample`]s from files that it keeps open.
///
/// A sample costs two reads and no allocation: 7 to 9 µs with two CPUs, more with many (the kernel
/// prints a line of `/proc/stat` for each, read or not).
#[derive(Debug)]
pub struct MachineReader {
    stat: KeptFile,
    meminfo: KeptFile,
    cpu_limit: Option<CpuUsage>,
    memory_limit: Option<MemoryUsage>,
    ticks_per_s: f64,
    is_host: bool,
    buffer: Box<[u8]>,
}

/// Room for the first line of `/proc/stat` and for the first lines of `/proc/meminfo`.
const BUFFER_BYTES: usize = 512;

impl MachineReader {
    /// A reader of the machine within limits; the first read opens the files.
    pub fn open(root: &SysRoot, limits: &Limits) -> Self {
        Self {
            stat: KeptFile::closed(root, "proc/stat"),
            meminfo: KeptFile::closed(root, "proc/meminfo"),
            cpu_limit: limits.cpu.as_ref().and_then(|limit| CpuUsage::open(root, limit)),
            memory_limit: limits.memory.as_ref().map(|limit| MemoryUsage::open(root, limit)),
            ticks_per_s: host::ticks_per_s(root.is_host()),
            is_host: root.is_host(),
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
        }
    }

    /// Reads the wanted parts now.
    pub fn read(&mut self, clock: &dyn Clock, parts: MachineParts) -> MachineSample {
        let memory = if parts.memory { self.read_memory(clock) } else { None };
        // The load model differences CPU times over time, so the clock is read next to them.
        let at = clock.now();
        let cpu = if parts.cpu { self.read_cpu(at) } else { None };
        MachineSample { at, cpu, memory }
    }

    fn read_cpu(&mut self, at: Instant) -> Option<CpuTimes> {
        if let Some(limit) = &mut self.cpu_limit {
            return limit.read(at);
        }
        if native::IS_ASKED && self.is_host {
            return native::cpu_times();
        }
        parse_stat(self.stat.read(&mut self.buffer).ok()?, self.ticks_per_s)
    }

    fn read_memory(&mut self, clock: &dyn Clock) -> Option<MemoryUse> {
        if native::IS_ASKED && self.is_host {
            return native::memory();
        }
        let machine = parse_meminfo(self.meminfo.read(&mut self.buffer).ok()?)?;
        match &mut self.memory_limit {
            Some(limit) => limit.within(machine, clock),
            None => Some(machine),
        }
    }
}

/// Busy and idle seconds from the first line of `/proc/stat`; `None` when it is not that line.
///
/// Only the line's first eight figures count (user, nice, system, idle, iowait, irq, softirq,
/// steal; the guest figures after them are within user and nice). Kernels that print fewer have
/// none of the rest.
pub fn parse_stat(text: &[u8], ticks_per_s: f64) -> Option<CpuTimes> {
    let line = complete_lines(text).next()?.strip_prefix(b"cpu ")?;
    let mut ticks = [0_u64; 8];
    let mut found = 0;
    for (place, word) in ticks.iter_mut().zip(words(line)) {
        *place = parse_decimal(word)?;
        found += 1;
    }
    let [user, nice, system, idle, iowait, irq, softirq, steal] = ticks;
    let seconds = |figures: &[u64]| figures.iter().map(|n| *n as f64).sum::<f64>() / ticks_per_s;
    (found >= 4).then(|| CpuTimes {
        busy_s: seconds(&[user, nice, system, irq, softirq]),
        idle_s: seconds(&[idle, iowait, steal]),
    })
}

/// Total and used bytes from `/proc/meminfo`; `None` when the total or what is available is absent.
///
/// Kernels before 3.14 do not print what is available; free, buffers and cache together stand in.
pub fn parse_meminfo(text: &[u8]) -> Option<MemoryUse> {
    let (mut total, mut available, mut reclaimable) = (None, None, None::<u64>);
    for line in complete_lines(text) {
        if let Some(rest) = line.strip_prefix(b"MemTotal:") {
            total = kibibytes(rest);
        } else if let Some(rest) = line.strip_prefix(b"MemAvailable:") {
            available = kibibytes(rest);
            break;
        } else if [b"MemFree:" as &[u8], b"Buffers:", b"Cached:"]
            .iter()
            .any(|key| line.starts_with(key))
        {
            let rest = line.split(|b| *b == b':').nth(1)?;
            reclaimable = reclaimable.unwrap_or(0).checked_add(kibibytes(rest)?);
        }
    }
    let total_bytes = total?;
    let used_bytes = total_bytes.saturating_sub(available.or(reclaimable)?);
    Some(MemoryUse { total_bytes, used_bytes })
}

fn kibibytes(text: &[u8]) -> Option<u64> {
    parse_decimal(words(text).next()?)?.checked_mul(1024)
}

/// The lines of a text that end: after a short read the last one may be half a line, and half a
/// number looks like a number.
pub(crate) fn complete_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|b| *b == b'\n').filter_map(|line| line.strip_suffix(b"\n"))
}

/// The words of a line, between spaces.
pub(crate) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

/// A number of decimal digits only; `None` for anything else and beyond 64 bits.
pub(crate) fn parse_decimal(word: &[u8]) -> Option<u64> {
    if word.is_empty() {
        return None;
    }
    word.iter().try_fold(0_u64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;

    #[test]
    fn guest_time_is_not_counted_twice_and_stolen_time_is_idle() {
        let text = b"cpu  1000 200 300 4000 50 6 4 70 500 20\ncpu0 1 1 1 1\n";
        let times = parse_stat(text, 100.0).unwrap();
        assert_eq!(times, CpuTimes { busy_s: 15.1, idle_s: 41.2 });
    }

    #[test]
    fn a_line_that_is_cut_or_is_no_cpu_line_is_a_failure_not_a_zero() {
        for text in [
            b"" as &[u8],
            b"cpu",
            b"cpu  12 13",
            b"intr 5 5 5 5\n",
            b"cpu  1 2 x 4\n",
            b"cpu  1 2 3 4",
        ] {
            assert_eq!(parse_stat(text, 100.0), None, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn memory_in_use_is_what_is_not_available() {
        let text =
            b"MemTotal:       1000 kB\nMemFree: 100 kB\nMemAvailable:    400 kB\nBuffers: 1 kB\n";
        let memory = parse_meminfo(text).unwrap();
        assert_eq!(memory, MemoryUse { total_bytes: 1_024_000, used_bytes: 614_400 });
        let old = b"MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 250 kB\n";
        assert_eq!(parse_meminfo(old).unwrap().used_bytes, 614_400);
        assert_eq!(parse_meminfo(b"MemTotal: 1000 kB\n"), None);
        assert_eq!(parse_meminfo(b"MemTotal: lots kB\nMemAvailable: 4 kB\n"), None);
    }

    #[test]
    fn a_machine_without_proc_has_no_readings() {
        let empty = tempfile::tempdir().unwrap();
        let mut reader = MachineReader::open(&SysRoot::new(empty.path()), &Limits::none());
        let sample = reader.read(&SystemClock, MachineParts::ALL);
        assert_eq!((sample.cpu, sample.memory), (None, None));
    }

    #[test]
    fn only_wanted_parts_are_read() {
        let mut reader = MachineReader::open(&SysRoot::default(), &Limits::none());
        let sample = reader.read(&SystemClock, MachineParts::CPU);
        assert!(sample.cpu.is_some_and(|cpu| cpu.busy_s > 0.0));
        assert_eq!(sample.memory, None);
        assert!(reader.read(&SystemClock, MachineParts::ALL).memory.is_some());
    }
}
