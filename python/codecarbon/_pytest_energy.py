"""What the pytest plugin does while tests run: it measures them, checks budgets, and sums up.

The figures of a test travel with its report as user properties, so that they also come from the
processes of pytest-xdist and stand in JUnit files. Trackers are native ones, without outputs and
without log, so that tests of programs that use this package are not disturbed.
"""

from __future__ import annotations

import os

import pytest

from codecarbon import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

_SHOWN = 10
_FIELDS = ("energy_j", "energy_low_j", "energy_high_j", "emissions_kg", "duration_s", "gaps")


class Used:
    """What a part of a program used; the figures are there after its ``with`` block.

    The bounds enclose the true energy with a confidence of about 95 %. When measuring fails there is
    a warning, and no figures.
    """

    joules: float
    """Energy, J: the best estimate."""
    low_joules: float
    """Its lower bound, J."""
    high_joules: float
    """Its upper bound, J."""
    emissions_kg: float
    """Emissions, kg CO2e."""
    duration_s: float
    """Time, s."""

    _report: dict[str, Any] | None = None

    def __init__(self, tracker: Any) -> None:
        self._tracker = tracker

    def __enter__(self) -> Used:
        try:
            self._tracker.start(_native.new_run_id())
        except Exception as error:
            _warn(error)
        return self

    def __exit__(self, *exception: object) -> None:
        try:
            outcome = self._tracker.stop()
            self._report = report = None if outcome is None else outcome.report()
        except Exception as error:
            _warn(error)
            return
        if report is not None:
            energy = report["energy"]["joules"]
            self.joules, self.low_joules = energy["value"], energy["low"]
            self.high_joules = energy["high"]
            self.emissions_kg = report["emissions_kg"]["value"]
            self.duration_s = report["run"]["active_s"]

    def __repr__(self) -> str:
        if self._report is None:
            return "not measured"
        return _interval(self.joules, self.low_joules, self.high_joules)

    def _properties(self) -> list[tuple[str, float]]:
        if self._report is None:
            return []
        gaps = sum(not gap["bridged"] for gap in self._report["gaps"])
        values = (
            self.joules,
            self.low_joules,
            self.high_joules,
            self.emissions_kg,
            self.duration_s,
            gaps,
        )
        return list(zip(_FIELDS, values))


class Meter:
    """Makes windows of measurement, which may nest; the fixture ``energy`` is one.

    Args:
        tracking_mode: "process" bills this process and its children, "machine" everything.

    Raises:
        ValueError: The configuration has a value that cannot be used.
    """

    def __init__(self, tracking_mode: str) -> None:
        # It arranges that forked children, which tests may make, start clean.
        import codecarbon._tracker  # noqa: F401

        arguments = {"offline": True, "output_methods": [], "tracking_mode": tracking_mode}
        self._tracker = _native.Tracker(arguments, os.environ)

    def __call__(self) -> Used:
        """A window, for one ``with`` block."""
        return Used(self._tracker.fresh())


_METER = pytest.StashKey["Meter"]()


def meter_of(config: pytest.Config) -> Meter:
    """The meter of a session, made when it is first asked for."""
    if _METER not in config.stash:
        mode = config.getini("codecarbon_tracking_mode")
        try:
            config.stash[_METER] = Meter(mode)
        except ValueError as error:
            raise pytest.UsageError(f"codecarbon: {error}") from None
    return config.stash[_METER]


def register(config: pytest.Config, *, measures_all: bool) -> None:
    """Register what a session needs."""
    if measures_all:
        meter_of(config)
        if not hasattr(config, "workerinput"):
            config.pluginmanager.register(_Summary(config), "codecarbon-summary")
    config.pluginmanager.register(_Measuring(config, measures_all), "codecarbon-measuring")


class _Measuring:
    """Measures test functions, all or those that have a budget."""

    def __init__(self, config: pytest.Config, measures_all: bool) -> None:
        self._config = config
        self._measures_all = measures_all

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        marker = item.get_closest_marker("energy_budget")
        if marker is None and not self._measures_all:
            return (yield)
        budget_j = None if marker is None else _budget(*marker.args, **marker.kwargs)
        used = meter_of(self._config)()
        try:
            with used:
                result = yield
        finally:
            item.user_properties += used._properties()
        if budget_j is not None and used._report is not None and used.joules > budget_j:
            pytest.fail(_excess(used, budget_j), pytrace=False)
        return result


