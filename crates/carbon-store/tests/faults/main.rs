//! What the store keeps when things break: processes killed while they write, a server that goes
//! away, a disk that is full, a copy that is taken under load.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod backup;
mod files;
mod full_disk;
mod killed;
mod overtaken;
mod plans;
mod restarts;
mod space;
mod tls;

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use carbon_store::{
    Batch, EmissionId, Experiment, ExperimentId, Ingested, Measured, NewEmission, NewOrganization,
    NewProject, NewRun, NewUser, OrganizationId, ProjectId, Result, RunFacts, RunId, Store,
    Timestamp, UserId,
};
use carbon_testkit::postgres::Postgres;
use tokio::runtime::Runtime;

/// 2026-03-02T00:00:00Z.
const START: i64 = 1_772_409_600;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The server of this test program, for tests that leave it running.
fn server() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::shared(Path::new(env!("CARGO_TARGET_TMPDIR"))))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

/// A project with a run.
async fn plant(store: &Store) -> (ProjectId, RunId) {
    let created = at(0);
    let user = NewUser {
        id: UserId::new(),
        subject: None,
        email: "ada@example.org".to_owned(),
        is_email_verified: true,
        name: "Ada".to_owned(),
        is_operator: false,
        password_hash: None,
        created,
    };
    let user = store.create_user(user).await.unwrap().id;
    let (name, description) = ("team".to_owned(), String::new());
    let organization = NewOrganization { id: OrganizationId::new(), name, description, created };
    let organization = store.create_organization(organization, user).await.unwrap().id;
    let project = NewProject {
        id: ProjectId::new(),
        organization_id: organization,
        name: "project".to_owned(),
        description: String::new(),
        is_public: false,
        created,
    };
    let project = store.create_project(project).await.unwrap().unwrap().id;
    let experiment = Experiment {
        id: ExperimentId::new(),
        project_id: project,
        timestamp: created,
        name: "experiment".to_owned(),
        description: String::new(),
        country_name: None,
        country_iso_code: None,
        region: None,
        on_cloud: false,
        cloud_provider: None,
        cloud_region: None,
    };
    let experiment = store.create_experiment(experiment).await.unwrap().unwrap().id;
    (project, add_run(store, experiment).await)
}

async fn add_run(store: &Store, experiment: ExperimentId) -> RunId {
    let run = NewRun {
        id: None,
        project: None,
        experiment_id: experiment,
        timestamp: at(0),
        facts: RunFacts::default(),
        member_id: None,
    };
    store.create_run(run).await.unwrap().unwrap().id
}

/// A row whose figure is in its place: the sum tells which rows are there.
fn row(run_id: RunId, id: EmissionId, seconds: i64) -> NewEmission {
    let measured = Measured {
        duration_s: 1.0,
        emissions_kg: Some(0.5),
        energy_kwh: Some(0.25),
        ..Measured::default()
    };
    NewEmission { id: Some(id), run_id, timestamp: at(seconds), measured }
}

async fn send(store: &Store, rows: Vec<NewEmission>) -> Result<Ingested> {
    let sent = store.ingest(Batch { project: None, rows });
    tokio::time::timeout(Duration::from_secs(20), sent).await.unwrap()
}
