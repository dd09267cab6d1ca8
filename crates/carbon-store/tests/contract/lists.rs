//! Lists of runs and experiments with their sums, names, and from when to when there are rows.

use carbon_store::{
    BucketWidth, GroupBy, Paging, RunCursor, RunEntry, RunOrder, RunQuery, Scope, Store, Window,
};
use std::time::Duration;

use crate::contract;
use crate::seeds::{Seed, at, experiment, measured, new_run, row, run, store_rows};

contract! {
    runs_are_listed_in_every_order_and_found_by_words,
    experiments_are_listed_with_the_sums_of_their_rows,
    an_extent_is_that_of_the_rows,
    stretches_from_an_earlier_instant_hold_the_rows_of_the_window,
    runs_with_rows_lately_are_under_way,
}

fn all(scope: Scope, order: RunOrder) -> RunQuery {
    RunQuery {
        scope,
        window: None,
        search: None,
        host: None,
        is_host_searched: true,
        order,
        is_descending: false,
    }
}

async fn walk(store: &Store, query: &RunQuery, limit: u32) -> Vec<RunEntry> {
    let (mut found, mut after): (Vec<RunEntry>, Option<RunCursor>) = (Vec::new(), None);
    loop {
        let (page, next) = store.run_list(query.clone(), after, limit).await.unwrap();
        found.extend(page);
        match next {
            Some(_) => after = next,
            None => return found,
        }
    }
}

async fn runs_are_listed_in_every_order_and_found_by_words(store: Store) {
    let seed = Seed::plant(&store, "lab").await;
    let mut ids = vec![seed.run.id];
    for n in 1..6 {
        // Two begin at one time.
        let mut new = new_run(seed.experiment.id, at(n / 2 * 100));
        new.facts.host = Some(format!("node{n}"));
        ids.push(store.create_run(new).await.unwrap().unwrap().id);
    }
    let rows = (0..).zip(ids.iter().zip([3, 5, 5, 1, 0, 2]));
    for (n, (id, figure)) in rows.filter(|(n, _)| *n != 4) {
        store_rows(&store, vec![row(*id, at(1000 + n), figure)]).await;
    }
    for scope in [
        Scope::Organization(seed.organization.id),
        Scope::Project(seed.project.id),
        Scope::Experiment(seed.experiment.id),
    ] {
        for (order, wanted) in [
            (RunOrder::Timestamp, [0, 1, 2, 3, 4, 5]),
            (RunOrder::Energy, [4, 3, 5, 0, 1, 2]),
            (RunOrder::Duration, [4, 0, 1, 2, 3, 5]),
        ] {
            for limit in [1, 2, 100] {
                let mut query = all(scope, order);
                let mut wanted: Vec<_> = wanted.into_iter().map(|n| ids[n]).collect();
                for is_descending in [false, true] {
                    query.is_descending = is_descending;
                    let found = walk(&store, &query, limit).await;
                    let found: Vec<_> = found.iter().map(|entry| entry.run.id).collect();
                    assert_eq!(found, wanted, "{order:?} by {limit}");
                    wanted.reverse();
                }
            }
        }
    }
    let scope = Scope::Project(seed.project.id);
    let found = walk(&store, &all(scope, RunOrder::Timestamp), 100).await;
    assert_eq!(found[1].sums.energy_kwh, measured(5).energy_kwh.unwrap());
    assert_eq!((found[1].extent, found[4].extent), (Some((at(1001), at(1001))), None));
    assert_eq!(found[1].experiment_name, "lab");
    let search =
        |text: &str| RunQuery { search: Some(text.to_owned()), ..all(scope, RunOrder::Timestamp) };
    for (query, count) in [
        (search("NODE3"), 1),
        (search("node"), 5),
        (search("nod_"), 0),
        (search("L%X"), 0),
        (RunQuery { is_host_searched: false, ..search("node3") }, 0),
        (search(&ids[2].to_string()), 1),
        (RunQuery { host: Some("node1".to_owned()), ..search("linux") }, 1),
        (RunQuery { window: Some(Window::new(at(1001), at(1002))), ..search("") }, 2),
        (RunQuery { window: Some(Window::new(at(50), at(100))), ..search("") }, 2),
    ] {
        assert_eq!(walk(&store, &query, 100).await.len(), count, "{query:?}");
    }
    let one = store.run_entry(ids[5]).await.unwrap().unwrap();
    assert_eq!((one.run.id, one.sums.rows), (ids[5], 1));
    store.delete_run(ids[5], at(0)).await.unwrap();
    assert_eq!(store.run_entry(ids[5]).await.unwrap(), None);
}

