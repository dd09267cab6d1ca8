//! Fixes on real files with modes: what they change, and that they are taken back.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// A machine whose counters only root may read, on real files with modes.
fn locked() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("proc/sys/kernel/perf_event_paranoid", "2\n");
    write("proc/sys/kernel/cap_last_cap", "40\n");
    write("sys/bus/event_source/devices/power/events/energy-pkg", "event=0x02\n");
    for zone in ["intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"] {
        let file = format!("sys/class/powercap/{zone}/energy_uj");
        write(&file, "1\n");
        set_mode(&folder, &file, 0o400);
    }
    std::fs::create_dir_all(folder.path().join("etc")).unwrap();
    folder
}

fn set_mode(folder: &tempfile::TempDir, file: &str, mode: u32) {
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(folder.path().join(file), permissions).unwrap();
}

/// Every file and directory with its mode, group and content.
fn snapshot(folder: &Path) -> Vec<(PathBuf, u32, u32, Option<Vec<u8>>)> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(path) = pending.pop() {
        let metadata = path.metadata().unwrap();
        let content = if metadata.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            None
        } else {
            // Whoever runs this as somebody else than root may not read what is locked.
            Some(std::fs::read(&path).unwrap_or_default())
        };
        found.push((path, metadata.mode() & 0o7777, metadata.gid(), content));
    }
    found.sort();
    found
}

/// The offers for the group that the files are of, as a test may not give files away.
fn offers_in(folder: &tempfile::TempDir) -> (SysRoot, Vec<Offer>) {
    let root = SysRoot::new(folder.path());
    let gid = folder.path().metadata().unwrap().gid();
    let place = Workplace { root: &root, program: None, group: Some(gid) };
    let offers = offers(&place);
    (root, offers)
}

fn names(offers: &[Offer]) -> Vec<&str> {
    offers.iter().map(|offer| offer.repair.name()).collect()
}

fn text(folder: &tempfile::TempDir, path: &str) -> String {
    std::fs::read_to_string(folder.path().join(path)).unwrap()
}

#[test]
fn every_fix_is_taken_back_to_the_last_bit() {
    let folder = locked();
    let before = snapshot(folder.path());
    let (root, offers) = offers_in(&folder);
    assert_eq!(names(&offers), ["powercap-group", "perf-sysctl"]);
    for offer in &offers {
        assert!(!apply(&root, offer, "2026-11-22T12:00:00Z").unwrap().done.is_empty());
    }
    assert_eq!(text(&folder, "proc/sys/kernel/perf_event_paranoid"), "0\n");
    assert!(text(&folder, "etc/sysctl.d/60-codecarbon.conf").contains("perf_event_paranoid = 0"));
    assert!(text(&folder, "etc/udev/rules.d/60-codecarbon.rules").contains("/bin/chmod g+r"));
    for zone in ["intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"] {
        let file = folder.path().join(format!("sys/class/powercap/{zone}/energy_uj"));
        assert_eq!(file.metadata().unwrap().mode() & 0o7777, 0o440, "{zone}");
    }
    let undone = undo(&root, &[]).unwrap();
    let order: Vec<&str> = undone.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(order, ["perf-sysctl", "powercap-group"]);
    assert!(undone.iter().all(|(_, attempt)| attempt.left.is_empty()), "{undone:?}");
    assert_eq!(snapshot(folder.path()), before);
    assert!(undo(&root, &[]).unwrap().is_empty(), "nothing is left to take back");
}

#[test]
fn what_is_fixed_is_not_offered_again_and_applying_it_twice_changes_nothing() {
    let folder = locked();
    let (root, offers) = offers_in(&folder);
    for offer in &offers {
        apply(&root, offer, "").unwrap();
    }
    let fixed = snapshot(folder.path());
    for offer in &offers {
        assert_eq!(apply(&root, offer, "later").unwrap(), Attempt::default());
    }
    assert_eq!(snapshot(folder.path()), fixed);
    assert!(offers_in(&folder).1.is_empty());
}

#[test]
fn one_of_two_fixes_can_be_taken_back_by_name() {
    let folder = locked();
    let (root, offers) = offers_in(&folder);
    for offer in &offers {
        apply(&root, offer, "").unwrap();
    }
    let undone = undo(&root, &["powercap-group".to_owned()]).unwrap();
    assert_eq!(undone.len(), 1);
    assert_eq!(text(&folder, "proc/sys/kernel/perf_event_paranoid"), "0\n");
    assert!(!folder.path().join("etc/udev/rules.d/60-codecarbon.rules").exists());
    assert_eq!(undo(&root, &[]).unwrap().len(), 1);
}

