//! Text to typed values, one small type per kind of value.
//!
//! What a value means belongs to whoever uses it; here stands only what may be written.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use carbon_model::{Intensity, Power, Pue};
use carbon_sensors::gpu::GpuSelection;

use super::words::OutputMethod;

/// A type that a configuration value can have.
pub trait ConfigValue: Sized {
    /// Reads the text of a value.
    ///
    /// # Errors
    /// The text is not a value of this type; the error says what is.
    fn parse(text: &str) -> Result<Self, InvalidValue>;
}

/// A text is no value of its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {allowed}")]
pub struct InvalidValue {
    /// What is allowed, as the end of the sentence "is not …".
    pub allowed: &'static str,
}

impl InvalidValue {
    /// With what is allowed.
    pub const fn new(allowed: &'static str) -> Self {
        Self { allowed }
    }
}

/// A key or token; printed only when asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl ConfigValue for Secret {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        Ok(Self::new(text))
    }
}

/// How often records are sent while a run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallInterval {
    /// Never, only at the end (written −1).
    Never,
    /// After that many measurements (0 means after each, like 1).
    Every(NonZeroU32),
}

impl CallInterval {
    /// After so many measurements; 0 counts as 1.
    pub const fn every(measurements: u32) -> Self {
        match NonZeroU32::new(measurements) {
            Some(n) => Self::Every(n),
            None => Self::Every(NonZeroU32::MIN),
        }
    }
}

impl ConfigValue for CallInterval {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        match text.trim().parse::<i64>().map(|n| (n, u32::try_from(n))) {
            Ok((-1, _)) => Ok(Self::Never),
            Ok((_, Ok(n))) => Ok(Self::every(n)),
            _ => Err(InvalidValue::new("a whole number of measurements, or -1 for never")),
        }
    }
}

impl ConfigValue for GpuSelection {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        Ok(Self::parse(text))
    }
}

/// Water usage effectiveness: litres per kWh of IT energy, at least 0 (ISO/IEC 30134-9).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Wue(f64);

impl Wue {
    /// From litres per kWh; `None` when negative or not finite.
    pub fn from_litres_per_kwh(value: f64) -> Option<Self> {
        (value.is_finite() && value >= 0.0).then_some(Self(value))
    }

    /// As litres per kWh.
    pub const fn litres_per_kwh(self) -> f64 {
        self.0
    }
}

impl ConfigValue for Wue {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let allowed = "a number of litres per kWh, at least 0";
        number(text).and_then(Self::from_litres_per_kwh).ok_or(InvalidValue::new(allowed))
    }
}

macro_rules! country_code {
    ($name:ident, $letters:literal, $allowed:literal) => {
        #[doc = concat!("ISO 3166-1 code of ", $letters, " letters, in upper case.")]
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The letters.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl ConfigValue for $name {
            fn parse(text: &str) -> Result<Self, InvalidValue> {
                let code = text.trim().to_ascii_uppercase();
                let valid = code.len() == $letters && code.bytes().all(|b| b.is_ascii_uppercase());
                if valid { Ok(Self(code)) } else { Err(InvalidValue::new($allowed)) }
            }
        }
    };
}

country_code!(Iso3, 3, "an ISO country code of three letters, such as FRA");
country_code!(Iso2, 2, "an ISO country code of two letters, such as FR");

/// A name that tables are searched by, such as a region; trimmed and in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LookupName(String);

impl LookupName {
    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ConfigValue for LookupName {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        Ok(Self(text.trim().to_lowercase()))
    }
}

/// An optional value; an empty text is none.
impl<T: ConfigValue> ConfigValue for Option<T> {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        if text.trim().is_empty() { Ok(None) } else { T::parse(text).map(Some) }
    }
}

impl ConfigValue for String {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        Ok(text.to_owned())
    }
}

impl ConfigValue for PathBuf {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        Ok(Self::from(text))
    }
}

