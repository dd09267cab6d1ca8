//! What the kernel prints under `/proc` and `/sys`, and udev's copy of the firmware table.

use carbon_sensors::facts::cpu::{parse_cpu_list, parse_cpuinfo};
use carbon_sensors::facts::memory::parse_udev_dimms;
use carbon_sensors::hwmon::{parse_grace_rail, parse_socket_label};
use carbon_sensors::machine::{parse_meminfo, parse_stat};

use crate::{Target, is_sound, text};

pub(crate) const PROC_STAT: Target = Target {
    name: "proc-stat",
    seeds: &[
        "cpu  74608 2520 24433 1117073 6176 4054 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 0\n",
        "cpu  1 2 3 4\n",
        "cpu  18446744073709551615 18446744073709551615 0 1 0 0 0 0\n",
    ],
    check: |bytes| {
        if let Some(times) = parse_stat(bytes, 100.0) {
            assert!(is_sound(times.busy_s) && is_sound(times.idle_s), "{times:?}");
        }
    },
};

pub(crate) const MEMINFO: Target = Target {
    name: "meminfo",
    seeds: &[
        "MemTotal:       16330784 kB\nMemFree:  1 kB\nMemAvailable:   12206216 kB\n",
        "MemTotal: 100 kB\nMemFree: 10 kB\nBuffers: 5 kB\nCached: 20 kB\n",
    ],
    check: |bytes| {
        if let Some(memory) = parse_meminfo(bytes) {
            assert!(memory.used_bytes <= memory.total_bytes, "{memory:?}");
        }
    },
};

pub(crate) const CPUINFO: Target = Target {
    name: "cpuinfo",
    seeds: &[
        "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\n\
         model name\t: Intel(R) Xeon(R) CPU @ 2.20GHz\nflags\t\t: fpu hypervisor\n\n",
        "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\nHardware\t: x\n",
        "processor : 0\ncpu : POWER9, altivec supported\n",
    ],
    check: |bytes| {
        let info = parse_cpuinfo(&text(bytes));
        assert!(info.brand.is_none_or(|brand| !brand.is_empty()));
    },
};

pub(crate) const CPU_LIST: Target = Target {
    name: "cpu-list",
    seeds: &["0-3,8", "", "0", "0-255", "4294967295"],
    check: |bytes| {
        if let Some(cpus) = parse_cpu_list(&text(bytes)) {
            assert!(cpus.last().is_none_or(|last| *last < 1 << 16));
        }
    },
};

pub(crate) const DIMMS: Target = Target {
    name: "udev-dmi",
    seeds: &["E:MEMORY_DEVICE_0_SIZE=17179869184\nE:MEMORY_DEVICE_0_TYPE=DDR4\n\
              E:MEMORY_DEVICE_0_TYPE_DETAIL=Synchronous Registered (Buffered)\n\
              E:MEMORY_DEVICE_1_PRESENT=0\n"],
    check: |bytes| {
        for module in parse_udev_dimms(&text(bytes)) {
            assert!(module.size_bytes > 0, "{module:?}");
        }
    },
};

pub(crate) const HWMON: Target = Target {
    name: "hwmon",
    seeds: &["Esocket0", "Grace Power Socket 1", "CPU Power Socket 0", "socket1"],
    check: |bytes| {
        let text = text(bytes);
        for socket in [parse_socket_label(&text), parse_grace_rail(&text)].into_iter().flatten() {
            assert!(text.contains(|c: char| c.is_ascii_digit()), "socket {socket} from {text:?}");
        }
    },
};
