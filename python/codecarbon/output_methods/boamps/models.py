"""The parts of a BoAmps report. Fields are in snake case here and in camel case in the file.

``None`` means "not said" and is left out of the file. What the fields mean and which values they
may have is defined by the BoAmps model of Boavizta.
"""

from __future__ import annotations

import re

from codecarbon.core._dataclass import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Self

__all__ = [
    "BoAmpsAlgorithm",
    "BoAmpsDataset",
    "BoAmpsEnvironment",
    "BoAmpsHardware",
    "BoAmpsHeader",
    "BoAmpsInfrastructure",
    "BoAmpsMeasure",
    "BoAmpsPublisher",
    "BoAmpsReport",
    "BoAmpsSoftware",
    "BoAmpsSystem",
    "BoAmpsTask",
    "camel_to_snake",
    "plain",
    "snake_to_camel",
]


def snake_to_camel(name: str) -> str:
    """``format_version`` as ``formatVersion``."""
    first, *others = name.split("_")
    return first + "".join([word[:1].upper() + word[1:] for word in others])


def camel_to_snake(name: str) -> str:
    """``formatVersion`` as ``format_version``; capitals in a row are one word."""
    parted = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", parted).lower()


class _Part:
    """A part of a report: to and from the dict that the file has."""

    __match_args__: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Camel-case dict without what is not said."""
        values = {name: getattr(self, name) for name in self.__match_args__}
        return {snake_to_camel(n): plain(v) for n, v in values.items() if v is not None}

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> Self:
        """From a dict with keys in camel or snake case; :class:`TypeError` for an unknown key."""
        fields = {camel_to_snake(name): value for name, value in d.items()}
        for name, kind in _NESTED.get(cls.__name__, {}).items():
            value = fields.get(name)
            if isinstance(value, dict):
                fields[name] = kind.from_dict(value)
            elif isinstance(value, list):
                fields[name] = [kind.from_dict(v) if isinstance(v, dict) else v for v in value]
        return cls(**fields)


def plain(value: Any) -> Any:
    """A value with its parts, wherever they stand in it, as dicts."""
    if isinstance(value, _Part):
        return value.to_dict()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


@dataclass
class BoAmpsPublisher(_Part):
    """Who publishes the report."""

    name: str | None = None
    division: str | None = None
    project_name: str | None = None
    confidentiality_level: str | None = None
    public_key: str | None = None


@dataclass
class BoAmpsHeader(_Part):
    """What identifies the report."""

    licensing: str | None = None
    format_version: str | None = None
    format_version_specification_uri: str | None = None
    report_id: str | None = None
    report_datetime: str | None = None
    report_status: str | None = None
    publisher: BoAmpsPublisher | None = None


@dataclass
class BoAmpsAlgorithm(_Part):
    """An algorithm of the task."""

    training_type: str | None = None
    algorithm_type: str | None = None
    algorithm_name: str | None = None
    algorithm_uri: str | None = None
    foundation_model_name: str | None = None
    foundation_model_uri: str | None = None
    parameters_number: float | None = None
    framework: str | None = None
    framework_version: str | None = None
    class_path: str | None = None
    layers_number: float | None = None
    epochs_number: float | None = None
    optimizer: str | None = None
    quantization: str | None = None


@dataclass
class BoAmpsDataset(_Part):
    """Data that the task reads or writes."""

    data_usage: str | None = None
    data_type: str | None = None
    data_format: str | None = None
    data_size: float | None = None
    data_quantity: float | None = None
    shape: str | None = None
    source: str | None = None
    source_uri: str | None = None
    owner: str | None = None


@dataclass
class BoAmpsTask(_Part):
    """What was computed."""

    task_stage: str | None = None
    task_family: str | None = None
    nb_request: float | None = None
    algorithms: list[BoAmpsAlgorithm] | None = None
    dataset: list[BoAmpsDataset] | None = None
    measured_accuracy: float | None = None
    estimated_accuracy: str | None = None
    task_description: str | None = None


@dataclass
class BoAmpsMeasure(_Part):
    """What was measured: ``power_consumption`` in kWh, ``measurement_duration`` in seconds,
    utilisations from 0 to 1."""

    measurement_method: str | None = None
    manufacturer: str | None = None
    version: str | None = None
    cpu_tracking_mode: str | None = None
    gpu_tracking_mode: str | None = None
    average_utilization_cpu: float | None = None
    average_utilization_gpu: float | None = None
    power_calibration_measurement: float | None = None
    duration_calibration_measurement: float | None = None
    power_consumption: float | None = None
    measurement_duration: float | None = None
    measurement_date_time: str | None = None


@dataclass
class BoAmpsSystem(_Part):
    """The operating system."""

    os: str | None = None
    distribution: str | None = None
    distribution_version: str | None = None


@dataclass
class BoAmpsSoftware(_Part):
    """The language."""

    language: str | None = None
    version: str | None = None


@dataclass
class BoAmpsHardware(_Part):
    """A component; ``memory_size`` in whole GiB, ``share`` from 0 to 1."""

    component_name: str | None = None
    component_type: str | None = None
    nb_component: int | None = None
    memory_size: float | None = None
    manufacturer: str | None = None
    family: str | None = None
    series: str | None = None
    share: float | None = None


@dataclass
class BoAmpsInfrastructure(_Part):
    """Whose machine it is, and its components."""

    infra_type: str | None = None
    cloud_provider: str | None = None
    cloud_instance: str | None = None
    cloud_service: str | None = None
    components: list[BoAmpsHardware] | None = None


@dataclass
class BoAmpsEnvironment(_Part):
    """Where it stands and what supplies it; the intensity in g CO2e per kWh."""

    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    location: str | None = None
    power_supplier_type: str | None = None
    power_source: str | None = None
    power_source_carbon_intensity: float | None = None


@dataclass
class BoAmpsReport(_Part):
    """A report."""

    header: BoAmpsHeader | None = None
    task: BoAmpsTask | None = None
    measures: list[BoAmpsMeasure] | None = None
    system: BoAmpsSystem | None = None
    software: BoAmpsSoftware | None = None
    infrastructure: BoAmpsInfrastructure | None = None
    environment: BoAmpsEnvironment | None = None
    quality: str | None = None


_NESTED: dict[str, dict[str, type[_Part]]] = {
    "BoAmpsHeader": {"publisher": BoAmpsPublisher},
    "BoAmpsTask": {"algorithms": BoAmpsAlgorithm, "dataset": BoAmpsDataset},
    "BoAmpsInfrastructure": {"components": BoAmpsHardware},
    "BoAmpsReport": {
        "header": BoAmpsHeader,
        "task": BoAmpsTask,
        "measures": BoAmpsMeasure,
        "system": BoAmpsSystem,
        "software": BoAmpsSoftware,
        "infrastructure": BoAmpsInfrastructure,
        "environment": BoAmpsEnvironment,
    },
}
