//! CPU time and memory of process trees: scripted ones on fake machines, real ones on the host.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use carbon_sensors::process::{CgroupTree, ProcessTree, create_cgroup, parse_stat_line};
use carbon_sensors::{Clock, CpuTree, ReadError, SysRoot, SystemClock};
use carbon_testkit::Machine;

// ---------------------------------------------------------------- a scripted tree

/// Processes of a fake machine; times are in clock ticks of 10 ms.
struct Processes(Machine);

impl Processes {
    fn new() -> Self {
        Self(Machine::load("== proc/stat = cpu  0 0 0 0\n"))
    }

    /// Puts a process there, or changes it.
    fn put(&self, pid: u32, parent: u32, own: u64, reaped: u64) -> &Self {
        self.started(pid, parent, own, reaped, 1000 + u64::from(pid))
    }

    fn started(&self, pid: u32, parent: u32, own: u64, reaped: u64, start: u64) -> &Self {
        let line = format!(
            "{pid} (a (strange) name) S {parent} 1 1 0 -1 0 0 0 0 0 {own} 0 {reaped} 0 20 0 1 0 \
             {start} 4096 1"
        );
        self.0.write(&format!("proc/{pid}/stat"), &format!("{line}\n"));
        if !self.0.path(&format!("proc/{pid}/task/{pid}/children")).exists() {
            self.children(pid, &[]);
        }
        self
    }

    fn children(&self, pid: u32, children: &[u32]) -> &Self {
        let list: Vec<String> = children.iter().map(ToString::to_string).collect();
        self.0.write(&format!("proc/{pid}/task/{pid}/children"), &list.join(" "));
        self
    }

    fn end(&self, pid: u32) -> &Self {
        std::fs::remove_dir_all(self.0.path(&format!("proc/{pid}"))).unwrap();
        self
    }

    fn tree(&self, pid: u32) -> ProcessTree {
        ProcessTree::of(&self.0.sysroot(), pid)
    }
}

fn cpu_s(tree: &mut dyn CpuTree) -> f64 {
    tree.read(false).unwrap().cpu_s
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} s, not {expected} s");
}

#[test]
fn a_tree_is_its_living_members_and_the_children_they_waited_for() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 50).children(10, &[11, 12]);
    machine.put(11, 10, 200, 0).children(11, &[13]).put(12, 10, 1, 0).put(13, 11, 400, 0);
    machine.put(99, 1, 100_000, 0);
    let mut tree = machine.tree(10);
    let reading = tree.read(true).unwrap();
    close(reading.cpu_s, 7.51);
    assert_eq!(reading.pids, [10, 11, 12, 13]);
}

#[test]
fn children_of_every_thread_belong_to_the_tree() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).put(11, 10, 200, 0);
    machine.0.write("proc/10/task/77/children", "11 ");
    close(cpu_s(&mut machine.tree(10)), 3.0);
}

#[test]
fn without_lists_of_children_parents_are_scanned() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).put(11, 10, 200, 0).put(12, 11, 400, 0).put(99, 1, 800, 0);
    for pid in [10, 11, 12, 99] {
        std::fs::remove_dir_all(machine.0.path(&format!("proc/{pid}/task"))).unwrap();
    }
    close(cpu_s(&mut machine.tree(10)), 7.0);
}

#[test]
fn a_child_that_was_waited_for_counts_once() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0);
    let mut tree = machine.tree(10);
    close(cpu_s(&mut tree), 3.0);
    machine.end(11).children(10, &[]).put(10, 1, 100, 230);
    close(cpu_s(&mut tree), 3.3);
    close(cpu_s(&mut tree), 3.3);
}

#[test]
fn a_child_whose_end_is_seen_before_its_account_arrives_counts_once() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0);
    let mut tree = machine.tree(10);
    cpu_s(&mut tree);
    machine.end(11).children(10, &[]);
    close(cpu_s(&mut tree), 3.0);
    machine.put(10, 1, 100, 210);
    close(cpu_s(&mut tree), 3.1);
    machine.put(10, 1, 150, 210);
    close(cpu_s(&mut tree), 3.6);
}

