//! Look-ups in the compiled-in tables and in the machine, for the modules that users of CodeCarbon
//! know (`codecarbon.input`, `codecarbon.core.emissions`, `codecarbon.core.cpu` …).
//!
//! Everything comes back as dicts of plain values; what is unknown is `None`.

use std::path::PathBuf;

use carbon_factors as factors;
use carbon_factors::{
    CloudRegion, Country, CpuPower, FuelTable, GridBasis, GridFactor, Resolution, Scope, Table,
};
use carbon_model::Power;
use carbon_sensors::rapl::LinuxPerf;
use carbon_sensors::{Covers, MeterInfo, SysRoot};
use carbon_tracker::{Hub, Machine, Sampling};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::errors::guarded;

type Dict<'py> = PyResult<Bound<'py, PyDict>>;

/// A dict with these entries.
macro_rules! dict {
    ($py:expr, { $($key:literal : $value:expr,)* }) => {{
        let dict = PyDict::new($py);
        $(dict.set_item(pyo3::intern!($py, $key), $value)?;)*
        Ok(dict)
    }};
}

/// The country of a code (two or three letters) or English name: `iso3`, `iso2`, `name`, and
/// `grid_of`, the code of the country whose grid supplies it.
#[pyfunction]
pub(crate) fn country<'py>(
    py: Python<'py>,
    code_or_name: &str,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    factors::country(code_or_name).map(|found| country_dict(py, &found)).transpose()
}

/// Every country, sorted by three-letter code.
#[pyfunction]
pub(crate) fn countries(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    factors::countries().map(|found| country_dict(py, &found)).collect()
}

/// The country of an IANA time zone such as "Europe/Paris".
#[pyfunction]
pub(crate) fn country_of_time_zone<'py>(
    py: Python<'py>,
    zone: &str,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    factors::country_of_time_zone(zone).map(|found| country_dict(py, &found)).transpose()
}

fn country_dict<'py>(py: Python<'py>, found: &Country) -> Dict<'py> {
    dict!(py, {
        "iso3": found.iso3, "iso2": found.iso2, "name": found.name, "grid_of": found.grid_of,
    })
}

/// A state, province or zone of a country (three-letter code): `code`, `name`, `grid_zone`.
#[pyfunction]
pub(crate) fn region<'py>(
    py: Python<'py>,
    iso3: &str,
    name: &str,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(found) = factors::region(iso3, name) else { return Ok(None) };
    dict!(py, { "code": found.code, "name": found.name, "grid_zone": found.grid_zone, }).map(Some)
}

/// Intensity of the electricity of a country or of its region: `zone`, `year`, `scope`, `basis`,
/// `g_per_kwh` with `low` and `high`, `source`, `licence`, `resolution` ("own", "shared zone",
/// "grid of FRA", "country", "world") and shares in percent. `table` is "current", "codecarbon",
/// "electricitymaps", "direct" or "marginal". `None` when the table has no answer.
#[pyfunction]
#[pyo3(signature = (country, region=None, year=None, table="current"))]
pub(crate) fn grid<'py>(
    py: Python<'py>,
    country: &str,
    region: Option<&str>,
    year: Option<u16>,
    table: &str,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let table = table_of(table)?;
    let found = match region {
        Some(region) => factors::region_grid(country, region, year, table),
        None => factors::country_grid(country, year, table),
    };
    found.map(|factor| grid_dict(py, &factor)).transpose()
}

/// The world average of a table.
#[pyfunction]
#[pyo3(signature = (table="current"))]
pub(crate) fn world_grid<'py>(py: Python<'py>, table: &str) -> Dict<'py> {
    grid_dict(py, &factors::world_grid(table_of(table)?))
}

fn table_of(name: &str) -> PyResult<Table> {
    Ok(match name {
        "current" => Table::Current,
        "codecarbon" => Table::CodeCarbon,
        "electricitymaps" => Table::ElectricityMaps,
        "direct" => Table::Direct,
        "marginal" => Table::Marginal,
        _ => {
            return Err(PyValueError::new_err(format!(
                "table = {name:?} is not \"current\", \"codecarbon\", \"electricitymaps\", \
                 \"direct\" or \"marginal\""
            )));
        }
    })
}

