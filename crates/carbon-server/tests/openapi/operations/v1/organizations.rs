//! Organizations, their members, projects and audit logs.

use carbon_api::v1::Page;
use carbon_api::v1::admin::{AuditItem, MemberItem, OwnOrganization, ProjectRow, RoleIn};
use serde_json::json;

use super::{Group, page, window};
use crate::operation::{Asker, Operation, delete, get, patch};
use crate::world::{GRACE, ORGANIZATION, SPARE_ORGANIZATION};

pub(super) fn group() -> Group {
    let of = |operation: Operation| {
        operation.by(Asker::Person).id("id", "UUID of the organization.", ORGANIZATION)
    };
    let projects = of(get("pageProjects", "/v1/organizations/{id}/projects"))
        .says("Projects of an organization with what they came to", "")
        .query(
            "search",
            "Part of the name or the description.",
            json!({ "type": "string", "maxLength": 2_000 }),
            json!("class"),
        );
    let members = of(get("pageMembers", "/v1/organizations/{id}/members"))
        .says("Members of an organization", "");
    let audit = of(get("pageAudit", "/v1/organizations/{id}/audit"))
        .says("Who did what in an organization", "Newest first. Needs an admin.");
    let server_audit = get("pageServerAudit", "/v1/audit")
        .says("Who did what to accounts", "Newest first. For operators.")
        .by(Asker::InPerson);
    let member = |operation: Operation| {
        of(operation).by(Asker::InPerson).id("user", "UUID of the account.", GRACE)
    };
    let operations = vec![
        page(
            get("pageOrganizations", "/v1/organizations")
                .says("Organizations of the caller", "")
                .by(Asker::Person),
            1_000,
        )
        .gives::<Page<OwnOrganization>>(200, "A page."),
        of(get("getOwnOrganization", "/v1/organizations/{id}"))
            .says("An organization, with the caller's role", "")
            .gives::<OwnOrganization>(200, "The organization.")
            .refuses(&[404]),
        page(window(projects, None), 1_000).gives::<Page<ProjectRow>>(200, "A page."),
        page(members, 1_000).gives::<Page<MemberItem>>(200, "A page."),
        member(patch("changeRole", "/v1/organizations/{id}/members/{user}"))
            .says("Gives a member another role", "Needs an admin. One admin stays.")
            .sends::<RoleIn>(json!({ "role": "member" }))
            .ends(204, "It is done.")
            .refuses(&[404, 409]),
        member(delete("removeMember", "/v1/organizations/{id}/members/{user}"))
            .says(
                "Removes a member, or leaves",
                "Needs an admin, or is about oneself. One admin stays.",
            )
            .query(
                "tokens",
                "What becomes of project tokens that the person made.",
                json!({ "type": "string", "enum": ["revoke", "keep"], "default": "revoke" }),
                json!("keep"),
            )
            .ends(204, "It is done.")
            .refuses(&[404, 409]),
        page(audit, 1_000).gives::<Page<AuditItem>>(200, "A page."),
        page(server_audit, 1_000).gives::<Page<AuditItem>>(200, "A page."),
        delete("deleteOrganization", "/v1/organizations/{id}")
            .says(
                "Deletes an organization with all it has",
                "Needs an admin. It is answered at once; space is freed in the background.",
            )
            .by(Asker::InPerson)
            .id("id", "UUID of the organization.", SPARE_ORGANIZATION)
            .ends(204, "It is deleted."),
    ];
    Group {
        name: "Members and audit",
        words: "Organizations as their members see them, roles, and who did what.",
        operations,
    }
}
