//! Who can be asked for the intensity of the grid, and what they may answer.

use std::time::Duration;

use carbon_http::{Answer, HttpError};
use carbon_model::{Intensity, Interval};
use carbon_tracker::live::Price;

/// No grid emits more than this, g/kWh: brown coal alone is below 1,500.
const MOST_G_PER_KWH: f64 = 2500.0;

/// Somebody who tells what electricity emits.
pub(crate) trait Provider: Send {
    /// What its answers depend on, for the cache: provider, address and zone, never a token. `None`
    /// where asking costs less than a cache.
    fn key(&self) -> Option<String>;

    /// Asks for the prices around a moment of the wall clock. Blocks for seconds at most.
    ///
    /// # Errors
    /// There is no price.
    fn ask(&mut self, now: Duration) -> Result<Told, NoPrice>;
}

/// What a provider told.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) prices: Vec<Price>,
    /// What the user should hear.
    pub(crate) remarks: Vec<String>,
}

/// Why there is no price, by whether asking again can help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoPrice {
    /// Something has to be changed first: it is not asked again.
    #[error("{provider} is not asked again: {why}")]
    ForGood {
        /// Who.
        provider: &'static str,
        /// What has to be changed.
        why: String,
    },
    /// It may answer later.
    #[error("{provider} gave no intensity: {why}")]
    ForNow {
        /// Who.
        provider: &'static str,
        /// What was seen.
        why: String,
        /// When it wants to be asked again, if it said so.
        after: Option<Duration>,
    },
}

impl NoPrice {
    /// A call without an answer.
    pub(crate) fn unanswered(provider: &'static str, error: &HttpError) -> Self {
        let why = error.to_string();
        if error.is_passing() {
            Self::ForNow { provider, why, after: None }
        } else {
            Self::ForGood { provider, why }
        }
    }

    /// An answer that is none, by its status.
    pub(crate) fn refused(provider: &'static str, answer: &Answer) -> Self {
        let message = message(answer);
        let why = match answer.status {
            401 | 403 => format!("the token was refused (status {}{message})", answer.status),
            status => format!("status {status}{message}"),
        };
        match answer.status {
            400 | 401 | 403 | 422 => Self::ForGood { provider, why },
            _ => Self::ForNow { provider, why, after: retry_after(answer) },
        }
    }

    /// An answer that makes no sense.
    pub(crate) fn nonsense(provider: &'static str, why: impl Into<String>) -> Self {
        Self::ForNow { provider, why: why.into(), after: None }
    }
}

/// What the service says about its status, in brackets and shortened.
fn message(answer: &Answer) -> String {
    let Ok(tree) = serde_json::from_slice::<serde_json::Value>(&answer.body) else {
        return String::new();
    };
    let text = ["message", "error", "detail"].iter().find_map(|name| tree.get(name)?.as_str());
    let plain =
        |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(120).collect() };
    text.map(|text| format!(", {}", plain(text))).unwrap_or_default()
}

fn retry_after(answer: &Answer) -> Option<Duration> {
    answer.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// An intensity with bounds as factors; `None` if no grid can have it.
pub(crate) fn intensity(g_per_kwh: f64, spread: f64) -> Option<Interval<Intensity>> {
    let value = plausible(g_per_kwh)?;
    Some(Interval::by_factors(value, 1.0 / spread, spread))
}

/// An intensity that a grid can have.
pub(crate) fn plausible(g_per_kwh: f64) -> Option<Intensity> {
    (g_per_kwh.is_finite() && (0.0..=MOST_G_PER_KWH).contains(&g_per_kwh))
        .then(|| Intensity::from_g_per_kwh(g_per_kwh))
}
