//! Stopping, and what must not be lost by it.

use std::sync::atomic::{AtomicUsize, Ordering};

use carbon_http::Method;

use crate::http::row;
use crate::sandbox::Sandbox;

#[test]
fn what_was_answered_before_a_stop_is_there_after_it() {
    let sandbox = Sandbox::new();
    let mut server = sandbox.serve(&["--auth", "none"], &[]);
    let (experiment, token) = (server.printed("experiment_id"), server.printed("api_key"));
    let run = server.http.run(&experiment, &token);
    let (accepted, body) = (AtomicUsize::new(0), row(&run).to_string());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (http, token, accepted, body) = (server.http.clone(), &token, &accepted, &body);
            scope.spawn(move || {
                loop {
                    let headers = [("x-api-token", token.as_str())];
                    let body = Some(("application/json", body.as_bytes()));
                    match http.try_send(Method::Post, "/emissions", &headers, body) {
                        Some(answer) if answer.status == 201 => {
                            accepted.fetch_add(1, Ordering::SeqCst);
                        }
                        Some(answer) => {
                            assert_eq!(answer.status, 503, "{}", answer.text);
                            return;
                        }
                        None => return,
                    }
                }
            });
        }
        while accepted.load(Ordering::SeqCst) < 200 {
            std::thread::yield_now();
        }
        server.signal("TERM");
    });
    assert_eq!(server.ended().code(), Some(0), "{}", server.log());
    drop(server);
    let again = sandbox.serve(&["--auth", "none"], &[]);
    let page = again.http.get(&format!("/runs/{run}/emissions?size=1"), &[]);
    let kept = usize::try_from(page.body["total"].as_u64().unwrap()).unwrap();
    // A row may be kept whose answer did not reach its client.
    let accepted = accepted.into_inner();
    assert!((accepted..=accepted + 8).contains(&kept), "{accepted} accepted, {kept} kept");
}

#[test]
fn an_interrupt_stops_and_a_hang_up_does_not() {
    let sandbox = Sandbox::new();
    let mut server = sandbox.serve(&[], &[]);
    server.signal("HUP");
    while !server.log().contains("SIGHUP") {
        std::thread::yield_now();
    }
    assert_eq!(server.http.get("/", &[]).status, 200);
    server.signal("INT");
    assert_eq!(server.ended().code(), Some(0));
}

#[test]
fn systemd_is_told_when_it_is_ready_and_when_it_stops() {
    let sandbox = Sandbox::new();
    let path = sandbox.path("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    let variables = [("NOTIFY_SOCKET", path.to_str().unwrap())];
    let server = sandbox.serve(&[], &variables);
    let told = || {
        let mut buffer = [0; 64];
        let length = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    };
    assert_eq!(told(), "READY=1");
    assert_eq!(server.stop().code(), Some(0));
    assert_eq!(told(), "STOPPING=1");
}
