//! The table that is printed, and the machine it was measured on.

use std::fmt;
use std::fs;

use super::statistics::Figure;

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Better {
    /// Times, memory, shares.
    Lower,
    /// Rates.
    Higher,
}

/// One figure, ours and the peer's.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// Of the figures.
    pub(crate) unit: &'static str,
    /// Which way is good.
    pub(crate) better: Better,
    /// The bound that we want to keep, by the median.
    pub(crate) target: f64,
    /// Ours.
    pub(crate) ours: Figure,
    /// The peer's.
    pub(crate) peer: Option<Figure>,
    /// Printed behind our figure.
    pub(crate) remark: String,
    /// Half-width of the interval of our median, where it matters.
    pub(crate) noise: f64,
}

/// Rows in the order in which they were measured.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

impl Table {
    /// Adds a row.
    pub(crate) fn push(&mut self, row: Row) {
        self.0.push(row);
    }
}

impl Row {
    /// Whether the target is kept, in a word.
    fn verdict(&self) -> &'static str {
        let excess = match self.better {
            Better::Lower => self.ours.median - self.target,
            Better::Higher => self.target - self.ours.median,
        };
        if excess <= 0.0 {
            "yes"
        } else if excess <= self.noise {
            "in noise"
        } else {
            "**no**"
        }
    }

    /// How many times better than the peer, by medians.
    fn ratio(&self) -> Option<f64> {
        let peer = self.peer?.median;
        let ours = self.ours.median;
        let ratio = if self.better == Better::Lower { peer / ours } else { ours / peer };
        (ratio.is_finite() && ratio > 0.0).then_some(ratio)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", number(self.median), number(self.best))
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| what | unit | target | ours: median (best) | met | CodeCarbon {}: median (best) | ratio |",
            crate::stock::VERSION
        )?;
        writeln!(f, "| --- | --- | --: | --: | :-: | --: | --: |")?;
        for row in &self.0 {
            let sign = if row.better == Better::Lower { "≤" } else { "≥" };
            writeln!(
                f,
                "| {} | {} | {sign} {} | {}{} | {} | {} | {} |",
                row.what,
                row.unit,
                number(row.target),
                row.ours,
                row.remark,
                row.verdict(),
                row.peer.map_or_else(|| "–".into(), |peer| peer.to_string()),
                row.ratio().map_or_else(|| "–".into(), |ratio| format!("{} ×", number(ratio))),
            )?;
        }
        Ok(())
    }
}

/// Three significant digits, no exponent, thousands grouped.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1000.0 {
        let digits = format!("{value:.0}");
        let grouped = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
        return grouped.collect::<Vec<_>>().join(",");
    }
    let decimals =
        if size >= 100.0 || size == 0.0 { 0 } else { (2.0 - size.log10().floor()) as usize };
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// The machine, in one line.
pub(crate) fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split(": ").nth(1)).unwrap_or("unknown processor");
    let virtual_machine =
        cpu.lines().any(|line| line.split_whitespace().any(|w| w == "hypervisor"));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let kernel = kernel.split('-').next().unwrap_or_default().trim().to_owned();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kind = if virtual_machine { "virtual machine, " } else { "" };
    format!("{kind}{cores} × {model}, Linux {kernel}")
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_three_digits_that_count() {
        for (value, text) in [
            (0.0, "0"),
            (0.000_012_34, "0.0000123"),
            (0.5, "0.5"),
            (1.499, "1.5"),
            (23.456, "23.5"),
            (999.0, "999"),
            (61_234.4, "61,234"),
            (-0.25, "-0.25"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
