//! What `doctor` says of fake machines.

use std::sync::Arc;

use carbon_model::Accuracy;
use carbon_testkit::{FakePerf, Machine as FakeMachine, machines};
use carbon_tracker::Machine;
use carbon_tracker::config::Config;
use carbon_tracker::location::resolve;

use super::check::{Check, State, Subject};
use super::*;

/// A fake machine as `doctor` looks at it, with the default configuration.
fn scene(fake: &FakeMachine) -> Scene {
    let config = Config::default();
    Scene {
        machine: Machine {
            clock: Arc::new(fake.clock()),
            perf: Arc::new(FakePerf::of(fake)),
            ..Machine::at(fake.sysroot())
        },
        place: resolve(&config, 2026),
        config,
        files: Vec::new(),
        notices: Vec::new(),
        mistake: None,
        has_asked_cloud: false,
        api: None,
        spool: None,
        offers: Vec::new(),
        program: "/usr/bin/codecarbon".to_owned(),
    }
}

fn examined(text: &str) -> Examination {
    examine::examine(&scene(&FakeMachine::load(text)))
}

fn check<'e>(examination: &'e Examination, name: &str) -> &'e Check {
    examination.checks.iter().find(|check| check.name == name).unwrap()
}

fn states(examination: &Examination, names: &[&str]) -> Vec<State> {
    names.iter().map(|name| check(examination, name).state).collect()
}

const POWER: [&str; 6] = ["perf", "powercap", "hwmon", "battery", "load model", "calibration"];

#[test]
fn locked_counters_are_denied_with_what_opens_them_and_what_that_gains() {
    let found = examined(machines::NO_PERMISSION);
    assert_eq!(
        states(&found, &POWER),
        [State::Denied, State::Denied, State::Absent, State::Absent, State::Used, State::Absent]
    );
    assert_eq!(verdict_code(&found), ESTIMATED);
    let perf = check(&found, "perf");
    assert!(perf.detail.contains("kernel.perf_event_paranoid is 2"), "{}", perf.detail);
    assert!(perf.fixes[0].command.starts_with("sudo "));
    let gain = perf.gains[0];
    assert_eq!(gain.from, Accuracy::factors(0.5, 1.8));
    assert_eq!(gain.to, Accuracy::plus_minus(0.05));
    let calibration = check(&found, "calibration");
    assert_eq!(calibration.fixes[0].command, "sudo /usr/bin/codecarbon calibrate");
    assert_eq!(calibration.gains[0].to, Accuracy::plus_minus(0.20));
}

#[test]
fn sensors_of_boards_are_told_of_where_there_are_any() {
    let pi = examined(machines::RASPBERRY_PI_5);
    let sensor = check(&pi, "pi pmic");
    assert_eq!(sensor.state, State::Denied);
    assert!(sensor.fixes[0].command.contains("usermod -aG video"), "{sensor:?}");
    assert_eq!(sensor.gains[0].to, Accuracy::plus_minus(0.10));
    let jetson = examined(machines::JETSON_XAVIER_NX);
    assert_eq!(check(&jetson, "hwmon").state, State::Used);
    assert!(jetson.checks.iter().all(|check| check.name != "pi pmic"));
    assert_eq!(verdict_code(&jetson), 0);
}

#[test]
fn offers_stand_with_the_source_that_they_open() {
    let fake = FakeMachine::load(machines::NO_PERMISSION);
    let mut scene = scene(&fake);
    let root = fake.sysroot();
    scene.offers = fix::offers(&Workplace { root: &root, program: None, group: Some(7) });
    let found = examine::examine(&scene);
    let names = |name: &str| -> Vec<Option<&str>> {
        check(&found, name).fixes.iter().map(|fix| fix.name).collect()
    };
    assert_eq!(names("perf"), [Some("perf-sysctl")]);
    assert_eq!(names("powercap"), [Some("powercap-group")]);
    assert!(check(&found, "powercap").fixes[0].command.contains("chgrp 7 /sys/class/powercap/"));
}

