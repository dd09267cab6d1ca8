"""The pytest plugin in the processes of pytest-xdist."""

import json
import subprocess
import sys

TESTS = """
import pytest

@pytest.mark.parametrize("n", range(6))
def test_a(n):
    sum(range(1_000_000))

@pytest.mark.energy_budget(joules=1e-9)
def test_above():
    sum(range(1_000_000))
"""


def test_energy_of_tests_in_other_processes_is_summed_up(tmp_path):
    (tmp_path / "test_some.py").write_text(TESTS)
    arguments = ["-n2", "--codecarbon-report=energy.json", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *arguments]
    output = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert "6 passed" in output and "1 failed" in output
    assert "energy budget exceeded" in output
    report = json.loads((tmp_path / "energy.json").read_text())
    assert len(report["tests"]) == 7
    assert report["total"]["energy_j"] > 0
    assert report["grid"]["name"] == "France"
