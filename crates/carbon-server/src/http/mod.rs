//! What holds for every route: paths as clients spell them, limits, headers.

mod path;

pub use path::one_spelling;
