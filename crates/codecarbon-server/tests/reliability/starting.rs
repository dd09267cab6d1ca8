//! Killed while it starts for the first time: the next start goes on from there.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use carbon_testkit::postgres::Postgres;
use serde_json::json;

use crate::http::row;
use crate::sandbox::{PROGRAM, Sandbox, Server};
use crate::system::{assert_whole, random};

/// Longest time until the kill, in milliseconds.
const START_MS: u64 = 120;

/// Kills a program at some time after its start.
fn kill(sandbox: &Sandbox, words: &[&str], variables: &[(&str, &str)], within_ms: u64) {
    let mut command = sandbox.command(PROGRAM);
    command.args(words).envs(variables.iter().copied());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(random(within_ms)));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// There is one first project or none, with its token, and it can be written into.
fn assert_usable(server: &Server) {
    let organizations = server.http.get("/organizations", &[]);
    assert_eq!(organizations.body.as_array().map(Vec::len), Some(1), "{}", organizations.text);
    let organization = organizations.body[0]["id"].as_str().unwrap();
    let projects = server.http.get(&format!("/v1/organizations/{organization}/projects"), &[]);
    let project = projects.body["items"][0]["id"].as_str().unwrap();
    let tokens = server.http.get(&format!("/v1/projects/{project}/tokens"), &[]);
    let tokens = tokens.body["items"].as_array().unwrap().len();
    assert_eq!(tokens, 1, "a first project without its token");
    let token = if server.greeting.contains("api_key") {
        server.printed("api_key")
    } else {
        // It was killed between storing and printing.
        let wanted = json!({ "name": "again", "access": "read_write" });
        let made = server.http.post(&format!("/v1/projects/{project}/tokens"), &[], &wanted);
        assert_eq!(made.status, 201, "{}", made.text);
        made.string("token")
    };
    let project = server.http.get(&format!("/projects/{project}"), &[]);
    let run = server.http.run(project.body["experiments"][0].as_str().unwrap(), &token);
    let added = server.http.post("/emissions", &[("x-api-token", &token)], &row(&run));
    assert_eq!(added.status, 201, "{}", added.text);
}

fn kill_first_starts(variables: impl Fn() -> Vec<(&'static str, String)>, times: u32) -> Sandbox {
    let sandbox = Sandbox::new();
    for turn in 0..times {
        let folder = format!("data-{turn}");
        let variables = variables();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let serve = ["serve", "--listen", "127.0.0.1:0", "--auth", "none", "--data-dir", &folder];
        let migrate = ["serve", "--migrate-only", "--data-dir", &folder];
        if turn % 2 == 0 {
            kill(&sandbox, &migrate, &variables, START_MS);
            let ran = sandbox.run(&migrate, &variables);
            assert_eq!(ran.code, Some(0), "{}", ran.err);
        } else {
            kill(&sandbox, &serve, &variables, START_MS);
            kill(&sandbox, &serve, &variables, START_MS);
        }
        let server = sandbox.serve(&serve[3..], &variables);
        assert_usable(&server);
        assert_eq!(server.stop().code(), Some(0));
    }
    sandbox
}

#[test]
fn a_first_start_that_was_killed_is_made_up_for_on_sqlite() {
    let sandbox = kill_first_starts(Vec::new, 16);
    for turn in 0..16 {
        assert_whole(&sandbox.path(&format!("home/data-{turn}/store.sqlite")));
    }
}

#[test]
fn a_first_start_that_was_killed_is_made_up_for_on_postgresql() {
    let postgres = Postgres::shared(Path::new(env!("CARGO_TARGET_TMPDIR")));
    kill_first_starts(|| vec![("CODECARBON_SERVER_DATABASE_URL", postgres.database())], 6);
}
