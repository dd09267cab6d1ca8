//! The cost of looking for GPUs that are not there, printed for the curious; no bound is asserted,
//! since a busy machine may take any time:
//! `cargo test --release -p carbon-sensors --test gpu cost_of -- --ignored --nocapture`

use carbon_sensors::gpu::{GpuLibraries, discover};
use carbon_sensors::{Clock, SysRoot, SystemClock};

#[test]
#[ignore = "a measurement"]
fn cost_of_looking_for_absent_gpus() {
    let clock = SystemClock;
    let mut micros: Vec<f64> = (0..2000)
        .map(|_| {
            let before = clock.now();
            let found = discover(&SysRoot::default(), &GpuLibraries::default());
            assert!(found.devices.is_empty(), "this machine has GPUs");
            clock.now().active_since(&before).as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    println!("minimum {:.1} µs, median {:.1} µs", micros[0], micros[micros.len() / 2]);
}
