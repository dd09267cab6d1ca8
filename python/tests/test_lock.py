"""The lock of one run at a time: exclusive, with an owner, recovered from the dead."""

import os
import signal
import subprocess
import sys

import pytest

from codecarbon import lock as module
from codecarbon.lock import Lock


@pytest.fixture(autouse=True)
def lockfile(tmp_path, monkeypatch):
    path = tmp_path / ".codecarbon.lock"
    monkeypatch.setattr(module, "LOCKFILE", str(path))
    return path


def test_the_second_is_refused_until_the_first_lets_go(lockfile):
    first, second = Lock(), Lock()
    assert first.lockfile_path == str(lockfile)
    first.acquire()
    assert lockfile.read_text() == str(os.getpid())
    with pytest.raises(FileExistsError, match=f"process {os.getpid()}"):
        second.acquire()
    second.release()
    assert lockfile.exists(), "only the owner removes the file"
    first.release()
    first.release()
    assert not lockfile.exists()
    second.acquire()
    second.release()


def test_the_lock_of_a_dead_process_is_taken_over(lockfile):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lockfile.write_text(str(dead.pid))
    lock = Lock()
    lock.acquire()
    assert lockfile.read_text() == str(os.getpid())
    lock.release()
    assert list(lockfile.parent.iterdir()) == []


@pytest.mark.parametrize("content", ["", "1", "someone"])
def test_a_lock_without_owner_or_of_a_living_one_is_respected(lockfile, content):
    lockfile.write_text(content)
    with pytest.raises(FileExistsError):
        Lock().acquire()
    assert lockfile.read_text() == content


def test_a_lock_that_somebody_removed_is_released_quietly(lockfile):
    lock = Lock()
    lock.acquire()
    lockfile.unlink()
    lock.release()


def test_signals_keep_their_handlers():
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    lock = Lock()
    lock.acquire()
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    lock.release()


def test_the_end_of_the_interpreter_releases_but_a_forked_child_does_not(tmp_path):
    code = """
import os, sys
from codecarbon.lock import Lock
lock = Lock(); lock.acquire()
if os.fork() == 0:
    sys.exit()
os.wait()
assert os.path.exists(lock.lockfile_path)
"""
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, env=environment)
    assert not (tmp_path / ".codecarbon.lock").exists()
