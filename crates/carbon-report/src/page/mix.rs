//! What electricity is made from, as shares of a bar.

use carbon_factors::{Mix, mix};
use serde::Serialize;

/// Parts of a mix in the order in which they are drawn, with the class of their colour.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Shares {
    pub(super) parts: Vec<Part>,
    /// Percent that is not made from coal, oil and gas.
    #[serde(skip)]
    pub(super) without_fossil: f64,
    /// The mix in words.
    pub(super) words: String,
}

/// A source of energy.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) class: &'static str,
    pub(super) percent: f64,
    pub(super) x: f64,
}

/// Names and classes of the parts.
pub(super) const PARTS: [(&str, &str); 6] = [
    ("fossil", "fossil"),
    ("nuclear", "nuclear"),
    ("hydro", "hydro"),
    ("wind", "wind"),
    ("solar", "solar"),
    ("other", "rest"),
];

/// The mix of a country, where it is known.
pub(super) fn shares(iso3: &str) -> Option<Shares> {
    let Mix { coal, oil, gas, nuclear, hydro, wind, solar, bio, other, .. } = mix(iso3, None)?;
    let fossil = coal + oil + gas;
    let values = [fossil, nuclear, hydro, wind, solar, bio + other];
    let mut x = 0.0;
    let mut parts = Vec::new();
    for ((name, class), value) in PARTS.into_iter().zip(values) {
        let percent = (value * 10.0).round() / 10.0;
        if percent > 0.0 {
            parts.push(Part { name, class, percent, x });
        }
        x = ((x + percent) * 10.0).round() / 10.0;
    }
    let words: Vec<String> =
        parts.iter().map(|part| format!("{} {:.0} %", part.name, part.percent)).collect();
    Some(Shares { parts, without_fossil: 100.0 - fossil, words: words.join(", ") })
}
