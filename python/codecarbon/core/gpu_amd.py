"""GPUs of AMD; see :mod:`codecarbon.core.gpu`."""

from __future__ import annotations

from codecarbon.core._absent import refuse
from codecarbon.core.gpu import is_rocm_system

__all__ = ["is_rocm_system"]

__getattr__ = refuse(
    __name__,
    dict.fromkeys(("AMDGPUDevice", "amdsmi"), "AMD SMI is opened in native code"),
)
