//! What is to be sent and has not arrived yet: runs with their rows, on disk where possible.
//!
//! A process has one file of its own (or memory, where there is no place for one) and the files that
//! it took over. Rows are in the files; of each, memory holds where it stands and what it comes to.
//! Left out: sending, and when.

mod directory;
mod entry;
mod journal;
mod keep;
mod log;
mod shrink;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use carbon_api::EmissionIn;
use serde_json::json;
use uuid::Uuid;

pub(crate) use directory::Directory;
pub(crate) use entry::{RunHead, RunKey, Token};
pub(crate) use journal::{Journal, RunOfFile, Waiting, runs_of};
use log::Log;

/// How much a spool keeps, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpoolLimits {
    /// Bytes of all spool files of the user. Beyond, rows of a run are merged; what is still too much
    /// is given up, oldest runs first.
    pub bytes: u64,
    /// Age at which rows that still cannot be sent are given up.
    pub age: Duration,
}

impl Default for SpoolLimits {
    fn default() -> Self {
        Self { bytes: 64 << 20, age: Duration::from_hours(30 * 24) }
    }
}

/// A run that has rows, or that goes on in this process.
#[derive(Debug)]
pub(crate) struct RunState {
    pub(crate) head: RunHead,
    /// The id that the server gave it.
    pub(crate) server_id: Option<String>,
    /// Rows in the order in which they are sent, each with its journal.
    rows: VecDeque<(u32, Waiting)>,
    /// Whether it belongs to this process and has not ended.
    is_live: bool,
    /// Whether it is of no use to send it now.
    is_parked: bool,
    /// Why sending it failed last.
    fault: Option<String>,
}

/// Runs of one endpoint that can be sent, in the order in which they came.
#[derive(Debug, Default)]
struct Queue {
    /// Those for whose end somebody may wait; they go first.
    live: VecDeque<RunKey>,
    left: VecDeque<RunKey>,
}

/// How much there is of something.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Amount {
    /// Rows.
    pub rows: usize,
    /// kWh, PUE included.
    pub energy_kwh: f64,
    /// kg CO2e.
    pub emissions_kg: f64,
}

impl Amount {
    pub(crate) fn of<'a>(rows: impl IntoIterator<Item = &'a Waiting>) -> Self {
        rows.into_iter().fold(Self::default(), |sum, row| Self {
            rows: sum.rows + 1,
            energy_kwh: sum.energy_kwh + row.energy_kwh,
            emissions_kg: sum.emissions_kg + row.emissions_kg,
        })
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            energy_kwh: self.energy_kwh + other.energy_kwh,
            emissions_kg: self.emissions_kg + other.emissions_kg,
        }
    }
}

impl fmt::Display for Amount {
    /// "1 record (0.250 J)", "12 records (1.500 kWh)".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let records = if self.rows == 1 { "record" } else { "records" };
        let (energy, unit) = match self.energy_kwh {
            kwh if kwh >= 0.001 => (kwh, "kWh"),
            kwh => (kwh * 3.6e6, "J"),
        };
        write!(f, "{} {records} ({energy:.3} {unit})", self.rows)
    }
}

/// The spool of a process.
#[derive(Debug)]
pub(crate) struct Spool {
    path: Option<PathBuf>,
    limits: SpoolLimits,
    directory: Option<Directory>,
    /// Why nothing is kept on disk.
    volatile_because: Option<String>,
    journals: BTreeMap<u32, Journal>,
    next_journal: u32,
    /// The journal to which new rows go.
    own: Option<u32>,
    /// Whether a file could not be made for the present runs.
    is_file_refused: bool,
    /// Size of that journal at which its limit is looked at again.
    next_look: u64,
    /// Runs that have rows or go on.
    runs: HashMap<RunKey, RunState>,
    /// Of each endpoint, the runs that have rows and are not parked.
    queues: BTreeMap<String, Queue>,
    sinks: usize,
    /// What the user should hear, once.
    news: Vec<String>,
    said_volatile: bool,
}

impl Spool {
    /// A spool in a directory, or in memory without one. Nothing is touched yet.
    pub(crate) fn new(path: Option<&Path>, limits: SpoolLimits) -> Self {
        Self {
            path: path.map(Path::to_owned),
            limits,
            directory: None,
            volatile_because: None,
            journals: BTreeMap::new(),
            next_journal: 0,
            own: None,
            is_file_refused: false,
            next_look: 0,
            runs: HashMap::new(),
            queues: BTreeMap::new(),
            sinks: 0,
            news: Vec::new(),
            said_volatile: false,
        }
    }

