//! What the load asks for: ten projects of ten experiments of twenty runs, a token of each project,
//! and a person who may read them; and beside them, in an organization of its own, a project for what
//! is written one by one, so that what is read has the size that it should have.

use std::time::Duration;

use carbon_sensors::clock::{Clock, SystemClock};
use carbon_store::{
    AccessToken, AccessTokenId, Digest, Experiment, ExperimentId, NewOrganization, NewProject,
    NewProjectToken, NewRun, NewUser, OrganizationId, ProjectId, ProjectTokenId, RunFacts, RunId,
    Store, Timestamp, UserId,
};

pub(crate) const PROJECTS: usize = 10;
pub(crate) const EXPERIMENTS: usize = 10;
pub(crate) const RUNS: usize = 20;

/// Runs of one project.
pub(crate) const RUNS_OF_PROJECT: usize = EXPERIMENTS * RUNS;

/// What was planted, and the secrets that open it.
pub(crate) struct Planted {
    /// Midnight, eighty days ago, s since the Unix epoch: the first row.
    pub(crate) start_s: i64,
    pub(crate) organization: OrganizationId,
    pub(crate) projects: Vec<ProjectId>,
    /// Secrets of the tokens of the projects.
    pub(crate) tokens: Vec<String>,
    /// Ten of each project, one project after the other.
    pub(crate) experiments: Vec<ExperimentId>,
    /// Twenty of each experiment.
    pub(crate) runs: Vec<RunId>,
    /// Secret of the person's token.
    pub(crate) person: String,
    /// Of the project for single rows and runs.
    pub(crate) single: Single,
}

/// A project that is written to one by one.
pub(crate) struct Single {
    pub(crate) token: String,
    pub(crate) experiments: Vec<ExperimentId>,
    pub(crate) runs: Vec<RunId>,
}

impl Planted {
    /// Plants into an empty store.
    pub(crate) async fn into_store(store: &Store) -> Self {
        let today = SystemClock.now().wall.as_secs() / 86_400;
        let start_s = (today.cast_signed() - 80) * 86_400;
        let created = Timestamp::from_seconds(start_s).minus(Duration::from_hours(24));
        let user = person(store, created).await;
        let beside = organization(store, user, created).await;
        let mut single = Self::empty(beside, start_s);
        single.project(store, PROJECTS, created).await;
        let mut planted = Self::empty(organization(store, user, created).await, start_s);
        planted.single = Single {
            token: single.tokens.remove(0),
            experiments: single.experiments,
            runs: single.runs,
        };
        for number in 0..PROJECTS {
            planted.project(store, number, created).await;
        }
        planted
    }

    fn empty(organization: OrganizationId, start_s: i64) -> Self {
        Self {
            start_s,
            organization,
            projects: Vec::new(),
            tokens: Vec::new(),
            experiments: Vec::new(),
            runs: Vec::new(),
            person: PERSON.to_owned(),
            single: Single { token: String::new(), experiments: Vec::new(), runs: Vec::new() },
        }
    }

    async fn project(&mut self, store: &Store, number: usize, created: Timestamp) {
        let project = NewProject {
            id: ProjectId::new(),
            organization_id: self.organization,
            name: format!("bench {number}"),
            description: String::new(),
            is_public: false,
            created,
        };
        let project = store.create_project(project).await.unwrap().unwrap().id;
        let secret = format!("cpt_bench-{number:034}");
        let token = NewProjectToken {
            id: ProjectTokenId::new(),
            project_id: project,
            name: None,
            digest: digest(&secret),
            access: 2,
            created_by: None,
            created,
            expires: None,
        };
        store.create_project_token(token).await.unwrap();
        self.projects.push(project);
        self.tokens.push(secret);
        for _ in 0..EXPERIMENTS {
            let experiment = experiment(store, project, created).await;
            self.experiments.push(experiment);
            for _ in 0..RUNS {
                self.runs.push(run(store, experiment, created).await);
            }
        }
    }
}

const PERSON: &str = "ccp_bench-0000000000000000000000000000000000";

fn digest(secret: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, secret.as_bytes()).as_ref());
    Digest(bytes)
}

async fn person(store: &Store, created: Timestamp) -> UserId {
    let user = NewUser {
        id: UserId::new(),
        subject: None,
        email: "bench@example.org".to_owned(),
        is_email_verified: true,
        name: "bench".to_owned(),
        is_operator: true,
        password_hash: None,
        created,
    };
    let user_id = store.create_user(user).await.unwrap().id;
    let token = AccessToken {
        id: AccessTokenId::new(),
        user_id,
        name: "bench".to_owned(),
        created,
        expires: None,
        last_used: None,
    };
    store.create_access_token(token, digest(PERSON)).await.unwrap();
    user_id
}

async fn organization(store: &Store, admin: UserId, created: Timestamp) -> OrganizationId {
    let organization = NewOrganization {
        id: OrganizationId::new(),
        name: "bench".to_owned(),
        description: String::new(),
        created,
    };
    store.create_organization(organization, admin).await.unwrap().id
}

async fn experiment(store: &Store, project_id: ProjectId, timestamp: Timestamp) -> ExperimentId {
    let experiment = Experiment {
        id: ExperimentId::new(),
        project_id,
        timestamp,
        name: "bench".to_owned(),
        description: String::new(),
        country_name: Some("France".to_owned()),
        country_iso_code: Some("FRA".to_owned()),
        region: None,
        on_cloud: false,
        cloud_provider: None,
        cloud_region: None,
    };
    store.create_experiment(experiment).await.unwrap().unwrap().id
}

async fn run(store: &Store, experiment_id: ExperimentId, timestamp: Timestamp) -> RunId {
    let facts = RunFacts {
        os: Some("Linux-6.1.0-x86_64-with-glibc2.36".to_owned()),
        cpu_count: Some(16),
        cpu_model: Some("Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz".to_owned()),
        ..RunFacts::default()
    };
    let run = NewRun { id: None, project: None, experiment_id, timestamp, facts, member_id: None };
    store.create_run(run).await.unwrap().unwrap().id
}
