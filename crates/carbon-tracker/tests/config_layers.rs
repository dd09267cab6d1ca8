//! Who wins when files, environment and arguments disagree, and what is said about it.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its files has failed")]

use std::fs;
use std::path::Path;
use std::time::Duration;

use carbon_sensors::gpu::GpuSelection;
use carbon_tracker::config::{
    CONFIG_FILE_NAME, Config, ConfigError, Iso3, Layers, LogLevel, LookupName, OutputMethod,
    Resolved, TrackingMode,
};
use proptest::prelude::*;
use tempfile::TempDir;

/// A home and a working directory with their files.
struct Place {
    home: TempDir,
    cwd: TempDir,
}

impl Place {
    fn new(home: &str, cwd: &str) -> Self {
        let place = Self { home: TempDir::new().unwrap(), cwd: TempDir::new().unwrap() };
        for (directory, text) in [(&place.home, home), (&place.cwd, cwd)] {
            if !text.is_empty() {
                fs::write(directory.path().join(CONFIG_FILE_NAME), text).unwrap();
            }
        }
        place
    }

    fn resolve(
        &self,
        environment: &[(&str, &str)],
        arguments: &[(&str, &str)],
    ) -> Result<Resolved, ConfigError> {
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
        };
        Layers {
            home: Some(self.home.path()),
            cwd: Some(self.cwd.path()),
            environment: owned(environment),
            arguments: owned(arguments),
            ..Layers::default()
        }
        .resolve()
    }
}

fn resolve(environment: &[(&str, &str)], arguments: &[(&str, &str)]) -> Resolved {
    Place::new("", "").resolve(environment, arguments).unwrap()
}

type Pairs<'a> = &'a [(&'a str, &'a str)];

fn notices(resolved: &Resolved) -> Vec<String> {
    resolved.notices.iter().map(ToString::to_string).collect()
}

#[test]
fn each_layer_overrules_the_one_before() {
    let home = "[codecarbon]\nproject_name = home\n";
    let cwd = "[codecarbon]\nproject_name = cwd\n";
    let env = [("CodeCarbon_Project_Name", "env")];
    let arg = [("project_name", "arg")];
    let table: [(&str, &str, Pairs<'_>, Pairs<'_>, &str, &str); 5] = [
        ("", "", &[], &[], "codecarbon", "the default"),
        (home, "", &[], &[], "home", ".config:2"),
        (home, cwd, &[], &[], "cwd", ".config:2"),
        (home, cwd, &env, &[], "env", "the environment variable CodeCarbon_Project_Name"),
        (home, cwd, &env, &arg, "arg", "an argument"),
    ];
    for (home, cwd, environment, arguments, name, origin) in table {
        let resolved = Place::new(home, cwd).resolve(environment, arguments).unwrap();
        assert_eq!(resolved.config.project_name, name);
        let said = resolved.origin("project_name").to_string();
        assert!(said.ends_with(origin), "{said} is not {origin}");
        assert_eq!(notices(&resolved), [""; 0]);
    }
}

#[test]
fn layers_merge_key_by_key() {
    let place = Place::new(
        "[codecarbon]\nlog_level = error\ntracking_mode = process\n",
        "[codecarbon]\nmeasure_power_secs = 0.5\nlog_level: DEBUG\n",
    );
    let config = place.resolve(&[("CODECARBON_PUE", "1.3")], &[]).unwrap().config;
    assert_eq!(config.log_level, LogLevel::Debug);
    assert_eq!(config.tracking_mode, TrackingMode::Process);
    assert_eq!(config.measure_power_secs, Duration::from_millis(500));
    assert_eq!(config.pue.ratio(), 1.3);
}

#[test]
fn a_bad_value_names_key_value_place_and_what_is_allowed() {
    let place = Place::new("", "[codecarbon]\n\nmeasure_power_secs = often\n");
    let message = place.resolve(&[], &[]).unwrap_err().to_string();
    assert!(message.starts_with("measure_power_secs = \"often\" ("), "{message}");
    let end = ".codecarbon.config:3) is not a number of seconds, at least 0.001";
    assert!(message.ends_with(end), "{message}");

    let message = Place::new("", "").resolve(&[("CODECARBON_OFFLINE", "maybe")], &[]).unwrap_err();
    assert_eq!(
        message.to_string(),
        "offline = \"maybe\" (the environment variable CODECARBON_OFFLINE) is not true or false \
         (1, 0, yes, no, on and off are also read)"
    );
    let message = Place::new("", "").resolve(&[], &[("tracking_mode", "both")]).unwrap_err();
    assert_eq!(
        message.to_string(),
        "tracking_mode = \"both\" (an argument) is not \"machine\" or \"process\""
    );
}

