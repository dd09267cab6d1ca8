//! The examination: every source there could be, how it stands with it, and what would help.
//!
//! Judges what discovery found, and what lies about that discovery takes no interest in (a driver
//! that is not loaded, a container, a key that nobody knows). Nothing is changed and nobody is
//! asked.

use carbon_model::{Component, Source};
use carbon_sensors::facts::{DmiFacts, os_name};
use carbon_sensors::{CpuFacts, MeterInfo, Skipped, SysRoot};
use carbon_tracker::{Hardware, Hub, Preferences, Sampling};

use super::check::{Check, Examination, Figure, State, Subject};
use super::scene::Scene;
use super::{gpu, machine, memory, power, setup};
use crate::doctor::machine::Container;

/// What the checks judge by.
pub(super) struct Found<'a> {
    pub(super) scene: &'a Scene,
    pub(super) root: &'a SysRoot,
    pub(super) cpu: CpuFacts,
    pub(super) dmi: DmiFacts,
    pub(super) container: Option<Container>,
    pub(super) hardware: Hardware,
    /// Meters that a run would count.
    pub(super) counted: Vec<MeterInfo>,
    /// Meters that can be read.
    pub(super) meters: Vec<MeterInfo>,
    pub(super) skipped: Vec<Skipped>,
}

/// Examines it.
pub(super) fn examine(scene: &Scene) -> Examination {
    let root = &scene.machine.root;
    let hub = Hub::new(scene.machine.clone(), Sampling::Manual);
    let preferences = Preferences::from(&scene.config);
    let counted = hub.counted(&preferences);
    let (meters, skipped) = hub.inventory();
    let found = Found {
        scene,
        root,
        cpu: CpuFacts::read(root),
        dmi: DmiFacts::read(root),
        container: machine::container(root),
        hardware: hub.hardware(),
        counted,
        meters,
        skipped,
    };
    let mut checks = power::checks(&found);
    checks.extend(memory::checks(&found));
    checks.extend(gpu::checks(&found));
    checks.extend(machine::checks(&found));
    checks.extend(setup::checks(&found));
    checks.sort_by_key(|check| check.subject);
    let selected = carbon_sensors::gpu::select(&found.hardware.gpus, &preferences.gpus).indices;
    let mut figures = found.figures(&selected);
    figures.extend(found.unseen_gpus(&checks, &preferences));
    Examination { machine: found.title(), figures, checks }
}

