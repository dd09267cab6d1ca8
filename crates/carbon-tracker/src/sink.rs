//! A place that records go to: a file, a server, a logger.
//!
//! The tracker knows this trait and nothing about files or networks. A sink that fails says so in
//! its result; the tracker goes on with the next sink and puts the message into the report.

use std::error::Error;
use std::path::PathBuf;

use carbon_model::{EmissionsRecord, TaskRecord};

use crate::run::{Observer, Outcome};

/// Takes the records of a run. All methods but [`out`](Sink::out) do nothing unless overridden.
pub trait Sink: Send {
    /// Hears, once and first of all, that a run has begun, and gets a way to look at it whenever it
    /// wants, for sinks that are asked rather than told.
    fn begin(&mut self, run: &Observer) {
        let _ = run;
    }

    /// Hears what stands behind the record that it is given next: bounds, sources, factors. For sinks
    /// that tell more than a record holds.
    fn hear(&mut self, behind: &Outcome) {
        let _ = behind;
    }

    /// Takes the record of the run so far and what was added since the last call, at the end of
    /// the run and when it is flushed.
    ///
    /// # Errors
    /// The record did not arrive.
    fn out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError>;

    /// Takes the same while the run goes on, every `api_call_interval` measurements. The caller has
    /// a command to look after or a user's program that waits: a sink that sends does so on a thread
    /// of its own and returns at once; how it went it tells with a later record, or when it ends.
    ///
    /// # Errors
    /// The record did not arrive.
    fn live_out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        let _ = (total, delta);
        Ok(Delivery::default())
    }

    /// Takes the records of the finished tasks of the run; never called without a task.
    ///
    /// # Errors
    /// The records did not arrive.
    fn task_out(
        &mut self,
        tasks: &[TaskRecord],
        experiment_name: &str,
    ) -> Result<Delivery, SinkError> {
        let _ = (tasks, experiment_name);
        Ok(Delivery::default())
    }

    /// Hears that nothing more will come, and tells what the user should hear of it, in sentences:
    /// what did not arrive, above all. A sink that sends in the background may wait here, briefly.
    fn exit(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// Keeps what a run comes to while it goes on, so that it is not lost with the program.
///
/// The tracker knows this trait and nothing about files. A journal that fails tells its maker; the run
/// goes on.
pub trait Journal: Send {
    /// Hears, once and first of all, that a run has begun, and gets a way to look at it.
    fn begin(&mut self, run: &Observer);

    /// Hears what the run comes to before it is handed out, while it goes on and at its end. It is on
    /// the path of whoever flushes or ends the run, and must not wait for a disk.
    fn hand_out(&mut self, so_far: &Outcome);

    /// Hears what the run came to, once all of its sinks were served; `failed` are those that did not
    /// take it.
    fn end(&mut self, outcome: &Outcome, failed: &[&'static str]);
}

/// What a run has added to its record since an earlier one, for the `delta` of [`Sink::out`].
pub fn rest(total: &EmissionsRecord, before: Option<&EmissionsRecord>) -> EmissionsRecord {
    crate::record::delta(total, before)
}

/// What a sink tells about a record that arrived.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Delivery {
    /// The file that was written, if it is a file.
    pub saved_to: Option<PathBuf>,
    /// What the user should hear, in sentences.
    pub notices: Vec<String>,
}

/// A record did not arrive; the run and the other sinks go on.
#[derive(Debug, thiserror::Error)]
#[error("{sink}: {cause}")]
pub struct SinkError {
    /// Name of the sink, such as "csv".
    pub sink: &'static str,
    /// What went wrong there.
    #[source]
    pub cause: Box<dyn Error + Send + Sync>,
}

impl SinkError {
    /// A failure of the named sink.
    pub fn new(sink: &'static str, cause: impl Error + Send + Sync + 'static) -> Self {
        Self { sink, cause: Box::new(cause) }
    }
}
