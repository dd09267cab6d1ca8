"""The pytest plugin, on sessions of their own, in joules of a fake machine."""

import json

import pytest

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.usefixtures("clean_place")

USING = """
import pytest, time
from pathlib import Path

COUNTER = Path("<counter>")

def use(joules):
    COUNTER.write_text(f"{int(COUNTER.read_text()) + int(joules * 1e6)}\\n")
    time.sleep(0.01)  # In no time at all this would be a counter that starts again.
"""


@pytest.fixture
def session(pytester, machine, monkeypatch, request):
    """Runs tests that use energy of the machine, and returns pytest's result."""
    # An installation has the plugin by its entry point, a tree of sources may not.
    is_loaded = request.config.pluginmanager.has_plugin("codecarbon")
    plugin = [] if is_loaded else ["-p", "codecarbon.pytest_plugin"]
    zone = machine.root / "sys/devices/virtual/powercap/intel-rapl/intel-rapl:0"
    using = USING.replace("<counter>", str(zone / "energy_uj"))
    monkeypatch.setenv("CODECARBON_COUNTRY_ISO_CODE", "FRA")
    pytester.makeini("[pytest]\ncodecarbon_tracking_mode = machine\nfilterwarnings = error")

    def run(tests, *arguments):
        pytester.makepyfile(using + tests)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *plugin, *arguments)

    return run


def test_nothing_is_measured_unless_asked_for(session, pytester):
    result = session("def test_a(): use(3)", "--junitxml=junit.xml")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*energy*")
    assert "energy_j" not in (pytester.path / "junit.xml").read_text()


def test_the_summary_names_the_energy_of_each_test_the_most_first(session):
    result = session("def test_a(): use(3)\ndef test_b(): use(4)\n", "--codecarbon")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "*= energy =*",
            "*4 J [[]*]*::test_b",
            "*3 J [[]*]*::test_a",
            "*7 J [[]*] in 2 tests, * mg CO2e",
            "of the machine: RAPL (powercap)",
            "grid: * g/kWh, *",
        ]
    )


def test_the_summary_shows_ten_tests_and_all_with_v(session):
    tests = "@pytest.mark.parametrize('n', range(12))\ndef test_a(n): use((n + 1) / 4)\n"
    brief = session(tests, "--codecarbon")
    brief.stdout.fnmatch_lines(["*test_a?11?", "(2 more with -v)"])
    assert "::test_a[1]" not in brief.stdout.str()
    session(tests, "--codecarbon", "-v").stdout.fnmatch_lines(["*0.25 J *::test_a?0?"])


def test_the_report_has_joules_bounds_sources_and_the_grid(session, pytester):
    tests = "def test_a(): use(5)\ndef test_b():\n    use(7)\n    assert False\n"
    result = session(tests, "--codecarbon-report=new/energy.json")
    result.assert_outcomes(passed=1, failed=1)
    report = json.loads((pytester.path / "new/energy.json").read_text())
    assert [(t["outcome"], round(t["energy_j"], 6)) for t in report["tests"]] == [
        ("passed", 5.0),
        ("failed", 7.0),
    ]
    assert all(t["energy_low_j"] < t["energy_j"] < t["energy_high_j"] for t in report["tests"])
    assert report["total"]["energy_j"] == pytest.approx(12.0)
    grams = report["grid"]["g_per_kwh"]["value"]
    assert report["total"]["emissions_kg"] == pytest.approx(12.0 / 3.6e6 * grams / 1e3)
    assert report["billed"] == "machine"
    assert {source["component"] for source in report["sources"]} == {"cpu", "ram"}


def test_fixtures_are_not_billed_to_tests(session):
    tests = "@pytest.fixture\ndef costly():\n    use(9)\n    yield\n    use(9)\n"
    result = session(tests + "def test_a(costly): use(2)\n", "--codecarbon")
    result.stdout.fnmatch_lines(["2 J * in 1 test, *"])


