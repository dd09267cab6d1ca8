//! The shape of the report and how an outcome becomes one.

use carbon_model::{
    CarbonMass, EmissionsRecord, Gap, GapReason, Intensity, Report, SelfCost, TaskRecord,
    Utilization,
};
use carbon_tracker::live::PriceUsed;
use carbon_tracker::location::Location;
use carbon_tracker::{Factors, Footprint, GridUsed, Outcome};
use serde::Serialize;

use super::energy::{Bounds, EnergyNote, MachineEnergy, ProcessEnergy};

/// Version of the shape; it grows when a field is renamed, removed or changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// A run with everything that is known about it. Field names are those of the file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JsonReport<'a> {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// When, how long, and whose energy is billed.
    pub run: RunNote<'a>,
    /// The command that was measured, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandNote<'a>>,
    /// Energy of the equipment that is billed.
    pub energy: EnergyNote,
    /// Energy of the facility for it: `energy` × PUE.
    pub facility_energy: EnergyNote,
    /// Kilograms of CO2e of the facility's energy.
    pub emissions_kg: Bounds,
    /// Litres of water of the equipment's energy.
    pub water_l: f64,
    /// How the place of the run is known; the record says where it is.
    pub place: PlaceNote,
    /// The factors behind emissions and water.
    pub pricing: PricingNote<'a>,
    /// Energy of the whole machine by component, source and meter.
    pub machine: MachineEnergy<'a>,
    /// The billed part of it when a process is billed, else null.
    pub process: Option<ProcessEnergy<'a>>,
    /// How busy the machine was.
    pub utilization: UtilizationNote,
    /// Stretches without data.
    pub gaps: Vec<GapNote<'a>>,
    /// What was assumed or went wrong.
    pub warnings: &'a [String],
    /// What measuring itself cost.
    pub self_cost: CostNote,
    /// Records of the finished tasks, as in the task file.
    pub tasks: &'a [TaskRecord],
    /// The record of the run, as in the emissions file: energies in kWh with PUE included.
    pub record: &'a EmissionsRecord,
}

impl<'a> JsonReport<'a> {
    /// The report of a run or a task.
    pub fn new(outcome: &'a Outcome) -> Self {
        let Outcome { report, footprint, factors, prices, record, tasks, warnings, .. } = outcome;
        let Footprint { it_energy, energy, emissions, water } = footprint;
        Self {
            schema_version: SCHEMA_VERSION,
            run: RunNote::new(report, record),
            command: None,
            energy: (*it_energy).into(),
            facility_energy: (*energy).into(),
            emissions_kg: Bounds::of(*emissions, CarbonMass::kilograms),
            water_l: water.litres(),
            place: (&outcome.location).into(),
            pricing: PricingNote::new(factors, prices),
            machine: report.machine.as_slice().into(),
            process: report.process.as_ref().map(ProcessEnergy::from),
            utilization: report.utilization.into(),
            gaps: report.gaps.iter().map(GapNote::from).collect(),
            warnings,
            self_cost: report.self_cost.into(),
            tasks,
            record,
        }
    }

    /// With the command that was measured.
    #[must_use]
    pub fn with_command(self, line: &'a str, exit_code: u8) -> Self {
        Self { command: Some(CommandNote { line, exit_code }), ..self }
    }
}

/// When, how long, and whose energy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunNote<'a> {
    /// Id of the run.
    pub run_id: &'a str,
    /// Project.
    pub project_name: &'a str,
    /// `machine` or `process`: which of the two sections below is billed.
    pub billed: &'static str,
    /// Start, seconds since the Unix epoch.
    pub started_unix_s: f64,
    /// End, seconds since the Unix epoch.
    pub ended_unix_s: f64,
    /// Seconds awake.
    pub active_s: f64,
    /// Seconds, time asleep included.
    pub wall_s: f64,
}

impl<'a> RunNote<'a> {
    fn new(report: &Report, record: &'a EmissionsRecord) -> Self {
        Self {
            run_id: &record.run_id,
            project_name: &record.project_name,
            billed: if report.process.is_some() { "process" } else { "machine" },
            started_unix_s: report.started_unix_s,
            ended_unix_s: report.ended_unix_s,
            active_s: report.active.as_secs_f64(),
            wall_s: report.wall.as_secs_f64(),
        }
    }
}

/// A measured command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandNote<'a> {
    /// The command as one line.
    pub line: &'a str,
    /// Its exit code; 128 + n when signal n killed it.
    pub exit_code: u8,
}

/// The factors that were applied.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PricingNote<'a> {
    /// The electricity; where its price changed, the mean by energy.
    pub grid: GridNote<'a>,
    /// The live prices behind that mean; empty where a table decides alone.
    pub prices: Vec<PriceNote<'a>>,
    /// Power usage effectiveness.
    pub pue: f64,
    /// Water usage effectiveness, litres per kWh of equipment energy.
    pub wue_l_per_kwh: f64,
}

