"""The logger ``codecarbon``: its format, its levels, and nobody else's loggers touched."""

import re

import pytest
from tracking import run_python

pytestmark = pytest.mark.usefixtures("clean_place")

RUN = """
from codecarbon import OfflineEmissionsTracker
with OfflineEmissionsTracker(country_iso_code="FRA", output_methods=[], {}):
    pass
"""
LINE = re.compile(r"^\[codecarbon (INFO|WARNING|ERROR) @ \d\d:\d\d:\d\d\] .")


def lines(parameters="", before="", **variables):
    done = run_python(before + RUN.format(parameters), **variables)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return done.stderr.splitlines()


def test_lines_look_the_same_with_and_without_logging_imported():
    without, imported = lines(), lines(before="import logging")
    bare = [re.sub(r"@ [\d:]+", "", line) for line in without]
    assert all(LINE.match(line) for line in without)
    named = [line.split("]")[0] for line in bare]
    assert named == [re.sub(r"@ [\d:]+", "", line).split("]")[0] for line in imported]
    for expected in ("RAM Tracking Method: ", ">>> Tracker's metadata:", "  CPU model: "):
        assert any(expected in line for line in without), expected


def test_levels_and_preamble_are_kept():
    assert lines('log_level="critical"') == []
    assert all("WARNING" in line for line in lines("log_level=30"))
    assert all("][mine] " in line for line in lines('logger_preamble="mine"'))
    assert lines(CODECARBON_LOG_LEVEL="critical") == []


def test_an_unknown_level_is_an_error_line_and_ignored():
    said = lines('log_level="loud"')
    assert "ERROR" in said[0] and "loud" in said[0]
    assert any("INFO" in line for line in said)


def test_the_root_logger_is_not_touched_and_gets_nothing():
    said = lines(
        before="""
import logging, sys
seen = []
class Handler(logging.Handler):
    def emit(self, record):
        seen.append(record)
logging.getLogger().addHandler(Handler())
import atexit
atexit.register(lambda: sys.exit(print(seen)) if seen else None)
""",
        parameters='log_level="info"',
    )
    assert said


def test_no_signal_handler_no_environment_no_python_thread(tmp_path):
    done = run_python(
        """
        import os, signal, threading
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), dict(os.environ)
        from codecarbon import EmissionsTracker
        tracker = EmissionsTracker(output_methods=[], log_level="critical", measure_power_secs=0.01,
                                   allow_multiple_runs=False)
        tracker.start()
        assert threading.enumerate() == [threading.main_thread()]
        tracker.stop()
        after = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), dict(os.environ)
        assert before == after
        """,
        TMPDIR=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