    /// A run of this process begins.
    pub(crate) fn attach(&mut self) {
        self.sinks += 1;
    }

    /// A run of this process has ended; one without a key never had a row.
    pub(crate) fn detach(&mut self, key: Option<&RunKey>) {
        self.sinks = self.sinks.saturating_sub(1);
        if let Some(key) = key {
            self.dequeue(key);
            if let Some(run) = self.runs.get_mut(key) {
                run.is_live = false;
            }
            self.enqueue(key);
            self.tidy_run(key);
        }
        self.tidy_own();
    }

    /// Whether runs go on that have no file yet and could have one.
    pub(crate) fn wants_file(&self) -> bool {
        self.sinks > 0 && self.own.is_none() && self.path.is_some() && !self.is_file_refused
    }

    /// A file that was made outside; it is removed again if there is one by now.
    pub(crate) fn offer(&mut self, made: io::Result<(Directory, Log)>) {
        match made {
            Ok((directory, log)) if self.wants_file() => {
                self.directory = Some(directory);
                self.own = Some(self.insert(Journal::new(log)));
            }
            Ok((_, log)) => log.remove(),
            // The first row will try again and say what is wrong.
            Err(_) => self.is_file_refused = true,
        }
    }

    /// Lets go of the files when no run writes to them.
    pub(crate) fn let_go(&mut self) {
        if self.sinks == 0 {
            self.abandon();
        }
    }

    /// Lets go of everything without touching a file; for a forked child.
    pub(crate) fn abandon(&mut self) {
        self.journals.clear();
        self.runs.clear();
        self.queues.clear();
        self.own = None;
    }

    /// Makes a file in a directory, which is made too if need be.
    ///
    /// # Errors
    /// Nothing can be kept there.
    pub(crate) fn make_file(path: &Path) -> io::Result<(Directory, Log)> {
        let directory = Directory::open(path)?;
        let log = directory.create()?;
        Ok((directory, log))
    }

    /// Keeps a row until it has arrived.
    pub(crate) fn put(&mut self, head: &RunHead, row: &EmissionIn, at_unix_s: f64) {
        let server_id = self.runs.get(&head.key).and_then(|run| run.server_id.clone());
        let own = self.own();
        let add = |spool: &mut Self, own| {
            let journal: Option<&mut Journal> = spool.journals.get_mut(&own);
            let journal = journal.ok_or(io::ErrorKind::NotFound)?;
            journal.add(head, server_id.as_deref(), row, at_unix_s)
        };
        let (own, added) = match add(self, own) {
            Err(error) => {
                let own = self.go_volatile(&error);
                (own, add(self, own))
            }
            added => (own, added),
        };
        // Memory takes every row.
        let Ok(waiting) = added else { return };
        if !self.run_mut(head).is_live {
            // One that was taken over goes on here.
            self.dequeue(&head.key);
            self.run_mut(head).is_live = true;
            self.enqueue(&head.key);
        }
        let run = self.run_mut(head);
        run.rows.push_back((own, waiting));
        if run.rows.len() == 1 {
            self.enqueue(&head.key);
        }
        self.look_at_size(own);
    }

    /// The first row of a run, with its key.
    ///
    /// # Errors
    /// It cannot be read back; then it is given up.
    pub(crate) fn first_row(&mut self, key: &RunKey, at_unix_s: f64) -> Option<(Uuid, EmissionIn)> {
        loop {
            let (journal, waiting) = self.runs.get(key)?.rows.front()?.clone();
            let row = self.journals.get(&journal).map(|journal| journal.row(waiting.place));
            if let Some(Ok(row)) = row {
                return Some((waiting.id, row));
            }
            self.done(key, waiting.id);
            let why = "it cannot be read back from the spool";
            self.give_up(key, Amount::of([&waiting]), why, at_unix_s);
        }
    }

    /// Notes the id that the server gave a run.
    pub(crate) fn registered(&mut self, key: &RunKey, server_id: &str) {
        let Some(run) = self.runs.get_mut(key) else { return };
        run.server_id = Some(server_id.to_owned());
        let journals: Vec<u32> = run.rows.iter().map(|(journal, _)| *journal).collect();
        for (id, journal) in &mut self.journals {
            if journals.contains(id) {
                journal.registered(key, server_id);
            }
        }
    }

