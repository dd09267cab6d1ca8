//! TLS by files, and files that cannot be used.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use carbon_server::settings::{Limits, Settings};
use carbon_server::tls::{Tls, TlsError};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::server::Server;
use crate::wire::Wire;

struct Files {
    certificate: PathBuf,
    key: PathBuf,
    _folder: TempDir,
}

/// A certificate for `localhost`, by the program that administrators use.
fn files() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let mut command = Command::new("openssl");
    command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    command.args(["-nodes", "-days", "2", "-subj", "/CN=localhost"]);
    command.args(["-addext", "subjectAltName=DNS:localhost"]);
    command.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    command.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    assert!(command.stderr(Stdio::null()).status().unwrap().success());
    Files { certificate, key, _folder: folder }
}

async fn connect(
    server: &Server,
    trusted: &Path,
    versions: &[&'static SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(trusted).unwrap() {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let mut config = builder
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let stream = TcpStream::connect(server.address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

fn https() -> Settings {
    Settings { has_tls: true, ..Settings::default() }
}

#[tokio::test]
async fn clients_agree_on_either_version_and_on_http_1() {
    let files = files();
    let tls = Tls::load(&files.certificate, &files.key).unwrap();
    let server = Server::start_with(https(), Some(tls)).await;
    for versions in [&[&version::TLS12][..], &[&version::TLS13]] {
        let stream = connect(&server, &files.certificate, versions).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let mut wire = Wire::over(stream);
        for _ in 0..2 {
            assert_eq!(wire.ask("GET", "/", &[], "").await.status, 200);
        }
    }
    let mut plain = server.connect().await;
    plain.send(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(plain.is_closed_within(Duration::from_secs(5)).await || plain.answer().await.is_none());
}

#[tokio::test]
async fn a_new_certificate_counts_from_then_on_and_open_connections_stay() {
    let (old, new) = (files(), files());
    let tls = Tls::load(&old.certificate, &old.key).unwrap();
    let server = Server::start_with(https(), Some(tls.clone())).await;
    let versions = &[&version::TLS13][..];
    let mut early = Wire::over(connect(&server, &old.certificate, versions).await.unwrap());
    assert_eq!(early.ask("GET", "/", &[], "").await.status, 200);

    std::fs::copy(&new.certificate, &old.certificate).unwrap();
    let Err(TlsError::Unfit { .. }) = tls.reload() else { panic!("half of a new pair is taken") };
    assert!(connect(&server, &new.certificate, versions).await.is_err());
    std::fs::copy(&new.key, &old.key).unwrap();
    tls.reload().unwrap();
    let mut late = Wire::over(connect(&server, &new.certificate, versions).await.unwrap());
    assert_eq!(late.ask("GET", "/", &[], "").await.status, 200);
    assert_eq!(early.ask("GET", "/", &[], "").await.status, 200);
}

#[tokio::test]
async fn who_does_not_agree_in_time_is_cut_off() {
    let files = files();
    let tls = Tls::load(&files.certificate, &files.key).unwrap();
    let limits = Limits { head: Duration::from_millis(200), ..Limits::default() };
    let server = Server::start_with(Settings { limits, ..https() }, Some(tls)).await;
    let mut silent = server.connect().await;
    assert!(silent.is_closed_within(Duration::from_secs(5)).await);
    assert!(connect(&server, &files.certificate, &[&version::TLS13]).await.is_ok());
}

#[test]
fn files_that_cannot_be_used_are_named_with_what_is_wrong() {
    let (one, other) = (files(), files());
    let words =
        |certificate: &Path, key: &Path| Tls::load(certificate, key).unwrap_err().to_string();
    let missing = Path::new("/nowhere/cert.pem");
    assert!(words(missing, &one.key).starts_with("/nowhere/cert.pem cannot be read: "));
    assert!(words(&one.certificate, missing).starts_with("/nowhere/cert.pem cannot be read: "));
    assert!(words(&one.key, &one.key).contains("key.pem holds no certificate in PEM form"));
    assert!(words(&one.certificate, &one.certificate).contains("cert.pem holds no private key"));
    let unfit = words(&one.certificate, &other.key);
    assert!(unfit.contains("cannot be used with the key"), "{unfit}");
    let broken = one.certificate.with_file_name("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nnot base64!\n").unwrap();
    assert!(words(&broken, &one.key).contains("broken.pem holds no certificate"));
    // Root reads everything, so this shows something to other users only.
    std::fs::set_permissions(&one.key, std::fs::Permissions::from_mode(0o000)).unwrap();
    if let Err(error) = Tls::load(&one.certificate, &one.key) {
        assert!(error.to_string().contains("key.pem cannot be read"), "{error}");
    }
}
