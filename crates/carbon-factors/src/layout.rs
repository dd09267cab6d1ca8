//! The form of the compiled tables, shared by the build script that writes them and the reader.
//!
//! The rows begin with one `(offset, rows)` pair of little-endian `u32` per [`Section`]. A row begins
//! with its key; rows are sorted by the bytes of their key. Text is a `u32` offset into a pool, which
//! is a file of its own and therefore known to be UTF-8, and a `u16` length. Quantities are integers
//! in millionths, so that every published decimal comes back as the nearest `f64`.

/// Size of a text reference.
pub(crate) const TEXT: usize = 6;

/// A table in the blob; the number is its place in the directory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Section {
    Source,
    Country,
    CountryName,
    Grid,
    Region,
    Cloud,
    Provider,
    Cpu,
    Gpu,
    Fuel,
    Equivalent,
    TimeZone,
    Water,
    Mix,
}

impl Section {
    /// Bytes of a row, its key included.
    pub(crate) const fn width(self) -> usize {
        TEXT + match self {
            // Source: title, licence, address; country: iso2, name, country whose grid supplies it
            Self::Source | Self::Country => 3 * TEXT,
            // iso3
            Self::CountryName | Self::TimeZone => TEXT,
            // year u16, scope u8, basis u8, source u8, g/kWh u32, renewable u16, carbon-free u16
            Self::Grid => 13,
            // code, name, zone, fit u8
            Self::Region => 3 * TEXT + 1,
            // country, region, place, zone, source u8, g/kWh u32, source of it u8
            Self::Cloud => 4 * TEXT + 6,
            // name, PUE u32, year u16, address
            Self::Provider => 2 * TEXT + 6,
            // CPU: name, W u32, threads u16, source u8; equivalent: label, kg u32, year u16, source u8
            Self::Cpu | Self::Equivalent => TEXT + 7,
            // name, idle W u32, W u32, source u8
            Self::Gpu => TEXT + 9,
            // g/kWh u32, source u8
            Self::Fuel => 5,
            // L/kWh u32, own value u8, source u8
            Self::Water => 6,
            // year u16, nine shares u16 in hundredths of a percent, source u8
            Self::Mix => 21,
        }
    }
}

/// Stands for "none" where a share is optional.
pub(crate) const NO_SHARE: u16 = u16::MAX;

/// Which set a grid row belongs to: the beginning of its key.
pub(crate) mod grid_set {
    pub(crate) const EMBER: &str = "e:";
    pub(crate) const ELECTRICITY_MAPS: &str = "m:";
    pub(crate) const CODECARBON: &str = "c:";
    pub(crate) const DIRECT: &str = "d:";
    pub(crate) const MARGINAL: &str = "g:";
}
