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
    """Per round: what the tracker's threads take of the processor, what the loop's own speed loses,
    and two blocks without a tracker against each other, all in percent.

    A round is four blocks of a second, without, with, with, without a tracker that measures every
    second, so that a drift falls on both sides. A block is many slices of the same work. The loop's
    speed is that of its thread's processor time, from which other programs take nothing, as the mean
    of the middle nine tenths of the slices; what the tracker's threads take, also while the loop
    waits for them, is all processor time that is not the loop's.
    """
    from time import process_time, thread_time

    from codecarbon import OfflineEmissionsTracker

    def work(rounds):
        x = 0
        for i in range(rounds):
            x = (x + i * i) & 0xFFFFFF

    rounds = 100_000
    start = thread_time()
    work(rounds)
    rounds = int(rounds * 0.01 / (thread_time() - start))

    def block():
        slices, end = [], perf_counter() + 1.1
        whole_s, own_s = process_time(), thread_time()
        while perf_counter() < end:
            start = thread_time()
            work(rounds)
            slices.append(thread_time() - start)
        own_s = thread_time() - own_s
        others = (process_time() - whole_s - own_s) / own_s
        slices.sort()
        cut = len(slices) // 20
        middle = slices[cut : len(slices) - cut]
        return sum(middle) / len(middle), others

    def watched():
        tracker = OfflineEmissionsTracker(**OPTIONS, measure_power_secs=1)
        tracker.start()
        measured = block()
        tracker.stop()
        return measured

    lifecycle()
    taken, slower, noise = [], [], []
    begin = perf_counter()
    while perf_counter() < begin + seconds:
        one, two, three, four = block(), watched(), watched(), block()
        taken.append((two[1] + three[1] - one[1] - four[1]) / 2 * 100)
        slower.append(((two[0] + three[0]) / (one[0] + four[0]) - 1) * 100)
        noise.append((four[0] / one[0] - 1) * 100)
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
