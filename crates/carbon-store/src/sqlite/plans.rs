//! How SQLite finds rows: by an index, whatever is asked. Each statement that is prepared is noted,
//! so nothing can be forgotten here but by not asking it.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{
    Batch, BucketWidth, EmissionId, Experiment, ExperimentId, GroupBy, Measured, NewEmission,
    NewOrganization, NewProject, NewRun, NewUser, OrganizationId, Paging, ProjectId, Reclaimed,
    RowOrder, RunCursor, RunFacts, RunOrder, RunQuery, RunsOf, Scope, Store, Subject, Timestamp,
    UserId, Window,
};

/// Texts of all statements so far.
static PREPARED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Tables that grow with the number of runs, by their names and those that questions give them.
const LARGE: [&str; 10] =
    ["e", "emissions", "h", "run_hours", "d", "run_days", "r", "runs", "t", "tasks"];

pub(super) fn note(sql: &str) {
    PREPARED.lock().unwrap_or_else(PoisonError::into_inner).insert(sql.to_owned());
}

#[tokio::test]
async fn no_question_reads_a_whole_table_of_rows() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.sqlite");
    let store = Store::open_file(&path).await.unwrap();
    ask_everything(&store).await;
    store.close().await;

    let prepared = PREPARED.lock().unwrap().clone();
    let mentions = |table: &str| prepared.iter().filter(|sql| sql.contains(table)).count();
    assert!(mentions("emissions") > 8 && mentions("run_days") > 5, "{prepared:#?}");
    let connection = rusqlite::Connection::open(&path).unwrap();
    for sql in prepared {
        let Ok(mut plan) = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")) else {
            continue; // BEGIN and its like have none.
        };
        let mut steps = plan.raw_query();
        while let Some(step) = steps.next().unwrap() {
            let step: String = step.get(3).unwrap();
            let table = step.strip_prefix("SCAN ").and_then(|rest| rest.split(' ').next());
            assert!(!table.is_some_and(|table| LARGE.contains(&table)), "{step}: {sql}");
        }
    }
}

async fn ask_everything(store: &Store) {
    let (created, text) = (Timestamp::from_seconds(1_772_409_600), String::new);
    let user = NewUser {
        id: UserId::new(),
        subject: None,
        email: "a@example.org".to_owned(),
        is_email_verified: true,
        name: text(),
        is_operator: false,
        password_hash: None,
        created,
    };
    let user = store.create_user(user).await.unwrap().id;
    let organization =
        NewOrganization { id: OrganizationId::new(), name: text(), description: text(), created };
    let organization = store.create_organization(organization, user).await.unwrap().id;
    let project = NewProject {
        id: ProjectId::new(),
        organization_id: organization,
        name: text(),
        description: text(),
        is_public: false,
        created,
    };
    let project = store.create_project(project).await.unwrap().unwrap().id;
    let experiment = Experiment {
        id: ExperimentId::new(),
        project_id: project,
        timestamp: created,
        name: text(),
        description: text(),
        country_name: None,
        country_iso_code: None,
        region: None,
        on_cloud: false,
        cloud_provider: None,
        cloud_region: None,
    };
    let experiment = store.create_experiment(experiment).await.unwrap().unwrap().id;
    let run = NewRun {
        id: None,
        project: None,
        experiment_id: experiment,
        timestamp: created,
        facts: RunFacts::default(),
        member_id: None,
    };
    let run = store.create_run(run).await.unwrap().unwrap().id;
    let id = EmissionId::new();
    let row = NewEmission {
        id: Some(id),
        run_id: run,
        timestamp: created.plus(Duration::from_secs(90)),
        measured: Measured::default(),
    };
    store.ingest(Batch { project: None, rows: vec![row] }).await.unwrap();

    let window = Window::new(created.plus(Duration::from_mins(1)), Timestamp::MAX);
    for scope in [
        Scope::Organization(organization),
        Scope::Project(project),
        Scope::Experiment(experiment),
        Scope::Run(run),
    ] {
        assert_eq!(store.sums(scope, window).await.unwrap().rows, 1);
        for by in [GroupBy::Run, GroupBy::Host, GroupBy::Member] {
            store.sums_by(scope, by, window).await.unwrap();
        }
        let width = BucketWidth::new(Duration::from_hours(24 * 365_000)).unwrap();
        store.series(scope, None, window, width).await.unwrap();
        let (_, next) = store.export(scope, window, None, 1).await.unwrap();
        store.export(scope, window, next, 1).await.unwrap();
        store.extent(scope).await.unwrap();
        store.live_runs(scope, created, 10).await.unwrap();
        ask_lists(store, scope, window).await;
    }
    for by in [GroupBy::Project, GroupBy::Experiment, GroupBy::Run, GroupBy::Member] {
        store.names(by, vec![project.uuid(), run.uuid()]).await.unwrap();
    }
    store.experiment_sums(project, window).await.unwrap();
    store.run_sums(experiment, window).await.unwrap();
    store.last_run(project, window).await.unwrap();
    let page = store.emissions_page(run, 0, 10).await.unwrap().unwrap();
    let after = page.items.first().map(crate::EmissionCursor::of);
    for order in [RowOrder::OldestFirst, RowOrder::NewestFirst] {
        store.emissions_in(run, order, after, 10).await.unwrap();
    }
    store.emission(id).await.unwrap();
    store.tasks(run, Paging::ALL).await.unwrap();
    store.run_entry(run).await.unwrap();
    for subject in [Subject::Run(run), Subject::Emission(id), Subject::Experiment(experiment)] {
        store.access(subject, Some(user)).await.unwrap();
    }
    for of in [
        RunsOf::Experiment(experiment),
        RunsOf::Project(project),
        RunsOf::Organization(organization),
        RunsOf::User(user),
    ] {
        store.runs(of, Paging::first(1)).await.unwrap();
    }
    store.delete_run(run, created).await.unwrap();
    store.delete_experiment(experiment, created).await.unwrap();
    store.delete_organization(organization, created).await.unwrap();
    while store.reclaim(Timestamp::MAX).await.unwrap() == Reclaimed::Some {}
}

async fn ask_lists(store: &Store, scope: Scope, window: Window) {
    for order in [RunOrder::Timestamp, RunOrder::Energy] {
        for is_descending in [true, false] {
            let query = RunQuery {
                scope,
                window: Some(window),
                search: Some("x".to_owned()),
                host: Some("x".to_owned()),
                is_host_searched: true,
                order,
                is_descending,
            };
            let after = Some(RunCursor { value: 0, key: 0 });
            store.run_list(query.clone(), after, 10).await.unwrap();
            let query = RunQuery { search: None, host: None, window: None, ..query };
            store.run_list(query, None, 10).await.unwrap();
        }
    }
    if !matches!(scope, Scope::Run(_)) {
        store.experiment_list(scope, window, Paging::first(10)).await.unwrap();
    }
}