#[test]
fn a_child_that_nobody_waited_for_keeps_its_last_value() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0);
    let mut tree = machine.tree(10);
    cpu_s(&mut tree);
    machine.end(11).children(10, &[]);
    for _ in 0..3 {
        close(cpu_s(&mut tree), 3.0);
    }
    machine.put(10, 1, 100, 500);
    close(cpu_s(&mut tree), 8.0);
}

#[test]
fn a_line_of_ended_processes_arrives_at_the_ancestor_that_lives() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0).children(11, &[12]);
    machine.put(12, 11, 400, 0);
    let mut tree = machine.tree(10);
    close(cpu_s(&mut tree), 7.0);
    machine.end(12).end(11).children(10, &[]).put(10, 1, 100, 640);
    close(cpu_s(&mut tree), 7.4);
}

#[test]
fn an_orphan_stays_a_member() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0).children(11, &[12]);
    machine.put(12, 11, 400, 0);
    let mut tree = machine.tree(10);
    cpu_s(&mut tree);
    machine.end(11).children(10, &[]).put(10, 1, 100, 200).put(12, 1, 500, 0);
    close(cpu_s(&mut tree), 8.0);
    machine.end(12);
    close(cpu_s(&mut tree), 8.0);
}

#[test]
fn a_process_id_that_is_used_again_is_another_process() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0);
    let mut tree = machine.tree(10);
    cpu_s(&mut tree);
    machine.children(10, &[]).put(10, 1, 100, 200).end(11);
    machine.started(11, 1, 90_000, 0, 5_000_000).children(11, &[12]).put(12, 11, 90_000, 0);
    close(cpu_s(&mut tree), 3.0);
}

#[test]
fn the_account_of_the_first_process_is_what_its_waiter_says() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0);
    let mut tree = machine.tree(10);
    close(cpu_s(&mut tree), 3.0);
    machine.end(10);
    close(cpu_s(&mut tree), 3.0);
    tree.root_ended(1.257);
    machine.put(11, 1, 300, 0);
    close(cpu_s(&mut tree), 4.257);
    machine.end(11);
    close(cpu_s(&mut tree), 4.257);
}

#[test]
fn a_process_that_cannot_be_read_for_a_moment_loses_nothing() {
    let machine = Processes::new();
    machine.put(10, 1, 100, 0).children(10, &[11]).put(11, 10, 200, 0);
    let mut tree = machine.tree(10);
    cpu_s(&mut tree);
    machine.0.garbage("proc/11/stat");
    close(cpu_s(&mut tree), 3.0);
    machine.0.restore_all();
    machine.put(11, 10, 450, 0);
    close(cpu_s(&mut tree), 5.5);
}

#[test]
fn a_process_that_never_was_is_an_error_not_a_zero() {
    let machine = Processes::new();
    assert!(machine.tree(10).read(false).is_err());
    machine.put(10, 1, 100, 0);
    machine.0.garbage("proc/10/stat");
    assert!(matches!(machine.tree(10).read(false), Err(ReadError::Garbage { .. })));
}

#[test]
fn memory_is_proportional_and_else_resident() {
    let machine = Processes::new();
    machine.put(10, 1, 1, 0).children(10, &[11]).put(11, 10, 1, 0);
    machine.0.write("proc/10/smaps_rollup", "00 [rollup]\nRss: 900 kB\nPss: 400 kB\n");
    machine.0.write("proc/11/statm", "900 100 20 1 0 1 0\n");
    let mut tree = machine.tree(10);
    assert_eq!(tree.read(true).unwrap().pss_bytes, Some(400 * 1024 + 100 * 4096));
    assert_eq!(tree.read(false).unwrap().pss_bytes, None);
}