#[test]
fn what_somebody_else_changed_since_is_left_alone_and_named() {
    let folder = locked();
    let (root, offers) = offers_in(&folder);
    for offer in &offers {
        apply(&root, offer, "").unwrap();
    }
    let rule = folder.path().join("etc/udev/rules.d/60-codecarbon.rules");
    std::fs::write(&rule, "mine now\n").unwrap();
    std::fs::write(folder.path().join("proc/sys/kernel/perf_event_paranoid"), "-1\n").unwrap();
    let undone = undo(&root, &[]).unwrap();
    let left: Vec<String> = undone.into_iter().flat_map(|(_, attempt)| attempt.left).collect();
    assert!(left.iter().any(|l| l == "/proc/sys/kernel/perf_event_paranoid was changed since"));
    assert!(left.iter().any(|l| l == "/etc/udev/rules.d/60-codecarbon.rules was changed since"));
    assert_eq!(std::fs::read_to_string(&rule).unwrap(), "mine now\n");
    assert_eq!(text(&folder, "proc/sys/kernel/perf_event_paranoid"), "-1\n");
}

#[test]
fn after_a_reboot_there_is_only_the_rule_to_take_back() {
    let folder = locked();
    let (root, offers) = offers_in(&folder);
    apply(&root, &offers[0], "").unwrap();
    // The kernel makes its files anew.
    for zone in ["intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"] {
        set_mode(&folder, &format!("sys/class/powercap/{zone}/energy_uj"), 0o400);
    }
    let undone = undo(&root, &[]).unwrap();
    assert!(
        undone[0].1.done.iter().any(|d| d.ends_with("write /etc/udev/rules.d/60-codecarbon.rules"))
    );
    assert!(undone[0].1.left.is_empty());
}

#[test]
fn a_file_that_is_there_already_is_not_written_over_and_nothing_else_is_changed() {
    let folder = locked();
    std::fs::create_dir_all(folder.path().join("etc/udev/rules.d")).unwrap();
    std::fs::write(folder.path().join("etc/udev/rules.d/60-codecarbon.rules"), "mine\n").unwrap();
    let before = snapshot(folder.path());
    let (root, offers) = offers_in(&folder);
    let error = apply(&root, &offers[0], "").unwrap_err();
    assert!(error.to_string().contains("60-codecarbon.rules is there already"), "{error}");
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn a_fix_that_fails_half_way_takes_back_what_it_did() {
    let folder = locked();
    let before = snapshot(folder.path());
    let (root, mut offers) = offers_in(&folder);
    let mut offer = offers.remove(0);
    // The kernel takes no such value, as writing to a directory fails for root as well.
    std::fs::create_dir(folder.path().join("proc/sys/kernel/broken")).unwrap();
    let path = "/proc/sys/kernel/broken/directory".to_owned();
    offer.steps.push(Step::MakeDirectory { path: format!("{path}/deeper") });
    assert!(apply(&root, &offer, "").is_err());
    std::fs::remove_dir(folder.path().join("proc/sys/kernel/broken")).unwrap();
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn nothing_is_offered_where_everybody_may_read_or_in_a_container() {
    let folder = locked();
    std::fs::write(folder.path().join("proc/sys/kernel/perf_event_paranoid"), "-1\n").unwrap();
    for zone in ["intel-rapl:0", "intel-rapl:0:0", "intel-rapl:1"] {
        set_mode(&folder, &format!("sys/class/powercap/{zone}/energy_uj"), 0o444);
    }
    assert!(offers_in(&folder).1.is_empty());
    let folder = locked();
    std::fs::write(folder.path().join(".dockerenv"), "").unwrap();
    assert!(offers_in(&folder).1.is_empty());
}

#[test]
fn without_a_group_the_zones_are_offered_with_nothing_to_apply_yet() {
    let folder = locked();
    let root = SysRoot::new(folder.path());
    let offers = offers(&Workplace { root: &root, program: None, group: None });
    assert!(offers[0].advice.command.contains("chgrp GROUP"));
    assert!(offers[0].steps.is_empty());
}

#[test]
fn a_program_is_offered_the_capability_until_it_has_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let offer = offer_setcap(file.path()).unwrap();
    assert!(offer.advice.command.starts_with("sudo setcap cap_perfmon=ep /"));
    let folder = tempfile::tempdir().unwrap();
    let root = SysRoot::new(folder.path());
    // Only root may; who may not gets the reason, and nothing is left behind.
    match apply(&root, &offer, "") {
        Ok(attempt) => {
            assert_eq!(attempt.done.len(), 1);
            assert_eq!(offer_setcap(file.path()), None);
            undo(&root, &[]).unwrap();
            assert_eq!(capability::read(file.path()).unwrap(), None);
        }
        Err(error) => assert!(matches!(error, apply::FixError::Io { .. }), "{error}"),
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
