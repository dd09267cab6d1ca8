//! A page of a long list.

use serde::{Deserialize, Serialize};

/// Some items of a list, and how many there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PageOf{T}"))]
pub struct Page<T> {
    /// Those of this page; none beyond the end.
    pub items: Vec<T>,
    /// Items in all.
    pub total: u64,
    /// This page, from 1.
    pub page: u64,
    /// Most items of a page.
    pub size: u64,
    /// Pages in all; 0 when there are no items.
    pub pages: u64,
}

impl<T> Page<T> {
    /// A page of a list of `total` items.
    pub fn new(items: Vec<T>, total: u64, page: u64, size: u64) -> Self {
        Self { items, total, page, size, pages: total.div_ceil(size.max(1)) }
    }
}
