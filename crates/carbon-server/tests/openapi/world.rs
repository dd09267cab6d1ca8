//! A server with an organization, a project, an experiment, runs and rows, all with ids that stay the
//! same, so that the examples of the document do.

use carbon_store::{
    AccessToken, AccessTokenId, Batch, Digest, Experiment, ExperimentId, Ingested, Invitation,
    InvitationId, Measured, NewEmission, NewOrganization, NewProject, NewProjectToken, NewRun,
    NewUser, OrganizationId, ProjectId, ProjectTokenId, Role, RunFacts, RunId, Store, Timestamp,
    User, UserId,
};
use ring::digest::{SHA256, digest};
use uuid::Uuid;

pub(crate) use crate::support::PASSWORD;
use crate::support::{Browser, START_S, Server};

pub(crate) const EMAIL: &str = "ada@example.org";
pub(crate) const ORGANIZATION: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000001";
pub(crate) const SPARE_ORGANIZATION: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000002";
pub(crate) const PROJECT: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000011";
pub(crate) const SPARE_PROJECT: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000012";
pub(crate) const TOKEN: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000021";
pub(crate) const SPARE_TOKEN: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000022";
pub(crate) const TOKEN_TO_CHANGE: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000023";
pub(crate) const EXPERIMENT: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000031";
pub(crate) const SPARE_EXPERIMENT: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000032";
pub(crate) const RUN: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000041";
pub(crate) const OTHER_RUN: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000042";
pub(crate) const SPARE_RUN: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000043";
pub(crate) const EMISSION: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000051";
pub(crate) const GRACE: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000061";
pub(crate) const INVITATION: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000071";
pub(crate) const PERSONAL_TOKEN: &str = "5f0d6a51-9c1e-4a77-b1a4-000000000081";

/// Secret of the project's token that reads and writes.
pub(crate) const SECRET: &str = "cpt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The server, and the browser of Ada, who runs it.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) ada: Browser,
}

const START: Timestamp = Timestamp::from_seconds(START_S);

fn id(text: &str) -> Uuid {
    text.parse().unwrap()
}

fn digest_of(secret: &str) -> Digest {
    Digest(digest(&SHA256, secret.as_bytes()).as_ref().try_into().unwrap())
}

impl World {
    pub(crate) async fn build() -> Self {
        let (server, ada) = Server::set_up().await;
        let store = server.store();
        let who = store.user_by_email(EMAIL).await.unwrap().unwrap();
        organization(store, ORGANIZATION, "Vision lab", &who).await;
        organization(store, SPARE_ORGANIZATION, "Old lab", &who).await;
        people(store, &who).await;
        project(store, PROJECT, "Image classifier").await;
        project(store, SPARE_PROJECT, "First tries").await;
        token(store, TOKEN, SECRET, 3, &who).await;
        token(store, SPARE_TOKEN, "cpt_spare", 1, &who).await;
        token(store, TOKEN_TO_CHANGE, "cpt_to_change", 1, &who).await;
        experiment(store, EXPERIMENT, "ResNet-50, batch 256").await;
        experiment(store, SPARE_EXPERIMENT, "ResNet-18").await;
        for (run, host, scale, minutes) in [(RUN, "node-1", 1.0, 5), (OTHER_RUN, "node-2", 0.7, 65)]
        {
            self::run(store, run, host, minutes, &who).await;
            rows(store, run, scale, minutes).await;
        }
        self::run(store, SPARE_RUN, "node-1", 90, &who).await;
        Self { server, ada }
    }
}

async fn organization(store: &Store, text: &str, name: &str, of: &User) {
    let new = NewOrganization {
        id: OrganizationId::from(id(text)),
        name: name.to_owned(),
        description: "Third floor".to_owned(),
        created: START,
    };
    store.create_organization(new, of.id).await.unwrap();
}

async fn people(store: &Store, ada: &User) {
    let new = NewUser {
        id: UserId::from(id(GRACE)),
        subject: None,
        email: "grace@example.org".to_owned(),
        is_email_verified: true,
        name: "Grace".to_owned(),
        is_operator: false,
        password_hash: None,
        created: START,
    };
    let grace = store.create_user(new).await.unwrap();
    let of = OrganizationId::from(id(ORGANIZATION));
    store.add_member(of, grace.email, Role::Viewer, START).await.unwrap();
    let invitation = Invitation {
        id: InvitationId::from(id(INVITATION)),
        organization_id: of,
        email: "edsger@example.org".to_owned(),
        role: Role::Member,
        invited_by: Some(ada.id),
        created: START,
        expires: Timestamp::from_seconds(START_S + 14 * 86_400),
    };
    store.invite(invitation).await.unwrap();
    let token = AccessToken {
        id: AccessTokenId::from(id(PERSONAL_TOKEN)),
        user_id: ada.id,
        name: "workstation".to_owned(),
        created: START,
        expires: None,
        last_used: None,
    };
    store.create_access_token(token, digest_of("ccp_example")).await.unwrap();
}

