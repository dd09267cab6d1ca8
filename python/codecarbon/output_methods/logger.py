"""Records as structured log entries."""

from __future__ import annotations

from codecarbon.external import logger as own
from codecarbon.output_methods.base_output import BaseOutput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["GoogleCloudLoggerOutput", "LoggerOutput"]

_INFO = 20


class LoggerOutput(BaseOutput):
    """Logs each record, live ones included, as one line of JSON: ``logger.log(severity, msg=…)``.

    A number that JSON does not know (NaN) is written as null. Faults are logged, never raised.
    """

    def __init__(self, logger: Any, severity: int = _INFO) -> None:
        self.logger = logger
        self.logging_severity = severity

    def out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        """Log the record of the run."""
        try:
            self._write(total)
        except Exception as problem:
            own.error(f"The record was not logged: {problem}", problem)

    def live_out(self, total: EmissionsData, delta: EmissionsData | None = None) -> None:
        """Log the run so far."""
        self.out(total, delta)

    def _write(self, total: EmissionsData) -> None:
        from codecarbon.core._http import json_text

        # Without arguments a logger takes a "%" of the text for what it is.
        self.logger.log(self.logging_severity, msg=json_text(total.values))


class GoogleCloudLoggerOutput(LoggerOutput):
    """Logs each record by ``log_struct`` of a logger of ``google-cloud-logging``.

    The structure goes out as JSON, so NaN is null here too.
    """

    def _write(self, total: EmissionsData) -> None:
        from codecarbon.core._http import json_values

        self.logger.log_struct(json_values(total.values), severity=self.logging_severity)
