//! Two organizations with everything that can be asked for, and people of all kinds.

use carbon_store::{
    Batch, Digest, EmissionId, Experiment, ExperimentId, Ingested, Measured, NewEmission,
    NewOrganization, NewProject, NewProjectToken, NewRun, NewUser, Organization, OrganizationId,
    Project, ProjectId, ProjectToken, ProjectTokenId, Role, Run, RunFacts, Store, Timestamp, User,
    UserId,
};
use ring::digest::{SHA256, digest};
use serde_json::json;
use uuid::Uuid;

use crate::develop::{self, KEY, settings};
use crate::support::{START_S, Server};

pub(crate) const START: Timestamp = Timestamp::from_seconds(START_S);

/// A project with one of each thing.
pub(crate) struct Tree {
    pub(crate) project: Project,
    pub(crate) experiment: Experiment,
    pub(crate) run: Run,
    pub(crate) emission: EmissionId,
    /// A token that writes, and its secret.
    pub(crate) token: ProjectToken,
    pub(crate) secret: String,
}

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) organization: Organization,
    pub(crate) private: Tree,
    pub(crate) public: Tree,
    pub(crate) admin: User,
    pub(crate) member: User,
    pub(crate) viewer: User,
    /// Admin of another organization.
    pub(crate) other: User,
    /// Runs the server, and is a member of nothing.
    pub(crate) operator: User,
}

impl World {
    pub(crate) async fn build() -> Self {
        let server = Server::start(settings()).await;
        let store = server.store();
        let admin = user(store, "admin", false).await;
        let organization = organization(store, "lab", &admin).await;
        let mut people = Vec::new();
        for (name, role) in [("member", Role::Member), ("viewer", Role::Viewer)] {
            let user = user(store, name, false).await;
            let email = user.email.clone();
            store.add_member(organization.id, email, role, START).await.unwrap();
            people.push(user);
        }
        let other = user(store, "other", false).await;
        self::organization(store, "another lab", &other).await;
        let operator = user(store, "operator", true).await;
        let private = tree(store, organization.id, false).await;
        let public = tree(store, organization.id, true).await;
        let [member, viewer] = people.try_into().unwrap();
        Self { server, organization, private, public, admin, member, viewer, other, operator }
    }

    /// Another organization with the same people, for one request.
    pub(crate) async fn spare_organization(&self) -> OrganizationId {
        let store = self.server.store();
        let spare = organization(store, "spare", &self.admin).await.id;
        for (user, role) in [(&self.member, Role::Member), (&self.viewer, Role::Viewer)] {
            store.add_member(spare, user.email.clone(), role, START).await.unwrap();
        }
        spare
    }

    /// Another member, for one request.
    pub(crate) async fn spare_member(&self) -> UserId {
        let store = self.server.store();
        let spare = user(store, &Uuid::new_v4().to_string(), false).await;
        let email = spare.email.clone();
        store.add_member(self.organization.id, email, Role::Viewer, START).await.unwrap();
        spare.id
    }
}

/// What the store knows of a secret.
pub(crate) fn digest_of(secret: &str) -> Digest {
    Digest(digest(&SHA256, secret.as_bytes()).as_ref().try_into().unwrap())
}

/// What somebody shows who has an account, or not.
pub(crate) fn bearer(id: Uuid) -> String {
    let email = format!("{id}@example.org");
    format!("Bearer {}", develop::token(KEY, &json!({ "sub": id.to_string(), "email": email })))
}

pub(crate) async fn user(store: &Store, name: &str, is_operator: bool) -> User {
    let new = NewUser {
        id: UserId::new(),
        subject: None,
        email: format!("{name}@example.org"),
        is_email_verified: true,
        name: name.to_owned(),
        is_operator,
        password_hash: None,
        created: START,
    };
    store.create_user(new).await.unwrap()
}

pub(crate) async fn organization(store: &Store, name: &str, of: &User) -> Organization {
    let new = NewOrganization {
        id: OrganizationId::new(),
        name: name.to_owned(),
        description: String::new(),
        created: START,
    };
    store.create_organization(new, of.id).await.unwrap()
}

pub(crate) async fn project(store: &Store, of: OrganizationId, is_public: bool) -> Project {
    let new = NewProject {
        id: ProjectId::new(),
        organization_id: of,
        name: "project".to_owned(),
        description: String::new(),
        is_public,
        created: START,
    };
    store.create_project(new).await.unwrap().unwrap()
}

/// A token, and its secret.
pub(crate) async fn token(
    store: &Store,
    project: ProjectId,
    access: i64,
) -> (ProjectToken, String) {
    let secret = format!("cpt_{}", Uuid::new_v4());
    let new = NewProjectToken {
        id: ProjectTokenId::new(),
        project_id: project,
        name: None,
        digest: digest_of(&secret),
        access,
        created_by: None,
        created: START,
        expires: None,
    };
    (store.create_project_token(new).await.unwrap().unwrap(), secret)
}

pub(crate) async fn tree(store: &Store, of: OrganizationId, is_public: bool) -> Tree {
    let project = project(store, of, is_public).await;
    let (experiment, run) = branch(store, project.id).await;
    let row = NewEmission { id: None, run_id: run.id, timestamp: START, measured: measured() };
    let batch = Batch { project: Some(project.id), rows: vec![row] };
    let Ingested::Stored { ids, .. } = store.ingest(batch).await.unwrap() else {
        panic!("the run is there")
    };
    let (token, secret) = token(store, project.id, 2).await;
    Tree { project, experiment, run, emission: ids[0], token, secret }
}

/// An experiment with a run.
pub(crate) async fn branch(store: &Store, project: ProjectId) -> (Experiment, Run) {
    let experiment = Experiment {
        id: ExperimentId::new(),
        project_id: project,
        timestamp: START,
        name: "experiment".to_owned(),
        description: String::new(),
        country_name: None,
        country_iso_code: None,
        region: None,
        on_cloud: false,
        cloud_provider: None,
        cloud_region: None,
    };
    let experiment = store.create_experiment(experiment).await.unwrap().unwrap();
    let run = NewRun {
        id: None,
        project: None,
        experiment_id: experiment.id,
        timestamp: START,
        facts: RunFacts::default(),
        member_id: None,
    };
    let run = store.create_run(run).await.unwrap().unwrap();
    (experiment, run)
}

fn measured() -> Measured {
    Measured {
        duration_s: 1.0,
        emissions_kg: Some(1e-6),
        emissions_rate_kg_s: Some(1e-6),
        energy_kwh: Some(1e-5),
        cpu_power_w: Some(10.0),
        gpu_power_w: Some(0.0),
        ram_power_w: Some(1.0),
        cpu_energy_kwh: Some(1e-5),
        gpu_energy_kwh: Some(0.0),
        ram_energy_kwh: Some(0.0),
        ..Measured::default()
    }
}
