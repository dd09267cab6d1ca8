//! A run as OpenTelemetry sees it: one export request with all its metrics.
//!
//! Energy and power carry the names, units and attributes that OpenTelemetry's semantic conventions
//! give them for hardware (`hw.energy` in J, `hw.power` in W). For carbon there is no convention;
//! those metrics are under `codecarbon.`. Sums are cumulative from the start of the run and never go
//! down, so a request that is lost loses nothing that the next one does not say.

use std::time::Duration;

use carbon_model::{EmissionsRecord, Energy};

use super::protobuf::{Message, Value, fields};
use crate::metrics::tally::{Part, Tally, parts, pue};

const CUMULATIVE: u64 = 2;

/// Who the metrics are from, beside what the run itself says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Origin {
    /// `service.name`; the project where nobody gave one.
    pub(super) service_name: Option<String>,
    /// Further attributes of the resource, which win over those of the run.
    pub(super) attributes: Vec<(String, String)>,
}

/// When the sums began and as of when they are told, since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) began: Duration,
    pub(super) now: Duration,
}

/// What is measured at one point: attributes and a value.
type Point = (Vec<(&'static str, String)>, f64);

/// The request, an `ExportMetricsServiceRequest`.
pub(super) fn request(
    origin: &Origin,
    total: &EmissionsRecord,
    tally: &Tally,
    span: Span,
) -> Vec<u8> {
    let scope = Message::default().text(1, "codecarbon").text(2, carbon_tracker::VERSION);
    let scope_metrics =
        Message::default().message(1, &scope).messages(2, metrics(total, tally, span));
    let resource = Message::default().messages(1, attributes(&resource(origin, total)));
    let resource_metrics = Message::default().message(1, &resource).message(2, &scope_metrics);
    Message::default().message(1, &resource_metrics).into_bytes()
}

fn metrics(total: &EmissionsRecord, tally: &Tally, span: Span) -> Vec<Message> {
    let hardware = |value: &dyn Fn(Part) -> f64| {
        parts(total).map(|part| (hardware_attributes(part, total), value(part))).collect()
    };
    let run = |value: f64| vec![(Vec::new(), value)];
    let energy_j = Energy::from_kilowatt_hours(tally.energy_kwh).joules();
    let mut metrics = vec![
        sum(
            "hw.energy",
            "Energy consumed by the component, as measured",
            "J",
            hardware(&|part| tally.energy_j(part)),
            span,
        ),
        gauge(
            "hw.power",
            "Present power of the component",
            "W",
            hardware(&|part| tally.power_w(part)),
            span,
        ),
        sum("codecarbon.energy", "Energy of the run, PUE included", "J", run(energy_j), span),
        sum(
            "codecarbon.emissions",
            "CO2-equivalent emissions of the run, PUE included",
            "g",
            run(tally.emissions_g),
            span,
        ),
        sum("codecarbon.water", "Water used on site for the run", "L", run(tally.water_l), span),
        sum("codecarbon.duration", "Time that was measured", "s", run(tally.duration_s), span),
        gauge("codecarbon.pue", "Power usage effectiveness applied", "1", run(pue(total)), span),
    ];
    if let Some(intensity) = tally.intensity_g_per_kwh() {
        let help = "CO2-equivalent emissions per energy, mean of the run";
        let name = "codecarbon.grid.intensity";
        metrics.push(gauge(name, help, "g/(kW.h)", run(intensity), span));
    }
    metrics
}

fn hardware_attributes(part: Part, total: &EmissionsRecord) -> Vec<(&'static str, String)> {
    let (kind, name) = match part {
        Part::Cpu => ("cpu", total.cpu_model.as_str()),
        Part::Gpu => ("gpu", total.gpu_model.as_str()),
        Part::Ram => ("memory", ""),
    };
    let mut attributes = vec![("hw.id", kind.to_owned()), ("hw.type", kind.to_owned())];
    if !name.is_empty() {
        attributes.push(("hw.name", name.to_owned()));
    }
    attributes
}

/// The resource: the run and where it takes place. Empty values are left out; of two values of one
/// name the user's stands.
fn resource(origin: &Origin, total: &EmissionsRecord) -> Vec<(String, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let given = |name: &str| {
        origin.attributes.iter().find(|(k, _)| k == name).map(|(_, value)| value.clone())
    };
    let name = origin.service_name.clone().or_else(|| given("service.name"));
    let runtime = if total.python_version.is_empty() { "" } else { "cpython" };
    let own = [
        ("service.name", name.unwrap_or_else(|| total.project_name.clone())),
        ("service.instance.id", total.run_id.clone()),
        ("os.description", total.os.clone()),
        ("process.runtime.name", runtime.to_owned()),
        ("process.runtime.version", total.python_version.clone()),
        ("cloud.provider", total.cloud_provider.clone()),
        ("cloud.region", total.cloud_region.clone()),
        ("codecarbon.project.name", total.project_name.clone()),
        ("codecarbon.experiment.id", total.experiment_id.clone()),
        ("codecarbon.tracking_mode", total.tracking_mode.clone()),
        ("codecarbon.country.iso_code", text(&total.country_iso_code)),
        ("codecarbon.region", text(&total.region)),
    ];
    let fixed = ["service.name", "service.instance.id"];
    let others = origin.attributes.iter().filter(|(name, _)| !fixed.contains(&name.as_str()));
    own.into_iter()
        .filter(|(name, _)| fixed.contains(name) || given(name).is_none())
        .map(|(name, value)| (name.to_owned(), value))
        .chain(others.cloned())
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn sum(name: &str, help: &str, unit: &str, points: Vec<Point>, span: Span) -> Message {
    let points = points.into_iter().map(|point| data_point(&point, span));
    let sum = Message::default().messages(1, points).integer(2, CUMULATIVE).integer(3, 1);
    metric(name, help, unit).message(7, &sum)
}

fn gauge(name: &str, help: &str, unit: &str, points: Vec<Point>, span: Span) -> Message {
    let points = points.into_iter().map(|point| data_point(&point, span));
    metric(name, help, unit).message(5, &Message::default().messages(1, points))
}

fn metric(name: &str, help: &str, unit: &str) -> Message {
    Message::default().text(1, name).text(2, help).text(3, unit)
}

fn data_point((labels, value): &Point, span: Span) -> Message {
    Message::default()
        .fixed(2, nanoseconds(span.began))
        .fixed(3, nanoseconds(span.now))
        .double(4, *value)
        .messages(7, attributes(labels))
}

fn attributes<K: AsRef<str>>(pairs: &[(K, String)]) -> impl Iterator<Item = Message> {
    pairs.iter().map(|(name, value)| {
        let value = Message::default().text(1, value);
        Message::default().text(1, name.as_ref()).message(2, &value)
    })
}

fn nanoseconds(since_epoch: Duration) -> u64 {
    u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX)
}

/// What a collector says of a request that it took: how many points it dropped, and why; by an
/// `ExportMetricsServiceResponse`.
pub(super) fn dropped(answer: &[u8]) -> Option<(i64, String)> {
    let (_, Value::Bytes(partial)) = fields(answer).find(|(field, _)| *field == 1)? else {
        return None;
    };
    let (mut count, mut why) = (0, String::new());
    for field in fields(partial) {
        match field {
            (1, Value::Number(number)) => count = number.cast_signed(),
            (2, Value::Bytes(text)) => why = String::from_utf8_lossy(text).into_owned(),
            _ => {}
        }
    }
    (count > 0).then_some((count, why))
}

/// The text of an error, by a `google.rpc.Status`.
pub(super) fn status_text(answer: &[u8]) -> Option<String> {
    fields(answer).find_map(|field| match field {
        (2, Value::Bytes(text)) => std::str::from_utf8(text).ok().map(str::to_owned),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::record;

    #[test]
    fn dropped_points_are_counted_and_a_warning_alone_is_none() {
        let partial = |count, text: &str| {
            let partial = Message::default().integer(1, count).text(2, text);
            dropped(&Message::default().message(1, &partial).into_bytes())
        };
        assert_eq!(partial(3, "too old"), Some((3, "too old".to_owned())));
        assert_eq!(partial(0, "please update"), None);
        assert_eq!(dropped(b""), None);
    }

    #[test]
    fn the_resource_is_the_run_and_the_user_has_the_last_word_but_on_the_run() {
        let attributes = vec![
            ("service.name".to_owned(), "from-attributes".to_owned()),
            ("service.instance.id".to_owned(), "not this".to_owned()),
            ("cloud.provider".to_owned(), "own".to_owned()),
            ("team".to_owned(), "green".to_owned()),
        ];
        let origin = Origin { service_name: None, attributes };
        let found = resource(&origin, &record("run-1"));
        let value = |name: &str| {
            let values: Vec<&str> =
                found.iter().filter(|(k, _)| k == name).map(|(_, v)| v.as_str()).collect();
            assert!(values.len() <= 1, "{name} is there twice");
            values.first().copied()
        };
        assert_eq!(value("service.name"), Some("from-attributes"));
        assert_eq!(value("service.instance.id"), Some("run-1"));
        assert_eq!(value("cloud.provider"), Some("own"));
        assert_eq!(value("team"), Some("green"));
        assert_eq!(value("process.runtime.version"), Some("3.11.7"));
        assert_eq!(value("codecarbon.region"), None);
        let named = Origin { service_name: Some("given".into()), ..origin };
        assert!(resource(&named, &record("r")).contains(&("service.name".into(), "given".into())));
    }
}
