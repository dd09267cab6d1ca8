//! Signals: SIGTERM and SIGINT stop the server, a second one at once; SIGHUP reads the certificate
//! again.

use std::sync::Arc;

use carbon_server::stop::Stopper;
use carbon_server::tls::Tls;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use crate::failure::Failure;
use crate::serve::notify;
use crate::surroundings::Surroundings;

/// SIGXFSZ: a file has grown as far as the limits of the process allow. Its number is this one on every
/// system that the program is built for.
const FILE_TOO_LARGE: i32 = 25;

/// A file that may not grow is an error of the write, answered like a full disk; without this it would
/// end the process.
///
/// # Errors
/// The system does not let us.
pub(crate) fn survive_limits_of_files(runtime: &Runtime) -> Result<(), Failure> {
    let _inside = runtime.enter();
    // The signal counts as received from now on, whether or not somebody listens.
    watch(SignalKind::from_raw(FILE_TOO_LARGE)).map(drop)
}

fn watch(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::system(format!("signals cannot be received: {error}")))
}

/// The signals of this process, watched from now on.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Watches them, so that none ends the process any more.
    ///
    /// # Errors
    /// The system does not let us.
    pub(crate) fn watch() -> Result<Self, Failure> {
        Ok(Self {
            terminate: watch(SignalKind::terminate())?,
            interrupt: watch(SignalKind::interrupt())?,
            hang_up: watch(SignalKind::hangup())?,
        })
    }

    /// Does what they ask for; `stopped` is told of the first that stops.
    pub(crate) fn obey(
        mut self,
        stopper: Stopper,
        tls: Option<Tls>,
        stopped: Arc<Notify>,
        start: Surroundings,
    ) {
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    Some(()) = self.terminate.recv() => {}
                    Some(()) = self.interrupt.recv() => {}
                    Some(()) = self.hang_up.recv() => {
                        reload(tls.as_ref());
                        continue;
                    }
                    else => return,
                }
                tracing::info!("stopping");
                notify::tell(&start, "STOPPING=1");
                stopper.stop();
                stopped.notify_one();
            }
        });
    }
}

fn reload(tls: Option<&Tls>) {
    match tls.map(Tls::reload) {
        None => tracing::info!("SIGHUP: there is no certificate to read again"),
        Some(Ok(())) => tracing::info!("SIGHUP: the certificate has been read again"),
        Some(Err(error)) => {
            tracing::error!("SIGHUP: {error}; the certificate that was read before stays");
        }
    }
}
