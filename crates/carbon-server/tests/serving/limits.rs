//! Clients that send too much, too slowly, or nonsense.

use std::time::{Duration, Instant};

use carbon_server::settings::{Limits, Settings};
use serde_json::json;

use crate::server::Server;
use crate::wire::Wire;

const JSON: (&str, &str) = ("content-type", "application/json");

fn with(limits: Limits) -> Settings {
    Settings { limits, ..Settings::default() }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// The first part of a request.
fn half(path: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{"
    )
}

#[tokio::test]
async fn a_head_that_trickles_in_is_cut_off_and_others_are_served() {
    let limits = Limits { head: ms(300), ..Limits::default() };
    let server = Server::start(with(limits)).await;
    let mut slow: Vec<Wire> = Vec::new();
    for _ in 0..50 {
        let mut wire = server.connect().await;
        wire.send(b"GET / HTTP/1.1\r\nhost: localhost\r\n").await;
        slow.push(wire);
    }
    #[expect(clippy::disallowed_methods, reason = "what is tested is how long it takes")]
    let begun = Instant::now();
    let trickle = async |wire: &mut Wire| {
        while wire.send(b"x-a: 1\r\n").await && !wire.is_closed_within(ms(30)).await {
            assert!(begun.elapsed() < Duration::from_secs(5), "a slow client is still there");
        }
    };
    assert_eq!(server.get("/", &[]).await.status, 200);
    for wire in &mut slow {
        trickle(wire).await;
    }
    assert_eq!(server.get("/", &[]).await.status, 200);
}

#[tokio::test]
async fn a_connection_may_rest_longer_than_a_head_may_take_but_not_for_ever() {
    let limits = Limits { head: ms(100), idle: ms(900), ..Limits::default() };
    let server = Server::start(with(limits)).await;
    let mut wire = server.connect().await;
    for _ in 0..3 {
        assert_eq!(wire.ask("GET", "/", &[], "").await.status, 200);
        assert!(!wire.is_closed_within(ms(300)).await);
    }
    assert!(wire.is_closed_within(Duration::from_secs(5)).await);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_a_408() {
    let limits = Limits { body: ms(200), ..Limits::default() };
    let server = Server::start(with(limits)).await;
    for path in ["/runs", "/v1/account/tokens"] {
        let mut wire = server.connect().await;
        wire.send(half(path).as_bytes()).await;
        let answer = wire.answer().await.unwrap();
        assert_eq!(answer.status, 408, "{answer:?}");
        assert!(answer.text.contains("did not come in time"), "{answer:?}");
        assert!(wire.is_closed_within(Duration::from_secs(5)).await);
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_a_503_with_a_time_to_try_again() {
    let limits = Limits { answer: ms(200), ..Limits::default() };
    let server = Server::start(with(limits)).await;
    for path in ["/organizations", "/v1/account/tokens"] {
        let mut wire = server.connect().await;
        wire.send(half(path).as_bytes()).await;
        let answer = wire.answer().await.unwrap();
        assert_eq!((answer.status, answer.header("retry-after")), (503, "1"), "{answer:?}");
        assert!(answer.text.contains("takes too long"), "{answer:?}");
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_in_its_own_words() {
    let server = Server::start(Settings::default()).await;
    let path = format!("/?x={}", "a".repeat(9 << 10));
    assert_eq!(server.get(&path, &[]).await.status, 414);
    let path = format!("/?x={}", "a".repeat(70_000));
    assert!([414, 431].contains(&server.get(&path, &[]).await.status));
    let large = "a".repeat(40 << 10);
    assert_eq!(server.get("/", &[("x-large", &large)]).await.status, 431);
    let many: Vec<_> = (0..120).map(|at| (format!("x-{at}"), "1")).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(server.get("/", &many).await.status, 431);
    assert_eq!(server.get("/", &[]).await.status, 200);
}

#[tokio::test]
async fn a_body_that_is_too_long_is_a_413_that_the_client_can_read() {
    let server = Server::start(Settings::default()).await;
    let text = format!("{{\"name\": \"{}\"}}", "x".repeat(8 << 20));
    for _ in 0..5 {
        // Told in advance, and sent to its end before the answer is read.
        let answer = server.connect().await.ask("POST", "/organizations", &[JSON], &text).await;
        assert_eq!(answer.status, 413, "{answer:?}");
    }
    // Anybody may send telemetry, so less of it.
    let text = format!("{{\"errors_encountered\": [\"{}\"]}}", "x".repeat(64 << 10));
    let answer = server.connect().await.ask("POST", "/telemetry", &[JSON], &text).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    // In chunks, without an end.
    let mut wire = server.connect().await;
    wire.send(b"POST /organizations HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n")
        .await;
    wire.send(b"content-type: application/json\r\n\r\n").await;
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    for _ in 0..30 {
        if !wire.send(chunk.as_bytes()).await {
            break;
        }
    }
    assert_eq!(wire.answer().await.unwrap().status, 413);
    // One that asks before it sends is spared the sending.
    let mut wire = server.connect().await;
    let head = "POST /organizations HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\
                content-type: application/json\r\ncontent-length: 100000000\r\n\r\n";
    wire.send(head.as_bytes()).await;
    assert_eq!(wire.answer().await.unwrap().status, 413);
}

#[tokio::test]
async fn nonsense_is_a_4xx_and_the_next_request_is_served() {
    let server = Server::start(Settings::default()).await;
    let lab = server.lab().await;
    let token = ("x-api-token", lab.token.as_str());
    let nested = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = format!("{{\"a\":{}}}", "{\"a\":".repeat(50_000));
    let row = |value: &str| {
        let row = lab.row().to_string();
        row.replace("\"energy_consumed\":0.00001", &format!("\"energy_consumed\":{value}"))
    };
    let mut wire = server.connect().await;
    let served = wire.ask("POST", "/emissions", &[JSON, token], &row("1e-5")).await;
    assert_eq!(served.status, 201, "{served:?}");
    for body in [
        nested,
        deep,
        "{".to_owned(),
        "\u{0}".to_owned(),
        "null".to_owned(),
        row("NaN"),
        row("Infinity"),
        row("-Infinity"),
        row("1e999"),
        row("-1"),
        row("\"NaN\""),
        row("\"inf\""),
    ] {
        let answer = wire.ask("POST", "/emissions", &[JSON, token], &body).await;
        let shown: String = body.chars().take(200).collect();
        assert_eq!(answer.status, 422, "{shown}: {answer:?}");
    }
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: localhost\r\nbad header\r\n\r\n",
        b"POST /emissions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
          transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /emissions HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\n",
    ] {
        let mut wire = server.connect().await;
        wire.send(bytes).await;
        let answer = wire.answer().await.unwrap();
        let shown = String::from_utf8_lossy(bytes);
        assert!((400..500).contains(&answer.status), "{shown}: {answer:?}");
    }
    let answer = wire.post("/emissions", &[token], &lab.row()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[tokio::test]
async fn memory_is_bounded_by_what_may_be_sent_and_not_by_what_is() {
    let server = Server::start(Settings::default()).await;
    let before = resident_bytes();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..40 {
        let (mut wire, chunk) = (server.connect().await, chunk.clone());
        clients.spawn(async move {
            wire.send(b"POST /organizations HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: ")
                .await;
            wire.send(b"chunked\r\ncontent-type: application/json\r\n\r\n").await;
            for _ in 0..256 {
                if !wire.send(chunk.as_bytes()).await {
                    break;
                }
            }
        });
    }
    let mut most = before;
    while clients.join_next().await.is_some() {
        most = most.max(resident_bytes());
    }
    // 640 MiB were offered; 40 bodies of 1 MiB may be held, and what the test itself needs.
    assert!(most - before < 200 << 20, "{} MiB more are in use", (most - before) >> 20);
    let answer = server.connect().await.post("/organizations", &[], &json!({})).await;
    assert_eq!(answer.status, 422);
}

fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<u64>().unwrap() * 1024
}
