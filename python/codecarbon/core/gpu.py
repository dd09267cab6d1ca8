"""Whether there are GPUs that can be measured, and which.

GPUs are measured in native code, which opens the vendors' libraries when they are there. Nothing
here starts ``nvidia-smi`` or ``rocm-smi``.
"""

from __future__ import annotations

import os

from codecarbon.core._absent import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon.core.units import Time

__all__ = ["AllGPUDevices", "is_gpu_details_available", "is_nvidia_system", "is_rocm_system"]


def is_nvidia_system() -> bool:
    """Whether the driver of NVIDIA is loaded."""
    return os.path.exists("/proc/driver/nvidia/version") or any(
        "nvidia" in meter["source"].lower() or "nvml" in meter["source"].lower()
        for meter in _meters()
    )


def is_rocm_system() -> bool:
    """Whether the compute driver of AMD is loaded."""
    return os.path.exists("/dev/kfd") or any(
        "amd" in meter["source"].lower() for meter in _meters()
    )


def is_gpu_details_available() -> bool:
    """Whether any GPU can be measured."""
    return bool(_meters())


def _meters() -> list[dict[str, Any]]:
    from codecarbon import _native

    return [meter for meter in _native.inventory()["meters"] if meter["component"] == "GPU"]


class AllGPUDevices:
    """The GPUs of this machine: ``device_count`` of them, and what each has used.

    For programs that read GPUs themselves; trackers do it without this.
    """

    def __init__(self) -> None:
        from codecarbon import _native

        self._gpus = _native.Gpus(os.environ)
        self.devices: list[dict[str, Any]] = self._gpus.devices()
        self._joules: dict[int, float] = {}
        self._seen: dict[int, tuple[float, float]] = {}
        self.start()

    @property
    def device_count(self) -> int:
        """How many."""
        return len(self.devices)

    def start(self) -> None:
        """Begin the interval that the next :meth:`get_delta` is about."""
        for index, joules, watts, _ in self._gpus.read():
            if joules is not None:
                self._joules[index] = joules
                self._power_w(index, joules, watts)

    def get_gpu_static_info(self) -> list[dict[str, Any]]:
        """``name``, ``uuid``, ``total_memory`` (bytes), ``power_limit`` (W), ``gpu_index``."""
        return [dict(device) for device in self.devices]

    def get_gpu_details(self) -> list[dict[str, Any]]:
        """The same, with ``total_energy_consumption`` (mJ since the driver was loaded),
        ``power_usage`` (W, for a GPU with an energy counter the mean since this object read it
        last) and ``gpu_utilization`` (percent); ``None`` for what is not told.
        """
        details = self.get_gpu_static_info()
        read = {index: values for index, *values in self._gpus.read()}
        for device in details:
            index = device["gpu_index"]
            joules, watts, percent = read.get(index, (None, None, None))
            device["total_energy_consumption"] = None if joules is None else round(joules * 1e3)
            device["power_usage"] = self._power_w(index, joules, watts)
            device["gpu_utilization"] = percent
        return details

    def _power_w(self, index: int, joules: float | None, watts: float | None) -> float | None:
        if joules is None:
            return watts
        from time import perf_counter

        now_s = perf_counter()
        then_s, before = self._seen.get(index, (now_s, joules))
        self._seen[index] = (now_s, joules)
        return max(joules - before, 0.0) / (now_s - then_s) if now_s > then_s else None

    def get_gpu_utilization_list(self) -> list[dict[str, Any]]:
        """``gpu_index`` and ``gpu_utilization`` (percent) of each."""
        return [
            {"gpu_index": index, "gpu_utilization": percent}
            for index, _, _, percent in self._gpus.read()
        ]

    def get_delta(self, last_duration: Time) -> list[dict[str, Any]]:
        """What each has used since the last call or :meth:`start`, which is ``last_duration`` ago.

        ``name``, ``uuid``, ``gpu_index``, ``delta_energy_consumption`` (:class:`Energy`) and
        ``power_usage`` (:class:`Power`, the mean). A GPU that tells its power only counts with that
        power over the whole interval; one that could not be read has used nothing.
        """
        from codecarbon.core.units import Energy, Power

        used_kwh = {}
        for index, joules, watts, _ in self._gpus.read():
            if joules is not None:
                self._power_w(index, joules, watts)
                used_kwh[index] = max(joules - self._joules.get(index, joules), 0.0) / 3.6e6
                self._joules[index] = joules
            elif watts is not None:
                used_kwh[index] = watts * last_duration.hours / 1e3
        deltas = []
        for device in self.devices:
            energy = Energy.from_energy(kWh=used_kwh.get(device["gpu_index"], 0.0))
            power = Power.from_energy_delta_and_delay(energy, last_duration)
            deltas.append(
                {
                    "name": device["name"],
                    "uuid": device["uuid"],
                    "gpu_index": device["gpu_index"],
                    "delta_energy_consumption": energy,
                    "power_usage": power,
                }
            )
        return deltas


__getattr__ = refuse(
    __name__,
    dict.fromkeys(
        ("pynvml", "amdsmi", "NvidiaGPUDevice", "AMDGPUDevice"),
        "the vendors' libraries are opened in native code",
    ),
    {"PYNVML_AVAILABLE": is_nvidia_system, "AMDSMI_AVAILABLE": is_rocm_system},
)
