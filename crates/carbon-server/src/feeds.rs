//! Runs that are under way, for whoever listens: each scope is asked for once, however many listen to
//! it, and nobody is asked for when nobody listens.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use carbon_store::{LiveRun, ProjectTokenId, Scope, UserId};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::app::App;
use crate::fault::Fault;

/// How often a scope is asked for, and how long a run without rows is under way.
const EVERY: Duration = Duration::from_secs(2);
const RECENT: Duration = Duration::from_mins(5);

/// Most runs that are told of.
const MOST_RUNS: u32 = 200;

/// Most listeners: of one party, and in all.
const OF_ONE: usize = 16;
const IN_ALL: usize = 512;

/// When somebody who finds no place may try again.
const TRY_AGAIN: Duration = Duration::from_secs(30);

/// Who listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Party {
    /// A person.
    Person(UserId),
    /// A token of a project.
    Token(ProjectTokenId),
    /// Somebody at an address.
    Address(IpAddr),
}

/// The runs of a scope as they were last; none before they are known.
type Runs = Option<Arc<Vec<LiveRun>>>;

/// All feeds of a server.
#[derive(Debug)]
pub(crate) struct Feeds {
    open: Mutex<Open>,
    is_ending: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Open {
    feeds: HashMap<Scope, watch::Sender<Runs>>,
    listeners: HashMap<Party, usize>,
    in_all: usize,
}

impl Default for Feeds {
    fn default() -> Self {
        Self { open: Mutex::default(), is_ending: watch::channel(false).0 }
    }
}

impl Feeds {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all feeds: the server stops.
    pub(crate) fn end(&self) {
        self.is_ending.send_replace(true);
    }
}

/// Somebody's place at a feed.
#[derive(Debug)]
pub(crate) struct Listener {
    app: App,
    party: Party,
    runs: watch::Receiver<Runs>,
    is_ending: watch::Receiver<bool>,
}

impl Listener {
    /// Listens to a scope.
    ///
    /// # Errors
    /// There is no place.
    pub(crate) fn new(app: &App, party: Party, scope: Scope) -> Result<Self, Fault> {
        let mut open = app.feeds().open();
        let of_one = open.listeners.get(&party).copied().unwrap_or_default();
        if of_one >= OF_ONE || open.in_all >= IN_ALL {
            return Err(Fault::TooMany { retry_after: TRY_AGAIN });
        }
        open.listeners.insert(party, of_one + 1);
        open.in_all += 1;
        let runs = match open.feeds.entry(scope) {
            Entry::Occupied(feed) => feed.get().subscribe(),
            Entry::Vacant(place) => {
                let (feed, runs) = watch::channel(None);
                tokio::spawn(keep(app.clone(), scope, place.insert(feed).clone()));
                runs
            }
        };
        let is_ending = app.feeds().is_ending.subscribe();
        drop(open);
        Ok(Self { app: app.clone(), party, runs, is_ending })
    }

    /// The runs when they are known.
    pub(crate) async fn now(&mut self) -> Option<Arc<Vec<LiveRun>>> {
        let known = self.runs.wait_for(Option::is_some).await.ok()?;
        let runs = known.clone();
        drop(known);
        self.runs.mark_unchanged();
        runs
    }

    /// The runs when they have changed; none when the feed ends.
    pub(crate) async fn next(&mut self) -> Option<Arc<Vec<LiveRun>>> {
        tokio::select! {
            _ = self.is_ending.wait_for(|is_ending| *is_ending) => None,
            changed = self.runs.changed() => {
                changed.ok()?;
                self.runs.borrow_and_update().clone()
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut open = self.app.feeds().open();
        open.in_all -= 1;
        if let Entry::Occupied(mut place) = open.listeners.entry(self.party) {
            *place.get_mut() -= 1;
            if *place.get() == 0 {
                place.remove();
            }
        }
    }
}

/// Asks for the runs of a scope while somebody listens.
async fn keep(app: App, scope: Scope, feed: watch::Sender<Runs>) {
    loop {
        let since = app.now().minus(RECENT);
        match app.store().live_runs(scope, since, MOST_RUNS).await {
            Ok(runs) => {
                feed.send_if_modified(|known| {
                    let is_new = known.as_deref() != Some(&runs);
                    if is_new {
                        *known = Some(Arc::new(runs));
                    }
                    is_new
                });
            }
            // Who listens sees that nothing changes, and the next look may succeed.
            Err(why) => tracing::debug!(%why, "live runs are not known"),
        }
        tokio::select! {
            () = sleep(EVERY) => {}
            () = feed.closed() => {}
        }
        let mut open = app.feeds().open();
        if feed.receiver_count() == 0 {
            open.feeds.remove(&scope);
            return;
        }
    }
}
