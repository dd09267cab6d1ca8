//! What looking for devices finds: the meters that can be read, and those that cannot, with reasons.

use std::fmt;

use crate::meter::{Meter, Skipped};

/// Meters found on a machine, and what was skipped.
#[derive(Default)]
pub struct Discovery {
    /// Ready to be read.
    pub meters: Vec<Box<dyn Meter>>,
    /// Found but not used; `codecarbon doctor` prints these.
    pub skipped: Vec<Skipped>,
}

impl Discovery {
    /// Adds what another search found.
    pub fn extend(&mut self, other: Discovery) {
        self.meters.extend(other.meters);
        self.skipped.extend(other.skipped);
    }

    /// Notes a device that is not used; `fix` is the command or setting that would change it.
    pub fn skip(
        &mut self,
        what: impl Into<String>,
        reason: impl Into<String>,
        fix: Option<String>,
    ) {
        self.skipped.push(Skipped { what: what.into(), reason: reason.into(), fix });
    }
}

impl fmt::Debug for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let infos: Vec<_> = self.meters.iter().map(|meter| meter.info()).collect();
        f.debug_struct("Discovery").field("meters", &infos).field("skipped", &self.skipped).finish()
    }
}
