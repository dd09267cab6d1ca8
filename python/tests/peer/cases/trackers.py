"""The life of a tracker: methods, their results, their order, misuse."""

import logging
import os
import signal
import tempfile
import time
import warnings

from codecarbon import EmissionsTracker, OfflineEmissionsTracker
from harness import OFFLINE, QUIET, Keeper, attempt, levels_of, lines, records


def _stopped(**parameters):
    tracker = OfflineEmissionsTracker(**{**QUIET, **parameters})
    tracker.start()
    time.sleep(0.06)
    tracker.stop()
    return tracker


def start_and_stop_return():
    tracker = OfflineEmissionsTracker(**QUIET)
    started = tracker.start()
    time.sleep(0.06)
    stopped = tracker.stop()
    return {
        "start": started,
        "stop": type(stopped).__name__,
        "is_positive": stopped > 0,
        "same_as_final": stopped == tracker.final_emissions,
        "same_as_record": stopped == tracker.final_emissions_data.emissions,
        "record": type(tracker.final_emissions_data).__name__,
    }


def results_are_there_after_stop_only():
    tracker = OfflineEmissionsTracker(**QUIET)
    before = [hasattr(tracker, "final_emissions"), hasattr(tracker, "final_emissions_data")]
    tracker.start()
    during = hasattr(tracker, "final_emissions")
    tracker.stop()
    return [before, during, hasattr(tracker, "final_emissions_data")]


def context_manager():
    with OfflineEmissionsTracker(**QUIET) as tracker:
        inside = type(tracker).__name__
        time.sleep(0.06)
        running = tracker._start_time is not None
    return [inside, running, tracker.final_emissions > 0]


def exception_passes_context():
    tracker = OfflineEmissionsTracker(**QUIET)
    try:
        with tracker:
            time.sleep(0.06)
            raise KeyError("mine")
    except KeyError as error:
        return [str(error), tracker.final_emissions > 0]


def stop_without_start():
    tracker = OfflineEmissionsTracker(**QUIET)
    with lines() as heard:
        logging.getLogger("codecarbon").setLevel("INFO")
        result = tracker.stop()
    return [result, levels_of(heard, "never started")]


def flush_without_start():
    tracker = OfflineEmissionsTracker(**QUIET)
    logging.getLogger("codecarbon").setLevel("INFO")
    with lines() as heard:
        result = tracker.flush()
    return [result, levels_of(heard, "You first need to start the tracker.")]


def start_twice():
    tracker = OfflineEmissionsTracker(**QUIET | {"log_level": "warning"})
    tracker.start()
    with lines() as heard:
        again = tracker.start()
    tracker.stop()
    return [again, levels_of(heard, "Already started tracking")]


def stop_twice():
    tracker = OfflineEmissionsTracker(**OFFLINE)
    tracker.start()
    first = tracker.stop()
    second = tracker.stop()
    return [first == second, len(records())]


def restart():
    keeper = Keeper()
    tracker = OfflineEmissionsTracker(**QUIET, output_handlers=[keeper])
    tracker.start()
    tracker.stop()
    first_id = str(tracker.run_id)
    tracker.start()
    again = tracker.stop()
    return {
        "second_stop": type(again).__name__,
        "records": keeper.moments.count("out"),
        "another_run": first_id != str(tracker.run_id),
    }


def flush_goes_on():
    keeper = Keeper()
    tracker = OfflineEmissionsTracker(**OFFLINE, output_handlers=[keeper])
    tracker.start()
    time.sleep(0.06)
    flushed = tracker.flush()
    time.sleep(0.06)
    stopped = tracker.stop()
    (_, first, first_delta), (_, last, last_delta) = [c for c in keeper.calls if c[0] == "out"]
    return {
        "grows": 0 < flushed < stopped,
        "moments": keeper.moments,
        "rows": len(records()),
        "first_delta_is_total": first_delta.emissions == first.emissions,
        "deltas_add_up": abs(first_delta.emissions + last_delta.emissions - last.emissions) < 1e-15,
        "durations_add_up": abs(first_delta.duration + last_delta.duration - last.duration) < 1e-9,
        "one_run": first.run_id == last.run_id == str(tracker.run_id),
    }


def run_id():
    tracker = _stopped()
    return [len(str(tracker.run_id)), tracker.final_emissions_data.run_id == str(tracker.run_id)]


def kind_of_run_id():
    return type(_stopped().run_id).__name__


def record_of_a_run():
    data = _stopped(project_name="mine", experiment_id="exp", pue=1.5, wue=2).final_emissions_data
    return {
        name: getattr(data, name)
        for name in (
            "project_name", "experiment_id", "country_name", "country_iso_code", "region",
            "cloud_provider", "cloud_region", "os", "python_version", "cpu_count", "cpu_model",
            "gpu_count", "gpu_model", "longitude", "latitude", "tracking_mode",
            "on_cloud", "pue", "wue",
        )
    }  # fmt: skip


