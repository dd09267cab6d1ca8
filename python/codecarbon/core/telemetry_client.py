"""A client for telemetry messages. Nothing in this package makes or uses one."""

from __future__ import annotations

from codecarbon.core._http import Server, json_bytes
from codecarbon.core.telemetry_schemas import TelemetryCreate
from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["TelemetryClient"]

_TIMEOUT_S = 2.0


class TelemetryClient:
    """Sends telemetry messages to a server, when it is told to."""

    def __init__(
        self,
        endpoint_url: str = "https://api.codecarbon.io",
        telemetry: TelemetryCreate | Mapping[str, Any] | None = None,
    ) -> None:
        self.endpoint_url = endpoint_url
        self.telemetry_url = f"{endpoint_url}/telemetry"
        self.headers = {"Content-Type": "application/json"}
        self.telemetry = None if telemetry is None else self._validate_telemetry(telemetry)

    def add_telemetry(self, telemetry: TelemetryCreate | Mapping[str, Any] | None = None) -> Any:
        """Send a message, or the one given at the beginning.

        Returns what the server answers, ``None`` when that fails, which is logged. Raises
        :class:`ValueError` for a message that must not be sent.
        """
        message = self.telemetry if telemetry is None else self._validate_telemetry(telemetry)
        if message is None:
            logger.error("There is no telemetry message to send.")
            return None
        body = json_bytes(message.model_dump(exclude_none=True))
        try:
            server = Server(self.endpoint_url, _TIMEOUT_S)
            try:
                answer = server.request("POST", "/telemetry", body, self.headers)
            finally:
                server.close()
            if answer.status == 201:
                return answer.json()
            problem = f"status {answer.status}: {answer.text[:500]}"
        except (OSError, ValueError) as fault:
            problem = str(fault)
        logger.error(f"Telemetry was not taken by {self.telemetry_url}: {problem}")
        return None

    @staticmethod
    def _validate_telemetry(telemetry: TelemetryCreate | Mapping[str, Any]) -> TelemetryCreate:
        if isinstance(telemetry, TelemetryCreate):
            return telemetry
        return TelemetryCreate(**telemetry)
