//! What an examination says: checks, what would help, and the verdict.

use carbon_model::{Accuracy, Basis, Component, Source};

/// What a check is about, in the order of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Subject {
    /// Sources of the processor's figure.
    Processor,
    /// Sources of the memory's figure.
    Memory,
    /// GPUs and their libraries.
    Gpu,
    /// Virtual machine, container, limits, firmware.
    Machine,
    /// Where the machine stands.
    Place,
    /// Files and keys of the configuration.
    Settings,
    /// The API and what waits for it.
    Server,
}

impl Subject {
    /// The name in JSON, and the heading of the text.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::Memory => "memory",
            Self::Gpu => "gpu",
            Self::Machine => "machine",
            Self::Place => "place",
            Self::Settings => "settings",
            Self::Server => "server",
        }
    }
}

/// How it stands with one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    /// Figures come from it.
    Used,
    /// It is there, and nothing more is needed of it.
    Found,
    /// It can be read; something better or equal is used.
    Unused,
    /// It does not tell what is needed, or not now.
    Unsuited,
    /// It is not there.
    Absent,
    /// Nobody asked for it to be looked at.
    Unasked,
    /// A driver, library or program that it needs is not there.
    Missing,
    /// A container hides it.
    Hidden,
    /// It is there and gives nothing.
    Broken,
    /// The user has no right to it.
    Denied,
}

impl State {
    /// The word for it, in text and JSON.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Found => "found",
            Self::Unused => "not used",
            Self::Unsuited => "unsuited",
            Self::Absent => "absent",
            Self::Unasked => "not asked",
            Self::Missing => "missing",
            Self::Hidden => "hidden",
            Self::Broken => "broken",
            Self::Denied => "denied",
        }
    }

    /// Whether somebody may want to change it.
    pub(super) const fn is_trouble(self) -> bool {
        matches!(self, Self::Missing | Self::Hidden | Self::Broken | Self::Denied)
    }
}

/// One source, setting or circumstance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Check {
    pub(super) subject: Subject,
    /// Stable name, a word or two: "perf", "powercap".
    pub(super) name: &'static str,
    pub(super) state: State,
    /// What was found, or why it is not used; sentences without a full stop at the end.
    pub(super) detail: String,
    /// What would change it; any one of them.
    pub(super) fixes: Vec<Advice>,
    /// What a fix would gain.
    pub(super) gains: Vec<Gain>,
}

impl Check {
    pub(super) fn new(
        subject: Subject,
        name: &'static str,
        state: State,
        detail: impl Into<String>,
    ) -> Self {
        let (fixes, gains) = (Vec::new(), Vec::new());
        Self { subject, name, state, detail: detail.into(), fixes, gains }
    }

    /// The same with one more way out.
    pub(super) fn fix(mut self, advice: Advice) -> Self {
        self.fixes.push(advice);
        self
    }
}

/// A way to change something.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Advice {
    /// Name by which `--fix` applies it; `None` where only a person can.
    pub(super) name: Option<&'static str>,
    /// Whether `--fix` offers it unasked.
    pub(super) is_safe: bool,
    /// The exact command or the thing to do.
    pub(super) command: String,
    /// What to know before: how far it reaches, how long it lasts.
    pub(super) note: String,
}

impl Advice {
    /// Something that a person has to do.
    pub(super) fn by_hand(command: impl Into<String>, note: impl Into<String>) -> Self {
        Self { command: command.into(), note: note.into(), ..Self::default() }
    }
}

/// How much closer a figure would be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Gain {
    pub(super) component: Component,
    /// As it is.
    pub(super) from: Accuracy,
    /// As it would be.
    pub(super) to: Accuracy,
}

impl Gain {
    /// A gain, if it is one.
    pub(super) fn of(component: Component, from: Accuracy, to: Accuracy) -> Option<Self> {
        let width = |accuracy: Accuracy| accuracy.high - accuracy.low;
        (width(to) < width(from)).then_some(Self { component, from, to })
    }
}

/// Where the figure of one component would come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub(super) component: Component,
    /// "GPU 1"; the component's name where there is only one of it.
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) detail: String,
    pub(super) accuracy: Option<Accuracy>,
}

impl Figure {
    /// Whether a sensor tells it, directly or integrated over time.
    pub(super) fn is_measured(&self) -> bool {
        matches!(self.source.basis(), Basis::Measured | Basis::Derived)
            && self.source != Source::Unknown
    }
}

/// All that was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Examination {
    /// The machine in a line.
    pub(super) machine: String,
    pub(super) figures: Vec<Figure>,
    pub(super) checks: Vec<Check>,
}

impl Examination {
    /// Whether processor and GPUs would be measured. Memory is not asked for: few machines count it,
    /// and it is a small part.
    pub(super) fn is_measured(&self) -> bool {
        let mut decisive = self.figures.iter().filter(|f| f.component != Component::Ram);
        decisive.all(Figure::is_measured)
    }
}

/// "± 5 %", else "× 0.5 to 1.8"; its blanks do not end a line.
pub(super) fn accuracy_text(accuracy: Accuracy) -> String {
    let Accuracy { low, high } = accuracy;
    if ((1.0 - low) - (high - 1.0)).abs() < 1e-9 {
        return format!("±\u{a0}{:.0}\u{a0}%", 100.0 * (high - 1.0));
    }
    format!("×\u{a0}{low}\u{a0}to\u{a0}{high}")
}
