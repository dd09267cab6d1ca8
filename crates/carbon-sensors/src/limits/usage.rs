//! How much of an allowed part of the machine is used, from the cgroup's own accounts.
//!
//! `/proc/stat` and `/proc/meminfo` speak of the whole host even inside a container, so under a
//! quota the busy share of our CPUs would be that of our neighbours.

use std::time::Duration;

use crate::clock::{Clock, Instant};
use crate::kept_file::KeptFile;
use crate::limits::{CgroupVersion, CpuLimit, MemoryLimit};
use crate::machine::{CpuTimes, MemoryUse, complete_lines, parse_decimal, words};
use crate::sysroot::SysRoot;

/// CPU seconds of the cgroup that a limit bounds, and the rest of what the limit allowed as idle.
#[derive(Debug)]
pub(crate) struct CpuUsage {
    file: KeptFile,
    version: CgroupVersion,
    cpus: f64,
    first: Option<(Instant, f64)>,
    idle_s: f64,
}

impl CpuUsage {
    /// Opens the group's account; `None` when the limit has no group or it keeps no account.
    pub(crate) fn open(root: &SysRoot, limit: &CpuLimit) -> Option<Self> {
        let group = limit.cgroup.as_ref()?;
        let file = KeptFile::open(root, &group.file(group.account())).ok()?;
        let cpus = limit.cpus;
        Some(Self { file, version: group.version, cpus, first: None, idle_s: 0.0 })
    }

    /// Busy and idle seconds at an instant; 1 to 5 µs.
    pub(crate) fn read(&mut self, at: Instant) -> Option<CpuTimes> {
        let mut buffer = [0; 256];
        let text = self.file.read(&mut buffer).ok()?;
        let busy_s = match self.version {
            CgroupVersion::V1 => parse_decimal(complete_lines(text).next()?)? as f64 * 1e-9,
            CgroupVersion::V2 => parse_cpu_stat(text)?,
        };
        let (start, busy_before_s) = *self.first.get_or_insert((at, busy_s));
        let allowed_s = at.active_since(&start).as_secs_f64() * self.cpus;
        // A burst above the quota makes the difference shrink for a moment; idle time does not.
        self.idle_s = self.idle_s.max(allowed_s - (busy_s - busy_before_s));
        Some(CpuTimes { busy_s, idle_s: self.idle_s })
    }
}

/// CPU seconds from a version 2 `cpu.stat`; `None` without a complete `usage_usec` line.
pub fn parse_cpu_stat(text: &[u8]) -> Option<f64> {
    complete_lines(text)
        .find_map(|line| line.strip_prefix(b"usage_usec "))
        .and_then(parse_decimal)
        .map(|microseconds| microseconds as f64 * 1e-6)
}

/// Memory within a limit.
#[derive(Debug)]
pub(crate) struct MemoryUsage {
    limit_bytes: u64,
    group: Option<GroupMemory>,
}

#[derive(Debug)]
struct GroupMemory {
    current: KeptFile,
    stat: Option<KeptFile>,
    reclaimable_bytes: u64,
    refreshed: Option<Instant>,
    buffer: Box<[u8]>,
}

/// The list of a group's memory costs tens of microseconds, and what it says changes slowly.
const REFRESH: Duration = Duration::from_secs(1);

impl MemoryUsage {
    pub(crate) fn open(root: &SysRoot, limit: &MemoryLimit) -> Self {
        let group = limit.cgroup.as_ref().and_then(|group| {
            let name = match group.version {
                CgroupVersion::V1 => "memory.usage_in_bytes",
                CgroupVersion::V2 => "memory.current",
            };
            Some(GroupMemory {
                current: KeptFile::open(root, &group.file(name)).ok()?,
                stat: KeptFile::open(root, &group.file("memory.stat")).ok(),
                reclaimable_bytes: 0,
                refreshed: None,
                buffer: vec![0; 8192].into_boxed_slice(),
            })
        });
        Self { limit_bytes: limit.bytes, group }
    }

    /// The use within the limit: the group's own without the file cache that it would give back, or
    /// the machine's share where the limit has no group. `None` when the group cannot be read.
    pub(crate) fn within(&mut self, machine: MemoryUse, clock: &dyn Clock) -> Option<MemoryUse> {
        if self.limit_bytes >= machine.total_bytes {
            return Some(machine);
        }
        let total_bytes = self.limit_bytes;
        let used_bytes = if let Some(group) = &mut self.group {
            group.used_bytes(clock)?.min(total_bytes)
        } else {
            let share = machine.used_bytes as f64 / machine.total_bytes as f64;
            (share * total_bytes as f64) as u64
        };
        Some(MemoryUse { total_bytes, used_bytes })
    }
}

impl GroupMemory {
    fn used_bytes(&mut self, clock: &dyn Clock) -> Option<u64> {
        let now = clock.now();
        if self.refreshed.is_none_or(|then| now.active_since(&then) >= REFRESH) {
            self.refreshed = Some(now);
            if let Some(stat) = &mut self.stat
                && let Ok(text) = stat.read(&mut self.buffer)
                && let Some(bytes) = parse_inactive_file(text)
            {
                self.reclaimable_bytes = bytes;
            }
        }
        let text = self.current.read(&mut self.buffer).ok()?;
        let current = parse_decimal(complete_lines(text).next()?)?;
        Some(current.saturating_sub(self.reclaimable_bytes))
    }
}

/// Bytes of file cache that a group gives back first, from `memory.stat` of either version.
pub fn parse_inactive_file(text: &[u8]) -> Option<u64> {
    let mut found = None;
    for line in complete_lines(text) {
        let mut parts = words(line);
        match parts.next() {
            // Version 1 lists the group alone first and the group with its children later.
            Some(b"total_inactive_file") => return parse_decimal(parts.next()?),
            Some(b"inactive_file") => found = parse_decimal(parts.next()?),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_read_of_an_account_is_a_failure_not_a_smaller_number() {
        assert_eq!(parse_cpu_stat(b"usage_usec 2500000\nuser_usec 1\n"), Some(2.5));
        assert_eq!(parse_cpu_stat(b"usage_usec 25"), None);
        assert_eq!(parse_cpu_stat(b"user_usec 5\n"), None);
    }

    #[test]
    fn file_cache_of_a_whole_group_is_found_in_both_versions() {
        assert_eq!(parse_inactive_file(b"anon 1\ninactive_file 4096\n"), Some(4096));
        let v1 = b"inactive_file 1\ntotal_inactive_file 8192\n";
        assert_eq!(parse_inactive_file(v1), Some(8192));
        assert_eq!(parse_inactive_file(b"anon 1\n"), None);
    }
}
