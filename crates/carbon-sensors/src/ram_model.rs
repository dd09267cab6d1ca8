//! Memory power from size and use, and constant powers that the user gave.
//!
//! W per GiB is 0.18 + 0.22·√u in servers and 0.05 + 0.05·u in clients, where u is the share of
//! memory in use. The module count is left out on purpose: models by module jump, and more memory
//! drew less power in them.

use std::time::Duration;

use carbon_model::{Accuracy, Source};

use crate::clock::Clock;
use crate::facts::MachineClass;
use crate::machine::{MachineSample, MemoryUse};
use crate::meter::{Covers, Meter, MeterInfo, ReadError, Reading, Sample};

const GIBIBYTE: f64 = (1_u64 << 30) as f64;

/// Watts of memory of a size and a use. It grows strictly with either.
pub fn ram_power_w(class: MachineClass, memory: MemoryUse) -> f64 {
    if memory.total_bytes == 0 {
        return 0.0;
    }
    let size_gib = memory.total_bytes as f64 / GIBIBYTE;
    let share = (memory.used_bytes as f64 / memory.total_bytes as f64).min(1.0);
    size_gib
        * match class {
            MachineClass::Server => 0.18 + 0.22 * share.sqrt(),
            MachineClass::Client => 0.05 + 0.05 * share,
        }
}

/// Power of the memory that a sample speaks of, limits included.
#[derive(Debug)]
pub struct RamModel {
    info: MeterInfo,
    class: MachineClass,
}

impl RamModel {
    /// A meter for memory of a class; `memory` is its use now or at its fullest, and is needed for
    /// the description alone.
    pub fn new(class: MachineClass, memory: MemoryUse) -> Self {
        let kind = match class {
            MachineClass::Server => "server",
            MachineClass::Client => "client",
        };
        let size_gib = memory.total_bytes as f64 / GIBIBYTE;
        let with_use = |used_bytes| ram_power_w(class, MemoryUse { used_bytes, ..memory });
        let info = MeterInfo {
            name: "ram".to_owned(),
            covers: Covers::Memory,
            source: Source::RamModel,
            detail: format!("{size_gib:.1} GiB of {kind} memory"),
            accuracy: Accuracy::factors(0.4, 2.5),
            refresh: Duration::from_millis(1),
            max_interval: None,
            plausible_w: 2.0 * with_use(memory.total_bytes),
            mirror_group: None,
            idle_w: Some(with_use(0)),
        };
        Self { info, class }
    }
}

impl Meter for RamModel {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, machine: &MachineSample, _: &dyn Clock) -> Result<Sample, ReadError> {
        let memory = machine.memory.ok_or(ReadError::Missing { what: "memory of the machine" })?;
        let watts = ram_power_w(self.class, memory);
        Ok(Sample { at: machine.at, reading: Reading::Power { watts } })
    }
}

/// A power that the user stated; it is taken as exact and never fails.
#[derive(Debug)]
pub struct ConstantPower {
    info: MeterInfo,
    watts: f64,
}

impl ConstantPower {
    /// A meter that reads `watts`, 0 or more, for what it `covers`.
    pub fn new(name: impl Into<String>, covers: Covers, watts: f64) -> Self {
        let info = MeterInfo {
            name: name.into(),
            covers,
            source: Source::UserConstant,
            detail: format!("{watts} W given by the user"),
            accuracy: Accuracy::EXACT,
            refresh: Duration::from_millis(1),
            max_interval: None,
            plausible_w: 2.0 * watts,
            mirror_group: None,
            idle_w: Some(watts),
        };
        Self { info, watts }
    }
}

impl Meter for ConstantPower {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    fn read(&mut self, machine: &MachineSample, _: &dyn Clock) -> Result<Sample, ReadError> {
        Ok(Sample { at: machine.at, reading: Reading::Power { watts: self.watts } })
    }
}
