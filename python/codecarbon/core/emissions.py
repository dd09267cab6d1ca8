"""Emissions of an energy by place, with CodeCarbon's factors.

The factors are those that CodeCarbon 3.3.0 answers with, mixed scopes included, for programs that
call this class themselves. A tracker prices with one scope and newer values; see
``docs/reference-data.md``. The arithmetic is kWh x g/kWh / 1000.
"""

from __future__ import annotations

from codecarbon.core.units import EmissionsPerKWh
from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.core.units import Energy
    from codecarbon.external.geography import CloudMetadata, GeoMetadata
    from codecarbon.input import DataSource

__all__ = ["Emissions"]

_TABLE = "codecarbon"
_YEAR_OF_STATES = 2016
_NORDIC = {
    "SWE": ("SE1", "SE2", "SE3", "SE4"),
    "NOR": ("NO1", "NO2", "NO3", "NO4", "NO5"),
    "FIN": ("FI",),
}
_FUELS = {"coal": 0.995725971, "petroleum": 0.8166885263, "naturalGas": 0.7438415916}


class Emissions:
    """Emissions in kg CO2e of energies in a place.

    A forced intensity (g/kWh, at least 0) replaces every table; with a token, Electricity Maps is
    asked first for private infrastructure, and the tables answer when it does not.
    """

    def __init__(
        self,
        data_source: DataSource,
        electricitymaps_api_token: str | None = None,
        co2_signal_api_token: str | None = None,
        force_carbon_intensity_g_co2e_kwh: float | None = None,
    ) -> None:
        if co2_signal_api_token is not None:
            logger.warning(
                "co2_signal_api_token is deprecated; it is called electricitymaps_api_token now."
            )
        self._data_source = data_source
        self._electricitymaps_api_token = electricitymaps_api_token or co2_signal_api_token
        self._force_carbon_intensity_g_co2e_kwh = _intensity(force_carbon_intensity_g_co2e_kwh)

    def get_cloud_emissions(
        self, energy: Energy, cloud: CloudMetadata, geo: GeoMetadata | None = None
    ) -> float:
        """Emissions in a region of a cloud, by what its provider publishes.

        For a region without a published figure (all of AWS and Azure) the place answers when it is
        given, else the world average.
        """
        if self._force_carbon_intensity_g_co2e_kwh is not None:
            return _kilograms(energy, self._force_carbon_intensity_g_co2e_kwh)
        region = _cloud_region(cloud)
        if region is not None and region["g_per_kwh"] is not None:
            return _kilograms(energy, region["g_per_kwh"])
        logger.warning(
            f"No intensity is published for {cloud.region} of {cloud.provider}; "
            f"{'the world average' if geo is None else 'the place'} is taken instead."
        )
        if geo is not None:
            return self.get_private_infra_emissions(energy, geo)
        return _kilograms(energy, _world_average())

    def get_cloud_country_name(self, cloud: CloudMetadata) -> str:
        """The English name of the country that a cloud region is in; :class:`ValueError`."""
        from codecarbon._native import country

        found = country(self.get_cloud_country_iso_code(cloud, "country name"))
        if found is None:
            raise ValueError(_unable("country name", cloud))
        return found["name"]

    def get_cloud_country_iso_code(
        self, cloud: CloudMetadata, what: str = "country ISO Code"
    ) -> str:
        """The three-letter code of the country that a cloud region is in; :class:`ValueError`."""
        region = _cloud_region(cloud)
        if region is None:
            raise ValueError(_unable(what, cloud))
        return region["country_iso3"]

    def get_cloud_geo_region(self, cloud: CloudMetadata) -> str:
        """The state that a cloud region is in, else its city; :class:`ValueError`."""
        region = _cloud_region(cloud)
        if region is None or not (region["state"] or region["city"]):
            raise ValueError(_unable("State/City name", cloud))
        return region["state"] or region["city"]

    def get_private_infra_emissions(self, energy: Energy, geo: GeoMetadata) -> float:
        """Emissions in a place: of its region where that has a factor, else of its country."""
        if self._force_carbon_intensity_g_co2e_kwh is not None:
            return _kilograms(energy, self._force_carbon_intensity_g_co2e_kwh)
        if self._electricitymaps_api_token:
            from codecarbon.core import electricitymaps_api

            try:
                return electricitymaps_api.get_emissions(
                    energy, geo, self._electricitymaps_api_token
                )
            except electricitymaps_api.ElectricityMapsAPIError as problem:
                logger.error(f"Electricity Maps: {problem}. The tables are used instead.")
        if geo.region is not None and geo.country_iso_code in ("USA", "CAN", "CHN", *_NORDIC):
            try:
                return self.get_region_emissions(energy, geo)
            except ValueError as problem:
                logger.warning(f"{problem}; the country is taken instead.")
        return self.get_country_emissions(energy, geo)

    def get_region_emissions(self, energy: Energy, geo: GeoMetadata) -> float:
        """Emissions in a state of the USA, a province of Canada or China, or a Nordic zone.

        Raises :class:`ValueError` for a region without a factor.
        """
        from codecarbon._native import grid

        country, region = geo.country_iso_code, geo.region
        if country is None or region is None:
            raise ValueError(f"Region: {region} of {country} is no region")
        year = _YEAR_OF_STATES if country == "USA" else None
        if country not in _NORDIC or region.upper() in _NORDIC[country]:
            found = grid(country, region, year, _TABLE)
            if found is not None and found["resolution"] == "own":
                return _kilograms(energy, found["g_per_kwh"])
        raise ValueError(f"Region: {region} not found for Country with ISO CODE : {country}")

    def get_country_emissions(self, energy: Energy, geo: GeoMetadata) -> float:
        """Emissions in a country; the world average of 475 g/kWh where it has no factor."""
        from codecarbon._native import grid

        found = grid(geo.country_iso_code, table=_TABLE) if geo.country_iso_code else None
        if found is None or found["resolution"] == "world":
            logger.warning(f"We do not have data for {geo.country_iso_code}, using world average.")
            return _kilograms(energy, _world_average())
        return _kilograms(energy, found["g_per_kwh"])

    @staticmethod
    def _global_energy_mix_to_emissions_rate(energy_mix: Mapping[str, Any]) -> EmissionsPerKWh:
        """Intensity of a mix in TWh per source (``coal_TWh`` …), which add up to ``total_TWh``.

        A mix that does not add up (a group beside its members) has the world average.
        """
        from codecarbon._native import fuel_factor

        grams = counted = 0.0
        for name, amount in energy_mix.items():
            factor = fuel_factor(name.removesuffix("_TWh")) if name.endswith("_TWh") else None
            if factor is not None:
                grams += factor["g_per_kwh"] * amount
                counted += amount
        total = energy_mix["total_TWh"]
        if total <= 0 or abs(counted - total) > 1e-9 * total:
            logger.error(
                f"The sources add up to {counted} of {total} TWh; the world average applies."
            )
            return EmissionsPerKWh.from_g_per_kWh(_world_average())
        return EmissionsPerKWh.from_g_per_kWh(grams / total)

    @staticmethod
    def _region_energy_mix_to_emissions_rate(energy_mix: Mapping[str, Any]) -> EmissionsPerKWh:
        """Combustion intensity of a mix in shares (``coal``, ``petroleum``, ``naturalGas``)."""
        kilograms = sum(factor * energy_mix[fuel] for fuel, factor in _FUELS.items())
        return EmissionsPerKWh.from_kgs_per_kWh(kilograms / energy_mix["total"])


def _kilograms(energy: Energy, g_per_kwh: float) -> float:
    return energy.kWh * g_per_kwh / 1000


def _world_average() -> float:
    from codecarbon._native import world_grid

    return world_grid(_TABLE)["g_per_kwh"]


def _cloud_region(cloud: CloudMetadata) -> dict[str, Any] | None:
    from codecarbon._native import cloud_region

    if cloud.provider is None or cloud.region is None:
        return None
    return cloud_region(cloud.provider, cloud.region)


def _unable(what: str, cloud: CloudMetadata) -> str:
    provider, region = cloud.provider, cloud.region
    return f"Unable to find {what} for cloud_provider={provider}, cloud_region={region}"


def _intensity(value: Any) -> float | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < float("inf"):
        logger.warning(
            f"force_carbon_intensity_g_co2e_kwh = {value!r} is ignored: it is not a number of at "
            "least 0."
        )
        return None
    return number
