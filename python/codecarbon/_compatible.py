"""Attributes of trackers that are not set but made: results, and private names of CodeCarbon.

Programs in the wild read ``tracker._total_energy.kWh``, call
``tracker._prepare_emissions_data()`` and the like. They get the figures of the run so far, or of
the one that ended.
"""

from __future__ import annotations

from codecarbon import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon._tracker import BaseEmissionsTracker
    from codecarbon.output_methods.emissions_data import EmissionsData


def attribute(tracker: BaseEmissionsTracker, name: str) -> Any:
    """The attribute ``name``: one of those below, or the setting of that name."""
    make = _MADE.get(name)
    return make(tracker) if make is not None else tracker._conf.get(name[1:])


def _conf(tracker: BaseEmissionsTracker) -> dict[str, Any]:
    conf = tracker._core.conf()
    conf["codecarbon_version"] = _native.__version__
    if tracker._metadata is not None:
        conf["metadata"] = tracker._metadata
    conf = _Conf(conf)
    conf.tracker = tracker
    tracker._conf = conf
    return conf


class _Conf(dict):
    """The resolved configuration, and facts on the machine that are looked up when asked for."""

    tracker: Any

    def __missing__(self, name: str) -> Any:
        if name in ("longitude", "latitude", "provider"):
            return None
        hardware = self.tracker._core.hardware()
        hardware.pop("methods")
        for key, value in hardware.items():
            self.setdefault(key, value)
        if name in self:
            return self[name]
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default


def _record(tracker: BaseEmissionsTracker) -> EmissionsData | None:
    from codecarbon.output_methods.emissions_data import EmissionsData

    outcome = tracker._latest()
    return None if outcome is None else EmissionsData(*outcome.values)


def _force_carbon_intensity(tracker: BaseEmissionsTracker) -> float | None:
    value = tracker._conf["force_carbon_intensity_g_co2e_kwh"]
    tracker.force_carbon_intensity_g_co2e_kwh = value
    return value


def _field(name: str, default: Any = 0.0) -> Any:
    def read(tracker: BaseEmissionsTracker) -> Any:
        record = _record(tracker)
        return default if record is None else getattr(record, name)

    return read


def _energy(name: str) -> Any:
    def read(tracker: BaseEmissionsTracker) -> Any:
        from codecarbon.core.units import Energy

        return Energy.from_energy(kWh=_field(name)(tracker))

    return read


def _power(name: str) -> Any:
    def read(tracker: BaseEmissionsTracker) -> Any:
        from codecarbon.core.units import Power

        return Power.from_watts(_field(name)(tracker))

    return read


def _water(tracker: BaseEmissionsTracker) -> Any:
    from codecarbon.core.units import Water

    return Water.from_litres(_field("water_consumed")(tracker))


def _samples(tracker: BaseEmissionsTracker) -> int:
    report = tracker.report
    return 0 if report is None else report["self_cost"]["samples"]


def _power_sum(name: str) -> Any:
    return lambda tracker: _field(name)(tracker) * _samples(tracker)


def _prepare_emissions_data(tracker: BaseEmissionsTracker) -> Any:
    def prepare(delta: bool = False) -> EmissionsData | None:
        outcome = tracker._latest()
        if outcome is None:
            return None
        if delta:
            return tracker._total_and_delta(outcome)[1]
        return _record(tracker)

    return prepare


def _measure_power_and_energy(tracker: BaseEmissionsTracker) -> Any:
    def measure() -> None:
        tracker._latest()

    return measure


def _persist_data(tracker: BaseEmissionsTracker) -> Any:
    def persist(
        total_emissions: EmissionsData, delta_emissions: EmissionsData, experiment_name: Any = None
    ) -> None:
        from codecarbon._outputs import give

        give(tracker, tracker._output_handlers, total_emissions, delta_emissions)

    return persist


class _Scheduler:
    """Stands for the schedulers that CodeCarbon's trackers have; sampling is native."""

    def __init__(self, tracker: BaseEmissionsTracker) -> None:
        self._tracker = tracker

    @property
    def _stopped(self) -> bool:
        return self._tracker._start_time is None

    def start(self) -> None:
        """Do nothing: a run samples from its start to its stop."""

    def stop(self) -> None:
        """Do nothing, likewise."""


def _hardware(tracker: BaseEmissionsTracker) -> list[str]:
    methods = tracker._core.hardware()["methods"]
    return [f"{part}: {', '.join(methods[part])}" for part in methods]


_MADE: dict[str, Any] = {
    "force_carbon_intensity_g_co2e_kwh": _force_carbon_intensity,
    "_conf": _conf,
    "_total_energy": _energy("energy_consumed"),
    "_total_cpu_energy": _energy("cpu_energy"),
    "_total_gpu_energy": _energy("gpu_energy"),
    "_total_ram_energy": _energy("ram_energy"),
    "_total_water": _water,
    "_total_emissions": _field("emissions"),
    "_cpu_power": _power("cpu_power"),
    "_gpu_power": _power("gpu_power"),
    "_ram_power": _power("ram_power"),
    "_cpu_power_sum": _power_sum("cpu_power"),
    "_gpu_power_sum": _power_sum("gpu_power"),
    "_ram_power_sum": _power_sum("ram_power"),
    "_power_measurement_count": _samples,
    "_prepare_emissions_data": _prepare_emissions_data,
    "_measure_power_and_energy": _measure_power_and_energy,
    "_persist_data": _persist_data,
    "_scheduler": _Scheduler,
    "_scheduler_monitor_power": _Scheduler,
    "_hardware": _hardware,
}
