//! Rows and runs coming in: all or nothing, once, and seen at once in every sum.

use std::collections::HashSet;

use carbon_store::{
    Batch, EmissionId, Error, Ingested, MAX_BATCH_ROWS, Measured, NewEmission, NewRun,
    RepeatableIds, RunId, Scope, Store, Timestamp, Window,
};

use crate::seeds::{self, START, Seed, at, batch, measured, new_run, row, store_rows};

crate::contract!(
    a_row_comes_back_as_it_went_in,
    a_batch_is_stored_whole_or_not_at_all,
    runs_of_another_project_are_not_seen,
    a_row_that_is_sent_again_counts_once,
    a_key_makes_the_same_ids_and_another_project_does_not,
    an_id_names_a_row_of_one_run,
    figures_that_would_spoil_sums_are_refused,
    sixty_four_writers_lose_and_double_nothing,
    a_run_that_is_sent_again_is_there_once,
    runs_made_at_once_all_are_there,
    rows_of_any_year_are_stored,
    ten_thousand_rows_are_one_request,
);

async fn a_row_comes_back_as_it_went_in(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let sent = row(seed.run.id, Timestamp::from_micros(START.micros() + 123_456), 7);
    let (ids, added) = store_rows(&store, vec![sent]).await;
    assert_eq!((ids.len(), added), (1, 1));
    let found = store.emission(ids[0]).await.unwrap().unwrap();
    assert_eq!(found.id, ids[0]);
    assert_eq!((found.run_id, found.timestamp), (seed.run.id, sent.timestamp));
    assert_eq!(found.measured, sent.measured);
    assert_eq!(store.emission(EmissionId::new()).await.unwrap(), None);
}

async fn a_batch_is_stored_whole_or_not_at_all(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let rows = vec![row(seed.run.id, START, 1), row(RunId::new(), START, 1)];
    let answer = store.ingest(batch(rows)).await.unwrap();
    assert_eq!(answer, Ingested::NoSuchRun { row: 1 });
    let sums = store.sums(Scope::Run(seed.run.id), Window::ALL).await.unwrap();
    assert_eq!(sums.rows, 0);
    let none = store.ingest(batch(Vec::new())).await.unwrap();
    assert_eq!(none, Ingested::Stored { ids: Vec::new(), added: 0 });
}

async fn runs_of_another_project_are_not_seen(store: Store) {
    let (a, b) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let rows = vec![row(a.run.id, START, 1)];
    let answer = store.ingest(Batch { project: Some(b.project.id), rows: rows.clone() }).await;
    assert_eq!(answer.unwrap(), Ingested::NoSuchRun { row: 0 });
    let answer = store.ingest(Batch { project: Some(a.project.id), rows }).await.unwrap();
    assert!(matches!(answer, Ingested::Stored { added: 1, .. }));
    let run = NewRun { project: Some(b.project.id), ..new_run(a.experiment.id, START) };
    assert_eq!(store.create_run(run).await.unwrap(), None);
}

async fn a_row_that_is_sent_again_counts_once(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let id = EmissionId::new();
    let sent = NewEmission { id: Some(id), ..row(seed.run.id, START, 5) };
    let fresh = row(seed.run.id, at(1), 1);
    assert_eq!(store_rows(&store, vec![sent]).await, (vec![id], 1));
    assert_eq!(store_rows(&store, vec![sent, sent]).await, (vec![id, id], 0));
    // Also with another time: the id is what names it.
    let late = NewEmission { timestamp: at(90 * 86_400), ..sent };
    assert_eq!(store_rows(&store, vec![late]).await, (vec![id], 0));
    let (ids, added) = store_rows(&store, vec![sent, fresh]).await;
    assert_eq!((ids[0], added), (id, 1));
    let sums = store.sums(Scope::Run(seed.run.id), Window::ALL).await.unwrap();
    assert_eq!((sums.rows, sums.emissions_kg), (2, 6.0 / 1024.0));
    // The same new row in requests of one commit.
    let twin = NewEmission { id: Some(EmissionId::new()), ..row(seed.run.id, at(2), 1) };
    let senders = (0..16).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store_rows(&store, vec![twin]).await })
    });
    let mut added = 0;
    for sender in senders.collect::<Vec<_>>() {
        added += sender.await.unwrap().1;
    }
    assert_eq!(added, 1);
    let sums = store.sums(Scope::Run(seed.run.id), Window::ALL).await.unwrap();
    assert_eq!(sums.rows, 3);
}

