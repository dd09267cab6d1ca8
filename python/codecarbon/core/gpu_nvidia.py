"""GPUs of NVIDIA; see :mod:`codecarbon.core.gpu`."""

from __future__ import annotations

from codecarbon.core._absent import refuse
from codecarbon.core.gpu import is_nvidia_system

__all__ = ["is_nvidia_system"]

__getattr__ = refuse(
    __name__,
    dict.fromkeys(("NvidiaGPUDevice", "pynvml"), "NVML is opened in native code"),
)
