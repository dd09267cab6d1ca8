"""Runs of programs that are killed: what their journals had is saved by the next program."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

BEGIN = """
import time
from codecarbon import OfflineEmissionsTracker
tracker = OfflineEmissionsTracker(country_iso_code="FRA", project_name={name!r}, log_level="error")
tracker.start()
"""
SLEEP = "print('begun', flush=True)\ntime.sleep(60)\n"
TASK = "tracker.start_task('load')\ntracker.stop_task('load')\n"
FORK = "import os\nif os.fork() == 0:\n    print(os.getpid(), flush=True)\n    time.sleep(60)\n"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills by signal")


@pytest.fixture
def place(tmp_path):
    for name in ("home", "work"):
        (tmp_path / name).mkdir()
    return tmp_path


def begin(place, script, name="cut", mode="on"):
    kept = {k: v for k, v in os.environ.items() if not k.lower().startswith("codecarbon_")}
    kept |= {"HOME": str(place / "home"), "CODECARBON_JOURNAL": mode}
    kept.pop("XDG_STATE_HOME", None)
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN.format(name=name) + script],
        cwd=place / "work",
        env=kept | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdout=subprocess.PIPE,
        text=True,
    )


def journals(place):
    return sorted((place / "home/.local/state/codecarbon/journal").glob("*.journal"))


def rows(place):
    path = place / "work/emissions.csv"
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def until(is_so):
    for _ in range(1000):
        if is_so():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def kill(program):
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()


def finish(place):
    """The next program: it saves what it finds, in the background of a run of its own."""
    wait = "from pathlib import Path\nfor _ in range(1000):\n    time.sleep(0.01)\n"
    wait += "    if Path('emissions.csv').exists(): break\ntracker.stop()\n"
    program = begin(place, wait, name="next")
    assert program.wait(60) == 0
    program.stdout.close()


def test_a_run_that_is_killed_is_saved_by_the_next_program_with_its_tasks(place):
    program = begin(place, TASK + SLEEP)
    assert program.stdout.readline() == "begun\n"
    until(lambda: journals(place))
    until(lambda: b'"load"' in journals(place)[0].read_bytes())
    kill(program)
    finish(place)
    saved = {row["project_name"]: row for row in rows(place)}
    assert sorted(saved) == ["cut", "next"] and len(rows(place)) == 2
    assert saved["cut"]["country_iso_code"] == "FRA"
    assert saved["cut"]["python_version"] == sys.version.split()[0]
    tasks = list(Path(place / "work").glob(f"emissions_base_{saved['cut']['run_id']}.csv"))
    assert len(tasks) == 1 and ",cut," in tasks[0].read_text()
    assert journals(place) == []


def test_workers_that_live_on_do_not_keep_a_killed_run_from_being_saved(place):
    program = begin(place, "time.sleep(0.5)\n" + FORK + "time.sleep(60)\n")
    worker = int(program.stdout.readline())
    try:
        until(lambda: journals(place))
        kill(program)
        finish(place)
        assert sorted(row["project_name"] for row in rows(place)) == ["cut", "next"]
    finally:
        os.kill(worker, signal.SIGKILL)


def test_a_run_that_ends_leaves_nothing_and_a_short_one_never_had_anything(place):
    long = begin(place, "time.sleep(0.3)\ntracker.stop()\n")
    assert long.wait(60) == 0
    assert len(rows(place)) == 1 and journals(place) == []
    assert (place / "home/.local/state/codecarbon/journal").is_dir()
    (place / "home/.local/state/codecarbon/journal").rmdir()
    short = begin(place, "tracker.stop()\n", mode="auto")
    assert short.wait(60) == 0
    assert len(rows(place)) == 2
    assert not (place / "home/.local/state/codecarbon/journal").exists()
    for program in (long, short):
        program.stdout.close()


def test_a_journal_that_cannot_be_written_does_not_disturb(place):
    (place / "home/.local").write_text("a file in the way")
    program = begin(place, "time.sleep(0.3)\ntracker.stop()\n")
    assert program.wait(60) == 0
    program.stdout.close()
    assert len(rows(place)) == 1
