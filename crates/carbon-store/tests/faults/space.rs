//! What deleting frees: a SQLite file becomes smaller.

use carbon_store::{EmissionId, Ingested, Reclaimed, Store};

use crate::{at, plant, row, runtime, send};

#[test]
fn a_file_becomes_smaller_when_a_project_is_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.sqlite");
    let pages = || {
        let raw = rusqlite::Connection::open(&path).unwrap();
        raw.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    runtime().block_on(async {
        let store = Store::open_file(&path).await.unwrap();
        let empty = pages();
        let (project, run) = plant(&store).await;
        for part in 0..3 {
            let rows = (0..10_000).map(|n| row(run, EmissionId::new(), part * 10_000 + n));
            let sent = send(&store, rows.collect()).await.unwrap();
            assert!(matches!(sent, Ingested::Stored { .. }));
        }
        let full = pages();
        store.delete_project(project, at(0)).await.unwrap();
        while store.reclaim(at(1)).await.unwrap() == Reclaimed::Some {}
        store.close().await;
        let left = pages();
        assert!(full > empty + 500, "{empty} {full}");
        assert!(left < empty + 100, "{empty} {full} {left}");
    });
}
