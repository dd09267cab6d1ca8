"""``@track_emissions``: forms, parameters, what passes through."""

import inspect
import logging
import os

from codecarbon import track_emissions
from harness import Keeper, attempt, levels_of, lines, records

_QUIET = {"log_level": "critical", "output_methods": [], "offline": True, "country_iso_code": "FRA"}
_FILES = {"log_level": "critical", "offline": True, "country_iso_code": "FRA"}


def forms():
    os.environ["CODECARBON_LOG_LEVEL"] = "critical"
    os.environ["CODECARBON_FORCE_CARBON_INTENSITY_G_CO2E_KWH"] = "1"

    @track_emissions
    def bare():
        return 1

    @track_emissions()
    def called():
        return 2

    @track_emissions(project_name="mine")
    def named():
        return 3

    answers = [bare(), called(), named()]
    return [answers, [row["project_name"] for row in records()]]


def as_a_function():
    keeper = Keeper()
    answer = track_emissions(lambda x: 2 * x, output_handlers=[keeper], **_QUIET)(4)
    return [answer, keeper.moments]


def offline():
    @track_emissions(**_FILES, region="x", project_name="mine", experiment_id="e")
    def double(x, *, more=0):
        """Doubles."""
        return 2 * x + more

    answer = double(2, more=1)
    (row,) = records()
    return {
        "answer": answer,
        "name": [double.__name__, double.__doc__, list(inspect.signature(double).parameters)],
        "country": row["country_name"],
        "project": row["project_name"],
    }


def offline_gives_its_experiment():
    track_emissions(lambda: None, **_FILES, experiment_id="mine")()
    return records()[0]["experiment_id"]


def offline_calls_the_endpoint():
    from harness import receiver

    with receiver() as (url, kept):
        track_emissions(lambda: None, **_QUIET, emissions_endpoint=url)()
    return len(kept)


def offline_without_a_place():
    @track_emissions(offline=True, output_methods=[], log_level="critical")
    def double(x):
        return 2 * x

    try:
        double(1)
    except Exception as error:
        return "Needs ISO Code" in str(error)


def each_call_is_a_run():
    double = track_emissions(lambda x: 2 * x, **_FILES)
    for x in range(3):
        double(x)
    table = records()
    return [len(table), len({row["run_id"] for row in table})]


def exceptions_pass():
    keeper = Keeper()

    @track_emissions(output_handlers=[keeper], **_QUIET)
    def fails():
        raise KeyError("mine")

    try:
        fails()
    except KeyError as error:
        return [str(error), keeper.moments]


def methods():
    class Model:
        @track_emissions(**_QUIET)
        def fit(self, x):
            return [type(self).__name__, x]

        @staticmethod
        @track_emissions(**_QUIET)
        def load(x):
            return x

        @classmethod
        @track_emissions(**_QUIET)
        def make(cls):
            return cls.__name__

    return [Model().fit(1), Model.load(2), Model.make()]


def a_failing_argument_is_raised_at_the_call():
    decorated = attempt(track_emissions, lambda: 1, on_csv_write="both", log_level="critical")
    return [callable(decorated), attempt(decorated)]


def forced_load_model():
    return callable(attempt(track_emissions, lambda: 1, **_QUIET, force_mode_cpu_load=True))


def deprecated_token():
    double = track_emissions(lambda: 1, **_QUIET | {"log_level": 30}, co2_signal_api_token="old")
    logging.getLogger("codecarbon").setLevel("WARNING")
    with lines() as heard:
        double()
    return levels_of(heard, "deprecated")


def a_coroutine():
    import asyncio
    import time

    keeper = Keeper()

    @track_emissions(output_handlers=[keeper], **_QUIET)
    async def wait():
        await asyncio.sleep(0.08)
        return 1

    start = time.perf_counter()
    answer = asyncio.run(wait())
    waited = time.perf_counter() - start >= 0.08
    return [answer, waited, keeper.calls[0][1].duration >= 0.08]


def a_generator():
    keeper = Keeper()

    @track_emissions(output_handlers=[keeper], **_QUIET)
    def count():
        yield from range(3)

    values = count()
    before = keeper.moments
    return [list(values), before]


def positions():
    names = list(inspect.signature(track_emissions).parameters)
    return [name for name in names if name not in _NEW]


_NEW = ("force_mode_cpu_load", "metadata", "unknown")
