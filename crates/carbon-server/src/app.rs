//! What every request needs: the store, the settings, the clock.

use std::fmt;
use std::sync::Arc;

use carbon_store::{Store, Timestamp};

use crate::board::Board;
use crate::feeds::Feeds;
use crate::http::{Meters, Room};
use crate::known_tokens::KnownTokens;
use crate::metrics::Metrics;
use crate::routes::Readiness;
use crate::settings::Settings;
use crate::sign_in::SignIn;
use crate::spans::Spans;

/// What the routes share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    store: Store,
    settings: Settings,
    tokens: KnownTokens,
    sign_in: SignIn,
    meters: Meters,
    room: Room,
    feeds: Feeds,
    metrics: Metrics,
    readiness: Readiness,
    spans: Option<Spans>,
    board: Board,
    started: Timestamp,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl App {
    /// An application over a store; `now` tells the time, so that tests can say what it is.
    pub fn new(
        store: Store,
        settings: Settings,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            sign_in: SignIn::new(&settings),
            meters: Meters::new(settings.rates),
            spans: settings.traces.as_ref().map(Spans::new),
            started: now(),
            now: Box::new(now),
            tokens: KnownTokens::default(),
            room: Room::default(),
            feeds: Feeds::default(),
            metrics: Metrics::default(),
            readiness: Readiness::default(),
            board: Board::default(),
            store,
            settings,
        }))
    }

    /// Where everything is kept.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What the operator decided.
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Tokens that were looked up lately.
    pub(crate) fn tokens(&self) -> &KnownTokens {
        &self.0.tokens
    }

    /// What signing in remembers.
    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.0.sign_in
    }

    /// How often who asks.
    pub(crate) fn meters(&self) -> &Meters {
        &self.0.meters
    }

    /// Memory for bodies on their way in.
    pub(crate) fn room(&self) -> &Room {
        &self.0.room
    }

    /// Who listens to runs that are under way.
    pub(crate) fn feeds(&self) -> &Feeds {
        &self.0.feeds
    }

    /// What is counted.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whether the store can be used.
    pub(crate) fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    /// What is traced; none where nothing is.
    pub(crate) fn spans(&self) -> Option<&Spans> {
        self.0.spans.as_ref()
    }

    /// What a board shows, where the server is one.
    pub fn board(&self) -> &Board {
        &self.0.board
    }

    /// When the process started.
    pub(crate) fn started(&self) -> Timestamp {
        self.0.started
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.0.now)()
    }
}
