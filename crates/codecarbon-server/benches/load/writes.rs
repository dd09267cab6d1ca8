//! Rows and runs coming in.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::bodies::{self, Lines};
use crate::connections::{Answers, Request, Until};
use crate::plant::{EXPERIMENTS, PROJECTS, Planted, RUNS_OF_PROJECT};
use crate::{Bench, Figure};

/// Connections of single rows and runs.
const MANY: usize = 64;

/// Connections of bulk requests.
const FEW: usize = 4;

/// Rows of a bulk request.
const BULK: usize = 10_000;

impl Bench<'_> {
    pub(crate) fn writes(&self) {
        let slice = Until::Time(self.effort.slice);
        let rate: Figure = Answers::per_second;
        let p99: Figure = |answers| answers.percentile_ms(99);
        let single = single_rows(Rc::clone(&self.planted));
        self.load(&[("emissions", rate), ("emissions p99", p99)], MANY, slice, 1, &single);
        let runs = runs(Rc::clone(&self.planted));
        self.load(&[("runs", rate)], MANY, slice, 1, &runs);
        let per_run = (self.effort.rows / (PROJECTS * RUNS_OF_PROJECT)).max(1);
        let rows = per_run * PROJECTS * RUNS_OF_PROJECT;
        let bulk = bulk(Rc::clone(&self.planted), per_run);
        let rows_rate: Figure = |answers| answers.per_second() * BULK as f64;
        let count = Until::Count(rows / BULK);
        self.load(&[("bulk", rows_rate)], FEW, count, BULK, &bulk);
        let long = long_run(Rc::clone(&self.planted));
        let count = Until::Count(self.effort.long_run_rows / BULK);
        self.load(&[("bulk of one run", rows_rate)], FEW, count, BULK, &long);
    }
}

/// Each connection writes to many runs in turn.
fn single_rows(planted: Rc<Planted>) -> Request {
    let body = RefCell::new(Vec::new());
    Rc::new(move |connection, own, text| {
        let run = planted.single.runs[(connection * 31 + own) % RUNS_OF_PROJECT];
        let mut body = body.borrow_mut();
        body.clear();
        bodies::row(&mut body, run, planted.start_s + own as i64);
        bodies::post(text, "/emissions", "application/json", &planted.single.token, &body);
    })
}

fn runs(planted: Rc<Planted>) -> Request {
    let body = RefCell::new(Vec::new());
    Rc::new(move |connection, _, text| {
        let mut body = body.borrow_mut();
        body.clear();
        bodies::run(&mut body, planted.single.experiments[connection % EXPERIMENTS]);
        bodies::post(text, "/runs", "application/json", &planted.single.token, &body);
    })
}

/// As many rows for each run, a row each 50 s. Runs start over eighty days, in an order that is not
/// that of their projects, and requests go to one project after another.
fn bulk(planted: Rc<Planted>, per_run: usize) -> Request {
    let (lines, next) = (RefCell::new(Lines::new(BULK)), Cell::new(0));
    let names: Vec<String> = planted.runs.iter().map(ToString::to_string).collect();
    Rc::new(move |_, _, text| {
        let number = next.replace(next.get() + 1);
        let (project, part) = (number % PROJECTS, number / PROJECTS);
        let mut lines = lines.borrow_mut();
        for index in 0..lines.rows() {
            let row = part * BULK + index;
            let run = project * RUNS_OF_PROJECT + row / per_run % RUNS_OF_PROJECT;
            let start_s = planted.start_s + (run * 7_919 % names.len() * 55 * 60) as i64;
            let second = start_s + (row % per_run * 50) as i64;
            lines.set(index, &names[run], &time(second));
        }
        let token = &planted.tokens[project];
        bodies::post(text, "/v1/emissions", "application/x-ndjson", token, &lines.body);
    })
}

/// A row a second for the last run of the last project.
fn long_run(planted: Rc<Planted>) -> Request {
    let (lines, next) = (RefCell::new(Lines::new(BULK)), Cell::new(0));
    Rc::new(move |_, _, text| {
        let first = next.replace(next.get() + BULK);
        let mut lines = lines.borrow_mut();
        let run = planted.runs.last().unwrap().to_string();
        for index in 0..lines.rows() {
            lines.set(index, &run, &time(planted.start_s + (first + index) as i64));
        }
        let token = planted.tokens.last().unwrap();
        bodies::post(text, "/v1/emissions", "application/x-ndjson", token, &lines.body);
    })
}

fn time(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap().to_string()
}
