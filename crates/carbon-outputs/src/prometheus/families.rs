//! A run as Prometheus sees it: which metrics there are, their labels and their values.
//!
//! There are two sets. The names of the reference keep its units and its meaning, so that existing
//! dashboards work: gauges hold the last interval that was sent, the counter is in kWh. The others
//! are in base units, hold what the run has come to, and are fresh whenever they are asked for.

use carbon_model::EmissionsRecord;

use super::exposition::{Family, Kind, Sample};
use crate::float::python_repr;
use crate::metrics::tally::{Part, Tally, parts, pue};

/// What is known of a run.
#[derive(Debug, Clone, Default)]
pub(super) struct RunState {
    tally: Tally,
    /// The totals.
    total: Option<EmissionsRecord>,
    /// The interval that was sent last.
    interval: Option<EmissionsRecord>,
    /// When the run began, s since the epoch.
    began_s: f64,
    has_ended: bool,
}

impl RunState {
    /// Takes the totals of the run as of a moment, s since the epoch.
    pub(super) fn take(&mut self, total: &EmissionsRecord, now_s: f64) {
        if self.total.as_ref().is_none_or(|known| known.run_id != total.run_id) {
            *self = Self { began_s: now_s - total.duration.max(0.0), ..Self::default() };
        }
        self.tally.take(total);
        self.total = Some(total.clone());
    }

    /// Takes what was added in the last interval.
    pub(super) fn take_interval(&mut self, delta: &EmissionsRecord) {
        self.interval = Some(delta.clone());
    }

    /// Nothing more will come.
    pub(super) fn end(&mut self) {
        self.has_ended = true;
    }
}

/// All metrics of some runs; empty families stand for what no run has.
pub(super) fn families<'a>(runs: impl IntoIterator<Item = &'a RunState>) -> Vec<Family> {
    let mut families = blank();
    for run in runs {
        if let Some(total) = &run.total {
            fill(&mut families, run, total);
        }
    }
    families
}

/// A gauge of the reference and the field of the interval that it holds.
type Field = fn(&EmissionsRecord) -> f64;

const INTERVAL_GAUGES: [(&str, &str, Field); 10] = [
    ("codecarbon_duration", "Length of the last interval (s)", |r| r.duration),
    ("codecarbon_emissions", "CO2-equivalent emissions of the last interval (kg)", |r| r.emissions),
    ("codecarbon_emissions_rate", "Emissions per second of the last interval (kg/s)", |r| {
        r.emissions_rate
    }),
    ("codecarbon_cpu_power", "Mean power of the processors (W)", |r| r.cpu_power),
    ("codecarbon_gpu_power", "Mean power of the GPUs (W)", |r| r.gpu_power),
    ("codecarbon_ram_power", "Mean power of the memory (W)", |r| r.ram_power),
    ("codecarbon_cpu_energy", "Energy of the processors in the last interval (kWh)", |r| {
        r.cpu_energy
    }),
    ("codecarbon_gpu_energy", "Energy of the GPUs in the last interval (kWh)", |r| r.gpu_energy),
    ("codecarbon_ram_energy", "Energy of the memory in the last interval (kWh)", |r| r.ram_energy),
    ("codecarbon_energy_consumed", "Energy of all components in the last interval (kWh)", |r| {
        r.energy_consumed
    }),
];

/// The other families: name, unit, kind, help.
const OTHERS: [(&str, &str, Kind, &str); 11] = [
    ("codecarbon_energy", "", Kind::Counter, "Energy of the run, PUE included (kWh)"),
    (
        "codecarbon_energy_joules",
        "joules",
        Kind::Counter,
        "Energy of a component as measured, PUE not included",
    ),
    ("codecarbon_power_watts", "watts", Kind::Gauge, "Present power of a component"),
    (
        "codecarbon_emissions_grams",
        "grams",
        Kind::Counter,
        "CO2-equivalent emissions of the run, PUE included",
    ),
    ("codecarbon_water_liters", "liters", Kind::Counter, "Water used on site for the run"),
    ("codecarbon_duration_seconds", "seconds", Kind::Counter, "Time that was measured"),
    (
        "codecarbon_grid_intensity_grams_per_kwh",
        "grams_per_kwh",
        Kind::Gauge,
        "CO2-equivalent emissions per kWh, mean of the run",
    ),
    ("codecarbon_pue_ratio", "ratio", Kind::Gauge, "Power usage effectiveness that is applied"),
    ("codecarbon_utilization_ratio", "ratio", Kind::Gauge, "Use of a component, mean of the run"),
    ("codecarbon_run_active", "", Kind::Gauge, "1 while the run goes on, 0 when it has ended"),
    ("codecarbon_run", "", Kind::Info, "What is known of the run"),
];

fn blank() -> Vec<Family> {
    let gauges = INTERVAL_GAUGES.iter().map(|(name, help, _)| (*name, "", Kind::Gauge, *help));
    gauges
        .chain(OTHERS)
        .map(|(name, unit, kind, help)| Family { name, help, unit, kind, samples: Vec::new() })
        .collect()
}

