"""One energy counter of the powercap interface, for programs that read files themselves.

The tracker reads counters in native code, which also recognises restarts, mirrored dies and twins.
"""

from __future__ import annotations

from codecarbon.core.units import Energy, Power
from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codecarbon.core.units import Time

__all__ = ["RAPLFile"]


class RAPLFile:
    """A counter file (microjoules) and the file with its range.

    After ``start()`` every ``delta(duration)`` sets ``energy_delta`` and ``power``. A reading that
    fails is a gap that the next good one bridges; it counts as no energy and raises nothing. A
    counter that goes back has wrapped when its range is known, else it has started again.
    """

    def __init__(self, name: str, path: str, max_path: str) -> None:
        self.name = name
        self.path = path
        self.max_path = max_path
        self.energy_delta = Energy(0)
        self.power = Power(0)
        self.last_energy: Energy | None = None
        self._last_uj: int | None = None
        self._gap_s = 0.0

    def start(self) -> None:
        """Take the reading from which the next delta counts."""
        self._remember(self._read(self.path))
        self._gap_s = 0.0

    def delta(self, duration: Time) -> None:
        """Take a reading; ``duration`` is the time since the one before."""
        now = self._read(self.path)
        before = self._last_uj
        if now is None or before is None:
            self.energy_delta, self.power = Energy(0), Power(0)
            self._gap_s += duration.seconds if before is not None else 0.0
            if before is None:
                self._remember(now)
            return
        if now >= before:
            counted = now - before
        else:
            most = self._read(self.max_path)
            counted = now - before + most + 1 if most is not None and most >= before else now
        seconds, self._gap_s = duration.seconds + self._gap_s, 0.0
        self.energy_delta = Energy.from_ujoules(counted)
        self.power = Power.from_watts(counted / 1e6 / seconds if seconds > 0 else 0.0)
        self._remember(now)

    def _remember(self, reading: int | None) -> None:
        self._last_uj = reading
        self.last_energy = None if reading is None else Energy.from_ujoules(reading)

    def _read(self, path: str) -> int | None:
        try:
            with open(path, encoding="ascii") as file:
                return int(float(file.read()))
        except (OSError, ValueError) as problem:
            logger.debug(f"{path}: {problem}")
            return None