    /// Notes that a row needs no sending any more.
    pub(crate) fn done(&mut self, key: &RunKey, row: Uuid) {
        let Some(run) = self.runs.get_mut(key) else { return };
        run.fault = None;
        let Some(i) = run.rows.iter().position(|(_, waiting)| waiting.id == row) else { return };
        let Some((journal, waiting)) = run.rows.remove(i) else { return };
        if run.rows.is_empty() {
            self.dequeue(key);
        }
        if let Some(journal) = self.journals.get_mut(&journal) {
            journal.done(waiting.id);
        }
        self.tidy_journal(journal);
        self.tidy_run(key);
    }

    /// Notes why sending a run failed; only written when it is news.
    pub(crate) fn fault(&mut self, key: &RunKey, why: &str, at_unix_s: f64) {
        let Some(run) = self.runs.get_mut(key) else { return };
        if run.fault.as_deref() == Some(why) {
            return;
        }
        run.fault = Some(why.to_owned());
        let journal = run.rows.front().map(|(journal, _)| *journal);
        if let Some(journal) = journal.and_then(|id| self.journals.get_mut(&id)) {
            journal.fault(key, at_unix_s, why);
        }
    }

    /// Takes over the runs of a file whose program ended before it could send them.
    pub(crate) fn adopt(
        &mut self,
        directory: &Directory,
        (journal, runs): (Journal, Vec<RunOfFile>),
        at_unix_s: f64,
    ) {
        self.directory.get_or_insert_with(|| directory.clone());
        let id = self.insert(journal);
        for run in runs {
            let state = self.run_mut(&run.head);
            state.server_id = state.server_id.take().or(run.server_id);
            state.fault = state.fault.take().or(run.fault.map(|(_, why)| why));
            let is_new = state.rows.is_empty();
            state.rows.extend(run.rows.into_iter().map(|row| (id, row)));
            if is_new {
                self.enqueue(&run.head.key);
            }
        }
        if self.journals.get(&id).is_some_and(|journal| journal.len() > self.limits.bytes / 64) {
            self.fit(id, u64::MAX, at_unix_s);
        }
    }

    /// Puts a row aside that the server takes for invalid.
    pub(crate) fn set_aside(&mut self, key: &RunKey, row: Uuid, why: &str, at_unix_s: f64) {
        let content = self.first_row(key, at_unix_s).filter(|(id, _)| *id == row);
        let line = json!({
            "what": "refused", "at_unix_s": at_unix_s, "why": why, "run_id": key.run_id,
            "endpoint": key.endpoint, "row": content.map(|(_, row)| row),
        });
        let place = self.write_aside(&line.to_string());
        self.news.push(format!("api: {why}; one record is set aside{place}, the others go on"));
        self.done(key, row);
    }

