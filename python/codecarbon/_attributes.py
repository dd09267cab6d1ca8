"""Attributes of trackers that are made when they are asked for.

They are results, settings, and private names of CodeCarbon's trackers that programs are known to
read. As descriptors they cost nothing until then, while ``__getattr__`` would make every other
attribute slower. How they are made stands in :mod:`codecarbon._compatible`.
"""

from __future__ import annotations

from codecarbon._parameters import OFFLINE, TRACKER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon._tracker import BaseEmissionsTracker
    from codecarbon.output_methods.emissions_data import EmissionsData

_NAMES = (
    "force_carbon_intensity_g_co2e_kwh",
    "_conf",
    "_total_energy",
    "_total_cpu_energy",
    "_total_gpu_energy",
    "_total_ram_energy",
    "_total_water",
    "_total_emissions",
    "_cpu_power",
    "_gpu_power",
    "_ram_power",
    "_cpu_power_sum",
    "_gpu_power_sum",
    "_ram_power_sum",
    "_power_measurement_count",
    "_prepare_emissions_data",
    "_measure_power_and_energy",
    "_persist_data",
    "_scheduler",
    "_scheduler_monitor_power",
    "_hardware",
    *[f"_{parameter}" for parameter in (*TRACKER, *OFFLINE)],
)
_SET_BY_INIT = {"_output_handlers", "_metadata"}

_records: Any = None


def record_class() -> type[EmissionsData]:
    """The class of records, imported when it is first needed and kept at hand."""
    global _records
    if _records is None:
        from codecarbon.output_methods.emissions_data import EmissionsData

        _records = EmissionsData
    return _records


def add_to(cls: type[BaseEmissionsTracker]) -> None:
    """Give a class the attributes."""
    for name in _NAMES:
        if name not in _SET_BY_INIT:
            setattr(cls, name, _Made(name))


class _Made:
    """An attribute that :mod:`codecarbon._compatible` makes."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, tracker: BaseEmissionsTracker | None, owner: type) -> Any:
        if tracker is None:
            return self
        from codecarbon._compatible import attribute

        return attribute(tracker, self._name)


class FinalEmissionsData:
    """``tracker.final_emissions_data``, made when it is asked for and kept."""

    def __get__(self, tracker: BaseEmissionsTracker | None, owner: type) -> Any:
        if tracker is None:
            return self
        outcome = tracker._outcome
        if outcome is None:
            raise AttributeError("final_emissions_data is there after stop()")
        data = tracker.__dict__["final_emissions_data"] = record_class()(*outcome.values)
        return data