#[test]
fn a_bad_value_that_is_overruled_stops_nobody() {
    let place = Place::new("[codecarbon]\npue = high\n", "");
    assert!(place.resolve(&[], &[]).is_err());
    assert_eq!(place.resolve(&[], &[("pue", "1.1")]).unwrap().config.pue.ratio(), 1.1);
}

#[test]
fn an_unknown_key_is_said_aloud_with_the_nearest_known_one() {
    let resolved = resolve(&[("CODECARBON_OUTPUT_DIRECTORY", "/x"), ("CODECARBON_ZZZ", "1")], &[]);
    assert_eq!(
        notices(&resolved),
        [
            "unknown key output_directory (the environment variable CODECARBON_OUTPUT_DIRECTORY) \
             has no effect",
            "unknown key zzz (the environment variable CODECARBON_ZZZ) has no effect",
        ]
    );
    let resolved = resolve(&[], &[("outputdir", "/x")]);
    assert_eq!(
        notices(&resolved),
        ["unknown key outputdir (an argument) has no effect; did you mean output_dir?"]
    );
    let known = [("CODECARBON_ORGANIZATION_ID", "o"), ("CODECARBON_PROJECT_ID", "p")];
    assert_eq!(notices(&resolve(&known, &[])), [""; 0]);
}

#[test]
fn the_variable_with_a_personal_token_is_no_setting() {
    let environment = vec![("CODECARBON_ACCESS_TOKEN".to_owned(), "secret".to_owned())];
    let layers = Layers { environment, cwd: Some(Path::new("/nonexistent")), ..Layers::default() };
    assert!(layers.settings().unwrap().0.is_empty());
    assert!(notices(&layers.resolve().unwrap()).is_empty());
}

#[test]
fn unknown_keys_stay_in_the_flat_map() {
    let place = Place::new("[codecarbon]\ncolour = red\n", "");
    let layers = Layers { home: Some(place.home.path()), ..Layers::default() };
    let layers = Layers { cwd: Some(place.cwd.path()), ..layers };
    let (settings, _) = layers.settings().unwrap();
    assert_eq!(settings["colour"].value, "red");
}

#[test]
fn deprecated_output_flags_build_the_list_of_outputs() {
    let resolved = resolve(&[("CODECARBON_SAVE_TO_API", "True")], &[("save_to_file", "false")]);
    assert_eq!(resolved.config.output_methods, [OutputMethod::Api]);
    assert_eq!(
        notices(&resolved),
        [
            "save_to_file (an argument) is deprecated; write output_methods instead",
            "save_to_api (the environment variable CODECARBON_SAVE_TO_API) is deprecated; \
             write output_methods instead",
        ]
    );
    let both = [("save_to_api", "true"), ("output_methods", "csv,json")];
    let resolved = resolve(&[], &both);
    assert_eq!(resolved.config.output_methods, [OutputMethod::Csv, OutputMethod::Json]);
    assert_eq!(
        notices(&resolved),
        ["deprecated save_to_api (an argument) has no effect because output_methods is set"]
    );
}

#[test]
fn the_old_name_of_the_token_works_until_the_new_one_is_set() {
    let old = ("CODECARBON_CO2_SIGNAL_API_TOKEN", "old");
    let token = |resolved: &Resolved| {
        resolved.config.electricitymaps_api_token.as_ref().map(|t| t.expose().to_owned())
    };
    let resolved = resolve(&[old], &[]);
    assert_eq!(token(&resolved).as_deref(), Some("old"));
    assert!(notices(&resolved)[0].contains("deprecated"));
    let new = ("CODECARBON_ELECTRICITYMAPS_API_TOKEN", "new");
    assert_eq!(token(&resolve(&[old, new], &[])).as_deref(), Some("new"));
}

