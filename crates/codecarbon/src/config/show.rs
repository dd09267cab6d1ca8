//! `config show`: what is set, where, and what is wrong with it. Secrets are masked.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use carbon_tracker::config::{CONFIG_FILE_NAME, Layers, LogLevel, Settings};
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Value, json};

use super::file::unusable;
use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;

/// Keys whose values are shown to nobody.
const SECRET_KEYS: [&str; 4] =
    ["api_key", "electricitymaps_api_token", "co2_signal_api_token", "otlp_headers"];

/// Shown in their place.
const MASK: &str = "********";

/// Describes the command.
pub(super) fn command() -> Command {
    Command::new("show")
        .about("Show what is set and where")
        .after_help("Examples:\n  codecarbon config show\n  codecarbon config show --json")
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print it as JSON"))
}

/// Runs it; the exit code. A configuration that cannot be used is shown all the same, then said.
pub(super) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let console = Console::new(start.colours(), LogLevel::Warning);
    let layers = Layers {
        home: start.home(),
        cwd: Some(&start.directory),
        environment: start.variables.clone(),
        ..Layers::default()
    };
    let (settings, _) = layers.settings().map_err(unusable)?;
    let resolved = layers.resolve();
    let files = files(start);
    if matches.get_flag("json") {
        let notices = resolved.as_ref().map(|resolved| resolved.notices.as_slice());
        let notices = notices.unwrap_or_default().iter().map(ToString::to_string);
        let error = resolved.as_ref().err().map(ToString::to_string);
        let text = json!({
            "files": files.iter().map(|file| json!({ "path": file, "exists": file.exists() }))
                .collect::<Vec<_>>(),
            "settings": as_json(&settings),
            "notices": notices.collect::<Vec<_>>(),
            "error": error,
        });
        print(&format!("{text:#}\n"));
    } else {
        print(&as_text(&files, &settings));
    }
    for notice in &resolved.map_err(unusable)?.notices {
        console.warn(notice);
    }
    Ok(exit::OK)
}

/// Whether a key's value must not be shown; so is that of an unknown key that sounds like it.
pub(super) fn is_secret(key: &str) -> bool {
    SECRET_KEYS.contains(&key)
        || ["token", "secret", "password", "api_key"].iter().any(|word| key.ends_with(word))
}

/// A value as it may be shown: not at all, or without the password of an address.
pub(super) fn shown(key: &str, value: &str) -> String {
    if is_secret(key) && !value.is_empty() {
        return MASK.to_owned();
    }
    without_password(&value.replace('\n', " "))
}

/// An address as it may be shown, or any other text as it is.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://{MASK}@{host}{}", &rest[end..]),
        None => url.to_owned(),
    }
}

fn files(start: &Surroundings) -> Vec<PathBuf> {
    let directories = [start.home(), Some(start.directory.as_path())];
    let mut files: Vec<PathBuf> = Vec::new();
    for path in directories.into_iter().flatten().map(|dir| dir.join(CONFIG_FILE_NAME)) {
        if !files.contains(&path) {
            files.push(path);
        }
    }
    files
}

fn as_text(files: &[impl AsRef<Path>], settings: &Settings) -> String {
    let mut out = String::from("Files, the later one is the stronger\n");
    for file in files {
        let file = file.as_ref();
        let there = if file.exists() { "" } else { " (not there)" };
        let _ = writeln!(out, "  {}{there}", file.display());
    }
    out.push_str("\nSettings\n");
    if settings.is_empty() {
        out.push_str("  none: everything has its default\n");
    }
    for (key, setting) in settings {
        let value = shown(key, &setting.value);
        let _ = writeln!(out, "  {key} = {value}\n    {}", setting.origin);
    }
    out
}

fn as_json(settings: &Settings) -> Vec<Value> {
    let one = |(key, setting): (&String, &carbon_tracker::config::Setting)| {
        json!({
            "key": key,
            "value": shown(key, &setting.value),
            "secret": is_secret(key),
            "origin": setting.origin.to_string(),
        })
    };
    settings.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use carbon_tracker::config::Config;

    use super::*;

    #[test]
    fn every_key_that_holds_a_secret_is_masked() {
        let mut secrets = 0;
        for key in Config::KEYS {
            let mut config = Config::default();
            let set = config.set(key, "hunter2");
            if set.is_ok() && !format!("{config:?}").contains("hunter2") {
                assert!(is_secret(key), "{key}");
                secrets += 1;
            }
        }
        assert!(secrets >= 3, "{secrets} secrets");
        assert!(!is_secret("project_name") && is_secret("my_password"));
    }

    #[test]
    fn passwords_in_addresses_are_masked_and_the_rest_is_shown() {
        let url = |value: &str| shown("prometheus_url", value);
        assert_eq!(url("https://me:pw@host:1/x@y"), "https://********@host:1/x@y");
        assert_eq!(url("https://host/x"), "https://host/x");
        assert_eq!(url("localhost:9091"), "localhost:9091");
        assert_eq!(shown("api_key", ""), "");
        assert_eq!(shown("api_key", "cpt_x"), "********");
    }
}
