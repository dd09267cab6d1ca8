//! Reports as they are read, whole.

use std::time::Duration;

use carbon_model::{
    Accuracy, CarbonMass, Component, ComponentReport, Energy, Gap, GapReason, Intensity, Interval,
    MeterReport, ProcessShare, Pue, Report, SelfCost, Source, SourceReport, Utilization, Water,
    price,
};

use super::super::{Grid, View};
use super::render;
use crate::command::supervise::Ending;

fn component(component: Component, source: Source, detail: &str, joules: f64) -> ComponentReport {
    let accuracy = match component {
        Component::Ram => Accuracy::factors(0.4, 2.5),
        _ => Accuracy::plus_minus(0.05),
    };
    let energy = Interval::by_factors(Energy::from_joules(joules), accuracy.low, accuracy.high);
    let meter =
        MeterReport { name: "package-0".into(), energy: energy.value, accuracy, counted: true };
    let source = SourceReport { source, detail: detail.into(), energy, meters: vec![meter] };
    ComponentReport { component, energy, sources: vec![source] }
}

fn machine_report() -> Report {
    Report {
        started_unix_s: 1_790_000_000.0,
        ended_unix_s: 1_790_000_010.0,
        active: Duration::from_secs(10),
        wall: Duration::from_secs(10),
        machine: vec![
            component(Component::Cpu, Source::RaplPerf, "2 packages", 500.0),
            component(Component::Ram, Source::RamModel, "16 GiB, server", 40.0),
        ],
        process: None,
        utilization: Utilization::default(),
        gaps: Vec::new(),
        warnings: Vec::new(),
        self_cost: SelfCost { cpu_s: 0.000_4, energy: Energy::from_joules(0.004), samples: 11 },
    }
}

fn emissions(report: &Report, grid: Grid<'_>) -> Interval<CarbonMass> {
    price(report.billed_energy(), grid.intensity)
}

const FRANCE: fn() -> Grid<'static> = || Grid {
    name: "France",
    intensity: Interval::by_factors(Intensity::from_g_per_kwh(44.2), 1.0 / 1.15, 1.15),
    year: Some(2024),
    source: "Ember",
};

#[test]
fn a_command_is_reported_beside_its_machine() {
    let mut report = machine_report();
    report.process = Some(ProcessShare {
        tree_cpu_s: 2.5,
        machine_cpu_s: 10.0,
        components: vec![
            component(Component::Cpu, Source::RaplPerf, "2 packages", 125.0),
            component(Component::Ram, Source::RamModel, "16 GiB, server", 2.0),
        ],
        dynamic_cpu: None,
        others: Energy::from_joules(413.0),
    });
    let view = View {
        command: Some(("python train.py", Ending::Exited(0))),
        subject: None,
        report: &report,
        emissions: emissions(&report, FRANCE()),
        grid: FRANCE(),
        pue: Pue::ONE,
        water: Water::ZERO,
        warnings: &[],
        saved_to: &["/data/emissions.csv".into()],
    };
    let expected = "
============================================================
CodeCarbon Emissions Report
============================================================
Command: python train.py
Result: exit code 0 after 10.0 s

       Command   95 % interval   Power  Whole machine   Power
CPU      125 J    119 to 131 J  12.5 W          500 J  50.0 W
RAM     2.00 J  0.80 to 5.00 J  200 mW         40.0 J  4.00 W
Total    127 J    121 to 134 J  12.7 W          540 J  54.0 W

CPU: measured by RAPL (perf): 2 packages
RAM: modelled by RAM model: 16 GiB, server
Billed: the command and all its children, by their CPU time of 2.50 s (25.0 % of the machine's)
Grid: France, 44.2 g CO2eq/kWh (38.4 to 50.8; 2024, Ember)

Emissions: 0.0016 g CO2eq (1.56 mg; 95 %: 1.34 to 1.81 mg)
Saved to: /data/emissions.csv
Measuring took 0.40 ms of CPU time (0.0040 % of a core) and 4.00 mJ for 11 samples
============================================================
";
    assert_eq!(render(&view, false), expected);
}

#[test]
fn a_machine_is_reported_with_its_gaps_warnings_pue_and_water() {
    let mut report = machine_report();
    report.wall = Duration::from_secs(3610);
    report.gaps.push(Gap {
        meter: "package-1".into(),
        from_s: 2.0,
        to_s: 4.0,
        reason: GapReason::ReadFailed("permission denied".into()),
        bridged: true,
    });
    let world = Grid {
        name: "World",
        intensity: Interval::by_factors(Intensity::from_g_per_kwh(475.0), 0.5, 2.0),
        year: None,
        source: "given by the user",
    };
    let view = View {
        command: None,
        subject: None,
        report: &report,
        emissions: price(report.billed_energy().scaled(1.5), world.intensity),
        grid: world,
        pue: Pue::new(1.5).unwrap(),
        water: Water::from_litres(0.000_27),
        warnings: &["the place is not known: world average".to_owned()],
        saved_to: &[],
    };
    let expected = "
============================================================
CodeCarbon Emissions Report
============================================================
Measured: this machine for 10.0 s
Asleep: 1 h 00 min 00 s more, not billed

       Energy  95 % interval   Power
CPU     500 J   475 to 525 J  50.0 W
RAM    40.0 J  16.0 to 100 J  4.00 W
Total   540 J   505 to 605 J  54.0 W

CPU: measured by RAPL (perf): 2 packages
RAM: modelled by RAM model: 16 GiB, server
Grid: World, 475 g CO2eq/kWh (238 to 950; given by the user)
PUE: 1.50, included in the emissions
Water: 0.27 mL

Emissions: 0.1069 g CO2eq (107 mg; 95 %: 53.3 to 216 mg)
Gap: package-1 could not be read (permission denied) from 2.0 s to 4.0 s; bridged, nothing is missing
Warning: the place is not known: world average
Measuring took 0.40 ms of CPU time (0.0040 % of a core) and 4.00 mJ for 11 samples
============================================================
";
    assert_eq!(render(&view, false), expected);
}

#[test]
fn colours_are_only_added_when_asked_for() {
    let report = machine_report();
    let view = View {
        command: Some(("true", Ending::Killed(libc::SIGKILL))),
        subject: None,
        report: &report,
        emissions: emissions(&report, FRANCE()),
        grid: FRANCE(),
        pue: Pue::ONE,
        water: Water::ZERO,
        warnings: &[],
        saved_to: &[],
    };
    let plain = render(&view, false);
    assert!(plain.contains("Result: killed by signal 9 (SIGKILL), exit code 137 after 10.0 s"));
    assert!(!plain.contains('\x1b'));
    let coloured = render(&view, true);
    assert!(coloured.contains("\x1b[1mEmissions: "));
}
