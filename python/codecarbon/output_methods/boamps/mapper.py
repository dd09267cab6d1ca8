"""A record as a BoAmps report, completed by what only the user knows."""

from __future__ import annotations

import warnings

from codecarbon.core.util import count_physical_cpus, detect_cpu_model
from codecarbon.output_methods.boamps.models import (
    BoAmpsEnvironment,
    BoAmpsHardware,
    BoAmpsHeader,
    BoAmpsInfrastructure,
    BoAmpsMeasure,
    BoAmpsReport,
    BoAmpsSoftware,
    BoAmpsSystem,
    BoAmpsTask,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from codecarbon.output_methods.boamps.models import _Part
    from codecarbon.output_methods.emissions_data import EmissionsData

    P = TypeVar("P", bound=_Part)

__all__ = ["BOAMPS_FORMAT_SPEC_URI", "BOAMPS_FORMAT_VERSION", "map_emissions_to_boamps"]

BOAMPS_FORMAT_VERSION = "0.1"
BOAMPS_FORMAT_SPEC_URI = "https://github.com/Boavizta/BoAmps/tree/main/model"


def map_emissions_to_boamps(
    emissions: EmissionsData,
    task: BoAmpsTask | None = None,
    header: BoAmpsHeader | None = None,
    quality: str | None = None,
    infra_overrides: Mapping[str, Any] | None = None,
    environment_overrides: Mapping[str, Any] | None = None,
) -> BoAmpsReport:
    """Make the report of a record.

    Fields of ``header`` and the overrides (by their names in either case) win over what the record
    says. Components of ``infra_overrides`` complete those of the same type, others are added. A
    report without ``task`` lacks what the format requires; a :class:`UserWarning` says so.
    """
    if task is None:
        warnings.warn(
            "a BoAmps report without a task (stage, family, algorithms, dataset) is incomplete and "
            "does not validate",
            UserWarning,
            stacklevel=2,
        )
    return BoAmpsReport(
        header=_over(_header(emissions), header),
        task=task,
        measures=[_measure(emissions)],
        system=BoAmpsSystem(os=emissions.os),
        software=BoAmpsSoftware(language="python", version=emissions.python_version),
        infrastructure=_infrastructure(emissions, infra_overrides),
        environment=_over(
            BoAmpsEnvironment(
                country=emissions.country_name,
                latitude=emissions.latitude,
                longitude=emissions.longitude,
            ),
            BoAmpsEnvironment.from_dict(dict(environment_overrides or {})),
        ),
        quality=quality,
    )


def _over(known: P, given: P | None) -> P:
    """``known`` with every field that ``given`` says."""
    for name in known.__match_args__ if given is not None else ():
        value = getattr(given, name)
        if value is not None:
            setattr(known, name, value)
    return known


def _header(emissions: EmissionsData) -> BoAmpsHeader:
    return BoAmpsHeader(
        format_version=BOAMPS_FORMAT_VERSION,
        format_version_specification_uri=BOAMPS_FORMAT_SPEC_URI,
        report_id=str(emissions.run_id),
        report_datetime=emissions.timestamp.replace("T", " "),
    )


def _measure(emissions: EmissionsData) -> BoAmpsMeasure:
    gpu = emissions.gpu_utilization_percent if emissions.gpu_count else 0
    return BoAmpsMeasure(
        measurement_method="codecarbon",
        version=emissions.codecarbon_version,
        average_utilization_cpu=_share(emissions.cpu_utilization_percent),
        average_utilization_gpu=_share(gpu),
        power_consumption=emissions.energy_consumed,
        measurement_duration=emissions.duration,
        measurement_date_time=emissions.timestamp.replace("T", " "),
    )


def _share(percent: float) -> float | None:
    return round(percent / 100, 4) if percent and percent > 0 else None


def _infrastructure(
    emissions: EmissionsData, overrides: Mapping[str, Any] | None
) -> BoAmpsInfrastructure:
    in_cloud = emissions.on_cloud == "Y" or bool(emissions.cloud_provider)
    given = BoAmpsInfrastructure.from_dict(dict(overrides or {}))
    given.components = _components(emissions, given.components or [])
    known = BoAmpsInfrastructure(
        infra_type="publicCloud" if in_cloud else "onPremise",
        cloud_provider=emissions.cloud_provider or None,
    )
    return _over(known, given)


def _components(emissions: EmissionsData, given: list[BoAmpsHardware]) -> list[BoAmpsHardware]:
    known = {
        "cpu": BoAmpsHardware(
            component_name=emissions.cpu_model,
            component_type="cpu",
            nb_component=_processors(emissions),
        )
    }
    if emissions.gpu_count:
        known["gpu"] = BoAmpsHardware(
            component_name=emissions.gpu_model,
            component_type="gpu",
            nb_component=int(emissions.gpu_count),
        )
    known["ram"] = BoAmpsHardware(
        component_type="ram", nb_component=1, memory_size=emissions.ram_total_size
    )
    # A second component of one type stands for itself.
    completed = [
        _over(known.pop(component.component_type), component)
        if component.component_type in known
        else component
        for component in given
    ]
    return completed + list(known.values())


def _processors(emissions: EmissionsData) -> int:
    """Packages of this machine; of a record from elsewhere, CodeCarbon's guess."""
    if emissions.cpu_model and emissions.cpu_model == detect_cpu_model():
        return count_physical_cpus()
    return max(1, int(emissions.cpu_count or 0) // 2)