#[test]
fn a_group_keeps_its_account_through_a_failed_read() {
    let machine = Machine::load(
        "== sys/fs/cgroup/job/cpu.stat\nusage_usec 2500000\nuser_usec 1\n\
         == sys/fs/cgroup/job/cgroup.procs\n11\n12\n\
         == sys/fs/cgroup/job/inner/cgroup.procs = 7\n",
    );
    let mut tree = CgroupTree::open(&machine.sysroot(), "sys/fs/cgroup/job").unwrap();
    let reading = tree.read(true).unwrap();
    assert_eq!((reading.cpu_s, reading.pids), (2.5, vec![7, 11, 12]));
    machine.garbage("sys/fs/cgroup/job/cpu.stat");
    assert!(tree.read(false).is_err());
    machine.restore_all();
    close(cpu_s(&mut tree), 2.5);
}

// ---------------------------------------------------------------- real processes

/// Burns some 20 ms of CPU time in a shell.
const BURN: &str = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";

/// A shell that runs a script, says so, and goes on when its input ends.
struct Shell {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Shell {
    fn new(script: &str) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", &format!("{script}\necho done\nread line")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end of the script; the shell goes on living.
    fn scripted(&mut self) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert_eq!(line, "done\n");
    }

    fn end(mut self) {
        drop(self.child.stdin.take());
        self.child.wait().unwrap();
    }
}

/// Held by every test with real children: they all go into this process's one account.
static OWN_ACCOUNT: Mutex<()> = Mutex::new(());

/// CPU seconds of all children that this process has waited for.
fn waited_for_s() -> f64 {
    let stat = std::fs::read("/proc/self/stat").unwrap();
    parse_stat_line(&stat).unwrap().reaped_ticks as f64 / 100.0
}

fn burning_children(count: u32) -> String {
    format!("n=0; while [ $n -lt {count} ]; do sh -c '{BURN}'; n=$((n+1)); done")
}

#[test]
fn children_that_are_born_and_die_between_readings_are_counted() {
    let _alone = OWN_ACCOUNT.lock();
    let before_s = waited_for_s();
    let mut shell = Shell::new(&burning_children(20));
    let mut tree = ProcessTree::of(&SysRoot::default(), shell.pid());
    let early_s = cpu_s(&mut tree);
    shell.scripted();
    let found_s = cpu_s(&mut tree);
    shell.end();
    let expected_s = waited_for_s() - before_s;
    assert!(found_s > early_s && expected_s > 0.1, "{found_s} s of {expected_s} s");
    assert!((found_s / expected_s - 1.0).abs() < 0.1, "{found_s} s, not {expected_s} s");
    tree.root_ended(expected_s);
    assert!((cpu_s(&mut tree) - expected_s).abs() < 0.1 * expected_s);
}

#[test]
fn our_own_tree_has_children_dead_and_alive() {
    let _alone = OWN_ACCOUNT.lock();
    let mut tree = ProcessTree::own(&SysRoot::default());
    let before_s = cpu_s(&mut tree);
    let account_before_s = waited_for_s();
    let mut shell = Shell::new(&burning_children(10));
    shell.scripted();
    let reading = tree.read(true).unwrap();
    let alive_s = reading.cpu_s - before_s;
    assert!(reading.pids.contains(&std::process::id()) && reading.pids.contains(&shell.pid()));
    assert!(reading.pss_bytes.unwrap() > 100_000);
    shell.end();
    let ended_s = cpu_s(&mut tree) - before_s;
    let children_s = waited_for_s() - account_before_s;
    assert!(alive_s >= 0.9 * children_s, "{alive_s} s of {children_s} s");
    assert!(ended_s >= 0.95 * children_s, "{ended_s} s of {children_s} s");
}

