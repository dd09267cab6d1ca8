"""Names and help texts of the metrics."""

from __future__ import annotations

from codecarbon.core._dataclass import dataclass

__all__ = ["MetricDocumentation"]


@dataclass
class MetricDocumentation:
    """A metric: its name, what it says, and its unit where the text does not say it."""

    name: str
    description: str
    unit: str | None = None


duration_doc = MetricDocumentation(
    "codecarbon_duration", "Seconds that the last interval lasted (s)"
)
emissions_doc = MetricDocumentation(
    "codecarbon_emissions", "CO2-equivalent emissions of the last interval (kg)"
)
emissions_rate_doc = MetricDocumentation(
    "codecarbon_emissions_rate", "Emissions per second of the last interval (kg/s)"
)
cpu_power_doc = MetricDocumentation("codecarbon_cpu_power", "Mean power of the processors (W)")
gpu_power_doc = MetricDocumentation("codecarbon_gpu_power", "Mean power of the GPUs (W)")
ram_power_doc = MetricDocumentation("codecarbon_ram_power", "Mean power of the memory (W)")
cpu_energy_doc = MetricDocumentation(
    "codecarbon_cpu_energy", "Energy of the processors in the last interval (kWh)"
)
gpu_energy_doc = MetricDocumentation(
    "codecarbon_gpu_energy", "Energy of the GPUs in the last interval (kWh)"
)
ram_energy_doc = MetricDocumentation(
    "codecarbon_ram_energy", "Energy of the memory in the last interval (kWh)"
)
energy_consumed_doc = MetricDocumentation(
    "codecarbon_energy_consumed", "Energy of all components in the last interval (kWh)"
)
energy_consumed_total_doc = MetricDocumentation(
    "codecarbon_energy_total", "Energy of all components since the run began (kWh)"
)
