//! Values of a run as JSON and back: one list of fields for both directions.
//!
//! A field that is missing or of another kind is read as the value that says least (nothing, zero, not
//! a number), so that what an older program wrote is still of use. Names are those of the code.

use std::path::PathBuf;
use std::time::Duration;

use carbon_model::{
    CarbonMass, ComponentReport, EmissionsRecord, Energy, Gap, GapReason, Intensity, Interval,
    MeterReport, ProcessShare, Pue, Quantity, RECORD_FIELDS, Report, SelfCost, SourceReport,
    TASK_RECORD_FIELDS, TaskRecord, Utilization, Water,
};
use carbon_tracker::config::IntensityProvider;
use carbon_tracker::live::PriceUsed;
use carbon_tracker::location::{KnownBy, Location};
use carbon_tracker::{Factors, Footprint, GridUsed, Outcome};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A value that has a place in a journal.
pub(crate) trait Field: Sized {
    /// As JSON.
    fn put(&self) -> Value;
    /// From JSON; `None` if it cannot be this.
    fn take(value: &Value) -> Option<Self>;
}

/// Says which fields a struct has.
macro_rules! fields {
    ($($name:ident { $($field:ident),* $(,)? })*) => {$(
        impl Field for $name {
            fn put(&self) -> Value {
                let mut map = serde_json::Map::new();
                $(map.insert(stringify!($field).to_owned(), self.$field.put());)*
                Value::Object(map)
            }

            fn take(value: &Value) -> Option<Self> {
                let map = value.as_object()?;
                let of = |name: &str| map.get(name).unwrap_or(&Value::Null);
                Some(Self { $($field: Field::take(of(stringify!($field)))?,)* })
            }
        }
    )*};
}
pub(crate) use fields;

fields! {
    Outcome {
        report, footprint, factors, prices, location, record, tasks, task_ends, warnings, saved_to,
    }
    Report {
        started_unix_s, ended_unix_s, active, wall, machine, process, utilization, gaps, warnings,
        self_cost,
    }
    ComponentReport { component, energy, sources }
    SourceReport { source, detail, energy, meters }
    MeterReport { name, energy, accuracy, counted }
    ProcessShare { tree_cpu_s, machine_cpu_s, components, dynamic_cpu, others }
    Utilization { cpu_percent, gpu_percent, ram_percent, ram_used_gib }
    Gap { meter, from_s, to_s, reason, bridged }
    SelfCost { cpu_s, energy, samples }
    Footprint { it_energy, energy, emissions, water }
    Factors { grid, pue, wue_l_per_kwh }
    GridUsed { zone, name, intensity, year, source, assumed }
    PriceUsed {
        provider, value_from_unix_s, estimated, grid, from_unix_s, until_unix_s, energy, values,
    }
    Location { country_iso_code, country_name, region, cloud, coordinates, known_by }
}

/// Kinds that have a representation of their own, which is the same here.
macro_rules! by_serde {
    ($($name:ty),*) => {$(
        impl Field for $name {
            fn put(&self) -> Value {
                to_value(self)
            }
            fn take(value: &Value) -> Option<Self> {
                from_value(value.clone())
            }
        }
    )*};
}
by_serde!(carbon_model::Component, carbon_model::Source, carbon_model::Accuracy);

fn to_value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn from_value<T: DeserializeOwned>(value: Value) -> Option<T> {
    serde_json::from_value(value).ok()
}

/// Fields of records that may be unknown.
const MAY_BE_UNKNOWN: [&str; 5] =
    ["country_name", "country_iso_code", "region", "longitude", "latitude"];

/// Reads a record. JSON has no number for what is none, and the record's type does not take nothing.
fn record<T: DeserializeOwned>(value: &Value, fields: &[&str]) -> Option<T> {
    let mut map = value.as_object()?.clone();
    for field in fields.iter().filter(|field| !MAY_BE_UNKNOWN.contains(field)) {
        if map.get(*field).is_some_and(Value::is_null) {
            map.insert((*field).to_owned(), json!(0.0));
        }
    }
    from_value(Value::Object(map))
}

impl Field for EmissionsRecord {
    fn put(&self) -> Value {
        to_value(self)
    }
    fn take(value: &Value) -> Option<Self> {
        record(value, RECORD_FIELDS)
    }
}

impl Field for TaskRecord {
    fn put(&self) -> Value {
        to_value(self)
    }
    fn take(value: &Value) -> Option<Self> {
        record(value, TASK_RECORD_FIELDS)
    }
}

impl Field for f64 {
    fn put(&self) -> Value {
        Value::from(*self)
    }
    fn take(value: &Value) -> Option<Self> {
        if value.is_null() { Some(Self::NAN) } else { value.as_f64() }
    }
}

