"""One measurement of a package in a fresh interpreter; the same for ours and for the stock one.

worker.py import                   [time of the import, s; resident memory that it adds, MiB]
worker.py whole                    from the import to the end of the first lifecycle, s
worker.py first                    first lifecycle of the process, s
worker.py warm N                   N more lifecycles, s each
worker.py threads THREADS S        lifecycles per second of several threads
worker.py tasks N                  N empty tasks on one tracker, s each
worker.py decorated N ROWS         N calls of a decorated function, s each; with a file of ROWS rows
                                   that each call adds one to, or without files if ROWS is -1
worker.py steady INTERVAL_S S      processor share while the program sleeps, %
worker.py loop S                   how much a loop is slowed down, see below
worker.py installed                [megabytes without bytecode, packages that came along]

Nothing is imported before it is needed, so that the first figures are those of the package.
"""

import sys
from time import perf_counter

QUIET = dict(country_iso_code="FRA", log_level="error", allow_multiple_runs=True)
OPTIONS = dict(**QUIET, output_methods=[])


def imported():
    before_mib, start = resident_mib(), perf_counter()
    import codecarbon  # noqa: F401

    return [perf_counter() - start, resident_mib() - before_mib]


def resident_mib():
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Rss:")) / 1024


def whole():
    start = perf_counter()
    lifecycle()
    return perf_counter() - start


def lifecycle():
    from codecarbon import OfflineEmissionsTracker

    start = perf_counter()
    tracker = OfflineEmissionsTracker(**OPTIONS)
    tracker.start()
    tracker.stop()
    return perf_counter() - start


def warm(count):
    lifecycle()
    return [lifecycle() for _ in range(int(count))]


def threads(count, seconds):
    import threading

    lifecycle()
    done = [0] * int(count)
    begin = perf_counter()

    def work(i):
        while perf_counter() < begin + seconds:
            lifecycle()
            done[i] += 1

    workers = [threading.Thread(target=work, args=(i,)) for i in range(int(count))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (perf_counter() - begin)


def tasks(count):
    from codecarbon import OfflineEmissionsTracker

    tracker = OfflineEmissionsTracker(**OPTIONS)
    tracker.start_task("warm-up")
    tracker.stop_task()
    times = []
    for i in range(int(count)):
        start = perf_counter()
        tracker.start_task(f"task-{i}")
        tracker.stop_task()
        times.append(perf_counter() - start)
    tracker.stop()
    return times


def decorated(count, rows):
    from codecarbon import track_emissions

    methods = [] if rows < 0 else ["csv"]

    @track_emissions(offline=True, output_methods=methods, **QUIET)
    def add(a, b):
        return a + b

    add(1, 2)
    if rows > 0:
        with open("emissions.csv") as file:
            header, row = file.readlines()
        with open("emissions.csv", "w") as file:
            file.write(header + row * int(rows))
    add(1, 2)
    times = []
    for i in range(int(count)):
        start = perf_counter()
        add(i, 1)
        times.append(perf_counter() - start)
    if rows >= 0:
        with open("emissions.csv") as file:
            found = sum(1 for _ in file)
        assert found == 1 + max(rows, 1) + 1 + int(count), found
    return times


def steady(interval, seconds):
    import time

    from codecarbon import OfflineEmissionsTracker

    tracker = OfflineEmissionsTracker(**OPTIONS, measure_power_secs=interval)
    tracker.start()
    time.sleep(0.2)
    cpu, wall = time.process_time(), perf_counter()
    time.sleep(seconds)
    share = (time.process_time() - cpu) / (perf_counter() - wall) * 100
    tracker.stop()
    return share


def loop(seconds):
    """What a tracker that measures every second takes from a loop, in percent, in two parts.

    ``taken``: processor time of the tracker's threads, also while the loop waits for them, per
    processor time of the loop, in stretches of some seconds. The kernel counts both to the
    nanosecond.

    ``slower``: what the loop's own speed loses (caches, the interpreter's lock), from slices of the
    same work, too short for the machine to change meanwhile: with a tracker that is not started,
    started, started, not started, and the other way round. Those with a started one begin right after
    a reading, which in earnest is once a second. ``noise`` is one without against the other.
    """
    from time import process_time, thread_time

    from codecarbon import OfflineEmissionsTracker

    def work(rounds):
        x = 0
        for i in range(rounds):
            x = (x + i * i) & 0xFFFFFF

    def timed():
        start = thread_time()
        work(rounds)
        return thread_time() - start

    def with_tracker(is_started):
        tracker = OfflineEmissionsTracker(**OPTIONS, measure_power_secs=1)
        if is_started:
            tracker.start()
        slice_s = timed()
        if is_started:
            tracker.stop()
        return slice_s

    rounds = 100_000
    rounds = int(rounds * 0.005 / timed())
    lifecycle()
    taken, slower, noise = [], [], []
    begin = perf_counter()
    while perf_counter() < begin + seconds / 2:
        tracker = OfflineEmissionsTracker(**OPTIONS, measure_power_secs=1)
        tracker.start()
        whole_s, own_s, end = process_time(), thread_time(), perf_counter() + 4.05
        while perf_counter() < end:
            work(rounds)
        own_s = thread_time() - own_s
        taken.append((process_time() - whole_s - own_s) / own_s * 100)
        tracker.stop()
    while perf_counter() < begin + seconds:
        inside = len(slower) % 2 == 0
        outer, inner, again, last = (with_tracker(i) for i in (not inside, inside, inside, not inside))
        ratio = (inner + again) / (outer + last)
        slower.append(((ratio if inside else 1 / ratio) - 1) * 100)
        noise.append(((last / outer if inside else again / inner) - 1) * 100)
    return {"taken": taken, "slower": slower, "noise": noise}


def installed():
    from importlib.metadata import distributions

    size, along = 0, -1
    for distribution in distributions():
        if distribution.metadata["Name"] not in ("pip", "setuptools"):
            along += 1
            for file in distribution.files or []:
                path = distribution.locate_file(file)
                if file.suffix != ".pyc" and path.is_file():
                    size += path.stat().st_size
    return [size / 1e6, along]


MEASUREMENTS = {
    "import": imported,
    "whole": whole,
    "first": lifecycle,
    "warm": warm,
    "threads": threads,
    "tasks": tasks,
    "decorated": decorated,
    "steady": steady,
    "loop": loop,
    "installed": installed,
}

if __name__ == "__main__":
    result = MEASUREMENTS[sys.argv[1]](*[float(argument) for argument in sys.argv[2:]])
    import json

    print("\n@@ " + json.dumps(result))
