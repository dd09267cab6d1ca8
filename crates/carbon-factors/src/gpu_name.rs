//! The form in which GPU names are compared, shared by the build script and the look-up.

/// Words that say who made it or what it is, never which one.
const NOISE: [&str; 10] = [
    "nvidia",
    "amd",
    "intel",
    "tesla",
    "geforce",
    "gpu",
    "graphics",
    "generation",
    "card",
    "radeon",
];

/// The distinct words, sorted, joined by blanks; "Tesla V100-SXM2-16GB" and "NVIDIA V100 SXM2 16GB"
/// are the same. A laptop part keeps its word "laptop", because its power is another.
pub(crate) fn model_key(name: &str) -> String {
    let lower = name.to_lowercase().replace("(r)", " ").replace("(tm)", " ");
    let mut words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '/' | '(' | ')' | ','))
        .filter(|w| !w.is_empty() && !NOISE.contains(w))
        .collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}
