"""Records sent over HTTP: to an endpoint of the user's own, and to the CodeCarbon API."""

from __future__ import annotations

import os

from codecarbon import _native
from codecarbon.core._http import json_bytes
from codecarbon.core.api_client import _RUN_FIELDS
from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.core.api_client import ApiClient
    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["CodeCarbonAPIOutput", "HTTPOutput"]

_TIMEOUT_S = 10.0
_SETTINGS = ("api_timeout_secs", "api_stop_wait_secs", "api_spool", "ca_bundle")


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
        from codecarbon.core._http import Server

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
    """Sends a run to a CodeCarbon server: the run with its first record, then each interval.

    Records are written to a spool in the user's state directory and sent from there in the
    background, so no moment of an output waits for a network, but for :meth:`exit`, which gives what
    is on its way a moment to arrive. What cannot be sent stays, and goes with the next run or by the
    command ``codecarbon sync``. The server counts whole seconds: fractions are carried over, and
    parts under a second wait for the next.

    Args:
        endpoint_url: Base address of the API.
        experiment_id: Experiment to which the run belongs.
        api_key: Token of the project.
        conf: The settings ``api_timeout_secs``, ``api_stop_wait_secs``, ``api_spool`` and
            ``ca_bundle`` by their keys; or fields of the run, by the API's names, that are known
            better than its records tell.
    """

    _run_id: str | None = None
    _sink: _native.ApiSink | None = None
    _is_broken = False

    def __init__(
        self,
        endpoint_url: str,
        experiment_id: str,
        api_key: str | None,
        conf: Mapping[str, Any] | None = None,
    ) -> None:
        self.endpoint_url = endpoint_url
        self.experiment_id = experiment_id
        self._api_key = api_key
        self._conf = dict(conf or {})

    @property
    def api(self) -> ApiClient:
        """A client of the same server, for calls of one's own."""
        from codecarbon.core.api_client import ApiClient

        return ApiClient(
            self.endpoint_url,
            self.experiment_id,
            self._api_key,
            conf=self._conf,
            create_run_automatically=False,
        )

    @property
    def run_id(self) -> str | None:
        """The id that the server gave the run; ``None`` before the first record has arrived."""
        if self._sink is not None and self._sink.is_ours:
            self._run_id = self._sink.run_id or self._run_id
        return self._run_id

    def begin(self, tracker: Any = None) -> None:
        """Wake the sender, so that the first record finds it ready."""
        self._made()

    def live_out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Hand over what came since the last call, unless it is less than a second."""
        self._take(total, delta, is_live=True)

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Hand over what came since the last call."""
        self._take(total, delta, is_live=False)

    def exit(self) -> None:
        """Give what is on its way a moment to arrive; log what did not."""
        sink, self._sink = self._sink, None
        if sink is not None and sink.is_ours:
            for notice in sink.end():
                logger.warning(notice)
            self._run_id = sink.run_id

    def _take(self, total: EmissionsData | None, delta: EmissionsData, is_live: bool) -> None:
        sink = self._made()
        if sink is None:
            return
        values = _values(delta)
        try:
            notices = sink.take(values if total is None else _values(total), values, is_live)
        except ValueError as problem:
            notices = [f"api: {problem}"]
        for notice in notices:
            logger.warning(notice)

    def _made(self) -> _native.ApiSink | None:
        """The sink: made anew for another run and in a forked child; not tried twice in vain."""
        if self._sink is None or not self._sink.is_ours:
            self._sink = None
            if self._is_broken:
                return None
            try:
                self._sink = self._make()
                self._run_id = None
            except ValueError as problem:
                self._is_broken = True
                logger.error(f"Nothing is sent to the API: {problem}")
        return self._sink

    def _make(self) -> _native.ApiSink:
        settings = {
            "api_endpoint": self.endpoint_url,
            "api_key": self._api_key,
            "experiment_id": self.experiment_id,
            **{key: self._conf.get(key) for key in _SETTINGS},
        }
        texts = [(key, _text(value)) for key, value in settings.items() if value is not None]
        # Settings of a tracker have names of their own, which are none of a run's fields.
        about = {} if "api_endpoint" in self._conf else self._conf
        about = {name: about[name] for name in _RUN_FIELDS if name in about}
        for name in ("longitude", "latitude"):
            if isinstance(about.get(name), (int, float)):
                about[name] = round(about[name], 1)
        return _native.ApiSink(texts, json_bytes(about).decode(), _state_directory())


def _host(url: str) -> str:
    """What a message may say of an address: its path, query and password can be secrets."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2] or url


def _values(record: EmissionsData) -> tuple[Any, ...]:
    return tuple([getattr(record, name) for name in _native.RECORD_FIELDS])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _state_directory() -> str | None:
    """Directory of what has to last beyond a run; ``None`` where the user has no home."""
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "codecarbon") if os.path.isabs(base) else None
