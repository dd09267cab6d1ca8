//! A record as the parts of a report, completed by the context.

use carbon_model::EmissionsRecord;
use serde_json::{Map, Value, json};

use super::context::Context;
use crate::record_json::coarse;

/// Version of the format that reports are in.
const FORMAT_VERSION: &str = "0.1";
/// Where the format is defined.
const FORMAT_URI: &str = "https://github.com/Boavizta/BoAmps/tree/main/model";

type Part = Map<String, Value>;

/// The report of a record. Header, task, quality, infrastructure and environment are as the user
/// says, completed by what is known; measures, system and software are as measured, completed by
/// what the user says. `processors` is the number of sockets, 1 if it is not known.
pub(super) fn report(record: &EmissionsRecord, context: &Context, processors: Option<u32>) -> Part {
    let record = coarse(record);
    let given = |name: &str| part_of(context.0.get(name));
    let mut report = context.0.clone();
    let mut put = |name: &str, part: Part| {
        if part.is_empty() {
            report.remove(name);
        } else {
            report.insert(name.to_owned(), Value::Object(part));
        }
    };
    put("header", over(header(&record), given("header")));
    put("system", over(given("system"), part(json!({ "os": some(&record.os) }))));
    put("software", over(given("software"), software(&record)));
    put("infrastructure", infrastructure(&record, given("infrastructure"), processors));
    put("environment", environment(&record, given("environment")));
    let measures = match context.0.get("measures") {
        Some(Value::Array(measures)) => measures.as_slice(),
        _ => &[],
    };
    // One run is one measure; others that the user made stand beside it.
    let first = Value::Object(over(part_of(measures.first()), measure(&record)));
    let measures = std::iter::once(first).chain(measures.iter().skip(1).cloned()).collect();
    report.insert("measures".to_owned(), Value::Array(measures));
    report
}

fn header(record: &EmissionsRecord) -> Part {
    part(json!({
        "formatVersion": FORMAT_VERSION,
        "formatVersionSpecificationUri": FORMAT_URI,
        "reportId": some(&record.run_id),
        "reportDatetime": record.timestamp.replace('T', " "),
    }))
}

fn measure(record: &EmissionsRecord) -> Part {
    let gpu = if record.gpu_count > 0 { share(record.gpu_utilization_percent) } else { None };
    part(json!({
        "measurementMethod": "codecarbon",
        "version": some(&record.codecarbon_version),
        "averageUtilizationCpu": share(record.cpu_utilization_percent),
        "averageUtilizationGpu": gpu,
        "powerConsumption": record.energy_consumed,
        "measurementDuration": record.duration,
        "measurementDateTime": begin(&record.timestamp, record.duration),
    }))
}

fn software(record: &EmissionsRecord) -> Part {
    let version = some(&record.python_version);
    part(json!({ "language": version.map(|_| "python"), "version": version }))
}

fn environment(record: &EmissionsRecord, given: Part) -> Part {
    let country = record.country_name.as_deref().or(record.country_iso_code.as_deref());
    let known = part(json!({
        "country": country.and_then(some),
        "latitude": record.latitude,
        "longitude": record.longitude,
    }));
    // Without a country it is not valid, so what is only known of it is left out.
    if given.is_empty() && !known.contains_key("country") { given } else { over(known, given) }
}

fn infrastructure(record: &EmissionsRecord, mut given: Part, processors: Option<u32>) -> Part {
    let in_cloud = record.on_cloud == "Y" || !record.cloud_provider.is_empty();
    let components = match given.remove("components") {
        Some(Value::Array(components)) => components,
        _ => Vec::new(),
    };
    let mut infrastructure = over(
        part(json!({
            "infraType": if in_cloud { "publicCloud" } else { "onPremise" },
            "cloudProvider": some(&record.cloud_provider),
        })),
        given,
    );
    let components = complete(known_components(record, processors), components);
    infrastructure.insert("components".to_owned(), Value::Array(components));
    infrastructure
}

