//! Organizations and their members.

use carbon_api::{
    AddUser, Organization, OrganizationIn, OrganizationPatch, OrganizationReport, OrganizationUser,
};
use serde_json::json;

use super::{Group, published_window};
use crate::operation::{Asker, JSON, get, patch, plain, post};
use crate::world::{ORGANIZATION, SPARE_ORGANIZATION};

pub(super) fn group() -> Group {
    let id = "UUID of the organization.";
    let operations = vec![
        post("createOrganization", "/organizations")
            .says("Makes an organization", "Who makes it is its admin.")
            .by(Asker::Person)
            .sends::<OrganizationIn>(json!({ "name": "Speech lab", "description": "" }))
            .gives::<Organization>(201, "The organization."),
        get("listOrganizations", "/organizations")
            .says("Organizations of the caller", "In the order in which they were made.")
            .by(Asker::Person)
            .gives::<Vec<Organization>>(200, "The organizations."),
        get("getOrganization", "/organizations/{id}")
            .says("An organization", "")
            .by(Asker::Person)
            .id("id", id, ORGANIZATION)
            .gives::<Organization>(200, "The organization."),
        patch("updateOrganization", "/organizations/{id}")
            .says("Changes an organization", "What is absent or null stays. Needs an admin.")
            .by(Asker::Person)
            .id("id", id, SPARE_ORGANIZATION)
            .sends::<OrganizationPatch>(json!({ "description": "Second floor" }))
            .gives::<Organization>(200, "The organization as it is now."),
        published_window(get("getOrganizationReport", "/organizations/{id}/sums"))
            .says("What an organization came to", "Without rows every figure is 0.")
            .by(Asker::Person)
            .id("id", id, ORGANIZATION)
            .gives::<OrganizationReport>(200, "The report."),
        get("listOrganizationUsers", "/organizations/{id}/users")
            .says("Members of an organization", "")
            .by(Asker::Person)
            .id("id", id, ORGANIZATION)
            .gives::<Vec<OrganizationUser>>(200, "The members."),
        post("addUserToOrganization", "/organizations/{id}/add-user")
            .says(
                "Makes somebody a member",
                "The person must have an account; who has none can be invited under `/v1`. Needs an admin. \
                 Who is a member already stays one.",
            )
            .by(Asker::Person)
            .id("id", id, ORGANIZATION)
            .sends::<AddUser>(json!({ "email": "grace@example.org" }))
            .gives_as(
                200,
                "It is done.",
                JSON,
                plain(json!({
                    "type": "object",
                    "properties": { "status": { "type": "string", "const": "ok" } },
                    "required": ["status"],
                })),
            )
            .refuses(&[404]),
    ];
    Group { name: "Organizations", words: "What projects and people belong to.", operations }
}
