//! Fresh databases of both kinds.

use std::future::Future;
use std::path::Path;
use std::sync::OnceLock;

use carbon_store::Store;
use carbon_testkit::postgres::Postgres;
use tokio::runtime::Runtime;

/// The server of this test program.
pub(crate) fn server() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::shared(Path::new(env!("CARGO_TARGET_TMPDIR"))))
}

/// An empty database with the schema; its address.
pub(crate) fn postgres_database() -> String {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let url = server().database();
        // On a thread of its own: who asks first may be in a runtime already.
        let address = url.clone();
        let made = std::thread::spawn(move || {
            runtime().block_on(async {
                Store::open(&address).await.unwrap().close().await;
            });
        });
        made.join().unwrap();
        // The server sees the connections end a moment later.
        let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()";
        while server().psql(&url, busy) != "1" {
            std::thread::yield_now();
        }
        url
    });
    server().database_like(template)
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

pub(crate) fn on_sqlite<F: Future<Output = ()>>(test: fn(Store) -> F) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", directory.path().join("store.sqlite").display());
    run(&url, test);
}

pub(crate) fn on_postgres<F: Future<Output = ()>>(test: fn(Store) -> F) {
    run(&postgres_database(), test);
}

fn run<F: Future<Output = ()>>(url: &str, test: fn(Store) -> F) {
    runtime().block_on(async {
        let store = Store::open(url).await.unwrap();
        test(store.clone()).await;
        store.close().await;
    });
}
