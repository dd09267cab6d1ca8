"""CodeCarbon's reference tables, as dicts and data frames.

The tables are part of the native library. What a method returns is made when it is first asked for
and kept; a ``…_path`` is a file that is written then, in a temporary directory that goes with the
process. Data frames need pandas, which is not installed with this package.

Not here: electricity mixes in TWh (shares in percent are), and free-text notes of the originals.
"""

from __future__ import annotations

import os
import sys

from codecarbon import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    import pandas

__all__ = ["DataSource", "DataSourceException"]

_TABLE = "codecarbon"
_LBS_PER_MWH_IN_G_PER_KWH = 0.45359237
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
).split()
_PROVINCES = "AB BC MB NB NL NS NT NU ON PE QC SK YT".split()
_CHINESE_PROVINCES = (
    "BJ TJ HE SX NM LN JL HL SH JS ZJ AH FJ JX SD HA HB HN GD GX HI CQ SC GZ YN SN GS QH NX XJ"
).split()
_NORDIC_ZONES = {"SWE": "SE1 SE2 SE3 SE4", "NOR": "NO1 NO2 NO3 NO4 NO5", "FIN": "FI"}
_SOURCES = (
    "world_average coal petroleum natural_gas fossil geothermal hydroelectricity nuclear solar "
    "wind biomass biofuel waste"
).split()
_FILES = {
    "cloud_emissions": "data/cloud/impact.csv",
    "carbon_intensity_per_source": "data/private_infra/carbon_intensity_per_source.json",
    "country_emissions_usa": "data/private_infra/2016/usa_emissions.json",
    "country_energy_mix_can": "data/private_infra/2023/canada_energy_mix.json",
    "global_energy_mix": "data/private_infra/global_energy_mix.json",
    "cpu_power": "data/hardware/cpu_power.csv",
}

_CACHE: dict[str, Any] = {}
_directory: str | None = None


class DataSourceException(Exception):
    """There is no such table."""


class _Entry(dict):
    """A country's entry, which says why it has no amounts of electricity."""

    def __missing__(self, name: str) -> Any:
        if name.endswith("_TWh"):
            raise KeyError(
                f"{name}: amounts of electricity are not part of this package; "
                f"{name.removesuffix('_TWh')}_percent may be"
            )
        raise KeyError(name)


