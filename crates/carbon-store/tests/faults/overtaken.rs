//! Two servers on one database that are told the same rows in the same moment, as by a client that was
//! not answered in time.

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