fn fill(families: &mut [Family], run: &RunState, total: &EmissionsRecord) {
    let mut add = |name: &str, labels: Vec<(&'static str, String)>, value: f64| {
        let family = families.iter_mut().find(|family| family.name == name);
        let created_s = (name == "codecarbon_energy").then_some(run.began_s);
        if let Some(family) = family {
            family.samples.push(Sample { labels, value, created_s });
        }
    };
    let all = all_labels(total);
    if let Some(interval) = &run.interval {
        for (name, _, field) in INTERVAL_GAUGES {
            add(name, all.clone(), field(interval));
        }
    }
    let tally = &run.tally;
    let own =
        || vec![("run_id", total.run_id.clone()), ("project_name", total.project_name.clone())];
    let of = |part: Part| {
        let mut labels = own();
        labels.push(("component", part.label().to_owned()));
        labels
    };
    add("codecarbon_energy", all.clone(), tally.energy_kwh);
    for part in parts(total) {
        add("codecarbon_energy_joules", of(part), tally.energy_j(part));
        add("codecarbon_power_watts", of(part), tally.power_w(part));
        let percent = match part {
            Part::Cpu => total.cpu_utilization_percent,
            Part::Gpu => total.gpu_utilization_percent,
            Part::Ram => total.ram_utilization_percent,
        };
        add("codecarbon_utilization_ratio", of(part), percent / 100.0);
    }
    add("codecarbon_emissions_grams", own(), tally.emissions_g);
    add("codecarbon_water_liters", own(), tally.water_l);
    add("codecarbon_duration_seconds", own(), tally.duration_s);
    if let Some(intensity) = tally.intensity_g_per_kwh() {
        add("codecarbon_grid_intensity_grams_per_kwh", own(), intensity);
    }
    add("codecarbon_pue_ratio", own(), pue(total));
    add("codecarbon_run_active", own(), f64::from(u8::from(!run.has_ended)));
    let mut info = all;
    info.push(("experiment_id", total.experiment_id.clone()));
    info.push(("python_version", total.python_version.clone()));
    add("codecarbon_run", info, 1.0);
}

/// The labels of the reference, all filled, and the run, which keeps two trackers apart.
fn all_labels(record: &EmissionsRecord) -> Vec<(&'static str, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    vec![
        ("run_id", record.run_id.clone()),
        ("project_name", record.project_name.clone()),
        ("country_name", text(&record.country_name)),
        ("country_iso_code", text(&record.country_iso_code)),
        ("region", text(&record.region)),
        ("cloud_provider", record.cloud_provider.clone()),
        ("cloud_region", record.cloud_region.clone()),
        ("os", record.os.clone()),
        ("codecarbon_version", record.codecarbon_version.clone()),
        ("cpu_model", record.cpu_model.clone()),
        ("cpu_count", record.cpu_count.to_string()),
        ("gpu_model", record.gpu_model.clone()),
        ("gpu_count", record.gpu_count.to_string()),
        ("tracking_mode", record.tracking_mode.clone()),
        ("ram_total_size", python_repr(record.ram_total_size)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::record;
    use crate::prometheus::exposition::Format;

    fn lines_of(state: &RunState, name: &str) -> Vec<String> {
        let text = Format::Text.write(&families([state]));
        text.lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect()
    }

    fn state() -> RunState {
        let mut state = RunState::default();
        state.take(&record("one"), 1000.0);
        state
    }

    #[test]
    fn every_label_of_the_reference_is_filled() {
        let line = &lines_of(&state(), "codecarbon_energy_total")[0];
        for label in [
            "run_id=\"one\"",
            "project_name=\"codecarbon\"",
            "country_name=\"France\"",
            "country_iso_code=\"FRA\"",
            "os=\"Linux-6.1.0-x86_64-with-glibc2.36\"",
            "codecarbon_version=\"3.3.2\"",
            "cpu_model=\"A CPU, 8-Core\"",
            "cpu_count=\"8\"",
            "gpu_count=\"0\"",
            "tracking_mode=\"machine\"",
            "ram_total_size=\"31.25\"",
        ] {
            assert!(line.contains(label), "{label} in {line}");
        }
    }

    #[test]
    fn energy_is_there_in_joules_and_in_the_references_unit() {
        let joules = lines_of(&state(), "codecarbon_energy_joules_total");
        assert_eq!(joules.len(), 2, "no GPU, no figure: {joules:?}");
        assert!(joules[0].contains("component=\"cpu\"") && joules[0].ends_with("} 425.0"));
        assert!(joules[1].contains("component=\"ram\"") && joules[1].ends_with("} 100.0"));
        let kwh = lines_of(&state(), "codecarbon_energy_total");
        assert!(kwh[0].ends_with("} 0.00014583333333333335"), "{kwh:?}");
        let created = lines_of(&state(), "codecarbon_energy_created");
        assert!(created[0].ends_with("} 990.0"), "{created:?}");
    }

    #[test]
    fn gauges_of_the_reference_hold_the_last_interval_and_are_absent_before_one() {
        let mut state = state();
        assert!(lines_of(&state, "codecarbon_duration{").is_empty());
        let mut delta = record("one");
        delta.duration = 2.5;
        state.take_interval(&delta);
        let duration = lines_of(&state, "codecarbon_duration{");
        assert!(duration[0].ends_with("} 2.5"), "{duration:?}");
    }

    #[test]
    fn two_runs_share_families_and_differ_in_their_run() {
        let mut other = RunState::default();
        other.take(&record("two"), 1000.0);
        other.end();
        let text = Format::OpenMetrics.write(&families([&state(), &other]));
        let types: Vec<&str> = text.lines().filter(|l| l.starts_with("# TYPE")).collect();
        let mut unique = types.clone();
        unique.dedup();
        assert_eq!(types, unique);
        assert!(
            text.contains("codecarbon_run_active{run_id=\"one\",project_name=\"codecarbon\"} 1.0")
        );
        assert!(
            text.contains("codecarbon_run_active{run_id=\"two\",project_name=\"codecarbon\"} 0.0")
        );
    }
}