impl ConfigValue for bool {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" | "" => Ok(false),
            _ => Err(InvalidValue::new("true or false (1, 0, yes, no, on and off are also read)")),
        }
    }
}

impl ConfigValue for Duration {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        number(text)
            .filter(|s| (0.001..=1e9).contains(s))
            .map(Duration::from_secs_f64)
            .ok_or(InvalidValue::new("a number of seconds, at least 0.001"))
    }
}

/// A time to wait, from 0 s on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait(Duration);

impl Wait {
    /// So many seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// The time.
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl ConfigValue for Wait {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        number(text)
            .filter(|s| (0.0..=1e9).contains(s))
            .map(|s| Self(Duration::from_secs_f64(s)))
            .ok_or(InvalidValue::new("a number of seconds, at least 0"))
    }
}

impl ConfigValue for SocketAddr {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let allowed = "an address with a port, such as 127.0.0.1:9464 or [::1]:9464";
        text.trim().parse().map_err(|_| InvalidValue::new(allowed))
    }
}

impl ConfigValue for Power {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        number(text)
            .filter(|w| *w >= 0.0)
            .map(Power::from_watts)
            .ok_or(InvalidValue::new("a number of watts, at least 0"))
    }
}

impl ConfigValue for Intensity {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        number(text)
            .filter(|g| *g >= 0.0)
            .map(Intensity::from_g_per_kwh)
            .ok_or(InvalidValue::new("a number of grams CO2e per kWh, at least 0"))
    }
}

impl ConfigValue for Pue {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        number(text)
            .and_then(Pue::new)
            .ok_or(InvalidValue::new("a power usage effectiveness, a number of at least 1"))
    }
}

impl ConfigValue for Vec<OutputMethod> {
    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let mut methods = Self::new();
        for word in text.split(',').filter(|word| !word.trim().is_empty()) {
            let method = OutputMethod::parse(word)?;
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        Ok(methods)
    }
}

/// A finite number.
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_read_in_all_their_usual_spellings() {
        for (text, value) in [("True", true), ("1", true), ("YES", true), (" on", true)] {
            assert_eq!(bool::parse(text), Ok(value));
        }
        for text in ["False", "0", "no", "OFF", ""] {
            assert_eq!(bool::parse(text), Ok(false));
        }
        assert!(bool::parse("maybe").is_err());
    }

    #[test]
    fn numbers_that_are_none_or_make_no_sense_are_refused() {
        for text in ["", "fast", "nan", "inf", "0", "-1"] {
            assert!(Duration::parse(text).is_err(), "{text:?} seconds");
        }
        assert!(Pue::parse("0.9").is_err());
        assert!(Power::parse("-5").is_err());
        assert!(Wue::parse("-1").is_err());
        assert!(CallInterval::parse("-2").is_err());
        assert!(CallInterval::parse("8.5").is_err());
        assert_eq!(Intensity::parse("0"), Ok(Intensity::ZERO));
    }

    #[test]
    fn an_empty_text_is_no_value_where_a_value_is_optional() {
        assert_eq!(Option::<Power>::parse(" "), Ok(None));
        assert_eq!(Option::<Power>::parse("95"), Ok(Some(Power::from_watts(95.0))));
    }

    #[test]
    fn the_call_interval_counts_measurements() {
        assert_eq!(CallInterval::parse("-1"), Ok(CallInterval::Never));
        assert_eq!(CallInterval::parse("0"), Ok(CallInterval::every(1)));
        assert_eq!(CallInterval::parse("8"), Ok(CallInterval::every(8)));
    }

    #[test]
    fn output_methods_are_a_list_without_repeats() {
        let read = Vec::<OutputMethod>::parse;
        assert_eq!(read("csv, API,csv"), Ok(vec![OutputMethod::Csv, OutputMethod::Api]));
        assert_eq!(read(""), Ok(Vec::new()));
        assert!(read("csv,xml").is_err());
    }

    #[test]
    fn secrets_are_not_printed() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }
}
