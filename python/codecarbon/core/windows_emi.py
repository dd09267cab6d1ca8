"""The energy meter interface of Windows, which this package does not read."""

from __future__ import annotations

from codecarbon.core._absent import refuse

__all__ = ["is_emi_available"]


def is_emi_available() -> bool:
    """``False``."""
    return False


__getattr__ = refuse(__name__, {"WindowsEMI": "meters of Windows are not there yet"})
