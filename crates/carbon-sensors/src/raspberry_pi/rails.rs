//! The text that the firmware answers to `pmic_read_adc`: a line for each current and each voltage.
//!
//! ```text
//!  VDD_CORE_A current(7)=0.56259000A
//!  VDD_CORE_V volt(15)=0.76798460V
//! ```

use std::collections::BTreeMap;

/// More lines than the chip has channels for.
const MOST_LINES: usize = 256;

/// A rail of this board carries less.
const MOST_AMPERES: f64 = 100.0;

/// No rail has more.
const MOST_VOLTS: f64 = 100.0;

/// Why a text tells no rails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RailsError {
    /// The firmware does not know the question: it is older than the chip, or the board has none.
    #[error("the firmware tells no currents: {0:?}")]
    NotTold(String),
    /// More lines than there can be.
    #[error("more lines than the chip has channels")]
    TooLong,
}

/// Currents and voltages by rail.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rails {
    amperes: BTreeMap<String, f64>,
    volts: BTreeMap<String, f64>,
}

impl Rails {
    /// Watts of a rail of which both were told.
    pub fn power_w(&self, rail: &str) -> Option<f64> {
        Some(self.amperes.get(rail)? * self.volts.get(rail)?)
    }

    /// Watts of all rails; `None` when one has a current and no voltage. Voltages without a current
    /// (the 5 V input, the clock's battery) are no rails of the chip's making.
    pub fn total_w(&self) -> Option<f64> {
        self.amperes.keys().map(|rail| self.power_w(rail)).sum()
    }
}

/// Reads the text. Lines of other kinds, and values that no board has, are passed over; a rail whose
/// value was passed over is then missing, not zero.
pub fn parse_rails(text: &str) -> Result<Rails, RailsError> {
    let mut rails = Rails::default();
    for (number, line) in text.lines().enumerate() {
        if number >= MOST_LINES {
            return Err(RailsError::TooLong);
        }
        let Some((name, value)) = line.trim().split_once('=') else { continue };
        // Before the equals sign stands the name, then the kind and number of the channel.
        let Some(name) = name.split_ascii_whitespace().next() else { continue };
        if let (Some(rail), Some(amperes)) =
            (name.strip_suffix("_A"), quantity(value, 'A', MOST_AMPERES))
        {
            rails.amperes.insert(rail.to_owned(), amperes);
        } else if let (Some(rail), Some(volts)) =
            (name.strip_suffix("_V"), quantity(value, 'V', MOST_VOLTS))
        {
            rails.volts.insert(rail.to_owned(), volts);
        }
    }
    if rails.amperes.is_empty() {
        let start: String = text.trim().chars().take(60).collect();
        return Err(RailsError::NotTold(start));
    }
    Ok(rails)
}

/// `0.5625A` → 0.5625; `None` for anything else, and for what is negative or too large.
fn quantity(text: &str, unit: char, most: f64) -> Option<f64> {
    let value: f64 = text.trim().strip_suffix(unit)?.parse().ok()?;
    (0.0..=most).contains(&value).then_some(value)
}
