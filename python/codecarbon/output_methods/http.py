"""Records sent over HTTP: to an endpoint of the user's own, and to the CodeCarbon API."""

from __future__ import annotations

from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["CodeCarbonAPIOutput", "HTTPOutput"]

_TIMEOUT_S = 10.0
_SUMMED = (
    "emissions",
    "cpu_energy",
    "gpu_energy",
    "ram_energy",
    "energy_consumed",
    "water_consumed",
)
_AVERAGED = (
    "cpu_power",
    "gpu_power",
    "ram_power",
    "cpu_utilization_percent",
    "gpu_utilization_percent",
    "ram_utilization_percent",
    "ram_used_gb",
)


class HTTPOutput(BaseOutput):
    """Sends each final record as a JSON object by POST to ``endpoint_url``; 10 s at most.

    Coordinates are rounded to one decimal. ``user`` is sent as a field of that name when it is
    given; who runs the program is nobody's business otherwise. Any status of 2xx is success. Nothing
    is tried again: faults are logged, with the status and the start of the answer, never raised.
    """

    def __init__(self, endpoint_url: str, user: str | None = None) -> None:
        self.endpoint_url = endpoint_url
        self.user = user

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        """Send the record of the run."""
        from codecarbon.core._http import Server, json_bytes

        values = total.values
        for name in ("longitude", "latitude"):
            if isinstance(values[name], (int, float)):
                values[name] = round(values[name], 1)
        if self.user is not None:
            values["user"] = self.user
        try:
            server = Server(self.endpoint_url, _TIMEOUT_S)
            try:
                answer = server.request(
                    "POST", "", json_bytes(values), {"Content-Type": "application/json"}
                )
            finally:
                server.close()
        except (OSError, ValueError) as problem:
            logger.error(f"The record was not sent: {problem}")
            return
        if not 200 <= answer.status < 300:
            logger.warning(
                f"HTTP Output returned an unexpected status code: {answer.status} from "
                f"{_host(self.endpoint_url)}: {answer.text.strip()[:200]}"
            )


class CodeCarbonAPIOutput(BaseOutput):
    """Sends what came since the last call to a CodeCarbon server.

    The run is registered with the first record. What cannot be sent stays and goes with the next
    record, so that a fault of the network loses nothing as long as the process lives. The server
    counts whole seconds: fractions are carried over, and parts under a second wait for the next.
    """

    def __init__(
        self, endpoint_url: str, experiment_id: str, api_key: str, conf: Mapping[str, Any] | None
    ) -> None:
        from threading import Lock

        from codecarbon.core.api_client import ApiClient

        self._turn = Lock()
        self.endpoint_url = endpoint_url
        self.api = ApiClient(
            endpoint_url=endpoint_url,
            experiment_id=experiment_id,
            api_key=api_key,
            conf=conf,
            create_run_automatically=False,
        )
        self._unsent: EmissionsData | None = None
        self._fraction_s = 0.0

    @property
    def run_id(self) -> str | None:
        """The id that the server gave the run; ``None`` before the first record was sent."""
        return self.api.run_id

    def live_out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Send what came since the last call, unless it is less than a second."""
        with self._turn:
            self._emit(delta, last=False)

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Send what came since the last call."""
        with self._turn:
            self._emit(delta, last=True)

    def exit(self) -> None:
        """Close the connection."""
        self.api.close()

    def _emit(self, delta: EmissionsData, last: bool) -> None:
        unsent = self._unsent = _joined(self._unsent, delta)
        due_s = unsent.duration + self._fraction_s
        seconds = int(due_s)
        if seconds < 1:
            if not last or unsent.energy_consumed <= 0:
                return
            seconds = 1
        try:
            if self.api.run_id is None:
                self.api.describe_run(unsent)
                self.api._create_run(self.api.experiment_id)
            self.api.add_emission({**unsent.values, "duration": seconds})
        except Exception as problem:
            logger.error(f"Emissions were not sent and are kept for the next time: {problem}")
            return
        self._unsent = None
        self._fraction_s = due_s - seconds


def _host(url: str) -> str:
    """What a message may say of an address: its path, query and password can be secrets."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2] or url


def _joined(earlier: EmissionsData | None, later: EmissionsData) -> EmissionsData:
    """One record for two that follow each other; powers and utilisations by time."""
    from copy import copy

    joined = copy(later)
    if earlier is None:
        return joined
    joined.duration = earlier.duration + later.duration
    for name in _SUMMED:
        setattr(joined, name, getattr(earlier, name) + getattr(later, name))
    if joined.duration > 0:
        joined.emissions_rate = joined.emissions / joined.duration
        for name in _AVERAGED:
            weighted = getattr(earlier, name) * earlier.duration
            weighted += getattr(later, name) * later.duration
            setattr(joined, name, weighted / joined.duration)
    return joined
