"""Forked and spawned children start clean; the parent goes on."""

import os
import time

import pytest
from tracking import FRANCE, Keeper, kwh_to_joules, run_python

from codecarbon import OfflineEmissionsTracker

pytestmark = [
    pytest.mark.usefixtures("clean_place"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
]


def in_child(work):
    """Run ``work`` in a forked child; whether it returned true."""
    pid = os.fork()
    if pid == 0:
        ok = False
        try:
            ok = bool(work())
        finally:
            os._exit(0 if ok else 1)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.005)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return False


def measured():
    with OfflineEmissionsTracker(**FRANCE) as tracker:
        tracker.start_task("a")
        assert tracker.stop_task() is not None
    return tracker.final_emissions is not None


def test_a_child_measures_for_itself_while_the_parents_run_goes_on(machine):
    keeper = Keeper()
    tracker = OfflineEmissionsTracker(
        output_handlers=[keeper], measure_power_secs=0.01, api_call_interval=1, **FRANCE
    )
    tracker.start()
    tracker.start_task("parents")
    for _ in range(20):
        assert in_child(measured)
    machine.add("package", 1.0)
    assert tracker.stop_task("parents") is not None
    tracker.stop()
    assert kwh_to_joules(tracker.final_emissions_data.cpu_energy) == pytest.approx(1.0, abs=1e-9)
    assert keeper.moments[-1] == "exit"


def test_a_tracker_of_the_parent_is_not_running_in_the_child(machine):
    tracker = OfflineEmissionsTracker(**FRANCE)
    tracker.start()

    def work():
        assert tracker.stop() is None
        assert tracker._start_time is None
        tracker.start()
        return tracker.stop() is not None

    assert in_child(work)
    assert tracker.stop() is not None


def test_the_lock_stays_with_the_parent(machine, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    tracker = OfflineEmissionsTracker(allow_multiple_runs=False, **FRANCE)
    tracker.start()

    def work():
        global tracker
        tracker = None
        return OfflineEmissionsTracker(
            allow_multiple_runs=False, **FRANCE
        )._another_instance_already_running

    lock = tmp_path / ".codecarbon.lock"
    assert in_child(work)
    assert lock.read_text() == str(os.getpid())
    tracker.stop()
    assert not lock.exists()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_every_start_method_of_multiprocessing_works(method, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        f"""
import multiprocessing
from codecarbon import OfflineEmissionsTracker

def work(n):
    with OfflineEmissionsTracker(country_iso_code="FRA", log_level="critical") as tracker:
        tracker.start_task("a")
        tracker.stop_task()
    return tracker.run_id

if __name__ == "__main__":
    outer = OfflineEmissionsTracker(country_iso_code="FRA", log_level="critical")
    outer.start()
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        ids = pool.map(work, range(8))
    ids.append(outer.run_id)
    outer.stop()
    with open("emissions.csv") as file:
        rows = file.read().splitlines()[1:]
    assert len(set(ids)) == len(rows) == 9, rows
"""
    )
    done = run_python(program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
