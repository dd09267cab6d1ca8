//! Keys and their order on the wire, as servers and clients of CodeCarbon have them.

use carbon_api::{Emission, EmissionIn, Page, Project, ProjectToken, Run, RunIn};
use serde_json::json;

fn keys(value: impl serde::Serialize) -> Vec<String> {
    let text = serde_json::to_string(&value).expect("plain values");
    text.split('"').skip(1).step_by(2).filter(|key| *key != "x").map(str::to_owned).collect()
}

const RUN: [&str; 15] = [
    "timestamp",
    "experiment_id",
    "os",
    "python_version",
    "codecarbon_version",
    "cpu_count",
    "cpu_model",
    "gpu_count",
    "gpu_model",
    "longitude",
    "latitude",
    "region",
    "provider",
    "ram_total_size",
    "tracking_mode",
];

const ROW: [&str; 16] = [
    "timestamp",
    "run_id",
    "duration",
    "emissions_sum",
    "emissions_rate",
    "energy_consumed",
    "cpu_power",
    "gpu_power",
    "ram_power",
    "cpu_energy",
    "gpu_energy",
    "ram_energy",
    "cpu_utilization_percent",
    "gpu_utilization_percent",
    "ram_utilization_percent",
    "wue",
];

#[test]
fn a_run_has_its_published_keys() {
    let sent = RunIn { timestamp: "x".into(), experiment_id: "x".into(), ..RunIn::default() };
    assert_eq!(keys(&sent), RUN);
    let text = serde_json::to_value(&sent).unwrap();
    let mut told = text.clone();
    told["id"] = json!("x");
    let told: Run = serde_json::from_value(told).unwrap();
    assert_eq!(keys(told), [&RUN[..], &["id"]].concat());
}

#[test]
fn a_row_has_its_published_keys_and_the_senders_own_where_they_are_given() {
    let row = EmissionIn { timestamp: "x".into(), run_id: "x".into(), ..EmissionIn::default() };
    assert_eq!(keys(&row), ROW);
    let own = EmissionIn { duration_s: Some(1.5), id: Some("x".into()), ..row.clone() };
    assert_eq!(keys(&own), [&ROW[..], &["duration_s", "id"]].concat());
    let mut told = serde_json::to_value(&row).unwrap();
    told["id"] = json!("x");
    let told: Emission = serde_json::from_value(told).unwrap();
    assert_eq!(keys(told), [&ROW[..], &["id"]].concat());
}

#[test]
fn figures_of_a_row_may_be_null_but_not_left_out() {
    let mut row = serde_json::to_value(EmissionIn::default()).unwrap();
    assert!(serde_json::from_value::<EmissionIn>(row.clone()).is_ok());
    row.as_object_mut().unwrap().remove("wue");
    assert!(serde_json::from_value::<EmissionIn>(row.clone()).is_ok());
    row.as_object_mut().unwrap().remove("cpu_energy");
    let error = serde_json::from_value::<EmissionIn>(row).unwrap_err().to_string();
    assert!(error.contains("cpu_energy"), "{error}");
}

#[test]
fn unknown_keys_are_passed_over() {
    let project = json!({
        "name": "p", "description": "", "organization_id": "o", "id": "p1", "colour": "green"
    });
    let project: Project = serde_json::from_value(project).unwrap();
    assert_eq!((project.experiments.len(), project.public), (0, None));
}

#[test]
fn a_token_shows_itself_to_nobody_but_its_user() {
    let told = json!({ "id": "t", "project_id": "p", "name": null, "token": "cpt_secret" });
    let token: ProjectToken = serde_json::from_value(told).unwrap();
    assert_eq!(token.token.as_deref(), Some("cpt_secret"));
    assert!(!format!("{token:?}").contains("secret"));
}

#[test]
fn pages_are_counted_from_the_total() {
    assert_eq!(Page::<u8>::new(vec![], 0, 1, 100).pages, 0);
    assert_eq!(Page::new(vec![1], 101, 2, 100).pages, 2);
}
