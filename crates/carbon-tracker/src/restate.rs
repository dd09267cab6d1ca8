//! Stating the record of a task that has ended for what has become known since: its place and the
//! price of its electricity.
//!
//! A program that has to ask a service where it runs need not wait for the answer before it starts,
//! and what the waiting uses is not billed to the run: the energy is measured, the rest comes later.

use carbon_model::TaskRecord;

use crate::location::Location;
use crate::pricing::GridUsed;

/// States a record for another place and grid: emissions from its energy, which has the PUE in it.
pub(crate) fn restate(task: &mut TaskRecord, location: &Location, grid: &GridUsed) {
    let (cloud_provider, cloud_region) = location.cloud.clone().unwrap_or_default();
    task.country_name.clone_from(&location.country_name);
    task.country_iso_code.clone_from(&location.country_iso_code);
    task.region.clone_from(&location.region);
    if cloud_provider.is_empty() { "N" } else { "Y" }.clone_into(&mut task.on_cloud);
    task.cloud_provider = cloud_provider;
    task.cloud_region = cloud_region;
    task.longitude = location.coordinates.map(|(longitude, _)| longitude);
    task.latitude = location.coordinates.map(|(_, latitude)| latitude);
    task.emissions = task.energy_consumed * grid.intensity.value.g_per_kwh() / 1000.0;
    let is_timed = task.duration > 0.0;
    task.emissions_rate = if is_timed { task.emissions / task.duration } else { 0.0 };
}
