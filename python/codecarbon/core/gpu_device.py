"""A GPU as an object, which this package does not have; see :mod:`codecarbon.core.gpu`."""

from __future__ import annotations

from codecarbon.core._absent import refuse

__getattr__ = refuse(__name__, {"GPUDevice": "GPUs are read in native code"})
