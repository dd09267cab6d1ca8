//! Clients that send without a pause. Each request can be known again, is sent until it is answered
//! with 201, and never after that; what was answered is in a book.

#![expect(clippy::disallowed_methods, reason = "tests measure how long they wait")]

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use carbon_http::{Client, Method, Policy, Request};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::book::Book;
use crate::http::row;
use crate::sandbox::{PATIENCE, Server};

/// Clients at once.
const CLIENTS: usize = 8;

/// Rows of a request of many.
const MANY: usize = 40;

/// Pause before something is sent again.
const PAUSE: Duration = Duration::from_millis(3);

/// Where rows go.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) project: String,
    pub(crate) experiment: String,
    pub(crate) token: String,
    pub(crate) run: String,
}

impl Target {
    /// What a fresh server printed, and a run in it.
    pub(crate) fn of(server: &Server) -> Self {
        let (experiment, token) = (server.printed("experiment_id"), server.printed("api_key"));
        let run = server.http.run(&experiment, &token);
        Self { project: server.printed("project_id"), experiment, token, run }
    }
}

/// The clients.
pub(crate) struct Load {
    shared: Arc<Shared>,
    clients: Vec<JoinHandle<Book>>,
}

struct Shared {
    target: Target,
    /// The server, while there is one.
    url: Mutex<Option<String>>,
    is_over: AtomicBool,
    counts: Counts,
}

/// What came of all requests.
#[derive(Default)]
struct Counts {
    accepted: AtomicUsize,
    /// 503 with `Retry-After`.
    put_off: AtomicUsize,
    /// 507.
    without_room: AtomicUsize,
    unanswered: AtomicUsize,
    /// Answers that had all been stored before, by a request that was not answered.
    known: AtomicUsize,
    /// Longest time to an answer since it was last taken, in microseconds.
    slowest_us: AtomicU64,
}

impl Load {
    pub(crate) fn start(target: &Target) -> Self {
        let shared = Arc::new(Shared {
            target: target.clone(),
            url: Mutex::default(),
            is_over: AtomicBool::new(false),
            counts: Counts::default(),
        });
        let client = |_| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || Sender::new(shared).send_all())
        };
        let clients = (0..CLIENTS).map(client).collect();
        Self { shared, clients }
    }

    /// Sends to another server from now on, or to none.
    pub(crate) fn lead_to(&self, url: Option<&str>) {
        *self.shared.url.lock().unwrap() = url.map(str::to_owned);
    }

    /// Requests that were answered with 201.
    pub(crate) fn accepted(&self) -> usize {
        self.shared.counts.accepted.load(Ordering::SeqCst)
    }

    /// Answers with 503, each with `Retry-After`.
    pub(crate) fn put_off(&self) -> usize {
        self.shared.counts.put_off.load(Ordering::SeqCst)
    }

    /// Answers with 507.
    pub(crate) fn without_room(&self) -> usize {
        self.shared.counts.without_room.load(Ordering::SeqCst)
    }

    /// Longest time to an answer since this was last asked.
    pub(crate) fn slowest(&self) -> Duration {
        Duration::from_micros(self.shared.counts.slowest_us.swap(0, Ordering::SeqCst))
    }

    /// Waits until something holds; how long that took.
    pub(crate) fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) -> Duration {
        let begun = Instant::now();
        while !holds(self) {
            let is_alive = self.clients.iter().all(|client| !client.is_finished());
            assert!(is_alive && begun.elapsed() < PATIENCE, "{what}: {}", self.summary());
            std::thread::sleep(Duration::from_millis(1));
        }
        begun.elapsed()
    }

    /// What came of all requests, for people.
    pub(crate) fn summary(&self) -> String {
        let Counts { accepted, put_off, without_room, unanswered, known, .. } = &self.shared.counts;
        let count = |count: &AtomicUsize| count.load(Ordering::SeqCst);
        format!(
            "{} requests accepted, {} put off, {} without room, {} unanswered, {} known already",
            count(accepted),
            count(put_off),
            count(without_room),
            count(unanswered),
            count(known),
        )
    }

    /// Lets each client bring home what it has begun; all that was answered with 201.
    pub(crate) fn finish(self) -> Book {
        self.shared.is_over.store(true, Ordering::SeqCst);
        let books = self.clients.into_iter().map(|client| client.join().unwrap());
        books.reduce(Book::and).unwrap()
    }
}

