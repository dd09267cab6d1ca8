//! Rows of runs.

use carbon_api::{Emission, EmissionIn, Page};
use serde_json::{Value, json};

use super::Group;
use crate::operation::{Asker, JSON, get, plain, post};
use crate::world::{EMISSION, RUN};

/// A row as trackers send it.
pub(super) fn row() -> Value {
    json!({
        "timestamp": "2026-11-22T07:59:45Z",
        "run_id": RUN,
        "duration": 15,
        "emissions_sum": 0.000_012_1,
        "emissions_rate": 8.07e-7,
        "energy_consumed": 0.000_216,
        "cpu_power": 36.2,
        "gpu_power": 10.4,
        "ram_power": 5.2,
        "cpu_energy": 0.000_151,
        "gpu_energy": 0.000_043,
        "ram_energy": 0.000_022,
        "cpu_utilization_percent": 61.5,
        "gpu_utilization_percent": 12.0,
        "ram_utilization_percent": 40.1,
        "wue": 0.0,
    })
}

pub(super) fn group() -> Group {
    let operations = vec![
        post("addEmission", "/emissions")
            .says(
                "Adds a row to a run",
                "Figures are of the interval alone, not of the run so far. It is answered when the row \
                 is on the disk. For many rows at once there is `POST /v1/emissions`.",
            )
            .by(Asker::Writer)
            .repeatable("run-17-row-42")
            .sends::<EmissionIn>(row())
            .gives_as(
                201,
                "The id of the row.",
                JSON,
                plain(json!({ "type": "string", "format": "uuid" })),
            ),
        get("getEmission", "/emissions/{id}")
            .says("A row", "")
            .by(Asker::Reader)
            .id("id", "UUID of the row.", EMISSION)
            .gives::<Emission>(200, "The row.")
            .refuses(&[404]),
        get("listRunEmissions", "/runs/{id}/emissions")
            .says("Rows of a run", "Newest first. A page beyond the end has no items.")
            .by(Asker::Reader)
            .id("id", "UUID of the run.", RUN)
            .query("page", "Which page.", json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000_000_000_i64, "default": 1 }), json!(1))
            .query("size", "Most rows of a page.", json!({ "type": "integer", "minimum": 1, "maximum": 10_000, "default": 100 }), json!(2))
            .gives::<Page<Emission>>(200, "The page, and how many rows there are.")
            .refuses(&[404]),
    ];
    Group {
        name: "Emissions",
        words: "What an interval of a run came to: energy, power, CO2e.",
        operations,
    }
}
