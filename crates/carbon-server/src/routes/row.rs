//! One row of a run, as clients send it: read quickly where everything is as it should be, and field
//! by field, with all flaws, where it is not.

use std::fmt;
use std::marker::PhantomData;

use carbon_store::{EmissionId, MAX_VALUE, Measured, NewEmission, Timestamp};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use uuid::Uuid;

use crate::fault::Fault;
use crate::wire::{Bounds, Fields, Flaw, Micros, Optional, Place};

/// A row in JSON's own types. What it cannot take is for [`read_row`] to explain, or to read all the
/// same.
#[derive(Debug, serde::Deserialize)]
pub(super) struct QuickRow {
    timestamp: Text<Timestamp>,
    run_id: Text<Uuid>,
    #[serde(default)]
    id: Option<Text<Uuid>>,
    #[serde(default)]
    duration: Option<f64>,
    #[serde(default)]
    duration_s: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    emissions_sum: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    emissions_rate: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    energy_consumed: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    cpu_power: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    gpu_power: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    ram_power: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    cpu_energy: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    gpu_energy: Option<f64>,
    #[serde(deserialize_with = "nullable")]
    ram_energy: Option<f64>,
    #[serde(default)]
    energy_low_kwh: Option<f64>,
    #[serde(default)]
    energy_high_kwh: Option<f64>,
    #[serde(default)]
    emissions_low_kg: Option<f64>,
    #[serde(default)]
    emissions_high_kg: Option<f64>,
    #[serde(default)]
    cpu_utilization_percent: Option<f64>,
    #[serde(default)]
    gpu_utilization_percent: Option<f64>,
    #[serde(default)]
    ram_utilization_percent: Option<f64>,
    #[serde(default)]
    wue: Option<f64>,
    /// A row with tasks is read field by field.
    #[serde(default)]
    tasks: Option<de::IgnoredAny>,
}

impl QuickRow {
    /// The row to store; none where a figure is out of its bounds.
    pub(super) fn checked(self) -> Option<NewEmission> {
        if self.tasks.is_some() {
            return None;
        }
        let duration_s = match (self.duration, self.duration_s) {
            (Some(whole), _) if !(whole > 0.0 && whole.fract() == 0.0) => return None,
            (_, Some(exact)) => exact,
            (Some(whole), None) => whole,
            (None, None) => return None,
        };
        let measured = Measured {
            duration_s,
            emissions_kg: self.emissions_sum,
            emissions_rate_kg_s: self.emissions_rate,
            cpu_power_w: self.cpu_power,
            gpu_power_w: self.gpu_power,
            ram_power_w: self.ram_power,
            cpu_energy_kwh: self.cpu_energy,
            gpu_energy_kwh: self.gpu_energy,
            ram_energy_kwh: self.ram_energy,
            energy_kwh: self.energy_consumed,
            cpu_utilization_percent: self.cpu_utilization_percent,
            gpu_utilization_percent: self.gpu_utilization_percent,
            ram_utilization_percent: self.ram_utilization_percent,
            energy_low_kwh: self.energy_low_kwh,
            energy_high_kwh: self.energy_high_kwh,
            emissions_low_kg: self.emissions_low_kg,
            emissions_high_kg: self.emissions_high_kg,
            wue: self.wue.unwrap_or_default(),
        };
        let figures = [
            Some(duration_s),
            measured.emissions_kg,
            measured.emissions_rate_kg_s,
            measured.cpu_power_w,
            measured.gpu_power_w,
            measured.ram_power_w,
            measured.cpu_energy_kwh,
            measured.gpu_energy_kwh,
            measured.ram_energy_kwh,
            measured.energy_kwh,
            measured.energy_low_kwh,
            measured.energy_high_kwh,
            measured.emissions_low_kg,
            measured.emissions_high_kg,
            Some(measured.wue),
        ];
        let shares = [
            measured.cpu_utilization_percent,
            measured.gpu_utilization_percent,
            measured.ram_utilization_percent,
        ];
        let fits = figures.into_iter().flatten().all(|figure| (0.0..=MAX_VALUE).contains(&figure))
            && shares.into_iter().flatten().all(|share| (0.0..=100.0).contains(&share))
            && bound_flaws(&measured).next().is_none();
        fits.then(|| NewEmission {
            id: self.id.map(|Text(id)| id.into()),
            run_id: self.run_id.0.into(),
            timestamp: self.timestamp.0,
            measured,
        })
    }
}

