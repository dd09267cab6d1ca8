//! What one feed wants to know, asked step by step: the place once, prices whenever they end.
//!
//! A step does what is due and says when the next is; it is the only place where time is waited out
//! and services are called, so that tests walk through hours on a clock of their own.

use std::sync::Arc;
use std::time::Duration;

use carbon_tracker::config::{Config, IntensityProvider};
use carbon_tracker::live::Feed;

use crate::Means;
use crate::cache::Cache;
use crate::choice;
use crate::kept::{Kept, KeptPrice};
use crate::place::{ASK_AGAIN, PlaceQuestion};
use crate::provider::{NoPrice, Provider};

/// A service is asked no more often.
const LEAST_PAUSE: Duration = Duration::from_mins(5);

/// A value that has ended is asked for again after this, for services publish with a delay.
const AFTER_THE_END: Duration = Duration::from_secs(20);

/// After a first failure, and the most after many.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// The clock may be set and the machine may sleep: nothing is slept through for longer.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The questions of one feed.
pub(crate) struct Inquiry {
    feed: Arc<Feed>,
    config: Config,
    place: Option<(PlaceQuestion, Duration)>,
    prices: Option<Prices>,
}

/// Prices that are asked for; times are of the wall clock, since the Unix epoch.
struct Prices {
    wanted: IntensityProvider,
    provider: Option<Box<dyn Provider>>,
    /// When the provider is asked next; `None` for never again.
    due: Option<Duration>,
    /// When that was settled. Should the clock go back behind it, it is void.
    settled: Duration,
    /// Pause after the last failure; zero after an answer.
    pause: Duration,
    /// When another price begins to hold.
    change: Option<Duration>,
}

impl Inquiry {
    pub(crate) fn new(
        feed: Arc<Feed>,
        config: Config,
        place: Option<PlaceQuestion>,
        wanted: Option<IntensityProvider>,
    ) -> Self {
        let prices = wanted.map(|wanted| Prices {
            wanted,
            provider: None,
            due: Some(Duration::ZERO),
            settled: Duration::ZERO,
            pause: Duration::ZERO,
            change: None,
        });
        Self { feed, config, place: place.map(|question| (question, Duration::ZERO)), prices }
    }

    /// Does what is due, which may block for seconds; the time until something is due again, `None`
    /// for when a run follows.
    pub(crate) fn step(&mut self, means: &Means, cache: &Cache) -> Option<Duration> {
        if !self.feed.is_followed() {
            return None;
        }
        let is_first = |prices: &Prices| !choice::needs_place(&self.config, prices.wanted);
        if self.prices.as_ref().is_some_and(is_first) {
            self.ask_prices(means, cache);
            self.ask_place(means, cache);
        } else {
            self.ask_place(means, cache);
            self.ask_prices(means, cache);
        }
        let now = means.clock.now().wall;
        let prices = self.prices.as_ref();
        [
            self.place.as_ref().map(|(_, due)| *due),
            prices.and_then(|prices| prices.due),
            prices.and_then(|prices| prices.change),
        ]
        .into_iter()
        .flatten()
        .min()
        .map(|due| due.saturating_sub(now).min(LONGEST_WAIT))
    }

    fn ask_place(&mut self, means: &Means, cache: &Cache) {
        let now = means.clock.now().wall;
        let Some((question, due)) = &mut self.place else { return };
        // A time that is further ahead is one of a clock that has been set back.
        if now < *due && *due <= now + ASK_AGAIN {
            return;
        }
        let answer = question.ask(means, cache);
        let is_new = answer.found.as_ref() != self.feed.place().as_deref();
        self.feed.place_is(answer.found, answer.remarks);
        if answer.again {
            *due = means.clock.now().wall + ASK_AGAIN;
        } else {
            self.place = None;
        }
        // What was missing for prices may be known now.
        if let Some(prices) = self.prices.as_mut().filter(|prices| is_new && prices.due.is_none()) {
            prices.due = Some(now);
        }
    }

    fn ask_prices(&mut self, means: &Means, cache: &Cache) {
        let Self { feed, config, prices, .. } = self;
        let Some(prices) = prices else { return };
        let now = means.clock.now().wall;
        if now < prices.settled {
            prices.due = prices.due.map(|due| due.min(now));
            prices.change = feed.price_at(now).1;
        }
        prices.settled = now;
        if prices.change.is_some_and(|change| change <= now) {
            feed.cut();
            prices.change = feed.price_at(now).1;
        }
        if prices.due.is_none_or(|due| now < due) {
            return;
        }
        let place = feed.place();
        let provider = match &mut prices.provider {
            Some(provider) => provider,
            None => match choice::provider(config, prices.wanted, place.as_deref()) {
                Ok(provider) => prices.provider.insert(provider),
                Err(fault) => {
                    feed.no_price(fault.to_string());
                    prices.due = None;
                    return;
                }
            },
        };
        let pause = prices.pause;
        let (due, pause) = match answer(&mut **provider, feed, cache, now, pause) {
            Ok(due) => (Some(due), Duration::ZERO),
            Err((fault, again)) => {
                feed.no_price(fault);
                (again.map(|pause| means.clock.now().wall + pause), again.unwrap_or_default())
            }
        };
        (prices.due, prices.pause) = (due, pause);
        // The price that holds from now on may be another one than before.
        feed.cut();
        prices.change = feed.price_at(now).1;
    }
}

/// Has the feed know what the cache or the provider tells; when to ask next, or why there is no
/// price and after which pause to ask again.
fn answer(
    provider: &mut dyn Provider,
    feed: &Feed,
    cache: &Cache,
    now: Duration,
    pause: Duration,
) -> Result<Duration, (String, Option<Duration>)> {
    let key = provider.key();
    let kept: Option<Kept> = key.as_ref().and_then(|key| cache.read(key));
    if let (Some(key), Some(kept)) = (&key, kept)
        && kept.holds(key, now)
    {
        let again = Duration::from_secs(kept.ask_again_unix_s);
        match (&kept.fault, kept.prices()) {
            (Some(fault), _) => return Err((fault.clone(), Some(again.saturating_sub(now)))),
            (None, Some(prices)) => {
                feed.prices_are(prices, Vec::new());
                return Ok(again);
            }
            (None, None) => {}
        }
    }
    let keep = |ask_again: Duration, fault: Option<String>, prices: Vec<KeptPrice>| {
        if let Some(key) = &key {
            let (asked_unix_s, ask_again_unix_s) = (now.as_secs(), ask_again.as_secs());
            cache.write(
                key,
                &Kept { key: key.clone(), asked_unix_s, ask_again_unix_s, fault, prices },
            );
        }
    };
    match provider.ask(now) {
        Ok(told) => {
            let prices = told.prices.iter().map(KeptPrice::from).collect();
            let end = told.prices.iter().map(|price| price.until).max().unwrap_or(now);
            feed.prices_are(told.prices, told.remarks);
            let again = (end + AFTER_THE_END).max(now + LEAST_PAUSE);
            keep(again, None, prices);
            Ok(again)
        }
        Err(fault @ NoPrice::ForGood { .. }) => Err((fault.to_string(), None)),
        Err(fault) => {
            let after = match &fault {
                NoPrice::ForNow { after, .. } => *after,
                NoPrice::ForGood { .. } => None,
            };
            let next = (pause * 2).max(after.unwrap_or_default()).clamp(FIRST_PAUSE, LONGEST_PAUSE);
            keep(now + next, Some(fault.to_string()), Vec::new());
            Err((fault.to_string(), Some(next)))
        }
    }
}