async fn experiments_are_listed_with_the_sums_of_their_rows(store: Store) {
    let seed = Seed::plant(&store, "lab").await;
    let other = experiment(&store, seed.project.id, "other").await;
    let second = run(&store, other.id, at(0)).await;
    run(&store, other.id, at(0)).await;
    let rows =
        vec![row(seed.run.id, at(10), 1), row(second.id, at(10), 2), row(second.id, at(90), 4)];
    store_rows(&store, rows).await;
    let window = Window::new(at(0), at(50));
    for scope in [Scope::Organization(seed.organization.id), Scope::Project(seed.project.id)] {
        let first = store.experiment_list(scope, window, Paging::first(1)).await.unwrap();
        let rest = Paging::after(first.next.unwrap(), 10);
        let rest = store.experiment_list(scope, window, rest).await.unwrap();
        let found = [&first.items[0], &rest.items[0]];
        assert_eq!(found.map(|entry| entry.experiment.id), [seed.experiment.id, other.id]);
        assert_eq!(found.map(|entry| entry.runs), [1, 2]);
        let energy = |n| measured(n).energy_kwh.unwrap();
        assert_eq!(found.map(|entry| entry.sums.energy_kwh), [energy(1), energy(2)]);
    }
    let scope = Scope::Experiment(other.id);
    let one = store.experiment_list(scope, Window::ALL, Paging::ALL).await.unwrap();
    assert_eq!((one.items.len(), one.items[0].sums.rows), (1, 2));
    let ids = vec![other.id.uuid(), seed.experiment.id.uuid()];
    let names = store.names(GroupBy::Experiment, ids).await.unwrap();
    assert_eq!(names[&other.id.uuid()], "other");
    let of_runs = store.names(GroupBy::Run, vec![second.id.uuid()]).await.unwrap();
    assert_eq!(of_runs[&second.id.uuid()], "other");
    let people = store.names(GroupBy::Member, vec![seed.user.id.uuid()]).await.unwrap();
    assert_eq!(people[&seed.user.id.uuid()], "A Person");
    let projects = store.names(GroupBy::Project, vec![seed.project.id.uuid()]).await.unwrap();
    assert_eq!(projects.len(), 1);
}

async fn an_extent_is_that_of_the_rows(store: Store) {
    let seed = Seed::plant(&store, "lab").await;
    let scope = Scope::Project(seed.project.id);
    assert_eq!(store.extent(scope).await.unwrap(), None);
    let second = run(&store, seed.experiment.id, at(0)).await;
    let (first, last) = (-9_000_017, 700_003);
    for (run, time) in
        [(seed.run.id, 0), (seed.run.id, last), (second.id, first), (second.id, first + 60)]
    {
        store_rows(&store, vec![row(run, at(time), 1)]).await;
    }
    let found = store.extent(scope).await.unwrap();
    assert_eq!(found, Some(Window::new(at(first), at(last))));
    let of_run = store.extent(Scope::Run(seed.run.id)).await.unwrap();
    assert_eq!(of_run, Some(Window::new(at(0), at(last))));
}

async fn stretches_from_an_earlier_instant_hold_the_rows_of_the_window(store: Store) {
    let seed = Seed::plant(&store, "lab").await;
    let rows = (0..1000).map(|n| row(seed.run.id, at(n * 600), n)).collect();
    store_rows(&store, rows).await;
    let scope = Scope::Run(seed.run.id);
    let (start, end) = (100_000, 500_000);
    let window = Window::new(at(start), at(end));
    let width = BucketWidth::new(Duration::from_hours(24)).unwrap();
    let found = store.series_from(scope, None, window, at(86_400), width).await.unwrap();
    let starts: Vec<_> = found.iter().map(|point| point.start).collect();
    assert_eq!(starts, [1, 2, 3, 4, 5].map(|day| at(day * 86_400)));
    let rows: i64 = found.iter().map(|point| point.sums.rows).sum();
    assert_eq!(rows, end / 600 - (start + 599) / 600 + 1);
    let inside = (start.max(86_400) + 599) / 600..=(2 * 86_400 - 1) / 600;
    assert_eq!(found[0].sums.rows as usize, inside.count());
    let whole = store.sums(scope, window).await.unwrap().energy_kwh;
    let energy: f64 = found.iter().map(|point| point.sums.energy_kwh).sum();
    assert_eq!(energy, whole);
    let later = store.series_from(scope, None, window, at(start + 1), width).await;
    assert!(later.is_err(), "the first rows would be in no stretch");
}

async fn runs_with_rows_lately_are_under_way(store: Store) {
    let seed = Seed::plant(&store, "lab").await;
    let second = run(&store, seed.experiment.id, at(0)).await;
    // Two rows of one time are one run.
    let rows = vec![row(seed.run.id, at(7000), 2), row(seed.run.id, at(7000), 2)];
    store_rows(&store, rows).await;
    store_rows(&store, vec![row(second.id, at(10), 8), row(second.id, at(7200), 4)]).await;
    for scope in [Scope::Project(seed.project.id), Scope::Organization(seed.organization.id)] {
        let found = store.live_runs(scope, at(6900), 10).await.unwrap();
        let ids: Vec<_> = found.iter().map(|run| run.run_id).collect();
        assert_eq!(ids, [second.id, seed.run.id]);
        assert_eq!((found[0].last, found[0].cpu_power_w), (at(7200), Some(4.5)));
        assert_eq!(found[0].energy_kwh, 8.0 / 64.0 + 0.25 + 4.0 / 64.0 + 0.25);
        assert_eq!(found[1].emissions_kg, 4.0 / 1024.0);
        assert_eq!(store.live_runs(scope, at(7100), 10).await.unwrap().len(), 1);
        assert_eq!(store.live_runs(scope, at(7201), 10).await.unwrap(), []);
    }
}
