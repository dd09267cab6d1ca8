//! The cells of a row, by column, to an entry; the same for rows of CSV and records of JSON.

use std::borrow::Cow;
use std::collections::HashSet;

use carbon_model::{CarbonMass, Energy, Water};

use crate::entry::{Entry, Equipment, Origin, Place, Split, Text};
use crate::local_time::LocalTime;

macro_rules! columns {
    ($($column:ident = $name:literal,)*) => {
        /// The columns that are read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Column {
            $($column,)*
        }

        impl Column {
            /// Every column with its name, in the order of the variants.
            pub(super) const ALL: &[(Self, &str)] = &[$((Self::$column, $name)),*];
        }
    };
}

columns! {
    TaskName = "task_name",
    Timestamp = "timestamp",
    ProjectName = "project_name",
    RunId = "run_id",
    ExperimentId = "experiment_id",
    Duration = "duration",
    Emissions = "emissions",
    CpuEnergy = "cpu_energy",
    GpuEnergy = "gpu_energy",
    RamEnergy = "ram_energy",
    EnergyConsumed = "energy_consumed",
    WaterConsumed = "water_consumed",
    CountryName = "country_name",
    CountryIsoCode = "country_iso_code",
    Region = "region",
    CloudProvider = "cloud_provider",
    CloudRegion = "cloud_region",
    Os = "os",
    PythonVersion = "python_version",
    CodecarbonVersion = "codecarbon_version",
    CpuCount = "cpu_count",
    CpuModel = "cpu_model",
    GpuCount = "gpu_count",
    GpuModel = "gpu_model",
    Longitude = "longitude",
    Latitude = "latitude",
    RamTotalSize = "ram_total_size",
    TrackingMode = "tracking_mode",
    CpuUtilization = "cpu_utilization_percent",
    GpuUtilization = "gpu_utilization_percent",
    RamUtilization = "ram_utilization_percent",
    OnCloud = "on_cloud",
    Pue = "pue",
    Wue = "wue",
}

impl Column {
    pub(super) fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Why a row cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowFault {
    /// It has not as many fields as the header names.
    #[error("{found} fields where the header names {expected} columns")]
    FieldCount {
        /// Fields of the row.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// It is the last of its file, and its line is not at its end.
    #[error(
        "the last line has {found} of {expected} fields: it is still being written, or was cut off"
    )]
    Unfinished {
        /// Fields of the row.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// A quote opens in it and closes, if at all, in a later row.
    #[error("a quote is opened and not closed where the row ends")]
    OpenQuote,
    /// A cell is a number beyond all that can be measured.
    #[error("{column} is {text:?}, more than anything can be")]
    TooLarge {
        /// The column.
        column: &'static str,
        /// What stands there, shortened.
        text: String,
    },
    /// A cell that must be a number at least zero is none.
    #[error("{column} is {text:?}, not a number of at least zero")]
    NotANumber {
        /// The column.
        column: &'static str,
        /// What stands there, shortened.
        text: String,
    },
}

/// The longest part of a cell that a message repeats, in characters.
const SHOWN_CHARACTERS: usize = 40;

/// Largest number that counts, in whatever unit: beyond, sums would not be finite any more.
const LARGEST: f64 = 1e18;

/// Where the cells of one row are found.
pub(super) trait Cells {
    /// The text of a column; empty when the row does not have it.
    fn text(&self, column: Column) -> Cow<'_, str>;

    /// A number; `None` when the cell is empty.
    fn number(&self, column: Column) -> Result<Option<f64>, RowFault> {
        let text = self.text(column);
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("nan") || text == "None" {
            return Ok(None);
        }
        let shown = || text.chars().take(SHOWN_CHARACTERS).collect();
        match text.parse::<f64>() {
            Ok(value) if value > LARGEST => {
                Err(RowFault::TooLarge { column: column.name(), text: shown() })
            }
            Ok(value) if value >= 0.0 => Ok(Some(value)),
            _ => Err(RowFault::NotANumber { column: column.name(), text: shown() }),
        }
    }

    /// A number that only says more of a row: what is none is nothing.
    fn detail(&self, column: Column, least: f64, most: f64) -> Option<f64> {
        let value = self.text(column).trim().parse::<f64>().ok()?;
        (least..=most).contains(&value).then_some(value)
    }

    /// A number that a record cannot do without.
    fn required(&self, column: Column) -> Result<f64, RowFault> {
        let missing = || RowFault::NotANumber { column: column.name(), text: String::new() };
        self.number(column)?.ok_or_else(missing)
    }
}

/// Keeps one copy of each text.
#[derive(Debug, Default)]
pub(crate) struct Texts(HashSet<Text>);

impl Texts {
    fn keep(&mut self, text: &str) -> Text {
        // Cells that Python wrote for nothing.
        let text = if matches!(text, "nan" | "None") { "" } else { text };
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let text: Text = text.into();
        self.0.insert(text.clone());
        text
    }
}

/// Reads a row.
pub(super) fn entry(
    cells: &impl Cells,
    origin: Origin,
    texts: &mut Texts,
) -> Result<Entry, RowFault> {
    use Column as C;
    let kwh = |column| Ok(Energy::from_kilowatt_hours(cells.number(column)?.unwrap_or(0.0)));
    let count = |column| Ok::<_, RowFault>(cells.number(column)?.unwrap_or(0.0) as u32);
    let energy = Split {
        total: Energy::from_kilowatt_hours(cells.required(C::EnergyConsumed)?),
        cpu: kwh(C::CpuEnergy)?,
        gpu: kwh(C::GpuEnergy)?,
        ram: kwh(C::RamEnergy)?,
    };
    let task = cells.text(C::TaskName);
    let mut text = |column| texts.keep(&cells.text(column));
    Ok(Entry {
        origin,
        ended: LocalTime::parse(&cells.text(C::Timestamp)),
        project: text(C::ProjectName),
        run_id: text(C::RunId),
        experiment_id: text(C::ExperimentId),
        duration_s: cells.required(C::Duration)?,
        energy,
        emissions: CarbonMass::from_kilograms(cells.required(C::Emissions)?),
        water: Water::from_litres(cells.number(C::WaterConsumed)?.unwrap_or(0.0)),
        place: Place {
            country_iso3: text(C::CountryIsoCode),
            country_name: text(C::CountryName),
            region: text(C::Region),
            cloud_provider: text(C::CloudProvider),
            cloud_region: text(C::CloudRegion),
        },
        position: cells.detail(C::Longitude, -180.0, 180.0).zip(cells.detail(
            C::Latitude,
            -90.0,
            90.0,
        )),
        equipment: Equipment {
            os: text(C::Os),
            cpu_model: text(C::CpuModel),
            cpu_count: count(C::CpuCount)?,
            gpu_model: text(C::GpuModel),
            gpu_count: count(C::GpuCount)?,
            ram_gib: cells.number(C::RamTotalSize)?.unwrap_or(0.0),
            python_version: text(C::PythonVersion),
            version: text(C::CodecarbonVersion),
            tracking_mode: text(C::TrackingMode),
        },
        used_percent: [C::CpuUtilization, C::GpuUtilization, C::RamUtilization]
            .map(|column| cells.detail(column, 0.0, 100.0)),
        pue: cells.number(C::Pue)?.filter(|pue| *pue > 0.0).unwrap_or(1.0),
        wue_l_per_kwh: cells.number(C::Wue)?.unwrap_or(0.0),
        task: (!task.is_empty()).then(|| texts.keep(&task)),
        told: None,
    })
}
