//! Telemetry: what a user may tell the makers of the server. Nothing is sent unless a user says so.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A message: `POST /telemetry`. Unknown fields and, at level `minimal`, fields beyond
/// [`ENVIRONMENT_FIELDS`] are refused by servers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Telemetry {
    /// ISO 8601 with its zone.
    pub timestamp: String,
    /// `minimal` or `extensive`.
    pub telemetry_level: String,
    /// The other fields by name, those that are known.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

impl Telemetry {
    /// The fields that this message may not have at its level, in alphabetical order.
    pub fn excess_fields(&self) -> Vec<&str> {
        let minimal = self.telemetry_level == "minimal";
        let is_excess = |name: &str, value: &Value| {
            let known = USE_FIELDS.contains(&name);
            let is_empty = match value {
                Value::Null => true,
                Value::Array(items) => items.is_empty(),
                Value::Object(items) => items.is_empty(),
                _ => false,
            };
            !ENVIRONMENT_FIELDS.contains(&name) && (!known || (minimal && !is_empty))
        };
        let mut excess: Vec<&str> = self
            .fields
            .iter()
            .filter(|(name, value)| is_excess(name, value))
            .map(|(name, _)| name.as_str())
            .collect();
        excess.sort_unstable();
        excess
    }
}

/// Fields on the environment, allowed at both levels.
pub const ENVIRONMENT_FIELDS: &[&str] = &[
    "os",
    "country_name",
    "country_iso_code",
    "region",
    "cloud_provider",
    "cloud_region",
    "longitude",
    "latitude",
    "cpu_count",
    "cpu_physical_count",
    "cpu_model",
    "cpu_architecture",
    "gpu_count",
    "gpu_model",
    "gpu_driver_version",
    "gpu_memory_total_gb",
    "ram_total_size_gb",
    "cuda_version",
    "cudnn_version",
    "python_version",
    "python_implementation",
    "python_executable_hash",
    "python_env_type",
    "codecarbon_version",
    "codecarbon_install_method",
];

/// Fields on the use, only allowed at level `extensive`.
pub const USE_FIELDS: &[&str] = &[
    "total_emissions_kg",
    "emissions_rate_kg_per_sec",
    "energy_consumed_kwh",
    "cpu_energy_kwh",
    "gpu_energy_kwh",
    "ram_energy_kwh",
    "duration_seconds",
    "measure_power_interval_secs",
    "first_measurement_time_ms",
    "tracking_overhead_percent",
    "cpu_utilization_avg",
    "gpu_utilization_avg",
    "ram_utilization_avg",
    "warning_count",
    "task_tracking_used",
    "hardware_detection_success",
    "rapl_available",
    "has_torch",
    "has_transformers",
    "has_diffusers",
    "has_tensorflow",
    "has_keras",
    "has_pytorch_lightning",
    "has_fastai",
    "in_container",
    "output_methods",
    "hardware_tracked",
    "errors_encountered",
    "tracking_mode",
    "api_mode",
    "decorator_vs_context",
    "gpu_detection_method",
    "ide_used",
    "notebook_environment",
    "ci_environment",
    "python_package_manager",
    "framework_detected",
    "torch_version",
    "transformers_version",
    "diffusers_version",
    "tensorflow_version",
    "keras_version",
    "pytorch_lightning_version",
    "fastai_version",
    "ml_framework_primary",
    "container_runtime",
    "host_machine_hash",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_minimal_level_tells_of_the_environment_only() {
        let message: Telemetry = serde_json::from_str(
            r#"{"timestamp":"2026-01-01T00:00:00Z","telemetry_level":"minimal","os":"Linux",
                "warning_count":3,"has_torch":null,"output_methods":[],"mood":"good"}"#,
        )
        .unwrap();
        assert_eq!(message.excess_fields(), ["mood", "warning_count"]);
        let extensive = Telemetry { telemetry_level: "extensive".into(), ..message };
        assert_eq!(extensive.excess_fields(), ["mood"]);
    }

    #[test]
    fn the_fields_are_those_of_the_published_model() {
        assert_eq!(ENVIRONMENT_FIELDS.len() + 2, 27);
        assert_eq!(ENVIRONMENT_FIELDS.len() + USE_FIELDS.len(), 72);
    }
}
