//! Files that users write or keep: configuration, and CSV files of other writers.

use std::path::Path;

use carbon_outputs::csv::{quoted, read_header, records};
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

/// A line that we write has as many fields when it is read. (A byte order mark at its start would
/// be taken for the file's.)
fn reads_back(line: &str, fields: usize) {
    if let Some(record) = records(line.as_bytes()).next().filter(|_| !line.starts_with('\u{feff}'))
    {
        assert_eq!(record.field_count(), fields, "{line:?}");
    }
}
