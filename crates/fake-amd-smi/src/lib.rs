//! A scripted stand-in for AMD's system management library (AMD SMI), for tests; never shipped.
//!
//! Made in the same way as `fake-nvml`, whose script and installer it shares.

mod c_api;
#[path = "../../fake-nvml/src/c_strings.rs"]
mod c_strings;
#[path = "../../fake-nvml/src/install.rs"]
mod install;
#[path = "../../fake-nvml/src/script.rs"]
mod script;

pub use install::FakeLibrary as FakeAmdSmi;
pub use script::{Script, Section};

/// AMD SMI's status codes that tests script, by their published numbers.
pub mod code {
    /// The GPU cannot do that.
    pub const NOT_SUPPORTED: u32 = 2;
    /// No such GPU.
    pub const NOT_FOUND: u32 = 31;
    /// The library has not been initialised, or was shut down.
    pub const NOT_INIT: u32 = 32;
    /// The `amdgpu` driver is not loaded.
    pub const DRIVER_NOT_LOADED: u32 = 34;
}
