"""Where a machine stands: country and region, or cloud and its region."""

from __future__ import annotations

import re

from codecarbon.core._dataclass import dataclass
from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["CloudMetadata", "GeoMetadata"]

_SECOND_SERVICE = "https://ipinfo.io/json"
_TIMEOUT_S = 0.5


@dataclass
class CloudMetadata:
    """A cloud ("aws", "azure", "gcp") and its region; both ``None`` on private infrastructure."""

    provider: str | None
    region: str | None

    @property
    def is_on_private_infra(self) -> bool:
        """Whether no cloud is known."""
        return self.provider is None and self.region is None

    @classmethod
    def from_utils(cls) -> CloudMetadata:
        """Ask the metadata services of the clouds; takes up to a second outside of them."""
        from codecarbon.core.cloud import get_env_cloud_details

        found = get_env_cloud_details()
        if found is None:
            return cls(provider=None, region=None)
        provider = found["provider"].lower()
        region = _region_in(provider, found["metadata"])
        if region is None:
            logger.warning(f"The metadata of {found['provider']} name no region.")
        return cls(provider=provider, region=region)


def _region_in(provider: str, metadata: dict[str, Any]) -> str | None:
    if provider == "aws":
        return metadata.get("region")
    if provider == "azure":
        return metadata.get("compute", {}).get("location")
    # A zone is ".../zones/europe-west10-b", its region what precedes the last letter.
    match = re.search(r"([a-z]+-[a-z]+\d+)(?:-[a-z])?$", metadata.get("zone", ""))
    return match.group(1) if match else None


class GeoMetadata:
    """A country and a part of it. Codes are upper case, the region is lower case."""

    def __init__(
        self,
        country_iso_code: str | None,
        country_name: str | None = None,
        region: str | None = None,
        latitude: float | None = None,
        longitude: float | None = None,
        country_2letter_iso_code: str | None = None,
    ) -> None:
        self.country_iso_code = country_iso_code.upper() if country_iso_code else None
        self.country_name = country_name
        self.region = region.lower() if region else None
        self.latitude = latitude
        self.longitude = longitude
        self.country_2letter_iso_code = (
            country_2letter_iso_code.upper() if country_2letter_iso_code else None
        )

    def __repr__(self) -> str:
        return (
            f"GeoMetadata(country_iso_code={self.country_iso_code}, "
            f"country_name={self.country_name}, region={self.region})"
        )

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if isinstance(other, GeoMetadata) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def from_geo_js(cls, url: str) -> GeoMetadata:
        """Ask a service where this internet address is, then a second one; half a second each.

        Without an answer the country of the time zone is taken, and said; without that nothing is
        known, and the world average applies.
        """
        for ask in (lambda: _geo_js(url), _ip_info):
            try:
                return ask()
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
                logger.warning(f"The location was not told by a service: {problem}")
        return _of_time_zone()


def _geo_js(url: str) -> GeoMetadata:
    from codecarbon.core._http import get_json

    told = get_json(url, _TIMEOUT_S)
    return GeoMetadata(
        country_iso_code=told["country_code3"],
        country_name=told["country"],
        region=told.get("region"),
        latitude=_number(told.get("latitude")),
        longitude=_number(told.get("longitude")),
        country_2letter_iso_code=told.get("country_code"),
    )


def _ip_info() -> GeoMetadata:
    from codecarbon._native import country
    from codecarbon.core._http import get_json

    told = get_json(_SECOND_SERVICE, _TIMEOUT_S)
    found = country(told["country"])
    if found is None:
        raise ValueError(f"{_SECOND_SERVICE} names the country {told['country']!r}")
    latitude, _, longitude = (told.get("loc") or "").partition(",")
    return GeoMetadata(
        country_iso_code=found["iso3"],
        country_name=found["name"],
        region=told.get("region"),
        latitude=_number(latitude),
        longitude=_number(longitude),
        country_2letter_iso_code=found["iso2"],
    )


def _number(text: Any) -> float | None:
    return None if text in (None, "", "nil") else float(text)


def _of_time_zone() -> GeoMetadata:
    from codecarbon._native import country_of_time_zone

    zone = _time_zone()
    found = country_of_time_zone(zone) if zone else None
    if found is None:
        logger.warning("The location is unknown; the world average of emissions applies.")
        return GeoMetadata(country_iso_code=None)
    logger.warning(f"The location is guessed from the time zone {zone}: {found['name']}.")
    return GeoMetadata(
        country_iso_code=found["iso3"],
        country_name=found["name"],
        country_2letter_iso_code=found["iso2"],
    )


def _time_zone() -> str | None:
    """The name of the local time zone, "Europe/Paris"."""
    import os

    named = os.environ.get("TZ", "").lstrip(":")
    if "/" in named and not named.startswith("/"):
        return named
    target = os.path.realpath(named or "/etc/localtime")
    _, found, name = target.partition("zoneinfo/")
    return name if found else None
