//! The sinks of a run, in the order in which they are served: files first, so that nothing that is
//! sent keeps a record from the disk.
//!
//! The JSON report is no sink: it tells more than a record does, and is written when the run is over.

use carbon_outputs::boamps::Context;
use carbon_outputs::{BoampsSink, LoggerSink};
use carbon_tracker::config::OutputMethod;
use carbon_tracker::sink::Sink;
use carbon_tracker::{Hub, Tracker};

use super::network::Network;
use super::record_file::RecordFile;
use super::settings::Settings;
use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// What a run is given to write and to send.
pub(crate) struct Sinks {
    all: Vec<Box<dyn Sink>>,
    /// Whether some want records while the run goes on.
    pub(crate) are_live: bool,
}

impl Sinks {
    /// Those that the settings ask for. Nothing is written or sent yet.
    ///
    /// # Errors
    /// A setting that cannot be used, such as a file that is not there.
    pub(crate) fn of(
        settings: &Settings,
        start: &Surroundings,
        hub: &Hub,
        record_file: &RecordFile,
        network: Option<&dyn Network>,
        console: Console,
    ) -> Result<Self, CommandError> {
        let config = &settings.config;
        let wants = |method| config.output_methods.contains(&method);
        let mut all: Vec<Box<dyn Sink>> = vec![Box::new(record_file.clone())];
        if wants(OutputMethod::Boamps) {
            all.push(Box::new(boamps(settings, start, hub)?));
        }
        let files = all.len();
        if wants(OutputMethod::Logger) {
            all.push(Box::new(LoggerSink::new(std::io::stderr())));
        }
        if let Some(network) = network {
            all.extend(network.sinks(config, start, console)?);
        }
        Ok(Self { are_live: all.len() > files, all })
    }

    /// The tracker with all of them.
    pub(crate) fn given_to(self, tracker: Tracker) -> Tracker {
        self.all.into_iter().fold(tracker, Tracker::with_sink)
    }
}

fn boamps(
    settings: &Settings,
    start: &Surroundings,
    hub: &Hub,
) -> Result<BoampsSink, CommandError> {
    let config = &settings.config;
    let context = match &config.metadata {
        Some(path) => Context::of_file(&start.absolute(path)).map_err(|error| {
            CommandError::user(error).hint("docs/outputs-boamps.md has a file to start from")
        })?,
        None => Context::default(),
    };
    let processors = hub.hardware().cpu_physical_count;
    Ok(BoampsSink::new(&start.absolute(&config.output_dir), context, Some(processors)))
}
