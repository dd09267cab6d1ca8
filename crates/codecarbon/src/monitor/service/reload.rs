//! What a service does between two stretches: it closes a record, or reads its configuration again.
//!
//! Whatever cannot be done leaves things as they are: the stretch goes on, and with it the settings that
//! it was begun with.

use carbon_sensors::{Clock, SystemClock};

use super::Service;
use crate::exit::CommandError;
use crate::monitor::finish::Form;
use crate::monitor::network;
use crate::monitor::settings::Settings;
use crate::monitor::stretch::{Prepared, Stretch};
use crate::surroundings::Surroundings;

/// How the settings are read again: files anew, arguments and environment as they were.
pub(crate) struct Reread<'a> {
    /// What the process was started with.
    pub(crate) start: &'a Surroundings,
    /// Reads them.
    pub(crate) settings: &'a dyn Fn() -> Result<Settings, CommandError>,
}

impl Service {
    /// Closes the record and begins the next with the same settings.
    pub(crate) fn next_record<'a>(&mut self, stretch: Stretch<'a>) -> Stretch<'a> {
        let (settings, console) = (stretch.settings.clone(), stretch.console);
        match Prepared::new(settings, console, stretch.around) {
            Ok(prepared) => self.go_over(stretch, prepared),
            Err(error) => {
                console
                    .error(&error.hint("the record goes on, and is closed when that is put right"));
                self.record_at = SystemClock.monotonic().saturating_add(self.record_every);
                stretch
            }
        }
    }

    /// Reads the configuration again; if it has changed, closes the record and begins the next with
    /// it. One that cannot be used changes nothing.
    pub(crate) fn reload<'a>(&mut self, stretch: Stretch<'a>, again: &Reread<'_>) -> Stretch<'a> {
        self.is_reloading();
        let console = stretch.console;
        let stretch = match again.prepare(&stretch) {
            Ok(None) => {
                console.note("SIGHUP: the configuration is as it was");
                stretch
            }
            Ok(Some(prepared)) => {
                console.note("SIGHUP: the configuration has changed");
                self.go_over(stretch, prepared)
            }
            Err(error) => {
                console.error(&error.hint("the configuration that was in force before stays"));
                stretch
            }
        };
        self.is_ready("measuring this machine");
        stretch
    }

    fn go_over<'a>(&mut self, stretch: Stretch<'a>, next: Prepared<'a>) -> Stretch<'a> {
        let (is_quiet, console) = (stretch.settings.quiet, stretch.console);
        let (next, ended) = next.begin_after(stretch);
        let outcome = ended.finish(Form::Elsewhere);
        self.record_is_closed(&outcome, is_quiet, console);
        next
    }
}

impl Reread<'_> {
    /// What is to follow a stretch by the configuration as it is now; `None` where that has not
    /// changed.
    fn prepare<'a>(&self, stretch: &Stretch<'a>) -> Result<Option<Prepared<'a>>, CommandError> {
        let before = &stretch.settings;
        let mut settings = (self.settings)()?;
        settings.service = before.service;
        settings.config.tracking_mode = before.config.tracking_mode;
        let console = settings.console(self.start);
        let mut fixed = Vec::new();
        if settings.config.sysroot != before.config.sysroot {
            settings.config.sysroot.clone_from(&before.config.sysroot);
            fixed.push("sysroot");
        }
        if settings.config.nvml_library != before.config.nvml_library {
            settings.config.nvml_library.clone_from(&before.config.nvml_library);
            fixed.push("nvml_library");
        }
        if settings.config.allow_multiple_runs != before.config.allow_multiple_runs {
            settings.config.allow_multiple_runs = before.config.allow_multiple_runs;
            fixed.push("allow_multiple_runs");
        }
        if stretch.around.network.is_none() {
            // Only a program that is being started can become the one that has the network.
            fixed.extend(network::asked_for_by(&settings.config));
        }
        if !fixed.is_empty() {
            console.warn(format!("these settings wait for a restart: {}", fixed.join(", ")));
        }
        if settings == *before {
            return Ok(None);
        }
        for notice in &settings.notices {
            console.warn(notice);
        }
        Prepared::new(settings, console, stretch.around).map(Some)
    }
}
