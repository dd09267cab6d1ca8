"""Outputs: when they are called, with what, and what they write."""

import dataclasses
import glob
import io
import json
import logging
import os
import time

from codecarbon import EmissionsTracker, OfflineEmissionsTracker, OutputMethod
from codecarbon.output import BaseOutput, FileOutput, GoogleCloudLoggerOutput, LoggerOutput
from harness import (
    OFFLINE,
    QUIET,
    Keeper,
    attempt,
    lines,
    receiver,
    record,
    records,
    rows,
)


def _run(**parameters):
    tracker = OfflineEmissionsTracker(**{**QUIET, **parameters})
    tracker.start()
    time.sleep(0.06)
    tracker.stop()
    return tracker


# -- calls of handlers --------------------------------------------------------------------------


def calls_of_a_handler():
    keeper = Keeper()
    tracker = _run(output_handlers=[keeper])
    (_, total, delta), _ = keeper.calls
    return {
        "moments": keeper.moments,
        "kinds": [type(total).__name__, type(delta).__name__],
        "final": total.emissions == tracker.final_emissions,
        "first_delta": dataclasses.asdict(total) == dataclasses.asdict(delta),
    }


def live_calls():
    keeper = Keeper()
    _run_for(0.5, output_handlers=[keeper], measure_power_secs=0.1, api_call_interval=2)
    live = [call for call in keeper.calls if call[0] == "live_out"]
    sums = sum(call[2].emissions for call in keeper.calls if call[0] in ("live_out", "out"))
    return {
        "live": 1 <= len(live) <= 4,
        "ends_with": keeper.moments[-2:],
        "sum_of_deltas": abs(sums - keeper.calls[-2][1].emissions) < 1e-12,
        "kinds": [type(value).__name__ for value in live[0][1:]],
    }


def first_live_call_at_once_with_an_interval_of_one():
    keeper = Keeper()
    _run_for(0.1, output_handlers=[keeper], measure_power_secs=10, api_call_interval=1)
    return keeper.moments


def no_live_calls_by_minus_one():
    keeper = Keeper()
    _run_for(0.3, output_handlers=[keeper], measure_power_secs=0.05, api_call_interval=-1)
    return keeper.moments


def _run_for(seconds, **parameters):
    tracker = OfflineEmissionsTracker(**{**QUIET, **parameters})
    tracker.start()
    time.sleep(seconds)
    tracker.stop()


def order_of_handlers():
    order = []

    class Named(BaseOutput):
        def __init__(self, name):
            self.name = name

        def out(self, total, delta):
            order.append([self.name, os.path.exists("emissions.csv")])

    class Log:
        def log(self, level, msg):
            order.append(["logger", os.path.exists("emissions.csv")])

    with receiver() as (url, kept):
        _run(
            output_methods=[OutputMethod.LOGGER, OutputMethod.CSV],
            logging_logger=LoggerOutput(Log()),
            emissions_endpoint=f"{url}/records",
            output_handlers=[Named("a"), Named("b")],
        )
    return [order, [request["line"] for request in kept]]


def a_handler_of_any_class():
    class Few:
        seen = 0

        def out(self, total, delta):
            Few.seen += 1

    tracker = _run(output_handlers=[Few()])
    return [Few.seen, attempt(getattr, tracker, "final_emissions") is not None]


def a_failing_handler():
    first, second = Keeper(fails=True), Keeper()
    tracker = OfflineEmissionsTracker(**QUIET, output_handlers=[first, second])
    tracker.start()
    stopped = tracker.stop()
    return [first.moments, second.moments, stopped is not None, hasattr(tracker, "final_emissions")]


def a_list_of_handlers_is_used_twice():
    handlers = [Keeper()]
    for _ in range(2):
        tracker = OfflineEmissionsTracker(**OFFLINE, output_handlers=handlers)
        tracker.start()
        tracker.stop()
    return [len(handlers), len(records())]


def logger_method_without_a_logger():
    return attempt(_run, output_methods=["logger"]) is not None


def base_output_does_nothing():
    output = BaseOutput()
    return [
        output.out(None, None),
        output.live_out(None, None),
        output.task_out([], "base"),
        output.exit(),
    ]


# -- CSV ----------------------------------------------------------------------------------------


def csv_of_a_run():
    tracker = _run(output_methods=["csv"], project_name='a "quoted", name')
    header, row = rows()
    data = tracker.final_emissions_data
    values = dict(zip(header, row, strict=True))
    with open("emissions.csv", "rb") as file:
        raw = file.read()
    return {
        "header": header,
        "project": values["project_name"],
        "floats_by_repr": values["duration"] == repr(data.duration)
        and float(values["emissions"]) == data.emissions,
        "integers": [values["cpu_count"], values["gpu_count"]],
        "empty": [values[n] for n in ("region", "cloud_provider", "longitude", "latitude")],
        "pue_and_wue": [float(values["pue"]), float(values["wue"])],
        "ends": [raw.endswith(b"\n"), b"\r" in raw, raw.startswith(b"timestamp,")],
        "quoted": b'"a ""quoted"", name"' in raw,
    }


def csv_appends():
    for name in ("one", "two"):
        _run(output_methods=["csv"], project_name=name)
    table = records()
    return [[row["project_name"], row["country_name"], row["region"]] for row in table]


def csv_names_and_places():
    os.mkdir("sub")
    _run(output_methods=["csv"], output_dir="sub", output_file="mine.csv")
    _run(output_methods=["csv"], output_dir="sub", output_file=os.path.abspath("absolute.csv"))
    return sorted(glob.glob("**/*.csv", recursive=True))


