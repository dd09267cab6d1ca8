//! Which factors are replaced, by the keys of the configuration.

use carbon_model::{Intensity, Pue};
use carbon_tracker::config::{Config, FactorTable, InvalidValue, Iso3, LookupName};

use crate::entry::{Place, Text};

/// Factors to price with instead of a record's own; what is not set stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Change {
    country_iso3: Option<String>,
    region: Option<String>,
    cloud_provider: Option<String>,
    cloud_region: Option<String>,
    /// Table of grid factors.
    pub(super) table: Option<FactorTable>,
    /// An intensity instead of any table.
    pub(super) intensity: Option<Intensity>,
    /// Power usage effectiveness.
    pub(super) pue: Option<Pue>,
    /// Litres per kilowatt hour.
    pub(super) wue_l_per_kwh: Option<f64>,
}

/// A factor that cannot be set so.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// It is not `key=value`.
    #[error("{text:?} is not KEY=VALUE")]
    NoValue {
        /// What was given.
        text: String,
    },
    /// No factor has this name.
    #[error("{key} is no factor; there are {}", Change::KEYS.join(", "))]
    Unknown {
        /// The key.
        key: String,
    },
    /// The value is none of that key.
    #[error("{key} = {value:?}: {fault}")]
    Invalid {
        /// The key.
        key: &'static str,
        /// What was given.
        value: String,
        /// What would be accepted.
        fault: InvalidValue,
    },
}

impl Change {
    /// The keys, as the configuration has them.
    pub const KEYS: [&str; 8] = [
        "country_iso_code",
        "region",
        "cloud_provider",
        "cloud_region",
        "co2_table",
        "force_carbon_intensity_g_co2e_kwh",
        "pue",
        "wue",
    ];

    /// Sets a factor by `key=value`.
    ///
    /// # Errors
    /// There is no such factor, or the value is none of it.
    pub fn set(&mut self, text: &str) -> Result<(), ChangeError> {
        let no_value = || ChangeError::NoValue { text: text.to_owned() };
        let (key, value) = text.split_once('=').ok_or_else(no_value)?;
        let (key, value) = (key.trim(), value.trim());
        let unknown = || ChangeError::Unknown { key: key.to_owned() };
        let key = *Self::KEYS.iter().find(|known| **known == key).ok_or_else(unknown)?;
        if value.is_empty() {
            return Err(no_value());
        }
        let mut config = Config::default();
        let invalid = |fault| ChangeError::Invalid { key, value: value.to_owned(), fault };
        config.set(key, value).map_err(invalid)?;
        let place = |own: Option<&str>| own.map(str::to_owned);
        match key {
            "country_iso_code" => {
                self.country_iso3 = place(config.country_iso_code.as_ref().map(Iso3::as_str));
            }
            "region" => self.region = place(config.region.as_ref().map(LookupName::as_str)),
            "cloud_provider" => {
                self.cloud_provider = place(config.cloud_provider.as_ref().map(LookupName::as_str));
            }
            "cloud_region" => {
                self.cloud_region = place(config.cloud_region.as_ref().map(LookupName::as_str));
            }
            "co2_table" => self.table = Some(config.co2_table),
            "pue" => self.pue = Some(config.pue),
            "wue" => self.wue_l_per_kwh = Some(config.wue.litres_per_kwh()),
            _ => self.intensity = config.force_carbon_intensity_g_co2e_kwh,
        }
        Ok(())
    }

    /// Whether the grid is another: the place, the table or the intensity was named.
    pub(super) fn is_of_grid(&self) -> bool {
        self.is_of_place() || self.table.is_some() || self.intensity.is_some()
    }

    /// Whether the place is another.
    pub(super) fn is_of_place(&self) -> bool {
        self.country_iso3.is_some()
            || self.region.is_some()
            || self.cloud_provider.is_some()
            || self.cloud_region.is_some()
    }

    /// The place of a record with what was named. Another country has not the region and the cloud
    /// of the former; a cloud decides over both.
    pub(super) fn place(&self, own: &Place) -> Place {
        let mut place = own.clone();
        let is_cloud = self.cloud_provider.is_some() || self.cloud_region.is_some();
        if is_cloud || self.country_iso3.is_some() {
            place.region = "".into();
            place.country_name = "".into();
        }
        if is_cloud {
            place.country_iso3 = "".into();
        } else if self.is_of_place() {
            place.cloud_provider = "".into();
            place.cloud_region = "".into();
        }
        let set = |own: &mut Text, new: &Option<String>| {
            if let Some(new) = new {
                *own = new.as_str().into();
            }
        };
        set(&mut place.country_iso3, &self.country_iso3);
        set(&mut place.region, &self.region);
        set(&mut place.cloud_provider, &self.cloud_provider);
        set(&mut place.cloud_region, &self.cloud_region);
        place
    }
}