class DataSource:
    """The tables. Every instance gives the same objects; do not change them."""

    def __init__(self) -> None:
        self.config = {
            "geo_js_url": "https://get.geojs.io/v1/ip/geo.json",
            "cloud_emissions_path": _FILES["cloud_emissions"],
            "usa_emissions_data_path": _FILES["country_emissions_usa"],
            "can_energy_mix_data_path": _FILES["country_energy_mix_can"],
            "global_energy_mix_data_path": _FILES["global_energy_mix"],
            "carbon_intensity_per_source_path": _FILES["carbon_intensity_per_source"],
            "cpu_power_path": _FILES["cpu_power"],
        }

    @property
    def geo_js_url(self) -> str:
        """The service that is asked where an internet address is."""
        return self.config["geo_js_url"]

    @staticmethod
    def get_ressource_path(package: str, filepath: str) -> Path:
        """The path of a file of a package; tables of this one are written when asked for."""
        from pathlib import Path

        if package == "codecarbon":
            for table, path in _FILES.items():
                if path == Path(filepath).as_posix():
                    return _written(table)
        __import__(package)
        return Path(list(sys.modules[package].__path__)[0]) / filepath

    @property
    def cloud_emissions_path(self) -> Path:
        """Intensities that clouds publish, as CSV."""
        return _written("cloud_emissions")

    @property
    def carbon_intensity_per_source_path(self) -> Path:
        """Intensities of energy sources, as JSON."""
        return _written("carbon_intensity_per_source")

    def country_emissions_data_path(self, country: str) -> Path:
        """Intensities of the parts of a country ("usa"), as JSON."""
        return _written(_known(f"country_emissions_{country}"))

    def country_energy_mix_data_path(self, country: str) -> Path:
        """Electricity mixes of the parts of a country ("can"), as JSON."""
        return _written(_known(f"country_energy_mix_{country}"))

    @property
    def global_energy_mix_data_path(self) -> Path:
        """Intensities and mixes of countries, as JSON."""
        return _written("global_energy_mix")

    @property
    def cpu_power_path(self) -> Path:
        """Thermal design powers, as CSV."""
        return _written("cpu_power")

    def get_global_energy_mix_data(self) -> dict[str, dict[str, Any]]:
        """By three-letter code: name, year, ``carbon_intensity`` in g/kWh, shares in percent."""
        return _kept("global_energy_mix")

    def get_cloud_emissions_data(self) -> pandas.DataFrame:
        """Cloud regions with their place and ``impact``, the published intensity in g/kWh."""
        return _frame("cloud_emissions")

    def get_country_emissions_data(self, country_iso_code: str) -> dict[str, dict[str, Any]]:
        """States of "usa" by lower-case name, of 2016: ``emissions`` in lbs/MWh, ``regionCode``.

        :class:`DataSourceException` for another country.
        """
        return _kept(_known(f"country_emissions_{country_iso_code}"))

    def get_country_energy_mix_data(self, country_iso_code: str) -> dict[str, dict[str, float]]:
        """Provinces of "can" by lower-case name: shares of energy sources in percent.

        :class:`DataSourceException` for another country.
        """
        return _kept(_known(f"country_energy_mix_{country_iso_code}"))

    def get_carbon_intensity_per_source_data(self) -> dict[str, Any]:
        """Intensities of energy sources in g/kWh, each with ``<name>_source``."""
        return _kept("carbon_intensity_per_source")

    def get_cpu_power_data(self) -> pandas.DataFrame:
        """``Name`` and ``TDP`` (W) of processors."""
        return _frame("cpu_power")

    def get_nordic_country_energy_mix_data(self) -> dict[str, Any]:
        """``data``: bidding zones of Sweden and Norway, and Finland, with their factor in g/kWh."""
        return _kept("nordic_country_energy_mix")

    def get_china_provincial_emissions_data(self) -> dict[str, Any]:
        """``data``: Chinese provinces by ISO code, with their factor in g/kWh."""
        return _kept("china_provincial_emissions")


def _global_energy_mix() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {}
    for country in _native.countries():
        grid = _native.grid(country["iso3"], table=_TABLE)
        if grid is None or grid["resolution"] != "own":
            continue
        entry = _Entry(
            country_name=country["name"],
            iso_code=country["iso3"],
            year=grid["year"],
            carbon_intensity=grid["g_per_kwh"],
        )
        mix = _native.mix(country["iso3"]) or {}
        entry.update({f"{n}_percent": v for n, v in mix.items() if n not in ("year", "source")})
        table[country["iso3"]] = entry
    return table


def _cloud_emissions() -> list[dict[str, Any]]:
    rows = []
    for provider in ("aws", "azure", "gcp"):
        for region in _native.cloud_regions(provider):
            if region["g_per_kwh"] is None:
                continue
            country = _native.country(region["country_iso3"])
            rows.append(
                {
                    "provider": region["provider"],
                    "providerName": region["provider_name"],
                    "region": region["region"],
                    "country_name": country["name"] if country else None,
                    "countryIsoCode": region["country_iso3"],
                    "state": region["state"],
                    "city": region["city"],
                    "impact": region["g_per_kwh"],
                    "source": region["source"],
                }
            )
    return rows


def _cpu_power() -> list[dict[str, Any]]:
    return [{"Name": cpu["name"], "TDP": cpu["tdp_w"]} for cpu in _native.cpus()]


def _carbon_intensity_per_source() -> dict[str, Any]:
    table: dict[str, Any] = {"unit": "gCO2.eq/kWh"}
    for name in _SOURCES:
        factor = _native.fuel_factor(name)
        if factor is not None:
            table[name] = factor["g_per_kwh"]
            table[f"{name}_source"] = factor["source"]
    return table


