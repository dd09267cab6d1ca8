//! What a proxy in front tells reaches those who need it, and what others tell does not.

use carbon_server::settings::{Auth, PasswordCost, Proxies, Settings};

use crate::server::Server;

const TOLD: [(&str, &str); 4] = [
    ("host", "127.0.0.1:1"),
    ("x-forwarded-for", "192.0.2.9"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "carbon.example.org"),
];

fn behind(networks: &[&str]) -> Settings {
    let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
    let auth = Auth::Local(PasswordCost { memory_kib: 8, passes: 1 });
    let proxies = Proxies { networks, ..Proxies::default() };
    Settings { auth, proxies, logs_addresses: true, ..Settings::default() }
}

#[tokio::test]
async fn the_address_of_the_server_is_the_one_that_the_client_used() {
    let named = Server::start(behind(&["127.0.0.0/8"])).await;
    let answer = named.get("/", &TOLD).await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    let description = named.get("/.well-known/openid-configuration", &TOLD).await;
    assert!(description.text.contains("https://carbon.example.org"), "{description:?}");

    let other = Server::start(behind(&["192.0.2.0/24"])).await;
    assert_eq!(other.get("/", &TOLD).await.header("strict-transport-security"), "");
    let description = other.get("/.well-known/openid-configuration", &TOLD).await;
    assert!(!description.text.contains("carbon.example.org"), "{description:?}");
}

#[tokio::test]
async fn tries_to_sign_in_are_counted_for_the_client_and_not_for_the_proxy() {
    let server = Server::start(behind(&["127.0.0.1"])).await;
    let guess = async |from: &str| {
        let headers = [("x-forwarded-for", from), ("sec-fetch-site", "same-origin")];
        let body = serde_json::json!({ "email": "ada@example.org", "password": "guess" });
        server.connect().await.post("/auth/login", &headers, &body).await.status
    };
    for _ in 0..10 {
        assert_eq!(guess("192.0.2.1").await, 401);
    }
    assert_eq!(guess("192.0.2.1").await, 429);
    assert_eq!(guess("192.0.2.2").await, 401);
}
