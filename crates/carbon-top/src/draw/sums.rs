//! Energy and emissions: so far with their bounds, and what an hour, a day and a year come to at the
//! pace of the last minute; and the grid that they are priced with.

use std::fmt::Write as _;

use carbon_model::{CarbonMass, Energy, Power};
use carbon_report::units;

use super::sheet::Sheet;
use crate::figures::{Figures, ViewModel};
use crate::text::harmless;

/// Columns of the names, and of each projection.
const NAME: u16 = 8;
const COLUMN: u16 = 9;

/// Hours of the projections, with their titles.
const SPANS: [(&str, f64); 3] = [("an hour", 1.0), ("a day", 24.0), ("a year", 8760.0)];

/// Draws from a line on; the lines that it takes.
pub(super) fn draw(model: &ViewModel<'_>, sheet: &mut Sheet<'_>, line: u16) -> u16 {
    let (figures, theme) = (model.figures, model.theme);
    // On wide screens the columns stand together rather than far apart.
    let right = sheet.width().min(92);
    let column = COLUMN + (right - 60) / 12;
    let so_far = right - NAME - 3 * column;
    sheet.put(NAME, line, so_far, "so far, and 95 % bounds", theme.label());
    for (index, (title, _)) in (0_u16..).zip(SPANS) {
        sheet.put_right(right - (2 - index) * column, line, title, theme.label());
    }
    let energy = figures.energy;
    let bounds = match model.choices.units {
        crate::Units::Fitting => units::energy_bounds(energy),
        unit => format!("{} to {}", unit.energy(energy.low), unit.energy(energy.high)),
    };
    // What nothing measures or models is not nothing.
    let of_known = |text: String| {
        if figures.components.is_empty() { "unknown".to_owned() } else { text }
    };
    let text = of_known(format!("{} ({bounds})", model.choices.units.energy(energy.value)));
    sheet.put(0, line + 1, NAME, "Energy", theme.strong());
    sheet.put(NAME, line + 1, so_far, &text, theme.plain());
    let mass = figures.emissions;
    let text = of_known(format!("{} ({})", units::mass(mass.value), units::mass_bounds(mass)));
    sheet.put(0, line + 2, NAME, "CO2e", theme.strong());
    sheet.put(NAME, line + 2, so_far, &text, theme.plain());
    for (index, (_, hours)) in (0_u16..).zip(SPANS) {
        let end = right - (2 - index) * column;
        let (energy, mass) = match figures.rate {
            Some(rate) => (
                model.choices.units.energy(over(rate.power, hours)),
                units::mass(CarbonMass::from_grams(rate.emissions_per_hour.grams() * hours)),
            ),
            None => ("-".to_owned(), "-".to_owned()),
        };
        sheet.put_right(end, line + 1, &energy, theme.plain());
        sheet.put_right(end, line + 2, &mass, theme.plain());
    }
    sheet.put(0, line + 3, NAME, "Grid", theme.strong());
    let style = if figures.grid.assumed { theme.warning() } else { theme.plain() };
    sheet.put(NAME, line + 3, sheet.width(), &grid(figures), style);
    4
}

fn over(power: Power, hours: f64) -> Energy {
    Energy::from_joules(power.watts() * hours * 3600.0)
}

fn grid(figures: &Figures) -> String {
    let grid = &figures.grid;
    let g = |value: f64| units::digits(value);
    let intensity = grid.intensity;
    let mut text = format!("{} g/kWh ", g(intensity.value.g_per_kwh()));
    if intensity.low < intensity.high {
        let (low, high) = (g(intensity.low.g_per_kwh()), g(intensity.high.g_per_kwh()));
        let _ = write!(text, "({low} to {high}) ");
    }
    text.push_str(&harmless(&grid.name));
    if !grid.zone.is_empty() && grid.zone != "given" && grid.zone != grid.name {
        let _ = write!(text, " [{}]", harmless(&grid.zone));
    }
    if grid.assumed {
        text.push_str(", assumed");
    }
    if figures.pue.ratio() > 1.0 {
        let _ = write!(text, ", PUE {:.2} in CO2e", figures.pue.ratio());
    }
    let year = grid.year.map_or_else(String::new, |year| format!(" {year}"));
    let _ = write!(text, ", {}{year}", harmless(&grid.source));
    text
}
