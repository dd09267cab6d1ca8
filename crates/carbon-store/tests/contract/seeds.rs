//! Things to test with: an organization with a project, an experiment and a run.

use carbon_store::{
    Batch, EmissionId, Experiment, ExperimentId, Ingested, Measured, NewEmission, NewOrganization,
    NewProject, NewRun, NewUser, Organization, OrganizationId, Project, ProjectId, Run, RunFacts,
    RunId, Store, Task, TaskId, Timestamp, User, UserId,
};

/// 2026-03-02T00:00:00Z, a Monday.
pub(crate) const START: Timestamp = Timestamp::from_seconds(1_772_409_600);

/// So many seconds after the start.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(START.micros() + seconds * 1_000_000)
}

pub(crate) fn new_user(email: &str) -> NewUser {
    NewUser {
        id: UserId::new(),
        subject: None,
        email: email.to_owned(),
        is_email_verified: true,
        name: "A Person".to_owned(),
        is_operator: false,
        password_hash: None,
        created: START,
    }
}

pub(crate) fn new_organization(name: &str) -> NewOrganization {
    NewOrganization {
        id: OrganizationId::new(),
        name: name.to_owned(),
        description: "for tests".to_owned(),
        created: START,
    }
}

/// A tenant.
pub(crate) struct Seed {
    pub(crate) user: User,
    pub(crate) organization: Organization,
    pub(crate) project: Project,
    pub(crate) experiment: Experiment,
    pub(crate) run: Run,
}

impl Seed {
    pub(crate) async fn plant(store: &Store, name: &str) -> Self {
        let user = store.create_user(new_user(&format!("{name}@example.org"))).await.unwrap();
        let organization =
            store.create_organization(new_organization(name), user.id).await.unwrap();
        let project = project(store, organization.id, name).await;
        let experiment = experiment(store, project.id, name).await;
        let run = run(store, experiment.id, START).await;
        Self { user, organization, project, experiment, run }
    }
}

pub(crate) async fn project(store: &Store, organization: OrganizationId, name: &str) -> Project {
    let new = NewProject {
        id: ProjectId::new(),
        organization_id: organization,
        name: name.to_owned(),
        description: String::new(),
        is_public: false,
        created: START,
    };
    store.create_project(new).await.unwrap().unwrap()
}

pub(crate) fn new_experiment(project: ProjectId, name: &str) -> Experiment {
    Experiment {
        id: ExperimentId::new(),
        project_id: project,
        timestamp: START,
        name: name.to_owned(),
        description: String::new(),
        country_name: Some("France".to_owned()),
        country_iso_code: Some("FRA".to_owned()),
        region: None,
        on_cloud: false,
        cloud_provider: None,
        cloud_region: None,
    }
}

pub(crate) async fn experiment(store: &Store, project: ProjectId, name: &str) -> Experiment {
    store.create_experiment(new_experiment(project, name)).await.unwrap().unwrap()
}

pub(crate) fn new_run(experiment: ExperimentId, timestamp: Timestamp) -> NewRun {
    NewRun {
        id: None,
        project: None,
        experiment_id: experiment,
        timestamp,
        facts: RunFacts {
            os: Some("Linux".to_owned()),
            cpu_count: Some(8),
            latitude: Some(48.9),
            sources: Some("{\"cpu\":null}".to_owned()),
            ..RunFacts::default()
        },
        member_id: None,
    }
}

pub(crate) async fn run(store: &Store, experiment: ExperimentId, timestamp: Timestamp) -> Run {
    store.create_run(new_run(experiment, timestamp)).await.unwrap().unwrap()
}

/// Figures that tell rows apart and add up exactly: small multiples of powers of two.
pub(crate) fn measured(n: i64) -> Measured {
    let n = n as f64;
    Measured {
        duration_s: 10.0,
        emissions_kg: Some(n / 1024.0),
        emissions_rate_kg_s: Some(n / 4096.0),
        cpu_power_w: Some(n + 0.5),
        gpu_power_w: None,
        ram_power_w: Some(3.0),
        cpu_energy_kwh: Some(n / 64.0),
        gpu_energy_kwh: Some(0.0),
        ram_energy_kwh: Some(0.25),
        energy_kwh: Some(n / 64.0 + 0.25),
        cpu_utilization_percent: Some(n % 100.0),
        gpu_utilization_percent: None,
        ram_utilization_percent: Some(50.0),
        energy_low_kwh: Some(n / 128.0),
        energy_high_kwh: Some(n / 32.0 + 0.5),
        emissions_low_kg: Some(n / 2048.0),
        emissions_high_kg: Some(n / 512.0),
        wue: 0.0,
    }
}

pub(crate) fn row(run: RunId, timestamp: Timestamp, n: i64) -> NewEmission {
    NewEmission { id: None, run_id: run, timestamp, measured: measured(n) }
}

pub(crate) fn task(name: &str) -> Task {
    Task {
        id: TaskId::new(),
        name: name.to_owned(),
        start: START,
        duration_s: 1.5,
        energy_kwh: 0.25,
        emissions_kg: 0.125,
        cpu_energy_kwh: Some(0.25),
        gpu_energy_kwh: None,
        ram_energy_kwh: Some(0.0),
    }
}

pub(crate) fn batch(rows: Vec<NewEmission>) -> Batch {
    Batch { project: None, rows }
}

/// Stores rows; their ids and how many were new.
pub(crate) async fn store_rows(store: &Store, rows: Vec<NewEmission>) -> (Vec<EmissionId>, usize) {
    match store.ingest(batch(rows)).await.unwrap() {
        Ingested::Stored { ids, added } => (ids, added),
        other @ Ingested::NoSuchRun { .. } => panic!("{other:?}"),
    }
}