async fn a_key_makes_the_same_ids_and_another_project_does_not(store: Store) {
    let (a, b) = (Seed::plant(&store, "a").await, Seed::plant(&store, "b").await);
    let rows = |seed: &Seed| {
        let ids = RepeatableIds::new(seed.project.id, "key");
        let row = |n| NewEmission { id: Some(ids.emission(n)), ..row(seed.run.id, at(0), 1) };
        (0..3).map(row).collect::<Vec<_>>()
    };
    let (first, added) = store_rows(&store, rows(&a)).await;
    assert_eq!(added, 3);
    assert_eq!(store_rows(&store, rows(&a)).await, (first.clone(), 0));
    let (other, added) = store_rows(&store, rows(&b)).await;
    assert_eq!(added, 3);
    assert_eq!(first.iter().chain(&other).collect::<HashSet<_>>().len(), 6);
}

async fn an_id_names_a_row_of_one_run(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let other = seeds::run(&store, seed.experiment.id, START).await;
    let sent = NewEmission { id: Some(EmissionId::new()), ..row(seed.run.id, START, 5) };
    store_rows(&store, vec![sent]).await;
    let stolen = NewEmission { run_id: other.id, ..sent };
    let answer = store.ingest(batch(vec![row(other.id, START, 1), stolen])).await;
    assert!(matches!(answer, Err(Error::Conflict)), "{answer:?}");
    let fresh = NewEmission { id: Some(EmissionId::new()), ..sent };
    let twice = vec![fresh, NewEmission { run_id: other.id, ..fresh }];
    assert!(matches!(store.ingest(batch(twice)).await, Err(Error::Conflict)));
    let sums = store.sums(Scope::Project(seed.project.id), Window::ALL).await.unwrap();
    assert_eq!(sums.rows, 1);
}

async fn figures_that_would_spoil_sums_are_refused(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        for figures in [
            Measured { cpu_power_w: Some(bad), ..measured(1) },
            Measured { duration_s: bad, ..measured(1) },
            Measured { energy_low_kwh: Some(bad), ..measured(1) },
        ] {
            let rows = vec![NewEmission { measured: figures, ..row(seed.run.id, START, 1) }];
            let answer = store.ingest(batch(rows)).await;
            assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
        }
    }
    for figures in [
        Measured { energy_low_kwh: Some(9.0), ..measured(1) },
        Measured { energy_high_kwh: Some(0.0), ..measured(1) },
        Measured { energy_high_kwh: None, ..measured(1) },
        Measured { emissions_kg: None, ..measured(1) },
    ] {
        let rows = vec![NewEmission { measured: figures, ..row(seed.run.id, START, 1) }];
        let answer = store.ingest(batch(rows)).await;
        assert!(matches!(answer, Err(Error::Invalid(_))), "{answer:?}");
    }
    let too_many = vec![row(seed.run.id, START, 1); MAX_BATCH_ROWS + 1];
    assert!(matches!(store.ingest(batch(too_many)).await, Err(Error::Invalid(_))));
    let mut run = new_run(seed.experiment.id, START);
    run.facts.longitude = Some(f64::NAN);
    assert!(matches!(store.create_run(run).await, Err(Error::Invalid(_))));
    let mut run = new_run(seed.experiment.id, START);
    run.facts.host = Some("a\0b".to_owned());
    assert!(matches!(store.create_run(run).await, Err(Error::Invalid(_))));
    let mut run = new_run(seed.experiment.id, START);
    run.facts.sources = Some(" ".repeat(carbon_store::MAX_SOURCES_BYTES + 1));
    assert!(matches!(store.create_run(run).await, Err(Error::Invalid(_))));
}

