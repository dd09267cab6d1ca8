//! Command lines and what is understood.

use clap::{ArgMatches, Command};

use super::*;

fn parse(line: &str) -> Result<ArgMatches, clap::Error> {
    let words = std::iter::once("monitor").chain(line.split_whitespace());
    add_to(Command::new("monitor")).try_get_matches_from(words)
}

fn understood(line: &str) -> (Vec<(String, String)>, Vec<OsString>) {
    let matches = parse(line).unwrap();
    (given_settings(&matches).unwrap(), command_words(&matches))
}

#[test]
fn the_command_begins_at_the_first_word_that_is_no_option() {
    let (given, words) = understood("--pue 1.2 sleep --offline -- 1");
    assert_eq!(given, [("pue".to_owned(), "1.2".to_owned())]);
    assert_eq!(words, ["sleep", "--offline", "--", "1"]);
    let (given, words) = understood("--offline -- --strange-program");
    assert_eq!(given, [("offline".to_owned(), "true".to_owned())]);
    assert_eq!(words, ["--strange-program"]);
}

#[test]
fn words_that_the_reference_skips_are_skipped() {
    assert_eq!(understood("monitor -- sleep 1").1, ["sleep", "1"]);
    assert_eq!(understood("-- monitor").1, ["monitor"]);
    assert!(understood("").1.is_empty());
}

#[test]
fn an_unknown_option_before_the_command_is_an_error_with_a_suggestion() {
    let error = parse("--cuntry-iso-code FRA -- true").unwrap_err().to_string();
    assert!(error.contains("'--country-iso-code'"), "{error}");
}

#[test]
fn the_later_of_a_switch_and_its_opposite_holds() {
    let offline = |value: &str| vec![("offline".to_owned(), value.to_owned())];
    assert_eq!(understood("--offline --no-offline x").0, offline("false"));
    assert_eq!(understood("--no-offline --offline x").0, offline("true"));
}

#[test]
fn negative_numbers_and_json_without_a_file_do_not_swallow_words() {
    let (given, words) = understood("--api-call-interval -1 --json x");
    assert_eq!(given, [("api_call_interval".to_owned(), "-1".to_owned())]);
    assert_eq!(words, ["x"]);
}

#[test]
fn every_setting_of_the_tracker_has_a_flag() {
    let flags: Vec<String> = SETTINGS
        .iter()
        .flat_map(|(_, settings)| *settings)
        .map(|setting| setting.flag.replace('-', "_"))
        .collect();
    for key in carbon_tracker::config::Config::KEYS {
        assert!(flags.iter().any(|flag| flag == key), "{key} has no flag");
    }
}
