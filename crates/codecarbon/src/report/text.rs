//! The text of a report.
//!
//! The title, `Command:`, `Emissions: <grams, four decimals> g CO2eq` and `Saved to: <path>` stand
//! as the reference prints them, for scripts that look for them.

use std::fmt::Write;

use carbon_model::{
    Basis, Component, ComponentReport, Energy, Gap, GapReason, Interval, Report, SourceReport,
};

use super::table::{self, Align};
use super::units;
use super::{Grid, View};
use crate::command::supervise::Ending;

const TITLE: &str = "CodeCarbon Emissions Report";
const RULE: &str = "============================================================";

/// Writes a report; `colours` for a terminal.
pub fn render(view: &View<'_>, colours: bool) -> String {
    let style = Style { on: colours };
    let mut out = String::with_capacity(2048);
    let _ = write!(out, "\n{RULE}\n{}\n{RULE}\n", style.bold(TITLE));
    header(&mut out, view);
    out.push('\n');
    for (index, line) in energy_table(view).iter().enumerate() {
        let last = line.starts_with("Total");
        let line = if index == 0 { style.dim(line) } else { style.bold_if(last, line) };
        let _ = writeln!(out, "{line}");
    }
    out.push('\n');
    sources(&mut out, view, style);
    emissions(&mut out, view, style);
    for gap in &view.report.gaps {
        let _ = writeln!(out, "{} {}", style.yellow("Gap:"), gap_line(gap));
    }
    for warning in view.warnings {
        let _ = writeln!(out, "{} {warning}", style.yellow("Warning:"));
    }
    for path in view.saved_to {
        let _ = writeln!(out, "Saved to: {}", path.display());
    }
    let _ = writeln!(out, "{}", style.dim(&self_cost(view.report)));
    let _ = writeln!(out, "{RULE}");
    out
}

fn header(out: &mut String, view: &View<'_>) {
    let time = units::duration(view.report.active);
    match view.command {
        Some((command, ending)) => {
            let _ = writeln!(out, "Command: {command}");
            let _ = writeln!(out, "Result: {} after {time}", how_it_ended(ending));
        }
        None => {
            let what = view.subject.unwrap_or("this machine");
            let _ = writeln!(out, "Measured: {what} for {time}");
        }
    }
    let asleep = view.report.wall.saturating_sub(view.report.active);
    if asleep.as_millis() >= 10 {
        let _ = writeln!(out, "Asleep: {} more, not billed", units::duration(asleep));
    }
}

fn how_it_ended(ending: Ending) -> String {
    match ending {
        Ending::Exited(code) => format!("exit code {code}"),
        Ending::Killed(signal) => match signal_name(signal) {
            Some(name) => {
                format!("killed by signal {signal} ({name}), exit code {}", ending.code())
            }
            None => format!("killed by signal {signal}, exit code {}", ending.code()),
        },
    }
}

fn signal_name(signal: i32) -> Option<&'static str> {
    const NAMES: [(i32, &str); 12] = [
        (libc::SIGHUP, "SIGHUP"),
        (libc::SIGINT, "SIGINT"),
        (libc::SIGQUIT, "SIGQUIT"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGXCPU, "SIGXCPU"),
    ];
    NAMES.iter().find(|(number, _)| *number == signal).map(|(_, name)| *name)
}

