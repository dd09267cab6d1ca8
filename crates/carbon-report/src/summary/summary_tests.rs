//! What counts, what it adds up to and how far it can be trusted.

use std::path::Path;

use carbon_tracker::config::FactorTable;

use super::*;
use crate::read::Reading;

const HEADER: &str = "timestamp,project_name,run_id,experiment_id,duration,emissions,cpu_energy,\
    gpu_energy,ram_energy,energy_consumed,water_consumed,country_name,country_iso_code";

fn runs(text: &str) -> Runs {
    let mut reading = Reading::default();
    reading.add(Path::new("e.csv"), text.as_bytes());
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    Runs::of(&mut reading)
}

fn rows(rows: &[&str]) -> Runs {
    runs(&format!("{HEADER}\n{}\n", rows.join("\n")))
}

fn summary(runs: &Runs, by: By) -> Summary {
    Summary::of(runs, by, &mut Grids::new(FactorTable::Current))
}

fn kwh(group: &Group) -> f64 {
    group.energy.total.kilowatt_hours()
}

#[test]
fn groups_add_up_to_the_total_whatever_they_are() {
    let runs = rows(&[
        "2026-01-05T10:00:00,a,r1,x,60,0.10,0.1,0.2,0.0,0.3,1.0,France,FRA",
        "2026-02-05T10:00:00,b,r2,x,30,0.30,0.4,0.0,0.1,0.5,0.5,Poland,POL",
        "2026-02-06T10:00:00,a,r3,y,10,0.05,0.1,0.0,0.0,0.1,0.0,France,FRA",
    ]);
    for (by, word) in By::ALL {
        let summary = summary(&runs, by);
        let sum: f64 = summary.groups.iter().map(kwh).sum();
        assert!((sum - 0.9).abs() < 1e-12, "{word}");
        assert!((kwh(&summary.total) - 0.9).abs() < 1e-12, "{word}");
    }
    let summary = summary(&runs, By::Project);
    let names: Vec<(&str, usize)> =
        summary.groups.iter().map(|group| (group.name.as_str(), group.runs)).collect();
    assert_eq!(names, [("b", 1), ("a", 2)], "largest emissions first");
    let total = &summary.total;
    assert_eq!((total.runs, total.duration_s), (3, 100.0));
    assert!((total.emissions.grams() - 450.0).abs() < 1e-9);
    assert!((total.water.litres() - 1.5).abs() < 1e-12);
    // 0.9 kWh in 100 s.
    assert!((total.power().watts() - 32_400.0).abs() < 1e-6);
    assert_eq!(total.places[0].name, "Poland");
    let (first, last) = total.dates.unwrap();
    assert_eq!((first.date(), last.date()), ("2026-01-05".to_owned(), "2026-02-06".to_owned()));
}

#[test]
fn months_come_in_order() {
    let runs = rows(&[
        "2026-02-05T10:00:00,a,r2,x,30,9,0,0,0,0.5,0,France,FRA",
        "2025-12-05T10:00:00,a,r1,x,60,1,0,0,0,0.3,0,France,FRA",
        ",a,r3,x,60,1,0,0,0,0.3,0,France,FRA",
    ]);
    let summary = summary(&runs, By::Month);
    let names: Vec<&str> = summary.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["(no date)", "2025-12", "2026-02"]);
}

#[test]
fn earlier_states_of_a_run_are_not_added_to_it() {
    let stock = include_str!("../../tests/fixtures/stock-3.3.0-offline.csv");
    let runs = runs(stock);
    // Three runs, the third of which was flushed once before it ended.
    assert_eq!((runs.counted.len(), runs.superseded), (3, 1));
    let last = runs.counted.last().unwrap();
    assert!((last.duration_s - 3.067_291_284).abs() < 1e-9);
}

#[test]
fn runs_whose_id_is_none_are_runs_of_their_own() {
    let row = "2026-01-05T10:00:00,a,None,x,60,0.1,0,0,0,0.3,0,France,FRA";
    assert_eq!(rows(&[row, row]).counted.len(), 2);
}

