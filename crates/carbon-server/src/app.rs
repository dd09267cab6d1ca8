//! What every request needs: the store, the settings, the clock.

use std::fmt;
use std::sync::Arc;

use carbon_store::{Store, Timestamp};

use crate::known_tokens::KnownTokens;
use crate::settings::Settings;
use crate::sign_in::SignIn;

/// What the routes share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    store: Store,
    settings: Settings,
    tokens: KnownTokens,
    sign_in: SignIn,
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
        let (tokens, now) = (KnownTokens::default(), Box::new(now));
        let sign_in = SignIn::new(&settings);
        Self(Arc::new(Shared { store, settings, tokens, sign_in, now }))
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

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.0.now)()
    }
}