impl Found<'_> {
    fn title(&self) -> String {
        let model = match self.hardware.cpu_model.as_str() {
            "" => "unknown processor",
            model => model,
        };
        format!("{model}, {} CPUs, {}", self.cpu.logical_cpus, os_name(self.root))
    }

    /// Meters that count for a component.
    pub(super) fn counted_for(&self, component: Component) -> impl Iterator<Item = &MeterInfo> {
        self.counted.iter().filter(move |meter| meter.covers.component() == Some(component))
    }

    /// Where each figure would come from; a GPU without a meter has one that is unknown.
    fn figures(&self, gpus: &[u32]) -> Vec<Figure> {
        let mut figures = Vec::new();
        let figure = |component: Component, name: String, meter: &MeterInfo| Figure {
            component,
            name,
            source: meter.source,
            detail: meter.detail.clone(),
            accuracy: Some(meter.accuracy),
        };
        for component in [Component::Cpu, Component::Ram] {
            for meter in self.counted_for(component) {
                let name = component.label().to_owned();
                let same = |f: &&mut Figure| f.component == component && f.source == meter.source;
                match figures.iter_mut().find(same) {
                    // One line for all sockets.
                    Some(known) => known.detail = format!("{}, {}", known.detail, meter.detail),
                    None => figures.push(figure(component, name, meter)),
                }
            }
        }
        let whole =
            self.counted_for(Component::Cpu).find(|m| m.covers == carbon_sensors::Covers::System);
        if let Some(whole) = whole {
            figures.push(Figure {
                component: Component::Ram,
                name: Component::Ram.label().to_owned(),
                source: Source::Included,
                detail: format!("within {}", whole.name),
                accuracy: None,
            });
        }
        for gpu in self.hardware.gpus.iter().filter(|gpu| gpus.contains(&gpu.index)) {
            let covers = carbon_sensors::Covers::Gpu { index: gpu.index };
            let name = format!("GPU {}", gpu.index);
            match self.counted.iter().find(|meter| meter.covers == covers) {
                Some(meter) => figures.push(figure(Component::Gpu, name, meter)),
                None if gpu.energy_within.is_some()
                    || whole.is_some_and(MeterInfo::includes_gpus) => {}
                None => figures.push(Figure {
                    component: Component::Gpu,
                    name,
                    source: Source::Unknown,
                    detail: gpu.name.clone(),
                    accuracy: None,
                }),
            }
        }
        figures
    }

    /// GPUs that no library tells of: theirs is a figure that nobody will have.
    fn unseen_gpus(&self, checks: &[Check], preferences: &Preferences) -> Option<Figure> {
        let is_none_wanted = preferences.gpus.ids().is_some_and(<[String]>::is_empty);
        if is_none_wanted || !self.hardware.gpus.is_empty() {
            return None;
        }
        let trouble = checks.iter().find(|c| c.subject == Subject::Gpu && c.state.is_trouble())?;
        Some(Figure {
            component: Component::Gpu,
            name: Component::Gpu.label().to_owned(),
            source: Source::Unknown,
            detail: trouble.detail.clone(),
            accuracy: None,
        })
    }

    /// How it stands with sources, and what to say of them: used, else readable, else the gravest
    /// thing that stands in the way; `None` if nothing of them was found. `concerns` tells which of
    /// their meters count here.
    pub(super) fn state_of(
        &self,
        sources: &[Source],
        concerns: &dyn Fn(&MeterInfo) -> bool,
    ) -> Option<(State, String)> {
        let of = |meter: &&MeterInfo| sources.contains(&meter.source) && concerns(meter);
        let details = |meters: Vec<&MeterInfo>| -> String {
            let mut parts: Vec<&str> = meters.iter().map(|meter| meter.detail.as_str()).collect();
            parts.dedup();
            match parts.as_slice() {
                [first, _, .., last] => format!("{first} to {last} ({} counters)", parts.len()),
                parts => parts.join(", "),
            }
        };
        let used: Vec<&MeterInfo> = self.counted.iter().filter(of).collect();
        if !used.is_empty() {
            return Some((State::Used, details(used)));
        }
        let readable: Vec<&MeterInfo> = self.meters.iter().filter(of).collect();
        if !readable.is_empty() {
            return Some((State::Unused, details(readable)));
        }
        let skipped = self.skipped.iter().filter(|skipped| sources.contains(&skipped.source));
        let gravest = skipped.max_by_key(|skipped| state_of_hindrance(skipped))?;
        Some((state_of_hindrance(gravest), format!("{}: {}", gravest.what, gravest.reason)))
    }

    /// What discovery advises about sources, for those who have no better advice.
    pub(super) fn advice_of(&self, check: Check, sources: &[Source]) -> Check {
        let mut known: Vec<&str> = Vec::new();
        let skipped = self.skipped.iter().filter(|skipped| sources.contains(&skipped.source));
        for fix in skipped.filter_map(|skipped| skipped.fix.as_deref()) {
            if !known.contains(&fix) {
                known.push(fix);
            }
        }
        known
            .into_iter()
            .fold(check, |check, fix| check.fix(super::check::Advice::by_hand(fix, "")))
    }
}

/// The state that a hindrance means.
pub(super) fn state_of_hindrance(skipped: &Skipped) -> State {
    use carbon_sensors::Hindrance;
    match skipped.hindrance {
        Hindrance::Denied => State::Denied,
        Hindrance::Hidden => State::Hidden,
        Hindrance::Broken => State::Broken,
        Hindrance::Missing => State::Missing,
        Hindrance::Unneeded => State::Unused,
        _ => State::Unsuited,
    }
}
