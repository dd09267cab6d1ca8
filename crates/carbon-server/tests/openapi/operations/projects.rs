//! Projects and their tokens.

use carbon_api::{Project, ProjectIn, ProjectPatch, ProjectReport, ProjectToken, ProjectTokenIn};
use serde_json::json;

use super::{Group, published_window};
use crate::operation::{Asker, delete, get, patch, post};
use crate::world::{ORGANIZATION, PROJECT, SPARE_PROJECT, SPARE_TOKEN};

pub(super) fn group() -> Group {
    let project = json!({
        "name": "Translation",
        "description": "Models that translate",
        "organization_id": ORGANIZATION,
    });
    let id = "UUID of the project.";
    let operations = vec![
        post("createProject", "/projects")
            .says("Makes a project", "It is private until it is published.")
            .by(Asker::Person)
            .sends::<ProjectIn>(project)
            .gives::<Project>(201, "The project."),
        get("findProjects", "/projects")
            .says("Projects of an organization", "Who is no member sees an empty list.")
            .by(Asker::Person)
            .query("organization", "UUID of the organization.", json!({ "type": "string", "format": "uuid" }), json!(ORGANIZATION))
            .required()
            .gives::<Vec<Project>>(200, "The projects, without their experiments.")
            .refuses(&[400]),
        get("listProjects", "/organizations/{id}/projects")
            .says("Projects of an organization", "Who is no member sees an empty list.")
            .by(Asker::Person)
            .id("id", "UUID of the organization.", ORGANIZATION)
            .gives::<Vec<Project>>(200, "The projects, without their experiments."),
        get("getProject", "/projects/{id}")
            .says("A project", "")
            .by(Asker::Reader)
            .id("id", id, PROJECT)
            .gives::<Project>(200, "The project, with the ids of its experiments.")
            .refuses(&[404]),
        patch("updateProject", "/projects/{id}")
            .says("Changes a project", "What is absent or null stays. Needs an admin.")
            .by(Asker::Person)
            .id("id", id, SPARE_PROJECT)
            .sends::<ProjectPatch>(json!({ "description": "Open to everybody", "public": true }))
            .gives::<Project>(200, "The project as it is now.")
            .refuses(&[404]),
        published_window(get("getProjectReport", "/projects/{id}/sums"))
            .says("What a project came to", "Without rows every figure is 0.")
            .by(Asker::Reader)
            .id("id", id, PROJECT)
            .gives::<ProjectReport>(200, "The report.")
            .refuses(&[404]),
        post("createProjectToken", "/projects/{id}/api-tokens")
            .says("Makes a token of a project", "Needs an admin. Clients use it in the header `x-api-token`.")
            .by(Asker::Person)
            .id("id", id, PROJECT)
            .sends::<ProjectTokenIn>(json!({ "name": "cluster", "access": 2 }))
            .gives::<ProjectToken>(201, "The token, with its secret, which is told this once."),
        get("listProjectTokens", "/projects/{id}/api-tokens")
            .says("Tokens of a project", "Without their secrets.")
            .by(Asker::Person)
            .id("id", id, PROJECT)
            .gives::<Vec<ProjectToken>>(200, "The tokens."),
        delete("deleteProjectToken", "/projects/{id}/api-tokens/{token}")
            .says("Deletes a token", "It does not count from then on.")
            .by(Asker::Person)
            .id("id", id, PROJECT)
            .id("token", "UUID of the token.", SPARE_TOKEN)
            .ends(204, "It is deleted.")
            .refuses(&[404]),
        delete("deleteProject", "/projects/{id}")
            .says(
                "Deletes a project",
                "With its experiments, runs, rows and tokens. Needs an admin. It is answered at once; \
                 space is freed in the background.",
            )
            .by(Asker::Person)
            .id("id", id, SPARE_PROJECT)
            .ends(204, "It is deleted."),
    ];
    Group { name: "Projects", words: "What experiments and tokens belong to.", operations }
}