def csv_updates():
    tracker = OfflineEmissionsTracker(**OFFLINE, on_csv_write="update")
    tracker.start()
    for _ in range(2):
        tracker.flush()
    tracker.stop()
    _run(output_methods=["csv"], on_csv_write="update")
    return len(records())


def csv_appends_a_row_for_each_flush():
    tracker = OfflineEmissionsTracker(**OFFLINE)
    tracker.start()
    tracker.flush()
    tracker.stop()
    table = records()
    return [len(table), len({row["run_id"] for row in table})]


def csv_with_other_columns_is_moved_away():
    with open("emissions.csv", "w") as file:
        file.write("a,b\n1,2\n")
    with lines() as heard:
        _run(output_methods=["csv"], log_level="warning")
    heard = [line for line in heard if "run at the same time" not in line[1]]
    with open("emissions.csv.bak") as file:
        kept = file.read()
    return [
        [level for level, text in heard if "CSV" in text or ".bak" in text],
        kept,
        len(records()),
    ]


def csv_backups_are_numbered():
    for _ in range(3):
        with open("emissions.csv", "w") as file:
            file.write("a,b\n1,2\n")
        _run(output_methods=["csv"])
    return sorted(glob.glob("emissions*.bak"))


def csv_with_columns_in_another_order():
    _run(output_methods=["csv"], project_name="first")
    header, row = rows()
    with open("emissions.csv", "w") as file:
        for cells in (header, row):
            file.write(",".join(reversed(cells)) + "\n")
    _run(output_methods=["csv"], project_name="second")
    return [rows()[0] == header[::-1], [row["project_name"] for row in records()]]


def csv_that_is_empty():
    with open("emissions.csv", "w"):
        pass
    _run(output_methods=["csv"])
    return [len(records()), glob.glob("*.bak")]


def file_output_by_hand():
    output = FileOutput("mine.csv", ".", "append")
    output.out(record(), record())
    output.out(record(run_id="run-2", emissions=1e-7), record())
    header, first, second = rows("mine.csv")
    return {
        "attributes": [output.output_file_name, output.output_dir, output.on_csv_write],
        "path": output.save_file_path,
        "valid": output.has_valid_headers(record()),
        "header": header,
        "first": first[:-2] + [float(cell) for cell in first[-2:]],
        "small": dict(zip(header, second, strict=True))["emissions"],
        "no_directory": attempt(FileOutput, "a.csv", "nowhere"),
        "no_mode": attempt(FileOutput, "a.csv", ".", "both"),
        "positional": attempt(output.live_out, record(), record()),
    }


def file_output_updates_by_run():
    output = FileOutput("mine.csv", ".", "update")
    for run_id, emissions in (("a", 1.0), ("b", 2.0), ("a", 3.0)):
        output.out(record(run_id=run_id, emissions=emissions), None)
    table = records("mine.csv")
    return sorted([row["run_id"], float(row["emissions"])] for row in table)


def file_output_of_tasks():
    from codecarbon.external.task import Task

    tasks = []
    for name in ("one", "two"):
        task = Task(name)
        task.emissions_data = record(region="a", run_id="run-9")
        tasks.append(task.out())
    FileOutput("mine.csv", ".").task_out(tasks, "trial")
    return rows("emissions_trial_run-9.csv")


# -- loggers ------------------------------------------------------------------------------------


def logger_output():
    class Log:
        heard = []

        def log(self, level, msg):
            Log.heard.append([level, json.loads(msg), list(json.loads(msg))])

    output = LoggerOutput(Log())
    output.out(record(), None)
    LoggerOutput(Log(), severity=logging.WARNING).live_out(record(), None)
    return Log.heard


def logger_output_of_a_tracker():
    stream = io.StringIO()
    log = logging.getLogger("mine")
    log.setLevel("INFO")
    log.propagate = False
    log.addHandler(logging.StreamHandler(stream))
    tracker = _run(output_methods=[OutputMethod.LOGGER], logging_logger=LoggerOutput(log))
    (line,) = stream.getvalue().splitlines()
    return [json.loads(line)["emissions"] == tracker.final_emissions, list(json.loads(line))]


def google_cloud_logger_output():
    class Log:
        heard = []

        def log_struct(self, payload, severity):
            Log.heard.append([payload, severity])

    GoogleCloudLoggerOutput(Log()).out(record(), None)
    return Log.heard


def logger_output_that_fails():
    class Log:
        def log(self, level, msg):
            raise OSError("no room")

    logging.getLogger("codecarbon").setLevel("INFO")
    with lines() as heard:
        answer = LoggerOutput(Log()).out(record(), None)
    return [answer, [level for level, _ in heard]]


# -- choosing -----------------------------------------------------------------------------------


def members_of_output_method():
    return {
        "members": {m.name: m.value for m in OutputMethod if m.name not in ("JSON", "OTLP")},
        "is_text": OutputMethod.CSV == "csv" and isinstance(OutputMethod.CSV, str),
        "by_value": OutputMethod("api").name,
        "wrong": attempt(OutputMethod, "fax"),
    }


def ways_to_choose():
    answers = []
    for methods in (["csv"], [OutputMethod.CSV], "csv", "csv, logger", [], None, ""):
        tracker = attempt(
            EmissionsTracker, log_level="critical", output_methods=methods, logging_logger=Keeper()
        )
        chosen = getattr(tracker, "_output_methods", tracker)
        answers.append([getattr(method, "value", method) for method in chosen])
    return answers
