//! Schemathesis, which nobody here has written, reads the document and asks a server what follows from
//! it: the examples, values at the edges of the schemas and beyond, values made at random. Nothing may
//! end in a fault of the server, and every answer has to be one of the document.
//!
//! `cargo xtask test` fetches it into `target/programs`. Where it cannot be had the test passes itself
//! over aloud, in CI it fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_server::settings::Settings;
use carbon_server::{App, Listeners, serve, stopper};
use carbon_store::{SecretText, Timestamp};
use ring::hmac;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{START_S, local};
use crate::world::{EMAIL, SECRET, World};

const KEY: &str = "only for tests";

/// What an answer is held to.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance,response_headers_conformance";

/// What is left out: routes that are served like others of them, and streams, which do not end.
const SAME: &str =
    "^get(Organization|Experiment|Run)(Sums|Series|Export)$|^pageExperimentRuns$|Live$";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schemathesis_finds_no_answer_that_the_document_does_not_have() {
    let Some(program) = find() else { return };
    let World { server, .. } = World::build().await;
    let ada = server.store().user_by_email(EMAIL).await.unwrap().unwrap();
    // A bearer that nothing which is sent can end.
    let settings = Settings { develop_key: Some(SecretText(KEY.to_owned())), ..local() };
    let app = App::new(server.store().clone(), settings, || Timestamp::from_seconds(START_S));
    let requests = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = requests.local_addr().unwrap();
    let (stopper, stopping) = stopper();
    let listeners = Listeners { requests, metrics: None, tls: None };
    let running = tokio::spawn(serve(listeners, app, stopping));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(program);
    command.arg("--config-file").arg(here.join("tests/openapi/schemathesis.toml"));
    command.arg("run").arg(here.join("openapi.json"));
    command.args(["--url", &format!("http://{address}"), "--checks", CHECKS]);
    command.args(["--exclude-operation-id-regex", SAME]);
    command.args(["--header", &format!("authorization: Bearer {}", bearer(&ada.id.to_string()))]);
    command.args(["--header", &format!("x-api-token: {SECRET}")]);
    command.env("SCHEMATHESIS_HOOKS", here.join("tests/openapi/schemathesis_hooks.py"));
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    // It keeps what it has seen where it runs.
    let folder = tempfile::tempdir().unwrap();
    command.current_dir(&folder);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    stopper.stop();
    running.await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
}

/// What lets in the person of an id, on a server for development.
fn bearer(id: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let (head, claims) = (json!({ "alg": "HS256", "typ": "JWT" }), json!({ "sub": id }));
    let signed = format!("{}.{}", part(&head), part(&claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())))
}

/// Where the program is, or nothing after saying so.
fn find() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/programs/schemathesis");
    let program = folder.join("bin/schemathesis");
    if program.is_file() {
        return Some(program);
    }
    #[expect(clippy::disallowed_methods, reason = "CI is where nothing may be skipped")]
    let must_be_there = std::env::var_os("CI").is_some();
    assert!(!must_be_there, "{} is missing", program.display());
    #[expect(clippy::print_stdout, reason = "that a test was skipped must be seen")]
    {
        println!("skipped: {} is missing; cargo xtask test fetches it", program.display());
    }
    None
}
