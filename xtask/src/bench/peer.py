"""One measurement of the stock package in a fresh interpreter, the counterpart of lifecycle.rs.

peer.py first                   first lifecycle of the process, s
peer.py warm N                  N more lifecycles, s each
peer.py threads THREADS S       lifecycles per second of several threads
peer.py tasks N                 N empty tasks on one tracker, s each
peer.py steady INTERVAL_S S     processor share while the program sleeps, %
"""

import json
import sys
import threading
import time

from codecarbon import OfflineEmissionsTracker

OPTIONS = dict(country_iso_code="FRA", log_level="error", allow_multiple_runs=True, output_methods=[])


def lifecycle():
    start = time.perf_counter()
    tracker = OfflineEmissionsTracker(**OPTIONS)
    tracker.start()
    tracker.stop()
    return time.perf_counter() - start


def threads(count, seconds):
    lifecycle()
    done = [0] * count
    begin = time.perf_counter()

    def work(i):
        while time.perf_counter() < begin + seconds:
            lifecycle()
            done[i] += 1

    workers = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(done) / (time.perf_counter() - begin)


def tasks(count):
    tracker = OfflineEmissionsTracker(**OPTIONS)
    tracker.start_task("warm-up")
    tracker.stop_task()
    times = []
    for i in range(count):
        start = time.perf_counter()
        tracker.start_task(f"task-{i}")
        tracker.stop_task()
        times.append(time.perf_counter() - start)
    tracker.stop()
    return times


def steady(interval, seconds):
    tracker = OfflineEmissionsTracker(**OPTIONS, measure_power_secs=interval)
    tracker.start()
    time.sleep(0.2)
    cpu, wall = time.process_time(), time.perf_counter()
    time.sleep(seconds)
    share = (time.process_time() - cpu) / (time.perf_counter() - wall) * 100
    tracker.stop()
    return share


what, args = sys.argv[1], [float(a) for a in sys.argv[2:]]
if what == "first":
    result = lifecycle()
elif what == "warm":
    lifecycle()
    result = [lifecycle() for _ in range(int(args[0]))]
elif what == "threads":
    result = threads(int(args[0]), args[1])
elif what == "tasks":
    result = tasks(int(args[0]))
else:
    result = steady(*args)
print("\n@@ " + json.dumps(result))
