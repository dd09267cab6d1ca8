//! Facts of ready fake machines and of the machine that the tests run on.

use std::time::Duration;

use carbon_model::Source;
use carbon_sensors::facts::{CpuFacts, DmiFacts, MachineClass, MemoryFacts, Vendor, os_name};
use carbon_sensors::limits::Limits;
use carbon_sensors::load_model::{LoadModel, TdpInputs, choose_tdp, package_power_limits_w};
use carbon_sensors::machine::{MachineParts, MachineReader, MachineSample};
use carbon_sensors::meter::{Meter, Reading};
use carbon_sensors::{Clock, SysRoot, SystemClock};
use carbon_testkit::{Machine, machines};

fn class(machine: &Machine) -> MachineClass {
    let root = machine.sysroot();
    MemoryFacts::read(&root).class(&CpuFacts::read(&root), &DmiFacts::read(&root))
}

fn sample(reader: &mut MachineReader, machine: &Machine) -> MachineSample {
    reader.read(&machine.clock(), MachineParts::ALL)
}

#[test]
fn every_machine_has_its_processors_counted() {
    let expected = [
        (machines::LAPTOP_INTEL_PSYS, Vendor::Intel, 4, 1, 2, false),
        (machines::SERVER_TWO_SOCKET_DRAM, Vendor::Intel, 8, 2, 1, false),
        (machines::SLURM_JOB, Vendor::Intel, 16, 2, 2, false),
        (machines::AMD, Vendor::Amd, 8, 1, 2, false),
        (machines::VM_WITHOUT_ANYTHING, Vendor::Intel, 2, 1, 1, true),
    ];
    for (archive, vendor, logical, sockets, threads, is_virtual) in expected {
        let cpu = CpuFacts::read(&Machine::load(archive).sysroot());
        let found =
            (cpu.vendor, cpu.logical_cpus, cpu.sockets, cpu.threads_per_core, cpu.is_virtual);
        assert_eq!(found, (vendor, logical, sockets, threads, is_virtual), "{cpu:?}");
        assert_eq!(cpu.is_zen, vendor == Vendor::Amd);
        assert_eq!(cpu.architecture.as_deref(), Some("x86_64"));
    }
}

#[test]
fn sockets_are_counted_one_read_each_where_the_kernel_lists_their_cpus() {
    let machine = Machine::load(
        "== sys/devices/system/cpu/online = 0-3,5\n\
         == sys/devices/system/cpu/cpu0/topology/package_cpus_list = 0-1,4\n\
         == sys/devices/system/cpu/cpu2/topology/core_siblings_list = 2-3\n\
         == sys/devices/system/cpu/cpu5/topology/physical_package_id = 7\n",
    );
    let cpu = CpuFacts::read(&machine.sysroot());
    assert_eq!((cpu.logical_cpus, cpu.sockets), (5, 3));
}

#[test]
fn an_arm_board_is_named_by_its_cores_and_else_by_its_model() {
    let known = Machine::load(
        "== proc/cpuinfo\nprocessor : 0\nCPU implementer : 0x41\nCPU part : 0xd08\n\
         == proc/device-tree/model = Raspberry Pi 4 Model B Rev 1.4\n",
    );
    let cpu = CpuFacts::read(&known.sysroot());
    assert_eq!((cpu.brand.as_deref(), cpu.vendor), (Some("Cortex-A72"), Vendor::Arm));
    let unknown = Machine::load(
        "== proc/cpuinfo\nprocessor : 0\nCPU implementer : 0x41\nCPU part : 0xfff\n\
         == proc/device-tree/model = Raspberry Pi 9\n",
    );
    assert_eq!(CpuFacts::read(&unknown.sysroot()).brand.as_deref(), Some("Raspberry Pi 9"));
}

#[test]
fn an_arm_machine_of_a_cloud_is_virtual_unless_it_is_metal() {
    for (product, is_virtual) in [("c7g.large", true), ("c7g.metal", false)] {
        let machine = Machine::load(&format!(
            "== proc/cpuinfo\nprocessor : 0\nCPU implementer : 0x41\nCPU part : 0xd40\n\
             == sys/class/dmi/id/sys_vendor = Amazon EC2\n\
             == sys/class/dmi/id/product_name = {product}\n"
        ));
        assert_eq!(CpuFacts::read(&machine.sysroot()).is_virtual, is_virtual, "{product}");
    }
}

#[test]
fn a_machine_that_tells_nothing_has_one_unknown_processor() {
    let cpu = CpuFacts::read(&Machine::load("== etc/\n").sysroot());
    assert_eq!((cpu.logical_cpus, cpu.sockets, cpu.vendor), (1, 1, Vendor::Other));
    assert_eq!(cpu.brand, None);
}

#[test]
fn modules_tell_a_server_from_a_client() {
    let gib = |archive| {
        let facts = MemoryFacts::read(&Machine::load(archive).sysroot());
        facts.dimms.iter().map(|dimm| dimm.size_bytes >> 30).sum::<u64>()
    };
    assert_eq!(gib(machines::LAPTOP_INTEL_PSYS), 16);
    assert_eq!(gib(machines::SERVER_TWO_SOCKET_DRAM), 192);
    assert_eq!(class(&Machine::load(machines::LAPTOP_INTEL_PSYS)), MachineClass::Client);
    assert_eq!(class(&Machine::load(machines::SERVER_TWO_SOCKET_DRAM)), MachineClass::Server);
    assert_eq!(class(&Machine::load(machines::VM_WITHOUT_ANYTHING)), MachineClass::Server);
}

