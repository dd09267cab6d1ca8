//! Two tenants at once, a thousand requests and more: nothing of one is ever seen by the other.

use axum::http::Method;
use serde_json::json;

use crate::develop::settings;
use crate::support::{Sent, Server};
use crate::world::{Tree, bearer, organization, tree, user};

const TASKS: usize = 4;
const ROUNDS: usize = 60;

struct Tenant {
    server: Server,
    name: &'static str,
    bearer: String,
    organization: String,
    tree: Tree,
}

impl Tenant {
    async fn new(server: &Server, name: &'static str) -> Self {
        let store = server.store();
        let user = user(store, name, false).await;
        let of = organization(store, name, &user).await;
        Self {
            server: server.clone(),
            name,
            bearer: bearer(user.id.uuid()),
            organization: of.id.to_string(),
            tree: tree(store, of.id, false).await,
        }
    }

    /// A round of requests of this tenant, whose answers must be its own.
    async fn round(&self, other: &(String, String, String)) {
        let Self { server, name, tree, .. } = self;
        let headers = [("authorization", self.bearer.as_str())];
        let seen = server.get("/organizations", &headers).await;
        assert_eq!(seen.body.as_array().unwrap().len(), 1, "{}", seen.text);
        assert_eq!(
            (&seen.body[0]["name"], &seen.body[0]["id"]),
            (&json!(name), &json!(self.organization))
        );
        let runs = server.get("/runs", &headers).await;
        for run in runs.body.as_array().unwrap() {
            assert_eq!(run["experiment_id"], tree.experiment.id.to_string());
        }
        let row = json!({
            "timestamp": "2026-11-22T07:30:00Z", "run_id": tree.run.id.to_string(), "duration": 1,
            "emissions_sum": 0, "emissions_rate": 0, "energy_consumed": 1e-5, "cpu_power": 0,
            "gpu_power": 0, "ram_power": 0, "cpu_energy": 1e-5, "gpu_energy": 0, "ram_energy": 0,
        });
        let token = [("x-api-token", tree.secret.as_str())];
        let written =
            server.call(Method::POST, "/emissions", &token, Sent::Json(row.clone())).await;
        assert_eq!(written.status, 201, "{}", written.text);
        let (organization, project, run) = other;
        let mut foreign = row;
        foreign["run_id"] = json!(run);
        assert_eq!(server.post("/emissions", &token, foreign).await.status, 403);
        for path in [
            format!("/organizations/{organization}"),
            format!("/projects/{project}/sums"),
            format!("/runs/{run}/emissions"),
        ] {
            assert_eq!(server.get(&path, &headers).await.status, 403, "{path}");
        }
    }

    async fn rows(&self) -> u64 {
        let headers = [("authorization", self.bearer.as_str())];
        let path = format!("/projects/{}/sums", self.tree.project.id);
        self.server.get(&path, &headers).await.body["emissions_count"].as_u64().unwrap()
    }

    fn ids(&self) -> (String, String, String) {
        let Tree { project, run, .. } = &self.tree;
        (self.organization.clone(), project.id.to_string(), run.id.to_string())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tenants_in_parallel_never_cross() {
    let server = Server::start(settings()).await;
    let (ada, bob) = (Tenant::new(&server, "ada").await, Tenant::new(&server, "bob").await);
    let (of_ada, of_bob) = (ada.ids(), bob.ids());
    let tenants = [(std::sync::Arc::new(ada), of_bob), (std::sync::Arc::new(bob), of_ada)];
    let mut tasks = Vec::new();
    for (tenant, other) in &tenants {
        for _ in 0..TASKS {
            let (tenant, other) = (std::sync::Arc::clone(tenant), other.clone());
            tasks.push(tokio::spawn(async move {
                for _ in 0..ROUNDS {
                    tenant.round(&other).await;
                }
            }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    for (tenant, _) in &tenants {
        assert_eq!(tenant.rows().await, (TASKS * ROUNDS) as u64 + 1);
    }
}
