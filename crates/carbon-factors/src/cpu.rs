//! Thermal design power and hardware threads of CPU models.
//!
//! A power table names thousands of models; a wrong match is worse than none, because an unknown
//! model leads to an honest wide interval. Two names match only when they say the same words, see
//! [`crate::cpu_name`]. Counts of cores that the machine itself reports are always better than the
//! `threads` here, which exist for virtual machines that see a part of the model.

use carbon_model::Power;

use crate::blob;
use crate::cpu_name::{ModelName, is_bare};
use crate::layout::Section;
use crate::source::SourceInfo;

/// Power of a CPU model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CpuPower {
    /// The model's name in the table, such as "AMD EPYC 9654".
    pub name: &'static str,
    /// Thermal design power (processor base power, default TDP) of one package.
    pub tdp: Power,
    /// Hardware threads of one package that a machine of this model offers; `None` where nobody
    /// published it.
    pub threads: Option<u16>,
    /// Who published the power.
    pub source: SourceInfo,
}

/// Finds the power of a CPU by the brand string that the machine reports or by its trade name.
///
/// Handles "(R)", "(TM)", "CPU @ 2.20GHz", "Processor", "12th Gen", "96-Core Processor", "with
/// Radeon Graphics", order and case. `None` when the name is unknown or says too little, such as
/// "Intel(R) Xeon(R) CPU @ 2.20GHz". Costs a few microseconds.
pub fn cpu_power(brand: &str) -> Option<CpuPower> {
    // The longest name of the table has under 60 characters; brand strings have at most 48.
    if brand.len() > 256 {
        return None;
    }
    let model = ModelName::new(brand)?;
    let row = blob::find(Section::Cpu, &model.key)?;
    let mut fields = row.fields();
    let name = fields.text();
    if is_bare(name) && !brand.trim().eq_ignore_ascii_case(name) {
        return None;
    }
    let tdp = Power::from_watts(fields.millionths());
    let threads = match fields.u16() {
        0 => threads_of_cores(name, model.cores),
        known => Some(known),
    };
    Some(CpuPower { name, tdp, threads, source: SourceInfo::at(fields.u8()) })
}

/// Families of which every model has two threads a core.
fn threads_of_cores(name: &str, cores: Option<u16>) -> Option<u16> {
    let two = ["EPYC 7", "EPYC 8", "EPYC 9", "Threadripper", "Ryzen 9"];
    cores.filter(|_| two.iter().any(|family| name.contains(family))).map(|c| c.saturating_mul(2))
}

/// Every CPU of the table.
pub fn cpus() -> impl Iterator<Item = CpuPower> {
    (0..blob::count(Section::Cpu)).map(|i| {
        let mut fields = blob::row(Section::Cpu, i).fields();
        CpuPower {
            name: fields.text(),
            tdp: Power::from_watts(fields.millionths()),
            threads: Some(fields.u16()).filter(|t| *t > 0),
            source: SourceInfo::at(fields.u8()),
        }
    })
}
