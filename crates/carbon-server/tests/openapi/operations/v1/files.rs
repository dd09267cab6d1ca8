//! Exports, and what is under way.

use serde_json::json;

use super::{Group, SCOPES, Scope, window};
use crate::operation::{Asker, JSON, Operation, Shape, plain};

pub(super) fn group() -> Group {
    let mut operations: Vec<Operation> = SCOPES.into_iter().map(export).collect();
    let live_scopes = SCOPES.into_iter().filter(|scope| scope.name != "Experiment");
    operations.extend(live_scopes.map(live));
    Group { name: "Files and streams", words: "Exports, and runs that are under way.", operations }
}

fn asker(scope: Scope) -> Asker {
    if scope.name == "Organization" { Asker::Person } else { Asker::Reader }
}

fn export(scope: Scope) -> Operation {
    let text = || -> Shape { plain(json!({ "type": "string" })) };
    let operation = scope
        .get("Export")
        .says(
            "Rows, runs or experiments as a file",
            "Written as it is read, whatever its length. A file that breaks off is not whole. Cells that a \
             spreadsheet would run as formulas are made harmless in CSV.",
        )
        .by(asker(scope))
        .query("format", "Form of the file.", json!({ "type": "string", "enum": ["csv", "json", "ndjson", "parquet"], "default": "csv" }), json!("csv"))
        .query("level", "What a line is about; `experiments` not of a run.", json!({ "type": "string", "enum": ["rows", "runs", "experiments"], "default": "rows" }), json!("runs"));
    window(operation, None)
        .gives_as(200, "The file.", "text/csv; charset=utf-8; header=present", text())
        .or_as(JSON, plain(json!({ "type": "array", "items": { "type": "object", "additionalProperties": true } })))
        .or_as("application/x-ndjson", text())
        .or_as("application/vnd.apache.parquet", plain(json!({ "type": "string", "contentMediaType": "application/vnd.apache.parquet" })))
        .refuses(&[404])
}

fn live(scope: Scope) -> Operation {
    scope
        .get("Live")
        .says(
            "Runs that are under way",
            "Server-sent events. Each `runs` event has a list of all runs with rows in the last five \
             minutes (schema `LiveRun`), when something has changed, every two seconds at most.",
        )
        .by(asker(scope))
        .query("duration_s", "How long the stream lasts, s.", json!({ "type": "number", "minimum": 0, "maximum": 3_600, "default": 900 }), json!(0))
        .gives_as(
            200,
            "The stream.",
            "text/event-stream",
            Box::new(|schemas| {
                let events = schemas.shown::<Vec<carbon_api::v1::LiveRun>>();
                json!({ "type": "string", "contentMediaType": "application/json", "contentSchema": events })
            }),
        )
        .refuses(&[404])
}
