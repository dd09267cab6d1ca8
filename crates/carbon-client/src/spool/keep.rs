//! Keeping a spool within its limits, and what happens when there is no room on disk.

use std::io;

use carbon_api::EmissionIn;
use serde_json::json;

use super::directory::Directory;
use super::entry::RunKey;
use super::journal::{Journal, RunOfFile, Waiting};
use super::log::Log;
use super::shrink::halved;
use super::{Amount, Spool};

/// Size up to which a file in which nothing waits is not worth clearing.
const WORTH_CLEARING: u64 = 256 << 10;
/// Why what could be sent later is given up.
const FULL: &str = "the spool is full";
/// Most bytes of rows in memory, where there is no file.
const MOST_IN_MEMORY: u64 = 8 << 20;

impl Spool {
    /// The journal for new rows, made if there is none.
    pub(super) fn own(&mut self) -> u32 {
        if let Some(own) = self.own {
            return own;
        }
        let made = match &self.path {
            Some(path) => Self::make_file(path),
            None => return self.own_in_memory(),
        };
        match made {
            Ok((directory, log)) => {
                self.directory = Some(directory);
                let own = self.insert(Journal::new(log));
                self.own = Some(own);
                own
            }
            Err(error) => self.go_volatile(&error),
        }
    }

    /// From now on new rows go to memory; said once.
    pub(super) fn go_volatile(&mut self, error: &io::Error) -> u32 {
        if let Some(path) = &self.path {
            let why = format!("{} cannot be written: {error}", path.display());
            if !self.said_volatile {
                self.said_volatile = true;
                self.news.push(format!(
                    "api: {why}; what cannot be sent at once is kept in memory and lost with it"
                ));
            }
            self.volatile_because = Some(why);
        }
        self.own_in_memory()
    }

    fn own_in_memory(&mut self) -> u32 {
        let own = self.insert(Journal::new(Log::Memory(Vec::new())));
        self.own = Some(own);
        own
    }

    pub(super) fn insert(&mut self, journal: Journal) -> u32 {
        let id = self.next_journal;
        self.next_journal += 1;
        self.journals.insert(id, journal);
        id
    }

    /// Removes a journal in which nothing waits, unless runs still write to it.
    pub(super) fn tidy_journal(&mut self, id: u32) {
        let Some(journal) = self.journals.get_mut(&id).filter(|journal| journal.is_drained())
        else {
            return;
        };
        if Some(id) != self.own {
            if let Some(journal) = self.journals.remove(&id) {
                journal.into_log().remove();
            }
        } else if self.sinks == 0 {
            self.tidy_own();
        } else if journal.len() > WORTH_CLEARING {
            journal.clear();
        }
    }

    /// Removes the file of a process in which nothing runs and nothing waits. The next run tries
    /// again, should there have been no room for one.
    pub(super) fn tidy_own(&mut self) {
        if self.sinks > 0 {
            return;
        }
        self.is_file_refused = false;
        let Some(own) = self.own else { return };
        if self.journals.get(&own).is_none_or(Journal::is_drained) {
            self.own = None;
            self.volatile_because = None;
            if let Some(journal) = self.journals.remove(&own) {
                journal.into_log().remove();
            }
        }
    }

    /// Forgets a run that has ended and has no rows.
    pub(super) fn tidy_run(&mut self, key: &RunKey) {
        if self.runs.get(key).is_some_and(|run| run.rows.is_empty() && !run.is_live) {
            self.runs.remove(key);
        }
    }

    /// Looks, each time that the own journal has grown by a good part, whether it must shrink.
    pub(super) fn look_at_size(&mut self, own: u32) {
        let step = self.limits.bytes / 64;
        let Some(journal) = self.journals.get(&own).filter(|j| j.len() >= self.next_look.max(step))
        else {
            return;
        };
        let most = if journal.is_on_disk() { u64::MAX } else { MOST_IN_MEMORY };
        self.fit(own, most, self.newest_unix_s());
        self.next_look = self.journals.get(&own).map_or(0, Journal::len) + step;
    }

    /// Shrinks a journal that is larger than its part of what all files may have, if they have more,
    /// or larger than `most`.
    pub(super) fn fit(&mut self, id: u32, most: u64, at_unix_s: f64) {
        let len = self.journals.get(&id).map_or(0, Journal::len);
        let files = self.directory.as_ref().map_or_else(Vec::new, Directory::files);
        let sizes = files.iter().filter_map(|path| Some(std::fs::metadata(path).ok()?.len()));
        let is_full = sizes.sum::<u64>() > self.limits.bytes;
        let part = self.limits.bytes / files.len().max(1) as u64;
        let most = if is_full { most.min(part) } else { most };
        if len > most {
            self.shrink(id, most / 2, at_unix_s);
        }
    }

    fn newest_unix_s(&self) -> f64 {
        let rows = self.runs.values().filter_map(|run| run.rows.back());
        rows.map(|(_, row)| row.at_unix_s).fold(0.0, f64::max)
    }

