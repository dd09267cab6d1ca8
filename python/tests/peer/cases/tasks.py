"""Tasks: by methods, as context, as decorator."""

import glob
import time

from codecarbon import OfflineEmissionsTracker
from codecarbon.emissions_tracker import TaskEmissionsTracker, track_task_emissions
from harness import OFFLINE, QUIET, Keeper, attempt, levels_of, lines, rows


def _tracker(**parameters):
    return OfflineEmissionsTracker(**{**QUIET, **parameters})


def a_task_by_its_methods():
    tracker = _tracker()
    started = tracker.start_task("load")
    time.sleep(0.08)
    data = tracker.stop_task()
    tracker.stop()
    return {
        "start": started,
        "kind": type(data).__name__,
        "duration": 0.07 < data.duration < 5,
        "energy": data.energy_consumed > 0,
        "emissions": data.emissions > 0,
        "one_run": data.run_id == str(tracker.run_id),
        "names": list(tracker._tasks),
        "kept": tracker._tasks["load"].emissions_data == data,
        "active": tracker._tasks["load"].is_active,
        "final": tracker.final_emissions > 0,
    }


def tasks_without_a_name():
    tracker = _tracker()
    for name in (None, ""):
        tracker.start_task(name)
        tracker.stop_task()
    tracker.stop()
    return sorted(len(name) for name in tracker._tasks)


def a_name_twice():
    tracker = _tracker()
    for _ in range(2):
        tracker.start_task("load")
        tracker.stop_task()
    tracker.stop()
    first, second = tracker._tasks
    return [first, second.startswith("load_"), len(second)]


def stopping_what_is_not_there():
    tracker = _tracker(log_level="warning")
    tracker.start_task("load")
    with lines() as heard:
        answer = tracker.stop_task("other")
    tracker.stop_task("load")
    tracker.stop()
    return [answer, levels_of(heard, "stop_task : No active task to stop.")]


def a_task_within_a_task():
    tracker = _tracker(log_level="warning")
    tracker.start_task("outer")
    with lines() as heard:
        tracker.start_task("inner")
    inner = tracker.stop_task("inner")
    outer = tracker.stop_task("outer")
    tracker.stop()
    return [
        levels_of(heard, "already under measure"),
        inner is not None,
        outer is not None,
        list(tracker._tasks),
    ]


def tasks_of_a_started_tracker():
    keeper = Keeper()
    tracker = _tracker(output_handlers=[keeper], experiment_name="trial")
    tracker.start()
    for name in ("one", "two"):
        tracker.start_task(name)
        time.sleep(0.06)
        tracker.stop_task()
    tracker.stop()
    _, tasks, experiment = next(call for call in keeper.calls if call[0] == "task_out")
    return {
        "moments": keeper.moments,
        "kind": [type(task).__name__ for task in tasks],
        "names": [task.task_name for task in tasks],
        "experiment": experiment,
        "fields": list(tasks[0].values),
    }


def duration_of_a_run_with_tasks():
    tracker = _tracker()
    tracker.start()
    time.sleep(0.1)
    tracker.start_task("short")
    tracker.stop_task()
    tracker.stop()
    return tracker.final_emissions_data.duration >= 0.1


def flush_with_a_task():
    keeper = Keeper()
    tracker = _tracker(output_handlers=[keeper])
    tracker.start()
    tracker.start_task("done")
    tracker.stop_task()
    after = tracker.flush()
    tracker.start_task("open")
    during = tracker.flush()
    tracker.stop_task()
    tracker.stop()
    return [after is not None, during is not None]


def active_tasks_are_stopped_with_the_run():
    tracker = _tracker()
    tracker.start()
    tracker.start_task("open")
    stopped = tracker.stop()
    return [stopped is not None, tracker._tasks["open"].is_active]


def a_task_after_stop():
    tracker = _tracker()
    tracker.start()
    tracker.stop()
    answers = [attempt(tracker.start_task, "late"), attempt(tracker.stop_task) is not None]
    tracker.stop()
    return answers


def file_of_tasks():
    tracker = OfflineEmissionsTracker(**OFFLINE, experiment_name="trial")
    for name in ("one", "two"):
        tracker.start_task(name)
        tracker.stop_task()
    tracker.stop()
    (path,) = glob.glob("emissions_*.csv")
    table = rows(path)
    places = ("region", "longitude", "latitude")
    return {
        "name": path == f"emissions_trial_{tracker.run_id}.csv",
        "columns": [name for name in table[0] if name not in places],
        "empty_columns": [name for name in table[0] if name in places],
        "names": [row[0] for row in table[1:]],
    }


def as_context():
    tracker = _tracker()
    tracker.start()
    with TaskEmissionsTracker("part", tracker=tracker) as task:
        kind = [type(task).__name__, task.task_name, task.is_default_tracker]
    tracker.stop()
    return [kind, list(tracker._tasks), tracker._tasks["part"].emissions_data.duration > 0]


def as_decorator():
    tracker = _tracker()
    tracker.start()

    @track_task_emissions(tracker=tracker, task_name="part")
    def double(x):
        """Doubles."""
        return 2 * x

    answers = [double(2), double(x=3), double.__name__, double.__doc__]
    tracker.stop()
    return [answers, [name[:4] for name in tracker._tasks]]


def as_decorator_without_a_tracker():
    import os

    os.environ["CODECARBON_LOG_LEVEL"] = "critical"

    @track_task_emissions
    def double(x):
        return 2 * x

    return [attempt(double, 2), attempt(double, 3)]


def exceptions_pass_a_task():
    tracker = _tracker()
    tracker.start()
    try:
        with TaskEmissionsTracker("part", tracker=tracker):
            raise KeyError("mine")
    except KeyError as error:
        said = str(error)
    tracker.stop()
    return [said, tracker._tasks["part"].is_active]


def a_task_object():
    from codecarbon.external.task import Task

    task = Task("load")
    return [
        task.task_name,
        task.task_id.startswith("load"),
        len(task.task_id),
        task.is_active,
        type(task.start_time).__name__,
    ]


def a_task_object_gives_its_record():
    from codecarbon.external.task import Task
    from harness import record

    task = Task("load")
    task.emissions_data = record()
    return dict(task.out().values)


def a_task_object_before_its_end():
    from codecarbon.external.task import Task

    return attempt(Task("load").out)
