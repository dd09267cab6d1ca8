//! The JSON report of a run with everything in it, held by a golden file.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files has failed")]

mod example;

use std::fs;
use std::time::Duration;

use carbon_model::{
    Accuracy, CarbonMass, Component, ComponentReport, Energy, Gap, GapReason, Intensity, Interval,
    MeterReport, ProcessShare, Pue, Report, SelfCost, Source, SourceReport, TaskRecord,
    Utilization,
};
use carbon_outputs::JsonReport;
use carbon_tracker::config::IntensityProvider;
use carbon_tracker::live::PriceUsed;
use carbon_tracker::location::{KnownBy, Location};
use carbon_tracker::{Factors, Footprint, GridUsed, Outcome};
use example::record;

const GOLDEN: &str = include_str!("golden/report.json");

fn joules(value: f64, accuracy: Accuracy) -> Interval<Energy> {
    Interval::by_factors(Energy::from_joules(value), accuracy.low, accuracy.high)
}

fn component(component: Component, source: Source, meter: &str, energy_j: f64) -> ComponentReport {
    let accuracy = Accuracy::factors(0.5, 2.0);
    let energy = joules(energy_j, accuracy);
    let meters = vec![MeterReport {
        name: meter.into(),
        energy: Energy::from_joules(energy_j),
        accuracy,
        counted: true,
    }];
    let source = SourceReport { source, detail: format!("one {meter}"), energy, meters };
    ComponentReport { component, energy, sources: vec![source] }
}

/// 7200 J of a machine, of which a process is billed 3600 J, at 400 g/kWh and a PUE of 1.5.
fn outcome() -> Outcome {
    let billed = vec![component(Component::Cpu, Source::RaplPowercap, "package-0", 3600.0)];
    let report = Report {
        started_unix_s: 1_772_366_390.0,
        ended_unix_s: 1_772_366_400.5,
        active: Duration::from_secs(10),
        wall: Duration::from_millis(10_500),
        machine: vec![
            component(Component::Cpu, Source::RaplPowercap, "package-0", 6000.0),
            component(Component::Ram, Source::RamModel, "memory", 1200.0),
        ],
        process: Some(ProcessShare {
            tree_cpu_s: 6.0,
            machine_cpu_s: 10.0,
            components: billed,
            dynamic_cpu: None,
            others: Energy::from_joules(3600.0),
        }),
        utilization: Utilization {
            cpu_percent: 25.0,
            ram_percent: 50.0,
            ram_used_gib: 8.0,
            ..Utilization::default()
        },
        gaps: vec![
            Gap {
                meter: "package-0".into(),
                from_s: 2.0,
                to_s: 4.0,
                reason: GapReason::ReadFailed("energy_uj: no such file".into()),
                bridged: true,
            },
            Gap {
                meter: "package-0".into(),
                from_s: 5.0,
                to_s: 5.5,
                reason: GapReason::Suspended,
                bridged: false,
            },
        ],
        warnings: Vec::new(),
        self_cost: SelfCost { cpu_s: 0.001, energy: Energy::from_joules(0.25), samples: 12 },
    };
    let factors = Factors {
        grid: GridUsed {
            zone: "EXA".into(),
            name: "Exampleland".into(),
            intensity: Interval::by_factors(Intensity::from_g_per_kwh(400.0), 0.5, 2.0),
            year: Some(2024),
            source: "An example".into(),
            assumed: false,
        },
        pue: Pue::new(1.5).unwrap(),
        wue_l_per_kwh: 2.0,
    };
    // Bounds by hand, because the last digit of a logarithm differs between systems.
    let emissions = Interval::by_factors(CarbonMass::from_grams(0.6), 0.5, 2.0);
    Outcome {
        footprint: Footprint { emissions, ..factors.apply(report.billed_energy()) },
        report,
        prices: vec![PriceUsed {
            provider: Some(IntensityProvider::ElectricityMaps),
            value_from_unix_s: Some(1_767_225_600.0),
            estimated: Some("estimated by the service".into()),
            grid: factors.grid.clone(),
            from_unix_s: 1_767_225_600.0,
            until_unix_s: 1_767_225_610.0,
            energy: Energy::from_kilowatt_hours(0.001),
            values: 1,
        }],
        location: Location { known_by: KnownBy::Configuration, ..Location::default() },
        factors,
        record: record("7d4f7a0e-5a0c-4a3e-9a55-0c1f6a4b2d10"),
        tasks: vec![TaskRecord::new("train", record("7d4f7a0e-5a0c-4a3e-9a55-0c1f6a4b2d10"))],
        task_ends: vec![Duration::ZERO],
        warnings: vec!["an example of a warning".into()],
        saved_to: Vec::new(),
    }
}

#[test]
fn the_report_is_as_its_golden_file_says() {
    let outcome = outcome();
    let text = JsonReport::new(&outcome).with_command("sleep 10", 0).pretty();
    assert!(text == GOLDEN, "the report differs from tests/golden/report.json:\n{text}");
}

#[test]
fn joules_kilowatt_hours_and_emissions_agree() {
    let outcome = outcome();
    let report: serde_json::Value =
        serde_json::from_str(&JsonReport::new(&outcome).line()).unwrap();
    let number = |pointer: &str| report.pointer(pointer).unwrap().as_f64().unwrap();
    assert_eq!(number("/energy/joules/value"), 3600.0);
    assert_eq!(number("/energy/kwh/value"), 0.001);
    assert_eq!(number("/facility_energy/kwh/value"), 0.0015);
    assert!((number("/emissions_kg/value") - 0.0006).abs() < 1e-12);
    assert_eq!(number("/machine/energy/joules/value"), 7200.0);
    assert_eq!(number("/process/energy/joules/value"), 3600.0);
    assert_eq!(number("/water_l"), 0.002);
    assert!(report.get("command").is_none());
}

#[test]
fn what_is_no_number_is_null() {
    let mut outcome = outcome();
    outcome.record.emissions_rate = f64::NAN;
    outcome.factors.grid.intensity.high = Intensity::from_g_per_kwh(f64::INFINITY);
    let line = JsonReport::new(&outcome).line();
    assert!(line.contains("\"emissions_rate\":null") && line.contains("\"high\":null"));
    assert!(!line.contains("NaN") && !line.contains("inf"));
}

#[test]
fn the_file_is_named_after_the_run_and_replaced_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let mut outcome = outcome();
    let path = JsonReport::new(&outcome).write_into(directory.path()).unwrap();
    outcome.warnings.clear();
    assert_eq!(JsonReport::new(&outcome).write_into(directory.path()).unwrap(), path);
    let name = "emissions_report_7d4f7a0e-5a0c-4a3e-9a55-0c1f6a4b2d10.json";
    assert_eq!(path.file_name().unwrap(), name);
    assert_eq!(fs::read_to_string(&path).unwrap(), JsonReport::new(&outcome).pretty());
    let error = JsonReport::new(&outcome).write_into(&path).unwrap_err().to_string();
    assert!(error.contains(name) && error.contains("cannot be written"), "{error}");
}
