"""What is said about GPUs where there are none, and where there are."""

import pytest

from codecarbon import _native
from codecarbon.core import gpu, gpu_amd, gpu_nvidia
from codecarbon.external.hardware import GPU


@pytest.fixture
def inventory(monkeypatch):
    meters = []
    monkeypatch.setattr(_native, "inventory", lambda: {"meters": meters, "skipped": []})
    monkeypatch.setattr(gpu.os.path, "exists", lambda path: False)
    return meters


def test_a_machine_without_gpus_has_none(inventory):
    assert not gpu.is_gpu_details_available()
    assert not gpu_nvidia.is_nvidia_system()
    assert not gpu_amd.is_rocm_system()
    assert gpu.PYNVML_AVAILABLE is False
    assert gpu.AMDSMI_AVAILABLE is False
    assert gpu.AllGPUDevices().device_count == 0
    assert gpu.AllGPUDevices().get_gpu_static_info() == []
    assert GPU.from_utils().num_gpus == 0


def test_gpus_are_named_in_order(inventory):
    inventory += [
        {"component": "CPU", "name": "package-0", "source": "RAPL", "detail": ""},
        {
            "component": "GPU",
            "name": "GPU 0",
            "source": "NVML energy counter",
            "detail": "NVIDIA H100: energy counter, driver 570",
        },
        {
            "component": "GPU",
            "name": "GPU 1",
            "source": "NVML energy counter",
            "detail": "NVIDIA A100: energy counter, driver 570",
        },
    ]
    devices = gpu.AllGPUDevices()
    assert devices.start() is None
    assert devices.get_gpu_static_info() == [
        {"name": "NVIDIA H100", "gpu_index": 0}, {"name": "NVIDIA A100", "gpu_index": 1},
    ]  # fmt: skip
    assert gpu.is_nvidia_system()
    assert not gpu.is_rocm_system()
    assert repr(GPU.from_utils()) == "GPU(NVIDIA H100, NVIDIA A100)"
    assert gpu.AMDSMI_AVAILABLE is False


def test_what_is_read_in_native_code_says_so(inventory):
    with pytest.raises(AttributeError, match=r"get_delta is not part .* tracker\.report"):
        gpu.AllGPUDevices().get_delta  # noqa: B018
    with pytest.raises(AttributeError, match="mood"):
        gpu.AllGPUDevices().mood  # noqa: B018
    with pytest.raises(ValueError, match="another selection"):
        GPU([0]).measure_power_and_energy(1, gpu_ids=[1])


def test_without_gpus_no_energy_is_measured():
    found = GPU.from_utils(gpu_ids=[])
    power, energy = found.measure_power_and_energy(10)
    assert (power.W, energy.kWh) == (0, 0)
