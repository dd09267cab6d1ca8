//! A record as one JSON object, fields in the order of the columns: what is posted and logged.
//!
//! A number that is not known is `null`, never NaN. What leaves the machine says where it is to a
//! tenth of a degree, about 11 km, and not who ran it.

use carbon_model::EmissionsRecord;
use serde::Serialize;

#[derive(Serialize)]
struct Signed<'a> {
    #[serde(flatten)]
    record: &'a EmissionsRecord,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}

/// On one line, without a line end.
pub(crate) fn line(record: &EmissionsRecord) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

/// As it is sent: coordinates made coarse, the user's name only if one is given.
pub(crate) fn to_send(record: &EmissionsRecord, user: Option<&str>) -> Vec<u8> {
    serde_json::to_vec(&Signed { record: &coarse(record), user }).unwrap_or_default()
}

/// The record with its coordinates rounded to a tenth of a degree.
pub(crate) fn coarse(record: &EmissionsRecord) -> EmissionsRecord {
    let tenth = |degrees: f64| (degrees * 10.0).round() / 10.0;
    EmissionsRecord {
        longitude: record.longitude.map(tenth),
        latitude: record.latitude.map(tenth),
        ..record.clone()
    }
}
