//! Metrics offered to Prometheus servers that come for them.
//!
//! A server that comes by gets figures of that moment: the sink looks at its run whenever it is asked.
//! Trackers of one process that name the same address share it, each with labels of its own. A run
//! that has ended is offered for five minutes more, so that its last figures are seen; the address is
//! kept until the process ends.
//!
//! Left out: encryption and passwords. Listen on loopback, or put a proxy in front.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use carbon_model::EmissionsRecord;
use carbon_sensors::{Clock, SystemClock};
use carbon_tracker::Observer;
use carbon_tracker::sink::{Delivery, Sink, SinkError};

use super::exposition::Format;
use super::families::{RunState, families};
use super::serve::{self, Metrics};

/// How long the figures of a run are offered after its end: as long as a server takes a value for
/// the present one.
const AFTERLIFE: Duration = Duration::from_mins(5);

/// Most runs that are offered after their end.
const MOST_ENDED: usize = 64;

/// Looks at a run; `None` when it has ended.
type Look = dyn Fn() -> Option<EmissionsRecord> + Send + Sync;

/// The addresses of this process. Locked by [`Listener::bind`] and [`forget_after_fork`] only, never
/// by threads of this module.
static SERVERS: Mutex<Vec<Arc<Server>>> = Mutex::new(Vec::new());

/// Metrics cannot be offered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// Another program listens there; choose another port.
    #[error("{address} is in use by another program: no metrics are offered there")]
    InUse {
        /// The address.
        address: SocketAddr,
    },
    /// The system refuses the address: a port below 1024, or no address of this machine.
    #[error("metrics cannot be offered on {address}: {source}")]
    Refused {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// Offers the metrics of one run after another at an address.
pub struct Listener {
    server: Arc<Server>,
    place: Option<Arc<Place>>,
    /// Why nobody is served, until it is told.
    fault: Option<io::Error>,
}

/// An address and the runs that are offered there.
struct Server {
    address: SocketAddr,
    #[cfg(unix)]
    descriptor: std::os::fd::RawFd,
    /// Until the thread that accepts takes it. That starts with the first run, when a program that
    /// handles signals has blocked them, and not before, or it would be the one that they hit.
    listener: Mutex<Option<TcpListener>>,
    places: Mutex<Vec<Arc<Place>>>,
}

/// A run that is offered.
#[derive(Default)]
struct Place(Mutex<Offer>);

#[derive(Default)]
struct Offer {
    state: RunState,
    look: Option<Arc<Look>>,
    /// On the monotonic clock.
    ended_at: Option<Duration>,
}

impl Listener {
    /// Listens on an address, which trackers of this process may share; port 0 is a free one.
    ///
    /// # Errors
    /// The address is in use or refused. A run goes on without.
    pub fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
        let known = servers.iter().find(|server| server.address == address);
        if let Some(server) = known {
            return Ok(Self::on(server));
        }
        let explain = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => ListenError::InUse { address },
            _ => ListenError::Refused { address, source },
        };
        let listener = TcpListener::bind(address).map_err(explain)?;
        let server = Arc::new(Server {
            address: listener.local_addr().map_err(explain)?,
            #[cfg(unix)]
            descriptor: std::os::fd::AsRawFd::as_raw_fd(&listener),
            listener: Mutex::new(Some(listener)),
            places: Mutex::default(),
        });
        servers.push(Arc::clone(&server));
        Ok(Self::on(&server))
    }

    fn on(server: &Arc<Server>) -> Self {
        Self { server: Arc::clone(server), place: None, fault: None }
    }

    /// The address, with the port that was found.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Offers a run: `look` is called by the thread of whoever comes by, whenever somebody does.
    pub fn offer(&mut self, look: impl Fn() -> Option<EmissionsRecord> + Send + Sync + 'static) {
        self.end();
        let place = Arc::new(Place::default());
        place.offer().look = Some(Arc::new(look));
        self.open(place);
    }

    fn open(&mut self, place: Arc<Place>) {
        self.server.add(Arc::clone(&place));
        self.place = Some(place);
        if let Err(error) = serve_on(&self.server) {
            self.fault = Some(error);
        }
    }

    /// Takes the totals of the run and what the last interval has added.
    ///
    /// # Errors
    /// The system started no thread to serve them; told once.
    pub fn take(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<(), SinkError> {
        if self.place.is_none() {
            self.open(Arc::default());
        }
        if let Some(place) = &self.place {
            let mut offer = place.offer();
            offer.state.take(total, SystemClock.now().wall.as_secs_f64());
            offer.state.take_interval(delta);
        }
        self.fault.take().map_or(Ok(()), |error| Err(SinkError::new("prometheus_listen", error)))
    }

    /// The run has ended; its last figures stay for a while.
    pub fn end(&mut self) {
        let Some(place) = self.place.take() else { return };
        let mut offer = place.offer();
        offer.look = None;
        offer.state.end();
        offer.ended_at = Some(SystemClock.monotonic());
    }
}

impl Sink for Listener {
    fn begin(&mut self, run: &Observer) {
        let run = run.clone();
        self.offer(move || run.record());
    }

