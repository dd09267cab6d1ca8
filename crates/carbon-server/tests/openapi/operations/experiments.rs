//! Experiments.

use carbon_api::{Experiment, ExperimentIn, ExperimentReport};
use serde_json::json;

use super::{Group, published_window};
use crate::operation::{Asker, get, post};
use crate::world::{EXPERIMENT, PROJECT};

pub(super) fn group() -> Group {
    let experiment = json!({
        "name": "ResNet-50, batch 512",
        "description": "The same with twice the batch",
        "on_cloud": false,
        "project_id": PROJECT,
        "country_name": "France",
        "country_iso_code": "FRA",
        "region": "île-de-france",
    });
    let operations = vec![
        post("createExperiment", "/experiments")
            .says("Makes an experiment in a project", "Its time is that of the server.")
            .by(Asker::Person)
            .sends::<ExperimentIn>(experiment)
            .gives::<Experiment>(201, "The experiment."),
        get("getExperiment", "/experiments/{id}")
            .says("An experiment", "")
            .by(Asker::Reader)
            .id("id", "UUID of the experiment.", EXPERIMENT)
            .gives::<Experiment>(200, "The experiment.")
            .refuses(&[404]),
        get("listExperiments", "/projects/{id}/experiments")
            .says("Experiments of a project", "")
            .by(Asker::Reader)
            .id("id", "UUID of the project.", PROJECT)
            .gives::<Vec<Experiment>>(200, "The experiments.")
            .refuses(&[404]),
        published_window(get("getExperimentReports", "/projects/{id}/experiments/sums"))
            .says("What each experiment of a project came to", "Without rows every figure is 0.")
            .by(Asker::Reader)
            .id("id", "UUID of the project.", PROJECT)
            .gives::<Vec<ExperimentReport>>(200, "A report of each experiment.")
            .refuses(&[404]),
    ];
    Group {
        name: "Experiments",
        words: "What runs belong to, with where it takes place.",
        operations,
    }
}
