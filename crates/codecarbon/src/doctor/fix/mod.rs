//! Fixes that this program applies and takes back: what they are, and on which machine each helps.
//!
//! Whether one helps is judged by what other users may do, not by what this process may: as root
//! everything can be read, and nothing is fixed by that. Applying, recording and undoing is in
//! [`mod@apply`], and the single changes are in [`step`].

mod apply;
mod capability;
mod step;

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use carbon_sensors::SysRoot;

pub(super) use apply::{Attempt, apply, undo};
use step::{Permissions, Step};

use super::check::Advice;
use super::machine::container;
use super::setup::quoted;

/// What can be fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    /// The program gets the capability to count on whole CPUs.
    Setcap,
    /// A group may read the energy zones.
    PowercapGroup,
    /// Everybody may count on whole CPUs.
    PerfSysctl,
}

impl Repair {
    /// All of them, the narrowest first.
    pub(super) const ALL: [Self; 3] = [Self::Setcap, Self::PowercapGroup, Self::PerfSysctl];

    /// The name on the command line and in records.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Setcap => "setcap",
            Self::PowercapGroup => "powercap-group",
            Self::PerfSysctl => "perf-sysctl",
        }
    }
}

/// A fix that would help here.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offer {
    pub(super) repair: Repair,
    /// What to say of it.
    pub(super) advice: Advice,
    /// Its changes, in order; none where something has to be told first.
    steps: Vec<Step>,
}

impl Offer {
    /// Whether something has to be told before it can be applied.
    pub(super) fn has_open_question(&self) -> bool {
        self.steps.is_empty()
    }

    /// What it changes, in words.
    pub(super) fn changes(&self) -> impl Iterator<Item = String> {
        self.steps.iter().map(Step::describe)
    }
}

/// Where fixes are made, and for whom.
#[derive(Debug, Clone)]
pub(super) struct Workplace<'a> {
    pub(super) root: &'a SysRoot,
    /// The program that is to measure.
    pub(super) program: Option<PathBuf>,
    /// The group that is to read counters.
    pub(super) group: Option<u32>,
}

const PMU: &str = "sys/bus/event_source/devices/power";
const PARANOID: &str = "/proc/sys/kernel/perf_event_paranoid";
const POWERCAP: &str = "/sys/class/powercap";
const RULE_FILE: &str = "/etc/udev/rules.d/60-codecarbon.rules";
const SYSCTL_FILE: &str = "/etc/sysctl.d/60-codecarbon.conf";

/// The fixes that would help; none in a container, which has to be started otherwise.
pub(super) fn offers(place: &Workplace<'_>) -> Vec<Offer> {
    if container(place.root).is_some() {
        return Vec::new();
    }
    [setcap(place), powercap_group(place), perf_sysctl(place)].into_iter().flatten().collect()
}

/// Whether perf counts the processor and only some may ask it.
fn is_perf_restricted(root: &SysRoot) -> bool {
    let level = root.read(PARANOID).ok().and_then(|text| text.parse::<i32>().ok());
    root.path(PMU).join("events/energy-pkg").exists() && level.is_some_and(|level| level > 0)
}

fn setcap(place: &Workplace<'_>) -> Option<Offer> {
    let program = place.program.as_deref()?;
    // The attribute of a file of ours says nothing of a machine that only its files are known of.
    if !is_perf_restricted(place.root) || !place.root.is_host() || !kernel_knows_perfmon(place.root)
    {
        return None;
    }
    offer_setcap(program)
}

fn offer_setcap(program: &Path) -> Option<Offer> {
    let before = capability::read(program).ok()?;
    let after = capability::with_perfmon(before.as_deref())?;
    if before.as_deref() == Some(after.as_slice()) {
        return None;
    }
    let path = program.to_str()?.to_owned();
    Some(Offer {
        repair: Repair::Setcap,
        advice: Advice {
            name: Some(Repair::Setcap.name()),
            is_safe: true,
            command: format!("sudo setcap cap_perfmon=ep {}", quoted(program)),
            note: "for this program alone, whoever runs it; until it is installed anew".to_owned(),
        },
        steps: vec![Step::SetCapability { path, before, after }],
    })
}

