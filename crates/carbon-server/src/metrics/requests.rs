//! Requests by route, method and status, and how long they took by route and method.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;

use super::text::{Kind, Text};

/// Stands for the status of a request whose client went away.
pub(super) const BROKEN_OFF: u16 = 499;

/// Upper ends of the buckets, in seconds: from what an empty answer costs to what is given up.
const BOUNDS_S: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

const TOTAL: &str = "codecarbon_server_requests_total";
const SECONDS: &str = "codecarbon_server_request_duration_seconds";

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Requests(Mutex<HashMap<Box<str>, Vec<OfMethod>>>);

#[derive(Debug)]
struct OfMethod {
    method: &'static str,
    statuses: Vec<(u16, u64)>,
    buckets: [u64; BOUNDS_S.len()],
    count: u64,
    seconds: f64,
}

impl Requests {
    pub(super) fn add(&self, route: &str, method: &Method, status: u16, took: Duration) {
        let method = known(method);
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !routes.contains_key(route) {
            routes.insert(route.into(), Vec::new());
        }
        let Some(methods) = routes.get_mut(route) else { return };
        let at = methods.iter().position(|of| of.method == method).unwrap_or_else(|| {
            methods.push(OfMethod::new(method));
            methods.len() - 1
        });
        methods[at].add(status, took.as_secs_f64());
    }

    pub(super) fn write(&self, text: &mut Text) {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<_> =
            routes.iter().map(|(route, methods)| (&**route, methods)).collect();
        sorted.sort_by_key(|(route, _)| *route);
        text.family(
            TOTAL,
            Kind::Counter,
            "Requests that were answered; 499 where the client left.",
        );
        for (route, of) in each(&sorted) {
            for (status, count) in &of.statuses {
                let status = status.to_string();
                let labels = [("route", route), ("method", of.method), ("status", &status)];
                text.sample(TOTAL, &labels, *count as f64);
            }
        }
        text.family(SECONDS, Kind::Histogram, "Time to the head of the answer.");
        for (route, of) in each(&sorted) {
            let labels = [("route", route), ("method", of.method)];
            let mut below = 0;
            for (bound, count) in BOUNDS_S.iter().zip(of.buckets) {
                below += count;
                text.bucket(SECONDS, &labels, *bound, below);
            }
            text.bucket(SECONDS, &labels, f64::INFINITY, of.count);
            text.sample(&format!("{SECONDS}_sum"), &labels, of.seconds);
            text.sample(&format!("{SECONDS}_count"), &labels, of.count as f64);
        }
    }
}

fn each<'a>(
    routes: &'a [(&'a str, &'a Vec<OfMethod>)],
) -> impl Iterator<Item = (&'a str, &'a OfMethod)> {
    routes.iter().flat_map(|(route, methods)| methods.iter().map(move |of| (*route, of)))
}

impl OfMethod {
    fn new(method: &'static str) -> Self {
        Self { method, statuses: Vec::new(), buckets: [0; _], count: 0, seconds: 0.0 }
    }

    fn add(&mut self, status: u16, seconds: f64) {
        match self.statuses.iter_mut().find(|(known, _)| *known == status) {
            Some((_, count)) => *count += 1,
            None => self.statuses.push((status, 1)),
        }
        if let Some(at) = BOUNDS_S.iter().position(|bound| seconds <= *bound) {
            self.buckets[at] += 1;
        }
        self.count += 1;
        self.seconds += seconds;
    }
}

/// Anybody may invent methods, so all unknown ones are one.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    KNOWN.into_iter().find(|known| method.as_str() == *known).unwrap_or("other")
}
