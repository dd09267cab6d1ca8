//! Other factors: what changes with each, and what stays.

use std::path::Path;

use super::*;
use crate::read::Reading;

const HEADER: &str = "timestamp,project_name,run_id,duration,emissions,emissions_rate,cpu_energy,\
    gpu_energy,ram_energy,energy_consumed,water_consumed,country_name,country_iso_code,region,\
    cloud_provider,cloud_region,on_cloud,pue,wue";
/// 0.6 kWh with a PUE of 1.2: 0.5 kWh of equipment; 0.3 kg.
const ROW: &str =
    "2024-03-01T12:00:00,a,r1,60,0.3,0.005,0.48,0.0,0.12,0.6,0.25,France,FRA,corse,,,N,1.2,0.5";

fn change(texts: &[&str]) -> Change {
    let mut change = Change::default();
    for text in texts {
        change.set(text).unwrap();
    }
    change
}

fn entry() -> Entry {
    let mut reading = Reading::default();
    reading.add(Path::new("e.csv"), format!("{HEADER}\n{ROW}\n").as_bytes());
    reading.entries.remove(0)
}

fn repriced(texts: &[&str]) -> Repriced {
    Repricer::new(change(texts)).apply(&entry())
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

#[test]
fn another_pue_scales_the_facility_and_not_the_equipment() {
    let new = repriced(&["pue=1.5"]);
    close(new.energy.total.kilowatt_hours(), 0.75);
    close(new.energy.cpu.kilowatt_hours(), 0.6);
    close(new.emissions.grams(), 375.0);
    close(new.water.litres(), 0.25);
    assert_eq!((new.place.name(), new.grid), ("corse, France".to_owned(), None));
}

#[test]
fn what_no_factor_touches_stays_to_the_last_digit() {
    let row = ROW.replace(",0.3,", ",0.1,").replace(",0.6,", ",0.0,");
    let mut reading = Reading::default();
    reading.add(Path::new("e.csv"), format!("{HEADER}\n{ROW}\n{row}\n").as_bytes());
    let mut repricer = Repricer::new(change(&["wue=2"]));
    for (entry, kg) in reading.entries.iter().zip([0.3, 0.1]) {
        // The second has emissions and no energy to speak of.
        assert_eq!(repricer.apply(entry).emissions.kilograms(), kg);
    }
}

#[test]
fn water_is_of_the_energy_of_the_equipment() {
    let new = repriced(&["wue=2", "pue=2"]);
    close(new.water.litres(), 1.0);
}

#[test]
fn another_country_prices_with_its_grid_of_the_year_and_leaves_the_region() {
    let new = repriced(&["country_iso_code=deu"]);
    close(new.energy.total.kilowatt_hours(), 0.6);
    // Ember, 2024.
    close(new.g_per_kwh, 342.06);
    close(new.emissions.grams(), 0.6 * 342.06);
    assert_eq!(new.place.name(), "Germany");
    let grid = new.grid.unwrap();
    assert_eq!((grid.zone.as_str(), grid.year), ("DEU", Some(2024)));
}

#[test]
fn a_cloud_region_decides_over_the_country() {
    let new = repriced(&["cloud_provider=gcp", "cloud_region=europe-north1"]);
    assert_eq!(&*new.place.country_iso3, "FIN");
    assert_eq!(new.place.name(), "gcp europe-north1 (Finland)");
}

#[test]
fn the_table_of_the_reference_and_a_given_intensity_are_factors_too() {
    // 2023 in the reference's table.
    let new = repriced(&["country_iso_code=FRA", "co2_table=codecarbon"]);
    close((new.g_per_kwh * 100.0).round() / 100.0, 56.04);
    let new = repriced(&["force_carbon_intensity_g_co2e_kwh=100"]);
    close(new.emissions.grams(), 60.0);
    assert_eq!(new.place.name(), "corse, France");
}

#[test]
fn a_place_that_is_not_known_is_said_and_priced_as_the_world() {
    let mut repricer = Repricer::new(change(&["country_iso_code=XXX"]));
    let new = repricer.apply(&entry());
    assert!(new.grid.unwrap().assumed);
    assert!(!repricer.warnings.is_empty());
    let once = repricer.warnings.len();
    repricer.apply(&entry());
    assert_eq!(repricer.warnings.len(), once);
}

#[test]
fn what_is_no_factor_is_refused_by_name() {
    let mut change = Change::default();
    let message = |result: Result<(), ChangeError>| result.unwrap_err().to_string();
    assert_eq!(message(change.set("pue")), "\"pue\" is not KEY=VALUE");
    assert!(message(change.set("pue=0.5")).starts_with("pue = \"0.5\": "));
    assert!(message(change.set("colour=red")).contains("country_iso_code, region"));
    assert_eq!(change, Change::default());
}

#[test]
fn a_csv_file_keeps_its_columns_and_the_old_figures() {
    let other = ROW.replace("a,r1", "\"b, too\",r2");
    let bytes = format!("{HEADER}\n{ROW}\nbroken\n{other}\n");
    let mut repricer = Repricer::new(change(&["country_iso_code=DEU", "pue=1.5"]));
    let text = csv(bytes.as_bytes(), &mut repricer).unwrap();
    let header = text.lines().next().unwrap();
    assert!(header.starts_with(HEADER));
    assert!(header.contains(",grid_g_co2e_per_kwh,grid_source,original_emissions,"), "{header}");
    let mut reading = Reading::default();
    reading.add(Path::new("new.csv"), text.as_bytes());
    assert!(reading.faults.is_empty(), "{:?}", reading.faults);
    assert_eq!(reading.entries.len(), 2);
    let new = &reading.entries[1];
    assert_eq!((&*new.project, new.pue), ("b, too", 1.5));
    close(new.energy.total.kilowatt_hours(), 0.75);
    close(new.emissions.grams(), 0.75 * 342.06);
    assert_eq!(new.place.name(), "Germany");
    let recorded = ",0.3,0.6,0.25,FRA,1.2,0.5";
    assert!(text.lines().nth(1).unwrap().ends_with(recorded), "{text}");
    // What was recorded first stays when it is priced once more.
    let twice = csv(text.as_bytes(), &mut Repricer::new(change(&["pue=3"]))).unwrap();
    assert!(twice.lines().nth(1).unwrap().ends_with(recorded), "{twice}");
    assert_eq!(twice.lines().next(), text.lines().next());
    // Priced back, the file has its old figures again.
    let mut back = Repricer::new(change(&["force_carbon_intensity_g_co2e_kwh=500", "pue=1.2"]));
    let new = back.apply(new);
    close(new.emissions.grams(), 300.0);
    assert_eq!(csv(b"name,price\n", &mut back), None);
}

#[test]
fn joined_files_with_other_columns_become_one_table() {
    let joined = format!("{HEADER}\n{ROW}\nduration,emissions,energy_consumed,note\n5,0.1,0.2,x\n");
    let text = csv(joined.as_bytes(), &mut Repricer::new(change(&["pue=2"]))).unwrap();
    let columns = text.lines().next().unwrap().split(',').count();
    assert!(text.lines().all(|line| line.split(',').count() == columns), "{text}");
    let mut reading = Reading::default();
    reading.add(Path::new("new.csv"), text.as_bytes());
    assert_eq!((reading.entries.len(), reading.faults.len()), (2, 0));
    close(reading.entries[1].energy.total.kilowatt_hours(), 0.4);
}

#[test]
fn a_slipped_row_of_the_reference_is_put_right_on_the_way() {
    let stock = include_bytes!("../../tests/fixtures/stock-3.3.0-offline.csv");
    let text = csv(stock, &mut Repricer::new(change(&["pue=2"]))).unwrap();
    let columns = text.lines().next().unwrap().split(',').count();
    assert_eq!(columns, 38 + KEPT_COLUMNS);
    let mut reading = Reading::default();
    reading.add(Path::new("new.csv"), text.as_bytes());
    assert_eq!((reading.entries.len(), reading.realigned), (4, 0));
    close(reading.entries[3].energy.total.kilowatt_hours(), 2.0 * 1.878_090_411_078_606e-5);
}

const KEPT_COLUMNS: usize = 8;

#[test]
fn a_report_keeps_its_bounds_in_proportion_and_its_former_pricing() {
    let bytes = include_bytes!("../../tests/fixtures/report.json");
    let mut repricer = Repricer::new(change(&["country_iso_code=POL", "pue=1.5"]));
    let text = json(Path::new("r.json"), bytes, &mut repricer).unwrap();
    let (old, new): (serde_json::Value, serde_json::Value) =
        (serde_json::from_slice(bytes).unwrap(), serde_json::from_str(&text).unwrap());
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    for bound in ["low", "value", "high"] {
        let kwh = |report: &serde_json::Value| number(&report["facility_energy"]["kwh"][bound]);
        close(kwh(&new), 1.5 * kwh(&old));
    }
    assert_eq!(new["energy"], old["energy"], "the energy of the equipment stays");
    assert_eq!(new["pricing"]["grid"]["zone"], "POL");
    assert_eq!(new["original"]["pricing"], old["pricing"]);
    assert_eq!(new["record"]["country_iso_code"], "POL");
    close(number(&new["record"]["emissions"]), number(&new["emissions_kg"]["value"]));
    let mut reading = Reading::default();
    reading.add(Path::new("new.json"), text.as_bytes());
    assert_eq!(reading.entries[0].told.as_ref().unwrap().grid.name, "Poland");
    let two = [bytes.as_slice(), bytes].concat();
    assert!(json(Path::new("r"), &two, &mut repricer).is_err());
}
