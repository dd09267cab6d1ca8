//! What watchers are told, on a listener of their own.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use carbon_server::settings::Settings;

use crate::server::Server;
use crate::wire::Wire;

async fn busy() -> Server {
    let process = Some(PathBuf::from("/proc/self"));
    let server = Server::start(Settings { process, ..Settings::default() }).await;
    let lab = server.lab().await;
    for _ in 0..3 {
        let headers = [("x-api-token", lab.token.as_str())];
        let answer = server.connect().await.post("/emissions", &headers, &lab.row()).await;
        assert_eq!(answer.status, 201);
    }
    for path in ["/a\"b", "/nowhere/1", "/nowhere/2", "/runs/x"] {
        server.get(path, &[]).await;
    }
    server.connect().await.ask("BREW", "/runs", &[], "").await;
    server.connect().await.ask("MAKE", "/runs", &[], "").await;
    server
}

#[tokio::test]
async fn requests_rows_connections_and_the_process_are_counted() {
    let server = busy().await;
    for (sample, expected) in [
        ("requests_total{route=\"/emissions\",method=\"POST\",status=\"201\"}", 3.0),
        ("request_duration_seconds_count{route=\"/emissions\",method=\"POST\"}", 3.0),
        ("request_duration_seconds_bucket{route=\"/emissions\",method=\"POST\",le=\"+Inf\"}", 3.0),
        ("requests_total{route=\"none\",method=\"GET\",status=\"404\"}", 3.0),
        ("requests_total{route=\"/runs/{id}\",method=\"GET\",status=\"400\"}", 1.0),
        ("requests_total{route=\"/runs\",method=\"other\",status=\"405\"}", 2.0),
        ("rows_ingested_total", 3.0),
        ("bulk_rows_ingested_total", 0.0),
        ("requests_in_flight", 0.0),
        ("connections_refused_total", 0.0),
    ] {
        assert_eq!(
            server.metric(&format!("codecarbon_server_{sample}")).await,
            expected,
            "{sample}"
        );
    }
    for (sample, least) in [
        ("process_resident_memory_bytes", 1e6),
        ("process_open_fds", 5.0),
        ("process_max_fds", 100.0),
        ("process_threads", 1.0),
        ("process_cpu_seconds_total", 0.0),
        ("process_start_time_seconds", 1.79e9),
        ("codecarbon_server_connections_total", 10.0),
    ] {
        assert!(server.metric(sample).await >= least, "{sample}");
    }
}

#[tokio::test]
async fn the_text_is_what_prometheus_reads() {
    let text = busy().await.metrics().await;
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if let Some(family) = line.strip_prefix("# TYPE ") {
            let name = family.split(' ').next().unwrap();
            assert!(lines[at - 1].starts_with(&format!("# HELP {name} ")), "{line}");
            assert!(
                lines
                    .get(at + 1)
                    .is_none_or(|next| next.starts_with(name) || name.ends_with("_seconds")),
                "{name} has no sample"
            );
        } else if !line.starts_with('#') {
            let (_, value) = line.rsplit_once(' ').unwrap();
            assert!(value.parse::<f64>().unwrap().is_finite(), "{line}");
        }
    }
    let Some(promtool) = program("prometheus/usr/bin/promtool") else { return };
    let mut check = Command::new(promtool);
    check.args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = check.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.is_empty(), "{words}\n{text}");
}

#[tokio::test]
async fn watchers_and_clients_each_find_their_own() {
    let server = Server::start(Settings::default()).await;
    assert_eq!(server.get("/metrics", &[]).await.status, 404);
    let mut watcher = Wire::connect(server.metrics).await;
    assert_eq!(watcher.ask("GET", "/organizations", &[], "").await.status, 404);
    let answer = watcher.ask("GET", "/metrics", &[], "").await;
    assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    for path in ["/healthz", "/readyz"] {
        assert_eq!(watcher.ask("GET", path, &[], "").await.status, 200, "{path}");
        assert_eq!(server.get(path, &[]).await.status, 200, "{path}");
        assert_eq!(server.get(&format!("/api{path}/"), &[]).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_server_without_its_store_is_alive_and_not_ready() {
    let server = Server::start(Settings::default()).await;
    server.app.store().close().await;
    assert_eq!(server.get("/healthz", &[]).await.status, 200);
    assert_eq!(server.get("/readyz", &[]).await.status, 503);
    assert_eq!(server.get("/organizations", &[]).await.status, 503);
    assert_eq!(server.metric("codecarbon_server_store_unavailable_total").await, 1.0);
}

/// The path of a program that `cargo xtask test` fetches, or nothing after saying so.
pub(crate) fn program(relative: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join("target/programs").join(relative);
    if file.is_file() {
        return Some(file);
    }
    #[expect(clippy::disallowed_methods, reason = "CI is where nothing may be skipped")]
    let must_be_there = std::env::var_os("CI").is_some();
    assert!(!must_be_there, "{} is missing", file.display());
    #[expect(clippy::print_stdout, reason = "that a test was skipped must be seen")]
    {
        println!("skipped: {} is missing; cargo xtask test fetches it", file.display());
    }
    None
}
