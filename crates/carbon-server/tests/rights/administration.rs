//! The routes of administration, with a request that each serves and the gate that it stands behind.

use carbon_server::rights::Action as A;
use serde_json::json;

use crate::table::Gate::{Open, Operator, Rule, SignedIn};
use crate::table::{Route, delete, get, with};

/// All of them.
pub(crate) fn routes() -> Vec<Route> {
    let name = || json!({ "name": "n" });
    vec![
        get("/v1/server", Open),
        get("/v1/reference/grids", Open),
        get("/v1/reference/regions", Open),
        get("/v1/reference/clouds", Open),
        get("/v1/audit", Operator),
        get("/v1/organizations", SignedIn),
        get("/v1/organizations/{organization}", Rule(A::ReadOrganization)),
        delete("/v1/organizations/{spare_organization}", Rule(A::DeleteOrganization)),
        get("/v1/organizations/{organization}/projects", Rule(A::ReadOrganization)),
        get("/v1/organizations/{organization}/members", Rule(A::ListMembers)),
        with(
            "PATCH",
            "/v1/organizations/{organization}/members/{spare_member}",
            json!({ "role": "member" }),
            Rule(A::ChangeMembers),
        ),
        delete("/v1/organizations/{organization}/members/{spare_member}", Rule(A::ChangeMembers)),
        get("/v1/organizations/{organization}/audit", Rule(A::ReadAudit)),
        get("/v1/organizations/{organization}/usage", Rule(A::ReadOrganizationSums)),
        get("/v1/projects/{project}/tokens", Rule(A::ListTokens)),
        with("POST", "/v1/projects/{project}/tokens", name(), Rule(A::CreateToken)),
        with(
            "POST",
            "/v1/projects/{project}/tokens/{spare_token}/rotate",
            json!({}),
            Rule(A::ChangeToken),
        ),
        with(
            "POST",
            "/v1/projects/{project}/tokens/{spare_token}/revoke",
            json!({}),
            Rule(A::ChangeToken),
        ),
        delete("/v1/projects/{project}/tokens/{spare_token}", Rule(A::ChangeToken)),
        get("/v1/projects/{project}/configuration", Rule(A::ReadConfiguration)),
        get("/v1/projects/{project}/budget", Rule(A::ReadBudget)),
        with(
            "PUT",
            "/v1/projects/{project}/budget",
            json!({ "energy_kwh": 10 }),
            Rule(A::ChangeBudget),
        ),
        delete("/v1/projects/{project}/budget", Rule(A::ChangeBudget)),
        with("PATCH", "/v1/experiments/{experiment}", name(), Rule(A::UpdateExperiment)),
        delete("/v1/experiments/{spare_experiment}", Rule(A::DeleteExperiment)),
        delete("/v1/runs/{spare_run}", Rule(A::DeleteRun)),
    ]
}