/// Reads a nullable value whose key must be there.
fn nullable<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    Option::deserialize(from)
}

/// Something that JSON has as a text.
#[derive(Debug)]
struct Text<T>(T);

trait OfText: Sized {
    const NAME: &str;
    fn of_text(text: &str) -> Option<Self>;
}

impl OfText for Timestamp {
    const NAME: &str = "a point in time";

    fn of_text(text: &str) -> Option<Self> {
        Micros::parse(text).map(Self::from)
    }
}

impl OfText for Uuid {
    const NAME: &str = "a UUID";

    fn of_text(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }
}

impl<'de, T: OfText> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OfThis<T>(PhantomData<T>);
        impl<T: OfText> Visitor<'_> for OfThis<T> {
            type Value = Text<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::NAME)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text<T>, E> {
                T::of_text(text).map(Text).ok_or_else(|| E::custom("not in its form"))
            }
        }
        from.deserialize_str(OfThis(PhantomData))
    }
}

/// Any number that can be stored and is not negative.
const FIGURE: Bounds = Bounds::between(0.0, MAX_VALUE);

/// One row, from the fields of a body, as leniently as clients are used to.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read_row(mut body: Fields) -> Result<NewEmission, Fault> {
    let timestamp = body.time("timestamp", Optional::No);
    let run = body.uuid("run_id", Optional::No);
    let id = body.uuid("id", Optional::Yes).map(EmissionId::from);
    let exact_s = body.float("duration_s", Optional::Yes, FIGURE);
    // Whoever tells the length exactly may leave out the whole seconds.
    let whole = if exact_s.is_some() { Optional::Yes } else { Optional::No };
    let seconds = body.integer("duration", whole, Bounds::POSITIVE);
    let mut figure = |name| body.float(name, Optional::Null, FIGURE);
    let mut measured = Measured {
        emissions_kg: figure("emissions_sum"),
        emissions_rate_kg_s: figure("emissions_rate"),
        energy_kwh: figure("energy_consumed"),
        cpu_power_w: figure("cpu_power"),
        gpu_power_w: figure("gpu_power"),
        ram_power_w: figure("ram_power"),
        cpu_energy_kwh: figure("cpu_energy"),
        gpu_energy_kwh: figure("gpu_energy"),
        ram_energy_kwh: figure("ram_energy"),
        ..Measured::default()
    };
    let mut bound = |name| body.float(name, Optional::Yes, FIGURE);
    measured.energy_low_kwh = bound("energy_low_kwh");
    measured.energy_high_kwh = bound("energy_high_kwh");
    measured.emissions_low_kg = bound("emissions_low_kg");
    measured.emissions_high_kg = bound("emissions_high_kg");
    measured.wue = bound("wue").unwrap_or_default();
    let mut percent = |name| body.float(name, Optional::Yes, Bounds::PERCENT);
    measured.cpu_utilization_percent = percent("cpu_utilization_percent");
    measured.gpu_utilization_percent = percent("gpu_utilization_percent");
    measured.ram_utilization_percent = percent("ram_utilization_percent");
    for (name, words) in bound_flaws(&measured) {
        body.flaw(Flaw::of_field("bounds", Place::Body, name, words, &serde_json::Value::Null));
    }
    Ok(body.finish(|| {
        measured.duration_s = exact_s.or(seconds.map(|seconds| seconds as f64))?;
        Some(NewEmission { id, run_id: run?.into(), timestamp: timestamp?.into(), measured })
    })?)
}

