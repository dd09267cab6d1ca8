//! The text that macOS's `powermetrics --samplers cpu_power` prints, sample after sample.
//!
//! Every sample begins with its length and goes on with the mean power of parts since the one before:
//!
//! ```text
//! *** Sampled system activity (Fri Sep 11 13:41:46 2026 -0700) (1002.90ms elapsed) ***
//! CPU Power: 823 mW
//! GPU Power: 26 mW
//! ANE Power: 323 mW
//! Combined Power (CPU + GPU + ANE): 1172 mW
//! ```
//!
//! macOS 11 and 12 add `DRAM Power` and call the sum `Package Power`; on Intel's processors there is
//! one figure, `Intel energy model derived package power (CPUs+GT+SA): 2.48W`. The same part named
//! twice in a sample counts once.

use std::time::Duration;

/// No computer that runs macOS takes more, W.
const MOST_W: f64 = 10_000.0;

/// Samples are asked for every second; one that claims to be longer than this is no sample.
const LONGEST_SAMPLE: Duration = Duration::from_hours(1);

/// Mean powers over a sample, W; `None` for parts that were not told.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PowerSample {
    /// Length of the sample.
    pub length: Duration,
    /// The CPU of an Apple processor.
    pub cpu_w: Option<f64>,
    /// The GPU of an Apple processor.
    pub gpu_w: Option<f64>,
    /// The neural engine.
    pub neural_engine_w: Option<f64>,
    /// The memory.
    pub memory_w: Option<f64>,
    /// The package of an Intel processor: cores, graphics and system agent.
    pub package_w: Option<f64>,
}

impl PowerSample {
    fn has_power(&self) -> bool {
        self.cpu_w.is_some() || self.package_w.is_some()
    }
}

/// Puts samples together from lines.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    open: Option<PowerSample>,
}

impl Lines {
    /// Takes the next line; a sample when this line ends one. A sample ends with the line of its sum,
    /// else where the next begins; one whose length is not told is dropped.
    pub fn push(&mut self, line: &str) -> Option<PowerSample> {
        let line = line.trim();
        if line.starts_with("*** Sampled system activity") {
            let ended = self.open.take().filter(PowerSample::has_power);
            self.open =
                parse_length(line).map(|length| PowerSample { length, ..Default::default() });
            return ended;
        }
        let sample = self.open.as_mut()?;
        let (name, value) = line.rsplit_once(':')?;
        let slot = match name {
            "CPU Power" => &mut sample.cpu_w,
            "GPU Power" => &mut sample.gpu_w,
            "ANE Power" => &mut sample.neural_engine_w,
            "DRAM Power" => &mut sample.memory_w,
            _ if name.starts_with("Intel energy model derived package power") => {
                &mut sample.package_w
            }
            _ if name == "Package Power" || name.starts_with("Combined Power") => {
                return self.open.take().filter(PowerSample::has_power);
            }
            _ => return None,
        };
        if slot.is_none() {
            *slot = parse_power(value);
        }
        // Nothing of a processor by Intel follows.
        if sample.package_w.is_some() { self.open.take() } else { None }
    }
}

/// The length of a sample from its first line: "(1002.90ms elapsed)".
fn parse_length(line: &str) -> Option<Duration> {
    let (before, _) = line.rsplit_once("ms elapsed")?;
    let (_, number) = before.rsplit_once('(')?;
    let length = Duration::try_from_secs_f64(number.trim().parse::<f64>().ok()? / 1e3).ok()?;
    (length > Duration::ZERO && length <= LONGEST_SAMPLE).then_some(length)
}

/// Watts of "823 mW" or "2.48W".
pub fn parse_power(text: &str) -> Option<f64> {
    let number = text.trim().strip_suffix('W')?;
    let (number, per_watt) = match number.strip_suffix('m') {
        Some(number) => (number, 1e3),
        None => (number, 1.0),
    };
    let watts = number.trim().parse::<f64>().ok()? / per_watt;
    (0.0..=MOST_W).contains(&watts).then_some(watts)
}
