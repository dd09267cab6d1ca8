//! Many connections at once, and more than there is room for.

use std::process::Command;
use std::time::Duration;

use carbon_server::settings::{Limits, Settings};
use tokio::task::JoinSet;

use crate::server::Server;

/// Both ends of two thousand connections, and what else is open.
const FILES: u64 = 6_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_idle_and_a_thousand_active_connections_are_held() {
    allow_open_files();
    let server = Server::start(Settings::default()).await;
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        idle.push(server.connect().await);
    }
    let mut active = JoinSet::new();
    for _ in 0..1_000 {
        let mut wire = server.connect().await;
        active.spawn(async move {
            for _ in 0..5 {
                let answer = wire.ask("GET", "/organizations", &[], "").await;
                assert_eq!(answer.status, 200, "{answer:?}");
            }
            wire
        });
    }
    let active = active.join_all().await;
    assert_eq!(server.metric("codecarbon_server_connections_open").await, 2_001.0);
    for wire in idle.iter_mut().chain(&mut active.into_iter().collect::<Vec<_>>()) {
        assert_eq!(wire.ask("GET", "/", &[], "").await.status, 200);
    }
    let answered =
        "codecarbon_server_requests_total{route=\"/organizations\",method=\"GET\",status=\"200\"}";
    assert_eq!(server.metric(answered).await, 5_000.0);
}

#[tokio::test]
async fn who_finds_no_room_is_told_and_finds_some_later() {
    let limits = Limits { connections: 2, ..Limits::default() };
    let server = Server::start(Settings { limits, ..Settings::default() }).await;
    let mut inside = [server.connect().await, server.connect().await];
    for wire in &mut inside {
        assert_eq!(wire.ask("GET", "/", &[], "").await.status, 200);
    }
    let mut outside = server.connect().await;
    let answer = outside.ask("GET", "/", &[], "").await;
    assert_eq!((answer.status, answer.header("retry-after")), (503, "1"));
    assert_eq!(answer.json()["detail"], "Too many connections now");
    assert!(outside.is_closed_within(Duration::from_secs(5)).await);
    assert_eq!(server.metric("codecarbon_server_connections_refused_total").await, 1.0);
    let [mut stays, goes] = inside;
    drop(goes);
    let mut tries = 0;
    while server.get("/", &[]).await.status != 200 {
        tries += 1;
        assert!(tries < 1_000, "a place is free and nobody gets it");
    }
    assert_eq!(stays.ask("GET", "/", &[], "").await.status, 200);
}

/// Raises this process's limit of open files where it is low.
fn allow_open_files() {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let soft = line.split_whitespace().next().unwrap();
    if soft.parse().is_ok_and(|soft: u64| soft < FILES) {
        let own = std::process::id().to_string();
        let raised =
            Command::new("prlimit").args(["--pid", &own, &format!("--nofile={FILES}:")]).status();
        assert!(raised.unwrap().success(), "{FILES} open files are needed");
    }
}