fn known_components(record: &EmissionsRecord, processors: Option<u32>) -> Vec<Part> {
    let mut components = vec![part(json!({
        "componentName": some(&record.cpu_model),
        "componentType": "cpu",
        "nbComponent": processors.unwrap_or(1).max(1),
    }))];
    if record.gpu_count > 0 {
        components.push(part(json!({
            "componentName": some(&record.gpu_model),
            "componentType": "gpu",
            "nbComponent": record.gpu_count,
        })));
    }
    if record.ram_total_size > 0.0 {
        components.push(part(json!({
            "componentType": "ram",
            "nbComponent": 1,
            "memorySize": (record.ram_total_size.round() as u64).max(1),
        })));
    }
    components
}

/// Given components in their order, the first of each type completed by the known one, then the
/// known ones that nobody gave.
fn complete(mut known: Vec<Part>, given: Vec<Value>) -> Vec<Value> {
    let mut components = Vec::new();
    for component in given {
        let Value::Object(component) = component else {
            components.push(component);
            continue;
        };
        let same = |part: &Part| part.get("componentType") == component.get("componentType");
        let component = match known.iter().position(same) {
            Some(index) => over(known.remove(index), component),
            None => component,
        };
        components.push(Value::Object(component));
    }
    components.into_iter().chain(known.into_iter().map(Value::Object)).collect()
}

/// The first part with every field of the second.
fn over(mut under: Part, over: Part) -> Part {
    under.extend(over);
    under
}

fn part_of(value: Option<&Value>) -> Part {
    value.and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The fields of an object that are not null.
fn part(value: Value) -> Part {
    let Value::Object(fields) = value else { return Part::new() };
    fields.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// Percent as a number from 0 to 1 with four decimals; nothing if it was not measured.
fn share(percent: f64) -> Option<f64> {
    let share = (percent.min(100.0) * 100.0).round() / 10_000.0;
    Some(share).filter(|_| percent > 0.0)
}

/// Local time `duration_s` before a timestamp of a record, `YYYY-MM-DD HH:MM:SS`; the timestamp
/// itself if it is none.
fn begin(timestamp: &str, duration_s: f64) -> String {
    let end = timestamp.replace('T', " ");
    let numbers: Vec<i64> =
        end.split(['-', ' ', ':']).map_while(|number| number.parse().ok()).collect();
    let [year, month @ 1..=12, day, hour, minute, second] = numbers[..] else { return end };
    let end_s = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    let begin_s = end_s - duration_s.max(0.0).round() as i64;
    let (year, month, day) = date(begin_s.div_euclid(86_400));
    let of_day = begin_s.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; years begin in March here, so that the
/// leap day is their last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 719_469
}

/// The date so many days from 1970-01-01.
fn date(since_epoch: i64) -> (i64, i64, i64) {
    // The guess is never late, and early by a year at most.
    let mut year = 1970 + since_epoch.div_euclid(366);
    while days(year + 1, 1, 1) <= since_epoch {
        year += 1;
    }
    let month = (1..=12).rev().find(|month| days(year, *month, 1) <= since_epoch).unwrap_or(1);
    (year, month, since_epoch - days(year, month, 1) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_began_its_duration_before_its_end() {
        for (end, duration_s, begun) in [
            ("2026-11-22T10:00:00", 10.0, "2026-11-22 09:59:50"),
            ("2026-01-01T00:00:05", 10.4, "2025-12-31 23:59:55"),
            ("2024-03-01T00:00:00", 1.0, "2024-02-29 23:59:59"),
            ("2100-03-01T00:00:00", 1.0, "2100-02-28 23:59:59"),
            ("2026-06-15T12:30:00", 400.0 * 86_400.0, "2025-05-11 12:30:00"),
            ("some day", 1.0, "some day"),
        ] {
            assert_eq!(begin(end, duration_s), begun);
        }
    }

    #[test]
    fn a_date_and_its_number_are_one() {
        assert_eq!((days(1970, 1, 1), days(2000, 3, 1)), (0, 11_017));
        for number in -1000..40_000 {
            let (year, month, day) = date(number);
            assert_eq!(days(year, month, day), number);
        }
    }
}
