//! A PostgreSQL server that crashes and comes back while rows come in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use carbon_store::{EmissionId, Error, Ingested, Scope, Store, Window};
use carbon_testkit::postgres::Postgres;

use crate::{plant, row, runtime, send};

#[test]
fn accepted_rows_are_kept_and_others_are_told_to_come_again() {
    let server = Postgres::start();
    let url = server.database();
    runtime().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let (project, run) = plant(&store).await;
        let (stop, refused) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let senders = (0..16).map(|sender: i64| {
            let (store, stop) = (store.clone(), Arc::clone(&stop));
            let refused = Arc::clone(&refused);
            tokio::spawn(async move {
                let mut accepted = 0_u64;
                for n in 0_i64.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    let sent = row(run, EmissionId::new(), sender * 97 + n);
                    // Like a client with a spool: the same row until it is taken.
                    loop {
                        match send(&store, vec![sent]).await {
                            Ok(Ingested::Stored { .. }) => break,
                            Err(Error::Unavailable { retry_after, .. }) => {
                                assert!(retry_after > Duration::ZERO);
                                refused.fetch_add(1, Ordering::Relaxed);
                                tokio::time::sleep(Duration::from_millis(20)).await;
                            }
                            other => panic!("{other:?}"),
                        }
                    }
                    accepted += 1;
                }
                accepted
            })
        });
        let senders: Vec<_> = senders.collect();
        for _ in 0..3 {
            let before = refused.load(Ordering::Relaxed);
            server.crash();
            // Reads are told too, and at once.
            let read = store.sums(Scope::Project(project), Window::ALL).await;
            assert!(matches!(read, Err(Error::Unavailable { .. })), "{read:?}");
            while refused.load(Ordering::Relaxed) < before + 16 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            server.resume();
            // It goes on without being opened again.
            let read = async {
                while store.is_ready().await.is_err() {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(20), read).await.unwrap();
        }
        stop.store(true, Ordering::Relaxed);
        let mut accepted = 0;
        for sender in senders {
            accepted += sender.await.unwrap();
        }
        let sums = store.sums(Scope::Project(project), Window::ALL).await.unwrap();
        assert_eq!((sums.rows as u64, sums.emissions_kg), (accepted, accepted as f64 * 0.5));
        assert_eq!(sums.rows, store.emissions_page(run, 0, 1).await.unwrap().unwrap().total);
        store.close().await;
    });
}
