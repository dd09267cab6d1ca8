"""Fixtures for tests of trackers."""

import os

import pytest
from fake_machine import FakeMachine


@pytest.fixture
def clean_place(tmp_path, monkeypatch):
    """An empty working and home directory, no variables of ours, and no network."""
    for name in list(os.environ):
        if name.lower().startswith("codecarbon_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CODECARBON_OFFLINE", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "UTC")
    for name in ("LANG", "LC_ALL", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A fake machine that trackers of this test measure."""
    machine = FakeMachine(tmp_path / "machine")
    monkeypatch.setenv("CODECARBON_SYSROOT", str(machine.root))
    return machine