fn grid_dict<'py>(py: Python<'py>, factor: &GridFactor) -> Dict<'py> {
    let scope = match factor.scope {
        Scope::Lifecycle => "lifecycle",
        Scope::Direct => "direct",
    };
    let basis = match factor.basis {
        GridBasis::Production => "production",
        GridBasis::Consumption => "consumption",
    };
    let resolution = match factor.resolution {
        Resolution::Own => "own".to_owned(),
        Resolution::SharedZone => "shared zone".to_owned(),
        Resolution::GridOf(iso3) => format!("grid of {iso3}"),
        Resolution::Country => "country".to_owned(),
        Resolution::World => "world".to_owned(),
    };
    dict!(py, {
        "zone": factor.zone, "year": factor.year, "scope": scope, "basis": basis,
        "g_per_kwh": factor.intensity.value.g_per_kwh(),
        "low": factor.intensity.low.g_per_kwh(),
        "high": factor.intensity.high.g_per_kwh(),
        "renewable_percent": factor.renewable_percent,
        "carbon_free_percent": factor.carbon_free_percent,
        "source": factor.source.title, "licence": factor.source.licence,
        "resolution": resolution,
    })
}

/// A region of "aws", "azure" or "gcp": `provider`, `provider_name`, `region`, `country_iso3`,
/// `state`, `city`, `grid_zone`, `pue`, `g_per_kwh` (what the provider publishes, or `None`),
/// `source`.
#[pyfunction]
pub(crate) fn cloud_region<'py>(
    py: Python<'py>,
    provider: &str,
    region: &str,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    factors::cloud_region(provider, region).map(|found| cloud_dict(py, &found)).transpose()
}

/// Every region of a provider, sorted by name.
#[pyfunction]
pub(crate) fn cloud_regions<'py>(
    py: Python<'py>,
    provider: &str,
) -> PyResult<Vec<Bound<'py, PyDict>>> {
    factors::cloud_regions(provider).map(|found| cloud_dict(py, &found)).collect()
}

fn cloud_dict<'py>(py: Python<'py>, found: &CloudRegion) -> Dict<'py> {
    dict!(py, {
        "provider": found.provider, "provider_name": found.provider_name,
        "region": found.region, "country_iso3": found.country_iso3, "state": found.state,
        "city": found.city, "grid_zone": found.grid_zone, "pue": found.pue.ratio(),
        "g_per_kwh": found.intensity.map(|(value, _)| value.g_per_kwh()),
        "source": found.intensity.map_or(found.source.title, |(_, source)| source.title),
    })
}

/// Power of a CPU by its brand string: `name`, `tdp_w`, `threads`, `source`; `None` when the name is
/// unknown or says too little.
#[pyfunction]
pub(crate) fn cpu_power<'py>(py: Python<'py>, brand: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
    factors::cpu_power(brand).map(|found| cpu_dict(py, &found)).transpose()
}

/// Every CPU of the table.
#[pyfunction]
pub(crate) fn cpus(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyDict>>> {
    factors::cpus().map(|found| cpu_dict(py, &found)).collect()
}

fn cpu_dict<'py>(py: Python<'py>, found: &CpuPower) -> Dict<'py> {
    dict!(py, {
        "name": found.name, "tdp_w": found.tdp.watts(), "threads": found.threads,
        "source": found.source.title,
    })
}

/// Power of a GPU board by its name: `name`, `idle_w`, `max_w`, `source`.
#[pyfunction]
pub(crate) fn gpu_power<'py>(py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(found) = factors::gpu_power(name) else { return Ok(None) };
    dict!(py, {
        "name": found.name, "idle_w": found.idle.map(Power::watts),
        "max_w": found.max.watts(), "source": found.source.title,
    })
    .map(Some)
}

