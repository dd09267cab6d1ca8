"""The memory as an object that tells its size, power and energy."""

from __future__ import annotations

import os

from codecarbon.core.units import Power
from codecarbon.core.util import SLURM_JOB_ID
from codecarbon.external.hardware import B_TO_GB, BaseHardware

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["RAM"]

RAM_SLOT_POWER_X86 = 5
"""Watts per module in CodeCarbon's model, which is not used here."""


class RAM(BaseHardware):
    """The memory of this machine, or the share of this process tree in it.

    Power is by size and use, see ``docs/measurement.md``; ``force_ram_power`` (W) replaces it.
    """

    _column = 12

    def __init__(
        self,
        pid: int | None = None,
        children: bool = True,
        tracking_mode: str = "machine",
        force_ram_power: float | None = None,
    ) -> None:
        if pid is not None and pid != os.getpid():
            raise ValueError("pid: only the memory of this process can be measured")
        arguments: dict[str, Any] = {"tracking_mode": tracking_mode}
        if force_ram_power is not None:
            arguments["force_ram_power"] = float(force_ram_power)
        super().__init__(**arguments)
        self._children = children
        self._tracking_mode = tracking_mode
        self._force_ram_power = force_ram_power

    def total_power(self) -> Power:
        """Mean power since the last measurement."""
        if self._force_ram_power is not None:
            return Power.from_watts(self._force_ram_power)
        return super().total_power()

    @property
    def machine_memory_GB(self) -> float:
        """GiB that this machine has, or that a Slurm job may use."""
        if SLURM_JOB_ID and self.slurm_memory_GB is not None:
            return self.slurm_memory_GB
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / B_TO_GB

    @property
    def slurm_memory_GB(self) -> float | None:
        """GiB of the Slurm job on this node; ``None`` outside one, or when it has no limit."""
        megabytes = os.environ.get("SLURM_MEM_PER_NODE", "")
        return int(megabytes) / 1024 if megabytes.isdecimal() and int(megabytes) else None

    @property
    def process_memory_GB(self) -> float:
        """GiB that this process has in memory; its children are not counted."""
        with open("/proc/self/statm", encoding="ascii") as file:
            resident = int(file.read().split()[1])
        return resident * os.sysconf("SC_PAGE_SIZE") / B_TO_GB
