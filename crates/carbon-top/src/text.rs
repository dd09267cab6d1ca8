//! Texts of the view: energies in the unit that was chosen, and words of others made harmless.

use std::time::Duration;

use carbon_model::Energy;
use carbon_report::units;

/// Units of energy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Units {
    /// Whatever fits: joules, then watt-hours.
    #[default]
    Fitting,
    /// Watt-hours and their thousands.
    WattHours,
    /// Joules and their thousands.
    Joules,
}

const WATT_HOURS_J: [(f64, &str); 4] =
    [(3.6e9, "MWh"), (3.6e6, "kWh"), (3.6e3, "Wh"), (3.6, "mWh")];
const JOULES_J: [(f64, &str); 5] =
    [(1e9, "GJ"), (1e6, "MJ"), (1e3, "kJ"), (1.0, "J"), (1e-3, "mJ")];

impl Units {
    /// Its name in the footer.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fitting => "auto",
            Self::WattHours => "Wh",
            Self::Joules => "J",
        }
    }

    pub(crate) const fn next(self) -> Self {
        match self {
            Self::Fitting => Self::WattHours,
            Self::WattHours => Self::Joules,
            Self::Joules => Self::Fitting,
        }
    }

    /// "35.3 J", "1.20 kWh".
    pub fn energy(self, energy: Energy) -> String {
        let (size, name) = self.fitting(energy);
        match self {
            Self::Fitting => units::energy(energy),
            _ => format!("{} {name}", units::digits(energy.joules() / size)),
        }
    }

    /// The unit of a column whose largest energy this is: how many joules it holds, and its name.
    pub(crate) fn of_column(self, largest: Energy) -> (f64, &'static str) {
        match self {
            Self::Fitting if largest.joules() < 3600.0 => {
                let is_tiny = largest > Energy::ZERO && largest.joules() < 0.9995;
                if is_tiny { (1e-3, "mJ") } else { (1.0, "J") }
            }
            _ => self.fitting(largest),
        }
    }

    fn fitting(self, energy: Energy) -> (f64, &'static str) {
        let (all, base): (&[(f64, &'static str)], usize) = match self {
            Self::Joules => (&JOULES_J, 3),
            _ => (&WATT_HOURS_J, 2),
        };
        if energy == Energy::ZERO {
            return all[base];
        }
        // 0.9995 of a unit is shown as 1.00 of it, not as 1000 of the next.
        let fits = |unit: &&(f64, &str)| energy.joules().abs() >= unit.0 * 0.9995;
        all.iter().find(fits).or(all.last()).copied().unwrap_or((1.0, "J"))
    }
}

/// "1.3 GB", "812 MB"; three digits, thousands of 1000.
pub(crate) fn bytes(bytes: u64) -> String {
    const SIZES: [(f64, &str); 4] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let value = bytes as f64;
    let fits = SIZES.iter().find(|(size, _)| value >= size * 0.9995);
    let (size, name) = fits.copied().unwrap_or((1e3, "kB"));
    let scaled = value / size;
    if scaled < 9.95 { format!("{scaled:.1} {name}") } else { format!("{scaled:.0} {name}") }
}

/// Three digits, and a zero for what would be one with four decimals.
pub(crate) fn digits(value: f64) -> String {
    if value.abs() < 0.000_05 { "0".to_owned() } else { units::digits(value) }
}

/// A share in percent: "34 %", "2.1 %", "0.3 %"; nothing for none.
pub(crate) fn percent(value: f64) -> String {
    match value {
        value if value <= 0.0 => "0 %".to_owned(),
        value if value < 0.05 => "<0.1 %".to_owned(),
        value if value < 9.95 => format!("{value:.1} %"),
        value => format!("{value:.0} %"),
    }
}

/// "1 s", "0.25 s", "1 min 30 s".
pub(crate) fn interval(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 1..60 if time.subsec_nanos() == 0 => format!("{seconds} s"),
        0 => format!("{} s", time.as_secs_f64()),
        _ => units::duration(time),
    }
}

/// Words of others without what a terminal would obey, and without line ends.
pub(crate) fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The last part of a path, for a command line of which only a little is shown: "/usr/bin/python3 a"
/// is "python3 a".
pub(crate) fn without_directory(command: &str) -> &str {
    let program = command.split(' ').next().unwrap_or_default();
    if command.starts_with('/') && !program.ends_with('/') {
        let start = program.rfind('/').map_or(0, |slash| slash + 1);
        &command[start..]
    } else {
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energies_are_in_the_unit_that_was_chosen() {
        let energy = Energy::from_joules(7200.0);
        assert_eq!(Units::Fitting.energy(energy), "2.00 Wh");
        assert_eq!(Units::Joules.energy(energy), "7.20 kJ");
        assert_eq!(Units::WattHours.energy(Energy::from_joules(36.0)), "10.0 mWh");
        assert_eq!(Units::WattHours.energy(Energy::ZERO), "0 Wh");
        assert_eq!(Units::Joules.energy(Energy::ZERO), "0 J");
        assert_eq!(Units::Joules.energy(Energy::from_joules(999.8)), "1.00 kJ");
    }

    #[test]
    fn a_column_has_the_unit_of_its_largest_energy() {
        let unit = |units: Units, joules| units.of_column(Energy::from_joules(joules)).1;
        assert_eq!(unit(Units::Fitting, 3500.0), "J");
        assert_eq!(unit(Units::Fitting, 3600.0), "Wh");
        assert_eq!(unit(Units::Fitting, 0.0), "J");
        assert_eq!(unit(Units::Fitting, 0.02), "mJ");
        assert_eq!(unit(Units::Joules, 3600.0), "kJ");
        assert_eq!(unit(Units::WattHours, 36.0), "mWh");
    }

    #[test]
    fn intervals_are_short() {
        let text = |ms| interval(Duration::from_millis(ms));
        assert_eq!([250, 1000, 1500, 90_000].map(text), ["0.25 s", "1 s", "1.50 s", "1 min 30 s"]);
    }

    #[test]
    fn sizes_and_shares_have_two_or_three_digits() {
        assert_eq!(bytes(1_340_000_000), "1.3 GB");
        assert_eq!(bytes(812_000_000), "812 MB");
        assert_eq!(bytes(0), "0.0 kB");
        assert_eq!([0.0, 0.01, 2.14, 34.4].map(percent), ["0 %", "<0.1 %", "2.1 %", "34 %"]);
    }

    #[test]
    fn a_command_line_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\x1b[2Jb\nc"), "a [2Jb c");
        assert_eq!(without_directory("/usr/bin/python3 /a/b"), "python3 /a/b");
        assert_eq!(without_directory("[kworker/0:1]"), "[kworker/0:1]");
        assert_eq!(without_directory("./a/b"), "./a/b");
    }
}
