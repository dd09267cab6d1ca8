"""Where this machine is, asked of services when nobody said it; once in a process.

The cloud is asked first, if the machine's firmware says that it is one, then services that know
where an internet address is. Trackers ask in the background as they start and need the answer for
their first record; the energy of the waiting is not theirs. Coordinates are rounded to a tenth of a
degree, about 11 km. ``CODECARBON_OFFLINE=true`` keeps all trackers from asking.
"""

from __future__ import annotations

from _thread import allocate_lock

from codecarbon import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    Place = tuple[list[tuple[str, str]], tuple[float, float] | None]

_CLOUDS = ("Amazon EC2", "Google", "Microsoft Corporation")

_lock = allocate_lock()
_answer: Place | None = None
_is_asking = False


def known() -> Place:
    """Settings that name the place, and degrees east and north; waits for the services."""
    global _answer
    if _answer is None:
        with _lock:
            if _answer is None:
                _answer = _ask()
    return _answer


def ask_in_background() -> None:
    """Have the services asked by a thread of ours, once."""
    global _is_asking
    if _answer is None and not _is_asking:
        _is_asking = True
        _native.follow(_ask_once, 0.0, 1e9)


def start_clean() -> None:
    """In a forked child: the thread that asked is not here."""
    global _lock, _is_asking
    _lock = allocate_lock()
    _is_asking = False


def _ask_once() -> None:
    known()


def _ask() -> Place:
    from codecarbon.external import logger

    try:
        return _of_cloud() or _of_address()
    except Exception as error:
        logger.error("The place of this machine could not be asked for.", error)
        return [], None


def _of_cloud() -> Place | None:
    if not _is_in_a_cloud():
        return None
    from codecarbon.external.geography import CloudMetadata

    found = CloudMetadata.from_utils()
    if found.provider is None or found.region is None:
        return None
    return [("cloud_provider", found.provider), ("cloud_region", found.region)], None


def _is_in_a_cloud() -> bool:
    try:
        with open("/sys/class/dmi/id/sys_vendor") as file:
            return file.read().strip() in _CLOUDS
    except OSError:
        return False


def _of_address() -> Place:
    from codecarbon.external.geography import GeoMetadata
    from codecarbon.input import DataSource

    geo = GeoMetadata.from_geo_js(DataSource().geo_js_url)
    place = []
    if geo.country_iso_code:
        place.append(("country_iso_code", geo.country_iso_code))
        if geo.region:
            place.append(("region", geo.region))
    if geo.longitude is None or geo.latitude is None:
        return place, None
    return place, (round(geo.longitude, 1), round(geo.latitude, 1))
