//! Performance events of a fake machine, kept as text files.
//!
//! The event with number `config` of the unit `pmu_type` on CPU `cpu` is `perf/<pmu_type>/
//! 0x<config>/cpu<cpu>`, a number in units of the event. As in the kernel, an open event counts from
//! 0. A file that is denied refuses to be opened or read; one that is not there is no event.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use carbon_sensors::SysRoot;
use carbon_sensors::rapl::{PerfCounter, PerfEvent, PerfEvents};

use crate::machine::Machine;

/// The events of one machine.
#[derive(Debug, Clone)]
pub struct FakePerf(SysRoot);

impl FakePerf {
    /// The events of this machine.
    pub fn of(machine: &Machine) -> Self {
        Self(machine.sysroot())
    }
}

impl PerfEvents for FakePerf {
    fn open(&self, event: PerfEvent) -> io::Result<Box<dyn PerfCounter>> {
        let PerfEvent { pmu_type, config, cpu } = event;
        let path = self.0.path(format!("perf/{pmu_type}/{config:#x}/cpu{cpu}"));
        let mut counter = FakeCounter { path, start: 0 };
        counter.start = counter.read()?;
        Ok(Box::new(counter))
    }
}

struct FakeCounter {
    path: PathBuf,
    start: u64,
}

impl PerfCounter for FakeCounter {
    fn read(&mut self) -> io::Result<u64> {
        let text = std::fs::read_to_string(&self.path)?;
        let digits = text.strip_suffix('\n').ok_or(ErrorKind::InvalidData)?;
        let value: u64 = digits.parse().map_err(|_| ErrorKind::InvalidData)?;
        Ok(value.saturating_sub(self.start))
    }
}