#[test]
fn gpus_hidden_from_the_program_are_not_tracked() {
    let (cuda, rocr) = ("1,GPU-4e8", "0");
    let visible = |cuda, rocr| GpuSelection::resolve(None, cuda, rocr);
    let environment = |variables: &[(&str, &str)]| resolve(variables, &[]).config.gpu_ids;
    let (set_cuda, set_rocr) = (("CUDA_VISIBLE_DEVICES", cuda), ("ROCR_VISIBLE_DEVICES", rocr));
    assert_eq!(environment(&[]), GpuSelection::all());
    assert_eq!(environment(&[set_rocr, set_cuda]), visible(Some(cuda), Some(rocr)));
    assert_eq!(environment(&[("CUDA_VISIBLE_DEVICES", "")]), visible(Some(""), None));
    let ordered = [set_cuda, ("CUDA_DEVICE_ORDER", "PCI_BUS_ID")];
    assert_eq!(environment(&ordered), visible(Some(cuda), None).in_pci_order(true));
    let given = resolve(&[set_cuda], &[("gpu_ids", "0")]);
    assert_eq!(given.config.gpu_ids, GpuSelection::parse("0"));
}

#[test]
fn places_are_written_in_any_case() {
    let resolved = resolve(&[("CODECARBON_COUNTRY_ISO_CODE", "fra")], &[("cloud_provider", "AWS")]);
    assert_eq!(resolved.config.cloud_provider.as_ref().map(LookupName::as_str), Some("aws"));
    assert_eq!(resolved.config.country_iso_code.as_ref().map(Iso3::as_str), Some("FRA"));
}

#[test]
fn a_file_without_the_section_is_passed_over_aloud_and_an_empty_one_silently() {
    let resolved = Place::new("[CodeCarbon]\npue = 2\n", "# nothing\n").resolve(&[], &[]).unwrap();
    assert_eq!(resolved.config.pue.ratio(), 1.0);
    assert!(notices(&resolved)[0].ends_with("has no section [codecarbon] and was passed over"));
    assert_eq!(resolved.notices.len(), 1);
}

#[test]
fn keys_of_the_default_section_hold_where_the_section_is_silent() {
    let text = "[DEFAULT]\nwue = 1.8\npue = 3\n[codecarbon]\npue = 1.2\n";
    let config = Place::new(text, "").resolve(&[], &[]).unwrap().config;
    assert_eq!((config.wue.litres_per_kwh(), config.pue.ratio()), (1.8, 1.2));
}

#[test]
fn one_file_read_as_home_and_as_working_directory_counts_once() {
    let place = Place::new("[codecarbon]\ncolour = red\n", "");
    let home = Some(place.home.path());
    let resolved = Layers { home, cwd: home, ..Layers::default() }.resolve().unwrap();
    assert_eq!(resolved.notices.len(), 1);
}

#[test]
fn a_command_brings_its_own_defaults_and_configuration_overrules_them() {
    let base = Config { log_level: LogLevel::Error, ..Config::default() };
    let nowhere = Path::new("/nonexistent");
    let layers = Layers { base, cwd: Some(nowhere), ..Layers::default() };
    assert_eq!(layers.clone().resolve().unwrap().config.log_level, LogLevel::Error);
    let environment = vec![("CODECARBON_LOG_LEVEL".to_owned(), "info".to_owned())];
    let resolved = Layers { environment, ..layers }.resolve().unwrap();
    assert_eq!(resolved.config.log_level, LogLevel::Info);
}

#[test]
fn values_of_the_environment_are_taken_letter_by_letter() {
    let resolved = resolve(&[("CODECARBON_PROJECT_NAME", "50%% of 100% = half ")], &[]);
    assert_eq!(resolved.config.project_name, "50%% of 100% = half ");
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "[\\[\\]a-z=:#;%\n\r \t\u{feff}é]{0,200}") {
        let _ = carbon_tracker::config::parse_ini(&text, Path::new("f"));
    }

    #[test]
    fn what_is_written_is_read(key in "[a-z_]{1,20}", value in "[!-~é]([ -~é]{0,30}[!-~é])?") {
        let text = format!("[codecarbon]\n{key} = {}\n", value.replace('%', "%%"));
        let file = carbon_tracker::config::parse_ini(&text, Path::new("f")).unwrap();
        let entry = &file.section("codecarbon").unwrap().entries[0];
        prop_assert_eq!((&entry.key, &entry.value), (&key, &value));
    }
}
