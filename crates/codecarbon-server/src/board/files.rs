//! The files of a board: read when they change, by their sizes and times of writing.

use std::path::PathBuf;

use carbon_report::Reading;
use carbon_report::read::{FileState, states_of};

use super::picture::Picture;

/// Files and folders by the names that the user gave them, and how they were when they were last read.
#[derive(Debug)]
pub(super) struct Files {
    names: Vec<PathBuf>,
    known: Option<Vec<Vec<FileState>>>,
}

impl Files {
    /// Files that have not been read.
    pub(super) fn new(names: Vec<PathBuf>) -> Self {
        Self { names, known: None }
    }

    /// What they say, if they have changed. What is written while they are read is seen next time.
    pub(super) fn read(&mut self) -> Option<Picture> {
        let now: Vec<Vec<FileState>> = self.names.iter().map(|name| states_of(name)).collect();
        if self.known.as_ref() == Some(&now) {
            return None;
        }
        self.known = Some(now);
        Some(Picture::of(Reading::of_files(&self.names)))
    }
}
