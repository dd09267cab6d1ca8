//! Board power of GPUs, for when neither a sensor nor a power limit can be read.

use carbon_model::Power;

use crate::blob;
use crate::gpu_name::model_key;
use crate::layout::Section;
use crate::source::SourceInfo;

/// Power of a GPU board.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GpuPower {
    /// The board's name in the table, such as "NVIDIA A100-SXM4-80GB".
    pub name: &'static str,
    /// Power without work, where somebody published it.
    pub idle: Option<Power>,
    /// Highest sustained power of the board as delivered (TDP, TGP or TBP).
    pub max: Power,
    /// Who published the highest power.
    pub source: SourceInfo,
}

/// Finds the power of a board by the name that its driver reports or by its trade name; `None` when
/// it is unknown. Costs a few microseconds.
pub fn gpu_power(name: &str) -> Option<GpuPower> {
    if name.len() > 256 {
        return None;
    }
    let row = blob::find(Section::Gpu, &model_key(name))?;
    let mut fields = row.fields();
    Some(GpuPower {
        name: fields.text(),
        idle: Some(Power::from_watts(fields.millionths())).filter(|p| p.watts() > 0.0),
        max: Power::from_watts(fields.millionths()),
        source: SourceInfo::at(fields.u8()),
    })
}
