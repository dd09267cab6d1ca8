//! Runs of the tracker that are kept, end, fail to be saved, or are cut short.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_journal::{
    Following, Found, Head, Keeper, Kept, Left, Network, Offline, Onlooker, Outputs, Recovery,
    Saving, awaited, find, recover,
};
use carbon_model::EmissionsRecord;
use carbon_outputs::CsvSink;
use carbon_testkit::{Machine, machines};
use carbon_tracker::config::{Config, JournalMode};
use carbon_tracker::sink::{Delivery, Journal, Sink, SinkError};
use carbon_tracker::{Hub, Machine as Tracked, Run, Sampling, Tracker};

struct Place {
    folder: tempfile::TempDir,
    hub: Hub,
    keeper: Keeper,
    config: Config,
}

impl Place {
    fn new(methods: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let machine = Machine::load(machines::SERVER_TWO_SOCKET_DRAM);
        let hub = Hub::new(Tracked::at(machine.sysroot()), Sampling::Manual);
        let keeper = Keeper::new(folder.path().join("state/journal"));
        let mut config = Config { output_dir: folder.path().to_owned(), ..Config::default() };
        for (key, value) in [("output_methods", methods), ("country_iso_code", "FRA")] {
            assert_eq!(config.set(key, value), Ok(true));
        }
        Self { folder, hub, keeper, config }
    }

    fn begin(&self, ends_with_run: bool, sinks: Vec<Box<dyn Sink>>) -> (Run, Kept) {
        let outputs = Outputs::of(&self.config, Path::new("/"));
        let head = Head { program: "a test".to_owned(), pid: 1, outputs };
        let mode = JournalMode::On;
        let how = Following { head, mode, is_tended: false, ends_with_run };
        let kept = self.keeper.follow(how).unwrap();
        let of_run: Box<dyn Journal> = Box::new(kept.clone());
        let tracker = Tracker::new(&self.hub, self.config.clone()).with_journal(Some(of_run));
        let run = sinks.into_iter().fold(tracker, Tracker::with_sink).start();
        until(|| kept.is_open());
        (run, kept)
    }

    fn journals(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.keeper.directory()).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// The only journal, taken over.
    fn left(&self) -> Left {
        // The thread that writes may be at it still.
        until(|| self.keeper.own().is_empty());
        let mut found = find(self.keeper.directory(), || self.keeper.own()).unwrap();
        assert_eq!(found.len(), 1);
        match found.remove(0) {
            Found::Left(left) => *left,
            other => panic!("{other:?}"),
        }
    }

    fn recover(&self) -> Recovery {
        recover(self.left(), &Offline)
    }

    fn rows(&self) -> usize {
        let text = fs::read_to_string(self.folder.path().join("emissions.csv"));
        text.map_or(0, |text| text.lines().count() - 1)
    }
}

fn until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("it did not happen");
}

/// Leaves the journal as a program that is killed does: the run goes on in it and nobody writes.
fn cut_short((run, kept): (Run, Kept)) {
    run.discard();
    drop(kept);
}

#[test]
fn a_run_that_ends_leaves_nothing() {
    let place = Place::new("csv");
    let sink = Box::new(CsvSink::from_config(&place.config).unwrap());
    let (run, _kept) = place.begin(true, vec![sink]);
    assert_eq!(place.journals().len(), 1);
    assert!(find(place.keeper.directory(), || place.keeper.own()).unwrap().is_empty());
    let outcome = run.stop();
    assert_eq!((outcome.saved_to.len(), place.rows(), place.journals().len()), (1, 1, 0));
}

#[test]
fn an_output_that_fails_is_served_later_and_the_others_are_not_again() {
    let place = Place::new("csv,json");
    let sink = Box::new(CsvSink::from_config(&place.config).unwrap());
    let file = place.folder.path().join("emissions.csv");
    fs::create_dir(&file).unwrap();
    let (run, _kept) = place.begin(true, vec![sink]);
    run.task("load").stop().unwrap();
    let outcome = run.stop();
    assert!(outcome.warnings.iter().any(|warning| warning.starts_with("csv: ")));
    let left = place.left();
    assert!(left.has_ended());
    assert_eq!(awaited(&left), [Saving::Csv, Saving::Tasks]);
    drop(left);
    assert_eq!(place.recover().failed.len(), 1);
    fs::remove_dir(&file).unwrap();
    let recovery = place.recover();
    assert!(recovery.failed.is_empty(), "{:?}", recovery.failed);
    assert_eq!(recovery.outcome.record, outcome.record);
    assert_eq!((place.rows(), place.journals().len()), (1, 0));
}

#[test]
fn saving_that_is_cut_short_itself_writes_no_row_twice() {
    let place = Place::new("csv");
    cut_short(place.begin(false, Vec::new()));
    let journal = place.journals().remove(0);
    let bytes = fs::read(&journal).unwrap();
    for rows in [1, 1, 1] {
        let recovery = place.recover();
        assert!(recovery.failed.is_empty() && recovery.notices.is_empty(), "{recovery:?}");
        assert_eq!(place.rows(), rows);
        // As if the program had died just before it removed the journal.
        fs::write(&journal, &bytes).unwrap();
    }
}

