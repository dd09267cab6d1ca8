//! The top of the page: totals, components, equivalents, the table of projects, and what is said
//! about the files.

use std::collections::HashMap;
use std::fmt::Write;

use carbon_model::CarbonMass;
use serde::Serialize;

use super::chart::percent;
use super::icons::icon;
use crate::equivalents;
use crate::report::Report;
use crate::summary::{Coverage, Group};
use crate::units;

/// Projects in the table; the page stays readable and small with thousands of them.
const MOST_ROWS: usize = 200;
/// Rows that could not be read and are named.
const MOST_FAULTS: usize = 20;

/// What the top of the page shows.
#[derive(Debug, Serialize)]
pub(super) struct Overview {
    runs: usize,
    dates: Option<String>,
    figures: Vec<Figure>,
    interval: String,
    components: Vec<Component>,
    equivalents: Vec<Equal>,
    projects: Vec<ProjectRow>,
    more_projects: usize,
    methods: String,
    citations: Vec<Citation>,
    remarks: Vec<String>,
    faults: Vec<String>,
    more_faults: usize,
    fault_count: usize,
}

/// A number on a card.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) unit: String,
}

/// A part of the energy.
#[derive(Debug, Serialize)]
struct Component {
    name: &'static str,
    energy: String,
    percent: f64,
    shown: String,
    x: f64,
}

/// An everyday amount.
#[derive(Debug, Serialize)]
pub(super) struct Equal {
    icon: &'static str,
    shown: String,
    what: &'static str,
}

#[derive(Debug, Serialize)]
struct ProjectRow {
    name: String,
    /// Its section of the page, or of the page that a board makes for it.
    link: Option<String>,
    runs: usize,
    energy: String,
    emissions: String,
    percent: f64,
    shown: String,
    last: Option<String>,
}

#[derive(Debug, Serialize)]
struct Citation {
    title: &'static str,
    licence: &'static str,
    address: &'static str,
}

/// The top of the page; `sections` are the names of the projects that have one, in their order. A
/// board makes a section for any other when it is asked.
pub(super) fn overview(report: &Report, sections: &[String], on_board: bool) -> Overview {
    let summary = &report.summary;
    let total = &summary.total;
    let anchors: HashMap<&str, String> =
        sections.iter().enumerate().map(|(i, name)| (name.as_str(), anchor(i))).collect();
    let share = |group: &Group| percent(group.emissions.grams(), total.emissions.grams());
    let projects = summary.groups.iter().take(MOST_ROWS).map(|group| ProjectRow {
        name: group.name.clone(),
        link: match anchors.get(group.name.as_str()) {
            Some(anchor) => Some(format!("#{anchor}")),
            None => on_board.then(|| format!("/?project={}#{}", encoded(&group.name), anchor(0))),
        },
        runs: group.runs,
        energy: units::energy(group.energy.total),
        emissions: units::mass(group.emissions),
        percent: share(group),
        shown: units::digits(share(group)),
        last: group.dates.map(|(_, last)| last.to_string()),
    });
    let citations = report.methods.citations.iter().map(|source| Citation {
        title: source.title,
        licence: source.licence,
        address: source.address,
    });
    Overview {
        runs: total.runs,
        dates: total.dates.map(|(first, last)| match (first.date(), last.date()) {
            (first, last) if first == last => first,
            (first, last) => format!("{first} to {last}"),
        }),
        figures: figures(total),
        interval: interval(total),
        components: components(total),
        equivalents: equals(total.emissions),
        projects: projects.collect(),
        more_projects: summary.groups.len().saturating_sub(MOST_ROWS),
        methods: report.methods.paragraph.clone(),
        citations: citations.collect(),
        remarks: report.remarks.clone(),
        faults: report.faults.iter().take(MOST_FAULTS).cloned().collect(),
        more_faults: report.faults.len().saturating_sub(MOST_FAULTS),
        fault_count: report.faults.len(),
    }
}

/// Text as a part of a query: all but letters and digits in percent.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The place of a section in the page.
pub(super) fn anchor(index: usize) -> String {
    format!("project-{}", index + 1)
}

/// The figures of a group on cards.
pub(super) fn figures(group: &Group) -> Vec<Figure> {
    let figure = |name, text: String| {
        let (value, unit) = text.rsplit_once(' ').unwrap_or((&text, ""));
        Figure { name, value: value.to_owned(), unit: unit.to_owned() }
    };
    let mut figures = vec![
        figure("Energy", units::energy(group.energy.total)),
        figure("Emissions", units::mass(group.emissions) + "\u{a0}CO₂e"),
        Figure {
            name: "Duration",
            value: units::duration_s(group.duration_s),
            unit: String::new(),
        },
        figure("Mean power", units::power(group.power())),
    ];
    if group.water.litres() > 0.0 {
        figures.push(figure("Water", units::water(group.water)));
    }
    figures
}

/// The bounds of the emissions in words.
pub(super) fn interval(group: &Group) -> String {
    let bounds = units::mass_bounds(group.emissions_bounds);
    match group.coverage {
        Coverage::Nothing => String::new(),
        Coverage::Everything => format!("95 % interval of the emissions: {bounds} CO₂e"),
        Coverage::GridOnly => format!("emissions {bounds} CO₂e by the grid's figure alone"),
        Coverage::Partly => format!("emissions {bounds} CO₂e, in part by the grid's figure alone"),
    }
}

fn components(group: &Group) -> Vec<Component> {
    let whole = group.energy.total.joules();
    let mut x = 0.0;
    let parts = group.energy.parts().into_iter().map(|(name, energy)| {
        let percent = percent(energy.joules(), whole);
        let part = Component {
            name,
            energy: units::energy(energy),
            percent,
            shown: units::digits(percent),
            x,
        };
        x += percent;
        part
    });
    parts.collect()
}

/// What a mass equals.
pub(super) fn equals(mass: CarbonMass) -> Vec<Equal> {
    if mass.grams() <= 0.0 {
        return Vec::new();
    }
    let equal =
        |e: equivalents::Equivalent| Equal { icon: icon(e.name), shown: e.shown, what: e.what };
    equivalents::of(mass).into_iter().map(equal).collect()
}
