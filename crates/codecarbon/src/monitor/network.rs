//! What of a configuration needs the network, and who has the code for it.
//!
//! The light program does not carry that code, which is most of what a program that sends consists
//! of. [`Network`] is how the other one, `codecarbon`, brings it: nothing here names it, so a program
//! that does not pass it in is linked without it.

use std::sync::Arc;

use carbon_outputs::telemetry::Sending;
use carbon_sensors::SysRoot;
use carbon_sensors::facts::DmiFacts;
use carbon_tracker::Outcome;
use carbon_tracker::config::{
    Config, IntensityProvider, LocationLookup, OutputMethod, TelemetryLevel,
};
use carbon_tracker::live::Feed;
use carbon_tracker::location::{guess, is_told};
use carbon_tracker::sink::Sink;

use crate::console::Console;
use crate::exit::CommandError;
use crate::surroundings::Surroundings;

/// The code that talks to others, as far as `monitor` calls it.
pub(crate) trait Network {
    /// The sinks that send what the configuration asks for; one that the run can do without is a
    /// warning.
    ///
    /// # Errors
    /// A setting that cannot be used, such as a file of certificate authorities.
    fn sinks(
        &self,
        config: &Config,
        start: &Surroundings,
        console: Console,
    ) -> Result<Vec<Box<dyn Sink>>, CommandError>;

    /// What a run is to learn of its place and of its electricity from others, if anything.
    fn feed(&self, config: &Config, start: &Surroundings) -> Option<Arc<Feed>>;

    /// What sends the rest of runs that were cut short. One that is patient waits for it to arrive as
    /// long as the end of a run does; otherwise it is left to the spool.
    fn senders<'a>(
        &self,
        start: &'a Surroundings,
        is_patient: bool,
    ) -> Box<dyn carbon_journal::Network + 'a>;

    /// Tells the server's makers of a run, if the user wants that; `processors` are sockets.
    fn tell(&self, outcome: &Outcome, config: &Config, processors: u32) -> Option<Sending>;
}

/// What a run is to learn of its place; without the network, a guess where nobody said it.
pub(crate) fn feed(
    network: Option<&dyn Network>,
    config: &Config,
    start: &Surroundings,
) -> Option<Arc<Feed>> {
    match network {
        Some(network) => network.feed(config, start),
        None if is_told(config) => None,
        None => {
            let root = SysRoot::new(&config.sysroot);
            Some(Arc::new(Feed::of_place(guess(&root, start.variable("TZ"), start.locale()))))
        }
    }
}

/// The settings that ask for the network, as the user knows them; none if nothing does.
pub(crate) fn asked_for_by(config: &Config) -> Vec<&'static str> {
    let mut asking = Vec::new();
    for method in &config.output_methods {
        match method {
            OutputMethod::Csv
            | OutputMethod::Json
            | OutputMethod::Boamps
            | OutputMethod::Logger => {}
            sends => asking.push(sends.as_str()),
        }
    }
    let set = [
        ("emissions_endpoint", config.emissions_endpoint.is_some()),
        ("prometheus_listen", config.prometheus_listen.is_some()),
        ("telemetry", config.telemetry != TelemetryLevel::Disabled),
        ("carbon_intensity_provider", has_live_intensity(config)),
        ("location_lookup", is_place_asked_for(config)),
    ];
    asking.extend(set.into_iter().filter_map(|(key, is_set)| is_set.then_some(key)));
    asking
}

fn has_live_intensity(config: &Config) -> bool {
    match config.carbon_intensity_provider {
        IntensityProvider::None => false,
        IntensityProvider::Auto => {
            config.electricitymaps_api_token.is_some() || config.carbon_intensity_file.is_some()
        }
        _ => true,
    }
}

/// Whether somebody is to be asked where the machine stands; the cloud only where the firmware names
/// one.
fn is_place_asked_for(config: &Config) -> bool {
    if config.offline || is_told(config) {
        return false;
    }
    match config.location_lookup {
        LocationLookup::Off => false,
        LocationLookup::Ip => true,
        LocationLookup::Auto | LocationLookup::Cloud => {
            DmiFacts::read(&SysRoot::new(&config.sysroot)).cloud_hint().is_some()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(settings: &[(&str, &str)]) -> Vec<&'static str> {
        let nowhere = carbon_testkit::Machine::load(carbon_testkit::machines::AMD);
        let mut config = Config { sysroot: nowhere.path(""), ..Config::default() };
        for (key, value) in settings {
            assert_eq!(config.set(key, value), Ok(true), "{key}");
        }
        asked_for_by(&config)
    }

    #[test]
    fn files_and_lines_need_no_network() {
        assert!(asking(&[]).is_empty());
        assert!(asking(&[("output_methods", "csv,json,boamps,logger")]).is_empty());
        assert!(asking(&[("output_methods", "")]).is_empty());
    }

    #[test]
    fn whatever_sends_or_asks_is_named() {
        let sending = [("output_methods", "csv,api,prometheus,otlp,logfire")];
        assert_eq!(asking(&sending), ["api", "prometheus", "otlp", "logfire"]);
        assert_eq!(asking(&[("emissions_endpoint", "http://x/")]), ["emissions_endpoint"]);
        assert_eq!(asking(&[("prometheus_listen", "127.0.0.1:9464")]), ["prometheus_listen"]);
        assert_eq!(asking(&[("telemetry", "minimal")]), ["telemetry"]);
    }

    #[test]
    fn a_live_grid_is_asked_for_by_its_token_its_file_or_its_name() {
        let live = ["carbon_intensity_provider"];
        let token = ("electricitymaps_api_token", "t");
        assert_eq!(asking(&[token]), live);
        assert_eq!(asking(&[("carbon_intensity_file", "grid.csv")]), live);
        assert_eq!(asking(&[("carbon_intensity_provider", "uk")]), live);
        assert!(asking(&[token, ("carbon_intensity_provider", "none")]).is_empty());
    }

    #[test]
    fn a_place_is_asked_for_where_nobody_said_it_and_somebody_may_be_asked() {
        let by_address = ("location_lookup", "ip");
        assert_eq!(asking(&[by_address]), ["location_lookup"]);
        assert!(asking(&[by_address, ("offline", "true")]).is_empty());
        assert!(asking(&[by_address, ("country_iso_code", "FRA")]).is_empty());
        let cloud = carbon_testkit::Machine::load(carbon_testkit::machines::AMD);
        std::fs::create_dir_all(cloud.path("sys/class/dmi/id")).unwrap();
        std::fs::write(cloud.path("sys/class/dmi/id/sys_vendor"), "Amazon EC2\n").unwrap();
        let mut config = Config { sysroot: cloud.path(""), ..Config::default() };
        assert_eq!(asked_for_by(&config), ["location_lookup"]);
        config.location_lookup = LocationLookup::Off;
        assert!(asked_for_by(&config).is_empty());
    }
}
