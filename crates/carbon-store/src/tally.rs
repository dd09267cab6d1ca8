//! Sums as they come together from kept ones and from rows: by group, and by stretch of time.

use std::collections::HashMap;

use crate::cell::Cell;
use crate::emission::Measured;
use crate::error::Result;
use crate::figures::{Found, Question};
use crate::sums::{Numbers, Sums, WIDTH};

/// A run, a day or an hour that does not lie in one stretch as a whole: it is looked at more closely.
#[derive(Clone, Copy)]
pub(crate) struct Cut {
    /// Key of the run.
    pub(crate) run: i64,
    /// Place of its group.
    pub(crate) group: usize,
    /// Where it begins.
    pub(crate) start: i64,
}

/// The answer to a question, as far as it is known.
pub(crate) struct Tally<'q> {
    question: &'q Question,
    groups: Vec<Cell>,
    places: HashMap<Vec<u8>, usize>,
    /// The run that was asked for last: what is found of a run mostly comes together.
    last: Option<(i64, usize)>,
    /// By place of the group and number of the stretch.
    totals: HashMap<(usize, i64), Numbers>,
}

impl<'q> Tally<'q> {
    pub(crate) fn new(question: &'q Question) -> Self {
        Self {
            question,
            groups: Vec::new(),
            places: HashMap::new(),
            last: None,
            totals: HashMap::new(),
        }
    }

    /// The place of the group of a run.
    pub(crate) fn group(&mut self, run: i64, item: impl FnOnce() -> Result<Cell>) -> Result<usize> {
        if let Some((_, group)) = self.last.filter(|(known, _)| *known == run) {
            return Ok(group);
        }
        let item = item()?;
        let groups = &mut self.groups;
        let group = *self.places.entry(name(&item)).or_insert_with(|| {
            groups.push(item);
            groups.len() - 1
        });
        self.last = Some((run, group));
        Ok(group)
    }

    /// The numbers of a group in a stretch. An error where the answer has more than it may have.
    pub(crate) fn at(&mut self, group: usize, stretch: i64) -> Result<&mut Numbers> {
        self.question.allow(self.totals.len())?;
        Ok(self.totals.entry((group, stretch)).or_insert([0.0; WIDTH]))
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, group: usize, time: i64, row: &Measured) -> Result<()> {
        let mut sums = Sums::default();
        sums.add(row);
        let totals = self.at(group, self.question.stretch(time))?;
        totals.iter_mut().zip(sums.numbers()).for_each(|(total, number)| *total += number);
        Ok(())
    }

    /// The sums in the order of time.
    pub(crate) fn finish(self) -> Result<Vec<Found>> {
        self.question.allow(self.totals.len())?;
        let groups = self.groups;
        let mut answer: Vec<Found> = self
            .totals
            .into_iter()
            .map(|((group, stretch), numbers)| Found {
                item: groups[group].clone(),
                stretch,
                sums: Sums::from_numbers(&numbers),
            })
            .collect();
        answer.sort_by_key(|found| found.stretch);
        Ok(answer)
    }
}

/// What tells a group from others: nothing, an id or a name.
fn name(item: &Cell) -> Vec<u8> {
    match item {
        Cell::Id(id) => [&[1], id.as_bytes().as_slice()].concat(),
        Cell::Bytes(bytes) => [&[1], bytes.as_slice()].concat(),
        Cell::Text(text) => [&[1], text.as_bytes()].concat(),
        _ => Vec::new(),
    }
}
