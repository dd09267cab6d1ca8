//! Two ways of doing the same compared: energy, time and emissions, with a verdict only where the
//! noise between runs leaves no doubt.

mod select;
mod statistics;
mod words;

pub use select::{Selection, SelectionError};
pub use statistics::{Difference, Mean};
pub use words::{as_json, as_text};

use crate::entry::Entry;

/// How the numbers of the two sides belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// The first of A belongs to the first of B: interleaved trials.
    Pairs,
    /// Runs that were made at any time.
    Groups,
}

/// A comparison of two sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// How the runs belong together.
    pub design: Design,
    /// What A and B are, for people.
    pub names: [String; 2],
    /// Energy, time and emissions.
    pub outcomes: Vec<Outcome>,
    /// What the reader should know, in sentences.
    pub remarks: Vec<String>,
}

/// One figure of both sides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Which.
    pub figure: Figure,
    /// Side A.
    pub a: Mean,
    /// Side B.
    pub b: Mean,
    /// B − A.
    pub difference: Difference,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// Joules of the facility.
    Energy,
    /// Seconds.
    Time,
    /// Grams of CO2e.
    Emissions,
}

impl Figure {
    /// Every figure.
    pub const ALL: [Self; 3] = [Self::Energy, Self::Time, Self::Emissions];

    fn of(self, entry: &Entry) -> f64 {
        match self {
            Self::Energy => entry.energy.total.joules(),
            Self::Time => entry.duration_s,
            Self::Emissions => entry.emissions.grams(),
        }
    }
}

impl Comparison {
    /// Compares the runs of two sides.
    pub fn of(design: Design, names: [String; 2], a: &[Entry], b: &[Entry]) -> Self {
        let outcomes = Figure::ALL.map(|figure| {
            let numbers =
                |side: &[Entry]| side.iter().map(|entry| figure.of(entry)).collect::<Vec<_>>();
            let (a, b) = (numbers(a), numbers(b));
            let difference = match design {
                Design::Pairs => Difference::of_pairs(&a, &b),
                Design::Groups => Difference::of_groups(&a, &b),
            };
            Outcome { figure, a: Mean::of(&a), b: Mean::of(&b), difference }
        });
        let remarks = words::remarks(design, a, b);
        Self { design, names, outcomes: outcomes.to_vec(), remarks }
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
