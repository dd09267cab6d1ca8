//! Takes in a run as it goes on, and the processes of the machine, and tells the figures of the moment.
//!
//! Power is told for every observation. Processes and GPUs are looked at once a second at most, since
//! a look at hundreds of processes costs milliseconds and the kernel counts their time in hundredths
//! of a second; sums are told as of the last look, so that all figures on a screen belong together.

use std::collections::BTreeSet;
use std::time::Duration;

use carbon_model::{CarbonMass, Component, ComponentReport, Energy, Interval, Power, Pue, Report};
use carbon_sensors::process::{ProcessSeen, ProcessTable};
use carbon_sensors::{MachineSample, SysRoot};
use carbon_tracker::{GpuUse, GridUsed, Hub, Outcome, Preferences};

use crate::attribution::{GpuStretch, Stretch, Use, share_bill, share_machine};
use crate::figures::{ComponentFigures, Figures, GpuFigures, Subject};
use crate::ledger::Ledger;
use crate::rate::Pace;

/// Time between two looks at the processes, less what a timer may be early.
const BETWEEN_LOOKS: Duration = Duration::from_millis(700);

/// So much of the past is kept for each line of power: the widest terminals are narrower.
const HISTORY: usize = 500;

/// Whose processes are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All; the machine's energy is shared out.
    Machine,
    /// A process and what descends from it; what the tracker bills the tree is shared out.
    Tree {
        /// The first process.
        pid: u32,
        /// Whether that is only the ancestor and not a part of it, as we are of a command.
        without_it: bool,
    },
}

/// What was known at the last observation.
#[derive(Debug, Default)]
struct Before {
    active: Duration,
    billed_j: [f64; 3],
    machine_j: f64,
}

/// What was known at the last look.
#[derive(Debug, Default)]
struct Look {
    active: Duration,
    billed_j: [f64; 3],
    meters_j: Vec<(String, f64)>,
    sample: Option<MachineSample>,
    gpus: Vec<GpuUse>,
}

/// Watches one run.
#[derive(Debug)]
pub struct Watcher {
    scope: Scope,
    subject: Subject,
    every: Duration,
    idle_w: Option<f64>,
    table: ProcessTable,
    members: BTreeSet<carbon_sensors::process::ProcessId>,
    names: std::collections::BTreeMap<carbon_sensors::process::ProcessId, String>,
    before: Option<Before>,
    look: Option<Look>,
    histories_w: [Vec<f64>; 3],
    total_w: Vec<f64>,
    machine_power: Option<Power>,
    gpus: Vec<GpuFigures>,
    ledger: Ledger,
    pace: Pace,
    energy: Interval<Energy>,
    emissions: Interval<CarbonMass>,
    active: Duration,
}

impl Watcher {
    /// A watcher of a run on this hub, which starts now. Looks up what the processors use when idle.
    pub fn new(
        hub: &Hub,
        preferences: &Preferences,
        root: &SysRoot,
        (scope, subject): (Scope, Subject),
        every: Duration,
    ) -> Self {
        let idle_w = hub
            .counted(preferences)
            .iter()
            .filter(|info| info.covers.component() == Some(Component::Cpu))
            .map(|info| info.idle_w)
            .sum::<Option<f64>>()
            .filter(|watts| *watts > 0.0);
        Self {
            scope,
            subject,
            every,
            idle_w,
            table: ProcessTable::new(root),
            members: BTreeSet::new(),
            names: std::collections::BTreeMap::new(),
            before: None,
            look: None,
            histories_w: Default::default(),
            total_w: Vec::new(),
            machine_power: None,
            gpus: Vec::new(),
            ledger: Ledger::default(),
            pace: Pace::default(),
            energy: Interval::default(),
            emissions: Interval::default(),
            active: Duration::ZERO,
        }
    }

    /// Time between two moments, as the figures tell it.
    pub fn every(&self) -> Duration {
        self.every
    }

    /// Whose energy it is.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether a process was among the living at the last look.
    pub fn sees(&self, pid: u32) -> bool {
        self.table.get(pid).is_some_and(|seen| !seen.is_zombie)
    }

    /// Whether a process is among those that are listed.
    pub fn lists(&self, pid: u32) -> bool {
        match self.scope {
            Scope::Machine => self.sees(pid),
            Scope::Tree { .. } => self.members.iter().any(|id| id.pid == pid),
        }
    }

    /// Takes in what the run comes to now. 20 µs, and once a second 5 µs for each process.
    pub fn observe(&mut self, outcome: &Outcome, hub: &Hub) -> Figures {
        let report = &outcome.report;
        self.note_power(report);
        let due = match &self.look {
            Some(look) => report.active.saturating_sub(look.active) >= BETWEEN_LOOKS,
            None => true,
        };
        if due {
            self.look_at_processes(report, hub);
            self.active = report.active;
            self.energy = outcome.footprint.it_energy;
            self.emissions = outcome.footprint.emissions;
            self.pace.take(report.active, self.energy.value, self.emissions.value);
        }
        self.figures(outcome)
    }