#[test]
fn tasks_and_flushed_states_are_kept_at_once() {
    let place = Place::new("csv");
    let (mut run, kept) = place.begin(false, Vec::new());
    run.task("first").stop().unwrap();
    let flushed = run.flush().unwrap();
    cut_short((run, kept));
    let left = place.left();
    assert_eq!(left.handed_out().unwrap().record.duration, flushed.record.duration);
    let outcome = left.outcome();
    assert_eq!(outcome.tasks, flushed.tasks);
    assert_eq!(outcome.task_ends, flushed.task_ends);
    assert_eq!(outcome.record.run_id, flushed.record.run_id);
}

/// What a receiver was told: totals and deltas.
#[derive(Clone, Default)]
struct Receiver(Arc<Mutex<Vec<(f64, f64)>>>);

impl Sink for Receiver {
    fn out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.0.lock().unwrap().push((total.duration, delta.duration));
        Ok(Delivery::default())
    }
}

impl Network for Receiver {
    fn sink(&self, _: Saving, _: &Left) -> Result<Option<Box<dyn Sink>>, SinkError> {
        Ok(Some(Box::new(self.clone())))
    }
}

#[test]
fn the_api_is_told_the_rest_alone_and_waits_for_a_program_that_can() {
    let place = Place::new("api");
    let (mut run, kept) = place.begin(false, Vec::new());
    let sent = run.flush_live().unwrap().record.duration;
    let state = fs::read(&place.journals()[0]).unwrap();
    // The next state, with what was not sent.
    until(|| fs::read(&place.journals()[0]).unwrap() != state);
    cut_short((run, kept));
    let postponed = place.recover();
    assert_eq!((postponed.postponed, place.journals().len()), (vec![Saving::Api], 1));
    let receiver = Receiver::default();
    assert!(recover(place.left(), &receiver).failed.is_empty());
    let told = receiver.0.lock().unwrap();
    let [(total, delta)] = told[..] else { panic!("{told:?}") };
    assert!(delta > 0.0 && (total - delta - sent).abs() < 1e-9, "{total} {delta} {sent}");
    assert!(place.journals().is_empty());
}

#[test]
fn a_file_that_lost_everything_to_a_power_cut_is_nothing_and_a_damaged_one_is_named() {
    let place = Place::new("csv");
    cut_short(place.begin(false, Vec::new()));
    let journal = place.journals().remove(0);
    let bytes = fs::read(&journal).unwrap();
    fs::write(&journal, vec![0; bytes.len()]).unwrap();
    assert!(find(place.keeper.directory(), Vec::new).unwrap().is_empty());
    assert!(place.journals().is_empty());
    // Both slots are hit.
    let mut damaged = bytes;
    for byte in damaged.iter_mut().filter(|byte| **byte == b'"') {
        *byte = b'!';
    }
    fs::write(&journal, &damaged).unwrap();
    let found = find(place.keeper.directory(), Vec::new).unwrap();
    assert!(matches!(&found[..], [Found::Unusable(path, _)] if *path == journal), "{found:?}");
    assert_eq!(place.journals().len(), 1);
}

#[test]
fn who_looks_on_sees_tasks_as_they_end_and_keeps_them_when_the_run_has_ended() {
    let place = Place::new("csv");
    let sink = Box::new(CsvSink::from_config(&place.config).unwrap());
    let (run, kept) = place.begin(true, vec![sink]);
    let mut onlooker = Onlooker::new(place.keeper.directory().to_owned(), std::process::id());
    let mut seen = || {
        let sums = onlooker.look();
        sums.map(|sum| (sum.pid, sum.name.clone(), sum.count)).collect::<Vec<_>>()
    };
    assert!(seen().is_empty());
    for name in ["load", "train", "train"] {
        let task = run.task(name);
        place.hub.poll();
        task.stop();
    }
    until(|| seen().len() == 2 && seen()[1].2 == 2);
    let all = [(1, "load".to_owned(), 1), (1, "train".to_owned(), 2)];
    assert_eq!(seen(), all);
    assert_eq!(seen(), all, "nothing is counted twice");
    run.stop();
    until(|| !kept.is_open());
    assert!(place.journals().is_empty());
    assert_eq!(seen(), all);
}

#[test]
fn looking_on_at_ones_own_run_does_not_give_up_its_lock() {
    let place = Place::new("csv");
    let outputs = Outputs::of(&place.config, Path::new("/"));
    let head = Head { program: "a test".to_owned(), pid: std::process::id(), outputs };
    let how = Following { head, mode: JournalMode::On, is_tended: false, ends_with_run: true };
    let kept = place.keeper.follow(how).unwrap();
    let of_run: Box<dyn Journal> = Box::new(kept.clone());
    let run = Tracker::new(&place.hub, place.config.clone()).with_journal(Some(of_run)).start();
    until(|| kept.is_open());
    let mut onlooker = Onlooker::new(place.keeper.directory().to_owned(), std::process::id());
    for _ in 0..3 {
        assert_eq!(onlooker.look().count(), 0);
    }
    // Another process asks for the lock, since this one would get it in any case.
    let path = place.journals().remove(0);
    let script = "import fcntl, sys\nf = open(sys.argv[1], 'r+b')\n\
                  try:\n fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\n\
                  except OSError: sys.exit(3)";
    let python = std::process::Command::new("python3").args(["-c", script]).arg(&path).status();
    assert_eq!(python.unwrap().code(), Some(3), "its program still has the lock");
    run.stop();
}
