"""What is known about the machine and kept for the process.

Meters are found once in a process, in native code; what is kept here is the processor's name and
power.
"""

from __future__ import annotations

from enum import Enum

from codecarbon.core._absent import refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from codecarbon.core.cpu import TDP

__all__ = ["HardwareKind", "clear_cache", "get_cached_tdp"]

_tdp: TDP | None = None


class HardwareKind(str, Enum):
    """Kinds of hardware."""

    RAM = "ram"
    CPU = "cpu"
    APPLE_CHIP = "apple_chip"
    GPU = "gpu"


def get_cached_tdp(cpu_module: ModuleType) -> TDP:
    """``cpu_module.TDP()``, made once."""
    global _tdp
    if _tdp is None:
        _tdp = cpu_module.TDP()
    return _tdp


def clear_cache() -> None:
    """Forget what is kept here."""
    global _tdp
    from codecarbon.core.util import detect_cpu_model

    _tdp = None
    detect_cpu_model.cache_clear()


__getattr__ = refuse(
    __name__,
    dict.fromkeys(
        ("apply", "capture", "get_or_run_setup", "make_key"),
        "hardware is found once in a process, in native code",
    ),
)