def _usa() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = {"_unit": {"emissions": "lbs/MWh", "regionCode": "state"}}
    for code in _STATES:
        grid = _native.grid("USA", code, 2016, _TABLE)
        region = _native.region("USA", code)
        if grid is not None and region is not None:
            emissions = grid["g_per_kwh"] / _LBS_PER_MWH_IN_G_PER_KWH
            table[region["name"].lower()] = {"emissions": emissions, "regionCode": code}
    return table


def _canada() -> dict[str, dict[str, float]]:
    names = {"oil": "petroleum", "gas": "naturalGas", "bio": "biomass"}
    table = {}
    for code in _PROVINCES:
        mix, region = _native.mix("CAN", code), _native.region("CAN", code)
        if mix is not None and region is not None:
            shares = {names.get(n, n): v for n, v in mix.items() if n not in ("year", "source")}
            shares["total"] = sum(shares.values())
            table[region["name"].lower()] = shares
    return table


def _zones(country: str, zones: list[str]) -> dict[str, Any]:
    found = {zone: _native.grid(country, zone, None, _TABLE) for zone in zones}
    return {
        zone: {"emission_factor": grid["g_per_kwh"], "unit": "gCO2eq/kWh", "year": grid["year"]}
        for zone, grid in found.items()
        if grid is not None
    }


def _nordic() -> dict[str, Any]:
    data: dict[str, Any] = {}
    for country, zones in _NORDIC_ZONES.items():
        data |= _zones(country, zones.split())
    return {"data": data, "metadata": {"source": _source("SWE", "SE1")}}


def _china() -> dict[str, Any]:
    data = _zones("CHN", _CHINESE_PROVINCES)
    named = {}
    for code, factor in data.items():
        region = _native.region("CHN", code)
        name = region["name"] if region else code
        named[f"CN-{code}"] = {**factor, "description": name, "names": [name.lower()]}
    return {"data": named, "metadata": {"source": _source("CHN", "BJ")}}


def _source(country: str, zone: str) -> str:
    grid = _native.grid(country, zone, None, _TABLE)
    return grid["source"] if grid else ""


_MAKE: dict[str, Callable[[], Any]] = {
    "global_energy_mix": _global_energy_mix,
    "cloud_emissions": _cloud_emissions,
    "carbon_intensity_per_source": _carbon_intensity_per_source,
    "cpu_power": _cpu_power,
    "nordic_country_energy_mix": _nordic,
    "china_provincial_emissions": _china,
    "country_emissions_usa": _usa,
    "country_energy_mix_can": _canada,
}


def _known(table: str) -> str:
    if table not in _MAKE:
        kind, country = table.rsplit("_", 1)
        raise DataSourceException(f"there is no table {kind} for {country!r}")
    return table


def _kept(table: str) -> Any:
    if table not in _CACHE:
        _CACHE[table] = _MAKE[table]()
    return _CACHE[table]


def _frame(table: str) -> pandas.DataFrame:
    key = f"{table}_frame"
    if key not in _CACHE:
        try:
            import pandas
        except ImportError as problem:
            raise ImportError(
                "this table comes as a data frame, which needs pandas: pip install pandas"
            ) from problem
        _CACHE[key] = pandas.DataFrame(_kept(table))
    return _CACHE[key]


def _written(table: str) -> Path:
    """The file of a table, which is written when it is not there yet."""
    from pathlib import Path

    path = Path(_place()) / _FILES[table]
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        with open(partial, "w", encoding="utf-8", newline="") as file:
            if path.suffix == ".json":
                import json

                json.dump(_kept(table), file, indent=2)
            else:
                import csv

                rows = _kept(table)
                writer = csv.DictWriter(file, rows[0], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        os.replace(partial, path)
    return path


def _place() -> str:
    global _directory
    if _directory is None or not os.path.isdir(_directory):
        import atexit
        import shutil
        import tempfile

        directory, owner = tempfile.mkdtemp(prefix="codecarbon-tables-"), os.getpid()

        def remove() -> None:
            # A forked child ends before its parent, who still needs the files.
            if os.getpid() == owner:
                shutil.rmtree(directory, ignore_errors=True)

        atexit.register(remove)
        _directory = directory
    return _directory
