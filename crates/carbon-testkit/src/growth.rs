//! Files whose numbers grow with the fake time: counters, and the CPU times of `/proc/stat`.

use std::path::Path;
use std::time::Duration;

/// A number that grows from a base at a constant rate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Growth {
    /// Value at `since`.
    pub(crate) base: u64,
    /// Monotonic time of the base.
    pub(crate) since: Duration,
    /// Units per second.
    pub(crate) per_second: f64,
    /// Largest value before zero.
    pub(crate) range: Option<u64>,
}

impl Growth {
    /// The value at a time, rounded to a whole unit.
    pub(crate) fn value(&self, now: Duration) -> u64 {
        let seconds = now.saturating_sub(self.since).as_secs_f64();
        let value = u128::from(self.base) + (self.per_second * seconds).round() as u128;
        let range = self.range.unwrap_or(u64::MAX);
        (value % (u128::from(range) + 1)) as u64
    }
}

/// Unit of a counter file and, if it wraps, its range: `(units per joule, range)`.
pub(crate) fn counter_unit(relative: &str, full: &Path) -> (f64, Option<u64>) {
    let name = full.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    if relative.starts_with("perf/") {
        // The kernel's RAPL events count in units of 2⁻³² J and are widened to 64 bits.
        (4_294_967_296.0, None)
    } else if name == "energy_uj" {
        let range = std::fs::read_to_string(full.with_file_name("max_energy_range_uj")).ok();
        (1e6, range.and_then(|text| text.trim().parse().ok()))
    } else if name.starts_with("energy") && name.ends_with("_input") {
        (1e6, None)
    } else {
        panic!("{relative}: unit unknown; use `rate`")
    }
}

/// `/proc/stat` that counts a constant load.
#[derive(Debug)]
pub(crate) struct Load {
    /// The text at `since`.
    pub(crate) base: String,
    /// Monotonic time of the base.
    pub(crate) since: Duration,
    /// Busy share of every CPU, 0 to 1.
    pub(crate) share: f64,
}

impl Load {
    const TICKS_PER_SECOND: f64 = 100.0;

    /// The text at a time: user and idle of every `cpu` line have grown.
    pub(crate) fn text(&self, now: Duration) -> String {
        let ticks = now.saturating_sub(self.since).as_secs_f64() * Self::TICKS_PER_SECOND;
        let cpus = self.base.lines().filter(|line| is_one_cpu(line)).count().max(1);
        let mut text = String::with_capacity(self.base.len() + 64);
        for line in self.base.lines() {
            let scale = if is_one_cpu(line) { 1.0 } else { cpus as f64 };
            if line.starts_with("cpu") {
                text.push_str(&grown(line, ticks * scale, self.share));
            } else {
                text.push_str(line);
            }
            text.push('\n');
        }
        text
    }
}

fn is_one_cpu(line: &str) -> bool {
    line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn grown(line: &str, ticks: f64, share: f64) -> String {
    let (label, fields) = line.split_once(' ').unwrap_or((line, ""));
    let mut fields: Vec<u64> =
        fields.split_whitespace().map(|f| f.parse().unwrap_or_default()).collect();
    fields.resize(fields.len().max(4), 0);
    fields[0] += (ticks * share).round() as u64;
    fields[3] += (ticks * (1.0 - share)).round() as u64;
    let fields: Vec<String> = fields.iter().map(u64::to_string).collect();
    // The kernel puts two blanks after the first label.
    format!("{label}{} {}", if label == "cpu" { " " } else { "" }, fields.join(" "))
}
