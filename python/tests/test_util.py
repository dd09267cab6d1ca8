"""Small functions that user code imports from ``codecarbon.core.util``."""

import os
import sys
from pathlib import Path

import pytest

from codecarbon.core import util


def test_backups_never_overwrite_each_other(tmp_path):
    file = tmp_path / "e.csv"
    for number in range(4):
        file.write_text(str(number))
        util.backup(file)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "e.csv.bak": "0",
        "e.csv_0.bak": "1",
        "e.csv_1.bak": "2",
        "e.csv_2.bak": "3",
    }
    util.backup(file)
    file.write_text("")
    util.backup(str(file), ext=".old")
    assert (tmp_path / "e.csv.old").exists()


def test_paths_are_absolute_with_variables_filled_in(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("PLACE", "/data")
    monkeypatch.chdir(tmp_path)
    assert util.resolve_path("~/x") == Path("/home/me/x")
    assert util.resolve_path("$PLACE/x") == Path("/data/x")
    assert util.resolve_path(Path("a/../b")) == tmp_path / "b"


def test_suppressed_exceptions_are_logged_and_others_pass(capsys):
    with util.suppress(ValueError, OSError):
        raise ValueError("bad value")
    assert "bad value" in capsys.readouterr().err
    with pytest.raises(KeyError), util.suppress(ValueError):
        raise KeyError(1)

    @util.suppress(Exception)
    def divide(a, b):
        return a / b

    assert divide(4, 2) == 2
    assert divide(1, 0) is None
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_apple_processors_are_recognised():
    assert util.is_mac_arm("Apple M1")
    assert util.is_mac_arm("Apple M12 Pro")
    assert not util.is_mac_arm("Intel(R) Core(TM) m3-7Y30")


def test_exactly_one_system_is_ours():
    systems = (util.is_linux_os(), util.is_mac_os(), util.is_windows_os())
    assert sum(systems) == 1
    assert util.is_linux_os() == (sys.platform == "linux")


def test_counts_are_those_of_the_machine_or_of_the_job(monkeypatch, capsys):
    monkeypatch.setattr(util, "SLURM_JOB_ID", None)
    assert util.count_cpus() == os.cpu_count()
    assert 1 <= util.count_physical_cpus() <= os.cpu_count()
    monkeypatch.setattr(util, "SLURM_JOB_ID", "7")
    monkeypatch.setenv("SLURM_CPUS_ON_NODE", "3")
    assert util.count_cpus() == 3
    monkeypatch.setenv("SLURM_CPUS_ON_NODE", "many")
    assert util.count_cpus() == os.cpu_count()
    assert "Slurm" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/cpuinfo")
def test_the_processor_is_the_kernels_and_cached():
    util.detect_cpu_model.cache_clear()
    model = util.detect_cpu_model()
    assert model is None or model in Path("/proc/cpuinfo").read_text()
    assert util.detect_cpu_model() == model
    assert util.detect_cpu_model.cache_info().hits == 1
