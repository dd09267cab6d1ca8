//! Names of processors, GPUs and places, as anybody may spell them.

use carbon_factors::{Table, cloud_region, country, country_grid, cpu_power, gpu_power, region};

use crate::{Target, is_sound, text};

pub(crate) const PROCESSOR: Target = Target {
    name: "cpu-name",
    seeds: &[
        "Intel(R) Xeon(R) Platinum 8275CL CPU @ 3.00GHz",
        "AMD EPYC 7B13 64-Core Processor",
        "12th Gen Intel(R) Core(TM) i9-12900K",
        "AMD Ryzen Threadripper 3990X",
        "Apple M2 Pro",
    ],
    check: |bytes| {
        if let Some(power) = cpu_power(&text(bytes)) {
            assert!((1.0..1000.0).contains(&power.tdp.watts()), "{power:?}");
        }
    },
};

pub(crate) const GRAPHICS: Target = Target {
    name: "gpu-name",
    seeds: &["NVIDIA H100 80GB HBM3", "NVIDIA GeForce RTX 4090", "AMD Instinct MI250X"],
    check: |bytes| {
        let _ = gpu_power(&text(bytes));
    },
};

pub(crate) const PLACE: Target = Target {
    name: "place",
    seeds: &[
        "FRA",
        "france",
        "USA\ncalifornia",
        "aws\neu-west-1",
        "CAN\nQuébec",
        "gcp\neurope-west10",
    ],
    check: |bytes| {
        let text = text(bytes);
        let (first, second) = text.split_once('\n').unwrap_or((&text, ""));
        let _ = (country(first), region(first, second), cloud_region(first, second));
        if let Some(grid) = country_grid(first, None, Table::default()) {
            assert!(is_sound(grid.g_per_kwh()), "{grid:?}");
        }
    },
};
