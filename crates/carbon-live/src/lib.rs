//! What services know while a run goes on: the intensity of the grid, and where the machine stands.
//!
//! A [`Desk`] gives trackers the [`Feed`](carbon_tracker::live::Feed)s that they follow and has
//! their questions asked: of Electricity Maps, the UK's Carbon Intensity API or a file for the
//! intensity; of the metadata service of the cloud that the firmware names, of services that know
//! where an internet address is, else of the time zone for the place. One thread of a process asks;
//! answers are kept on disk for the next process; a service that fails is left alone for longer each
//! time.
//!
//! Left out: what energy a price is weighted with, which is the tracker's, and the place that a
//! configuration says, which is never asked for.

mod cache;
mod choice;
mod cloud;
mod desk;
mod electricity_maps;
mod file;
mod geo_ip;
mod inquiry;
mod kept;
mod place;
mod provider;
pub mod time;
mod uk;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use carbon_sensors::{Clock, SystemClock};

pub use cloud::Addresses;
pub use desk::Desk;

/// What asking needs beside the configuration; the edges know it.
#[derive(Debug, Clone)]
pub struct Means {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Directory for answers; made when it is needed. `None` keeps nothing.
    pub cache_directory: Option<PathBuf>,
    /// The variable `TZ`.
    pub time_zone: Option<String>,
    /// The variable `LC_ALL`, else `LANG`.
    pub locale: Option<String>,
    /// Metadata services of clouds.
    pub addresses: Addresses,
}

impl Default for Means {
    /// The clock of the machine, the services' own addresses, and nothing known.
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            cache_directory: None,
            time_zone: None,
            locale: None,
            addresses: Addresses::default(),
        }
    }
}

impl Means {
    fn cache(&self) -> cache::Cache {
        cache::Cache(self.cache_directory.clone())
    }
}