#[test]
fn the_kernels_error_detection_knows_modules_where_udev_does_not() {
    let machine = Machine::load(
        "== sys/devices/system/edac/mc/mc0/dimm0/size = 16384\n\
         == sys/devices/system/edac/mc/mc0/dimm0/dimm_mem_type = Registered-DDR4\n\
         == sys/devices/system/edac/mc/mc0/dimm1/size = 0\n\
         == sys/devices/system/edac/mc/mc1/dimm0/size = 16384\n",
    );
    let facts = MemoryFacts::read(&machine.sysroot());
    assert_eq!(facts.dimms.iter().map(|dimm| dimm.size_bytes >> 30).sum::<u64>(), 32);
    assert_eq!(class(&machine), MachineClass::Server);
}

#[test]
fn the_system_is_named_as_python_names_it() {
    let named = Machine::load(
        "== proc/sys/kernel/osrelease = 6.1.0-18-amd64\n\
         == proc/cpuinfo\nprocessor : 0\nvendor_id : GenuineIntel\n",
    );
    assert_eq!(os_name(&named.sysroot()), "Linux-6.1.0-18-amd64-x86_64");
    assert!(!os_name(&SysRoot::default()).is_empty());
}

// ---------------------------------------------------------------- the shared sample

#[test]
fn cpu_time_of_a_sample_follows_the_load() {
    let machine = Machine::load(machines::VM_WITHOUT_ANYTHING);
    machine.set_load(0.25);
    let mut reader = MachineReader::open(&machine.sysroot(), &Limits::none());
    let before = sample(&mut reader, &machine).cpu.unwrap();
    machine.advance(Duration::from_secs(10));
    let after = sample(&mut reader, &machine).cpu.unwrap();
    let busy_s = after.busy_s - before.busy_s;
    assert!((busy_s - 0.25 * 20.0).abs() < 0.05, "{busy_s}");
    assert!((after.idle_s - before.idle_s - 0.75 * 20.0).abs() < 0.05);
}

#[test]
fn each_fault_of_a_file_is_a_gap_and_the_next_good_read_bridges_it() {
    for fault in [Machine::deny, Machine::remove, Machine::garbage, Machine::short] {
        // No more lines than are read, so that a short file lacks some of them.
        let machine = Machine::load(
            "== proc/stat = cpu  82557 623 25821 1996183 3041 0 827 0 0 0\n\
             == proc/meminfo\nMemTotal: 8137852 kB\nMemAvailable: 7423104 kB\n\
             == sys/devices/system/cpu/online = 0-1\n",
        );
        machine.set_load(1.0);
        let mut reader = MachineReader::open(&machine.sysroot(), &Limits::none());
        let mut model = model_of(&machine);
        let joules = |reader: &mut MachineReader, model: &mut LoadModel| {
            let read = model.read(&sample(reader, &machine), &machine.clock());
            read.ok().map(|sample| match sample.reading {
                Reading::Accumulated { joules } => joules,
                other => panic!("{other:?} is not accumulated energy"),
            })
        };
        assert_eq!(joules(&mut reader, &mut model), Some(0.0));
        machine.advance(Duration::from_secs(2));
        fault(&machine, "proc/stat");
        fault(&machine, "proc/meminfo");
        assert_eq!(joules(&mut reader, &mut model), None, "a failed read is no energy");
        assert_eq!(sample(&mut reader, &machine).memory, None);
        machine.restore_all();
        machine.advance(Duration::from_secs(2));
        let bridged = joules(&mut reader, &mut model).unwrap();
        assert!((bridged - 4.0 * 6.4).abs() < 0.1, "{bridged} J");
    }
}

/// The load model of a machine whose processor is in no table.
fn model_of(machine: &Machine) -> LoadModel {
    let root = machine.sysroot();
    let cpu = CpuFacts::read(&root);
    let inputs = TdpInputs {
        cpu: &cpu,
        limits: &Limits::none(),
        given_w: None,
        calibration: None,
        package_limits_w: &package_power_limits_w(&root),
    };
    LoadModel::new(choose_tdp(&inputs, &|_| None))
}

#[test]
fn power_limits_are_read_where_counters_are_not() {
    let model = model_of(&Machine::load(machines::SLURM_JOB));
    assert_eq!(model.info().source, Source::LoadModel);
    assert!((model.info().idle_w.unwrap() - 0.11 * 210.0).abs() < 1e-9);
    let guessed = model_of(&Machine::load(machines::VM_WITHOUT_ANYTHING));
    assert_eq!(guessed.info().source, Source::LoadModelGuessed);
}

// ---------------------------------------------------------------- cost on this machine

/// Prints what the house's figures rest on: `cargo test --release -p carbon-sensors --test facts --
/// --ignored --nocapture`.
#[test]
#[ignore = "measures this machine; numbers mean something in a release build only"]
fn costs() {
    let root = SysRoot::default();
    let time = |what: &str, rounds: u32, work: &mut dyn FnMut()| {
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let before = SystemClock.now();
            (0..rounds).for_each(|_| work());
            best = best.min(SystemClock.now().active_since(&before) / rounds);
        }
        println!("{what}: {best:?}");
    };
    let mut reader = MachineReader::open(&root, &Limits::none());
    for (what, parts) in
        [("machine sample", MachineParts::ALL), ("CPU times only", MachineParts::CPU)]
    {
        time(what, 20_000, &mut || assert!(reader.read(&SystemClock, parts).cpu.is_some()));
    }
    time("CPU facts", 1000, &mut || drop(CpuFacts::read(&root)));
    time("memory facts", 1000, &mut || drop(MemoryFacts::read(&root)));
    time("firmware names", 1000, &mut || drop(DmiFacts::read(&root)));
    time("limits", 1000, &mut || drop(Limits::detect(&root, None, &|_| None)));
    time("power limits", 1000, &mut || drop(package_power_limits_w(&root)));
    time("name of the system", 1000, &mut || drop(os_name(&root)));
}