/// Children end at any moment, between the reading of their parent and their own as well.
#[test]
fn readings_in_the_middle_of_births_and_deaths_count_nothing_twice() {
    let _alone = OWN_ACCOUNT.lock();
    let own_s = || {
        let stat = parse_stat_line(&std::fs::read("/proc/self/stat").unwrap()).unwrap();
        (stat.own_ticks + stat.reaped_ticks) as f64 / 100.0
    };
    let mut tree = ProcessTree::own(&SysRoot::default());
    let ahead_s = cpu_s(&mut tree) - own_s();
    std::thread::scope(|scope| {
        let children: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..15 {
                        let burn = "i=0; while [ $i -lt 5000 ]; do i=$((i+1)); done";
                        Command::new("sh").args(["-c", burn]).status().unwrap();
                    }
                })
            })
            .collect();
        while !children.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            cpu_s(&mut tree);
        }
    });
    let (found_s, expected_s) = (cpu_s(&mut tree), own_s() + ahead_s);
    assert!((found_s - expected_s).abs() < 0.06, "{found_s} s, not {expected_s} s");
}

#[test]
fn our_own_cpu_time_grows_with_our_work() {
    let mut tree = ProcessTree::own(&SysRoot::default());
    let before_s = cpu_s(&mut tree);
    let (clock, mut work) = (SystemClock, 0_u64);
    let end = clock.thread_cpu() + Duration::from_millis(20);
    while clock.thread_cpu() < end {
        work = std::hint::black_box(work + 1);
    }
    assert!(cpu_s(&mut tree) - before_s > 0.0199);
}

/// Groups can be made by root, and where they are delegated; elsewhere this shows that none is.
#[test]
fn a_group_of_our_own_counts_what_runs_in_it_and_goes_with_its_handle() {
    let _alone = OWN_ACCOUNT.lock();
    let Some(group) = create_cgroup(&SysRoot::default()) else { return };
    let path = group.path();
    let mut tree = group.tree().unwrap();
    close(cpu_s(&mut tree), 0.0);
    let mut shell = Shell::new(&format!("read line; {}", burning_children(5)));
    std::fs::write(path.join("cgroup.procs"), shell.pid().to_string()).unwrap();
    shell.child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    shell.scripted();
    let reading = tree.read(true).unwrap();
    assert!(reading.cpu_s > 0.02, "{} s", reading.cpu_s);
    assert_eq!(reading.pids, [shell.pid()]);
    // The shell still lives: it is moved up, and the directory goes.
    drop(group);
    assert!(!path.exists());
    shell.end();
}

#[test]
fn no_group_is_made_where_it_would_count_nothing() {
    let machine =
        Machine::load("== proc/self/cgroup = 0::/\n== sys/fs/cgroup/cgroup.controllers = cpu\n");
    assert!(create_cgroup(&machine.sysroot()).is_none());
    assert_eq!(machine.sysroot().list("sys/fs/cgroup"), ["cgroup.controllers"]);
}

/// `cargo test --release -p carbon-sensors --test process -- --ignored --nocapture`.
#[test]
#[ignore = "measures this machine; numbers mean something in a release build only"]
fn costs() {
    let _alone = OWN_ACCOUNT.lock();
    let time = |what: &str, tree: &mut dyn CpuTree, with_members: bool| {
        let mut best = Duration::MAX;
        for _ in 0..200 {
            let before = SystemClock.now();
            (0..100).for_each(|_| drop(tree.read(with_members).unwrap()));
            best = best.min(SystemClock.now().active_since(&before) / 100);
        }
        println!("{what}: {best:?}");
    };
    let root = SysRoot::default();
    time("own tree, no children", &mut ProcessTree::own(&root), false);
    let mut shell = Shell::new(":");
    shell.scripted();
    time("own tree, one child", &mut ProcessTree::own(&root), false);
    time("tree of a shell", &mut ProcessTree::of(&root, shell.pid()), false);
    time("tree of a shell with memory", &mut ProcessTree::of(&root, shell.pid()), true);
    shell.end();
    if let Some(group) = create_cgroup(&root) {
        time("group", &mut group.tree().unwrap(), false);
    }
}
