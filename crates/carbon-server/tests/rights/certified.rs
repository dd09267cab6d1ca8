//! The same with a certified provider, `oidc-provider` for Node (`certified.mjs`), which nobody here has
//! written: that it understands what it is asked, and that what it says is understood.
//!
//! `cargo xtask test` fetches it into `target/programs`. Where it cannot be had the test passes itself
//! over aloud, in CI it fails.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use axum::http::Method;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carbon_http::{Client, Policy, Request};
use carbon_server::settings::{Auth, Oidc, Settings};
use carbon_store::SecretText;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::support::{Sent, Server, encoded, of_query};

/// The provider; dropping it ends it.
struct Provider {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
    now_s: i64,
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    fn start() -> Option<Self> {
        let library = find()?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rights/certified.mjs");
        let mut command = Command::new("node");
        command.arg(script).arg(library).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("Node runs");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut provider = Self { child, lines, url: String::new(), now_s: 0 };
        let begun = provider.next();
        provider.url = format!("http://127.0.0.1:{}", begun["port"]);
        provider.now_s = begun["now_s"].as_i64().unwrap();
        Some(provider)
    }

    /// The next line that the script tells; the library warns in lines of its own.
    fn next(&mut self) -> Value {
        let mut told = self.lines.by_ref().map_while(Result::ok);
        told.find_map(|line| serde_json::from_str(&line).ok())
            .expect("the provider tells something")
    }

    fn settings(&self) -> Settings {
        let oidc = Oidc {
            well_known_url: format!("{}/.well-known/openid-configuration", self.url),
            client_id: "web".to_owned(),
            client_secret: Some(SecretText("the secret: +%&".to_owned())),
            audiences: vec!["codecarbon-cli".to_owned()],
            operators: vec!["root@example.org".to_owned()],
            authorities: None,
        };
        Settings { auth: Auth::Oidc(Box::new(oidc)), ..Settings::default() }
    }
}

/// Where the library is, or nothing after saying so.
fn find() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/programs/oidc");
    if folder.join("node_modules/oidc-provider/package.json").is_file() {
        return Some(folder);
    }
    #[expect(clippy::disallowed_methods, reason = "CI is where nothing may be skipped")]
    let must_be_there = std::env::var_os("CI").is_some();
    assert!(!must_be_there, "{} is missing", folder.display());
    #[expect(clippy::print_stdout, reason = "that a test was skipped must be seen")]
    {
        println!("skipped: {} is missing; cargo xtask test fetches it", folder.display());
    }
    None
}

/// A person who lets the provider lead them, with its cookies, until it sends them elsewhere.
fn walk(start: &str, provider: &Provider) -> String {
    let client = Client::new(Policy { proxies: false, ..Policy::default() }).unwrap();
    let (mut url, mut cookies) = (start.to_owned(), BTreeMap::<String, String>::new());
    for _ in 0..20 {
        if !url.starts_with(&provider.url) {
            return url;
        }
        let pairs: Vec<String> =
            cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let line = pairs.join("; ");
        let answer = client.send(&Request::get(&url).header("cookie", &line)).unwrap();
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            cookies.insert(name.to_owned(), value.to_owned());
        }
        cookies.retain(|_, value| !value.is_empty());
        let next = answer.header("location");
        let next = next.unwrap_or_else(|| panic!("{} {}", answer.status, answer.text()));
        url =
            if next.starts_with('/') { format!("{}{next}", provider.url) } else { next.to_owned() };
    }
    panic!("round and round: {url}")
}

/// The command line signs in, as it always does; its access token.
fn command_line(provider: &Provider) -> String {
    let verifier = "a-verifier-of-43-characters-or-more-as-it-must-be";
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    let redirect = "http://localhost:8090/callback";
    let question = encoded(&[
        ("response_type", "code"),
        ("client_id", "codecarbon-cli"),
        ("redirect_uri", redirect),
        ("scope", "openid offline_access"),
        ("prompt", "consent"),
        ("state", "s"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let back = walk(&format!("{}/auth?{question}", provider.url), provider);
    let form = encoded(&[
        ("grant_type", "authorization_code"),
        ("client_id", "codecarbon-cli"),
        ("code", &of_query(&back, "code").unwrap_or_else(|| panic!("a code in {back}"))),
        ("redirect_uri", redirect),
        ("code_verifier", verifier),
    ]);
    let client = Client::new(Policy { proxies: false, ..Policy::default() }).unwrap();
    let (url, media) = (format!("{}/token", provider.url), "application/x-www-form-urlencoded");
    let request = Request::with_body(carbon_http::Method::Post, &url, media, form.as_bytes());
    let answer = client.send(&request).unwrap();
    let tokens: Value = serde_json::from_slice(&answer.body).unwrap();
    tokens["access_token"].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned()
}

#[tokio::test]
async fn a_certified_provider_lets_browsers_and_commands_in() {
    let Some(mut provider) = Provider::start() else { return };
    let server = Server::start(provider.settings()).await;
    server.set_clock(provider.now_s);
    let mut browser = server.browser();
    let away = browser.get("/auth/login").await;
    let back = walk(away.header("location"), &provider);
    let path = back.strip_prefix("http://localhost:1").unwrap_or_else(|| panic!("{back}"));
    let answer = browser.get(path).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/home"), "{}", answer.text);
    assert_eq!(browser.email().await.as_deref(), Some("ada@example.org"));
    assert_eq!(browser.get("/organizations").await.body[0]["name"], "Ada");
    let bearer = format!("Bearer {}", command_line(&provider));
    let answer = server.get("/organizations", &[("authorization", &bearer)]).await;
    assert_eq!((answer.status, &answer.body[0]["name"]), (200, &Value::from("Ada")));
    let answer = browser.send(Method::POST, "/auth/logout", Sent::Nothing).await;
    assert_eq!((answer.status, browser.email().await), (204, None));
    let told = tokio::task::spawn_blocking(move || provider.next()).await.unwrap();
    assert!(told["revoked"].is_string(), "{told}");
}
