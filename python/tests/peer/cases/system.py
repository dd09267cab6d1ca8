"""Processors, hardware objects, and the small functions of modules."""

import dataclasses
import json
import os

from codecarbon.core import cpu, util
from codecarbon.core.units import Time
from codecarbon.lock import LOCKFILE, Lock
from harness import attempt, levels_of, lines, record

# -- processors ---------------------------------------------------------------------------------


def the_processor():
    return {
        "model": util.detect_cpu_model(),
        "threads": util.count_cpus(),
        "sockets": util.count_physical_cpus(),
        "per_core": cpu.DEFAULT_POWER_PER_CORE,
        "rapl": cpu.is_rapl_available(),
        "gadget": cpu.is_powergadget_available(),
        "psutil": cpu.is_psutil_available(),
        "tdp": [cpu.TDP().model, cpu.TDP().tdp > 0],
    }


def known_processors():
    names = (
        "AMD EPYC 9654 96-Core Processor", "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz",
        "AMD Ryzen 9 7950X 16-Core Processor", "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz",
        "Intel(R) Core(TM) Ultra 7 265H", "Apple M1",
    )  # fmt: skip
    tdp = cpu.TDP()
    return {name: float(tdp._get_cpu_power_from_registry(name)) for name in names}


def rapl_of_a_directory():
    zone = "intel-rapl/intel-rapl:0"
    os.makedirs(zone)
    for name, text in (("name", "package-0"), ("energy_uj", "1"), ("max_energy_range_uj", "9")):
        with open(f"{zone}/{name}", "w") as file:
            file.write(text)
    return [cpu.is_rapl_available("."), cpu.is_rapl_available("nowhere")]


# -- small functions ----------------------------------------------------------------------------


def systems():
    return {
        "linux": util.is_linux_os(),
        "mac": util.is_mac_os(),
        "windows": util.is_windows_os(),
        "arm": [util.is_mac_arm("Apple M2 Pro"), util.is_mac_arm("Intel Xeon")],
        "slurm": util.SLURM_JOB_ID,
    }


def backups():
    for text in "abc":
        with open("file.txt", "w") as file:
            file.write(text)
        util.backup("file.txt")
    with open("file.txt", "w") as file:
        file.write("d")
    util.backup("file.txt", ext=".old")
    util.backup("nowhere.txt")
    return {name: open(name).read() for name in sorted(os.listdir())}


def paths():
    os.environ["PLACE"] = "sub"
    home = os.path.realpath(os.environ["HOME"])
    path = util.resolve_path("~/$PLACE/file")
    return [type(path).__name__, str(path) == f"{home}/sub/file"]


def suppressed():
    with lines() as heard:
        import logging

        logging.getLogger("codecarbon").setLevel("INFO")
        with util.suppress(ValueError, KeyError):
            raise KeyError("mine")
    passed = attempt(_raises_through_suppress)

    @util.suppress(Exception)
    def fails():
        raise ValueError("mine")

    return [levels_of(heard, "graceful shutdown"), passed, fails()]


def _raises_through_suppress():
    with util.suppress(ValueError):
        raise KeyError("mine")


def locks():
    one, two = Lock(), Lock()
    one.acquire()
    there = os.path.exists(LOCKFILE)
    refused = attempt(two.acquire)
    two.release()
    still = os.path.exists(LOCKFILE)
    one.release()
    one.release()
    gone = not os.path.exists(LOCKFILE)
    return [one.lockfile_path == LOCKFILE, there, refused, still, gone, os.path.basename(LOCKFILE)]


def locks_and_signals():
    import signal

    before = signal.getsignal(signal.SIGTERM)
    Lock()
    after = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, before)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return before == after


