//! One spool file: the runs and rows that were written to it, and those that are not done.

use std::collections::{HashMap, HashSet};
use std::io;

use carbon_api::EmissionIn;
use uuid::Uuid;

use super::entry::{Entry, RunHead, RunKey, read_all};
use super::log::Log;

/// Where a row stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) at: u64,
    pub(crate) len: u32,
}

/// What is kept in memory of a row that waits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) place: Place,
    pub(crate) at_unix_s: f64,
    pub(crate) energy_kwh: f64,
    pub(crate) emissions_kg: f64,
}

/// A run of a file, with its rows that are not done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunOfFile {
    pub(crate) head: RunHead,
    pub(crate) server_id: Option<String>,
    pub(crate) rows: Vec<Waiting>,
    /// Why sending failed last, and when.
    pub(crate) fault: Option<(f64, String)>,
}

/// An open spool file, or its like in memory.
#[derive(Debug)]
pub(crate) struct Journal {
    log: Log,
    numbers: HashMap<RunKey, u32>,
    next_number: u32,
    waiting: usize,
}

impl Journal {
    /// An empty one.
    pub(crate) fn new(log: Log) -> Self {
        Self { log, numbers: HashMap::new(), next_number: 0, waiting: 0 }
    }

    /// One that somebody else has written, and the runs of it that still have rows. A torn end is
    /// cut off.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(crate) fn load(mut log: Log) -> io::Result<(Self, Vec<RunOfFile>)> {
        let bytes = log.read(0, u32::try_from(log.len()).unwrap_or(u32::MAX))?;
        let (runs, numbers, end) = runs_of(&bytes);
        if end < log.len() {
            log.cut(end)?;
        }
        let next_number = numbers.values().max().map_or(0, |last| last + 1);
        let waiting = runs.iter().map(|run| run.rows.len()).sum();
        Ok((Self { log, numbers, next_number, waiting }, runs))
    }

    /// Appends a row, and before it what is not yet known in this file of its run.
    ///
    /// # Errors
    /// Nothing was written.
    pub(crate) fn add(
        &mut self,
        head: &RunHead,
        server_id: Option<&str>,
        row: &EmissionIn,
        at_unix_s: f64,
    ) -> io::Result<Waiting> {
        let mut lines = Vec::with_capacity(1024);
        let known = self.numbers.get(&head.key).copied();
        let number = known.unwrap_or(self.next_number);
        if known.is_none() {
            Entry::Run { number, head: head.clone() }.write(&mut lines);
            if let Some(server_id) = server_id {
                let server_id = server_id.to_owned();
                Entry::Registered { number, server_id }.write(&mut lines);
            }
        }
        let mut waiting = waiting(row, at_unix_s);
        let row = Entry::Row { number, at_unix_s, row: row.clone() };
        let (offset, len) = row.write(&mut lines);
        let start = self.log.append(&lines)?;
        if known.is_none() {
            self.numbers.insert(head.key.clone(), number);
            self.next_number = number + 1;
        }
        self.waiting += 1;
        waiting.place = Place { at: start + offset as u64, len: len as u32 };
        Ok(waiting)
    }

    /// The row at a place.
    ///
    /// # Errors
    /// It cannot be read, or is no longer what was written.
    pub(crate) fn row(&self, place: Place) -> io::Result<EmissionIn> {
        match Entry::read(&self.log.read(place.at, place.len)?) {
            Some(Entry::Row { row, .. }) => Ok(row),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Notes the id that the server gave a run.
    pub(crate) fn registered(&mut self, key: &RunKey, server_id: &str) {
        if let Some(number) = self.numbers.get(key) {
            self.note(&Entry::Registered { number: *number, server_id: server_id.to_owned() });
        }
    }

    /// Notes that a row needs no sending any more.
    pub(crate) fn done(&mut self, row: Uuid) {
        self.note(&Entry::Done { row: row.to_string() });
        self.waiting = self.waiting.saturating_sub(1);
    }

    /// Notes why sending a run failed.
    pub(crate) fn fault(&mut self, key: &RunKey, at_unix_s: f64, why: &str) {
        if let Some(number) = self.numbers.get(key) {
            self.note(&Entry::Fault { number: *number, at_unix_s, why: why.to_owned() });
        }
    }

    /// Whether nothing waits in it.
    pub(crate) fn is_drained(&self) -> bool {
        self.waiting == 0
    }

    /// Its bytes.
    pub(crate) fn len(&self) -> u64 {
        self.log.len()
    }

    /// Whether it survives this process.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.log.path().is_some()
    }

    /// Forgets what is done; only for one in which nothing waits.
    pub(crate) fn clear(&mut self) {
        if self.waiting == 0 && self.log.cut(0).is_ok() {
            self.numbers.clear();
        }
    }

    /// The same content in another place.
    pub(crate) fn moved_to(self, log: Log) -> Self {
        Self { log, ..self }
    }

    /// The log, to replace or remove it.
    pub(crate) fn into_log(self) -> Log {
        self.log
    }

    /// The log, to look at.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// A remark that is lost when the disk is full: then the row is sent once more, under the same
    /// key, and the server counts it once.
    fn note(&mut self, entry: &Entry) {
        let mut line = Vec::new();
        entry.write(&mut line);
        let _ = self.log.append(&line);
    }
}

