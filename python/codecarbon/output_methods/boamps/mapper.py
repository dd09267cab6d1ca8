"""A record as a BoAmps report, completed by what only the user knows.

The report is made natively, so that it is the same as that of the commands; here are the Python
values that go in and come out.
"""

from __future__ import annotations

import json
import warnings

from codecarbon import _native
from codecarbon.core.util import count_physical_cpus, detect_cpu_model
from codecarbon.output_methods.boamps.models import BoAmpsReport, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from codecarbon.output_methods.boamps.models import BoAmpsHeader, BoAmpsTask
    from codecarbon.output_methods.emissions_data import EmissionsData

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
        warn_of_missing_task(stacklevel=3)
    context = {
        "task": task,
        "header": header,
        "quality": quality,
        "infrastructure": infra_overrides,
        "environment": environment_overrides,
    }
    text, _ = report_text(emissions, context)
    return BoAmpsReport.from_dict(json.loads(text))


def warn_of_missing_task(stacklevel: int) -> None:
    """Say that the report of a run cannot be valid."""
    warnings.warn(
        "a BoAmps report without a task (stage, family, algorithms, dataset) is incomplete and "
        "does not validate",
        UserWarning,
        stacklevel=stacklevel,
    )


def report_text(emissions: EmissionsData, context: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The report as JSON text, and what keeps it from being valid.

    ``context`` has the parts of a report that the user gave, as dicts or as models. Raises
    :class:`TypeError` for a name that the format does not have.
    """
    given = json.dumps({name: plain(part) for name, part in context.items()}, default=str)
    values = tuple([getattr(emissions, name) for name in _native.RECORD_FIELDS])
    return _native.boamps_report(values, given, _processors(emissions))


def _processors(emissions: EmissionsData) -> int | None:
    """Sockets of this machine; nobody knows those of a record from elsewhere."""
    if emissions.cpu_model and emissions.cpu_model == detect_cpu_model():
        return count_physical_cpus()
    return None
