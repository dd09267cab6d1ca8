//! Tasks of programs that still run, from their journals, for whoever looks on.
//!
//! No lock is taken, and a look reads only what was added since the one before. Tasks are there within a
//! second of their end, of runs that are kept, which are those of a second and more.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::file::ENDING;
use crate::format::{BLOCK_HEAD, Block, Kind, begin_of_added, read_block};
use crate::left::with_ending;
use crate::state::{EndedTask, Head, from_payload};

/// Most journals that are followed at a time.
const MOST_JOURNALS: usize = 256;
/// Most bytes of a journal that one look reads; a task takes about 1 kB.
const MOST_READ: u64 = 256 << 10;
/// Most names of tasks of a journal; further ones are counted together under an empty name.
const MOST_NAMES: usize = 200;

/// Looks on.
#[derive(Debug)]
pub struct Onlooker {
    directory: PathBuf,
    own_pid: u32,
    journals: BTreeMap<PathBuf, Followed>,
}

/// Tasks of one name that have ended in a run.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskSum {
    /// The process of the run.
    pub pid: u32,
    /// Their name; empty for those of many further names together.
    pub name: String,
    /// How many.
    pub count: u64,
    /// Seconds that they took together.
    pub duration_s: f64,
    /// kWh, PUE included.
    pub energy_kwh: f64,
    /// kg CO2e.
    pub emissions_kg: f64,
}

#[derive(Debug, Default)]
struct Followed {
    /// `None` until the head was read.
    pid: Option<u32>,
    /// Where the next block begins.
    next: Option<u64>,
    sums: BTreeMap<String, TaskSum>,
}

impl Onlooker {
    /// Of the journals of a directory; `own_pid` is this process, whose runs are left out.
    pub fn new(directory: PathBuf, own_pid: u32) -> Self {
        Self { directory, own_pid, journals: BTreeMap::new() }
    }

    /// Tasks that have ended, also of runs whose journals have gone since. 10 µs for each journal.
    pub fn look(&mut self) -> impl Iterator<Item = &TaskSum> {
        for path in with_ending(&self.directory, ENDING).unwrap_or_default() {
            if self.journals.len() < MOST_JOURNALS || self.journals.contains_key(&path) {
                let followed = self.journals.entry(path.clone()).or_default();
                if followed.pid != Some(self.own_pid) {
                    // A journal that cannot be read, or is gone by now, has nothing new.
                    let _ = followed.read_on(&path, self.own_pid);
                }
            }
        }
        self.journals.values().flat_map(|followed| followed.sums.values())
    }
}

impl Followed {
    fn read_on(&mut self, path: &Path, own_pid: u32) -> io::Result<()> {
        let mut file = File::open(path)?;
        let next = match self.next {
            Some(next) => next,
            None => {
                let mut header = Vec::new();
                (&mut file).take(64).read_to_end(&mut header)?;
                begin_of_added(&header).ok_or(io::ErrorKind::InvalidData)?
            }
        };
        file.seek(SeekFrom::Start(next))?;
        let mut bytes = Vec::new();
        (&mut file).take(MOST_READ).read_to_end(&mut bytes)?;
        let mut at = 0;
        while let Some(block) = read_block(&bytes[at..]) {
            self.take(&block);
            at += BLOCK_HEAD + block.payload.len();
        }
        self.next = Some(next + at as u64);
        if self.pid == Some(own_pid) {
            // Closing any handle of a file gives up this process's lock of it, so this one stays open.
            std::mem::forget(file);
        }
        Ok(())
    }

    fn take(&mut self, block: &Block<'_>) {
        match block.kind {
            Kind::Head => {
                self.pid = from_payload(block.payload).map(|head: Head| head.pid).or(self.pid);
            }
            Kind::Task => {
                if let (Some(pid), Some(task)) = (self.pid, from_payload(block.payload)) {
                    self.add(pid, &task);
                }
            }
            Kind::State | Kind::Mark => {}
        }
    }

    fn add(&mut self, pid: u32, EndedTask { record, .. }: &EndedTask) {
        let name = without_id(&record.task_name);
        let has_room = self.sums.len() < MOST_NAMES || self.sums.contains_key(name);
        let name = if has_room { name } else { "" };
        let sum = self.sums.entry(name.to_owned()).or_insert_with(|| TaskSum {
            pid,
            name: name.to_owned(),
            count: 0,
            duration_s: 0.0,
            energy_kwh: 0.0,
            emissions_kg: 0.0,
        });
        sum.count += 1;
        sum.duration_s += record.duration;
        sum.energy_kwh += record.energy_consumed;
        sum.emissions_kg += record.emissions;
    }
}

/// The name that a task was given: a name that comes again gets an id behind it.
fn without_id(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((given, id)) if id.len() == 36 && Uuid::try_parse(id).is_ok() => given,
        _ => name,
    }
}
