//! Files of records read back: summaries, other factors, comparisons, pages.