def test_a_budget_fails_the_test_that_uses_more(session):
    result = session(
        "@pytest.mark.energy_budget(joules=1)\ndef test_within(): use(0.9)\n"
        "@pytest.mark.energy_budget(1)\ndef test_above(): use(5)\n"
        "@pytest.mark.energy_budget(joules=1)\ndef test_slightly(): use(1.01)\n",
        "--strict-markers",
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(
        [
            "energy budget exceeded: 5 J [[]*, *] in * s, allowed are 1 J",
            "energy budget exceeded: 1.01 J * allowed are 1 J (which the interval includes*",
        ]
    )


def test_a_test_that_fails_by_itself_keeps_its_own_failure(session):
    result = session(
        "@pytest.mark.energy_budget(joules=1)\ndef test_a():\n    use(5)\n    assert 0, 'its own'\n"
        "@pytest.mark.energy_budget(joules=1)\n@pytest.mark.xfail\ndef test_b(): use(5)\n"
    )
    result.assert_outcomes(failed=1, xfailed=1)
    result.stdout.fnmatch_lines(["*its own*"])
    result.stdout.no_fnmatch_line("*budget exceeded*")


@pytest.mark.parametrize("arguments", ["", "volts=1", "1, 2", "joules=0", "joules='5'", "True"])
def test_a_budget_that_is_no_number_of_joules_is_named(session, arguments):
    result = session(f"@pytest.mark.energy_budget({arguments})\ndef test_a(): pass\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["energy_budget*joules*"])


def test_the_fixture_measures_parts_that_may_nest(session):
    result = session(
        "def test_a(energy):\n"
        "    use(1)\n"
        "    with energy() as outer:\n"
        "        use(2)\n"
        "        with energy() as inner:\n"
        "            use(4)\n"
        "    assert round(inner.joules, 6) == 4 and round(outer.joules, 6) == 6\n"
        "    assert inner.low_joules < 4 < inner.high_joules\n"
        "    assert 0 < inner.duration_s <= outer.duration_s\n"
        "    assert inner.emissions_kg > 0\n"
        "    assert repr(inner).startswith('4 J [')\n"
    )
    result.assert_outcomes(passed=1)


def test_a_meter_that_cannot_be_read_is_said(session, pytester):
    tests = "def test_a(): COUNTER.write_text('not a number')\n"
    result = session(tests, "--codecarbon-report=energy.json")
    result.stdout.fnmatch_lines(["meters could not be read in 1 test, *"])
    (test,) = json.loads((pytester.path / "energy.json").read_text())["tests"]
    assert test["gaps"] == 1


def test_figures_stand_in_junit_files(session, pytester):
    session("def test_a(): use(3)", "--codecarbon", "--junitxml=junit.xml")
    assert '<property name="energy_j" value="3.0' in (pytester.path / "junit.xml").read_text()


def test_trackers_of_the_tests_are_not_disturbed(session):
    result = session(
        "from codecarbon import OfflineEmissionsTracker\n"
        "def test_a(capfd):\n"
        "    with OfflineEmissionsTracker(output_methods=[], log_level='error') as tracker:\n"
        "        use(3)\n"
        "    assert round(tracker.report['energy']['joules']['value'], 6) == 3\n"
        "    assert capfd.readouterr() == ('', '')\n",
        "--codecarbon",
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["3 J * in 1 test, *"])


def test_forked_children_of_tests_measure_for_themselves(session):
    result = session(
        "import os\n"
        "from codecarbon import OfflineEmissionsTracker\n"
        "def test_a():\n"
        "    if (pid := os.fork()) == 0:\n"
        "        with OfflineEmissionsTracker(output_methods=[], log_level='error') as tracker: pass\n"
        "        os._exit(tracker.final_emissions is None)\n"
        "    assert os.waitpid(pid, 0)[1] == 0\n"
        "    use(3)\n",
        "--codecarbon",
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["3 J * in 1 test, *"])


def test_a_configuration_that_cannot_be_used_ends_the_session_with_a_message(session, monkeypatch):
    monkeypatch.setenv("CODECARBON_PUE", "many")
    result = session("def test_a(): pass", "--codecarbon")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: codecarbon: *pue*"])
