//! A fake machine: a temporary tree, a clock, and what changes as the clock goes forward.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carbon_sensors::{Clock, SysRoot};
use tempfile::TempDir;

use crate::archive::{self, Kind};
use crate::clock::FakeClock;
use crate::fault::{Fault, Faulty, write_in_place};
use crate::growth::{Growth, Load, counter_unit};
use crate::script::{self, Action};

/// A machine under a temporary directory, which goes away with it. Shared between threads by
/// reference.
#[derive(Debug)]
pub struct Machine {
    folder: TempDir,
    root: PathBuf,
    clock: FakeClock,
    made_at: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What is still to happen, by monotonic time; the earliest last.
    events: Vec<(Duration, Action)>,
    growing: BTreeMap<PathBuf, Growth>,
    load: Option<Load>,
    faulty: BTreeMap<PathBuf, Faulty>,
    set_aside: u32,
}

impl Default for Machine {
    fn default() -> Self {
        Self::load("")
    }
}

impl Machine {
    /// Unpacks an archive and takes its script; what the script says of 0 s is done. The format is
    /// described at [`archive`].
    pub fn load(text: &str) -> Self {
        let folder = TempDir::with_prefix("fake-machine-")
            .unwrap_or_else(|e| panic!("temporary directory: {e}"));
        let clock = FakeClock::new();
        let machine = Self {
            root: folder.path().join("root"),
            folder,
            made_at: clock.now().monotonic,
            clock,
            state: Mutex::default(),
        };
        fs::create_dir_all(&machine.root).unwrap_or_else(|e| panic!("{e}"));
        let archive = archive::parse(text);
        for entry in &archive.entries {
            machine.unpack(&entry.path, &entry.kind);
        }
        machine.script(&archive.script.join("\n"));
        machine
    }

    /// Where the code under test finds `/sys`, `/proc` and the rest.
    pub fn sysroot(&self) -> SysRoot {
        SysRoot::new(&self.root)
    }

    /// The machine's clock; clones share their time.
    pub fn clock(&self) -> FakeClock {
        self.clock.clone()
    }

