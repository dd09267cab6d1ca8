"""The outputs by name, and those that write files and logs."""

import csv
import json
import logging
import subprocess
import sys
import types

import pytest

from codecarbon import output
from codecarbon.output import (
    BaseOutput,
    FileOutput,
    GoogleCloudLoggerOutput,
    LoggerOutput,
    OutputMethod,
    TaskEmissionsData,
)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_output_is_there_by_name():
    for name in output.__all__:
        assert getattr(output, name).__name__ == name
    assert dir(output) == sorted(output.__all__)
    with pytest.raises(AttributeError, match="NoSuchOutput"):
        output.NoSuchOutput  # noqa: B018


def test_the_module_loads_only_what_is_asked_for():
    code = (
        "import sys; from codecarbon.output import EmissionsData, BaseOutput; "
        "sys.exit(any(m in sys.modules for m in ('http.client', 'json', 'dataclasses', 'csv')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_methods_are_texts():
    assert [method.value for method in OutputMethod] == [
        "csv", "api", "logger", "prometheus", "logfire", "boamps", "otlp",
    ]  # fmt: skip
    assert OutputMethod("csv") is OutputMethod.CSV
    assert OutputMethod.BOAMPS == "boamps"


def test_an_output_need_not_do_anything(record):
    base = BaseOutput()
    assert base.out(record(), record()) is None
    assert base.live_out(record(), record()) is None
    assert base.task_out([], "e") is None
    assert base.exit() is None


# CSV.


def test_rows_are_appended_and_columns_never_shift(tmp_path, record):
    file = FileOutput("e.csv", str(tmp_path))
    assert file.save_file_path == str(tmp_path / "e.csv")
    file.out(record(region="bretagne"), record())
    file.out(record(region=None, longitude=None, latitude=None), record())
    first, second = rows(tmp_path / "e.csv")
    assert list(first) == list(record().values)
    assert (first["region"], second["region"], second["ram_total_size"]) == ("bretagne", "", "16.0")
    assert (second["longitude"], second["wue"]) == ("", "0.0")
    assert file.has_valid_headers(record())


def test_update_keeps_one_row_per_run(tmp_path, record):
    file = FileOutput("e.csv", tmp_path, on_csv_write="update")
    file.out(record(run_id="a", emissions=1.0), record())
    file.out(record(run_id="b"), record())
    file.out(record(run_id="a", emissions=2.0), record())
    assert [(row["run_id"], row["emissions"]) for row in rows(tmp_path / "e.csv")] == [
        ("a", "2.0"), ("b", "0.5"),
    ]  # fmt: skip


def test_a_file_with_other_columns_is_kept_beside(tmp_path, record, capsys):
    (tmp_path / "e.csv").write_text("a,b\n1,2\n")
    file = FileOutput("e.csv", tmp_path)
    assert not file.has_valid_headers(record())
    assert file.has_valid_headers(record(), list(record().values)[::-1])
    file.out(record(), record())
    assert (tmp_path / "e.csv.bak").read_text() == "a,b\n1,2\n"
    assert len(rows(tmp_path / "e.csv")) == 1
    assert "e.csv" in capsys.readouterr().err


def test_tasks_have_a_file_of_their_own(tmp_path, record):
    file = FileOutput("e.csv", tmp_path)
    names = TaskEmissionsData.__match_args__
    tasks = [
        TaskEmissionsData(*[({"task_name": name} | record().values)[n] for n in names])
        for name in ("load", "train")
    ]
    file.task_out(tasks, "base")
    written = rows(tmp_path / "emissions_base_run-1.csv")
    assert [row["task_name"] for row in written] == ["load", "train"]
    assert written[0]["emissions"] == "0.5"


def test_wrong_arguments_are_named(tmp_path):
    with pytest.raises(OSError, match="Folder 'nowhere' doesn't exist !"):
        FileOutput("e.csv", "nowhere")
    with pytest.raises(ValueError, match="on_csv_write = 'replace'"):
        FileOutput("e.csv", tmp_path, "replace")


def test_a_missing_or_empty_file_has_no_wrong_columns(tmp_path, record):
    file = FileOutput("e.csv", tmp_path)
    assert file.has_valid_headers(record())
    (tmp_path / "e.csv").touch()
    assert file.has_valid_headers(record())


# Loggers.


class Kept(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)


def test_a_record_is_one_line_of_json(record):
    kept = Kept()
    logger = logging.Logger("mine")
    logger.addHandler(kept)
    one = LoggerOutput(logger)
    one.out(record(), record())
    LoggerOutput(logger, logging.DEBUG).live_out(record(latitude=float("nan")), record())
    first, second = kept.records
    assert json.loads(first.getMessage()) == record().values
    assert list(json.loads(first.getMessage())) == list(record().values)
    assert (first.levelno, second.levelno) == (logging.INFO, logging.DEBUG)
    assert json.loads(second.getMessage())["latitude"] is None


def test_google_cloud_gets_a_structure(record):
    calls = []
    logger = types.SimpleNamespace(log_struct=lambda *a, **k: calls.append((a, k)))
    GoogleCloudLoggerOutput(logger, severity="NOTICE").out(record(), record())
    GoogleCloudLoggerOutput(logger).live_out(record(), record())
    assert calls == [
        ((record().values,), {"severity": "NOTICE"}),
        ((record().values,), {"severity": logging.INFO}),
    ]
    GoogleCloudLoggerOutput(logger).out(record(emissions_rate=float("nan")), record())
    assert calls[-1][0][0] == record(emissions_rate=None).values


def test_a_logger_that_fails_is_logged(record, capsys):
    LoggerOutput(None).out(record(), record())
    GoogleCloudLoggerOutput(None).live_out(record(), record())
    assert capsys.readouterr().err.count("was not logged") == 2


# Logfire.


def fake_logfire(configured):
    made, calls = {}, []

    def instrument(kind):
        def make(name, *, unit, description):
            made[name] = (kind, unit)
            write = lambda value: calls.append((name, value))  # noqa: E731
            return types.SimpleNamespace(add=write, set=write)

        return make

    module = types.ModuleType("logfire")
    module.DEFAULT_LOGFIRE_INSTANCE = types.SimpleNamespace(
        config=types.SimpleNamespace(_initialized=configured)
    )
    module.configure = lambda **options: calls.append(("configure", options))
    module.metric_counter = instrument("counter")
    module.metric_gauge = instrument("gauge")
    return module, made, calls


@pytest.mark.parametrize("configured", [True, False])
def test_logfire_gets_intervals_with_their_units(monkeypatch, record, configured):
    module, made, calls = fake_logfire(configured)
    monkeypatch.setitem(sys.modules, "logfire", module)
    one = output.LogfireOutput()
    assert calls == ([] if configured else [("configure", {"send_to_logfire": "if-token-present"})])
    calls.clear()
    one.live_out(record(), record(energy_consumed=0.25))
    one.out(record(), record())
    assert made["codecarbon_energy_consumed"] == ("counter", "kWh")
    assert made["codecarbon_cpu_power"] == ("gauge", "W")
    assert len(made) == 10
    assert [value for name, value in calls if name == "codecarbon_energy_consumed"] == [0.25, 0.6]


def test_logfire_must_be_installed(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "logfire", None)
    with pytest.raises(ImportError):
        output.LogfireOutput()
    assert "pip install logfire" in capsys.readouterr().err
