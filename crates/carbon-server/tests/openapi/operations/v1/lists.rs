//! Experiments, runs, rows and tasks, page by page.

use carbon_api::v1::{Emission, ExperimentRow, Page, RunDetail, RunRow, Task};
use serde_json::json;

use super::{Group, page, window, word};
use crate::operation::{Asker, Operation, get};
use crate::world::{EXPERIMENT, PROJECT, RUN};

pub(super) fn group() -> Group {
    let experiments = get("pageExperiments", "/v1/projects/{id}/experiments")
        .says("Experiments of a project with what they came to", "")
        .by(Asker::Reader)
        .id("id", "UUID of the project.", PROJECT);
    let rows = get("pageEmissions", "/v1/runs/{id}/emissions")
        .says("Rows of a run", "")
        .by(Asker::Reader)
        .id("id", "UUID of the run.", RUN)
        .query("order", "`desc` has the newest first.", order(), json!("asc"));
    let tasks = get("pageTasks", "/v1/runs/{id}/tasks")
        .says("Tasks of a run", "")
        .by(Asker::Reader)
        .id("id", "UUID of the run.", RUN);
    let operations = vec![
        page(window(experiments, None), 1_000)
            .gives::<Page<ExperimentRow>>(200, "A page.")
            .refuses(&[404]),
        runs(
            get("pageProjectRuns", "/v1/projects/{id}/runs")
                .says("Runs of a project with what they came to", "")
                .id("id", "UUID of the project.", PROJECT),
        ),
        runs(
            get("pageExperimentRuns", "/v1/experiments/{id}/runs")
                .says("Runs of an experiment with what they came to", "")
                .id("id", "UUID of the experiment.", EXPERIMENT),
        ),
        get("getRunDetail", "/v1/runs/{id}")
            .says("A run with what it came to, its experiment and its project", "")
            .by(Asker::Reader)
            .id("id", "UUID of the run.", RUN)
            .gives::<RunDetail>(200, "The run.")
            .refuses(&[404, 422]),
        page(rows, 10_000).gives::<Page<Emission>>(200, "A page.").refuses(&[404]),
        page(tasks, 1_000).gives::<Page<Task>>(200, "A page.").refuses(&[404]),
    ];
    Group { name: "Lists", words: "Experiments, runs, rows and tasks, page by page.", operations }
}

fn order() -> serde_json::Value {
    json!({ "type": "string", "enum": ["asc", "desc"], "default": "desc" })
}

fn runs(operation: Operation) -> Operation {
    let text = || json!({ "type": "string", "maxLength": 200 });
    let operation = operation
        .by(Asker::Reader)
        .query("search", "Part of the name of the experiment, the processor, the GPU, the system, the region or, for members, the host.", text(), json!("EPYC"))
        .query("host", "The whole name of the host; for members only.", text(), None)
        .query("sort", "By what they are ordered; `timestamp` where it is absent.", word(&["timestamp", "energy", "emissions", "duration"]), json!("energy"))
        .query("order", "`desc` has the newest or greatest first.", order(), None);
    page(window(operation, None), 1_000).gives::<Page<RunRow>>(200, "A page.").refuses(&[404])
}