    fn note_power(&mut self, report: &Report) {
        let billed_j = joules(report.billed());
        let machine_j = report.machine_energy().value.joules();
        if let Some(before) = &self.before {
            let seconds = report.active.saturating_sub(before.active).as_secs_f64();
            if seconds <= 0.0 {
                return;
            }
            let mut total_w = 0.0;
            for (index, history_w) in self.histories_w.iter_mut().enumerate() {
                let power_w = (billed_j[index] - before.billed_j[index]).max(0.0) / seconds;
                remember(history_w, power_w);
                total_w += power_w;
            }
            remember(&mut self.total_w, total_w);
            let machine_w = (machine_j - before.machine_j).max(0.0) / seconds;
            self.machine_power = report.process.is_some().then(|| Power::from_watts(machine_w));
        }
        self.before = Some(Before { active: report.active, billed_j, machine_j });
    }

    fn look_at_processes(&mut self, report: &Report, hub: &Hub) {
        // Without a list of processes all is unattributed, which shows.
        let listed = self.table.look().is_ok();
        let gpus = hub.gpus();
        let sample = hub.machine_sample();
        let before = self.look.take().unwrap_or_default();
        self.note_members();
        let stretch = self.stretch(report, (&before, &gpus, sample), listed);
        self.note_gpus(report, &before, &gpus, stretch.seconds);
        let shares = match self.scope {
            Scope::Machine => share_machine(&stretch),
            Scope::Tree { .. } => share_bill(&stretch),
        };
        let (table, members, scope) = (&self.table, &self.members, self.scope);
        let counts =
            |seen: &&ProcessSeen| listed && (scope == Scope::Machine || members.contains(&seen.id));
        let living = table.processes().filter(counts);
        self.ledger.book(stretch.seconds, &shares, living, |seen| command_of(table, seen));
        self.note_names();
        self.look = Some(Look {
            active: report.active,
            billed_j: joules(report.billed()),
            meters_j: gpu_meters(report),
            sample,
            gpus,
        });
    }

    /// Who belongs to the tree: descendants of its first process, and whoever was one and lives.
    fn note_members(&mut self) {
        let Scope::Tree { pid, without_it } = self.scope else { return };
        let table = &self.table;
        self.members.retain(|id| table.get(id.pid).is_some_and(|seen| seen.id == *id));
        let mut found: BTreeSet<u32> = self.members.iter().map(|id| id.pid).collect();
        found.insert(pid);
        // Children mostly have higher ids than their parents, so a pass or two find all.
        loop {
            let count = found.len();
            let kin = table.processes().filter(|seen| found.contains(&seen.parent));
            let kin: Vec<u32> = kin.map(|seen| seen.id.pid).collect();
            found.extend(kin);
            if found.len() == count {
                break;
            }
        }
        if without_it {
            found.remove(&pid);
        }
        self.members = found.iter().filter_map(|pid| Some(table.get(*pid)?.id)).collect();
    }

    /// Names processes anew that have become another program since the last look.
    fn note_names(&mut self) {
        let (table, ledger, names) = (&self.table, &mut self.ledger, &mut self.names);
        names.retain(|id, _| table.get(id.pid).is_some_and(|seen| seen.id == *id));
        for seen in table.processes() {
            match names.get_mut(&seen.id) {
                Some(name) if *name == seen.name => {}
                Some(name) => {
                    ledger.rename(seen.id, command_of(table, seen));
                    name.clone_from(&seen.name);
                }
                None => {
                    names.insert(seen.id, seen.name.clone());
                }
            }
        }
    }

    fn stretch(
        &self,
        report: &Report,
        (before, gpus, sample): (&Look, &[GpuUse], Option<MachineSample>),
        listed: bool,
    ) -> Stretch {
        let billed_j = joules(report.billed());
        let [cpu_j, gpu_j, ram_j] =
            [0, 1, 2].map(|index| (billed_j[index] - before.billed_j[index]).max(0.0));
        let counts = |seen: &&ProcessSeen| {
            listed && (self.scope == Scope::Machine || self.members.contains(&seen.id))
        };
        let uses = self.table.processes().filter(counts).map(|seen| Use {
            id: seen.id,
            cpu_s: seen.used_s,
            private_bytes: seen.private_bytes.unwrap_or(0),
        });
        let cpu_s = || {
            let (now, then) = (sample?.cpu?, before.sample?.cpu?);
            Some(((now.busy_s - then.busy_s).max(0.0), (now.idle_s - then.idle_s).max(0.0)))
        };
        let mut by_gpu: Vec<GpuStretch> = gpus
            .iter()
            .map(|gpu| GpuStretch {
                energy_j: meter_j(report, before, &gpu.meter),
                busy: gpu.percent.map(|percent| percent / 100.0),
                process_s: process_seconds(gpu, before),
            })
            .collect();
        // A bill does not tell the GPUs apart, and a mirror's energy is not counted.
        let told_j: f64 = by_gpu.iter().map(|gpu| gpu.energy_j).sum();
        if self.scope != Scope::Machine || (told_j - gpu_j).abs() > 1e-9 * gpu_j.max(1.0) {
            by_gpu = vec![together(gpu_j, by_gpu)];
        }
        Stretch {
            seconds: report.active.saturating_sub(before.active).as_secs_f64(),
            cpu_j,
            ram_j,
            gpus: by_gpu,
            cpu_s: cpu_s(),
            idle_w: self.idle_w,
            memory: sample.and_then(|sample| sample.memory),
            uses: uses.collect(),
        }
    }

