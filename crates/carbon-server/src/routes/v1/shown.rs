//! What is stored, as it is shown under `/v1`.

use carbon_api::v1 as wire;
use carbon_store::{
    Bounds, Emission, Experiment, LiveRun, Run, RunEntry, Sums, Task, TimeAverage, Timestamp,
};

use crate::app::App;
use crate::wire::Micros;

/// A point in time, with its zone.
pub(super) fn time(time: Timestamp) -> String {
    Micros::from(time).utc()
}

/// What rows come to.
pub(super) fn figures(sums: &Sums) -> wire::Figures {
    let bounds = |bounds: Bounds| {
        let is_whole = sums.rows > 0 && bounds.count == sums.rows;
        (is_whole.then_some(bounds.low), is_whole.then_some(bounds.high))
    };
    let (energy_low_kwh, energy_high_kwh) = bounds(sums.energy_bounds);
    let (emissions_low_kg, emissions_high_kg) = bounds(sums.emissions_bounds);
    let power = |power: TimeAverage| power.mean_w();
    wire::Figures {
        rows: sums.rows,
        duration_s: sums.duration_s,
        energy_kwh: sums.energy_kwh,
        energy_low_kwh,
        energy_high_kwh,
        cpu_energy_kwh: sums.cpu_energy_kwh,
        gpu_energy_kwh: sums.gpu_energy_kwh,
        ram_energy_kwh: sums.ram_energy_kwh,
        emissions_kg: sums.emissions_kg,
        emissions_low_kg,
        emissions_high_kg,
        cpu_power_w: power(sums.cpu_power_over_time),
        gpu_power_w: power(sums.gpu_power_over_time),
        ram_power_w: power(sums.ram_power_over_time),
        cpu_utilization_percent: sums.cpu_utilization.mean(),
        gpu_utilization_percent: sums.gpu_utilization.mean(),
        ram_utilization_percent: sums.ram_utilization.mean(),
    }
}

/// A run; its machine and its member only for insiders.
pub(super) fn run(app: &App, run: Run, is_inside: bool) -> wire::Run {
    let (project_id, timestamp) = (run.project_id.to_string(), time(run.timestamp));
    let host = run.facts.host.clone().filter(|_| is_inside);
    let member_id = run.member_id.filter(|_| is_inside).map(|id| id.to_string());
    // A text that is no JSON was not put there by this server.
    let sources = run.facts.sources.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let run = carbon_api::Run { timestamp, ..app.run(run) };
    wire::Run { run, project_id, host, member_id, sources }
}

/// A run of a list.
pub(super) fn run_row(app: &App, entry: RunEntry, is_inside: bool) -> wire::RunRow {
    wire::RunRow {
        figures: figures(&entry.sums),
        first: entry.extent.map(|(first, _)| time(first)),
        last: entry.extent.map(|(_, last)| time(last)),
        experiment_name: entry.experiment_name,
        run: run(app, entry.run, is_inside),
    }
}

/// An experiment.
pub(super) fn experiment(app: &App, experiment: Experiment) -> carbon_api::Experiment {
    let timestamp = Some(time(experiment.timestamp));
    carbon_api::Experiment { timestamp, ..app.experiment(experiment) }
}

/// A row of a run.
pub(super) fn emission(row: &Emission) -> wire::Emission {
    let measured = &row.measured;
    wire::Emission {
        id: row.id.to_string(),
        run_id: row.run_id.to_string(),
        timestamp: time(row.timestamp),
        duration_s: measured.duration_s,
        emissions_sum: measured.emissions_kg,
        emissions_low_kg: measured.emissions_low_kg,
        emissions_high_kg: measured.emissions_high_kg,
        emissions_rate: measured.emissions_rate_kg_s,
        energy_consumed: measured.energy_kwh,
        energy_low_kwh: measured.energy_low_kwh,
        energy_high_kwh: measured.energy_high_kwh,
        cpu_power: measured.cpu_power_w,
        gpu_power: measured.gpu_power_w,
        ram_power: measured.ram_power_w,
        cpu_energy: measured.cpu_energy_kwh,
        gpu_energy: measured.gpu_energy_kwh,
        ram_energy: measured.ram_energy_kwh,
        cpu_utilization_percent: measured.cpu_utilization_percent,
        gpu_utilization_percent: measured.gpu_utilization_percent,
        ram_utilization_percent: measured.ram_utilization_percent,
        wue: measured.wue,
    }
}

/// A task of a run.
pub(super) fn task(task: Task) -> wire::Task {
    wire::Task {
        id: task.id.to_string(),
        name: task.name,
        start: time(task.start),
        duration_s: task.duration_s,
        energy_kwh: task.energy_kwh,
        emissions_kg: task.emissions_kg,
        cpu_energy_kwh: task.cpu_energy_kwh,
        gpu_energy_kwh: task.gpu_energy_kwh,
        ram_energy_kwh: task.ram_energy_kwh,
    }
}

/// A run that is under way.
pub(super) fn live(run: LiveRun) -> wire::LiveRun {
    let parts = [run.cpu_power_w, run.gpu_power_w, run.ram_power_w];
    wire::LiveRun {
        run_id: run.run_id.to_string(),
        experiment_id: run.experiment_id.to_string(),
        project_id: run.project_id.to_string(),
        experiment_name: run.experiment_name,
        project_name: run.project_name,
        last: time(run.last),
        power_w: parts.iter().any(Option::is_some).then(|| parts.into_iter().flatten().sum()),
        cpu_power_w: run.cpu_power_w,
        gpu_power_w: run.gpu_power_w,
        ram_power_w: run.ram_power_w,
        energy_kwh: run.energy_kwh,
        emissions_kg: run.emissions_kg,
    }
}