def types_of_a_record():
    data = _stopped().final_emissions_data
    return {
        name: type(value).__name__
        for name, value in data.values.items()
        if name not in ("pue", "wue", "ram_used_gb") and not name.endswith("_utilization_percent")
    }


def sums_of_a_record():
    data = _stopped(pue=1.5, wue=2).final_emissions_data
    parts = data.cpu_energy + data.gpu_energy + data.ram_energy
    return {
        "parts": abs(parts - data.energy_consumed) < 1e-15,
        "rate": abs(data.emissions_rate - data.emissions / data.duration) < 1e-15,
        "duration": 0.05 < data.duration < 5,
        "factor_is_positive": data.emissions / data.energy_consumed > 0,
    }


def water_of_a_record():
    data = _stopped(pue=1.5, wue=2).final_emissions_data
    return round(data.water_consumed / data.energy_consumed, 6)


def forced_intensity():
    tracker = _stopped(force_carbon_intensity_g_co2e_kwh=100)
    data = tracker.final_emissions_data
    return [
        tracker.force_carbon_intensity_g_co2e_kwh,
        round(data.emissions / data.energy_consumed, 12),
        EmissionsTracker(output_methods=[], log_level="critical").force_carbon_intensity_g_co2e_kwh,
    ]


def zero_intensity():
    return _stopped(force_carbon_intensity_g_co2e_kwh=0).final_emissions


def negative_intensity():
    logging.getLogger("codecarbon").setLevel("WARNING")
    with lines() as heard:
        tracker = OfflineEmissionsTracker(
            **QUIET | {"log_level": 30}, force_carbon_intensity_g_co2e_kwh=-1
        )
    return [
        tracker.force_carbon_intensity_g_co2e_kwh,
        levels_of(heard, "force_carbon_intensity_g_co2e_kwh"),
    ]


def intensity_that_is_no_number():
    tracker = OfflineEmissionsTracker(**QUIET, force_carbon_intensity_g_co2e_kwh="much")
    return tracker.force_carbon_intensity_g_co2e_kwh


def forced_powers():
    data = _stopped(force_ram_power=7, force_cpu_power=100, pue=2.0).final_emissions_data
    return {
        "ram": 0.7 < data.ram_energy * 3.6e6 / data.duration / 14.0 < 1.3,
        "cpu_at_most": data.cpu_energy * 3.6e6 / data.duration <= 201,
    }


def detected_hardware():
    tracker = OfflineEmissionsTracker(**QUIET)
    hardware = tracker.get_detected_hardware()
    # Limits of a container count in one of the two.
    return hardware | {"ram_total_size": hardware["ram_total_size"] > 0}


def service_shutdown():
    tracker = OfflineEmissionsTracker(**QUIET | {"log_level": "warning"})
    tracker.start()
    with lines() as heard:
        result = tracker.service_shutdown(int(signal.SIGTERM), None)
    return [result, levels_of(heard, "aught signal 15"), tracker.final_emissions > 0]


def world_average_without_a_country():
    data = _stopped(country_iso_code=None).final_emissions_data
    return [data.country_name, data.country_iso_code, data.on_cloud]


def unknown_country():
    logging.getLogger("codecarbon").setLevel("WARNING")
    with lines() as heard:
        tracker = OfflineEmissionsTracker(**QUIET | {"country_iso_code": "XXX", "log_level": 30})
        tracker.start()
        tracker.stop()
    data = tracker.final_emissions_data
    return {
        "name": data.country_name,
        "code": data.country_iso_code,
        "said": levels_of(heard, "Does not support country"),
    }


def region_of_a_country():
    data = _stopped(country_iso_code="USA", region="California").final_emissions_data
    return [data.country_name, data.country_iso_code, data.region]


def cloud():
    data = _stopped(cloud_provider="gcp", cloud_region="us-central1").final_emissions_data
    return [
        data.on_cloud,
        data.cloud_provider,
        data.cloud_region,
        data.country_name,
        data.country_iso_code,
        data.region,
    ]


def cloud_without_region():
    logging.getLogger("codecarbon").setLevel("WARNING")
    with lines() as heard:
        tracker = OfflineEmissionsTracker(**QUIET | {"log_level": 30}, cloud_provider="gcp")
        tracker.start()
        tracker.stop()
    said = [level for level, text in heard if "loud" in text and "egion" in text]
    return [bool(said), tracker.final_emissions is not None]