    /// Full path of a file of the machine.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative.trim_start_matches('/'))
    }

    /// Content of a file of the machine.
    pub fn read(&self, relative: &str) -> String {
        let path = self.path(relative);
        fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// Moves the clock and lets happen what the script says of that time, each thing at its moment.
    pub fn advance(&self, by: Duration) {
        let target = self.clock.now().monotonic + by;
        self.run_until(target);
    }

    /// The machine sleeps: the boot and wall clocks go on, nothing else happens.
    pub fn suspend(&self, by: Duration) {
        self.clock.suspend(by);
    }

    /// Adds script lines, their times counted from when the machine was made; what is due is done.
    pub fn script(&self, lines: &str) {
        let mut state = self.state();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (at, action) = script::parse_line(line);
            state.events.push((self.made_at + at, action));
        }
        // Stable, and reversed twice: of two things at one time the first written comes first.
        state.events.reverse();
        state.events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        drop(state);
        self.run_until(self.clock.now().monotonic);
    }

    /// Replaces or creates a file with exactly this text; a number in it stops growing.
    pub fn write(&self, relative: &str, text: &str) {
        let path = self.key(relative);
        let mut state = self.state();
        state.growing.remove(&path);
        write_in_place(&path, text);
    }

    /// Replaces or creates a file with this text and a newline; a number that grows goes on growing
    /// from the new value.
    pub fn set(&self, relative: &str, text: &str) {
        self.apply(&Action::Set(relative.to_owned(), text.to_owned()));
    }

    /// Adds to the number in a file.
    pub fn add(&self, relative: &str, by: u64) {
        self.apply(&Action::Add(relative.to_owned(), by));
    }

    /// Lets the number in a file grow from now on, starting at 0 again after `range`.
    pub fn rate(&self, relative: &str, per_second: f64, range: Option<u64>) {
        self.apply(&Action::Rate { path: relative.to_owned(), per_second, range });
    }

    /// Lets an energy counter grow from now on: `energy_uj` of powercap (with its range),
    /// `energy*_input` of hwmon, or a perf event under `perf/`.
    pub fn power(&self, relative: &str, watts: f64) {
        self.apply(&Action::Power(relative.to_owned(), watts));
    }

    /// Busy share of every CPU, 0 to 1, that `/proc/stat` counts from now on.
    pub fn set_load(&self, share: f64) {
        self.apply(&Action::Load(share));
    }

    /// Reading a file or directory fails from now on with "permission denied", for root as well.
    /// A descriptor that is open on the file reads nothing.
    pub fn deny(&self, relative: &str) {
        self.apply(&Action::Deny(relative.to_owned()));
    }

    /// A file or directory is gone. A descriptor that is open on the file reads nothing.
    pub fn remove(&self, relative: &str) {
        self.apply(&Action::Remove(relative.to_owned()));
    }

    /// A file holds something that is not a number.
    pub fn garbage(&self, relative: &str) {
        self.apply(&Action::Garbage(relative.to_owned()));
    }

    /// A file breaks off in the middle, without its newline.
    pub fn short(&self, relative: &str) {
        self.apply(&Action::Short(relative.to_owned()));
    }

    /// Undoes the faults of a file; a counter has gone on counting meanwhile.
    pub fn restore(&self, relative: &str) {
        self.apply(&Action::Restore(Some(relative.to_owned())));
    }

    /// Undoes all faults.
    pub fn restore_all(&self) {
        self.apply(&Action::Restore(None));
    }

    fn unpack(&self, relative: &str, kind: &Kind) {
        let path = self.path(relative);
        let done = match kind {
            Kind::Directory => fs::create_dir_all(&path),
            Kind::Link(target) => make_parent(&path).and_then(|()| symlink(target, &path)),
            Kind::File { text, .. } => make_parent(&path).and_then(|()| fs::write(&path, text)),
        };
        done.unwrap_or_else(|e| panic!("{relative}: {e}"));
        if matches!(kind, Kind::File { denied: true, .. }) {
            self.deny(relative);
        }
    }

    fn run_until(&self, target: Duration) {
        loop {
            let mut state = self.state();
            let due = state.events.last().is_some_and(|(at, _)| *at <= target);
            let Some((at, action)) = due.then(|| state.events.pop()).flatten() else { break };
            drop(state);
            self.clock.advance(at.saturating_sub(self.clock.now().monotonic));
            self.apply(&action);
        }
        self.clock.advance(target.saturating_sub(self.clock.now().monotonic));
        self.state().grow(target, &self.key("proc/stat"));
    }

    fn apply(&self, action: &Action) {
        let now = self.clock.now().monotonic;
        let stat = self.key("proc/stat");
        let mut state = self.state();
        state.grow(now, &stat);
        match action {
            Action::Set(path, text) => state.set(&self.key(path), text, now),
            Action::Add(path, by) => {
                let key = self.key(path);
                let sum = state.number(&key, now) + by;
                state.set(&key, &sum.to_string(), now);
            }
            Action::Rate { path, per_second, range } => {
                state.start(self.key(path), *per_second, *range, now);
            }
            Action::Power(path, watts) => {
                let key = self.key(path);
                let (per_joule, range) = counter_unit(path.trim_start_matches('/'), &key);
                state.start(key, watts * per_joule, range, now);
            }
            Action::Load(share) => {
                let base = self.read("proc/stat");
                state.load = Some(Load { base, since: now, share: *share });
            }
            Action::Deny(path) => self.break_file(&mut state, path, Fault::Denied),
            Action::Remove(path) => self.break_file(&mut state, path, Fault::Removed),
            Action::Garbage(path) => self.break_file(&mut state, path, Fault::Garbage),
            Action::Short(path) => self.break_file(&mut state, path, Fault::Short),
            Action::Restore(Some(path)) => state.restore(&self.key(path)),
            Action::Restore(None) => {
                let all: Vec<PathBuf> = state.faulty.keys().cloned().collect();
                for path in &all {
                    state.restore(path);
                }
            }
            Action::Suspend(time) => self.clock.suspend(*time),
        }
        state.grow(now, &stat);
    }

    fn break_file(&self, state: &mut State, relative: &str, fault: Fault) {
        let path = self.key(relative);
        state.restore(&path);
        state.set_aside += 1;
        let aside = self.folder.path().join(format!("aside-{}", state.set_aside));
        let faulty = Faulty::new(&path, fault, aside);
        state.faulty.insert(path, faulty);
    }

    /// One name for a file that can be reached through several links.
    fn key(&self, relative: &str) -> PathBuf {
        let path = self.path(relative);
        make_parent(&path).unwrap_or_else(|e| panic!("{relative}: {e}"));
        match (path.parent().and_then(|p| p.canonicalize().ok()), path.file_name()) {
            (Some(parent), Some(name)) => parent.join(name),
            _ => path,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Brings every number that grows up to a time.
    fn grow(&mut self, now: Duration, stat: &Path) {
        for (path, growth) in &self.growing {
            if !self.faulty.contains_key(path) {
                write_in_place(path, &format!("{}\n", growth.value(now)));
            }
        }
        if let Some(load) = &self.load
            && !self.faulty.contains_key(stat)
        {
            write_in_place(stat, &load.text(now));
        }
    }

    fn set(&mut self, path: &Path, text: &str, now: Duration) {
        write_in_place(path, &format!("{text}\n"));
        if let Some(growth) = self.growing.get_mut(path) {
            growth.base = parse(path, text);
            growth.since = now;
        }
    }

    fn start(&mut self, path: PathBuf, per_second: f64, range: Option<u64>, now: Duration) {
        let base = self.number(&path, now);
        self.growing.insert(path, Growth { base, since: now, per_second, range });
    }

    fn number(&self, path: &Path, now: Duration) -> u64 {
        self.growing.get(path).map_or_else(
            || {
                let text =
                    fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                parse(path, &text)
            },
            |growth| growth.value(now),
        )
    }

    fn restore(&mut self, path: &Path) {
        if let Some(faulty) = self.faulty.remove(path) {
            faulty.undo(path);
        }
    }
}

fn make_parent(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)
}

fn parse(path: &Path, text: &str) -> u64 {
    text.trim().parse().unwrap_or_else(|e| panic!("{} holds {text:?}: {e}", path.display()))
}
