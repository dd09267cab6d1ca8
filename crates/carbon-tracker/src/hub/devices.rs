//! What a view of the machine as it is shows beside energy: the use and the memory of each GPU, what
//! each process used of it, and the CPU times and memory of the machine.
//!
//! Nothing here is billed to anybody; it is read when it is asked for.

use std::collections::BTreeMap;

use carbon_sensors::{Covers, MachineSample, MemoryUse, ProcessUtilization};

use super::Hub;

/// A GPU as it is now.
#[derive(Debug, Clone, PartialEq)]
pub struct GpuUse {
    /// Name of its meter in reports: "GPU 0".
    pub meter: String,
    /// Product name; empty if the device does not tell.
    pub model: String,
    /// Share of time in which it works, 0 to 100 percent.
    pub percent: Option<f64>,
    /// Its memory.
    pub memory: Option<MemoryUse>,
    /// Seconds of the whole GPU that each process has used since this was first asked, by pid; `None`
    /// if the device does not tell, or tells pids that are not ours.
    pub process_s: Option<BTreeMap<u32, f64>>,
}

/// Running sums of what processes used of the GPUs: seconds by account and pid.
#[derive(Debug, Default)]
pub(super) struct GpuSeconds(BTreeMap<usize, BTreeMap<u32, f64>>);

impl GpuSeconds {
    /// Takes in what was used of one GPU over some seconds.
    pub(super) fn accept(&mut self, account: usize, used: &[ProcessUtilization], seconds: f64) {
        let sums = self.0.entry(account).or_default();
        for process in used {
            *sums.entry(process.pid).or_default() += process.percent / 100.0 * seconds;
        }
    }
}

impl Hub {
    /// The GPUs that open windows count, as they are now. 50 µs for each of NVIDIA's.
    pub fn gpus(&self) -> Vec<GpuUse> {
        let mut state = self.lock();
        let devices = state.detected().hardware.gpus.clone();
        if devices.is_empty() {
            return Vec::new();
        }
        let now = state.machine.clock.now();
        state.gpu_seconds.get_or_insert_default();
        state.read_gpu_processes(&now);
        let sums = state.gpu_seconds.take().unwrap_or_default();
        let mut gpus = Vec::new();
        for (index, account) in state.accounts.iter_mut().enumerate().filter(|(_, a)| a.users > 0) {
            let Covers::Gpu { index: device } = account.info().covers else { continue };
            let model = devices.iter().find(|gpu| gpu.index == device);
            gpus.push(GpuUse {
                meter: account.info().name.clone(),
                model: model.map(|gpu| gpu.name.clone()).unwrap_or_default(),
                percent: account.meter_mut().utilization_percent(),
                memory: account.meter_mut().memory_use(),
                process_s: sums.0.get(&index).cloned(),
            });
        }
        state.gpu_seconds = Some(sums);
        gpus
    }

    /// CPU times and memory of the machine, or of the part of it that limits leave us and the meters
    /// count, as they were last read; `None` before the first reading.
    pub fn machine_sample(&self) -> Option<MachineSample> {
        self.lock().sample
    }
}
