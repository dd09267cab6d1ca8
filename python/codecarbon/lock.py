"""The lock of ``allow_multiple_runs=False``: one file in the temporary directory.

The file is CodeCarbon's, so that both keep out of each other's way, but ours holds the process id
of its owner: the lock of a process that was killed is taken over. No signal handler is installed;
the lock is released by ``release()`` and at the end of the interpreter.
"""

from __future__ import annotations

import os
import sys
import tempfile

__all__ = ["LOCKFILE", "Lock"]

LOCKFILE = os.path.join(tempfile.gettempdir(), ".codecarbon.lock")


class Lock:
    """A lock on this machine. Not held until :meth:`acquire`."""

    def __init__(self) -> None:
        self.lockfile_path = LOCKFILE
        self._owner: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise :class:`FileExistsError` with who holds it."""
        for attempt in (1, 2):
            try:
                file = os.open(self.lockfile_path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
            except FileExistsError:
                if attempt == 1 and self._take_away_if_stale():
                    continue
                raise FileExistsError(
                    17, f"another run holds the lock ({self._holder()})", self.lockfile_path
                ) from None
            break
        self._owner = os.getpid()
        try:
            os.write(file, str(self._owner).encode())
        finally:
            os.close(file)
        import atexit

        atexit.register(self.release)

    def release(self) -> None:
        """Give the lock back; nothing happens unless this process took it by this object."""
        if self._owner != os.getpid():
            return
        import atexit

        self._owner = None
        atexit.unregister(self.release)
        try:
            os.remove(self.lockfile_path)
        except FileNotFoundError:
            pass

    def _take_away_if_stale(self) -> bool:
        owner = _owner_in(self.lockfile_path)
        if owner is None or _lives(owner):
            return False
        # Moved aside first: of two that see the same dead owner one moves the file, and if that one
        # moves a lock that was taken in the meantime, it puts it back.
        aside = f"{self.lockfile_path}.{os.getpid()}"
        try:
            os.rename(self.lockfile_path, aside)
        except FileNotFoundError:
            return True
        try:
            if _owner_in(aside) == owner:
                return True
            os.link(aside, self.lockfile_path)
        except OSError:
            return False
        finally:
            os.remove(aside)
        return False

    def _holder(self) -> str:
        owner = _owner_in(self.lockfile_path)
        return "which does not say who it is" if owner is None else f"process {owner}"


def _owner_in(path: str) -> int | None:
    try:
        with open(path, encoding="ascii") as file:
            text = file.read().strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdecimal() else None


def _lives(process: int) -> bool:
    if sys.platform == "win32":
        # os.kill would end the process there; such a lock stays until it is removed by hand.
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
