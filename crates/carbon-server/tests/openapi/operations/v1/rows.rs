//! What trackers write, many at once.

use carbon_api::v1::{BulkStored, TasksIn, TasksStored};
use serde_json::{Value, json};

use super::super::emissions::row;
use super::Group;
use crate::operation::{Asker, JSON, post};
use crate::world::RUN;

pub(super) fn group() -> Group {
    let mut rows = vec![row(), row()];
    rows[1]["timestamp"] = "2026-11-22T08:00:00Z".into();
    rows[0]["energy_low_kwh"] = json!(0.000_205);
    rows[0]["energy_high_kwh"] = json!(0.000_228);
    let task = json!({
        "name": "epoch 1", "start": "2026-11-22T07:55:10Z", "duration_s": 31.4,
        "energy_kwh": 0.000_45, "emissions_kg": 0.000_025, "cpu_energy_kwh": 0.000_31,
    });
    let operations = vec![
        post("addEmissions", "/v1/emissions")
            .says(
                "Adds up to 10,000 rows",
                "All of them or none; a flaw names its row. A list, an object with the list as `emissions`, \
                 or one row in each line (`application/x-ndjson`), plain or with `Content-Encoding` gzip or \
                 zstd, up to 16 MiB unpacked. Numbers are JSON numbers. A row that is there already counts \
                 once.",
            )
            .by(Asker::Writer)
            .repeatable("run-17-rows-40-41")
            .query("ids", "Whether the ids of the rows are told.", json!({ "type": "boolean", "default": false }), json!(true))
            .sends_as(&[JSON, "application/x-ndjson"], rows_shape(), json!(rows))
            .gives::<BulkStored>(201, "How many rows were new.")
            .refuses(&[415]),
        post("addTasks", "/v1/runs/{id}/tasks")
            .says(
                "Adds up to 1,000 tasks to a run",
                "Parts of a program that its tracker measured by name. Their energy is part of the rows.",
            )
            .by(Asker::Writer)
            .id("id", "UUID of the run.", RUN)
            .repeatable("run-17-tasks-1")
            .sends::<TasksIn>(json!({ "tasks": [task] }))
            .gives::<TasksStored>(201, "How many tasks were new.")
            .refuses(&[404]),
    ];
    Group { name: "Rows in bulk", words: "What trackers write, many at once.", operations }
}

fn rows_shape() -> crate::operation::Shape {
    Box::new(|schemas| {
        let row: Value = schemas.taken::<carbon_api::EmissionIn>();
        let list = json!({ "type": "array", "items": row, "maxItems": 10_000 });
        let object = json!({
            "type": "object",
            "properties": { "emissions": list },
            "required": ["emissions"],
        });
        json!({ "anyOf": [list, object] })
    })
}
