//! Sources of the processor's power: counters, sensors, the battery, the load model and what it is
//! calibrated by.

use carbon_model::{Accuracy, Component, Source};
use carbon_sensors::MeterInfo;
use carbon_sensors::rapl;
use carbon_tracker::calibration::{Calibrations, MachineIdentity};

use super::check::{Advice, Check, Gain, State, Subject};
use super::examine::Found;
use super::fix::Repair;

/// Accuracy of the load model over measured idle and full load.
const CALIBRATED: Accuracy = Accuracy::plus_minus(0.20);

pub(super) fn checks(found: &Found<'_>) -> Vec<Check> {
    let mut checks = vec![perf(found), powercap(found), hwmon(found)];
    checks.extend(ELSEWHERE.iter().filter_map(|(name, source)| elsewhere(found, name, *source)));
    checks.extend([battery(found), load_model(found), calibration(found)]);
    checks
}

/// Sensors that only some systems and boards have; they are told of where there is anything to tell.
const ELSEWHERE: [(&str, Source); 4] = [
    ("emi", Source::WindowsEmi),
    ("ioreport", Source::AppleIoReport),
    ("mac power", Source::Powermetrics),
    ("pi pmic", Source::RaspberryPiPmic),
];

fn elsewhere(found: &Found<'_>, name: &'static str, source: Source) -> Option<Check> {
    let (state, detail) = found.state_of(&[source], &is_of_processors)?;
    let mut check = Check::new(Subject::Processor, name, state, detail);
    if state.is_trouble() {
        let apple = matches!(source, Source::AppleIoReport | Source::Powermetrics);
        let accuracy = Accuracy::plus_minus(if apple { 0.20 } else { 0.10 });
        check.gains.extend(gain(found, accuracy));
        check = found.advice_of(check, &[source]);
    }
    Some(check)
}

fn is_of_processors(meter: &MeterInfo) -> bool {
    meter.covers.component() != Some(Component::Ram)
}

/// The accuracy of the processor's figure as it is; the widest where there are several.
fn present(found: &Found<'_>) -> Option<Accuracy> {
    let width = |accuracy: &Accuracy| accuracy.high - accuracy.low;
    let accuracies = found.counted_for(Component::Cpu).map(|meter| meter.accuracy);
    accuracies.max_by(|a, b| width(a).total_cmp(&width(b)))
}

/// What the processor's figure gains with this accuracy.
fn gain(found: &Found<'_>, to: Accuracy) -> Option<Gain> {
    Gain::of(Component::Cpu, present(found)?, to)
}

/// A counter's check: its state, what helps, and what it would gain.
fn counter(
    found: &Found<'_>,
    name: &'static str,
    source: Source,
    absence: &dyn Fn() -> Check,
) -> Check {
    let Some((state, detail)) = found.state_of(&[source], &is_of_processors) else {
        return absence();
    };
    let mut check = Check::new(Subject::Processor, name, state, detail);
    if state.is_trouble() {
        check.gains.extend(gain(found, rapl::accuracy(found.root)));
        check.gains.extend(super::memory::gain_of_counter(found, source));
    }
    check
}

/// Whether a source cannot be read and nothing would be gained if it could.
fn is_idle_trouble(check: &Check) -> bool {
    check.state.is_trouble() && check.gains.is_empty()
}

fn with_offers(mut check: Check, found: &Found<'_>, repairs: &[Repair]) -> Check {
    let offers = found.scene.offers.iter().filter(|offer| repairs.contains(&offer.repair));
    check.fixes.extend(offers.map(|offer| offer.advice.clone()));
    check
}

fn perf(found: &Found<'_>) -> Check {
    let absence = || {
        if found.root.path("sys/bus/event_source/devices/power/type").exists() {
            let detail = "the kernel's power events have no counter of the processor";
            return Check::new(Subject::Processor, "perf", State::Absent, detail);
        }
        let detail = "the kernel offers no power events";
        let check = Check::new(Subject::Processor, "perf", State::Absent, detail);
        if found.cpu.is_virtual { check } else { with_driver(check, "rapl", found) }
    };
    let mut check = counter(found, "perf", Source::RaplPerf, &absence);
    if is_idle_trouble(&check) {
        return check;
    }
    if let (Some(container), State::Denied) = (&found.container, check.state) {
        return check.fix(Advice::by_hand(
            container.option("--cap-add PERFMON"),
            "when the container is started",
        ));
    }
    check = with_offers(check, found, &[Repair::Setcap, Repair::PerfSysctl]);
    if check.fixes.is_empty() && check.state == State::Denied {
        check = found.advice_of(check, &[Source::RaplPerf]);
    }
    check
}

/// A driver that can be loaded, on processors that have counters.
fn with_driver(check: Check, module: &str, found: &Found<'_>) -> Check {
    use carbon_sensors::Vendor;
    if !matches!(found.cpu.vendor, Vendor::Intel | Vendor::Amd) || found.container.is_some() {
        return check;
    }
    let mut check = check.fix(Advice::by_hand(
        format!("sudo modprobe {module}"),
        format!("until the next boot; `{module}` in /etc/modules-load.d/ makes it last"),
    ));
    check.gains.extend(gain(found, rapl::accuracy(found.root)));
    check
}

