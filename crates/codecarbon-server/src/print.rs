//! Standard output. A reader that has gone away (`| head`) is not an error.

use std::io::Write;

/// Prints finished text.
pub(crate) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
