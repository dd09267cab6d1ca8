//! What a container or a batch job may use, and how much of it is used.

use std::cell::Cell;
use std::time::Duration;

use carbon_sensors::limits::{LimitSource, Limits, SlurmJob};
use carbon_sensors::machine::{MachineParts, MachineReader, MachineSample};
use carbon_testkit::{Machine, machines};

const GIB: u64 = 1 << 30;

fn detect(machine: &Machine) -> Limits {
    Limits::detect(&machine.sysroot(), None, &|_| panic!("scontrol is not needed"))
}

fn cpus(limits: &Limits) -> Option<(f64, LimitSource)> {
    limits.cpu.as_ref().map(|limit| (limit.cpus, limit.source))
}

fn memory(limits: &Limits) -> Option<(u64, LimitSource)> {
    limits.memory.as_ref().map(|limit| (limit.bytes, limit.source))
}

fn sample(reader: &mut MachineReader, machine: &Machine) -> MachineSample {
    reader.read(&machine.clock(), MachineParts::ALL)
}

fn job(values: &'static [(&'static str, &'static str)]) -> SlurmJob {
    let value = |name: &str| {
        values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    };
    SlurmJob::from_environment("4242", &value)
}

#[test]
fn a_container_is_bounded_by_its_quota_and_its_memory_maximum() {
    let limits = detect(&Machine::load(machines::CONTAINER_CGROUP_V2));
    assert_eq!(cpus(&limits), Some((2.0, LimitSource::Cgroup)));
    assert_eq!(memory(&limits), Some((4 * GIB, LimitSource::Cgroup)));
}

#[test]
fn use_within_a_container_is_the_containers_own() {
    let machine = Machine::load(machines::CONTAINER_CGROUP_V2);
    let mut reader = MachineReader::open(&machine.sysroot(), &detect(&machine));
    let before = sample(&mut reader, &machine).cpu.unwrap();
    machine.advance(Duration::from_secs(10));
    let stat = "sys/fs/cgroup/cpu.stat";
    machine.write(stat, &machine.read(stat).replace("usage_usec 5000000", "usage_usec 10000000"));
    let after = sample(&mut reader, &machine);
    let cpu = after.cpu.unwrap();
    assert!((cpu.busy_s - before.busy_s - 5.0).abs() < 1e-9);
    assert!((cpu.idle_s - before.idle_s - 15.0).abs() < 1e-9, "2 CPUs for 10 s, less 5 s");
    let memory = after.memory.unwrap();
    assert_eq!(memory.total_bytes, 4 * GIB);
    assert_eq!(memory.used_bytes, GIB - 134_217_728, "without the cache that it would give back");
}

#[test]
fn machines_without_limits_have_none() {
    for archive in [machines::LAPTOP_INTEL_PSYS, machines::AMD, machines::VM_WITHOUT_ANYTHING] {
        assert_eq!(detect(&Machine::load(archive)), Limits::none());
    }
}

#[test]
fn the_smallest_limit_on_the_way_up_counts() {
    let machine = Machine::load(
        "== proc/self/cgroup = 0::/pod/box\n\
         == sys/devices/system/cpu/online = 0-15\n\
         == sys/fs/cgroup/cgroup.controllers = cpu memory\n\
         == sys/fs/cgroup/pod/cpu.max = 150000 100000\n\
         == sys/fs/cgroup/pod/memory.max = 1073741824\n\
         == sys/fs/cgroup/pod/cpu.stat\nusage_usec 7000000\n\
         == sys/fs/cgroup/pod/box/cpu.max = 400000 100000\n\
         == sys/fs/cgroup/pod/box/memory.max = max\n\
         == sys/fs/cgroup/pod/box/cpu.stat\nusage_usec 1\n",
    );
    let limits = detect(&machine);
    assert_eq!(cpus(&limits), Some((1.5, LimitSource::Cgroup)));
    assert_eq!(memory(&limits), Some((GIB, LimitSource::Cgroup)));
    let mut reader = MachineReader::open(&machine.sysroot(), &limits);
    let busy_s = sample(&mut reader, &machine).cpu.unwrap().busy_s;
    assert_eq!(busy_s, 7.0, "the use of the group that is limited, not of ours");
}

#[test]
fn version_1_limits_and_accounts_are_found() {
    let machine = Machine::load(
        "== proc/self/cgroup\n4:cpu,cpuacct:/docker/a\n3:memory:/docker/a\n1:name=systemd:/x\n\
         == proc/meminfo\nMemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n\
         == sys/devices/system/cpu/online = 0-7\n\
         == sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us = 300000\n\
         == sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us = 100000\n\
         == sys/fs/cgroup/cpu,cpuacct/cpuacct.usage = 4000000000\n\
         == sys/fs/cgroup/memory/memory.limit_in_bytes = 2147483648\n\
         == sys/fs/cgroup/memory/memory.usage_in_bytes = 1610612736\n\
         == sys/fs/cgroup/memory/memory.stat\ncache 9\ntotal_inactive_file 536870912\n",
    );
    let limits = detect(&machine);
    assert_eq!(
        cpus(&limits),
        Some((3.0, LimitSource::Cgroup)),
        "of the mount: the group is not there"
    );
    let mut reader = MachineReader::open(&machine.sysroot(), &limits);
    let sample = sample(&mut reader, &machine);
    assert_eq!(sample.cpu.unwrap().busy_s, 4.0);
    let memory = sample.memory.unwrap();
    assert_eq!((memory.total_bytes, memory.used_bytes), (2 * GIB, GIB));
}

