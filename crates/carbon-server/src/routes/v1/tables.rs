//! The columns of exported files, and what stands in them.

use carbon_store::{Emission, ExperimentEntry, RunEntry, Sums};

use super::shown::figures;
use crate::export::Cell;
use crate::export::Column;
use crate::export::Kind::{Real, Text, Time, Truth, Whole};

/// Rows of runs.
pub(super) static ROWS: [Column; 21] = [
    ("run_id", Text),
    ("timestamp", Time),
    ("duration_s", Real),
    ("energy_kwh", Real),
    ("energy_low_kwh", Real),
    ("energy_high_kwh", Real),
    ("cpu_energy_kwh", Real),
    ("gpu_energy_kwh", Real),
    ("ram_energy_kwh", Real),
    ("emissions_kg", Real),
    ("emissions_low_kg", Real),
    ("emissions_high_kg", Real),
    ("emissions_rate_kg_s", Real),
    ("cpu_power_w", Real),
    ("gpu_power_w", Real),
    ("ram_power_w", Real),
    ("cpu_utilization_percent", Real),
    ("gpu_utilization_percent", Real),
    ("ram_utilization_percent", Real),
    ("wue_l_per_kwh", Real),
    ("id", Text),
];

/// A row of a run.
pub(super) fn row_cells(row: &Emission) -> Vec<Cell> {
    let measured = &row.measured;
    vec![
        row.run_id.to_string().into(),
        row.timestamp.into(),
        measured.duration_s.into(),
        measured.energy_kwh.into(),
        measured.energy_low_kwh.into(),
        measured.energy_high_kwh.into(),
        measured.cpu_energy_kwh.into(),
        measured.gpu_energy_kwh.into(),
        measured.ram_energy_kwh.into(),
        measured.emissions_kg.into(),
        measured.emissions_low_kg.into(),
        measured.emissions_high_kg.into(),
        measured.emissions_rate_kg_s.into(),
        measured.cpu_power_w.into(),
        measured.gpu_power_w.into(),
        measured.ram_power_w.into(),
        measured.cpu_utilization_percent.into(),
        measured.gpu_utilization_percent.into(),
        measured.ram_utilization_percent.into(),
        measured.wue.into(),
        row.id.to_string().into(),
    ]
}

/// Columns of figures, which runs and experiments share.
macro_rules! with_figures {
    ($($column:expr),* $(,)?) => {
        [
            $($column,)*
            ("rows", Whole),
            ("duration_s", Real),
            ("energy_kwh", Real),
            ("energy_low_kwh", Real),
            ("energy_high_kwh", Real),
            ("cpu_energy_kwh", Real),
            ("gpu_energy_kwh", Real),
            ("ram_energy_kwh", Real),
            ("emissions_kg", Real),
            ("emissions_low_kg", Real),
            ("emissions_high_kg", Real),
            ("cpu_power_w", Real),
            ("gpu_power_w", Real),
            ("ram_power_w", Real),
            ("cpu_utilization_percent", Real),
            ("gpu_utilization_percent", Real),
            ("ram_utilization_percent", Real),
        ]
    };
}

fn figure_cells(sums: &Sums) -> [Cell; 17] {
    let figures = figures(sums);
    [
        figures.rows.into(),
        figures.duration_s.into(),
        figures.energy_kwh.into(),
        figures.energy_low_kwh.into(),
        figures.energy_high_kwh.into(),
        figures.cpu_energy_kwh.into(),
        figures.gpu_energy_kwh.into(),
        figures.ram_energy_kwh.into(),
        figures.emissions_kg.into(),
        figures.emissions_low_kg.into(),
        figures.emissions_high_kg.into(),
        figures.cpu_power_w.into(),
        figures.gpu_power_w.into(),
        figures.ram_power_w.into(),
        figures.cpu_utilization_percent.into(),
        figures.gpu_utilization_percent.into(),
        figures.ram_utilization_percent.into(),
    ]
}

/// Runs.
pub(super) static RUNS: [Column; 39] = with_figures![
    ("id", Text),
    ("project_id", Text),
    ("experiment_id", Text),
    ("experiment_name", Text),
    ("timestamp", Time),
    ("first", Time),
    ("last", Time),
    ("os", Text),
    ("python_version", Text),
    ("codecarbon_version", Text),
    ("cpu_count", Whole),
    ("cpu_model", Text),
    ("gpu_count", Whole),
    ("gpu_model", Text),
    ("longitude", Real),
    ("latitude", Real),
    ("region", Text),
    ("provider", Text),
    ("ram_total_size_gib", Real),
    ("tracking_mode", Text),
    ("host", Text),
    ("member_id", Text),
];

/// A run; its machine and its member only for insiders.
pub(super) fn run_cells(entry: RunEntry, is_inside: bool) -> Vec<Cell> {
    let RunEntry { run, experiment_name, sums, extent } = entry;
    let facts = run.facts;
    let mut cells: Vec<Cell> = vec![
        run.id.to_string().into(),
        run.project_id.to_string().into(),
        run.experiment_id.to_string().into(),
        experiment_name.into(),
        run.timestamp.into(),
        extent.map(|(first, _)| first).into(),
        extent.map(|(_, last)| last).into(),
        facts.os.into(),
        facts.python_version.into(),
        facts.codecarbon_version.into(),
        facts.cpu_count.into(),
        facts.cpu_model.into(),
        facts.gpu_count.into(),
        facts.gpu_model.into(),
        facts.longitude.into(),
        facts.latitude.into(),
        facts.region.into(),
        facts.provider.into(),
        facts.ram_total_size.into(),
        facts.tracking_mode.into(),
        facts.host.filter(|_| is_inside).into(),
        run.member_id.filter(|_| is_inside).map(|id| id.to_string()).into(),
    ];
    cells.extend(figure_cells(&sums));
    cells
}

/// Experiments.
pub(super) static EXPERIMENTS: [Column; 29] = with_figures![
    ("id", Text),
    ("project_id", Text),
    ("name", Text),
    ("description", Text),
    ("timestamp", Time),
    ("country_name", Text),
    ("country_iso_code", Text),
    ("region", Text),
    ("on_cloud", Truth),
    ("cloud_provider", Text),
    ("cloud_region", Text),
    ("runs", Whole),
];

/// An experiment.
pub(super) fn experiment_cells(entry: ExperimentEntry) -> Vec<Cell> {
    let ExperimentEntry { experiment, sums, runs } = entry;
    let mut cells: Vec<Cell> = vec![
        experiment.id.to_string().into(),
        experiment.project_id.to_string().into(),
        experiment.name.into(),
        experiment.description.into(),
        experiment.timestamp.into(),
        experiment.country_name.into(),
        experiment.country_iso_code.into(),
        experiment.region.into(),
        experiment.on_cloud.into(),
        experiment.cloud_provider.into(),
        experiment.cloud_region.into(),
        runs.into(),
    ];
    cells.extend(figure_cells(&sums));
    cells
}
