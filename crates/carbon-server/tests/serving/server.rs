//! A server on free ports of loopback over an empty store in memory, with a clock that tests move.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use carbon_server::settings::Settings;
use carbon_server::stop::Stopper;
use carbon_server::tls::Tls;
use carbon_server::{App, Ended, Listeners, serve, stopper};
use carbon_store::{Store, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::wire::{Answer, Wire};

/// 2026-11-22T08:00:00Z, when a server starts.
const START_S: i64 = 1_795_334_400;

/// The server; it runs until it is stopped or the test ends.
pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) address: SocketAddr,
    pub(crate) metrics: SocketAddr,
    pub(crate) stopper: Stopper,
    running: JoinHandle<Ended>,
    clock: Arc<AtomicI64>,
}

impl Server {
    pub(crate) async fn start(settings: Settings) -> Self {
        Self::start_with(settings, None).await
    }

    pub(crate) async fn start_with(settings: Settings, tls: Option<Tls>) -> Self {
        let clock = Arc::new(AtomicI64::new(START_S * 1_000_000));
        let now = Arc::clone(&clock);
        let store = Store::open_memory().await.unwrap();
        let app =
            App::new(store, settings, move || Timestamp::from_micros(now.load(Ordering::SeqCst)));
        let (requests, metrics) = (listener().await, listener().await);
        let (address, watched) = (requests.local_addr().unwrap(), metrics.local_addr().unwrap());
        let (stopper, stopping) = stopper();
        let listeners = Listeners { requests, metrics: Some(metrics), tls };
        let running = tokio::spawn(serve(listeners, app.clone(), stopping));
        Self { app, address, metrics: watched, stopper, running, clock }
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> Wire {
        Wire::connect(self.address).await
    }

    /// The answer to a request on a connection of its own.
    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.connect().await.ask("GET", path, headers, "").await
    }

    /// What a watcher reads.
    pub(crate) async fn metrics(&self) -> String {
        Wire::connect(self.metrics).await.ask("GET", "/metrics", &[], "").await.text
    }

    /// The value of a sample, with its labels as they are written; 0 where there is none.
    pub(crate) async fn metric(&self, sample: &str) -> f64 {
        let text = self.metrics().await;
        let value = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().unwrap())
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.clock.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// Until it has ended.
    pub(crate) async fn ended(self) -> Ended {
        self.running.await.unwrap()
    }

    /// A run, and what writes into it.
    pub(crate) async fn lab(&self) -> Lab {
        let post = async |path: &str, headers: &[(&str, &str)], body: Value| {
            let answer = self.connect().await.post(path, headers, &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            answer.json()
        };
        let named = json!({ "name": "lab", "description": "" });
        let with = |key: &str, id: &Value| {
            let mut body = named.clone();
            body[key] = id["id"].clone();
            body
        };
        let organization = post("/organizations", &[], named.clone()).await;
        let project = post("/projects", &[], with("organization_id", &organization)).await;
        let experiment = post("/experiments", &[], with("project_id", &project)).await;
        let tokens = format!("/projects/{}/api-tokens", project["id"].as_str().unwrap());
        let token = post(&tokens, &[], json!({ "name": "t", "access": 3 })).await;
        let token = token["token"].as_str().unwrap().to_owned();
        let mut run = with("experiment_id", &experiment);
        run["timestamp"] = "2026-11-22T07:00:00Z".into();
        let run = post("/runs", &[("x-api-token", &token)], run).await;
        Lab { run: run["id"].as_str().unwrap().to_owned(), token }
    }
}

/// A run, and the token of its project.
pub(crate) struct Lab {
    pub(crate) run: String,
    pub(crate) token: String,
}

impl Lab {
    /// A row of the run.
    pub(crate) fn row(&self) -> Value {
        json!({
            "timestamp": "2026-11-22T07:01:00Z", "run_id": self.run, "duration": 60,
            "emissions_sum": 1e-6, "emissions_rate": 1e-8, "energy_consumed": 1e-5,
            "cpu_power": 10, "gpu_power": 0, "ram_power": 1,
            "cpu_energy": 1e-5, "gpu_energy": 0, "ram_energy": 0,
        })
    }
}

pub(crate) async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}