/// One client.
struct Sender {
    shared: Arc<Shared>,
    client: Client,
    book: Book,
}

impl Sender {
    fn new(shared: Arc<Shared>) -> Self {
        let policy = Policy { proxies: false, total: PATIENCE, ..Policy::default() };
        Self { shared, client: Client::new(policy).unwrap(), book: Book::default() }
    }

    fn send_all(mut self) -> Book {
        for number in 0_u32.. {
            if self.shared.is_over.load(Ordering::SeqCst) {
                break;
            }
            match number % 16 {
                3 => self.send_run(),
                7 => self.send_many(number),
                _ => self.send_row(number),
            }
        }
        self.book
    }

    /// A row as the stock client sends it, known again by the header.
    fn send_row(&mut self, number: u32) {
        let (units, row) = measured(&self.shared.target.run, number);
        let id = self.bring("/emissions", &row);
        self.book.row(id.as_str().unwrap(), units);
    }

    /// A run, known again by the header.
    fn send_run(&mut self) {
        let experiment = &self.shared.target.experiment;
        let run = json!({ "timestamp": "2026-11-22T08:00:00Z", "experiment_id": experiment });
        let made = self.bring("/runs", &run);
        self.book.run(made["id"].as_str().unwrap());
    }

    /// Many rows, each known again by its id: all of them or none.
    fn send_many(&mut self, number: u32) {
        let rows = (0..MANY as u32).map(|place| {
            let (units, mut row) = measured(&self.shared.target.run, number * 31 + place);
            let id = Uuid::new_v4().to_string();
            row["id"] = id.as_str().into();
            (id, units, row)
        });
        let rows: Vec<_> = rows.collect();
        let body: Value = rows.iter().map(|(_, _, row)| row.clone()).collect();
        let answer = self.bring("/v1/emissions", &body);
        let (stored, known) = (&answer["stored"], &answer["repeated"]);
        let is_whole = *stored == MANY || *known == MANY;
        assert!(is_whole && stored.as_u64().unwrap() + known.as_u64().unwrap() == MANY as u64);
        if *known == MANY {
            self.shared.counts.known.fetch_add(1, Ordering::SeqCst);
        }
        for (id, units, _) in rows {
            self.book.row(&id, units);
        }
    }

    /// Sends something until it is accepted; what the answer says.
    fn bring(&self, path: &str, body: &Value) -> Value {
        let (key, body) = (Uuid::new_v4().to_string(), body.to_string());
        let counts = &self.shared.counts;
        loop {
            let Some(url) = self.shared.url.lock().unwrap().clone() else {
                std::thread::sleep(PAUSE);
                continue;
            };
            let url = format!("{url}{path}");
            let request =
                Request::with_body(Method::Post, &url, "application/json", body.as_bytes());
            let request = request.header("x-api-token", &self.shared.target.token);
            let request = request.header("idempotency-key", &key);
            let begun = Instant::now();
            let Ok(answer) = self.client.send(&request) else {
                counts.unanswered.fetch_add(1, Ordering::SeqCst);
                std::thread::sleep(PAUSE);
                continue;
            };
            counts.slowest_us.fetch_max(begun.elapsed().as_micros() as u64, Ordering::SeqCst);
            let retry = answer.headers.iter().find(|(name, _)| name == "retry-after");
            let retry = retry.and_then(|(_, seconds)| seconds.parse::<u32>().ok());
            match (answer.status, retry) {
                (201, _) => {
                    counts.accepted.fetch_add(1, Ordering::SeqCst);
                    return serde_json::from_slice(&answer.body).unwrap();
                }
                (503, Some(1..)) => counts.put_off.fetch_add(1, Ordering::SeqCst),
                (507, None) => counts.without_room.fetch_add(1, Ordering::SeqCst),
                (status, retry) => panic!("{path}: {status} {retry:?} {}", answer.text()),
            };
            std::thread::sleep(PAUSE);
        }
    }
}

/// A row somewhere in a day. Its energy is so many 1024ths of a kWh that sums are exact.
fn measured(run: &str, number: u32) -> (u32, Value) {
    let units = 1 + number.wrapping_mul(7_919) % 1_000;
    let mut row = row(run);
    row["energy_consumed"] = (f64::from(units) / 1_024.0).into();
    row["timestamp"] = format!("2026-11-22T{:02}:{:02}:10Z", number % 24, number % 60).into();
    (units, row)
}
