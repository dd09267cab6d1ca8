//! All operations, one file for each group.

mod account;
mod emissions;
mod experiments;
mod organizations;
mod projects;
mod runs;
mod server;
mod sign_in;
mod telemetry;
mod v1;

use serde_json::{Value, json};

use crate::operation::Operation;

/// Operations that belong together.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
    pub(crate) operations: Vec<Operation>,
}

/// All of them, in the order in which the examples are sent.
pub(crate) fn groups() -> Vec<Group> {
    let mut groups = vec![
        emissions::group(),
        runs::group(),
        experiments::group(),
        projects::group(),
        organizations::group(),
        telemetry::group(),
    ];
    groups.extend(v1::groups());
    groups.extend([account::group(), sign_in::group(), server::group()]);
    groups
}

/// A point in time of a query.
fn time() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

/// The window of the published sums.
fn published_window(operation: Operation) -> Operation {
    operation
        .query(
            "start_date",
            "First instant that counts, with its zone (UTC without one); three months ago where it is absent.",
            time(),
            json!("2026-11-01T00:00:00Z"),
        )
        .query(
            "end_date",
            "Last instant that counts; a day from now where it is absent.",
            time(),
            json!("2026-11-22T23:59:59Z"),
        )
}
