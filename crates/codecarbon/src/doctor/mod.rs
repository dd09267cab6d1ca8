//! `doctor`: every source that a figure could come from, how it stands with it, and what would help.
//!
//! Looks at the machine as a run would, changes nothing and asks nobody unless it is told to: `--cloud`
//! and `--api` ask services, `--fix` changes the machine after asking, and `--undo` takes that back.

mod check;
mod examine;
mod fix;
mod gpu;
mod json;
mod machine;
mod memory;
mod power;
mod scene;
mod setup;
mod text;

use std::io::{BufRead, Write};

use carbon_sensors::clock::utc_timestamp;
use carbon_sensors::{Clock, SysRoot, SystemClock};
use carbon_tracker::config::LogLevel;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::console::Console;
use crate::exit::{self, CommandError};
use crate::print::print;
use crate::surroundings::Surroundings;
use check::Examination;
use fix::{Attempt, Offer, Repair, Workplace};
use scene::{Asking, Scene};
use text::Style;

/// Exit code: figures of processor or GPUs would be estimates.
pub(crate) const ESTIMATED: u8 = 3;

const AFTER_HELP: &str = "\
The exit code is 0 if processor and GPUs would be measured, 3 if one of them would be an estimate;
with --fix or --undo it is 0 if all was done. Fixes by name: setcap (this program may use perf),
powercap-group (a group may read the energy zones), perf-sysctl (everybody may use perf; only by name).

Examples:
  codecarbon doctor
  codecarbon doctor --json | jq .verdict
  sudo codecarbon doctor --fix
  sudo codecarbon doctor --undo";

/// Describes the command.
pub(crate) fn command() -> Command {
    let switch = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
    };
    let value = |name: &'static str, shown: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(shown).help(help).value_parser(value_parser!(String))
    };
    let names = |name: &'static str, help: &'static str| {
        value(name, "NAMES", help)
            .num_args(0..=1)
            .require_equals(true)
            .value_delimiter(',')
            .default_missing_value("")
            .help_heading("Changing the machine")
    };
    Command::new("doctor")
        .about("Tell why figures are measured or estimated, and what would change that")
        .after_help(AFTER_HELP)
        .arg(switch("json", "Print it as JSON"))
        .arg(switch("cloud", "Ask the metadata service of the cloud that the firmware names"))
        .arg(switch("api", "Ask whether the CodeCarbon API answers"))
        .arg(
            names("fix", "Apply what is safe, or what is named, after asking")
                .conflicts_with("undo"),
        )
        .arg(names("undo", "Take back what --fix did, or what is named of it"))
        .arg(switch("yes", "Ask nothing").short('y').help_heading("Changing the machine"))
        .arg(
            value("group", "GID", "Number of the group that may read counters (default: yours)")
                .value_parser(value_parser!(u32))
                .help_heading("Changing the machine"),
        )
        .arg(value("gpu-ids", "LIST", "GPUs to track, by index or by GPU-… or MIG-… id"))
        .arg(value("sysroot", "DIR", "Root of the machine's /sys, /proc, /run, /dev (default /)"))
        .arg(value("nvml-library", "FILE", "NVML library to open instead of the system's"))
}

/// Runs it; the exit code.
pub(crate) fn run(matches: &ArgMatches, start: &Surroundings) -> Result<u8, CommandError> {
    let flags = ["gpu-ids", "sysroot", "nvml-library"];
    let arguments = flags.into_iter().filter_map(|flag| {
        let value = matches.get_one::<String>(flag)?;
        Some((flag.replace('-', "_"), value.clone()))
    });
    let asking = Asking { cloud: matches.get_flag("cloud"), api: matches.get_flag("api") };
    let arguments: Vec<(String, String)> = arguments.collect();
    let names = |flag: &str| -> Option<Vec<String>> {
        let given = matches.get_many::<String>(flag)?;
        Some(given.filter(|name| !name.is_empty()).cloned().collect())
    };
    let (to_fix, to_undo) = (names("fix"), names("undo"));
    check_names(to_fix.iter().chain(&to_undo).flatten())?;
    let changer = |root| Changer { root, start, is_asking: !matches.get_flag("yes") };
    if let Some(names) = to_undo {
        let (config, ..) = scene::configuration(start, arguments);
        return changer(SysRoot::new(config.sysroot)).undo(&names);
    }
    let mut scene = Scene::of(start, arguments, asking);
    let workplace = Workplace {
        root: &scene.machine.root,
        program: start.program(),
        group: matches.get_one::<u32>("group").copied().or_else(|| own_group(start)),
    };
    scene.offers = fix::offers(&workplace);
    if let Some(names) = to_fix {
        return changer(scene.machine.root.clone()).fix(&scene.offers, &names);
    }
    let examination = examine::examine(&scene);
    if matches.get_flag("json") {
        print(&json::render(&examination));
    } else {
        let style = Style { columns: start.columns(), colours: start.stdout_colours() };
        print(&text::render(&examination, style));
        print(&closing(&scene, &examination, start.is_root()));
    }
    Ok(verdict_code(&examination))
}

fn verdict_code(examination: &Examination) -> u8 {
    if examination.is_measured() { exit::OK } else { ESTIMATED }
}

