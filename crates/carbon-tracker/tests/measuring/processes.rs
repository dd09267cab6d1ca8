//! Process mode: a part of the machine's energy, never more than all of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_model::Component;
use carbon_sensors::gpu::GpuLibraries;
use carbon_sensors::{CpuTree, ReadError, TreeReading};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::{Billing, Hub, Machine, Preferences, Sampling};
use fake_nvml::FakeNvml;

use crate::support::{RAPL, close, hub, pass};

/// A tree whose use the test sets.
#[derive(Clone, Default)]
struct Tree(Arc<Mutex<TreeReading>>);

impl Tree {
    fn end(&self) {
        self.0.lock().unwrap().pids.clear();
    }

    fn set(&self, cpu_s: f64, pss_bytes: u64) {
        *self.0.lock().unwrap() = TreeReading { cpu_s, pss_bytes: Some(pss_bytes), pids: vec![42] };
    }
}

impl CpuTree for Tree {
    fn read(&mut self, _: bool) -> Result<TreeReading, ReadError> {
        Ok(self.0.lock().unwrap().clone())
    }
}

/// A server whose packages draw 100 W together, its memories 30 W, all CPUs half busy.
fn server() -> (FakeMachine, Hub) {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    for (zone, watts) in [
        ("intel-rapl:0", 60.0),
        ("intel-rapl:1", 40.0),
        ("intel-rapl:0/intel-rapl:0:0", 20.0),
        ("intel-rapl:1/intel-rapl:1:0", 10.0),
    ] {
        fake.power(&format!("{RAPL}/{zone}/energy_uj"), watts);
    }
    fake.set_load(0.5);
    let hub = hub(&fake);
    (fake, hub)
}

fn open(hub: &Hub, tree: &Tree) -> carbon_tracker::Window {
    let billing = Billing::Tree(Box::new(tree.clone()));
    hub.open(&Preferences::default(), billing, Duration::from_secs(1))
}

#[test]
fn the_tree_pays_for_its_cpu_seconds_and_its_memory_and_the_rest_stays() {
    let (fake, hub) = server();
    let tree = Tree::default();
    let total = 196_608 * 1024 * 1024;
    tree.set(0.0, total / 4);
    let window = open(&hub, &tree);
    for second in 1..=10 {
        pass(&fake, &hub, 1.0);
        tree.set(f64::from(second) * 1.0, total / 4);
    }
    let report = window.close();
    let process = report.process.as_ref().unwrap();
    // The machine has 8 CPUs half busy: 40 CPU seconds, of which the tree used 10.
    close(process.machine_cpu_s, 40.0, 0.01);
    close(process.tree_cpu_s, 10.0, 1e-9);
    close(report.billed_component(Component::Cpu).value.joules(), 250.0, 0.01);
    let ram = report.billed_component(Component::Ram).value.joules();
    assert!((60.0..=90.0).contains(&ram), "{ram} J of 300 J at a quarter of the memory");
    let machine = report.machine_energy().value.joules();
    let parts = report.billed_energy().value.joules() + process.others.joules();
    close(parts, machine, 1e-9);
}

#[test]
fn an_idle_tree_pays_nothing_and_a_greedy_one_no_more_than_the_machine() {
    for (cpu_s, expected) in [(0.0, 0.0), (1e6, 1000.0)] {
        let (fake, hub) = server();
        let tree = Tree::default();
        let window = open(&hub, &tree);
        pass(&fake, &hub, 10.0);
        tree.set(cpu_s, u64::MAX / 2);
        let report = window.close();
        let cpu = report.billed_component(Component::Cpu);
        assert!((cpu.value.joules() - expected).abs() < 1e-6, "{cpu:?}");
        let machine = report.machine_energy();
        assert!(report.billed_energy().value.joules() <= machine.value.joules() + 1e-9);
        assert!(cpu.high.joules() <= machine.high.joules());
    }
}

#[test]
fn a_command_that_starts_after_the_window_counts_from_its_start() {
    let (fake, hub) = server();
    let mut window = hub.open(&Preferences::default(), Billing::Machine, Duration::from_secs(1));
    let tree = Tree::default();
    tree.set(3.0, 0);
    window.attach_tree(Box::new(tree.clone()));
    pass(&fake, &hub, 5.0);
    tree.set(10.0, 0);
    let report = window.close();
    close(report.process.unwrap().tree_cpu_s, 10.0, 1e-9);
}

#[test]
fn dynamic_energy_is_told_where_idle_power_is_known() {
    let fake = FakeMachine::load(machines::VM_WITHOUT_ANYTHING);
    fake.set_load(0.5);
    let hub = hub(&fake);
    let tree = Tree::default();
    let window = open(&hub, &tree);
    pass(&fake, &hub, 10.0);
    tree.set(5.0, 0);
    let report = window.close();
    let process = report.process.as_ref().unwrap();
    let dynamic = process.dynamic_cpu.unwrap().value.joules();
    let full = report.billed_component(Component::Cpu).value.joules();
    assert!(dynamic > 0.0 && dynamic < full, "{dynamic} J of {full} J");
}

/// A machine with one GPU; process 42 is the tree's.
fn gpu(fake: &FakeMachine) -> (FakeNvml, Hub) {
    let nvml = FakeNvml::new("[gpu]\nname = NVIDIA A100\nenergy_mj = 1000\nprocesses = 7:1:1\n");
    let gpu_libraries = GpuLibraries { nvml: Some(nvml.library()), ..GpuLibraries::default() };
    let machine = Machine { gpu_libraries, ..crate::support::machine(fake) };
    (nvml, Hub::new(machine, Sampling::Manual))
}