async fn sixty_four_writers_lose_and_double_nothing(store: Store) {
    const ROWS: i64 = 20;
    let seed = Seed::plant(&store, "a").await;
    let other = seeds::run(&store, seed.experiment.id, START).await;
    let writers = (0..64).map(|writer: i64| {
        let (store, run) = (store.clone(), [seed.run.id, other.id][writer as usize % 2]);
        tokio::spawn(async move {
            for n in 0..ROWS {
                // Every fourth is sent twice; every tenth beside an unknown run, in vain.
                let sent = NewEmission {
                    id: Some(EmissionId::new()),
                    ..row(run, at(writer * 977 + n * 60), n)
                };
                store_rows(&store, vec![sent]).await;
                if n % 4 == 0 {
                    assert_eq!(store_rows(&store, vec![sent]).await.1, 0);
                }
                if n % 10 == 0 {
                    let rows = vec![row(run, at(n), 1), row(RunId::new(), at(n), 1)];
                    let answer = store.ingest(batch(rows)).await.unwrap();
                    assert_eq!(answer, Ingested::NoSuchRun { row: 1 });
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let sums = store.sums(Scope::Project(seed.project.id), Window::ALL).await.unwrap();
    let sum_of_n = (ROWS * (ROWS - 1) / 2 * 64) as f64;
    assert_eq!((sums.rows, sums.duration_s), (64 * ROWS, (64 * ROWS * 10) as f64));
    assert_eq!(sums.emissions_kg, sum_of_n / 1024.0);
    assert_eq!((sums.cpu_power.count, sums.gpu_power.count), (64 * ROWS, 0));
    let page = store.emissions_page(other.id, 0, 10_000).await.unwrap().unwrap();
    assert_eq!((page.total, page.items.len()), (32 * ROWS, 32 * ROWS as usize));
}

async fn a_run_that_is_sent_again_is_there_once(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let other = seeds::experiment(&store, seed.project.id, "other").await;
    let id = RepeatableIds::new(seed.project.id, "run 1").run();
    let sent = NewRun { id: Some(id), ..new_run(seed.experiment.id, at(5)) };
    let made = store.create_run(sent.clone()).await.unwrap().unwrap();
    assert_eq!((made.id, made.project_id), (id, seed.project.id));
    let changed = NewRun { timestamp: at(6), ..sent.clone() };
    assert_eq!(store.create_run(changed).await.unwrap(), Some(made.clone()));
    assert_eq!(store.run(id).await.unwrap(), Some(made.clone()));
    let elsewhere = NewRun { experiment_id: other.id, ..sent };
    assert!(matches!(store.create_run(elsewhere).await, Err(Error::Conflict)));
    assert_eq!(made.facts, new_run(seed.experiment.id, START).facts);
    let nowhere = new_run(carbon_store::ExperimentId::new(), START);
    assert_eq!(store.create_run(nowhere).await.unwrap(), None);
}

async fn runs_made_at_once_all_are_there(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let makers = (0..64).map(|n| {
        let (store, experiment) = (store.clone(), seed.experiment.id);
        tokio::spawn(async move { seeds::run(&store, experiment, at(n)).await.id })
    });
    let mut made = HashSet::from([seed.run.id]);
    for maker in makers.collect::<Vec<_>>() {
        made.insert(maker.await.unwrap());
    }
    let of = carbon_store::RunsOf::Experiment(seed.experiment.id);
    let listed = store.runs(of, carbon_store::Paging::ALL).await.unwrap();
    let listed: HashSet<RunId> = listed.items.into_iter().map(|run| run.id).collect();
    assert_eq!((listed.len(), listed), (65, made));
}

async fn rows_of_any_year_are_stored(store: Store) {
    let seed = Seed::plant(&store, "a").await;
    let times = [
        Timestamp::MIN,
        Timestamp::from_seconds(-1),
        Timestamp::from_seconds(1_420_070_399),
        Timestamp::from_seconds(1_420_070_400),
        START,
        at(400 * 86_400),
        Timestamp::MAX,
    ];
    let rows = times.iter().zip(1..).map(|(time, n)| row(seed.run.id, *time, n)).collect();
    let (ids, added) = store_rows(&store, rows).await;
    assert_eq!(added, 7);
    for (id, time) in ids.iter().zip(times) {
        assert_eq!(store.emission(*id).await.unwrap().unwrap().timestamp, time);
    }
    let sums = |window| store.sums(Scope::Run(seed.run.id), window);
    assert_eq!(sums(Window::ALL).await.unwrap().emissions_kg, 28.0 / 1024.0);
    for (time, n) in times.iter().zip(1..) {
        let one = sums(Window::new(*time, *time)).await.unwrap();
        assert_eq!((one.rows, one.emissions_kg), (1, f64::from(n) / 1024.0), "{time:?}");
    }
}

async fn ten_thousand_rows_are_one_request(store: Store) {
    assert_eq!(MAX_BATCH_ROWS, 10_000);
    let seed = Seed::plant(&store, "a").await;
    let rows = (0..10_000).map(|n| row(seed.run.id, at(n * 50), n % 7)).collect();
    let (ids, added) = store_rows(&store, rows).await;
    assert_eq!((ids.into_iter().collect::<HashSet<_>>().len(), added), (10_000, 10_000));
    let sums = store.sums(Scope::Run(seed.run.id), Window::ALL).await.unwrap();
    assert_eq!((sums.rows, sums.duration_s), (10_000, 100_000.0));
}
