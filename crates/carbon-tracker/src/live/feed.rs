//! What is known so far, shared by who asks and who measures.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use carbon_sensors::{Clock, SystemClock};

use super::price::{Price, Tariff};
use crate::location::Found;

/// How long records wait for first answers in the life of a feed, all together.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a feed is asked for; what is not asked for is never waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Questions {
    /// Where the machine stands.
    pub place: bool,
    /// The intensity of the grid.
    pub prices: bool,
}

/// Marks its energy when the price changes.
pub(crate) trait Follower: Send + Sync {
    fn mark(&self);
}

/// What is known of the surroundings of runs, and the runs that want to know it.
pub struct Feed {
    known: Mutex<Known>,
    changed: Condvar,
    followers: Mutex<Vec<Weak<dyn Follower>>>,
    wake: Box<dyn Fn() + Send + Sync>,
}

#[derive(Debug)]
struct Known {
    /// Grows with each change of the place or of what is said about it.
    version: u64,
    asked: Questions,
    open: Questions,
    place: Option<Arc<Found>>,
    tariff: Arc<Tariff>,
    place_remarks: Vec<String>,
    price_remarks: Vec<String>,
    price_fault: Option<String>,
    patience: Duration,
}

/// What a record is made of: a copy that does not change.
#[derive(Debug, Clone)]
pub(crate) struct Knowledge {
    pub(crate) version: u64,
    pub(crate) place: Option<Arc<Found>>,
    pub(crate) place_remarks: Vec<String>,
    /// `None` when no prices are asked for.
    pub(crate) tariff: Option<Arc<Tariff>>,
    pub(crate) price_remarks: Vec<String>,
    /// Why there is no price.
    pub(crate) price_fault: String,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").field("known", &*self.known()).finish_non_exhaustive()
    }
}