async fn project(store: &Store, text: &str, name: &str) {
    let new = NewProject {
        id: ProjectId::from(id(text)),
        organization_id: OrganizationId::from(id(ORGANIZATION)),
        name: name.to_owned(),
        description: "Models that see".to_owned(),
        is_public: false,
        created: START,
    };
    store.create_project(new).await.unwrap().unwrap();
}

async fn token(store: &Store, text: &str, secret: &str, access: i64, by: &User) {
    let new = NewProjectToken {
        id: ProjectTokenId::from(id(text)),
        project_id: ProjectId::from(id(PROJECT)),
        name: Some("training".to_owned()),
        digest: digest_of(secret),
        access,
        created_by: Some(by.id),
        created: START,
        expires: None,
    };
    store.create_project_token(new).await.unwrap().unwrap();
}

async fn experiment(store: &Store, text: &str, name: &str) {
    let experiment = Experiment {
        id: ExperimentId::from(id(text)),
        project_id: ProjectId::from(id(PROJECT)),
        timestamp: START,
        name: name.to_owned(),
        description: "The usual one".to_owned(),
        country_name: Some("France".to_owned()),
        country_iso_code: Some("FRA".to_owned()),
        region: Some("île-de-france".to_owned()),
        on_cloud: false,
        cloud_provider: None,
        cloud_region: None,
    };
    store.create_experiment(experiment).await.unwrap().unwrap();
}

async fn run(store: &Store, text: &str, host: &str, minutes: i64, by: &User) {
    let facts = RunFacts {
        os: Some("Linux-6.12-x86_64".to_owned()),
        python_version: Some("3.13.1".to_owned()),
        codecarbon_version: Some("3.3.2".to_owned()),
        cpu_count: Some(16),
        cpu_model: Some("AMD EPYC 9354P".to_owned()),
        gpu_count: Some(1),
        gpu_model: Some("1 x NVIDIA L4".to_owned()),
        longitude: Some(2.4),
        latitude: Some(48.9),
        ram_total_size: Some(62.8),
        tracking_mode: Some("machine".to_owned()),
        host: Some(host.to_owned()),
        ..RunFacts::default()
    };
    let new = NewRun {
        id: Some(RunId::from(id(text))),
        project: None,
        experiment_id: ExperimentId::from(id(EXPERIMENT)),
        timestamp: Timestamp::from_seconds(START_S - minutes * 60),
        facts,
        member_id: Some(by.id),
    };
    store.create_run(new).await.unwrap().unwrap();
}

/// Four rows of 15 s, the last at the end of the run.
async fn rows(store: &Store, run: &str, scale: f64, minutes: i64) {
    let row = |index: i64| NewEmission {
        id: (run == RUN && index == 0).then(|| id(EMISSION).into()),
        run_id: RunId::from(id(run)),
        timestamp: Timestamp::from_seconds(START_S - minutes * 60 + 15 * (index + 1)),
        measured: Measured {
            duration_s: 15.0,
            emissions_kg: Some(0.000_012 * scale),
            emissions_rate_kg_s: Some(0.000_000_8 * scale),
            energy_kwh: Some(0.000_216 * scale),
            energy_low_kwh: Some(0.000_205 * scale),
            energy_high_kwh: Some(0.000_227 * scale),
            cpu_power_w: Some(36.0 * scale),
            gpu_power_w: Some(10.0 * scale),
            ram_power_w: Some(5.0),
            cpu_energy_kwh: Some(0.000_15 * scale),
            gpu_energy_kwh: Some(0.000_044 * scale),
            ram_energy_kwh: Some(0.000_022 * scale),
            cpu_utilization_percent: Some(60.0),
            gpu_utilization_percent: Some(12.0),
            ram_utilization_percent: Some(40.0),
            ..Measured::default()
        },
    };
    let project = Some(ProjectId::from(id(PROJECT)));
    let batch = Batch { project, rows: (0..4).map(row).collect() };
    assert!(matches!(store.ingest(batch).await.unwrap(), Ingested::Stored { .. }));
}
