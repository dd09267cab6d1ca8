//! The table of all processes, over files that a test writes.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::path::PathBuf;

use carbon_sensors::SysRoot;
use carbon_sensors::process::{ProcessId, ProcessSeen, ProcessTable};

/// A `/proc` of a machine that does not tell its own ticks: 100 a second, pages of 4 KiB.
struct Proc(tempfile::TempDir);

impl Proc {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("proc")).unwrap();
        Self(folder)
    }

    fn directory(&self, pid: u32) -> PathBuf {
        self.0.path().join(format!("proc/{pid}"))
    }

    /// A process with CPU times in ticks: its own and of children that it waited for.
    fn has(&self, pid: u32, parent: u32, (own, reaped): (u64, u64), start: u64) {
        let directory = self.directory(pid);
        std::fs::create_dir_all(&directory).unwrap();
        let line = format!(
            "{pid} (a ({pid}) b) S {parent} 1 1 0 -1 0 0 0 0 0 {own} 0 {reaped} 0 20 0 1 0 {start} \
             1 1 1\n"
        );
        std::fs::write(directory.join("stat"), line).unwrap();
        std::fs::write(directory.join("statm"), "500 300 100 1 0 0 0\n").unwrap();
        std::fs::write(directory.join("cmdline"), b"python\0train.py\0--epochs=3\0").unwrap();
    }

    fn ends(&self, pid: u32) {
        std::fs::remove_dir_all(self.directory(pid)).unwrap();
    }

    fn table(&self) -> ProcessTable {
        ProcessTable::new(&SysRoot::new(self.0.path()))
    }
}

fn used_s(table: &ProcessTable, pid: u32) -> f64 {
    table.get(pid).map_or(f64::NAN, |process| process.used_s)
}

#[test]
fn cpu_time_counts_from_the_first_look_and_all_of_it_for_newcomers() {
    let files = Proc::new();
    files.has(10, 1, (500, 0), 7);
    std::fs::create_dir(files.0.path().join("proc/sys")).unwrap();
    let mut table = files.table();
    table.look().unwrap();
    assert_eq!(used_s(&table, 10), 0.0);
    files.has(10, 1, (550, 0), 7);
    files.has(11, 10, (20, 0), 900);
    table.look().unwrap();
    assert_eq!((used_s(&table, 10), used_s(&table, 11)), (0.5, 0.2));
    assert_eq!(table.processes().count(), 2);
    // Nothing was used since.
    table.look().unwrap();
    assert_eq!((used_s(&table, 10), used_s(&table, 11)), (0.0, 0.0));
}

#[test]
fn a_process_id_that_was_given_again_is_another_process() {
    let files = Proc::new();
    files.has(10, 1, (500, 0), 7);
    let mut table = files.table();
    table.look().unwrap();
    files.has(10, 1, (30, 0), 800);
    table.look().unwrap();
    let seen: Vec<&ProcessSeen> = table.processes().collect();
    assert_eq!(seen[0].id, ProcessId { pid: 10, start_ticks: 800 });
    assert_eq!(seen[0].used_s, 0.3);
}

#[test]
fn what_children_used_unseen_is_their_parents_and_what_was_seen_counts_once() {
    let files = Proc::new();
    files.has(10, 1, (100, 0), 7);
    files.has(11, 10, (0, 0), 8);
    let mut table = files.table();
    table.look().unwrap();
    // Half a second of the child is seen.
    files.has(11, 10, (50, 0), 8);
    table.look().unwrap();
    assert_eq!(used_s(&table, 11), 0.5);
    // It uses another fifth and ends; a sibling of a whole second was never seen.
    files.ends(11);
    files.has(10, 1, (100, 170), 7);
    table.look().unwrap();
    assert!((used_s(&table, 10) - 1.2).abs() < 1e-12, "{}", used_s(&table, 10));
}

#[test]
fn what_was_seen_of_a_family_that_ends_at_once_is_not_their_ancestors() {
    let files = Proc::new();
    files.has(10, 1, (0, 0), 7);
    files.has(11, 10, (100, 0), 8);
    files.has(12, 11, (900, 0), 9);
    let mut table = files.table();
    table.look().unwrap();
    // The child waits for the grandchild, and its parent for it: a tenth of a second is new.
    files.ends(11);
    files.ends(12);
    files.has(10, 1, (0, 1010), 7);
    table.look().unwrap();
    assert!((used_s(&table, 10) - 0.1).abs() < 1e-12, "{}", used_s(&table, 10));
}

#[test]
fn memory_of_its_own_name_and_command_line_are_told() {
    let files = Proc::new();
    files.has(10, 1, (0, 0), 7);
    let mut table = files.table();
    table.look().unwrap();
    let seen = table.get(10).unwrap();
    assert_eq!((seen.name.as_str(), seen.parent, seen.is_zombie), ("a (10) b", 1, false));
    assert_eq!(seen.private_bytes, Some(200 * 4096));
    assert_eq!(table.command_line(10).unwrap(), "python train.py --epochs=3");
    std::fs::write(files.directory(10).join("cmdline"), b"").unwrap();
    assert_eq!(table.command_line(10), None);
    assert_eq!(table.command_line(11), None);
}

#[test]
fn without_a_list_of_processes_the_look_fails() {
    let folder = tempfile::tempdir().unwrap();
    assert!(ProcessTable::new(&SysRoot::new(folder.path())).look().is_err());
}