/// The last line: how fixes are applied, where there are any to apply.
fn closing(scene: &Scene, examination: &Examination, is_root: bool) -> String {
    if !examination.checks.iter().flat_map(|check| &check.fixes).any(|fix| fix.is_safe) {
        return String::new();
    }
    let whom = if is_root { "Root may read more than others. " } else { "" };
    format!("\n{whom}What is safe of this is done by: sudo {} doctor --fix\n", scene.program)
}

/// The group of the user who runs this, also by `sudo`. Root's own group helps nobody.
fn own_group(start: &Surroundings) -> Option<u32> {
    let by_sudo = start.variable("SUDO_GID").and_then(|gid| gid.parse().ok());
    by_sudo.filter(|_| start.is_root()).or_else(|| Some(start.group_id()).filter(|gid| *gid != 0))
}

fn check_names<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), CommandError> {
    let known = Repair::ALL.map(Repair::name);
    for name in names {
        if !known.contains(&name.as_str()) {
            return Err(CommandError::usage(format!("there is no fix {name:?}"))
                .hint(format!("the fixes are {}", known.join(", "))));
        }
    }
    Ok(())
}

/// Changes the machine, or explains why not.
struct Changer<'a> {
    root: SysRoot,
    start: &'a Surroundings,
    is_asking: bool,
}

impl Changer<'_> {
    fn fix(&self, offers: &[Offer], names: &[String]) -> Result<u8, CommandError> {
        let is_wanted = |offer: &&Offer| match names {
            [] => offer.advice.is_safe,
            names => names.iter().any(|name| name == offer.repair.name()),
        };
        let wanted: Vec<&Offer> = offers.iter().filter(is_wanted).collect();
        if wanted.is_empty() {
            print("Nothing to fix: what could be opened to others is open, or is not here.\n");
            return Ok(exit::OK);
        }
        self.check_rights("--fix", names)?;
        let mut is_changed = false;
        for offer in wanted {
            if offer.has_open_question() {
                return Err(CommandError::user("which group may read the counters is not known")
                    .hint("name it: --group \"$(getent group NAME | cut -d: -f3)\""));
            }
            print(&format!("{}\n", offer.repair.name()));
            self.tell_wrapped(&offer.advice.note);
            for change in offer.changes() {
                self.tell_wrapped(&format!("will {change}"));
            }
            if !self.agrees("Do it?")? {
                print("  left as it is\n");
                continue;
            }
            let at = utc_timestamp(SystemClock.now().wall);
            let attempt = fix::apply(&self.root, offer, &at).map_err(CommandError::file)?;
            is_changed |= !attempt.done.is_empty();
            tell(&attempt);
        }
        if is_changed {
            print("codecarbon doctor --undo takes it back.\n");
        }
        Ok(exit::OK)
    }

    fn undo(&self, names: &[String]) -> Result<u8, CommandError> {
        self.check_rights("--undo", names)?;
        if !self.agrees("Take back what --fix did?")? {
            return Ok(exit::OK);
        }
        let undone = fix::undo(&self.root, names).map_err(CommandError::file)?;
        if undone.is_empty() {
            print("Nothing was fixed, so there is nothing to take back.\n");
        }
        let mut is_complete = true;
        for (name, attempt) in &undone {
            print(&format!("{name}\n"));
            tell(attempt);
            is_complete &= attempt.left.is_empty();
        }
        Ok(if is_complete { exit::OK } else { exit::USER })
    }

    /// Only root may change this machine; for files elsewhere the system decides.
    fn check_rights(&self, flag: &str, names: &[String]) -> Result<(), CommandError> {
        if self.start.is_root() || !self.root.is_host() {
            return Ok(());
        }
        let program = self.start.program().unwrap_or_else(|| "codecarbon".into());
        let names = if names.is_empty() { String::new() } else { format!("={}", names.join(",")) };
        let program = setup::quoted(&program);
        Err(CommandError::user("only root may change this")
            .hint(format!("sudo {program} doctor {flag}{names}")))
    }

    fn tell_wrapped(&self, text: &str) {
        for line in text::wrapped(text, self.start.columns().saturating_sub(2)) {
            print(&format!("  {line}\n"));
        }
    }

    /// Yes or no, from the terminal.
    fn agrees(&self, question: &str) -> Result<bool, CommandError> {
        if !self.is_asking {
            return Ok(true);
        }
        if !self.start.can_ask() {
            return Err(CommandError::user("nobody can be asked here")
                .hint("--yes answers every question with yes"));
        }
        let console = Console::new(self.start.colours(), LogLevel::Warning);
        console.print(&format!("{question} [y/N] "));
        let mut answer = String::new();
        let read = std::io::stdin().lock().read_line(&mut answer);
        let _ = std::io::stderr().flush();
        read.map_err(|error| {
            CommandError::user(format!("no answer can be read: {error}"))
                .hint("--yes answers every question with yes")
        })?;
        Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
    }
}

fn tell(attempt: &Attempt) {
    for line in &attempt.done {
        print(&format!("  done: {line}\n"));
    }
    for line in &attempt.left {
        print(&format!("  left: {line}\n"));
    }
    if attempt.done.is_empty() && attempt.left.is_empty() {
        print("  it is so already\n");
    }
}

#[cfg(test)]
#[path = "doctor_tests.rs"]
mod tests;
