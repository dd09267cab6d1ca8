//! One run, or one task of a run, as a file tells it.
//!
//! A row of a CSV file has single numbers; a JSON report also has their bounds, the grid that was
//! used and the sources of the figures ([`Told`]). What a file does not say stays unknown.

use std::sync::Arc;

use carbon_model::{CarbonMass, Energy, Intensity, Interval, Power, Water};

use crate::local_time::LocalTime;

/// A text that many rows share.
pub type Text = Arc<str>;

/// A run or a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which file and line it comes from.
    pub origin: Origin,
    /// Name of the task; `None` for a whole run.
    pub task: Option<Text>,
    /// When it ended.
    pub ended: Option<LocalTime>,
    /// Project.
    pub project: Text,
    /// Id of the run; may be empty.
    pub run_id: Text,
    /// Id of the experiment; may be empty.
    pub experiment_id: Text,
    /// Seconds.
    pub duration_s: f64,
    /// Energy of the facility, PUE included, as records have it.
    pub energy: Split,
    /// Greenhouse gases.
    pub emissions: CarbonMass,
    /// Water.
    pub water: Water,
    /// Where it ran.
    pub place: Place,
    /// Where that is: degrees east and north.
    pub position: Option<(f64, f64)>,
    /// What it ran on.
    pub equipment: Equipment,
    /// Mean use of the processors, the GPUs and the memory, percent.
    pub used_percent: [Option<f64>; 3],
    /// Power usage effectiveness that the energy includes; 1 when the file does not say.
    pub pue: f64,
    /// Litres per kilowatt hour of equipment energy; 0 when the file does not say.
    pub wue_l_per_kwh: f64,
    /// What only a JSON report tells.
    pub told: Option<Box<Told>>,
}

/// Where an entry comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Index of the file, in the order in which files were read.
    pub file: usize,
    /// Line of the file on which it begins; 0 in a JSON file.
    pub line: usize,
}

/// Energy, whole and by component. Files of old versions have only the whole.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Split {
    /// All of it.
    pub total: Energy,
    /// Processors.
    pub cpu: Energy,
    /// Graphics processors.
    pub gpu: Energy,
    /// Memory.
    pub ram: Energy,
}

/// Where something ran, as far as the file says; unknown parts are empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    /// ISO 3166-1 alpha-3.
    pub country_iso3: Text,
    /// English name.
    pub country_name: Text,
    /// State, province or zone.
    pub region: Text,
    /// Cloud provider; empty on private infrastructure.
    pub cloud_provider: Text,
    /// Region of the cloud.
    pub cloud_region: Text,
}

/// What something ran on; unknown parts are empty or zero.
#[derive(Debug, Clone, PartialEq)]
pub struct Equipment {
    /// Operating system.
    pub os: Text,
    /// Processor model.
    pub cpu_model: Text,
    /// Logical CPUs.
    pub cpu_count: u32,
    /// GPUs by model.
    pub gpu_model: Text,
    /// Tracked GPUs.
    pub gpu_count: u32,
    /// GiB.
    pub ram_gib: f64,
    /// Version of Python.
    pub python_version: Text,
    /// Version of the program that measured.
    pub version: Text,
    /// `machine` or `process`.
    pub tracking_mode: Text,
}

/// What a JSON report knows beyond its record.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// Energy of the facility with bounds.
    pub energy: Interval<Energy>,
    /// Emissions with bounds.
    pub emissions: Interval<CarbonMass>,
    /// The grid that was used.
    pub grid: ToldGrid,
    /// Where the energy of each component comes from.
    pub sources: Vec<ToldSource>,
}

/// The grid of a JSON report.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldGrid {
    /// Name of the place.
    pub name: String,
    /// Intensity with bounds.
    pub intensity: Interval<Intensity>,
    /// Year that the value describes.
    pub year: Option<u16>,
    /// Who published it.
    pub source: String,
}

/// One source of a figure.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToldSource {
    /// `cpu`, `gpu` or `ram`.
    pub component: String,
    /// `measured`, `derived`, `modelled` or `default`.
    pub basis: String,
    /// The source in words, such as "RAPL (perf)".
    pub label: String,
}

impl Entry {
    /// Mean power, PUE included; 0 W without a duration.
    pub fn power(&self) -> Power {
        let seconds = self.duration_s;
        Power::from_watts(if seconds > 0.0 { self.energy.total.joules() / seconds } else { 0.0 })
    }

    /// Emissions per energy; `None` without energy.
    pub fn intensity(&self) -> Option<Intensity> {
        let kwh = self.energy.total.kilowatt_hours();
        (kwh > 0.0).then(|| Intensity::from_g_per_kwh(self.emissions.grams() / kwh))
    }

    /// Energy of the equipment: without the PUE.
    pub fn it_energy(&self) -> Energy {
        self.energy.total / self.pue
    }

    /// The id of the run, unless it is one of the words that stand for none.
    pub fn known_run_id(&self) -> Option<&Text> {
        (!matches!(&*self.run_id, "" | "None" | "nan" | "null")).then_some(&self.run_id)
    }
}

impl Split {
    /// The parts by name, without those that are nothing, and what no component accounts for.
    pub fn parts(&self) -> Vec<(&'static str, Energy)> {
        let known = self.cpu.joules() + self.gpu.joules() + self.ram.joules();
        let rest = self.total.joules() - known;
        // Rounding of the file is no energy of its own.
        let rest = if rest > 1e-6 * self.total.joules() { rest } else { 0.0 };
        [
            ("CPU", self.cpu),
            ("GPU", self.gpu),
            ("RAM", self.ram),
            ("other", Energy::from_joules(rest)),
        ]
        .into_iter()
        .filter(|(_, energy)| energy.joules() > 0.0)
        .collect()
    }
}

impl std::ops::AddAssign for Split {
    fn add_assign(&mut self, other: Self) {
        self.total += other.total;
        self.cpu += other.cpu;
        self.gpu += other.gpu;
        self.ram += other.ram;
    }
}

impl Place {
    /// For people: "gcp europe-west9 (France)", "california, United States", "France"; "unknown".
    pub fn name(&self) -> String {
        let country =
            if self.country_name.is_empty() { &self.country_iso3 } else { &self.country_name };
        let country: &str = if country.is_empty() { "unknown" } else { country };
        if self.is_cloud() {
            format!("{} {} ({country})", self.cloud_provider, self.cloud_region)
        } else if self.region.is_empty() {
            country.to_owned()
        } else {
            format!("{}, {country}", self.region)
        }
    }

    /// Whether a cloud provider and a region of it are named.
    pub fn is_cloud(&self) -> bool {
        !self.cloud_provider.is_empty() && !self.cloud_region.is_empty()
    }
}
