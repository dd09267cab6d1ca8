"""Periodic calls: no overlap, none after the stop, faults do not end them; and tasks."""

import threading

import pytest

from codecarbon.external.scheduler import PeriodicScheduler
from codecarbon.external.task import Task
from codecarbon.output_methods.emissions_data import EmissionsData


def test_calls_carry_the_arguments_and_come_again():
    calls, enough = [], threading.Event()

    def function(*args, **kwargs):
        calls.append((args, kwargs))
        if len(calls) == 3:
            enough.set()

    scheduler = PeriodicScheduler(0.001, function, 1, key=2)
    assert scheduler._stopped
    scheduler.start()
    assert not scheduler._stopped
    assert enough.wait(10)
    scheduler.stop()
    assert scheduler._stopped
    assert calls[:3] == [((1,), {"key": 2})] * 3


def test_stop_waits_for_the_call_under_way_and_none_follows():
    inside, leave, calls = threading.Event(), threading.Event(), []

    def function():
        calls.append("begins")
        inside.set()
        leave.wait(10)
        calls.append("ends")

    scheduler = PeriodicScheduler(0.0, function)
    scheduler.start()
    assert inside.wait(10)
    threading.Timer(0.01, leave.set).start()
    scheduler.stop()
    assert calls == ["begins", "ends"]


def test_calls_never_overlap():
    active, most, count, enough = [0], [0], [0], threading.Event()

    def function():
        active[0] += 1
        most[0] = max(most[0], active[0])
        threading.Event().wait(0.002)
        active[0] -= 1
        count[0] += 1
        if count[0] == 5:
            enough.set()

    scheduler = PeriodicScheduler(0.0001, function)
    scheduler.start()
    assert enough.wait(10)
    scheduler.stop()
    assert most == [1]


def test_a_call_that_raises_is_logged_and_the_next_is_made(capsys):
    count, enough = [0], threading.Event()

    def function():
        count[0] += 1
        if count[0] == 2:
            enough.set()
        raise RuntimeError("no sensor")

    scheduler = PeriodicScheduler(0.0, function)
    scheduler.start()
    assert enough.wait(10)
    scheduler.stop()
    assert "no sensor" in capsys.readouterr().err


def test_a_call_may_stop_its_own_scheduler_and_it_may_start_again():
    ended = threading.Event()

    def function():
        scheduler.stop()
        ended.set()

    scheduler = PeriodicScheduler(0.0, function)
    for _ in range(2):
        ended.clear()
        scheduler.start()
        assert ended.wait(10)
        assert scheduler._stopped


def test_a_second_start_changes_nothing():
    scheduler = PeriodicScheduler(1000, print)
    scheduler.start()
    first = scheduler._thread
    scheduler.start()
    assert scheduler._thread is first
    scheduler.stop()


def test_stop_before_start_does_nothing():
    PeriodicScheduler(1, print).stop()


def test_a_task_gives_its_record_once_it_has_ended():
    task = Task("train")
    assert task.task_id.startswith("train")
    assert task.task_id != Task("train").task_id
    assert task.is_active
    with pytest.raises(ValueError, match="train"):
        task.out()
    task.emissions_data = EmissionsData(*range(31), cpu_utilization_percent=40.0)
    row = task.out()
    assert (row.task_name, row.timestamp, row.duration) == ("train", 0, 4)
    assert row.cpu_utilization_percent == 40.0
