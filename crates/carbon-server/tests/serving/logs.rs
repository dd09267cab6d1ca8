//! What the log says of requests, and what it never says.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once};

use carbon_server::settings::{Auth, PasswordCost, Settings};
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::server::Server;

/// Everything that this process has logged since somebody listens.
static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Listener;

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("carbon_")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().target().to_owned());
        event.record(&mut line);
        LINES.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
}

fn lines_with(text: &str) -> Vec<String> {
    LINES.lock().unwrap().iter().filter(|line| line.contains(text)).cloned().collect()
}

#[tokio::test]
async fn a_request_is_one_line_under_the_id_that_its_answer_bears() {
    listen();
    let server = Server::start(Settings::default()).await;
    let answer = server.get("/projects/8edb03e1-9a28-452a-9c93-a3b6560136d7/sums?x=y", &[]).await;
    let id = answer.header("x-request-id");
    assert_eq!(id.len(), 36, "{answer:?}");
    let lines = lines_with(id);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    for part in [
        "carbon_server::request",
        "method=\"GET\"",
        "route=\"/projects/{id}/sums\"",
        &format!("status={}", answer.status),
        &format!("bytes={}", answer.text.len()),
        "duration_ms=",
    ] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("8edb03e1") && !line.contains("127.0.0.1"), "{line}");

    let brought = server.get("/", &[("x-request-id", "from-a-proxy.7")]).await;
    assert_eq!(brought.header("x-request-id"), "from-a-proxy.7");
    assert_eq!(lines_with("from-a-proxy.7").len(), 1);
    let unfit = server.get("/", &[("x-request-id", "<script>")]).await;
    assert_eq!(unfit.header("x-request-id").len(), 36);
}

#[tokio::test]
async fn addresses_are_named_where_the_operator_wants_them() {
    listen();
    let server = Server::start(Settings { logs_addresses: true, ..Settings::default() }).await;
    server.get("/", &[("x-request-id", "with-an-address")]).await;
    let lines = lines_with("with-an-address");
    assert!(lines[0].contains("client=127.0.0.1"), "{lines:?}");
}

#[tokio::test]
async fn secrets_and_people_are_in_no_line() {
    listen();
    let cost = PasswordCost { memory_kib: 8, passes: 1 };
    let server = Server::start(Settings { auth: Auth::Local(cost), ..Settings::default() }).await;
    let secrets = [
        ("x-api-token", "cpt_secret-of-a-project"),
        ("authorization", "Bearer ccp_secret-of-a-person"),
        ("cookie", "user_session=secret-of-a-session"),
        ("sec-fetch-site", "same-origin"),
    ];
    for path in [
        "/?token=secret-in-a-query",
        "/auth/setup?token=secret-in-a-query",
        "/runs",
        "/secret-in-a-path",
        "/runs/secret-in-a-path",
    ] {
        server.get(path, &secrets).await;
        let body = json!({ "email": "secret@example.org", "password": "secret-password" });
        server.connect().await.post(path, &secrets, &body).await;
        server.connect().await.post("/auth/login", &secrets, &body).await;
    }
    let lines = lines_with("");
    assert!(lines.len() >= 15);
    for line in lines {
        assert!(!line.contains("secret"), "{line}");
    }
}

#[tokio::test]
async fn a_client_that_leaves_before_its_answer_leaves_a_line_and_a_count() {
    listen();
    let server = Server::start(Settings::default()).await;
    let mut wire = server.connect().await;
    let head = "POST /organizations HTTP/1.1\r\nhost: localhost\r\nx-request-id: who-left\r\n\
                content-type: application/json\r\ncontent-length: 10\r\n\r\n{";
    wire.send(head.as_bytes()).await;
    while server.metric("codecarbon_server_requests_in_flight").await < 1.0 {
        tokio::task::yield_now().await;
    }
    drop(wire);
    while lines_with("who-left").is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.metric("codecarbon_server_requests_in_flight").await, 0.0);
}
