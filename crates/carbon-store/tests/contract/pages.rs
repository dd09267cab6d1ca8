//! Rows and runs, read in parts.

use carbon_store::{
    EmissionCursor, EmissionId, EmissionsPage, NewEmission, Paging, RunId, RunsOf, Scope, Store,
    Window,
};

use crate::seeds::{self, START, Seed, at, row, store_rows};

crate::contract!(
    pages_with_numbers_are_newest_first_wherever_they_are,
    pages_with_positions_miss_and_repeat_nothing,
    an_export_gives_every_row_of_a_scope_once,
    runs_are_listed_by_whom_they_belong_to,
    journals_are_read_in_pages,
);

async fn pages_with_numbers_are_newest_first_wherever_they_are(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let empty = EmissionsPage { items: Vec::new(), total: 0 };
    assert_eq!(store.emissions_page(seed.run.id, 0, 100).await.unwrap(), Some(empty));
    assert_eq!(store.emissions_page(RunId::new(), 0, 100).await.unwrap(), None);
    // Two rows per quarter of an hour over four days, several of the same time.
    let rows: Vec<NewEmission> = (0..800).map(|n| row(seed.run.id, at(n / 2 * 900), n)).collect();
    store_rows(&store, rows.into_iter().rev().collect()).await;
    let all = store.emissions_page(seed.run.id, 0, 1_000).await.unwrap().unwrap();
    assert_eq!((all.total, all.items.len()), (800, 800));
    let mut sorted = all.items.clone();
    sorted.sort_by_key(|row| (row.timestamp, row.id));
    sorted.reverse();
    assert_eq!(all.items, sorted);
    for (offset, size) in [(0, 100), (1, 7), (95, 10), (96, 4), (383, 3), (700, 100), (799, 5)] {
        let page = store.emissions_page(seed.run.id, offset, size).await.unwrap().unwrap();
        let from = offset as usize;
        let to = (from + size as usize).min(800);
        assert_eq!((page.total, page.items.as_slice()), (800, &sorted[from..to]), "at {offset}");
    }
    let beyond = store.emissions_page(seed.run.id, 800, 100).await.unwrap().unwrap();
    assert_eq!((beyond.total, beyond.items), (800, Vec::new()));
}

async fn pages_with_positions_miss_and_repeat_nothing(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    store_rows(&store, (0..100).map(|n| row(seed.run.id, at(n / 5), n)).collect()).await;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.emissions_after(seed.run.id, after, 7).await.unwrap().unwrap();
        after = page.last().map(EmissionCursor::of);
        seen.extend(page.iter().map(|row| row.id));
        if page.len() < 7 {
            break;
        }
    }
    let all = store.emissions_page(seed.run.id, 0, 1_000).await.unwrap().unwrap();
    assert_eq!(seen, all.items.iter().map(|row| row.id).collect::<Vec<EmissionId>>());
    assert_eq!(store.emissions_after(RunId::new(), None, 7).await.unwrap(), None);
}

async fn an_export_gives_every_row_of_a_scope_once(store: Store) {
    let (seed, other) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let mut expected = Vec::new();
    for n in 0..140 {
        let run = seeds::run(&store, seed.experiment.id, START).await;
        let rows = (0..n % 5).map(|m| row(run.id, at(m / 2), m)).collect();
        expected.extend(store_rows(&store, rows).await.0);
    }
    store_rows(&store, vec![row(other.run.id, START, 1)]).await;
    for limit in [1, 3, 64, 1_000] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let scope = Scope::Organization(seed.organization.id);
            let (rows, next) = store.export(scope, Window::ALL, after, limit).await.unwrap();
            assert!(rows.len() <= limit as usize);
            seen.extend(rows.iter().map(|row| row.id));
            match next {
                Some(_) => after = next,
                None => break,
            }
        }
        let (mut seen_sorted, mut all) = (seen.clone(), expected.clone());
        seen_sorted.sort();
        all.sort();
        assert_eq!(seen_sorted, all, "{limit} at a time");
    }
    let scope = Scope::Project(seed.project.id);
    let window = Window::new(at(1), at(1));
    let (rows, next) = store.export(scope, window, None, 1_000).await.unwrap();
    assert!(rows.iter().all(|row| row.timestamp == at(1)));
    assert_eq!((rows.len(), next), (28 + 28 * 2, None));
}

async fn runs_are_listed_by_whom_they_belong_to(store: Store) {
    let (a, b) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let second = seeds::run(&store, a.experiment.id, START).await;
    for of in [
        RunsOf::Experiment(a.experiment.id),
        RunsOf::Project(a.project.id),
        RunsOf::Organization(a.organization.id),
        RunsOf::User(a.user.id),
    ] {
        let all = store.runs(of, Paging::ALL).await.unwrap();
        assert_eq!(all.items, [a.run.clone(), second.clone()], "{of:?}");
        let first = store.runs(of, Paging::first(1)).await.unwrap();
        assert_eq!(first.items, std::slice::from_ref(&a.run));
        let rest = Paging::after(first.next.unwrap(), 1);
        let rest = store.runs(of, rest).await.unwrap();
        assert_eq!((rest.items, rest.next), (vec![second.clone()], None));
    }
    assert_eq!(store.runs(RunsOf::User(b.user.id), Paging::ALL).await.unwrap().items, [b.run]);
}

async fn journals_are_read_in_pages(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    for n in 0..5 {
        let entry = carbon_store::AuditEntry {
            at: at(n),
            organization_id: Some(seed.organization.id),
            actor_id: Some(seed.user.id),
            action: "project.delete".to_owned(),
            subject: n.to_string(),
            detail: "{}".to_owned(),
        };
        store.note(entry).await.unwrap();
        let id = carbon_store::TelemetryId::new();
        store.add_telemetry(id, at(n), "minimal", format!("{{\"n\":{n}}}")).await.unwrap();
    }
    let first = store.audit_log(seed.organization.id, Paging::first(3)).await.unwrap();
    let subjects: Vec<_> = first.items.iter().map(|record| record.entry.subject.as_str()).collect();
    assert_eq!(subjects, ["4", "3", "2"]);
    let rest = Paging::after(first.next.unwrap(), 3);
    let rest = store.audit_log(seed.organization.id, rest).await.unwrap();
    let subjects: Vec<_> = rest.items.iter().map(|record| record.entry.subject.as_str()).collect();
    assert_eq!((subjects, rest.next), (vec!["1", "0"], None));
    let other = carbon_store::OrganizationId::new();
    assert!(store.audit_log(other, Paging::ALL).await.unwrap().items.is_empty());
    let telemetry = store.telemetry(Paging::first(2)).await.unwrap();
    assert_eq!(telemetry.items[1].1, "{\"n\":1}");
    assert!(telemetry.next.is_some());
}
