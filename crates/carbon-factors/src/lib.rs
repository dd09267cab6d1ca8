//! Reference tables with source, year and licence: grids, cloud regions, CPU and GPU power.
//!
//! Pure look-up: the tables of `data/` are compiled into one sorted blob, nothing is parsed or
//! allocated at start, a key costs under a microsecond. Every answer names its source; a place or a
//! part that is unknown is `None` or says how it was resolved, never a silent default. What the
//! data covers, and how it differs from CodeCarbon's, is in `docs/reference-data.md`.

mod blob;
mod cloud;
mod country;
mod cpu;
mod cpu_name;
mod fuel;
mod gpu;
mod gpu_name;
mod grid;
mod layout;
mod mix;
mod place_name;
mod region;
mod source;

pub use cloud::{CloudRegion, cloud_region, cloud_regions};
pub use country::{Country, countries, country, country_of_time_zone};
pub use cpu::{CpuPower, cpu_power, cpus};
pub use fuel::{
    Equivalent, FuelFactor, FuelTable, GridWater, equivalents, fuel_factor, grid_water,
};
pub use gpu::{GpuPower, gpu_power};
pub use grid::{
    GridBasis, GridFactor, Resolution, Scope, Table, country_grid, region_grid, world_grid,
    zone_grid,
};
pub use mix::{Mix, mix};
pub use region::{Fit, Region, region, regions};
pub use source::{SourceInfo, sources};

/// Bytes that the tables take in a binary.
pub const TABLES_SIZE: usize = blob::size();