class _Summary:
    """Collects the figures of tests, shows them at the end and writes them to the file."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tests: list[dict[str, Any]] = []
        self._conditions: dict[str, Any] = {}
        path = config.option.codecarbon_report
        self._path = None if path is None else config.invocation_params.dir / path

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call":
            return
        figures = {name: value for name, value in report.user_properties if name in _FIELDS}
        if figures:
            test = {"nodeid": report.nodeid, "outcome": report.outcome}
            self._tests.append({**test, **figures})

    def pytest_sessionfinish(self) -> None:
        with meter_of(self._config)() as used:
            pass
        if used._report is not None:
            self._conditions = _conditions(used._report)
        if self._path is None:
            return
        import json

        content = {
            "schema_version": 1,
            "codecarbon_version": _native.__version__,
            **self._conditions,
            "total": self._total(),
            "tests": self._tests,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        write = terminalreporter.write_line
        terminalreporter.section("energy")
        if not self._tests:
            write("no test was measured")
            return
        shown = sorted(self._tests, key=lambda test: -test["energy_j"])
        if self._config.get_verbosity() < 1:
            shown = shown[:_SHOWN]
        lines = [(_of(test), f"{test['duration_s']:.3g} s", test["nodeid"]) for test in shown]
        widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
        for energy, duration, nodeid in lines:
            write(f"{energy:>{widths[0]}}  {duration:>{widths[1]}}  {nodeid}")
        if len(shown) < len(self._tests):
            write(f"({len(self._tests) - len(shown)} more with -v)")
        total = self._total()
        write(
            f"{_of(total)} in {_tests(len(self._tests))}, {total['emissions_kg'] * 1e6:.3g} mg CO2e"
        )
        if self._conditions:
            grid = self._conditions["grid"]
            labels = dict.fromkeys(source["label"] for source in self._conditions["sources"])
            write(f"of the {self._conditions['billed']}: {', '.join(labels)}")
            write(f"grid: {grid['g_per_kwh']['value']:.0f} g/kWh, {grid['name']}")
        if with_gaps := sum(test["gaps"] > 0 for test in self._tests):
            write(f"meters could not be read in {_tests(with_gaps)}, whose energy is higher")
        if self._path is not None:
            write(f"written to {self._path}")

    def _total(self) -> dict[str, float]:
        # The errors of all tests are those of the same meters, so they add up.
        return {name: sum(test[name] for test in self._tests) for name in _FIELDS}


def _warn(error: Exception) -> None:
    import warnings

    warnings.warn(pytest.PytestWarning(f"codecarbon could not measure: {error}"), stacklevel=3)


def _budget(*args: float, **kwargs: float) -> float:
    """The joules of a marker."""
    values = [*args, *kwargs.values()]
    if len(values) != 1 or not set(kwargs) <= {"joules"}:
        pytest.fail("energy_budget takes one number: energy_budget(joules=5)", pytrace=False)
    joules = values[0]
    if isinstance(joules, bool) or not isinstance(joules, (int, float)) or not joules > 0:
        pytest.fail(
            f"energy_budget: joules must be a number above 0, not {joules!r}", pytrace=False
        )
    return joules


def _excess(used: Used, budget_j: float) -> str:
    message = (
        f"energy budget exceeded: {used!r} in {used.duration_s:.3g} s, allowed are {budget_j:g} J"
    )
    if used.low_joules <= budget_j:
        message += " (which the interval includes: the estimate is above, the excess not certain)"
    return message


def _conditions(report: dict[str, Any]) -> dict[str, Any]:
    """Whose energy is billed, where the figures come from and what they were priced with."""
    sources = [
        {
            "component": part["component"],
            **{name: source[name] for name in ("label", "basis", "detail")},
        }
        for part in report["machine"]["components"]
        for source in part["sources"]
    ]
    pricing = report["pricing"]
    return {
        "billed": report["run"]["billed"],
        "sources": sources,
        "pue": pricing["pue"],
        "grid": pricing["grid"],
    }


def _tests(count: int) -> str:
    return "1 test" if count == 1 else f"{count} tests"


def _of(figures: dict[str, Any]) -> str:
    return _interval(figures["energy_j"], figures["energy_low_j"], figures["energy_high_j"])


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:.3g} J [{low:.3g}, {high:.3g}]"
