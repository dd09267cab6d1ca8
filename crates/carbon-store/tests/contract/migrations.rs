//! Opening databases: made where missing, by several processes at once, and refused when newer.

use carbon_store::{Error, Scope, Store, Window};

use crate::databases::{runtime, server};
use crate::seeds::{Seed, at, row, store_rows};

/// The schema of this version.
const NEWEST: i64 = 2;

async fn open_at_once(url: &str) {
    let openers = (0..8).map(|_| {
        let url = url.to_owned();
        tokio::spawn(async move { Store::open(&url).await.unwrap() })
    });
    for opener in openers.collect::<Vec<_>>() {
        opener.await.unwrap().close().await;
    }
}

#[test]
fn several_processes_may_start_at_once_on_postgres() {
    let url = server().database();
    runtime().block_on(open_at_once(&url));
    assert_eq!(server().psql(&url, "SELECT version FROM schema_versions ORDER BY version"), "1\n2");
}

#[test]
fn several_processes_may_start_at_once_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    // Often, because some steps are refused only to those who come at the very same time.
    for round in 0..20 {
        let path = directory.path().join(format!("{round}.sqlite"));
        runtime().block_on(open_at_once(&format!("sqlite://{}", path.display())));
    }
}

#[test]
fn a_newer_schema_is_refused_on_postgres() {
    let url = server().database();
    runtime().block_on(open_at_once(&url));
    server().psql(&url, "INSERT INTO schema_versions VALUES (99, 0)");
    let error = runtime().block_on(Store::open(&url)).unwrap_err();
    assert!(matches!(error, Error::NewerSchema { found: 99, known: NEWEST }), "{error:?}");
    assert!(error.to_string().contains("newer version"));
}

#[test]
fn a_newer_schema_is_refused_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.sqlite");
    runtime().block_on(async {
        Store::open_file(&path).await.unwrap().close().await;
        let raw = rusqlite::Connection::open(&path).unwrap();
        raw.execute("INSERT INTO schema_versions VALUES (99, 0)", []).unwrap();
        let error = Store::open_file(&path).await.unwrap_err();
        assert!(matches!(error, Error::NewerSchema { found: 99, known: NEWEST }), "{error:?}");
    });
}

#[test]
fn addresses_that_are_no_databases_are_refused() {
    runtime().block_on(async {
        for url in ["mysql://localhost/x", "store.sqlite", ""] {
            assert!(matches!(Store::open(url).await, Err(Error::Address(_))), "{url}");
        }
        let nobody_there = Store::open("postgres://u@127.0.0.1:1/x").await;
        assert!(matches!(nobody_there, Err(Error::Unavailable { .. })), "{nobody_there:?}");
    });
}

#[test]
fn a_store_in_memory_is_empty_and_works() {
    runtime().block_on(async {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let seed = Seed::plant(&store, "a").await;
        let rows = (0..100).map(|n| row(seed.run.id, at(n * 600), n)).collect();
        store_rows(&store, rows).await;
        let sums = store.sums(Scope::Project(seed.project.id), Window::ALL).await.unwrap();
        assert_eq!((sums.rows, sums.emissions_kg), (100, 4_950.0 / 1024.0));
        let page = store.emissions_page(seed.run.id, 90, 100).await.unwrap().unwrap();
        assert_eq!((page.total, page.items.len()), (100, 10));
        assert!(Store::open_memory().await.unwrap().has_users().await.is_ok_and(|any| !any));
    });
}
