"""The processor: its thermal design power, and whether its energy counters can be read."""

from __future__ import annotations

import os

from codecarbon.core._absent import refuse
from codecarbon.core.util import count_cpus, detect_cpu_model
from codecarbon.external import logger

__all__ = [
    "DEFAULT_POWER_PER_CORE",
    "TDP",
    "is_powergadget_available",
    "is_psutil_available",
    "is_rapl_available",
]

DEFAULT_POWER_PER_CORE = 4
"""Watts per logical CPU of a processor that is in no table."""


def is_rapl_available(rapl_dir: str | None = None) -> bool:
    """Whether the energy counter of a processor package can be read, by perf or by powercap.

    With ``rapl_dir`` only that powercap directory is looked at. A counter that exists and may not
    be read is reported with what to do about it.
    """
    if rapl_dir is not None:
        return _has_readable_package(rapl_dir)
    from codecarbon import _native

    found = _native.rapl()
    if any(meter["component"] == "CPU" for meter in found["meters"]):
        return True
    for device in found["skipped"]:
        if device["fix"]:
            logger.warning(
                f"Permission denied reading RAPL file {device['what']}: {device['reason']}. "
                f"{device['fix']}"
            )
    return False


def _has_readable_package(rapl_dir: str) -> bool:
    for zone, _, files in os.walk(rapl_dir):
        if "energy_uj" not in files or not _is_package(zone):
            continue
        path = os.path.join(zone, "energy_uj")
        try:
            with open(path, encoding="ascii") as file:
                int(file.read())
        except PermissionError:
            logger.warning(f"Permission denied reading RAPL file {path}; root may read it.")
        except (OSError, ValueError) as problem:
            logger.warning(f"RAPL file {path}: {problem}")
        else:
            return True
    return False


def _is_package(zone: str) -> bool:
    try:
        with open(os.path.join(zone, "name"), encoding="ascii") as file:
            return "package" in file.read()
    except OSError:
        return os.path.basename(zone).endswith(":0")


def is_psutil_available() -> bool:
    """Whether the load of the processors can be read; psutil itself is not used."""
    return os.access("/proc/stat", os.R_OK)


def is_powergadget_available() -> bool:
    """``False``: Intel ended Power Gadget in 2023, and this package does not run it."""
    return False


class TDP:
    """The thermal design power of this machine's processor.

    ``model`` is its brand string, "Unknown" when the system does not tell. ``tdp`` is in watts, for
    one package; 4 W per logical CPU for a model that is in no table, ``None`` without a model.
    """

    def __init__(self) -> None:
        self.model, self.tdp = self._main()

    def start(self) -> None:
        """Do nothing; there is nothing to start."""

    def _get_cpu_power_from_registry(self, cpu_model_raw: str) -> float | None:
        from codecarbon import _native

        found = _native.cpu_power(cpu_model_raw)
        return None if found is None else _whole(found["tdp_w"])

    def _main(self) -> tuple[str, float | None]:
        model = detect_cpu_model()
        if not model:
            return "Unknown", None
        power = self._get_cpu_power_from_registry(model)
        if power is None:
            threads = count_cpus()
            power = threads * DEFAULT_POWER_PER_CORE
            logger.warning(
                f"The power of {model!r} is not known; {DEFAULT_POWER_PER_CORE} W for each of its "
                f"{threads} threads are assumed, {power} W."
            )
        return model, power


def _whole(watts: float) -> float:
    return int(watts) if watts == int(watts) else watts


__getattr__ = refuse(
    __name__,
    {
        "IntelRAPL": "counters are read in native code; use EmissionsTracker, or "
        "codecarbon.external.hardware.CPU with mode 'intel_rapl'",
        "IntelPowerGadget": "Intel ended Power Gadget in 2023",
    },
)
