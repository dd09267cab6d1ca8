//! Two servers on one database that are told of one run in the same moment: the same rows, as by a
//! client that was not answered in time, or each its own.

use carbon_store::{EmissionId, Ingested, Scope, Store, Window};

use crate::{plant, row, runtime, send, server};

#[test]
fn rows_that_come_to_two_servers_at_once_are_there_once_on_postgres() {
    let url = server().database();
    runtime().block_on(async {
        let (one, other) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
        let (project, run) = plant(&one).await;
        let mut rows_in_all = 0;
        for round in 0..30 {
            // Some of them so many that they are copied.
            let count = if round % 3 == 0 { 600 } else { 3 };
            let rows: Vec<_> = (0..count)
                .map(|n| row(run, EmissionId::new(), i64::from(round * 700 + n)))
                .collect();
            let (a, b) = tokio::join!(send(&one, rows.clone()), send(&other, rows));
            let added = [a.unwrap(), b.unwrap()].map(|answer| match answer {
                Ingested::Stored { added, .. } => added,
                other @ Ingested::NoSuchRun { .. } => panic!("{other:?}"),
            });
            assert_eq!(added[0] + added[1], count as usize, "{added:?}");
            rows_in_all += i64::from(count);
        }
        let sums = one.sums(Scope::Project(project), Window::ALL).await.unwrap();
        assert_eq!((sums.rows, sums.energy_kwh), (rows_in_all, rows_in_all as f64 * 0.25));
        one.close().await;
        other.close().await;
    });
}

#[test]
fn sums_of_a_run_that_two_servers_add_to_at_once_are_exact_on_postgres() {
    let url = server().database();
    runtime().block_on(async {
        let (one, other) = (Store::open(&url).await.unwrap(), Store::open(&url).await.unwrap());
        let (project, run) = plant(&one).await;
        let mut rows_in_all = 0;
        for round in 0..20 {
            // Alone, among a few, or so many that they are copied; in the same hour and in others.
            let requests = (0..8).map(|request| {
                let store = if request % 2 == 0 { one.clone() } else { other.clone() };
                let count = [1, 1, 3, 600][(round + request / 2) as usize % 4];
                rows_in_all += count;
                let first = round * 3_000 + request * 40;
                let rows = (0..count).map(|n| row(run, EmissionId::new(), first + n)).collect();
                tokio::spawn(async move { send(&store, rows).await })
            });
            for request in requests.collect::<Vec<_>>() {
                assert!(matches!(request.await.unwrap(), Ok(Ingested::Stored { .. })));
            }
        }
        for window in [Window::ALL, Window::new(crate::at(-1), crate::at(20 * 3_000 + 1_000))] {
            let sums = other.sums(Scope::Project(project), window).await.unwrap();
            assert_eq!((sums.rows, sums.energy_kwh), (rows_in_all, rows_in_all as f64 * 0.25));
        }
        one.close().await;
        other.close().await;
    });
    // Runs, days and hours tell the same.
    let told = "SELECT (SELECT sum(row_count) FROM runs), (SELECT sum(row_count) FROM run_days), \
         (SELECT sum(row_count) FROM run_hours), (SELECT count(*) FROM emissions)";
    let told = server().psql(&url, told);
    let counts: Vec<&str> = told.split('|').collect();
    assert!(counts.iter().all(|count| *count == counts[0]), "{told}");
}
