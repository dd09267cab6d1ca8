//! The fake machine does what its archive and script say.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use carbon_sensors::Clock;
use carbon_testkit::{Machine, machines};

const S: Duration = Duration::from_secs(1);
const ZONE: &str = "sys/class/powercap/intel-rapl:0/energy_uj";
const ARCHIVE: &str = "\
== sys/devices/rapl/intel-rapl:0/energy_uj = 1000
== sys/devices/rapl/intel-rapl:0/max_energy_range_uj = 60000000
== sys/class/powercap/intel-rapl:0 -> ../../devices/rapl/intel-rapl:0
== proc/stat
cpu  100 0 50 1000 0 0 0 0 0 0
cpu0 60 0 30 500 0 0 0 0 0 0
cpu1 40 0 20 500 0 0 0 0 0 0
ctxt 7
";

fn pread(file: &File) -> String {
    let mut bytes = [0; 64];
    let length = file.read_at(&mut bytes, 0).expect("read");
    String::from_utf8(bytes[..length].to_vec()).expect("text")
}

#[test]
fn a_counter_grows_with_the_clock_and_wraps_at_its_range() {
    let machine = Machine::load(ARCHIVE);
    machine.power(ZONE, 50.0);
    machine.advance(S);
    assert_eq!(machine.read(ZONE), "50001000\n");
    machine.advance(S);
    assert_eq!(machine.read(ZONE), "40000999\n", "100001000 − 60000001");
}

#[test]
fn script_lines_happen_at_their_moment() {
    let machine = Machine::load(ARCHIVE);
    machine.script(&format!(
        "@ 1s power {ZONE} 10W\n@ 3s set {ZONE} 5\n@ 3s add {ZONE} 2\n@ 4s suspend 1h"
    ));
    machine.advance(2 * S);
    assert_eq!(machine.read(ZONE), "10001000\n");
    let before = machine.clock().now();
    machine.advance(3 * S);
    assert_eq!(machine.read(ZONE), "20000007\n");
    assert_eq!(machine.clock().now().active_since(&before), 3 * S);
    assert_eq!(machine.clock().now().asleep_since(&before), 3600 * S);
}

#[test]
fn an_open_descriptor_sees_every_fault_and_recovers() {
    let machine = Machine::load(ARCHIVE);
    machine.power(ZONE, 1.0);
    let file = machine.sysroot().open(ZONE).unwrap();
    for (fault, expected) in [
        (Machine::deny as fn(&Machine, &str), ""),
        (Machine::remove, ""),
        (Machine::garbage, "not a number\n"),
    ] {
        fault(&machine, ZONE);
        assert_eq!(pread(&file), expected);
        machine.advance(S);
        assert_eq!(pread(&file), expected, "time does not undo a fault");
        machine.restore(ZONE);
    }
    assert_eq!(pread(&file), "3001000\n");
    machine.short(ZONE);
    assert_eq!(pread(&file), "3001");
    machine.restore_all();
    assert_eq!(pread(&file), "3001000\n");
}

#[test]
fn a_denied_file_cannot_be_opened_even_by_root() {
    let machine = Machine::load(&format!("{ARCHIVE}== a [denied] = 1\n"));
    assert_eq!(machine.sysroot().open("a").unwrap_err().kind(), ErrorKind::PermissionDenied);
    machine.restore("a");
    assert_eq!(machine.sysroot().read("a").unwrap(), "1");
    machine.remove("sys/devices/rapl");
    assert_eq!(machine.sysroot().open(ZONE).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn proc_stat_counts_the_load() {
    let machine = Machine::load(ARCHIVE);
    machine.set_load(0.25);
    machine.advance(10 * S);
    assert_eq!(
        machine.read("proc/stat"),
        "cpu  600 0 50 2500 0 0 0 0 0 0\ncpu0 310 0 30 1250 0 0 0 0 0 0\n\
         cpu1 290 0 20 1250 0 0 0 0 0 0\nctxt 7\n"
    );
}

#[test]
fn every_archive_unpacks_and_has_what_any_linux_has() {
    for (name, archive) in machines::ALL {
        let machine = Machine::load(archive);
        for file in ["proc/stat", "proc/meminfo", "proc/cpuinfo", "proc/self/cgroup"] {
            assert!(machine.sysroot().read(file).is_ok(), "{name}: {file}");
        }
        let online = machine.sysroot().read("sys/devices/system/cpu/online").unwrap();
        assert!(online.starts_with('0'), "{name}: {online}");
        machine.advance(S);
    }
}
