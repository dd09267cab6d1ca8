"""Units of the Python API: exact conversions, arithmetic, comparison, dataclass behaviour."""

import dataclasses
import inspect

import pytest

from codecarbon.core.units import EmissionsPerKWh, Energy, Power, Time, Water


def test_a_joule_is_exactly_one_3_600_000th_of_a_kilowatt_hour():
    assert Energy.from_millijoules(3.6e9).kWh == 1.0
    assert Energy.from_ujoules(3.6e12).kWh == pytest.approx(1.0, rel=1e-15)
    assert Energy.JOULES_TO_KWH == 1 / 3.6e6


def test_time_converts_to_hours():
    assert Time(3600).hours == 1.0
    assert Time.from_seconds(90).seconds == 90


def test_energy_is_power_times_time():
    assert Energy.from_power_and_time(power=Power.from_watts(85), time=Time(3600)).kWh == (
        pytest.approx(0.085)
    )
    assert Energy.from_power_and_time(power=Power(2), time=Time(1800)) == Energy(1)


def test_energies_add_subtract_scale_and_order():
    assert Energy(1) + Energy(2) == Energy(3)
    assert Energy(1) - Energy(3) == Energy(-2)
    assert Energy(2) * 3 == Energy(6)
    assert Energy(6) / 3 == Energy(2)
    assert sum([Energy(1), Energy(2)], Energy(0)) == Energy(3)
    assert float(Energy(2)) == 2.0
    assert Energy(1) < Energy(2) <= Energy(2)
    assert Energy(3) > Energy(2) >= Energy(2)
    assert isinstance(Energy.from_energy(1).kWh, float)


@pytest.mark.parametrize("wrong", [lambda: Energy(1) + 1, lambda: Energy(1) * Energy(1)])
def test_energies_do_not_mix_with_bare_numbers(wrong):
    with pytest.raises(TypeError):
        wrong()


def test_energy_equals_only_energy():
    assert Energy(1) != 1
    assert Energy(1) != Power(1)
    with pytest.raises(TypeError):
        Energy(1) < 1  # noqa: B015


def test_whole_and_broken_numbers_of_kilowatts_mean_the_same():
    assert Power(5) == Power(5.0)
    assert Power(5).W == 5000
    assert Power.from_watts(5).kW == 0.005
    assert Power.from_milli_watts(5).W == pytest.approx(0.005)


def test_powers_add_and_scale():
    assert Power(1) + Power(2) == Power(3)
    assert Power(2) * 2 == Power(4)
    assert Power(4) / 8 == Power(0.5)
    assert Power(4) // 3 == Power(1)


def test_power_is_energy_per_time_without_sign():
    assert Power.from_energies_and_delay(Energy(1), Energy(3), Time(3600)) == Power(2.0)
    assert Power.from_energies_and_delay(Energy(3), Energy(1), Time(3600)) == Power(2.0)
    assert Power.from_energy_delta_and_delay(Energy(1), Time(1800)) == Power(2.0)
    assert Power.from_energy_delta_and_delay(Energy(1), Time(0)) == Power(0.0)


def test_intensity_converts_to_kg_per_kwh():
    assert EmissionsPerKWh.from_g_per_kWh(475).kgs_per_kWh == pytest.approx(0.475)
    assert EmissionsPerKWh.from_lbs_per_mWh(1000).kgs_per_kWh == pytest.approx(0.45359237)
    assert EmissionsPerKWh.from_kgs_per_kWh(0.3).kgs_per_kWh == 0.3


def test_water_adds():
    assert Water.from_litres(1) + Water(2) == Water(3)


@pytest.mark.parametrize("unit", [Time, Energy, Power, Water, EmissionsPerKWh])
def test_units_are_dataclasses(unit):
    value = unit(2.0)
    (field,) = dataclasses.fields(unit)
    assert dataclasses.asdict(value) == {field.name: 2.0}
    assert dataclasses.replace(value, **{field.name: 3.0}) == unit(3.0)
    assert repr(value) == f"{unit.__name__}({field.name}=2.0)"
    assert list(inspect.signature(unit).parameters) == [field.name]
    with pytest.raises(TypeError):
        hash(value)