def _made(make, **parameters):
    try:
        return type(make(log_level="critical", **parameters)).__name__
    except Exception as error:
        said = str(error)
        return [type(error).__name__, any(str(value) in said for value in parameters.values())]


def wrong_mode():
    return _made(OfflineEmissionsTracker, tracking_mode="cluster", output_methods="")


def wrong_mode_online():
    return _made(EmissionsTracker, tracking_mode="cluster", output_methods="csv")


def missing_directory():
    return _made(OfflineEmissionsTracker, output_dir="nowhere")


def missing_directory_online():
    return _made(EmissionsTracker, output_dir="nowhere")


def wrong_output_method():
    return attempt(EmissionsTracker, output_methods="csv,fax")


def wrong_csv_mode():
    return attempt(EmissionsTracker, log_level="critical", on_csv_write="both")


def unknown_parameter():
    return attempt(EmissionsTracker, colour="green")


def place_for_an_online_tracker():
    return attempt(EmissionsTracker, country_iso_code="FRA")


def deprecated_flags():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tracker = OfflineEmissionsTracker(
            country_iso_code="FRA", log_level="critical", save_to_file=False
        )
    tracker.start()
    tracker.stop()
    return [
        [w.category.__name__ for w in caught],
        "deprecated" in str(caught[0].message),
        os.path.exists("emissions.csv"),
        tracker._output_methods,
    ]


def deprecated_token():
    logging.getLogger("codecarbon").setLevel("WARNING")
    with lines() as heard:
        tracker = OfflineEmissionsTracker(**QUIET | {"log_level": 30}, co2_signal_api_token="old")
        both = OfflineEmissionsTracker(
            **QUIET, co2_signal_api_token="old", electricitymaps_api_token="new"
        )
    return [
        levels_of(heard, "deprecated"),
        tracker._conf["electricitymaps_api_token"],
        both._conf["electricitymaps_api_token"],
    ]


def private_members_that_programs_read():
    tracker = _stopped(wue=1)
    data = (
        tracker._prepare_emissions_data() if tracker._start_time else tracker.final_emissions_data
    )
    return {
        "energies": [
            abs(getattr(tracker, name).kWh - getattr(data, field)) < 1e-15
            for name, field in (
                ("_total_energy", "energy_consumed"),
                ("_total_cpu_energy", "cpu_energy"),
                ("_total_gpu_energy", "gpu_energy"),
                ("_total_ram_energy", "ram_energy"),
            )
        ],
        "water": abs(tracker._total_water.litres - data.water_consumed) < 1e-15,
        "powers": [type(getattr(tracker, f"_{p}_power").W).__name__ for p in ("cpu", "gpu", "ram")],
        "emissions": tracker._total_emissions == tracker.final_emissions,
        "start_time": tracker._start_time,
        "tasks": tracker._tasks,
        "handlers": tracker._output_handlers,
    }


def private_members_while_it_runs():
    tracker = OfflineEmissionsTracker(**QUIET)
    tracker.start()
    time.sleep(0.06)
    measured = tracker._measure_power_and_energy()
    seen = {
        "measured": measured,
        "record": type(tracker._prepare_emissions_data()).__name__,
        "energy": tracker._total_energy.kWh > 0,
        "stopped": tracker._scheduler._stopped,
        "started": type(tracker._start_time).__name__,
        "cpu_power_sum": tracker._cpu_power_sum > 0,
    }
    tracker.stop()
    return seen


def lock_of_a_single_run():
    one = OfflineEmissionsTracker(**QUIET, allow_multiple_runs=False)
    one.start()
    with lines() as heard:
        logging.getLogger("codecarbon").setLevel("INFO")
        two = OfflineEmissionsTracker(**QUIET | {"log_level": "info"}, allow_multiple_runs=False)
        answers = [two.start(), two.flush(), two.stop(), two.start_task("t")]
    refused = [level for level, text in heard if "nother instance" in text and level == "WARNING"]
    one.stop()
    third = OfflineEmissionsTracker(**QUIET, allow_multiple_runs=False)
    third.start()
    return {
        "answers": answers,
        "flag": two._another_instance_already_running,
        "an_error_was_said": any(level == "ERROR" for level, _ in heard),
        "refusals": len(refused),
        "free_afterwards": third.stop() is not None,
        "left_behind": os.path.exists(os.path.join(tempfile.gettempdir(), ".codecarbon.lock")),
    }


def methods_of_a_refused_tracker():
    one = OfflineEmissionsTracker(**QUIET, allow_multiple_runs=False)
    two = OfflineEmissionsTracker(**QUIET, allow_multiple_runs=False)
    hardware = attempt(two.get_detected_hardware)
    answers = [attempt(two.stop_task, "t"), hardware if isinstance(hardware, str) else "a dict"]
    one.start()
    one.stop()
    return answers
