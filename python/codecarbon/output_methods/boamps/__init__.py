"""Reports in the BoAmps format for sharing what machine learning consumes."""

from __future__ import annotations

from codecarbon.output_methods.boamps.mapper import map_emissions_to_boamps
from codecarbon.output_methods.boamps.models import (
    BoAmpsAlgorithm,
    BoAmpsDataset,
    BoAmpsEnvironment,
    BoAmpsHardware,
    BoAmpsHeader,
    BoAmpsInfrastructure,
    BoAmpsMeasure,
    BoAmpsPublisher,
    BoAmpsReport,
    BoAmpsSoftware,
    BoAmpsSystem,
    BoAmpsTask,
)
from codecarbon.output_methods.boamps.output import BoAmpsOutput

__all__ = [
    "BoAmpsAlgorithm",
    "BoAmpsDataset",
    "BoAmpsEnvironment",
    "BoAmpsHardware",
    "BoAmpsHeader",
    "BoAmpsInfrastructure",
    "BoAmpsMeasure",
    "BoAmpsOutput",
    "BoAmpsPublisher",
    "BoAmpsReport",
    "BoAmpsSoftware",
    "BoAmpsSystem",
    "BoAmpsTask",
    "map_emissions_to_boamps",
]
