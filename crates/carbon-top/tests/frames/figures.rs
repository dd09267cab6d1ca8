//! Figures to draw, made up.

use std::time::Duration;

use carbon_model::{CarbonMass, Component, Energy, Intensity, Interval, Power, Pue};
use carbon_sensors::MemoryUse;
use carbon_sensors::process::ProcessId;
use carbon_top::{
    ComponentFigures, Figures, GpuFigures, ProcessFigures, Rate, Remainder, Subject, TaskFigures,
};
use carbon_tracker::GridUsed;

fn wave(base_w: f64, swing_w: f64) -> Vec<f64> {
    (0..200).map(|i| base_w + swing_w * (f64::from(i) / 9.0).sin()).chain([base_w]).collect()
}

fn component(component: Component, base_w: f64, swing_w: f64, source: &str) -> ComponentFigures {
    ComponentFigures {
        component,
        power: Power::from_watts(base_w),
        history_w: wave(base_w, swing_w),
        source: source.to_owned(),
    }
}

fn process(pid: u32, command: &str, percent: f64, watts: f64, joules: f64) -> ProcessFigures {
    ProcessFigures {
        id: ProcessId { pid, start_ticks: 1 },
        command: command.to_owned(),
        cpu_percent: percent,
        private_bytes: (!command.starts_with('[')).then_some(u64::from(pid) * 123_456),
        power: Power::from_watts(watts),
        energy: Energy::from_joules(joules),
    }
}

fn france() -> GridUsed {
    let g = Intensity::from_g_per_kwh;
    GridUsed {
        zone: "FRA".to_owned(),
        name: "France".to_owned(),
        intensity: Interval::new(g(56.0), g(48.7), g(64.4)),
        year: Some(2024),
        source: "Ember".to_owned(),
        assumed: false,
    }
}

/// Three minutes of a laptop.
pub(crate) fn machine() -> Figures {
    let processes = vec![
        process(4242, "/usr/bin/python3 train.py --epochs 90", 98.7, 7.31, 1420.0),
        process(812, "/usr/lib/firefox/firefox", 12.1, 0.92, 310.0),
        process(1, "/sbin/init", 0.0, 0.0, 1.5),
        process(77, "[kworker/0:1-events]", 0.3, 0.02, 4.2),
        process(3021, "/usr/bin/gnome-shell --mode=user", 4.0, 0.31, 96.0),
        process(3022, "pytest -x -q tests/unit", 0.0, 0.0, 44.0),
        process(990, "sshd: me@pts/3", 0.1, 0.0, 0.4),
        process(1500, "postgres: writer", 0.2, 0.01, 2.9),
        process(1501, "postgres: checkpointer", 0.0, 0.0, 0.0),
        process(1502, "cargo build --release", 0.0, 0.0, 12.0),
    ];
    let living: f64 = processes.iter().map(|process| process.energy.joules()).sum();
    let total = Energy::from_joules(living + 120.0 + 1800.0 + 110.0);
    let mass = CarbonMass::from_grams(0.0612);
    Figures {
        subject: Subject::Machine,
        active: Duration::from_secs(185),
        every: Duration::from_secs(1),
        components: vec![
            component(Component::Cpu, 18.2, 6.0, "RAPL (perf)"),
            component(Component::Ram, 3.0, 0.1, "RAM model"),
        ],
        total_w: wave(21.2, 6.1),
        machine_power: None,
        energy: Interval::by_factors(total, 0.95, 1.07),
        emissions: Interval::by_factors(mass, 0.8, 1.2),
        rate: Some(Rate {
            power: Power::from_watts(21.2),
            emissions_per_hour: CarbonMass::from_grams(1.19),
        }),
        grid: france(),
        pue: Pue::new(1.0).unwrap(),
        gpus: Vec::new(),
        processes,
        remainder: Remainder {
            ended: (12, Energy::from_joules(120.0)),
            idle: Some(Energy::from_joules(1800.0)),
            unattributed: Energy::from_joules(110.0),
            total,
        },
        tasks: Vec::new(),
        output: None,
        notices: Vec::new(),
    }
}

fn gpu(index: u32, watts: f64, percent: Option<f64>, used_gb: u64) -> GpuFigures {
    GpuFigures {
        name: format!("GPU {index}"),
        model: "NVIDIA H100 80GB HBM3".to_owned(),
        power: Power::from_watts(watts),
        percent,
        memory: percent.map(|_| MemoryUse {
            total_bytes: 85_000_000_000,
            used_bytes: used_gb * 1_000_000_000,
        }),
    }
}

