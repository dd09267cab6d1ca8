"""Carbon intensity of the moment, from Electricity Maps.

Answers are kept for five minutes, and after a failure the service is left alone for a while, longer
each time.
"""

from __future__ import annotations

import threading
import time

from codecarbon.core._http import get_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codecarbon.core.units import Energy
    from codecarbon.external.geography import GeoMetadata

__all__ = [
    "ELECTRICITYMAPS_API_TIMEOUT",
    "URL",
    "ElectricityMapsAPICooldownError",
    "ElectricityMapsAPIError",
    "get_carbon_intensity",
    "get_emissions",
    "reset_cache",
]

URL = "https://api.electricitymaps.com/v3/carbon-intensity/latest"
ELECTRICITYMAPS_API_TIMEOUT = 10
ELECTRICITYMAPS_CACHE_TTL = 300
ELECTRICITYMAPS_COOLDOWN = 30
ELECTRICITYMAPS_MAX_COOLDOWN = 3600

_lock = threading.Lock()
_answers: dict[tuple[str, str], tuple[float, float]] = {}
_failures: dict[tuple[str, str], tuple[float, float]] = {}


class ElectricityMapsAPIError(Exception):
    """The service gave no intensity."""


class ElectricityMapsAPICooldownError(ElectricityMapsAPIError):
    """The service failed a short while ago and was not asked again."""


def get_emissions(energy: Energy, geo: GeoMetadata, electricitymaps_api_token: str = "") -> float:
    """Emissions of an energy in kg CO2e at the present intensity of a place.

    Raises :class:`ElectricityMapsAPIError`.
    """
    return energy.kWh * get_carbon_intensity(geo, electricitymaps_api_token) / 1000


def get_carbon_intensity(geo: GeoMetadata, electricitymaps_api_token: str = "") -> float:
    """Present intensity of a place in g CO2e per kWh, by its coordinates or its country.

    Raises :class:`ElectricityMapsAPIError`.
    """
    key = (_query(geo), electricitymaps_api_token)
    with _lock:
        now = time.monotonic()
        value, until = _answers.get(key, (0.0, now))
        if now < until:
            return value
        pause, until = _failures.get(key, (0.0, now))
        if now < until:
            raise ElectricityMapsAPICooldownError(
                f"Electricity Maps failed and is asked again in {until - now:.0f} s"
            )
        try:
            value = _ask(*key)
        except ElectricityMapsAPIError:
            pause = min(max(2 * pause, ELECTRICITYMAPS_COOLDOWN), ELECTRICITYMAPS_MAX_COOLDOWN)
            _failures[key] = (pause, time.monotonic() + pause)
            raise
        _failures.pop(key, None)
        _answers[key] = (value, time.monotonic() + ELECTRICITYMAPS_CACHE_TTL)
        return value


def reset_cache() -> None:
    """Forget answers and failures."""
    with _lock:
        _answers.clear()
        _failures.clear()


def _query(geo: GeoMetadata) -> str:
    if geo.latitude is not None and geo.longitude is not None:
        return f"lat={geo.latitude}&lon={geo.longitude}"
    zone = geo.country_2letter_iso_code
    if zone is None and geo.country_iso_code is not None:
        from codecarbon._native import country

        found = country(geo.country_iso_code)
        zone = found["iso2"] if found is not None else None
    if zone is None:
        raise ElectricityMapsAPIError("Electricity Maps needs coordinates or a country")
    return f"zone={zone}"


def _ask(query: str, token: str) -> float:
    url = f"{URL}?{query}"
    try:
        answer = get_json(url, ELECTRICITYMAPS_API_TIMEOUT, {"auth-token": token})
        value = answer["carbonIntensity"]
    except (OSError, ValueError) as problem:
        raise ElectricityMapsAPIError(str(problem)) from problem
    except (KeyError, TypeError):
        raise ElectricityMapsAPIError(f"No carbonIntensity in the answer of {url}") from None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ElectricityMapsAPIError(f"carbonIntensity of {url} is {value!r}")
    return float(value)
