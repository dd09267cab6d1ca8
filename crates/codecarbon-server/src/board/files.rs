//! The files of a board: read when they change, by their sizes and times of writing.

use std::path::PathBuf;
use std::time::SystemTime;

use carbon_report::{Fault, Reading};

use super::picture::Picture;

/// Files by the names that the user gave them, and how they were when they were last read.
#[derive(Debug)]
pub(super) struct Files {
    names: Vec<PathBuf>,
    known: Option<Vec<State>>,
}

/// Length and time of writing; none where it is not there.
type State = Option<(u64, Option<SystemTime>)>;

impl Files {
    /// Files that have not been read.
    pub(super) fn new(names: Vec<PathBuf>) -> Self {
        Self { names, known: None }
    }

    /// What they say, if they have changed. What is written while they are read is seen next time.
    pub(super) fn read(&mut self) -> Option<Picture> {
        let state = |name: &PathBuf| {
            let file = std::fs::metadata(name).ok()?;
            Some((file.len(), file.modified().ok()))
        };
        let now: Vec<State> = self.names.iter().map(state).collect();
        if self.known.as_ref() == Some(&now) {
            return None;
        }
        self.known = Some(now);
        let mut reading = Reading::default();
        for name in &self.names {
            match std::fs::read(name) {
                Ok(bytes) => reading.add(name, &bytes),
                Err(source) => reading.faults.push(Fault::File { path: name.clone(), source }),
            }
        }
        Some(Picture::of(reading))
    }
}
