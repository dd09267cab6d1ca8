//! The emissions record: 38 fields in the order of the CSV columns, as files and servers of
//! CodeCarbon know them, and the task record with 36.
//!
//! Energies are kWh with PUE included, emissions kg CO2e, as users' files have always had them. A
//! field that is not known is `None` and is written empty; nothing is made up to fill it.

use serde::{Deserialize, Serialize};

macro_rules! record {
    ($(#[$doc:meta])* $name:ident, $fields:ident, { $($(#[$fdoc:meta])* $field:ident : $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            $($(#[$fdoc])* pub $field: $type,)*
        }

        #[doc = concat!("Names of the fields of [`", stringify!($name), "`], in column order.")]
        pub const $fields: &[&str] = &[$(stringify!($field)),*];
    };
}

record! {
    /// One run (or one interval of it) as written to files and sent to servers.
    EmissionsRecord, RECORD_FIELDS, {
        /// End of the run, local time, `YYYY-MM-DDTHH:MM:SS`.
        timestamp: String,
        /// Name of the project.
        project_name: String,
        /// Id of the run (UUID).
        run_id: String,
        /// Id of the experiment on the server (UUID).
        experiment_id: String,
        /// Active seconds.
        duration: f64,
        /// kg CO2e.
        emissions: f64,
        /// kg CO2e per second.
        emissions_rate: f64,
        /// Mean W of the processors.
        cpu_power: f64,
        /// Mean W of the GPUs.
        gpu_power: f64,
        /// Mean W of the memory.
        ram_power: f64,
        /// kWh, PUE included.
        cpu_energy: f64,
        /// kWh, PUE included.
        gpu_energy: f64,
        /// kWh, PUE included.
        ram_energy: f64,
        /// kWh of all components, PUE included.
        energy_consumed: f64,
        /// Litres: WUE × IT energy.
        water_consumed: f64,
        /// English name of the country.
        country_name: Option<String>,
        /// ISO 3166-1 alpha-3.
        country_iso_code: Option<String>,
        /// State, province or grid zone, lower case.
        region: Option<String>,
        /// `aws`, `azure`, `gcp`, or empty on private infrastructure.
        cloud_provider: String,
        /// Region of the cloud provider.
        cloud_region: String,
        /// Operating system, for example `Linux-6.1.0-x86_64-with-glibc2.36`.
        os: String,
        /// Version of Python; empty when the tracker does not run under Python.
        python_version: String,
        /// Version of this software.
        codecarbon_version: String,
        /// Logical CPUs that the run may use.
        cpu_count: u32,
        /// Processor model.
        cpu_model: String,
        /// Tracked GPUs.
        gpu_count: u32,
        /// Tracked GPUs, for example `2 x NVIDIA H100`.
        gpu_model: String,
        /// Degrees east.
        longitude: Option<f64>,
        /// Degrees north.
        latitude: Option<f64>,
        /// GiB of memory that the run may use.
        ram_total_size: f64,
        /// `machine` or `process`.
        tracking_mode: String,
        /// 0 to 100.
        cpu_utilization_percent: f64,
        /// 0 to 100.
        gpu_utilization_percent: f64,
        /// 0 to 100.
        ram_utilization_percent: f64,
        /// GiB.
        ram_used_gb: f64,
        /// `Y` or `N`.
        on_cloud: String,
        /// Power usage effectiveness that was applied.
        pue: f64,
        /// Water usage effectiveness that was applied, L/kWh.
        wue: f64,
    }
}

