"""The tool ``powermetrics`` of macOS, which this package does not run."""

from __future__ import annotations

from codecarbon.core._absent import refuse

__all__ = ["is_powermetrics_available"]


def is_powermetrics_available() -> bool:
    """``False``."""
    return False


__getattr__ = refuse(__name__, {"ApplePowermetrics": "meters of macOS are not there yet"})
