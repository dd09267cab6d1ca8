"""Metrics for Prometheus: pushed to a gateway, or offered to servers that come for them.

Each run has figures of its own, in the units of CodeCarbon and in base units; nothing is shared
between outputs. No client library is needed.
"""

from __future__ import annotations

import os

from codecarbon import _native
from codecarbon.output_methods.metrics._sending import SendingOutput

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["PrometheusEndpoint", "PrometheusOutput", "labelnames"]

labelnames = [
    "project_name",
    "country_name",
    "country_iso_code",
    "region",
    "cloud_provider",
    "cloud_region",
    "os",
    "codecarbon_version",
    "cpu_model",
    "cpu_count",
    "gpu_model",
    "gpu_count",
    "tracking_mode",
    "ram_total_size",
]

_SUMS = (
    "duration",
    "emissions",
    "cpu_energy",
    "gpu_energy",
    "ram_energy",
    "energy_consumed",
    "water_consumed",
)


class PrometheusOutput(SendingOutput):
    """Pushes the figures of a run to a push gateway, each run a group of its own.

    Args:
        prometheus_url: Address of the gateway, ``http`` unless it says otherwise.
        job_name: Value of the label ``job``.
        delete_at_exit: Whether the figures are deleted at the end of the run, even if no server has
            seen them; they stay unless this is set.
        ca_bundle: PEM file with the certificate authorities to trust.
        stop_wait_s: Longest time that the end of the run waits for the last figures, in seconds.

    Basic authentication is used when ``PROMETHEUS_USERNAME`` and ``PROMETHEUS_PASSWORD`` are both
    set. Faults are logged, never raised.
    """

    def __init__(
        self,
        prometheus_url: str,
        job_name: str = "codecarbon",
        *,
        delete_at_exit: bool = False,
        ca_bundle: str | os.PathLike[str] | None = None,
        stop_wait_s: float = 2.0,
    ) -> None:
        self.prometheus_url = prometheus_url
        self.job_name = job_name
        self._delete_at_exit = delete_at_exit
        self._ca_bundle = ca_bundle
        self._stop_wait_s = stop_wait_s
        self._sum: EmissionsData | None = None

    def add_emission(self, carbon_emission: Mapping[str, Any]) -> None:
        """Push an interval given as a dict of the record's fields; intervals are added up."""
        from codecarbon.output_methods.emissions_data import EmissionsData

        self._take(None, EmissionsData(**carbon_emission))

    def _take(self, total: Any, delta: Any) -> None:
        super()._take(self._added(delta) if total is None else total, delta)

    def _added(self, delta: EmissionsData) -> EmissionsData:
        """The sum of the intervals, for programs that have no total."""
        from codecarbon.output_methods.emissions_data import EmissionsData

        added = EmissionsData(**delta.values)
        for name in _SUMS:
            before = 0.0 if self._sum is None else getattr(self._sum, name)
            setattr(added, name, before + max(0.0, getattr(delta, name)))
        self._sum = added
        return added

    def _make(self) -> _native.MetricsSink:
        user = os.environ.get("PROMETHEUS_USERNAME")
        password = os.environ.get("PROMETHEUS_PASSWORD")
        return _native.MetricsSink.push(
            self.prometheus_url,
            self.job_name,
            (user, password) if user and password else None,
            self._ca_bundle,
            self._stop_wait_s,
            self._delete_at_exit,
        )


class PrometheusEndpoint(SendingOutput):
    """Offers the figures of a run at an address, such as ``127.0.0.1:9464``, under ``/metrics``.

    Whoever comes by gets the figures of that moment. Trackers of a process that name one address
    share it. An address that is taken is logged once; the run goes on.
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def begin(self, tracker: _native.Tracker) -> None:
        """Offer the run that a tracker has begun."""
        sink = self._made()
        if sink is not None:
            sink.begin(tracker)

    def _make(self) -> _native.MetricsSink:
        return _native.MetricsSink.listen(self.address)
