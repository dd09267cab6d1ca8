//! What processes cost: seconds of processor and resident memory, from `/proc`.

use std::collections::HashMap;
use std::fs;

/// Processor seconds of the program that is measured, its database, and us.
#[derive(Clone, Copy, Default)]
pub(crate) struct Seconds {
    pub(crate) server: f64,
    pub(crate) database: f64,
    pub(crate) generator: f64,
    /// Everything on the machine, the three included.
    pub(crate) machine: f64,
}

impl Seconds {
    /// Until now; the database's process is the parent of those that work.
    pub(crate) fn until_now(server: u32, database: Option<u32>) -> Self {
        let processes = processes();
        let own = |id| processes.get(&id).map_or(0.0, |process| process.seconds);
        let database = database.map_or(0.0, |parent| {
            let children = processes.values().filter(|process| process.parent == parent);
            own(parent) + children.map(|process| process.seconds).sum::<f64>()
        });
        let stat = fs::read_to_string("/proc/stat").unwrap();
        // cpu user nice system idle iowait irq softirq …
        let machine = ticks_s(stat.lines().next().unwrap(), &[1, 2, 3, 6, 7]);
        Self { server: own(server), database, generator: own(std::process::id()), machine }
    }

    /// Since an earlier moment.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            server: self.server - earlier.server,
            database: self.database - earlier.database,
            generator: self.generator - earlier.generator,
            machine: self.machine - earlier.machine,
        }
    }

    /// All that is not ours.
    pub(crate) fn others(self) -> f64 {
        (self.machine - self.server - self.database - self.generator).max(0.0)
    }
}

/// Resident memory of a process, MiB.
pub(crate) fn resident_mib(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
}

/// The process of the PostgreSQL server that listens on a port.
pub(crate) fn postgres_on(port: &str) -> Option<u32> {
    let is_it = |id: &u32| {
        let words = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = words.split(|byte| *byte == 0).collect();
        words[0].ends_with(b"/postgres")
            && words.windows(2).any(|two| two[0] == b"-p" && two[1] == port.as_bytes())
    };
    processes().into_keys().find(is_it)
}

struct Process {
    parent: u32,
    /// Its own, and those of its children that have ended.
    seconds: f64,
}

fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let process = |id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // Behind the name in parentheses: state, parent, …, utime, stime, cutime, cstime.
        let fields = stat.rsplit_once(')')?.1;
        let parent = fields.split_whitespace().nth(1)?.parse().ok()?;
        Some((id, Process { parent, seconds: ticks_s(fields, &[11, 12, 13, 14]) }))
    };
    ids.filter_map(process).collect()
}

/// Sum of some fields, which count hundredths of a second wherever this runs.
fn ticks_s(line: &str, fields: &[usize]) -> f64 {
    let words: Vec<&str> = line.split_whitespace().collect();
    let ticks = fields.iter().filter_map(|&field| words.get(field)?.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}
