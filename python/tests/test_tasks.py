"""Tasks: nested, overlapping, on threads and in asyncio tasks; parts add up to the whole."""

import asyncio
import threading
import time

import pytest
from tracking import FRANCE, Keeper, kwh_to_joules

from codecarbon import OfflineEmissionsTracker, TaskEmissionsTracker
from codecarbon.external.task import Task

pytestmark = pytest.mark.usefixtures("clean_place")


def spend(machine, joules):
    time.sleep(0.03)
    machine.add("package", joules)


def joules(record):
    return pytest.approx(kwh_to_joules(record.cpu_energy), abs=1e-9)


@pytest.fixture
def tracker(machine):
    tracker = OfflineEmissionsTracker(**FRANCE)
    tracker.start()
    yield tracker
    tracker.stop()


def test_a_task_has_its_own_energy_and_time(tracker, machine):
    spend(machine, 1.0)
    tracker.start_task("one")
    spend(machine, 0.5)
    record = tracker.stop_task("one")
    spend(machine, 0.25)
    tracker.stop()
    assert joules(record) == 0.5
    assert joules(tracker.final_emissions_data) == 1.75
    assert 0.02 < record.duration < tracker.final_emissions_data.duration
    assert record.emissions_rate == pytest.approx(record.emissions / record.duration)


def test_tasks_nest_and_the_innermost_is_meant(tracker, machine):
    tracker.start_task("outer")
    spend(machine, 1.0)
    tracker.start_task("inner")
    spend(machine, 0.5)
    inner = tracker.stop_task()
    spend(machine, 0.25)
    outer = tracker.stop_task()
    assert (joules(inner), joules(outer)) == (0.5, 1.75)
    assert tracker.stop_task() is None


def test_tasks_overlap_by_name(tracker, machine):
    tracker.start_task("a")
    spend(machine, 1.0)
    tracker.start_task("b")
    spend(machine, 0.5)
    a = tracker.stop_task("a")
    spend(machine, 0.25)
    b = tracker.stop_task("b")
    assert (joules(a), joules(b)) == (1.5, 0.75)


def test_names_are_made_unique(tracker):
    for _ in range(2):
        tracker.start_task("same")
        tracker.stop_task()
    tracker.start_task()
    tracker.stop_task()
    first, second, third = tracker._tasks
    assert first == "same" and second.startswith("same_") and len(third) == 36
    assert all(isinstance(task, Task) for task in tracker._tasks.values())
    assert len({task.task_id for task in tracker._tasks.values()}) == 3


def test_a_task_that_is_unknown_or_over_is_none(tracker):
    tracker.start_task("a")
    assert tracker.stop_task("b") is None
    assert tracker.stop_task("a") is not None
    assert tracker.stop_task("a") is None


def test_tasks_need_no_start_and_are_stopped_with_the_run(machine):
    keeper = Keeper()
    tracker = OfflineEmissionsTracker(output_handlers=[keeper], experiment_name="x", **FRANCE)
    tracker.start_task("a")
    spend(machine, 1.0)
    tracker.start_task("b")
    spend(machine, 0.5)
    tracker.stop()
    assert joules(tracker.final_emissions_data) == 1.5
    (_, tasks, experiment_name) = keeper.calls[1]
    assert experiment_name == "x"
    assert {task.task_name: joules(task) for task in tasks} == {"a": 1.5, "b": 0.5}
    assert tracker.stop_task("a") is None


def test_flush_leaves_a_task_going(tracker, machine):
    tracker.start_task("a")
    spend(machine, 1.0)
    assert tracker.flush() > 0
    spend(machine, 0.5)
    assert joules(tracker.stop_task()) == 1.5


def test_each_thread_has_its_own_nesting(tracker):
    stopped = {}
    started = threading.Barrier(4)

    def work(name):
        tracker.start_task(name)
        started.wait()
        record = tracker.stop_task()
        stopped[name] = record is not None and not tracker._tasks[name].is_active

    threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stopped == {f"t{i}": True for i in range(4)}


def test_each_asyncio_task_has_its_own_nesting(tracker):
    async def work(name, turns):
        tracker.start_task(name)
        for _ in range(turns):
            await asyncio.sleep(0)
        record = tracker.stop_task()
        return record is not None and not tracker._tasks[name].is_active

    async def main():
        tracker.start_task("all")
        done = await asyncio.gather(*[work(f"t{i}", 5 - i) for i in range(5)])
        assert tracker._tasks["all"].is_active
        tracker.stop_task()
        return done

    assert asyncio.run(main()) == [True] * 5
    assert not tracker._tasks["all"].is_active


def test_a_task_may_be_stopped_by_another_thread(tracker):
    thread = threading.Thread(target=tracker.start_task, args=("a",))
    thread.start()
    thread.join()
    assert tracker.stop_task() is not None


def test_the_context_manager_measures_a_block(tracker, machine):
    with TaskEmissionsTracker("block", tracker) as task:
        spend(machine, 1.0)
        tracker.start_task("inside")
    assert task.tracker is tracker
    assert joules(tracker._tasks["block"].emissions_data) == 1.0
    assert tracker._tasks["inside"].is_active


def test_the_context_manager_without_a_tracker_has_one(machine, monkeypatch):
    monkeypatch.setenv("CODECARBON_OUTPUT_METHODS", "")
    monkeypatch.setenv("CODECARBON_LOG_LEVEL", "critical")
    with TaskEmissionsTracker("block") as task:
        spend(machine, 1.0)
    assert joules(task.tracker._tasks["block"].emissions_data) == 1.0
    assert task.tracker.final_emissions > 0
