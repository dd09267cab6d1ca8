//! The form in which CPU names are compared, shared by the build script and the look-up.
//!
//! A brand string ("12th Gen Intel(R) Core(TM) i9-12900K @ 3.20GHz") and a name in a table ("Intel
//! Core i9-12900K") become the same sorted set of words. Only words that never tell two models
//! apart are dropped; a name of which no model number remains has no form, so that "Intel(R)
//! Xeon(R) Processor" cannot match anything.

/// A name reduced to what tells models apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ModelName {
    /// The distinct words, sorted, joined by blanks.
    pub(crate) key: String,
    /// Physical cores, where the name says "64-Core".
    pub(crate) cores: Option<u16>,
}

/// Words that say who made it or what it is, never which one; "E5-2680 0" is the first version.
const NOISE: [&str; 10] =
    ["cpu", "processor", "apu", "soc", "intel", "amd", "genuine", "authentic", "gen", "0"];

/// Words with a digit that name a family of many models.
const FAMILIES: [&str; 16] = [
    "i3", "i5", "i7", "i9", "e3", "e5", "e7", "w3", "w5", "w7", "w9", "x2", "x3", "x4", "x6", "x8",
];

/// Counts that older AMD and Intel names spell out.
const SPELLED: [&str; 8] = ["dual", "two", "triple", "quad", "four", "six", "eight", "twelve"];

impl ModelName {
    /// Reduces a brand string or a table's name; `None` when no model number remains.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let mut lower = name.to_lowercase();
        for mark in ["(r)", "(tm)", "(c)", "®", "™"] {
            lower = lower.replace(mark, " ");
        }
        let mut text = lower.as_str();
        // What follows is the clock, or the graphics in the same package.
        for tail in ["@", " with ", " w/ ", " radeon"] {
            text = text.find(tail).map_or(text, |at| &text[..at]);
        }
        let mut cores = None;
        let mut words: Vec<&str> = Vec::with_capacity(12);
        for token in text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '/')) {
            if let Some(count) = token.strip_suffix("-core").or(token.strip_suffix("-cores")) {
                cores = count.parse().ok();
                if cores.is_some() || SPELLED.contains(&count) {
                    continue;
                }
            }
            words.extend(token.split(['-', '_']).filter(|w| !w.is_empty()));
        }
        let generation = |w: &&str| {
            ["th", "rd", "nd", "st"].iter().any(|s| {
                w.strip_suffix(s).is_some_and(|n| {
                    (1..=2).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit())
                })
            })
        };
        words.retain(|w| !NOISE.contains(w) && !generation(w));
        words.sort_unstable();
        words.dedup();
        let numbered = |w: &&str| {
            w.len() > 1 && w.bytes().any(|b| b.is_ascii_digit()) && !FAMILIES.contains(w)
        };
        words.iter().any(numbered).then(|| Self { key: words.join(" "), cores })
    }
}

/// Whether a table's name is a number without maker or family ("750", "3260 HE", "B57"). It may
/// answer to itself only, since a name that adds to it is most likely another maker's part.
pub(crate) fn is_bare(name: &str) -> bool {
    let mut words = name.split(' ');
    let number = words.next().unwrap_or_default();
    number.bytes().any(|b| b.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_alphanumeric())
        && !number.ends_with("th")
        && words.all(|word| matches!(word, "HE" | "SE" | "EE"))
}
