//! Rows of CSV files: ours and CodeCarbon's of any version, columns in any order.
//!
//! CodeCarbon 3.3.0 leaves empty cells out of every row but the first of a file, so that later cells
//! slip to the left (rows of an offline tracker have 35 fields under 38 columns). Such a row is read
//! when leaving out those columns makes everything fit, and counted, so that it can be said.

use std::borrow::Cow;

use carbon_outputs::csv::{Record, records};

use super::cells::{Cells, Column, RowFault, Texts, entry};
use crate::entry::{Entry, Origin};

/// What the rows of a file come to.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) entries: Vec<Entry>,
    /// Line and reason of each row that cannot be used.
    pub(super) faults: Vec<(usize, RowFault)>,
    /// How many rows had slipped and were put right.
    pub(super) realigned: usize,
}

/// Columns that are empty for an offline tracker, as CodeCarbon 3.3.0 drops them together.
const DROPPED: [&[&str]; 5] = [
    &["region", "longitude", "latitude"],
    &["longitude", "latitude"],
    &["region"],
    &["country_name", "country_iso_code", "region", "longitude", "latitude"],
    &["country_name", "region", "longitude", "latitude"],
];

/// Reads the rows of a file; `None` when its first line names no columns of a record.
pub(super) fn read(bytes: &[u8], file: usize, texts: &mut Texts) -> Option<Rows> {
    let mut lines = LineCounter { bytes, at: 0, line: 1 };
    let mut layouts: Option<Layouts> = None;
    let mut rows = Rows::default();
    for record in records(bytes) {
        let line = lines.line_of(record.range.start);
        if record.range.is_empty() {
            continue;
        }
        let Some(known) = &layouts else {
            layouts = Some(Layouts::of_header(&record)?);
            continue;
        };
        // Files that were joined have the header again, perhaps another one.
        if record.range.len() < 4096
            && let Some(next) = Layouts::of_header(&record)
        {
            layouts = Some(next);
            continue;
        }
        match known.read(&record, Origin { file, line }, texts) {
            Ok((entry, as_named)) => {
                rows.entries.push(entry);
                rows.realigned += usize::from(!as_named);
            }
            Err(fault) => rows.faults.push((line, fault)),
        }
    }
    layouts.map(|_| rows)
}

/// Where each column of a record is; the first layout is the header's.
struct Layouts {
    columns: usize,
    as_named: Layout,
    slipped: Vec<Layout>,
}

struct Layout {
    columns: usize,
    places: [Option<u16>; Column::ALL.len()],
    /// Whether it has the columns by which a layout can be checked.
    has_checks: bool,
}

impl Layouts {
    /// From a record, if it is the header of a file of records.
    fn of_header(record: &Record<'_>) -> Option<Self> {
        // A cheap look first: this is asked of every row.
        let is_named = |name: &str| {
            (0..record.field_count()).any(|i| record.field(i).is_some_and(|f| f.trim() == name))
        };
        let first = record.field(0)?;
        if first.bytes().any(|b| b.is_ascii_digit()) || !is_named("emissions") {
            return None;
        }
        if !(is_named("duration") && is_named("energy_consumed")) {
            return None;
        }
        let names: Vec<String> = (0..record.field_count())
            .map(|i| record.field(i).unwrap_or_default().trim().to_owned())
            .collect();
        let slipped = DROPPED
            .iter()
            .filter(|dropped| dropped.iter().all(|name| names.iter().any(|n| n == name)))
            .map(|dropped| {
                let left = names.iter().filter(|name| !dropped.contains(&name.as_str()));
                Layout::of(&left.map(String::as_str).collect::<Vec<_>>())
            })
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Some(Self { columns: names.len(), as_named: Layout::of(&names), slipped })
    }

    /// The entry of a row, and whether it stands under its own columns.
    fn read(
        &self,
        record: &Record<'_>,
        origin: Origin,
        texts: &mut Texts,
    ) -> Result<(Entry, bool), RowFault> {
        let found = record.field_count();
        if found == self.columns {
            return Ok((entry(&Row { record, layout: &self.as_named }, origin, texts)?, true));
        }
        let fitting = self.slipped.iter().filter(|layout| layout.columns == found);
        for layout in fitting {
            let row = Row { record, layout };
            if row.is_plausible()
                && let Ok(entry) = entry(&row, origin, texts)
            {
                return Ok((entry, false));
            }
        }
        Err(RowFault::FieldCount { found, expected: self.columns })
    }
}

impl Layout {
    fn of(names: &[&str]) -> Self {
        let place = |name: &str| names.iter().position(|n| *n == name);
        let mut places = [None; Column::ALL.len()];
        for (index, (_, name)) in Column::ALL.iter().enumerate() {
            places[index] = place(name).and_then(|at| u16::try_from(at).ok());
        }
        let has_checks = place("tracking_mode").is_some() && place("on_cloud").is_some();
        Self { columns: names.len(), places, has_checks }
    }
}

struct Row<'a> {
    record: &'a Record<'a>,
    layout: &'a Layout,
}

impl Row<'_> {
    /// Whether the two columns whose words are known have one of them.
    fn is_plausible(&self) -> bool {
        self.layout.has_checks
            && matches!(&*self.text(Column::TrackingMode), "machine" | "process")
            && matches!(&*self.text(Column::OnCloud), "Y" | "N")
    }
}

impl Cells for Row<'_> {
    fn text(&self, column: Column) -> Cow<'_, str> {
        let place = self.layout.places[column as usize];
        place.and_then(|at| self.record.field(usize::from(at))).unwrap_or_default()
    }
}

/// Counts lines on the way through a file.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn line_of(&mut self, at: usize) -> usize {
        let passed = &self.bytes[self.at.min(at)..at];
        self.line += passed.split(|byte| *byte == b'\n').count() - 1;
        self.at = at;
        self.line
    }
}
