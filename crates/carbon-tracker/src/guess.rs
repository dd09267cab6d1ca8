//! The country that a machine is probably in, by its time zone, else by its user's language.
//!
//! Both are values that the edges pass or files of the machine; nobody is asked. Servers run on UTC,
//! which is no country's, and "en_US" is the language of many who are elsewhere: neither says
//! anything.

use carbon_sensors::SysRoot;

use crate::location::{Found, KnownBy};

/// Guesses the country from the variables `TZ` and `LC_ALL` or `LANG`, and from the machine's own time zone.
pub fn guess(root: &SysRoot, time_zone: Option<&str>, locale: Option<&str>) -> Option<Found> {
    let zone = zone_of(root, time_zone);
    let by_zone = zone.as_deref().and_then(carbon_factors::country_of_time_zone);
    if let Some((country, zone)) = by_zone.zip(zone) {
        return Some(found(country.iso3, KnownBy::TimeZone(zone)));
    }
    let locale = locale?.split(['.', '@']).next().unwrap_or_default();
    let (_, territory) = locale.split_once('_')?;
    if locale == "en_US" || territory.len() != 2 {
        return None;
    }
    let country = carbon_factors::country(territory)?;
    Some(found(country.iso3, KnownBy::Locale(locale.to_owned())))
}

fn found(iso3: &str, known_by: KnownBy) -> Found {
    Found { country: Some(iso3.to_owned()), known_by, ..Found::default() }
}

/// The name of the local time zone, such as "Europe/Paris". A variable that is set decides alone.
fn zone_of(root: &SysRoot, variable: Option<&str>) -> Option<String> {
    if let Some(text) = variable.map(|text| text.trim_start_matches(':')).filter(|t| !t.is_empty())
    {
        return Some(name_in(text).unwrap_or(text).to_owned());
    }
    let link = std::fs::read_link(root.path("etc/localtime")).ok();
    let target = link.as_deref().and_then(|target| target.to_str());
    let by_link = target.and_then(name_in).map(str::to_owned);
    by_link.or_else(|| root.read("etc/timezone").ok())
}

/// The zone in a path such as `/usr/share/zoneinfo/Europe/Paris`.
fn name_in(path: &str) -> Option<&str> {
    path.split_once("zoneinfo/").map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use carbon_testkit::Machine;

    use super::*;

    fn known(
        text: &str,
        time_zone: Option<&str>,
        locale: Option<&str>,
    ) -> Option<(String, KnownBy)> {
        let machine = Machine::load(text);
        let found = guess(&machine.sysroot(), time_zone, locale)?;
        Some((found.country?, found.known_by))
    }

    fn zone_of_country(iso3: &str, zone: &str) -> (String, KnownBy) {
        (iso3.to_owned(), KnownBy::TimeZone(zone.to_owned()))
    }

    const PARIS: &str = "== etc/localtime -> /usr/share/zoneinfo/Europe/Paris\n";

    #[test]
    fn the_time_zone_of_the_machine_names_its_country() {
        assert_eq!(known(PARIS, None, None), Some(zone_of_country("FRA", "Europe/Paris")));
        assert_eq!(
            known("== etc/timezone = Asia/Kolkata\n", None, Some("de_DE.UTF-8")),
            Some(zone_of_country("IND", "Asia/Kolkata"))
        );
    }

    #[test]
    fn the_variable_decides_over_the_machine() {
        assert_eq!(
            known(PARIS, Some(":Europe/Berlin"), None),
            Some(zone_of_country("DEU", "Europe/Berlin"))
        );
        assert_eq!(known(PARIS, Some("UTC"), None), None);
        assert_eq!(known(PARIS, Some("CET-1CEST"), None), None);
        assert_eq!(known(PARIS, Some(""), None), Some(zone_of_country("FRA", "Europe/Paris")));
    }

    #[test]
    fn a_language_is_the_last_resort_and_american_english_none() {
        let locale = |text: &str| known("", Some("UTC"), Some(text)).map(|(iso3, _)| iso3);
        assert_eq!(locale("fr_CA.UTF-8").as_deref(), Some("CAN"));
        assert_eq!(locale("de_DE@euro").as_deref(), Some("DEU"));
        for silent in ["en_US.UTF-8", "C.UTF-8", "POSIX", "", "fr", "xx_99"] {
            assert_eq!(locale(silent), None, "{silent}");
        }
        assert_eq!(known("", None, None), None);
    }
}
