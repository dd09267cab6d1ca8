//! Records for the tests of this crate.

use carbon_model::EmissionsRecord;

/// A delta of a run on a server in a cloud: seconds, kg CO2e, kWh.
pub(crate) fn delta(duration: f64, emissions: f64, energy: f64) -> EmissionsRecord {
    EmissionsRecord {
        timestamp: "2026-11-22T10:00:00".into(),
        project_name: "p".into(),
        run_id: "7f3c2f6e-4b57-4d6c-9d0c-1f2a3b4c5d6e".into(),
        experiment_id: "5b0fa12a-3dd7-45bb-9766-cc326314d9f1".into(),
        duration,
        emissions,
        emissions_rate: if duration > 0.0 { emissions / duration } else { 0.0 },
        cpu_power: 40.0,
        gpu_power: 300.0,
        ram_power: 5.0,
        cpu_energy: energy / 4.0,
        gpu_energy: energy / 2.0,
        ram_energy: energy / 4.0,
        energy_consumed: energy,
        water_consumed: 0.0,
        country_name: Some("France".into()),
        country_iso_code: Some("FRA".into()),
        region: None,
        cloud_provider: "aws".into(),
        cloud_region: "eu-west-3".into(),
        os: "Linux-6.1".into(),
        python_version: "3.11.7".into(),
        codecarbon_version: "0.1.0".into(),
        cpu_count: 8,
        cpu_model: "AMD EPYC 9654".into(),
        gpu_count: 2,
        gpu_model: "2 x NVIDIA H100".into(),
        longitude: Some(2.352_22),
        latitude: Some(48.856_6),
        ram_total_size: 16.0,
        tracking_mode: "machine".into(),
        cpu_utilization_percent: 12.0,
        gpu_utilization_percent: 90.0,
        ram_utilization_percent: 30.0,
        ram_used_gb: 4.0,
        on_cloud: "Y".into(),
        pue: 1.0,
        wue: 0.5,
    }
}