impl Feed {
    /// A feed that knows nothing yet. `wake` is called when a run begins to follow it, on the thread
    /// that starts the run: it must only wake who asks.
    pub fn new(asked: Questions, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            known: Mutex::new(Known {
                version: 1,
                asked,
                open: asked,
                place: None,
                tariff: Arc::default(),
                place_remarks: Vec::new(),
                price_remarks: Vec::new(),
                price_fault: None,
                patience: PATIENCE,
            }),
            changed: Condvar::new(),
            followers: Mutex::default(),
            wake: Box::new(wake),
        }
    }

    /// A feed that nobody has to be asked for: a place that was guessed, or that is not known.
    pub fn of_place(place: Option<Found>) -> Self {
        let feed = Self::new(Questions { place: true, prices: false }, || {});
        feed.place_is(place, Vec::new());
        feed
    }

    /// Answers where the machine stands; `None` when nobody knows. The remarks become warnings of
    /// the runs.
    pub fn place_is(&self, place: Option<Found>, remarks: Vec<String>) {
        self.change(|known| {
            known.place = place.map(Arc::new);
            known.place_remarks = remarks;
            known.open.place = false;
            known.version += 1;
        });
    }

    /// Takes in what electricity emits over stretches of time. The remarks become warnings of the
    /// runs.
    pub fn prices_are(&self, prices: impl IntoIterator<Item = Price>, remarks: Vec<String>) {
        self.change(|known| {
            let tariff = Arc::make_mut(&mut known.tariff);
            for price in prices {
                tariff.add(price);
            }
            known.price_remarks = remarks;
            known.open.prices = false;
            known.price_fault = None;
        });
    }

    /// Says why there is no price; runs go on with those that are known, and then with the tables.
    pub fn no_price(&self, why: impl Into<String>) {
        self.change(|known| {
            known.price_fault = Some(why.into());
            known.open.prices = false;
        });
    }

    /// Has every run that follows mark its energy so far, because the price changes now. Each reads
    /// its meters, which costs what the edge of a task does.
    pub fn cut(&self) {
        let followers: Vec<_> = self.followers().iter().filter_map(Weak::upgrade).collect();
        for follower in followers {
            follower.mark();
        }
    }

    /// Whether a run follows that goes on.
    pub fn is_followed(&self) -> bool {
        let mut followers = self.followers();
        followers.retain(|follower| follower.strong_count() > 0);
        !followers.is_empty()
    }

    /// The price that is known to hold at a moment, and when another one may.
    pub fn price_at(&self, moment: Duration) -> (Option<Arc<Price>>, Option<Duration>) {
        let known = self.known();
        (known.tariff.at(moment).cloned(), known.tariff.next_change(moment))
    }

    /// The place that was answered.
    pub fn place(&self) -> Option<Arc<Found>> {
        self.known().place.clone()
    }

    /// Whether a first answer is still to come that a record would wait for.
    pub fn is_awaited(&self) -> bool {
        let known = self.known();
        known.open != Questions::default() && !known.patience.is_zero()
    }

    /// Waits for first answers, as long as there is patience left: a second in the life of a feed,
    /// whatever the number of waits.
    pub fn wait(&self) {
        self.wait_while(|open| open != Questions::default());
    }

    /// Waits like [`wait`](Self::wait), but only for the place.
    pub fn wait_for_place(&self) {
        self.wait_while(|open| open.place);
    }

    fn wait_while(&self, is_open: impl Fn(Questions) -> bool) {
        let mut known = self.known();
        while is_open(known.open) && !known.patience.is_zero() {
            let (began, limit) = (SystemClock.monotonic(), known.patience);
            let waited = self.changed.wait_timeout(known, limit);
            known = waited.unwrap_or_else(PoisonError::into_inner).0;
            let waited = SystemClock.monotonic().saturating_sub(began);
            known.patience = known.patience.min(limit.saturating_sub(waited));
        }
    }

    pub(crate) fn knowledge(&self) -> Knowledge {
        let known = self.known();
        Knowledge {
            version: known.version,
            place: known.place.clone(),
            place_remarks: known.place_remarks.clone(),
            tariff: known.asked.prices.then(|| Arc::clone(&known.tariff)),
            price_remarks: known.price_remarks.clone(),
            price_fault: known
                .price_fault
                .clone()
                .unwrap_or_else(|| "nobody has told the intensity of the grid yet".to_owned()),
        }
    }

    /// Has a run follow that has begun at a moment of the wall clock.
    pub(crate) fn join(&self, follower: Weak<dyn Follower>, begun: Duration) {
        self.change(|known| {
            // An answer of hours ago says nothing of now: the next one is waited for.
            let is_silent = known.tariff.at(begun).is_none() && known.price_fault.is_none();
            known.open.prices |= known.asked.prices && is_silent;
        });
        let mut followers = self.followers();
        followers.retain(|follower| follower.strong_count() > 0);
        followers.push(follower);
        drop(followers);
        (self.wake)();
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.known());
        self.changed.notify_all();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn followers(&self) -> MutexGuard<'_, Vec<Weak<dyn Follower>>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_ends_with_the_answer_and_takes_a_second_in_all() {
        let feed = Arc::new(Feed::new(Questions { place: true, prices: false }, || {}));
        let teller = Arc::clone(&feed);
        let began = SystemClock.monotonic();
        std::thread::scope(|scope| {
            scope.spawn(move || teller.place_is(None, Vec::new()));
            feed.wait();
        });
        assert!(!feed.is_awaited());
        let silent = Feed::new(Questions { place: true, prices: true }, || {});
        silent.known().patience = Duration::from_millis(20);
        for _ in 0..3 {
            silent.wait();
            silent.wait_for_place();
        }
        assert!(!silent.is_awaited());
        assert!(SystemClock.monotonic().saturating_sub(began) < Duration::from_millis(900));
    }

    #[test]
    fn what_nobody_asked_for_is_not_waited_for() {
        Feed::new(Questions::default(), || {}).wait();
        let prices = Feed::new(Questions { place: false, prices: true }, || {});
        prices.wait_for_place();
        assert!(prices.is_awaited());
    }
}
