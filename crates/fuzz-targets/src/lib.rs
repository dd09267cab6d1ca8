//! Every parser against any bytes: one function each, which panics when something does not hold.
//!
//! A target does more than not crash: it states what must be true of whatever a parser returns
//! (finite, not negative, used ≤ total, what was quoted is read back). `cargo xtask fuzz` explores
//! them with coverage; a test runs each on its seeds and on some thousand mutations, so that the
//! targets cannot rot. Never shipped.

mod files;
mod gpu;
mod kernel;
mod limits;
mod look_ups;
mod platforms;
mod process;
mod rapl;

/// One parser, or a family that reads the same text.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// As `cargo xtask fuzz` takes it.
    pub name: &'static str,
    /// Texts as the parser meets them, to start from.
    pub seeds: &'static [&'static str],
    /// Feeds the bytes to the parser and checks what comes out.
    pub check: fn(&[u8]),
}

/// All targets.
pub const TARGETS: &[Target] = &[
    rapl::FILES,
    rapl::COUNTER,
    process::PROCESS,
    kernel::PROC_STAT,
    kernel::MEMINFO,
    kernel::CPUINFO,
    kernel::CPU_LIST,
    kernel::DIMMS,
    kernel::HWMON,
    platforms::EMI,
    platforms::IO_REPORT,
    platforms::POWERMETRICS,
    platforms::BOARDS,
    limits::CGROUP,
    limits::SCONTROL,
    limits::SLURM,
    gpu::SELECTION,
    files::INI,
    files::SETTINGS,
    files::CSV,
    files::RECORDS,
    files::JOURNAL,
    look_ups::PROCESSOR,
    look_ups::GRAPHICS,
    look_ups::PLACE,
];

/// The bytes as the text that a lossy reader makes of them.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Whether a figure is one that can be used: finite and not negative.
fn is_sound(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}
