"""What tests with real libraries share: an empty place, and the examples of the documentation."""

import csv
import os
import sys
from pathlib import Path

import pytest

import codecarbon

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "integrations.md"


def pytest_report_header():
    assert Path(codecarbon.__file__).is_relative_to(sys.prefix), "the installed package is tested"
    return f"codecarbon: {codecarbon.__file__}"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """An empty working directory, France, and no configuration of the user's."""
    for name in list(os.environ):
        if name.lower().startswith("codecarbon_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CODECARBON_LOG_LEVEL", "error")
    monkeypatch.setenv("CODECARBON_COUNTRY_ISO_CODE", "FRA")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def example():
    """Runs the Python example under a heading of docs/integrations.md and returns its names."""

    def run(heading, **names):
        section = EXAMPLES.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
        code = section.split("\n## ")[0].split("```python\n")[1].split("```")[0]
        exec(compile(code, f"{EXAMPLES.name}, {heading}", "exec"), names)
        return names

    return run


@pytest.fixture
def rows():
    """Reads the rows of a CSV file; each must be a run that used energy."""

    def read(path="emissions.csv"):
        with open(path, newline="") as file:
            found = list(csv.DictReader(file))
        for row in found:
            assert float(row["energy_consumed"]) > 0
            assert float(row["emissions"]) > 0
            assert float(row["duration"]) > 0
        return found

    return read