#[test]
fn a_machine_that_is_measured_needs_nothing() {
    let found = examined(machines::LAPTOP_INTEL_PSYS);
    assert_eq!(
        states(&found, &["perf", "powercap", "dram"]),
        [State::Used, State::Unused, State::Used]
    );
    assert_eq!(check(&found, "battery").state, State::Unsuited);
    assert_eq!(check(&found, "load model").state, State::Unused);
    assert!(
        found.checks.iter().filter(|c| c.subject == Subject::Processor).all(|c| c.fixes.is_empty())
    );
    assert_eq!(verdict_code(&found), exit::OK);
    let powercap = examined(machines::SERVER_TWO_SOCKET_DRAM);
    assert_eq!(states(&powercap, &["perf", "powercap"]), [State::Denied, State::Used]);
    assert_eq!(verdict_code(&powercap), exit::OK);
    assert!(check(&powercap, "perf").gains.is_empty(), "nothing is gained");
    let hwmon = examined(machines::AMD_HWMON);
    assert_eq!(check(&hwmon, "hwmon").state, State::Used);
}

#[test]
fn in_a_virtual_machine_nothing_is_promised() {
    for machine in [machines::VM_WITHOUT_ANYTHING, machines::VM_DEAD_PSYS] {
        let found = examined(machine);
        assert_eq!(verdict_code(&found), ESTIMATED);
        assert_eq!(check(&found, "hypervisor").state, State::Found);
        for name in POWER {
            assert!(check(&found, name).fixes.is_empty() || name == "load model", "{name}");
        }
    }
}

#[test]
fn a_container_is_told_how_it_has_to_be_started() {
    let fake = FakeMachine::load(machines::CONTAINER_CGROUP_V2);
    fake.write(".dockerenv", "");
    let found = examine::examine(&scene(&fake));
    assert_eq!(states(&found, &["perf", "powercap"]), [State::Denied, State::Hidden]);
    assert_eq!(check(&found, "perf").fixes[0].command, "docker run --cap-add PERFMON …");
    let bind = &check(&found, "powercap").fixes[0].command;
    assert!(bind.starts_with("docker run -v /sys:/host/sys:ro"), "{bind}");
    assert_eq!(check(&found, "limits").state, State::Used);
}

#[test]
fn gpus_whose_library_is_missing_are_no_measurement() {
    let fake = FakeMachine::load(machines::TWO_GPUS);
    let mut scene = scene(&fake);
    scene.machine.gpu_libraries.nvml = Some("/nonexistent/libnvidia-ml.so.1".into());
    let found = examine::examine(&scene);
    assert_eq!(states(&found, &["powercap", "nvml"]), [State::Used, State::Missing]);
    assert!(check(&found, "nvml").fixes[0].command.contains("libnvidia-ml1"));
    assert_eq!(verdict_code(&found), ESTIMATED);
    scene.config.set("gpu_ids", "").unwrap();
    assert_eq!(verdict_code(&examine::examine(&scene)), exit::OK, "none is asked for");
}

#[test]
fn a_calibration_is_found_used_broken_or_outdated() {
    let fake = FakeMachine::load(machines::NO_PERMISSION);
    let file = carbon_tracker::calibration::COMMON_CALIBRATION_FILE;
    let state = || {
        let found = examine::examine(&scene(&fake));
        check(&found, "calibration").state
    };
    let root = fake.sysroot();
    let machine = carbon_tracker::calibration::MachineIdentity::of(
        &root,
        &carbon_sensors::CpuFacts::read(&root),
    );
    let text = |cpus: u32| {
        format!(
            "[{key}]\nmachine = {key}\nprocessor = {}\nlogical_cpus = {cpus}\nscope = processors\n\
             idle_w = 5\nfull_w = 50\nbend = 3.4\nrelative_error = 0.2\nresidual = 0\n\
             against = RAPL\ndate = 2026-11-22\n",
            machine.processor,
            key = machine.key
        )
    };
    fake.write(file, &text(machine.logical_cpus));
    assert_eq!(state(), State::Used);
    fake.write(file, &text(machine.logical_cpus * 2));
    assert_eq!(state(), State::Broken, "the processor is another");
    fake.write(file, "nonsense");
    assert_eq!(state(), State::Broken);
    fake.write(file, &text(machine.logical_cpus));
    fake.restore_all();
    assert_eq!(state(), State::Unused, "a counter goes before");
}

