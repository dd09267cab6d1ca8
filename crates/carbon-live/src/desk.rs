//! One thread for all questions of a process, and the feeds that it answers to.
//!
//! The thread starts when a run first follows a feed that needs a service, sleeps while nothing is
//! due or no run follows, and is never waited for: a call that hangs holds nobody up.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use carbon_tracker::config::{Config, IntensityProvider};
use carbon_tracker::live::{Feed, Questions};
use carbon_tracker::location::{Found, is_told};

use crate::Means;
use crate::choice;
use crate::inquiry::Inquiry;
use crate::place::PlaceQuestion;

/// Finds out what trackers do not know: gives them feeds and has services asked. One per process.
pub struct Desk {
    shared: Arc<Shared>,
}

struct Shared {
    means: Means,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    feeds: Vec<(Key, Arc<Feed>)>,
    /// Questions that the thread has not seen yet.
    incoming: VecDeque<Inquiry>,
    has_thread: bool,
    is_woken: bool,
    is_closed: bool,
}

/// What two configurations have in common that may share a feed. It has a token in it, so there is
/// no way to print it.
#[derive(Clone, PartialEq)]
struct Key {
    place: Option<PlaceQuestion>,
    prices: Option<PriceKey>,
}

#[derive(Clone, PartialEq)]
struct PriceKey {
    wanted: IntensityProvider,
    /// Everything that a provider is made of, the token included.
    settings: Vec<Option<String>>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("means", &self.shared.means).finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk that has asked nobody yet.
    pub fn new(means: Means) -> Self {
        let state = Mutex::default();
        Self { shared: Arc::new(Shared { means, state, changed: Condvar::new() }) }
    }

    /// The feed for runs of a configuration; `None` when it leaves nothing to ask. `by_address`:
    /// whether `location_lookup = auto` means asking where the internet address is.
    ///
    /// Costs: some small files are read; services are asked by a thread, once a run follows. The
    /// desk has to live as long as the runs.
    pub fn feed(&self, config: &Config, by_address: bool) -> Option<Arc<Feed>> {
        let place = (!is_told(config)).then(|| PlaceQuestion::of(config, by_address));
        let wanted = choice::wanted(config);
        if place.is_none() && wanted.is_none() {
            return None;
        }
        let key = Key { place, prices: wanted.map(|wanted| PriceKey::of(config, wanted)) };
        let mut state = self.shared.state();
        if let Some((_, feed)) = state.feeds.iter().find(|(known, _)| *known == key) {
            return Some(Arc::clone(feed));
        }
        let questions = Questions { place: key.place.is_some(), prices: wanted.is_some() };
        let feed = match &key.place {
            Some(place) if wanted.is_none() && !place.needs_network() => {
                Arc::new(Feed::of_place(place.guess(&self.shared.means)))
            }
            place => {
                let shared = Arc::downgrade(&self.shared);
                let feed = Arc::new(Feed::new(questions, move || Shared::wake(&shared)));
                let inquiry =
                    Inquiry::new(Arc::clone(&feed), config.clone(), place.clone(), wanted);
                state.incoming.push_back(inquiry);
                feed
            }
        };
        state.feeds.push((key, Arc::clone(&feed)));
        Some(feed)
    }

    /// Where the machine stands, for who wants to know it now: asks and waits, two seconds at most.
    /// With it, what could not be asked. A place that the configuration says is not looked up.
    pub fn place_now(&self, config: &Config, by_address: bool) -> (Option<Found>, Vec<String>) {
        if is_told(config) {
            return (None, Vec::new());
        }
        let means = &self.shared.means;
        let answer = PlaceQuestion::of(config, by_address).ask(means, &means.cache());
        (answer.found, answer.remarks)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shared.state().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl PriceKey {
    fn of(config: &Config, wanted: IntensityProvider) -> Self {
        let text = |text: &str| Some(text.to_owned());
        let path = |path: &Option<std::path::PathBuf>| {
            path.as_ref().map(|path| path.to_string_lossy().into_owned())
        };
        let settings = vec![
            config.electricitymaps_api_token.as_ref().map(|token| token.expose().to_owned()),
            config.electricitymaps_zone.clone(),
            text(&config.electricitymaps_url),
            text(&config.uk_carbon_intensity_url),
            path(&config.carbon_intensity_file),
            path(&config.ca_bundle),
            config.country_iso_code.as_ref().and_then(|code| text(code.as_str())),
            config.country_2letter_iso_code.as_ref().and_then(|code| text(code.as_str())),
            config.region.as_ref().and_then(|name| text(name.as_str())),
            config.cloud_provider.as_ref().and_then(|name| text(name.as_str())),
            config.cloud_region.as_ref().and_then(|name| text(name.as_str())),
        ];
        Self { wanted, settings }
    }
}

impl State {
    /// Feeds whose first answers are still to come.
    fn awaited(&self) -> Vec<Arc<Feed>> {
        let feeds = self.feeds.iter().map(|(_, feed)| feed);
        feeds.filter(|feed| feed.is_awaited()).map(Arc::clone).collect()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A run has begun to follow.
    fn wake(shared: &Weak<Self>) {
        let Some(shared) = shared.upgrade() else { return };
        let mut state = shared.state();
        state.is_woken = true;
        if !state.has_thread {
            let builder = thread::Builder::new().name("codecarbon-place".to_owned());
            let worker = Arc::clone(&shared);
            state.has_thread = builder.spawn(move || worker.run()).is_ok();
        }
        let silent = if state.has_thread { Vec::new() } else { state.awaited() };
        drop(state);
        for feed in silent {
            feed.place_is(None, Vec::new());
            feed.no_price("no thread could be started that asks for the intensity of the grid");
        }
        shared.changed.notify_one();
    }

    /// The thread's body.
    fn run(&self) {
        let cache = self.means.cache();
        let mut inquiries: Vec<Inquiry> = Vec::new();
        loop {
            let mut state = self.state();
            if state.is_closed {
                return;
            }
            state.is_woken = false;
            inquiries.extend(state.incoming.drain(..));
            drop(state);
            let waits = inquiries.iter_mut().map(|inquiry| inquiry.step(&self.means, &cache));
            let wait = waits.flatten().min();
            let mut state = self.state();
            if state.is_woken || state.is_closed {
                continue;
            }
            state = match wait {
                Some(wait) => {
                    let wait = wait.max(Duration::from_millis(1));
                    self.changed.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
            drop(state);
        }
    }
}