/// Billed energy with bounds and power; when a process is billed, also the whole machine's.
fn energy_table(view: &View<'_>) -> Vec<String> {
    let report = view.report;
    let billed_title = match (&report.process, view.subject) {
        (Some(_), Some(_)) => "Process",
        (Some(_), None) => "Command",
        (None, _) => "Energy",
    };
    let titles = ["", billed_title, "95 % interval", "Power", "Whole machine", "Power"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    for component in Component::ALL {
        let billed = find(report.billed(), component);
        let machine = find(&report.machine, component);
        if billed.is_some() || machine.is_some() {
            rows.push(row(component.label(), report, billed, machine));
        }
    }
    rows.push(row("Total", report, Some(report.billed_energy()), Some(report.machine_energy())));
    let columns =
        [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right];
    table::lines(&columns, &rows)
}

fn row(
    label: &str,
    report: &Report,
    billed: Option<Interval<Energy>>,
    machine: Option<Interval<Energy>>,
) -> Vec<String> {
    let billed = billed.unwrap_or_default();
    let machine = machine.filter(|_| report.process.is_some());
    let power = |energy: Energy| units::power(energy / report.active);
    vec![
        label.to_owned(),
        units::energy(billed.value),
        units::energy_bounds(billed),
        power(billed.value),
        machine.map_or_else(String::new, |m| units::energy(m.value)),
        machine.map_or_else(String::new, |m| power(m.value)),
    ]
}

fn find(components: &[ComponentReport], component: Component) -> Option<Interval<Energy>> {
    components.iter().find(|c| c.component == component).map(|c| c.energy)
}

/// Where each figure comes from, one line a source, and what was billed.
fn sources(out: &mut String, view: &View<'_>, style: Style) {
    for component in &view.report.machine {
        for source in &component.sources {
            let label = format!("{}:", component.component);
            let _ = writeln!(out, "{label} {}", style.dim(&source_line(source)));
        }
    }
    if let Some(process) = &view.report.process {
        let share = if process.machine_cpu_s > 0.0 {
            format!(
                " ({} % of the machine's)",
                units::digits(100.0 * process.tree_cpu_s / process.machine_cpu_s)
            )
        } else {
            String::new()
        };
        let time = units::duration(std::time::Duration::from_secs_f64(process.tree_cpu_s.max(0.0)));
        let who = if view.subject.is_some() { "process" } else { "command" };
        let _ = writeln!(
            out,
            "Billed: the {who} and all its children, by their CPU time of {time}{share}"
        );
    }
    let _ = writeln!(out, "Grid: {}", grid_line(view.grid));
    if view.pue.ratio() > 1.0 {
        let _ = writeln!(out, "PUE: {:.2}, included in the emissions", view.pue.ratio());
    }
    if view.water.litres() > 0.0 {
        let _ = writeln!(out, "Water: {}", units::water(view.water));
    }
    out.push('\n');
}

fn source_line(source: &SourceReport) -> String {
    let basis = match source.source.basis() {
        Basis::Measured => "measured",
        Basis::Derived => "derived",
        Basis::Modelled => "modelled",
        Basis::Default => "assumed",
    };
    let name = source.source.label();
    if source.detail.is_empty() || source.detail == name {
        format!("{basis} by {name}")
    } else {
        format!("{basis} by {name}: {}", source.detail)
    }
}

fn grid_line(grid: Grid<'_>) -> String {
    let g = |intensity: carbon_model::Intensity| units::digits(intensity.g_per_kwh());
    let Interval { value, low, high } = grid.intensity;
    let year = grid.year.map_or_else(String::new, |year| format!("{year}, "));
    format!(
        "{}, {} g CO2eq/kWh ({} to {}; {year}{})",
        grid.name,
        g(value),
        g(low),
        g(high),
        grid.source
    )
}

fn emissions(out: &mut String, view: &View<'_>, style: Style) {
    let emissions = view.emissions;
    let line = format!("Emissions: {:.4} g CO2eq", emissions.value.grams());
    let _ = writeln!(
        out,
        "{} ({}; 95 %: {})",
        style.bold(&line),
        units::mass(emissions.value),
        units::mass_bounds(emissions)
    );
}

fn gap_line(gap: &Gap) -> String {
    let why = match &gap.reason {
        GapReason::ReadFailed(message) => format!("could not be read ({message})"),
        GapReason::CounterRestarted => "counter restarted".to_owned(),
        GapReason::Suspended => "the machine slept".to_owned(),
        _ => "no data".to_owned(),
    };
    let missing = if gap.bridged { "; bridged, nothing is missing" } else { "" };
    format!("{} {why} from {:.1} s to {:.1} s{missing}", gap.meter, gap.from_s, gap.to_s)
}

fn self_cost(report: &Report) -> String {
    let cost = report.self_cost;
    let time = std::time::Duration::from_secs_f64(cost.cpu_s.max(0.0));
    let seconds = report.active.as_secs_f64();
    let share = if seconds > 0.0 {
        format!(" ({} % of a core)", units::digits(100.0 * cost.cpu_s / seconds))
    } else {
        String::new()
    };
    let samples = if cost.samples == 1 { "sample" } else { "samples" };
    format!(
        "Measuring took {} of CPU time{share} and {} for {} {samples}",
        units::duration(time),
        units::energy(cost.energy),
        cost.samples
    )
}

/// Escape sequences, or none.
#[derive(Debug, Clone, Copy)]
struct Style {
    on: bool,
}

impl Style {
    fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    fn bold_if(self, condition: bool, text: &str) -> String {
        if condition { self.bold(text) } else { text.to_owned() }
    }

    fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn yellow(self, text: &str) -> String {
        self.wrap("1;33", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.on { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
