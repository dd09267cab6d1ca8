//! Who published a fact and under which licence it reaches us.

use crate::blob;
use crate::layout::Section;

/// The origin of a fact; one `[[source]]` of `data/sources.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceInfo {
    /// Short stable name, such as "ember-2024".
    pub id: &'static str,
    /// Publisher and title.
    pub title: &'static str,
    /// Licence under which the fact reaches us (SPDX where there is one).
    pub licence: &'static str,
    /// Where it can be looked up.
    pub address: &'static str,
}

impl SourceInfo {
    /// The source at a place of the sorted list, as rows refer to it.
    pub(crate) fn at(index: u8) -> Self {
        let row = blob::row(Section::Source, usize::from(index));
        let mut fields = row.fields();
        Self { id: row.key(), title: fields.text(), licence: fields.text(), address: fields.text() }
    }
}

/// Every source, sorted by its short name.
pub fn sources() -> impl Iterator<Item = SourceInfo> {
    (0..blob::count(Section::Source)).map(|i| SourceInfo::at(i as u8))
}