/// Bounds that do not enclose their figure, or come alone.
fn bound_flaws(measured: &Measured) -> impl Iterator<Item = (&'static str, &'static str)> {
    let enclosed = |low: Option<f64>, value: Option<f64>, high: Option<f64>| match (low, high) {
        (None, None) => true,
        (Some(low), Some(high)) => value.is_some_and(|value| low <= value && value <= high),
        _ => false,
    };
    let Measured { energy_low_kwh, energy_kwh, energy_high_kwh, .. } = *measured;
    let Measured { emissions_low_kg, emissions_kg, emissions_high_kg, .. } = *measured;
    let words = "Bounds should come in pairs and enclose their figure";
    let energy = !enclosed(energy_low_kwh, energy_kwh, energy_high_kwh);
    let emissions = !enclosed(emissions_low_kg, emissions_kg, emissions_high_kg);
    let energy = energy.then_some(("energy_low_kwh", words));
    energy.into_iter().chain(emissions.then_some(("emissions_low_kg", words)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent() -> Value {
        json!({
            "timestamp": "2026-11-22T07:01:00Z", "run_id": "f7e6d5c4-0000-4000-8000-000000000001",
            "duration": 60, "emissions_sum": 0.5, "emissions_rate": null, "energy_consumed": 1.5,
            "cpu_power": 40, "gpu_power": null, "ram_power": 10.5, "cpu_energy": 1,
            "gpu_energy": null, "ram_energy": 0.5, "wue": 1.8, "cpu_utilization_percent": 50,
            "energy_low_kwh": 1.0, "energy_high_kwh": 2.0, "shoe_size": [43],
        })
    }

    fn quick(body: &Value) -> Option<NewEmission> {
        let row: QuickRow = serde_json::from_str(&body.to_string()).ok()?;
        row.checked()
    }

    fn lenient(body: &Value) -> Result<NewEmission, Fault> {
        read_row(Fields::of_body(body.to_string().as_bytes())?)
    }

    #[test]
    fn both_ways_of_reading_give_the_same_row() {
        let mut exact = sent();
        exact["duration_s"] = 59.75.into();
        exact["id"] = "f7e6d5c4-0000-4000-8000-000000000002".into();
        let mut without_whole = exact.clone();
        without_whole.as_object_mut().unwrap().remove("duration");
        for body in [sent(), exact, without_whole] {
            let quick = quick(&body).expect("nothing is wrong with it");
            assert_eq!(quick, lenient(&body).unwrap());
            assert_eq!(quick.measured.energy_kwh, Some(1.5));
        }
    }

    #[test]
    fn what_is_read_quickly_is_never_what_the_lenient_way_refuses() {
        for (name, values) in [
            ("duration", json!([0, -1, 1.5, null, "x", 1e16])),
            ("energy_consumed", json!([-1, 1e16, "x", [], 3, 0.5])),
            ("cpu_power", json!([-0.1, {}, true])),
            ("cpu_utilization_percent", json!([-1, 101])),
            ("timestamp", json!(["yesterday", null, 5])),
            ("run_id", json!(["x", null, 5])),
            ("energy_low_kwh", json!([null, 1.6, -1])),
            ("emissions_low_kg", json!([0.1])),
            ("wue", json!([-1, "x"])),
        ] {
            for value in values.as_array().unwrap() {
                let mut body = sent();
                body[name] = value.clone();
                if quick(&body).is_some() {
                    assert!(lenient(&body).is_ok(), "{name}: {value}");
                }
            }
            let mut body = sent();
            body.as_object_mut().unwrap().remove(name);
            assert_eq!(quick(&body).is_some(), lenient(&body).is_ok(), "without {name}");
        }
    }

    #[test]
    fn numbers_as_text_are_left_to_the_lenient_way() {
        let mut body = sent();
        body["energy_consumed"] = "1.5".into();
        assert!(quick(&body).is_none());
        assert_eq!(lenient(&body).unwrap().measured.energy_kwh, Some(1.5));
    }
}
