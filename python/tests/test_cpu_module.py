"""The processor and the memory as objects; RAPL files on fixture directories."""

import os
import sys
from pathlib import Path

import pytest

from codecarbon.core import cpu, hardware_cache, util
from codecarbon.core.rapl import RAPLFile
from codecarbon.core.units import Energy, Power, Time
from codecarbon.external.hardware import CPU, AppleSiliconChip, BaseHardware
from codecarbon.external.ram import RAM

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture
def model(monkeypatch):
    def set_model(name):
        monkeypatch.setattr(cpu, "detect_cpu_model", lambda: name)

    return set_model


@pytest.mark.parametrize(
    ("name", "watts"),
    [
        ("AMD EPYC 9654 96-Core Processor", 360),
        ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", 300),
        ("AMD Ryzen 9 7950X 16-Core Processor", 170),
        ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 15),
        ("Apple M1", 10),
    ],
)
def test_a_known_processor_has_its_design_power(model, name, watts):
    model(name)
    tdp = cpu.TDP()
    assert (tdp.model, tdp.tdp) == (name, watts)
    assert tdp.start() is None


def test_an_unknown_processor_is_assumed_by_its_threads_and_said(model, monkeypatch, capsys):
    model("Imaginary 9000")
    monkeypatch.setattr(cpu, "count_cpus", lambda: 12)
    assert cpu.TDP().tdp == 48
    assert "4 W for each of its 12 threads" in capsys.readouterr().err
    model(None)
    assert (cpu.TDP().model, cpu.TDP().tdp) == ("Unknown", None)


def zone(directory, name, energy="1000"):
    directory.mkdir(parents=True)
    (directory / "name").write_text(f"{name}\n")
    (directory / "energy_uj").write_text(f"{energy}\n")
    return directory / "energy_uj"


