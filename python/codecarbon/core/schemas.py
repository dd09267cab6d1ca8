"""What the HTTP API takes and gives, as records."""

from __future__ import annotations

from codecarbon.core._dataclass import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@dataclass
class EmissionBase:
    """One interval of a run: seconds, kg CO2e, kg/s, W, kWh, percent, L/kWh."""

    timestamp: str
    run_id: str
    duration: int
    emissions_sum: float
    emissions_rate: float
    cpu_power: float
    gpu_power: float
    ram_power: float
    cpu_energy: float
    gpu_energy: float
    ram_energy: float
    energy_consumed: float
    cpu_utilization_percent: float | None = None
    gpu_utilization_percent: float | None = None
    ram_utilization_percent: float | None = None
    wue: float | None = 0


@dataclass
class EmissionCreate(EmissionBase):
    """An interval to be added."""


@dataclass
class Emission(EmissionBase):
    """An interval of the server."""


@dataclass
class RunBase:
    """A run: where and on what it runs. ``region`` and ``provider`` are those of a cloud."""

    timestamp: str
    experiment_id: str
    os: str | None
    python_version: str | None
    codecarbon_version: str | None
    cpu_count: int | None
    cpu_model: str | None
    gpu_count: int | None
    gpu_model: str | None
    longitude: float | None
    latitude: float | None
    region: str | None
    provider: str | None
    ram_total_size: float | None
    tracking_mode: str | None


@dataclass
class RunCreate(RunBase):
    """A run to be registered."""


@dataclass
class Run(RunBase):
    """A run of the server."""


@dataclass
class ExperimentBase:
    """An experiment: runs of one kind in one place."""

    timestamp: datetime
    name: str
    description: str
    on_cloud: bool
    project_id: UUID
    country_name: str | None = None
    country_iso_code: str | None = None
    region: str | None = None
    cloud_provider: str | None = None
    cloud_region: str | None = None


@dataclass
class ExperimentCreate(ExperimentBase):
    """An experiment to be made."""


@dataclass
class Experiment(ExperimentBase):
    """An experiment of the server."""


@dataclass
class OrganizationBase:
    """An organisation."""

    name: str
    description: str


@dataclass
class OrganizationCreate(OrganizationBase):
    """An organisation to be made."""


@dataclass
class Organization(OrganizationBase):
    """An organisation of the server."""


@dataclass
class ProjectBase:
    """A project of an organisation."""

    name: str
    description: str
    organization_id: str


@dataclass
class ProjectCreate(ProjectBase):
    """A project to be made."""


@dataclass
class Project(ProjectBase):
    """A project of the server."""
