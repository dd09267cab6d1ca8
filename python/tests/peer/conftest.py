"""Both packages answer the cases: ours in this environment, CodeCarbon in one of its own.

`cargo xtask test` installs it and names its interpreter in ``CODECARBON_TEST_PEER``; without it
these tests are skipped. Each file of cases is one process of either package.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
PEER = os.environ.get("CODECARBON_TEST_PEER")
FILES = sorted(path.stem for path in CASES.glob("*.py") if path.stem != "harness")


@pytest.fixture(scope="session")
def answers(tmp_path_factory):
    """What our package and CodeCarbon answer: two dicts, case → answer."""
    if PEER is None:
        pytest.skip("CODECARBON_TEST_PEER names no interpreter with CodeCarbon")
    place = tmp_path_factory.mktemp("answers")
    wanted = [(who, name) for name in FILES for who in ("ours", "stock")]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda one: _ask(*one, place), wanted))
    ours, stock = {}, {}
    for (who, _), answered in zip(wanted, found, strict=True):
        (ours if who == "ours" else stock).update(answered)
    return ours, stock


def _ask(who, name, place):
    path = place / f"{who}-{name}.json"
    python = sys.executable if who == "ours" else PEER
    # Ours is told not to ask for a place; CodeCarbon would take that for a setting.
    variables = {"CODECARBON_OFFLINE": "true"} if who == "ours" else {}
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HARNESS_VARIABLES": json.dumps(variables),
    }
    done = subprocess.run(
        [python, CASES / "harness.py", path, name],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(path.read_text())
