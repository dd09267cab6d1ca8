//! Settings and the server: files, keys that do nothing, what waits to be sent.

use std::path::Path;

use carbon_tracker::config::{Notice, Origin};

use super::check::{Advice, Check, State, Subject};
use super::examine::Found;
use crate::config::without_password;

pub(super) fn checks(found: &Found<'_>) -> Vec<Check> {
    let mut checks = settings(found);
    checks.push(api(found));
    checks.push(spool(found));
    checks
}

fn settings(found: &Found<'_>) -> Vec<Check> {
    let check = |state, detail: String| Check::new(Subject::Settings, "config", state, detail);
    let scene = found.scene;
    let files: Vec<String> = scene
        .files
        .iter()
        .filter(|(_, exists)| *exists)
        .map(|(path, _)| path.display().to_string())
        .collect();
    let mut checks = vec![match (&scene.mistake, files.is_empty()) {
        (Some(mistake), _) => check(State::Broken, mistake.to_string()),
        (None, true) => check(State::Absent, "no file: everything has its default".to_owned()),
        (None, false) => check(State::Used, files.join(", ")),
    }];
    checks.extend(scene.notices.iter().map(|notice| {
        let key = Check::new(Subject::Settings, "key", State::Broken, notice.to_string());
        match advice(notice) {
            Some(advice) => key.fix(advice),
            None => key,
        }
    }));
    checks
}

/// How a remark about a key is done away with.
fn advice(notice: &Notice) -> Option<Advice> {
    let (key, origin) = match notice {
        Notice::UnknownKey { key, origin, .. } => (key.as_str(), origin),
        Notice::Deprecated { key, origin, .. } | Notice::Overruled { key, origin, .. } => {
            (*key, origin)
        }
        Notice::NotText { key, origin } => (*key, origin),
        _ => return None,
    };
    let command = match origin {
        Origin::File { path, .. } => {
            format!("codecarbon config unset --path {} {key}", quoted(path))
        }
        Origin::Environment(name) => format!("unset {name}"),
        _ => return None,
    };
    Some(Advice::by_hand(command, ""))
}

/// A path as a shell takes it.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%".contains(c);
    if text.chars().all(is_plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

fn api(found: &Found<'_>) -> Check {
    let config = &found.scene.config;
    let (state, detail) = match &found.scene.api {
        Some(Ok(detail)) => (State::Found, detail.clone()),
        Some(Err(fault)) => (State::Broken, fault.clone()),
        None => {
            let shown = without_password(&config.api_endpoint);
            (State::Unasked, format!("{shown}; --api asks whether it answers"))
        }
    };
    let check = Check::new(Subject::Server, "api", state, detail);
    if state == State::Broken {
        let note = "if the address is wrong; records wait on disk until it answers";
        return check.fix(Advice::by_hand("codecarbon config set api_endpoint URL", note));
    }
    check
}

fn spool(found: &Found<'_>) -> Check {
    let check = |state, detail: String| Check::new(Subject::Server, "spool", state, detail);
    match &found.scene.spool {
        None => check(State::Missing, "no directory for what cannot be sent".to_owned())
            .fix(Advice::by_hand("set HOME or XDG_STATE_HOME", "")),
        Some(Err(error)) => check(State::Broken, error.clone()),
        Some(Ok(status)) if !status.unreadable.is_empty() => {
            let (path, why) = &status.unreadable[0];
            check(State::Broken, format!("{} cannot be read: {why}", path.display()))
        }
        Some(Ok(status)) => match status.amount().rows {
            0 => check(State::Found, "nothing waits to be sent".to_owned()),
            rows => check(State::Found, format!("{rows} records wait to be sent"))
                .fix(Advice::by_hand("codecarbon sync", "sends them")),
        },
    }
}
