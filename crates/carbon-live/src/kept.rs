//! Prices as they are kept on disk, with when they were asked for and when to ask again.

use std::time::Duration;

use carbon_model::{Intensity, Interval};
use carbon_tracker::config::IntensityProvider;
use carbon_tracker::live::Price;
use serde::{Deserialize, Serialize};

use crate::provider::plausible;

/// A kept answer holds no longer and is asked for again no later, whatever its file says.
const LONGEST: Duration = Duration::from_hours(24);

/// What a provider told last, or that it did not answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The key that was asked by; file names may be those of two.
    pub(crate) key: String,
    pub(crate) asked_unix_s: u64,
    pub(crate) ask_again_unix_s: u64,
    /// Why there is no price, if there is none.
    pub(crate) fault: Option<String>,
    pub(crate) prices: Vec<KeptPrice>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptPrice {
    provider: String,
    from_unix_s: u64,
    until_unix_s: u64,
    zone: String,
    g_per_kwh: f64,
    low: f64,
    high: f64,
    source: String,
    estimated: Option<String>,
}

impl Kept {
    /// Whether this answers now what would be asked.
    pub(crate) fn holds(&self, key: &str, now: Duration) -> bool {
        let now = now.as_secs();
        let is_kept_long = self.ask_again_unix_s > now.saturating_add(LONGEST.as_secs());
        self.key == key
            && (self.asked_unix_s..self.ask_again_unix_s).contains(&now)
            && !is_kept_long
    }

    /// The prices; `None` if one of them is none.
    pub(crate) fn prices(&self) -> Option<Vec<Price>> {
        self.prices.iter().map(KeptPrice::price).collect()
    }
}

impl From<&Price> for KeptPrice {
    fn from(price: &Price) -> Self {
        let Interval { value, low, high } = price.intensity;
        Self {
            provider: price.provider.as_str().to_owned(),
            from_unix_s: price.from.as_secs(),
            until_unix_s: price.until.as_secs(),
            zone: price.zone.clone(),
            g_per_kwh: value.g_per_kwh(),
            low: low.g_per_kwh(),
            high: high.g_per_kwh(),
            source: price.source.clone(),
            estimated: price.estimated.clone(),
        }
    }
}

impl KeptPrice {
    fn price(&self) -> Option<Price> {
        let bound = |g_per_kwh: f64| {
            g_per_kwh.is_finite().then(|| Intensity::from_g_per_kwh(g_per_kwh.max(0.0)))
        };
        let value = plausible(self.g_per_kwh)?;
        let provider: IntensityProvider = self.provider.parse().ok()?;
        let intensity = Interval::new(value, bound(self.low)?, bound(self.high)?);
        let length_s = self.until_unix_s.checked_sub(self.from_unix_s)?;
        (1..=LONGEST.as_secs()).contains(&length_s).then(|| Price {
            provider,
            from: Duration::from_secs(self.from_unix_s),
            until: Duration::from_secs(self.until_unix_s),
            zone: self.zone.clone(),
            intensity,
            source: self.source.clone(),
            estimated: self.estimated.clone(),
        })
    }
}
