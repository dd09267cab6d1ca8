//! The same runs in every format; hostile names in each.

use std::path::Path;

use super::*;
use crate::read::Reading;
use crate::summary::By;

const HEADER: &str = "timestamp,project_name,run_id,duration,emissions,cpu_energy,ram_energy,\
    energy_consumed,water_consumed,country_name,country_iso_code,cpu_model,cpu_count,\
    ram_total_size,codecarbon_version,tracking_mode,pue";

fn report(rows: &[String]) -> Report {
    let mut reading = Reading::default();
    let text = format!("{HEADER}\n{}\n", rows.join("\n"));
    reading.add(Path::new("e.csv"), text.as_bytes());
    Report::of(reading, By::Project)
}

fn row(project: &str, run: u32) -> String {
    format!(
        "2024-03-0{run}T10:00:00,{project},r{run},1800,0.022092,0.4,0.1,0.5,0.25,France,FRA,\
         Intel Xeon,16,64,3.3.0,machine,1.2"
    )
}

fn two() -> Report {
    report(&[row("training", 1), row("evaluation", 2)])
}

#[test]
fn the_text_has_every_figure_with_its_unit() {
    let text = text(&two());
    for line in [
        "Runs:         2",
        "Ended:        2024-03-01 10:00 to 2024-03-02 10:00",
        "Duration:     1 h 00 min 00 s",
        "Energy:       1.00 kWh",
        "By component: CPU 800 Wh, RAM 200 Wh",
        "Mean power:   1.00 kW",
        // 2 × 22.092 g; the French figure of 2024 for a run of 2024: ×÷ 1.15.
        "Emissions:    44.2 g CO2e (by the grid alone: 38.4 to 50.8 g)",
        "Intensity:    44.2 g CO2e/kWh",
        "Water:        500 mL",
        "Places:       France",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
    }
    let row = text.lines().find(|line| line.starts_with("training")).unwrap();
    let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
    assert_eq!(
        cells,
        [
            "training",
            "1",
            "30 min 00 s",
            "500 Wh",
            "1.00 kW",
            "22.1 g",
            "19.2 to 25.4 g",
            "250 mL",
            "France"
        ]
    );
    assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
}

#[test]
fn the_paragraph_says_what_was_measured_with_which_factors() {
    let paragraph = two().methods.paragraph;
    for part in [
        "of 2 runs of 2 projects between 2024-03-01 and 2024-03-02 were estimated with CodeCarbon 3.3.0.",
        "They took 1 h 00 min 00 s in all on Intel Xeon (16 logical CPUs) and 64.0 GiB of memory.",
        "The records do not say which part of the energy was measured and which modelled.",
        "The energy of the whole machine is counted.",
        "44.2 g CO2e/kWh for France (Ember, yearly electricity data 2024",
        "A power usage effectiveness (PUE) of 1.20 is included.",
        "In total 1.00 kWh were used, which caused emissions of 44.2 g CO2e (38.4 to 50.8 g by the grid's figure only",
    ] {
        assert!(paragraph.contains(part), "{part} in\n{paragraph}");
    }
    let citations = two().methods.citations;
    assert_eq!(citations.iter().map(|c| c.id).collect::<Vec<_>>(), ["ember-2024"]);
}

#[test]
fn a_measured_run_names_its_sources_and_intervals() {
    let mut reading = Reading::default();
    let json = include_str!("../../tests/fixtures/report.json");
    reading.add(Path::new("r.json"), json.as_bytes());
    let report = Report::of(reading, By::Run);
    let paragraph = &report.methods.paragraph;
    assert!(paragraph.contains("codecarbon-rs 0."), "{paragraph}");
    assert!(
        paragraph.contains("that of the processors was assumed (CPU load model"),
        "{paragraph}"
    );
    assert!(paragraph.contains("J (95 % interval: 0.54 to 3.54 J) were used"), "{paragraph}");
    assert!(!paragraph.contains("do not say"), "{paragraph}");
}

#[test]
fn json_has_figures_in_base_units_and_null_where_nothing_is_known() {
    let json: serde_json::Value = serde_json::from_str(&json(&two())).unwrap();
    assert_eq!(json["total"]["energy_kwh"]["value"], 1.0);
    assert_eq!(json["total"]["energy_kwh"]["low"], serde_json::Value::Null);
    assert_eq!(json["total"]["emissions_bounds_cover"], "grid_only");
    assert_eq!(json["groups"].as_array().unwrap().len(), 2);
    assert_eq!(json["groups"][0]["runs"], 1);
    assert_eq!(json["by"], "project");
}

#[test]
fn no_name_is_an_instruction_in_any_format() {
    let hostile = "\x1b[31m<b>&|$x^2$%_{}\\`\u{202e}";
    let report = report(&[row(hostile, 1)]);
    let text = text(&report);
    assert!(!text.contains('\x1b') && !text.contains('\u{202e}'), "{text}");
    let markdown = markdown(&report);
    assert!(!markdown.contains("<b>") && markdown.contains("&lt;b&gt;&amp;\\|"), "{markdown}");
    let latex = latex(&report);
    assert!(latex.contains("\\textless{}b\\textgreater{}\\&\\textbar{}\\$x\\textasciicircum{}2"));
    assert!(latex.contains("\\%\\_\\{\\}\\textbackslash{}"), "{latex}");
}

#[test]
fn latex_is_a_table_with_one_cell_a_column() {
    let latex = latex(&two());
    let columns = latex.lines().find_map(|l| l.strip_prefix("\\begin{tabular}{")).unwrap();
    let columns = columns.trim_end_matches('}').len();
    let rows: Vec<&str> = latex.lines().filter(|line| line.ends_with("\\\\")).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row.matches(" & ").count() + 1 == columns), "{latex}");
    assert!(latex.contains("44.2 g CO\\textsubscript{2}e"), "{latex}");
}

#[test]
fn nothing_is_said_of_no_runs() {
    let empty = report(&[]);
    assert_eq!(empty.methods.paragraph, "");
    let text = text(&empty);
    assert!(text.starts_with("Runs:         0\n"), "{text}");
    assert!(!text.contains("NaN") && !text.contains("equal"), "{text}");
}
