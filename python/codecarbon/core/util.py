"""Paths, backups, and what processor and system this is.

Nothing here starts another program: the processor comes from the kernel.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache

from codecarbon.external import logger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "SLURM_JOB_ID",
    "backup",
    "count_cpus",
    "count_physical_cpus",
    "detect_cpu_model",
    "is_linux_os",
    "is_mac_arm",
    "is_mac_os",
    "is_windows_os",
    "resolve_path",
    "suppress",
]

SLURM_JOB_ID = os.environ.get("SLURM_JOB_ID") or os.environ.get("SLURM_JOBID")


class suppress:
    """Logs exceptions of these classes instead of raising them; context manager and decorator."""

    def __init__(self, *exceptions: type[BaseException]) -> None:
        self._exceptions = exceptions

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind, exception, trace) -> bool:
        if kind is None or not issubclass(kind, self._exceptions):
            return False
        message = f"graceful shutdown. Exceptions: {kind.__name__}: {exception}"
        logger.log(30, message, exception)
        return True

    def __call__(self, function):
        from functools import wraps

        @wraps(function)
        def suppressed(*args, **kwargs):
            with self:
                return function(*args, **kwargs)

        return suppressed


def resolve_path(path: str | Path) -> Path:
    """The absolute path with ``~`` and environment variables filled in."""
    from pathlib import Path

    return Path(os.path.abspath(os.path.expanduser(os.path.expandvars(path))))


def backup(file_path: str | Path, ext: str | None = ".bak") -> None:
    """Rename a file to ``<path><ext>``, or ``<path>_0<ext>``, ``<path>_1<ext>`` … if that exists.

    Nothing happens when there is no such file.
    """
    path = str(resolve_path(file_path))
    if not os.path.exists(path):
        return
    ext = "" if ext is None else ext
    target, number = f"{path}{ext}", 0
    while os.path.exists(target):
        target, number = f"{path}_{number}{ext}", number + 1
    os.rename(path, target)


def is_linux_os() -> bool:
    """Whether the system is Linux."""
    return sys.platform.startswith("linux")


def is_mac_os() -> bool:
    """Whether the system is macOS."""
    return sys.platform == "darwin"


def is_windows_os() -> bool:
    """Whether the system is Windows."""
    return sys.platform.startswith("win")


def is_mac_arm(cpu_model: str) -> bool:
    """Whether a processor is one of Apple's ("Apple M2 Pro")."""
    import re

    return re.search(r"\bM\d{1,2}\b", cpu_model or "") is not None


@lru_cache(maxsize=1)
def detect_cpu_model() -> str | None:
    """The brand string of the processor, ``None`` when the system does not tell. Cached."""
    if is_linux_os():
        return _of_cpuinfo()
    if is_mac_os():
        return _of_sysctl(b"machdep.cpu.brand_string")
    import platform

    return platform.processor() or None


def _of_cpuinfo() -> str | None:
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            parted = [line.partition(":") for line in lines]
    except OSError:
        return None
    named = {key.strip(): value.strip() for key, _, value in parted}
    return next((named[key] for key in ("model name", "Model", "cpu") if named.get(key)), None)


def _of_sysctl(name: bytes) -> str | None:
    import ctypes

    system = ctypes.CDLL(None)
    size = ctypes.c_size_t(256)
    text = ctypes.create_string_buffer(size.value)
    if system.sysctlbyname(name, text, ctypes.byref(size), None, ctypes.c_size_t(0)) != 0:
        return None
    return text.value.decode(errors="replace") or None


def count_cpus() -> int:
    """Logical CPUs of the machine; in a Slurm job those of the job on this node."""
    if SLURM_JOB_ID:
        of_job = os.environ.get("SLURM_CPUS_ON_NODE", "")
        if of_job.isdecimal() and int(of_job) > 0:
            return int(of_job)
        logger.warning("Slurm does not say how many CPUs the job has; all of the node are counted.")
    return os.cpu_count() or 1


def count_physical_cpus() -> int:
    """Processor packages (sockets) of the machine; 1 where the system does not tell."""
    from glob import glob

    packages = set()
    for path in glob("/sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id"):
        try:
            with open(path, encoding="ascii") as file:
                packages.add(file.read().strip())
        except OSError:
            continue
    return len(packages) or 1
