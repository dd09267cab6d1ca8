"""Units of CodeCarbon's Python API: seconds, kilowatt-hours, kilowatts, litres, kg per kWh.

A kilowatt-hour is 3.6e6 J exactly. CodeCarbon multiplies by 2.77778e-7, which
makes every counter reading 8e-7 larger than it is.
"""

from __future__ import annotations

from codecarbon.core._dataclass import dataclass

__all__ = ["Time", "EmissionsPerKWh", "Energy", "Power", "Water"]


@dataclass
class Time:
    """A duration in seconds."""

    SECONDS_TO_HOURS = 1 / 3600

    seconds: float

    @property
    def hours(self) -> float:
        """The duration in hours."""
        return self.seconds * self.SECONDS_TO_HOURS

    @classmethod
    def from_seconds(cls, seconds: float) -> Time:
        """The duration of that many seconds."""
        return cls(seconds=seconds)


@dataclass
class EmissionsPerKWh:
    """Intensity of electricity in kg CO2e per kWh."""

    LBS_MWH_TO_KG_KWH = 0.00045359237
    G_KWH_TO_KG_KWH = 0.001

    kgs_per_kWh: float

    @classmethod
    def from_lbs_per_mWh(cls, lbs_per_mWh: float) -> EmissionsPerKWh:
        """From pounds per megawatt-hour, the unit of eGRID."""
        return cls(kgs_per_kWh=lbs_per_mWh * cls.LBS_MWH_TO_KG_KWH)

    @classmethod
    def from_g_per_kWh(cls, g_per_kWh: float) -> EmissionsPerKWh:
        """From grams per kilowatt-hour."""
        return cls(kgs_per_kWh=g_per_kWh * cls.G_KWH_TO_KG_KWH)

    @classmethod
    def from_kgs_per_kWh(cls, kgs_per_kWh: float) -> EmissionsPerKWh:
        """From kilograms per kilowatt-hour."""
        return cls(kgs_per_kWh=kgs_per_kWh)


@dataclass(order=True)
class Energy:
    """An energy in kWh, held as a float."""

    UJOULES_TO_JOULES = 1e-6
    MILLIJOULES_TO_JOULES = 1e-3
    JOULES_TO_KWH = 1 / 3.6e6

    kWh: float

    def __post_init__(self) -> None:
        self.kWh = float(self.kWh)

    @classmethod
    def from_power_and_time(cls, *, power: Power, time: Time) -> Energy:
        """The energy that a constant power amounts to."""
        return cls(kWh=power.kW * time.hours)

    @classmethod
    def from_ujoules(cls, energy: float) -> Energy:
        """From microjoules, the unit of RAPL counters."""
        return cls(kWh=energy / 3.6e12)

    @classmethod
    def from_millijoules(cls, energy: float) -> Energy:
        """From millijoules, the unit of NVIDIA counters."""
        return cls(kWh=energy / 3.6e9)

    @classmethod
    def from_energy(cls, kWh: float) -> Energy:
        """From kilowatt-hours."""
        return cls(kWh=kWh)

    def __add__(self, other: Energy) -> Energy:
        if not isinstance(other, Energy):
            return NotImplemented
        return Energy(self.kWh + other.kWh)

    def __sub__(self, other: Energy) -> Energy:
        if not isinstance(other, Energy):
            return NotImplemented
        return Energy(self.kWh - other.kWh)

    def __mul__(self, factor: float) -> Energy:
        if isinstance(factor, Energy):
            return NotImplemented
        return Energy(self.kWh * factor)

    def __truediv__(self, divisor: float) -> Energy:
        if isinstance(divisor, Energy):
            return NotImplemented
        return Energy(self.kWh / divisor)

    def __float__(self) -> float:
        return self.kWh


@dataclass
class Power:
    """A power in kW. ``Power(5)`` and ``Power(5.0)`` are 5 kW; use :meth:`from_watts` for watts."""

    MILLI_WATTS_TO_WATTS = 0.001
    WATTS_TO_KILO_WATTS = 0.001

    kW: float

    @classmethod
    def from_milli_watts(cls, milli_watts: float) -> Power:
        """From milliwatts."""
        return cls(kW=milli_watts * cls.MILLI_WATTS_TO_WATTS * cls.WATTS_TO_KILO_WATTS)

    @classmethod
    def from_watts(cls, watts: float) -> Power:
        """From watts."""
        return cls(kW=watts * cls.WATTS_TO_KILO_WATTS)

    @classmethod
    def from_energies_and_delay(cls, e1: Energy, e2: Energy, delay: Time) -> Power:
        """Mean power between two readings of a counter; 0 when no time passed."""
        return cls.from_energy_delta_and_delay(Energy(e2.kWh - e1.kWh), delay)

    @classmethod
    def from_energy_delta_and_delay(cls, e: Energy, delay: Time) -> Power:
        """Mean power of an energy over a time, without sign; 0 when no time passed."""
        if delay.seconds == 0:
            return cls(kW=0.0)
        return cls(kW=abs(e.kWh) / delay.hours)

    @property
    def W(self) -> float:
        """The power in watts."""
        return self.kW / self.WATTS_TO_KILO_WATTS

    def __add__(self, other: Power) -> Power:
        if not isinstance(other, Power):
            return NotImplemented
        return Power(self.kW + other.kW)

    def __mul__(self, factor: float) -> Power:
        return Power(self.kW * factor)

    def __truediv__(self, divisor: float) -> Power:
        return Power(self.kW / divisor)

    def __floordiv__(self, divisor: float) -> Power:
        return Power(self.kW // divisor)


@dataclass
class Water:
    """A volume of water in litres."""

    litres: float

    @classmethod
    def from_litres(cls, litres: float) -> Water:
        """From litres."""
        return cls(litres=litres)

    def __add__(self, other: Water) -> Water:
        if not isinstance(other, Water):
            return NotImplemented
        return Water(self.litres + other.litres)
