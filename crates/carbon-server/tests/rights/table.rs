//! Every route, with a request that it serves and the gate that it stands behind.

use std::collections::BTreeSet;

use carbon_server::rights::Action;
use serde_json::{Value, json};

use crate::declared::declared_routes;

use crate::administration;

/// Who gets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Whoever the table of rights lets do this.
    Rule(Action),
    /// Everybody; what is refused is refused for another reason.
    Open,
    /// Valid credentials, also without an account.
    SignedIn,
    /// An account.
    Account,
    /// An account of somebody who runs the server.
    Operator,
    /// An empty list for those who are no members, in place of a refusal.
    Members,
    /// A token of the project that writes; who it is does not matter.
    Writer,
}

/// A route and a request to it. `{organization}`, `{project}`, … stand for ids of the world, `{spare}`
/// for the id of a project or token that is made for one request.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) body: Option<Value>,
    pub(crate) gate: Gate,
}

impl Route {
    /// The path as the server declares it.
    fn declared(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let names = |segment: &str| match segment {
            "{token}" | "{spare_token}" => "{token}".to_owned(),
            "{spare_member}" => "{user}".to_owned(),
            "{invitation}" => segment.to_owned(),
            other if other.starts_with('{') => "{id}".to_owned(),
            other => other.to_owned(),
        };
        path.split('/').map(names).collect::<Vec<_>>().join("/")
    }
}

pub(crate) fn get(path: &'static str, gate: Gate) -> Route {
    Route { method: "GET", path, body: None, gate }
}

pub(crate) fn with(method: &'static str, path: &'static str, body: Value, gate: Gate) -> Route {
    Route { method, path, body: Some(body), gate }
}

pub(crate) fn delete(path: &'static str, gate: Gate) -> Route {
    Route { method: "DELETE", path, body: None, gate }
}

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    let mut all = of_existing_clients();
    all.extend(administration::routes());
    all
}

