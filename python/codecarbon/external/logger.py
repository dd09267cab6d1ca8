"""The logger ``codecarbon``: ``[codecarbon INFO @ 12:34:56] message`` on stderr.

The root logger is never touched. :mod:`logging` is used when the program has imported it; while it
has not, the same line goes to ``sys.stderr`` directly, because that import alone costs more than a
short run of the tracker. ``logger`` is the real :class:`logging.Logger`; asking for it imports
:mod:`logging`.

The handler is added when the first line is due, and only once; handlers and a level that the
program has set are kept.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger
    from typing import Any

    logger: Logger

__all__ = ["logger", "set_logger_level", "set_logger_format", "debug", "info", "warning", "error"]

_NAME = "codecarbon"
_LEVELS = {
    "CRITICAL": 50,
    "FATAL": 50,
    "ERROR": 40,
    "WARN": 30,
    "WARNING": 30,
    "INFO": 20,
    "DEBUG": 10,
    "NOTSET": 0,
}
_NAMES = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG"}

_level: int | None = None
_preamble = ""
_handler: Any = None


def set_logger_level(level: str | int | None = None) -> None:
    """Set the least level that is written: a name in any case, or 0, 10, 20, 30, 40, 50.

    Anything else is reported as an error and changes nothing; ``None`` does nothing.
    """
    global _level
    if level is None:
        return
    number = _LEVELS.get(level.upper()) if isinstance(level, str) else level
    if type(number) is not int or number not in _LEVELS.values():
        error(f"Unknown log level {level!r}; known are {', '.join(_LEVELS)}. Nothing is changed.")
        return
    _level = number
    if "logging" in sys.modules:
        _logger().setLevel(number)


def set_logger_format(custom_preamble: str | None = "") -> None:
    """Set the text that follows the brackets of every line, ``[codecarbon INFO @ …][text]``."""
    global _preamble
    _preamble = str(custom_preamble or "")
    if _handler is not None:
        _handler.setFormatter(_formatter())


def debug(message: str) -> None:
    """Write a line that only developers want."""
    log(10, message)


def info(message: str) -> None:
    """Write a line on the normal course of a run."""
    log(20, message)


def warning(message: str) -> None:
    """Write a line on something that makes the figures less certain."""
    log(30, message)


def error(message: str, exception: BaseException | None = None) -> None:
    """Write a line on something that did not work, and the traceback of its exception."""
    log(40, message, exception)


def log(level: int, message: str, exception: BaseException | None = None) -> None:
    """Write a line at a level. Never raises: a closed stderr is no reason to end a program."""
    logging = sys.modules.get("logging")
    if hasattr(logging, "getLogger"):
        _logger().log(level, "%s", message, exc_info=exception)
    elif level >= _threshold() and sys.stderr is not None:
        import time

        name = _NAMES.get(level, f"Level {level}")
        head = f"[{_NAME} {name} @ {time.strftime('%H:%M:%S')}]{_bracketed_preamble()}"
        try:
            sys.stderr.write(f"{head} {message}\n")
            if exception is not None:
                import traceback

                traceback.print_exception(exception)
        except (OSError, ValueError):
            pass


def _threshold() -> int:
    global _level
    if _level is None:
        import os

        _level = 20
        wanted = os.environ.get("CODECARBON_LOG_LEVEL")
        set_logger_level(int(wanted) if wanted and wanted.isdecimal() else wanted or None)
    return _level


def _bracketed_preamble() -> str:
    return f"[{_preamble}]" if _preamble else ""


def _formatter():
    import logging

    layout = f"[%(name)s %(levelname)s @ %(asctime)s]{_bracketed_preamble().replace('%', '%%')}"
    return logging.Formatter(layout + " %(message)s", datefmt="%H:%M:%S")


def _logger() -> Logger:
    """The logger with its handler; imports :mod:`logging`."""
    global _handler
    import logging

    named = logging.getLogger(_NAME)
    if _handler is None:
        # Two threads here: the second replaces the first one's handler, and nothing is doubled.
        _handler = _stderr_handler(logging)
        named.propagate = False
        threshold = _threshold()
        if named.level == logging.NOTSET:
            named.setLevel(threshold)
    if _handler not in named.handlers:
        for other in list(named.handlers):
            if type(other) is type(_handler):
                named.removeHandler(other)
        named.addHandler(_handler)
    return named


def _stderr_handler(logging):
    class StderrHandler(logging.StreamHandler):
        """Writes to whatever ``sys.stderr`` is at the time, as notebooks and tests replace it."""

        stream = property(lambda self: sys.stderr, lambda self, stream: None)

    handler = StderrHandler()
    handler.setFormatter(_formatter())
    return handler


def __getattr__(name: str) -> Any:
    if name == "logger":
        return _logger()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
