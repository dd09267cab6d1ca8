"""What is said about GPUs where there are none, and where there are."""

import time

import pytest
from codecarbon import OfflineEmissionsTracker, _native
from codecarbon.core import gpu, gpu_amd, gpu_nvidia
from codecarbon.core.units import Time
from codecarbon.external.hardware import GPU
from tracking import FRANCE


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


def test_gpus_are_described(gpus):
    devices = gpu.AllGPUDevices()
    assert devices.device_count == 2
    assert devices.get_gpu_static_info() == [
        {"name": "NVIDIA H100", "uuid": "GPU-1111", "total_memory": 85_899_345_920,
         "power_limit": 700.0, "gpu_index": 0},
        {"name": "NVIDIA Tesla K80", "uuid": "GPU-2222", "total_memory": None,
         "power_limit": None, "gpu_index": 1},
    ]  # fmt: skip
    assert repr(GPU.from_utils()) == "GPU(NVIDIA H100, NVIDIA Tesla K80)"


def test_gpus_are_read(gpus):
    devices = gpu.AllGPUDevices()
    first, second = devices.get_gpu_details()
    assert (first["total_energy_consumption"], first["gpu_utilization"]) == (5_000_000, 40.0)
    assert first["power_usage"] == 0.0
    assert (second["total_energy_consumption"], second["power_usage"]) == (None, 60.0)
    gpus.add(0, joules=2.0)
    assert devices.get_gpu_details()[0]["power_usage"] > 0.0
    assert devices.get_gpu_utilization_list() == [
        {"gpu_index": 0, "gpu_utilization": 40.0}, {"gpu_index": 1, "gpu_utilization": None},
    ]  # fmt: skip


def test_what_gpus_have_used_is_the_difference_of_their_counters(gpus):
    devices = gpu.AllGPUDevices()
    gpus.add(0, joules=720.0)
    first, second = devices.get_delta(Time.from_seconds(36.0))
    assert first["delta_energy_consumption"].kWh * 3.6e6 == pytest.approx(720.0)
    assert first["power_usage"].W == pytest.approx(20.0)
    assert (first["name"], first["uuid"], first["gpu_index"]) == ("NVIDIA H100", "GPU-1111", 0)
    # It tells its power only, 60 W.
    assert second["delta_energy_consumption"].kWh * 3.6e6 == pytest.approx(60.0 * 36.0)
    gpus.add(0, joules=36.0)
    devices.start()
    assert devices.get_delta(Time.from_seconds(1.0))[0]["delta_energy_consumption"].kWh == 0.0
    gpus.set(0, energy_mj=0)
    assert devices.get_delta(Time.from_seconds(1.0))[0]["delta_energy_consumption"].kWh == 0.0


def test_a_tracker_counts_the_gpus_that_are_selected_to_the_joule(gpus):
    trackers = [OfflineEmissionsTracker(gpu_ids=ids, **FRANCE) for ids in ([0], ["GPU-2222"], [])]
    for tracker in trackers:
        tracker.start()
    time.sleep(0.12)
    gpus.add(0, joules=3.0)
    records = []
    for tracker in trackers:
        tracker.stop()
        records.append(tracker.final_emissions_data)
    joules = [record.gpu_energy * 3.6e6 for record in records]
    assert joules[0] == pytest.approx(3.0, abs=1e-9)
    assert joules[1] == pytest.approx(60.0 * records[1].duration, rel=0.05)
    assert joules[2] == 0.0
    assert [record.gpu_count for record in records] == [1, 1, 0]
    assert records[0].gpu_model == "1 x NVIDIA H100"


def test_what_is_opened_in_native_code_says_so():
    with pytest.raises(AttributeError, match="opened in native code"):
        gpu.pynvml  # noqa: B018
    with pytest.raises(ValueError, match="another selection"):
        GPU([0]).measure_power_and_energy(1, gpu_ids=[1])


def test_without_gpus_no_energy_is_measured():
    found = GPU.from_utils(gpu_ids=[])
    power, energy = found.measure_power_and_energy(10)
    assert (power.W, energy.kWh) == (0, 0)
