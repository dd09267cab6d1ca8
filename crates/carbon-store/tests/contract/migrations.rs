//! Opening databases: made where missing, by several processes at once, and refused when newer.

use carbon_store::{Error, ProjectId, RunId, RunsOf, Scope, Store, Sums, Window};
use carbon_store::{GroupBy, Paging};

use crate::databases::{runtime, server};
use crate::seeds::{Seed, at, row, store_rows};

/// The schema of this version, on SQLite and on PostgreSQL.
const NEWEST: i64 = 2;
const NEWEST_ON_POSTGRES: i64 = 3;

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
    assert_eq!(
        server().psql(&url, "SELECT version FROM schema_versions ORDER BY version"),
        "1\n2\n3"
    );
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
    assert!(
        matches!(error, Error::NewerSchema { found: 99, known: NEWEST_ON_POSTGRES }),
        "{error:?}"
    );
    assert!(error.to_string().contains("newer version"));
}

/// A database of schema 2 with rows in it; its address.
fn of_schema_two() -> String {
    let url = server().database();
    let versions = "CREATE TABLE schema_versions (
           version BIGINT PRIMARY KEY, applied_us BIGINT NOT NULL
         );
         INSERT INTO schema_versions VALUES (1, 0), (2, 0)";
    for sql in [
        include_str!("../../migrations/postgres/0001_base.sql"),
        include_str!("../../migrations/postgres/0002_budgets.sql"),
        versions,
        include_str!("schema2.sql"),
    ] {
        server().psql(&url, sql);
    }
    url
}

/// What PostgreSQL itself finds in the rows of a window.
fn of_rows(url: &str, window: Window) -> String {
    let Window { start, end } = window;
    server().psql(
        url,
        &format!(
            "SELECT count(*), sum(duration_s), sum(emissions_kg), sum(energy), sum(cpu_power), \
             count(gpu_power), sum(gpu_power * duration_s), sum(energy_low), sum(energy_high) \
             FROM emissions WHERE timestamp_us >= {} AND timestamp_us <= {}",
            start.micros(),
            end.micros()
        ),
    )
}

fn of_sums(sums: &Sums) -> String {
    [
        sums.rows as f64,
        sums.duration_s,
        sums.emissions_kg,
        sums.energy_kwh,
        sums.cpu_power.sum,
        sums.gpu_power.count as f64,
        sums.gpu_power_over_time.work_ws,
        sums.energy_bounds.low,
        sums.energy_bounds.high,
    ]
    .map(|number| number.to_string())
    .join("|")
}

#[test]
fn sums_that_schema_two_kept_are_the_same_and_go_on_on_postgres() {
    let url = of_schema_two();
    runtime().block_on(open_at_once(&url));
    runtime().block_on(async {
        let store = Store::open(&url).await.unwrap();
        let project: ProjectId = "00000000-0000-4000-8000-000000000002".parse().unwrap();
        let run: RunId = "00000000-0000-4000-8000-000000000010".parse().unwrap();
        let scope = Scope::Project(project);
        let day = 86_400;
        let windows = [
            Window::ALL,
            Window::new(at(30 * day), at(31 * day)),
            Window::new(at(27 * day), at(52 * day + 1)),
            Window::new(at(28 * day + 1), at(28 * day + 1)),
        ];
        for window in windows {
            let sums = store.sums(scope, window).await.unwrap();
            assert_eq!(of_sums(&sums), of_rows(&url, window), "{window:?}");
        }
        let later = (0..3).map(|n| row(run, at(n * 40 * day), n)).collect();
        store_rows(&store, later).await;
        for window in windows {
            let sums = store.sums(scope, window).await.unwrap();
            assert_eq!(of_sums(&sums), of_rows(&url, window), "{window:?}");
        }
        let by_run = store.sums_by(scope, GroupBy::Run, Window::ALL).await.unwrap();
        let runs = store.runs(RunsOf::Project(project), Paging::ALL).await.unwrap().items;
        assert_eq!((by_run.len(), runs.len()), (2, 2));
        store.close().await;
    });
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
