"""Trackers and decorators, under the names that CodeCarbon gives them.

Names that CodeCarbon's own module had by importing them (``EmissionsData``, ``BaseOutput``,
``Energy`` …) are looked up when they are used.
"""

from __future__ import annotations

from codecarbon._tracker import (
    BaseEmissionsTracker,
    EmissionsTracker,
    OfflineEmissionsTracker,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "BaseEmissionsTracker",
    "EmissionsTracker",
    "OfflineEmissionsTracker",
    "TaskEmissionsTracker",
    "track_emissions",
    "track_task_emissions",
]

for _class in (BaseEmissionsTracker, EmissionsTracker, OfflineEmissionsTracker):
    _class.__module__ = __name__

_HOMES = {
    "TaskEmissionsTracker": "codecarbon._decorators",
    "track_emissions": "codecarbon._decorators",
    "track_task_emissions": "codecarbon._decorators",
    "EmissionsData": "codecarbon.output_methods.emissions_data",
    "TaskEmissionsData": "codecarbon.output_methods.emissions_data",
    "BaseOutput": "codecarbon.output_methods.base_output",
    "OutputMethod": "codecarbon.output_methods.base_output",
    "Energy": "codecarbon.core.units",
    "Power": "codecarbon.core.units",
    "Time": "codecarbon.core.units",
    "Water": "codecarbon.core.units",
    "CPU": "codecarbon.external.hardware",
    "GPU": "codecarbon.external.hardware",
    "AppleSiliconChip": "codecarbon.external.hardware",
    "RAM": "codecarbon.external.ram",
    "DataSource": "codecarbon.input",
    "Lock": "codecarbon.lock",
    "PeriodicScheduler": "codecarbon.external.scheduler",
    "Task": "codecarbon.external.task",
    "logger": "codecarbon.external.logger",
    "set_logger_format": "codecarbon.external.logger",
    "set_logger_level": "codecarbon.external.logger",
    "get_hierarchical_config": "codecarbon.core.config",
    "normalize_gpu_ids": "codecarbon.core.config",
    "count_cpus": "codecarbon.core.util",
    "count_physical_cpus": "codecarbon.core.util",
    "suppress": "codecarbon.core.util",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import sys

    __import__(home)
    value = getattr(sys.modules[home], name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