#[test]
fn mistakes_in_the_configuration_are_named_and_the_rest_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let start = Surroundings {
        directory: folder.path().to_owned(),
        variables: vec![("HOME".into(), folder.path().join("home").display().to_string())],
        ..Surroundings::default()
    };
    let file = folder.path().join(".codecarbon.config");
    std::fs::write(&file, "[codecarbon]\noutptu_dir = x\nsave_to_file = false\n").unwrap();
    let fake = FakeMachine::load(machines::LAPTOP_INTEL_PSYS);
    let look = || {
        let (config, notices, mistake) = scene::configuration(&start, Vec::new());
        let files = vec![(file.clone(), true)];
        examine::examine(&Scene { config, files, notices, mistake, ..scene(&fake) })
    };
    let found = look();
    let keys: Vec<&Check> = found.checks.iter().filter(|check| check.name == "key").collect();
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().any(|key| key.detail.contains("did you mean output_dir")));
    let fix = &keys.iter().find(|key| key.detail.contains("outptu")).unwrap().fixes[0].command;
    assert_eq!(*fix, format!("codecarbon config unset --path {} outptu_dir", file.display()));
    std::fs::write(&file, "[codecarbon]\npue = low\n").unwrap();
    let found = look();
    assert_eq!(check(&found, "config").state, State::Broken);
    assert!(check(&found, "config").detail.contains("pue"), "{found:?}");
    assert_eq!(check(&found, "perf").state, State::Used);
}

#[test]
fn sixty_columns_are_enough_and_commands_are_never_broken() {
    let style = |columns, colours| Style { columns, colours };
    for (name, machine) in machines::ALL {
        let found = examined(machine);
        let text = text::render(&found, style(60, false));
        for line in text.lines().filter(|line| !line.contains("fix   ")) {
            assert!(line.chars().count() <= 60, "{name}: {line:?}");
            assert_eq!(line, line.trim_end());
        }
        for fix in found.checks.iter().flat_map(|check| &check.fixes) {
            assert!(
                text.lines().any(|line| line.ends_with(&fix.command)),
                "{name}: {}",
                fix.command
            );
        }
        assert!(!text.contains('\x1b'));
        assert!(text::render(&found, style(60, true)).contains("\x1b["));
    }
}

#[test]
fn the_json_has_its_documented_form() {
    for (_, machine) in machines::ALL {
        let found = examined(machine);
        let value: serde_json::Value = serde_json::from_str(&json::render(&found)).unwrap();
        let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["checks", "exit_code", "figures", "machine", "schema", "verdict"]);
        assert_eq!(value["schema"], 1);
        assert_eq!(value["exit_code"], verdict_code(&found));
        for check in value["checks"].as_array().unwrap() {
            let keys: Vec<&str> = check.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["detail", "fixes", "gains", "name", "state", "subject"]);
        }
    }
}

#[test]
fn the_group_is_the_user_s_own_also_under_sudo() {
    let with = |gid: &str| Surroundings {
        variables: vec![("SUDO_GID".into(), gid.into())],
        ..Surroundings::default()
    };
    let start = with("1234");
    let expected =
        if start.is_root() { Some(1234) } else { Some(start.group_id()).filter(|gid| *gid != 0) };
    assert_eq!(own_group(&start), expected);
    let error = check_names(["sudo-all".to_owned()].iter()).unwrap_err();
    assert_eq!((error.code, error.hints().len()), (exit::USAGE, 1));
}
