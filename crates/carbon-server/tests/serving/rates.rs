//! Those who ask too often.

use std::time::Duration;

use carbon_server::settings::{Proxies, Rate, Rates, Settings};

use crate::server::Server;

fn limited(address: Option<u32>, token: Option<u32>) -> Settings {
    let rate = |burst| Rate { per_second: 1, burst };
    let rates = Rates { of_address: address.map(rate), of_token: token.map(rate) };
    let proxies = Proxies { networks: vec!["127.0.0.1".parse().unwrap()], ..Proxies::default() };
    Settings { rates, proxies, ..Settings::default() }
}

async fn status(server: &Server, from: &str, token: &str) -> u16 {
    server.get("/", &[("x-forwarded-for", from), ("x-api-token", token)]).await.status
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_and_others_do_not() {
    let server = Server::start(limited(Some(3), None)).await;
    for _ in 0..3 {
        assert_eq!(status(&server, "192.0.2.1", "a").await, 200);
    }
    for path in ["/", "/v1/nowhere", "/emissions"] {
        let answer = server.get(path, &[("x-forwarded-for", "192.0.2.1")]).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "1"), "{path}");
        let is_problem = answer.header("content-type") == "application/problem+json";
        assert_eq!(is_problem, path.starts_with("/v1/"), "{path}");
    }
    assert_eq!(status(&server, "192.0.2.2", "a").await, 200);
    assert_eq!(status(&server, "2001:db8::1", "a").await, 200);
    server.pass(Duration::from_secs(1));
    assert_eq!(status(&server, "192.0.2.1", "a").await, 200);
    assert_eq!(status(&server, "192.0.2.1", "a").await, 429);
    let held_back = "codecarbon_server_requests_held_back_total{by=\"address\"}";
    assert_eq!(server.metric(held_back).await, 4.0);
}

#[tokio::test]
async fn a_token_is_counted_wherever_it_is_used() {
    let server = Server::start(limited(None, Some(2))).await;
    assert_eq!(status(&server, "192.0.2.1", "a").await, 200);
    assert_eq!(status(&server, "192.0.2.2", "a").await, 200);
    assert_eq!(status(&server, "192.0.2.3", "a").await, 429);
    assert_eq!(status(&server, "192.0.2.3", "b").await, 200);
    let held_back = "codecarbon_server_requests_held_back_total{by=\"token\"}";
    assert_eq!(server.metric(held_back).await, 1.0);
}

#[tokio::test]
async fn what_comes_from_this_machine_itself_is_not_counted() {
    let mut settings = limited(Some(1), Some(1));
    settings.proxies = Proxies::default();
    let server = Server::start(settings).await;
    for _ in 0..5 {
        assert_eq!(status(&server, "192.0.2.1", "a").await, 200);
    }
}
