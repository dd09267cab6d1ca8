"""Metrics for OpenTelemetry collectors, by OTLP over HTTP."""

from __future__ import annotations

import os

from codecarbon import _native
from codecarbon.output_methods.metrics._sending import SendingOutput

__all__ = ["OtlpOutput"]


class OtlpOutput(SendingOutput):
    """Exports the figures of a run to a collector of OpenTelemetry.

    What is not given is taken from the variables that OpenTelemetry defines,
    ``OTEL_EXPORTER_OTLP_ENDPOINT`` and its like. The extension has no gRPC: collectors take the
    same by HTTP, usually on port 4318, and the command ``codecarbon monitor`` speaks both.

    Args:
        endpoint: Address of the collector, with or without ``/v1/metrics``.
        protocol: "http".
        headers: Headers as ``name=value,name=value``.
        ca_bundle: PEM file with the certificate authorities to trust.
        stop_wait_s: Longest time that the end of the run waits for the last figures, in seconds; at
            most 2.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        protocol: str | None = None,
        headers: str | None = None,
        *,
        ca_bundle: str | os.PathLike[str] | None = None,
        stop_wait_s: float = 2.0,
    ) -> None:
        settings = {
            "otlp_endpoint": endpoint,
            "otlp_protocol": protocol,
            "otlp_headers": headers,
            "ca_bundle": None if ca_bundle is None else os.fspath(ca_bundle),
            "api_stop_wait_secs": str(stop_wait_s),
        }
        self._settings = [(key, value) for key, value in settings.items() if value is not None]

    def _make(self) -> _native.MetricsSink:
        return _native.MetricsSink.otlp(self._settings, os.environ)
