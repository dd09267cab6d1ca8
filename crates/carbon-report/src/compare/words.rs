//! A comparison in words, as a table with verdicts, and as JSON.

use std::collections::BTreeSet;
use std::fmt::Write;

use carbon_model::{CarbonMass, Energy};
use serde_json::{Value, json};

use super::{Comparison, Design, Figure, Outcome};
use crate::entry::Entry;
use crate::render::printable;
use crate::table::{self, Align};
use crate::units;

/// A comparison as text.
pub fn as_text(comparison: &Comparison) -> String {
    let [a, b] = comparison.names.each_ref().map(|name| printable(name));
    let mut out = format!("A: {a}\nB: {b}\n\n");
    let titles = ["", "A", "B", "B - A", "95 % interval"].map(str::to_owned).to_vec();
    let rows = comparison.outcomes.iter().map(row);
    let rows: Vec<Vec<String>> = std::iter::once(titles).chain(rows).collect();
    let align = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right];
    for line in table::lines(&align, &rows) {
        let _ = writeln!(out, "{line}");
    }
    out.push('\n');
    for outcome in &comparison.outcomes {
        let _ = writeln!(out, "{}", verdict(outcome, comparison.design));
    }
    for remark in &comparison.remarks {
        let _ = writeln!(out, "Note: {remark}");
    }
    out
}

fn row(outcome: &Outcome) -> Vec<String> {
    let Outcome { figure, a, b, difference } = outcome;
    let shown = |value: f64| figure.shown(value);
    let side = |mean: &super::Mean| {
        let spread =
            if mean.count > 1 { format!(" ± {}", shown(mean.deviation)) } else { String::new() };
        format!("{}{spread}", shown(mean.mean))
    };
    let interval = difference.interval.map_or_else(String::new, |(low, high)| {
        format!("{} to {}", signed(low, shown), signed(high, shown))
    });
    vec![figure.name().to_owned(), side(a), side(b), signed(difference.value, shown), interval]
}

fn signed(value: f64, shown: impl Fn(f64) -> String) -> String {
    let sign = if value < 0.0 { "-" } else { "+" };
    format!("{sign}{}", shown(value.abs()))
}

/// What may be said of a figure.
fn verdict(outcome: &Outcome, design: Design) -> String {
    let Outcome { figure, a, difference, .. } = outcome;
    let name = figure.name();
    let Some((low, high)) = difference.interval else {
        return format!("{name}: two runs of each side are the least for a verdict.");
    };
    let percent = |value: f64| 100.0 * value / a.mean;
    if a.mean <= 0.0 {
        return format!("{name}: A has none to compare with.");
    }
    let digits = |value: f64| units::digits(value.abs());
    if difference.is_shown() {
        let (word, near, far) =
            if difference.value < 0.0 { ("less", high, low) } else { ("more", low, high) };
        return format!(
            "{name}: B {} {} % {word} than A (95 %: {} to {} %).",
            figure.verb(),
            digits(percent(difference.value)),
            digits(percent(near)),
            digits(percent(far)),
        );
    }
    let what = match design {
        Design::Pairs => "trials",
        Design::Groups => "runs",
    };
    let sign = |value: f64| if value < 0.0 { "-" } else { "+" };
    let more = match difference.more {
        Some(more) => format!("; about {more} more {what} of each would show one of the size seen"),
        None => String::new(),
    };
    format!(
        "{name}: no difference that these {what} can show (95 %: {}{} to {}{} %){more}.",
        sign(low),
        digits(percent(low)),
        sign(high),
        digits(percent(high)),
    )
}

impl Figure {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Energy => "Energy",
            Self::Time => "Time",
            Self::Emissions => "Emissions",
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Energy => "uses",
            Self::Time => "takes",
            Self::Emissions => "emits",
        }
    }

    fn shown(self, value: f64) -> String {
        match self {
            Self::Energy => units::energy(Energy::from_joules(value)),
            Self::Time => units::duration_s(value),
            Self::Emissions => units::mass(CarbonMass::from_grams(value)),
        }
    }

    fn key(self) -> &'static str {
        match self {
            Self::Energy => "energy_j",
            Self::Time => "duration_s",
            Self::Emissions => "emissions_g",
        }
    }
}

/// What the reader should know of the runs of both sides.
pub(super) fn remarks(design: Design, a: &[Entry], b: &[Entry]) -> Vec<String> {
    let mut remarks =
        vec![match design {
        Design::Pairs => {
            "Intervals are Student's, of the differences of trials that followed each other."
        }
        Design::Groups => "Intervals are Welch's, of runs that are taken as made independently.",
    }
    .to_owned()];
    let both = || a.iter().chain(b);
    let modelled: BTreeSet<&str> = both()
        .filter_map(|entry| entry.told.as_deref())
        .flat_map(|told| &told.sources)
        .filter(|source| !matches!(source.basis.as_str(), "measured" | "derived"))
        .map(|source| source.label.as_str())
        .collect();
    if !modelled.is_empty() {
        let labels: Vec<&str> = modelled.into_iter().collect();
        remarks.push(format!(
            "Energy is modelled ({}), so only differences in what the model sees, such as time and \
             use, can show.",
            labels.join(", ")
        ));
    }
    let differ = |of: &dyn Fn(&Entry) -> String| {
        let side = |entries: &[Entry]| entries.iter().map(of).collect::<BTreeSet<_>>();
        side(a) != side(b)
    };
    if differ(&|entry| entry.equipment.cpu_model.to_string()) {
        remarks.push("A and B ran on different processors.".to_owned());
    }
    if differ(&|entry| entry.place.name()) {
        remarks.push("A and B ran in different places, which emissions show too.".to_owned());
    }
    remarks
}

/// A comparison as JSON in base units.
pub fn as_json(comparison: &Comparison) -> String {
    let side = |mean: &super::Mean| json!({ "count": mean.count, "mean": mean.mean, "standard_deviation": mean.deviation });
    let outcomes = comparison.outcomes.iter().map(|outcome| {
        let difference = &outcome.difference;
        let figure = json!({
            "a": side(&outcome.a),
            "b": side(&outcome.b),
            "difference": difference.value,
            "interval_95": difference.interval.map(|(low, high)| json!({ "low": low, "high": high })),
            "shown": difference.is_shown(),
            "more_trials": difference.more,
        });
        (outcome.figure.key().to_owned(), figure)
    });
    let design = match comparison.design {
        Design::Pairs => "pairs",
        Design::Groups => "groups",
    };
    let value = json!({
        "comparison_version": 1,
        "design": design,
        "a": comparison.names[0],
        "b": comparison.names[1],
        "figures": Value::Object(outcomes.collect()),
        "remarks": comparison.remarks,
    });
    format!("{value:#}\n")
}