#[test]
fn a_short_run_is_billed_its_part_of_a_gpu_even_if_its_process_has_ended() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let (mut nvml, hub) = gpu(&fake);
    let tree = Tree::default();
    tree.set(0.0, 0);
    for after in [0, 10] {
        fake.advance(Duration::from_secs(after));
        let window = open(&hub, &tree);
        fake.advance(Duration::from_millis(300));
        nvml.add(0, "energy_mj", 30_000);
        nvml.set(0, "processes", format!("42:75:{0}, 7:25:{0}", 2 + after));
        tree.end();
        let report = window.close();
        close(report.billed_component(Component::Gpu).value.joules(), 22.5, 1e-9);
        tree.set(0.0, 0);
    }
}

#[test]
fn a_gpu_that_has_not_told_of_processes_yet_is_unknown_not_unused() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let (mut nvml, hub) = gpu(&fake);
    let tree = Tree::default();
    tree.set(0.0, 0);
    let window = open(&hub, &tree);
    nvml.add(0, "energy_mj", 30_000);
    pass(&fake, &hub, 1.0);
    let report = window.close();
    let gpu = report.billed_component(Component::Gpu);
    assert!(gpu.low.joules() == 0.0 && gpu.high.joules() >= 30.0, "{gpu:?}");
    assert!(report.warnings.iter().any(|w| w.contains("GPU")), "{:?}", report.warnings);
}

#[test]
fn memory_of_before_a_pause_is_not_billed_to_a_window_after_it() {
    let (fake, hub) = server();
    let directory = format!("proc/{}", std::process::id());
    let own = |pss_kib: u64| {
        let (stat, rollup) = (format!("{directory}/stat"), format!("{directory}/smaps_rollup"));
        let pid = std::process::id();
        let line = format!("{pid} (t) S 1 1 1 0 -1 0 0 0 0 0 10 0 0 0 20 0 1 0 5 0 0 0 0 0");
        fake.write(&stat, &format!("{line}\n"));
        fake.write(&rollup, &format!("Pss: {pss_kib} kB\n"));
    };
    let open = || hub.open(&Preferences::default(), Billing::OwnTree, Duration::from_secs(1));
    own(196_608 * 1024 / 2);
    let before = open();
    pass(&fake, &hub, 2.0);
    drop(before);
    fake.advance(Duration::from_hours(1));
    own(0);
    let window = open();
    pass(&fake, &hub, 10.0);
    assert_eq!(window.close().billed_component(Component::Ram).value.joules(), 0.0);
}

#[test]
fn a_tree_that_is_replaced_is_let_go() {
    struct Watched {
        _alive: Arc<()>,
    }
    impl CpuTree for Watched {
        fn read(&mut self, _: bool) -> Result<TreeReading, ReadError> {
            Ok(TreeReading::default())
        }
    }
    let (_fake, hub) = server();
    let alive = Arc::new(());
    let billing = Billing::Tree(Box::new(Watched { _alive: Arc::clone(&alive) }));
    let mut window = hub.open(&Preferences::default(), billing, Duration::from_secs(1));
    window.attach_tree(Box::new(Tree::default()));
    assert_eq!(Arc::strong_count(&alive), 1);
    drop(window);
}

#[test]
fn tasks_of_a_process_add_up_to_its_run_when_power_and_neighbours_change() {
    let (fake, hub) = server();
    let tree = Tree::default();
    tree.set(0.0, 0);
    let run = open(&hub, &tree);
    let first = run.nested();
    // Alone on four of eight CPUs at 100 W, then nearly idle beside a busy neighbour at 10 W.
    for second in 1..=60 {
        pass(&fake, &hub, 1.0);
        tree.set(f64::from(second) * 4.0, 0);
    }
    let before = run.peek().billed_energy().value.joules();
    let first = first.close();
    let second = run.nested();
    fake.power(&format!("{RAPL}/intel-rapl:0/energy_uj"), 6.0);
    fake.power(&format!("{RAPL}/intel-rapl:1/energy_uj"), 4.0);
    pass(&fake, &hub, 60.0);
    let second = second.close();
    let run = run.close();
    let cpu = |r: &carbon_model::Report| r.billed_component(Component::Cpu).value.joules();
    close(cpu(&first), 6000.0, 0.03);
    assert!(cpu(&second) < 20.0, "{} J", cpu(&second));
    close(cpu(&first) + cpu(&second), cpu(&run), 1e-9);
    assert!(run.billed_energy().value.joules() >= before, "a run never shrinks");
}

#[test]
fn memory_of_a_tree_that_ended_before_anybody_looked_is_not_nothing() {
    let (fake, hub) = server();
    let tree = Tree::default();
    let mut window = hub.open(&Preferences::default(), Billing::Machine, Duration::from_secs(1));
    window.attach_tree(Box::new(tree.clone()));
    // The first sample finds it ended; the look at the close knows its peak.
    tree.set(1.0, 0);
    pass(&fake, &hub, 2.0);
    tree.set(1.0, 196_608 * 1024 * 1024 / 4);
    let ram = window.close().billed_component(Component::Ram);
    assert!(ram.value.joules() > 5.0, "{ram:?}");
}
