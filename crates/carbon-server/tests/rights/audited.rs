//! Every route that changes something leaves an entry in the audit log, and nothing but routes that
//! are named here is excused.

use carbon_store::{AuditRecord, OrganizationId, Paging, Role};
use uuid::Uuid;

use crate::support::Server;
use crate::table::{Gate, Route, routes};
use crate::walk::Who;
use crate::world::World;

/// Routes that leave no entry of their own, each with the reason.
const EXCUSED: &[(&str, &str, &str)] = &[
    ("POST", "/runs", "written by programs, with the token of a project"),
    ("POST", "/emissions", "written by programs, with the token of a project"),
    ("POST", "/v1/emissions", "written by programs, with the token of a project"),
    ("POST", "/v1/runs/{run}/tasks", "written by programs, with the token of a project"),
    ("POST", "/telemetry", "belongs to nobody"),
    ("POST", "/auth/token", "renews what a person has let in, which was noted then"),
    ("POST", "/auth/revoke", "takes a token of a command back, which anybody who has it may"),
    ("POST", "/auth/device", "nobody is let in yet"),
];

/// Routes whose request in the table changes nothing here.
const QUIET: &[(&str, &str, &str)] = &[
    ("POST", "/auth/logout", "nobody has a session"),
    ("DELETE", "/v1/account/sessions", "nobody has a session"),
    ("POST", "/auth/device/answer", "asks the person first"),
    ("POST", "/organizations/{organization}/add-user", "is a member already"),
];

/// The entries of the server and of the organization, and of another one if there is one.
async fn log(server: &Server, world: &World, other: Option<OrganizationId>) -> Vec<AuditRecord> {
    let store = server.store();
    let mut all = store.server_audit_log(Paging::ALL).await.unwrap().items;
    for organization in [Some(world.organization.id), other].into_iter().flatten() {
        all.extend(store.audit_log(organization, Paging::ALL).await.unwrap().items);
    }
    all
}

fn is_listed(list: &[(&str, &str, &str)], route: &Route) -> bool {
    list.iter().any(|(method, path, _)| (*method, *path) == (route.method, route.path))
}

#[tokio::test]
async fn every_change_is_in_the_audit_log_with_who_made_it() {
    let world = World::build().await;
    let mut wrong = Vec::new();
    let mut checked = 0;
    for route in routes() {
        if route.method == "GET" || is_listed(EXCUSED, &route) || is_listed(QUIET, &route) {
            continue;
        }
        let (who, actor) = match route.gate {
            Gate::Operator => (Who::Operator, &world.operator),
            _ => (Who::Member(Role::Admin), &world.admin),
        };
        let before = log(&world.server, &world, None).await.len();
        let answer = world.ask(&route, who, &world.private).await;
        // What was refused or found nothing has changed nothing: those are tested one by one.
        if answer.status >= 400 {
            continue;
        }
        // A new organization has a log of its own.
        let other = answer.body["id"].as_str();
        let other = other.and_then(|id| Uuid::parse_str(id).ok()).map(OrganizationId::from);
        let after = log(&world.server, &world, other).await;
        let is_theirs = |record: &AuditRecord| record.entry.actor_id == Some(actor.id);
        if after.len() <= before || !after.iter().any(is_theirs) {
            wrong.push(format!("{} {} ({})", route.method, route.path, answer.status));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "routes that change something and note nothing: {wrong:#?}");
    assert!(checked > 20, "only {checked} routes were looked at");
}

#[tokio::test]
async fn what_is_refused_leaves_no_entry() {
    let world = World::build().await;
    for route in routes() {
        if route.method != "GET" && matches!(route.gate, Gate::Rule(_)) {
            let before = log(&world.server, &world, None).await.len();
            let answer = world.ask(&route, Who::Other, &world.private).await;
            assert_eq!(answer.status, 403, "{} {}", route.method, route.path);
            assert_eq!(log(&world.server, &world, None).await.len(), before, "{}", route.path);
        }
    }
}