#[test]
fn a_quota_of_more_than_the_machine_is_no_limit() {
    let machine = Machine::load(
        "== proc/self/cgroup = 0::/\n== sys/devices/system/cpu/online = 0-3\n\
         == sys/fs/cgroup/cgroup.controllers = cpu\n== sys/fs/cgroup/cpu.max = 800000 100000\n",
    );
    assert_eq!(detect(&machine), Limits::none());
}

#[test]
fn memory_limits_above_the_machines_memory_do_not_enlarge_it() {
    let machine = Machine::load(
        "== proc/self/cgroup = 0::/\n== proc/meminfo\nMemTotal: 1048576 kB\nMemAvailable: 0 kB\n\
         == sys/fs/cgroup/cgroup.controllers = memory\n== sys/fs/cgroup/memory.max = 8589934592\n",
    );
    let mut reader = MachineReader::open(&machine.sysroot(), &detect(&machine));
    assert_eq!(sample(&mut reader, &machine).memory.unwrap().total_bytes, GIB);
}

// ---------------------------------------------------------------- Slurm

#[test]
fn a_job_is_bounded_by_what_its_environment_says() {
    let machine = Machine::load(machines::SLURM_JOB);
    let job = job(&[("SLURM_CPUS_ON_NODE", "4"), ("SLURM_MEM_PER_NODE", "8192")]);
    let limits = Limits::detect(&machine.sysroot(), Some(&job), &|_| panic!("not needed"));
    assert_eq!(cpus(&limits), Some((4.0, LimitSource::SlurmEnvironment)));
    assert_eq!(memory(&limits), Some((8 * GIB, LimitSource::SlurmEnvironment)));
    let mut reader = MachineReader::open(&machine.sysroot(), &limits);
    let sample = sample(&mut reader, &machine);
    assert_eq!(sample.cpu.unwrap().busy_s, 5.0, "the account of the job's groups");
    let memory = sample.memory.unwrap();
    assert_eq!(memory.total_bytes, 8 * GIB);
    let share = memory.used_bytes as f64 / memory.total_bytes as f64;
    assert!((share - 16_369_088.0 / 197_573_420.0).abs() < 1e-6, "the node's share: {share}");
}

#[test]
fn a_job_with_a_bare_environment_is_bounded_by_its_cgroup() {
    let machine = Machine::load(machines::SLURM_JOB);
    let limits = Limits::detect(&machine.sysroot(), Some(&job(&[])), &|_| panic!("not needed"));
    assert_eq!(cpus(&limits), Some((8.0, LimitSource::CpuSet)));
    assert_eq!(memory(&limits), Some((48 * GIB, LimitSource::Cgroup)));
    assert_eq!(detect(&machine), limits);
}

#[test]
fn scontrol_is_asked_once_and_only_for_what_is_open() {
    let machine =
        Machine::load("== proc/self/cgroup = 0::/\n== sys/devices/system/cpu/online = 0-63\n");
    let asked = Cell::new(0);
    let scontrol = |id: &str| {
        assert_eq!(id, "4242");
        asked.set(asked.get() + 1);
        Some("NumNodes=1 NumCPUs=16 AllocTRES=cpu=16,mem=128G,node=1".to_owned())
    };
    let limits = Limits::detect(&machine.sysroot(), Some(&job(&[])), &scontrol);
    assert_eq!(cpus(&limits), Some((16.0, LimitSource::Scontrol)));
    assert_eq!(memory(&limits), Some((128 * GIB, LimitSource::Scontrol)));
    assert_eq!(asked.get(), 1);
}

#[test]
fn a_job_without_scontrol_has_the_cpus_that_it_is_bound_to() {
    let machine = Machine::load(
        "== proc/self/cgroup = 0::/\n== sys/devices/system/cpu/online = 0-63\n\
         == proc/self/status\nName: python\nCpus_allowed_list: 0-7\n",
    );
    let limits = Limits::detect(&machine.sysroot(), Some(&job(&[])), &|_| None);
    assert_eq!(cpus(&limits), Some((8.0, LimitSource::Affinity)));
    assert_eq!(memory(&limits), None);
}

#[test]
fn a_missing_scontrol_is_no_error() {
    assert_eq!(carbon_sensors::limits::ask_scontrol("4242"), None);
}
