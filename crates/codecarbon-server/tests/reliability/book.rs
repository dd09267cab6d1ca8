//! What clients were told to be stored, and whether the server has exactly that.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::http::Http;
use crate::load::Target;

/// What was answered with 201.
#[derive(Default)]
pub(crate) struct Book {
    /// Energy of each row, in 1024ths of a kWh.
    rows: BTreeMap<String, u32>,
    runs: BTreeSet<String>,
}

impl Book {
    pub(crate) fn row(&mut self, id: &str, units: u32) {
        let before = self.rows.insert(id.to_owned(), units);
        assert_eq!(before, None, "one id for two rows");
    }

    pub(crate) fn run(&mut self, id: &str) {
        assert!(self.runs.insert(id.to_owned()), "one id for two runs");
    }

    pub(crate) fn and(mut self, other: Self) -> Self {
        self.rows.extend(other.rows);
        self.runs.extend(other.runs);
        self
    }

    /// Rows in it.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Each row and each run is there once, nothing else is, and all sums are theirs.
    pub(crate) fn assert_kept(&self, http: &Http, target: &Target) {
        let Target { project, run, .. } = target;
        let mut found = BTreeMap::new();
        for item in all(http, &format!("/v1/runs/{run}/emissions?order=asc&limit=2000")) {
            let units = item["energy_consumed"].as_f64().unwrap() * 1_024.0;
            let before = found.insert(item["id"].as_str().unwrap().to_owned(), units as u32);
            assert_eq!(before, None, "{item} is there twice");
        }
        let lost: Vec<_> = self.rows.keys().filter(|id| !found.contains_key(*id)).collect();
        assert!(lost.is_empty(), "{} of {} rows are lost: {lost:?}", lost.len(), self.len());
        assert_eq!(found, self.rows, "rows that nobody was told of");

        let mut runs = BTreeSet::new();
        for item in all(http, &format!("/v1/projects/{project}/runs?limit=1000")) {
            assert!(runs.insert(item["id"].as_str().unwrap().to_owned()), "{item} is there twice");
        }
        assert!(runs.remove(run));
        assert_eq!(runs, self.runs);

        let units: u32 = self.rows.values().sum();
        let whole = (self.rows.len() as u64, f64::from(units) / 1_024.0);
        let figures =
            |of: &Value| (of["rows"].as_u64().unwrap(), of["energy_kwh"].as_f64().unwrap());
        for scope in [format!("projects/{project}"), format!("runs/{run}")] {
            let sums = http.get(&format!("/v1/{scope}/sums"), &[]);
            assert_eq!(figures(&sums.body["total"]), whole, "{scope}: {}", sums.text);
            // Of days, of hours, and of single rows at the edges of hours.
            for width_s in [86_400, 3_600, 1_100] {
                let day = "start=2026-11-22&end=2026-11-23";
                let series = http.get(&format!("/v1/{scope}/series?{day}&width_s={width_s}"), &[]);
                let points = series.body["points"].as_array().unwrap().iter().map(figures);
                let sum = points.fold((0, 0.0), |sum, point| (sum.0 + point.0, sum.1 + point.1));
                assert_eq!(sum, whole, "{scope} each {width_s} s");
            }
        }
    }
}

/// All items of a list that comes in pages.
fn all(http: &Http, path: &str) -> Vec<Value> {
    let (mut items, mut after) = (Vec::new(), String::new());
    loop {
        let page = http.get(&format!("{path}{after}"), &[]);
        assert_eq!(page.status, 200, "{}", page.text);
        items.extend(page.body["items"].as_array().unwrap().iter().cloned());
        match page.body["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return items,
        }
    }
}
