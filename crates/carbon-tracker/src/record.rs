//! A report and its footprint to the published record.

use std::sync::Arc;

use carbon_model::{Component, EmissionsRecord, Report};
use carbon_sensors::clock::local_timestamp;

use crate::config::Config;
use crate::detect::Hardware;
use crate::location::Location;
use crate::pricing::{Factors, Footprint};

/// Version that records carry.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What all records of one tracker have in common.
#[derive(Debug, Clone)]
pub(crate) struct Letterhead {
    pub(crate) config: Arc<Config>,
    pub(crate) hardware: Hardware,
    pub(crate) gpu_count: u32,
    pub(crate) gpu_model: String,
    pub(crate) python_version: String,
}

/// Fills the record of a window.
pub(crate) fn record(
    head: &Letterhead,
    run_id: &str,
    (location, factors): (&Location, &Factors),
    report: &Report,
    footprint: &Footprint,
) -> EmissionsRecord {
    let pue = factors.pue.ratio();
    let kwh = |c| report.billed_component(c).value.kilowatt_hours() * pue;
    let watts = |c| report.billed_power(c).watts();
    let duration = report.active.as_secs_f64();
    let emissions = footprint.emissions.value.kilograms();
    let (cloud_provider, cloud_region) = location.cloud.clone().unwrap_or_default();
    EmissionsRecord {
        timestamp: local_timestamp(report.ended_unix_s),
        project_name: head.config.project_name.clone(),
        run_id: run_id.to_owned(),
        experiment_id: head.config.experiment_id.clone(),
        duration,
        emissions,
        emissions_rate: if duration > 0.0 { emissions / duration } else { 0.0 },
        cpu_power: watts(Component::Cpu),
        gpu_power: watts(Component::Gpu),
        ram_power: watts(Component::Ram),
        cpu_energy: kwh(Component::Cpu),
        gpu_energy: kwh(Component::Gpu),
        ram_energy: kwh(Component::Ram),
        energy_consumed: footprint.energy.value.kilowatt_hours(),
        water_consumed: footprint.water.litres(),
        country_name: location.country_name.clone(),
        country_iso_code: location.country_iso_code.clone(),
        region: location.region.clone(),
        on_cloud: if cloud_provider.is_empty() { "N" } else { "Y" }.to_owned(),
        cloud_provider,
        cloud_region,
        os: head.hardware.os.clone(),
        python_version: head.python_version.clone(),
        codecarbon_version: VERSION.to_owned(),
        cpu_count: head.hardware.cpu_count,
        cpu_model: head.hardware.cpu_model.clone(),
        gpu_count: head.gpu_count,
        gpu_model: head.gpu_model.clone(),
        longitude: location.coordinates.map(|(longitude, _)| longitude),
        latitude: location.coordinates.map(|(_, latitude)| latitude),
        ram_total_size: head.hardware.ram_total_gib,
        tracking_mode: head.config.tracking_mode.as_str().to_owned(),
        cpu_utilization_percent: report.utilization.cpu_percent,
        gpu_utilization_percent: report.utilization.gpu_percent,
        ram_utilization_percent: report.utilization.ram_percent,
        ram_used_gb: report.utilization.ram_used_gib,
        pue,
        wue: factors.wue_l_per_kwh,
    }
}

/// The record of what happened between two records of one run.
pub(crate) fn delta(total: &EmissionsRecord, before: Option<&EmissionsRecord>) -> EmissionsRecord {
    let Some(before) = before else { return total.clone() };
    let mut delta = total.clone();
    delta.duration -= before.duration;
    delta.emissions -= before.emissions;
    delta.cpu_energy -= before.cpu_energy;
    delta.gpu_energy -= before.gpu_energy;
    delta.ram_energy -= before.ram_energy;
    delta.energy_consumed -= before.energy_consumed;
    delta.water_consumed -= before.water_consumed;
    delta.emissions_rate =
        if delta.duration > 0.0 { delta.emissions / delta.duration } else { 0.0 };
    delta
}