macro_rules! numbers {
    ($($name:ty),*) => {$(
        impl Field for $name {
            fn put(&self) -> Value {
                Value::from(*self)
            }
            fn take(value: &Value) -> Option<Self> {
                if value.is_null() { Some(0) } else { value.as_u64()?.try_into().ok() }
            }
        }
    )*};
}
numbers!(u16, u32, u64, usize);

impl Field for bool {
    fn put(&self) -> Value {
        Value::from(*self)
    }
    fn take(value: &Value) -> Option<Self> {
        if value.is_null() { Some(false) } else { value.as_bool() }
    }
}

impl Field for String {
    fn put(&self) -> Value {
        Value::from(self.as_str())
    }
    fn take(value: &Value) -> Option<Self> {
        if value.is_null() { Some(Self::new()) } else { Some(value.as_str()?.to_owned()) }
    }
}

impl Field for PathBuf {
    fn put(&self) -> Value {
        to_value(self)
    }
    fn take(value: &Value) -> Option<Self> {
        String::take(value).map(Self::from)
    }
}

impl Field for Duration {
    fn put(&self) -> Value {
        json!([self.as_secs(), self.subsec_nanos()])
    }
    fn take(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::ZERO);
        }
        let nanoseconds = u32::take(value.get(1)?)?;
        let seconds = value.get(0)?.as_u64()?;
        (nanoseconds < 1_000_000_000).then(|| Self::new(seconds, nanoseconds))
    }
}

impl<T: Field> Field for Option<T> {
    fn put(&self) -> Value {
        self.as_ref().map_or(Value::Null, Field::put)
    }
    fn take(value: &Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::take(value).map(Some) }
    }
}

impl<T: Field> Field for Vec<T> {
    fn put(&self) -> Value {
        Value::Array(self.iter().map(Field::put).collect())
    }
    fn take(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Self::new());
        }
        value.as_array()?.iter().map(Field::take).collect()
    }
}

impl<A: Field, B: Field> Field for (A, B) {
    fn put(&self) -> Value {
        Value::Array(vec![self.0.put(), self.1.put()])
    }
    fn take(value: &Value) -> Option<Self> {
        Some((A::take(value.get(0)?)?, B::take(value.get(1)?)?))
    }
}

macro_rules! quantities {
    ($($name:ty),*) => {$(
        impl Field for $name {
            fn put(&self) -> Value {
                self.base().put()
            }
            fn take(value: &Value) -> Option<Self> {
                f64::take(value).map(Self::from_base)
            }
        }
    )*};
}
quantities!(Energy, CarbonMass, Intensity, Water);

impl<Q: Quantity> Field for Interval<Q> {
    fn put(&self) -> Value {
        [self.value, self.low, self.high].iter().map(|part| part.base()).collect()
    }
    fn take(value: &Value) -> Option<Self> {
        let part = |index: usize| f64::take(value.get(index)?).map(Q::from_base);
        Some(Self { value: part(0)?, low: part(1)?, high: part(2)? })
    }
}

impl Field for Pue {
    fn put(&self) -> Value {
        self.ratio().put()
    }
    fn take(value: &Value) -> Option<Self> {
        Self::new(value.as_f64()?)
    }
}

impl Field for IntensityProvider {
    fn put(&self) -> Value {
        Value::from(self.as_str())
    }
    fn take(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl Field for GapReason {
    fn put(&self) -> Value {
        match self {
            Self::ReadFailed(message) => json!(["read_failed", message]),
            Self::CounterRestarted => json!(["counter_restarted"]),
            Self::Suspended => json!(["suspended"]),
            other => json!(["read_failed", format!("{other:?}")]),
        }
    }
    fn take(value: &Value) -> Option<Self> {
        Some(match value.get(0)?.as_str()? {
            "counter_restarted" => Self::CounterRestarted,
            "suspended" => Self::Suspended,
            _ => Self::ReadFailed(value.get(1).and_then(String::take).unwrap_or_default()),
        })
    }
}

impl Field for KnownBy {
    fn put(&self) -> Value {
        match self {
            Self::Address(by) | Self::TimeZone(by) | Self::Locale(by) => json!([self.as_str(), by]),
            known => json!([known.as_str()]),
        }
    }
    fn take(value: &Value) -> Option<Self> {
        let by = || value.get(1).and_then(String::take).unwrap_or_default();
        Some(match value.get(0)?.as_str()? {
            "configuration" => Self::Configuration,
            "cloud_metadata" => Self::CloudMetadata,
            "address" => Self::Address(by()),
            "time_zone" => Self::TimeZone(by()),
            "locale" => Self::Locale(by()),
            _ => Self::Nothing,
        })
    }
}
