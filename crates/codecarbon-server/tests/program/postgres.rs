//! With PostgreSQL: processes that start together, and a database of the reference that is taken over.

use carbon_testkit::postgres::Postgres;

use crate::http::row;
use crate::sandbox::{Sandbox, Starting};

/// A token of the reference, with what it kept of it: made by Python's bcrypt 5.0.0, at the cost that
/// the reference uses.
const TOKEN: &str = "cpt_nbaXlUHfGIYGqkyODRKgIl0MYi6pSEydoZY-HQzCjeg";
const HASH: &str = "$2b$12$vQiFk4UjWf59y.fXyY4gdO0vq7NMbW.SEZlI6F1NjdrQxQEv7HBFy";
const LOOK_UP: &str = "be926b01";

/// An experiment of the token's project.
const EXPERIMENT: &str = "00000000-0000-4000-8000-0000000000e1";

/// One cluster for all, because starting one takes seconds.
#[test]
fn servers_over_postgresql() {
    let postgres = Postgres::start();
    servers_that_start_together_share_one_database(&postgres);
    a_database_of_the_reference_is_taken_over_and_its_tokens_stay_valid(&postgres);
    a_server_waits_for_a_database_that_comes_up(&postgres);
}

fn servers_that_start_together_share_one_database(postgres: &Postgres) {
    let (sandbox, database) = (Sandbox::new(), postgres.database());
    let variables = [("CODECARBON_SERVER_DATABASE_URL", database.as_str())];
    let words = ["--listen", "127.0.0.1:0"];
    let starting: Vec<Starting> =
        (0..3).map(|_| Starting::new(&sandbox, &words, &variables)).collect();
    let servers: Vec<_> = starting.into_iter().map(Starting::ready).collect();
    let first: Vec<_> = servers.iter().filter(|s| s.greeting.contains("api_key")).collect();
    assert_eq!(first.len(), 1, "one of them makes the first project");
    let (experiment, token) = (first[0].printed("experiment_id"), first[0].printed("api_key"));
    let run = servers[0].http.run(&experiment, &token);
    for server in &servers {
        let added = server.http.post("/emissions", &[("x-api-token", &token)], &row(&run));
        assert_eq!(added.status, 201, "{}", added.text);
    }
    let ada = servers[1].http.set_up(&servers[2].set_up_link());
    let bearer = ada.bearer();
    let page =
        servers[2].http.get(&format!("/runs/{run}/emissions"), &[("authorization", &bearer)]);
    assert_eq!(page.body["total"], 3, "{}", page.text);
    let ran = sandbox.run(&["admin", "backup", "copy"], &variables);
    assert!(ran.code == Some(1) && ran.err.contains("pg_dump"), "{}", ran.err);
    for server in servers {
        assert_eq!(server.stop().code(), Some(0));
    }
}

fn a_database_of_the_reference_is_taken_over_and_its_tokens_stay_valid(postgres: &Postgres) {
    let source = postgres.database();
    postgres.psql(&source, include_str!("../../../carbon-store/tests/contract/reference.sql"));
    postgres.psql(
        &source,
        &format!(
            "UPDATE project_tokens SET hashed_token = '{HASH}', lookup_value = '{LOOK_UP}' \
             WHERE name = 'ci'"
        ),
    );
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["admin", "import", "--dry-run", &source], &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("would be taken over"), "{}", ran.out);
    assert!(!sandbox.path("home/.local").exists(), "a dry run keeps nothing");
    let ran = sandbox.run(&["admin", "import"], &[("CODECARBON_SERVER_IMPORT_URL", &source)]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for told in ["2  accounts\n", "1  tokens, valid as before\n", "3  rows of runs\n"] {
        assert!(ran.out.contains(told), "{}", ran.out);
    }
    let server = sandbox.serve(&["--auth", "none"], &[]);
    assert!(!server.greeting.contains("api_key"), "it is not fresh: {}", server.greeting);
    // A secret that only looks like it, then the secret, many times at once.
    let run = serde_json::json!({
        "timestamp": "2026-11-22T08:00:00Z", "experiment_id": EXPERIMENT,
    });
    let wrong = server.http.post("/runs", &[("x-api-token", "cpt_wrong")], &run);
    assert_eq!(wrong.status, 403);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| server.http.run(EXPERIMENT, TOKEN));
        }
    });
    let path = sandbox.path("home/.local/share/codecarbon/server/store.sqlite");
    assert!(path.is_file());
    assert_eq!(server.stop().code(), Some(0));
    let again = sandbox.serve(&["--auth", "none"], &[]);
    again.http.run(EXPERIMENT, TOKEN);

    let ran = sandbox.run(&["admin", "import", &postgres.database()], &[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("no database of the reference"), "{}", ran.err);
}

fn a_server_waits_for_a_database_that_comes_up(postgres: &Postgres) {
    let (sandbox, database) = (Sandbox::new(), postgres.database());
    postgres.crash();
    let variables = [("DATABASE_URL", database.as_str())];
    let starting = Starting::new(&sandbox, &["--listen", "127.0.0.1:0"], &variables);
    starting.logs("does not answer yet");
    postgres.resume();
    let server = starting.ready();
    assert!(server.greeting.contains("api_key"), "{}", server.greeting);
}
