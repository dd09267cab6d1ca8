"""What tests of trackers share: a clean place, an output that keeps what it gets, subprocesses."""

import os
import subprocess
import sys
import textwrap

QUIET = {"log_level": "critical", "output_methods": []}
FRANCE = {"country_iso_code": "FRA", **QUIET}


def kwh_to_joules(kwh: float) -> float:
    return kwh * 3.6e6


class Keeper:
    """An output that keeps the calls it gets."""

    def __init__(self, fails=False):
        self.calls = []
        self.fails = fails

    def _keep(self, moment, *arguments):
        self.calls.append((moment, *arguments))
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


def run_python(source, cwd=None, **variables):
    """Run a program, text or file, in a fresh interpreter with every warning an error."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CODECARBON_")
    }
    environment["CODECARBON_OFFLINE"] = "true"
    environment.update(variables)
    program = ["-c", textwrap.dedent(source)] if isinstance(source, str) else [source]
    return subprocess.run(
        [sys.executable, "-W", "error", *program],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=cwd,
        env=environment,
    )
