//! Time of each look-up, the first call of the process included.
//!
//! `cargo bench -p carbon-factors` prints nanoseconds: the first call, then the best and the median
//! of many batches. No framework, so that it builds in seconds.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::hint::black_box;
use std::time::Instant;

use carbon_factors::{
    Table, cloud_region, country, country_grid, country_of_time_zone, cpu_power, gpu_power,
    region_grid,
};

const BATCHES: usize = 201;
const CALLS: u32 = 2_000;

fn measure<T>(name: &str, mut call: impl FnMut() -> T) {
    let started = Instant::now();
    black_box(call());
    let first_ns = started.elapsed().as_nanos();
    let mut batches_ns: Vec<f64> = (0..BATCHES)
        .map(|_| {
            let started = Instant::now();
            for _ in 0..CALLS {
                black_box(call());
            }
            started.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
        })
        .collect();
    batches_ns.sort_by(f64::total_cmp);
    let (best, median) = (batches_ns[0], batches_ns[BATCHES / 2]);
    println!("{name:<34} first {first_ns:>8} ns   best {best:>8.1} ns   median {median:>8.1} ns");
}

fn main() {
    println!("tables: {} bytes", carbon_factors::TABLES_SIZE);
    measure("cpu_power, long brand string", || {
        cpu_power(black_box("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz"))
    });
    measure("cpu_power, no match", || cpu_power(black_box("Intel(R) Xeon(R) CPU @ 2.20GHz")));
    measure("gpu_power", || gpu_power(black_box("NVIDIA A100-SXM4-80GB")));
    measure("country, code", || country(black_box("FRA")));
    measure("country, name", || country(black_box("South Korea")));
    measure("country_grid, code", || country_grid(black_box("FRA"), Some(2026), Table::Current));
    measure("region_grid, name", || {
        region_grid(black_box("USA"), black_box("california"), Some(2026), Table::Current)
    });
    measure("cloud_region", || cloud_region(black_box("aws"), black_box("eu-west-3")));
    measure("country_of_time_zone", || country_of_time_zone(black_box("Europe/Paris")));
}
