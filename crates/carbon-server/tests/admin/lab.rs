//! A laboratory: people with sessions of browsers, a project, and rows to count.

use std::time::Duration;

use axum::http::Method;
use carbon_server::settings::Settings;
use carbon_store::{
    AccessToken, AccessTokenId, Batch, Digest, Experiment, ExperimentId, Ingested, Measured,
    NewEmission, NewOrganization, NewProject, NewRun, NewUser, OrganizationId, Project, ProjectId,
    Role, Run, RunFacts, Store, Timestamp, User, UserId,
};
use ring::digest::{SHA256, digest};
use serde_json::Value;
use uuid::Uuid;

use crate::support::{Answer, START_S, Sent, Server, local};

pub(crate) const START: Timestamp = Timestamp::from_seconds(START_S);

/// Somebody who is signed in with a browser.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) user: User,
    server: Server,
    cookie: String,
}

impl Person {
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let headers = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let sent = body.map_or(Sent::Nothing, Sent::Json);
        self.server.call(method, path, &headers, sent).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// A personal access token of theirs, as it is shown.
    pub(crate) async fn bearer(&self) -> String {
        let secret = format!("ccp_{}", Uuid::new_v4());
        let token = AccessToken {
            id: AccessTokenId::new(),
            user_id: self.user.id,
            name: "laptop".to_owned(),
            created: START,
            expires: None,
            last_used: None,
        };
        self.server.store().create_access_token(token, digest_of(&secret)).await.unwrap();
        format!("Bearer {secret}")
    }
}

/// The laboratory.
pub(crate) struct Lab {
    pub(crate) server: Server,
    pub(crate) organization: OrganizationId,
    pub(crate) project: Project,
    pub(crate) experiment: Experiment,
    pub(crate) run: Run,
    pub(crate) admin: Person,
    pub(crate) member: Person,
    pub(crate) viewer: Person,
}

impl Lab {
    pub(crate) async fn open() -> Self {
        Self::with(local()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        Self::over(Server::start(settings).await).await
    }

    pub(crate) async fn over(server: Server) -> Self {
        let admin = person(&server, "Ada").await;
        let store = server.store();
        let new = NewOrganization {
            id: OrganizationId::new(),
            name: "lab".to_owned(),
            description: "where we measure".to_owned(),
            created: START,
        };
        let organization = store.create_organization(new, admin.user.id).await.unwrap().id;
        let member = person(&server, "Bob").await;
        let viewer = person(&server, "Eve").await;
        for (person, role) in [(&member, Role::Member), (&viewer, Role::Viewer)] {
            let email = person.user.email.clone();
            store.add_member(organization, email, role, START).await.unwrap();
        }
        let project = project(store, organization, "models", START).await;
        let (experiment, run) = branch(store, project.id).await;
        Self { server, organization, project, experiment, run, admin, member, viewer }
    }

    pub(crate) fn store(&self) -> &Store {
        self.server.store()
    }

    /// A path below the organization.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v1/organizations/{}{rest}", self.organization)
    }

    /// A path below the project.
    pub(crate) fn project_path(&self, rest: &str) -> String {
        format!("/v1/projects/{}{rest}", self.project.id)
    }

    /// Stores a row of so many kWh, and a tenth of that in kg.
    pub(crate) async fn use_energy(&self, at: Timestamp, energy_kwh: f64) {
        add_row(self.store(), &self.run, at, energy_kwh).await;
    }
}

/// So long after the start.
pub(crate) fn after(time: Duration) -> Timestamp {
    START.plus(time)
}

pub(crate) async fn add_row(store: &Store, run: &Run, at: Timestamp, energy_kwh: f64) {
    let measured = Measured {
        duration_s: 10.0,
        emissions_kg: Some(energy_kwh / 10.0),
        energy_kwh: Some(energy_kwh),
        ..Measured::default()
    };
    let row = NewEmission { id: None, run_id: run.id, timestamp: at, measured };
    let stored = store.ingest(Batch { project: None, rows: vec![row] }).await.unwrap();
    assert!(matches!(stored, Ingested::Stored { added: 1, .. }));
}

pub(crate) fn digest_of(secret: &str) -> Digest {
    Digest(digest(&SHA256, secret.as_bytes()).as_ref().try_into().unwrap())
}

pub(crate) async fn person(server: &Server, name: &str) -> Person {
    let store = server.store();
    let new = NewUser {
        id: UserId::new(),
        subject: None,
        email: format!("{name}@example.org"),
        is_email_verified: true,
        name: name.to_owned(),
        is_operator: false,
        password_hash: None,
        created: START,
    };
    let user = store.create_user(new).await.unwrap();
    let secret = Uuid::new_v4().to_string();
    let end = START.plus(Duration::from_hours(24 * 365));
    store.open_session(digest_of(&secret), user.id, "{}".to_owned(), START, end).await.unwrap();
    Person { user, server: server.clone(), cookie: format!("user_session={secret}") }
}

pub(crate) async fn project(
    store: &Store,
    organization: OrganizationId,
    name: &str,
    created: Timestamp,
) -> Project {
    let new = NewProject {
        id: ProjectId::new(),
        organization_id: organization,
        name: name.to_owned(),
        description: String::new(),
        is_public: false,
        created,
    };
    store.create_project(new).await.unwrap().unwrap()
}

/// An experiment with a run.
pub(crate) async fn branch(store: &Store, project: ProjectId) -> (Experiment, Run) {
    let experiment = Experiment {
        id: ExperimentId::new(),
        project_id: project,
        timestamp: START,
        name: "first".to_owned(),
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
        facts: RunFacts { host: Some("node-1".to_owned()), ..RunFacts::default() },
        member_id: None,
    };
    let run = store.create_run(run).await.unwrap().unwrap();
    (experiment, run)
}
