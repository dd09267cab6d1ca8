//! Pages of other origins, and what every answer tells a browser.

use carbon_server::settings::{Auth, PasswordCost, Settings};

use crate::server::Server;

const WANTED: &str = "access-control-request-method";
const METHODS: &str = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

fn settings() -> Settings {
    Settings {
        auth: Auth::Local(PasswordCost { memory_kib: 8, passes: 1 }),
        frontend_url: Some("https://web.example.org/app/".to_owned()),
        origins: vec!["https://other.example.org:8443".to_owned()],
        ..Settings::default()
    }
}

#[tokio::test]
async fn browsers_that_ask_in_advance_hear_the_published_words() {
    let server = Server::start(settings()).await;
    for path in ["/runs", "/api/runs/", "/projects/x/api-tokens", "/nowhere", "/v1/server"] {
        let asked = [
            ("origin", "https://web.example.org"),
            (WANTED, "PATCH"),
            ("access-control-request-headers", "content-type,x-api-token"),
        ];
        let answer = server.connect().await.ask("OPTIONS", path, &asked, "").await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "OK"), "{path}");
        for (name, value) in [
            ("access-control-allow-origin", "https://web.example.org"),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", METHODS),
            ("access-control-allow-headers", "content-type,x-api-token"),
            ("access-control-max-age", "600"),
            ("vary", "Origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
    }
    for (origin, method, words) in [
        ("https://evil.example", "GET", "Disallowed CORS origin"),
        ("https://web.example.org", "TRACE", "Disallowed CORS method"),
        ("null", "BREW", "Disallowed CORS origin, method"),
    ] {
        let asked = [("origin", origin), (WANTED, method)];
        let answer = server.connect().await.ask("OPTIONS", "/runs", &asked, "").await;
        assert_eq!((answer.status, answer.text.as_str()), (400, words));
        let is_named = !answer.header("access-control-allow-origin").is_empty();
        assert_eq!(is_named, origin == "https://web.example.org");
    }
}

#[tokio::test]
async fn pages_read_answers_if_their_origin_is_known() {
    let known = Server::start(settings()).await;
    let strict = Settings { has_published_origins: false, ..settings() };
    let strict = Server::start(strict).await;
    for (origin, by_default, if_strict) in [
        ("https://web.example.org", true, true),
        ("https://other.example.org:8443", true, true),
        ("https://other.example.org", false, false),
        ("https://api.codecarbon.io", true, false),
        ("https://dashboard.codecarbon.io", true, false),
        ("http://localhost", true, false),
        ("http://localhost:3000", true, false),
        ("http://localhost:8000", true, false),
        ("http://localhost:3001", false, false),
        ("https://evil.example", false, false),
        ("https://web.example.org.evil.example", false, false),
        ("http://web.example.org", false, false),
        ("null", false, false),
    ] {
        for (server, expected) in [(&known, by_default), (&strict, if_strict)] {
            for path in ["/", "/nowhere", "/organizations"] {
                let answer = server.get(path, &[("origin", origin)]).await;
                let told = if expected { origin } else { "" };
                assert_eq!(answer.header("access-control-allow-origin"), told, "{path}");
                assert_eq!(answer.header("access-control-allow-credentials"), "true");
                assert!(answer.status < 500);
            }
        }
    }
}

#[tokio::test]
async fn pages_of_others_may_not_ask_where_nobody_signs_in() {
    let server = Server::start(Settings::default()).await;
    for (origin, expected) in [
        ("http://localhost:3000", 200),
        ("https://dashboard.codecarbon.io", 400),
        ("https://api.codecarbon.io", 400),
    ] {
        let asked = [("origin", origin), (WANTED, "DELETE")];
        let answer = server.connect().await.ask("OPTIONS", "/projects/x", &asked, "").await;
        assert_eq!(answer.status, expected, "{origin}");
    }
}

#[tokio::test]
async fn every_answer_tells_a_browser_to_guess_frame_and_keep_nothing() {
    let server = Server::start(settings()).await;
    for path in ["/", "/nowhere", "/auth/login", "/organizations", "/v1/nowhere"] {
        let answer = server.get(path, &[]).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(answer.header("permissions-policy").contains("geolocation=()"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    assert_eq!(server.get("/", &[]).await.header("referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn a_name_that_was_made_to_lead_here_opens_nothing_where_nobody_signs_in() {
    let server = Server::start(Settings::default()).await;
    for (host, expected) in
        [("localhost:8008", 200), ("127.0.0.1", 200), ("[::1]:1", 200), ("evil.example:8008", 421)]
    {
        assert_eq!(server.get("/", &[("host", host)]).await.status, expected, "{host}");
    }
    let public_url = Some("https://carbon.example.org".to_owned());
    let server = Server::start(Settings { public_url, ..Settings::default() }).await;
    assert_eq!(server.get("/", &[("host", "carbon.example.org")]).await.status, 200);
    assert_eq!(server.get("/", &[("host", "evil.example")]).await.status, 421);
}
