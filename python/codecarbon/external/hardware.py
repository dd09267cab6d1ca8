"""Processors and GPUs as objects that tell power and energy.

Each has a measurement of its own, made by the same native code and models as a tracker's. For more
than a look use a tracker: it has intervals, gaps and sources.
"""

from __future__ import annotations

from codecarbon.core.units import Energy, Power

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["CPU", "GPU", "AppleSiliconChip", "BaseHardware"]

POWER_CONSTANT = 85
"""Watts of a processor about which nothing is known, for mode "constant"."""

CONSUMPTION_PERCENTAGE_CONSTANT = 0.5
"""Share of the maximum that mode "constant" assumes."""

B_TO_GB = 1024**3
MODE_CPU_LOAD = "cpu_load"
MODE_CONSTANT = "constant"
MODE_RAPL = "intel_rapl"

_FIRST_LOOK_S = 0.05
_DURATION = 4


class BaseHardware:
    """Hardware with a power and an energy."""

    _column = 0
    """Which column of a record has the energy in kWh."""

    def __init__(self, **arguments: Any) -> None:
        self._arguments = arguments
        self._run: Any = None
        self._last = (0.0, 0.0)

    def start(self) -> None:
        """Begin to count; the next measurement covers the time from here."""
        self._last = self._reading()

    def total_power(self) -> Power:
        """Mean power since the last measurement; over 50 ms if this is the first."""
        if self._run is None:
            import time

            self.start()
            time.sleep(_FIRST_LOOK_S)
        return self._measured()[0]

    def measure_power_and_energy(self, last_duration: float) -> tuple[Power, Energy]:
        """Power and energy since the last measurement.

        The first measurement has none before it, and extends its power over ``last_duration``
        seconds.
        """
        if self._run is None:
            power = self.total_power()
            return power, Energy(power.kW * last_duration / 3600)
        return self._measured()

    def monitor_power(self) -> None:
        """Do nothing: samples are taken in native code."""

    def description(self) -> str:
        """What this is, in words."""
        return repr(self)

    def _measured(self) -> tuple[Power, Energy]:
        before_s, before_kwh = self._last
        now_s, now_kwh = self._last = self._reading()
        energy = Energy(now_kwh - before_kwh)
        hours = (now_s - before_s) / 3600
        return Power(energy.kWh / hours if hours > 0 else 0.0), energy

    def _reading(self) -> tuple[float, float]:
        """Seconds and kWh since the run of this object began."""
        if self._run is None:
            from codecarbon import _native

            settings = {"offline": True, "output_methods": [], **self._arguments}
            self._run = _native.Tracker(settings, {})
            self._run.start(_native.new_run_id())
        outcome = self._run.peek()
        if outcome is None:
            # A forked child has no run of its own yet.
            self._run = None
            return self._reading()
        return outcome.values[_DURATION], outcome.values[self._column]

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class CPU(BaseHardware):
    """The processors of this machine, or the share of this process tree in them.

    ``mode`` is "cpu_load" (model by load, ``tdp`` watts in all), "intel_rapl" (counters) or
    "constant" (half of ``tdp``). Other modes raise :class:`ValueError`.
    """

    _column = 10

    def __init__(
        self,
        output_dir: str,
        mode: str,
        model: str,
        tdp: float | None,
        rapl_dir: str | None = None,
        tracking_mode: str = "machine",
        rapl_include_dram: bool = False,
        rapl_prefer_psys: bool = False,
    ) -> None:
        arguments: dict[str, Any] = {"tracking_mode": tracking_mode}
        if mode == MODE_CPU_LOAD:
            arguments["force_mode_cpu_load"] = True
            if tdp is not None:
                arguments["force_cpu_power"] = float(tdp)
        elif mode == MODE_RAPL:
            from codecarbon.core.cpu import is_rapl_available

            if not is_rapl_available():
                raise FileNotFoundError("no energy counter of a processor can be read here")
            arguments["rapl_include_dram"] = rapl_include_dram
            arguments["rapl_prefer_psys"] = rapl_prefer_psys
        elif mode != MODE_CONSTANT:
            raise ValueError(f"mode = {mode!r} is not 'cpu_load', 'intel_rapl' or 'constant'")
        super().__init__(**arguments)
        self._output_dir = output_dir
        self._mode = mode
        self._model = model
        self._tdp = POWER_CONSTANT if tdp is None else tdp
        self._is_generic_tdp = tdp is None
        self._tracking_mode = tracking_mode

    @classmethod
    def from_utils(
        cls,
        output_dir: str,
        mode: str,
        model: str | None = None,
        tdp: float | None = None,
        tracking_mode: str = "machine",
        rapl_include_dram: bool = False,
        rapl_prefer_psys: bool = False,
    ) -> CPU:
        """With the name of this machine's processor, unless another is given."""
        from codecarbon.core.util import detect_cpu_model

        return cls(
            output_dir=output_dir,
            mode=mode,
            model=model or detect_cpu_model() or "Unknown",
            tdp=tdp,
            tracking_mode=tracking_mode,
            rapl_include_dram=rapl_include_dram,
            rapl_prefer_psys=rapl_prefer_psys,
        )

    def get_model(self) -> str:
        """The name of the processor."""
        return self._model

    def start(self) -> None:
        """Begin to count."""
        if self._mode != MODE_CONSTANT:
            super().start()

    def total_power(self) -> Power:
        """Mean power since the last measurement."""
        if self._mode == MODE_CONSTANT:
            return Power.from_watts(self._tdp * CONSUMPTION_PERCENTAGE_CONSTANT)
        return super().total_power()

    def __repr__(self) -> str:
        if self._mode == MODE_CONSTANT:
            generic = " (generic)" if self._is_generic_tdp else ""
            return f"CPU({self._model} > {self._tdp}W{generic})"
        return f"CPU({' '.join(self._mode.split('_')).title()})"


class GPU(BaseHardware):
    """The GPUs of this machine, or those in ``gpu_ids`` (indices and UUIDs)."""

    _column = 11

    def __init__(self, gpu_ids: list[int | str] | None) -> None:
        from codecarbon.core.gpu import AllGPUDevices

        super().__init__(**({} if gpu_ids is None else {"gpu_ids": gpu_ids}))
        self.gpu_ids = gpu_ids
        self.devices = AllGPUDevices()

    @classmethod
    def from_utils(cls, gpu_ids: list[int | str] | None = None) -> GPU:
        """All GPUs, or these."""
        return cls(gpu_ids=gpu_ids)

    @property
    def num_gpus(self) -> int:
        """GPUs that can be measured, selected or not."""
        return self.devices.device_count

    def measure_power_and_energy(
        self, last_duration: float, gpu_ids: Iterable[int | str] | None = None
    ) -> tuple[Power, Energy]:
        """Power and energy of the selection since the last measurement.

        Another selection can be made only by another object.
        """
        if gpu_ids is not None and list(gpu_ids) != self.gpu_ids:
            raise ValueError("gpu_ids: make a GPU object for another selection")
        return super().measure_power_and_energy(last_duration)

    def __repr__(self) -> str:
        return f"GPU({', '.join(gpu['name'] for gpu in self.devices.get_gpu_static_info())})"


class AppleSiliconChip(BaseHardware):
    """Apple's processors; making one raises :class:`SystemError`, meters of macOS are not there."""

    def __init__(self, output_dir: str, model: str, chip_part: str = "CPU") -> None:
        raise SystemError("meters of macOS are not part of this version of codecarbon-rs")


def clear_cpu_load_prime_cache() -> None:
    """Do nothing: every measurement has a load baseline of its own."""
