"""Decorated functions stay what they are, and each call is a run or a task."""

import asyncio
import csv
import functools
import inspect

import pytest
from tracking import Keeper

from codecarbon import track_emissions
from codecarbon.emissions_tracker import (
    EmissionsTracker,
    OfflineEmissionsTracker,
    track_task_emissions,
)
from codecarbon.external.logger import set_logger_level

pytestmark = pytest.mark.usefixtures("clean_place")

QUIET = {"log_level": "critical", "output_methods": []}


@pytest.fixture(autouse=True)
def quiet(machine, monkeypatch):
    monkeypatch.setenv("CODECARBON_LOG_LEVEL", "critical")


def rows(tmp_path):
    with open(tmp_path / "emissions.csv") as file:
        return list(csv.DictReader(file))


def test_bare_called_and_with_parameters(tmp_path):
    @track_emissions
    def bare():
        return 1

    @track_emissions()
    def called():
        return 2

    @track_emissions(project_name="mine")
    def with_parameters(a, *, b):
        """Adds."""
        return a + b

    assert (bare(), called(), with_parameters(1, b=2)) == (1, 2, 3)
    assert [row["project_name"] for row in rows(tmp_path)] == ["codecarbon", "codecarbon", "mine"]
    assert with_parameters.__name__ == "with_parameters"
    assert with_parameters.__doc__ == "Adds."
    assert list(inspect.signature(with_parameters).parameters) == ["a", "b"]


def test_each_call_is_a_run_and_exceptions_pass(tmp_path):
    @track_emissions
    def fails():
        raise KeyError("mine")

    for _ in range(2):
        with pytest.raises(KeyError, match="mine"):
            fails()
    assert len({row["run_id"] for row in rows(tmp_path)}) == 2


def test_offline_takes_a_place_and_needs_one(tmp_path, monkeypatch):
    @track_emissions(offline=True, country_iso_code="FRA", force_mode_cpu_load=True)
    def somewhere():
        pass

    @track_emissions(offline=True)
    def nowhere():
        pass

    somewhere()
    assert rows(tmp_path)[0]["country_iso_code"] == "FRA"
    with pytest.raises(Exception, match="Needs ISO Code"):
        nowhere()
    monkeypatch.setenv("CODECARBON_COUNTRY_ISO_CODE", "DEU")
    nowhere()
    assert rows(tmp_path)[1]["country_iso_code"] == "DEU"


def test_wrong_arguments_are_named_when_decorating():
    with pytest.raises(TypeError, match="'projet_name'; did you mean 'project_name'"):
        track_emissions(projet_name="x")
    with pytest.raises(TypeError, match="parameters are given by name"):
        track_emissions("my project")
    with pytest.raises(ValueError, match="tracking_mode"):
        track_emissions(tracking_mode="galaxy")(int)()


def test_a_place_without_offline_is_left_out_and_said(monkeypatch, capfd):
    monkeypatch.setenv("CODECARBON_LOG_LEVEL", "warning")
    set_logger_level("warning")
    double = track_emissions(lambda x: 2 * x, offline=False, country_iso_code="FRA", **QUIET)
    assert double(4) == 8
    assert "country_iso_code only with offline=True" in capfd.readouterr().err


def test_coroutines_are_awaited_within_the_run():
    keeper = Keeper()

    @track_emissions(output_handlers=[keeper], **QUIET)
    async def work(x):
        assert keeper.calls == []
        await asyncio.sleep(0.02)
        return x

    assert inspect.iscoroutinefunction(work)
    assert asyncio.run(work(5)) == 5
    assert keeper.moments == ["out", "exit"]
    assert keeper.calls[0][1].duration >= 0.02


def test_generators_are_measured_to_their_end():
    keeper = Keeper()

    @track_emissions(output_handlers=[keeper], **QUIET)
    def count(n):
        received = []
        for i in range(n):
            received.append((yield i))
        return received

    assert inspect.isgeneratorfunction(count)
    values = count(3)
    assert keeper.calls == []
    assert next(values) == 0 and values.send("a") == 1 and values.send("b") == 2
    assert keeper.calls == []
    with pytest.raises(StopIteration) as stop:
        values.send("c")
    assert stop.value.value == ["a", "b", "c"]
    assert keeper.moments == ["out", "exit"]


def test_asynchronous_generators_are_measured_to_their_end():
    keeper = Keeper()

    @track_emissions(output_handlers=[keeper], **QUIET)
    async def count(n):
        for i in range(n):
            yield i

    async def collect():
        return [i async for i in count(3)]

    assert inspect.isasyncgenfunction(count)
    assert asyncio.run(collect()) == [0, 1, 2]
    assert keeper.moments == ["out", "exit"]


def test_methods_partials_and_callable_objects():
    keeper = Keeper()
    tracked = track_emissions(output_handlers=[keeper], **QUIET)

    class Model:
        @tracked
        def fit(self, x):
            return (self, x)

        @tracked
        @classmethod
        def make(cls):
            return cls

        @tracked
        @staticmethod
        def double(x):
            return 2 * x

        async def __call__(self):
            return "called"

    model = Model()
    assert model.fit(1) == (model, 1)
    assert Model.make() is Model
    assert Model.double(2) == 4
    assert tracked(functools.partial(int, base=2))("101") == 5
    assert asyncio.run(tracked(model)()) == "called"
    assert len(keeper.calls) == 10


def test_track_task_emissions_with_a_tracker():
    tracker = OfflineEmissionsTracker(country_iso_code="FRA", **QUIET)

    @track_task_emissions(tracker=tracker, task_name="step")
    def step():
        return 1

    @track_task_emissions(tracker=tracker)
    async def asynchronous():
        return 2

    tracker.start()
    assert step() + step() + asyncio.run(asynchronous()) == 4
    tracker.stop()
    assert [name.split("_")[0] for name in tracker._tasks][:2] == ["step", "step"]
    assert len(tracker._tasks) == 3


def test_track_task_emissions_without_a_tracker_makes_one_for_each_call(tmp_path):
    @track_task_emissions
    def step():
        return 1

    assert step() + step() == 2
    assert len(rows(tmp_path)) == 2


def test_signatures_show_every_parameter():
    online = inspect.signature(EmissionsTracker)
    offline = inspect.signature(OfflineEmissionsTracker)
    assert list(online.parameters)[:3] == [
        "project_name",
        "measure_power_secs",
        "api_call_interval",
    ]
    assert len(online.parameters) == 36
    assert list(offline.parameters)[36:] == [
        "country_iso_code",
        "region",
        "cloud_provider",
        "cloud_region",
        "country_2letter_iso_code",
    ]

    class Own(EmissionsTracker):
        def __init__(self, mine):
            super().__init__(**QUIET)

    assert list(inspect.signature(Own).parameters) == ["mine"]
