//! What the system tells of this process, under the names that all exporters use. What it does not
//! tell is left out.

use std::fs;
use std::path::Path;

use super::text::{Kind, Text};

/// Ticks of a second in `stat`; Linux tells programs the same number on every machine.
const TICKS_S: f64 = 100.0;

/// Reads a folder such as `/proc/self`.
pub(super) fn write(text: &mut Text, folder: &Path) {
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let (status, stat) = (read("status"), read("stat"));
    let bytes = |name| in_kib(&status, name).map(|kib| kib * 1024.0);
    let cpu_s = cpu_ticks(&stat).map(|ticks| ticks / TICKS_S);
    let open = fs::read_dir(folder.join("fd")).ok().map(|files| files.count() as f64);
    let most = most_open_files(folder).map(|most| most as f64);
    let threads = in_kib(&status, "Threads:");
    for (name, kind, help, value) in [
        ("process_cpu_seconds_total", Kind::Counter, "Time on processors, in seconds.", cpu_s),
        ("process_resident_memory_bytes", Kind::Gauge, "Memory in use.", bytes("VmRSS:")),
        ("process_virtual_memory_bytes", Kind::Gauge, "Memory laid out.", bytes("VmSize:")),
        ("process_open_fds", Kind::Gauge, "Open files and connections.", open),
        ("process_max_fds", Kind::Gauge, "Most of them that may be open.", most),
        ("process_threads", Kind::Gauge, "Threads.", threads),
    ] {
        if let Some(value) = value {
            text.family(name, kind, help);
            text.sample(name, &[], value);
        }
    }
}

/// How many files this process may have open; none where the system does not tell, or does not care.
pub(crate) fn most_open_files(folder: &Path) -> Option<usize> {
    let limits = fs::read_to_string(folder.join("limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn in_kib(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// User and system time are the 14th and 15th field; the name in the second may hold anything.
fn cpu_ticks(stat: &str) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_told_as_far_as_the_system_tells_it() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194304 100 0 0 0 150 25 0 0 20 0 3 0 99 1 1";
        assert_eq!(cpu_ticks(stat), Some(175.0));
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        put("status", "Name:\tx\nVmSize:\t  2048 kB\nVmRSS:\t  512 kB\nThreads:\t4\n");
        put(
            "limits",
            "Limit  Soft  Hard\nMax open files            1024                 4096     files\n",
        );
        let mut text = Text::default();
        write(&mut text, folder.path());
        let text = text.finish();
        for line in [
            "process_resident_memory_bytes 524288",
            "process_virtual_memory_bytes 2097152",
            "process_max_fds 1024",
            "process_threads 4",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        assert!(!text.contains("process_cpu"), "{text}");
        put("limits", "Max open files            unlimited            unlimited     files\n");
        assert_eq!(most_open_files(folder.path()), None);
    }
}
