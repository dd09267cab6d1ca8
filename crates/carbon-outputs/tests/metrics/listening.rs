//! The endpoint that Prometheus servers come to: formats, runs that share it, and clients that
//! behave badly.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use carbon_outputs::{ListenError, Listener};
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::sink::Sink;

use crate::example::record;
use crate::programs::{PATIENCE, free_address, get, wait_for};
use crate::run::Place;

fn bind() -> Listener {
    Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap()
}

/// What comes back for some bytes, until the connection ends.
fn exchange(address: SocketAddr, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(sent).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn scrape(address: SocketAddr, accept: &str) -> String {
    let request = format!("GET /metrics HTTP/1.1\r\nhost: h\r\naccept: {accept}\r\n\r\n");
    let answer = exchange(address, request.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    answer
}

#[test]
fn openmetrics_is_given_to_those_who_ask_for_it() {
    let mut listener = bind();
    listener.take(&record("one"), &record("one")).unwrap();
    let text = scrape(listener.address(), "*/*");
    assert!(text.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{text}");
    assert!(!text.contains("# EOF"));
    let open = scrape(listener.address(), "application/openmetrics-text;version=1.0.0");
    assert!(open.contains("content-type: application/openmetrics-text; version=1.0.0"), "{open}");
    assert!(open.ends_with("# EOF\n"));
    let (head, body) = open.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", body.len())), "{head}");
}

#[test]
fn a_scrape_sees_the_run_as_it_is_at_that_moment_and_counters_never_fall() {
    let place = Place::new();
    let listener = bind();
    let address = listener.address();
    let run = place.start("fresh", [Box::new(listener) as Box<dyn Sink>]);
    let joules = || {
        let text = scrape(address, "");
        let line = text
            .lines()
            .find(|l| l.starts_with("codecarbon_energy_joules_total") && l.contains("\"cpu\""));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).unwrap()
    };
    let mut seen = vec![joules()];
    for _ in 0..3 {
        place.pass(1);
        seen.push(joules());
    }
    assert!(seen.iter().zip([0.0, 100.0, 200.0, 300.0]).all(|(a, b)| (a - b).abs() < 1e-6));
    let outcome = run.stop();
    seen.push(joules());
    assert!(seen.is_sorted(), "{seen:?}");
    assert!((seen[4] - outcome.record.cpu_energy * 3.6e6).abs() < 1e-6);
    assert!(scrape(address, "").contains("codecarbon_run_active{run_id=\"fresh\""));
}

#[test]
fn trackers_of_one_process_share_an_address_and_keep_their_labels() {
    let mut one = bind();
    let mut two = Listener::bind(one.address()).unwrap();
    one.take(&record("one"), &record("one")).unwrap();
    two.take(&record("two"), &record("two")).unwrap();
    let text = scrape(one.address(), "");
    for run in ["one", "two"] {
        let line = format!("codecarbon_duration_seconds_total{{run_id=\"{run}\"");
        assert_eq!(text.matches(&line).count(), 1, "{text}");
    }
    assert_eq!(text.matches("# TYPE codecarbon_duration_seconds_total").count(), 1);
}

#[test]
fn an_address_that_is_taken_is_named_and_nothing_breaks() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    let error = Listener::bind(address).unwrap_err();
    assert!(matches!(error, ListenError::InUse { .. }));
    let expected = format!("{address} is in use by another program");
    assert!(error.to_string().contains(&expected), "{error}");
    // TEST-NET-1: no address of this machine.
    let foreign = Listener::bind("192.0.2.1:9464".parse().unwrap()).unwrap_err();
    assert!(matches!(foreign, ListenError::Refused { .. }), "{foreign}");
}

#[test]
fn what_is_no_scrape_is_answered_and_hurts_nobody() {
    let mut listener = bind();
    listener.take(&record("one"), &record("one")).unwrap();
    let address = listener.address();
    let long = format!("GET /metrics HTTP/1.1\r\nx: {}", "a".repeat(20_000));
    for (sent, status) in [
        (&b"GET / HTTP/1.1\r\n\r\n"[..], "200"),
        (b"GET /else HTTP/1.1\r\n\r\n", "404"),
        (b"POST /metrics HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc", "405"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "400"),
        (long.as_bytes(), "431"),
    ] {
        let answer = exchange(address, sent);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    }
    let head = exchange(address, b"HEAD /metrics HTTP/1.1\r\n\r\n");
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    // One that says nothing and one that goes away in the middle.
    drop(TcpStream::connect(address).unwrap());
    TcpStream::connect(address).unwrap().write_all(b"GET /met").unwrap();
    scrape(address, "");
}

#[test]
fn slow_clients_hold_no_place_for_long_and_more_than_there_are_places_for_are_closed() {
    let mut listener = bind();
    listener.take(&record("one"), &record("one")).unwrap();
    let address = listener.address();
    let begun = SystemClock.monotonic();
    let mut slow: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /metrics HTTP/1.1\r\n").unwrap();
            stream
        })
        .collect();
    let mut turned_away = TcpStream::connect(address).unwrap();
    turned_away.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
    let ended = match turned_away.read(&mut [0; 1]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    };
    assert!(ended, "it waits for a place");
    // A byte now and then does not buy more time.
    let mut answer = String::new();
    while SystemClock.monotonic() < begun + Duration::from_secs(4) {
        for stream in &mut slow {
            stream.write_all(b"x").unwrap();
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    slow[0].set_read_timeout(Some(PATIENCE)).unwrap();
    slow[0].read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(SystemClock.monotonic() < begun + Duration::from_secs(10));
    drop(slow);
    let url = format!("http://{address}/metrics");
    wait_for("a place", || get(&url).filter(|(status, _)| *status == 200));
}

#[test]
fn nobody_listens_before_there_is_a_run() {
    let address = free_address();
    let mut listener = Listener::bind(address).unwrap();
    let mut early = TcpStream::connect(address).unwrap();
    early.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    early.write_all(b"GET /metrics HTTP/1.1\r\n\r\n").unwrap();
    assert!(early.read(&mut [0; 1]).is_err(), "it waits");
    listener.take(&record("one"), &record("one")).unwrap();
    early.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut answer = String::new();
    early.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("run_id=\"one\""), "{answer}");
}
