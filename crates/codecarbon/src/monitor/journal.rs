//! The journal of what `monitor` measures: begun after a second, so that short commands pay nothing, and
//! what others left, saved where nobody waits for it.

use std::sync::OnceLock;

use carbon_journal::{
    Following, Found, Head, Keeper, Kept, Network as Senders, Offline, Onlooker, Outputs, Recovery,
    find, journal_directory, recover, sweep,
};
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::Hub;
use carbon_tracker::config::OutputMethod;
use carbon_tracker::sink::Journal;

use super::network::Network;
use super::settings::{JsonTarget, Settings};
use crate::console::Console;
use crate::report::units;
use crate::surroundings::Surroundings;

/// Runs of others that are saved on the way; the rest is for the next, or for `codecarbon recover`.
const MOST_AT_ONCE: usize = 16;

/// The keeper of this process.
fn keeper(start: &Surroundings) -> Option<&'static Keeper> {
    static KEEPER: OnceLock<Option<Keeper>> = OnceLock::new();
    let make = || Some(Keeper::new(journal_directory(&start.state_directory()?)));
    KEEPER.get_or_init(make).as_ref()
}

/// The journal of a run with these settings; `None` if it has no home, or is not wanted. Nothing is
/// made on disk yet.
pub(crate) fn of(settings: &Settings, start: &Surroundings, hub: &Hub) -> Option<Kept> {
    let config = &settings.config;
    let mut outputs = Outputs::of(config, &start.directory);
    // Its own row is replaced if it was saved before the end.
    outputs.replaces_rows = true;
    if !settings.csv {
        outputs.methods.retain(|method| method != OutputMethod::Csv.as_str());
    }
    if let Some(JsonTarget::File(path)) = &settings.json {
        outputs.json_file = Some(start.absolute(path));
    }
    if outputs.wants(OutputMethod::Boamps) {
        outputs.processors = hub.hardware().cpu_physical_count;
    }
    keeper(start)?.follow(Following {
        head: Head { program: "codecarbon monitor".to_owned(), pid: std::process::id(), outputs },
        mode: config.journal,
        is_tended: true,
        ends_with_run: false,
    })
}

/// Who looks on at the runs of others.
pub(crate) fn onlooker(start: &Surroundings) -> Option<Onlooker> {
    Some(Onlooker::new(keeper(start)?.directory().to_owned(), std::process::id()))
}

/// The journal as a tracker takes it.
pub(crate) fn of_run(journal: Option<&Kept>) -> Option<Box<dyn Journal>> {
    Some(Box::new(journal?.clone()))
}

/// Saves runs that were cut short, and says so.
pub(crate) fn save_what_was_left(
    start: &Surroundings,
    console: Console,
    network: Option<&dyn Network>,
) {
    let Some(keeper) = keeper(start) else { return };
    // A directory that cannot be read has nothing that could be saved.
    let found = find(keeper.directory(), || keeper.own()).unwrap_or_default();
    if found.is_empty() {
        return;
    }
    sweep(keeper.directory(), SystemClock.now().wall);
    let senders: Box<dyn Senders> = match network {
        Some(network) => network.senders(start, false),
        None => Box::new(Offline),
    };
    let left = found.into_iter().filter_map(|found| match found {
        Found::Left(left) => Some(*left),
        _ => None,
    });
    for left in left.take(MOST_AT_ONCE) {
        let recovery = recover(left, &*senders);
        if !recovery.served.is_empty() {
            console.note(said_of(&recovery));
        }
        for notice in &recovery.notices {
            console.warn(notice);
        }
    }
}

/// What is said of a run that was saved.
fn said_of(recovery: &Recovery) -> String {
    let energy = units::energy(recovery.outcome.footprint.it_energy.value);
    let time = units::duration(recovery.outcome.report.active);
    let run_id = &recovery.outcome.record.run_id;
    let files: Vec<String> =
        recovery.saved_to.iter().map(|path| path.display().to_string()).collect();
    let place = if files.is_empty() { String::new() } else { format!(" to {}", files.join(", ")) };
    format!("saved run {run_id}, which was cut short: {energy} in {time}{place}")
}
