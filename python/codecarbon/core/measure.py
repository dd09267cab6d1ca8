"""CodeCarbon's former measuring class, which nothing uses."""

from __future__ import annotations

from codecarbon.core._absent import refuse

__getattr__ = refuse(__name__, {"MeasurePowerEnergy": "CodeCarbon itself cannot import it"})
