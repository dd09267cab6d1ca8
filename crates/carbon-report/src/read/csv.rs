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

/// A longer line is no header, unless it is the first of its file.
const LONGEST_HEADER: usize = 4096;

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
    let mut rows = Rows::default();
    let is_known = visit(bytes, file, texts, |row| match row {
        Ok(row) => {
            rows.realigned += usize::from(!row.as_named);
            rows.entries.push(row.entry);
        }
        Err(fault) => rows.faults.push(fault),
    });
    is_known.then_some(rows)
}

/// A row that could be read.
pub(crate) struct Visited<'a> {
    /// What it says.
    pub(crate) entry: Entry,
    /// Its cells.
    pub(crate) row: Row<'a>,
    /// Whether the cells stood under their own columns.
    pub(crate) as_named: bool,
}

/// Goes through the rows of a file; false when its first line names no columns of a record. A row
/// that cannot be used comes as its line and the reason.
pub(crate) fn visit(
    bytes: &[u8],
    file: usize,
    texts: &mut Texts,
    mut on_row: impl FnMut(Result<Visited<'_>, (usize, RowFault)>),
) -> bool {
    let mut lines = LineCounter { bytes, at: 0, line: 1 };
    let mut layouts: Option<Layouts> = None;
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let Some(record) = records(rest).next() else { break };
        let line = lines.line_of(at + record.range.start);
        let next = at + record.next;
        let begin = std::mem::replace(&mut at, next);
        if record.range.is_empty() {
            continue;
        }
        // Files that were joined have the header again, perhaps another one.
        if (layouts.is_none() || record.range.len() < LONGEST_HEADER)
            && let Some(header) = Layouts::of_header(&record)
        {
            layouts = Some(header);
            continue;
        }
        let Some(known) = &layouts else { return false };
        let origin = Origin { file, line };
        on_row(known.read(&record, origin, texts).map_err(|fault| {
            let RowFault::FieldCount { found, expected } = fault else { return (line, fault) };
            if let Some(lost) = known.next_row_inside(rest, &record) {
                at = begin + lost;
                return (line, RowFault::OpenQuote);
            }
            let is_cut_off = record.range.end == rest.len() && found < expected;
            let cut_off = RowFault::Unfinished { found, expected };
            (line, if is_cut_off { cut_off } else { fault })
        }));
    }
    layouts.is_some()
}

/// What separates the columns of a header, if it is not commas: spreadsheets use what is usual where
/// they are.
pub(super) fn other_separator(bytes: &[u8]) -> Option<&'static str> {
    let line = bytes.split(|byte| *byte == b'\n').find(|line| !line.is_empty())?;
    let line = String::from_utf8_lossy(&line[..line.len().min(LONGEST_HEADER)]);
    [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")].into_iter().find_map(|(mark, word)| {
        let has = |name: &str| line.split(mark).any(|cell| cell.trim().trim_matches('"') == name);
        (has("emissions") && has("duration")).then_some(word)
    })
}

/// Where each column of a record is; the first layout is the header's.
struct Layouts {
    as_named: Layout,
    slipped: Vec<Layout>,
}

struct Layout {
    names: Vec<String>,
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
        let has = |name: &str| names.iter().any(|n| n == name);
        let without = |dropped: &[&str]| {
            names.iter().filter(|name| !dropped.contains(&name.as_str())).cloned().collect()
        };
        let slipped = DROPPED
            .iter()
            .filter(|dropped| dropped.iter().all(|name| has(name)))
            .map(|dropped| Layout::of(without(dropped)))
            .collect();
        Some(Self { slipped, as_named: Layout::of(names) })
    }

    /// Where a row begins inside another that does not fit: a quote that is opened and not closed makes
    /// one cell of the lines after it.
    fn next_row_inside(&self, rest: &[u8], record: &Record<'_>) -> Option<usize> {
        const MOST_LINES: usize = 100;
        let line_ends =
            rest[..record.range.end].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let mut starts = line_ends.map(|(at, _)| at + 1).filter(|at| *at > record.range.start);
        let is_row = |at: &usize| {
            let found = records(&rest[*at..]).next().map_or(0, |record| record.field_count());
            let mut layouts = std::iter::once(&self.as_named).chain(&self.slipped);
            layouts.any(|layout| layout.names.len() == found)
        };
        starts.by_ref().take(MOST_LINES).find(is_row)
    }

    /// The entry of a row.
    fn read<'a>(
        &'a self,
        record: &'a Record<'a>,
        origin: Origin,
        texts: &mut Texts,
    ) -> Result<Visited<'a>, RowFault> {
        let (found, expected) = (record.field_count(), self.as_named.names.len());
        if found == expected {
            let row = Row { record, layout: &self.as_named };
            return Ok(Visited { entry: entry(&row, origin, texts)?, row, as_named: true });
        }
        let fitting = self.slipped.iter().filter(|layout| layout.names.len() == found);
        for layout in fitting {
            let row = Row { record, layout };
            if row.is_plausible()
                && let Ok(entry) = entry(&row, origin, texts)
            {
                return Ok(Visited { entry, row, as_named: false });
            }
        }
        Err(RowFault::FieldCount { found, expected })
    }
}

impl Layout {
    fn of(names: Vec<String>) -> Self {
        let place = |name: &str| names.iter().position(|n| *n == name);
        let mut places = [None; Column::ALL.len()];
        for (index, (_, name)) in Column::ALL.iter().enumerate() {
            places[index] = place(name).and_then(|at| u16::try_from(at).ok());
        }
        let has_checks = place("tracking_mode").is_some() && place("on_cloud").is_some();
        Self { names, places, has_checks }
    }
}

/// The cells of a row under the names of their columns.
pub(crate) struct Row<'a> {
    record: &'a Record<'a>,
    layout: &'a Layout,
}

impl Row<'_> {
    /// Names of the cells, in the order of the row.
    pub(crate) fn names(&self) -> &[String] {
        &self.layout.names
    }

    /// The text of a cell; empty beyond the last.
    pub(crate) fn cell(&self, index: usize) -> Cow<'_, str> {
        self.record.field(index).unwrap_or_default()
    }

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
