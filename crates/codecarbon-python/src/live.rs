//! Who asks services for the trackers of this process, and what a fork does to them.
//!
//! A process has one desk for each surrounding that its trackers name, nearly always one. Desks are
//! never freed; a forked child, which has no thread that asks, forgets the parent's and makes its own.
//! The lock here is only taken by threads that are attached to the interpreter and is held for a few
//! instructions, so it is open whenever Python forks.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use carbon_live::{Desk, Means};
use carbon_tracker::config::Config;
use carbon_tracker::live::Feed;

/// What the environment says that asking needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Asking {
    pub(crate) cache_directory: Option<PathBuf>,
    pub(crate) time_zone: Option<String>,
    pub(crate) locale: Option<String>,
}

static DESKS: Mutex<Vec<(Asking, &'static Desk)>> = Mutex::new(Vec::new());

impl Asking {
    /// From the environment and the home directory.
    pub(crate) fn of(
        variable: &impl Fn(&str) -> Option<String>,
        home: Option<&std::path::Path>,
    ) -> Self {
        let set = |name: &str| variable(name).filter(|text| !text.is_empty());
        let given = set("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        let base = given.or_else(|| Some(home?.join(".cache")));
        Self {
            cache_directory: base.map(|base| base.join("codecarbon")),
            time_zone: set("TZ"),
            locale: set("LC_ALL").or_else(|| set("LANG")),
        }
    }
}

/// What the runs of a tracker learn from; `None` when its configuration leaves nothing to ask.
pub(crate) fn feed_for(config: &Config, asking: &Asking) -> Option<Arc<Feed>> {
    let mut desks = DESKS.lock().unwrap_or_else(PoisonError::into_inner);
    let desk = match desks.iter().find(|(known, _)| known == asking) {
        Some((_, desk)) => *desk,
        None => {
            let Asking { cache_directory, time_zone, locale } = asking.clone();
            let means = Means { cache_directory, time_zone, locale, ..Means::default() };
            let desk: &'static Desk = Box::leak(Box::new(Desk::new(means)));
            desks.push((asking.clone(), desk));
            desk
        }
    };
    drop(desks);
    desk.feed(config, true)
}

/// Starts clean in a forked child.
pub(crate) fn forget_the_parents() {
    DESKS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