impl<'a> PricingNote<'a> {
    fn new(factors: &'a Factors, prices: &'a [PriceUsed]) -> Self {
        Self {
            grid: (&factors.grid).into(),
            prices: prices.iter().map(PriceNote::from).collect(),
            pue: factors.pue.ratio(),
            wue_l_per_kwh: factors.wue_l_per_kwh,
        }
    }
}

/// Intensity of the grid and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridNote<'a> {
    /// Code of the zone.
    pub zone: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Grams of CO2e per kWh.
    pub g_per_kwh: Bounds,
    /// Year that the value describes; null when the user gave it.
    pub year: Option<u16>,
    /// Who published it.
    pub source: &'a str,
    /// Whether the place is not known and a default stands in.
    pub assumed: bool,
}

impl<'a> From<&'a GridUsed> for GridNote<'a> {
    fn from(grid: &'a GridUsed) -> Self {
        Self {
            zone: &grid.zone,
            name: &grid.name,
            g_per_kwh: Bounds::of(grid.intensity, Intensity::g_per_kwh),
            year: grid.year,
            source: &grid.source,
            assumed: grid.assumed,
        }
    }
}

/// A price of the electricity and how much was billed by it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceNote<'a> {
    /// `electricitymaps`, `uk` or `file`; null for a table, which stands in where nobody told.
    pub provider: Option<&'static str>,
    /// Start of the time that the value is of, seconds since the Unix epoch.
    pub value_from_unix_s: Option<f64>,
    /// How the value was come by, if it was not measured.
    pub estimated: Option<&'a str>,
    /// The value, its bounds and its source.
    #[serde(flatten)]
    pub grid: GridNote<'a>,
    /// Start of its use, seconds since the Unix epoch.
    pub from_unix_s: f64,
    /// End of its use.
    pub until_unix_s: f64,
    /// Equipment energy that was billed by it.
    pub energy_kwh: f64,
    /// Number of values of which this is the mean; above 1 for the oldest of a long run.
    pub values: u32,
}

impl<'a> From<&'a PriceUsed> for PriceNote<'a> {
    fn from(price: &'a PriceUsed) -> Self {
        Self {
            provider: price.provider.map(carbon_tracker::config::IntensityProvider::as_str),
            value_from_unix_s: price.value_from_unix_s,
            estimated: price.estimated.as_deref(),
            grid: (&price.grid).into(),
            from_unix_s: price.from_unix_s,
            until_unix_s: price.until_unix_s,
            energy_kwh: price.energy.kilowatt_hours(),
            values: price.values,
        }
    }
}

/// How the place of the run is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceNote {
    /// `configuration`, `cloud_metadata`, `address`, `time_zone`, `locale` or `nothing`.
    pub known_by: &'static str,
    /// The same for people.
    pub detail: String,
}

impl From<&Location> for PlaceNote {
    fn from(location: &Location) -> Self {
        Self { known_by: location.known_by.as_str(), detail: location.known_by.to_string() }
    }
}

/// How busy the machine was: time-weighted means, percent of 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct UtilizationNote {
    /// Logical CPUs.
    pub cpu_percent: f64,
    /// Tracked GPUs.
    pub gpu_percent: f64,
    /// Memory.
    pub ram_percent: f64,
    /// GiB of memory.
    pub ram_used_gib: f64,
}

impl From<Utilization> for UtilizationNote {
    fn from(used: Utilization) -> Self {
        let Utilization { cpu_percent, gpu_percent, ram_percent, ram_used_gib } = used;
        Self { cpu_percent, gpu_percent, ram_percent, ram_used_gib }
    }
}

/// A stretch without data from one meter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GapNote<'a> {
    /// The meter.
    pub meter: &'a str,
    /// Seconds from the start of the run.
    pub from_s: f64,
    /// Seconds from the start of the run.
    pub to_s: f64,
    /// `read_failed`, `counter_restarted` or `suspended`.
    pub reason: &'static str,
    /// How the read failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<&'a str>,
    /// Whether a later reading bridged it, so that no energy is missing.
    pub bridged: bool,
}

impl<'a> From<&'a Gap> for GapNote<'a> {
    fn from(gap: &'a Gap) -> Self {
        let (reason, message) = match &gap.reason {
            GapReason::ReadFailed(message) => ("read_failed", Some(message.as_str())),
            GapReason::CounterRestarted => ("counter_restarted", None),
            GapReason::Suspended => ("suspended", None),
            _ => ("other", None),
        };
        let Gap { meter, from_s, to_s, bridged, .. } = gap;
        Self { meter, from_s: *from_s, to_s: *to_s, reason, message, bridged: *bridged }
    }
}

/// What measuring itself cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CostNote {
    /// CPU seconds.
    pub cpu_s: f64,
    /// Joules.
    pub joules: f64,
    /// Readings taken.
    pub samples: u64,
}

impl From<SelfCost> for CostNote {
    fn from(cost: SelfCost) -> Self {
        Self { cpu_s: cost.cpu_s, joules: cost.energy.joules(), samples: cost.samples }
    }
}
