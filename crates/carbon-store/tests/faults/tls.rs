//! PostgreSQL over TLS: certificates are verified, and nothing is sent in the clear instead.

use carbon_store::Store;
use carbon_testkit::postgres::Postgres;

use crate::runtime;

#[test]
fn a_server_is_spoken_to_by_tls_and_has_to_prove_who_it_is() {
    let server = Postgres::start();
    let plain = server.database();
    let certificate = server.offer_tls(&plain);
    let address = plain.replace("127.0.0.1", "localhost");
    runtime().block_on(async {
        let trusted = format!("{address}?sslmode=require&sslrootcert={}", certificate.display());
        let store = Store::open(&trusted).await.unwrap();
        store.is_ready().await.unwrap();
        let encrypted = "SELECT count(*) > 0 FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) \
                         WHERE s.ssl AND a.datname = current_database()";
        assert_eq!(server.psql(&plain, encrypted), "t");
        store.close().await;

        // Nobody that browsers trust has signed it; and this is not the name in it.
        let unknown = Store::open(&format!("{address}?sslmode=require")).await;
        assert!(unknown.is_err(), "{unknown:?}");
        let other_name = trusted.replace("localhost", "127.0.0.1");
        let refused = Store::open(&other_name).await;
        assert!(refused.is_err(), "{refused:?}");
        let missing = Store::open(&format!("{address}?sslmode=require&sslrootcert=/none")).await;
        assert!(matches!(missing, Err(carbon_store::Error::Address(_))), "{missing:?}");
    });
}