fn powercap(found: &Found<'_>) -> Check {
    let absence = || {
        let detail = "the kernel shows no energy zones";
        let check = Check::new(Subject::Processor, "powercap", State::Absent, detail);
        if found.cpu.is_virtual { check } else { with_driver(check, "intel_rapl_msr", found) }
    };
    let sources = [Source::RaplPowercap];
    // That there is nothing at all is told as an absence, with the driver that would help.
    let is_there = !found.root.list("sys/class/powercap").is_empty();
    let mut check = match counter(found, "powercap", Source::RaplPowercap, &absence) {
        check if check.state == State::Missing && !is_there => absence(),
        check => check,
    };
    if check.state == State::Absent && by_perf(found) {
        "nothing is left for it: perf gives the same counters".clone_into(&mut check.detail);
        check.state = State::Unused;
        check.fixes.clear();
        check.gains.clear();
    }
    if is_idle_trouble(&check) {
        return check;
    }
    if let (Some(container), State::Hidden | State::Denied) = (&found.container, check.state) {
        let options = container.option("-v /sys:/host/sys:ro -v /proc:/host/proc:ro");
        return check.fix(Advice::by_hand(
            format!("{options} -e CODECARBON_SYSROOT=/host"),
            "when the container is started as root; the machine is then measured, not the container",
        ));
    }
    check = with_offers(check, found, &[Repair::PowercapGroup]);
    if check.fixes.is_empty() && check.state.is_trouble() {
        check = found.advice_of(check, &sources);
    }
    check
}

/// Whether perf reads the processor, so that powercap is left alone by discovery.
fn by_perf(found: &Found<'_>) -> bool {
    found.meters.iter().any(|m| m.source == Source::RaplPerf && is_of_processors(m))
}

fn hwmon(found: &Found<'_>) -> Check {
    let sources = [Source::HwmonEnergy, Source::HwmonPower];
    let Some((state, detail)) = found.state_of(&sources, &is_of_processors) else {
        let detail = "no driver whose sensors are of the processor";
        return Check::new(Subject::Processor, "hwmon", State::Absent, detail);
    };
    let mut check = Check::new(Subject::Processor, "hwmon", state, detail);
    if state.is_trouble() {
        check.gains.extend(gain(found, Accuracy::plus_minus(0.10)));
        check = found.advice_of(check, &sources);
    }
    check
}

fn battery(found: &Found<'_>) -> Check {
    let (state, detail) =
        found.state_of(&[Source::Battery], &|_| true).unwrap_or((State::Absent, "none".to_owned()));
    Check::new(Subject::Processor, "battery", state, detail)
}

/// The kinds of load model.
const MODELS: [Source; 4] = [
    Source::LoadModelCalibrated,
    Source::LoadModel,
    Source::LoadModelGuessed,
    Source::LoadModelVirtual,
];

fn load_model(found: &Found<'_>) -> Check {
    let used = found.counted_for(Component::Cpu).find(|meter| MODELS.contains(&meter.source));
    let Some(model) = used else {
        let detail = "not needed: the processor is measured";
        return Check::new(Subject::Processor, "load model", State::Unused, detail);
    };
    let mut check = Check::new(Subject::Processor, "load model", State::Used, model.detail.clone());
    if model.source == Source::LoadModelGuessed {
        let note = "the power of all processors together, from their data sheets";
        check = check.fix(Advice::by_hand("codecarbon config set force_cpu_power WATTS", note));
        check.gains.extend(gain(found, Accuracy::factors(0.5, 1.8)));
    }
    check
}

fn calibration(found: &Found<'_>) -> Check {
    let check =
        |state, detail: String| Check::new(Subject::Processor, "calibration", state, detail);
    let is_modelled = found.counted_for(Component::Cpu).any(|meter| MODELS.contains(&meter.source));
    let identity = MachineIdentity::of(found.root, &found.cpu);
    let mut is_outdated = false;
    for file in found.scene.machine.all_calibration_files() {
        match Calibrations::read(&file) {
            Err(error) => {
                let calibrate = Advice::by_hand("codecarbon calibrate", "makes a new one");
                return check(State::Broken, error.to_string()).fix(calibrate);
            }
            Ok(all) => {
                is_outdated |= all.has_outdated(&identity);
                let Some(stored) = all.of(&identity) else { continue };
                let used = found
                    .counted_for(Component::Cpu)
                    .any(|meter| meter.source == Source::LoadModelCalibrated);
                let detail = format!(
                    "of {} against {}, in {}",
                    stored.calibration.date,
                    stored.calibration.against,
                    file.display()
                );
                return check(if used { State::Used } else { State::Unused }, detail);
            }
        }
    }
    if !is_modelled {
        return check(State::Absent, "not needed: the processor is measured".to_owned());
    }
    let detail = if is_outdated { "it is of a processor that was here before" } else { "none yet" };
    let state = if is_outdated { State::Broken } else { State::Absent };
    let mut check = check(state, detail.to_owned());
    if found.cpu.is_virtual {
        check.detail.push_str("; in a virtual machine there is nothing to calibrate against");
        return check;
    }
    let has_locked_counter = found.skipped.iter().any(|s| {
        matches!(s.source, Source::RaplPerf | Source::RaplPowercap | Source::HwmonEnergy)
            && s.hindrance == carbon_sensors::Hindrance::Denied
    });
    let (command, note) = if has_locked_counter {
        (
            format!("sudo {} calibrate", found.scene.program),
            "two minutes, once; reads the counters as root and serves all users after",
        )
    } else {
        ("codecarbon calibrate --meter ask".to_owned(), "two minutes and a wall meter, once")
    };
    check = check.fix(Advice::by_hand(command, note));
    check.gains.extend(gain(found, CALIBRATED));
    check
}
