//! Runs.

use carbon_api::{Run, RunIn, RunReport};
use serde_json::json;

use super::{Group, published_window};
use crate::operation::{Asker, JSON, get, post};
use crate::world::{EXPERIMENT, PROJECT, RUN};

pub(super) fn group() -> Group {
    let run = json!({
        "timestamp": "2026-11-22T07:55:00Z",
        "experiment_id": EXPERIMENT,
        "os": "Linux-6.12-x86_64",
        "python_version": "3.13.1",
        "codecarbon_version": "3.3.2",
        "cpu_count": 16,
        "cpu_model": "AMD EPYC 9354P",
        "gpu_count": 1,
        "gpu_model": "1 x NVIDIA L4",
        "longitude": 2.4,
        "latitude": 48.9,
        "region": null,
        "provider": null,
        "ram_total_size": 62.8,
        "tracking_mode": "machine",
    });
    let operations = vec![
        post("createRun", "/runs")
            .says("Begins a run", "Rows are then added to it with its id.")
            .by(Asker::Writer)
            .repeatable("run-18")
            .sends::<RunIn>(run)
            .gives::<Run>(201, "The run."),
        get("listRuns", "/runs")
            .says("Runs of all organizations of the caller", "All of them; `/v1` has pages.")
            .by(Asker::Person)
            .gives::<Vec<Run>>(200, "The runs."),
        get("getRun", "/runs/{id}")
            .says("A run", "")
            .by(Asker::Reader)
            .id("id", "UUID of the run.", RUN)
            .gives::<Run>(200, "The run.")
            .refuses(&[404]),
        get("listExperimentRuns", "/experiments/{id}/runs")
            .says("Runs of an experiment", "")
            .by(Asker::Reader)
            .id("id", "UUID of the experiment.", EXPERIMENT)
            .gives::<Vec<Run>>(200, "The runs; none is an empty list.")
            .refuses(&[404]),
        published_window(get("getRunReports", "/experiments/{id}/runs/sums"))
            .says(
                "What each run of an experiment came to",
                "Runs without rows in the window are left out.",
            )
            .by(Asker::Reader)
            .id("id", "UUID of the experiment.", EXPERIMENT)
            .gives::<Vec<RunReport>>(200, "A report of each run.")
            .refuses(&[404]),
        published_window(get("getLastRun", "/lastrun/project/{id}"))
            .says("The run of a project that began last", "")
            .by(Asker::Reader)
            .id("id", "UUID of the project.", PROJECT)
            .gives_as(
                200,
                "The run; an empty object where none began in the window.",
                JSON,
                Box::new(|schemas| {
                    let none = json!({ "type": "object", "additionalProperties": false });
                    json!({ "anyOf": [schemas.shown::<Run>(), none] })
                }),
            )
            .refuses(&[404]),
    ];
    Group { name: "Runs", words: "One execution of a tracked program.", operations }
}
