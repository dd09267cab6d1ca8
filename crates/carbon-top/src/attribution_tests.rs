//! Worked cases of sharing, and the law that nothing is lost.

use proptest::prelude::*;

use super::*;

fn id(pid: u32) -> ProcessId {
    ProcessId { pid, start_ticks: u64::from(pid) }
}

fn user(pid: u32, cpu_s: f64, private_bytes: u64) -> Use {
    Use { id: id(pid), cpu_s, private_bytes }
}

fn total(shares: &Shares) -> f64 {
    shares.processes.values().sum::<f64>() + shares.idle_j + shares.unattributed_j
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

#[test]
fn cpu_energy_above_a_known_idle_power_goes_by_cpu_seconds() {
    let stretch = Stretch {
        seconds: 1.0,
        cpu_j: 30.0,
        cpu_s: Some((2.0, 2.0)),
        idle_w: Some(10.0),
        uses: vec![user(1, 1.0, 0), user(2, 0.5, 0)],
        ..Stretch::default()
    };
    let shares = share_machine(&stretch);
    close(shares.idle_j, 10.0);
    close(shares.processes[&id(1)], 10.0);
    close(shares.processes[&id(2)], 5.0);
    // Half a second of the machine was nobody's that is seen.
    close(shares.unattributed_j, 5.0);
}

#[test]
fn where_the_idle_power_is_not_known_idle_time_pays_by_time() {
    let stretch = Stretch {
        seconds: 1.0,
        cpu_j: 40.0,
        cpu_s: Some((1.0, 3.0)),
        uses: vec![user(1, 1.0, 0)],
        ..Stretch::default()
    };
    let shares = share_machine(&stretch);
    close(shares.idle_j, 30.0);
    close(shares.processes[&id(1)], 10.0);
    close(shares.unattributed_j, 0.0);
}

#[test]
fn memory_goes_by_what_is_private_and_free_memory_is_idle() {
    let stretch = Stretch {
        seconds: 1.0,
        ram_j: 8.0,
        memory: Some(MemoryUse { total_bytes: 800, used_bytes: 400 }),
        uses: vec![user(1, 0.0, 100), user(2, 0.0, 200)],
        ..Stretch::default()
    };
    let shares = share_machine(&stretch);
    close(shares.idle_j, 4.0);
    close(shares.processes[&id(1)], 1.0);
    close(shares.processes[&id(2)], 2.0);
    close(shares.unattributed_j, 1.0);
}

#[test]
fn a_gpu_goes_by_seconds_and_one_that_is_silent_is_nobodys() {
    let gpu = GpuStretch {
        energy_j: 100.0,
        busy: Some(0.5),
        process_s: Some([(1, 0.3), (2, 0.1)].into()),
    };
    let stretch = Stretch {
        seconds: 1.0,
        gpus: vec![gpu.clone(), GpuStretch { energy_j: 7.0, ..GpuStretch::default() }],
        uses: vec![user(1, 0.0, 0), user(2, 0.0, 0)],
        ..Stretch::default()
    };
    let shares = share_machine(&stretch);
    close(shares.processes[&id(1)], 37.5);
    close(shares.processes[&id(2)], 12.5);
    close(shares.idle_j, 50.0);
    close(shares.unattributed_j, 7.0);
    // Of a bill the members pay everything, idle time too.
    let shares = share_bill(&Stretch { gpus: vec![gpu], ..stretch });
    close(shares.processes[&id(1)], 75.0);
    close(shares.idle_j, 0.0);
}

#[test]
fn a_bill_that_nobody_seen_ran_up_is_unattributed() {
    let stretch = Stretch { seconds: 1.0, cpu_j: 3.0, ram_j: 1.0, ..Stretch::default() };
    close(share_bill(&stretch).unattributed_j, 4.0);
}

proptest! {
    #[test]
    fn parts_idle_and_unattributed_add_up_to_the_total(
        cpu_j in 0.0..1e6_f64,
        ram_j in 0.0..1e4_f64,
        gpu_j in 0.0..1e6_f64,
        busy in proptest::option::of(0.0..1.5_f64),
        cpu_s in proptest::option::of((0.0..64.0_f64, 0.0..64.0_f64)),
        idle_w in proptest::option::of(0.0..1e6_f64),
        used_bytes in 0_u64..20_000,
        uses in proptest::collection::vec((0.0..8.0_f64, 0_u64..5_000, 0.0..1.0_f64), 0..20),
    ) {
        let process_s = (1..).zip(&uses).map(|(pid, (_, _, gpu_s))| (pid, *gpu_s)).collect();
        let stretch = Stretch {
            seconds: 1.0,
            cpu_j,
            ram_j,
            gpus: vec![GpuStretch { energy_j: gpu_j, busy, process_s: Some(process_s) }],
            cpu_s,
            idle_w,
            memory: Some(MemoryUse { total_bytes: 10_000, used_bytes }),
            uses: (1..).zip(&uses).map(|(pid, (s, bytes, _))| user(pid, *s, *bytes)).collect(),
        };
        for shares in [share_machine(&stretch), share_bill(&stretch)] {
            close(total(&shares), cpu_j + ram_j + gpu_j);
            prop_assert!(shares.idle_j >= 0.0 && shares.unattributed_j >= 0.0);
            prop_assert!(shares.processes.values().all(|joules| *joules >= 0.0));
        }
    }
}
