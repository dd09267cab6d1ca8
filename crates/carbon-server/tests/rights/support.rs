//! A server in this process over an empty store in memory, with a clock that tests move, and clients
//! of it: programs, and browsers that keep cookies.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use axum::response::Response;
use carbon_server::settings::{Auth, PasswordCost, Settings};
use carbon_server::{App, service};
use carbon_store::{Store, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

/// 2026-11-22T08:00:00Z, when a server starts.
pub(crate) const START_S: i64 = 1_795_334_400;

/// A password that is long enough.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The server.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) app: App,
    clock: Arc<AtomicI64>,
    service: BoxCloneSyncService<Request<Body>, Response, Infallible>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

/// What a request carries.
pub(crate) enum Sent<'a> {
    Nothing,
    Json(Value),
    Form(&'a [(&'a str, &'a str)]),
}

impl Answer {
    /// A text of the body.
    pub(crate) fn string(&self, key: &str) -> String {
        self.body[key].as_str().unwrap_or_else(|| panic!("{key} in {}", self.text)).to_owned()
    }

    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// What is told where something is refused.
    pub(crate) fn detail(&self) -> &str {
        self.body["detail"].as_str().unwrap_or_default()
    }
}

/// Settings with passwords that cost nothing.
pub(crate) fn local() -> Settings {
    let cost = PasswordCost { memory_kib: 8, passes: 1 };
    Settings { auth: Auth::Local(cost), ..Settings::default() }
}

impl Server {
    pub(crate) async fn start(settings: Settings) -> Self {
        Self::start_over(Store::open_memory().await.expect("a store in memory"), settings)
    }

    /// Over a store of the test's own.
    pub(crate) fn start_over(store: Store, settings: Settings) -> Self {
        let clock = Arc::new(AtomicI64::new(START_S * 1_000_000));
        let now = Arc::clone(&clock);
        let app =
            App::new(store, settings, move || Timestamp::from_micros(now.load(Ordering::SeqCst)));
        Self { service: BoxCloneSyncService::new(service(app.clone())), app, clock }
    }

    /// With passwords, and somebody who runs it.
    pub(crate) async fn set_up() -> (Self, Browser) {
        let server = Self::start(local()).await;
        let link = server.app.prepare_sign_in().await.unwrap().unwrap();
        let mut browser = server.browser();
        let token = link.0.split_once("token=").unwrap().1.to_owned();
        let who = [
            ("token", token.as_str()),
            ("email", "ada@example.org"),
            ("name", "Ada"),
            ("password", PASSWORD),
        ];
        let answer = browser.send(Method::POST, "/auth/setup", Sent::Form(&who)).await;
        assert_eq!((answer.status, answer.header("location")), (303, "/home"), "{}", answer.text);
        (server, browser)
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap();
        self.clock.fetch_add(micros, Ordering::SeqCst);
    }

    /// Sets the clock, to seconds since 1970.
    pub(crate) fn set_clock(&self, now_s: i64) {
        self.clock.store(now_s * 1_000_000, Ordering::SeqCst);
    }

    pub(crate) fn store(&self) -> &Store {
        self.app.store()
    }

    /// Somebody's browser, without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser { server: self.clone(), cookies: Vec::new() }
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.call(Method::GET, path, headers, Sent::Nothing).await
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        self.call(Method::POST, path, headers, Sent::Json(body)).await
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        sent: Sent<'_>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (media, body) = match sent {
            Sent::Nothing => ("", String::new()),
            Sent::Json(body) => ("application/json", body.to_string()),
            Sent::Form(pairs) => ("application/x-www-form-urlencoded", encoded(pairs)),
        };
        if !media.is_empty() {
            request = request.header("content-type", media);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let Ok(response) = self.service.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 24).await.expect("a whole body");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, text, body }
    }
}

/// A browser on a page of this server.
pub(crate) struct Browser {
    pub(crate) server: Server,
    cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Sent::Nothing).await
    }

    pub(crate) async fn send(&mut self, method: Method, path: &str, sent: Sent<'_>) -> Answer {
        self.send_from(&[("sec-fetch-site", "same-origin")], method, path, sent).await
    }

    /// Sends what some page or program makes it send.
    pub(crate) async fn send_from(
        &mut self,
        shown: &[(&str, &str)],
        method: Method,
        path: &str,
        sent: Sent<'_>,
    ) -> Answer {
        let cookie = self.cookie_line();
        let mut headers = shown.to_vec();
        if !cookie.is_empty() {
            headers.push(("cookie", &cookie));
        }
        let answer = self.server.call(method, path, &headers, sent).await;
        for line in answer.headers.get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split_once('=').unwrap();
            let value = value.split(';').next().unwrap_or_default().to_owned();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value));
            }
        }
        answer
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.send(Method::POST, "/auth/login", Sent::Json(body)).await
    }

    /// Who the server thinks that this is.
    pub(crate) async fn email(&mut self) -> Option<String> {
        let answer = self.get("/auth/check").await;
        answer.body["user"]["email"].as_str().map(str::to_owned)
    }

    pub(crate) fn cookie_line(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// A value of a query.
pub(crate) fn of_query(url: &str, wanted: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

/// What a form of a page sends along without being asked.
pub(crate) fn hidden(page: &str) -> Vec<(String, String)> {
    let plain =
        |text: &str| text.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    let fields = page.split("<input type=hidden name=\"").skip(1);
    fields
        .map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name.to_owned(), plain(rest.split_once('"').unwrap().0))
        })
        .collect()
}