    fn note_gpus(&mut self, report: &Report, before: &Look, gpus: &[GpuUse], seconds: f64) {
        let figures = gpus.iter().map(|gpu| {
            let used_j = meter_j(report, before, &gpu.meter);
            GpuFigures {
                name: gpu.meter.clone(),
                model: gpu.model.clone(),
                power: Power::from_watts(if seconds > 0.0 { used_j / seconds } else { 0.0 }),
                percent: gpu.percent,
                memory: gpu.memory,
            }
        });
        self.gpus = figures.collect();
    }

    fn figures(&self, outcome: &Outcome) -> Figures {
        let components = outcome.report.billed().iter().map(|part| {
            let history_w = &self.histories_w[part.component as usize];
            ComponentFigures {
                component: part.component,
                power: Power::from_watts(history_w.last().copied().unwrap_or(0.0)),
                history_w: history_w.clone(),
                source: sources(part),
            }
        });
        let grid: &GridUsed = &outcome.factors.grid;
        let pue: Pue = outcome.factors.pue;
        Figures {
            subject: self.subject.clone(),
            active: self.active,
            every: self.every,
            components: components.collect(),
            total_w: self.total_w.clone(),
            machine_power: self.machine_power,
            energy: self.energy,
            emissions: self.emissions,
            rate: self.pace.rate(),
            grid: grid.clone(),
            pue,
            gpus: self.gpus.clone(),
            processes: self.ledger.rows(),
            remainder: self.ledger.remainder(self.scope == Scope::Machine),
            tasks: Vec::new(),
            output: None,
            notices: outcome.warnings.clone(),
        }
    }
}

fn remember(history_w: &mut Vec<f64>, power_w: f64) {
    if history_w.len() >= HISTORY {
        history_w.drain(..HISTORY / 2);
    }
    history_w.push(power_w);
}

/// Energies in the order of [`Component::ALL`].
fn joules(parts: &[ComponentReport]) -> [f64; 3] {
    Component::ALL.map(|component| {
        let part = parts.iter().find(|part| part.component == component);
        part.map_or(0.0, |part| part.energy.value.joules())
    })
}

fn gpu_meters(report: &Report) -> Vec<(String, f64)> {
    let gpu = report.machine.iter().filter(|part| part.component == Component::Gpu);
    let meters = gpu.flat_map(|part| &part.sources).flat_map(|source| &source.meters);
    meters
        .filter(|meter| meter.counted)
        .map(|meter| (meter.name.clone(), meter.energy.joules()))
        .collect()
}

/// What a GPU's meter counted since the last look.
fn meter_j(report: &Report, before: &Look, name: &str) -> f64 {
    let of = |meters: &[(String, f64)]| {
        meters.iter().find(|(other, _)| other == name).map_or(0.0, |(_, joules)| *joules)
    };
    (of(&gpu_meters(report)) - of(&before.meters_j)).max(0.0)
}

/// What each process used of a GPU since the last look, s.
fn process_seconds(gpu: &GpuUse, before: &Look) -> Option<std::collections::BTreeMap<u32, f64>> {
    let now = gpu.process_s.as_ref()?;
    let then = before.gpus.iter().find(|other| other.meter == gpu.meter);
    let then = then.and_then(|gpu| gpu.process_s.as_ref());
    let used = |pid: &u32, seconds: f64| seconds - then.and_then(|s| s.get(pid)).unwrap_or(&0.0);
    Some(now.iter().map(|(pid, seconds)| (*pid, used(pid, *seconds).max(0.0))).collect())
}

/// All GPUs as if they were one, with the energy that is billed of them.
fn together(energy_j: f64, gpus: Vec<GpuStretch>) -> GpuStretch {
    let known: Vec<f64> = gpus.iter().filter_map(|gpu| gpu.busy).collect();
    let busy = known.iter().sum::<f64>() / known.len() as f64;
    let mut seconds = std::collections::BTreeMap::<u32, f64>::new();
    for (pid, used_s) in gpus.into_iter().filter_map(|gpu| gpu.process_s).flatten() {
        *seconds.entry(pid).or_default() += used_s;
    }
    let busy = (!known.is_empty()).then_some(busy);
    GpuStretch { energy_j, busy, process_s: Some(seconds) }
}

fn sources(part: &ComponentReport) -> String {
    let labels: Vec<&str> = part.sources.iter().map(|source| source.source.label()).collect();
    labels.join(", ")
}

fn command_of(table: &ProcessTable, seen: &ProcessSeen) -> String {
    table.command_line(seen.id.pid).unwrap_or_else(|| format!("[{}]", seen.name))
}