/// The same with two GPUs, one of which does not tell its use.
pub(crate) fn with_gpus() -> Figures {
    let mut figures = machine();
    figures.components.insert(1, component(Component::Gpu, 640.0, 50.0, "NVML energy counter"));
    figures.total_w = wave(661.2, 56.0);
    figures.gpus = vec![gpu(0, 610.0, Some(97.0), 71), gpu(1, 30.0, None, 0)];
    figures
}

/// A machine of eight, at a place that is not known.
pub(crate) fn many_gpus() -> Figures {
    let mut figures = with_gpus();
    figures.gpus = (0..8).map(|i| gpu(i, 300.0 + f64::from(i), Some(50.0), 40)).collect();
    figures.grid.assumed = true;
    "World average".clone_into(&mut figures.grid.name);
    "WORLD".clone_into(&mut figures.grid.zone);
    figures.notices = vec![
        "the place of this machine is not known: the world average stands in for its grid, with \
         wide bounds; --country-iso-code names it"
            .to_owned(),
    ];
    figures
}

/// A command that has written something.
pub(crate) fn command() -> Figures {
    let mut figures = machine();
    figures.subject = Subject::Command("python3 train.py --epochs 90".to_owned());
    figures.processes.truncate(3);
    let living: Energy = figures.processes.iter().map(|process| process.energy).sum();
    let unattributed = Energy::from_joules(20.0);
    let ended = (1, Energy::from_joules(5.0));
    let total = living + unattributed + ended.1;
    figures.remainder = Remainder { ended, idle: None, unattributed, total };
    figures.energy = Interval::by_factors(total, 0.8, 1.2);
    figures.machine_power = Some(Power::from_watts(33.0));
    figures.output =
        Some((1..=30).map(|i| format!("epoch {i}: loss {:.3}", 3.0 / f64::from(i))).collect());
    figures
}

/// The same where it measures its tasks.
pub(crate) fn with_tasks() -> Figures {
    let task = |name: &str, count: u64, seconds: f64, joules: f64| TaskFigures {
        pid: 4242,
        name: name.to_owned(),
        count,
        duration: Duration::from_secs_f64(seconds),
        energy: Energy::from_joules(joules),
        emissions: CarbonMass::from_grams(joules * 56.0 / 3.6e6),
    };
    Figures {
        tasks: vec![
            task("load data", 1, 4.2, 38.0),
            task("train epoch", 30, 150.5, 1180.0),
            task("evaluate", 30, 20.0, 140.0),
            task("a name that is much longer than it has to be for what it says", 2, 0.8, 6.0),
            task("checkpoint", 6, 2.0, 11.0),
            task("", 1200, 3.0, 9.0),
        ],
        ..command()
    }
}

/// Names that do not fit and sums of a year.
pub(crate) fn long_names() -> Figures {
    let mut figures = machine();
    figures.subject = Subject::Process { pid: 4_194_303, name: "java ".repeat(40) };
    figures.active = Duration::from_hours(5000);
    for process in &mut figures.processes {
        process.command = format!("{} --größe=大きい {}", process.command, "x".repeat(200));
        process.energy = process.energy * 1e7;
        process.cpu_percent *= 100.0;
        process.id.pid += 4_190_000;
    }
    let rest = figures.remainder;
    figures.remainder = Remainder {
        ended: (123_456, rest.ended.1 * 1e7),
        idle: rest.idle.map(|idle| idle * 1e7),
        unattributed: rest.unattributed * 1e7,
        total: rest.total * 1e7,
    };
    figures.energy = figures.energy.scaled(1e7);
    figures.emissions = figures.emissions.scaled(1e7);
    "Northern and Central Somewhere with Islands".clone_into(&mut figures.grid.name);
    figures.pue = Pue::new(1.55).unwrap();
    figures
}

/// The first moment of a machine of which nothing is known.
pub(crate) fn nothing() -> Figures {
    Figures {
        active: Duration::ZERO,
        components: Vec::new(),
        total_w: Vec::new(),
        energy: Interval::default(),
        emissions: Interval::default(),
        rate: None,
        processes: Vec::new(),
        remainder: Remainder { idle: Some(Energy::ZERO), ..Remainder::default() },
        ..machine()
    }
}
