//! PostgreSQL that goes away and comes back, and one whose disk is full.

use std::time::Duration;

use carbon_testkit::postgres::Postgres;

use crate::load::{Load, Target};
use crate::sandbox::{Sandbox, Server};

/// Longest time to an answer while the database is gone.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Longest time from the return of the database to the first row that is stored.
const RECOVERS_WITHIN: Duration = Duration::from_secs(5);

#[test]
fn a_server_outlives_its_database() {
    let (sandbox, postgres) = (Sandbox::new(), Postgres::start());
    let database = postgres.database();
    let variables = [("CODECARBON_SERVER_DATABASE_URL", database.as_str())];
    let server = sandbox.serve(&["--auth", "none"], &variables);
    let target = Target::of(&server);
    let load = Load::start(&target);
    load.lead_to(Some(&server.url));
    let stops: [fn(&Postgres); 4] =
        [Postgres::crash, Postgres::shut_down, Postgres::crash, Postgres::shut_down];
    for stop in stops {
        let accepted = load.accepted();
        load.until("rows", |load| load.accepted() > accepted + 50);
        load.slowest();
        stop(&postgres);
        let put_off = load.put_off();
        load.until("refusals", |load| load.put_off() > put_off + 40);
        assert_gone(&server, &target);
        let slowest = load.slowest();
        postgres.resume();
        let accepted = load.accepted();
        let took = load.until("recovery", |load| load.accepted() > accepted);
        println!("slowest answer {slowest:?}, rows again {took:?} after it is back");
        assert!(slowest < ANSWERS_WITHIN && took < RECOVERS_WITHIN);
    }
    fill(&postgres, &database, &server, &target, &load);
    println!("{}", load.summary());
    let book = load.finish();
    book.assert_kept(&server.http, &target);
    assert_eq!(server.stop().code(), Some(0));
}

fn assert_gone(server: &Server, target: &Target) {
    for path in [format!("/v1/runs/{}/sums", target.run), format!("/runs/{}", target.run)] {
        let read = server.http.get(&path, &[]);
        assert_eq!((read.status, read.header("retry-after")), (503, "1"), "{}", read.text);
    }
    assert_eq!(server.http.get("/readyz", &[]).status, 503);
    assert_eq!(server.http.get("/healthz", &[]).status, 200);
}

/// The database says what it says when its disk is full.
fn fill(postgres: &Postgres, database: &str, server: &Server, target: &Target, load: &Load) {
    postgres.psql(
        database,
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS \
         $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$; \
         CREATE TRIGGER fill BEFORE INSERT ON emission_keys EXECUTE FUNCTION fill()",
    );
    load.until("no room", |load| load.without_room() > 20);
    let read = server.http.get(&format!("/v1/runs/{}/sums", target.run), &[]);
    assert_eq!(read.status, 200, "{}", read.text);
    postgres.psql(database, "DROP TRIGGER fill ON emission_keys");
    let accepted = load.accepted();
    load.until("rows again", |load| load.accepted() > accepted + 50);
}
