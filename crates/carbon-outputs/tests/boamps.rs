//! BoAmps reports: the cases that Rust and Python share, the file, and what the user hears.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::path::Path;

use carbon_model::EmissionsRecord;
use carbon_outputs::boamps::{BoampsReport, BoampsSink, Context, ContextError};
use carbon_tracker::sink::Sink;
use serde_json::Value;

mod example;

fn cases() -> Vec<(String, Value)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boamps");
    let mut cases: Vec<(String, Value)> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
        .filter(|path| path.file_stem().is_some_and(|name| name != "schema"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.display().to_string(), serde_json::from_str(&text).unwrap())
        })
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(cases.len() >= 4, "{cases:?}");
    cases
}

#[test]
fn every_case_gives_its_report() {
    for (name, case) in cases() {
        let record: EmissionsRecord = serde_json::from_value(case["record"].clone()).unwrap();
        let context = Context::of_text(&case["context"].to_string()).unwrap();
        let processors = case["processors"].as_u64().map(|n| u32::try_from(n).unwrap());
        let report = BoampsReport::new(&record, &context, processors);
        let read: Value = serde_json::from_str(&report.pretty()).unwrap();
        assert_eq!(read, case["report"], "{name}");
        let faults: Vec<String> = serde_json::from_value(case["faults"].clone()).unwrap();
        assert_eq!(report.faults(), faults, "{name}");
    }
}

#[test]
fn fields_are_written_in_the_order_of_the_format() {
    let context = r#"{"quality": "low", "task": {"taskFamily": "f", "taskStage": "s"},
        "header": {"licensing": "CC0"}}"#;
    let context = Context::of_text(context).unwrap();
    let text = BoampsReport::new(&example::record("r"), &context, None).pretty();
    let fields = [
        "header",
        "licensing",
        "formatVersion",
        "reportDatetime",
        "task",
        "taskStage",
        "taskFamily",
        "measures",
        "powerConsumption",
        "system",
        "infrastructure",
        "componentName",
        "componentType",
        "environment",
        "quality",
    ];
    let places: Vec<usize> =
        fields.iter().map(|name| text.find(&format!("\"{name}\"")).expect(name)).collect();
    assert!(places.is_sorted(), "{places:?} in {text}");
    assert!(text.ends_with("\"quality\": \"low\"\n}\n"), "{text}");
}

#[test]
fn each_run_has_its_file_and_what_is_missing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("deep/reports");
    let mut sink = BoampsSink::new(&directory, Context::default(), Some(2));
    let (record, delta) = (example::record("run/1"), example::record("x"));
    assert_eq!(sink.live_out(&record, &delta).unwrap().saved_to, None);
    for _ in 0..2 {
        let delivery = sink.out(&record, &delta).unwrap();
        let path = directory.join("boamps_report_run_1.json");
        assert_eq!(delivery.saved_to.as_deref(), Some(path.as_path()));
        assert!(delivery.notices[0].contains("task is missing"), "{:?}", delivery.notices);
        let report: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert_eq!(report["header"]["reportId"], "run/1");
        assert_eq!(std::fs::read_dir(&directory).unwrap().count(), 1);
    }
}

#[test]
fn a_report_that_cannot_be_written_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("taken"), "").unwrap();
    let mut sink = BoampsSink::new(&folder.path().join("taken/in"), Context::default(), None);
    let record = example::record("r");
    let error = sink.out(&record, &record).unwrap_err().to_string();
    assert!(error.starts_with("boamps: ") && error.contains("boamps_report_r.json"), "{error}");
}

#[test]
fn a_context_that_cannot_be_used_is_refused_with_its_reason() {
    let refused = |text: &str| Context::of_text(text).unwrap_err();
    assert!(matches!(refused("{"), ContextError::NoJson(_)));
    assert!(matches!(refused("[]"), ContextError::NoObject));
    assert!(matches!(refused(r#"{"boamps": 1}"#), ContextError::NoObject));
    for (text, path) in [
        (r#"{"header": {"foo": 1}}"#, "header.foo"),
        (r#"{"task": {"dataset": [{"data_usage": "input", "size": 1}]}}"#, "task.dataset.size"),
        (r#"{"boamps": {"environment": {"mood": "good"}}}"#, "environment.mood"),
    ] {
        let error = refused(text).to_string();
        assert_eq!(error, format!("metadata: a BoAmps report has no field {path}"));
    }
    let nowhere = Context::of_file(Path::new("/nowhere/context.json")).unwrap_err();
    assert!(nowhere.to_string().starts_with("metadata: /nowhere/context.json"), "{nowhere}");
}

#[test]
fn the_example_of_the_documentation_makes_a_valid_report() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/outputs-boamps.md");
    let text = std::fs::read_to_string(page).unwrap();
    let (_, rest) = text.split_once("```json\n").unwrap();
    let context = Context::of_text(rest.split("```").next().unwrap()).unwrap();
    let report = BoampsReport::new(&example::record("r"), &context, None);
    assert_eq!(report.faults(), [""; 0]);
}