/// What electricity is made from, in percent, in a country or a Canadian province.
#[pyfunction]
#[pyo3(signature = (country, region=None))]
pub(crate) fn mix<'py>(
    py: Python<'py>,
    country: &str,
    region: Option<&str>,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(m) = factors::mix(country, region) else { return Ok(None) };
    dict!(py, {
        "year": m.year, "coal": m.coal, "oil": m.oil, "gas": m.gas, "nuclear": m.nuclear,
        "hydro": m.hydro, "wind": m.wind, "solar": m.solar, "bio": m.bio, "other": m.other,
        "source": m.source.title,
    })
    .map(Some)
}

/// Intensity of electricity from one energy source ("coal", "wind" …): `fuel`, `g_per_kwh`,
/// `source`. `table` is "codecarbon" or "ipcc".
#[pyfunction]
#[pyo3(signature = (fuel, table="codecarbon"))]
pub(crate) fn fuel_factor<'py>(
    py: Python<'py>,
    fuel: &str,
    table: &str,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    let table = match table {
        "codecarbon" => FuelTable::CodeCarbon,
        "ipcc" => FuelTable::Ipcc,
        _ => {
            return Err(PyValueError::new_err(format!(
                "table = {table:?} is not \"codecarbon\" or \"ipcc\""
            )));
        }
    };
    let Some(found) = factors::fuel_factor(fuel, table) else { return Ok(None) };
    dict!(py, {
        "fuel": found.fuel, "g_per_kwh": found.intensity.g_per_kwh(), "source": found.source.title,
    })
    .map(Some)
}

/// The RAPL counters that can be read under `sysroot`, as `inventory` describes meters, and those
/// that cannot.
#[pyfunction]
#[pyo3(signature = (sysroot=PathBuf::from("/")), text_signature = "(sysroot='/')")]
pub(crate) fn rapl(py: Python<'_>, sysroot: PathBuf) -> Dict<'_> {
    let found = py.detach(|| {
        guarded(|| {
            let found = carbon_sensors::rapl::discover(&SysRoot::new(sysroot), &LinuxPerf);
            let meters: Vec<MeterInfo> = found.meters.iter().map(|m| m.info().clone()).collect();
            (meters, found.skipped)
        })
    })?;
    inventory_dict(py, &found.0, &found.1)
}

/// The meters of the machine under `sysroot` and the devices that are not used:
/// `{"meters": [{name, component, source, detail, basis}], "skipped": [{what, reason, fix}]}`.
#[pyfunction]
#[pyo3(signature = (sysroot=PathBuf::from("/")), text_signature = "(sysroot='/')")]
pub(crate) fn inventory(py: Python<'_>, sysroot: PathBuf) -> Dict<'_> {
    let (meters, skipped) = py.detach(|| {
        guarded(|| Hub::new(Machine::at(SysRoot::new(sysroot)), Sampling::Manual).inventory())
    })?;
    inventory_dict(py, &meters, &skipped)
}

fn inventory_dict<'py>(
    py: Python<'py>,
    meters: &[MeterInfo],
    skipped: &[carbon_sensors::Skipped],
) -> Dict<'py> {
    let meters = meters
        .iter()
        .map(|meter| {
            dict!(py, {
                "name": &meter.name, "component": component(&meter.covers),
                "source": meter.source.label(),
                "detail": &meter.detail,
            })
        })
        .collect::<PyResult<Vec<_>>>()?;
    let skipped = skipped
        .iter()
        .map(|device| {
            dict!(py, { "what": &device.what, "reason": &device.reason, "fix": &device.fix, })
        })
        .collect::<PyResult<Vec<_>>>()?;
    dict!(py, { "meters": meters, "skipped": skipped, })
}

fn component(covers: &Covers) -> Option<&'static str> {
    covers.component().map(carbon_model::Component::label)
}

/// Local time as records carry it, `YYYY-MM-DDTHH:MM:SS`, of seconds since the Unix epoch.
#[pyfunction]
pub(crate) fn local_timestamp(unix_s: f64) -> String {
    carbon_sensors::clock::local_timestamp(unix_s)
}
