//! The live view of `monitor --live`, `monitor --pid` and `top`.
//!
//! Only `codecarbon` carries it: it is handed to `monitor` as a [`Viewer`], as the code for the network
//! is, and the light program becomes the other where it is asked for. What the view shows and how it is
//! drawn is in `carbon-top`; here are the terminal, the keys and the run.

mod ansi;
pub(super) mod asked;
mod attached;
mod keys;
mod pty;
mod screen;
mod session;
mod streams;
mod transcript;
mod tty;
mod viewed;

use std::ffi::OsString;

pub(crate) use asked::Asked;
pub(crate) use viewed::LiveView;

use super::network::Network;
use super::settings::Settings;
use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// What is to be measured and shown.
pub(crate) struct Request<'a> {
    /// How it is shown.
    pub(crate) asked: Asked,
    /// Whether a report ends it, as it does a `monitor`.
    pub(crate) reports: bool,
    /// What was asked of the measuring.
    pub(crate) settings: Settings,
    /// The command; empty without one.
    pub(crate) words: Vec<OsString>,
    /// What the program was started with.
    pub(crate) start: &'a Surroundings,
    /// Who is told of anything else.
    pub(crate) console: Console,
    /// The code that talks to others.
    pub(crate) network: Option<&'a dyn Network>,
}

/// The code that shows a run while it goes on, as far as `monitor` calls it.
pub(crate) trait Viewer {
    /// Measures and shows; the exit code, which is the command's where there is one.
    fn run(&self, request: Request<'_>) -> Result<u8, CommandError>;
}
