//! Tasks of runs: once, in order, and with their run.

use carbon_store::{Error, MAX_TASKS, Paging, RepeatableIds, RunId, Scope, Store, Task, Window};

use crate::seeds::{self, START, Seed, at, task};

crate::contract!(
    tasks_come_back_in_the_order_in_which_they_came,
    tasks_that_are_sent_again_count_once,
    tasks_are_stored_whole_or_not_at_all,
);

async fn tasks_come_back_in_the_order_in_which_they_came(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let sent = [("load", 5), ("train", 0), ("load", 9)]
        .map(|(name, second)| Task { start: at(second), ..task(name) });
    let added = store.add_tasks(Some(seed.project.id), seed.run.id, sent.to_vec()).await.unwrap();
    assert_eq!(added, Some(3));
    let first = store.tasks(seed.run.id, Paging::first(2)).await.unwrap().unwrap();
    assert_eq!(first.items, sent[..2]);
    let rest = Paging::after(first.next.unwrap(), 2);
    let rest = store.tasks(seed.run.id, rest).await.unwrap().unwrap();
    assert_eq!((rest.items.as_slice(), rest.next), (&sent[2..], None));
    // They are part of the run's rows, and no rows of their own.
    let sums = store.sums(Scope::Run(seed.run.id), Window::ALL).await.unwrap();
    assert_eq!(sums.rows, 0);
    assert_eq!(store.tasks(RunId::new(), Paging::ALL).await.unwrap(), None);
}

async fn tasks_that_are_sent_again_count_once(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let ids = RepeatableIds::new(seed.project.id, "key");
    let sent: Vec<Task> = (0..3).map(|n| Task { id: ids.task(n), ..task("train") }).collect();
    let add = |tasks| store.add_tasks(None, seed.run.id, tasks);
    assert_eq!(add(sent[..2].to_vec()).await.unwrap(), Some(2));
    let again = sent.iter().chain(&sent).cloned().collect();
    assert_eq!(add(again).await.unwrap(), Some(1));
    let there = store.tasks(seed.run.id, Paging::ALL).await.unwrap().unwrap();
    assert_eq!(there.items, sent);
}

async fn tasks_are_stored_whole_or_not_at_all(store: Store) {
    let (a, b) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let theirs = task("theirs");
    store.add_tasks(None, b.run.id, vec![theirs.clone()]).await.unwrap();
    let mixed = vec![task("mine"), theirs];
    let answer = store.add_tasks(None, a.run.id, mixed).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    let endless = vec![task("fine"), Task { energy_kwh: f64::NAN, ..task("bad") }];
    let answer = store.add_tasks(None, a.run.id, endless).await;
    assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
    let many = vec![task("one of many"); MAX_TASKS + 1];
    let answer = store.add_tasks(None, a.run.id, many).await;
    assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
    let elsewhere = store.add_tasks(Some(b.project.id), a.run.id, vec![task("x")]).await.unwrap();
    assert_eq!(elsewhere, None);
    let nowhere = store.add_tasks(None, RunId::new(), vec![task("x")]).await.unwrap();
    assert_eq!(nowhere, None);
    let there = store.tasks(a.run.id, Paging::ALL).await.unwrap().unwrap();
    assert!(there.items.is_empty());
    let run = seeds::run(&store, a.experiment.id, START).await;
    assert!(store.tasks(run.id, Paging::ALL).await.unwrap().is_some());
}