record! {
    /// One task of a run: the same columns led by the task's name, without experiment, PUE and WUE.
    TaskRecord, TASK_RECORD_FIELDS, {
        /// Name of the task.
        task_name: String,
        /// End of the task, local time.
        timestamp: String,
        /// Name of the project.
        project_name: String,
        /// Id of the run (UUID).
        run_id: String,
        /// Active seconds.
        duration: f64,
        /// kg CO2e.
        emissions: f64,
        /// kg CO2e per second.
        emissions_rate: f64,
        /// Mean W of the processors.
        cpu_power: f64,
        /// Mean W of the GPUs.
        gpu_power: f64,
        /// Mean W of the memory.
        ram_power: f64,
        /// kWh, PUE included.
        cpu_energy: f64,
        /// kWh, PUE included.
        gpu_energy: f64,
        /// kWh, PUE included.
        ram_energy: f64,
        /// kWh of all components, PUE included.
        energy_consumed: f64,
        /// Litres.
        water_consumed: f64,
        /// English name of the country.
        country_name: Option<String>,
        /// ISO 3166-1 alpha-3.
        country_iso_code: Option<String>,
        /// State, province or grid zone.
        region: Option<String>,
        /// Cloud provider.
        cloud_provider: String,
        /// Cloud region.
        cloud_region: String,
        /// Operating system.
        os: String,
        /// Version of Python.
        python_version: String,
        /// Version of this software.
        codecarbon_version: String,
        /// Logical CPUs.
        cpu_count: u32,
        /// Processor model.
        cpu_model: String,
        /// Tracked GPUs.
        gpu_count: u32,
        /// Tracked GPUs by name.
        gpu_model: String,
        /// Degrees east.
        longitude: Option<f64>,
        /// Degrees north.
        latitude: Option<f64>,
        /// GiB.
        ram_total_size: f64,
        /// `machine` or `process`.
        tracking_mode: String,
        /// 0 to 100.
        cpu_utilization_percent: f64,
        /// 0 to 100.
        gpu_utilization_percent: f64,
        /// 0 to 100.
        ram_utilization_percent: f64,
        /// GiB.
        ram_used_gb: f64,
        /// `Y` or `N`.
        on_cloud: String,
    }
}

impl TaskRecord {
    /// The record of a task from the figures of its own window.
    pub fn new(task_name: impl Into<String>, r: EmissionsRecord) -> Self {
        Self {
            task_name: task_name.into(),
            timestamp: r.timestamp,
            project_name: r.project_name,
            run_id: r.run_id,
            duration: r.duration,
            emissions: r.emissions,
            emissions_rate: r.emissions_rate,
            cpu_power: r.cpu_power,
            gpu_power: r.gpu_power,
            ram_power: r.ram_power,
            cpu_energy: r.cpu_energy,
            gpu_energy: r.gpu_energy,
            ram_energy: r.ram_energy,
            energy_consumed: r.energy_consumed,
            water_consumed: r.water_consumed,
            country_name: r.country_name,
            country_iso_code: r.country_iso_code,
            region: r.region,
            cloud_provider: r.cloud_provider,
            cloud_region: r.cloud_region,
            os: r.os,
            python_version: r.python_version,
            codecarbon_version: r.codecarbon_version,
            cpu_count: r.cpu_count,
            cpu_model: r.cpu_model,
            gpu_count: r.gpu_count,
            gpu_model: r.gpu_model,
            longitude: r.longitude,
            latitude: r.latitude,
            ram_total_size: r.ram_total_size,
            tracking_mode: r.tracking_mode,
            cpu_utilization_percent: r.cpu_utilization_percent,
            gpu_utilization_percent: r.gpu_utilization_percent,
            ram_utilization_percent: r.ram_utilization_percent,
            ram_used_gb: r.ram_used_gb,
            on_cloud: r.on_cloud,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_has_its_published_columns() {
        assert_eq!(RECORD_FIELDS.len(), 38);
        assert_eq!(RECORD_FIELDS[0], "timestamp");
        assert_eq!(RECORD_FIELDS[37], "wue");
        assert_eq!(TASK_RECORD_FIELDS.len(), 36);
        let rest: Vec<_> = RECORD_FIELDS
            .iter()
            .filter(|f| !matches!(**f, "experiment_id" | "pue" | "wue"))
            .collect();
        assert!(TASK_RECORD_FIELDS[1..].iter().eq(rest));
    }
}
