//! A run as the server registers it, by one of its records.

use carbon_api::RunIn;
use carbon_model::EmissionsRecord;

/// Describes the run of a record. Coordinates are rounded to one decimal (11 km); region and
/// provider are those of the cloud, none on private infrastructure.
pub(crate) fn about_run(record: &EmissionsRecord, began: String, experiment_id: &str) -> RunIn {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let rounded = |degrees: f64| (degrees * 10.0).round() / 10.0;
    RunIn {
        timestamp: began,
        experiment_id: experiment_id.to_owned(),
        os: text(&record.os),
        python_version: text(&record.python_version),
        codecarbon_version: text(&record.codecarbon_version),
        cpu_count: Some(i64::from(record.cpu_count)),
        cpu_model: text(&record.cpu_model),
        gpu_count: Some(i64::from(record.gpu_count)),
        gpu_model: text(&record.gpu_model),
        longitude: record.longitude.map(rounded),
        latitude: record.latitude.map(rounded),
        region: text(&record.cloud_region),
        provider: text(&record.cloud_provider),
        ram_total_size: Some(record.ram_total_size),
        tracking_mode: text(&record.tracking_mode),
        host: None,
        sources: None,
        id: Some(record.run_id.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record_of_tests::delta;

    #[test]
    fn a_run_is_described_with_coarse_coordinates_and_the_clouds_region() {
        let about = about_run(&delta(1.0, 1.0, 1.0), "now".into(), "e");
        assert_eq!((about.longitude, about.latitude), (Some(2.4), Some(48.9)));
        assert_eq!(about.region.as_deref(), Some("eu-west-3"));
        let private = EmissionsRecord {
            cloud_region: String::new(),
            cloud_provider: String::new(),
            region: Some("bavaria".into()),
            longitude: None,
            ..delta(1.0, 1.0, 1.0)
        };
        let about = about_run(&private, "now".into(), "e");
        assert_eq!((about.region, about.provider, about.longitude), (None, None, None));
        assert_eq!(about.id.unwrap(), private.run_id);
    }
}
