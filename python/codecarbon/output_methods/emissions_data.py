"""The records that outputs get: one of a run, one of a task.

Energies are kWh with PUE included; an unknown place is ``None``. The order of the fields is the
order of the CSV columns.
"""

from __future__ import annotations

from codecarbon.core._dataclass import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import OrderedDict
    from typing import Any

__all__ = ["EmissionsData", "TaskEmissionsData"]

_CUMULATIVE = (
    "duration",
    "emissions",
    "cpu_energy",
    "gpu_energy",
    "ram_energy",
    "energy_consumed",
    "water_consumed",
)


@dataclass
class EmissionsData:
    """One run, or one interval of it.

    Units: ``timestamp`` local time ``YYYY-MM-DDTHH:MM:SS`` · ``duration`` s · ``emissions`` kg CO2e
    · ``emissions_rate`` kg/s · ``*_power`` mean W · ``*_energy`` and ``energy_consumed`` kWh with
    PUE · ``water_consumed`` L · ``ram_total_size`` and ``ram_used_gb`` GiB · ``*_percent`` 0 to 100
    · ``on_cloud`` "Y" or "N" · ``wue`` L/kWh.
    """

    timestamp: str
    project_name: str
    run_id: str
    experiment_id: str
    duration: float
    emissions: float
    emissions_rate: float
    cpu_power: float
    gpu_power: float
    ram_power: float
    cpu_energy: float
    gpu_energy: float
    ram_energy: float
    energy_consumed: float
    water_consumed: float
    country_name: str
    country_iso_code: str
    region: str
    cloud_provider: str
    cloud_region: str
    os: str
    python_version: str
    codecarbon_version: str
    cpu_count: float
    cpu_model: str
    gpu_count: float
    gpu_model: str
    longitude: float
    latitude: float
    ram_total_size: float
    tracking_mode: str
    cpu_utilization_percent: float = 0.0
    gpu_utilization_percent: float = 0.0
    ram_utilization_percent: float = 0.0
    ram_used_gb: float = 0.0
    on_cloud: str = "N"
    pue: float = 1
    wue: float = 0

    @property
    def values(self) -> OrderedDict[str, Any]:
        """Field names and values in column order."""
        from collections import OrderedDict

        return OrderedDict((name, getattr(self, name)) for name in self.__match_args__)

    def compute_delta_emission(self, previous_emission: EmissionsData) -> None:
        """Make this record the difference to an earlier record of the same run.

        Duration, emissions, energies and water are subtracted and the rate is that of the
        difference (0 when no time passed); powers and utilisations stay as they are.
        """
        for name in _CUMULATIVE:
            setattr(self, name, getattr(self, name) - getattr(previous_emission, name))
        self.emissions_rate = self.emissions / self.duration if self.duration > 0 else 0

    def toJSON(self) -> str:
        """The record as JSON text, keys sorted, indented by four."""
        import json

        return json.dumps(self.values, sort_keys=True, indent=4)


@dataclass
class TaskEmissionsData:
    """One task: its name, and :class:`EmissionsData` without experiment, PUE and WUE."""

    task_name: str
    timestamp: str
    project_name: str
    run_id: str
    duration: float
    emissions: float
    emissions_rate: float
    cpu_power: float
    gpu_power: float
    ram_power: float
    cpu_energy: float
    gpu_energy: float
    ram_energy: float
    energy_consumed: float
    water_consumed: float
    country_name: str
    country_iso_code: str
    region: str
    cloud_provider: str
    cloud_region: str
    os: str
    python_version: str
    codecarbon_version: str
    cpu_count: float
    cpu_model: str
    gpu_count: float
    gpu_model: str
    longitude: float
    latitude: float
    ram_total_size: float
    tracking_mode: str
    cpu_utilization_percent: float = 0.0
    gpu_utilization_percent: float = 0.0
    ram_utilization_percent: float = 0.0
    ram_used_gb: float = 0.0
    on_cloud: str = "N"

    @property
    def values(self) -> OrderedDict[str, Any]:
        """Field names and values in column order."""
        from collections import OrderedDict

        return OrderedDict((name, getattr(self, name)) for name in self.__match_args__)