/// The published ones and those of one's own account.
fn of_existing_clients() -> Vec<Route> {
    use Action as A;
    use Gate::{Account, Members, Open, Operator, Rule, SignedIn, Writer};
    let named = || json!({ "name": "name", "description": "" });
    let row = json!({
        "timestamp": "2026-11-22T07:30:00Z", "run_id": "{run}", "duration": 1,
        "emissions_sum": 0, "emissions_rate": 0, "energy_consumed": 0, "cpu_power": 0,
        "gpu_power": 0, "ram_power": 0, "cpu_energy": 0, "gpu_energy": 0, "ram_energy": 0,
    });
    let run = json!({ "timestamp": "2026-11-22T07:00:00Z", "experiment_id": "{experiment}" });
    let in_project = json!({ "name": "n", "description": "", "project_id": "{project}" });
    let in_organization = json!({
        "name": "n", "description": "", "organization_id": "{organization}",
    });
    let telemetry = json!({ "timestamp": "2026-11-22T07:00:00Z", "telemetry_level": "minimal" });
    let invited = json!({ "email": "somebody@example.org" });
    vec![
        get("/", Open),
        get("/healthz", Open),
        get("/readyz", Open),
        get("/openapi.json", Open),
        get("/docs", Open),
        get("/redoc", Open),
        get("/auth/check", Open),
        get("/auth/login", Open),
        with("POST", "/auth/login", json!({}), Open),
        get("/auth/logout", Open),
        with("POST", "/auth/logout", json!({}), Open),
        get("/auth/setup?token=x", Open),
        with("POST", "/auth/setup", Value::Null, Open),
        get("/auth/password?token=x", Open),
        with("POST", "/auth/password", Value::Null, Open),
        get("/auth/authorize", Open),
        with("POST", "/auth/authorize", json!({}), Account),
        get("/auth/device", Open),
        with("POST", "/auth/device", json!({ "client_id": "codecarbon-cli" }), Open),
        with("POST", "/auth/device/answer", json!({ "user_code": "x" }), Account),
        with("POST", "/auth/token", json!({}), Open),
        with("POST", "/auth/revoke", json!({}), Open),
        get("/auth/jwks", Open),
        get("/.well-known/openid-configuration", Open),
        get("/organizations", SignedIn),
        with("POST", "/organizations", named(), Account),
        get("/organizations/{organization}", Rule(A::ReadOrganization)),
        with("PATCH", "/organizations/{organization}", named(), Rule(A::UpdateOrganization)),
        get("/organizations/{organization}/sums", Rule(A::ReadOrganizationSums)),
        get("/organizations/{organization}/users", Rule(A::ListMembers)),
        with(
            "POST",
            "/organizations/{organization}/add-user",
            json!({ "email": "member@example.org" }),
            Rule(A::ChangeMembers),
        ),
        get("/organizations/{organization}/projects", Members),
        get("/projects?organization={organization}", Members),
        with("POST", "/projects", in_organization, Rule(A::CreateProject)),
        get("/projects/{project}", Rule(A::ReadProject)),
        with("PATCH", "/projects/{project}", json!({ "name": "n" }), Rule(A::UpdateProject)),
        with("PATCH", "/projects/{spare}", json!({ "public": true }), Rule(A::PublishProject)),
        delete("/projects/{spare}", Rule(A::DeleteProject)),
        get("/projects/{project}/sums", Rule(A::ReadProject)),
        get("/projects/{project}/api-tokens", Rule(A::ListTokens)),
        with("POST", "/projects/{project}/api-tokens", named(), Rule(A::CreateToken)),
        delete("/projects/{project}/api-tokens/{spare_token}", Rule(A::ChangeToken)),
        get("/projects/{project}/experiments", Rule(A::ReadProject)),
        get("/projects/{project}/experiments/sums", Rule(A::ReadProject)),
        with("POST", "/experiments", in_project, Rule(A::CreateExperiment)),
        get("/experiments/{experiment}", Rule(A::ReadExperiment)),
        get("/experiments/{experiment}/runs", Rule(A::ReadExperiment)),
        get("/experiments/{experiment}/runs/sums", Rule(A::ReadExperiment)),
        get("/runs", SignedIn),
        with("POST", "/runs", run, Writer),
        get("/runs/{run}", Rule(A::ReadRun)),
        get("/runs/{run}/emissions", Rule(A::ReadRun)),
        get("/lastrun/project/{project}", Rule(A::ReadProject)),
        with("POST", "/emissions", row.clone(), Writer),
        get("/emissions/{emission}", Rule(A::ReadEmission)),
        with("POST", "/telemetry", telemetry, Open),
        with("POST", "/v1/emissions", json!([row]), Writer),
        get("/v1/runs/compare?run={run}&run={run}", Rule(A::ReadRun)),
        get("/v1/runs/{run}", Rule(A::ReadRun)),
        get("/v1/runs/{run}/emissions", Rule(A::ReadRun)),
        get("/v1/runs/{run}/tasks", Rule(A::ReadRun)),
        with("POST", "/v1/runs/{run}/tasks", json!({ "tasks": [] }), Writer),
        get("/v1/projects/{project}/experiments", Rule(A::ReadProject)),
        get("/v1/projects/{project}/runs", Rule(A::ReadProject)),
        get("/v1/experiments/{experiment}/runs", Rule(A::ReadExperiment)),
        get("/v1/organizations/{organization}/sums", Rule(A::ReadOrganizationSums)),
        get("/v1/projects/{project}/sums", Rule(A::ReadProject)),
        get("/v1/experiments/{experiment}/sums", Rule(A::ReadExperiment)),
        get("/v1/runs/{run}/sums", Rule(A::ReadRun)),
        get("/v1/organizations/{organization}/series", Rule(A::ReadOrganizationSums)),
        get("/v1/projects/{project}/series", Rule(A::ReadProject)),
        get("/v1/experiments/{experiment}/series", Rule(A::ReadExperiment)),
        get("/v1/runs/{run}/series", Rule(A::ReadRun)),
        get("/v1/organizations/{organization}/export", Rule(A::ReadOrganizationSums)),
        get("/v1/projects/{project}/export", Rule(A::ReadProject)),
        get("/v1/experiments/{experiment}/export", Rule(A::ReadExperiment)),
        get("/v1/runs/{run}/export", Rule(A::ReadRun)),
        get("/v1/organizations/{organization}/live?duration_s=0", Rule(A::ReadOrganizationSums)),
        get("/v1/projects/{project}/live?duration_s=0", Rule(A::ReadProject)),
        get("/v1/runs/{run}/live?duration_s=0", Rule(A::ReadRun)),
        get("/v1/account", Account),
        with("PUT", "/v1/account/password", json!({}), Account),
        get("/v1/account/sessions", Account),
        delete("/v1/account/sessions", Account),
        delete("/v1/account/sessions/{missing}", Account),
        get("/v1/account/tokens", Account),
        with("POST", "/v1/account/tokens", json!({ "name": "n" }), Account),
        delete("/v1/account/tokens/{missing}", Account),
        get("/v1/accounts?email=member@example.org", Operator),
        with("POST", "/v1/accounts", invited.clone(), Operator),
        with("PATCH", "/v1/accounts/{missing}", json!({}), Operator),
        get("/v1/organizations/{organization}/invitations", Rule(A::ChangeMembers)),
        with(
            "POST",
            "/v1/organizations/{organization}/invitations",
            invited,
            Rule(A::ChangeMembers),
        ),
        delete("/v1/organizations/{organization}/invitations/{invitation}", Rule(A::ChangeMembers)),
    ]
}

#[test]
fn every_route_of_the_server_is_in_the_table() {
    let listed: BTreeSet<(String, String)> =
        routes().iter().map(|route| (route.method.to_owned(), route.declared())).collect();
    let declared = declared_routes();
    assert!(declared.len() > 50, "{declared:?}");
    let missing: Vec<_> = declared.difference(&listed).collect();
    assert!(missing.is_empty(), "routes without a row in tests/rights/table.rs: {missing:?}");
    let gone: Vec<_> = listed.difference(&declared).collect();
    assert!(gone.is_empty(), "rows of tests/rights/table.rs without a route: {gone:?}");
}
