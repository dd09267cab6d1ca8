"""Runs the cases of some files in this interpreter and writes what they observed.

    python harness.py ANSWERS.json trackers outputs …

A case is a public function without parameters; it runs in an empty directory, which is its home too,
without variables of ours, and returns plain values. What it raises is an observation like any other.
It must not know which of the two packages it runs on.
"""

import contextlib
import csv
import importlib
import inspect
import io
import json
import logging
import os
import shutil
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OFFLINE = {"country_iso_code": "FRA", "log_level": "critical"}
"""Parameters of a tracker that says nothing and asks nobody."""

QUIET = {**OFFLINE, "output_methods": []}
"""The same without files."""


def main(answers_path, names):
    os.environ["PATH"] = "/usr/bin:/bin"
    answers = {}
    with tempfile.TemporaryDirectory() as scratch:
        # Locks and what else is temporary; named before the package is imported.
        tempfile.tempdir = scratch
        for name in names:
            module = importlib.import_module(name)
            for case, function in list(vars(module).items()):
                if is_case(function, name, case):
                    answer = observed(function, os.path.join(scratch, case))
                    answers[f"{name}.{case}"] = json.loads(json.dumps(answer, default=repr))
    with open(answers_path, "w", encoding="utf-8") as file:
        json.dump(answers, file)


def is_case(value, module, name):
    return inspect.isfunction(value) and value.__module__ == module and not name.startswith("_")


def observed(case, place):
    """What a case returns or raises, seen from an empty place."""
    for name in list(os.environ):
        if name.lower().startswith("codecarbon_") or name.startswith("SLURM_"):
            del os.environ[name]
    # Nobody is reached, whatever the network is: the one is told so, the other has a dead proxy.
    os.environ.update({"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"})
    os.environ.update(json.loads(os.environ.get("HARNESS_VARIABLES", "{}")))
    os.mkdir(place)
    os.environ["HOME"] = place
    os.chdir(place)
    with contextlib.suppress(FileNotFoundError):
        os.remove(os.path.join(tempfile.tempdir, ".codecarbon.lock"))
    try:
        return case()
    except Exception as error:
        return outcome_of(error)
    finally:
        os.chdir(tempfile.tempdir)
        shutil.rmtree(place)


def outcome_of(error):
    """An exception as a plain value."""
    return f"raises {type(error).__name__}: {error}"


def attempt(call, *arguments, **parameters):
    """What a call returns, or the kind of what it raises."""
    try:
        return call(*arguments, **parameters)
    except Exception as error:
        return f"raises {type(error).__name__}"


@contextlib.contextmanager
def lines():
    """The lines that the logger of the package is given meanwhile, as [level, text]."""
    heard = []

    class Ear(logging.Handler):
        def emit(self, record):
            heard.append([record.levelname, record.getMessage()])

    logger, ear = logging.getLogger("codecarbon"), Ear()
    logger.addHandler(ear)
    try:
        yield heard
    finally:
        logger.removeHandler(ear)


@contextlib.contextmanager
def on_stderr():
    """What is written to standard error meanwhile."""
    text = io.StringIO()
    with contextlib.redirect_stderr(text):
        yield text


def levels_of(heard, *parts):
    """The level of the first line that contains each part, ``None`` where there is none."""
    return {part: next((l for l, text in heard if part in text), None) for part in parts}


class Keeper:
    """An output that keeps the calls it gets."""

    def __init__(self, fails=False):
        self.calls = []
        self.fails = fails

    def _keep(self, *call):
        self.calls.append(call)
        if self.fails:
            raise RuntimeError("no room")

    def out(self, total, delta):
        self._keep("out", total, delta)

    def live_out(self, total, delta):
        self._keep("live_out", total, delta)

    def task_out(self, tasks, experiment_name):
        self._keep("task_out", tasks, experiment_name)

    def exit(self):
        self._keep("exit")

    @property
    def moments(self):
        return [call[0] for call in self.calls]


def rows(path="emissions.csv"):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def records(path="emissions.csv"):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@contextlib.contextmanager
def receiver(answers=None):
    """A local server that keeps requests; ``answers`` maps "METHOD /path" to (status, JSON)."""
    kept = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            kept.append({"line": f"{self.command} {self.path}", "body": body, "headers": headers})
            usual = {"GET": 200, "PATCH": 200, "DELETE": 202}.get(self.command, 201)
            what = f"{self.command} {self.path.split('?')[0]}"
            status, content = (answers or {}).get(what, (usual, {}))
            content = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", kept
    finally:
        server.shutdown()
        server.server_close()


def record(**changes):
    """A plausible record of either package."""
    from codecarbon.output import EmissionsData

    values = {
        "timestamp": "2026-11-22T10:00:00", "project_name": "p", "run_id": "run-1",
        "experiment_id": "e", "duration": 10.0, "emissions": 0.5, "emissions_rate": 0.05,
        "cpu_power": 30.0, "gpu_power": 200.0, "ram_power": 3.0, "cpu_energy": 0.1,
        "gpu_energy": 0.2, "ram_energy": 0.3, "energy_consumed": 0.6, "water_consumed": 0.0,
        "country_name": "France", "country_iso_code": "FRA", "region": None,
        "cloud_provider": "", "cloud_region": "", "os": "Linux", "python_version": "3.11.7",
        "codecarbon_version": "1", "cpu_count": 8, "cpu_model": "AMD EPYC 9654",
        "gpu_count": 2, "gpu_model": "2 x NVIDIA H100", "longitude": 2.4,
        "latitude": 48.9, "ram_total_size": 16.0, "tracking_mode": "machine",
    }  # fmt: skip
    return EmissionsData(**(values | changes))


if __name__ == "__main__":
    # Cases import this file by its name and see the same objects.
    sys.modules["harness"] = sys.modules["__main__"]
    main(sys.argv[1], sys.argv[2:])
