//! What a machine is: processor, memory, firmware's names for it, operating system.
//!
//! Facts are read in parts, by who needs them, and none starts a program. Each part is a parser of
//! text and a few reads below a [`SysRoot`](crate::SysRoot); what is not told stays `None`.

mod arm;
pub mod cpu;
pub mod dmi;
pub(crate) mod host;
pub mod memory;
mod pids;
pub mod system;

pub use cpu::{CpuFacts, Vendor};
pub use dmi::{CloudHint, DmiFacts};
pub use memory::{Dimm, MachineClass, MemoryFacts};
pub use pids::has_private_pids;
pub use system::os_name;
