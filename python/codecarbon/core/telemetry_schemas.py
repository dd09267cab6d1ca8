"""What a telemetry message may hold. Nothing is sent unless a program does it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["MINIMAL_TELEMETRY_FIELDS", "TelemetryBase", "TelemetryCreate", "TelemetryLevel"]


class TelemetryLevel(str, Enum):
    """How much a message says: nothing, the environment, or everything."""

    disabled = "disabled"
    minimal = "minimal"
    extensive = "extensive"


def _text(least: int = 0, most: int | None = None) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if not isinstance(value, str) or len(value) < least or (most and len(value) > most):
            limit = f" of {least} to {most} characters" if most else ""
            raise ValueError(f"is not a text{limit}")
        return value

    return check


def _number(kind: type, low: float, high: float | None = None) -> Callable[[Any], float]:
    def check(value: Any) -> float:
        try:
            number = kind(value)
        except (TypeError, ValueError):
            number = None
        if number is None or not low <= number or (high is not None and number > high):
            limit = f"from {low} to {high}" if high is not None else f"of at least {low}"
            raise ValueError(f"is not a number {limit}")
        return number

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise ValueError("is not a list of texts")
    return list(value)


_ENVIRONMENT = {
    **dict.fromkeys(
        """os country_name region cloud_provider cloud_region cpu_model cpu_architecture gpu_model
        gpu_driver_version cuda_version cudnn_version python_version python_implementation
        python_env_type codecarbon_version codecarbon_install_method""".split(),
        _text(),
    ),
    **dict.fromkeys("cpu_count cpu_physical_count gpu_count".split(), _number(int, 0)),
    **dict.fromkeys("gpu_memory_total_gb ram_total_size_gb".split(), _number(float, 0)),
    "country_iso_code": _text(2, 3),
    "longitude": _number(float, -180, 180),
    "latitude": _number(float, -90, 90),
    "python_executable_hash": _text(64, 64),
}
_USE = {
    **dict.fromkeys(
        """total_emissions_kg emissions_rate_kg_per_sec energy_consumed_kwh cpu_energy_kwh
        gpu_energy_kwh ram_energy_kwh duration_seconds measure_power_interval_secs
        first_measurement_time_ms tracking_overhead_percent""".split(),
        _number(float, 0),
    ),
    **dict.fromkeys(
        "cpu_utilization_avg gpu_utilization_avg ram_utilization_avg".split(),
        _number(float, 0, 100),
    ),
    "warning_count": _number(int, 0),
    **dict.fromkeys(
        """task_tracking_used hardware_detection_success rapl_available has_torch has_transformers
        has_diffusers has_tensorflow has_keras has_pytorch_lightning has_fastai
        in_container""".split(),
        _flag,
    ),
    **dict.fromkeys("output_methods hardware_tracked errors_encountered".split(), _texts),
    **dict.fromkeys(
        """tracking_mode api_mode decorator_vs_context gpu_detection_method ide_used
        notebook_environment ci_environment python_package_manager framework_detected torch_version
        transformers_version diffusers_version tensorflow_version keras_version
        pytorch_lightning_version fastai_version ml_framework_primary container_runtime
        host_machine_hash""".split(),
        _text(),
    ),
}

MINIMAL_TELEMETRY_FIELDS = {"timestamp", "telemetry_level", *_ENVIRONMENT}


class TelemetryBase:
    """A message: ``timestamp``, ``telemetry_level`` and any of the known fields, by keyword.

    Raises :class:`ValueError` that names the field for one that is unknown, has a wrong value, or
    says more than the level allows.
    """

    timestamp: datetime
    telemetry_level: str

    def __init__(
        self, *, timestamp: datetime | str, telemetry_level: TelemetryLevel | str, **fields: Any
    ) -> None:
        if isinstance(timestamp, str):
            timestamp = datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
        if not isinstance(timestamp, datetime):
            raise ValueError(f"timestamp = {timestamp!r} is not a time")
        self.timestamp = timestamp
        self.telemetry_level = TelemetryLevel(telemetry_level).value
        if self.telemetry_level == "disabled":
            raise ValueError("Disabled telemetry must not be submitted")
        known = _ENVIRONMENT | _USE
        unknown = sorted(set(fields) - set(known))
        if unknown:
            raise ValueError(f"unknown fields: {', '.join(unknown)}")
        if self.telemetry_level == "minimal":
            more = sorted(name for name in fields if name in _USE and fields[name] is not None)
            if more:
                raise ValueError(
                    f"Minimal telemetry cannot include extensive fields: {', '.join(more)}"
                )
        for name, check in known.items():
            value = fields.get(name)
            try:
                setattr(self, name, None if value is None else check(value))
            except ValueError as problem:
                raise ValueError(f"{name} = {value!r} {problem}") from None

    def model_dump(self, *, exclude_none: bool = False, **ignored: Any) -> dict[str, Any]:
        """The fields as values that JSON knows."""
        values = {"timestamp": self.timestamp.isoformat()}
        values |= {name: value for name, value in vars(self).items() if name != "timestamp"}
        return {name: v for name, v in values.items() if v is not None or not exclude_none}


class TelemetryCreate(TelemetryBase):
    """A message to be sent."""
