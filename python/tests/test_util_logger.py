"""The logger ``codecarbon``: format, levels, and that it is cheap and keeps to itself."""

import io
import logging
import re
import subprocess
import sys

import pytest

from codecarbon.external import logger as module
from codecarbon.external.logger import logger, set_logger_format, set_logger_level

LINE = re.compile(r"\[codecarbon (\w+) @ \d\d:\d\d:\d\d\](.*)\n")


@pytest.fixture(autouse=True)
def as_before():
    level = logger.level
    yield
    logger.setLevel(level)
    set_logger_format("")


def run(code, **environment):
    import os

    environment = os.environ | environment
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return done.stderr


def test_a_line_has_name_level_time_and_message(capsys):
    set_logger_level("info")
    logger.warning("the %s", "message")
    assert LINE.fullmatch(capsys.readouterr().err).groups() == ("WARNING", " the message")


def test_a_preamble_follows_in_brackets(capsys):
    set_logger_format("run 7 %")
    logger.error("x")
    assert LINE.fullmatch(capsys.readouterr().err).groups() == ("ERROR", "[run 7 %] x")


@pytest.mark.parametrize(
    ("given", "level"),
    [("debug", 10), ("WARN", 30), ("Fatal", 50), ("notset", 0), (40, 40), (0, 0)],
)
def test_levels_are_names_in_any_case_or_numbers(given, level):
    set_logger_level(given)
    assert logger.level == level


@pytest.mark.parametrize("given", ["loud", 15, True, 10.0, "10"])
def test_another_level_is_reported_and_ignored(given, capsys):
    set_logger_level("warning")
    set_logger_level(given)
    assert logger.level == 30
    assert repr(given) in capsys.readouterr().err


def test_handlers_of_the_program_are_kept_and_nothing_is_doubled(capsys):
    stream = io.StringIO()
    own = logging.StreamHandler(stream)
    logger.addHandler(own)
    try:
        set_logger_level("info")
        set_logger_format("")
        module.info("once")
    finally:
        logger.removeHandler(own)
    assert stream.getvalue() == "once\n"
    assert capsys.readouterr().err.count("once") == 1


def test_the_root_logger_is_left_alone():
    out = run(
        "import logging; from codecarbon.external import logger as l; l.info('x'); "
        "import sys; r = logging.getLogger(); sys.stderr.write(f'{r.handlers} {r.level}')"
    )
    assert out.endswith("[] 30")


def test_lines_look_the_same_without_the_logging_module():
    out = run(
        "import sys; from codecarbon.external import logger as l; l.info('a %s b'); l.debug('no')\n"
        "l.set_logger_format('p'); l.error('c')\n"
        "assert 'logging' not in sys.modules; import logging; l.info('d')"
    )
    lines = [match.groups() for match in LINE.finditer(out)]
    assert lines == [("INFO", " a %s b"), ("ERROR", "[p] c"), ("INFO", "[p] d")]


def test_the_environment_sets_the_first_level():
    code = "from codecarbon.external import logger as l; l.warning('w'); l.error('e')"
    out = run(code, CODECARBON_LOG_LEVEL="Error")
    assert [match.group(1) for match in LINE.finditer(out)] == ["ERROR"]
    out = run("import logging\n" + code, CODECARBON_LOG_LEVEL="Error")
    assert [match.group(1) for match in LINE.finditer(out)] == ["ERROR"]


def test_an_exception_comes_with_its_traceback(capsys):
    try:
        raise OSError("disk full")
    except OSError as problem:
        module.error("not written", problem)
    err = capsys.readouterr().err
    assert "not written\nTraceback" in err
    assert "OSError: disk full" in err