/// What is kept in memory of a row; a row without an id of its own gets one.
fn waiting(row: &EmissionIn, at_unix_s: f64) -> Waiting {
    let id = row.id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    Waiting {
        id: id.unwrap_or_else(Uuid::new_v4),
        place: Place { at: 0, len: 0 },
        at_unix_s,
        energy_kwh: row.energy_consumed.unwrap_or(0.0),
        emissions_kg: row.emissions_sum.unwrap_or(0.0),
    }
}

/// The runs of a file that have rows which are not done, the numbers of all its runs, and where its
/// last whole line ends.
pub(crate) fn runs_of(bytes: &[u8]) -> (Vec<RunOfFile>, HashMap<RunKey, u32>, u64) {
    let (entries, end) = read_all(bytes);
    let (mut runs, mut done): (Vec<(u32, RunOfFile)>, _) = (Vec::new(), HashSet::new());
    for (_, _, entry) in &entries {
        if let Entry::Done { row } = entry {
            done.insert(row.clone());
        }
    }
    let mut numbers = HashMap::new();
    let find = |runs: &mut Vec<(u32, RunOfFile)>, number: u32| {
        // The latest run is the likeliest.
        runs.iter().rposition(|(n, _)| *n == number)
    };
    for (at, len, entry) in entries {
        match entry {
            Entry::Run { number, head } => {
                numbers.insert(head.key.clone(), number);
                let run = RunOfFile { head, server_id: None, rows: Vec::new(), fault: None };
                runs.push((number, run));
            }
            Entry::Registered { number, server_id } => {
                if let Some(i) = find(&mut runs, number) {
                    runs[i].1.server_id = Some(server_id);
                }
            }
            Entry::Row { number, at_unix_s, row } => {
                let is_done = row.id.as_ref().is_some_and(|id| done.contains(id));
                if let Some(i) = find(&mut runs, number).filter(|_| !is_done) {
                    let row = Waiting { place: Place { at, len }, ..waiting(&row, at_unix_s) };
                    runs[i].1.rows.push(row);
                }
            }
            Entry::Fault { number, at_unix_s, why } => {
                if let Some(i) = find(&mut runs, number) {
                    runs[i].1.fault = Some((at_unix_s, why));
                }
            }
            Entry::Done { .. } => {}
        }
    }
    let runs = runs.into_iter().map(|(_, run)| run).filter(|run| !run.rows.is_empty()).collect();
    (runs, numbers, end)
}
