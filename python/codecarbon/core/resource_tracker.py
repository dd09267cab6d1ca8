"""CodeCarbon's set-up of hardware, which this package does in native code."""

from __future__ import annotations

from codecarbon.core._absent import refuse

__getattr__ = refuse(
    __name__,
    {"ResourceTracker": "hardware is found in native code; see tracker.get_detected_hardware()"},
)
