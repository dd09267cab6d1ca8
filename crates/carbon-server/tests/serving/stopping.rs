//! A server that is told to stop.

use std::time::Duration;

use carbon_server::settings::{Limits, Settings};
use tokio::net::TcpStream;

use crate::server::{Lab, Server};
use crate::wire::Wire;

/// A request that is half there, and its other half.
async fn begun(server: &Server, lab: &Lab) -> (Wire, String) {
    let body = lab.row().to_string();
    let head = format!(
        "POST /emissions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         x-api-token: {}\r\ncontent-length: {}\r\n\r\n",
        lab.token,
        body.len()
    );
    let mut wire = server.connect().await;
    wire.send(head.as_bytes()).await;
    let in_flight = "codecarbon_server_requests_in_flight";
    while server.metric(in_flight).await < 1.0 {
        tokio::task::yield_now().await;
    }
    (wire, body)
}

#[tokio::test]
async fn what_has_begun_is_answered_and_nothing_else_begins() {
    let server = Server::start(Settings::default()).await;
    let lab = server.lab().await;
    let mut idle = server.connect().await;
    assert_eq!(idle.ask("GET", "/", &[], "").await.status, 200);
    let mut silent = server.connect().await;
    let (mut wire, body) = begun(&server, &lab).await;
    let (address, app) = (server.address, server.app.clone());

    server.stopper.stop();
    assert!(idle.is_closed_within(Duration::from_secs(5)).await);
    assert!(silent.is_closed_within(Duration::from_secs(5)).await);
    assert!(TcpStream::connect(address).await.is_err());
    wire.send(body.as_bytes()).await;
    let answer = wire.answer().await.unwrap();
    assert_eq!((answer.status, answer.header("connection")), (201, "close"), "{answer:?}");
    assert_eq!(server.ended().await.cut_off, 0);
    assert!(app.store().is_ready().await.is_err(), "the store is closed");
}

#[tokio::test]
async fn a_second_word_cuts_off_who_is_still_there() {
    let server = Server::start(Settings::default()).await;
    let lab = server.lab().await;
    let (mut wire, _) = begun(&server, &lab).await;
    server.stopper.stop();
    server.stopper.stop();
    assert_eq!(server.ended().await.cut_off, 1);
    assert!(wire.answer().await.is_none());
}

#[tokio::test]
async fn nobody_is_waited_for_longer_than_the_operator_wants() {
    let limits = Limits { finish: Duration::from_millis(100), ..Limits::default() };
    let server = Server::start(Settings { limits, ..Settings::default() }).await;
    let lab = server.lab().await;
    let (mut wire, _) = begun(&server, &lab).await;
    server.stopper.stop();
    assert_eq!(server.ended().await.cut_off, 1);
    assert!(wire.answer().await.is_none());
}
