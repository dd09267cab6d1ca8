"""The outputs and the records that they get, all by name. Each is loaded when it is asked for."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codecarbon.output_methods.base_output import BaseOutput, OutputMethod
    from codecarbon.output_methods.boamps import BoAmpsOutput
    from codecarbon.output_methods.emissions_data import EmissionsData, TaskEmissionsData
    from codecarbon.output_methods.file import FileOutput
    from codecarbon.output_methods.http import CodeCarbonAPIOutput, HTTPOutput
    from codecarbon.output_methods.logger import GoogleCloudLoggerOutput, LoggerOutput
    from codecarbon.output_methods.metrics.logfire import LogfireOutput
    from codecarbon.output_methods.metrics.otlp import OtlpOutput
    from codecarbon.output_methods.metrics.prometheus import PrometheusEndpoint, PrometheusOutput

__all__ = [
    "BaseOutput",
    "BoAmpsOutput",
    "CodeCarbonAPIOutput",
    "EmissionsData",
    "FileOutput",
    "GoogleCloudLoggerOutput",
    "HTTPOutput",
    "LogfireOutput",
    "LoggerOutput",
    "OtlpOutput",
    "OutputMethod",
    "PrometheusEndpoint",
    "PrometheusOutput",
    "TaskEmissionsData",
]

_HOMES = {
    "BaseOutput": "base_output",
    "BoAmpsOutput": "boamps.output",
    "CodeCarbonAPIOutput": "http",
    "EmissionsData": "emissions_data",
    "FileOutput": "file",
    "GoogleCloudLoggerOutput": "logger",
    "HTTPOutput": "http",
    "LogfireOutput": "metrics.logfire",
    "LoggerOutput": "logger",
    "OtlpOutput": "metrics.otlp",
    "OutputMethod": "base_output",
    "PrometheusEndpoint": "metrics.prometheus",
    "PrometheusOutput": "metrics.prometheus",
    "TaskEmissionsData": "emissions_data",
}


def __getattr__(name: str):
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = f"codecarbon.output_methods.{_HOMES[name]}"
    __import__(home)
    value = globals()[name] = getattr(sys.modules[home], name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
