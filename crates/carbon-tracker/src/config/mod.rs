//! Configuration: every documented key as a typed value with its default, and where it came from.
//!
//! Sources, later ones win: `~/.codecarbon.config`, `./.codecarbon.config`, variables
//! `CODECARBON_*` (any case), explicit arguments. A value that cannot be understood is an error
//! that names key, value, origin and what is allowed; a key that nobody knows is a [`Notice`].
//!
//! Nothing here looks for the home directory or reads the environment: the caller passes both in
//! [`Layers`], and tests pass what they like. Which keys a tracker honours is not decided here.

mod error;
mod ini;
mod notice;
mod resolve;
mod settings;
mod value;
mod words;

pub use error::{ConfigError, Origin};
pub use ini::{Entry, IniFile, Section, parse_ini};
pub use notice::Notice;
pub use resolve::{CONFIG_FILE_NAME, Layers, Resolved, SECTION, Setting, Settings};
pub use settings::Config;
pub use value::{
    CallInterval, ConfigValue, InvalidValue, Iso2, Iso3, LookupName, Secret, Wait, Wue,
};
pub use words::{
    FactorTable, IntensityProvider, JournalMode, LocationLookup, LogLevel, OnCsvWrite,
    OtlpProtocol, OutputMethod, TelemetryLevel, TrackingMode,
};