def schedulers():
    import time

    from codecarbon.external.scheduler import PeriodicScheduler

    calls = []
    scheduler = PeriodicScheduler(0.05, lambda *a, **k: calls.append([a, k]), 1, two=2)
    before = scheduler._stopped
    scheduler.start()
    scheduler.start()
    during = scheduler._stopped
    time.sleep(0.28)
    scheduler.stop()
    scheduler.stop()
    time.sleep(0.02)
    count = len(calls)
    time.sleep(0.12)
    return [before, during, scheduler._stopped, 2 <= count <= 6, len(calls) == count, calls[0]]


# -- hardware objects ---------------------------------------------------------------------------


def hardware_objects():
    from codecarbon.core.units import Time as Seconds
    from codecarbon.external.hardware import CPU, GPU
    from codecarbon.external.ram import RAM, RAM_SLOT_POWER_X86

    constant = CPU("", "constant", "AMD EPYC 9654", 100)
    power, energy = constant.measure_power_and_energy(36.0)
    ram = RAM(force_ram_power=7)
    return {
        "constant": [constant.total_power().W, power.W, round(energy.kWh, 9)],
        "model": constant.get_model(),
        "repr": repr(constant),
        "ram": [ram.total_power().W, ram.machine_memory_GB > 0],
        "slot": RAM_SLOT_POWER_X86,
        "gpus": [GPU.from_utils().num_gpus, GPU.from_utils().devices.device_count],
        "seconds": Seconds(1).seconds,
    }


def constants():
    from codecarbon.external import hardware

    names = ("MODE_CPU_LOAD", "POWER_CONSTANT", "CONSUMPTION_PERCENTAGE_CONSTANT", "B_TO_GB")
    return [getattr(hardware, name) for name in names]


def caches():
    from codecarbon.core import hardware_cache

    return [
        hardware_cache.clear_cache(),
        hardware_cache.get_cached_tdp(cpu).model == util.detect_cpu_model(),
    ]


def gpus_of_this_machine():
    from codecarbon.core.gpu import AllGPUDevices, is_gpu_details_available

    devices = AllGPUDevices()
    return [
        is_gpu_details_available(),
        devices.device_count,
        devices.start(),
        devices.get_gpu_static_info(),
        attempt(lambda: devices.get_gpu_details()),
        attempt(lambda: devices.get_gpu_utilization_list()),
        attempt(lambda: devices.get_delta(Time.from_seconds(1))),
    ]


def boamps_names():
    from codecarbon.output_methods.boamps.mapper import BOAMPS_FORMAT_VERSION
    from codecarbon.output_methods.boamps.models import camel_to_snake, snake_to_camel

    return [
        BOAMPS_FORMAT_VERSION,
        [snake_to_camel(n) for n in ("task_stage", "nb_request", "a")],
        [camel_to_snake(n) for n in ("taskStage", "nbRequest", "cloudInstance")],
    ]


def boamps_models():
    from codecarbon.output_methods.boamps import models

    answers = {}
    for name in (
        "Algorithm", "BoAmpsReport", "Dataset", "Environment", "Hardware", "Header",
        "Infrastructure", "Measure", "Publisher", "Software", "System", "Task",
    ):  # fmt: skip
        cls = getattr(models, name)
        answers[name] = [field.name for field in dataclasses.fields(cls)]
    hardware = models.Hardware.from_dict({"componentName": "x", "nbComponent": 2})
    answers["there_and_back"] = hardware.to_dict()
    answers["unknown"] = attempt(models.Hardware.from_dict, {"colour": "green"})
    return answers


def boamps_map():
    from codecarbon.output_methods.boamps import map_emissions_to_boamps

    report = map_emissions_to_boamps(record(on_cloud="Y", cloud_provider="gcp", cloud_region="r"))
    as_dict = report.to_dict()
    return [
        sorted(as_dict),
        as_dict["infrastructure"]["infraType"],
        as_dict["infrastructure"].get("cloudProvider"),
        as_dict["measures"][0],
        as_dict["environment"],
        as_dict["header"],
        json.loads(json.dumps(as_dict)) == as_dict,
    ]