    fn out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.take(total, delta).map(|()| Delivery::default())
    }

    fn live_out(
        &mut self,
        total: &EmissionsRecord,
        delta: &EmissionsRecord,
    ) -> Result<Delivery, SinkError> {
        self.take(total, delta).map(|()| Delivery::default())
    }

    fn exit(&mut self) -> Vec<String> {
        self.end();
        Vec::new()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.end();
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listener").field("address", &self.server.address).finish_non_exhaustive()
    }
}

/// Starts the thread that accepts, unless it has been.
fn serve_on(server: &Arc<Server>) -> io::Result<()> {
    let listener = server.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(listener) = listener else { return Ok(()) };
    let offered = Arc::clone(server);
    let metrics: Arc<Metrics> = Arc::new(move |format| offered.text(format));
    let thread = thread::Builder::new().name("codecarbon-metrics".to_owned());
    thread.spawn(move || serve::serve(&listener, &metrics)).map(drop)
}

impl Server {
    fn places(&self) -> MutexGuard<'_, Vec<Arc<Place>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a run and forgets those that ended long ago.
    fn add(&self, place: Arc<Place>) {
        let mut places = self.places();
        places.push(place);
        forget_old(&mut places, SystemClock.monotonic());
    }

    /// The metrics of all runs, of this moment.
    fn text(&self, format: Format) -> String {
        let now = SystemClock.now();
        let places = {
            let mut places = self.places();
            forget_old(&mut places, now.monotonic);
            places.clone()
        };
        // No lock is held while a run is looked at, which may take its time.
        let states: Vec<RunState> = places
            .iter()
            .map(|place| {
                let look = place.offer().look.clone();
                let fresh = look.and_then(|look| look());
                let mut offer = place.offer();
                // It may have ended meanwhile, and then knows better.
                if let Some(total) = fresh.filter(|_| offer.ended_at.is_none()) {
                    offer.state.take(&total, now.wall.as_secs_f64());
                }
                offer.state.clone()
            })
            .collect();
        format.write(&families(&states))
    }
}

impl Place {
    fn offer(&self) -> MutexGuard<'_, Offer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops runs that ended more than [`AFTERLIFE`] ago, and the oldest of too many.
fn forget_old(places: &mut Vec<Arc<Place>>, now: Duration) {
    let ended_at = |place: &Arc<Place>| place.offer().ended_at;
    places.retain(|place| ended_at(place).is_none_or(|at| now.saturating_sub(at) < AFTERLIFE));
    let mut surplus =
        places.iter().filter(|p| ended_at(p).is_some()).count().saturating_sub(MOST_ENDED);
    places.retain(|place| {
        let goes = surplus > 0 && ended_at(place).is_some();
        surplus -= usize::from(goes);
        !goes
    });
}

/// Closes the addresses in a forked child, which has none of the threads that serve them; the
/// parent's go on. Call it where the fork cannot have happened within [`Listener::bind`].
pub fn forget_after_fork() {
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    for server in servers.drain(..) {
        #[cfg(unix)]
        close(server.descriptor);
        // Its locks may be held by threads that do not exist here.
        std::mem::forget(server);
    }
}

#[cfg(unix)]
#[expect(unsafe_code, reason = "the listener itself belongs to a thread that this process lacks")]
fn close(descriptor: std::os::fd::RawFd) {
    use std::os::fd::{FromRawFd, OwnedFd};
    // SAFETY: the descriptor is that of a listener which is never closed otherwise: the server that
    // holds it is forgotten, and the thread that accepts on it does not exist in a forked child.
    drop(unsafe { OwnedFd::from_raw_fd(descriptor) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::record;

    fn ended(at_s: u64) -> Arc<Place> {
        let place = Place::default();
        place.offer().ended_at = Some(Duration::from_secs(at_s));
        Arc::new(place)
    }

    #[test]
    fn runs_that_ended_long_ago_are_forgotten_and_open_ones_never() {
        let mut places = vec![ended(0), Arc::<Place>::default(), ended(200)];
        forget_old(&mut places, Duration::from_mins(5));
        let ends: Vec<_> = places.iter().map(|place| place.offer().ended_at).collect();
        assert_eq!(ends, [None, Some(Duration::from_secs(200))]);
    }

    #[test]
    fn of_very_many_ended_runs_the_latest_stay() {
        let mut places: Vec<_> = (0..MOST_ENDED as u64 + 5).map(ended).collect();
        forget_old(&mut places, Duration::from_secs(100));
        assert_eq!(places.len(), MOST_ENDED);
        assert_eq!(places[0].offer().ended_at, Some(Duration::from_secs(5)));
    }

    #[test]
    fn the_end_of_a_run_counts_more_than_a_look_that_came_late() {
        let mut listener = Listener::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        listener.offer(|| {
            let mut late = record("one");
            late.project_name = "late".into();
            Some(late)
        });
        listener.take(&record("one"), &record("one")).unwrap();
        listener.end();
        let text = listener.server.text(Format::Text);
        assert!(!text.contains("late"), "{text}");
        assert!(
            text.contains("codecarbon_run_active{run_id=\"one\",project_name=\"codecarbon\"} 0")
        );
    }
}
