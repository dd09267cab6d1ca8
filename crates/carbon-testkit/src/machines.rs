//! The ready machines; each archive says at its top what it stands for.

/// A server with one AMD package, 155 W, readable through perf and powercap; the core zone is of
/// one core only; no constraints, as on all AMD processors.
pub const AMD: &str = include_str!("../machines/amd.txt");

/// A server with one AMD package on a kernel that has the amd_energy driver and neither powercap
/// nor the power PMU.
pub const AMD_HWMON: &str = include_str!("../machines/amd_hwmon.txt");

/// A container on a server: 2 CPUs and 4 GiB by cgroup v2; the runtime masks the powercap devices,
/// so that the links of their class lead nowhere, and perf is refused.
pub const CONTAINER_CGROUP_V2: &str = include_str!("../machines/container_cgroup_v2.txt");

/// A server of one package with two dies, each with package and dram counters of its own; no perf.
pub const INDEPENDENT_DIES: &str = include_str!("../machines/independent_dies.txt");

/// NVIDIA Jetson AGX Orin on JetPack 5 or 6: rails as hwmon, none of which holds all others.
pub const JETSON_AGX_ORIN: &str = include_str!("../machines/jetson_agx_orin.txt");

/// NVIDIA Jetson Nano on JetPack 4: rails as iio, the first of which is the module's input.
pub const JETSON_NANO: &str = include_str!("../machines/jetson_nano.txt");

/// NVIDIA Jetson Xavier NX on JetPack 4: rails as iio, the first of which is the module's input.
pub const JETSON_XAVIER_NX: &str = include_str!("../machines/jetson_xavier_nx.txt");

/// A laptop: one package of 2 cores and 4 threads, 15 W, with core, uncore, dram and psys counters
/// readable through perf and powercap; 2 SODIMMs of 8 GiB; a battery that is full.
pub const LAPTOP_INTEL_PSYS: &str = include_str!("../machines/laptop_intel_psys.txt");

/// A laptop whose package counter is offered twice, by MSR and by MMIO, with psys; no perf.
pub const MSR_AND_MMIO_TWINS: &str = include_str!("../machines/msr_and_mmio_twins.txt");

/// A workstation of one package with two dies whose counters mirror each other; no perf.
pub const MULTI_DIE_MIRRORS: &str = include_str!("../machines/multi_die_mirrors.txt");

/// A desktop whose counters only root may read: energy_uj is refused, perf as well; names, ranges
/// and power limits are for everyone.
pub const NO_PERMISSION: &str = include_str!("../machines/no_permission.txt");

/// A Raspberry Pi 5 whose mailbox is not for this user.
pub const RASPBERRY_PI_5: &str = include_str!("../machines/raspberry_pi_5.txt");

/// A server: two packages of 4 cores, 105 W each, every one with its own dram counter, readable
/// through powercap only (perf is refused); 12 RDIMMs of 16 GiB.
pub const SERVER_TWO_SOCKET_DRAM: &str = include_str!("../machines/server_two_socket_dram.txt");

/// A node of a cluster, 2 packages of 4 cores and 8 threads, on which a Slurm job holds the 8
/// threads of the first package and 48 GiB; counters only for root.
pub const SLURM_JOB: &str = include_str!("../machines/slurm_job.txt");

/// A server with two NVIDIA GPUs (only their files; NVML is faked by a library), two packages
/// readable through powercap.
pub const TWO_GPUS: &str = include_str!("../machines/two_gpus.txt");

/// A virtual machine whose power PMU offers only psys, with a counter that stays at 0.
pub const VM_DEAD_PSYS: &str = include_str!("../machines/vm_dead_psys.txt");

/// A virtual machine of 2 vCPUs with no counter of any kind.
pub const VM_WITHOUT_ANYTHING: &str = include_str!("../machines/vm_without_anything.txt");

/// Every machine with its name.
pub const ALL: &[(&str, &str)] = &[
    ("amd", AMD),
    ("amd_hwmon", AMD_HWMON),
    ("container_cgroup_v2", CONTAINER_CGROUP_V2),
    ("independent_dies", INDEPENDENT_DIES),
    ("jetson_agx_orin", JETSON_AGX_ORIN),
    ("jetson_nano", JETSON_NANO),
    ("jetson_xavier_nx", JETSON_XAVIER_NX),
    ("laptop_intel_psys", LAPTOP_INTEL_PSYS),
    ("msr_and_mmio_twins", MSR_AND_MMIO_TWINS),
    ("multi_die_mirrors", MULTI_DIE_MIRRORS),
    ("no_permission", NO_PERMISSION),
    ("raspberry_pi_5", RASPBERRY_PI_5),
    ("server_two_socket_dram", SERVER_TWO_SOCKET_DRAM),
    ("slurm_job", SLURM_JOB),
    ("two_gpus", TWO_GPUS),
    ("vm_dead_psys", VM_DEAD_PSYS),
    ("vm_without_anything", VM_WITHOUT_ANYTHING),
];
