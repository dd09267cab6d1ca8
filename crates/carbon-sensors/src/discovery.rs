//! What looking for devices finds: the meters that can be read, and those that cannot, with reasons.

use std::fmt;

use carbon_model::Source;

use crate::meter::{Hindrance, Meter, Skipped};

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
        source: Source,
        hindrance: Hindrance,
        what: impl Into<String>,
        reason: impl Into<String>,
        fix: Option<String>,
    ) {
        let (what, reason) = (what.into(), reason.into());
        self.skipped.push(Skipped { source, hindrance, what, reason, fix });
    }
}

impl fmt::Debug for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let infos: Vec<_> = self.meters.iter().map(|meter| meter.info()).collect();
        f.debug_struct("Discovery").field("meters", &infos).field("skipped", &self.skipped).finish()
    }
}
