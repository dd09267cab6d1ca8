//! A record with every kind of value.

use carbon_model::EmissionsRecord;

/// A run as a machine without GPU in France has it.
pub(crate) fn record(run_id: &str) -> EmissionsRecord {
    EmissionsRecord {
        timestamp: "2026-03-01T12:00:00".into(),
        project_name: "codecarbon".into(),
        run_id: run_id.into(),
        experiment_id: "5b0fa12a-3dd7-45bb-9766-cc326314d9f1".into(),
        duration: 10.0,
        emissions: 1e-5,
        emissions_rate: 1e-6,
        cpu_power: 42.5,
        gpu_power: 0.0,
        ram_power: 10.0,
        cpu_energy: 0.000_118_055_555_555_555_56,
        gpu_energy: 0.0,
        ram_energy: 2.777_777_777_777_778e-5,
        energy_consumed: 0.000_145_833_333_333_333_35,
        water_consumed: 0.0,
        country_name: Some("France".into()),
        country_iso_code: Some("FRA".into()),
        region: None,
        cloud_provider: String::new(),
        cloud_region: String::new(),
        os: "Linux-6.1.0-x86_64-with-glibc2.36".into(),
        python_version: "3.11.7".into(),
        codecarbon_version: "3.3.2".into(),
        cpu_count: 8,
        cpu_model: "A CPU, 8-Core".into(),
        gpu_count: 0,
        gpu_model: String::new(),
        longitude: None,
        latitude: None,
        ram_total_size: 31.25,
        tracking_mode: "machine".into(),
        cpu_utilization_percent: 0.0,
        gpu_utilization_percent: 0.0,
        ram_utilization_percent: 0.0,
        ram_used_gb: 0.0,
        on_cloud: "N".into(),
        pue: 1.0,
        wue: 0.0,
    }
}
