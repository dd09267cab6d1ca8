//! Files that users write or keep: configuration, and CSV files of other writers.

use std::path::Path;

use carbon_journal::format as journal;
use carbon_outputs::csv::{quoted, read_header, records};
use carbon_report::reprice::{Change, Repricer};
use carbon_report::{By, Reading, Report, render, reprice};
use carbon_tracker::config::{Config, parse_ini};

use crate::{Target, is_sound, text};

pub(crate) const INI: Target = Target {
    name: "ini",
    seeds: &[
        "[codecarbon]\nproject_name = demo\nmeasure_power_secs: 15\n# comment\n",
        "[codecarbon]\nkey = first\n  second\n\nother=%%(x)s\n",
        "key = no section\n",
    ],
    check: |bytes| {
        let text = text(bytes);
        let Ok(file) = parse_ini(&text, Path::new("config")) else { return };
        let lines = text.lines().count();
        for section in &file.sections {
            assert!(section.line >= 1 && section.line <= lines);
            for entry in &section.entries {
                assert!(entry.line > section.line && entry.line <= lines);
                assert_eq!(entry.key, entry.key.trim(), "keys are trimmed");
            }
        }
    },
};

/// A line `key = value`, for every type of value.
pub(crate) const SETTINGS: Target = Target {
    name: "settings",
    seeds: &[
        "measure_power_secs = 0.5",
        "pue = 1.2",
        "wue = 1.8",
        "force_cpu_power = 65",
        "output_methods = csv, json",
        "country_iso_code = fra",
        "api_call_interval = -1",
        "gpu_ids = [0, GPU-4e8]",
        "offline = yes",
        "log_level = 40",
    ],
    check: |bytes| {
        let text = text(bytes);
        let (key, value) = text.split_once('=').unwrap_or((&text, ""));
        let mut config = Config::default();
        let known = Config::KEYS.contains(&key.trim());
        assert_eq!(config.set(key.trim(), value.trim()).unwrap_or(true), known);
        assert!(config.measure_power_secs.as_secs_f64() >= 0.001);
        assert!(is_sound(config.pue.ratio() - 1.0) && is_sound(config.wue.litres_per_kwh()));
        assert!(config.force_cpu_power.is_none_or(|power| is_sound(power.watts())));
    },
};

pub(crate) const CSV: Target = Target {
    name: "csv",
    seeds: &[
        "timestamp,project_name,run_id\n2026-01-01T00:00:00,\"a, \"\"b\"\"\",x\n",
        "\u{feff}a,b\r\n1,\"two\r\nlines\"\r\n",
        "a\rb\r",
    ],
    check: |bytes| {
        let _ = read_header(bytes, false);
        let _ = read_header(bytes, true);
        let mut end = None;
        for record in records(bytes) {
            assert!(end.is_none_or(|end| record.range.start == end), "no byte is skipped");
            assert!(record.next > record.range.start && record.field_count() > 0);
            end = Some(record.next);
            let texts = (0..record.field_count()).filter_map(|i| record.field(i));
            let line: Vec<String> = texts.map(|text| quoted(&text).into_owned()).collect();
            reads_back(&line.join(","), record.field_count());
        }
        assert!(end.is_none_or(|end| end == bytes.len()), "no byte is left over");
    },
};

/// Files of records that are read back: whatever they hold, figures are sound and names
/// are only names.
pub(crate) const RECORDS: Target = Target {
    name: "records",
    seeds: &[
        "timestamp,project_name,run_id,duration,emissions,energy_consumed,country_iso_code,pue\n\
         2026-01-01T00:00:00,\"<script>\",r,1.5,1e-6,2e-6,FRA,1.2\n",
        "task_name,duration,emissions,energy_consumed,tracking_mode,on_cloud\nfit,1,0,0,machine,N\n",
        "{\"emissions\": 0.1, \"energy_consumed\": 0.2, \"duration\": 3, \"pue\": 1e-300}",
        "[{\"schema_version\": 1, \"record\": {}}]",
    ],
    check: |bytes| {
        let mut reading = Reading::default();
        reading.add(Path::new("file"), bytes);
        for entry in &reading.entries {
            assert!(is_sound(entry.emissions.grams()) && is_sound(entry.duration_s));
            assert!(is_sound(entry.energy.total.joules()));
        }
        let report = Report::of(reading, By::Project);
        let no_escapes = |text: &str| !text.contains('\u{1b}') && !text.contains('\u{202e}');
        assert!(no_escapes(&render::text(&report)), "nothing reaches a terminal");
        let (markdown, latex) = (render::markdown(&report), render::latex(&report));
        assert!(no_escapes(&markdown) && no_escapes(&latex));
        assert!(!markdown.contains("<script"), "names are escaped");
        let _ = render::json(&report);
        let mut change = Change::default();
        assert_eq!(change.set("pue=1.5"), Ok(()));
        let _ = reprice::csv(bytes, &mut Repricer::new(change));
    },
};

/// Journals of runs: any bytes, and any payload in a block that is whole.
pub(crate) const JOURNAL: Target = Target {
    name: "journal",
    seeds: &[
        "{\"outcome\": {\"report\": {}, \"record\": {}}}",
        "{\"outcome\": {\"footprint\": {\"energy\": [1, 0.5, null]}, \"warnings\": [\"a\"]}}",
    ],
    check: |bytes| {
        if let Ok(contents) = journal::read(bytes) {
            assert!(contents.end <= bytes.len());
        }
        let block = journal::block(journal::Kind::State, 7, bytes);
        let read = journal::read(&block).map(|contents| (contents.state, contents.end));
        assert_eq!(read, Ok((Some(bytes), block.len())));
        let _ = carbon_journal::outcome_of(bytes);
    },
};

/// A line that we write has as many fields when it is read. (A byte order mark at its start would
/// be taken for the file's.)
fn reads_back(line: &str, fields: usize) {
    if let Some(record) = records(line.as_bytes()).next().filter(|_| !line.starts_with('\u{feff}'))
    {
        assert_eq!(record.field_count(), fields, "{line:?}");
    }
}
