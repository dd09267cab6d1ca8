//! A server in this process with a project to write into, and its answers.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use axum::response::Response;
use carbon_server::settings::Settings;
use carbon_server::{App, service};
use carbon_store::{Store, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;

/// 2026-11-22T08:00:00Z.
pub(crate) const NOW_S: i64 = 1_795_334_400;

/// A project of an organization, with an experiment and a token that writes.
#[derive(Clone)]
pub(crate) struct Lab {
    pub(crate) app: App,
    service: BoxCloneSyncService<Request<Body>, Response, Infallible>,
    clock: Arc<AtomicI64>,
    pub(crate) organization: String,
    pub(crate) project: String,
    pub(crate) experiment: String,
    pub(crate) token: String,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: Value,
}

impl Answer {
    /// A text of the body.
    pub(crate) fn text(&self, key: &str) -> String {
        self.body[key].as_str().unwrap_or_else(|| panic!("{key} in {}", self.body)).to_owned()
    }

    /// A number that a JSON pointer leads to.
    pub(crate) fn number(&self, pointer: &str) -> f64 {
        let found = self.body.pointer(pointer).and_then(Value::as_f64);
        found.unwrap_or_else(|| panic!("{pointer} in {}", self.body))
    }

    /// A text that a JSON pointer leads to.
    pub(crate) fn text_at(&self, pointer: &str) -> &str {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("{pointer} in {}", self.body))
    }

    /// The type and the place of the first flaw.
    pub(crate) fn flaw(&self) -> (String, String) {
        let flaw = &self.body["errors"][0];
        (flaw["type"].as_str().unwrap_or_default().to_owned(), flaw["loc"].to_string())
    }
}

/// A lab over an empty store in memory.
pub(crate) async fn lab() -> Lab {
    Lab::over(Store::open_memory().await.unwrap()).await
}

impl Lab {
    pub(crate) async fn over(store: Store) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW_S));
        let now = Arc::clone(&clock);
        let app = App::new(store, Settings::default(), move || {
            Timestamp::from_seconds(now.load(Ordering::SeqCst))
        });
        let service = BoxCloneSyncService::new(service(app.clone()));
        let empty = String::new;
        let (organization, project, experiment, token) = (empty(), empty(), empty(), empty());
        let mut lab = Self { app, service, clock, organization, project, experiment, token };
        let body = json!({ "name": "lab", "description": "" });
        lab.organization = lab.post("/organizations", body).await.text("id");
        lab.project = lab.make_project("translation").await;
        lab.experiment = lab.make_experiment("base").await;
        let path = format!("/projects/{}/api-tokens", lab.project);
        lab.token = lab.post(&path, json!({ "name": "t" })).await.text("token");
        lab
    }

    pub(crate) async fn make_project(&self, name: &str) -> String {
        let body = json!({ "name": name, "description": "", "organization_id": self.organization });
        self.post("/projects", body).await.text("id")
    }

    pub(crate) async fn make_experiment(&self, name: &str) -> String {
        let body = json!({ "name": name, "description": "", "project_id": self.project });
        self.post("/experiments", body).await.text("id")
    }

    /// A run that begins so many seconds before now, with what it says of itself.
    pub(crate) async fn make_run(&self, experiment: &str, ago_s: i64, facts: Value) -> String {
        let mut body = facts;
        body["timestamp"] = time(NOW_S - ago_s).into();
        body["experiment_id"] = experiment.into();
        let answer = self.write("/runs", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.text("id")
    }

    /// Sends rows in bulk, which all have to be new.
    pub(crate) async fn send_rows(&self, rows: &[Value]) {
        let answer = self.write("/v1/emissions", json!(rows)).await;
        assert_eq!((answer.status, &answer.body["stored"]), (201, &json!(rows.len())));
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], Vec::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.call(Method::POST, path, &headers, body.to_string()).await
    }

    /// Posts with the token of the project.
    pub(crate) async fn write(&self, path: &str, body: Value) -> Answer {
        let headers = [("content-type", "application/json"), ("x-api-token", &*self.token)];
        self.call(Method::POST, path, &headers, body.to_string()).await
    }

    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let response = self.ask(method, path, headers, body).await;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 26).await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes, body }
    }

    /// The answer before its body has come.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(path).header("host", "localhost:1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let Ok(response) = self.service.clone().oneshot(request.body(body.into()).unwrap()).await;
        response
    }

    /// Sets the clock of the server.
    pub(crate) fn set_clock(&self, now_s: i64) {
        self.clock.store(now_s, Ordering::SeqCst);
    }
}

/// A point in time as clients write it.
pub(crate) fn time(seconds: i64) -> String {
    let time = carbon_server::wire::Micros::from(Timestamp::from_seconds(seconds));
    time.utc()
}

/// A row of 10 s that ends at a time, with powers that follow from the energy.
pub(crate) fn row(run: &str, end_s: i64, energy_kwh: f64) -> Value {
    row_of(run, end_s, 10, energy_kwh)
}

/// A row of any length.
pub(crate) fn row_of(run: &str, end_s: i64, duration_s: i64, energy_kwh: f64) -> Value {
    let power_w = energy_kwh * 3.6e6 / duration_s as f64;
    json!({
        "timestamp": time(end_s),
        "run_id": run,
        "duration": duration_s,
        "emissions_sum": energy_kwh / 16.0,
        "emissions_rate": 0,
        "energy_consumed": energy_kwh,
        "cpu_power": power_w,
        "gpu_power": null,
        "ram_power": 0,
        "cpu_energy": energy_kwh,
        "gpu_energy": 0,
        "ram_energy": 0,
    })
}

/// Whether two numbers are the same up to rounding.
pub(crate) fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs()).max(1.0)
}