    /// Gives up what is older than the limit and goes to this endpoint, which just failed.
    pub(crate) fn expire(&mut self, endpoint: &str, now_unix_s: f64) {
        let before = now_unix_s - self.limits.age.as_secs_f64();
        let too_old = |run: &RunState| -> Vec<Waiting> {
            let rows = run.rows.iter().map(|(_, row)| row);
            rows.filter(|row| row.at_unix_s < before).cloned().collect()
        };
        let expired: Vec<(RunKey, Vec<Waiting>)> = self
            .runs
            .iter()
            .filter(|(key, _)| key.endpoint == endpoint)
            .map(|(key, run)| (key.clone(), too_old(run)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect();
        for (key, rows) in expired {
            for row in &rows {
                self.done(&key, row.id);
            }
            let days = self.limits.age.as_secs() / 86_400;
            let why = format!("they could not be sent for {days} days");
            self.give_up(&key, Amount::of(&rows), &why, now_unix_s);
        }
    }

    /// Endpoints to which runs can be sent.
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = &str> {
        self.queues.keys().map(String::as_str)
    }

    /// The run that is to be sent next to an endpoint: those of this process that go on come first.
    pub(crate) fn next_run(&self, endpoint: &str) -> Option<&RunState> {
        let queue = self.queues.get(endpoint)?;
        self.runs.get(queue.live.front().or_else(|| queue.left.front())?)
    }

    /// Keeps a run without sending it.
    pub(crate) fn park(&mut self, key: &RunKey) {
        self.dequeue(key);
        if let Some(run) = self.runs.get_mut(key) {
            run.is_parked = true;
        }
    }

    /// A run.
    pub(crate) fn run(&self, key: &RunKey) -> Option<&RunState> {
        self.runs.get(key)
    }

    /// Signs a run with another token.
    pub(crate) fn sign(&mut self, key: &RunKey, token: &Token) {
        if let Some(run) = self.runs.get_mut(key) {
            run.head.token = Some(token.clone());
        }
    }

    /// Has the runs of an endpoint sent again that were kept without.
    pub(crate) fn unpark_all(&mut self, endpoint: &str) {
        let here = |(key, run): (&RunKey, &mut RunState)| {
            (key.endpoint == endpoint && std::mem::take(&mut run.is_parked)).then(|| key.clone())
        };
        let keys: Vec<RunKey> = self.runs.iter_mut().filter_map(here).collect();
        for key in &keys {
            self.enqueue(key);
        }
    }

    /// Keeps all runs of an endpoint without sending them.
    pub(crate) fn park_all(&mut self, endpoint: &str) {
        let here = |key: &&RunKey| key.endpoint == endpoint;
        let keys: Vec<RunKey> = self.runs.keys().filter(here).cloned().collect();
        for key in &keys {
            self.park(key);
        }
    }

    /// All runs that have rows.
    pub(crate) fn runs_with_rows(&self) -> impl Iterator<Item = &RunState> {
        self.runs.values().filter(|run| !run.rows.is_empty())
    }

    /// Why nothing is kept on disk, if that is so.
    pub(crate) fn volatile_because(&self) -> Option<&str> {
        match (&self.volatile_because, &self.path) {
            (Some(why), _) => Some(why),
            (None, None) => Some("there is no directory to keep them in, or api_spool is off"),
            (None, Some(_)) => None,
        }
    }

    /// What waits of a run on disk, and what only in memory.
    pub(crate) fn amounts(&self, key: &RunKey) -> (Amount, Amount) {
        let is_kept = |id: &u32| self.journals.get(id).is_some_and(Journal::is_on_disk);
        let rows = || self.runs.get(key).into_iter().flat_map(|run| &run.rows);
        let amount = |kept: bool| {
            Amount::of(rows().filter(|(id, _)| is_kept(id) == kept).map(|(_, row)| row))
        };
        (amount(true), amount(false))
    }

    /// Where files are kept.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What the user should hear and has not heard.
    pub(crate) fn take_news(&mut self) -> Vec<String> {
        std::mem::take(&mut self.news)
    }

    /// Adds something that the user should hear.
    pub(crate) fn tell(&mut self, news: String) {
        self.news.push(news);
    }

    fn run_mut(&mut self, head: &RunHead) -> &mut RunState {
        self.runs.entry(head.key.clone()).or_insert_with(|| RunState {
            head: head.clone(),
            server_id: None,
            rows: VecDeque::new(),
            is_live: false,
            is_parked: false,
            fault: None,
        })
    }

    /// Puts a run into its queue, if it can be sent.
    fn enqueue(&mut self, key: &RunKey) {
        let Some(run) = self.runs.get(key) else { return };
        if !run.rows.is_empty() && !run.is_parked {
            let queue = self.queues.entry(key.endpoint.clone()).or_default();
            let queue = if run.is_live { &mut queue.live } else { &mut queue.left };
            queue.push_back(key.clone());
        }
    }

    /// Takes a run out of its queue, in which it is nearly always among the first.
    fn dequeue(&mut self, key: &RunKey) {
        let is_live = self.runs.get(key).is_some_and(|run| run.is_live);
        let Some(queue) = self.queues.get_mut(&key.endpoint) else { return };
        let runs = if is_live { &mut queue.live } else { &mut queue.left };
        if let Some(i) = runs.iter().position(|other| other == key) {
            runs.remove(i);
        }
        if queue.live.is_empty() && queue.left.is_empty() {
            self.queues.remove(&key.endpoint);
        }
    }
}

impl RunState {
    /// Whether rows of it wait.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.rows.is_empty()
    }

    /// Whether it is kept without being sent.
    pub(crate) fn is_parked(&self) -> bool {
        self.is_parked
    }

    /// Why sending it failed last.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// What waits of it.
    pub(crate) fn amount(&self) -> Amount {
        Amount::of(self.rows.iter().map(|(_, row)| row))
    }
}
