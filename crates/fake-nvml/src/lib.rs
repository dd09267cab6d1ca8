//! A scripted stand-in for NVIDIA's management library (NVML), for tests; never shipped.
//!
//! The crate is built twice by cargo: as a C library that exports the NVML functions which
//! `nvml-wrapper` calls, and as a Rust library with [`FakeNvml`], which installs a private copy of
//! that C library and writes the script it answers from. A test that has this crate among its
//! dev-dependencies finds both built, under `cargo test` and `cargo nextest` alike; each
//! [`FakeNvml`] is an NVML of its own, so tests may run in parallel.
//!
//! What the script does not mention is answered with "not supported", as the real library does for
//! an older or lesser GPU.

mod c_api;
mod c_strings;
mod install;
mod script;

pub use install::FakeLibrary as FakeNvml;
pub use script::{Script, Section};

/// NVML's return codes that tests script, by their published numbers.
pub mod code {
    /// The library has not been initialised, or was shut down.
    pub const UNINITIALIZED: u32 = 1;
    /// The device cannot do that.
    pub const NOT_SUPPORTED: u32 = 3;
    /// Permission denied.
    pub const NO_PERMISSION: u32 = 4;
    /// No such device or sample.
    pub const NOT_FOUND: u32 = 6;
    /// The kernel driver is not loaded.
    pub const DRIVER_NOT_LOADED: u32 = 9;
    /// The GPU has fallen off the bus.
    pub const GPU_IS_LOST: u32 = 15;
    /// The library is of another version than the kernel driver.
    pub const LIB_RM_VERSION_MISMATCH: u32 = 18;
    /// Anything else.
    pub const UNKNOWN: u32 = 999;
}