def test_rapl_is_there_when_a_package_can_be_read(tmp_path, capsys):
    assert not cpu.is_rapl_available(str(tmp_path))
    zone(tmp_path / "intel-rapl" / "intel-rapl:0:0", "core")
    assert not cpu.is_rapl_available(str(tmp_path))
    zone(tmp_path / "intel-rapl" / "intel-rapl:1", "package-1", "garbage")
    assert not cpu.is_rapl_available(str(tmp_path))
    assert "RAPL file" in capsys.readouterr().err
    zone(tmp_path / "intel-rapl" / "intel-rapl:0", "package-0")
    assert cpu.is_rapl_available(str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_rapl_that_may_not_be_read_says_so(tmp_path, capsys):
    zone(tmp_path / "intel-rapl:0", "package-0").chmod(0)
    assert not cpu.is_rapl_available(str(tmp_path))
    assert "Permission denied reading RAPL file" in capsys.readouterr().err


def test_the_machine_is_asked_without_a_directory(monkeypatch, capsys):
    from codecarbon import _native

    found = {"meters": [{"component": "CPU"}], "skipped": []}
    monkeypatch.setattr(_native, "rapl", lambda: found)
    assert cpu.is_rapl_available()
    found["meters"].clear()
    found["skipped"].append({"what": "package-0", "reason": "not for users", "fix": "do this"})
    assert not cpu.is_rapl_available()
    said = capsys.readouterr().err
    assert "Permission denied reading RAPL file package-0: not for users. do this" in said


@pytest.fixture
def counter(tmp_path):
    path, most = tmp_path / "energy_uj", tmp_path / "max_energy_range_uj"
    most.write_text("105")

    def at(value):
        if value is None:
            path.unlink()
        else:
            path.write_text(str(value))

    at(100)
    file = RAPLFile("package-0", str(path), str(most))
    file.start()
    return file, at, most


def joules(energy):
    return energy.kWh * 3.6e6


def test_a_counter_is_differenced(counter):
    file, at, _ = counter
    at(2_000_100)
    file.delta(Time(4))
    assert joules(file.energy_delta) == pytest.approx(2)
    assert file.power.W == pytest.approx(0.5)
    assert joules(file.last_energy) == pytest.approx(2.0001)


def test_a_wrap_adds_the_range(counter):
    file, at, _ = counter
    at(10)
    file.delta(Time(1))
    assert joules(file.energy_delta) == pytest.approx(16e-6, rel=1e-9)


def test_a_counter_of_unknown_range_that_goes_back_has_started_again(counter):
    file, at, most = counter
    most.unlink()
    at(10)
    file.delta(Time(1))
    assert joules(file.energy_delta) == pytest.approx(10e-6, rel=1e-9)


def test_a_failed_reading_is_a_gap_that_the_next_bridges(counter):
    file, at, _ = counter
    at(None)
    file.delta(Time(1))
    assert (file.energy_delta, file.power) == (Energy(0), Power(0))
    at("rubbish")
    file.delta(Time(1))
    at(4_000_100)
    file.delta(Time(2))
    assert joules(file.energy_delta) == pytest.approx(4)
    assert file.power.W == pytest.approx(1)


def test_a_counter_that_appears_late_counts_from_then(tmp_path):
    file = RAPLFile("p", str(tmp_path / "energy_uj"), str(tmp_path / "max"))
    file.start()
    (tmp_path / "energy_uj").write_text("5000000")
    file.delta(Time(1))
    assert joules(file.energy_delta) == 0
    (tmp_path / "energy_uj").write_text("6000000")
    file.delta(Time(1))
    assert joules(file.energy_delta) == pytest.approx(1)


def test_constant_mode_is_half_of_the_power():
    constant = CPU.from_utils(".", "constant", "mine", 1000)
    constant.start()
    assert constant.total_power().W == 500
    assert constant.measure_power_and_energy(3600) == (Power(0.5), Energy(0.5))
    assert CPU.from_utils(".", "constant", "mine").total_power().W == 42.5
    assert repr(constant) == "CPU(mine > 1000W)"
    assert constant.get_model() == "mine"


@linux
def test_load_mode_lies_between_idle_and_the_given_power():
    cpu_load = CPU.from_utils(".", "cpu_load", "mine", 100)
    assert isinstance(cpu_load, BaseHardware)
    assert cpu_load.description() == "CPU(Cpu Load)"
    power, energy = cpu_load.measure_power_and_energy(3600)
    assert 0 < power.W <= 100
    assert energy.kWh == pytest.approx(power.kW)
    power, energy = cpu_load.measure_power_and_energy(3600)
    assert energy.kWh < 0.1, "the time since the last measurement counts, not what is told"


@linux
def test_memory_has_a_size_and_a_power_that_can_be_forced(monkeypatch):
    memory = RAM()
    assert 0.1 < memory.process_memory_GB * 1024**3 / 2**20 < memory.machine_memory_GB * 1024
    assert 0 < memory.total_power().W < 0.4 * memory.machine_memory_GB + 0.4
    assert RAM(force_ram_power=7).total_power().W == pytest.approx(7)
    power, energy = RAM(force_ram_power=7).measure_power_and_energy(3600)
    assert (power.W, energy.kWh) == (pytest.approx(7), pytest.approx(0.007))
    assert memory.slurm_memory_GB is None
    monkeypatch.setenv("SLURM_MEM_PER_NODE", "2048")
    assert memory.slurm_memory_GB == 2
    with pytest.raises(ValueError, match="pid"):
        RAM(pid=1)


def test_what_cannot_be_measured_here_says_so():
    with pytest.raises(SystemError, match="macOS"):
        AppleSiliconChip(".", "Apple M2")
    with pytest.raises(ValueError, match="intel_power_gadget"):
        CPU.from_utils(".", "intel_power_gadget")
    assert not cpu.is_powergadget_available()
    assert cpu.is_psutil_available() == os.access("/proc/stat", os.R_OK)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("cpu", "IntelRAPL"),
        ("cpu", "IntelPowerGadget"),
        ("powermetrics", "ApplePowermetrics"),
        ("windows_emi", "WindowsEMI"),
        ("resource_tracker", "ResourceTracker"),
        ("measure", "MeasurePowerEnergy"),
        ("hardware_cache", "make_key"),
        ("gpu_device", "GPUDevice"),
        ("gpu_nvidia", "NvidiaGPUDevice"),
        ("gpu_amd", "AMDGPUDevice"),
        ("gpu", "pynvml"),
    ],
)
def test_names_that_are_not_here_say_why(module, name):
    import importlib

    there = importlib.import_module(f"codecarbon.core.{module}")
    with pytest.raises(AttributeError, match=f"{name} is not part of codecarbon-rs: "):
        getattr(there, name)
    assert not hasattr(there, name)
    with pytest.raises(ImportError, match=f"{name} is not part of codecarbon-rs: "):
        exec(f"from codecarbon.core.{module} import {name}")
    documented = Path(__file__).parents[2] / "docs" / "python-compatibility.md"
    assert name in documented.read_text(encoding="utf-8")
    with pytest.raises(AttributeError, match="has no attribute 'mood'"):
        there.mood  # noqa: B018


def test_the_processor_is_looked_up_once(model, monkeypatch):
    hardware_cache.clear_cache()
    model("Apple M1")
    tdp = hardware_cache.get_cached_tdp(cpu)
    assert hardware_cache.get_cached_tdp(cpu) is tdp
    hardware_cache.clear_cache()
    assert hardware_cache.get_cached_tdp(cpu) is not tdp
    hardware_cache.clear_cache()
    assert util.detect_cpu_model.cache_info().currsize == 0
    assert hardware_cache.HardwareKind("gpu") is hardware_cache.HardwareKind.GPU
