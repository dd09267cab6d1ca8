"""What this package does otherwise than CodeCarbon 3.3.2, on purpose: the one list of it.

The tests compare the answers of both packages to every case in ``cases``. Where they differ, the
difference has to stand here, with what either answers; and the table of
``docs/python-compatibility.md`` has to be the one that this list makes:

    python python/tests/peer/deviations.py        writes it there
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[3] / "docs" / "python-compatibility.md"


@dataclass(frozen=True)
class Deviation:
    """A row of the table. ``seen``: the place in a case's answer → (CodeCarbon's, ours)."""

    what: str
    stock: str
    here: str
    seen: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def _absent(*names: str) -> dict[str, tuple[str, str]]:
    """Names that cannot be imported from this package."""
    kinds = {"core.gpu.pynvml": "value", "core.gpu.amdsmi": "value"}
    return {
        f"names.imports.codecarbon.{name}": (
            kinds.get(name, "callable"),
            "raises AttributeError",
        )
        for name in names
    }


TRACKERS = [
    Deviation(
        "a wrong argument",
        "`AssertionError` without words; `OfflineEmissionsTracker` logs it and is half made",
        "`ValueError` or `OSError` that names it, also from `OfflineEmissionsTracker`",
        {
            "trackers.wrong_mode_online": (["AssertionError", False], ["ValueError", True]),
            "trackers.wrong_mode": ("OfflineEmissionsTracker", ["ValueError", True]),
            "trackers.missing_directory": ("OfflineEmissionsTracker", ["OSError", True]),
        },
    ),
    Deviation(
        "a number in a file or variable that is none",
        "logged; the value becomes `None`",
        "`ValueError` that names file, key and value",
        {"configuration.a_number_that_is_none": (None, "raises ValueError")},
    ),
    Deviation(
        "`1`, `yes`, `on` for a switch in a file or variable",
        "false",
        "true",
        {
            "configuration.booleans.1": (False, True),
            "configuration.booleans.yes": (False, True),
        },
    ),
    Deviation(
        "`%` in configuration files",
        "interpolation",
        "a `%`; `%%` is one too",
        {"configuration.percent_in_a_file": ("raises InterpolationSyntaxError", "50% off")},
    ),
    Deviation(
        "`country_iso_code` in small letters",
        "has no name",
        "is that of the country",
        {
            "configuration.offline_parameters": (
                ["fra", "abc", "FR", None],
                ["FRA", "abc", "FR", None],
            )
        },
    ),
    Deviation(
        '`CUDA_VISIBLE_DEVICES=""`',
        "all GPUs",
        "none",
        {"configuration.no_visible_gpus": (None, [])},
    ),
    Deviation(
        "`api_key` unless set",
        "the text `api_key`",
        "none",
        {"configuration.key_of_the_api": ("api_key", None)},
    ),
    Deviation(
        "`start()` after `stop()`",
        "goes on under the old `run_id`, without background measurements",
        "a new run",
        {"trackers.restart.another_run": (False, True)},
    ),
    Deviation(
        "`tracker.run_id`",
        "a `UUID`; `None` with the API, which files then carry",
        "its text, the same everywhere",
        {
            "trackers.kind_of_run_id": ("UUID", "str"),
            "services.run_id_with_the_api": (False, True),
        },
    ),
    Deviation(
        "`water_consumed`",
        "of energy with PUE",
        "of IT energy",
        {"trackers.water_of_a_record": (2.0, 1.333333)},
    ),
    Deviation(
        "names in a record of a cloud region",
        '"USA", "Iowa"',
        'as everywhere else: "United States", "iowa"',
        {
            "trackers.cloud": (
                ["Y", "gcp", "us-central1", "USA", "USA", "Iowa"],
                ["Y", "gcp", "us-central1", "United States", "USA", "iowa"],
            ),
        },
    ),
    Deviation(
        "a tracker that another one's lock refuses",
        "`stop_task`, `get_detected_hardware`: `AttributeError`",
        "`None`, and the hardware",
        {
            "trackers.methods_of_a_refused_tracker": (
                ["raises AttributeError", "raises AttributeError"],
                [None, "a dict"],
            ),
        },
    ),
    Deviation(
        "a task within a task",
        "refused with a warning",
        "measured",
        {
            "tasks.a_task_within_a_task.0.already under measure": ("WARNING", None),
            "tasks.a_task_within_a_task.1": (False, True),
            "tasks.a_task_within_a_task.3": (["outer"], ["outer", "inner"]),
        },
    ),
    Deviation(
        "duration of a run with tasks",
        "since the start of the last task",
        "of the run",
        {"tasks.duration_of_a_run_with_tasks": (False, True)},
    ),
    Deviation(
        "`flush()` while a task is open",
        "fails, `None`",
        "works",
        {"tasks.flush_with_a_task": ([True, False], [True, True])},
    ),
    Deviation(
        "`start_task()` after `stop()`",
        "`AttributeError`",
        "a new run",
        {"tasks.a_task_after_stop": (["raises AttributeError", False], [None, True])},
    ),
    Deviation(
        "columns of the task file that are empty throughout",
        "left out",
        "kept, so that all files have the same",
        {"tasks.file_of_tasks.empty_columns": ([], ["region", "longitude", "latitude"])},
    ),
    Deviation(
        "`@track_task_emissions` without a tracker",
        "works for the first call only",
        "a tracker for each call",
        {"tasks.as_decorator_without_a_tracker": ([4, "raises AttributeError"], [4, 6])},
    ),
    Deviation(
        "`@track_emissions(offline=True)`",
        "drops experiment, API and endpoint",
        "takes every parameter, also `force_mode_cpu_load` and `metadata`",
        {
            "decorators.offline_gives_its_experiment": (
                "5b0fa12a-3dd7-45bb-9766-cc326314d9f1",
                "mine",
            ),
            "decorators.offline_calls_the_endpoint": (0, 1),
            "decorators.forced_load_model": (False, True),
        },
    ),
    Deviation(
        "decorated `async def` functions and generators",
        "only their creation is measured",
        "measured until they end",
        {
            "decorators.a_coroutine": ([1, True, False], [1, True, True]),
            "decorators.a_generator.1": (["out", "exit"], []),
        },
    ),
]

_LABELS = [
    "cloud_provider", "cloud_region", "codecarbon_version", "country_iso_code", "country_name",
    "cpu_count", "cpu_model", "gpu_count", "gpu_model", "os", "project_name", "ram_total_size",
    "region", "tracking_mode",
]  # fmt: skip
"""Labels of the metrics of a push gateway."""

OUTPUTS = [
    Deviation(
        "an output that raises",
        "ends `stop()`: no result, no other output",
        "logged; the others are served",
        {
            "outputs.a_failing_handler.0": (["out"], ["out", "exit"]),
            "outputs.a_failing_handler.1": ([], ["out", "exit"]),
            "outputs.a_failing_handler.2": (False, True),
            "outputs.a_failing_handler.3": (False, True),
        },
    ),
    Deviation(
        "the list given as `output_handlers`",
        "grows by the tracker's own",
        "is left as it is",
        {"outputs.a_list_of_handlers_is_used_twice": ([3, 3], [1, 2])},
    ),
    Deviation(
        "the last measurement, at `stop()`",
        "may be a live record too",
        "is the final record",
        {
            "outputs.first_live_call_at_once_with_an_interval_of_one": (
                ["live_out", "live_out", "out", "exit"],
                ["live_out", "out", "exit"],
            ),
        },
    ),
    Deviation(
        "CSV",
        "columns can shift, `update` can fail (*mended there*)",
        "rows are written by column, in turns with other processes",
    ),
    Deviation(
        "lines of the logger",
        "its handler replaces the program's stream handlers",
        "the program's handlers and level stay; the line goes to whatever `sys.stderr` is at the "
        "time",
        {"log.streams_of_the_program_stay": (False, True)},
    ),
    Deviation(
        "`HTTPOutput`",
        "sends the login name and exact coordinates; only 201 is success",
        "no name unless `HTTPOutput(url, user=…)`, coordinates to one decimal; any 2xx is success, "
        "anything else a warning",
        {
            "services.http_output.user": (True, False),
            "services.http_output_answers.200.1": (["ERROR"], []),
            "services.http_output_answers.400.1": (["ERROR"], ["WARNING"]),
            "services.http_output_answers.500.1": (["ERROR"], ["WARNING"]),
        },
    ),
    Deviation("NaN in JSON", "`NaN`, which most readers refuse", "`null`"),
    Deviation(
        "`CodeCarbonAPIOutput`",
        "what fails is lost; so are the first record after a failed registration, parts under a "
        "second, and fractions of seconds",
        "kept on disk and sent by the next run or `codecarbon sync`, in the background; fractions are "
        "carried over (the server counts whole seconds)",
        {
            # The rate of a row is its own, not that of the record so far.
            "services.api_output.sent.1.2.emissions_rate": (0.05, 0.16666666666666666),
            "services.api_output.sent.2.2.emissions_rate": (0.05, 0.25),
            "services.api_output_of_short_records": (
                ["POST /runs"],
                ["POST /runs", "POST /emissions", "POST /emissions", "POST /emissions"],
            ),
        },
    ),
    Deviation(
        "`PrometheusOutput`",
        "13 of 14 labels empty, one registry for all trackers; sends while the program waits, "
        "deletes at the end, without credentials",
        "all labels filled, each run a group of its own (`run_id`) that stays unless "
        "`delete_at_exit` is set, sent in the background; base units beside the old names, counters "
        "never go down",
        {
            "services.prometheus_output.lines": (
                ["DELETE /metrics/job/mine", "PUT /metrics/job/mine"],
                ["PUT /metrics/job/mine"],
            ),
            "services.prometheus_of_a_tracker": (
                [
                    "DELETE /metrics/job/my_project___a_b",
                    "PUT /metrics/job/my_project___a_b",
                ],
                ["PUT /metrics/job/my_project___a_b"],
            ),
            "services.prometheus_labels.names": (
                _LABELS,
                sorted([*_LABELS, "run_id"]),
            ),
            "services.prometheus_labels.filled": (
                ["project_name"],
                [
                    "codecarbon_version",
                    "country_iso_code",
                    "country_name",
                    "cpu_count",
                    "cpu_model",
                    "gpu_count",
                    "gpu_model",
                    "os",
                    "project_name",
                    "ram_total_size",
                    "run_id",
                    "tracking_mode",
                ],
            ),
            "services.prometheus_with_credentials": (
                ["Basic dXNlcjpzZWNyZXQ=", None],
                ["Basic dXNlcjpzZWNyZXQ=", "Basic dXNlcjpzZWNyZXQ="],
            ),
        },
    ),  # fmt: skip
    Deviation(
        "`LogfireOutput`",
        "configures Logfire anew; energy labelled kW",
        "keeps the program's configuration, and never asks; kWh",
    ),
    Deviation(
        "BoAmps: number of processors",
        "threads ÷ 2",
        "sockets of this machine; 1 for a record from elsewhere, where nobody knows",
        {"services.boamps_report.components.0.nbComponent": (4, 1)},
    ),
    Deviation(
        "BoAmps: `measurementDateTime`",
        "the end of the run",
        "its beginning, as the format has it",
        {
            "services.boamps_report.report.measures.0.measurementDateTime": (
                "2026-11-22 10:00:00",
                "2026-11-22 09:59:50",
            ),
            "system.boamps_map.3.measurementDateTime": (
                "2026-11-22 10:00:00",
                "2026-11-22 09:59:50",
            ),
        },
    ),
    Deviation(
        "BoAmps: memory and coordinates",
        "fractions of a GiB, which the format's schema refuses; exact coordinates",
        "whole GiB; coordinates to one decimal",
    ),
    Deviation(
        "BoAmps: what is missing",
        "a warning without a task",
        "that, and a line in the log that names each field",
    ),
    Deviation(
        "BoAmps: overrides",
        "camel-case names are ignored, unknown ones too",
        "both cases work, unknown names raise `TypeError`",
    ),
]

MODULES = [
    Deviation(
        "joules to kWh in `Energy`",
        "× 2.77778e-7, 8 · 10⁻⁷ too much",
        "3.6e6 J are one kWh",
        {"values.joules": ([1.0000008, 1.0000008], [1.0, 1.0])},
    ),
    Deviation(
        "`Energy.from_power_and_time`",
        "fails when the power is a whole number",
        "any number",
        {"values.energy_of_a_whole_number_of_kilowatts": ("raises AssertionError", 2.0)},
    ),
    Deviation(
        "adding an energy and a bare number",
        "`AttributeError`",
        "`TypeError`",
        {
            "values.adding_a_bare_number": (
                ["raises AttributeError"] * 2,
                ["raises TypeError"] * 2,
            )
        },
    ),
    Deviation(
        "`ApiClient.add_emission` without a run",
        "registers it and sends nothing",
        "registers it and sends",
        {
            "clients.an_emission_without_a_run.0": (False, True),
            "clients.an_emission_without_a_run.1": (
                ["POST /runs"],
                ["POST /runs", "POST /emissions"],
            ),
        },
    ),
    Deviation(
        "`ApiClient.add_emission` of less than a second",
        "dropped",
        "sent",
        {
            "clients.an_emission_of_less_than_a_second.0": (False, True),
            "clients.an_emission_of_less_than_a_second.1": (
                ["POST /runs"],
                ["POST /runs", "POST /emissions"],
            ),
        },
    ),
    Deviation(
        "errors of `ApiClient`",
        "`requests` exceptions",
        "`ApiError`, an `OSError` as those are",
        {
            f"clients.refusals.{status}": (["raises HTTPError", True], ["raises ApiError", True])
            for status in (200, 401, 404, 500)
        },
    ),
    Deviation(
        "location without network",
        "Québec",
        "the country of the time zone, said; else unknown, with the world average",
        {"values.place_without_an_answer": (["quebec", True], [None, True])},
    ),
    Deviation(
        "`CloudMetadata.from_utils`",
        "forgets AWS and Azure regions; asks one cloud after the other",
        "keeps them; asks all at once, AWS with a session token",
    ),
    Deviation("region of a Google zone without a state", "NaN", "the city"),
    Deviation(
        "Electricity Maps",
        "kept for 60 s, `countryCode`",
        "kept for five minutes, `zone`; trackers weight each hour by its energy "
        "([carbon-intensity.md](carbon-intensity.md))",
    ),
    Deviation(
        "`Emissions`: states of the USA",
        "eGRID 2023",
        "eGRID 2016, as 3.3.0 has it; trackers use newer tables",
        {"values.of_states": (0.35, 0.476)},
    ),
    Deviation(
        "tables that come as data frames",
        "pandas is always there",
        "need pandas, and say so",
        {
            "values.data_frames": (
                "provider region impact Name TDP",
                "raises ImportError: this table comes as a data frame, which needs pandas: "
                "pip install pandas",
            )
        },
    ),
    Deviation(
        "`Lock`",
        "empty file, signal handlers, stale after a kill",
        "holds the process id, no signal handlers, taken over when its owner is gone",
        {"system.locks_and_signals": (False, True)},
    ),
    Deviation(
        "`PeriodicScheduler`",
        "calls overlap, and may go on after `stop()`",
        "one at a time, none after `stop()`",
        {"names.methods.PeriodicScheduler.start": (["self", "from_run?"], ["self"])},
    ),
    Deviation(
        "`RAPLFile`",
        "takes its state as further arguments",
        "begins with none",
        {
            "names.parameters.codecarbon.core.rapl.RAPLFile": (
                [
                    "name",
                    "path",
                    "max_path",
                    "energy_delta?",
                    "power?",
                    "last_energy?",
                    "max_energy_reading?",
                ],
                ["name", "path", "max_path"],
            )
        },
    ),  # fmt: skip
    Deviation(
        "`Task.out()` before the end",
        "`AttributeError`",
        "`ValueError` that names the task",
        {"tasks.a_task_object_before_its_end": ("raises AttributeError", "raises ValueError")},
    ),
    Deviation(
        "`count_physical_cpus`, `detect_cpu_model`",
        "start `lscpu`, a Python process",
        "read the kernel's files",
    ),
    Deviation(
        "`is_powergadget_available`, `is_psutil_available`",
        "–",
        "`False`; whether `/proc/stat` can be read",
    ),
    Deviation(
        "`CPU`, `GPU`, `RAM`",
        "models of their own",
        'a small measurement by the tracker\'s meters and models; mode "constant" is the same',
    ),
    Deviation(
        "`AllGPUDevices.get_gpu_details()`",
        "memory in use, temperature, processes as well",
        "energy, power, utilization",
    ),
    Deviation(
        "wrong telemetry messages",
        "`pydantic.ValidationError`",
        "`ValueError` (which the former is, too)",
    ),
]

ABSENT = [
    Deviation(
        "`core.cpu.IntelRAPL`, `core.resource_tracker.ResourceTracker`, "
        "`core.hardware_cache.make_key`, `capture`, `apply`, `get_or_run_setup`",
        "meters are found and read in native code, once in a process",
        "`tracker.get_detected_hardware()`, `tracker.report`",
        _absent(
            "core.cpu.IntelRAPL", "core.resource_tracker.ResourceTracker",
            "core.hardware_cache.make_key", "core.hardware_cache.capture",
            "core.hardware_cache.apply", "core.hardware_cache.get_or_run_setup",
        ),
    ),
    Deviation(
        "`core.gpu.pynvml`, `amdsmi`, `NvidiaGPUDevice`, `AMDGPUDevice`, "
        "`core.gpu_device.GPUDevice`",
        "GPUs are read in native code",
        "`AllGPUDevices`, `tracker.report`",
        _absent(
            "core.gpu.pynvml", "core.gpu.amdsmi", "core.gpu.NvidiaGPUDevice",
            "core.gpu.AMDGPUDevice", "core.gpu_device.GPUDevice",
        ),
    ),
    Deviation(
        "`core.cpu.IntelPowerGadget`",
        "Intel ended it in 2023",
        "–",
        _absent("core.cpu.IntelPowerGadget"),
    ),
    Deviation(
        "`core.powermetrics.ApplePowermetrics`, `external.hardware.AppleSiliconChip` (can be "
        "imported, not made)",
        "meters of macOS are not there yet",
        "the load model",
        _absent("core.powermetrics.ApplePowermetrics"),
    ),
    Deviation(
        "`core.windows_emi.WindowsEMI`",
        "meters of Windows are not there yet",
        "the load model",
        _absent("core.windows_emi.WindowsEMI"),
    ),
    Deviation(
        "`core.measure.MeasurePowerEnergy`",
        "cannot be imported from CodeCarbon either",
        "–",
    ),
    Deviation(
        "`…_TWh` of `get_global_energy_mix_data()`",
        "amounts of electricity are not among our tables",
        "`…_percent`",
    ),
    Deviation(
        "gauges and registry of `output_methods.metrics.prometheus`",
        "there is no client library behind it",
        "subclass `PrometheusOutput`",
    ),
    Deviation(
        "`external.hardware.Raspberry`, `SystemCPULoadMeter`",
        "the board's meter is not read; load is read in native code",
        "`CPU`",
    ),
    Deviation(
        "`cli.main`: functions beside `main`",
        "the command is a native program",
        "`main()`, `python -m codecarbon.cli.main`",
    ),
]  # fmt: skip

ALL = [*TRACKERS, *OUTPUTS, *MODULES, *ABSENT]
SEEN = {path: answers for deviation in ALL for path, answers in deviation.seen.items()}

_STARTS = {
    "trackers": ("| what | CodeCarbon 3.3.2 | here |", TRACKERS),
    "outputs": ("| what | CodeCarbon 3.3.2 | here |", OUTPUTS),
    "modules": ("| what | CodeCarbon 3.3.2 | here |", MODULES),
    "absent": ("| name | why | instead |", ABSENT),
}


def page(text: str) -> str:
    """The page with the tables that this list makes."""
    for name, (head, deviations) in _STARTS.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        _, after = rest.split(end)
        rows = "".join(f"| {d.what} | {d.stock} | {d.here} |\n" for d in deviations)
        text = f"{before}{start}\n{head}\n| --- | --- | --- |\n{rows}\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
