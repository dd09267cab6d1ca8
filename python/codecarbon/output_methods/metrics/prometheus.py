"""Metrics pushed to a Prometheus push gateway, in the text format 0.0.4.

Gauges hold the last interval, the counter what has accumulated since this output was made; nothing
is shared between outputs. No client library is needed.
"""

from __future__ import annotations

import os
import time

from codecarbon.external import logger
from codecarbon.output_methods.base_output import BaseOutput
from codecarbon.output_methods.metrics import metric_docs as docs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.core._http import Server
    from codecarbon.output_methods.emissions_data import EmissionsData

__all__ = ["PrometheusOutput", "labelnames"]

_TIMEOUT_S = 30.0
_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

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

_GAUGES = (
    (docs.duration_doc, "duration"),
    (docs.emissions_doc, "emissions"),
    (docs.emissions_rate_doc, "emissions_rate"),
    (docs.cpu_power_doc, "cpu_power"),
    (docs.gpu_power_doc, "gpu_power"),
    (docs.ram_power_doc, "ram_power"),
    (docs.cpu_energy_doc, "cpu_energy"),
    (docs.gpu_energy_doc, "gpu_energy"),
    (docs.ram_energy_doc, "ram_energy"),
    (docs.energy_consumed_doc, "energy_consumed"),
)


class PrometheusOutput(BaseOutput):
    """Pushes after every interval, and deletes the metrics of the job at the end of the run.

    ``prometheus_url`` is the gateway's address, ``http`` unless it says otherwise. Basic
    authentication is used when ``PROMETHEUS_USERNAME`` and ``PROMETHEUS_PASSWORD`` are both set.
    Faults are logged, never raised.
    """

    def __init__(self, prometheus_url: str, job_name: str = "codecarbon") -> None:
        self.prometheus_url = prometheus_url
        self.job_name = job_name
        self._total_kwh = 0.0
        self._created_s = time.time()
        self._server: Server | None = None

    def out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Push the last interval of the run."""
        self.add_emission(delta.values)

    def live_out(self, total: EmissionsData, delta: EmissionsData) -> None:
        """Push an interval."""
        self.add_emission(delta.values)

    def exit(self) -> None:
        """Delete the metrics of the job from the gateway."""
        logger.info("Deleting metrics from Prometheus Pushgateway")
        self._send("DELETE")
        if self._server is not None:
            self._server.close()

    def add_emission(self, carbon_emission: Mapping[str, Any]) -> None:
        """Push an interval given as a dict of the record's fields."""
        # A counter never goes down, whatever is handed in.
        self._total_kwh += max(0.0, carbon_emission["energy_consumed"])
        self._send("PUT", self._text(carbon_emission).encode())

    def _text(self, values: Mapping[str, Any]) -> str:
        pairs = [f'{name}="{_escaped(values.get(name))}"' for name in sorted(labelnames)]
        labels = "{" + ",".join(pairs) + "}"
        lines: list[str] = []
        for doc, field in _GAUGES:
            lines += _metric(doc.name, doc.description, "gauge", labels, values[field])
        doc = docs.energy_consumed_total_doc
        lines += _metric(doc.name, doc.description, "counter", labels, self._total_kwh)
        created = "codecarbon_energy_created"
        lines += _metric(created, "When the counter began (s)", "gauge", labels, self._created_s)
        return "\n".join(lines) + "\n"

    def _send(self, method: str, body: bytes = b"") -> None:
        from codecarbon.core._http import Server

        try:
            if self._server is None:
                self._server = Server(self.prometheus_url, _TIMEOUT_S)
            answer = self._server.request(method, self._path(), body, _headers())
        except (OSError, ValueError) as problem:
            logger.error(f"Prometheus push gateway: {problem}")
            return
        if not 200 <= answer.status < 300:
            logger.error(
                f"Prometheus push gateway {self.prometheus_url} answers {answer.status}: "
                f"{answer.text[:500]}"
            )

    def _path(self) -> str:
        if "/" in self.job_name or not self.job_name:
            from base64 import urlsafe_b64encode

            encoded = urlsafe_b64encode(self.job_name.encode()).decode() or "="
            return f"/metrics/job@base64/{encoded}"
        from urllib.parse import quote

        return f"/metrics/job/{quote(self.job_name, safe='')}"


def _metric(name: str, text: str, kind: str, labels: str, value: Any) -> tuple[str, str, str]:
    return f"# HELP {name} {text}", f"# TYPE {name} {kind}", f"{name}{labels} {float(value)!r}"


def _escaped(value: Any) -> str:
    text = "" if value is None else str(value)
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _headers() -> dict[str, str]:
    headers = {"Content-Type": _CONTENT_TYPE}
    name = os.environ.get("PROMETHEUS_USERNAME")
    password = os.environ.get("PROMETHEUS_PASSWORD")
    if name and password:
        from base64 import b64encode

        headers["Authorization"] = f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"
    return headers
