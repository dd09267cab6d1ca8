//! Deleting: gone at once, space freed later, and nothing else touched.

use carbon_store::{
    Digest, Ingested, NewProjectToken, Paging, PendingKind, ProjectTokenId, Reclaimed, RunsOf,
    Scope, Store, Subject, Window,
};

use crate::seeds::{START, Seed, at, batch, new_run, row, store_rows, task};

crate::contract!(
    a_deleted_project_is_gone_at_once_with_all_it_has,
    a_deleted_experiment_run_and_organization_are_gone,
    space_is_freed_in_steps_and_others_keep_theirs,
    what_has_ended_is_forgotten,
    a_store_answers_whether_it_is_ready,
);

async fn is_gone(store: &Store, seed: &Seed, row: carbon_store::EmissionId) {
    assert_eq!(store.run(seed.run.id).await.unwrap(), None);
    assert_eq!(store.emission(row).await.unwrap(), None);
    assert_eq!(store.emissions_page(seed.run.id, 0, 1).await.unwrap(), None);
    assert_eq!(store.tasks(seed.run.id, Paging::ALL).await.unwrap(), None);
    assert_eq!(store.access(Subject::Run(seed.run.id), None).await.unwrap(), None);
    assert_eq!(store.access(Subject::Emission(row), None).await.unwrap(), None);
    assert_eq!(store.create_run(new_run(seed.experiment.id, START)).await.unwrap(), None);
    let late = store.ingest(batch(vec![crate::seeds::row(seed.run.id, START, 1)])).await.unwrap();
    assert_eq!(late, Ingested::NoSuchRun { row: 0 });
    for scope in [Scope::Run(seed.run.id), Scope::Experiment(seed.experiment.id)] {
        assert_eq!(store.sums(scope, Window::ALL).await.unwrap().rows, 0);
    }
    let runs = store.runs(RunsOf::Experiment(seed.experiment.id), Paging::ALL).await.unwrap();
    assert!(runs.items.is_empty());
}

async fn a_deleted_project_is_gone_at_once_with_all_it_has(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let (ids, _) = store_rows(&store, vec![row(seed.run.id, START, 1)]).await;
    let token = NewProjectToken {
        id: ProjectTokenId::new(),
        project_id: seed.project.id,
        name: None,
        digest: Digest([1; 32]),
        access: 2,
        created_by: None,
        created: START,
        expires: None,
    };
    store.create_project_token(token).await.unwrap();
    assert!(store.delete_project(seed.project.id, at(1)).await.unwrap());
    assert!(!store.delete_project(seed.project.id, at(1)).await.unwrap());
    is_gone(&store, &seed, ids[0]).await;
    assert_eq!(store.project(seed.project.id).await.unwrap(), None);
    assert_eq!(store.experiment(seed.experiment.id).await.unwrap(), None);
    assert_eq!(store.project_token(Digest([1; 32])).await.unwrap(), None);
    assert!(store.project_sums(seed.project.id, Window::ALL).await.unwrap().is_none());
    let projects = store.projects_of(seed.organization.id, Paging::ALL).await.unwrap();
    assert!(projects.items.is_empty());
    let scope = Scope::Organization(seed.organization.id);
    assert_eq!(store.sums(scope, Window::ALL).await.unwrap().rows, 0);
}

async fn a_deleted_experiment_run_and_organization_are_gone(store: Store) {
    let (a, b, c) = (
        Seed::plant(&store, "a").await,
        Seed::plant(&store, "b").await,
        Seed::plant(&store, "c").await,
    );
    let mut ids = Vec::new();
    for seed in [&a, &b, &c] {
        ids.extend(store_rows(&store, vec![row(seed.run.id, START, 1)]).await.0);
    }
    assert!(store.delete_experiment(a.experiment.id, at(1)).await.unwrap());
    assert!(!store.delete_experiment(a.experiment.id, at(1)).await.unwrap());
    is_gone(&store, &a, ids[0]).await;
    assert!(store.project(a.project.id).await.unwrap().is_some());

    assert!(store.delete_organization(b.organization.id, at(1)).await.unwrap());
    assert!(!store.delete_organization(b.organization.id, at(1)).await.unwrap());
    is_gone(&store, &b, ids[1]).await;
    assert_eq!(store.organization(b.organization.id).await.unwrap(), None);
    let of = store.organizations_of(b.user.id, Paging::ALL).await.unwrap();
    assert!(of.items.is_empty());

    assert!(store.delete_run(c.run.id, at(1)).await.unwrap());
    assert!(!store.delete_run(c.run.id, at(1)).await.unwrap());
    assert_eq!(store.run(c.run.id).await.unwrap(), None);
    assert!(store.experiment(c.experiment.id).await.unwrap().is_some());
}

async fn space_is_freed_in_steps_and_others_keep_theirs(store: Store) {
    let (gone, kept) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    for part in 0..2 {
        let rows = (0..8_000).map(|n| row(gone.run.id, at(part * 8_000 + n), 1)).collect();
        store_rows(&store, rows).await;
    }
    store_rows(&store, vec![row(kept.run.id, START, 3)]).await;
    for run in [gone.run.id, kept.run.id] {
        store.add_tasks(None, run, vec![task("train")]).await.unwrap();
    }
    store.delete_organization(gone.organization.id, at(100)).await.unwrap();
    assert_eq!(store.reclaim(at(100)).await.unwrap(), Reclaimed::Nothing);
    let mut steps = 0;
    while store.reclaim(at(101)).await.unwrap() == Reclaimed::Some {
        steps += 1;
        assert!(steps < 20);
    }
    // Three full steps of rows, their rest with the run, the project, the organization.
    assert_eq!(steps, 6);
    let sums = store.sums(Scope::Project(kept.project.id), Window::ALL).await.unwrap();
    assert_eq!(sums.rows, 1);
    let page = store.emissions_page(kept.run.id, 0, 10).await.unwrap().unwrap();
    assert_eq!(page.items.len(), 1);
    let tasks = store.tasks(kept.run.id, Paging::ALL).await.unwrap().unwrap();
    assert_eq!(tasks.items.len(), 1);
    assert_eq!(store.reclaim(at(101)).await.unwrap(), Reclaimed::Nothing);
}

async fn what_has_ended_is_forgotten(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let open = |n: u8, expires| {
        store.open_session(Digest([n; 32]), seed.user.id, String::new(), START, expires)
    };
    open(1, at(10)).await.unwrap();
    open(2, at(20)).await.unwrap();
    let digest = Digest([3; 32]);
    store.keep_pending(PendingKind::SetUp, digest, String::new(), at(10)).await.unwrap();
    assert_eq!(store.expire(at(15)).await.unwrap(), 2);
    assert_eq!(store.expire(at(15)).await.unwrap(), 0);
    assert!(store.session(Digest([2; 32]), at(15)).await.unwrap().is_some());
}

async fn a_store_answers_whether_it_is_ready(store: Store) {
    store.is_ready().await.unwrap();
    store.close().await;
    assert!(matches!(store.is_ready().await, Err(carbon_store::Error::Unavailable { .. })));
}
