//! TLS by files, and the listener for those who watch.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::http::Http;
use crate::sandbox::Sandbox;

/// A certificate of this machine's, signed by itself, and its key.
fn certificate(sandbox: &Sandbox, key: &Path, certificate: &Path) {
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    command.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
    command.args(["-addext", "subjectAltName=IP:127.0.0.1"]);
    command.args(["-addext", "basicConstraints=critical,CA:FALSE"]).current_dir(sandbox.path("."));
    let output = command.arg("-keyout").arg(key).arg("-out").arg(certificate).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_server_with_a_certificate_takes_the_next_one_when_it_is_told() {
    let sandbox = Sandbox::new();
    let paths = ["key.pem", "cert.pem"].map(|name| sandbox.path(name));
    let [key, cert] = &paths;
    certificate(&sandbox, key, cert);
    let metrics = free_address();
    let text = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let words = ["--tls-cert", &text(cert), "--tls-key", &text(key), "--metrics-listen", &metrics];
    let server = sandbox.serve(&words, &[]);
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);
    let first = std::fs::read(cert).unwrap();
    std::fs::write(sandbox.path("first.pem"), &first).unwrap();
    let trusting = |name: &str| Http::trusting(&server.url, &sandbox.path(name));
    assert_eq!(trusting("first.pem").get("/", &[]).status, 200);

    certificate(&sandbox, key, cert);
    server.signal("HUP");
    while !server.log().contains("has been read again") {
        std::thread::yield_now();
    }
    assert_eq!(trusting("cert.pem").get("/", &[]).status, 200);
    let refused = trusting("first.pem").try_send(carbon_http::Method::Get, "/", &[], None);
    assert!(refused.is_none(), "{refused:?}");

    // Without TLS, for who watches; and for containers, by the same options.
    let watched = Http::of(&format!("http://{metrics}")).get("/metrics", &[]);
    assert_eq!(watched.status, 200);
    assert!(watched.text.contains("codecarbon_server_requests_total"), "{}", watched.text);
    let words = ["admin", "health", "--metrics-listen", &metrics];
    assert_eq!(sandbox.run(&words, &[]).code, Some(0));
}
