//! The journals of this process's runs, and what a fork does to them.
//!
//! A process has one keeper for each directory that its trackers name, nearly always one. Keepers are
//! never freed; a forked child, which has no thread that writes, forgets the parent's and makes its own.
//! The lock here is only taken by threads that are attached to the interpreter and is held for a few
//! instructions, so it is open whenever Python forks.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use carbon_journal::{Following, Found, Head, Keeper, Kept, Offline, Outputs, find, recover};
use carbon_tracker::config::{Config, JournalMode};

/// Runs of others that are saved on the way; the rest is for the next, or for `codecarbon recover`.
const MOST_AT_ONCE: usize = 16;

static KEEPERS: Mutex<Vec<&'static Keeper>> = Mutex::new(Vec::new());

/// The journal of a run of this configuration; `None` if none is wanted or possible. Nothing is made on
/// disk yet.
pub(crate) fn journal_of(config: &Config, directory: Option<&Path>) -> Option<Kept> {
    if config.journal == JournalMode::Off {
        return None;
    }
    // Relative paths are those of the moment, as for the files themselves.
    let here = std::path::absolute(&config.output_dir).ok()?;
    let base = std::path::absolute(".").ok()?;
    let outputs = Outputs { output_dir: here, ..Outputs::of(config, &base) };
    let head = Head { program: "Python".to_owned(), pid: std::process::id(), outputs };
    let how = Following { head, mode: config.journal, is_tended: false, ends_with_run: false };
    keeper(directory?).follow(how)
}

fn keeper(directory: &Path) -> &'static Keeper {
    let mut keepers = KEEPERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(keeper) = keepers.iter().find(|keeper| keeper.directory() == directory) {
        return keeper;
    }
    let keeper: &'static Keeper = Box::leak(Box::new(Keeper::new(directory)));
    keeper.at_first(save_what_was_left);
    keepers.push(keeper);
    keeper
}

/// Saves the files of runs that were cut short; what needs the network is left to the commands. How it
/// went, `codecarbon recover` tells: nobody asked here.
fn save_what_was_left(keeper: &Keeper) {
    let found = find(keeper.directory(), || keeper.own()).unwrap_or_default();
    let left = found.into_iter().filter_map(|found| match found {
        Found::Left(left) => Some(*left),
        _ => None,
    });
    for left in left.take(MOST_AT_ONCE) {
        drop(recover(left, &Offline));
    }
}

/// Starts clean in a forked child.
pub(crate) fn forget_the_parents() {
    KEEPERS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