#[test]
fn a_report_stands_for_the_row_of_its_run() {
    let report = include_str!("../../tests/fixtures/report.json");
    let mut reading = Reading::default();
    reading.add(Path::new("r.json"), report.as_bytes());
    let record: serde_json::Value = serde_json::from_str(report).unwrap();
    let record = &record["record"];
    let row = format!(
        "2026-01-05T10:00:00,p,{},x,{},{},0,0,0,{},0,France,FRA",
        record["run_id"].as_str().unwrap(),
        record["duration"],
        record["emissions"],
        record["energy_consumed"],
    );
    reading.add(Path::new("e.csv"), format!("{HEADER}\n{row}\n").as_bytes());
    let runs = Runs::of(&mut reading);
    assert_eq!((runs.counted.len(), runs.superseded), (1, 1));
    let summary = summary(&runs, By::Run);
    assert_eq!(summary.total.coverage, Coverage::Everything);
    let bounds = summary.total.energy_bounds.unwrap();
    let told = runs.counted[0].told.as_deref().unwrap();
    assert_eq!(bounds, told.energy);
    assert_eq!(summary.total.emissions_bounds, told.emissions);
}

#[test]
fn a_row_has_the_bounds_of_its_grid_and_says_so() {
    let runs = rows(&["2024-01-05T10:00:00,a,r1,x,60,0.1,0,0,0,0.3,0,France,FRA"]);
    let total = summary(&runs, By::Project).total;
    assert_eq!((total.coverage, total.energy_bounds), (Coverage::GridOnly, None));
    // A figure of the same year: ×÷ 1.15.
    assert!((total.emissions_bounds.high.grams() - 115.0).abs() < 1e-9);
    assert!((total.emissions_bounds.low.grams() - 100.0 / 1.15).abs() < 1e-9);
    let unknown = rows(&["2024-01-05T10:00:00,a,r1,x,60,0.1,0,0,0,0.3,0,,"]);
    let total = summary(&unknown, By::Project).total;
    assert!((total.emissions_bounds.high.grams() - 200.0).abs() < 1e-9, "a factor of two");
}

#[test]
fn bounds_of_runs_add_because_their_errors_are_the_same() {
    let row = |id: u32| format!("2024-01-05T10:00:00,a,r{id},x,60,0.1,0,0,0,0.3,0,France,FRA");
    let total = summary(&rows(&[&row(1), &row(2)]), By::Project).total;
    assert!((total.emissions_bounds.high.grams() - 230.0).abs() < 1e-9);
}

#[test]
fn tasks_count_only_where_their_run_is_not_there() {
    let header = format!("task_name,{HEADER}");
    let task = |name: &str, run: &str| {
        format!("{name},2026-01-05T10:00:00,a,{run},x,6,0.01,0,0,0,0.1,0,France,FRA")
    };
    let tasks = format!("{header}\n{}\n{}\n", task("load", "r1"), task("fit", "r1"));
    let alone = runs(&tasks);
    assert!((kwh(&summary(&alone, By::Project).total) - 0.2).abs() < 1e-12);
    let run = "2026-01-05T10:00:00,a,r1,x,60,0.1,0,0,0,0.3,0,France,FRA";
    let both = runs(&format!("{tasks}{HEADER}\n{run}\n"));
    assert_eq!((both.counted.len(), both.tasks.len()), (1, 2));
    assert!((kwh(&summary(&both, By::Project).total) - 0.3).abs() < 1e-12);
    let by_task = summary(&both, By::Task);
    let names: Vec<&str> = by_task.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["fit", "load"]);
}

#[test]
fn tasks_that_may_count_twice_are_said() {
    let header = format!("task_name,{HEADER}");
    let task = "fit,2026-01-05T10:00:00,a,None,x,6,0.01,0,0,0,0.1,0,France,FRA";
    let run = "2026-01-05T10:00:00,a,None,x,60,0.1,0,0,0,0.3,0,France,FRA";
    let remarks = |text: String| {
        let mut reading = Reading::default();
        reading.add(Path::new("e.csv"), text.as_bytes());
        crate::Report::of(reading, By::Project).remarks.join(" ")
    };
    assert!(
        remarks(format!("{header}\n{task}\n{HEADER}\n{run}\n"))
            .contains("1 row is a task of no run")
    );
    assert!(!remarks(format!("{header}\n{task}\n")).contains("of no run"));
}
