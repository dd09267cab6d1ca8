//! Fake machines for tests: a plain-text archive of `/sys`, `/proc`, `/run` and `/dev` is unpacked
//! to a temporary directory, and a script changes it as a fake clock goes forward.
//!
//! A test loads a [`Machine`], hands its [`SysRoot`](carbon_sensors::SysRoot) and its
//! [`FakeClock`] to the code under test, moves time with [`Machine::advance`], breaks files with
//! [`Machine::deny`], [`Machine::remove`], [`Machine::garbage`] and [`Machine::short`], and asserts
//! joules. The formats are described at [`archive`] and [`script`]; [`machines`] holds the ready
//! ones. What is wrong with an archive or a script panics with a message: only tests use this.
//!
//! Beside that, servers of a test's own: [`http`] is scripted, [`postgres`] is the real one.
//!
//! Left out: anything that is not a file (NVML has a fake library of its own), and processes.

pub mod archive;
pub mod clock;
mod fault;
mod growth;
pub mod http;
pub mod machine;
pub mod machines;
pub mod perf;
pub mod postgres;
pub mod script;

pub use clock::FakeClock;
pub use machine::Machine;
pub use perf::FakePerf;
