//! `config`, `config show`, `config set` and `config unset`, without a terminal.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use carbon_testkit::http::Reply;
use serde_json::{Value, json};

use super::Place;
use crate::sandbox::{stderr, stdout};

const NAMES: [&str; 8] =
    ["config", "--yes", "--organization", "Lab", "--project", "tree", "--experiment", "one"];

impl Place {
    /// A place whose user comes with a personal token.
    fn with_token() -> Self {
        let place = Self::new();
        place.provider.state().access = Some("personal".into());
        place
    }

    fn config(&self, words: &[&str]) -> Output {
        self.command(words).env("CODECARBON_ACCESS_TOKEN", "personal").output().unwrap()
    }

    fn global(&self) -> PathBuf {
        self.sandbox.home().join(".codecarbon.config")
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn flags_alone_make_everything_and_write_a_private_file() {
    let place = Place::with_token();
    let words = ["--country-iso-code", "fra", "--region", "corsica"];
    let output = place.config(&[&NAMES[..], &words].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let written = fs::read_to_string(place.global()).unwrap();
    let expected = format!(
        "[codecarbon]\napi_endpoint = {}\norganization_id = org-1\nproject_id = project-1\n\
         experiment_id = experiment-1\napi_key = cpt_secret-1\n",
        place.api.url()
    );
    assert_eq!(written, expected);
    assert_eq!(mode(&place.global()), 0o600);
    let rows = place.api.rows();
    assert_eq!(rows.organizations[0]["name"], "Lab");
    assert_eq!(rows.projects[0]["organization_id"], "org-1");
    let experiment = &rows.experiments[0];
    for (key, value) in [
        ("project_id", json!("project-1")),
        ("country_iso_code", json!("FRA")),
        ("country_name", json!("France")),
        ("region", json!("corsica")),
        ("on_cloud", json!(false)),
    ] {
        assert_eq!(experiment[key], value, "{key}");
    }
    for text in [stdout(&output), stderr(&output)] {
        assert!(!text.contains("cpt_secret") && !text.contains("personal"), "{text}");
    }
}

#[test]
fn a_second_time_finds_what_is_there_and_keeps_the_token() {
    let place = Place::with_token();
    assert_eq!(place.config(&NAMES).status.code(), Some(0));
    let first = fs::read_to_string(place.global()).unwrap();
    assert_eq!(place.config(&NAMES).status.code(), Some(0));
    assert_eq!(place.config(&["config", "--yes"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(place.global()).unwrap(), first);
    assert_eq!(place.api.rows().organizations.len(), 1);
    assert_eq!(place.api.rows().tokens.len(), 1);
    assert_eq!(place.config(&["config", "--yes", "--new-token"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(place.global()).unwrap(), first.replace("secret-1", "secret-2"));
}

#[test]
fn comments_order_unknown_keys_and_the_mode_of_a_file_stay() {
    let place = Place::with_token();
    let text = "# ours\n[codecarbon]\nexperiment_id : old\n; a wish\nmy_key = 1\nproject_id=old\n\n[x]\na = 1";
    fs::write(place.global(), text).unwrap();
    fs::set_permissions(place.global(), fs::Permissions::from_mode(0o644)).unwrap();
    let output = place.config(&NAMES);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let expected = format!(
        "# ours\n[codecarbon]\nexperiment_id : experiment-1\n; a wish\nmy_key = 1\nproject_id=project-1\n\
         api_endpoint = {}\norganization_id = org-1\napi_key = cpt_secret-1\n\n[x]\na = 1",
        place.api.url()
    );
    assert_eq!(fs::read_to_string(place.global()).unwrap(), expected);
    assert_eq!(mode(&place.global()), 0o644);
    assert!(stderr(&output).contains("others may read"), "{}", stderr(&output));
}

#[test]
fn without_a_terminal_the_missing_flags_are_named_and_nobody_is_called() {
    let place = Place::with_token();
    let output = place.config(&["config", "--project", "tree"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(said.contains("give --organization, --experiment"), "{said}");
    assert!(place.api.heard().is_empty() && !place.global().exists());
}

#[test]
fn what_is_not_there_is_made_only_with_yes() {
    let place = Place::with_token();
    let words: Vec<&str> = NAMES.into_iter().filter(|word| *word != "--yes").collect();
    let output = place.config(&words);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("there is no organisation \"Lab\""), "{}", stderr(&output));
    assert!(
        place.api.heard().iter().all(|call| call.starts_with("GET ")) && !place.global().exists()
    );
    let deep = place.sandbox.work().join("a/b/config");
    let output = place.config(&[&words[..], &["--path", deep.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("there is no directory"), "{}", stderr(&output));
    let output = place.config(&[&NAMES[..], &["--path", "a/b/config"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(mode(&deep), 0o600);
}

#[test]
fn a_failure_on_the_way_leaves_the_file_as_it_was() {
    let place = Place::with_token();
    let text = "[codecarbon]\npue = 1.2\n";
    fs::write(place.global(), text).unwrap();
    place.api.rows().broken = Some(Reply::new(503, "later"));
    let output = place.config(&NAMES);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("API request failed"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(place.global()).unwrap(), text);
    place.api.rows().broken = None;
    let output = place.config(&[&NAMES[..], &["--country-iso-code", "Atlantis"]].concat());
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("is no country"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(place.global()).unwrap(), text);
    fs::write(place.global(), "pue = 1.2\n").unwrap();
    let output = place.config(&NAMES);
    assert!(stderr(&output).contains(".codecarbon.config:1: "), "{}", stderr(&output));
}

#[test]
fn a_file_that_goes_before_the_one_that_was_written_is_named() {
    let place = Place::with_token();
    let local = place.sandbox.work().join(".codecarbon.config");
    fs::write(&local, "[codecarbon]\nexperiment_id = mine\n").unwrap();
    let output = place.config(&NAMES);
    assert_eq!(output.status.code(), Some(0));
    let said = stderr(&output);
    assert!(said.contains(".codecarbon.config:2 sets experiment_id too"), "{said}");
    assert!(said.contains("CODECARBON_API_ENDPOINT sets api_endpoint too"), "{said}");
    assert!(!said.contains("sets project_id"), "{said}");
}

#[test]
fn set_and_unset_change_one_key_of_one_file() {
    let place = Place::new();
    let run = |words: &[&str]| {
        let output = place.command(words).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", stderr(&output));
        stdout(&output)
    };
    let local = place.sandbox.work().join(".codecarbon.config");
    run(&["config", "set", "country_iso_code", "FRA"]);
    run(&["config", "set", "--local", "Force_CPU_power", "95"]);
    assert_eq!(
        fs::read_to_string(place.global()).unwrap(),
        "[codecarbon]\ncountry_iso_code = FRA\n"
    );
    assert_eq!(fs::read_to_string(&local).unwrap(), "[codecarbon]\nforce_cpu_power = 95\n");
    run(&["config", "set", "api_call_interval", "-1", "--path", "other.config"]);
    let other = place.sandbox.work().join("other.config");
    assert_eq!(fs::read_to_string(other).unwrap(), "[codecarbon]\napi_call_interval = -1\n");
    run(&["config", "unset", "country_iso_code"]);
    assert_eq!(fs::read_to_string(place.global()).unwrap(), "[codecarbon]\n");
}

#[test]
fn a_setting_that_cannot_be_is_refused_before_anything_is_written() {
    let place = Place::new();
    let run = |words: &[&str], code: i32| {
        let output = place.command(words).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        stderr(&output)
    };
    let said = run(&["config", "set", "pue", "0.5"], 1);
    assert!(said.contains("pue = \"0.5\" is not a power usage effectiveness"), "{said}");
    let said = run(&["config", "set", "outptu_dir", "/x"], 2);
    assert!(said.contains("output_dir"), "{said}");
    let said = run(&["config", "set", "project_name", "a\nb = 1"], 1);
    assert!(said.contains("one line"), "{said}");
    let said = run(&["config", "unset", "pue"], 1);
    assert!(said.contains("pue is not set in"), "{said}");
    assert!(!place.global().exists());
}

#[test]
fn a_secret_can_be_set_from_standard_input_and_is_shown_to_nobody() {
    let place = Place::new();
    let mut command = place.command(&["config", "set", "api_key", "-"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"cpt_hidden\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(place.global()).unwrap(), "[codecarbon]\napi_key = cpt_hidden\n");
    let shown = place.command(&["config", "show"]).output().unwrap();
    let text = [stdout(&output), stderr(&output), stdout(&shown), stderr(&shown)].concat();
    assert!(text.contains("api_key = ********") && !text.contains("cpt_hidden"), "{text}");
    let empty = place.command(&["config", "set", "api_key", "-"]).output().unwrap();
    assert_eq!(empty.status.code(), Some(1));
}

#[test]
fn show_tells_what_is_set_where_and_what_is_wrong() {
    let place = Place::new();
    let local = place.sandbox.work().join(".codecarbon.config");
    fs::write(place.global(), "[codecarbon]\npue = 1.1\nregion = texas\nx_token = t\n").unwrap();
    fs::write(&local, "[codecarbon]\npue = 1.2\n").unwrap();
    let show = |words: &[&str]| place.command(words).env("CODECARBON_WUE", "2").output().unwrap();
    let output = show(&["config", "show"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    let pue = format!("  pue = 1.2\n    {}:2\n", local.display());
    assert!(text.contains(&pue), "{text}");
    assert!(text.contains("  wue = 2\n    the environment variable CODECARBON_WUE\n"), "{text}");
    assert!(stderr(&output).contains("unknown key x_token"), "{}", stderr(&output));
    let listed: Value =
        serde_json::from_str(&stdout(&show(&["config", "show", "--json"]))).unwrap();
    let token = listed["settings"].as_array().unwrap().iter().find(|s| s["key"] == "x_token");
    assert_eq!(token.unwrap()["value"], "********");
    assert_eq!(listed["error"], Value::Null);
    fs::write(&local, "[codecarbon]\npue = low\n").unwrap();
    let output = show(&["config", "show"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("pue = low"), "{}", stdout(&output));
    assert!(stderr(&output).contains("is not a power usage"), "{}", stderr(&output));
}
