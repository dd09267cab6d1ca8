//! Who pays for a stretch of time: the machine's energy shared out among processes, idle time and what
//! nobody can be named for. Pure arithmetic; the parts add up to the energy that went in.
//!
//! | energy | a process pays | idle | unattributed |
//! | --- | --- | --- | --- |
//! | CPU | by its CPU seconds, of what is above idle | the idle power where it is known, else the energy of the time in which CPUs were idle | interrupts, processes that ended unseen |
//! | RAM | by its private memory of all memory | the part that is free | what is shared, caches, the kernel |
//! | GPU | by its seconds on the GPU, of the time in which that worked | the rest of the time | GPUs that do not tell of processes |
//!
//! Of a process tree that is billed by the tracker the whole bill, with its part of idle, is shared
//! among the members in proportion to what each used.

use std::collections::BTreeMap;

use carbon_sensors::MemoryUse;
use carbon_sensors::process::ProcessId;

/// What one process used in a stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Use {
    pub(crate) id: ProcessId,
    /// CPU seconds.
    pub(crate) cpu_s: f64,
    /// Memory of its own, bytes.
    pub(crate) private_bytes: u64,
}

/// What one GPU used in a stretch.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct GpuStretch {
    pub(crate) energy_j: f64,
    /// Part of the time in which it worked, 0 to 1.
    pub(crate) busy: Option<f64>,
    /// Seconds of the GPU by process.
    pub(crate) process_s: Option<BTreeMap<u32, f64>>,
}

/// A stretch of time: what the machine used and who used it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) seconds: f64,
    pub(crate) cpu_j: f64,
    pub(crate) ram_j: f64,
    pub(crate) gpus: Vec<GpuStretch>,
    /// CPU seconds of the machine: busy and idle.
    pub(crate) cpu_s: Option<(f64, f64)>,
    /// Power of the processors when idle, where that is known, W.
    pub(crate) idle_w: Option<f64>,
    pub(crate) memory: Option<MemoryUse>,
    pub(crate) uses: Vec<Use>,
}

/// Energy by who pays, J.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Shares {
    pub(crate) processes: BTreeMap<ProcessId, f64>,
    pub(crate) idle_j: f64,
    pub(crate) unattributed_j: f64,
}

impl Shares {
    fn give(&mut self, id: ProcessId, joules: f64) {
        if joules > 0.0 {
            *self.processes.entry(id).or_default() += joules;
        }
    }
}

/// Shares out what the machine used.
pub(crate) fn share_machine(stretch: &Stretch) -> Shares {
    let mut shares = Shares::default();
    share_cpu(stretch, &mut shares);
    share_memory(stretch, &mut shares);
    for gpu in &stretch.gpus {
        share_gpu(stretch, gpu, &mut shares);
    }
    shares
}

fn share_cpu(stretch: &Stretch, shares: &mut Shares) {
    let whole_j = stretch.cpu_j;
    let used_s: f64 = stretch.uses.iter().map(|user| user.cpu_s).sum();
    let idle_j = match (stretch.idle_w, stretch.cpu_s) {
        (Some(idle_w), _) => (idle_w * stretch.seconds).min(whole_j),
        (None, Some((busy_s, idle_s))) => {
            let all_s = busy_s.max(used_s) + idle_s;
            if all_s > 0.0 { whole_j * idle_s / all_s } else { 0.0 }
        }
        (None, None) => 0.0,
    };
    shares.idle_j += idle_j;
    // Ticks of the machine lag behind those of processes; a part is never more than the whole.
    let busy_s = stretch.cpu_s.map_or(0.0, |(busy_s, _)| busy_s).max(used_s);
    by_use(whole_j - idle_j, stretch.uses.iter().map(|user| (user.id, user.cpu_s)), busy_s, shares);
}

fn share_memory(stretch: &Stretch, shares: &mut Shares) {
    let Some(memory) = stretch.memory.filter(|memory| memory.total_bytes > 0) else {
        shares.unattributed_j += stretch.ram_j;
        return;
    };
    let total = memory.total_bytes as f64;
    let used = memory.used_bytes.min(memory.total_bytes) as f64;
    let in_use_j = stretch.ram_j * (used / total);
    shares.idle_j += stretch.ram_j - in_use_j;
    let own: f64 = stretch.uses.iter().map(|user| user.private_bytes as f64).sum();
    let uses = stretch.uses.iter().map(|user| (user.id, user.private_bytes as f64));
    by_use(in_use_j, uses, own.max(used), shares);
}

fn share_gpu(stretch: &Stretch, gpu: &GpuStretch, shares: &mut Shares) {
    let Some(busy) = gpu.busy else {
        shares.unattributed_j += gpu.energy_j;
        return;
    };
    let working_j = gpu.energy_j * busy.clamp(0.0, 1.0);
    shares.idle_j += gpu.energy_j - working_j;
    let uses = gpu_uses(stretch, gpu);
    let told_s: f64 = uses.iter().map(|(_, seconds)| seconds).sum();
    by_use(working_j, uses.into_iter(), told_s, shares);
}

/// Seconds of a GPU by those of its processes that are known.
fn gpu_uses(stretch: &Stretch, gpu: &GpuStretch) -> Vec<(ProcessId, f64)> {
    let Some(seconds) = &gpu.process_s else { return Vec::new() };
    let of = |user: &Use| Some((user.id, *seconds.get(&user.id.pid)?));
    stretch.uses.iter().filter_map(of).collect()
}

/// Shares out what a tree is billed among its members; the stretch's energies are the bill's.
pub(crate) fn share_bill(stretch: &Stretch) -> Shares {
    let mut shares = Shares::default();
    let cpu_s: f64 = stretch.uses.iter().map(|user| user.cpu_s).sum();
    let uses = stretch.uses.iter().map(|user| (user.id, user.cpu_s));
    by_use(stretch.cpu_j, uses, cpu_s, &mut shares);
    let bytes: f64 = stretch.uses.iter().map(|user| user.private_bytes as f64).sum();
    let uses = stretch.uses.iter().map(|user| (user.id, user.private_bytes as f64));
    by_use(stretch.ram_j, uses, bytes, &mut shares);
    for gpu in &stretch.gpus {
        let uses = gpu_uses(stretch, gpu);
        let told_s: f64 = uses.iter().map(|(_, seconds)| seconds).sum();
        by_use(gpu.energy_j, uses.into_iter(), told_s, &mut shares);
    }
    shares
}

/// Shares an energy by use; what is left because the uses do not add up to `whole` is nobody's.
fn by_use(
    joules: f64,
    uses: impl Iterator<Item = (ProcessId, f64)>,
    whole: f64,
    shares: &mut Shares,
) {
    let mut left_j = joules;
    for (id, used) in uses.filter(|(_, used)| whole > 0.0 && *used > 0.0) {
        let part_j = (joules * used / whole).min(left_j.max(0.0));
        shares.give(id, part_j);
        left_j -= part_j;
    }
    shares.unattributed_j += left_j.max(0.0);
}

#[cfg(test)]
#[path = "attribution_tests.rs"]
mod tests;
