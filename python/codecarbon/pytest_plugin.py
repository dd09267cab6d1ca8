"""The pytest plugin: energy per test, and tests with a budget.

    pytest --codecarbon                             energy of each test in the summary
    pytest --codecarbon-report energy.json          the same in a file

    @pytest.mark.energy_budget(joules=5)            fails the test when it uses more
    def test_search(): ...

    def test_index(energy):                         measures a part of a test
        with energy() as used:
            build_index()
        assert used.joules < 2

What is measured is the test function without its fixtures: the process and its children, or with the
ini option ``codecarbon_tracking_mode = machine`` the whole machine. Country, PUE and the like come
from ``.codecarbon.config`` and the environment, as for every tracker; no network is asked.

pytest loads this file in every session where the package is installed. It only declares things; the
work is in ``codecarbon._pytest_energy``, and nothing is done while tests are collected.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from codecarbon._pytest_energy import Meter


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("codecarbon", "energy of tests")
    group.addoption(
        "--codecarbon",
        action="store_true",
        help="measure the energy of each test and show it in the summary",
    )
    group.addoption(
        "--codecarbon-report",
        metavar="FILE",
        help="write the energy of each test to a JSON file; implies --codecarbon",
    )
    parser.addini(
        "codecarbon_tracking_mode",
        "whose energy tests are billed: process (this one and its children) or machine",
        default="process",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker and register what measures."""
    config.addinivalue_line(
        "markers", "energy_budget(joules): fail the test if its function uses more energy than this"
    )
    is_wanted = bool(config.option.codecarbon or config.option.codecarbon_report)
    if pytest.version_tuple < (8,):
        # Budgets are checked in a kind of wrapper that older versions do not know.
        if is_wanted:
            raise pytest.UsageError("--codecarbon needs pytest 8 or later")
        return
    from codecarbon import _pytest_energy

    _pytest_energy.register(config, measures_all=is_wanted)


@pytest.fixture
def energy(request: pytest.FixtureRequest) -> Meter:
    """Measures parts of a test: ``with energy() as used: ...``, then ``used.joules``."""
    from codecarbon._pytest_energy import meter_of

    return meter_of(request.config)