    /// Writes a journal anew with what waits in it, in at most about `goal` bytes: rows of a run are
    /// merged as often as need be, then the oldest runs are given up.
    fn shrink(&mut self, id: u32, goal: u64, at_unix_s: f64) {
        let Some(journal) = self.journals.get(&id) else { return };
        let mut kept: Vec<(RunKey, Vec<(f64, EmissionIn)>)> = Vec::new();
        for (key, run) in &self.runs {
            let here = run.rows.iter().filter(|(journal, _)| *journal == id);
            let mut rows = Vec::new();
            for (_, row) in here {
                // A row that cannot be read back is found out when its turn comes.
                let Ok(content) = journal.row(row.place) else { return };
                rows.push((row.at_unix_s, content));
            }
            if !rows.is_empty() {
                kept.push((key.clone(), rows));
            }
        }
        kept.sort_by(|(_, a), (_, b)| a[0].0.total_cmp(&b[0].0));
        let bytes = |rows: usize| (rows * 700 + 1200) as u64;
        let total = |kept: &[(RunKey, Vec<_>)]| -> u64 {
            kept.iter().map(|(_, rows)| bytes(rows.len())).sum()
        };
        while total(&kept) > goal && kept.iter().any(|(_, rows)| rows.len() > 2) {
            kept = kept.into_iter().map(|(key, rows)| (key, halved(rows))).collect();
        }
        let mut given_up = Vec::new();
        while total(&kept) > goal && !kept.is_empty() {
            given_up.push(kept.remove(0));
        }
        let Some(rewritten) = self.rewrite(id, &kept) else { return };
        for run in self.runs.values_mut() {
            run.rows.retain(|(journal, _)| *journal != id);
        }
        for (key, waiting) in rewritten {
            if let Some(run) = self.runs.get_mut(&key) {
                run.rows.push_back((id, waiting));
            }
        }
        for (key, rows) in given_up {
            let amount = rows.iter().fold(Amount::default(), |sum, (_, row)| {
                sum.plus(Amount {
                    rows: 1,
                    energy_kwh: row.energy_consumed.unwrap_or(0.0),
                    emissions_kg: row.emissions_sum.unwrap_or(0.0),
                })
            });
            self.give_up(&key, amount, FULL, at_unix_s);
            if self.runs.get(&key).is_some_and(|run| run.rows.is_empty()) {
                self.dequeue(&key);
                self.tidy_run(&key);
            }
        }
        self.tidy_journal(id);
    }

    /// Puts a journal with these rows where another stood; `None` if it cannot be written.
    fn rewrite(
        &mut self,
        id: u32,
        kept: &[(RunKey, Vec<(f64, EmissionIn)>)],
    ) -> Option<Vec<(RunKey, Waiting)>> {
        let mut fresh = Journal::new(Log::Memory(Vec::new()));
        let mut places = Vec::new();
        for (key, rows) in kept {
            let run = self.runs.get(key)?;
            for (at_unix_s, row) in rows {
                let added = fresh.add(&run.head, run.server_id.as_deref(), row, *at_unix_s).ok()?;
                places.push((key.clone(), added));
            }
        }
        if let Some(path) = self.journals.get(&id)?.log().path() {
            let content = fresh.log().read(0, u32::try_from(fresh.len()).ok()?).ok()?;
            let log = self.directory.as_ref()?.rewrite(path, &content).ok()?;
            fresh = fresh.moved_to(log);
        }
        self.journals.insert(id, fresh);
        Some(places)
    }

    /// Most bytes of the files that a program finds when it begins; the rest is for those that run.
    pub(crate) fn most_left_behind(&self) -> u64 {
        self.limits.bytes / 2
    }

    /// Gives up and removes a file of an earlier program, for there are too many; what that comes to.
    pub(crate) fn give_up_file(
        &mut self,
        directory: &Directory,
        (journal, runs): (Journal, Vec<RunOfFile>),
        at_unix_s: f64,
    ) -> Amount {
        self.directory.get_or_insert_with(|| directory.clone());
        let mut all = Amount::default();
        for run in &runs {
            let amount = Amount::of(&run.rows);
            self.note_given_up(&run.head.key, amount, FULL, at_unix_s);
            all = all.plus(amount);
        }
        journal.into_log().remove();
        all
    }

    /// Says what came of giving up files.
    pub(crate) fn tell_of_files_given_up(&mut self, amount: Amount) {
        let place = self.directory.as_ref().map(Directory::set_aside_path);
        let place = place.map_or_else(String::new, |path| format!(" (in {})", path.display()));
        self.news
            .push(format!("api: {amount} of earlier runs are given up, because {FULL}{place}"));
    }

    /// Counts loudly what will not be sent.
    pub(super) fn give_up(&mut self, key: &RunKey, amount: Amount, why: &str, at_unix_s: f64) {
        let place = self.note_given_up(key, amount, why, at_unix_s);
        self.news.push(format!(
            "api: {amount} of run {} are given up, because {why}{place}",
            key.run_id
        ));
    }

    /// Writes down what will not be sent; where, as the end of a sentence.
    fn note_given_up(&mut self, key: &RunKey, amount: Amount, why: &str, at_unix_s: f64) -> String {
        let line = json!({
            "what": "given up", "at_unix_s": at_unix_s, "why": why, "run_id": key.run_id,
            "endpoint": key.endpoint, "rows": amount.rows, "energy_kwh": amount.energy_kwh,
            "emissions_kg": amount.emissions_kg,
        });
        self.write_aside(&line.to_string())
    }

    /// Appends to the file of what will not be sent; where that is, as the end of a sentence.
    pub(super) fn write_aside(&mut self, line: &str) -> String {
        let written = self.directory.as_ref().filter(|directory| directory.set_aside(line).is_ok());
        let path = written.map(Directory::set_aside_path);
        path.map_or_else(String::new, |path| format!(" (in {})", path.display()))
    }
}
