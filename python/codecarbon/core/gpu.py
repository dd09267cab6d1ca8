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
    """The GPUs that can be measured: ``device_count`` of them, one dict each in ``devices``."""

    def __init__(self) -> None:
        self.devices = _meters()

    @property
    def device_count(self) -> int:
        """How many."""
        return len(self.devices)

    def start(self) -> None:
        """Do nothing: energy is counted by trackers."""

    def get_gpu_static_info(self) -> list[dict[str, Any]]:
        """``name`` and ``gpu_index`` of each."""
        # A meter is called "GPU 0", and its detail begins with the product's name.
        return [
            {"name": device["detail"].partition(":")[0], "gpu_index": index}
            for index, device in enumerate(self.devices)
        ]

    def __getattr__(self, name: str) -> Any:
        if name in ("get_gpu_details", "get_gpu_utilization_list", "get_delta", "sample_power"):
            raise AttributeError(
                f"AllGPUDevices.{name} is not part of codecarbon-rs: GPUs are read in native code; "
                "tracker.report has the energy of each (docs/python-compatibility.md)"
            )
        raise AttributeError(f"'AllGPUDevices' object has no attribute {name!r}")


__getattr__ = refuse(
    __name__,
    dict.fromkeys(
        ("pynvml", "amdsmi", "NvidiaGPUDevice", "AMDGPUDevice"),
        "the vendors' libraries are opened in native code",
    ),
    {"PYNVML_AVAILABLE": is_nvidia_system, "AMDSMI_AVAILABLE": is_rocm_system},
)
