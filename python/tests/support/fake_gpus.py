"""GPUs without a GPU: the fake NVML of this repository, with a script that tests change.

`cargo xtask test` builds the library and names it in ``CODECARBON_TEST_NVML``.
"""

import os
import shutil
from pathlib import Path

import pytest

LIBRARY = os.environ.get("CODECARBON_TEST_NVML")


class FakeGpus:
    """A private copy of the library in a directory, and the GPUs that it shows."""

    def __init__(self, directory: Path, gpus: list[dict[str, object]]) -> None:
        directory.mkdir()
        self.library = directory / "libfake_nvml.so"
        shutil.copy(LIBRARY, self.library)
        self._gpus = gpus
        self._write()

    def add(self, gpu: int, joules: float) -> None:
        """Let the energy counter of a GPU advance."""
        self._gpus[gpu]["energy_mj"] += round(joules * 1e3)
        self._write()

    def set(self, gpu: int, **values: object) -> None:
        """Change what a GPU tells."""
        self._gpus[gpu].update(values)
        self._write()

    def _write(self) -> None:
        sections = [
            "[gpu]\n" + "".join(f"{name} = {value}\n" for name, value in gpu.items())
            for gpu in self._gpus
        ]
        path = self.library.with_name("script.txt")
        fresh = path.with_suffix(".new")
        fresh.write_text("driver = 550.54.15\n" + "".join(sections))
        fresh.replace(path)


@pytest.fixture
def gpus(clean_place, machine, tmp_path, monkeypatch):
    """Two GPUs, of which the second tells its power only, on a fake machine."""
    if LIBRARY is None:
        pytest.skip("CODECARBON_TEST_NVML names no library")
    fake = FakeGpus(
        tmp_path / "nvml",
        [
            {"name": "NVIDIA H100", "uuid": "GPU-1111", "energy_mj": 5_000_000,
             "memory_bytes": 85_899_345_920, "utilization_percent": 40, "power_limit_mw": 700_000},
            {"name": "NVIDIA Tesla K80", "uuid": "GPU-2222", "power_mw": 60_000},
        ],
    )  # fmt: skip
    monkeypatch.setenv("CODECARBON_NVML_LIBRARY", str(fake.library))
    return fake
