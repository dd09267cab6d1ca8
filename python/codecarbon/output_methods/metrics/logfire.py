"""Metrics to Pydantic Logfire, by its own library, which must be installed."""

from __future__ import annotations

from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput
from codecarbon.output_methods.metrics import metric_docs as docs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["LogfireOutput"]

_COUNTERS = (
    (docs.duration_doc, "duration", "s"),
    (docs.emissions_doc, "emissions", "kg"),
    (docs.energy_consumed_doc, "energy_consumed", "kWh"),
)
_GAUGES = (
    (docs.emissions_rate_doc, "emissions_rate", "kg/s"),
    (docs.cpu_power_doc, "cpu_power", "W"),
    (docs.gpu_power_doc, "gpu_power", "W"),
    (docs.ram_power_doc, "ram_power", "W"),
    (docs.cpu_energy_doc, "cpu_energy", "kWh"),
    (docs.gpu_energy_doc, "gpu_energy", "kWh"),
    (docs.ram_energy_doc, "ram_energy", "kWh"),
)


class LogfireOutput(BaseOutput):
    """Adds every interval to counters and gauges of Logfire.

    A program that has configured Logfire keeps its configuration; otherwise it is configured to
    send where a token is present, without asking. :class:`ImportError` when ``logfire`` is not
    installed.
    """

    def __init__(self) -> None:
        try:
            import logfire
        except ImportError:
            logger.error("The output 'logfire' needs the package logfire: pip install logfire")
            raise
        if not _is_configured(logfire):
            logfire.configure(send_to_logfire="if-token-present")
        self._counters = [
            (logfire.metric_counter(doc.name, unit=unit, description=doc.description), field)
            for doc, field, unit in _COUNTERS
        ]
        self._gauges = [
            (logfire.metric_gauge(doc.name, unit=unit, description=doc.description), field)
            for doc, field, unit in _GAUGES
        ]

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Add the last interval of the run."""
        self.add_emission(delta.values)

    def live_out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Add an interval."""
        self.add_emission(delta.values)

    def add_emission(self, carbon_emission: Mapping[str, Any]) -> None:
        """Add an interval given as a dict of the record's fields."""
        try:
            for counter, field in self._counters:
                counter.add(max(0.0, carbon_emission[field]))
            for gauge, field in self._gauges:
                gauge.set(carbon_emission[field])
        except Exception as problem:
            logger.error(f"Logfire did not take the metrics: {problem}", problem)


def _is_configured(logfire: Any) -> bool:
    instance = getattr(logfire, "DEFAULT_LOGFIRE_INSTANCE", None)
    return bool(getattr(getattr(instance, "config", None), "_initialized", False))
