//! Files of every kind and age, and what is wrong with some.

use std::path::Path;

use super::*;

const HEADER: &str = "timestamp,project_name,run_id,experiment_id,duration,emissions,\
    emissions_rate,cpu_power,gpu_power,ram_power,cpu_energy,gpu_energy,ram_energy,energy_consumed,\
    water_consumed,country_name,country_iso_code,region,cloud_provider,cloud_region,os,\
    python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_model,longitude,latitude,\
    ram_total_size,tracking_mode,cpu_utilization_percent,gpu_utilization_percent,\
    ram_utilization_percent,ram_used_gb,on_cloud,pue,wue";

const ROW: &str = "2026-03-01T12:00:00,first,run-1,exp,60,0.25,0.0,30,0,5,0.4,0,0.1,0.5,0.2,France,\
    FRA,corse,,,Linux,3.11,3.3.0,8,Some CPU,0,,8.7,42.1,16,machine,10,0,20,3,N,1.2,0.4";

fn read(text: &str) -> Reading {
    let mut reading = Reading::default();
    reading.add(Path::new("e.csv"), text.as_bytes());
    reading
}

fn messages(reading: &Reading) -> Vec<String> {
    reading.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_row_is_read_by_the_names_of_its_columns() {
    let reading = read(&format!("{HEADER}\n{ROW}\n"));
    assert_eq!(messages(&reading), [""; 0]);
    let entry = &reading.entries[0];
    assert_eq!((&*entry.project, &*entry.run_id, entry.origin.line), ("first", "run-1", 2));
    assert_eq!(entry.ended.unwrap().to_string(), "2026-03-01 12:00");
    assert_eq!(entry.duration_s, 60.0);
    assert_eq!(entry.emissions.grams(), 250.0);
    assert_eq!(entry.energy.total.kilowatt_hours(), 0.5);
    assert_eq!(entry.energy.ram.kilowatt_hours(), 0.1);
    assert_eq!(entry.water.litres(), 0.2);
    assert_eq!(entry.place.name(), "corse, France");
    assert_eq!((entry.pue, entry.wue_l_per_kwh), (1.2, 0.4));
    assert_eq!(entry.intensity().unwrap().g_per_kwh(), 500.0);
    assert_eq!(entry.power().watts(), 30_000.0);
    assert_eq!(entry.position, Some((8.7, 42.1)));
    assert_eq!(entry.used_percent, [Some(10.0), Some(0.0), Some(20.0)]);
}

#[test]
fn columns_may_stand_in_any_order_and_old_files_have_fewer() {
    let old = "energy_consumed,duration,project_name,emissions,extra\n0.5,10,old,0.1,x\n";
    let entry = &read(old).entries[0];
    assert_eq!((entry.duration_s, entry.energy.total.kilowatt_hours()), (10.0, 0.5));
    assert_eq!((entry.ended, entry.pue, &*entry.run_id), (None, 1.0, ""));
    assert_eq!(entry.place.name(), "unknown");
    let parts = entry.energy.parts();
    assert_eq!((parts.len(), parts[0].0), (1, "other"));
}

#[test]
fn a_row_that_the_reference_let_slip_is_put_right() {
    // CodeCarbon 3.3.0 leaves out region, longitude and latitude where they are empty.
    let slipped = ROW.replace(",corse,", ",").replace(",8.7,42.1,", ",");
    assert_eq!(slipped.split(',').count(), 35);
    let reading = read(&format!("{HEADER}\n{ROW}\n{slipped}\n"));
    assert_eq!((messages(&reading).len(), reading.realigned), (0, 1));
    let entry = &reading.entries[1];
    assert_eq!(&*entry.equipment.cpu_model, "Some CPU");
    assert_eq!((entry.place.name(), entry.pue), ("France".to_owned(), 1.2));
    // Three fields less that do not fit that way are not guessed at.
    let other = slipped.replace("machine", "3");
    let reading = read(&format!("{HEADER}\n{other}\n"));
    assert_eq!(messages(&reading), ["e.csv, line 2: 35 fields where the header names 38 columns"]);
}

#[test]
fn a_row_that_cannot_be_used_is_named_and_the_rest_is_read() {
    let bad = ROW.replace(",0.25,", ",lots,");
    let negative = ROW.replace(",0.5,0.2,", ",-0.5,0.2,");
    let missing = ROW.replace(",60,", ",,");
    let text = format!("{HEADER}\n{bad}\n\"two\nlines\",x\n{negative}\n\n{missing}\n{ROW}");
    let reading = read(&text);
    assert_eq!(reading.entries.len(), 1);
    assert_eq!(
        messages(&reading),
        [
            "e.csv, line 2: emissions is \"lots\", not a number of at least zero",
            "e.csv, line 3: 2 fields where the header names 38 columns",
            "e.csv, line 5: energy_consumed is \"-0.5\", not a number of at least zero",
            "e.csv, line 7: duration is \"\", not a number of at least zero",
        ]
    );
    assert_eq!(reading.entries[0].origin.line, 8);
}

#[test]
fn a_line_that_is_being_written_is_told_from_one_that_is_wrong() {
    let half: String = ROW.split_inclusive(',').take(7).collect();
    let half = half.trim_end_matches(',');
    let reading = read(&format!("{HEADER}\n{ROW}\n{half}"));
    assert_eq!(reading.entries.len(), 1);
    assert!(
        messages(&reading)[0].starts_with("e.csv, line 3: the last line has 7 of 38 fields: it")
    );
    let reading = read(&format!("{HEADER}\n{half}\n{ROW}"));
    assert_eq!(reading.entries.len(), 1);
    assert_eq!(messages(&reading), ["e.csv, line 2: 7 fields where the header names 38 columns"]);
}

#[test]
fn a_quote_that_is_not_closed_costs_its_own_row_and_no_other() {
    let open = ROW.replace(",first,", ",\"first,");
    let quoted = ROW.replace(",first,", ",\"fi\nrst\",");
    let text = format!("{HEADER}\n{ROW}\n{open}\n{ROW}\n{quoted}\n{open}\n{ROW}\n{ROW}\n");
    let reading = read(&text);
    let lines: Vec<usize> = reading.entries.iter().map(|entry| entry.origin.line).collect();
    assert_eq!((lines, messages(&reading).len()), (vec![2, 4, 5, 8, 9], 2));
    assert!(messages(&reading)[0].starts_with("e.csv, line 3: a quote is opened and not closed"));
}

#[test]
fn numbers_that_no_sum_can_hold_are_faults() {
    for text in ["1e300", "inf", "1e400"] {
        let reading =
            read(&format!("{HEADER}\n{}\n{ROW}\n", ROW.replace(",0.5,", &format!(",{text},"))));
        assert_eq!(reading.entries.len(), 1, "{text}");
        let expected =
            format!("e.csv, line 2: energy_consumed is \"{text}\", more than anything can be");
        assert_eq!(messages(&reading), [expected]);
    }
}

#[test]
fn joined_files_have_their_header_again() {
    let other = "duration,emissions,energy_consumed,project_name\n5,0.1,0.2,second\n";
    let reading = read(&format!("{HEADER}\n{ROW}\n{HEADER}\n{ROW}\n{other}"));
    assert_eq!(messages(&reading), [""; 0]);
    let projects: Vec<&str> = reading.entries.iter().map(|entry| &*entry.project).collect();
    assert_eq!(projects, ["first", "first", "second"]);
}

#[test]
fn a_file_of_something_else_is_refused_and_an_empty_one_has_no_rows() {
    let reading = read("name,price\napple,3\n");
    assert!(messages(&reading)[0].starts_with("e.csv: no file of emissions records"));
    assert_eq!(messages(&read("")), [""; 0]);
    assert_eq!(messages(&read("\n")), [""; 0]);
    let missing = Reading::of_files(["/nonexistent/e.csv"]);
    assert!(matches!(&missing.faults[..], [Fault::File { .. }]), "{:?}", missing.faults);
}

#[test]
fn a_task_file_has_tasks() {
    let header = HEADER.replace("experiment_id,", "").replace(",pue,wue", "");
    let row = ROW.replace("exp,", "").replace(",1.2,0.4", "");
    let reading = read(&format!("task_name,{header}\nload model,{row}\n"));
    assert_eq!(messages(&reading), [""; 0]);
    assert_eq!(reading.entries[0].task.as_deref(), Some("load model"));
}

#[test]
fn a_report_has_bounds_and_sources() {
    let report = include_str!("../../tests/fixtures/report.json");
    let reading = read(report);
    assert_eq!(messages(&reading), [""; 0]);
    let run = &reading.entries[0];
    let told = run.told.as_deref().unwrap();
    assert!(told.energy.low < told.energy.value && told.energy.value < told.energy.high);
    assert!((told.emissions.value.grams() - run.emissions.grams()).abs() < 1e-12);
    assert_eq!(told.grid.name, "France");
    assert!(told.sources.iter().any(|source| source.component == "cpu"), "{told:?}");
    // Two of them, one after the other and in a list.
    assert_eq!(read(&format!("{report}\n{report}")).entries.len(), 2);
    assert_eq!(read(&format!("[{report},{report}]")).entries.len(), 2);
}

#[test]
fn json_that_is_no_report_is_named() {
    assert_eq!(messages(&read("{}")), ["e.csv: neither a report nor a record of a run"]);
    assert!(messages(&read("{\"schema_version\": 99}"))[0].contains("schema version 99"));
    assert!(messages(&read("{\"emissions\": 1"))[0].contains("EOF"));
    let record =
        "{\"emissions\": 0.1, \"energy_consumed\": 0.2, \"duration\": 3, \"region\": null}";
    assert_eq!(read(record).entries[0].duration_s, 3.0);
}

mod any {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic_and_give_finite_figures(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            rows in prop::collection::vec("[0-9a-z,\"\n.-]{0,60}", 0..6),
        ) {
            let mut reading = Reading::default();
            reading.add(Path::new("a"), &bytes);
            reading.add(Path::new("b"), format!("{HEADER}\n{}", rows.join("\n")).as_bytes());
            for entry in &reading.entries {
                prop_assert!(entry.emissions.grams() >= 0.0 && entry.duration_s.is_finite());
            }
        }
    }
}