/// `CAP_PERFMON` came with Linux 5.8; before, only an administrator's capability would do.
fn kernel_knows_perfmon(root: &SysRoot) -> bool {
    let last = root.read("proc/sys/kernel/cap_last_cap").ok();
    last.and_then(|text| text.parse::<u32>().ok()).is_some_and(|last| last >= capability::PERFMON)
}

fn powercap_group(place: &Workplace<'_>) -> Option<Offer> {
    let root = place.root;
    let mut locked = Vec::new();
    for zone in root
        .list(POWERCAP)
        .iter()
        .filter(|zone| zone.starts_with("intel-rapl") && zone.contains(':'))
    {
        let path = format!("{POWERCAP}/{zone}/energy_uj");
        let Ok(found) = root.path(&path).metadata() else { continue };
        let before = Permissions { mode: found.mode() & 0o7777, gid: found.gid() };
        let is_readable =
            before.mode & 0o004 != 0 || before.mode & 0o040 != 0 && place.group == Some(before.gid);
        if !is_readable {
            locked.push((path, before));
        }
    }
    if locked.is_empty() {
        return None;
    }
    let files = format!("{POWERCAP}/*/energy_uj");
    let shown_group = place.group.map_or_else(|| "GROUP".to_owned(), |gid| gid.to_string());
    let command = format!("sudo chgrp {shown_group} {files} && sudo chmod g+r {files}");
    let steps = place.group.map(|gid| {
        let made = new_directories(root, RULE_FILE);
        let rule = Step::WriteFile { path: RULE_FILE.to_owned(), content: rule(gid) };
        let permissions = locked.into_iter().map(|(path, before)| {
            let after = Permissions { mode: before.mode | 0o040, gid };
            Step::SetPermissions { path, before, after }
        });
        made.into_iter().chain([rule]).chain(permissions).collect()
    });
    Some(Offer {
        repair: Repair::PowercapGroup,
        advice: Advice {
            name: Some(Repair::PowercapGroup.name()),
            is_safe: true,
            command,
            note: format!(
                "for every program of group {shown_group}, Python's among them. This command lasts until \
                 the next boot, --fix until --undo. The counters are locked because they can give \
                 secrets of other programs away (CVE-2020-8694): keep the group to people you trust"
            ),
        },
        steps: steps.unwrap_or_default(),
    })
}

/// The rule by which udev opens the zones to a group whenever they appear.
fn rule(gid: u32) -> String {
    format!(
        "# Written by codecarbon doctor --fix; codecarbon doctor --undo removes it.\n\
         SUBSYSTEM==\"powercap\", KERNEL==\"intel-rapl*:*\", ACTION==\"add\", \
         RUN+=\"/bin/chgrp {gid} /sys%p/energy_uj\", RUN+=\"/bin/chmod g+r /sys%p/energy_uj\"\n"
    )
}

fn perf_sysctl(place: &Workplace<'_>) -> Option<Offer> {
    let root = place.root;
    if !is_perf_restricted(root) {
        return None;
    }
    let before = root.read(PARANOID).ok()?;
    let content = "# Written by codecarbon doctor --fix; codecarbon doctor --undo removes it.\n\
                   kernel.perf_event_paranoid = 0\n";
    let mut steps = new_directories(root, SYSCTL_FILE);
    steps.push(Step::WriteFile { path: SYSCTL_FILE.to_owned(), content: content.to_owned() });
    let (path, after) = (PARANOID.to_owned(), "0".to_owned());
    steps.push(Step::SetValue { path, before, after });
    Some(Offer {
        repair: Repair::PerfSysctl,
        advice: Advice {
            name: Some(Repair::PerfSysctl.name()),
            is_safe: false,
            command: "sudo sysctl kernel.perf_event_paranoid=0".to_owned(),
            note: "for every program of every user, and more than energy: they can then watch all \
                   CPUs. This command lasts until the next boot, --fix=perf-sysctl until --undo"
                .to_owned(),
        },
        steps,
    })
}

/// Steps that make the directories above a file which are not there.
fn new_directories(root: &SysRoot, file: &str) -> Vec<Step> {
    let above = Path::new(file).ancestors().skip(1);
    let mut absent: Vec<Step> = above
        .take_while(|path| !root.path(path).exists())
        .filter_map(|path| Some(Step::MakeDirectory { path: path.to_str()?.to_owned() }))
        .collect();
    absent.reverse();
    absent
}

#[cfg(test)]
#[path = "fix_tests.rs"]
mod tests;
