//! What the server counts of itself, for Prometheus. Labels come from closed sets: templates of
//! routes, known methods, statuses; never ids, names or addresses.

mod listener;
mod process;
mod requests;
mod text;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{Method, StatusCode};

pub(crate) use listener::router;
pub(crate) use process::most_open_files;
use requests::Requests;
use text::{Kind, Text};

use crate::app::App;

/// The counts of one server.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: Requests,
    in_flight: AtomicI64,
    open: AtomicI64,
    connections: AtomicU64,
    turned_away: AtomicU64,
    held_back: [AtomicU64; 2],
    rows: AtomicU64,
    bulk_rows: AtomicU64,
    unavailable: AtomicU64,
    spans_sent: AtomicU64,
    spans_dropped: AtomicU64,
    chores: [AtomicU64; 2],
}

/// Why a request was held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldBack {
    /// Its address asks too often.
    Address,
    /// Its token does.
    Token,
}

/// One more of something, as long as it is kept.
#[derive(Debug)]
pub(crate) struct OneMore {
    app: App,
    of: fn(&Metrics) -> &AtomicI64,
}

impl Drop for OneMore {
    fn drop(&mut self) {
        (self.of)(self.app.metrics()).fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// A request has been answered; `route` is the template of its path.
    pub(crate) fn answered(
        &self,
        route: &str,
        method: &Method,
        status: StatusCode,
        took: Duration,
    ) {
        self.requests.add(route, method, status.as_u16(), took);
    }

    /// A client went away before its answer.
    pub(crate) fn broken_off(&self, route: &str, method: &Method, took: Duration) {
        self.requests.add(route, method, requests::BROKEN_OFF, took);
    }

    /// A connection was not served, because there are too many.
    pub(crate) fn turn_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }

    /// A request was held back.
    pub(crate) fn hold_back(&self, why: HeldBack) {
        self.held_back[why as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The store did not take or find something.
    pub(crate) fn store_unavailable(&self) {
        self.unavailable.fetch_add(1, Ordering::Relaxed);
    }

    /// Rows were stored, one or a few to a request.
    pub(crate) fn rows(&self, rows: usize) {
        self.rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    /// Rows were stored by a request of many.
    pub(crate) fn bulk_rows(&self, rows: usize) {
        self.bulk_rows.fetch_add(rows as u64, Ordering::Relaxed);
    }

    /// Spans were sent, or could not be.
    pub(crate) fn spans(&self, sent: u64, dropped: u64) {
        self.spans_sent.fetch_add(sent, Ordering::Relaxed);
        self.spans_dropped.fetch_add(dropped, Ordering::Relaxed);
    }

    /// A step of the upkeep was done, or failed.
    pub(crate) fn chore(&self, is_done: bool) {
        self.chores[usize::from(is_done)].fetch_add(1, Ordering::Relaxed);
    }
}

impl App {
    /// A request more in flight.
    pub(crate) fn one_more_request(&self) -> OneMore {
        self.one_more(|metrics| &metrics.in_flight)
    }

    /// A connection more.
    pub(crate) fn one_more_connection(&self) -> OneMore {
        self.metrics().connections.fetch_add(1, Ordering::Relaxed);
        self.one_more(|metrics| &metrics.open)
    }

    fn one_more(&self, of: fn(&Metrics) -> &AtomicI64) -> OneMore {
        of(self.metrics()).fetch_add(1, Ordering::Relaxed);
        OneMore { app: self.clone(), of }
    }

    /// All counts, in Prometheus' text format 0.0.4.
    pub(crate) fn metrics_text(&self) -> String {
        let of = self.metrics();
        let mut text = Text::default();
        let version = env!("CARGO_PKG_VERSION");
        text.family("codecarbon_server_build_info", Kind::Gauge, "What runs; always 1.");
        text.sample("codecarbon_server_build_info", &[("version", version)], 1.0);
        of.requests.write(&mut text);
        let gauges = [
            ("requests_in_flight", &of.in_flight, "Requests that are being answered."),
            ("connections_open", &of.open, "Connections of clients."),
        ];
        for (name, count, help) in gauges {
            text.single(name, Kind::Gauge, help, count.load(Ordering::Relaxed) as f64);
        }
        let counters = [
            ("connections_total", &of.connections, "Connections taken in."),
            (
                "connections_refused_total",
                &of.turned_away,
                "Connections for which there was no room.",
            ),
            ("rows_ingested_total", &of.rows, "Rows of emissions stored one to a request."),
            (
                "bulk_rows_ingested_total",
                &of.bulk_rows,
                "Rows of emissions stored many to a request.",
            ),
            (
                "store_unavailable_total",
                &of.unavailable,
                "Answers that the database or its disk had no room or time for.",
            ),
            ("spans_sent_total", &of.spans_sent, "Spans that the receiver of traces took."),
            ("spans_dropped_total", &of.spans_dropped, "Spans that it did not get or take."),
        ];
        for (name, count, help) in counters {
            text.single(name, Kind::Counter, help, count.load(Ordering::Relaxed) as f64);
        }
        let held_back = "codecarbon_server_requests_held_back_total";
        text.family(
            held_back,
            Kind::Counter,
            "Requests answered with 429, by whose rate was passed.",
        );
        for (by, count) in ["address", "token"].into_iter().zip(&of.held_back) {
            text.sample(held_back, &[("by", by)], count.load(Ordering::Relaxed) as f64);
        }
        let chores = "codecarbon_server_upkeep_steps_total";
        text.family(chores, Kind::Counter, "Steps of the upkeep in the background.");
        for (outcome, count) in ["failed", "done"].into_iter().zip(&of.chores) {
            text.sample(chores, &[("outcome", outcome)], count.load(Ordering::Relaxed) as f64);
        }
        let started_s = self.started().micros() as f64 / 1e6;
        let help = "When the process started, in seconds since 1970.";
        text.family("process_start_time_seconds", Kind::Gauge, help);
        text.sample("process_start_time_seconds", &[], started_s);
        if let Some(folder) = &self.settings().process {
            process::write(&mut text, folder);
        }
        text.finish()
    }
}
