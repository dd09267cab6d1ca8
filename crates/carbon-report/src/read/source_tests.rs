//! Files as people have them: packed, re-saved, in folders, and of other kinds.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::read::Reading;

const TABLE: &str = "project_name,duration,emissions,energy_consumed\né,10,0.1,0.5\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn read(bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    reading.add(Path::new("e"), bytes);
    reading
}

fn faults(reading: &Reading) -> Vec<String> {
    reading.faults.iter().map(ToString::to_string).collect()
}

#[test]
fn packed_tables_and_tables_in_utf_16_are_read_like_others() {
    let le: Vec<u8> =
        "\u{feff}".encode_utf16().chain(TABLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let be: Vec<u8> =
        "\u{feff}".encode_utf16().chain(TABLE.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let two = [gzip(TABLE.as_bytes()), gzip(b"b,20,0.2,1.5\n")].concat();
    let utf8 = format!("\u{feff}{}", TABLE.replace('\n', "\r\n"));
    for (bytes, kwh) in
        [(le.clone(), 0.5), (be, 0.5), (gzip(&le), 0.5), (two, 2.0), (utf8.into_bytes(), 0.5)]
    {
        let reading = read(&bytes);
        assert_eq!(faults(&reading), [""; 0]);
        assert_eq!(&*reading.entries[0].project, "é");
        let sum: f64 = reading.entries.iter().map(|e| e.energy.total.kilowatt_hours()).sum();
        assert!((sum - kwh).abs() < 1e-12, "{sum}");
    }
}

#[test]
fn files_of_other_kinds_are_named_with_what_to_do() {
    let packed = gzip(TABLE.as_bytes());
    for (bytes, words) in [
        (&packed[..packed.len() - 9], "a gzip file that cannot be unpacked"),
        (b"PK\x03\x04rest", "save its table as CSV"),
        (b"PAR1rest", "a Parquet file"),
        (b"SQLite format 3\0rest", "a SQLite database"),
        (
            b"project_name;duration;emissions;energy_consumed\na;1;0,1;0,2\n",
            "separated by semicolons",
        ),
        (
            b"project_name\tduration\temissions\tenergy_consumed\na\t1\t0.1\t0.2\n",
            "separated by tabs",
        ),
    ] {
        let reading = read(bytes);
        let faults = faults(&reading);
        assert!(faults.len() == 1 && faults[0].contains(words), "{faults:?}");
    }
}

#[test]
fn of_a_folder_the_files_of_records_are_read_and_others_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("b.csv", TABLE.as_bytes());
    write("a.csv.gz", &gzip(b"project_name,duration,emissions,energy_consumed\na,1,0,0.25\n"));
    write("metrics.csv", b"epoch,loss\n1,0.5\n");
    write("package.json", b"{\"name\": \"x\"}");
    write("notes.txt", TABLE.as_bytes());
    write(".hidden.csv", TABLE.as_bytes());
    std::fs::create_dir(folder.path().join("deeper.csv")).unwrap();
    let mut reading = Reading::default();
    reading.read(folder.path(), Path::new("results"));
    assert_eq!(faults(&reading), [""; 0]);
    let projects: Vec<&str> = reading.entries.iter().map(|entry| &*entry.project).collect();
    assert_eq!(projects, ["a", "é"]);
    write("b.csv", format!("{TABLE}b,much,0.1,0.2\n").as_bytes());
    let mut reading = Reading::default();
    reading.read(folder.path(), Path::new("results"));
    assert!(
        faults(&reading)[0].starts_with("results/b.csv, line 3: duration"),
        "{:?}",
        faults(&reading)
    );
    let empty = tempfile::tempdir().unwrap();
    let mut reading = Reading::default();
    reading.read(empty.path(), Path::new("results"));
    assert!(
        faults(&reading)[0].starts_with("results: no file of emissions records in this folder")
    );
}
